//! A line for each kind of leaf and test.

use crate::native::tests::random::is;
use crate::native::tests::{event, ir, naive};
use crate::native::{Matcher, Pack};
use std::collections::BTreeMap;
use verdict_compiler::Span;
use verdict_compiler::ir::{
    AnyText, Case, Comparison, DatePart, Expr, Function, LeafKind, Pattern, Piece, Regex, Relation,
    Scalar, Term, Test, View,
};
use verdict_event::{FieldSchema, FieldType, Number, Path};

/// Every reading of the expression says this of the event.
fn check_mapped(expr: &Expr, fields: BTreeMap<Path, FieldSchema>, json: &str, expected: bool) {
    let ir = ir(expr.clone(), fields);
    let event = event(json);
    assert_eq!(
        naive::holds(&ir, &event),
        expected,
        "plainly: {expr:?} {json}"
    );
    assert_eq!(
        Matcher::new(&ir).matches(&event),
        expected,
        "alone: {expr:?} {json}"
    );
    let positions: &[usize] = if expected { &[0, 1] } else { &[] };
    assert_eq!(
        Pack::new([&ir, &ir]).matches(&event),
        positions,
        "in a pack: {expr:?} {json}"
    );
}

pub(super) fn check(expr: &Expr, json: &str, expected: bool) {
    check_mapped(expr, BTreeMap::new(), json, expected);
}

pub(super) fn glob(text: &str, case: Case) -> Test {
    let piece = |c| match c {
        '*' => Piece::AnyRun,
        '?' => Piece::AnyChar,
        other => Piece::Literal(other.to_string()),
    };
    Test::Text(Pattern::new(text.chars().map(piece), case))
}

pub(super) fn number(text: &str) -> Number {
    Number::parse(text).expect("a number")
}

pub(super) fn leaf(kind: LeafKind) -> Expr {
    Expr::leaf(kind, Span::default())
}

pub(super) fn field(path: &str) -> Term {
    Term::Field(path.into())
}

#[test]
fn texts() {
    use Case::{Exact, Fold};
    for (glob_text, case, json, expected) in [
        ("abc", Exact, r#"{"a":"abc"}"#, true),
        ("abc", Exact, r#"{"a":"Abc"}"#, false),
        ("aBc", Fold, r#"{"a":"AbC"}"#, true),
        ("é*", Fold, r#"{"a":"Éa"}"#, true),
        ("*k*", Fold, "{\"a\":\"\u{212a}\"}", false),
        // Folding may change a text's length.
        ("ß", Fold, r#"{"a":"ẞ"}"#, true),
        ("ⱥ", Fold, r#"{"a":"Ⱥ"}"#, true),
        ("", Exact, r#"{"a":""}"#, true),
        ("", Exact, r"{}", false),
        ("*", Fold, r#"{"a":""}"#, true),
        ("*", Fold, r#"{"a":null}"#, false),
        ("4.0", Exact, r#"{"a":4.0}"#, true),
        ("true", Fold, r#"{"a":true}"#, true),
        ("x*y", Fold, r#"{"a":["q",["xzy"]]}"#, true),
        ("ab*ab", Fold, r#"{"a":"ab"}"#, false),
        ("ab*ab", Fold, r#"{"a":"abab"}"#, true),
        ("?b*c?", Fold, r#"{"a":"éb\ncé"}"#, true),
        ("*a?c*a*", Fold, r#"{"a":"aaacba"}"#, true),
        ("*a?c*a*", Fold, r#"{"a":"aaabca"}"#, true),
        ("*a?c*a*", Fold, r#"{"a":"aaccb"}"#, false),
        ("a?", Fold, r#"{"a":"a"}"#, false),
    ] {
        check(&is("a", glob(glob_text, case)), json, expected);
    }
}

#[test]
fn a_wildcard_never_tries_again() {
    let pattern = glob(&"a*".repeat(40), Case::Fold);
    let text = "a".repeat(20_000);
    let ir = ir(is("a", pattern), BTreeMap::new());
    let matcher = Matcher::new(&ir);
    assert!(matcher.matches(&event(&format!(r#"{{"a":"{text}"}}"#))));
    assert!(!matcher.matches(&event(&format!(r#"{{"a":"b{text}"}}"#))));
}

#[test]
fn numbers() {
    for (text, json, numeral, equal) in [
        ("4688", r#"{"a":4688}"#, true, true),
        ("4688", r#"{"a":"4688"}"#, true, true),
        ("4688", r#"{"a":4688.0}"#, true, true),
        ("4688", r#"{"a":"04688"}"#, false, true),
        ("4688", r#"{"a":"4688.0"}"#, false, true),
        (
            "9007199254740993",
            r#"{"a":9007199254740992}"#,
            false,
            false,
        ),
        ("1", r#"{"a":true}"#, false, false),
        ("1e400", r#"{"a":"10e399"}"#, false, true),
    ] {
        check(&is("a", Test::Numeral(number(text))), json, numeral);
        check(
            &is("a", Test::Compare(Comparison::Equal, number(text))),
            json,
            equal,
        );
    }
    check(
        &is("a", Test::Compare(Comparison::Less, number("10"))),
        r#"{"a":"9"}"#,
        true,
    );
    check(
        &is("a", Test::Compare(Comparison::Less, number("10"))),
        r#"{"a":"+9"}"#,
        false,
    );
}

#[test]
fn other_tests() {
    use Comparison::{Equal, Greater, Less};
    let cidr = |text: &str| Test::Cidr(text.parse().expect("a network"));
    for (test, json, expected) in [
        (Test::AnyValue, r#"{"a":""}"#, true),
        (Test::AnyValue, r#"{"a":[]}"#, false),
        (Test::AnyValue, r#"{"a":{"b":1}}"#, false),
        (
            Test::TextOrder(Greater, "Z".to_owned()),
            r#"{"a":"a"}"#,
            true,
        ),
        (Test::TextOrder(Less, "Z".to_owned()), r#"{"a":"a"}"#, false),
        (Test::Bool(true), r#"{"a":"true"}"#, true),
        (Test::Bool(true), r#"{"a":"True"}"#, false),
        (Test::Bool(false), r#"{"a":false}"#, true),
        (cidr("10.1.2.3/8"), r#"{"a":"10.9.9.9"}"#, true),
        (cidr("10.1.2.3/8"), r#"{"a":"::ffff:10.9.9.9"}"#, false),
        (
            Test::Version(Less, "1.10".to_owned()),
            r#"{"a":"1.9"}"#,
            true,
        ),
        (
            Test::Instant(Equal, 86_400_000),
            r#"{"a":"1970-01-02"}"#,
            true,
        ),
        (
            Test::Instant(Equal, 86_400_000),
            r#"{"a":86400000.0}"#,
            true,
        ),
        (
            Test::Instant(Equal, 86_400_000),
            r#"{"a":"86400000"}"#,
            false,
        ),
        (
            Test::DatePart(DatePart::Hour, Equal, 23),
            r#"{"a":"2024-01-02T00:30+01:00"}"#,
            true,
        ),
        (
            Test::DatePart(DatePart::Hour, Equal, 0),
            r#"{"a":0}"#,
            false,
        ),
    ] {
        check(&is("a", test), json, expected);
    }
}

#[test]
fn expressions() {
    let lucene = |text: &str| Test::Regex(Regex::lucene(text, Case::Exact).expect("an expression"));
    check(&is("a", lucene("a.c")), r#"{"a":"a\nc"}"#, true);
    check(&is("a", lucene("a.c")), r#"{"a":"xabc"}"#, false);
    check(&is("a", lucene("~(abc)")), r#"{"a":"abd"}"#, true);
    check(&is("a", lucene("~(abc)")), r#"{"a":"abc"}"#, false);
}

#[test]
fn presence() {
    let missing = leaf(LeafKind::Missing(field("a.b")));
    let present = leaf(LeafKind::Present("a.b".into()));
    for (json, is_missing, is_present) in [
        (r"{}", true, false),
        (r#"{"a":{"b":null}}"#, true, true),
        (r#"{"a.b":[]}"#, true, true),
        (r#"{"a":[{"b":{"c":1}}]}"#, true, true),
        (r#"{"a":{"b":""}}"#, false, true),
        (r#"{"a":"x"}"#, true, false),
    ] {
        check(&missing, json, is_missing);
        check(&present, json, is_present);
    }
}

#[test]
fn an_explicit_null_stands_for_what_the_mapping_says() {
    let mapping = FieldSchema {
        null_value: Some("none".into()),
        ..FieldSchema::new(FieldType::Keyword)
    };
    let fields = BTreeMap::from([("a".into(), mapping)]);
    let is_none = is("a", glob("NONE", Case::Fold));
    check_mapped(&is_none, fields.clone(), r#"{"a":null}"#, true);
    check_mapped(&is_none, fields.clone(), r#"{"a":["x",null]}"#, true);
    check_mapped(&is_none, fields.clone(), r"{}", false);
    check_mapped(
        &leaf(LeafKind::Missing(field("a"))),
        fields,
        r#"{"a":null}"#,
        false,
    );
}

#[test]
fn a_value_that_its_field_cannot_read_is_not_there() {
    let missing = leaf(LeafKind::Missing(field("a")));
    let any = is("a", Test::AnyValue);
    for (kind, json, readable) in [
        (FieldType::Keyword, r#"{"a":1}"#, true),
        (FieldType::Long, r#"{"a":"1"}"#, true),
        (FieldType::Long, r#"{"a":["x"]}"#, false),
        (FieldType::Boolean, r#"{"a":"yes"}"#, false),
        (FieldType::Ip, r#"{"a":"10.0.0.1"}"#, true),
        (FieldType::Ip, r#"{"a":"10.0.0"}"#, false),
        (FieldType::Date, r#"{"a":"soon"}"#, false),
    ] {
        let fields = BTreeMap::from([("a".into(), FieldSchema::new(kind))]);
        check_mapped(&any, fields.clone(), json, readable);
        check_mapped(&missing, fields, json, !readable);
    }
}

#[test]
fn keywords_look_at_every_string() {
    let Test::Text(pattern) = glob("*Needle*", Case::Fold) else {
        panic!("a pattern");
    };
    let keyword = leaf(LeafKind::AnyText(AnyText::Pattern(pattern)));
    check(&keyword, r#"{"x":{"y":["a",{"z":"a NEEDLE b"}]}}"#, true);
    check(&keyword, r#"{"needle":1}"#, false);
}

#[test]
fn functions_try_every_combination() {
    let sum = Term::Call(Function::Add, vec![field("a"), field("b")]);
    let is_five = leaf(LeafKind::Is {
        term: sum.clone(),
        test: Test::Compare(Comparison::Equal, number("5")),
    });
    let long = || FieldSchema::new(FieldType::Long);
    let numbers = BTreeMap::from([("a".into(), long()), ("b".into(), long())]);
    for (json, five) in [
        (r#"{"a":[1,2],"b":[7,3]}"#, true),
        (r#"{"a":[1,2],"b":[7,1]}"#, false),
        (r#"{"a":"1","b":["x","4"]}"#, true),
    ] {
        check_mapped(&is_five, numbers.clone(), json, five);
        // A keyword field gives text, which cannot be added.
        check(&is_five, json, false);
    }
    let no_sum = leaf(LeafKind::Missing(sum));
    check_mapped(&no_sum, numbers, r#"{"a":[1,2]}"#, true);
    let length = Term::Call(Function::Length, vec![field("a")]);
    let longer = leaf(LeafKind::Relate {
        relation: Relation::Compare(Comparison::Greater, View::Number, Case::Exact),
        left: length,
        right: field("b"),
    });
    check(&longer, r#"{"a":["x","xyz"],"b":2}"#, true);
    check(&longer, r#"{"a":"xy","b":2}"#, false);
}

#[test]
fn conditions_are_values_where_they_are_known() {
    let truth = |value: bool| {
        leaf(LeafKind::Is {
            term: Term::Truth {
                holds: Box::new(is("a", Test::Compare(Comparison::Greater, number("1")))),
                known: Box::new(leaf(LeafKind::Missing(field("a"))).negate()),
            },
            test: Test::Bool(value),
        })
    };
    check(&truth(false), r#"{"a":1}"#, true);
    check(&truth(true), r#"{"a":2}"#, true);
    check(&truth(false), r"{}", false);
    let constant = leaf(LeafKind::Is {
        term: Term::Const(Scalar::Text("x".to_owned())),
        test: glob("x", Case::Exact),
    });
    check(&constant, r"{}", true);
}

#[test]
fn relations() {
    let relate = |relation| {
        leaf(LeafKind::Relate {
            relation,
            left: field("a"),
            right: field("b"),
        })
    };
    let contains = |empty| Relation::Contains {
        case: Case::Fold,
        empty,
    };
    let equal = |view| Relation::Compare(Comparison::Equal, view, Case::Fold);
    for (relation, json, expected) in [
        (contains(true), r#"{"a":"xYz","b":""}"#, true),
        (contains(false), r#"{"a":"xYz","b":""}"#, false),
        (contains(false), r#"{"a":"xYz","b":"Zz"}"#, false),
        (contains(false), r#"{"a":"xYz","b":["q","yZ"]}"#, true),
        (
            Relation::StartsWith(Case::Exact),
            r#"{"a":"xyz","b":"X"}"#,
            false,
        ),
        (
            Relation::EndsWith(Case::Fold),
            r#"{"a":"xyz","b":"YZ"}"#,
            true,
        ),
        (equal(View::Text), r#"{"a":"AB","b":"ab"}"#, true),
        (equal(View::Text), r#"{"a":1.0,"b":1}"#, false),
        (equal(View::Number), r#"{"a":"1.0","b":1}"#, true),
        (equal(View::Number), r#"{"a":true,"b":true}"#, false),
        (equal(View::Bool), r#"{"a":true,"b":"true"}"#, true),
        (equal(View::Address), r#"{"a":"::1","b":"0:0::1"}"#, true),
        (equal(View::Version), r#"{"a":"1.0","b":"1.0"}"#, true),
        // What was built tells two apart.
        (equal(View::Version), r#"{"a":"1.0","b":"1.0+x"}"#, false),
        (equal(View::Instant), r#"{"a":0,"b":"1970-01-01"}"#, true),
        (equal(View::Text), r#"{"a":"AB"}"#, false),
    ] {
        check(&relate(relation), json, expected);
    }
}
