//! Whole crates.

use super::{ir, notation, rule, snapshot};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::{Command, Stdio};
use verdict_compiler::ir::{Case, Expr, Origin, Pattern, Piece, Test};
use verdict_compiler::rule::Logsource;
use verdict_compiler::{Ir, Rule, Span};
use verdict_event::{FieldSchema, FieldType, Path};
use verdict_targets::rust::{Means, Member, Package, package};

/// The crate of these rules, each in a file of its own.
fn crate_of(rules: &[(Rule, Ir, &str)]) -> Package {
    let members: Vec<Member<'_>> = rules
        .iter()
        .map(|(rule, ir, below)| Member {
            rule,
            means: Means::Event(ir),
            below,
        })
        .collect();
    package(&members)
}

fn leaves(lines: &[&str], fields: &mut BTreeMap<Path, FieldSchema>) -> Vec<Expr> {
    let leaves = lines.iter().map(|line| {
        let (leaf, more) = notation::leaf(line);
        fields.extend(more);
        leaf
    });
    leaves.collect()
}

/// An IR with a source, as a Sigma rule has it.
fn sigma(detection: Expr, mut fields: BTreeMap<Path, FieldSchema>) -> Ir {
    let source = leaves(
        &[
            "EventID:keyword num 1",
            "Channel:keyword =~ Microsoft-Windows-Sysmon/Operational",
        ],
        &mut fields,
    );
    Ir {
        predicate: Expr::all(source.into_iter().chain([detection.clone()])),
        detection,
        origin: Origin {
            category: None,
            logsource: Some(Logsource {
                category: Some("process_creation".to_owned()),
                product: Some("windows".to_owned()),
                ..Logsource::default()
            }),
            ..Origin::default()
        },
        fields,
    }
}

/// An IR whose source is one of two, with the field under each one's name.
fn two_sources(value: &str) -> Ir {
    let mut fields = BTreeMap::new();
    let mut alternative = |id: &str, field: &str| {
        let source = format!("EventID:keyword num {id}");
        Expr::all(leaves(
            &[&source, &format!("{field}:keyword ~ *{value}")],
            &mut fields,
        ))
    };
    let predicate = Expr::any([
        alternative("1", "Image"),
        alternative("4688", "NewProcessName"),
    ]);
    let mut ir = sigma(
        leaves(&["Image:keyword ~ *x"], &mut BTreeMap::new()).remove(0),
        fields,
    );
    ir.predicate = predicate;
    ir
}

fn samples() -> Vec<(Rule, Ir, &'static str)> {
    let mut fields = BTreeMap::new();
    let images = leaves(
        &[
            r"Image:keyword ~ *\powershell.exe",
            r"Image:keyword ~ *\pwsh.exe",
        ],
        &mut fields,
    );
    let words = leaves(
        &[
            "CommandLine:keyword ~ *-enc *",
            "CommandLine:keyword ~ *hidden*",
        ],
        &mut fields,
    );
    let filter = leaves(
        &[
            r"ParentImage:keyword =~ C:\Program Files\Tool\agent.exe",
            "User:keyword missing",
        ],
        &mut fields,
    );
    let shell = Expr::all([
        Expr::any(images),
        Expr::all(words),
        Expr::all(filter).negate(),
    ]);
    let mut host = rule("Suspicious child of a script host");
    host.authors = vec!["Ada \"the\" Author".to_owned(), "B\u{202e}".to_owned()];
    let shell = sigma(shell, fields);

    let mut fields = BTreeMap::new();
    let names: Vec<String> = (0..20)
        .map(|at| format!("OriginalFileName:keyword =~ Tool-{}.exe", 19 - at))
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let many = Expr::any(leaves(&names, &mut fields));
    let mut table = rule("Type");
    "6d0a4c1e-0000-4000-8000-000000000002".clone_into(&mut table.id);
    let table_ir = sigma(many, fields);

    let (number, fields) = notation::leaf("process.pid:long >= 1024");
    let mut other = rule("Type");
    "7d0a4c1e-0000-4000-8000-000000000003".clone_into(&mut other.id);
    let number = ir(number, fields);
    vec![
        (host, shell, "rules/windows/child.yml"),
        (table, table_ir, "rules/windows/type.yml"),
        (other, number, "rules/windows/Type.yml"),
        (rule("Either"), two_sources("a.exe"), "rules/either.yml"),
        (rule("Or"), two_sources("b.exe"), "rules/or.yml"),
    ]
}

/// What the crate of a few rules is, but for the runtime, which is read where it stands.
#[test]
fn a_small_pack() {
    let package = crate_of(&samples());
    let mut report = String::new();
    for (path, text) in &package.files {
        report.extend(["======== ", path, "\n"]);
        let known = path.contains("/runtime")
            || path.contains("/series")
            || path.starts_with("examples")
            || path.ends_with("lib.rs");
        report.push_str(if known { "...\n" } else { text });
    }
    snapshot("small-pack", &report);
    assert_eq!(
        package,
        crate_of(&samples()),
        "the same rules give the same bytes"
    );
}

#[test]
fn a_crate_without_expressions_needs_no_other() {
    assert!(!crate_of(&samples()).files["Cargo.toml"].contains("regex"));
}

/// Whether rustfmt would leave a text as it is; None where there is no rustfmt.
fn formatted(text: &str) -> Option<String> {
    let mut child = Command::new("rustfmt")
        .args(["--edition", "2024", "--emit", "stdout"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .ok()?;
    let mut input = child.stdin.take()?;
    input.write_all(text.as_bytes()).ok()?;
    drop(input);
    let output = child.wait_with_output().ok()?;
    assert!(
        output.status.success(),
        "{}\n{text}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).ok()
}

#[test]
fn rustfmt_changes_nothing() {
    for (path, text) in crate_of(&samples()).files {
        // Files that declare modules cannot be formatted without the folder around them; there is no layout in them.
        let is_rust = std::path::Path::new(&path)
            .extension()
            .is_some_and(|ending| ending == "rs");
        if !is_rust || text.contains("\npub mod ") {
            continue;
        }
        if let Some(formatted) = formatted(&text) {
            assert_eq!(formatted, text, "{path}");
        }
    }
}

/// Conditions of all shapes and lengths.
fn condition() -> impl Strategy<Value = Expr> {
    let pattern = |text: String, before: bool, behind: bool| {
        Pattern::literal(text, Case::Fold).widened(before, behind)
    };
    let text = "[a-z\\\\]{1,6}|[a-z ]{10,50}|[a-z\\\\ ]{60,90}";
    let leaf = (0..4_usize, text, any::<bool>(), any::<bool>()).prop_map(
        move |(field, text, before, behind)| {
            let name = [
                "a",
                "CommandLine",
                "process.parent.executable",
                "winlog.event_data.long_name_of_a_field",
            ][field];
            Expr::field(
                name.into(),
                Test::Text(pattern(text, before, behind)),
                Span::default(),
            )
        },
    );
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..6).prop_map(Expr::all),
            prop::collection::vec(inner.clone(), 1..6).prop_map(Expr::any),
            inner.prop_map(Expr::negate),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Many conditions in one text, since starting rustfmt costs more than what it does.
    #[test]
    fn rustfmt_changes_no_condition(conditions in prop::collection::vec(condition(), 40)) {
        let functions: Vec<String> = conditions
            .into_iter()
            .filter_map(|condition| verdict_targets::rust::function(&rule("x"), &ir(condition, BTreeMap::new())).text)
            .collect();
        let text = functions.join("\n");
        if let Some(formatted) = formatted(&text) {
            let different = formatted.lines().zip(text.lines()).position(|(a, b)| a != b);
            let near = |text: &str| -> String {
                let at = different.unwrap_or(0).saturating_sub(6);
                text.lines().skip(at).take(16).collect::<Vec<_>>().join("\n")
            };
            prop_assert!(formatted == text, "rustfmt:\n{}\nours:\n{}", near(&formatted), near(&text));
        }
    }
}

proptest! {
    /// Whatever a rule is called and holds: the file has the same lines of code, and each is where it should be.
    #[test]
    fn nothing_leaves_its_place(name in "(?s).{0,40}", author in "(?s).{0,20}", path in ".{0,20}", value in "(?s).{0,20}", field in "(?s).{1,20}") {
        let test = Test::Text(Pattern::new([Piece::Literal(value)], Case::Exact));
        let leaf = Expr::field(Path::new(field), test, Span::default());
        let mut rule = rule(&name);
        rule.authors = vec![author];
        let fields = BTreeMap::from([(Path::new("x"), FieldSchema::new(FieldType::Keyword))]);
        let package = crate_of(&[(rule, ir(leaf, fields), &path)]);
        let text = &package.files[&package.members[0]];
        let hidden = ['\u{202e}', '\u{2028}', '\r'];
        prop_assert!(!text.contains(hidden));
        let code: Vec<&str> = text.lines().filter(|line| !line.starts_with("//")).collect();
        let code = code.join("\n");
        prop_assert!(code.is_ascii());
        prop_assert_eq!(code.matches("pub fn ").count(), 1);
        for path in package.files.keys() {
            prop_assert!(path.chars().all(|c| c.is_ascii_alphanumeric() || "/_.".contains(c)), "{}", path);
        }
    }
}
