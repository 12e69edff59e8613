//! Whether the comparison of a rule's events would report a faulty text.

use crate::counterexamples;
use crate::examination::{first, several, text_judge};
use crate::registry::Row;
use crate::rulebook::Entry;
use std::sync::OnceLock;
use verdict_compiler::ir::Series;
use verdict_compiler::{Code, Ir, Meaning};
use verdict_harness::compare::{self, Examined};
use verdict_harness::generate::{Amount, Labelled};
use verdict_harness::series::{self, StreamVerdict, Streams};
use verdict_harness::{Oracle, SeriesOracle, Verdict};
use verdict_targets::profile::Profile;
use verdict_targets::target::{Claim, Emitted};

/// What a rule's events are, made when they are first asked for.
#[derive(Default)]
pub(super) struct Known {
    events: OnceLock<Vec<Labelled>>,
    streams: OnceLock<Streams>,
}

/// How the harness reports the faulty text; None if it does not.
pub(super) fn killed(
    row: &'static Row,
    entry: &Entry,
    known: &Known,
    profile: &Profile,
    clean: &Emitted,
    faulty: Emitted,
) -> Option<&'static str> {
    match &entry.compiled.meaning {
        Meaning::Known(ir) => single(row, entry, known, profile, ir, clean, &faulty),
        Meaning::Series(series) => several(row, entry, known, profile, series, clean, faulty),
        Meaning::Unsupported(_) | Meaning::Invalid => None,
    }
}

fn single(
    row: &'static Row,
    entry: &Entry,
    known: &Known,
    profile: &Profile,
    ir: &Ir,
    clean: &Emitted,
    faulty: &Emitted,
) -> Option<&'static str> {
    let oracle = Oracle::new(ir);
    let events = known.events.get_or_init(|| {
        let kept = counterexamples::read(entry).unwrap_or_default();
        let first = first(entry, &oracle, kept.events);
        compare::events(ir, &entry.seed_key(), &first, Amount::default())
    });
    let examined = |emitted: &Emitted| {
        Some(Examined {
            name: row.target.name().to_owned(),
            claimed: claimed(&emitted.claim)?,
            standing: row.standing.to_vec(),
            judge: text_judge(row, profile, ir, emitted.text.as_deref()?),
        })
    };
    let examined_faulty = examined(faulty)?;
    if compare::differs(ir, &examined_faulty, events) {
        return Some("disagrees");
    }
    if examined_faulty.claimed.is_empty() {
        return None;
    }
    // A claim that nothing shows any more is reported, too.
    let shown = |examined: &Examined<'_>| compare::put(ir, &oracle, examined, events).verdict;
    match shown(&examined_faulty) {
        Verdict::Disagree(_) => Some("disagrees near an event"),
        Verdict::Unshown(codes) => match examined(clean).map(|clean| shown(&clean)) {
            Some(Verdict::Unshown(before)) if before == codes => None,
            _ => Some("a claimed difference is not shown"),
        },
        Verdict::Agree | Verdict::Diverges(_) | Verdict::Unreached(_) => None,
    }
}

fn claimed(claim: &Claim) -> Option<Vec<Code>> {
    match claim {
        Claim::Exact => Some(Vec::new()),
        Claim::Diverges(codes) => Some(codes.clone()),
        Claim::Unsupported(_) => None,
    }
}

fn several(
    row: &'static Row,
    entry: &Entry,
    known: &Known,
    profile: &Profile,
    series: &Series,
    clean: &Emitted,
    faulty: Emitted,
) -> Option<&'static str> {
    let oracle = SeriesOracle::new(series);
    let streams = known.streams.get_or_init(|| {
        let first = several::fixtures(entry);
        series::judged(&oracle, &entry.seed_key(), first, Amount::default())
    });
    let examined = several::over(series, row, profile, faulty).ok()?;
    if series::differs(&oracle, &examined, streams) {
        return Some("disagrees");
    }
    if examined.claimed.is_empty() {
        return None;
    }
    let StreamVerdict::Unshown(codes) = series::put(&oracle, &examined, streams).verdict else {
        return None;
    };
    let clean = several::over(series, row, profile, clean.clone()).ok()?;
    match series::put(&oracle, &clean, streams).verdict {
        StreamVerdict::Unshown(before) if before == codes => None,
        StreamVerdict::Agree
        | StreamVerdict::Diverges(_)
        | StreamVerdict::Disagree(_)
        | StreamVerdict::Unshown(_)
        | StreamVerdict::Unreached(_) => Some("a claimed difference is not shown"),
    }
}
