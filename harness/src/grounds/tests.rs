//! Tests of the reader: a text a language and exactly the operators that are to be found in it.

use super::Mark::{Assumed, Contradicted, Documented, Verified};
use super::*;

fn check(language: &str, text: &str, wanted: &[&str]) {
    let found = operators(language, text).unwrap_or_default();
    let found: Vec<&str> = found.iter().map(String::as_str).collect();
    assert_eq!(found, wanted, "{language}: {text}");
}

#[test]
fn kql() {
    let check = |text: &str, wanted: &[&str]| check("kql", text, wanted);
    check(
        "T | where a.b == 'x' and not(c in~ (@'y', \"z\"))",
        &[
            "==",
            "and",
            "dynamic path",
            "in~",
            "not()",
            "string literal",
            "verbatim literal",
            "where",
        ],
    );
    check(
        "T // a == 1\n| extend n = strlen(['a b']) | where n !between (1 .. 2.5)",
        &[
            "!between",
            "..",
            "comment",
            "extend",
            "long literal",
            "names",
            "real literal",
            "string literal",
            "strlen()",
            "where",
        ],
    );
    check(
        "let t = 5m; T | join kind=inner (U | project-away a) on k",
        &["join kind=inner", "let", "project-away", "timespan literal"],
    );
    // An operator that nobody thought of is found.
    check(
        "T | where a resembles 'x' | flip b",
        &["flip", "resembles", "string literal", "where"],
    );
    check(
        "T | where s matches regex @'a\"b'",
        &["matches regex", "verbatim literal", "where"],
    );
}

#[test]
fn esql() {
    let check = |text: &str, wanted: &[&str]| check("esql", text, wanted);
    check(
        "FROM logs-* METADATA _id | WHERE a.b IS NOT NULL AND NOT c LIKE (\"x*\", \"y\")",
        &[
            "AND",
            "FROM",
            "IS NOT NULL",
            "LIKE list",
            "NOT",
            "WHERE",
            "name",
            "string",
        ],
    );
    check(
        "from a | where to_lower(`x y`.z) not in (\"\"\"q\"\"\") | limit 10",
        &[
            "FROM",
            "LIMIT",
            "NOT IN",
            "TO_LOWER",
            "WHERE",
            "backquotes",
            "name",
            "number",
            "triple quotes",
        ],
    );
    check(
        "FROM a | EVAL n = a - 1 // * \n| STATS c = COUNT(*) BY BUCKET(t, 5m)",
        &[
            "*", "-", "BUCKET", "BY", "COUNT", "EVAL", "FROM", "STATS", "comment", "name",
            "number", "timespan",
        ],
    );
}

#[test]
fn eql() {
    let check = |text: &str, wanted: &[&str]| check("eql", text, wanted);
    check(
        "process where not name in~ (\"a\") and x != null and ?y : \"*\"",
        &[
            "!= null", ":", "?field", "and", "category", "field", "in~", "not", "string", "where",
        ],
    );
    check(
        "sequence by user.id with maxspan=1m [any where endsWith~(a, \"b\")] ![x where true] until [y where length(b) > 1] | head 2",
        &[
            "![ ]",
            ">",
            "any",
            "by",
            "category",
            "endsWith",
            "endsWith~",
            "field",
            "head",
            "length",
            "maxspan",
            "pipe",
            "sequence",
            "string",
            "until",
            "where",
        ],
    );
}

#[test]
fn spl() {
    let check = |text: &str, wanted: &[&str]| check("spl", text, wanted);
    check(
        "``` a ``` a=\"x*\" NOT (b IN (\"y\", z) OR c=10.0.0.0/8) d=CASE(q)",
        &[
            "()",
            "*",
            "=",
            "= network",
            "AND",
            "CASE()",
            "IN",
            "NOT",
            "OR",
            "comment",
        ],
    );
    check(
        "search evil a=* | where NOT like('b.c', \"x%\") AND n>=1 | eval z=\"x\".lower(a)",
        &[
            "=",
            "= *",
            "AND",
            "eval",
            "eval .",
            "like",
            "lower",
            "search",
            "term",
            "where",
            "where =",
            "where >=",
            "where AND",
            "where NOT",
        ],
    );
    check(
        "a=1 | stats count min(_time) AS t by b | sort - t",
        &[
            "=", "min", "sort", "sort -", "stats", "stats AS", "stats BY",
        ],
    );
}

#[test]
fn sigma() {
    let text = "title: x\nlogsource:\n  category: a\ndetection:\n  one:\n    - evil\n  two:\n    Image|endswith|cased:\n      - '\\a.exe'\n      - '\\b*'\n    Id: 4688\n  three:\n    Name: null\n  condition: one or (two and not three)\nlevel: low\n";
    check(
        "sigma",
        text,
        &[
            "()",
            "*",
            "\\",
            "and",
            "cased",
            "chain",
            "condition",
            "endswith",
            "keywords",
            "list of values",
            "logsource",
            "map",
            "not",
            "null",
            "number",
            "or",
            "plain value",
        ],
    );
    // What is not read is an assumption.
    check(
        "sigma",
        "detection: {s: {f|x: a}, condition: s}",
        &["flow mapping"],
    );
    check(
        "sigma",
        "correlation:\n  type: event_count\n  rules: [a]\n  timespan: 1m\n  condition:\n    lt: 5\n",
        &[
            "correlation",
            "event_count",
            "event_count lt",
            "rules",
            "timespan",
        ],
    );
}

/// The words never say more than the weakest cell.
#[test]
fn words_are_bound_by_the_weakest_cell() {
    let grounds = |marks: &[(&str, Mark)]| Grounds {
        operators: marks
            .iter()
            .map(|(name, mark)| ((*name).to_owned(), *mark))
            .collect(),
    };
    for (marks, mark, says) in [
        (
            &[("==", Verified)][..],
            Verified,
            "proved on a verified engine",
        ),
        (
            &[("==", Verified), ("in", Documented)],
            Documented,
            "agrees with the documented behaviour",
        ),
        (
            &[
                ("==", Verified),
                ("in", Documented),
                ("x", Assumed),
                ("y", Assumed),
            ],
            Assumed,
            "agrees, but rests on assumptions: `x`, `y`",
        ),
        (
            &[("x", Assumed), ("bin()", Contradicted)],
            Contradicted,
            "agrees, but the engine is known to differ from the documents in cases of `bin()`",
        ),
        // A text in which nothing was found proves nothing.
        (&[], Assumed, "agrees, but rests on assumptions: "),
    ] {
        let grounds = grounds(marks);
        assert_eq!((grounds.mark(), grounds.says(false).as_str()), (mark, says));
    }
}

#[test]
fn the_weakest_aspect_counts() {
    let cells = Cells::parse(
        "# a comment\nx\tversion 1\nx\tone\tvvd...\nx\ttwo\tv.x..a\nx\tnone\t......\n",
    );
    assert_eq!(cells.weakest("x", "one"), Some(Mark::Documented));
    assert_eq!(cells.weakest("x", "two"), Some(Mark::Contradicted));
    assert_eq!(cells.weakest("x", "none"), None);
    assert_eq!(cells.weakest("y", "one"), None);
    assert_eq!(cells.versions("x"), ["version 1"]);
}

/// Nothing that is no query of the language takes the reader down.
#[test]
fn any_text_is_read() {
    for text in [
        "",
        "|",
        "\"",
        "'",
        "@\"",
        "```",
        "((",
        "a\\",
        "\u{1f98a}.x",
        ".",
        "..",
        "'|",
        "- ",
        ":",
        "detection:\n  - : x\n",
    ] {
        for language in ["kql", "esql", "eql", "spl", "sigma"] {
            assert!(operators(language, text).is_some());
            assert!(operators(language, &format!("{text}{text}|{text}")).is_some());
        }
    }
}
