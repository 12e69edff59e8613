//! Faults that translators of Sigma to Splunk are known to have, each with a rule that shows it elsewhere and our query for it.
//!
//! A test is named for its fault. The rules are our own.

use super::{compile, ir};
use std::collections::BTreeMap;
use verdict_compiler::codes::divergence::EMPTY_IS_MISSING;
use verdict_compiler::rule::load;
use verdict_compiler::{Inputs, Meaning, Source};
use verdict_targets::profile::Profile;
use verdict_targets::spl::Spl;
use verdict_targets::{Claim, Target};

/// The query of a detection, without its comments.
fn query(detection: &str) -> String {
    claimed(detection, &Claim::Exact)
}

fn claimed(detection: &str, claim: &Claim) -> String {
    let rule = format!(
        "title: A rule\nid: 6d0a4c1e-0000-4000-8000-000000000002\nlogsource:\n    product: windows\ndetection:\n{detection}\n"
    );
    let loaded = load(&Source::new("rule.yml", rule));
    let [rule] = loaded.rules.as_slice() else {
        panic!("{:?}", loaded.diagnostics);
    };
    let inputs = Inputs {
        logsources: None,
        placeholders: &BTreeMap::new(),
        schema: None,
    };
    let Meaning::Known(ir) = verdict_compiler::compile(rule, &inputs).meaning else {
        panic!("{detection}");
    };
    let emitted = Spl.compile(rule, &ir, &Profile::raw());
    assert_eq!(emitted.claim, *claim, "{detection}");
    let text = emitted.text.expect("a query");
    let lines = text.lines().skip_while(|line| line.starts_with("```"));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_negated_group_with_a_regex_stays_one_group() {
    let query = query(
        "    selection:\n        Image|endswith: '\\regedit.exe'\n    filter:\n        CommandLine|re: 'x[0-9]+'\n        User: bob\n    condition: selection and not filter",
    );
    assert_eq!(
        query,
        r#"Image="*\\regedit.exe"
| where NOT (isnotnull(mvfind('CommandLine', "x[0-9]+")) AND isnotnull(mvfind('User', "(?i)\Abob\z")))"#
    );
}

#[test]
fn an_alternative_with_a_regex_has_a_base_search() {
    let query = query(
        "    one:\n        CommandLine|re: 'x[0-9]+'\n    two:\n        Image|endswith: '\\cmd.exe'\n    condition: one or two",
    );
    assert_eq!(
        query,
        r#"CommandLine=* OR Image="*\\cmd.exe"
| where isnotnull(mvfind('CommandLine', "x[0-9]+")) OR isnotnull(mvfind('Image', "(?i)\x5ccmd\.exe\z"))"#
    );
}

#[test]
fn a_question_mark_is_one_character() {
    assert_eq!(
        query("    selection:\n        Image|endswith: '\\a?.exe'\n    condition: selection"),
        "Image=\"*.exe\"\n| where isnotnull(mvfind('Image', \"(?is)\\x5ca.\\.exe\\z\"))"
    );
}

#[test]
fn a_literal_star_is_a_star() {
    assert_eq!(
        query(
            "    selection:\n        CommandLine|contains: 'net \\* /all'\n    condition: selection"
        ),
        r#"CommandLine="*net *"
CommandLine="* /all*"
| where isnotnull(mvfind('CommandLine', "(?i)net \* /all"))"#
    );
}

#[test]
fn two_fields_compare_as_texts_without_their_case_and_never_null() {
    // Two empty texts are equal, two missing values are not.
    let claim = Claim::Diverges(vec![EMPTY_IS_MISSING]);
    let query = claimed(
        "    selection:\n        Image|endswith: x\n    same:\n        User|fieldref: Owner\n    condition: selection and not same",
        &claim,
    );
    assert!(
        query.ends_with(
            r#"| where NOT if(isnotnull('Owner') AND isnotnull('User') AND ("x".lower('User'))=("x".lower('Owner')), 1, 0)=1"#
        ),
        "{query}"
    );
}

#[test]
fn a_query_depends_on_nothing_but_its_rule() {
    let detection = "    selection:\n        CommandLine|re: 'x[0-9]+'\n    condition: selection";
    let first = query(detection);
    let (broken, fields) = super::notation::leaf("x:version version 1");
    assert_eq!(compile("x", &ir(broken, fields)).text, None);
    assert_eq!(query(detection), first);
}

#[test]
fn a_negated_test_keeps_events_without_the_field() {
    // `NOT f=x` keeps them, `f!=x` does not, and a bare `where NOT f="x"` would not.
    let query = query(
        "    selection:\n        Image|endswith: '\\cmd.exe'\n    filter:\n        User: bob\n    cased:\n        Owner|cased: 'Bob the Builder'\n    condition: selection and not filter and not cased",
    );
    assert_eq!(
        query,
        r#"Image="*\\cmd.exe"
NOT User="bob"
| where NOT isnotnull(mvfind('Owner', "\ABob the Builder\z"))"#
    );
}
