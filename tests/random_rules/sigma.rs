//! Sigma rules: every modifier and kind of value, keywords, conditions, logsources.

use crate::hunt::ID;
use crate::words::{nasty, one_of, plain, text};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use std::collections::BTreeSet;
use std::fmt::Write as _;

type Fields = &'static [&'static str];

const FIELDS: Fields = &["A", "B", "C", "p.q", "p.r"];
/// Names that need quotes in some language, or are words of one. As keys of YAML they stand in quotes.
const ODD: Fields = &[
    "'odd-name'",
    "'with blank'",
    "'in'",
    "'where'",
    "'null'",
    "'4th'",
    "'@at'",
    "'é.x-y'",
    "'a:b'",
    "'it''s'",
    "'q\"q'",
    "'b`k'",
];
const WINDOWS: Fields = &[
    "Image",
    "CommandLine",
    "ParentImage",
    "User",
    "ProcessId",
    "EventID",
    "Channel",
    "NewProcessName",
];

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A value of an item that is read as text: mostly text, but any scalar may stand there.
fn value() -> BoxedStrategy<String> {
    prop_oneof![
        8 => text().prop_map(|text| quoted(&text)),
        1 => one_of(&["''", "'*'", "'?'", "'a*'", "'*b*'"]),
        1 => one_of(&["1", "4688", "-3", "2.5", "1.0", "0", "true", "false", "yes", "0x10", "010"]),
    ]
    .boxed()
}

fn whole_value() -> BoxedStrategy<String> {
    prop_oneof![9 => value(), 1 => one_of(&["null", "~"])].boxed()
}

/// `a` or `[a, b]`.
fn list(values: BoxedStrategy<String>) -> BoxedStrategy<String> {
    prop_oneof![
        1 => values.clone(),
        2 => vec(values, 1..4).prop_map(|values| format!("[{}]", values.join(", "))),
    ]
    .boxed()
}

fn several(values: BoxedStrategy<String>) -> BoxedStrategy<String> {
    vec(values, 2..4)
        .prop_map(|values| format!("[{}]", values.join(", ")))
        .boxed()
}

/// What stands behind the name of a field: its modifiers and its value.
fn rest() -> BoxedStrategy<String> {
    let texts = (
        one_of(&[
            "|contains",
            "|startswith",
            "|endswith",
            "|cased",
            "|contains|cased",
            "|startswith|cased",
            "|endswith|cased",
            "|windash",
            "|contains|windash",
            "|endswith|windash",
            "|neq",
            "|contains|neq",
            "|cased|neq",
        ]),
        list(value()),
    )
        .prop_map(|(modifiers, values)| format!("{modifiers}: {values}"));
    let all = (
        one_of(&[
            "|contains|all",
            "|all",
            "|startswith|all",
            "|contains|all|cased",
            "|contains|windash|all",
            "|contains|all|neq",
        ]),
        several(value()),
    )
        .prop_map(|(modifiers, values)| format!("{modifiers}: {values}"));
    let whole = list(whole_value()).prop_map(|values| format!(": {values}"));
    prop_oneof![
        6 => texts,
        3 => all,
        3 => whole,
        2 => encoded(),
        2 => expressions(),
        2 => networks(),
        3 => numbers(),
        2 => dates(),
        1 => one_of(&["|exists: true", "|exists: false", ": null", ": ''", ": '*'", ": []", "|contains: ''"]),
    ]
    .boxed()
}

fn encoded() -> BoxedStrategy<String> {
    let modifiers = one_of(&[
        "|base64",
        "|base64offset|contains",
        "|base64offset",
        "|wide|base64offset|contains",
        "|utf16le|base64",
        "|utf16be|base64",
        "|utf16|base64offset|contains",
        "|base64|contains|cased",
    ]);
    let values = nasty().prop_map(|text| {
        // Wildcards cannot be encoded.
        quoted(&format!("xyz{}", text.replace(['*', '?', '\\'], "")))
    });
    (modifiers, list(values.boxed()))
        .prop_map(|(modifiers, values)| format!("{modifiers}: {values}"))
        .boxed()
}

fn expressions() -> BoxedStrategy<String> {
    let modifiers = one_of(&[
        "|re",
        "|re|i",
        "|re|s",
        "|re|m|i",
        "|re|i|m|s",
        "|re|neq",
        "|re|all",
    ]);
    let pattern = one_of(&[
        "'^a[0-9]{2,}\\.b$'",
        "'(cmd|pow.*)\\s+\\d\\w\\b'",
        "'a.b'",
        "'^$'",
        "'x?'",
        "'^.{3}$'",
        "'(?i)k'",
        "'[^a-z]+$'",
        "'\\bé'",
        "'^[[:alpha:]]+$'",
        "'\\\\\\\\[a-f]{1,2}\\.exe'",
        "'a|b|'",
        "'(?:ab)+?c*'",
        "'\\x41\\u00e9?'",
    ]);
    (modifiers, several(pattern))
        .prop_map(|(modifiers, values)| format!("{modifiers}: {values}"))
        .boxed()
}

fn networks() -> BoxedStrategy<String> {
    let networks = one_of(&[
        "10.0.0.0/8",
        "192.168.0.0/16",
        "10.1.2.3/32",
        "0.0.0.0/0",
        "127.0.0.1/8",
        "'fe80::/10'",
        "'::1/128'",
        "'2001:db8::/33'",
        "'::/0'",
    ]);
    (one_of(&["|cidr", "|cidr|neq"]), list(networks))
        .prop_map(|(modifiers, values)| format!("{modifiers}: {values}"))
        .boxed()
}

fn numbers() -> BoxedStrategy<String> {
    let number = one_of(&["0", "1", "10", "-3", "2.5", "1000000", "9007199254740993"]);
    let compared = (
        one_of(&["|lt", "|lte", "|gt", "|gte", "|gt|neq"]),
        number.clone(),
    )
        .prop_map(|(modifier, number)| format!("{modifier}: {number}"));
    let equal =
        (one_of(&["", "|neq"]), list(number)).prop_map(|(m, values)| format!("{m}: {values}"));
    prop_oneof![compared, equal].boxed()
}

fn dates() -> BoxedStrategy<String> {
    let part = one_of(&[
        "minute: 0",
        "minute: 59",
        "hour: 3",
        "hour: 23",
        "day: 31",
        "day: 1",
        "week: 1",
        "week: 53",
        "month: 2",
        "month: 12",
        "year: 2024",
        "year: 1970",
    ]);
    (
        part,
        one_of(&["", "", "|lt", "|lte", "|gt", "|gte", "|neq"]),
    )
        .prop_map(|(part, comparison)| {
            let (name, number) = part.split_once(':').unwrap_or((&part, " 1"));
            format!("|{name}{comparison}:{number}")
        })
        .boxed()
}

/// A key of YAML: the modifiers stand inside the quotes of the name.
fn key(field: &str, rest: &str) -> String {
    match (field.strip_suffix('\''), rest.split_once(':')) {
        (Some(open), Some((modifiers, value))) => format!("{open}{modifiers}':{value}"),
        _ => format!("{field}{rest}"),
    }
}

fn item(fields: Fields) -> BoxedStrategy<String> {
    let references = (
        select(fields),
        one_of(&[
            "|fieldref",
            "|fieldref|contains",
            "|fieldref|startswith",
            "|fieldref|endswith",
            "|fieldref|cased",
            "|fieldref|neq",
            "|fieldref|endswith|cased",
        ]),
        select(fields),
    )
        .prop_map(|(field, modifiers, other)| key(field, &format!("{modifiers}: {other}")));
    let plain = (select(fields), rest()).prop_map(|(field, rest)| key(field, &rest));
    prop_oneof![12 => plain, 1 => references].boxed()
}

/// A mapping: a key may stand in it once.
fn mapping(fields: Fields) -> BoxedStrategy<Vec<String>> {
    vec(item(fields), 1..4)
        .prop_map(|items| {
            let mut seen = BTreeSet::new();
            let key = |item: &String| item.split(": ").next().unwrap_or_default().to_owned();
            items
                .into_iter()
                .filter(|item| seen.insert(key(item)))
                .collect()
        })
        .boxed()
}

fn keywords() -> BoxedStrategy<String> {
    let word = prop_oneof![
        4 => plain().prop_map(|text| quoted(&text)),
        2 => nasty().prop_map(|text| quoted(&text)),
        1 => one_of(&["4688", "'a*b'", "'?x'"]),
    ]
    .boxed();
    let words = vec(word.clone(), 1..4).prop_map(|words| {
        let mut text = "\n".to_owned();
        for word in words {
            let _ = writeln!(text, "    - {word}");
        }
        text
    });
    let keyed = (one_of(&["|all", "|all|cased"]), several(word))
        .prop_map(|(modifiers, words)| format!("\n    '{modifiers}': {words}\n"));
    let expressions = one_of(&[
        "\n    '|re': 'a[0-9]+b'\n",
        "\n    '|re|i': ['^cmd', 'x.z']\n",
        "\n    '|cased': [Ab, cD]\n",
        "\n    '|contains': ab\n",
    ]);
    prop_oneof![3 => words, 2 => keyed, 1 => expressions].boxed()
}

fn search(fields: Fields) -> BoxedStrategy<String> {
    let one = mapping(fields).prop_map(|items| {
        let mut text = "\n".to_owned();
        for item in items {
            let _ = writeln!(text, "    {item}");
        }
        text
    });
    let listed = vec(mapping(fields), 1..4).prop_map(|mappings| {
        let mut text = "\n".to_owned();
        for items in mappings {
            for (at, item) in items.iter().enumerate() {
                let _ = writeln!(text, "    {} {item}", if at == 0 { "-" } else { " " });
            }
        }
        text
    });
    let mixed = (item(fields), plain())
        .prop_map(|(item, word)| format!("\n    - {item}\n    - {}\n", quoted(&word)));
    prop_oneof![12 => one, 3 => listed, 1 => mixed, 1 => keywords()].boxed()
}

const CONDITIONS: &[&str] = &[
    "sel_a",
    "not sel_a",
    "sel_a and not flt_b",
    "sel_a or flt_b",
    "1 of sel_*",
    "all of them",
    "any of sel_*",
    "not 1 of sel_*",
    "all of sel_* and not 1 of flt_*",
    "sel_a and not (sel_c or flt_b)",
    "sel_a or (sel_c and not flt_b)",
    "not (sel_a and sel_c) and not flt_b",
    "1 of them and not all of sel_*",
    "sel_a or sel_c and not flt_b or not sel_a and flt_b",
    "[sel_a and sel_c, not flt_b and sel_c]",
];

fn detection(fields: Fields, logsource: BoxedStrategy<String>) -> BoxedStrategy<String> {
    (logsource, vec(search(fields), 3), select(CONDITIONS))
        .prop_map(|(logsource, searches, condition)| {
            let mut text = format!(
                "title: Random\nid: {ID}\nstatus: test\nlevel: low\nlogsource: {logsource}\ndetection:\n"
            );
            for (name, search) in ["sel_a", "flt_b", "sel_c"].iter().zip(searches) {
                let _ = write!(text, "  {name}:{search}");
            }
            let _ = writeln!(text, "  condition: {condition}");
            text
        })
        .boxed()
}

/// A rule without a logsource that means anything.
pub(crate) fn rule() -> BoxedStrategy<String> {
    detection(FIELDS, one_of(&["{product: none}"]))
}

/// What stands behind a detection's name.
pub(crate) fn selection() -> BoxedStrategy<String> {
    let few: Fields = &["A", "v", "k"];
    search(few)
}

/// A rule over fields with odd names.
pub(crate) fn odd_rule() -> BoxedStrategy<String> {
    detection(ODD, one_of(&["{product: none}"]))
}

/// A rule whose logsource is a predicate of its own, and renames fields.
pub(crate) fn windows_rule() -> BoxedStrategy<String> {
    let logsource = one_of(&[
        "{product: windows, category: process_creation}",
        "{product: windows, service: security}",
        "{product: windows, service: powershell}",
        "{product: windows, category: registry_set}",
        "{product: windows, category: network_connection}",
        "{product: windows, category: process_creation, service: sysmon}",
        "{product: linux, category: process_creation}",
    ]);
    detection(WINDOWS, logsource)
}
