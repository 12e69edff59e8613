//! The faults of today's translations to Kusto, each with a rule that shows it: none is ours. Texts are judged by the engine, as rows of profile `raw`.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeMap;
use verdict_compiler::rule::load;
use verdict_compiler::{Inputs, Ir, Meaning, Source, compile};
use verdict_engines::kql;
use verdict_event::Event;
use verdict_targets::kql::Kql;
use verdict_targets::profile::Profile;
use verdict_targets::{Claim, Projection, Target};

struct Compiled {
    ir: Ir,
    claim: Claim,
    text: String,
}

/// A Sigma rule with this detection, which is YAML, compiled to Kusto.
fn sigma(detection: &str) -> Compiled {
    let indented = detection.trim_end().replace('\n', "\n  ");
    let text = format!(
        "title: Rule\nid: 6d0a4c1e-0000-4000-8000-000000000001\nlogsource: {{category: test}}\ndetection:\n  {indented}\n"
    );
    let loaded = load(&Source::new("rule.yml", text.as_str()));
    let rule = loaded.rules.first().expect("a rule");
    let placeholders = BTreeMap::new();
    let inputs = Inputs {
        logsources: None,
        placeholders: &placeholders,
        schema: None,
    };
    let Meaning::Known(ir) = compile(rule, &inputs).meaning else {
        panic!("{text} has no meaning");
    };
    let emitted = Kql.compile(rule, &ir, &Profile::raw());
    Compiled {
        ir: *ir,
        claim: emitted.claim,
        text: emitted.text.expect("a text"),
    }
}

impl Compiled {
    fn finds(&self, event: &str) -> bool {
        let event = serde_json::from_str(event).expect("JSON");
        let event = Event::from_json(event).expect("an event");
        let schema = Kql.schema(&self.ir, &Profile::raw());
        let query = kql::Query::parse(&self.text).expect("a query");
        let bound = query.bind(&schema, true).expect("a query of these columns");
        match Kql.projector(&self.ir, &Profile::raw())(&event) {
            Projection::Row(row) => bound.matches(&row).expect("a verdict"),
            Projection::Unrepresentable(reason) => panic!("no row: {reason}"),
        }
    }

    /// Finds these events and not those.
    fn check(&self, found: &[&str], passed_over: &[&str]) {
        for event in found {
            assert!(self.finds(event), "{} must find {event}", self.text);
        }
        for event in passed_over {
            assert!(!self.finds(event), "{} must not find {event}", self.text);
        }
    }
}

/// 14: `null` became `isnull()`, which is never true of a column of text.
#[test]
fn a_missing_text_is_found() {
    let rule = sigma("sel:\n  Image: x\n  CommandLine: null\ncondition: sel");
    assert!(!rule.text.contains("isnull"));
    rule.check(
        &[r#"{"Image":"X"}"#],
        &[r#"{"Image":"x","CommandLine":"y"}"#],
    );
}

/// 15: a wildcard inside a value of a list became two searches in no order.
#[test]
fn wildcards_inside_values_keep_their_order() {
    let rule = sigma("sel:\n  CommandLine|contains: ['foo*bar', plain]\ncondition: sel");
    rule.check(
        &[
            r#"{"CommandLine":"a FOO and bar"}"#,
            r#"{"CommandLine":"so plain"}"#,
        ],
        &[r#"{"CommandLine":"bar and foo"}"#],
    );
}

/// 16: one wildcard inside a value became an expression that minds case and is anchored nowhere.
#[test]
fn wildcards_inside_values_ignore_case_and_hold_the_whole_value() {
    let rule = sigma("sel:\n  Image: 'cmd?.exe'\ncondition: sel");
    rule.check(
        &[r#"{"Image":"CMD2.exe"}"#],
        &[r#"{"Image":"xcmd2.exe"}"#, r#"{"Image":"cmd2xexe"}"#],
    );
}

/// 17: an equality beside another test of its field became a search of terms.
#[test]
fn an_equality_stays_one() {
    let rule = sigma("sel:\n  CommandLine: net use\n  CommandLine|contains: net\ncondition: sel");
    rule.check(
        &[r#"{"CommandLine":"NET use"}"#],
        &[r#"{"CommandLine":"run net use now"}"#],
    );
}

/// 18: `neq` of several values was always true.
#[test]
fn no_value_of_a_list_is_equal() {
    let rule = sigma("sel:\n  User|neq: [bob, al]\ncondition: sel");
    rule.check(
        &[r#"{"User":"eve"}"#],
        &[r#"{"User":"Bob"}"#, r#"{"User":"al"}"#],
    );
}

/// 19 and 20: parts of a rule were put elsewhere or dropped. Every test of a field stands in the query.
#[test]
fn nothing_is_dropped() {
    let rule = sigma(
        "sel:\n  EventID: 4688\n  User|contains: AUTHORI\n  Hashes|contains: ['IMPHASH=AB', 'SHA1=CD']\ncondition: sel",
    );
    rule.check(
        &[r#"{"EventID":4688,"User":"NT AUTHORITY\\SYSTEM","Hashes":"MD5=1,IMPHASH=ab"}"#],
        &[
            r#"{"EventID":1,"User":"NT AUTHORITY\\SYSTEM","Hashes":"IMPHASH=ab"}"#,
            r#"{"EventID":4688,"User":"SYSTEM","Hashes":"IMPHASH=ab"}"#,
            r#"{"EventID":4688,"User":"NT AUTHORITY\\SYSTEM","Hashes":"MD5=1"}"#,
        ],
    );
}

/// 21: texts stood beside columns of numbers.
#[test]
fn numbers_are_compared_as_what_their_column_holds() {
    let rule = sigma("sel:\n  RemotePort: [80, 443]\n  Size|gt: 10\ncondition: sel");
    rule.check(
        &[
            r#"{"RemotePort":443,"Size":11}"#,
            r#"{"RemotePort":"80","Size":"11"}"#,
        ],
        &[
            r#"{"RemotePort":44,"Size":11}"#,
            r#"{"RemotePort":80,"Size":9}"#,
        ],
    );
}

/// 22: networks of IPv6 were given to the function of IPv4; keywords were no condition; a list of wildcards alone became nothing.
#[test]
fn networks_keywords_and_bare_wildcards_are_conditions() {
    let network = sigma("sel:\n  ip|cidr: ['fe80::/10', '10.0.0.0/8']\ncondition: sel");
    network.check(
        &[r#"{"ip":"fe80::1"}"#, r#"{"ip":"10.1.2.3"}"#],
        &[r#"{"ip":"2001:db8::1"}"#, r#"{"ip":"11.1.2.3"}"#, "{}"],
    );
    let keywords = sigma("keywords: [mimikatz, sekurlsa]\ncondition: keywords");
    assert!(matches!(keywords.claim, Claim::Diverges(_)));
    keywords.check(&[r#"{"any":"run Mimikatz"}"#], &[r#"{"any":"nothing"}"#]);
    let bare = sigma("sel:\n  f: ['?', '??*']\ncondition: sel");
    bare.check(&[r#"{"f":"a"}"#, r#"{"f":"ab"}"#], &["{}"]);
}
