//! Events seen through the keywords of rules.
//!
//! A keyword looks at every text of an event, and a target that reads the event's own text looks at keys and numbers, too; real events all differ
//! somewhere: in an id, in a time. But a text that does not share even [`SHARED`]
//! bytes in a row with any keyword of a rule is nothing to that rule, and two events that differ only in such texts are one question. The sample
//! that is judged is a whole event, these texts included. Here, unlike with fields, sameness is likely and not certain: the native pack judges every
//! event by itself, and many more whole events are asked again.

use std::collections::{BTreeSet, HashMap};
use verdict_event::{Event, Value};

/// A text matters if it shares so many bytes in a row with a keyword, whatever their case.
const SHARED: usize = 5;

/// The texts of a file's events, and which of them matter to which keywords.
pub(super) struct Words {
    /// Each set of keywords has a bit.
    bits: HashMap<BTreeSet<String>, usize>,
    /// By event, its scalars and keys that matter to anyone.
    scalars: Vec<Vec<Scalar>>,
    /// By event, whether it holds a list anywhere.
    lists: Vec<bool>,
    /// By text, the sets of keywords to which it matters.
    matters: Vec<Box<[u64]>>,
}

/// A scalar of an event, or a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Scalar {
    /// The keys and lists on the way to it, and its kind.
    place: u32,
    text: u32,
}

impl Words {
    /// Looks through all texts of these events for what these sets of keywords may find there.
    pub(super) fn new<'k>(
        events: &[Event],
        keywords: impl Iterator<Item = &'k BTreeSet<String>>,
    ) -> Self {
        let mut bits: HashMap<BTreeSet<String>, usize> = HashMap::new();
        for set in keywords {
            let next = bits.len();
            bits.entry(set.clone()).or_insert(next);
        }
        let windows = Windows::new(&bits);
        let mut reader = Reader {
            windows: &windows,
            places: HashMap::new(),
            texts: HashMap::new(),
            matters: Vec::new(),
            found: Vec::new(),
            list: false,
        };
        let mut scalars = Vec::new();
        let mut lists = Vec::new();
        if !bits.is_empty() {
            for event in events {
                reader.list = false;
                reader.read(event.root(), &mut String::new());
                scalars.push(std::mem::take(&mut reader.found));
                lists.push(reader.list);
            }
        }
        let matters = reader.matters;
        Self {
            bits,
            scalars,
            lists,
            matters,
        }
    }

    /// Parts groups of events further, by the texts that matter to these keywords.
    pub(super) fn refine(&self, keywords: &BTreeSet<String>, of: &mut [u32]) {
        let Some(bit) = self.bits.get(keywords) else {
            return;
        };
        let mut known: HashMap<(u32, bool, Vec<Scalar>), u32> = HashMap::new();
        for ((group, scalars), list) in of.iter_mut().zip(&self.scalars).zip(&self.lists) {
            let matters = |scalar: &&Scalar| {
                let sets = self.matters.get(scalar.text as usize);
                sets.is_some_and(|sets| has(sets, *bit))
            };
            let kept: Vec<Scalar> = scalars.iter().filter(matters).copied().collect();
            let next = super::columns::counted(known.len());
            *group = *known.entry((*group, *list, kept)).or_insert(next);
        }
    }
}

struct Reader<'w, 'e> {
    windows: &'w Windows,
    places: HashMap<String, u32>,
    texts: HashMap<&'e str, u32>,
    matters: Vec<Box<[u64]>>,
    found: Vec<Scalar>,
    list: bool,
}

impl<'e> Reader<'_, 'e> {
    fn read(&mut self, value: &'e Value, way: &mut String) {
        let length = way.len();
        match value {
            Value::Object(entries) => {
                for (key, inner) in entries {
                    self.note(key, '\u{5}', way);
                    way.push('\u{1}');
                    way.push_str(key);
                    self.read(inner, way);
                    way.truncate(length);
                }
            }
            Value::List(items) => {
                self.list = true;
                way.push('\u{2}');
                items.iter().for_each(|item| self.read(item, way));
                way.truncate(length);
            }
            Value::Null => {}
            Value::String(text) => self.note(text, '\u{3}', way),
            Value::Bool(_) | Value::Number(_) => {
                self.note(value.scalar_text().unwrap_or_default(), '\u{4}', way);
            }
        }
    }

    /// Keeps a text that matters to anyone, with the way to it and what it is there.
    fn note(&mut self, text: &'e str, kind: char, way: &mut String) {
        let text = self.text(text);
        let matters = self.matters.get(text as usize);
        if matters.is_some_and(|sets| sets.iter().any(|word| *word != 0)) {
            let length = way.len();
            way.push(kind);
            let next = super::columns::counted(self.places.len());
            let place = *self.places.entry(way.clone()).or_insert(next);
            way.truncate(length);
            self.found.push(Scalar { place, text });
        }
    }

    fn text(&mut self, text: &'e str) -> u32 {
        if let Some(known) = self.texts.get(text) {
            return *known;
        }
        let next = super::columns::counted(self.matters.len());
        self.texts.insert(text, next);
        self.matters.push(self.windows.sets(text));
        next
    }
}

/// Runs of bytes of all keywords, each with the sets that hold it.
struct Windows {
    sets: HashMap<u64, Vec<usize>>,
    lengths: BTreeSet<usize>,
    words: usize,
    all: Vec<usize>,
}

impl Windows {
    fn new(bits: &HashMap<BTreeSet<String>, usize>) -> Self {
        let mut windows = Self {
            sets: HashMap::new(),
            lengths: BTreeSet::new(),
            words: bits.len().div_ceil(64),
            all: (0..bits.len()).collect(),
        };
        for (keywords, bit) in bits {
            for keyword in keywords {
                let length = keyword.len().min(SHARED);
                windows.lengths.insert(length);
                for window in keyword.as_bytes().windows(length.max(1)) {
                    let sets = windows.sets.entry(packed(window)).or_default();
                    if sets.last() != Some(bit) {
                        sets.push(*bit);
                    }
                }
            }
        }
        windows
    }

    /// The sets to which a text matters. One outside ASCII matters to all, since nobody here says how engines fold its letters.
    fn sets(&self, text: &str) -> Box<[u64]> {
        let mut found = vec![0_u64; self.words];
        let mut mark = |sets: &[usize]| {
            for bit in sets {
                if let Some(word) = found.get_mut(bit / 64) {
                    *word |= 1 << (bit % 64);
                }
            }
        };
        if !text.is_ascii() {
            mark(&self.all);
        }
        for length in &self.lengths {
            for window in text.as_bytes().windows((*length).max(1)) {
                if let Some(sets) = self.sets.get(&packed(window)) {
                    mark(sets);
                }
            }
        }
        found.into()
    }
}

/// A few bytes as one number, whatever their case; the length stands above them.
fn packed(window: &[u8]) -> u64 {
    let bytes = window.iter();
    bytes.fold(window.len() as u64, |packed, byte| {
        packed << 8 | u64::from(byte.to_ascii_lowercase())
    })
}

fn has(sets: &[u64], bit: usize) -> bool {
    sets.get(bit / 64)
        .is_some_and(|word| word & (1 << (bit % 64)) != 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use verdict_event::read_events;

    /// The groups into which keywords part one group of events.
    fn groups(events: &str, keywords: &[&str]) -> Vec<u32> {
        let events = read_events(events).expect("events");
        let keywords: BTreeSet<String> = keywords.iter().map(|word| (*word).to_owned()).collect();
        let words = Words::new(&events, [&keywords].into_iter());
        let mut of = vec![0; events.len()];
        words.refine(&keywords, &mut of);
        of
    }

    #[test]
    fn only_texts_that_share_something_with_a_keyword_part_events() {
        let events = r#"
            {"id":"1","a":"nothing"}
            {"id":"2","a":"something else"}
            {"id":"3","a":"run MIMIK now"}
            {"id":"4","a":"run mimik now"}
            {"id":"5","b":"run mimik now"}
            {"id":"6","a":["run mimik now"]}
            {"id":"7","a":["nothing"]}
            {"id":"8","a":"mimi katz"}
            {"id":"9","a":"Straße"}
            {"id":"4","a":"run mimik now"}
        "#;
        assert_eq!(
            groups(events, &["mimikatz"]),
            [0, 0, 1, 2, 3, 4, 5, 0, 6, 2]
        );
        // So do keys, and a key that is a keyword parts events of equal values.
        let events = r#"{"x":"a"} {"mimikatz":"a"} {"y":"a"} {"mimikatz":"a","z":1}"#;
        assert_eq!(groups(events, &["mimikatz"]), [0, 1, 0, 1]);
        // A keyword of one letter is in almost every text; a number's text counts, too.
        let events = r#"{"id":1} {"id":"1"} {"id":21} {"id":2} {"a":3}"#;
        assert_eq!(groups(events, &["1"]), [0, 1, 2, 3, 3]);
    }
}
