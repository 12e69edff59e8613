//! The language, case by case, and that the two readings of it agree.

use super::{Node, parse};
use crate::ir::pattern::Case;
use proptest::prelude::*;

/// Checks a pattern against texts that match and texts that do not, by both readings where there are two.
fn check(pattern: &str, case: Case, matching: &[&str], others: &[&str]) {
    let node = parse(pattern).expect(pattern);
    let rust = node
        .to_rust(case)
        .map(|rust| regex::Regex::new(&rust).expect(&rust));
    for (texts, expected) in [(matching, true), (others, false)] {
        for text in texts {
            assert_eq!(node.matches(text, case), expected, "{pattern} {text}");
            if let Some(rust) = &rust {
                assert_eq!(rust.is_match(text), expected, "{pattern} as {rust} {text}");
            }
        }
    }
}

#[test]
fn operators() {
    let exact = |pattern, matching, others| check(pattern, Case::Exact, matching, others);
    exact("", &[""], &["a"]);
    exact("abc", &["abc"], &["xabc", "abcx", "ABC", ""]);
    exact("a.c", &["abc", "a\nc", "aéc"], &["ac", "abbc"]);
    exact("ab?c*d+", &["ad", "abccdd"], &["a", "abbd"]);
    exact("(ab|c)d|e", &["abd", "cd", "e"], &["ab", "ce"]);
    exact(
        "a{2}|b{2,}|c{1,2}",
        &["aa", "bbb", "c", "cc"],
        &["a", "b", "ccc"],
    );
    exact("[a-c^]x[^a-c]", &["ax!", "^xd"], &["dxd", "axa"]);
    exact("[]x]", &["]", "x"], &["a"]);
    exact("^a$", &["^a$"], &["a"]);
    exact("a@", &["a", "a\nb"], &["ba"]);
    exact("a#b|c", &["c"], &["ab", ""]);
    exact("\"a.b*\"c", &["a.b*c"], &["axbc"]);
    exact(r"a\.b\@c\\", &[r"a.b@c\"], &["axb@c"]);
    exact(r"\d\D\w\W\s\S", &["1a_- x"], &["٣a_- x", "11_- x"]);
    exact(r"[\d\.]+[\W]", &["1.2!"], &["1.2a"]);
    exact("()a|b()", &["a", "b"], &[""]);
    exact("a*?b+?", &["", "aab"], &["ba"]);
    exact("|a", &["|a"], &["a"]);
}

#[test]
fn complement_and_intersection() {
    let exact = |pattern, matching, others| check(pattern, Case::Exact, matching, others);
    exact("~(ab)", &["", "a", "abc", "x"], &["ab"]);
    exact("a~b", &["a", "ac", "abb"], &["ab", "c"]);
    exact("~~(ab)", &["ab"], &["a"]);
    exact("@foo@&~(@bar@)", &["foo", "xfoox"], &["foobar", "bar", ""]);
    exact("x(~b)y", &["xy", "xay"], &["xby"]);
}

#[test]
fn numbers() {
    let exact = |pattern, matching, others| check(pattern, Case::Exact, matching, others);
    exact(
        "a<1-100>",
        &["a1", "a99", "a100", "a007"],
        &["a0", "a101", "a", "a1x"],
    );
    exact("<01-10>", &["01", "09", "10"], &["1", "00", "11", "001"]);
    exact("<5-3>", &["3", "4", "5"], &["2", "6"]);
    exact("<0-0>", &["0"], &["", "1", "00"]);
    exact("<0-10>", &["0", "00", "010"], &["", "11"]);
    let node = parse("<187-40321>").expect("a pattern");
    for value in (0..45_000).step_by(7) {
        assert_eq!(
            node.matches(&value.to_string(), Case::Exact),
            (187..=40_321).contains(&value),
            "{value}"
        );
    }
}

#[test]
fn case() {
    check("ab[cd]", Case::Fold, &["ABC", "abD"], &["abe"]);
    // A range stays as it is, single letters beside it do not.
    check("ab[c-d]", Case::Fold, &["ABc", "abd"], &["abC", "abe"]);
    check("a[b-cx]", Case::Fold, &["Ab", "aX", "ax"], &["aB"]);
    check("a[^b-cx]", Case::Fold, &["AB", "ad"], &["ab", "aX", "ax"]);
    check("[A-Za-z]", Case::Fold, &["a", "Z"], &["1"]);
    check("[^a]", Case::Fold, &["b"], &["a", "A"]);
    check("~(A)", Case::Fold, &["b", "aa"], &["a", "A"]);
}

#[test]
fn errors_have_a_place() {
    for (pattern, start, end) in [
        ("ab(c", 2, 3),
        ("[ab", 0, 1),
        ("a)", 1, 2),
        ("a|", 1, 2),
        ("a{x}", 2, 3),
        ("a{2,1}", 1, 6),
        ("a{9999}", 2, 6),
        (r"x\q", 1, 3),
        ("<1-x>", 0, 5),
        ("<name>", 0, 6),
        ("a<1", 1, 2),
        ("\"ab", 0, 1),
        ("[b-a]", 1, 4),
    ] {
        let error = parse(pattern).expect_err(pattern);
        assert_eq!(
            (error.start, error.end),
            (start, end),
            "{pattern}: {}",
            error.message
        );
    }
    for deep in ["(", "~(", "a{2}(", "("] {
        assert!(parse(&deep.repeat(100_000)).is_err());
    }
    assert!(parse(&"a".repeat(100_000)).is_ok());
    assert!(parse(&format!("a{}", "{2}".repeat(100_000))).is_err());
}

fn patterns() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        prop::sample::select(vec![
            "a", "b", "K", "é", ".", "@", "#", "[ab]", "[^a]", r"\d", r"\w", r"\S", "\"a.\"",
            "<1-12>", "()", r"\.", "^", "$",
        ])
        .prop_map(str::to_owned),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| parts.concat()),
            prop::collection::vec(inner.clone(), 1..4)
                .prop_map(|parts| format!("({})", parts.join("|"))),
            (
                inner,
                prop::sample::select(vec!["*", "+", "?", "{2}", "{1,2}", "{0,}"])
            )
                .prop_map(|(inner, repeat)| format!("({inner}){repeat}")),
        ]
    })
}

proptest! {
    #[test]
    fn both_readings_agree(pattern in patterns(), texts in prop::collection::vec("[abkKÉé.1203 \n\u{212a}]{0,6}", 1..8), fold: bool) {
        let case = if fold { Case::Fold } else { Case::Exact };
        let node: Node = parse(&pattern).map_err(|error| TestCaseError::fail(error.message))?;
        let rust = regex::Regex::new(&node.to_rust(case).expect("neither ~ nor &")).expect("a pattern");
        for text in texts {
            prop_assert_eq!(node.matches(&text, case), rust.is_match(&text), "{} as {} on {:?}", pattern, rust, text);
        }
    }

    #[test]
    fn parsing_never_panics(text in "[ab()|&~@#<>0-9\\-\"\\\\.*+?{},\\[\\]^é]{0,20}") {
        if let Ok(node) = parse(&text) {
            node.matches("ab", Case::Fold);
            node.to_rust(Case::Exact);
        }
    }
}
