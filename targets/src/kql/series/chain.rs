//! `temporal_ordered`: events in the order of the rules, as one step of `scan`.
//!
//! For each rule but the last the step keeps the latest chain of events that ends with it. Events of one instant have no order, so it also keeps what that chain
//! was before the present instant: only that can be gone on with.

use super::windows::{Names, tells_events};
use crate::kql::EVENTS;

/// The steps behind the table of events: rows of `_End`, the group and the events.
pub(crate) fn steps(names: &Names<'_>) -> Vec<String> {
    let last = names.correlation.rules.len();
    let mut lines = vec![names.hits.clone()];
    let key = match names.groups.as_slice() {
        _ if verdict_faults::at("kql/chain/group-ignored") => None,
        [] => None,
        [group] => Some(group.clone()),
        _ => {
            lines.push(format!(
                "| extend _Key = tostring(pack_array({}))",
                names.groups.join(", ")
            ));
            Some("_Key".to_owned())
        }
    };
    let (pad, pipe) = match &key {
        Some(key) => {
            lines.push(format!("| partition hint.strategy=shuffle by {key}"));
            lines.push("(".to_owned());
            ("    ", "")
        }
        None => ("", "| "),
    };
    lines.push(format!("{pad}{pipe}sort by _Time asc, _Item asc"));
    lines.push(format!("{pad}| scan declare ("));
    lines.push(format!(
        "{pad}        {}",
        declared(last).join(&format!(",\n{pad}        "))
    ));
    lines.push(format!("{pad}    ) with"));
    lines.push(format!("{pad}  ("));
    lines.push(format!("{pad}    step s: true =>"));
    let step = step(last, &names.span).join(&format!(",\n{pad}        "));
    lines.push(format!("{pad}        {step};"));
    lines.push(format!("{pad}  )"));
    lines.push(format!("{pad}| where _Match"));
    if key.is_some() {
        lines.push(")".to_owned());
    }
    lines.push("| extend _End = _Time".to_owned());
    let told = if tells_events(names.correlation) {
        format!("arg_max(_Item, {EVENTS})")
    } else {
        "take_any(_Match)".to_owned()
    };
    lines.push(format!("| summarize {told} by {}", names.with(&["_End"])));
    lines
}

fn declared(last: usize) -> Vec<String> {
    let mut declared = vec![
        "_Match: bool = false".to_owned(),
        format!("{EVENTS}: dynamic"),
    ];
    for rule in 1..last {
        declared.push(format!(
            "_Last{rule}: datetime, _First{rule}: datetime, _Chain{rule}: dynamic"
        ));
        declared.push(format!(
            "_FirstBefore{rule}: datetime, _ChainBefore{rule}: dynamic"
        ));
    }
    declared
}

/// What each column becomes. Rules count from 1.
fn step(last: usize, span: &str) -> Vec<String> {
    // What a chain was before the present instant.
    let before = |rule: usize, what: &str| {
        if verdict_faults::at("kql/chain/one-instant-has-an-order") {
            return format!("s._{what}{rule}");
        }
        format!("iff(s._Last{rule} < _Time, s._{what}{rule}, s._{what}Before{rule})")
    };
    let takes = |rule: usize| match rule {
        1 => "_Rule == 1".to_owned(),
        rule => format!(
            "_Rule == {rule} and isnotnull({})",
            before(rule - 1, "First")
        ),
    };
    let first = |rule: usize| match rule {
        1 => "_Time".to_owned(),
        _ if verdict_faults::at("kql/chain/span-from-the-rule-before") => "_Time".to_owned(),
        rule => before(rule - 1, "First"),
    };
    let events = |rule: usize| match rule {
        1 => "pack_array(_Item)".to_owned(),
        rule => format!(
            "array_concat({}, pack_array(_Item))",
            before(rule - 1, "Chain")
        ),
    };
    let within = if verdict_faults::at("kql/chain/span-excluded") {
        "<"
    } else {
        "<="
    };
    let mut step = vec![
        format!(
            "_Match = {} and _Time - {} {within} {span}",
            takes(last),
            first(last)
        ),
        format!("{EVENTS} = {}", events(last)),
    ];
    for rule in 1..last {
        let takes = takes(rule);
        step.push(format!("_Last{rule} = iff({takes}, _Time, s._Last{rule})"));
        for (what, value) in [("First", first(rule)), ("Chain", events(rule))] {
            step.push(format!(
                "_{what}{rule} = iff({takes}, {value}, s._{what}{rule})"
            ));
            step.push(format!(
                "_{what}Before{rule} = iff({takes} and s._Last{rule} < _Time, s._{what}{rule}, s._{what}Before{rule})"
            ));
        }
    }
    step
}
