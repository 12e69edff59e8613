//! Events seen through the fields that rules read.
//!
//! What a rule says of an event depends only on what the event holds at the rule's fields. So each file numbers, field by field, the different
//! things that stand there; events with the same numbers at all fields of a rule are one group, judged once, by a *sample* that holds these fields
//! and nothing else. Rules that read the same fields share the groups.

use super::words::Words;
use rayon::prelude::*;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use verdict_event::{Event, Value};

/// What a rule reads of an event.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Reads {
    /// These fields.
    pub fields: BTreeSet<String>,
    /// What its keywords look for.
    pub keywords: Keywords,
}

/// What a rule looks for anywhere in an event.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Keywords {
    /// The rule has none.
    None,
    /// Texts that hold one of these.
    Holding(BTreeSet<String>),
    /// Something else: no two events are alike.
    Any,
}

impl Reads {
    /// What can be said of every rule: it reads everything.
    #[cfg(test)]
    pub(super) fn everything() -> Self {
        Self {
            fields: BTreeSet::new(),
            keywords: Keywords::Any,
        }
    }

    fn holding(&self) -> Option<&BTreeSet<String>> {
        match &self.keywords {
            Keywords::Holding(texts) => Some(texts),
            Keywords::None | Keywords::Any => None,
        }
    }
}

/// A file of events with its numbered fields.
pub(super) struct Columns<'e> {
    events: &'e [Event],
    /// A number for each event; none for a field at which no two events differ.
    numbers: BTreeMap<String, Vec<u32>>,
    words: Words,
}

/// Events that a rule cannot tell apart.
pub(super) struct Groups<'e> {
    /// The group of each event.
    pub of: Vec<u32>,
    /// By group: the index of its first event, how many it holds, and the event to judge.
    pub list: Vec<Group<'e>>,
    /// Whether whole events are judged, since the rule has keywords.
    pub whole: bool,
}

/// One of [`Groups`].
pub(super) struct Group<'e> {
    /// The index of its first event.
    pub first: usize,
    /// How many events it holds.
    pub size: usize,
    /// What stands at the fields of the rule in every one of them.
    pub sample: Cow<'e, Event>,
}

impl<'e> Columns<'e> {
    /// Numbers what stands at the fields of all rules, and looks for their keywords.
    pub(super) fn new<'r>(
        events: &'e [Event],
        reads: impl Iterator<Item = &'r Reads> + Clone,
    ) -> Self {
        let fields: BTreeSet<&String> = reads.clone().flat_map(|reads| &reads.fields).collect();
        let numbered = fields
            .into_par_iter()
            .map(|field| (field.clone(), number(events, field)))
            .filter(|(_, numbers)| numbers.iter().any(|number| *number != 0));
        Self {
            events,
            numbers: numbered.collect(),
            words: Words::new(events, reads.filter_map(Reads::holding)),
        }
    }

    /// The groups of events that differ nowhere in what is read.
    pub(super) fn groups(&self, reads: &Reads) -> Groups<'e> {
        let mut of = vec![0_u32; self.events.len()];
        for numbers in reads
            .fields
            .iter()
            .filter_map(|field| self.numbers.get(field))
        {
            let mut known: HashMap<(u32, u32), u32> = HashMap::new();
            for (group, number) in of.iter_mut().zip(numbers) {
                let next = counted(known.len());
                *group = *known.entry((*group, *number)).or_insert(next);
            }
        }
        let keywords = &reads.keywords;
        match keywords {
            Keywords::None => {
                let fields: Vec<&str> = reads.fields.iter().map(String::as_str).collect();
                self.sampled(of, keywords, |event| Cow::Owned(only(event, &fields)))
            }
            Keywords::Holding(texts) => {
                self.words.refine(texts, &mut of);
                self.sampled(of, keywords, Cow::Borrowed)
            }
            Keywords::Any => {
                let single = (0..).take(self.events.len()).collect();
                self.sampled(single, keywords, Cow::Borrowed)
            }
        }
    }

    /// The groups with the first event of each, or what of it is to be judged.
    fn sampled(
        &self,
        of: Vec<u32>,
        keywords: &Keywords,
        sample: impl Fn(&'e Event) -> Cow<'e, Event>,
    ) -> Groups<'e> {
        let mut list: Vec<Group<'e>> = Vec::new();
        for ((at, event), group) in self.events.iter().enumerate().zip(&of) {
            // Groups are numbered by their first events, so the next new one is the next number.
            match list.get_mut(*group as usize) {
                Some(known) => known.size += 1,
                None => list.push(Group {
                    first: at,
                    size: 1,
                    sample: sample(event),
                }),
            }
        }
        Groups {
            of,
            list,
            whole: *keywords != Keywords::None,
        }
    }
}

/// Numbers the different things that stand at a field, from 0 and in the order of the events.
fn number(events: &[Event], field: &str) -> Vec<u32> {
    let mut known: HashMap<Vec<u8>, u32> = HashMap::new();
    let mut written = Vec::new();
    let numbers = events.iter().map(|event| {
        written.clear();
        write_at(event.root(), field, &mut written);
        if let Some(number) = known.get(&written) {
            return *number;
        }
        let next = counted(known.len());
        known.insert(written.clone(), next);
        next
    });
    numbers.collect()
}

/// A count of events as a number; files are far smaller.
pub(super) fn counted(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// What a key is to a field's name, or to what is left of it.
enum Step<'f> {
    /// The field itself.
    Here,
    /// On the way: the rest of the name.
    Deeper(&'f str),
    /// Another field.
    Elsewhere,
}

fn step<'f>(key: &str, rest: &'f str) -> Step<'f> {
    // The length and the byte behind it tell almost every other key apart before any text is compared.
    match rest.as_bytes().get(key.len()) {
        None if key == rest => Step::Here,
        Some(b'.') => {
            let tail = rest.strip_prefix(key);
            let deeper = tail.and_then(|tail| tail.strip_prefix('.'));
            deeper.map_or(Step::Elsewhere, Step::Deeper)
        }
        None | Some(_) => Step::Elsewhere,
    }
}

/// Writes all that stands at a field, with the keys and lists on the way to it, so that different things are different bytes. Nothing where the
/// field's key does not stand in the event.
fn write_at(value: &Value, rest: &str, out: &mut Vec<u8>) {
    match value {
        Value::Object(entries) => {
            for (key, inner) in entries {
                match step(key, rest) {
                    Step::Here => {
                        write_text(b'=', key, out);
                        write(inner, out);
                    }
                    Step::Deeper(deeper) => {
                        let start = out.len();
                        write_text(b'.', key, out);
                        let empty = out.len();
                        write_at(inner, deeper, out);
                        if out.len() == empty {
                            out.truncate(start);
                        } else {
                            out.push(b'}');
                        }
                    }
                    Step::Elsewhere => {}
                }
            }
        }
        Value::List(items) => {
            let start = out.len();
            out.push(b'[');
            let empty = out.len();
            for item in items {
                write_at(item, rest, out);
                out.push(b',');
            }
            if out.len() == empty + items.len() {
                out.truncate(start);
            } else {
                out.push(b']');
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Writes a value; its length stands before each text, so no text is taken for structure.
fn write(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Null => out.push(b'0'),
        Value::Bool(value) => out.push(if *value { b't' } else { b'f' }),
        Value::Number(number) => write_text(b'n', number.text(), out),
        Value::String(text) => write_text(b's', text, out),
        Value::List(items) => {
            out.push(b'[');
            items.iter().for_each(|item| write(item, out));
            out.push(b']');
        }
        Value::Object(entries) => {
            out.push(b'{');
            for (key, inner) in entries {
                write_text(b'k', key, out);
                write(inner, out);
            }
            out.push(b'}');
        }
    }
}

fn write_text(tag: u8, text: &str, out: &mut Vec<u8>) {
    out.push(tag);
    out.extend_from_slice(&text.len().to_le_bytes());
    out.extend_from_slice(text.as_bytes());
}

/// The event without anything but what stands at these fields and the keys and lists on the way to it.
fn only(event: &Event, fields: &[&str]) -> Event {
    let kept = event.entries().iter();
    Event::new(
        kept.filter_map(|(key, value)| kept_entry(key, value, fields))
            .collect(),
    )
}

fn kept_entry(key: &str, value: &Value, fields: &[&str]) -> Option<(String, Value)> {
    let mut deeper = Vec::new();
    for field in fields {
        match step(key, field) {
            Step::Here => return Some((key.to_owned(), value.clone())),
            Step::Deeper(rest) => deeper.push(rest),
            Step::Elsewhere => {}
        }
    }
    if deeper.is_empty() {
        return None;
    }
    kept(value, &deeper).map(|value| (key.to_owned(), value))
}

fn kept(value: &Value, fields: &[&str]) -> Option<Value> {
    match value {
        Value::Object(entries) => {
            let found: Vec<(String, Value)> = entries
                .iter()
                .filter_map(|(key, inner)| kept_entry(key, inner, fields))
                .collect();
            (!found.is_empty()).then_some(Value::Object(found))
        }
        Value::List(items) => {
            let found: Vec<Value> = items.iter().filter_map(|item| kept(item, fields)).collect();
            (!found.is_empty()).then_some(Value::List(found))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use verdict_event::{Path, read_events};

    const EVENTS: &str = r#"
        {"a":"x","b":{"c":1}}
        {"a":"x","b.c":1}
        {"a":"x","b":[{"c":1},{"d":2}]}
        {"a":"x","b":{"c":"1"}}
        {"a":"x","b":{"c":[1]}}
        {"a":"x","b":{"c":null}}
        {"a":"x","b":{}}
        {"a":"x"}
        {"a":"x","b":[{"c":"1],"}]}
        {"a":"x","b":[{"c":["1",""]}]}
        {"a":"x","b":{"c":1},"z":3}
        {"a":"y","b":{"c":1,"d":5}}
    "#;

    fn reads(fields: &[&str]) -> Reads {
        Reads {
            fields: fields.iter().map(|field| (*field).to_owned()).collect(),
            keywords: Keywords::None,
        }
    }

    #[test]
    fn events_share_a_group_only_if_no_field_tells_them_apart() {
        let events = read_events(EVENTS).expect("events");
        let all = reads(&["a", "b.c", "nosuch"]);
        let columns = Columns::new(&events, [&all].into_iter());
        let found = |fields: &[&str]| columns.groups(&reads(fields)).of;
        assert_eq!(found(&["nosuch"]), [0; 12]);
        assert_eq!(found(&["a"]), [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
        assert_eq!(found(&["b.c"]), [0, 1, 2, 3, 4, 5, 6, 6, 7, 8, 0, 0]);
        assert_eq!(
            found(&["a", "b.c", "nosuch"]),
            [0, 1, 2, 3, 4, 5, 6, 6, 7, 8, 0, 9]
        );
        assert_eq!(columns.groups(&Reads::everything()).list.len(), 12);
    }

    #[test]
    fn a_sample_holds_what_its_events_hold_at_the_fields_and_nothing_else() {
        let events = read_events(EVENTS).expect("events");
        let all = reads(&["a", "b.c"]);
        let Groups { of, list, .. } = Columns::new(&events, [&all].into_iter()).groups(&all);
        assert_eq!(list.iter().map(|group| group.size).sum::<usize>(), 12);
        for (event, group) in events.iter().zip(of) {
            let sample = &list[group as usize].sample;
            for path in ["a", "b.c"].map(Path::from) {
                assert_eq!(event.values(&path), sample.values(&path));
                assert_eq!(event.has_key(&path), sample.has_key(&path));
            }
            for path in ["z", "b.d"].map(Path::from) {
                assert!(!sample.has_key(&path));
            }
        }
    }
}
