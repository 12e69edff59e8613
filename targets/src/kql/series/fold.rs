//! A sequence as one step of `scan`.
//!
//! The step's columns hold, for each stage but the last, the pending match that waits there: the time of its first event and the identifiers of all. Every
//! row computes them anew from what they were. So a row takes the pending match of the stage before, moves it up or completes it, and never follows itself: what it reads is
//! what the row before left.

use super::table::{Table, is_series_of_text};
use crate::kql::EVENTS;
use crate::kql::columns::Kind;
use crate::told_apart::can_be_empty;
use verdict_compiler::Refusal;
use verdict_compiler::codes::divergence::EMPTY_IS_MISSING;
use verdict_compiler::codes::target::{SERIES_KEY, SERIES_SIZE};
use verdict_compiler::ir::Series;
use verdict_compiler::ir::series::print::duration;
use verdict_compiler::ir::series::{Key, Limit, Sequence, Term};

/// More events than these in one match would be a query that nobody can run.
const MOST_SLOTS: usize = 100;
/// The longest time between two instants of Kusto, in milliseconds: what is longer is no limit, and no literal.
const LONGEST: u64 = 9_999 * 366 * 86_400_000;
/// What the query calls the key that joins the events.
const KEY: &str = "_Key";

/// The query of a sequence in the making.
pub(crate) struct Fold<'s> {
    pub(crate) table: Table,
    sequence: &'s Sequence,
    /// The stage of each slot.
    slots: Vec<usize>,
}

/// How a term is joined.
struct Joined {
    /// The key as a text: the empty one joins nothing.
    key: String,
    /// What a row must have for its key to be one.
    given: Vec<String>,
    /// The columns, as they are written.
    columns: Vec<String>,
}

impl<'s> Fold<'s> {
    /// The fold of a sequence over a table.
    pub(crate) fn new(table: Table, sequence: &'s Sequence) -> Self {
        let stages = sequence.stages.iter().enumerate();
        let slots = stages.flat_map(|(at, stage)| {
            let runs = usize::try_from(stage.runs).unwrap_or(usize::MAX);
            std::iter::repeat_n(at, runs.min(MOST_SLOTS + 1))
        });
        Self {
            table,
            sequence,
            slots: slots.collect(),
        }
    }

    /// The whole text behind the header.
    pub(crate) fn query(&mut self) -> String {
        if self.slots.len() > MOST_SLOTS {
            self.table.refusals.push(Refusal {
                code: SERIES_SIZE,
                reason: format!(
                    "a match of more than {MOST_SLOTS} events; `native` and `eql` can say it"
                ),
                span: self.sequence.span,
            });
            return String::new();
        }
        let joins: Vec<Joined> = self
            .sequence
            .terms()
            .map(|term| self.joined(term))
            .collect();
        self.note_empty_keys();
        let mut lines = explained(self.sequence);
        lines.extend(self.table.lines());
        let mut names: Vec<String> = self.names();
        let one = joins.windows(2).all(|pair| match pair {
            [a, b] => a.key == b.key,
            _ => true,
        });
        let is_joined = joins.first().is_some_and(|join| !join.key.is_empty());
        if one
            && let Some(join) = joins.first()
            && !join.given.is_empty()
            && !verdict_faults::at("kql/fold/missing-key-joins")
        {
            lines.push(format!("| where {}", join.given.join(" and ")));
        }
        for (term, name) in self.sequence.terms().zip(&names) {
            let condition = self.table.condition(&term.event, 4);
            lines.push(format!("| extend {name} = {condition}"));
        }
        if verdict_faults::at("kql/fold/last-stage-filtered-out") {
            names.pop();
        }
        lines.push(format!("| where {}", names.join(" or ")));
        if is_joined {
            if one {
                if let Some(join) = joins.first() {
                    lines.push(format!("| extend {KEY} = {}", join.key));
                }
            } else {
                lines.extend(by_stage(&names, &joins));
            }
        }
        lines.extend(self.folded(&names, is_joined));
        lines.extend(self.limited());
        let columns: Vec<&str> = if one {
            let join = joins.first();
            join.map(|join| join.columns.iter().map(String::as_str).collect())
                .unwrap_or_default()
        } else {
            vec![KEY]
        };
        let mut shown = vec![STARTED, self.table.time.as_str()];
        let joined = columns.into_iter().filter(|_| is_joined);
        for column in joined.chain([EVENTS]) {
            if !shown.contains(&column) {
                shown.push(column);
            }
        }
        lines.push(format!("| project {}", shown.join(", ")));
        lines.join("\n") + "\n"
    }

    /// What the query calls each term's condition.
    fn names(&self) -> Vec<String> {
        let stages = (1..=self.sequence.stages.len()).map(|number| format!("_Stage{number}"));
        let until = self.sequence.until.iter().map(|_| UNTIL.to_owned());
        stages.chain(until).collect()
    }

    /// Whether each term is joined by one key that must have a value. Where some term is not, the keys of all are lists: the same value must be the same
    /// text in each of them.
    fn is_single(&self) -> bool {
        let given = |key: &Key| key.schema.mapped && !key.optional;
        self.sequence
            .terms()
            .all(|term| matches!(term.keys.as_slice(), [key] if given(key)))
    }

    /// The key of a term as one text. Where there are several, or one that may be missing, it is their list, which no value can imitate.
    fn joined(&mut self, term: &Term) -> Joined {
        let single = self.is_single();
        let mut given = Vec::new();
        let mut texts = Vec::new();
        let mut columns = Vec::new();
        for key in &term.keys {
            if !key.schema.mapped {
                texts.push("\"\"".to_owned());
                continue;
            }
            let column = self.table.column(&key.field, key.span);
            let text = self.text(key, &column);
            if !key.optional || verdict_faults::at("kql/fold/optional-key-asked-for") {
                given.push(match self.table.kind(&key.field) {
                    Kind::Text => format!("isnotempty({text})"),
                    _ => format!("isnotnull({column})"),
                });
            }
            columns.push(column);
            texts.push(text);
        }
        if verdict_faults::at("kql/fold/last-key-dropped") {
            texts.pop();
        }
        let key = match texts.as_slice() {
            [] => String::new(),
            [text] if single => text.clone(),
            texts => format!("tostring(pack_array({}))", texts.join(", ")),
        };
        Joined {
            key,
            given,
            columns,
        }
    }

    /// A key's value as a text that is the same for what is equal by its type.
    fn text(&mut self, key: &Key, column: &str) -> String {
        if key.schema.null_value.is_some() {
            return self.refuse_key(key, "stands in for a missing value");
        }
        match self.table.kind(&key.field) {
            Kind::Text
                if self.table.is_address(&key.field)
                    && !verdict_faults::at("kql/fold/address-as-text") =>
            {
                format!("parse_ipv6({column})")
            }
            Kind::Text => column.to_owned(),
            Kind::Long | Kind::Real | Kind::Bool | Kind::Date => format!("tostring({column})"),
            Kind::List { .. } | Kind::Opaque => self.refuse_key(
                key,
                "may hold several values, of which `partition` takes one",
            ),
        }
    }

    fn refuse_key(&mut self, key: &Key, why: &str) -> String {
        self.table.refusals.push(Refusal {
            code: SERIES_KEY,
            reason: format!("`{}` {why}; `native` and `eql` can join by it", key.field),
            span: key.span,
        });
        String::new()
    }

    /// An empty key joins in the rule and not in the table, if events with one can make a match.
    fn note_empty_keys(&mut self) {
        let series = Series::Sequence(self.sequence.clone());
        let terms: Vec<&Term> = self
            .sequence
            .stages
            .iter()
            .map(|stage| &stage.term)
            .collect();
        let positions = terms.first().map_or(0, |term| term.keys.len());
        let shows = (0..positions).any(|at| {
            terms.iter().all(|term| {
                term.keys.get(at).is_some_and(|key| {
                    key.schema.mapped
                        && is_series_of_text(&series, &key.field)
                        && !self.table.never_empty.of(&term.event).contains(&key.field)
                        && can_be_empty(&term.event, &key.field)
                })
            })
        });
        if shows && !verdict_faults::at("kql/fold/empty-key-claims-exact") {
            self.table.codes.insert(EMPTY_IS_MISSING);
        }
    }

    /// The step, for each key on its own.
    fn folded(&self, names: &[String], is_joined: bool) -> Vec<String> {
        let pad = if is_joined { "    " } else { "" };
        let step = self.step(names);
        let pipe = |line: &str, first: bool| {
            let mark = if first && is_joined { "" } else { "| " };
            format!("{pad}{mark}{line}")
        };
        let mut lines = Vec::new();
        if is_joined {
            lines.push(format!("| partition hint.strategy=shuffle by {KEY}"));
            lines.push("(".to_owned());
        }
        lines.push(pipe(&format!("sort by {}", self.table.order), true));
        let declared = self.declared().join(&format!(",\n{pad}        "));
        lines.push(pipe(
            &format!("scan declare (\n{pad}        {declared}\n{pad}    ) with"),
            false,
        ));
        lines.push(format!("{pad}  ("));
        lines.push(format!("{pad}    step s: true =>"));
        let step = step.join(",\n").replace('\n', &format!("\n{pad}        "));
        lines.push(format!("{pad}        {step};"));
        lines.push(format!("{pad}  )"));
        lines.push(pipe("where _Match", false));
        if is_joined {
            lines.push(")".to_owned());
        }
        lines
    }

    fn declared(&self) -> Vec<String> {
        let mut declared = vec![
            "_Match: bool = false".to_owned(),
            format!("{STARTED}: datetime"),
            format!("{EVENTS}: dynamic"),
        ];
        for slot in 1..self.slots.len() {
            declared.push(format!("_First{slot}: datetime"));
            declared.push(format!("_Pending{slot}: dynamic"));
        }
        declared
    }

    /// What each column becomes. Slots count from 1.
    fn step(&self, names: &[String]) -> Vec<String> {
        let last = self.slots.len();
        let (time, item) = (&self.table.time, &self.table.item);
        let events = |slot: usize| match slot {
            0 | 1 => format!("pack_array({item})"),
            slot if verdict_faults::at("kql/fold/events-in-another-order") => {
                format!("array_concat(pack_array({item}), s._Pending{})", slot - 1)
            }
            slot => format!("array_concat(s._Pending{}, pack_array({item}))", slot - 1),
        };
        let first = |slot: usize| match slot {
            0 | 1 => time.clone(),
            _ if verdict_faults::at("kql/fold/span-from-the-stage-before") => time.clone(),
            slot => format!("s._First{}", slot - 1),
        };
        let mut step = vec![
            format!("_Match = {}", self.takes(last, names)),
            format!("{STARTED} = {}", first(last)),
            format!("{EVENTS} = {}", events(last)),
        ];
        for slot in 1..last {
            let begins = self.takes(slot, names);
            let taken = self.takes(slot + 1, names);
            let leaves = match &self.sequence.until {
                Some(_) if !verdict_faults::at("kql/fold/until-ignored") => {
                    format!("({taken}) or {UNTIL}")
                }
                Some(_) | None => taken,
            };
            for (what, value, none) in [
                ("First", first(slot), "datetime(null)"),
                ("Pending", events(slot), "dynamic(null)"),
            ] {
                if verdict_faults::at("kql/fold/match-taken-twice") {
                    step.push(format!(
                        "_{what}{slot} = case(\n    {begins}, {value},\n    s._{what}{slot}\n)"
                    ));
                    continue;
                }
                step.push(format!(
                    "_{what}{slot} = case(\n    {begins}, {value},\n    {leaves}, {none},\n    s._{what}{slot}\n)"
                ));
            }
        }
        step
    }

    /// When a row takes the pending match before a slot.
    fn takes(&self, slot: usize, names: &[String]) -> String {
        let stage = self.slots.get(slot - 1).copied().unwrap_or_default();
        let name = names.get(stage).map_or("", String::as_str);
        if slot == 1 {
            return name.to_owned();
        }
        let before = slot - 1;
        let mut takes = format!("{name} and isnotnull(s._First{before})");
        if let Some(maxspan) = self.sequence.maxspan.filter(|maxspan| *maxspan < LONGEST) {
            let elapsed = format!("{} - s._First{before}", self.table.time);
            let sign = if verdict_faults::at("kql/fold/maxspan-excluded") {
                "<"
            } else {
                "<="
            };
            let maxspan = maxspan + u64::from(verdict_faults::at("kql/fold/maxspan-longer"));
            takes = format!("{takes} and {elapsed} {sign} {}", duration(maxspan));
            if verdict_faults::at("kql/fold/maxspan-ignored") {
                takes = format!("{name} and isnotnull(s._First{before})");
            }
        }
        takes
    }

    /// `head` and `tail`: in the order of the last events.
    fn limited(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for limit in &self.sequence.limits {
            let (order, count) = match limit {
                Limit::Head(count) => (self.table.order.clone(), count),
                Limit::Tail(count) if verdict_faults::at("kql/fold/tail-as-head") => {
                    (self.table.order.clone(), count)
                }
                Limit::Tail(count) => (
                    self.table
                        .order
                        .replace(" asc nulls last", " desc nulls first")
                        .replace(" asc", " desc"),
                    count,
                ),
            };
            lines.push(format!("| sort by {order}"));
            let count = count + u64::from(verdict_faults::at("kql/fold/limit-one-more"));
            lines.push(format!("| take {count}"));
        }
        lines
    }
}

/// What the query calls the time of a match's first event.
const STARTED: &str = "Started";
/// What the query calls the condition of `until`.
const UNTIL: &str = "_Until";

/// The key of each row where every term has its own: a row takes part once for each different key, as what it is by that key.
fn by_stage(names: &[String], joins: &[Joined]) -> Vec<String> {
    let mut lines = Vec::new();
    for (number, (name, join)) in (1..).zip(names.iter().zip(joins)) {
        let given: Vec<&str> = std::iter::once(name.as_str())
            .chain(join.given.iter().map(String::as_str))
            .collect();
        lines.push(format!(
            "| extend {KEY}{number} = iff(\n        {},\n        {},\n        \"\"\n    )",
            given.join("\n        and "),
            join.key
        ));
    }
    // A key that stands here twice is one.
    let keys = (1..=joins.len()).map(|number| {
        let before: Vec<String> = (1..number).map(|other| format!("{KEY}{other}")).collect();
        if before.is_empty() || verdict_faults::at("kql/fold/key-taken-twice") {
            format!("{KEY}{number}")
        } else {
            format!(
                "iff({KEY}{number} in ({}), \"\", {KEY}{number})",
                before.join(", ")
            )
        }
    });
    let keys: Vec<String> = keys.collect();
    lines.push(format!("| extend {KEY} = pack_array({})", keys.join(", ")));
    lines.push(format!("| mv-expand {KEY} to typeof(string)"));
    if !verdict_faults::at("kql/fold/empty-key-joins") {
        lines.push(format!("| where isnotempty({KEY})"));
    }
    let each = (1..).zip(names);
    let each = each.map(|(number, name)| format!("{name} = {KEY} == {KEY}{number}"));
    lines.push(format!("| extend {}", each.collect::<Vec<_>>().join(", ")));
    lines
}

/// The lines of comment that tell how the query works.
fn explained(sequence: &Sequence) -> Vec<String> {
    let mut lines = vec![
        "// A sequence: `scan` reads the events of a key in order. For each stage it keeps the pending match that",
        "// waits there: when its first event was (_First), and its events (_Pending). An event takes the pending",
        "// match of the stage before, in place of the one that waited at its own; that of the last stage ends a match.",
    ];
    if sequence.until.is_some() {
        lines.push("// An event of _Until ends what is pending.");
    }
    lines.into_iter().map(str::to_owned).collect()
}
