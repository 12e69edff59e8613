//! What is known of a rule when it matches.

use super::event::Event;
use super::stream::{Plan, Stream};

/// A rule.
#[derive(Debug)]
pub struct Rule {
    /// Its id, a UUID.
    pub id: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Who wrote it: whoever shows a match should name them.
    pub authors: &'static [&'static str],
    /// The licence that it is under.
    pub license: Option<&'static str>,
    /// How bad a match is.
    pub level: Option<&'static str>,
    /// Its version.
    pub version: Option<u64>,
    /// The ATT&CK techniques and tactics that it covers.
    pub attack: &'static [&'static str],
    /// Whether it matches an event.
    pub matches: fn(&Event) -> bool,
}

/// A rule over several events.
#[derive(Debug)]
pub struct Series {
    /// Its id, a UUID.
    pub id: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Who wrote it: whoever shows a match should name them.
    pub authors: &'static [&'static str],
    /// The licence that it is under.
    pub license: Option<&'static str>,
    /// How bad a match is.
    pub level: Option<&'static str>,
    /// Its version.
    pub version: Option<u64>,
    /// The ATT&CK techniques and tactics that it covers.
    pub attack: &'static [&'static str],
    /// What it says.
    pub plan: fn() -> Plan,
}

impl Series {
    /// A stream that no event came to yet.
    pub fn stream(&self) -> Stream {
        Stream::new((self.plan)())
    }

    /// The same, with room for so many keys.
    pub fn stream_with_keys(&self, keys: usize) -> Stream {
        Stream::with_keys((self.plan)(), keys)
    }
}

/// Rules that look at the same source of events.
#[derive(Debug)]
pub struct Group {
    /// Whether an event comes from that source.
    pub source: fn(&Event) -> bool,
    /// Places of the rules among all rules.
    pub rules: &'static [usize],
}

/// The places of the rules that match an event, ascending.
pub fn matching(rules: &[&Rule], groups: &[Group], event: &Event) -> Vec<usize> {
    let mut found: Vec<usize> = groups
        .iter()
        .filter(|group| (group.source)(event))
        .flat_map(|group| group.rules)
        .copied()
        .filter(|place| rules.get(*place).is_some_and(|rule| (rule.matches)(event)))
        .collect();
    found.sort_unstable();
    found
}
