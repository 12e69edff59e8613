//! EQL's sequences: a pass of `streamstats` for each stage but the last.
//!
//! What a stage holds, key by key, was set by the latest event that either moved a pending match into it or took the one that was there. Both can be told
//! from columns of that event alone, stage after stage; so `last()` over the events before an event is the state that it meets, and no recursion is needed.

use crate::header::{Comment, header};
use crate::profile::BoundSeries;
use crate::spl::caps::can_be_empty as can_hold_empty;
use crate::spl::quote;
use crate::spl::series::base::Base;
use crate::spl::series::claim;
use crate::spl::series::pipe::{Names, Pipe};
use crate::target::{Claim, Emitted};
use crate::told_apart::can_be_empty;
use verdict_compiler::codes::target::{SERIES_KEY, SERIES_SIZE, SERIES_STATE};
use verdict_compiler::ir::series::{Key, Limit, Sequence, Term};
use verdict_compiler::{Code, Refusal, Rule, Span};
use verdict_event::{FieldType, Path};

/// The most slots of a match: each is a pass over the events.
const MOST_SLOTS: usize = 32;
/// What stands in a key's place where an event is none of a term's. A key begins with digits.
const NONE: &str = "-";

/// Writes a sequence.
pub(super) fn write(
    rule: &Rule,
    sequence: &Sequence,
    bound: &BoundSeries,
) -> Result<Emitted, Vec<Refusal>> {
    possible(sequence)?;
    let fields = bound.series.fields();
    let mut base = Base::new(&fields, &bound.places);
    for term in sequence.terms() {
        let keys: Vec<&Path> = term.keys.iter().map(|key| &key.field).collect();
        base.add(&term.event, &keys, term.span);
    }
    let mut writer = Writer {
        names: Names::without(fields.keys().map(|path| path.as_str().to_owned())),
        pipe: Pipe::default(),
    };
    writer.body(sequence, &base);
    let search = base.search();
    let steps = writer.pipe.text();
    let claim = claim(base.codes()?, bound, empty_keys_join(sequence));
    let codes: Vec<Code> = match &claim {
        Claim::Diverges(codes) => codes.clone(),
        Claim::Exact | Claim::Unsupported(_) => Vec::new(),
    };
    let header = header(rule, &codes, Comment::BACKTICKS);
    Ok(Emitted {
        claim,
        text: Some(format!("{header}{search}{steps}")),
    })
}

/// Whether events with an empty key can make a match, which Splunk takes for none: at some place of the keys every event of the match can hold it. Where a
/// key may be missing, one event is enough.
fn empty_keys_join(sequence: &Sequence) -> bool {
    let stages = sequence.stages.iter();
    let terms: Vec<&Term> = stages.map(|stage| &stage.term).collect();
    let positions = terms.first().map_or(0, |term| term.keys.len());
    let can = |term: &&Term, at: usize| {
        let key = term.keys.get(at);
        key.is_some_and(|key| {
            can_hold_empty(key.schema.kind) && can_be_empty(&term.event, &key.field)
        })
    };
    let optional = |at: usize| {
        let mut keys = terms.iter().filter_map(|term| term.keys.get(at));
        keys.any(|key| key.optional)
    };
    (0..positions).any(|at| {
        let mut of = terms.iter();
        if optional(at) {
            of.any(|term| can(term, at))
        } else {
            of.all(|term| can(term, at))
        }
    })
}

/// Whether the search can follow such a sequence, and else why not.
fn possible(sequence: &Sequence) -> Result<(), Vec<Refusal>> {
    let mut refusals = Vec::new();
    let mut refuse = |code, reason: String, span: Span| {
        refusals.push(Refusal {
            code,
            reason: format!("{reason}; `native` and `eql` can"),
            span,
        });
    };
    for stage in sequence.stages.iter().filter(|stage| stage.missing) {
        let reason = "`streamstats` looks back, and cannot wait for an event that does not come";
        refuse(SERIES_STATE, reason.to_owned(), stage.term.span);
    }
    if sequence.order.tiebreaker.is_some() {
        let reason = "Splunk has no order of texts and numbers together for a tiebreaker";
        refuse(SERIES_STATE, reason.to_owned(), sequence.span);
    }
    let slots: u64 = sequence
        .stages
        .iter()
        .map(|stage| u64::from(stage.runs))
        .sum();
    if slots > MOST_SLOTS as u64 {
        let reason = format!("{slots} events would take as many passes of `streamstats`");
        refuse(SERIES_SIZE, reason, sequence.span);
    }
    for key in sequence.terms().flat_map(|term| &term.keys) {
        if let Some(reason) = unfit(key) {
            refuse(SERIES_KEY, reason, key.span);
        }
    }
    let limits = sequence.limits.windows(2);
    for pair in limits {
        if matches!(pair, [Limit::Tail(_), _]) {
            let reason = "`tail` turns the order round for what follows it";
            refuse(SERIES_STATE, reason.to_owned(), sequence.span);
        }
    }
    if refusals.is_empty() {
        Ok(())
    } else {
        Err(refusals)
    }
}

/// Why events cannot be joined by the text of this field.
fn unfit(key: &Key) -> Option<String> {
    let field = &key.field;
    if key.optional {
        return Some(format!(
            "no group of `streamstats` holds events without `{field}`"
        ));
    }
    match key.schema.kind {
        FieldType::Keyword | FieldType::Text | FieldType::Boolean => None,
        FieldType::Long
        | FieldType::Double
        | FieldType::Ip
        | FieldType::Version
        | FieldType::Date
        | FieldType::Object => Some(format!(
            "`{field}` may be written in several ways, and Splunk groups by how it is written"
        )),
    }
}

struct Writer {
    names: Names,
    pipe: Pipe,
}

/// The columns of the order of events.
struct Order {
    /// The instant, in milliseconds.
    at: String,
    /// The place among all events.
    place: String,
    /// The key.
    key: String,
}

impl Writer {
    fn body(&mut self, sequence: &Sequence, base: &Base<'_>) {
        let order = Order {
            at: self.names.new_name("at"),
            place: self.names.new_name("place"),
            key: self.names.new_name("key"),
        };
        let terms: Vec<&Term> = sequence.terms().collect();
        let columns: Vec<String> = terms
            .iter()
            .enumerate()
            .map(|(index, _)| {
                let word = if index < sequence.stages.len() {
                    format!("stage{}", index + 1)
                } else {
                    "until".to_owned()
                };
                self.names.new_name(&word)
            })
            .collect();
        self.events(&terms, &columns, base, &order);
        let until = sequence
            .until
            .as_ref()
            .and(columns.last())
            .map(|column| self.ended(column, &order));
        let slots = sequence
            .stages
            .iter()
            .zip(&columns)
            .flat_map(|(stage, column)| (0..stage.runs).map(move |_| column.clone()));
        let slots: Vec<String> = slots.collect();
        let found = self.stages(sequence, &slots, until.as_deref(), &order);
        self.pipe
            .step("where", &format!("isnotnull({})", found.first));
        for limit in &sequence.limits {
            match limit {
                Limit::Head(count) => {
                    let count = count + u64::from(verdict_faults::at("spl/sequence/head-one-more"));
                    self.pipe.step("head", &count.to_string());
                }
                Limit::Tail(count) if verdict_faults::at("spl/sequence/tail-as-head") => {
                    self.pipe.step("head", &count.to_string());
                }
                Limit::Tail(count) => self.pipe.step("tail", &count.to_string()),
            }
        }
        let first_time = self.names.new_name("first_time");
        self.pipe.eval(&[
            format!("{first_time}={}/1000", found.first),
            format!("_time={}/1000", order.at),
        ]);
        self.pipe
            .step("table", &format!("_time {first_time} {}", order.key));
    }

    /// A row for each event and key: for each term, the key where the event is one of its, else [`NONE`].
    fn events(&mut self, terms: &[&Term], columns: &[String], base: &Base<'_>, order: &Order) {
        let Order { at, place, key } = order;
        let mut assignments = vec![format!("{at}=round(1000*_time)")];
        for (index, (term, column)) in terms.iter().zip(columns).enumerate() {
            let condition = base.condition(index);
            assignments.push(format!(
                "{column}=if({condition}, {}, \"{NONE}\")",
                joined(term)
            ));
        }
        let all: Vec<String> = columns
            .iter()
            .map(|column| format!("if({column}=\"{NONE}\", null(), {column})"))
            .collect();
        let all = match all.as_slice() {
            [one] => one.clone(),
            several => format!("mvdedup(mvappend({}))", several.join(", ")),
        };
        assignments.push(format!("{key}={all}"));
        self.pipe.eval(&assignments);
        self.pipe.step("sort", &format!("0 {at}"));
        self.pipe.step("streamstats", &format!("count as {place}"));
        let mut by = vec![place.clone(), at.clone(), key.clone()];
        by.extend(columns.iter().cloned());
        self.pipe.aggregate("stats", &["count".to_owned()], &by);
        self.pipe.step("sort", &format!("0 {place}"));
        // A term that joins by another key takes no part in this one.
        let own: Vec<String> = columns
            .iter()
            .map(|column| match column {
                _ if verdict_faults::at("spl/sequence/key-of-another-term") => {
                    format!("{column}=if({column}!=\"{NONE}\", 1, 0)")
                }
                column => format!("{column}=if({column}={key}, 1, 0)"),
            })
            .collect();
        self.pipe.eval(&own);
    }

    /// The column of the place of the latest event before a row that ends what is pending.
    fn ended(&mut self, column: &str, order: &Order) -> String {
        let (end, latest) = (self.names.new_name("end"), self.names.new_name("ended"));
        self.pipe
            .eval(&[format!("{end}=if({column}=1, {}, null())", order.place)]);
        self.before(&[(&end, &latest)], order);
        latest
    }

    /// `streamstats` over the events before each: the last value of each column.
    fn before(&mut self, columns: &[(&str, &str)], order: &Order) {
        let mut terms = vec!["current=f".to_owned()];
        if verdict_faults::at("spl/sequence/event-follows-itself") {
            terms.clear();
        }
        terms.extend(
            columns
                .iter()
                .map(|(from, to)| format!("last({from}) as {to}")),
        );
        let by = if verdict_faults::at("spl/sequence/key-ignored") {
            &[][..]
        } else {
            std::slice::from_ref(&order.key)
        };
        self.pipe.aggregate("streamstats", &terms, by);
    }

    /// The passes: what the last stage has, where an event completes a match.
    fn stages(
        &mut self,
        sequence: &Sequence,
        slots: &[String],
        until: Option<&str>,
        order: &Order,
    ) -> Pending {
        let Order { at, place, .. } = order;
        let mut held = Pending {
            first: self.names.new_name("first"),
            last: self.names.new_name("last"),
        };
        if let Some(stage) = slots.first() {
            self.pipe.eval(&[
                format!("{}=if({stage}=1, {at}, null())", held.first),
                format!("{}=if({stage}=1, {place}, null())", held.last),
            ]);
        }
        for stage in slots.iter().skip(1) {
            // What the stage before holds: set by what moved up into it, taken by every event of this stage.
            let (first, last) = (&held.first, &held.last);
            if !verdict_faults::at("spl/sequence/match-taken-twice") {
                self.pipe.eval(&[
                    format!("{first}=case(isnotnull({first}), {first}, {stage}=1, \"{NONE}\")"),
                    format!("{last}=case(isnotnull({last}), {last}, {stage}=1, \"{NONE}\")"),
                ]);
            }
            let (begun, seen) = (self.names.new_name("begun"), self.names.new_name("seen"));
            self.before(&[(first, &begun), (last, &seen)], order);
            let mut conditions = vec![format!("{stage}=1"), format!("{begun}!=\"{NONE}\"")];
            if let Some(maxspan) = sequence.maxspan {
                let sign = if verdict_faults::at("spl/sequence/maxspan-excluded") {
                    "<"
                } else {
                    "<="
                };
                let maxspan =
                    maxspan + u64::from(verdict_faults::at("spl/sequence/maxspan-longer"));
                conditions.push(format!("{at}-tonumber({begun}){sign}{maxspan}"));
                if verdict_faults::at("spl/sequence/maxspan-ignored") {
                    conditions.pop();
                }
            }
            if let Some(until) = until {
                conditions.push(
                    if verdict_faults::at("spl/sequence/until-of-the-same-event-ignored") {
                        format!("coalesce({until}, 0)<=tonumber({seen})+1")
                    } else {
                        format!("coalesce({until}, 0)<=tonumber({seen})")
                    },
                );
                if verdict_faults::at("spl/sequence/until-ignored") {
                    conditions.pop();
                }
            }
            let passes = conditions.join(" AND ");
            held = Pending {
                first: self.names.new_name("first"),
                last: self.names.new_name("last"),
            };
            self.pipe.eval(&[
                format!("{}=if({passes}, tonumber({begun}), null())", held.first),
                format!("{}=if({passes}, {place}, null())", held.last),
            ]);
        }
        held
    }
}

/// The columns of what a stage has: the instant of its first event and the place of its last.
struct Pending {
    first: String,
    last: String,
}

/// The key of a term as one text: lengths keep texts apart that run together the same.
fn joined(term: &Term) -> String {
    if term.keys.is_empty() {
        return "\"0:\"".to_owned();
    }
    let parts = term.keys.iter().map(|key| {
        let field = quote::eval_field(key.field.as_str());
        format!("len({field}).\":\".{field}")
    });
    let parts: Vec<String> = parts.collect();
    if verdict_faults::at("spl/sequence/last-key-dropped") {
        return parts.first().cloned().unwrap_or_default();
    }
    parts.join(".")
}
