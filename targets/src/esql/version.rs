//! What the versions of Elasticsearch can say: asked for as features, never by number elsewhere.

use crate::profile::{Profile, Version};

/// The service that runs ES|QL, as packs name it.
const SERVICE: &str = "elasticsearch";

/// The version that is meant where nothing is said.
const BASELINE: Version = Version {
    major: 8,
    minor: 19,
};

/// Something that not every version has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Feature {
    /// `LIKE ("a", "b")`: 8.19 and 9.1.
    LikeList,
    /// `MV_CONTAINS`, in preview: 9.2.
    MvContains,
}

/// The version that a profile is for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Dialect(Version);

impl Dialect {
    /// The dialect of a profile.
    pub(crate) fn of(profile: &Profile) -> Self {
        Self(profile.version(SERVICE).unwrap_or(BASELINE))
    }

    /// The version, if it is one that this target does not know: before 8.19.
    pub(crate) fn too_old(self) -> Option<Version> {
        (self.0 < BASELINE).then_some(self.0)
    }

    /// Whether the version has it.
    pub(crate) fn has(self, feature: Feature) -> bool {
        let since = |major, minor| self.0 >= Version { major, minor };
        match feature {
            // 9.0 came before 8.19.
            Feature::LikeList => since(9, 1) || (since(8, 19) && !since(9, 0)),
            Feature::MvContains => since(9, 2),
        }
    }
}
