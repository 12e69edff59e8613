//! Events as rows.

use super::ir;
use super::notation::{Fields, leaf};
use verdict_compiler::ir::Expr;
use verdict_event::{Event, FieldSchema, FieldType};
use verdict_targets::esql::Esql;
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
    let ir = ir(Expr::all(leaves), fields);
    match Esql.projector(&ir, &Profile::raw())(&event) {
        Projection::Row(row) => row.to_json_line(),
        Projection::Unrepresentable(reason) => format!("none: {reason}"),
    }
}

#[test]
fn rows() {
    let mut report = String::new();
    for case in super::cases("rows").lines() {
        let (line, event) = case.split_once('\t').expect("a leaf and an event");
        report.extend([case, "\n    ", &row(&[line], event), "\n"]);
    }
    super::snapshot("rows", &report);
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
    let schema = Esql.schema(&ir(leaf, fields.clone()), &Profile::raw());
    let expected = fields
        .into_iter()
        .map(|(path, field)| (path.as_str().to_owned(), field));
    let time = ("@timestamp".to_owned(), FieldSchema::new(FieldType::Date));
    assert_eq!(schema.fields, expected.chain([time]).collect());
}
