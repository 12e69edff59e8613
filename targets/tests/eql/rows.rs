//! Events as rows.

use super::ir;
use super::notation::{Fields, leaf};
use verdict_compiler::ir::Expr;
use verdict_event::{Event, FieldType};
use verdict_targets::eql::Eql;
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
    match Eql.projector(&ir, &Profile::raw())(&event) {
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
fn the_schema_lists_what_the_query_reads() {
    let (leaf, fields) = leaf("process.args:keyword[] =~ x");
    let schema = Eql.schema(&ir(leaf, fields.clone()), &Profile::raw());
    let expected = fields
        .into_iter()
        .map(|(path, field)| (path.as_str().to_owned(), field));
    assert_eq!(schema.fields, expected.collect());
}

#[test]
fn a_field_that_is_held_against_networks_alone_is_one_of_addresses() {
    let kinds = |lines: &[&str]| {
        let leaves = lines.iter().map(|line| leaf(line).0);
        let schema = Eql.schema(&ir(Expr::any(leaves), Fields::new()), &Profile::raw());
        let fields = schema.fields.into_iter();
        fields
            .map(|(name, field)| (name, field.kind))
            .collect::<Vec<_>>()
    };
    let one = |kind| vec![("a".to_owned(), kind)];
    assert_eq!(
        kinds(&["a:keyword cidr 10.0.0.0/8", "a:keyword =~ ::1"]),
        one(FieldType::Ip)
    );
    assert_eq!(
        kinds(&["a:keyword cidr 10.0.0.0/8", "a:keyword =~ -"]),
        one(FieldType::Keyword)
    );
    assert_eq!(kinds(&["a:keyword =~ ::1"]), one(FieldType::Keyword));
    let (keyword, message) = (kinds(&["* ~ *x*"]), "message".to_owned());
    assert_eq!(keyword, vec![(message, FieldType::Keyword)]);
}
