//! The rules that relations are held against, as trees of their languages, and their texts.

use crate::{eql_text, sigma_text};
use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use verdict_compiler::frontends::eql::ast::{Query, Statement};
use verdict_compiler::frontends::eql::parse;
use verdict_compiler::frontends::sigma::LogsourceTable;
use verdict_compiler::rule::node::Node;
use verdict_compiler::rule::{Body, EqlBody, Logsource, load};
use verdict_compiler::span::Text;
use verdict_compiler::{Inputs, Ir, Meaning, Rule, Source, compile};

/// A rule over single events, as the tree of its text.
#[derive(Clone)]
pub(crate) struct Specimen {
    /// Where it is from.
    pub name: String,
    pub tree: Tree,
}

#[derive(Clone)]
pub(crate) enum Tree {
    Sigma(Logsource, Node),
    Eql(Box<EqlBody>, Statement),
}

impl Specimen {
    /// The rules of a text that look at single events.
    pub(crate) fn read(name: &str, text: &str) -> Vec<Self> {
        let loaded = load(&Source::new(name, text));
        let trees = loaded.rules.into_iter().filter_map(|rule| match rule.body {
            Body::Sigma(body) => Some(Tree::Sigma(body.logsource, body.detection)),
            Body::Eql(body) if !body.endpoint => {
                let statement = parse(&body.query).0?;
                let single =
                    matches!(statement.query, Query::Event(_)) && statement.pipes.is_empty();
                single.then(|| Tree::Eql(Box::new(body), statement))
            }
            Body::Eql(_) | Body::Correlation(_) | Body::Opaque(_) => None,
        });
        let named = |tree| Self {
            name: name.to_owned(),
            tree,
        };
        trees.map(named).collect()
    }

    /// Its text: a query, or a rule as YAML.
    pub(crate) fn text(&self) -> String {
        match &self.tree {
            Tree::Sigma(logsource, detection) => sigma_text::rule(logsource, detection),
            Tree::Eql(_, statement) => eql_text::statement(statement),
        }
    }

    /// The rule that its text is, and what it means; None for one that nobody can judge.
    pub(crate) fn compile(&self) -> Option<(Rule, Ir)> {
        let text = self.text();
        let rule = match &self.tree {
            Tree::Sigma(..) => {
                let loaded = load(&Source::new("rule.yml", text));
                let sound = !loaded
                    .diagnostics
                    .iter()
                    .any(verdict_compiler::Diagnostic::is_error);
                loaded.rules.into_iter().next().filter(|_| sound)?
            }
            Tree::Eql(body, _) => {
                let query = Text::verbatim(text, 0);
                let body = EqlBody {
                    query,
                    ..(**body).clone()
                };
                Rule::new("6d0a4c1e-0000-4000-8000-000000000001", "R", Body::Eql(body))
            }
        };
        let compiled = compile(
            &rule,
            &Inputs {
                logsources: Some(&TABLE),
                placeholders: &BTreeMap::new(),
                schema: None,
            },
        );
        match compiled.meaning {
            Meaning::Known(ir) => Some((rule, *ir)),
            Meaning::Series(_) | Meaning::Unsupported(_) | Meaning::Invalid => None,
        }
    }
}

/// What a logsource means.
static TABLE: LazyLock<LogsourceTable> =
    LazyLock::new(|| LogsourceTable::parse(verdict_targets::LOGSOURCES).expect("the table"));

static ALL: LazyLock<Vec<Specimen>> = LazyLock::new(read);

/// The rules, read once.
pub(crate) fn all() -> &'static [Specimen] {
    &ALL
}

/// Every rule of the packs; of the corpus, if it is there, one in so many.
fn read() -> Vec<Specimen> {
    let packs = Path::new(env!("CARGO_MANIFEST_DIR")).join("packs");
    let mut texts = Vec::new();
    let mut open = vec![packs];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("a file").path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|ending| ending == "yml") {
                let name = path.display().to_string();
                texts.push((name, fs::read_to_string(&path).expect("a rule")));
            }
        }
    }
    if let Some(corpus) = std::env::var_os("VERDICT_CORPUS").map(PathBuf::from) {
        for packed in ["sigma/sigma_rules", "elastic/elastic_rules"] {
            texts.extend(sample(&corpus.join(format!("corpora/{packed}.tar.zst"))));
        }
    }
    texts.sort();
    let specimens = texts
        .iter()
        .flat_map(|(name, text)| Specimen::read(name, text));
    let specimens: Vec<Specimen> = specimens.filter(|s| s.compile().is_some()).collect();
    assert!(specimens.len() >= 60, "only {} rules", specimens.len());
    specimens
}

/// One of so many rules of an archive is taken.
const ONE_IN: usize = 64;

fn sample(archive: &Path) -> Vec<(String, String)> {
    let file = fs::File::open(archive).expect("the corpus");
    let unpacked = ruzstd::decoding::StreamingDecoder::new(std::io::BufReader::new(file));
    let mut archive = tar::Archive::new(unpacked.expect("zstd"));
    let mut found = Vec::new();
    for (number, entry) in archive.entries().expect("files").enumerate() {
        let mut entry = entry.expect("a file");
        let name = entry.path().expect("a path").display().to_string();
        let mut text = String::new();
        if number % ONE_IN == 0 && entry.read_to_string(&mut text).is_ok() {
            found.push((name, text));
        }
    }
    found
}
