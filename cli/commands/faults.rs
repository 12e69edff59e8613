//! `verdict faults`: every mistake inside the emitters, switched on one at a time. Only in builds with the feature `faults`.
//!
//! All rules are compiled once as they should be, with a record of the sites that each asked. A site then visits only those rules; where its text or its
//! claim differs, the engine of the language runs the text over the rule's events. The first rule whose comparison would report it kills the mistake.

mod judging;

use crate::args::Faults;
use crate::commands::corpus;
use crate::output::{self, Exit, Failure, Outcome};
use crate::registry::{Chosen, ROWS, Row, choose};
use crate::rulebook::{Entry, Rulebook, Setting};
use judging::Known;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use verdict_compiler::Meaning;
use verdict_targets::profile::Profile;
use verdict_targets::target::Emitted;

/// So many changed texts of the corpus are judged for one mistake; what none of them shows has survived.
const MOST_JUDGED: usize = 400;

/// A rule and a profile, compiled as it should be.
struct Job<'b> {
    entry: &'b Entry,
    known: &'b Known,
    profile: Profile,
    clean: Emitted,
    of: Of,
}

/// Where a rule comes from.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
enum Of {
    Packs,
    Cases,
    Corpus,
}

/// What became of a mistake.
#[derive(serde::Serialize)]
struct Fate<'s> {
    site: &'s str,
    /// How many texts or claims it changed; the count ends with the kill.
    changed: usize,
    /// Of what the rule is that killed it.
    killed: Option<Of>,
    /// The rule, its profile and how.
    by: Option<String>,
}

/// A line of JSON a site, in the order of their names.
pub(crate) fn run(options: &Faults) -> Outcome {
    let packs = Rulebook::read(&options.packs, Setting::new(false, None)?)?;
    let mut books = vec![(Of::Packs, packs)];
    for folder in &options.cases {
        books.push((Of::Cases, cases(folder)?));
    }
    if let Some(dir) = &options.corpus {
        books.push((Of::Corpus, corpus::open(dir, None, corpus::RULES)?));
    }
    let all = books
        .iter()
        .flat_map(|(of, book)| book.entries.iter().map(|entry| (*of, entry)));
    let known: Vec<Known> = all.clone().map(|_| Known::default()).collect();
    let entries: Vec<_> = all.zip(&known).collect();
    for row in ROWS {
        let name = row.target.name();
        if !options.target.is_empty() && !options.target.iter().any(|wanted| wanted == name) {
            continue;
        }
        let (jobs, asked) = compiled(row, &entries);
        let of_language: Vec<(&&str, &Vec<usize>)> = asked
            .iter()
            .filter(|(site, _)| site.starts_with(name))
            .filter(|(site, _)| options.only.as_ref().is_none_or(|only| site.contains(only)))
            .collect();
        output::tell(&format!(
            "{name}: {} texts, {} sites",
            jobs.len(),
            of_language.len()
        ));
        let done = AtomicUsize::new(0);
        let fate = |(site, places): &(&&'static str, &Vec<usize>)| {
            let fate = fate(site, row, places.iter().filter_map(|at| jobs.get(*at)));
            let done = done.fetch_add(1, Ordering::Relaxed) + 1;
            if fate.killed.is_none() {
                output::tell(&format!(
                    "{done}: {site} survives, {} changed",
                    fate.changed
                ));
            }
            fate
        };
        let fates: Vec<Fate<'_>> = of_language.par_iter().map(fate).collect();
        for fate in fates {
            let line = serde_json::to_string(&fate);
            output::line(&line.unwrap_or_default());
        }
    }
    Ok(Exit::Clean)
}

/// The rules of a folder, under the schema that may stand in it as `schema.json`.
fn cases(folder: &Path) -> Result<Rulebook, Failure> {
    let schema = Some(folder.join("schema.json")).filter(|path| path.is_file());
    let rules = [folder.join("rules")];
    Rulebook::read(&rules, Setting::new(true, schema.as_ref())?)
}

/// Every rule for every profile, and which jobs asked each site. Short texts first, packs before the corpus, `raw` before other profiles.
fn compiled<'b>(
    row: &'static Row,
    entries: &[((Of, &'b Entry), &'b Known)],
) -> (Vec<Job<'b>>, BTreeMap<&'static str, Vec<usize>>) {
    let of_entry = |&((of, entry), known): &((Of, &'b Entry), &'b Known)| {
        let compiled = profiles(row, entry).into_iter().filter_map(|profile| {
            let profile = entry.profile(&profile);
            let (clean, asked) = verdict_faults::asked_during(|| emit(row, entry, &profile));
            let job = Job {
                entry,
                known,
                profile,
                clean: clean?,
                of,
            };
            Some((job, asked))
        });
        compiled.collect::<Vec<_>>()
    };
    let mut all: Vec<(Job<'b>, BTreeSet<&'static str>)> =
        entries.par_iter().flat_map_iter(of_entry).collect();
    all.sort_by_cached_key(|(job, _)| {
        let length = job.clean.text.as_ref().map_or(0, String::len);
        (job.of, job.profile.name != "raw", length)
    });
    let mut jobs = Vec::new();
    let mut asking: BTreeMap<&'static str, Vec<usize>> = BTreeMap::new();
    for (at, (job, asked)) in all.into_iter().enumerate() {
        for site in asked {
            asking.entry(site).or_default().push(at);
        }
        jobs.push(job);
    }
    (jobs, asking)
}

/// The profiles that a rule is compiled for: the bundled ones, and those that its pack brings.
fn profiles(row: &'static Row, entry: &Entry) -> Vec<Profile> {
    let target = row.target.name();
    let names = Profile::names(target).into_iter();
    let bundled = names.map(|name| format!("{target}:{name}"));
    let own = entry.pack.iter().flat_map(|file| file.targets());
    let own = own.filter(|name| name.starts_with(target));
    let names: Vec<String> = bundled.chain(own).collect();
    let chosen = choose(names.iter().map(String::as_str), entry.own_profiles());
    let profile = |chosen| match chosen {
        Chosen::Text(_, profile) => Some(profile),
        Chosen::Native | Chosen::Rust => None,
    };
    chosen
        .unwrap_or_default()
        .into_iter()
        .filter_map(profile)
        .collect()
}

fn emit(row: &Row, entry: &Entry, profile: &Profile) -> Option<Emitted> {
    match &entry.compiled.meaning {
        Meaning::Known(ir) => Some(row.target.compile(&entry.rule, ir, profile)),
        Meaning::Series(series) => Some(row.target.compile_series(&entry.rule, series, profile)),
        Meaning::Unsupported(_) | Meaning::Invalid => None,
    }
}

/// What becomes of a mistake among the rules that ask its site.
fn fate<'s, 'j>(
    site: &'s str,
    row: &'static Row,
    jobs: impl Iterator<Item = &'j Job<'j>>,
) -> Fate<'s> {
    let mut fate = Fate {
        site,
        changed: 0,
        killed: None,
        by: None,
    };
    for job in jobs {
        let faulty = verdict_faults::with(&[site], || emit(row, job.entry, &job.profile));
        let Some(faulty) = faulty.filter(|faulty| *faulty != job.clean) else {
            continue;
        };
        fate.changed += 1;
        if fate.changed > MOST_JUDGED && job.of == Of::Corpus {
            break;
        }
        if let Some(how) =
            judging::killed(row, job.entry, job.known, &job.profile, &job.clean, faulty)
        {
            fate.killed = Some(job.of);
            fate.by = Some(format!(
                "{} for {}:{}: {how}",
                job.entry.rule.name,
                row.target.name(),
                job.profile.name
            ));
            break;
        }
    }
    fate
}
