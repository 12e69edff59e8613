//! Profiles: the shape of the data where a target runs.

/// A profile. So far there is one: [`Profile::raw`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Its name, as after the colon in `kql:raw`.
    pub name: String,
}

impl Profile {
    /// Columns named like the rule's fields, read from the event itself: the default.
    pub fn raw() -> Self {
        Self {
            name: "raw".to_owned(),
        }
    }
}
