//! Profiles: the shape of the data where a target runs, and which version of which service runs it.

use std::collections::BTreeMap;
use std::fmt;

/// A profile. So far there is one shape: [`Profile::raw`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Its name, as after the colon in `kql:raw`.
    pub name: String,
    /// The lowest versions that it must run on, by service; a target that finds none assumes its own lowest.
    pub services: BTreeMap<String, Version>,
}

impl Profile {
    /// Columns named like the rule's fields, read from the event itself: the default.
    pub fn raw() -> Self {
        Self {
            name: "raw".to_owned(),
            services: BTreeMap::new(),
        }
    }

    /// The same profile for these versions of services.
    #[must_use]
    pub fn on(mut self, services: BTreeMap<String, Version>) -> Self {
        self.services = services;
        self
    }

    /// The lowest version of a service that it must run on.
    pub fn version(&self, service: &str) -> Option<Version> {
        self.services.get(service).copied()
    }
}

/// The version of a service. Smaller steps than these two change no language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// The first number.
    pub major: u32,
    /// The second number.
    pub minor: u32,
}

impl Version {
    /// Reads `9`, `9.2` or `9.2.1`; None if that is not what it is.
    pub fn parse(text: &str) -> Option<Self> {
        let mut numbers = text.split('.').map(|part| {
            let digits = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            part.parse().ok().filter(|_| digits)
        });
        let major = numbers.next()??;
        let minor = numbers.next().unwrap_or(Some(0))?;
        let rest: Option<Vec<u32>> = numbers.collect();
        (rest?.len() <= 1).then_some(Self { major, minor })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}
