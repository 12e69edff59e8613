//! What a case file says.
//!
//! ```yaml
//! schema: {...}            # for EQL: the mapping, as `--schema` reads it; without it, literals type the fields
//! any_source: false        # for Sigma: the logsource counts; default true
//! placeholders: {...}      # for Sigma: the pack's
//! cases:
//!   - name: what is claimed
//!     sigma: |             # the body of `detection`; without a condition, it is one selection. Or a list of bodies: all mean the same
//!     logsource: {...}     # where it counts
//!     eql: |               # a query; without `where`, `any where` stands before it. Or a list of queries
//!     match: |             # one event a line, as JSON; all these match
//!     miss: |              # and none of these
//!     kql: exact           # or `diverges CODE...`, or `unsupported CODE...`; exact if it is not said
//!     finds: [V0617]       # codes that `check` gives
//!     refused: V0601       # instead of events: the compiler refuses it with this code, and so does the engine
//! ```
//!
//! An event behind `~` is not asked of KQL, since no row of its profile holds it. One behind `!` gets the other verdict there, by a declared divergence.

use serde_yaml::{Mapping, Value};
use std::collections::BTreeSet;

/// What `build` says of a pair.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Claim {
    Exact,
    Diverges(BTreeSet<String>),
    Unsupported(BTreeSet<String>),
}

impl Claim {
    /// `exact`, `diverges empty-is-missing`.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let mut words = text.split_whitespace().map(str::to_owned);
        match words.next()?.as_str() {
            "exact" => Some(Self::Exact),
            "diverges" => Some(Self::Diverges(words.collect())),
            "unsupported" => Some(Self::Unsupported(words.collect())),
            _ => None,
        }
    }
}

/// An event of a case.
pub(crate) struct Event {
    pub(crate) json: String,
    matches: bool,
    row: bool,
    differs: bool,
}

/// One claim with the rules and events that show it.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) language: Language,
    rules: Vec<String>,
    pub(crate) logsource: Option<String>,
    pub(crate) events: Vec<Event>,
    pub(crate) kql: Claim,
    pub(crate) finds: BTreeSet<String>,
    refused: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    Sigma,
    Eql,
}

/// A rule of a case.
pub(crate) struct Rule<'f> {
    pub(crate) case: &'f Case,
    pub(crate) text: &'f str,
}

impl Rule<'_> {
    /// A query with its category.
    pub(crate) fn query(&self) -> String {
        if self.text.contains(" where ") {
            self.text.to_owned()
        } else {
            format!("any where {}", self.text)
        }
    }

    /// The rule's whole file.
    pub(crate) fn file(&self, number: usize) -> String {
        let id = format!("5a1e1f0a-0000-4000-8000-{number:012}");
        let indented = |text: &str, by: &str| -> String {
            text.lines().flat_map(|line| [by, line, "\n"]).collect()
        };
        match self.case.language {
            Language::Eql => format!(
                "id: {id}\nname: R\ndescription: R.\nstatus: test\nlanguage: eql\nseverity: low\nrisk_score: 1\nquery: |-2\n{}authors: [Nobody]\n\
                 license: Apache-2.0\nversion: 1\n",
                indented(&self.query(), "  ")
            ),
            Language::Sigma => {
                let source = self.case.logsource.as_deref().unwrap_or("{product: none}");
                let body = if self.text.lines().any(|line| line.starts_with("condition:")) {
                    indented(self.text, "  ")
                } else {
                    format!("  sel:\n{}  condition: sel\n", indented(self.text, "    "))
                };
                format!(
                    "title: R\nid: {id}\nstatus: test\nlevel: low\nlogsource: {source}\ndetection:\n{body}"
                )
            }
        }
    }
}

/// A case file.
pub(crate) struct File {
    pub(crate) schema: Option<String>,
    pub(crate) placeholders: Option<Value>,
    pub(crate) any_source: bool,
    cases: Vec<Case>,
}

impl File {
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let root: Mapping = serde_yaml::from_str(text).map_err(|error| error.to_string())?;
        known(&root, &["schema", "placeholders", "any_source", "cases"])?;
        let schema = root.get("schema").map(serde_json::to_string).transpose();
        let cases = root.get("cases").and_then(Value::as_sequence);
        let cases = cases.ok_or("no `cases`")?.iter();
        Ok(Self {
            schema: schema.map_err(|error| error.to_string())?,
            placeholders: root.get("placeholders").cloned(),
            any_source: root
                .get("any_source")
                .and_then(Value::as_bool)
                .unwrap_or(true),
            cases: cases.map(Case::read).collect::<Result<_, _>>()?,
        })
    }

    /// Every rule of the file, in order.
    pub(crate) fn rules<'f>(&'f self) -> Vec<Rule<'f>> {
        let of = |case: &'f Case| case.rules.iter().map(move |text| Rule { case, text });
        self.cases.iter().flat_map(of).collect()
    }

    pub(crate) fn cases(&self) -> &[Case] {
        &self.cases
    }
}

fn known(map: &Mapping, keys: &[&str]) -> Result<(), String> {
    let stray = map
        .keys()
        .filter_map(Value::as_str)
        .find(|key| !keys.contains(key));
    stray.map_or(Ok(()), |key| Err(format!("unknown key `{key}`")))
}

impl Case {
    fn read(value: &Value) -> Result<Self, String> {
        let map = value.as_mapping().ok_or("a case is a mapping")?;
        known(
            map,
            &[
                "name",
                "sigma",
                "logsource",
                "eql",
                "match",
                "miss",
                "kql",
                "finds",
                "refused",
            ],
        )?;
        let text = |key: &str| map.get(key).and_then(Value::as_str).unwrap_or_default();
        let name = text("name").to_owned();
        let (language, rules) = match (map.get("sigma"), map.get("eql")) {
            (Some(rules), None) => (Language::Sigma, strings(rules)),
            (None, Some(rules)) => (Language::Eql, strings(rules)),
            (Some(_), Some(_)) | (None, None) => {
                return Err(format!("{name}: one of `sigma` and `eql`"));
            }
        };
        let mut events = Vec::new();
        for (key, matches) in [("match", true), ("miss", false)] {
            for line in text(key).lines() {
                events.push(
                    Event::read(line.trim(), matches).ok_or_else(|| format!("{name}: {line}"))?,
                );
            }
        }
        let mut finds: BTreeSet<String> = map
            .get("finds")
            .map(strings)
            .unwrap_or_default()
            .into_iter()
            .collect();
        let refused = map.contains_key("refused");
        if refused
            == (events.iter().any(|event| event.matches)
                && events.iter().any(|event| !event.matches))
        {
            return Err(format!("{name}: events of both kinds, or `refused`"));
        }
        finds.extend(
            map.get("refused")
                .and_then(Value::as_str)
                .filter(|code| !code.is_empty())
                .map(str::to_owned),
        );
        let kql = map.get("kql").and_then(Value::as_str).unwrap_or("exact");
        Ok(Self {
            language,
            rules,
            logsource: map
                .get("logsource")
                .map(|value| serde_json::to_string(value).unwrap_or_default()),
            events,
            kql: Claim::read(kql).ok_or_else(|| format!("{name}: `kql: {kql}`"))?,
            finds,
            refused,
            name,
        })
    }

    pub(crate) fn is_refused(&self) -> bool {
        self.refused
    }

    /// The events that match.
    pub(crate) fn matching(&self) -> BTreeSet<usize> {
        let all = (0..).zip(&self.events);
        all.filter(|(_, event)| event.matches)
            .map(|(at, _)| at)
            .collect()
    }

    /// The events that rows hold.
    pub(crate) fn rows(&self) -> Vec<usize> {
        let all = (0..).zip(&self.events);
        all.filter(|(_, event)| event.row)
            .map(|(at, _)| at)
            .collect()
    }

    /// Whether a declared divergence turns an event's verdict around.
    pub(crate) fn differs(&self, at: usize) -> bool {
        self.events.get(at).is_some_and(|event| event.differs)
    }
}

impl Event {
    fn read(line: &str, matches: bool) -> Option<Self> {
        let (mark, json) = match line.split_at_checked(2)? {
            (mark @ ("~ " | "! "), json) => (mark, json),
            _ => ("", line),
        };
        serde_json::from_str::<serde_json::Value>(json).ok()?;
        Some(Self {
            json: json.to_owned(),
            matches,
            row: mark != "~ ",
            differs: mark == "! ",
        })
    }
}

fn strings(value: &Value) -> Vec<String> {
    match value {
        Value::Sequence(items) => items
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        other => other.as_str().map(str::to_owned).into_iter().collect(),
    }
}
