//! What is said about a rule beside its query: the types behind the keys of a definition.

use crate::rule::attack::Mapping;
use crate::rule::located::Located;
use crate::rule::node::Node;
use crate::rule::pivot::Pivot;
use crate::span::{Span, Text};
use std::collections::BTreeMap;
use std::fmt;

/// Everything about a rule that does not change when it matches. An absent key is None or empty, never a made-up value.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Metadata {
    /// Where the value of each top-level key stands; for Elastic rules, the keys of `[rule]`.
    pub places: BTreeMap<String, Span>,
    /// What the rule finds, and why that matters.
    pub description: Option<Located<String>>,
    /// How far the rule has come.
    pub status: Option<Located<Status>>,
    /// How bad a match is.
    pub severity: Option<Located<RuleSeverity>>,
    /// How bad a match is, from 0 to 100.
    pub risk_score: Option<Located<u8>>,
    /// How often the rule runs.
    pub schedule: Schedule,
    /// Which data it reads.
    pub data: Data,
    /// The ATT&CK techniques and tactics it covers.
    pub attack: Vec<Mapping>,
    /// Links.
    pub references: Vec<Located<String>>,
    /// What else may match.
    pub false_positives: Vec<Located<String>>,
    /// Under which licence it may be used.
    pub license: Option<Located<String>>,
    /// Free words to find it by.
    pub tags: Vec<Located<String>>,
    /// How to investigate a match: Markdown with `!{investigate NAME}` where a pivot belongs.
    pub guide: Option<Text>,
    /// The pivots of the guide, by name, in source order.
    pub investigate: Vec<Pivot>,
    /// What must be set up for the data to arrive: Markdown.
    pub setup: Option<Text>,
    /// The rule's version, from 1.
    pub version: Option<Located<u64>>,
    /// What a match is about, for the alert's entities or risk objects.
    pub entities: Vec<Entity>,
    /// Which further matches are no further alerts.
    pub suppression: Option<Suppression>,
    /// The fields that an alert shows.
    pub output: Vec<Located<String>>,
    /// Other rules that this one comes from, replaces or resembles.
    pub related: Vec<Related>,
    /// Keys of a vendor that have no place above, word for word, by vendor.
    pub vendor: BTreeMap<String, Node>,
}

/// Declares an enum of written words, with the way there and back.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
        }

        impl $name {
            /// Every word, in order.
            pub const WORDS: &[&str] = &[$($word),*];

            /// The value that is written so.
            pub fn parse(word: &str) -> Option<Self> {
                match word {
                    $($word => Some(Self::$variant),)*
                    _ => None,
                }
            }

            /// How it is written.
            pub fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.word())
            }
        }
    };
}

words! {
    /// How far a rule has come.
    Status {
        /// New: expect noise.
        Experimental = "experimental",
        /// Tried, not yet trusted.
        Test = "test",
        /// In use.
        Production = "production",
        /// No longer maintained.
        Deprecated = "deprecated",
    }
}

words! {
    /// How bad a match is.
    RuleSeverity {
        /// Worth a record, no alert.
        Informational = "informational",
        /// Look when there is time.
        Low = "low",
        /// Look today.
        Medium = "medium",
        /// Look now.
        High = "high",
        /// Wake somebody.
        Critical = "critical",
    }
}

words! {
    /// What kind of thing a field of an alert names.
    EntityKind {
        /// A machine.
        Host = "host",
        /// An account.
        User = "user",
        /// A network address.
        Ip = "ip",
        /// A domain name.
        Domain = "domain",
        /// A web address.
        Url = "url",
        /// A file.
        File = "file",
        /// A hash of a file.
        Hash = "hash",
        /// A process.
        Process = "process",
        /// A registry key.
        Registry = "registry",
        /// A mailbox.
        Mailbox = "mailbox",
        /// A resource of a cloud.
        Cloud = "cloud",
    }
}

/// A length of time, as it was written: `5m`, `1h`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duration {
    /// The text.
    pub text: String,
    /// The seconds it means.
    pub seconds: u64,
}

impl Duration {
    /// Reads a whole number and one of `s`, `m`, `h`, `d`, `w`.
    pub fn parse(text: &str) -> Option<Self> {
        let unit = text.chars().last()?;
        let scale = match unit {
            's' => 1,
            'm' => 60,
            'h' => 3_600,
            'd' => 86_400,
            'w' => 604_800,
            _ => return None,
        };
        let digits = text.strip_suffix(unit)?;
        let digits_only = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        let count: u64 = digits_only.then(|| digits.parse().ok()).flatten()?;
        Some(Self {
            text: text.to_owned(),
            seconds: count.checked_mul(scale)?,
        })
    }
}

/// How often a rule runs and how far it looks back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schedule {
    /// From one run to the next.
    pub interval: Option<Located<Duration>>,
    /// How far back a run looks; more than the interval, so that late events are seen.
    pub lookback: Option<Located<Duration>>,
    /// The most alerts of one run.
    pub max_alerts: Option<Located<u64>>,
}

/// Which data a rule reads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Data {
    /// The vocabulary that the query uses, such as `ecs`.
    pub schema: Option<Located<String>>,
    /// Index patterns.
    pub indices: Vec<Located<String>>,
    /// Products that deliver the data, by name.
    pub sources: Vec<Located<String>>,
}

/// A field that names what a match is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entity {
    /// What kind of thing it names.
    pub kind: Located<EntityKind>,
    /// The field.
    pub field: Located<String>,
}

/// Further matches with the same values, within a time, are no further alerts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppression {
    /// The fields whose values are compared.
    pub by: Vec<Located<String>>,
    /// The time; None means one run of the rule.
    pub period: Option<Located<Duration>>,
}

/// Another rule and what it is to this one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// Its id.
    pub id: Located<String>,
    /// `derived`, `obsolete`, `merged`, `renamed` or `similar`.
    pub kind: Located<String>,
}

#[cfg(test)]
mod tests {
    use super::Duration;

    #[test]
    fn durations_are_a_number_and_a_unit() {
        let seconds = |text: &str| Duration::parse(text).map(|duration| duration.seconds);
        assert_eq!(seconds("5m"), Some(300));
        assert_eq!(seconds("0s"), Some(0));
        assert_eq!(seconds("2w"), Some(1_209_600));
        for text in [
            "",
            "m",
            "5",
            "5 m",
            "+5m",
            "-5m",
            "5mm",
            "5é",
            "99999999999999999999s",
            "9999999999999999999w",
        ] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }
}
