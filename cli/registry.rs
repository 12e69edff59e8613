//! The one table that pairs a target with its engine.
//!
//! `native` and `rust` are judged by running them; a target that emits text without a row here ships unverified. Nothing else names both an
//! emitter and an engine: the proof must not come from whoever made the claim.

use crate::output::Failure;
use std::collections::BTreeSet;
use verdict_compiler::diagnostic::did_you_mean;
use verdict_compiler::ir::series::moment;
use verdict_compiler::ir::{Series, instant};
use verdict_compiler::{Code, Ir};
use verdict_engines::{QueryError, eql, esql, kql, spl};
use verdict_event::{Event, Path, Schema, TimestampFormat};
use verdict_harness::{Match, Window};
use verdict_targets::profile::Profile;
use verdict_targets::target::Target;

/// The generated crate; its judge is the crate itself, built and run.
pub(crate) use verdict_targets::rust as generated;

/// An engine with its query: whether one row matches.
pub(crate) type Engine = Box<dyn Fn(&Event) -> Result<bool, String> + Send + Sync>;

/// An engine with its query over several events: what it finds in a table of rows.
pub(crate) type SeriesEngine = Box<dyn Fn(&[Event]) -> Result<Found, String> + Send + Sync>;

/// What an engine finds in a table.
pub(crate) enum Found {
    /// Matches: rows by their place in the table, slot by slot.
    Matches(Vec<Match>),
    /// Where matches stand, of a language that does not list their events.
    Windows(BTreeSet<Window>),
}

/// A target and the engine that runs its text.
pub(crate) struct Row {
    /// The emitter.
    pub target: &'static dyn Target,
    /// The engine for a text whose rows have a schema.
    pub engine: fn(&str, &Schema, &Profile) -> Result<Engine, Vec<QueryError>>,
    /// The engine for the text of a rule over several events.
    pub series: fn(&str, &Schema, &Series, &Profile) -> Result<SeriesEngine, Vec<QueryError>>,
    /// Whether the language marks fields that need not be there, so that its text must run where they are not.
    pub spares_optional: bool,
    /// Differences of the engine itself, listed once a profile.
    pub standing: &'static [Code],
}

/// Every target that emits text.
pub(crate) const ROWS: &[Row] = &[
    Row {
        target: &verdict_targets::eql::Eql,
        engine: eql_engine,
        series: eql_series,
        spares_optional: true,
        standing: verdict_targets::eql::STANDING,
    },
    Row {
        target: &verdict_targets::kql::Kql,
        engine: kql_engine,
        series: kql_series,
        spares_optional: false,
        standing: verdict_targets::kql::STANDING,
    },
    Row {
        target: &verdict_targets::esql::Esql,
        engine: esql_engine,
        series: esql_series,
        spares_optional: false,
        standing: verdict_targets::esql::STANDING,
    },
    Row {
        target: &verdict_targets::spl::Spl,
        engine: spl_engine,
        series: spl_series,
        spares_optional: false,
        standing: verdict_targets::spl::STANDING,
    },
];

fn eql_engine(text: &str, schema: &Schema, _: &Profile) -> Result<Engine, Vec<QueryError>> {
    let bound = eql::Query::parse(text)?.bind(schema, true)?;
    Ok(Box::new(move |row| Ok(bound.matches(row))))
}

/// The version of Elasticsearch that a query is judged by where the pack names none: the oldest that is written for.
const ELASTICSEARCH: esql::Version = esql::Version::new(8, 19);

fn esql_engine(text: &str, schema: &Schema, profile: &Profile) -> Result<Engine, Vec<QueryError>> {
    let bound = esql::Query::parse(text)?.bind_for(schema, true, elasticsearch(profile))?;
    Ok(Box::new(move |row| {
        bound.matches(row).map_err(|error| error.to_string())
    }))
}

/// The version of Elasticsearch that a profile is for.
fn elasticsearch(profile: &Profile) -> esql::Version {
    let version = profile.version("elasticsearch").and_then(|version| {
        let major = version.major.try_into().ok()?;
        Some(esql::Version::new(major, version.minor.try_into().ok()?))
    });
    version.unwrap_or(ELASTICSEARCH)
}

fn kql_engine(text: &str, schema: &Schema, _: &Profile) -> Result<Engine, Vec<QueryError>> {
    let bound = kql::Query::parse(text)?.bind(schema, true)?;
    Ok(Box::new(move |row| {
        bound.matches(row).map_err(|error| error.to_string())
    }))
}

fn spl_engine(text: &str, schema: &Schema, _: &Profile) -> Result<Engine, Vec<QueryError>> {
    let bound = spl::Query::parse(text)?.bind(schema, true)?;
    Ok(Box::new(move |row| {
        bound.matches(row).map_err(|error| error.to_string())
    }))
}

fn eql_series(
    text: &str,
    schema: &Schema,
    _: &Series,
    _: &Profile,
) -> Result<SeriesEngine, Vec<QueryError>> {
    let bound = eql::Query::parse(text)?.bind(schema, false)?;
    Ok(Box::new(move |rows| {
        let found = bound.series(rows).map_err(|error| error.to_string())?;
        Ok(Found::Matches(found))
    }))
}

/// A row of Kusto tells a match by the identifiers of its events, which stand in a column of their own; here each is the place of its row.
fn kql_series(
    text: &str,
    schema: &Schema,
    series: &Series,
    profile: &Profile,
) -> Result<SeriesEngine, Vec<QueryError>> {
    let bound = kql::Query::parse(text)?.bind(schema, true)?;
    let groups = verdict_targets::kql::told(series);
    let time = verdict_targets::kql::time(profile).unwrap_or_default();
    Ok(Box::new(move |rows| {
        let found = bound.rows(rows).map_err(|error| error.to_string())?;
        if let Some(groups) = &groups {
            let windows = found.iter().map(|row| kusto_window(row, &time, groups));
            return Ok(Found::Windows(windows.collect::<Result<_, _>>()?));
        }
        let events = Path::new(verdict_targets::kql::EVENTS);
        let matches = found.iter().map(|row| {
            let events = row.values(&events);
            let places = events.iter().map(|event| {
                let text = event.scalar_text();
                let place = text.and_then(verdict_targets::kql::place);
                place.ok_or_else(|| format!("no identifier of an event: {text:?}"))
            });
            places
                .map(|place| place.map(Some))
                .collect::<Result<Match, _>>()
        });
        Ok(Found::Matches(matches.collect::<Result<_, _>>()?))
    }))
}

fn kusto_window(row: &Event, time: &str, groups: &[String]) -> Result<Window, String> {
    let window = || {
        let time = row.values(&Path::new(time)).first().copied()?;
        let told = groups.iter().map(|group| only(row, group));
        Some(Window {
            end: moment::read(TimestampFormat::Iso, time)?,
            told: told.collect::<Option<_>>()?,
        })
    };
    window().ok_or_else(|| "a row without its time or group".to_owned())
}

/// A row of ES|QL tells the instant of the last event, and the group.
fn esql_series(
    text: &str,
    schema: &Schema,
    series: &Series,
    profile: &Profile,
) -> Result<SeriesEngine, Vec<QueryError>> {
    let bound = esql::Query::parse(text)?.bind_for(schema, true, elasticsearch(profile))?;
    let groups = verdict_targets::esql::told(series);
    Ok(Box::new(move |rows| {
        let rows = bound.rows(rows).map_err(|error| error.to_string())?;
        let window = |row: &Event| {
            let told = groups.iter().map(|group| only(row, group));
            Some(Window {
                end: instant::parse(&only(row, "@timestamp")?)?,
                told: told.collect::<Option<_>>()?,
            })
        };
        let windows = rows
            .iter()
            .map(|row| window(row).ok_or_else(|| "a row without its time or group".to_owned()));
        Ok(Found::Windows(windows.collect::<Result<_, _>>()?))
    }))
}

/// A row of Splunk tells the instant of the last event, and the group or, of a sequence, the instant of the first.
fn spl_series(
    text: &str,
    schema: &Schema,
    series: &Series,
    profile: &Profile,
) -> Result<SeriesEngine, Vec<QueryError>> {
    let bound = spl::Query::parse(text)?.bind(schema, true)?;
    let groups = verdict_targets::spl::told(series, profile);
    Ok(Box::new(move |rows| {
        let rows = bound.rows(rows).map_err(|error| error.to_string())?;
        let window = |row: &Event| {
            let told = match &groups {
                None => vec![millis(row, "first_time")?.to_string()],
                Some(groups) => groups
                    .iter()
                    .map(|group| only(row, group))
                    .collect::<Option<_>>()?,
            };
            Some(Window {
                end: millis(row, "_time")?,
                told,
            })
        };
        let windows = rows
            .iter()
            .map(|row| window(row).ok_or_else(|| "a row without its time or group".to_owned()));
        Ok(Found::Windows(windows.collect::<Result<_, _>>()?))
    }))
}

fn only(row: &Event, column: &str) -> Option<String> {
    match row.values(&Path::new(column)).as_slice() {
        [value] => value.scalar_text().map(str::to_owned),
        _ => None,
    }
}

/// A time in seconds, in milliseconds.
fn millis(row: &Event, column: &str) -> Option<i64> {
    let seconds: f64 = only(row, column)?.parse().ok()?;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "instants are far below the limit"
    )]
    let millis = (seconds * 1000.0).round() as i64;
    Some(millis)
}

/// What a rule is compiled to or judged by.
#[derive(Clone)]
pub(crate) enum Chosen {
    /// The in-process matcher.
    Native,
    /// The generated crate.
    Rust,
    /// A target that emits text, with a profile.
    Text(&'static Row, Profile),
}

impl Chosen {
    /// `native`, `kql:raw`.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Native | Self::Rust => self.target().to_owned(),
            Self::Text(row, profile) => format!("{}:{}", row.target.name(), profile.name),
        }
    }

    /// The target alone.
    pub(crate) fn target(&self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::Rust => "rust",
            Self::Text(row, _) => row.target.name(),
        }
    }

    /// The columns that a target's text of this meaning reads.
    pub(crate) fn schema(&self, ir: &Ir) -> Option<Schema> {
        match self {
            Self::Native | Self::Rust => None,
            Self::Text(row, profile) => Some(row.target.schema(ir, profile)),
        }
    }

    /// The profile alone, if there is one.
    pub(crate) fn profile(&self) -> Option<&str> {
        match self {
            Self::Native | Self::Rust => None,
            Self::Text(_, profile) => Some(&profile.name),
        }
    }
}

/// Every target, with profile `raw` where it has profiles, `native` first.
pub(crate) fn all_raw() -> Vec<Chosen> {
    let texts = ROWS.iter().map(|row| Chosen::Text(row, Profile::raw()));
    [Chosen::Native, Chosen::Rust]
        .into_iter()
        .chain(texts)
        .collect()
}

/// Every target with every bundled profile, `native` first.
pub(crate) fn all_bundled() -> Vec<Chosen> {
    let of = |row: &'static Row| {
        let names = Profile::names(row.target.name()).into_iter();
        let profiles = names.filter_map(|name| Profile::bundled(row.target.name(), name));
        profiles.map(move |profile| Chosen::Text(row, profile))
    };
    let texts = ROWS.iter().flat_map(of);
    [Chosen::Native, Chosen::Rust]
        .into_iter()
        .chain(texts)
        .collect()
}

/// The targets of these names, each once, in order. `own` are a pack's profiles, which come before the bundled ones.
pub(crate) fn choose<'n>(
    names: impl IntoIterator<Item = &'n str>,
    own: &[Profile],
) -> Result<Vec<Chosen>, Failure> {
    let mut chosen: Vec<Chosen> = Vec::new();
    for name in names {
        let found = one(name, own)?;
        if !chosen.iter().any(|known| known.name() == found.name()) {
            chosen.push(found);
        }
    }
    Ok(chosen)
}

fn one(name: &str, own: &[Profile]) -> Result<Chosen, Failure> {
    let (target, profile) = name
        .split_once(':')
        .map_or((name, None), |(target, profile)| (target, Some(profile)));
    let known: Vec<&str> = ["native", "rust"]
        .into_iter()
        .chain(ROWS.iter().map(|row| row.target.name()))
        .collect();
    let unknown = |what: &str, wanted: &str, known: &[&str]| {
        let hint = did_you_mean(wanted, known.iter().copied()).map_or_else(
            || format!("known: {}", known.join(", ")),
            |near| format!("did you mean `{near}`?"),
        );
        Failure::usage(format!("no {what} `{wanted}`; {hint}"))
    };
    match (target, profile) {
        ("native", None) => Ok(Chosen::Native),
        ("rust", None) => Ok(Chosen::Rust),
        ("native" | "rust", Some(profile)) => Err(Failure::usage(format!(
            "`{target}` has no profiles, so none is `{profile}`"
        ))),
        (target, profile) => {
            let row = ROWS.iter().find(|row| row.target.name() == target);
            let row = row.ok_or_else(|| unknown("target", target, &known))?;
            let profile = profile.unwrap_or("raw");
            let found = own.iter().find(|known| known.is(target, profile)).cloned();
            if let Some(found) = found.or_else(|| Profile::bundled(target, profile)) {
                return Ok(Chosen::Text(row, found));
            }
            let mut known = Profile::names(target);
            let mine = own.iter().filter(|known| known.is(target, &known.name));
            known.extend(mine.map(|known| known.name.as_str()));
            Err(unknown("profile", profile, &known))
        }
    }
}
