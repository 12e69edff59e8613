//! Expressions of `search`.

use super::super::ast::{Name, Op, Search, SearchValue, TermKind};
use super::super::filter::{FieldTest, Filter, Matcher};
use super::super::network;
use super::super::value::number;
use super::super::wildcard::Wildcard;
use super::{Binder, Outcome};
use crate::QueryError;
use regex::{Regex, RegexBuilder};
use std::collections::HashSet;
use std::fmt::Write as _;

/// Conditions of these hold of an event that lacks the field, since every event comes from somewhere (decided).
const ORIGINS: [&str; 4] = ["index", "sourcetype", "source", "host"];

/// Names that are no fields but ask for a time, or for what an administrator keeps. Source: Search Reference, search, "Time options",
/// "Index expression options".
const MODIFIERS: [&str; 17] = [
    "earliest",
    "latest",
    "starttime",
    "endtime",
    "timeformat",
    "_index_earliest",
    "_index_latest",
    "startminutesago",
    "starthoursago",
    "startdaysago",
    "eventtype",
    "eventtypetag",
    "hosttag",
    "savedsearch",
    "savedsplunk",
    "splunk_server",
    "tag",
];

impl Binder<'_> {
    pub(super) fn search(&mut self, search: &Search) -> Outcome<Filter> {
        let all = |binder: &mut Self, terms: &[Search]| -> Outcome<Vec<Filter>> {
            terms.iter().map(|term| binder.search(term)).collect()
        };
        Ok(match search {
            Search::And(terms) => Filter::All(all(self, terms)?),
            Search::Or(terms) => Filter::Any(all(self, terms)?),
            Search::Not(inner) => Filter::Not(Box::new(self.search(inner)?)),
            Search::Term { kind, text } => self.term(*kind, text)?,
            Search::Compare { field, op, value } => {
                let test = match op {
                    Op::Equal => FieldTest::Equal(matcher(value)),
                    Op::Unequal => FieldTest::Unequal(matcher(value)),
                    _ => order(*op, value)?,
                };
                self.field(field, test)?
            }
            Search::In { field, values } => self.field(field, one_of(values))?,
        })
    }

    fn field(&mut self, field: &Name, test: FieldTest) -> Outcome<Filter> {
        // Source: Search Reference, search, "Search with a tag": `tag=<tag>` finds events that have the tag. Events have theirs in a field `tag` (assumed),
        // where the schema says that they do.
        let tagged = field.text == "tag" && self.scope.lists("tag");
        let modifier = MODIFIERS.contains(&field.text.as_str()) && !tagged;
        if modifier || field.text.starts_with("tag::") {
            let message = format!("`{}` asks for what local events do not have", field.text);
            return Err(QueryError::new(message, field.span.clone()));
        }
        Ok(Filter::Field {
            slot: self.scope.slot(field),
            of_missing: ORIGINS.contains(&field.text.as_str()),
            test,
        })
    }

    /// Source: Search Reference, search, "Using the search command later": terms need `_raw`, which transforming commands do not pass on.
    fn term(&mut self, kind: TermKind, text: &Name) -> Outcome<Filter> {
        if text.text == "*" && kind == TermKind::Plain {
            return Ok(Filter::Every);
        }
        if text.text.is_empty() {
            return Err(QueryError::new("the term is empty", text.span.clone()));
        }
        if !self.scope.holds("_raw") {
            return Err(QueryError::new(
                "a term needs `_raw`, which is no longer there",
                text.span.clone(),
            ));
        }
        let pattern = pattern(kind, text)?;
        let raw = Name {
            text: "_raw".to_owned(),
            span: text.span.clone(),
        };
        Ok(Filter::Term {
            slot: self.scope.slot(&raw),
            pattern,
        })
    }
}

/// Major breakers part the text of an event into terms, minor ones part those. Source: segmenters.conf, `MAJOR` and `MINOR` of the default
/// stanza; those of more than one character (`%20`, `--` ...) are left out (assumed).
const MAJOR: &str = "[]<>(){}|!;,'\"*\n\r \t&?+";
const MINOR: &str = "/:=@.-$#%\\_";

fn class(breakers: &[&str], negated: bool) -> String {
    let mut class = if negated { "[^" } else { "[" }.to_owned();
    for letter in breakers.iter().flat_map(|part| part.chars()) {
        let _ = write!(class, "\\x{{{:X}}}", u32::from(letter));
    }
    class.push(']');
    class
}

/// A term as a pattern over `_raw`.
///
/// Source: Search Manual, "Event segmentation and searching", "Use `CASE()` and `TERM()` to match phrases": a term is found between breakers,
/// not within a word; `*` is a run of characters of one term; `TERM()` is bounded by major breakers. A term that begins or ends with a
/// breaker bounds itself (assumed).
fn pattern(kind: TermKind, text: &Name) -> Outcome<Regex> {
    let borders: &[&str] = if kind == TermKind::Whole {
        &[MAJOR]
    } else {
        &[MAJOR, MINOR]
    };
    let major = |letter: char| MAJOR.contains(letter);
    if kind == TermKind::Whole && text.text.contains(|letter| major(letter) && letter != '*') {
        return Err(QueryError::new(
            "TERM() finds nothing that holds a major breaker",
            text.span.clone(),
        ));
    }
    let breaks = |letter: char| letter != '*' && borders.iter().any(|set| set.contains(letter));
    let border = class(borders, false);
    let mut out = String::new();
    let bounded =
        |letter: Option<char>| letter.is_some_and(|letter| letter != '*' && !breaks(letter));
    if verdict_faults::at("spl/engine/term-stands-within-a-word") {
        return Regex::new(&format!("(?i){}", regex::escape(&text.text)))
            .map_err(|_| QueryError::new("the term is too long", text.span.clone()));
    }
    if bounded(text.text.chars().next()) {
        let _ = write!(out, "(?:\\A|{border})");
    }
    let run = class(&[MAJOR], true) + "*";
    for letter in text.text.chars() {
        if letter == '*' {
            out.push_str(&run);
        } else {
            out.push_str(&regex::escape(&letter.to_string()));
        }
    }
    if bounded(text.text.chars().last()) {
        let _ = write!(out, "(?:\\z|{border})");
    }
    RegexBuilder::new(&out)
        .case_insensitive(kind != TermKind::Cased)
        .build()
        .map_err(|_| QueryError::new("the term is too long", text.span.clone()))
}

fn matcher(value: &SearchValue) -> Matcher {
    let wildcard = Wildcard::new(&value.text, value.cased);
    match network::parse(&value.text) {
        Some(network) if !value.cased && !verdict_faults::at("spl/engine/network-is-a-text") => {
            Matcher::Network(network, wildcard)
        }
        _ => Matcher::Wildcard(wildcard),
    }
}

/// A wildcard has no order, and `CASE()` beside an order has no documented meaning.
fn order(op: Op, value: &SearchValue) -> Outcome<FieldTest> {
    if value.cased || value.text.contains('*') {
        return Err(QueryError::new(
            "an order needs a plain value",
            value.span.clone(),
        ));
    }
    Ok(FieldTest::Order {
        op,
        text: value.text.clone(),
        number: number(&value.text),
    })
}

/// Whole values are looked up at once; the others are tried one by one.
fn one_of(values: &[SearchValue]) -> FieldTest {
    let mut plain = HashSet::new();
    let mut others = Vec::new();
    for value in values {
        match matcher(value) {
            Matcher::Wildcard(wildcard)
                if !value.cased
                    && (wildcard.is_exact()
                        || verdict_faults::at("spl/engine/in-takes-no-wildcards")) =>
            {
                plain.insert(value.text.to_ascii_lowercase());
            }
            other => others.push(other),
        }
    }
    FieldTest::OneOf { plain, others }
}
