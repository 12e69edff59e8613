//! From EQL to the IR and back: the text that comes out means what went in, and comes out of itself unchanged.

use super::{emit, eql_rule, meaning, query};
use proptest::prelude::*;
use verdict_compiler::ir::Expr;
use verdict_event::{FieldSchema, FieldType, Schema};
use verdict_targets::Target;
use verdict_targets::eql::Eql;
use verdict_targets::profile::Profile;

fn schema() -> Schema {
    let fields = [
        ("event.category", FieldType::Keyword),
        ("a", FieldType::Keyword),
        ("b.c", FieldType::Keyword),
        ("odd-name.1", FieldType::Keyword),
        ("n", FieldType::Long),
        ("m", FieldType::Long),
        ("d", FieldType::Double),
        ("flag", FieldType::Boolean),
        ("ip", FieldType::Ip),
        ("at", FieldType::Date),
        ("v", FieldType::Version),
    ];
    Schema {
        fields: fields
            .into_iter()
            .map(|(name, kind)| (name.to_owned(), FieldSchema::new(kind)))
            .collect(),
        ..Schema::default()
    }
}

/// The expression with its operands in one order: alternatives on one subject become one list, wherever they stood.
fn sorted(expr: &Expr) -> Expr {
    let all = |operands: &[Expr]| {
        let mut operands: Vec<Expr> = operands.iter().map(sorted).collect();
        operands.sort_by_key(|operand| format!("{operand}"));
        operands
    };
    match expr {
        Expr::Const(_) | Expr::Leaf(_) => expr.clone(),
        Expr::Not(inner) => sorted(inner).negate(),
        Expr::All(operands) => Expr::all(all(operands)),
        Expr::Any(operands) => Expr::any(all(operands)),
    }
}

/// Checks one query; the text that it became.
fn check(text: &str) -> Result<String, TestCaseError> {
    let mapping = schema();
    let rule = eql_rule(text);
    let Ok(ir) = meaning(&rule, Some(&mapping)) else {
        return Ok(String::new());
    };
    let emitted = emit(&rule, &ir);
    let Some(first) = emitted.text.clone() else {
        return Ok(String::new());
    };
    let again = eql_rule(&first);
    let read = meaning(&again, Some(&Eql.schema(&ir, &Profile::raw())));
    let read = read.map_err(|error| TestCaseError::fail(format!("{first}: {error}")))?;
    prop_assert_eq!(
        sorted(&read.predicate).to_string(),
        sorted(&ir.predicate).to_string(),
        "{} became {}",
        text,
        &first
    );
    let second = emit(&again, &read).text;
    prop_assert_eq!(second.as_deref(), Some(first.as_str()));
    Ok(query(&emitted))
}

/// Queries that come back as they are.
const PLAIN: &str = include_str!("plain.eql");

#[test]
fn what_is_written_plainly_comes_back_word_for_word() {
    for line in PLAIN.lines().filter(|line| !line.is_empty()) {
        assert_eq!(check(line).expect("the same rule"), line);
    }
}

fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => prop::sample::select(vec!["cmd", "*a", "a*b", "?x", r"C:\\x", "4", "", r#"\"q"#, "true", "a|b", "(x)"]).prop_map(str::to_owned),
        1 => "[ab*?é\\-]{0,4}",
    ]
    .prop_map(|text| format!("\"{text}\""))
}

fn text() -> impl Strategy<Value = String> {
    let field = prop::sample::select(vec!["a", "b.c", "`odd-name`.`1`"]).prop_map(str::to_owned);
    prop_oneof![
        6 => field,
        1 => Just("substring(a, 1)".to_owned()),
        1 => Just("concat(a, \"-\", n)".to_owned()),
        1 => Just("between~(a, \"x\", \"y\", true)".to_owned()),
        1 => Just("string(n)".to_owned()),
    ]
}

fn number() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop::sample::select(vec!["n", "m", "d"]).prop_map(str::to_owned),
        1 => Just("length(a)".to_owned()),
        1 => Just("n + m * 2".to_owned()),
        1 => Just("-n".to_owned()),
        1 => Just("(n - 1) % 3".to_owned()),
        1 => Just("indexOf(a, \"x\", 2)".to_owned()),
        1 => Just("number(a, 16)".to_owned()),
    ]
}

fn leaf() -> impl Strategy<Value = String> {
    let words = prop::collection::vec(word(), 1..4).prop_map(|words| words.join(", "));
    let operator =
        prop::sample::select(vec!["in", "not in", "in~", "not in~", ":", "like", "like~"]);
    let comparison = prop::sample::select(vec!["==", "!=", "<", "<=", ">", ">="]);
    let constant = prop::sample::select(vec!["0", "-3", "7", "2.5", "1e+4"]);
    let placed = prop::sample::select(vec![
        "startsWith",
        "endsWith",
        "stringContains",
        "startsWith~",
        "endsWith~",
        "stringContains~",
    ]);
    let regexes = prop::sample::select(vec![
        "\"a.*\"",
        "\"\"\"a\\d+\"\"\"",
        "(\"a~b\", \"c|d\")",
        "\"x\"",
    ]);
    let other = vec![
        "flag",
        "flag == false",
        "flag != true",
        "a == null",
        "n != null",
        "length(a) == null",
        "cidrMatch(ip, \"10.0.0.0/8\", \"::1\")",
        "ip == \"10.0.0.1\"",
        "ip != \"fe80::1\"",
        "ip in (\"1.2.3.4\", \"::2\")",
        "ip < \"10.0.0.9\"",
        "at >= \"2024-05-01T12:00:00Z\"",
        "at == \"2024-05\"",
        "v < \"1.10\"",
        "v == \"2.0\"",
        "(n > 1) == (m > 1)",
        "null == (n > 1)",
        "startsWith(a, b.c)",
        "length(a) > length(b.c)",
    ];
    prop_oneof![
        4 => (text(), operator, words).prop_map(|(text, operator, words)| format!("{text} {operator} ({words})")),
        2 => (text(), comparison.clone(), word()).prop_map(|(text, sign, word)| format!("{text} {sign} {word}")),
        3 => (number(), comparison, constant).prop_map(|(number, sign, constant)| format!("{number} {sign} {constant}")),
        1 => (text(), placed, word()).prop_map(|(text, name, word)| format!("{name}({text}, {word})")),
        1 => (text(), prop::sample::select(vec!["regex", "regex~"]), regexes).prop_map(|(text, name, regex)| format!("{text} {name} {regex}")),
        3 => prop::sample::select(other).prop_map(str::to_owned),
    ]
}

fn condition() -> impl Strategy<Value = String> {
    leaf().prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4)
                .prop_map(|parts| format!("({})", parts.join(" and "))),
            prop::collection::vec(inner.clone(), 2..5)
                .prop_map(|parts| format!("({})", parts.join(" or "))),
            inner.prop_map(|part| format!("not ({part})")),
        ]
    })
}

proptest! {
    #[test]
    fn a_rule_comes_back_as_itself(category in prop::sample::select(vec!["any", "process", "\"odd one\""]), condition in condition()) {
        check(&format!("{category} where {condition}"))?;
    }
}
