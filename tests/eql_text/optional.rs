//! Fields that a rule can do without, where nothing maps them: the text that comes out is judged with them as the rule's own is.

use super::{emit, eql_rule, meaning};
use verdict_engines::eql;
use verdict_event::{Event, Schema};

/// What a query says of an event, where no index maps `f` and `g`.
fn finds(query: &str, event: &Event) -> bool {
    let schema = serde_json::json!({"fields": {
        "f": {"type": "keyword", "mapped": false},
        "g": {"type": "keyword", "mapped": false},
        "n": {"type": "long", "mapped": false},
        "a": {"type": "keyword"},
    }});
    let schema: Schema = serde_json::from_value(schema).expect("a schema");
    let query = eql::Query::parse(query).unwrap_or_else(|errors| panic!("{query}: {errors:?}"));
    let bound = query.bind(&schema, false);
    bound.expect("a bound query").matches(event)
}

#[test]
fn where_nothing_maps_them_the_text_folds_as_the_rule_does() {
    let events = [r#"{"a": "x"}"#, r#"{"a": ["x", "y"]}"#, "{}"].map(|text| {
        let value = serde_json::from_str(text).expect("JSON");
        Event::from_json(value).expect("an event")
    });
    for condition in [
        r#"?f : "x""#,
        r#"not ?f : "x""#,
        r#"?f == "x""#,
        r#"not ?f == "x""#,
        r#"?f != "x""#,
        "?f == null",
        "?f != null",
        r#"not ?f in ("x", "y")"#,
        r#"not ?f in~ ("x", "y")"#,
        r#"not ?f like ("x*", "y?")"#,
        r#"not ?f regex~ "x+""#,
        r#"not startsWith(?f, "x")"#,
        "not ?n > 3",
        "not length(?f) > 3",
        r#"a == "x" or not ?f : "x""#,
        r#"a == "x" and not (?f : "x" and ?g : "y")"#,
        r#"not (a == "x" and ?f : "x*")"#,
        r#"a == "x" and (?f != "x" or ?g : "y")"#,
    ] {
        let own = format!("any where {condition}");
        let rule = eql_rule(&own);
        let ir = meaning(&rule, None).expect("a meaning");
        assert!(!ir.origin.optional.is_empty(), "{own}");
        let text = emit(&rule, &ir).text.expect("a query");
        for event in &events {
            assert_eq!(
                finds(&text, event),
                finds(&own, event),
                "{own}\n{text}\n{event:?}"
            );
        }
    }
}
