//! The EQL target's text read back: by our own front end, which must find the same rule, and by the engine, which must find the same events.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod faults;
mod optional;
mod round_trip;
mod strings;

use std::collections::BTreeMap;
use verdict_compiler::rule::{Body, EqlBody, load};
use verdict_compiler::span::Text;
use verdict_compiler::{Inputs, Ir, Meaning, Rule, Source, compile};
use verdict_engines::eql;
use verdict_event::{Event, Schema};
use verdict_targets::eql::Eql;
use verdict_targets::profile::Profile;
use verdict_targets::{Emitted, Target};

/// What a rule means, its fields typed by a mapping or by what it says itself.
fn meaning(rule: &Rule, schema: Option<&Schema>) -> Result<Ir, String> {
    let placeholders = BTreeMap::new();
    let inputs = Inputs {
        logsources: None,
        placeholders: &placeholders,
        schema,
    };
    let compiled = compile(rule, &inputs);
    match compiled.meaning {
        Meaning::Known(ir) => Ok(*ir),
        Meaning::Series(_) => Err("looks at several events".to_owned()),
        Meaning::Unsupported(refusal) => Err(refusal.reason),
        Meaning::Invalid => {
            let findings = compiled
                .diagnostics
                .iter()
                .filter(|finding| finding.is_error());
            let messages = findings
                .map(|finding| format!("{} {}: {}", finding.code, finding.message, finding.reason));
            Err(messages.collect::<Vec<_>>().join("; "))
        }
    }
}

/// A rule of this query.
fn eql_rule(query: &str) -> Rule {
    let body = Body::Eql(EqlBody {
        query: Text::verbatim(query, 0),
        category_field: "event.category".to_owned(),
        ecs: false,
        endpoint: false,
    });
    Rule::new("6d0a4c1e-0000-4000-8000-000000000001", "Rule", body)
}

/// A Sigma rule with this detection, which is YAML.
fn sigma_rule(detection: &str) -> Rule {
    let indented = detection.trim_end().replace('\n', "\n  ");
    let text = format!(
        "title: Rule\nid: 6d0a4c1e-0000-4000-8000-000000000001\nlogsource: {{category: test}}\ndetection:\n  {indented}\n"
    );
    let loaded = load(&Source::new("rule.yml", text.as_str()));
    assert!(
        loaded.diagnostics.iter().all(|finding| !finding.is_error()),
        "{text}: {:?}",
        loaded.diagnostics
    );
    loaded.rules.into_iter().next().expect("a rule")
}

fn emit(rule: &Rule, ir: &Ir) -> Emitted {
    Eql.compile(rule, ir, &Profile::raw())
}

/// The query without its comments.
fn query(emitted: &Emitted) -> String {
    let text = emitted
        .text
        .as_deref()
        .unwrap_or_else(|| panic!("{:?}", emitted.claim));
    let lines = text.lines().skip_while(|line| line.starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

/// Whether the engine finds an event by the emitted text.
fn finds(emitted: &Emitted, ir: &Ir, event: &Event) -> bool {
    let text = emitted.text.as_deref().expect("a query");
    let schema = Eql.schema(ir, &Profile::raw());
    let bound = eql::Query::parse(text).and_then(|query| query.bind(&schema, false));
    bound
        .unwrap_or_else(|errors| panic!("{text}: {errors:?}"))
        .matches(event)
}
