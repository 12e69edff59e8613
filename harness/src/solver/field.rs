//! One field: values that satisfy some tests and none of others.
//!
//! Because a leaf over a list is true if any value satisfies it, a field can meet its demands exactly if for every positive test there is a value that
//! satisfies it and none of the negative ones. One value for all positives is preferred: it is what real events hold, and
//! not every target has lists.

use crate::oracle::Oracle;
use crate::solver::automaton::{self, Automata};
use crate::solver::event::Content;
use crate::solver::{address, number, text};
use verdict_compiler::ir::Test;
use verdict_compiler::ir::pattern::Shape;
use verdict_compiler::ir::readable::readable;
use verdict_event::{FieldType, Value};

/// What is demanded of a field.
#[derive(Clone, Default)]
pub struct Wants<'x> {
    positive: Vec<&'x Test>,
    negative: Vec<&'x Test>,
    missing: Option<bool>,
    present: Option<bool>,
    chosen: Vec<Value>,
    /// Tests that came since values were chosen.
    unchecked: Vec<(&'x Test, bool)>,
}

/// Whether demands can be met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// They are, by the values now chosen.
    Yes,
    /// Proved: never.
    Never,
    /// Neither.
    Unknown,
}

impl<'x> Wants<'x> {
    /// Some value must satisfy the test, or none may.
    pub fn test(&mut self, test: &'x Test, wanted: bool) {
        let side = if wanted {
            &mut self.positive
        } else {
            &mut self.negative
        };
        side.push(test);
        self.unchecked.push((test, wanted));
    }

    /// The field must be missing, or must not be.
    pub fn missing(&mut self, wanted: bool) {
        if self.missing == Some(!wanted) {
            // Both: no event can. An unsatisfiable pair of demands says so.
            self.present = Some(false);
            self.missing = Some(false);
        } else {
            self.missing = Some(wanted);
        }
    }

    /// The key must stand in the event, or must not.
    pub fn present(&mut self, wanted: bool) {
        if self.present == Some(!wanted) {
            self.present = Some(false);
            self.missing = Some(false);
        } else {
            self.present = Some(wanted);
        }
    }

    /// Chooses values that meet the demands and that the field's type reads, keeping those chosen before if they still do.
    pub fn settle(
        &mut self,
        kind: FieldType,
        oracle: &Oracle<'_>,
        automata: &mut Automata,
    ) -> Found {
        let found = self.search(kind, oracle, automata);
        self.unchecked.clear();
        found
    }

    fn search(&mut self, kind: FieldType, oracle: &Oracle<'_>, automata: &mut Automata) -> Found {
        let needs_value = !self.positive.is_empty() || self.missing == Some(false);
        if needs_value && (self.missing == Some(true) || self.present == Some(false)) {
            return Found::Never;
        }
        if !needs_value {
            self.chosen.clear();
            return Found::Yes;
        }
        if self.chosen_serve(oracle) {
            return Found::Yes;
        }
        if let Some(value) = find(kind, oracle, automata, &self.positive, &self.negative).value() {
            self.chosen = vec![value];
            return Found::Yes;
        }
        self.settle_list(kind, oracle, automata)
    }

    fn chosen_serve(&self, oracle: &Oracle<'_>) -> bool {
        let any = |test: &Test| {
            self.chosen
                .iter()
                .any(|value| oracle.satisfies(test, value))
        };
        // The older tests were checked when the values were chosen.
        !self.chosen.is_empty()
            && self
                .unchecked
                .iter()
                .all(|(test, wanted)| any(test) == *wanted)
    }

    /// A value for each positive test.
    fn settle_list(
        &mut self,
        kind: FieldType,
        oracle: &Oracle<'_>,
        automata: &mut Automata,
    ) -> Found {
        let mut values: Vec<Value> = Vec::new();
        let mut positives: Vec<Vec<&Test>> = self.positive.iter().map(|test| vec![*test]).collect();
        if positives.is_empty() {
            positives.push(Vec::new());
        }
        for wanted in positives {
            match find(kind, oracle, automata, &wanted, &self.negative) {
                Search::Value(value) if values.contains(&value) => {}
                Search::Value(value) => values.push(value),
                Search::Never => return Found::Never,
                Search::Unknown => return Found::Unknown,
            }
        }
        self.chosen = values;
        Found::Yes
    }

    /// What the field holds.
    pub fn chosen(&self) -> Content {
        match self.chosen.as_slice() {
            [] if self.present == Some(true) => Content::Null,
            [] => Content::Absent,
            [one] => Content::One(one.clone()),
            several => Content::Several(several.to_vec()),
        }
    }
}

/// A value, a proof that there is none, or neither.
enum Search {
    Value(Value),
    Never,
    Unknown,
}

impl Search {
    fn value(self) -> Option<Value> {
        match self {
            Self::Value(value) => Some(value),
            Self::Never | Self::Unknown => None,
        }
    }
}

/// Values that a field of this type reads, for where nothing but its presence is asked.
fn plain(kind: FieldType) -> Vec<Value> {
    let texts: &[&str] = match kind {
        FieldType::Keyword | FieldType::Text | FieldType::Object => &[],
        FieldType::Long | FieldType::Double => &["7", "8"],
        FieldType::Boolean => &["true", "false"],
        FieldType::Date => &["2025-01-01T00:00:00Z", "2025-01-02T00:00:00Z"],
        FieldType::Ip => &["192.0.2.1", "8.8.8.8", "10.0.0.1"],
        FieldType::Version => &["1.0.0", "2.0.0"],
    };
    texts.iter().map(|text| Value::from(*text)).collect()
}

/// A value that satisfies every positive test and no negative one: built where that is easy, else by automata.
fn find(
    kind: FieldType,
    oracle: &Oracle<'_>,
    automata: &mut Automata,
    positive: &[&Test],
    negative: &[&Test],
) -> Search {
    if positive.iter().any(|test| negative.contains(test)) {
        return Search::Never;
    }
    let good = |value: &Value| {
        readable(kind, value)
            && positive.iter().all(|test| oracle.satisfies(test, value))
            && !negative.iter().any(|test| oracle.satisfies(test, value))
    };
    let built = text::candidates(positive, negative)
        .chain(number::candidates(positive, negative))
        .chain(plain(kind))
        .find(|value| good(value));
    if let Some(value) = built {
        return Search::Value(value);
    }
    if let Some(addresses) = address::stretches(kind, positive, negative) {
        let found = addresses.into_iter().find(|value| good(value));
        return found.map_or(Search::Never, Search::Value);
    }
    // A date may be a number that is no date as a text.
    if kind != FieldType::Date && leave_one_text(positive, negative) {
        return Search::Never;
    }
    match automata.shortest(positive, negative) {
        automaton::Answer::Text(text) => {
            let value = Value::String(text);
            if good(&value) {
                Search::Value(value)
            } else {
                Search::Unknown
            }
        }
        automaton::Answer::Empty => Search::Never,
        automaton::Answer::Unknown => {
            number::proof(positive, negative).map_or(Search::Unknown, |never| {
                if never {
                    Search::Never
                } else {
                    Search::Unknown
                }
            })
        }
    }
}

/// Whether the tests ask only for texts, and one of them takes a single one: then it is among those built. No letter in it has another case.
fn leave_one_text(positive: &[&Test], negative: &[&Test]) -> bool {
    let mut single = false;
    for test in positive.iter().chain(negative) {
        match test {
            Test::Text(pattern) => {
                let one = |text: &str| text.is_ascii() && !text.contains(char::is_alphabetic);
                let own = matches!(pattern.shape(), Shape::Equals(text) if one(text));
                single |= own && positive.contains(test);
            }
            Test::AnyValue | Test::Regex(_) | Test::Cidr(_) => {}
            Test::Numeral(_)
            | Test::Compare(..)
            | Test::TextOrder(..)
            | Test::Bool(_)
            | Test::Version(..)
            | Test::Instant(..)
            | Test::DatePart(..) => return false,
        }
    }
    single
}
