//! Events as rows.

use super::ir;
use super::notation::{Fields, leaf};
use verdict_compiler::ir::Expr;
use verdict_event::Event;
use verdict_targets::kql::Kql;
use verdict_targets::profile::Profile;
use verdict_targets::{Projection, Target};

/// The row of an event for a rule of these leaves, as a line of JSON, or why there is none.
fn row(lines: &[&str], event: &str) -> String {
    let mut fields = Fields::new();
    let leaves: Vec<Expr> = lines
        .iter()
        .map(|line| {
            let (leaf, more) = leaf(line);
            fields.extend(more);
            leaf
        })
        .collect();
    let event = serde_json::from_str(event).expect("JSON");
    let event = Event::from_json(event).expect("an event");
    match Kql.project(&ir(Expr::all(leaves), fields), &Profile::raw(), &event) {
        Projection::Row(row) => row.to_json_line(),
        Projection::Unrepresentable(reason) => format!("none: {reason}"),
    }
}

#[test]
fn rows() {
    for (line, event, expected) in [
        ("f:keyword =~ x", r#"{"f":"X","g":1}"#, r#"{"f":"X"}"#),
        ("f:keyword =~ x", r"{}", r#"{"f":""}"#),
        ("f:keyword =~ x", r#"{"f":4.0}"#, r#"{"f":"4.0"}"#),
        (
            "f:keyword =~ x",
            r#"{"f":["a","b"]}"#,
            "none: `f`: a list in a scalar column",
        ),
        ("f:keyword =~ x", r#"{"f":["a"]}"#, r#"{"f":"a"}"#),
        ("f:keyword num 4688", r#"{"f":4688}"#, r#"{"f":"4688"}"#),
        (
            "f:keyword num 4688",
            r#"{"f":4688.0}"#,
            "none: `f`: `4688.0` is another text of 4688",
        ),
        (
            "f:keyword num 4688",
            r#"{"f":"4688.0"}"#,
            r#"{"f":"4688.0"}"#,
        ),
        ("f:keyword num 4688", r#"{"f":7.0}"#, r#"{"f":"7.0"}"#),
        (
            "f:keyword instant < 0",
            r#"{"f":5}"#,
            "none: `f`: a number of milliseconds in a column of text",
        ),
        ("f:long > 5", r#"{"f":"7"}"#, r#"{"f":7}"#),
        ("f:long > 5", r#"{"f":7.0}"#, r#"{"f":7}"#),
        (
            "f:long > 5",
            r#"{"f":7.5}"#,
            "none: `f`: `7.5` in a column of whole numbers",
        ),
        ("f:long > 5", r#"{"f":null}"#, r#"{"f":null}"#),
        ("f:long num 7", r#"{"f":7.0}"#, r#"{"f":7}"#),
        (
            "f:long num 7",
            r#"{"f":"7.0"}"#,
            "none: `f`: `7.0` is another text of 7",
        ),
        (
            "f:long ~ 7*",
            r#"{"f":7.0}"#,
            "none: `f`: `7.0` is kept as `7`",
        ),
        ("f:double > 5", r#"{"f":0.1}"#, r#"{"f":0.1}"#),
        (
            "f:double > 5",
            r#"{"f":9007199254740993}"#,
            "none: `f`: `9007199254740993` in a column of reals",
        ),
        ("f:boolean bool true", r#"{"f":"true"}"#, r#"{"f":true}"#),
        (
            "f:boolean bool true",
            r#"{"f":"yes"}"#,
            "none: `f`: `yes` in a column of truth values",
        ),
        (
            "f:date instant < 0",
            r#"{"f":1500}"#,
            r#"{"f":"1970-01-01T00:00:01.500Z"}"#,
        ),
        (
            "f:date hour < 0",
            r#"{"f":1500}"#,
            "none: `f`: `1500` in a column of dates",
        ),
        (
            "f:date hour < 0",
            r#"{"f":"2024-02-29T01:02:03.5+01:00"}"#,
            r#"{"f":"2024-02-29T01:02:03.5+01:00"}"#,
        ),
        (
            "f:date hour < 0",
            r#"{"f":"2023-02-29T01:02:03Z"}"#,
            "none: `f`: `2023-02-29T01:02:03Z` in a column of dates",
        ),
        (
            "f:keyword[] =~ x",
            r#"{"f":["a",4.0,null,true]}"#,
            r#"{"f":["a","4.0","true"]}"#,
        ),
        ("f:keyword[] =~ x", r#"{"f":[]}"#, r#"{"f":null}"#),
        ("f:long[] == 5", r#"{"f":[5.0,"6"]}"#, r#"{"f":["5","6"]}"#),
        (
            "f:long[] == 5",
            r#"{"f":[5.5]}"#,
            "none: `f`: `5.5` in a list of whole numbers",
        ),
        (
            "process.name:keyword =~ x",
            r#"{"process":{"name":"x"}}"#,
            r#"{"process.name":"x"}"#,
        ),
        (
            "* ~ *x*",
            r#"{"a":{"b":"x","c":[1,2]},"d":[{"e":"y"},{"e":"z"}],"n":null}"#,
            r#"{"a.b":"x","a.c":["1","2"],"d.e":["y","z"]}"#,
        ),
    ] {
        assert_eq!(row(&[line], event), expected, "{line} over {event}");
    }
}

#[test]
fn a_function_reads_the_text_of_its_fields() {
    let event = r#"{"f":7.0}"#;
    assert_eq!(
        row(&["length(f:long) > 1"], event),
        "none: `f`: `7.0` is kept as `7`"
    );
    assert_eq!(row(&["f:long > 1"], event), r#"{"f":7}"#);
}

#[test]
fn the_schema_lists_what_the_query_reads() {
    let (leaf, fields) = leaf("process.args:keyword[] =~ x");
    let schema = Kql.schema(&ir(leaf, fields.clone()), &Profile::raw());
    let expected = fields
        .into_iter()
        .map(|(path, field)| (path.as_str().to_owned(), field));
    assert_eq!(schema.fields, expected.collect());
}
