//! What is printed is read back as the same tree: the searches of the conformance cases, and small trees at random.

mod random;

use super::super::Query;
use crate::tests::identity::{comes_back, conformance};

#[test]
fn every_conformance_query_comes_back() {
    conformance::<Query>("spl", 500);
}

/// Brackets stand where the language needs them and nowhere else.
#[test]
fn brackets_are_the_fewest() {
    for text in [
        r#"search "a" OR "b" AND "c""#,
        r#"search ("a" AND "b") OR NOT ("c" OR "d") AND ("e" AND NOT NOT "f")"#,
        r#"search a="x \"y\" \\ \| z*" AND "b.c"!=CASE(d) AND e IN ("f", CASE(g)) AND CASE(h) AND TERM(i=j)"#,
        r#"search a<"1" AND b<="2" AND c>"3" AND dd>="" AND "in"="4" AND "é"="5""#,
        "search \"*\" | where a XOR b OR c AND NOT d",
        "search \"*\" | where (a XOR b) AND (c OR d) AND NOT (e AND f)",
        "search \"*\" | where a + b == c * d AND NOT e != f",
        "search \"*\" | where (a == b) == (c < d) OR (a LIKE \"x%\") + 1 > 2",
        "search \"*\" | where a - (b - c) - d * (e + f) / g",
        "search \"*\" | where a * (b / c) % d - -e + --f",
        "search \"*\" | where (a . b) + c == \"x\" . -1.50 . (e + f)",
        "search \"*\" | where a . \"b\" in (c OR d, 1) AND 'in' in (f(), g(a AND b, 'x.y'))",
    ] {
        let query = Query::parse(text).expect(text);
        assert_eq!(query.print(), text);
        assert_eq!(comes_back(&query), Ok(()));
    }
}

/// Every command, where names are words of the language.
#[test]
fn commands_come_back() {
    for (text, printed) in [
        ("a b", r#"search "a" AND "b""#),
        (
            "| search (a OR (b)) NOT c=d ```said```",
            r#"search "a" OR "b" AND NOT c="d""#,
        ),
        (
            r#"a\"b \x c:\\d search=x"#,
            r#"search "a\"b" AND "\\x" AND "c:\\d" AND search="x""#,
        ),
        (
            r#"* | eval 'a.b'=((c)), "d*"=e=f, as=1 | where !isnull(a) AND NOT (b)"#,
            r#"search "*" | eval "a.b" = c, "d*" = e == f, "as" = 1 | where NOT isnull(a) AND NOT b"#,
        ),
        (
            r#"* | regex "x|y" | regex "a b"!="\d\|" | rex "(?<n>.)" max_match=0 field=f"#,
            r#"search "*" | regex _raw="x\|y" | regex "a b"!="\\d\|" | rex field=f max_match=0 "(?<n>.)""#,
        ),
        (
            "* | fields a b*, \"c d\" | fields - e | table by | head | tail limit=3 | reverse",
            "search \"*\" | fields + a, b*, \"c d\" | fields - e | table \"by\" | head 10 | tail 3 | reverse",
        ),
        (
            "* | rename a as \"as\", b.c AS d | bucket _time span=1h as t | bin span=2d _time",
            "search \"*\" | rename a AS \"as\", \"b.c\" AS d | bin span=3600s _time AS t | bin span=172800s _time",
        ),
        (
            "* | sort - a, +num(b) str(desc) ip(\"c d\") | sort 0 d, a desc | sort limit=5 -d",
            "search \"*\" | sort 10000 -a, +num(b), +str(\"desc\"), +ip(\"c d\") | sort 0 -\"d\", -a | sort 5 -\"d\"",
        ),
        (
            "* | dedup a | dedup 2 \"b c\" consecutive=t d keepempty=1",
            "search \"*\" | dedup 1 a keepempty=false consecutive=false | dedup 2 \"b c\", d keepempty=true consecutive=true",
        ),
        (
            "* | stats c, count(), sum( \"a b\" ), p99.5(d) as e exactperc50(f) BY g by.h",
            "search \"*\" | stats count AS c, count AS \"count()\", sum(\"a b\") AS \"sum(a b)\", perc99.5(d) AS e, exactperc50(f) AS \"exactperc50(f)\" BY g, \"by.h\"",
        ),
        (
            "* | eventstats count(eval(a=\"x)\" OR ('b)'=1))) as n, dc(c) by d",
            "search \"*\" | eventstats count(eval(a == \"x)\" OR 'b)' == 1)) AS n, dc(c) AS \"dc(c)\" BY d",
        ),
        (
            r#"* | streamstats window=3 count as n reset_after="("a==\"x\\\" OR match(b, \"c\|d\")")" by e time_window=1m current=f"#,
            r#"search "*" | streamstats current=false global=true window=3 time_window=60s reset_on_change=false reset_after="("a == \"x\\\" OR match(b, \"c\|d\")")" count AS n BY e"#,
        ),
    ] {
        let query = Query::parse(text).unwrap_or_else(|errors| panic!("{text}\n{errors:?}"));
        assert_eq!(query.print(), printed);
        assert_eq!(comes_back(&query), Ok(()));
    }
}

/// The relation tells trees apart that a missing bracket would make of each other.
#[test]
fn other_trees_are_told_apart() {
    let read =
        |text: String| Query::parse(&text).unwrap_or_else(|errors| panic!("{text}\n{errors:?}"));
    let test = |text: &str| read(format!("* | where {text}"));
    for (one, other) in [
        ("a - (b - c)", "a - b - c"),
        ("(a OR b) AND c", "a OR b AND c"),
        ("(a XOR b) OR c", "a XOR b OR c"),
        ("NOT (a AND b)", "NOT a AND b"),
        ("(a AND b) AND c", "a AND b AND c"),
        ("a . (b + c)", "a . b"),
        ("a == 1", "a == 1.0"),
        ("a == b", "a == \"b\""),
    ] {
        assert!(!test(one).same_tree(&test(other)), "{one} and {other}");
        assert!(test(one).same_tree(&test(&format!("(({one}))"))), "{one}");
    }
    let search = |text: &str| read(text.to_owned());
    for (one, other) in [
        ("a OR b c", "a OR (b c)"),
        ("NOT (a OR b)", "NOT a OR b"),
        ("NOT (a b)", "NOT a b"),
        ("a=b", "a=CASE(b)"),
        ("a", "TERM(a)"),
    ] {
        assert!(!search(one).same_tree(&search(other)), "{one} and {other}");
        assert!(
            search(one).same_tree(&search(&format!("(({one}))"))),
            "{one}"
        );
    }
}

/// What no page says: the name of an aggregate over an expression.
#[test]
fn an_expression_needs_a_name() {
    assert!(Query::parse("* | stats count(eval(a=1)) AS n").is_ok());
    assert!(Query::parse("* | stats count(eval(a=1))").is_err());
    assert!(Query::parse("* | stats sum(eval(a.\"x\")) BY b").is_err());
}
