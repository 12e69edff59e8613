//! The runtime against the IR's own definitions: the same answers on any input.

use crate::rust::runtime::event::{Event, FieldName, Fields, Null, Reads};
use crate::rust::runtime::json::{Json, Reader};
use crate::rust::runtime::number::Decimal;
use crate::rust::runtime::text::{self, Piece};
use crate::rust::runtime::{instant, version};
use proptest::prelude::*;
use std::sync::LazyLock;
use verdict_compiler::ir::{self, Case, Pattern};
use verdict_event::{Value, read_events};

/// A tree as the other reader has it.
fn value(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(truth) => Value::Bool(*truth),
        Json::Number(number) => verdict_event::Number::parse(number)
            .map_or_else(|| Value::String(number.to_string()), Value::Number),
        Json::Text(text) => Value::String(text.to_string()),
        Json::List(items) => Value::List(items.iter().map(value).collect()),
        Json::Object(entries) => Value::Object(
            entries
                .iter()
                .map(|(key, inner)| (key.to_string(), value(inner)))
                .collect(),
        ),
    }
}

/// Text that is JSON, or nearly.
fn json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        // The other reader writes exponents anew (`1E5` becomes `1e+5`), so here they are written as it does.
        "-?(0|[1-9][0-9]{0,20})(\\.[0-9]{1,3})?(e[+-][0-9]{1,12})?",
        "\"([a-z ]|\\\\[\"\\\\/bfnrtu]|\\\\u[0-9a-fd]{4}|é|😀){0,6}\"",
        "[-0-9.+]{1,4}",
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let blank = prop_oneof![Just(""), Just(" "), Just("\n\t")];
        prop_oneof![
            (prop::collection::vec(inner.clone(), 0..4), blank.clone()).prop_map(
                |(items, blank)| format!("[{blank}{}]", items.join(&format!(",{blank}")))
            ),
            (prop::collection::vec(("[ab]|a\\.b|", inner), 0..4), blank).prop_map(
                |(entries, blank)| {
                    let entries: Vec<String> = entries
                        .iter()
                        .map(|(key, value)| format!("\"{key}\"{blank}:{value}{blank}"))
                        .collect();
                    format!("{{{blank}{}}}", entries.join(","))
                }
            ),
        ]
    })
}

static NAMES: [FieldName; 4] = {
    const fn name(path: &'static str) -> FieldName {
        FieldName {
            path,
            reads: Reads::Any,
            null: Null::Missing,
        }
    }
    [name(""), name("a"), name("a.b"), name("b.a.b")]
};
static FIELDS: LazyLock<Fields> = LazyLock::new(|| Fields::new(&NAMES, true));

proptest! {
    #[test]
    fn json_reads_as_elsewhere(text in json(), cut in any::<prop::sample::Index>()) {
        let text = format!("{{\"x\":{text}}}");
        let broken: String = text.chars().take(cut.index(text.chars().count() + 1)).collect();
        for text in [text, broken] {
            let ours = Reader::new(&text).document();
            match read_events(&text) {
                Ok(events) => {
                    let ours = ours.expect("readable");
                    prop_assert_eq!(ours.as_ref().map(value), events.first().map(|event| event.root().clone()));
                }
                Err(error) => prop_assert!(ours.is_err(), "{} {:?}", text, error),
            }
        }
    }

    #[test]
    fn fields_read_as_elsewhere(text in json()) {
        let text = format!("{{\"a\":{text},\"b\":{{\"a\":{text}}}}}");
        let Ok(events) = read_events(&text) else {
            return Ok(());
        };
        let event = Event::read(&mut Reader::new(&text), &FIELDS).expect("readable");
        let [ours] = event.as_slice() else {
            panic!("one event");
        };
        for (at, name) in NAMES.iter().enumerate() {
            let field = crate::rust::runtime::event::Field(at);
            let have: Vec<String> = ours.values(field).iter().flatten().map(|value| value.as_str().to_owned()).collect();
            let wanted: Vec<String> = if at == 0 {
                events[0].strings().into_iter().map(str::to_owned).collect()
            } else {
                let values = events[0].values(&name.path.into());
                prop_assert_eq!(ours.stands(field), events[0].has_key(&name.path.into()));
                values.iter().filter_map(|value| value.scalar_text()).map(str::to_owned).collect()
            };
            prop_assert_eq!(have, wanted, "{}", name.path);
        }
    }

    #[test]
    fn case_and_wildcards(pieces in prop::collection::vec(0..5_usize, 0..6), whole in "[abAB\u{212a}kéÉσΣ\n]{0,8}") {
        const LITERALS: [&str; 3] = ["a", "aB", "É"];
        let theirs = pieces.iter().map(|piece| match piece {
            0 => ir::Piece::AnyRun,
            1 => ir::Piece::AnyChar,
            at => ir::Piece::Literal(LITERALS[at - 2].to_owned()),
        });
        let pattern = Pattern::new(theirs, Case::Fold);
        let folded: Vec<String> = pattern.pieces().iter().map(|piece| match piece {
            ir::Piece::Literal(text) => text::fold(text),
            ir::Piece::AnyRun | ir::Piece::AnyChar => String::new(),
        }).collect();
        let ours: Vec<Piece> = pattern.pieces().iter().zip(&folded).map(|(piece, text)| match piece {
            ir::Piece::Literal(_) => Piece::Text(text.clone().leak()),
            ir::Piece::AnyRun => Piece::Run,
            ir::Piece::AnyChar => Piece::One,
        }).collect();
        let text = text::folded(&whole).unwrap_or_else(|| whole.clone().into());
        prop_assert_eq!(&*text, ir::fold::fold(&whole));
        prop_assert_eq!(text::like(&ours, &text), pattern.matches(&whole));
    }

    #[test]
    fn every_character_folds_alike(c in any::<char>()) {
        prop_assert_eq!(text::fold_char(c), ir::fold::fold_char(c));
    }

    #[test]
    fn numbers_compare_alike(a in "-?[0-9]{1,3}(\\.[0-9]{1,3})?([eE][+-]?[0-9])?|.{0,6}", b in "-?[0-9]{1,3}(\\.0{1,2})?") {
        let (mine, theirs) = (Decimal::parse(&a), verdict_event::Decimal::parse(&a));
        prop_assert_eq!(mine.is_some(), theirs.is_some());
        prop_assert_eq!(mine.as_ref().and_then(Decimal::to_i64), theirs.as_ref().and_then(verdict_event::Decimal::to_i64));
        let order = mine.zip(Decimal::parse(&b)).map(|(a, b)| a.cmp(&b));
        prop_assert_eq!(order, theirs.zip(verdict_event::Decimal::parse(&b)).map(|(a, b)| a.cmp(&b)));
    }

    #[test]
    fn instants_and_versions_agree(
        date in "(20[0-9]{2}|1600|0000)-[01][0-9]-[0-3][0-9]([T ][0-2][0-9]:[0-5][0-9](:[0-6][0-9](\\.[0-9]{1,7})?)?(Z|[+-][0-9]{2}:?[0-9]{2})?)?",
        a in "[0-9.+a-c-]{0,8}", b in "[0-9.+a-c-]{0,8}",
    ) {
        let at = ir::instant::parse(&date);
        prop_assert_eq!(instant::parse(&date), at);
        prop_assert_eq!(instant::parse_date_time(&date), ir::instant::parse_date_time(&date));
        for (mine, theirs) in [
            (instant::DatePart::Minute, ir::DatePart::Minute),
            (instant::DatePart::Hour, ir::DatePart::Hour),
            (instant::DatePart::Day, ir::DatePart::Day),
            (instant::DatePart::Week, ir::DatePart::Week),
            (instant::DatePart::Month, ir::DatePart::Month),
            (instant::DatePart::Year, ir::DatePart::Year),
        ] {
            prop_assert_eq!(at.map(|at| instant::part(at, mine)), at.map(|at| ir::instant::part(at, theirs)));
        }
        prop_assert_eq!(version::compare(&a, &b), ir::version::compare(&a, &b));
    }
}
