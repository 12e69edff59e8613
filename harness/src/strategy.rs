//! Proptest strategies: events that start from a rule's witnesses and wander off.
//!
//! Where the goals say what must be tried, the strategies try what nobody thought of: several fields changed at once, values cut
//! and joined at random, texts from one field in another.

use crate::edits::with;
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any};
use proptest::sample::{Index, select};
use proptest::strategy::{BoxedStrategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use verdict_event::{Event, Number, Path, Value};

/// Events around some witnesses: one of them with up to four of its fields changed.
pub fn events(
    witnesses: Vec<Event>,
    fields: Vec<Path>,
    words: Vec<String>,
) -> BoxedStrategy<Event> {
    let start = if witnesses.is_empty() {
        vec![Event::new(Vec::new())]
    } else {
        witnesses
    };
    if fields.is_empty() {
        return (select(start), words_or_noise(words))
            .prop_map(|(event, text)| with(&event, &Path::new("note"), Some(Value::String(text))))
            .boxed();
    }
    let change = (select(fields), change(words));
    (select(start), vec(change, 1..=4))
        .prop_map(|(event, changes)| {
            changes.into_iter().fold(event, |event, (path, change)| {
                let current = event
                    .values(&path)
                    .first()
                    .and_then(|value| value.scalar_text())
                    .unwrap_or_default()
                    .to_owned();
                with(&event, &path, change.apply(&current))
            })
        })
        .boxed()
}

/// A change of one field.
#[derive(Clone, Debug)]
enum Change {
    Remove,
    Set(Value),
    Cut(Index, Index),
    Insert(Index, String),
    Flip(Index),
}

impl Change {
    fn apply(self, current: &str) -> Option<Value> {
        let chars: Vec<char> = current.chars().collect();
        let joined = |chars: Vec<char>| Some(Value::String(chars.into_iter().collect()));
        match self {
            Self::Remove => None,
            Self::Set(value) => Some(value),
            Self::Cut(from, to) => {
                let (a, b) = (from.index(chars.len() + 1), to.index(chars.len() + 1));
                joined(
                    chars
                        .into_iter()
                        .skip(a.min(b))
                        .take(a.abs_diff(b))
                        .collect(),
                )
            }
            Self::Insert(at, text) => {
                let at = at.index(chars.len() + 1);
                let (left, right) = (chars.iter().take(at), chars.iter().skip(at));
                joined(
                    left.copied()
                        .chain(text.chars())
                        .chain(right.copied())
                        .collect(),
                )
            }
            Self::Flip(at) => {
                let at = at.index(chars.len().max(1));
                let flip = |c: char| {
                    if c.is_ascii_uppercase() {
                        c.to_ascii_lowercase()
                    } else {
                        c.to_ascii_uppercase()
                    }
                };
                joined(
                    chars
                        .into_iter()
                        .enumerate()
                        .map(|(here, c)| if here == at { flip(c) } else { c })
                        .collect(),
                )
            }
        }
    }
}

fn change(words: Vec<String>) -> BoxedStrategy<Change> {
    proptest::prop_oneof![
        1 => Just(Change::Remove),
        4 => value(words.clone()).prop_map(Change::Set),
        3 => (any::<Index>(), any::<Index>()).prop_map(|(a, b)| Change::Cut(a, b)),
        3 => (any::<Index>(), words_or_noise(words)).prop_map(|(at, text)| Change::Insert(at, text)),
        2 => any::<Index>().prop_map(Change::Flip),
    ]
    .boxed()
}

fn value(words: Vec<String>) -> BoxedStrategy<Value> {
    let scalar = proptest::prop_oneof![
        6 => words_or_noise(words).prop_map(Value::String),
        2 => (-3i64..70_000).prop_map(Value::from),
        1 => (-9i64..9, 0u8..10).prop_map(|(whole, tenth)| Number::parse(&format!("{whole}.{tenth}")).map_or(Value::Null, Value::Number)),
        1 => any::<bool>().prop_map(Value::Bool),
    ];
    proptest::prop_oneof![
        8 => scalar.clone(),
        1 => vec(scalar, 0..3).prop_map(Value::List),
        1 => Just(Value::Null),
    ]
    .boxed()
}

fn words_or_noise(words: Vec<String>) -> BoxedStrategy<String> {
    let noise = vec(select(NOISE.chars().collect::<Vec<char>>()), 0..8)
        .prop_map(String::from_iter)
        .boxed();
    if words.is_empty() {
        return noise;
    }
    let joined = (select(words.clone()), noise.clone()).prop_map(|(word, noise)| word + &noise);
    proptest::prop_oneof![3 => select(words), 2 => joined, 2 => noise].boxed()
}

/// Characters that quoting, wildcards, regular expressions and case trip over.
const NOISE: &str = "aAzZ019 _-.,:;/\\\\**??\"'`%$^&|()[]{}<>@#~+=!\n\téÉßſ\u{212a}\u{0}";

/// `count` events of a strategy, the same for the same seed.
pub fn draw(strategy: &BoxedStrategy<Event>, seed: [u8; 32], count: usize) -> Vec<Event> {
    let config = Config {
        failure_persistence: None,
        ..Config::default()
    };
    let mut runner =
        TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed));
    (0..count)
        .filter_map(|_| strategy.new_tree(&mut runner).ok())
        .map(|tree| tree.current())
        .collect()
}
