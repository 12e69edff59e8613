//! The matcher against a plain reading of the IR, on cases and at random.

mod cases;
mod filed;
mod naive;
mod random;

use crate::native::{Matcher, Pack};
use proptest::prelude::*;
use std::collections::BTreeMap;
use verdict_compiler::ir::{Expr, Ir, Origin};
use verdict_event::{Event, FieldSchema, Path};

fn ir(predicate: Expr, fields: BTreeMap<Path, FieldSchema>) -> Ir {
    Ir {
        detection: predicate.clone(),
        predicate,
        origin: Origin::default(),
        fields,
    }
}

fn event(json: &str) -> Event {
    let json = serde_json::from_str(json).expect("JSON");
    Event::from_json(json).expect("an object")
}

#[test]
fn matchers_are_shared_by_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Matcher>();
    shared::<Pack>();
}

#[test]
fn an_empty_pack_matches_nothing() {
    assert!(Pack::new([]).matches(&event(r#"{"a":1}"#)).is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_matcher_says_what_the_plain_reading_says(ir in random::ir(), events in prop::collection::vec(random::event(), 1..6)) {
        let matcher = Matcher::new(&ir);
        for event in &events {
            prop_assert_eq!(matcher.matches(event), naive::holds(&ir, event), "{:?}", event);
        }
    }

    #[test]
    fn texts_match_as_the_plain_pattern_says(pattern in random::pattern(), text in random::text()) {
        let ir = ir(random::is("a", verdict_compiler::ir::Test::Text(pattern.clone())), BTreeMap::new());
        let event = Event::new(vec![("a".to_owned(), text.as_str().into())]);
        prop_assert_eq!(Matcher::new(&ir).matches(&event), pattern.matches(&text));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_pack_says_what_each_matcher_says(irs in prop::collection::vec(random::ir(), 0..20), events in prop::collection::vec(random::event(), 1..8)) {
        let pack = Pack::new(&irs);
        let matchers: Vec<Matcher> = irs.iter().map(Matcher::new).collect();
        for event in &events {
            let alone: Vec<usize> = matchers
                .iter()
                .enumerate()
                .filter_map(|(at, matcher)| matcher.matches(event).then_some(at))
                .collect();
            prop_assert_eq!(pack.matches(event), alone, "{:?}", event);
        }
    }
}
