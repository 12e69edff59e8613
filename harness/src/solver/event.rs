//! Drafts: events in the making.

use std::collections::BTreeMap;
use verdict_event::{Event, Path, Value};

/// What a field of a draft holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// Its key does not stand in the event.
    Absent,
    /// The key stands over null.
    Null,
    /// One value.
    One(Value),
    /// A list.
    Several(Vec<Value>),
}

/// An event in the making: fields by path, and texts that no field of the rule holds.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    fields: BTreeMap<Path, Content>,
    texts: Vec<String>,
}

/// The field that carries texts for keywords, unless the rule reads a field of this name.
const MESSAGE: &str = "message";

impl Draft {
    /// Sets a field.
    pub fn set(&mut self, path: &Path, content: Content) {
        self.fields.insert(path.clone(), content);
    }

    /// What a field holds.
    pub fn get(&self, path: &Path) -> Option<&Content> {
        self.fields.get(path)
    }

    /// Adds a text that stands somewhere in the event.
    pub fn say(&mut self, text: &str) {
        self.texts.push(text.to_owned());
    }

    /// The event, with dotted paths nested; None if two paths cannot nest (`a` and `a.b`) and no dotted key helps.
    pub fn build(&self) -> Option<Event> {
        let mut entries: Vec<(String, Value)> = Vec::new();
        for (path, content) in &self.fields {
            let value = match content {
                Content::Absent => continue,
                Content::Null => Value::Null,
                Content::One(value) => value.clone(),
                Content::Several(values) => Value::List(values.clone()),
            };
            insert(&mut entries, path.as_str(), value);
        }
        for (at, text) in self.texts.iter().enumerate() {
            let name = if at == 0 {
                MESSAGE.to_owned()
            } else {
                format!("{MESSAGE}{at}")
            };
            insert(&mut entries, &name, Value::String(text.clone()));
        }
        Some(Event::new(entries))
    }
}

/// Puts a value under a path: nested where the way is free, under a dotted key where it is not.
pub fn insert(entries: &mut Vec<(String, Value)>, name: &str, value: Value) {
    let Some((head, tail)) = name
        .split_once('.')
        .filter(|(head, tail)| !head.is_empty() && !tail.is_empty())
    else {
        entries.push((name.to_owned(), value));
        return;
    };
    match entries.iter_mut().find(|(key, _)| key == head) {
        Some((_, Value::Object(inner))) => insert(inner, tail, value),
        Some(_) => entries.push((name.to_owned(), value)),
        None => {
            let mut inner = Vec::new();
            insert(&mut inner, tail, value);
            entries.push((head.to_owned(), Value::Object(inner)));
        }
    }
}
