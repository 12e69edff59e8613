//! A conformance case: what a vendor's document says that a query returns.

use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// What a case varies; a column of the matrix.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Aspect {
    Match,
    #[serde(rename = "near miss")]
    NearMiss,
    Missing,
    List,
    Case,
    Escape,
}

impl Aspect {
    /// All of them, in the order of the matrix.
    pub(crate) const ALL: [(Self, &'static str); 6] = [
        (Self::Match, "match"),
        (Self::NearMiss, "near miss"),
        (Self::Missing, "missing"),
        (Self::List, "list"),
        (Self::Case, "case"),
        (Self::Escape, "escape"),
    ];
}

/// What a verdict rests on, the weakest first.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Mark {
    Assumed,
    Documented,
    Verified,
}

impl Mark {
    /// The word of the matrix.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Assumed => "assumed",
            Self::Documented => "documented",
            Self::Verified => "verified",
        }
    }
}

/// A case as it stands in its file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) operator: String,
    pub(crate) aspect: Aspect,
    pub(crate) mark: Mark,
    pub(crate) source: String,
    pub(crate) query: String,
    /// Events as JSON texts.
    #[serde(default)]
    pub(crate) events: Vec<String>,
    /// The schema, as JSON.
    pub(crate) schema: Option<String>,
    /// The values of Sigma's placeholders, as JSON: names without percent signs, each with a list of texts.
    placeholders: Option<String>,
    matches: Option<Vec<usize>>,
    sequences: Option<Vec<Vec<i64>>>,
    rows: Option<Vec<String>>,
    /// The names of the columns of every row, where their order matters.
    pub(crate) columns: Option<Vec<String>>,
    #[serde(default)]
    refused: bool,
    /// What the engine says, where that is not the case's verdict; it begins with *refuse* where the engine does not run the query.
    pub(crate) differs: Option<String>,
}

/// What a case tells of the engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Told {
    /// It gives the verdict.
    Agrees,
    /// It refuses a query that the language takes.
    Refuses,
    /// It gives another verdict.
    Differs,
}

/// What the document says.
#[derive(Debug, PartialEq)]
pub(crate) enum Verdict {
    /// The events of each match; a slot of a missing event is none.
    Matches(Vec<Vec<Option<usize>>>),
    /// Rows that the query makes, as JSON.
    Rows(Vec<serde_json::Value>),
    /// The language refuses the query.
    Refused,
}

impl Case {
    /// How the case is told to differ from what the engine says: none, by a verdict of its own, or by refusing the query.
    pub(crate) fn told(&self) -> Told {
        match &self.differs {
            None => Told::Agrees,
            Some(text) if text.starts_with("refuse") => Told::Refuses,
            Some(_) => Told::Differs,
        }
    }

    /// The values of placeholders.
    pub(crate) fn placeholders(&self) -> BTreeMap<String, Vec<String>> {
        let text = self.placeholders.as_deref().unwrap_or("{}");
        serde_json::from_str(text).expect("names with lists of texts")
    }

    /// The verdict, or what is wrong with the case: exactly one kind may stand there, and it may name no event that is not there.
    pub(crate) fn verdict(&self) -> Result<Verdict, String> {
        let kinds = [
            self.matches.is_some(),
            self.sequences.is_some(),
            self.rows.is_some(),
            self.refused,
        ];
        if kinds.iter().filter(|kind| **kind).count() != 1 {
            return Err("wants one of `matches`, `sequences`, `rows`, `refused`".to_owned());
        }
        let event = |at: usize| {
            let known = at < self.events.len();
            known
                .then_some(Some(at))
                .ok_or_else(|| format!("has no event {at}"))
        };
        if let Some(matches) = &self.matches {
            let single = |at: &usize| event(*at).map(|slot| vec![slot]);
            return matches
                .iter()
                .map(single)
                .collect::<Result<_, _>>()
                .map(Verdict::Matches);
        }
        if let Some(sequences) = &self.sequences {
            // TOML has no null: -1 stands for the slot of a missing event.
            let slot = |at: &i64| match usize::try_from(*at) {
                Ok(at) => event(at),
                Err(_) if *at == -1 => Ok(None),
                Err(_) => Err(format!("has no event {at}")),
            };
            let slots = |sequence: &Vec<i64>| sequence.iter().map(slot).collect();
            return sequences
                .iter()
                .map(slots)
                .collect::<Result<_, _>>()
                .map(Verdict::Matches);
        }
        if let Some(rows) = &self.rows {
            let row = |text: &String| serde_json::from_str(text).map_err(|error| error.to_string());
            return rows
                .iter()
                .map(row)
                .collect::<Result<_, _>>()
                .map(Verdict::Rows);
        }
        Ok(Verdict::Refused)
    }

    /// What is wrong with the case itself, whatever an engine says.
    pub(crate) fn faults(&self) -> Vec<String> {
        let mut faults: Vec<String> = self.verdict().err().into_iter().collect();
        let texts = [
            ("name", &self.name),
            ("operator", &self.operator),
            ("source", &self.source),
            ("query", &self.query),
        ];
        let blank = texts.iter().filter(|(_, text)| text.trim().is_empty());
        faults.extend(blank.map(|(key, _)| format!("has no {key}")));
        if self
            .differs
            .as_ref()
            .is_some_and(|text| text.trim().is_empty())
        {
            faults.push("does not tell what the engine says".to_owned());
        }
        if self.columns.is_some() && self.rows.is_none() {
            faults.push("names columns without rows".to_owned());
        }
        faults
    }
}

/// A file of cases.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseFile {
    version: String,
    #[serde(rename = "case")]
    cases: Vec<Case>,
}

/// All cases of a language.
#[derive(Debug, Default)]
pub(crate) struct Suite {
    /// The engines' versions that the files name.
    pub(crate) versions: Vec<String>,
    /// The cases, by file and in the order of each file.
    pub(crate) cases: Vec<Case>,
    /// Files that are too long, as a fault each.
    pub(crate) faults: Vec<String>,
}

/// A file of cases may have this many lines: the words of `tests/layering.rs` on small rooms, for data.
const LINES: usize = 400;

/// Reads the cases of a language; none where its folder is not there yet.
pub(crate) fn read(language: &str) -> Suite {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/conformance")
        .join(language);
    let mut suite = Suite::default();
    let Ok(entries) = fs::read_dir(&folder) else {
        return suite;
    };
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
        .collect();
    files.sort();
    for path in files {
        let text = fs::read_to_string(&path).expect("a text");
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let lines = text.lines().count();
        if lines > LINES {
            suite
                .faults
                .push(format!("{language}/{name} has {lines} lines"));
        }
        let file: CaseFile =
            toml::from_str(&text).unwrap_or_else(|error| panic!("{language}/{name}: {error}"));
        if !suite.versions.contains(&file.version) {
            suite.versions.push(file.version);
        }
        suite.cases.extend(file.cases);
    }
    suite
}
