//! Properties of the SPL engine: no text harms it, and what is written in a literal comes back.

#![expect(clippy::expect_used, reason = "a test fails loudly")]

use proptest::prelude::*;
use std::fmt::Write as _;
use std::time::{Duration, Instant};
use verdict_engines::spl::Query;
use verdict_event::{Event, Schema};

fn event(json: serde_json::Value) -> Event {
    Event::from_json(json).expect("an object")
}

/// Whether a search matches an event; None if the search is refused or the answer is open.
fn matches(text: &str, event: &Event) -> Option<bool> {
    let query = Query::parse(text).ok()?;
    query.columns();
    let bound = query.bind(&Schema::default(), false).ok()?;
    bound.matches(event).ok()
}

/// A text in double quotes: only `"`, `\` and `|` need a backslash.
fn quoted(text: &str) -> String {
    let mut out = "\"".to_owned();
    for letter in text.chars() {
        if matches!(letter, '"' | '\\') {
            out.push('\\');
        }
        out.push(letter);
    }
    out.push('"');
    out
}

/// A text as a regular expression, every character by its code.
fn by_code(text: &str) -> String {
    let mut out = String::new();
    for letter in text.chars() {
        let _ = write!(out, "\\x{{{:x}}}", u32::from(letter));
    }
    out
}

#[test]
fn hostile_texts_are_refused_without_harm() {
    let many = |text: &str, times: usize| text.repeat(times);
    let refused = [
        many("(", 100_000),
        many("NOT ", 100_000) + "a",
        format!("{}a{}", many("(", 130), many(")", 130)),
        format!("* | where {}a=1", many("NOT ", 100_000)),
        format!("* | where {}a=1{}", many("(", 130), many(")", 130)),
        format!("* | where {}a{}=1", many("lower(", 130), many(")", 130)),
        format!("* | where {}1=1", many("-", 100_000)),
        format!("* | where {}=1", vec!["a"; 10_000].join("+")),
        format!(
            "* | where match(a,\"{}a{}\")",
            many("(", 300),
            many(")", 300)
        ),
        format!("* | where match(a,\"{}\")", many("(?:", 100_000)),
        format!("* | where match(a,\"{}\")", many("a{1000}", 1_000)),
        format!(
            "* | where match(a,\"{}\")",
            vec!["abcdefgh"; 4_000].join("|")
        ),
        many("* | ", 1_000),
        format!("* {}", many("| search a ", 600)),
        "x".repeat((1 << 20) + 1),
        many("```", 100_001),
        many("\"", 100_001),
        many("\\", 100_000) + "\"",
    ];
    for text in refused {
        let started = Instant::now();
        let faults = Query::parse(&text)
            .and_then(|query| query.bind(&Schema::default(), false))
            .map(|_| ())
            .expect_err("a refusal");
        assert!(!faults.is_empty() && faults.len() <= 50, "{}", faults.len());
        assert!(started.elapsed() < Duration::from_secs(20));
    }
}

#[test]
fn wide_texts_are_taken() {
    let words: Vec<String> = (0..20_000).map(|at| format!("\"v{at}\"")).collect();
    let row = event(serde_json::json!({"a": "V19999", "b": "x"}));
    for text in [
        format!("a IN ({})", words.join(", ")),
        format!("a={}", words.join(" OR a=")),
        format!("NOT (b={})", words.join(" OR b=")),
        format!("* | where in(lower(a), {})", words.join(",")),
        format!("* | where lower(a)={}", words.join(" OR lower(a)=")),
    ] {
        let started = Instant::now();
        assert_eq!(matches(&text, &row), Some(true));
        assert!(started.elapsed() < Duration::from_secs(10));
    }
    let alternatives: Vec<String> = (0..3_000).map(|at| format!("v{at:05}")).collect();
    let text = format!(
        "* | where match(a,\"(?i)^({}|V19999)$\")",
        alternatives.join("|")
    );
    assert_eq!(matches(&text, &row), Some(true));
    let depth = 119;
    let nested = format!("{}a=v19999{}", "(".repeat(depth), ")".repeat(depth));
    assert_eq!(matches(&nested, &row), Some(true));
    let nested = format!(
        "* | where {}b=\"x\"{}",
        "(".repeat(depth),
        ")".repeat(depth)
    );
    assert_eq!(matches(&nested, &row), Some(true));
}

#[test]
fn a_strict_schema_knows_its_fields_only() {
    let query = Query::parse("a=1 index=x | where isnotnull(b) AND isnull('c{}') | search _raw=*")
        .expect("parses");
    let mut schema = Schema::default();
    let columns: Vec<_> = query.columns().into_iter().collect();
    assert_eq!(columns, ["_raw", "a", "b", "c", "index"]);
    let field = verdict_event::FieldSchema::new(verdict_event::FieldType::Keyword);
    for name in ["a", "c"] {
        schema.fields.insert(name.to_owned(), field.clone());
    }
    let faults = query.bind(&schema, true).map(|_| ()).expect_err("b");
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert!(
        faults
            .iter()
            .all(|fault| fault.message.contains("no field `b`"))
    );
    schema.fields.insert("b".to_owned(), field);
    assert!(query.bind(&schema, true).is_ok());
    assert!(query.bind(&Schema::default(), false).is_ok());
}

#[test]
fn every_fault_is_told() {
    let faults = Query::parse("a==1 | where b= | nonsense | head x")
        .map(|_| ())
        .expect_err("faults");
    assert_eq!(faults.len(), 4, "{faults:?}");
    let text = "* | where lenn(a)=1 | where match(a,\"(\")";
    let faults = Query::parse(text)
        .expect("parses")
        .bind(&Schema::default(), false)
        .map(|_| ())
        .expect_err("faults");
    assert_eq!(faults.len(), 2, "{faults:?}");
    for fault in faults {
        assert!(
            text.get(fault.span.clone())
                .is_some_and(|at| !at.is_empty()),
            "{fault:?}"
        );
    }
}

#[test]
fn a_bound_search_crosses_threads() {
    fn crosses<T: Send + Sync>() {}
    crosses::<verdict_engines::spl::Bound>();
}

/// Pieces of the language, in any order.
const WORDS: [&str; 78] = [
    "a",
    "b",
    "a.b",
    "=",
    "!=",
    "==",
    "<",
    ">=",
    "\"x\"",
    "\"x*\"",
    "\"\\\\\"",
    "\"",
    "'a'",
    "'",
    "(",
    ")",
    ",",
    "*",
    "NOT",
    "AND",
    "OR",
    "XOR",
    "IN",
    "CASE(",
    "TERM(",
    "LIKE",
    "in(",
    "|",
    "search",
    "where",
    "eval",
    "regex",
    "rex",
    "fields",
    "table",
    "head",
    "stats",
    "5",
    "-5",
    "1.5",
    ".",
    "+",
    "-",
    "/",
    "%",
    "!",
    "match(a,",
    "mvfind(a,",
    "mvfilter(",
    "mvmap(a,",
    "mvindex(a,",
    "if(",
    "case(",
    "coalesce(",
    "isnull(a)",
    "isnotnull(",
    "isnum(a)",
    "lower(",
    "len(",
    "substr(a,",
    "split(a,",
    "replace(a,\"(x)\",\"\\1\")",
    "tonumber(",
    "true()",
    "null()",
    "cidrmatch(\"10.0.0.0/8\",a)",
    "searchmatch(",
    "strftime(a,",
    "```",
    "``` c ```",
    "`",
    "\\",
    "\\|",
    "[",
    "{}",
    "\n",
    "\"(?i)\\x5c\"",
    "\"%_\"",
];

proptest! {
    #[test]
    fn no_text_harms(text in "\\PC{0,200}") {
        let row = event(serde_json::json!({"a": "x"}));
        matches(&text, &row);
        matches(&format!("* | where {text}"), &row);
        matches(&format!("* | where match(a,{})", quoted(&text)), &row);
    }

    #[test]
    fn no_order_of_words_harms(
        words in prop::collection::vec(prop::sample::select(WORDS.to_vec()), 0..40),
        join in prop::sample::select(vec!["", " "]),
    ) {
        let text = words.join(join);
        for text in [text.clone(), format!("* | where {text}"), format!("* | eval c={text}"), format!("* | rex field=a {text}")] {
            for row in [
                serde_json::json!({"a": "x 5", "b": 2}),
                serde_json::json!({"a": ["x", "10.1.2.3", "\u{e9}"], "b": {"c": null}}),
                serde_json::json!({}),
            ] {
                matches(&text, &event(row));
            }
        }
    }

    #[test]
    fn no_pattern_harms(words in prop::collection::vec(prop::sample::select(vec![
        "a", "(", ")", "(?:", "(?i)", "(?i:", "(?-i)", "(?m)", "(?s)", "[", "]", "[^", "-", "^", "$", "|", "*", "+", "?", "{", "}", "{2}", "{2,}",
        "{,3}", "\\", "\\d", "\\W", "\\b", "\\B", "\\A", "\\z", "\\Z", "\\x5c", "\\x{1F600}", "\\Q", "\\E", "[:alpha:]", ".", "\u{e9}", "(?<n>", "\\1",
        "\\h", "\\v", "\\0", "(?#", "&&", "~~", "--", "\\R",
    ]), 0..20), text in "[a-c\\n\u{e9}]{0,8}") {
        let pattern = words.concat();
        let row = event(serde_json::json!({"a": text}));
        matches(&format!("* | where match(a,{})", quoted(&pattern)), &row);
        matches(&format!("* | eval c=replace(a,{},\"x\") | where c=\"x\"", quoted(&pattern)), &row);
    }

    #[test]
    fn literals_come_back(text in any::<String>(), other in any::<String>()) {
        let row = event(serde_json::json!({"a": text, "b": [other, text]}));
        let readable = !text.contains(|letter: char| letter.is_control() || letter == '`');
        let plain = readable && !text.contains('*');
        if plain && !text.contains('/') {
            prop_assert_eq!(matches(&format!("a={}", quoted(&text)), &row), Some(true));
        }
        if readable {
            let length = text.chars().count();
            prop_assert_eq!(matches(&format!("* | where a={} AND len({})={length}", quoted(&text), quoted(&text)), &row), Some(true));
        }
        let atom = format!("\"\\A{}\\z\"", by_code(&text));
        prop_assert_eq!(matches(&format!("* | where mvfind(a,{atom})=0"), &row), Some(true));
        prop_assert_eq!(matches(&format!("* | where isnotnull(mvfind(b,{atom}))"), &row), Some(true));
        prop_assert_eq!(matches(&format!("* | where mvfind(a,{atom})=0"), &event(serde_json::json!({"a": format!("{text}x")}))), Some(false));
    }

    /// A pattern of literals and classes means the same to Rust, where it is written alike.
    #[test]
    fn simple_patterns_mean_the_same(pattern in "[ab]{1,3}([ab]|\\[[ab]-c\\]|\\[\\^a\\]|\\.|a\\*|b\\+|\\(a\\|b\\)){0,3}", text in "[abcd]{0,6}") {
        let expected = regex::Regex::new(&pattern).expect("a pattern").is_match(&text);
        let row = event(serde_json::json!({"a": text}));
        prop_assert_eq!(matches(&format!("* | where match(a,{})", quoted(&pattern)), &row), Some(expected));
    }
}

/// What PCRE2 10.42 itself said (UTF, otherwise its defaults) of random patterns over random texts: recorded, not run here.
#[test]
fn patterns_mean_what_pcre2_says() {
    let recorded = include_str!("spl_pcre2/recorded.ndjson");
    let mut wrong = Vec::new();
    let mut cases = 0;
    for line in recorded.lines() {
        let (pattern, text, expected): (String, String, bool) =
            serde_json::from_str(line).expect("a pattern, a text, a verdict");
        let row = event(serde_json::json!({"a": text}));
        let found = matches(&format!("* | where match(a,{})", quoted(&pattern)), &row);
        cases += 1;
        if found != Some(expected) {
            wrong.push(format!("{line}: {found:?}"));
        }
    }
    assert!(cases >= 500, "{cases} cases");
    assert!(wrong.is_empty(), "{wrong:#?}");
}
