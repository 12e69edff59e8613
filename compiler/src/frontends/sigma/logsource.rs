//! The logsource table: YAML text to entries. Its format is described in `targets/profiles/logsource.yml`.

use crate::codes::sigma as codes;
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::rule::Logsource;
use crate::rule::node::{Entry as Pair, Node, Resolved};
use crate::rule::yaml;
use crate::span::Span;
use std::collections::BTreeMap;
use verdict_event::{Number, Path};

/// What a Sigma logsource means (S25).
#[derive(Clone, Debug, Default)]
pub struct LogsourceTable {
    entries: Vec<Entry>,
}

/// One row: which logsources it is for, and the sources that carry them.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    category: Option<String>,
    product: Option<String>,
    service: Option<String>,
    pub(super) sources: Vec<Source>,
}

/// An event log that carries a logsource.
#[derive(Clone, Debug)]
pub(super) struct Source {
    /// What the table calls it.
    pub(super) name: String,
    /// Every field must hold one of its values.
    pub(super) wants: Vec<(Path, Vec<Wanted>)>,
    /// The names under which the source carries fields of Sigma's taxonomy.
    pub(super) rename: BTreeMap<Path, Path>,
}

/// A value of a source's field: whole, ignoring case; numbers also by value.
#[derive(Clone, Debug)]
pub(super) enum Wanted {
    Text(String),
    Number(Number),
}

impl LogsourceTable {
    /// Reads the table's text.
    #[expect(
        clippy::result_large_err,
        reason = "the table is read once, and a finding is what its reader shows"
    )]
    pub fn parse(text: &str) -> Result<Self, Diagnostic> {
        let documents = yaml::documents(text).map_err(first)?;
        let mut entries = Vec::new();
        for document in &documents {
            for node in list(document)? {
                entries.push(entry(node)?);
            }
        }
        Ok(Self { entries })
    }

    /// Every entry whose keys all equal the logsource's.
    pub(super) fn applying<'t>(
        &'t self,
        logsource: &'t Logsource,
    ) -> impl Iterator<Item = &'t Entry> {
        let agree =
            |wanted: &Option<String>, have: &Option<String>| wanted.is_none() || wanted == have;
        self.entries.iter().filter(move |entry| {
            agree(&entry.category, &logsource.category)
                && agree(&entry.product, &logsource.product)
                && agree(&entry.service, &logsource.service)
        })
    }
}

/// The most letters that a slip of the pen changes.
const SLIP: usize = 2;

/// One of the words that an entry is for.
type Key = fn(&Entry) -> &Option<String>;

impl LogsourceTable {
    /// A word of the table that one of the logsource's seems to be a slip of, as `category: process_creation`.
    pub(super) fn slip(&self, logsource: &Logsource) -> Option<String> {
        let keys: [(&str, &Option<String>, Key); 3] = [
            ("category", &logsource.category, |entry| &entry.category),
            ("product", &logsource.product, |entry| &entry.product),
            ("service", &logsource.service, |entry| &entry.service),
        ];
        keys.into_iter().find_map(|(key, have, known)| {
            let have = have.as_ref()?;
            let words = || {
                self.entries
                    .iter()
                    .filter_map(|entry| known(entry).as_deref())
            };
            if words().any(|word| word == have) {
                return None;
            }
            let near = did_you_mean(have, words())?;
            let lower = have.to_lowercase();
            (strsim::damerau_levenshtein(&lower, near) <= SLIP).then(|| format!("{key}: {near}"))
        })
    }
}

fn first(found: Vec<Diagnostic>) -> Diagnostic {
    let unknown = || {
        Diagnostic::error(
            codes::LOGSOURCE_TABLE,
            Span::default(),
            "the logsource table is damaged",
            "not YAML",
        )
    };
    found.into_iter().next().unwrap_or_else(unknown)
}

/// What is wrong with the table, and where.
struct Damage {
    span: Span,
    reason: String,
}

impl From<Damage> for Diagnostic {
    fn from(damage: Damage) -> Self {
        Self::error(
            codes::LOGSOURCE_TABLE,
            damage.span,
            "the logsource table is damaged",
            damage.reason,
        )
    }
}

fn damaged(node: &Node, reason: &str) -> Damage {
    Damage {
        span: node.span,
        reason: reason.to_owned(),
    }
}

fn list(node: &Node) -> Result<&[Node], Damage> {
    node.as_list()
        .ok_or_else(|| damaged(node, "a list is wanted here"))
}

fn map<'n>(node: &'n Node, keys: &[&str]) -> Result<&'n [Pair], Damage> {
    let pairs = node
        .as_map()
        .ok_or_else(|| damaged(node, "a mapping is wanted here"))?;
    match pairs
        .iter()
        .find(|pair| !keys.is_empty() && !keys.contains(&pair.key.as_str()))
    {
        Some(pair) => Err(damaged(&pair.value, &format!("unknown key `{}`", pair.key))),
        None => Ok(pairs),
    }
}

fn text(node: &Node) -> Result<String, Damage> {
    let scalar = node
        .as_scalar()
        .ok_or_else(|| damaged(node, "a text is wanted here"))?;
    Ok(scalar.text.text.clone())
}

fn entry(node: &Node) -> Result<Entry, Damage> {
    let mut entry = Entry {
        category: None,
        product: None,
        service: None,
        sources: Vec::new(),
    };
    for pair in map(node, &["logsource", "sources"])? {
        if pair.key == "sources" {
            entry.sources = list(&pair.value)?
                .iter()
                .map(source)
                .collect::<Result<_, _>>()?;
            continue;
        }
        for part in map(&pair.value, &["category", "product", "service"])? {
            let value = Some(text(&part.value)?);
            match part.key.as_str() {
                "category" => entry.category = value,
                "product" => entry.product = value,
                _ => entry.service = value,
            }
        }
    }
    let named = entry.category.is_some() || entry.product.is_some() || entry.service.is_some();
    if !named || entry.sources.is_empty() {
        return Err(damaged(
            node,
            "an entry has a logsource and at least one source",
        ));
    }
    Ok(entry)
}

fn source(node: &Node) -> Result<Source, Damage> {
    let mut source = Source {
        name: String::new(),
        wants: Vec::new(),
        rename: BTreeMap::new(),
    };
    for pair in map(node, &["name", "where", "rename"])? {
        match pair.key.as_str() {
            "where" => {
                for want in map(&pair.value, &[])? {
                    source
                        .wants
                        .push((Path::new(want.key.as_str()), wanted(&want.value)?));
                }
            }
            "rename" => {
                for name in map(&pair.value, &[])? {
                    source
                        .rename
                        .insert(Path::new(name.key.as_str()), Path::new(text(&name.value)?));
                }
            }
            _ => source.name = text(&pair.value)?,
        }
    }
    if source.wants.is_empty() {
        return Err(damaged(node, "a source has a `where`"));
    }
    Ok(source)
}

fn wanted(node: &Node) -> Result<Vec<Wanted>, Damage> {
    let nodes = node.as_list().unwrap_or(std::slice::from_ref(node));
    let one = |node: &Node| {
        let scalar = node
            .as_scalar()
            .ok_or_else(|| damaged(node, "a value is wanted here"))?;
        match scalar.resolve() {
            Resolved::Number(number) => Ok(Wanted::Number(number)),
            Resolved::Text(text) => Ok(Wanted::Text(text.to_owned())),
            Resolved::Null | Resolved::Bool(_) => {
                Err(damaged(node, "a text or a number is wanted here"))
            }
        }
    };
    nodes.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::LogsourceTable;

    #[test]
    fn a_damaged_table_is_refused_with_its_place() {
        let entry = "- logsource: {product: p}\n  sources:\n    - where: {a: [b, 1]}\n      rename: {c: d}\n";
        assert!(LogsourceTable::parse(entry).is_ok());
        for (from, to) in [
            ("product: p", ""),
            ("product", "vendor"),
            ("a: [b, 1]", ""),
            ("[b, 1]", "null"),
            ("[b, 1]", "{}"),
            ("c: d", "c: []"),
            ("where", "were"),
            ("- where", "where"),
            ("- logsource", "logsource"),
        ] {
            let text = entry.replacen(from, to, 1);
            let damage = LogsourceTable::parse(&text).expect_err(&text);
            assert!(
                damage.code.id == "V0620" || damage.code.id == "V0101",
                "{text}"
            );
        }
    }
}
