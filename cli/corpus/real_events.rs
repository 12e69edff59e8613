//! Every rule over every real event: the match sets of the oracle, the native pack, the rule's own engine and every text engine must be equal.
//!
//! A rule times an event times a judge is more than a billion questions, and almost all of them are the same one. So events that no field of a rule tells
//! apart are one question ([`columns`]). That this is sound is not taken on trust: [`rule`] asks it again of whole events, drawn at random
//! and from those that match, and a test compares the groups with the plain way, in which every event is a group of its own.

mod columns;
mod rule;
mod words;

use crate::corpus::is_old_syntax;
use crate::live::generated::Generated;
use crate::output::Failure;
use crate::registry;
use crate::rulebook::{Entry, Rulebook};
use crate::sources;
use columns::{Columns, Groups, Keywords, Reads};
use rayon::prelude::*;
use rule::Work;
use std::collections::BTreeMap;
use std::path::Path;
use verdict_compiler::Ir;
use verdict_compiler::ir::pattern::Piece;
use verdict_compiler::ir::{AnyText, LeafKind};
use verdict_event::{Event, read_events};
use verdict_targets::native::Pack;

const FILES: [&str; 4] = [
    "windows_mixed.ndjson.zst",
    "windows_ecs.ndjson.zst",
    "zeek_apt29.ndjson.zst",
    "sentinel_and_cloud_samples.ndjson.zst",
];

/// What the real events showed.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Judged {
    /// How many events were read.
    pub events: usize,
    /// How many pairs of rule and event the oracle matches.
    pub matches: usize,
    /// How many rules match some event.
    pub rules: usize,
    /// What each judge came to, beside the oracle.
    pub judges: BTreeMap<String, Tally>,
    /// The first differences of each rule: judge, rule, file and index of the event.
    pub shown: Vec<String>,
    /// How many whole events were asked again, past the groups.
    pub asked_again: usize,
    /// How often a whole event was told otherwise than its group.
    pub misgrouped: usize,
}

/// One judge over all rules and events.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Tally {
    /// How many rules it judges.
    pub rules: usize,
    /// Pairs of rule and event that it and the oracle tell otherwise.
    pub differ: usize,
    /// Pairs of rule and event that differ as a divergence says, by its code.
    pub covered: BTreeMap<String, usize>,
    /// Pairs whose event no row of the profile can hold: outside the comparison.
    pub unrepresentable: usize,
}

impl Judged {
    /// How many differences there are that nothing explains.
    pub(crate) fn differences(&self) -> usize {
        self.misgrouped
            + self
                .judges
                .values()
                .map(|tally| tally.differ)
                .sum::<usize>()
    }

    fn add(&mut self, other: Self) {
        self.events += other.events;
        self.matches += other.matches;
        self.rules += other.rules;
        self.asked_again += other.asked_again;
        self.misgrouped += other.misgrouped;
        self.shown.extend(other.shown);
        for (name, tally) in other.judges {
            let all = self.judges.entry(name).or_default();
            all.rules += tally.rules;
            all.differ += tally.differ;
            all.unrepresentable += tally.unrepresentable;
            for (code, count) in tally.covered {
                *all.covered.entry(code).or_default() += count;
            }
        }
    }
}

/// Judges every file.
pub(crate) fn run(dir: &Path, book: &Rulebook, generated: &Generated) -> Result<Judged, Failure> {
    let files = FILES
        .par_iter()
        .map(|name| Ok((*name, read(&dir.join("events").join(name))?)))
        .collect::<Result<Vec<_>, Failure>>()?;
    judge(&files, book, Some(generated), reads)
        .map_err(|reason| Failure::usage(format!("the generated crate cannot judge: {reason}")))
}

fn read(path: &Path) -> Result<Vec<Event>, Failure> {
    let events = read_events(&sources::read(path)?)
        .map_err(|error| Failure::usage(format!("{}:{error}", path.display())))?;
    let is_wrapped = path.to_string_lossy().contains("sentinel");
    if !is_wrapped {
        return Ok(events);
    }
    let row = |event: &Event| Event::from_json(event.root().get("row")?.to_json());
    Ok(events.iter().filter_map(row).collect())
}

/// Every compiled rule over every event. `reads` says what a rule reads: [`reads`], or for the plain way everything.
fn judge(
    files: &[(&str, Vec<Event>)],
    book: &Rulebook,
    generated: Option<&Generated>,
    reads: impl Fn(&Ir) -> Reads,
) -> Result<Judged, String> {
    let rules: Vec<(&Entry, &Ir)> = book
        .entries
        .iter()
        .filter(|entry| !is_old_syntax(&entry.source.name))
        .filter_map(|entry| entry.ir().map(|ir| (entry, ir)))
        .collect();
    let mut sets: BTreeMap<Reads, Vec<usize>> = BTreeMap::new();
    for (at, (_, ir)) in rules.iter().enumerate() {
        sets.entry(reads(ir)).or_default().push(at);
    }
    let mut prepared: Vec<Prepared> = Vec::new();
    for (name, events) in files {
        let mut whole = vec![("native", native(&rules, events))];
        if let Some(generated) = generated {
            whole.push(("rust", rust(generated, &rules, events)?));
        }
        prepared.push(Prepared {
            name,
            events,
            columns: Columns::new(events, sets.keys()),
            whole,
        });
    }
    let mut found: Vec<(usize, Judged)> = sets
        .par_iter()
        .flat_map(|(reads, members)| {
            let groups: Vec<Groups<'_>> = prepared
                .iter()
                .map(|file| file.columns.groups(reads))
                .collect();
            let one = |at: &usize| {
                let (entry, ir) = rules.get(*at)?;
                let work = Work::new(entry, ir, &book.setting);
                Some((*at, work.over(*at, &prepared, &groups)))
            };
            members.par_iter().filter_map(one).collect::<Vec<_>>()
        })
        .collect();
    found.sort_by_key(|(at, _)| *at);
    let mut all = Judged {
        events: files.iter().map(|(_, events)| events.len()).sum(),
        ..Judged::default()
    };
    found.into_iter().for_each(|(_, judged)| all.add(judged));
    Ok(all)
}

/// The indices of the events that a rule matches; None if it is not judged.
type Matched = Option<Vec<usize>>;

/// A file, ready to be judged.
struct Prepared<'e> {
    name: &'e str,
    events: &'e [Event],
    columns: Columns<'e>,
    /// The native pack and the generated crate, which take whole events and all rules at once, as `scan` does: by rule, the indices of the events that
    /// each of them matches.
    whole: Vec<(&'static str, Vec<Matched>)>,
}

fn native(rules: &[(&Entry, &Ir)], events: &[Event]) -> Vec<Matched> {
    let pack = Pack::new(rules.iter().map(|(_, ir)| *ir));
    let by_event: Vec<Vec<usize>> = events.par_iter().map(|event| pack.matches(event)).collect();
    let mut by_rule: Vec<Vec<usize>> = vec![Vec::new(); rules.len()];
    for (index, matching) in by_event.iter().enumerate() {
        for rule in matching {
            if let Some(found) = by_rule.get_mut(*rule) {
                found.push(index);
            }
        }
    }
    by_rule.into_iter().map(Some).collect()
}

/// By rule, the indices of the events that the generated crate matches.
fn rust(
    generated: &Generated,
    rules: &[(&Entry, &Ir)],
    events: &[Event],
) -> Result<Vec<Matched>, String> {
    let of_place: BTreeMap<usize, usize> = rules
        .iter()
        .enumerate()
        .filter_map(|(at, (entry, _))| Some((generated.place(entry)?, at)))
        .collect();
    let parts: Vec<Result<Vec<Option<Vec<usize>>>, String>> = events
        .par_chunks(1_000)
        .map(|part| generated.matching(&part.iter().collect::<Vec<_>>()))
        .collect();
    let mut by_rule: Vec<Matched> = rules
        .iter()
        .map(|(entry, _)| generated.place(entry).map(|_| Vec::new()))
        .collect();
    let mut index = 0;
    for part in parts {
        for places in part? {
            let places = places.ok_or_else(|| format!("it cannot read event {index}"))?;
            for at in places.iter().filter_map(|place| of_place.get(place)) {
                if let Some(Some(found)) = by_rule.get_mut(*at) {
                    found.push(index);
                }
            }
            index += 1;
        }
    }
    Ok(by_rule)
}

/// What a rule reads, whoever judges it: the fields of its meaning, the columns of every target, its keywords. The column of the time is shown and
/// not tested, unless the rule names it; it differs in almost every event.
fn reads(ir: &Ir) -> Reads {
    let own = ir.fields.keys().map(|path| path.as_str().to_owned());
    let columns = registry::all_raw()
        .into_iter()
        .filter_map(|chosen| chosen.schema(ir))
        .flat_map(|schema| {
            let time = schema.timestamp.field;
            let columns = schema.fields.into_keys();
            columns.filter(move |column| *column != time)
        });
    Reads {
        fields: own.chain(columns).collect(),
        keywords: keywords(ir),
    }
}

fn keywords(ir: &Ir) -> Keywords {
    let mut found = Keywords::None;
    ir.predicate.each_leaf(&mut |leaf| {
        let LeafKind::AnyText(keyword) = &leaf.kind else {
            return;
        };
        let literals: Vec<&String> = match keyword {
            AnyText::Regex(_) => Vec::new(),
            AnyText::Pattern(pattern) => pattern.pieces().iter().filter_map(literal).collect(),
        };
        match &mut found {
            _ if literals.is_empty() => found = Keywords::Any,
            Keywords::Any => {}
            Keywords::None => {
                found = Keywords::Holding(literals.into_iter().cloned().collect());
            }
            Keywords::Holding(texts) => texts.extend(literals.into_iter().cloned()),
        }
    });
    found
}

fn literal(piece: &Piece) -> Option<&String> {
    match piece {
        Piece::Literal(text) => Some(text),
        Piece::AnyRun | Piece::AnyChar => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rulebook::Setting;
    use verdict_compiler::Source;
    use verdict_harness::generate::{Amount, generate};

    const KEYWORDS: &str = "title: T\nid: 5a1e1f0a-0000-4000-8000-000000000009\nlogsource: {product: none}\ndetection:\n  \
        k: [secretsdump, 'lsa*cache']\n  s: {EventID: 1}\n  condition: k and not s\n";

    /// The rules of our packs and one with keywords, and for each of them events that the harness makes, in one file.
    fn sample() -> (Rulebook, Vec<Event>) {
        let packs = Path::new(env!("CARGO_MANIFEST_DIR")).join("packs");
        let setting = || Setting::new(false, None).expect("a setting");
        let mut book = Rulebook::read(&[packs], setting()).expect("rules");
        // Of rules with keywords this one alone: with them sameness is likely and not certain, and tallies may differ.
        book.entries.retain(|entry| {
            let none = |ir: &Ir| matches!(keywords(ir), Keywords::None);
            entry.ir().is_none_or(none)
        });
        let keywords = Source::new("keywords.yml".to_owned(), KEYWORDS.to_owned());
        let texts = vec![(keywords, "keywords.yml".into(), "keywords.yml".into())];
        let more = Rulebook::from_texts(texts, setting()).expect("rules");
        assert!(more.entries.iter().any(|entry| entry.ir().is_some()));
        book.entries.extend(more.entries);
        let mut events = Vec::new();
        for ir in book.entries.iter().filter_map(Entry::ir) {
            let amount = Amount {
                events: 200,
                ..Amount::default()
            };
            let made = generate(ir, "real events", amount).events;
            events.extend(made.into_iter().map(|labelled| labelled.event));
        }
        assert!(events.len() > 1000, "{} events", events.len());
        (book, events)
    }

    #[test]
    fn groups_and_the_plain_way_come_to_the_same() {
        let (book, events) = sample();
        let files = [("made", events)];
        let grouped = judge(&files, &book, None, reads).expect("judged");
        let plain = judge(&files, &book, None, |_| Reads::everything()).expect("judged");
        // Beside it, only how many were asked again differs.
        assert_eq!(grouped.judges, plain.judges);
        assert_eq!(
            (grouped.matches, grouped.rules),
            (plain.matches, plain.rules)
        );
        assert_eq!(plain.differences(), 0);
        assert_eq!(grouped.differences(), 0, "{:?}", grouped.shown);
        assert!(grouped.matches > 100);
        // Some rules match no event of so few.
        let rules = book.entries.iter().filter_map(Entry::ir).count();
        assert!(grouped.rules * 100 >= rules * 98, "{}", grouped.rules);
        assert!(
            grouped
                .judges
                .values()
                .any(|tally| !tally.covered.is_empty()),
            "no divergence showed"
        );
    }

    /// If the fields of a rule were told wrongly, asking again would show it.
    #[test]
    fn wrong_groups_are_found_out() {
        let (book, events) = sample();
        let some = |ir: &Ir| {
            let mut reads = reads(ir);
            // A rule of keywords alone has none.
            if let Some(first) = ir.fields.keys().next() {
                reads.fields.remove(first.as_str());
            }
            reads
        };
        let judged = judge(&[("made", events)], &book, None, some).expect("judged");
        assert!(judged.misgrouped > 0);
    }
}
