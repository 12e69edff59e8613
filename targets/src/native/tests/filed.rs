//! Where a pack's index and its one pass over the event could go wrong.

use crate::native::Pack;
use crate::native::tests::cases::{check, field, glob, leaf, number};
use crate::native::tests::random::is;
use crate::native::tests::{event, ir};
use std::collections::BTreeMap;
use verdict_compiler::ir::{AnyText, Case, Comparison, Expr, LeafKind, Regex, Syntax, Test};
use verdict_event::{FieldSchema, FieldType};

#[test]
fn a_pack_looks_only_where_a_match_can_be() {
    let source = |channel: &str, id: &str| {
        Expr::all([
            is("Channel", glob(channel, Case::Fold)),
            is("EventID", Test::Numeral(number(id))),
        ])
    };
    let process = Expr::any([source("Sysmon", "1"), source("Security", "4688")]);
    let registry = Expr::any(["12", "13"].map(|id| source("Sysmon", id)));
    let mut irs = Vec::new();
    for at in 0..100 {
        let named = is("Image", glob(&format!("*\\tool{at}.exe"), Case::Fold));
        let unnamed = leaf(LeafKind::Missing(field(&format!("f{at}"))));
        let value = is("Details", glob(&format!("value{at}"), Case::Fold));
        irs.push(ir(Expr::all([process.clone(), named]), BTreeMap::new()));
        irs.push(ir(Expr::all([process.clone(), unnamed]), BTreeMap::new()));
        irs.push(ir(
            Expr::all([registry.clone(), value.negate()]),
            BTreeMap::new(),
        ));
    }
    let pack = Pack::new(&irs);
    for (json, looked_at, matches) in [
        (
            r#"{"Channel":"Sysmon","EventID":1,"Image":"C:\\Tool7.exe"}"#,
            101,
            101,
        ),
        (
            r#"{"Channel":"security","EventID":"4688","Image":"C:\\tool7.exe.txt"}"#,
            100,
            100,
        ),
        (r#"{"Channel":"Security","EventID":1,"Image":"x"}"#, 100, 0),
        (
            r#"{"Channel":"Sysmon","EventID":13,"Details":"x"}"#,
            100,
            100,
        ),
        (r#"{"Channel":"Sysmon","EventID":3}"#, 0, 0),
    ] {
        let event = event(json);
        assert_eq!(pack.looked_at(&event), looked_at, "{json}");
        assert_eq!(pack.matches(&event).len(), matches, "{json}");
    }
}

#[test]
fn rules_of_one_pack_may_map_a_field_differently() {
    let mapping = FieldSchema {
        null_value: Some(1.into()),
        ..FieldSchema::new(FieldType::Long)
    };
    let one = is("a", Test::Compare(Comparison::Equal, number("1")));
    let plain = ir(one.clone(), BTreeMap::new());
    let mapped = ir(one, BTreeMap::from([("a".into(), mapping)]));
    let pack = Pack::new([&plain, &mapped]);
    assert_eq!(pack.matches(&event(r#"{"a":null}"#)), [1]);
    assert_eq!(pack.matches(&event(r#"{"a":1}"#)), [0, 1]);
}

#[test]
fn values_of_a_field_may_stand_apart() {
    let json = r#"{"a":[{"b":"b1","c":"c1"},{"b":"b2","c":"c2"}],"a.b":["b3"],"a.c":null}"#;
    let both = |b, c| {
        Expr::all([
            is("a.b", glob(b, Case::Exact)),
            is("a.c", glob(c, Case::Exact)),
        ])
    };
    check(&both("b1", "c2"), json, true);
    check(&both("b2", "c1"), json, true);
    check(&both("b3", "c1"), json, true);
    check(&both("b1", "c3"), json, false);
    check(&both("c1", "c1"), json, false);
}

#[test]
fn expressions_are_found_though_parts_of_them_are_optional() {
    for (pattern, text, expected) in [
        ("(?:abc)?de", "de", true),
        ("(?:abc){0,2}de", "xdex", true),
        ("(?:abc)+", "xabcx", true),
        ("(?:abc)*", "x", true),
        ("abc|de|f", "xfx", true),
        ("(abc|de)(fg|hi)", "dehi", true),
        ("(abc|de)(fg|hi)", "deh", false),
        ("(?i)powershell", "PoWerShell", true),
        ("(?i)ask", "a\u{17f}\u{212a}", true),
        ("(?i)é", "É", true),
        ("^abc$", "abc", true),
        (r"ab\\b?c", "abc", false),
        (r"a\\b+c", r"a\bbc", true),
        ("", "", true),
    ] {
        let regex = Regex {
            source: pattern.to_owned(),
            syntax: Syntax::Sigma,
            case: Case::Exact,
            rust: Some(pattern.to_owned()),
        };
        let json = serde_json::json!({ "a": text }).to_string();
        check(&is("a", Test::Regex(regex.clone())), &json, expected);
        let keyword = leaf(LeafKind::AnyText(AnyText::Regex(regex)));
        check(&keyword, &json, expected);
    }
}
