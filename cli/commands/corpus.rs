//! `verdict corpus`: every rule of a corpus through the whole pipeline, and the status table.
//!
//! Corpora are test input; nothing of them is written anywhere but counts, ids of Sigma rules, and codes.

use crate::args::Corpus;
use crate::commands::test::{pool, progress};
use crate::corpus::{archive, real_events, regression, status};
use crate::counterexamples::Kept;
use crate::examination::{self, Examination};
use crate::live::generated::Generated;
use crate::output::{self, Exit, Failure, Outcome};
use crate::registry::{self, Chosen};
use crate::rulebook::{Entry, Rulebook, Setting};
use rayon::prelude::*;
use std::path::{Path, PathBuf};
use verdict_compiler::Source;
use verdict_compiler::rule::Body;
use verdict_harness::generate::Amount;

/// Examines everything; 1 if a floor is missed.
pub(crate) fn run(options: &Corpus) -> Outcome {
    let started = std::time::Instant::now();
    let book = open(&options.dir, options.only.as_deref(), RULES)?;
    output::tell(&format!(
        "{} rules loaded and compiled in {:.1} s",
        book.entries.len(),
        started.elapsed().as_secs_f64()
    ));
    let generated = Generated::build(&book.entries);
    output::tell(&format!(
        "the generated crate is there after {:.1} s",
        started.elapsed().as_secs_f64()
    ));
    let results = examine(options, &book, &registry::all_bundled(), Some(&generated))?;
    output::tell(&format!(
        "examined after {:.1} s",
        started.elapsed().as_secs_f64()
    ));
    let mut findings = status::Findings::new(&book, &results);
    let endpoint = open(&options.dir, options.only.as_deref(), ENDPOINT)?;
    let results = examine(options, &endpoint, &[Chosen::Native], None)?;
    findings.add(&endpoint, &results);
    output::tell(&format!(
        "Elastic Endpoint's rules examined after {:.1} s",
        started.elapsed().as_secs_f64()
    ));
    if options.only.is_none() {
        findings.regression = Some(regression::run(&options.dir, &book, &generated)?);
    }
    if options.events {
        findings.real_events = Some(real_events::run(&options.dir, &book, &generated)?);
        output::tell(&format!(
            "real events judged after {:.1} s",
            started.elapsed().as_secs_f64()
        ));
    }
    output::line(&findings.table());
    if let Some(file) = &options.status {
        output::write_file(file, &findings.page())?;
    }
    let missed = findings.missed();
    for floor in &missed {
        output::error(floor);
    }
    Ok(if missed.is_empty() {
        Exit::Clean
    } else {
        Exit::Findings
    })
}

/// Archives of the rules that every target is asked for: Sigma's, and Elastic's detection rules.
pub(crate) const RULES: &[&str] = &[
    "corpora/sigma/sigma_rules.tar.zst",
    "corpora/elastic/elastic_rules.tar.zst",
];

/// Elastic Endpoint's behaviour rules, in an EQL of its own: what of it is Elasticsearch's is judged by the rule's own engine, the oracle and the native matcher.
const ENDPOINT: &[&str] = &["corpora/elastic/elastic_endpoint_behavior.tar.zst"];

/// Loads rules straight from their archives.
pub(crate) fn open(dir: &Path, only: Option<&str>, archives: &[&str]) -> Result<Rulebook, Failure> {
    let mut texts = Vec::new();
    for packed in archives {
        for (path, text) in archive::read(&dir.join(packed))? {
            let wanted = only.is_none_or(|only| path.contains(only));
            if wanted && is_rule(&path) {
                texts.push((
                    Source::new(path.clone(), text),
                    PathBuf::from(&path),
                    PathBuf::from(&path),
                ));
            }
        }
    }
    Rulebook::from_texts(texts, Setting::new(false, None)?)
}

fn is_rule(path: &str) -> bool {
    let ending = std::path::Path::new(path).extension();
    ending.is_some_and(|ending| ending == "yml" || ending == "toml")
}

fn examine(
    options: &Corpus,
    book: &Rulebook,
    targets: &[Chosen],
    generated: Option<&Generated>,
) -> Result<Vec<Examination>, Failure> {
    let amount = Amount {
        strength: options.strength,
        ..Amount::default()
    };
    let bar = progress(book.entries.len());
    let one = |entry: &Entry| {
        let opaque = matches!(entry.rule.body, Body::Opaque(_));
        let targets = if opaque { &[][..] } else { targets };
        let result = examination::run(
            entry,
            &book.setting,
            targets,
            generated,
            amount,
            Kept::default(),
        );
        bar.inc(1);
        result
    };
    let work = || book.entries.par_iter().map(one).collect();
    let results = match options.jobs {
        None => work(),
        Some(threads) => pool(threads)?.install(work),
    };
    bar.finish_and_clear();
    Ok(results)
}
