//! The profiles that come with this version (`targets/profiles/<target>/`).

use crate::profile::mapping::Mapping;
use crate::profile::read;

const ECS: &str = include_str!("../../profiles/elastic/ecs.yml");

/// Target, profile and text.
const BUNDLED: &[(&str, &str, &str)] = &[
    ("eql", "ecs", ECS),
    ("esql", "ecs", ECS),
    (
        "kql",
        "defender",
        include_str!("../../profiles/kql/defender.yml"),
    ),
    (
        "kql",
        "sentinel",
        include_str!("../../profiles/kql/sentinel.yml"),
    ),
    ("kql", "asim", include_str!("../../profiles/kql/asim.yml")),
    ("spl", "cim", include_str!("../../profiles/spl/cim.yml")),
    (
        "spl",
        "sysmon",
        include_str!("../../profiles/spl/sysmon.yml"),
    ),
];

/// The profile of this name.
pub(crate) fn find(target: &str, name: &str) -> Option<Mapping> {
    let (_, _, text) = BUNDLED
        .iter()
        .find(|(of, known, _)| *of == target && *known == name)?;
    // The profiles are ours, and a test reads each of them.
    let mut mappings = read(text).0.into_iter();
    mappings.find(|mapping| mapping.is_for(target))
}

/// The names of a target's profiles.
pub(crate) fn names(target: &str) -> impl Iterator<Item = &'static str> {
    BUNDLED
        .iter()
        .filter(move |(of, _, _)| *of == target)
        .map(|(_, name, _)| *name)
}

#[cfg(test)]
mod tests {
    use super::{BUNDLED, find};
    use crate::profile::read;

    #[test]
    fn every_profile_is_what_its_name_says() {
        for (target, name, text) in BUNDLED {
            let (_, found) = read(text);
            assert!(found.is_empty(), "{target}:{name}: {found:?}");
            let mapping = find(target, name).expect("a profile");
            assert_eq!(
                (mapping.target.as_str(), mapping.name.as_str()),
                (*target, *name)
            );
        }
    }

    #[test]
    fn the_table_of_logsources_can_be_read() {
        verdict_compiler::LogsourceTable::parse(crate::LOGSOURCES).expect("a table");
    }
}
