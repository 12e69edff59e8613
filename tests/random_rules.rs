//! Random rules: what no corpus uses, the harness must still agree on.
//!
//! Proptest makes a rule as text, the binary examines it, and proptest shrinks the rule when a target disagrees. The events are the harness's
//! own, so a failure here shows the smallest rule *and* the smallest event.

#![expect(
    clippy::expect_used,
    reason = "a test that cannot go on says so by panicking"
)]

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use std::fmt::Write as _;
use std::fs;
use std::process::Command;

/// Examines a rule file: every line of `verdict test` that is no agreement, declared divergence or refusal.
fn check(name: &str, text: &str) -> Result<(), TestCaseError> {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join(name);
    fs::write(&file, text).expect("a written rule");
    let output = Command::new(env!("CARGO_BIN_EXE_verdict"))
        .args(["test", "--format", "json", "--no-keep"])
        .arg(&file)
        .output()
        .expect("a run");
    let out = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    prop_assert!(
        output.status.code().is_some_and(|code| code < 3),
        "crashed: {errors}\n{text}"
    );
    prop_assert!(!errors.contains("error["), "refused: {errors}\n{text}");
    let bad: Vec<&str> = out
        .lines()
        .filter(|line| line.contains("\"disagree\""))
        .collect();
    prop_assert!(bad.is_empty(), "{}\n{text}", bad.join("\n"));
    Ok(())
}

fn cases() -> ProptestConfig {
    let cases = std::env::var("VERDICT_RANDOM_RULES")
        .ok()
        .and_then(|count| count.parse().ok())
        .unwrap_or(96);
    ProptestConfig {
        cases,
        failure_persistence: None,
        max_shrink_iters: 400,
        ..ProptestConfig::default()
    }
}

/// Text with everything that quoting, wildcards and regular expressions trip over.
fn nasty() -> impl Strategy<Value = String> {
    const PIECES: &[&str] = &[
        "a", "B", "cmd", ".exe", "\\", "\\\\", "*", "?", "\\*", "\\?", "'", "\"", " ", "/", "-",
        "%", "_", "[", "(", "|", "$", "^", ".", "+", "{", "#", "@", "~", "&", "<", "é", "1", "0",
    ];
    vec(select(PIECES), 1..6).prop_map(|pieces| pieces.concat())
}

fn quoted_yaml(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A Sigma search: fields, modifiers, values.
fn sigma_search() -> impl Strategy<Value = String> {
    const MODIFIERS: &[&str] = &[
        "",
        "|contains",
        "|startswith",
        "|endswith",
        "|contains|all",
        "|cased",
        "|contains|cased",
        "|endswith|windash",
        "|base64offset|contains",
        "|wide|base64offset|contains",
        "|neq",
    ];
    let text_item = (
        select(&["A", "B", "C"][..]),
        select(MODIFIERS),
        vec(nasty(), 1..4),
    )
        .prop_map(|(field, modifier, values)| {
            // Wildcards cannot be encoded, and `all` wants a list.
            let encodes = modifier.contains("base64");
            let values: Vec<String> = values
                .iter()
                .map(|value| {
                    if encodes {
                        format!("x{}", value.replace(['*', '?', '\\'], ""))
                    } else {
                        value.clone()
                    }
                })
                .map(|value| quoted_yaml(&value))
                .collect();
            format!("    {field}{modifier}: [{}]\n", values.join(", "))
        });
    let other_item = select(
        &[
            "    D: 4688\n",
            "    D: [1, 2.5, -3]\n",
            "    D|gt: 10\n",
            "    D|lte: 2.5\n",
            "    D|neq: 7\n",
            "    E|cidr: 10.0.0.0/8\n",
            "    E|cidr: [192.168.0.0/16, 'fe80::/10']\n",
            "    A: null\n",
            "    B: ''\n",
            "    C|exists: true\n",
            "    C|exists: false\n",
            "    A: '*'\n",
            "    A|re: '^a[0-9]{2,}\\.b$'\n",
            "    B|re|i: '(cmd|pow.*)\\s+\\d\\w\\b'\n",
            "    A|fieldref: B\n",
            "    A|fieldref|endswith: B\n",
            "    F|hour: 3\n",
            "    F|day|gte: 15\n",
            "    G: true\n",
        ][..],
    )
    .prop_map(str::to_owned);
    let item = prop_oneof![4 => text_item, 2 => other_item];
    vec(item, 1..4).prop_map(|items| {
        // A key may stand once in a mapping.
        let mut seen = std::collections::BTreeSet::new();
        items
            .into_iter()
            .filter(|item| seen.insert(item.split(':').next().unwrap_or_default().to_owned()))
            .collect()
    })
}

fn sigma_rule() -> impl Strategy<Value = String> {
    const CONDITIONS: &[&str] = &[
        "s0",
        "not s0",
        "s0 and not s1",
        "s0 or s1",
        "1 of s*",
        "all of them",
        "not 1 of s*",
        "s0 and not (s1 or s2)",
        "s0 or (s1 and not s2)",
        "not (s0 and s1) and not s2",
    ];
    (vec(sigma_search(), 3), select(CONDITIONS)).prop_map(|(searches, condition)| {
        let mut text = String::from(
            "title: Random\nid: 5a1e1f0a-0000-4000-8000-000000000001\nstatus: test\nlevel: low\nlogsource:\n  product: none\ndetection:\n",
        );
        for (at, search) in searches.iter().enumerate() {
            let _ = write!(text, "  s{at}:\n{search}");
        }
        let _ = writeln!(text, "  condition: {condition}");
        text
    })
}

/// An EQL condition over typed fields.
fn eql_condition() -> impl Strategy<Value = String> {
    let string = nasty()
        .prop_map(|text| {
            let plain = text.replace('\\', "\\\\").replace('"', "\\\"");
            format!("\"{plain}\"")
        })
        .boxed();
    let field = select(&["a.x", "a.y", "b"][..]);
    let leaf = prop_oneof![
        (
            field.clone(),
            select(&["==", "!=", ":", "like", "like~", "<", ">="][..]),
            string.clone()
        )
            .prop_map(|(f, op, s)| format!("{f} {op} {s}")),
        (
            field.clone(),
            select(&[":", "in", "in~", "not in", "like"][..]),
            vec(string.clone(), 1..4)
        )
            .prop_map(|(f, op, values)| format!("{f} {op} ({})", values.join(", "))),
        (
            field.clone(),
            select(
                &[
                    "startsWith",
                    "endsWith~",
                    "stringContains",
                    "stringContains~",
                    "startsWith~",
                    "endsWith"
                ][..]
            ),
            string.clone()
        )
            .prop_map(|(f, function, s)| format!("{function}({f}, {s})")),
        (
            select(&["n", "m"][..]),
            select(&["==", "!=", "<", "<=", ">", ">="][..]),
            -2i64..300
        )
            .prop_map(|(f, op, n)| format!("{f} {op} {n}")),
        select(
            &[
                "n in (1, 2, 3)",
                "flag == true",
                "flag != false",
                "a.x == null",
                "b != null",
                "n == null",
                "length(a.x) > 3",
                "cidrMatch(ip, \"10.0.0.0/8\", \"192.168.0.0/16\")",
                "a.x regex \"a[0-9]+\\\\.b.*\"",
                "b regex~ (\"cmd.*\", \"x|y\")",
                "null == (n > 3)",
                "(n > 3) == false",
            ][..]
        )
        .prop_map(str::to_owned),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|x| format!("not ({x})")),
            (inner.clone(), inner.clone()).prop_map(|(x, y)| format!("({x} and {y})")),
            (inner.clone(), inner.clone()).prop_map(|(x, y)| format!("({x} or {y})")),
        ]
    })
}

fn eql_rule() -> impl Strategy<Value = String> {
    (select(&["process", "any", "file"][..]), eql_condition(), subsequence(vec!["// noise\n    ", "/* more */ "], 0..=2)).prop_map(
        |(category, condition, comments)| {
            format!(
                "id: 5a1e1f0a-0000-4000-8000-000000000002\nname: Random\ndescription: Random.\nstatus: test\nlanguage: eql\nseverity: low\nrisk_score: 1\n\
                 query: |\n  {category} where\n    {}{condition}\nauthors: [Nobody]\nlicense: Apache-2.0\nversion: 1\n",
                comments.concat()
            )
        },
    )
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn sigma_rules_agree(rule in sigma_rule()) {
        check("random.yml", &rule)?;
    }

    #[test]
    fn eql_rules_agree(rule in eql_rule()) {
        check("random.yml", &rule)?;
    }
}
