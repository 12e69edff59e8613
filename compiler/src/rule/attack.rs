//! MITRE ATT&CK: the embedded table, and the techniques and tactics that a rule names.
//!
//! The table holds the current release, the ids that it retired with their successors, and what the previous release said
//! where that differs; `tools/attack_table.py` writes it.

mod read;

use crate::rule::located::Located;
use std::collections::BTreeMap;
use std::sync::OnceLock;

pub(crate) use read::{Rigour, judge, read};

const TABLE: &str = include_str!("../../data/attack.tsv");

/// A tactic: why an intruder does something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tactic {
    /// `TA0002`
    pub id: &'static str,
    /// `execution`
    pub short_name: &'static str,
    /// `Execution`
    pub name: &'static str,
}

impl Tactic {
    /// Its page.
    pub fn link(&self) -> String {
        format!("https://attack.mitre.org/tactics/{}/", self.id)
    }
}

/// A technique or sub-technique of the current release: how an intruder does something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Technique {
    /// `T1059.005`
    pub id: &'static str,
    /// `Visual Basic`
    pub name: &'static str,
    /// The ids of its tactics, in the table's order.
    pub tactics: Vec<&'static str>,
    /// The ids that its tactics had in the previous release, where they differ; those of renamed tactics included.
    previous: Vec<&'static str>,
}

impl Technique {
    /// The technique that this one is a sub-technique of.
    pub fn parent(&self) -> Option<&'static Technique> {
        let (parent, _) = self.id.split_once('.')?;
        technique(parent)
    }

    /// Its page.
    pub fn link(&self) -> String {
        format!(
            "https://attack.mitre.org/techniques/{}/",
            self.id.replace('.', "/")
        )
    }
}

/// What an id of a technique stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// A technique of the current release.
    Current(&'static Technique),
    /// An id that was retired.
    Retired {
        /// Its last name.
        name: &'static str,
        /// The id that took its place, if one did and it is known.
        successor: Option<&'static str>,
    },
}

#[derive(Debug, Default)]
struct Table {
    tactics: Vec<Tactic>,
    /// Short names of the previous release and the ids that share their techniques now.
    aliases: BTreeMap<&'static str, Vec<&'static str>>,
    techniques: BTreeMap<&'static str, Technique>,
    retired: BTreeMap<&'static str, (&'static str, Option<&'static str>)>,
}

fn table() -> &'static Table {
    static PARSED: OnceLock<Table> = OnceLock::new();
    PARSED.get_or_init(|| {
        let mut table = Table::default();
        for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
            table.add(&line.split('\t').collect::<Vec<_>>());
        }
        table
    })
}

impl Table {
    fn add(&mut self, row: &[&'static str]) {
        match *row {
            ["tactic", id, short_name, name] => self.tactics.push(Tactic {
                id,
                short_name,
                name,
            }),
            ["alias", short_name, ids] => {
                self.aliases
                    .insert(short_name, ids.split(' ').collect::<Vec<_>>());
            }
            ["technique", id, name, tactics, previous] => {
                let technique = Technique {
                    id,
                    name,
                    tactics: self.ids(tactics),
                    previous: self.ids(previous),
                };
                self.techniques.insert(id, technique);
            }
            ["retired", id, name, successor] => {
                let successor = (!successor.is_empty()).then_some(successor);
                self.retired.insert(id, (name, successor));
            }
            _ => {}
        }
    }

    fn ids(&self, short_names: &str) -> Vec<&'static str> {
        let mut ids = Vec::new();
        for name in short_names.split(' ').filter(|name| !name.is_empty()) {
            let tactic = self.tactics.iter().find(|tactic| tactic.short_name == name);
            ids.extend(tactic.map(|tactic| tactic.id));
            ids.extend(self.aliases.get(name).into_iter().flatten());
        }
        ids
    }
}

/// The current technique with this id, such as `T1059.005`.
pub fn technique(id: &str) -> Option<&'static Technique> {
    table().techniques.get(id)
}

/// What this id of a technique stands for, retired ids included.
pub fn find(id: &str) -> Option<Known> {
    if let Some(technique) = technique(id) {
        return Some(Known::Current(technique));
    }
    let (name, successor) = *table().retired.get(id)?;
    Some(Known::Retired { name, successor })
}

/// The tactic with this id (`TA0002`) or short name (`execution`).
pub fn tactic(id: &str) -> Option<&'static Tactic> {
    table()
        .tactics
        .iter()
        .find(|tactic| tactic.id == id || tactic.short_name == id)
}

/// The tactics that share the techniques of a tactic that the previous release called so; empty for any other name.
pub fn renamed_tactic(short_name: &str) -> &'static [&'static str] {
    table()
        .aliases
        .get(short_name)
        .map(Vec::as_slice)
        .unwrap_or_default()
}

/// Every tactic, in MITRE's order.
pub fn tactics() -> &'static [Tactic] {
    &table().tactics
}

/// Every technique and sub-technique of the current release, by id.
pub fn techniques() -> impl Iterator<Item = &'static Technique> {
    table().techniques.values()
}

/// The release of the embedded table: `19`.
pub fn release() -> &'static str {
    let named = TABLE.split_once("version ").map(|(_, rest)| rest);
    let digits = named.and_then(|rest| {
        rest.split(|c: char| !(c.is_ascii_digit() || c == '.'))
            .next()
    });
    digits.unwrap_or_default()
}

/// A technique that a rule covers, or tactics alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    /// The technique's id as the rule gives it; it may be retired. None where only tactics are named.
    pub technique: Option<Located<String>>,
    /// The ids of the tactics that the rule names. Empty means those of the technique.
    pub tactics: Vec<Located<String>>,
}

impl Mapping {
    /// The technique of the current release: the named one or its successor.
    pub fn current(&self) -> Option<&'static Technique> {
        match find(&self.technique.as_ref()?.value)? {
            Known::Current(technique) => Some(technique),
            Known::Retired { successor, .. } => technique(successor?),
        }
    }

    /// The tactics that the rule names, or else those of its technique.
    pub fn current_tactics(&self) -> Vec<&'static Tactic> {
        if self.tactics.is_empty() {
            let technique = self.current();
            let ids = technique.into_iter().flat_map(|found| found.tactics.iter());
            ids.filter_map(|id| tactic(id)).collect()
        } else {
            self.tactics
                .iter()
                .filter_map(|named| tactic(&named.value))
                .collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        Known, find, release, renamed_tactic, table, tactic, tactics, technique, techniques,
    };

    #[test]
    fn the_table_is_read_whole() {
        assert_eq!(tactics().len(), 15);
        assert_eq!(table().techniques.len(), 697);
        assert_eq!(table().retired.len(), 161);
        assert_eq!(renamed_tactic("defense-evasion"), ["TA0005", "TA0112"]);
        assert_eq!(techniques().count(), 697);
        assert_eq!(release(), "19");
    }

    #[test]
    fn techniques_know_their_place() {
        let visual_basic = technique("T1059.005").expect("a technique");
        assert_eq!(visual_basic.name, "Visual Basic");
        assert_eq!(visual_basic.tactics, ["TA0002"]);
        assert_eq!(visual_basic.parent().expect("a parent").id, "T1059");
        assert_eq!(
            visual_basic.link(),
            "https://attack.mitre.org/techniques/T1059/005/"
        );
        let execution = tactic("execution").expect("a tactic");
        assert_eq!(execution.link(), "https://attack.mitre.org/tactics/TA0002/");
        let retired = find("T1562").expect("a retired technique");
        assert!(matches!(
            retired,
            Known::Retired {
                successor: Some("T1685"),
                ..
            }
        ));
        assert_eq!(find("T0000"), None);
    }

    #[test]
    fn every_row_refers_to_rows() {
        for technique in table().techniques.values() {
            assert!(!technique.tactics.is_empty(), "{}", technique.id);
            assert_eq!(technique.parent().is_some(), technique.id.contains('.'));
        }
    }
}
