//! The file of a rule: what is known of it, its tables, its function.

use crate::rust::code::Code;
use crate::rust::fields::Fields;
use crate::rust::names::{Names, snake};
use crate::rust::predicate::{Writer, one_or};
use crate::rust::quote;
use crate::rust::sources::Branches;
use std::fmt::Write as _;
use verdict_compiler::{Ir, Rule};

/// What a rule shares with others of its crate.
pub(super) struct Shared<'c> {
    /// The fields of the crate.
    pub(super) fields: &'c Fields,
    /// The rule as alternatives, by source.
    pub(super) branches: Option<&'c Branches>,
}

/// The name of a rule's function.
pub(super) fn function_name(rule: &Rule) -> String {
    snake(&rule.name)
}

/// The file of a rule whose text comes from `origin`.
pub(super) fn file(rule: &Rule, ir: &Ir, shared: &Shared<'_>, origin: &str) -> String {
    let mut text = quote::comment(origin, "//!");
    text.push_str("\nuse crate::prelude::*;\n\n");
    let matches = Code::plain(function_name(rule));
    text.push_str(&known(rule, "Rule", ("matches", matches)));
    text.push('\n');
    text.push_str(&functions(rule, ir, shared));
    text
}

/// The function of a rule by itself.
pub(super) fn alone(rule: &Rule, ir: &Ir) -> String {
    let fields = Fields::of([ir], []);
    let shared = Shared {
        fields: &fields,
        branches: None,
    };
    functions(rule, ir, &shared)
}

/// The tables that a rule needs, and its function.
fn functions(rule: &Rule, ir: &Ir, shared: &Shared<'_>) -> String {
    let mut writer = Writer::new(ir, shared.fields, Names::without(["RULE"]));
    let body = match shared.branches {
        None => writer.expr(&ir.predicate),
        Some(branches) => {
            let codes = branches.iter().map(|(source, rest)| {
                let source = Code::call(format!("sources::{source}"), [Code::plain("event")]);
                match writer.expr(rest) {
                    Code::Plain(text) if text == "true" => source,
                    Code::All(rest) => Code::All(std::iter::once(source).chain(rest).collect()),
                    other => Code::All(vec![source, other]),
                }
            });
            one_or(codes.collect(), Code::Any)
        }
    };
    let mut text = String::new();
    for item in &writer.items {
        text.push_str(item);
        text.push('\n');
    }
    text.push_str(&documentation(rule));
    text.push_str(&function(&function_name(rule), &body));
    text
}

/// A public function over an event.
pub(super) fn function(name: &str, body: &Code) -> String {
    let event = if body.reads_event() {
        "event"
    } else {
        "_event"
    };
    let mut head = format!("pub fn {name}({event}: &Event) -> bool {{\n");
    if head.trim_end().len() > 100 {
        head = format!("pub fn {name}(\n    {event}: &Event,\n) -> bool {{\n");
    }
    format!("{head}    {}\n}}\n", body.block(4))
}

/// The rule's page in short.
pub(super) fn documentation(rule: &Rule) -> String {
    let metadata = &rule.metadata;
    let mut text = quote::comment(&rule.name, "///");
    if let Some(description) = &metadata.description {
        text.push_str("///\n");
        text.push_str(&quote::comment(description.value.trim(), "///"));
    }
    let mut facts = vec![format!("Id: {}", rule.id)];
    if let Some(version) = &metadata.version {
        facts.push(format!("Version: {}", version.value));
    }
    if let Some(level) = &metadata.severity {
        facts.push(format!("Level: {}", level.value));
    }
    let attack = attack(rule);
    if !attack.is_empty() {
        facts.push(format!("ATT&CK: {}", attack.join(", ")));
    }
    if !rule.authors.is_empty() {
        facts.push(format!("Authors: {}", rule.authors.join(", ")));
    }
    if let Some(license) = &metadata.license {
        facts.push(format!("Licence: {}", license.value));
    }
    text.push_str("///\n");
    for fact in facts {
        text.push_str(&quote::comment(&one_line(&fact), "/// -"));
    }
    text
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Techniques and tactics, each once.
fn attack(rule: &Rule) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for mapping in &rule.metadata.attack {
        let named = mapping.technique.iter().chain(&mapping.tactics);
        for id in named.map(|named| named.value.clone()) {
            if !found.contains(&id) {
                found.push(id);
            }
        }
    }
    found
}

/// What is known of a rule when it matches: a constant of this type, whose last member is this.
pub(super) fn known(rule: &Rule, of: &str, last: (&str, Code)) -> String {
    let metadata = &rule.metadata;
    let literal = |value: &str| Code::plain(quote::text(value));
    let texts =
        |values: &[String]| Code::slice(values.iter().map(|value| literal(value)).collect());
    let maybe = |value: Option<Code>| match value {
        Some(value) => Code::call("Some", [value]),
        None => Code::plain("None"),
    };
    let license = metadata.license.as_ref();
    let level = metadata.severity.as_ref();
    let version = metadata.version.as_ref();
    let fields = [
        ("id", literal(&rule.id)),
        ("name", literal(&rule.name)),
        ("authors", texts(&rule.authors)),
        (
            "license",
            maybe(license.map(|license| literal(&license.value))),
        ),
        (
            "level",
            maybe(level.map(|level| literal(level.value.word()))),
        ),
        (
            "version",
            maybe(version.map(|version| Code::plain(version.value.to_string()))),
        ),
        ("attack", texts(&attack(rule))),
        last,
    ];
    let mut text = format!("/// What is known of the rule.\npub static RULE: {of} = {of} {{\n");
    for (name, value) in fields {
        // Writing to a string does not fail.
        let _ = write!(text, "{}", value.member(name));
    }
    text.push_str("};\n");
    text
}
