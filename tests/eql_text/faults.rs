//! The faults of today's translations to EQL, each with a rule that shows it: none is ours.

use super::{emit, eql_rule, finds, meaning, query, sigma_rule};
use verdict_compiler::Ir;
use verdict_event::Event;
use verdict_targets::{Claim, Emitted};

struct Compiled {
    emitted: Emitted,
    ir: Ir,
}

impl Compiled {
    fn sigma(detection: &str) -> Self {
        let rule = sigma_rule(detection);
        let ir = meaning(&rule, None).expect("a meaning");
        let emitted = emit(&rule, &ir);
        Self { emitted, ir }
    }

    fn finds(&self, event: &str) -> bool {
        let event = serde_json::from_str(event).expect("JSON");
        finds(
            &self.emitted,
            &self.ir,
            &Event::from_json(event).expect("an event"),
        )
    }

    fn says(&self, expected: &str) {
        assert_eq!(query(&self.emitted), expected);
        assert!(
            meaning(&eql_rule(expected), None).is_ok(),
            "{expected} is EQL"
        );
    }

    fn refused(&self) -> Vec<&'static str> {
        match &self.emitted.claim {
            Claim::Unsupported(refusals) => {
                refusals.iter().map(|refusal| refusal.code.id).collect()
            }
            Claim::Exact | Claim::Diverges(_) => Vec::new(),
        }
    }
}

/// 8: a case-sensitive expression became one that ignores case, and quotes and slashes broke its string.
#[test]
fn expressions_keep_their_case_and_their_quotes() {
    let exact = Compiled::sigma("sel:\n  f|re: 'say \"Hi\"/x'\ncondition: sel");
    exact.says("any where f regex \"\"\".*say \\\"Hi\\\"/x.*\"\"\"");
    assert!(exact.finds(r#"{"f":"they say \"Hi\"/x\nand go"}"#));
    assert!(!exact.finds(r#"{"f":"they say \"hi\"/x"}"#));
    let fold = Compiled::sigma("sel:\n  f|re|i: 'net1?\\s'\ncondition: sel");
    assert!(query(&fold.emitted).starts_with("any where f regex~ "));
    assert!(fold.finds(r#"{"f":"x NET1 y"}"#));
}

/// 9: `:` compares only text, and a number stood beside it.
#[test]
fn a_number_never_stands_beside_a_colon() {
    let number = Compiled::sigma("sel:\n  ProcessId: 4\n  EventID: [1, 4688]\ncondition: sel");
    number.says("any where ProcessId == \"4\" and EventID in (\"1\", \"4688\")");
    assert!(number.finds(r#"{"ProcessId":4,"EventID":"4688"}"#));
    let order = Compiled::sigma("sel:\n  Size|gt: 10\ncondition: sel");
    order.says("any where number(Size) > 10");
    assert!(order.finds(r#"{"Size":"11"}"#));
}

/// 10: a name with a hyphen was a subtraction.
#[test]
fn names_that_are_none_stand_in_backticks() {
    let name = Compiled::sigma("sel:\n  cs-uri-query|contains: x\n  like: y\ncondition: sel");
    name.says("any where `cs-uri-query` : \"*x*\" and `like` : \"y\"");
    assert!(name.finds(r#"{"cs-uri-query":"axb","like":"Y"}"#));
}

/// 11: `cased` with `contains` became `==` with a star in it, which never fires. (30: `cased` is said at all.)
#[test]
fn cased_patterns_are_patterns() {
    let cased = Compiled::sigma("sel:\n  f|contains|cased: EnCoded\ncondition: sel");
    cased.says("any where f like \"*EnCoded*\"");
    assert!(cased.finds(r#"{"f":"x -EnCodedCommand"}"#));
    assert!(!cased.finds(r#"{"f":"x -encodedcommand"}"#));
}

/// 12: keywords became `"a" or "b"`, which is no condition.
#[test]
fn keywords_are_conditions() {
    let keywords = Compiled::sigma("keywords:\n  - mimikatz\n  - sekurlsa\ncondition: keywords");
    keywords.says("any where message : (\"*mimikatz*\", \"*sekurlsa*\")");
    assert!(keywords.finds(r#"{"message":"run Mimikatz now"}"#));
    assert!(matches!(keywords.emitted.claim, Claim::Diverges(_)));
}

/// 13: correlations lost their operator, timespan or values. They have no meaning here yet, and so no text.
#[test]
fn correlations_are_refused() {
    let text = "title: Many\nid: 6d0a4c1e-0000-4000-8000-000000000002\ncorrelation:\n  type: value_count\n  rules: [a]\n  group-by: [ip]\n  timespan: 5m\n  condition: {field: user, gte: 5}\n";
    let loaded = verdict_compiler::rule::load(&verdict_compiler::Source::new("rule.yml", text));
    let rule = loaded.rules.first().expect("a rule");
    assert!(meaning(rule, None).is_err());
}

/// 29: parts of a date were dropped, so that an hour stood beside a whole date.
#[test]
fn parts_of_dates_are_refused() {
    let hour = Compiled::sigma("sel:\n  UtcTime|hour: 3\ncondition: sel");
    assert_eq!(hour.refused(), ["V0936"]);
}

/// 30: `fieldref` and `exists` were not said.
#[test]
fn fields_are_compared_and_looked_for() {
    let same = Compiled::sigma("sel:\n  a|fieldref: b\ncondition: sel");
    assert!(same.finds(r#"{"a":"X","b":"x"}"#));
    assert!(same.finds(r#"{"a":["y","X"],"b":["x","z"]}"#));
    assert!(!same.finds(r#"{"a":"xy","b":"x"}"#));
    assert!(!same.finds(r#"{"a":"x"}"#));
    let starts = Compiled::sigma("sel:\n  a|fieldref|startswith: b\ncondition: sel");
    starts.says("any where startsWith~(a, b)");
    let contains = Compiled::sigma("sel:\n  a|fieldref|contains: b\ncondition: sel");
    assert!(contains.finds(r#"{"a":"xyz","b":"Y"}"#) && contains.finds(r#"{"a":"x","b":""}"#));
    let exists = Compiled::sigma("sel:\n  a|exists: true\ncondition: sel");
    exists.says("any where a != null");
}

/// The corpus' commonest faults elsewhere: a negated condition on a missing field is true, and a list is met by any of its values.
#[test]
fn missing_fields_and_lists_are_as_the_rule_has_them() {
    let filtered = Compiled::sigma(
        "sel:\n  a: x\nfilter:\n  b|endswith: '\\y'\ncondition: sel and not filter",
    );
    filtered.says("any where a : \"x\" and not b : \"*\\\\y\"");
    assert!(filtered.finds(r#"{"a":"x"}"#));
    assert!(filtered.finds(r#"{"a":["w","x"],"b":["z"]}"#));
    assert!(!filtered.finds(r#"{"a":["w","x"],"b":["z","C:\\Y"]}"#));
}
