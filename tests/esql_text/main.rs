//! What the ES|QL target writes, run by the engine that has never seen the target: faults that other translators have, and arbitrary texts.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on says so by panicking"
)]

mod arbitrary;
mod faults;

use std::collections::BTreeMap;
use verdict_compiler::rule::load;
use verdict_compiler::{Inputs, Ir, Meaning, Rule, Source, compile};
use verdict_engines::esql::{Query, Version};
use verdict_event::Event;
use verdict_targets::esql::Esql;
use verdict_targets::profile::Profile;
use verdict_targets::{Claim, Projection, Target};

/// The rule of a file, and what it means.
fn rule(text: &str) -> (Rule, Ir) {
    let source = Source::new("rule.yml", text);
    let mut loaded = load(&source);
    assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
    let rule = loaded.rules.pop().expect("a rule");
    let inputs = Inputs {
        logsources: None,
        placeholders: &BTreeMap::new(),
        schema: None,
    };
    match compile(&rule, &inputs).meaning {
        Meaning::Known(ir) => (rule, *ir),
        other => panic!("{other:?}"),
    }
}

/// A Sigma rule with this detection.
fn sigma(detection: &str) -> (Rule, Ir) {
    let detection = detection.replace('\n', "\n    ");
    rule(&format!(
        "title: x\nid: 6d0a4c1e-0000-4000-8000-000000000001\nlogsource:\n    product: x\ndetection:\n    {detection}\n"
    ))
}

/// The query of a rule.
fn text(rule: &Rule, ir: &Ir) -> String {
    let emitted = Esql.compile(rule, ir, &Profile::raw());
    emitted
        .text
        .unwrap_or_else(|| panic!("{:?}", emitted.claim))
}

/// What the query says of an event.
fn verdict(query: &str, ir: &Ir, event: &str) -> bool {
    let event = serde_json::from_str(event).expect("JSON");
    let event = Event::from_json(event).expect("an event");
    let row = match Esql.projector(ir, &Profile::raw())(&event) {
        Projection::Row(row) => row,
        Projection::Unrepresentable(reason) => panic!("no row: {reason}"),
    };
    let schema = Esql.schema(ir, &Profile::raw());
    let bound = Query::parse(query)
        .and_then(|query| query.bind_for(&schema, true, Version::new(8, 19)))
        .unwrap_or_else(|errors| panic!("{errors:?}\n{query}"));
    bound.matches(&row).expect("a verdict")
}

/// Why a rule has no text.
fn refused(rule: &Rule, ir: &Ir) -> &'static str {
    match Esql.compile(rule, ir, &Profile::raw()).claim {
        Claim::Unsupported(refusals) => refusals.first().expect("a reason").code.id,
        other => panic!("{other:?}"),
    }
}
