//! EQL rules: every operator and function, over fields of every type.

use crate::hunt::ID;
use crate::words::{one_of, text};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

/// The fields of a vocabulary, by type.
#[derive(Clone, Copy)]
struct Fields {
    texts: &'static [&'static str],
    numbers: &'static [&'static str],
    truths: &'static [&'static str],
    addresses: &'static [&'static str],
    dates: &'static [&'static str],
}

const PLAIN: Fields = Fields {
    texts: &["a.x", "a.y", "b", "?c"],
    numbers: &["n", "m", "?o"],
    truths: &["flag", "?g"],
    addresses: &["ip"],
    dates: &[],
};

/// Names that need quotes in some language, or are words of one.
const ODD: Fields = Fields {
    texts: &[
        "`odd-name`",
        "`with blank`.x",
        "`in`",
        "?`where`",
        "`é`",
        "`q\"q`",
    ],
    numbers: &["`4th`", "a.`null`"],
    truths: &["`true`", "?`not`.b"],
    addresses: &["`src-ip`"],
    dates: &[],
};

const ECS: Fields = Fields {
    texts: &[
        "process.name",
        "process.command_line",
        "process.args",
        "process.parent.args",
        "user.id",
        "?my.own",
    ],
    numbers: &[
        "process.pid",
        "source.port",
        "?file.size",
        "event.risk_score",
    ],
    truths: &[
        "process.code_signature.trusted",
        "?dll.code_signature.exists",
    ],
    addresses: &["source.ip", "host.ip", "dns.resolved_ip"],
    dates: &["process.start", "@timestamp"],
};

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn literal() -> BoxedStrategy<String> {
    prop_oneof![8 => text().prop_map(|text| quoted(&text)), 1 => one_of(&["\"\"", "\"*\"", "\"?\""])]
        .boxed()
}

fn number() -> BoxedStrategy<String> {
    prop_oneof![4 => (-2i64..8).prop_map(|n| n.to_string()), 1 => one_of(&["300", "65536", "1099511627776"])]
        .boxed()
}

/// Text that is no bare field and no literal.
fn made_text(fields: Fields, depth: u32) -> BoxedStrategy<String> {
    let inner = || any_text(fields, depth - 1);
    let slice =
        (inner(), number(), proptest::option::of(number())).prop_map(|(text, from, to)| match to {
            Some(to) => format!("substring({text}, {from}, {to})"),
            None => format!("substring({text}, {from})"),
        });
    let between = (
        one_of(&["", "~"]),
        inner(),
        literal(),
        literal(),
        one_of(&["", ", true", ", false"]),
    )
        .prop_map(|(tilde, text, left, right, greedy)| {
            format!("between{tilde}({text}, {left}, {right}{greedy})")
        });
    let joined = vec(
        prop_oneof![3 => inner(), 1 => any_number(fields, depth - 1)],
        2..4,
    )
    .prop_map(|parts| format!("concat({})", parts.join(", ")));
    let written = prop_oneof![
        any_number(fields, depth - 1),
        inner(),
        select(fields.truths).prop_map(str::to_owned)
    ]
    .prop_map(|value| format!("string({value})"));
    prop_oneof![slice, between, joined, written].boxed()
}

fn any_text(fields: Fields, depth: u32) -> BoxedStrategy<String> {
    let field = select(fields.texts).prop_map(str::to_owned);
    if depth == 0 {
        return field.boxed();
    }
    prop_oneof![6 => field, 1 => literal(), 2 => made_text(fields, depth)].boxed()
}

/// A number that is no bare field and no literal.
fn made_number(fields: Fields, depth: u32) -> BoxedStrategy<String> {
    let inner = || any_number(fields, depth - 1);
    let text = || any_text(fields, depth - 1);
    let length = text().prop_map(|text| format!("length({text})"));
    let found = (
        one_of(&["", "~"]),
        text(),
        prop_oneof![4 => literal(), 1 => text()],
        one_of(&["", ", 1", ", 0", ", 9"]),
    )
        .prop_map(|(tilde, text, part, start)| format!("indexOf{tilde}({text}, {part}{start})"));
    let read = (text(), one_of(&["", "", ", 16", ", 10"]))
        .prop_map(|(text, base)| format!("number({text}{base})"));
    let called = (
        one_of(&["add", "subtract", "multiply", "divide", "modulo"]),
        inner(),
        inner(),
    )
        .prop_map(|(name, a, b)| format!("{name}({a}, {b})"));
    let operated = (one_of(&["+", "-", "*", "/", "%"]), inner(), inner())
        .prop_map(|(operator, a, b)| format!("({a} {operator} {b})"));
    prop_oneof![3 => length, 2 => found, 2 => read, 1 => called, 2 => operated].boxed()
}

fn any_number(fields: Fields, depth: u32) -> BoxedStrategy<String> {
    let field = select(fields.numbers).prop_map(str::to_owned);
    if depth == 0 {
        return field.boxed();
    }
    prop_oneof![5 => field, 2 => number(), 2 => made_number(fields, depth)].boxed()
}

/// A pattern of Lucene's language with all its operators.
fn lucene() -> BoxedStrategy<String> {
    let atom = one_of(&[
        "a",
        "cmd",
        ".",
        "[a-f0-9]",
        "[^x]",
        "\\.",
        "\\\\",
        "\"x*\"",
        "<1-31>",
        "@",
        "#",
        "(x|yz)",
        "~(ab)",
        "(a.*&.*b)",
        "é",
        "$",
        "^",
    ]);
    let repeat = one_of(&["", "", "", "*", "+", "?", "{2}", "{1,3}"]);
    vec((atom, repeat), 1..4)
        .prop_map(|parts| {
            let pattern: String = parts
                .into_iter()
                .map(|(atom, repeat)| atom + &repeat)
                .collect();
            quoted(&pattern)
        })
        .boxed()
}

fn list(items: BoxedStrategy<String>) -> BoxedStrategy<String> {
    vec(items, 1..4)
        .prop_map(|items| format!("({})", items.join(", ")))
        .boxed()
}

fn three(
    left: BoxedStrategy<String>,
    operators: &'static [&'static str],
    right: BoxedStrategy<String>,
) -> BoxedStrategy<String> {
    (left, select(operators), right)
        .prop_map(|(left, operator, right)| format!("{left} {operator} {right}"))
        .boxed()
}

const ORDER: &[&str] = &["==", "!=", "<", "<=", ">", ">="];
const IN: &[&str] = &["in", "not in", "in~", "not in~"];

fn text_leaf(fields: Fields) -> BoxedStrategy<String> {
    let text = || any_text(fields, 2);
    let field = || select(fields.texts).prop_map(str::to_owned).boxed();
    let called = (
        one_of(&["startsWith", "endsWith", "stringContains"]),
        one_of(&["", "~"]),
        text(),
        prop_oneof![6 => literal(), 1 => text()],
    )
        .prop_map(|(name, tilde, text, part)| format!("{name}{tilde}({text}, {part})"));
    let subject = || prop_oneof![3 => field(), 1 => made_text(fields, 2)].boxed();
    prop_oneof![
        4 => three(subject(), ORDER, literal()),
        4 => three(subject(), &[":", "like", "like~"], literal()),
        3 => three(subject(), &[":", "like", "like~"], list(literal())),
        3 => three(subject(), IN, list(literal())),
        2 => three(subject(), &["regex", "regex~"], lucene()),
        1 => three(subject(), &["regex", "regex~"], list(lucene())),
        4 => called,
        1 => three(made_text(fields, 2), ORDER, made_text(fields, 2)),
        1 => three(made_text(fields, 1), &["==", "!="], field()),
    ]
    .boxed()
}

fn number_leaf(fields: Fields) -> BoxedStrategy<String> {
    let field = || select(fields.numbers).prop_map(str::to_owned).boxed();
    prop_oneof![
        3 => three(field(), ORDER, number()),
        2 => three(field(), &["in", "not in"], list(number())),
        4 => three(made_number(fields, 2), ORDER, number()),
        1 => three(made_number(fields, 2), ORDER, made_number(fields, 1)),
        1 => three(number(), ORDER, field()),
        1 => three(field(), ORDER, made_number(fields, 1)),
    ]
    .boxed()
}

fn other_leaf(fields: Fields) -> BoxedStrategy<String> {
    let truth = select(fields.truths).prop_map(str::to_owned).boxed();
    let address = || select(fields.addresses).prop_map(str::to_owned).boxed();
    let network = one_of(&[
        "\"10.0.0.0/8\"",
        "\"192.168.0.0/16\"",
        "\"::1\"",
        "\"fe80::/10\"",
        "\"127.0.0.1/8\"",
        "\"0.0.0.0/0\"",
    ]);
    let cidr = (address(), vec(network, 1..4))
        .prop_map(|(field, networks)| format!("cidrMatch({field}, {})", networks.join(", ")));
    let mut choices = vec![
        three(truth.clone(), &["==", "!="], one_of(&["true", "false"])),
        truth.clone(),
        cidr.boxed(),
        (
            prop_oneof![any_text(fields, 1), any_number(fields, 1), truth, address()],
            one_of(&["==", "!="]),
        )
            .prop_map(|(value, operator)| format!("{value} {operator} null"))
            .boxed(),
    ];
    if !fields.dates.is_empty() {
        let moment = one_of(&[
            "\"2024-02-29T12:00:00Z\"",
            "\"2024-01-01\"",
            "\"1970-01-01T00:00:00.001Z\"",
        ]);
        let date = select(fields.dates).prop_map(str::to_owned).boxed();
        choices.push(three(date, ORDER, moment));
        let port = one_of(&["\"10.0.0.1\"", "\"::1\"", "\"10.0.0.0/8\""]);
        choices.push(three(address(), &["==", "!="], port.clone()));
        choices.push(three(address(), &["in", "not in"], list(port)));
    }
    proptest::strategy::Union::new(choices).boxed()
}

fn condition(fields: Fields) -> BoxedStrategy<String> {
    let leaf =
        prop_oneof![4 => text_leaf(fields), 2 => number_leaf(fields), 2 => other_leaf(fields)];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            2 => inner.clone().prop_map(|x| format!("not ({x})")),
            3 => (inner.clone(), inner.clone()).prop_map(|(x, y)| format!("({x} and {y})")),
            3 => (inner.clone(), inner.clone()).prop_map(|(x, y)| format!("({x} or {y})")),
            1 => (inner.clone(), one_of(&["== true", "== false", "!= true", "== null", "!= null"]))
                .prop_map(|(x, test)| format!("({x}) {test}")),
            1 => (inner.clone(), inner).prop_map(|(x, y)| format!("(({}) == ({y}))", condition_of(&x))),
        ]
    })
    .boxed()
}

/// No bare field: two fields are not compared.
fn condition_of(text: &str) -> String {
    if text.contains([' ', '(']) {
        text.to_owned()
    } else {
        format!("{text} == true")
    }
}

/// A condition over the plain fields.
pub(crate) fn condition_of_plain() -> BoxedStrategy<String> {
    condition(PLAIN)
}

/// The file of a rule, with what is said of its data.
pub(crate) fn rule_file(data: &str, query: &str) -> String {
    format!(
        "id: {ID}\nname: Random\ndescription: Random.\nstatus: test\nlanguage: eql\nseverity: low\nrisk_score: 1\n{data}\
         query: |\n  {query}\nauthors: [Nobody]\nlicense: Apache-2.0\nversion: 1\n"
    )
}

fn rule_of(fields: Fields, data: &'static str) -> BoxedStrategy<String> {
    (
        select(&["process", "any", "file"][..]),
        condition(fields),
        subsequence(vec!["// noise\n    ", "/* more */ "], 0..=2),
    )
        .prop_map(move |(category, condition, comments)| {
            let query = format!("{category} where\n    {}{condition}", comments.concat());
            rule_file(data, &query)
        })
        .boxed()
}

/// A rule whose literals type its fields.
pub(crate) fn rule() -> BoxedStrategy<String> {
    rule_of(PLAIN, "")
}

/// A rule over fields with odd names.
pub(crate) fn odd_rule() -> BoxedStrategy<String> {
    rule_of(ODD, "")
}

/// A rule over the Elastic Common Schema.
pub(crate) fn ecs_rule() -> BoxedStrategy<String> {
    rule_of(ECS, "data: {schema: ecs}\n")
}
