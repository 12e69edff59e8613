//! The KQL engine against case files: `tests/kql/*.txt`.
//!
//! A file holds `types:` (columns and their types, `*` marks a list column), `row:` or `event:` lines (JSON), and cases:
//! - `expression  =>  true|false|null  // source`: the expression over the row, as a predicate;
//! - `expression  =>  error: part of the message`;
//! - `query: text  =>  [0, 2]` or `error: ...`: a whole query over the events;
//! - `rows: text  =>  [{"a": 1}]` or `error: ...`: a query that makes rows of its own. `let name = ...` lines before it are put in front.
//!
//! `\n` in a query stands for a line break.

#![expect(clippy::expect_used, reason = "a test fails loudly")]

use proptest::prelude::*;
use std::fmt::Write as _;
use verdict_engines::kql::Query;
use verdict_event::{Event, FieldSchema, FieldType, Schema};

fn told(errors: Vec<verdict_engines::QueryError>) -> String {
    let parts = errors
        .into_iter()
        .map(|error| format!("{} ({})", error.message, error.hint.unwrap_or_default()));
    parts.collect::<Vec<_>>().join("; ")
}

/// What a text does over events: the indices, or all messages with their hints.
fn check(
    text: &str,
    schema: &Schema,
    strict: bool,
    events: &[Event],
) -> Result<Vec<usize>, String> {
    let bound = Query::parse(text)
        .and_then(|query| query.bind(schema, strict))
        .map_err(told)?;
    bound.run(events).map_err(|error| error.message)
}

#[derive(Default)]
struct File {
    schema: Schema,
    events: Vec<Event>,
    /// `let` statements of the file.
    lets: String,
}

impl File {
    fn types(&mut self, line: &str) {
        for item in line.split_whitespace() {
            let (name, kind) = item.split_once('=').expect("name=type");
            let array = kind.ends_with('*');
            let kind: FieldType =
                serde_json::from_value(kind.trim_end_matches('*').into()).expect("a type");
            let field = FieldSchema {
                array,
                ..FieldSchema::new(kind)
            };
            self.schema.fields.insert(name.to_owned(), field);
        }
    }

    fn expression(&self, text: &str) -> String {
        let run = |predicate: &str| {
            check(
                &format!("T | where {predicate}"),
                &self.schema,
                true,
                &self.events,
            )
        };
        match (run(text), run(&format!("not({text})"))) {
            (Err(message), _) | (_, Err(message)) => format!("error: {message}"),
            (Ok(held), Ok(failed)) => match (held.len(), failed.len()) {
                (1, 0) => "true".to_owned(),
                (0, 1) => "false".to_owned(),
                (0, 0) => "null".to_owned(),
                other => format!("impossible: {other:?}"),
            },
        }
    }

    /// The rows that a query makes, as JSON.
    fn rows(&self, text: &str) -> Result<serde_json::Value, String> {
        let text = format!("{}{}", self.lets, text.replace("\\n", "\n"));
        let bound = Query::parse(&text)
            .and_then(|query| query.bind(&self.schema, false))
            .map_err(told)?;
        let rows = bound.rows(&self.events).map_err(|error| error.message)?;
        Ok(rows.iter().map(|row| row.root().to_json()).collect())
    }

    fn query(&self, text: &str) -> String {
        let text = text.replace("\\n", "\n");
        check(&text, &self.schema, false, &self.events).map_or_else(
            |message| format!("error: {message}"),
            |rows| format!("{rows:?}"),
        )
    }
}

/// What is wrong with a case of rows, if anything.
fn check_rows(file: &File, query: &str, expected: &str) -> Option<String> {
    let found = file.rows(query);
    match (expected.strip_prefix("error:"), &found) {
        (Some(part), Err(message)) if message.contains(part.trim()) => None,
        (None, Ok(rows)) => {
            let wanted: serde_json::Value = serde_json::from_str(expected).expect("JSON rows");
            (*rows != wanted).then(|| format!("expected {wanted}\n  found    {rows}"))
        }
        (Some(_), _) | (None, Err(_)) => Some(format!("expected {expected}\n  found    {found:?}")),
    }
}

fn run_file(name: &str, text: &str) {
    let mut file = File::default();
    let mut wrong = String::new();
    let mut cases = 0;
    for (at, line) in text.lines().enumerate() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(types) = line.strip_prefix("types:") {
            file.types(types);
            continue;
        }
        if let Some(json) = line
            .strip_prefix("row:")
            .or_else(|| line.strip_prefix("event:"))
        {
            let json = serde_json::from_str(json).expect("JSON");
            file.events.push(Event::from_json(json).expect("an object"));
            continue;
        }
        if line.starts_with("let ") {
            file.lets.push_str(line);
            continue;
        }
        cases += 1;
        let (text, rest) = line
            .split_once("  =>  ")
            .expect("a case has two blanks and an arrow");
        let expected = rest
            .split_once("  //")
            .map_or(rest, |(expected, _)| expected)
            .trim();
        if let Some(query) = text.strip_prefix("rows:") {
            if let Some(fault) = check_rows(&file, query.trim(), expected) {
                let _ = writeln!(wrong, "{name}:{}: {text}\n  {fault}", at + 1);
            }
            continue;
        }
        let found = match text.strip_prefix("query:") {
            Some(query) => file.query(query.trim()),
            None => file.expression(text),
        };
        let fits = match expected.strip_prefix("error:") {
            Some(part) => found.starts_with("error:") && found.contains(part.trim()),
            None => found == expected,
        };
        if !fits {
            let _ = writeln!(
                wrong,
                "{name}:{}: {text}\n  expected {expected}, found {found}",
                at + 1
            );
        }
    }
    assert!(cases > 0, "{name} holds no case");
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn every_case_file_holds() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/kql");
    let mut names: Vec<_> = std::fs::read_dir(folder)
        .expect("the folder")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    names.sort();
    for path in names {
        run_file(
            &path.display().to_string(),
            &std::fs::read_to_string(&path).expect("a file"),
        );
    }
}

/// The depths that were measured on the vendor's parser: the last that passes and the first that does not.
#[test]
fn depth_limits_are_the_vendors() {
    let around = |open: &str, inner: &str, close: &str, times: usize| {
        format!(
            "T | where {}{inner}{}",
            open.repeat(times),
            close.repeat(times)
        )
    };
    let chain = |term: &str, terms: usize| format!("T | where {}", vec![term; terms].join(" or "));
    let measured: [(&dyn Fn(usize) -> String, usize); 12] = [
        (&|times| chain("a == 'x'", times), 492),
        (&|times| chain("b", times), 493),
        (&|times| chain("a in~ ('x', 'y')", times), 490),
        (
            &|times| chain("ipv4_is_in_range(a, '10.0.0.0/8')", times),
            489,
        ),
        (&|times| chain("(a == 'x' and b)", times), 490),
        (&|times| around("(", "a == 'x'", ")", times), 491),
        (&|times| around("not(", "a == 'x'", ")", times), 122),
        (&|times| around("not(", "b", ")", times), 123),
        (&|times| chain("* has 'x'", times), 493),
        (&|times| chain("not(* has 'x')", times), 489),
        (&|times| around("not(", "* has 'x'", ")", times), 123),
        (&|times| around("(b and ", "b", ")", times), 246),
    ];
    let mut schema = Schema::default();
    schema
        .fields
        .insert("b".to_owned(), FieldSchema::new(FieldType::Boolean));
    for (text, most) in measured {
        let (good, bad) = (text(most), text(most + 1));
        let bound = Query::parse(&good)
            .expect("below the limit")
            .bind(&schema, false);
        let event = Event::from_json(serde_json::json!({"a": "x"})).expect("an object");
        assert!(bound.expect("binds").matches(&event).is_ok());
        let errors = Query::parse(&bad).expect_err("above the limit");
        assert!(
            errors
                .iter()
                .any(|error| error.message.contains("too deeply")),
            "{errors:?}"
        );
    }
    let text = format!("T | where a in ({})", vec!["'x'"; 20_000].join(","));
    assert!(Query::parse(&text).is_ok());
    assert!(Query::parse(&format!("T // {}", "x".repeat(1 << 20))).is_err());
}

#[test]
fn hostile_nesting_is_refused_without_harm() {
    for opening in [
        "(",
        "[",
        "not(",
        "f(",
        "dynamic([",
        "a[",
        "-",
        "a.b.",
        "(T | where ",
        "(((T|",
    ] {
        let many = opening.repeat(100_000);
        assert!(Query::parse(&format!("T | where {many}")).is_err());
        assert!(Query::parse(&many).is_err());
        assert!(Query::parse(&format!("let x = {many}")).is_err());
    }
    let json = "[".repeat(100_000);
    let found = check(
        &format!("T | where isnull(parse_json('{json}')[0])"),
        &Schema::default(),
        true,
        &[],
    );
    assert_eq!(found, Ok(Vec::new()));
}

#[test]
fn doubling_definitions_stay_small() {
    let mut text = "let a0 = 'xxxxxxxxxxxxxxxx';".to_owned();
    let mut list = "let b0 = pack_array('x');".to_owned();
    for at in 1..60 {
        let _ = write!(text, "let a{at} = strcat(a{0}, a{0});", at - 1);
        let _ = write!(list, "let b{at} = pack_array(b{0}, b{0});", at - 1);
    }
    let query = format!(
        "{text}{list} T | where strlen(a59) == 1048576 and (isnull(b59) or isnotnull(b59))"
    );
    assert_eq!(
        check(&query, &Schema::default(), true, &[Event::new(Vec::new())]),
        Ok(vec![0])
    );
}

#[test]
fn tables_that_grow_without_end_are_refused() {
    let mut text = "let a0 = datatable(k:long)[1, 1];".to_owned();
    for at in 1..60 {
        let _ = write!(
            text,
            "let a{at} = a{0} | join kind=inner a{0} on k | project k;",
            at - 1
        );
    }
    let query = Query::parse(&format!("{text} a59 | count")).expect("parses");
    let bound = query.bind(&Schema::default(), true).expect("binds");
    let error = bound.rows(&[]).expect_err("too many rows");
    assert!(error.message.contains("makes more than"), "{error}");
    // Without rows the same tables are made once each.
    let empty = text.replace("[1, 1]", "[]");
    let query = Query::parse(&format!("{empty} a59 | count")).expect("parses");
    let bound = query.bind(&Schema::default(), true).expect("binds");
    assert!(bound.rows(&[]).is_ok());
}

#[test]
fn columns_are_those_of_the_source() {
    let text = "let limit = 5; let Base = T | extend low = tolower(name); \
        Base | where low == 'x' and n > limit and ['a.b'] has 'y' | project-rename k = host | where bag.p == 1 | sort by k";
    let columns = Query::parse(text).expect("parses").columns();
    assert_eq!(
        columns.into_iter().collect::<Vec<_>>(),
        ["a.b", "bag", "host", "n", "name"]
    );
    let columns = Query::parse(
        "T | sort by ts asc | partition by h (scan declare (n:long) with (step s: a == 1 and s.b == 2 => n = s.n;)) \
        | where n > m | summarize c = count(), sum(v) by h | where c > 1 and sum_v > 2 | join (U | where w) on $left.h == $right.o",
    );
    let columns = columns.expect("parses").columns();
    assert_eq!(
        columns.into_iter().collect::<Vec<_>>(),
        ["a", "h", "m", "o", "ts", "v", "w"]
    );
    let columns = Query::parse("T | where * has 'x' or not(* == s)")
        .expect("parses")
        .columns();
    assert_eq!(columns.into_iter().collect::<Vec<_>>(), ["s"]);
}

#[test]
fn every_fault_is_told() {
    let text = "T | where a == 'x\\p' | wher b | where c has 5 | render table";
    let errors = Query::parse(text).expect_err("faults");
    assert_eq!(errors.len(), 3, "{errors:?}");
    let errors = Query::parse("T | where a has 5 and b > 'x' | where tolowr(c) == 'x'")
        .expect("parses")
        .bind(&Schema::default(), false)
        .map(|_| ())
        .expect_err("faults");
    assert_eq!(errors.len(), 3, "{errors:?}");
}

#[test]
fn a_bound_query_crosses_threads() {
    fn crosses<T: Send + Sync>() {}
    crosses::<verdict_engines::kql::Bound>();
}

/// The four ways to write a text as a literal; a text that a way cannot hold gives none.
fn literals(text: &str) -> Vec<String> {
    let broken = text.contains(['\n', '\r']);
    let mut ways = Vec::new();
    for quote in ["\"", "'"] {
        let mut plain = String::new();
        for letter in text.chars() {
            if letter.is_control() {
                let _ = write!(plain, "\\u{:04x}", u32::from(letter));
            } else if letter == '\\' || quote.starts_with(letter) {
                let _ = write!(plain, "\\{letter}");
            } else {
                plain.push(letter);
            }
        }
        ways.push(format!("{quote}{plain}{quote}"));
        if !broken {
            ways.push(format!(
                "@{quote}{}{quote}",
                text.replace(quote, &quote.repeat(2))
            ));
        }
    }
    if !text.contains('`') {
        ways.push(format!("```{text}```"));
    }
    ways
}

proptest! {
    #[test]
    fn parsing_never_panics(text in "\\PC{0,200}") {
        let _ = Query::parse(&text).map(|query| query.bind(&Schema::default(), false));
    }

    #[test]
    fn words_in_any_order_never_panic(
        words in prop::collection::vec(prop::sample::select(vec![
            "T", "|", "has", "where", "extend", "project", "let", "a", "b", "=", "==", "(", ")", "[", "]", "{", "}", ",", ";", "in",
            "in~", "!has", "has_any", "between", "..", "'x'", "\"y", "@'z'", "5", "1.5", "3d", "not", "dynamic(", "datetime(2020)",
            "-", "+", "*", "/", "%", "and", "or", "matches", "regex", ".", "iff(", "case(", "substring(", "indexof(", "bin(",
            "split(", "strcat(", "replace_regex(", "0", "-1", "long(null)", "`", "``` x ```", "//", "\n", "sort", "by", "top",
            "summarize", "count()", "arg_max(a, *)", "make_set(b)", "join", "kind=inner", "(T)", "on", "union", "distinct", "count",
            "mv-expand", "scan", "with", "step", "s:", "true;", "=>", "partition", "serialize", "prev(a)", "row_number()", "s.a",
            "declare (c:long=0)", "datatable(a:long)[1]", "asc",
        ]), 0..40),
        join in prop::sample::select(vec!["", " "]),
    ) {
        for text in [words.join(join), format!("T | where {}", words.join(join))] {
            if let Ok(query) = Query::parse(&text) {
                query.columns();
                if let Ok(bound) = query.bind(&Schema::default(), false) {
                    let event = Event::from_json(serde_json::json!({"a": "x 5", "b": 2})).expect("an object");
                    let _ = bound.run(std::slice::from_ref(&event));
                    let _ = bound.rows(&[event.clone(), event]);
                }
            }
        }
    }

    #[test]
    fn literals_come_back(text in any::<String>()) {
        let event = Event::from_json(serde_json::json!({"a": text})).expect("an object");
        for literal in literals(&text) {
            let query = format!("T | where a == {literal} and strlen({literal}) == {}", text.chars().count());
            prop_assert_eq!(check(&query, &Schema::default(), false, std::slice::from_ref(&event)), Ok(vec![0]), "{}", literal);
        }
    }
}
