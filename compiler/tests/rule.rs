//! Every file under `tests/rule/` is loaded, and what comes out is compared with the `.txt` file beside it: a line for each finding
//! (`code severity line:column message`, then hint and related places), then what the rules hold. Set `UPDATE_CASES=1` to write the expectations anew.

#![expect(
    clippy::expect_used,
    reason = "a test that cannot read its cases has to stop"
)]

use proptest::prelude::*;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use verdict_compiler::rule::attack::Mapping;
use verdict_compiler::rule::{Body, Expected, Fixture, Located, Pack, Rule, load, load_pack};
use verdict_compiler::{Diagnostic, Source, render};

#[test]
fn cases() {
    let paths = inputs();
    assert!(paths.len() > 20, "the cases are gone");
    let wrong: Vec<String> = paths.iter().filter_map(|path| check(path)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What differs for one case, if anything does.
fn check(path: &Path) -> Option<String> {
    let name = path
        .file_name()
        .and_then(|name| name.to_str())
        .expect("a name");
    let source = Source::new(
        name,
        std::fs::read_to_string(path).expect("a readable case"),
    );
    let got = outcome(&source);
    let expectation = path.with_file_name(format!("{name}.txt"));
    if std::env::var_os("UPDATE_CASES").is_some() {
        std::fs::write(&expectation, &got).expect("a writable expectation");
    }
    let wanted = std::fs::read_to_string(&expectation).unwrap_or_default();
    (got != wanted).then(|| format!("{name}: expected\n{wanted}\nbut got\n{got}"))
}

fn inputs() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rule");
    let entries = std::fs::read_dir(folder).expect("the folder of cases");
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending != "txt"));
    paths.sort();
    paths
}

fn outcome(source: &Source) -> String {
    let mut out = String::new();
    if source.name.starts_with("pack") {
        let (pack, found) = load_pack(source);
        for found in &found {
            tell(&mut out, source, found);
        }
        if let Some(pack) = pack {
            describe_pack(&mut out, &pack);
        }
    } else {
        let loaded = load(source);
        for found in &loaded.diagnostics {
            tell(&mut out, source, found);
        }
        for rule in &loaded.rules {
            describe(&mut out, source, rule);
        }
    }
    out
}

fn tell(out: &mut String, source: &Source, found: &Diagnostic) {
    let (line, column) = source.line_column(found.span.start);
    let severity = render::word(found.severity);
    let _ = writeln!(
        out,
        "{} {severity} {line}:{column} {}: {}",
        found.code, found.message, found.reason
    );
    for (span, label) in &found.related {
        let (line, column) = source.line_column(span.start);
        let _ = writeln!(out, "    {line}:{column} {label}");
    }
    if let Some(hint) = &found.hint {
        let _ = writeln!(out, "    {hint}");
    }
}

/// A line of a description, left out if there is nothing to say.
fn line(out: &mut String, key: &str, value: &str) {
    if !value.is_empty() {
        let _ = writeln!(out, "  {key}: {value}");
    }
}

fn describe(out: &mut String, source: &Source, rule: &Rule) {
    let _ = writeln!(out, "rule {} {:?}", rule.id, rule.name);
    let metadata = &rule.metadata;
    line(out, "body", &body(source, &rule.body));
    line(out, "authors", &rule.authors.join(" | "));
    line(out, "status", &shown(metadata.status.as_ref()));
    line(out, "severity", &shown(metadata.severity.as_ref()));
    line(out, "risk score", &shown(metadata.risk_score.as_ref()));
    line(out, "version", &shown(metadata.version.as_ref()));
    let schedule = &metadata.schedule;
    let duration = |found: &Option<Located<verdict_compiler::rule::metadata::Duration>>| {
        found
            .as_ref()
            .map(|found| format!("{} s", found.value.seconds))
            .unwrap_or_default()
    };
    line(out, "interval", &duration(&schedule.interval));
    line(out, "lookback", &duration(&schedule.lookback));
    line(out, "max alerts", &shown(schedule.max_alerts.as_ref()));
    line(out, "schema", &shown(metadata.data.schema.as_ref()));
    line(out, "indices", &texts(&metadata.data.indices));
    line(out, "sources", &texts(&metadata.data.sources));
    let attack: Vec<String> = metadata.attack.iter().map(mapping).collect();
    line(out, "attack", &attack.join(" | "));
    line(out, "tags", &texts(&metadata.tags));
    line(out, "output", &texts(&metadata.output));
    line(out, "references", &texts(&metadata.references));
    line(out, "false positives", &texts(&metadata.false_positives));
    let pivots: Vec<&str> = metadata
        .investigate
        .iter()
        .map(|pivot| pivot.name.value.as_str())
        .collect();
    line(out, "pivots", &pivots.join(" | "));
    let entities = metadata
        .entities
        .iter()
        .map(|entity| format!("{}={}", entity.kind.value, entity.field.value));
    line(out, "entities", &entities.collect::<Vec<_>>().join(" | "));
    if let Some(suppression) = &metadata.suppression {
        line(
            out,
            "suppression",
            &format!(
                "{} for {}",
                texts(&suppression.by),
                duration(&suppression.period)
            ),
        );
    }
    let related = metadata
        .related
        .iter()
        .map(|related| format!("{} {}", related.kind.value, related.id.value));
    line(out, "related", &related.collect::<Vec<_>>().join(" | "));
    for (vendor, node) in &metadata.vendor {
        let keys = node
            .as_map()
            .unwrap_or_default()
            .iter()
            .map(|entry| entry.key.as_str());
        line(
            out,
            &format!("vendor {vendor}"),
            &keys.collect::<Vec<_>>().join(", "),
        );
    }
    rule.fixtures
        .iter()
        .for_each(|found| line(out, "fixture", &fixture(found)));
}

fn shown<T: std::fmt::Display>(found: Option<&Located<T>>) -> String {
    found
        .map(|found| found.value.to_string())
        .unwrap_or_default()
}

fn texts(found: &[Located<String>]) -> String {
    let values: Vec<&str> = found.iter().map(|text| text.value.as_str()).collect();
    values.join(" | ")
}

fn body(source: &Source, body: &Body) -> String {
    match body {
        Body::Eql(eql) => {
            let (line, column) = source.line_column(eql.query.offset(0));
            format!(
                "eql at {line}:{column}, category in {}, ecs {}",
                eql.category_field, eql.ecs
            )
        }
        Body::Sigma(sigma) => {
            let keys = sigma.detection.as_map().unwrap_or_default().iter();
            let keys: Vec<&str> = keys.map(|entry| entry.key.as_str()).collect();
            let logsource = &sigma.logsource;
            let parts = [&logsource.category, &logsource.product, &logsource.service];
            let parts: Vec<&str> = parts
                .iter()
                .map(|part| part.as_deref().unwrap_or("-"))
                .collect();
            format!("sigma over {}, with {}", parts.join("/"), keys.join(", "))
        }
        Body::Correlation(body) => {
            let keys = body.section.as_map().unwrap_or_default().iter();
            let keys: Vec<&str> = keys.map(|entry| entry.key.as_str()).collect();
            format!("correlation with {}", keys.join(", "))
        }
        Body::Opaque(refusal) => {
            let (line, column) = source.line_column(refusal.span.start);
            format!(
                "opaque, {} at {line}:{column}: {}",
                refusal.code, refusal.reason
            )
        }
    }
}

fn mapping(mapping: &Mapping) -> String {
    let technique = mapping
        .technique
        .as_ref()
        .map_or("-", |named| named.value.as_str());
    let tactics = mapping.current_tactics();
    let tactics: Vec<&str> = tactics.iter().map(|tactic| tactic.short_name).collect();
    format!("{technique} {}", tactics.join(","))
}

fn fixture(fixture: &Fixture) -> String {
    let events: Vec<String> = fixture
        .events
        .iter()
        .map(|event| event.value.to_json_line())
        .collect();
    let expected = match &fixture.expected {
        Expected::Match(matches) => matches.to_string(),
        Expected::Groups(groups) => format!("{groups:?}"),
    };
    format!(
        "{:?} {} -> {expected}",
        fixture.name.value,
        events.join(" ")
    )
}

fn describe_pack(out: &mut String, pack: &Pack) {
    let _ = writeln!(
        out,
        "pack {} {:?} {}",
        pack.id.value, pack.name.value, pack.version.value
    );
    let targets = pack.targets.iter().map(|target| match &target.profile {
        Some(profile) => format!("{} with {profile}", target.name),
        None => target.name.clone(),
    });
    line(out, "targets", &targets.collect::<Vec<_>>().join(" | "));
    line(out, "authors", &texts(&pack.authors));
    for (name, values) in &pack.placeholders {
        line(out, &format!("placeholder {name}"), &values.join(" | "));
    }
    for (name, version) in &pack.services {
        line(out, &format!("service {name}"), &version.value);
    }
}

/// Loading, and showing what was found, must end for any text.
fn survives(text: &str) {
    for name in ["a.yml", "a.toml", "a"] {
        let source = Source::new(name, text);
        let mut found = load(&source).diagnostics;
        found.extend(load_pack(&source).1);
        render::human(&source, &found, false);
        for found in &found {
            render::json(&source, found);
        }
    }
}

/// A case with a piece cut out, doubled or replaced.
fn mutated() -> impl Strategy<Value = String> {
    let texts: Vec<String> = inputs()
        .iter()
        .map(|path| std::fs::read_to_string(path).expect("a case"))
        .collect();
    let pieces = [
        "", ":", "- ", "\n", "'", "\"", "[", "{", "&a ", "*a", "|\n", "null", "é", "\u{feff}",
        "\t", "---\n", "'''", "\r\n", "!!",
    ];
    let edit = (
        any::<prop::sample::Index>(),
        0_usize..40,
        prop::sample::select(pieces.to_vec()),
    );
    (
        prop::sample::select(texts),
        prop::collection::vec(edit, 1..6),
    )
        .prop_map(|(text, edits)| {
            edits.into_iter().fold(text, |text, (at, length, piece)| {
                let characters: Vec<char> = text.chars().collect();
                let at = at.index(characters.len() + 1);
                let rest = characters.iter().skip(at + length);
                characters
                    .iter()
                    .take(at)
                    .copied()
                    .chain(piece.chars())
                    .chain(rest.copied())
                    .collect()
            })
        })
}

proptest! {
    #[test]
    fn any_text_can_be_loaded(text in "(?s).{0,300}") {
        survives(&text);
    }

    #[test]
    fn any_yaml_like_text_can_be_loaded(text in "([a-z]{1,4}: ?|- |\n|  |\\[|\\]|\\{|\\}|,|'|\"|[a-z0-9]{1,3}|&a |\\*a |---\n|#|\\||>){0,60}") {
        survives(&text);
    }

    #[test]
    fn a_mutated_rule_can_be_loaded(text in mutated()) {
        survives(&text);
    }
}
