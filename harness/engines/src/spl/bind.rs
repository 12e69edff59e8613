//! Tree to plan: names become slots, patterns are compiled, calls are checked.

mod call;
mod expr;
mod filter;
mod scope;
mod stats;

use super::ast::{Command, Expr, Name, RegexCommand, RexCommand, Stats};
use super::node::{Node, Test};
use super::pcre::{self, Pcre};
use super::row::{Cell, Extraction};
use super::run::{Stage, Step};
use super::value::Val;
use crate::QueryError;
use scope::Scope;
pub(super) use scope::Seen;
use std::collections::BTreeSet;
use verdict_event::Schema;

type Outcome<T> = Result<T, QueryError>;

/// What a query does, ready to run.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) stages: Vec<Stage>,
    /// The columns of the rows that come out.
    pub(super) columns: Vec<(String, usize)>,
    /// Where the rows are events: what took fields away from them.
    pub(super) events: Option<Vec<Seen>>,
}

/// The plan of a pipeline, or all that is wrong with it.
pub(super) fn bind(
    commands: &[Command],
    schema: &Schema,
    strict: bool,
) -> Result<Plan, Vec<QueryError>> {
    let mut binder = Binder {
        scope: Scope::new(Some((schema, strict))),
        current: None,
    };
    let mut stages = Vec::new();
    let mut steps = Vec::new();
    let mut errors = Vec::new();
    for command in commands {
        if let Command::Stats(stats) = command {
            match binder.group(stats) {
                Ok(group) => stages.push(Stage {
                    cells: binder.scope.restart(stats.columns()),
                    steps: std::mem::take(&mut steps),
                    stats: Some(group),
                }),
                Err(error) => errors.push(error),
            }
            continue;
        }
        match binder.command(command) {
            Ok(step) => steps.extend(step),
            Err(error) => errors.push(error),
        }
    }
    errors.append(&mut binder.scope.errors);
    if errors.is_empty() {
        let columns = binder.scope.shown();
        let events = binder.scope.open().then(|| binder.scope.taken());
        stages.push(Stage {
            cells: binder.scope.cells,
            steps,
            stats: None,
        });
        return Ok(Plan {
            stages,
            columns,
            events,
        });
    }
    errors.sort_by_key(|error| error.span.start);
    Err(errors)
}

/// The fields of the events that a pipeline reads.
pub(super) fn columns(commands: &[Command]) -> BTreeSet<String> {
    let mut binder = Binder {
        scope: Scope::new(None),
        current: None,
    };
    for command in commands {
        // What cannot be bound reads nothing that counts.
        if let Command::Stats(stats) = command {
            let _ = binder.group(stats);
            binder.scope.restart(stats.columns());
        } else {
            let _ = binder.command(command);
        }
    }
    binder.scope.columns
}

/// Where names lead while a pipeline is bound.
pub(super) struct Binder<'s> {
    scope: Scope<'s>,
    /// The field that `mvfilter` or `mvmap` goes through.
    current: Option<usize>,
}

impl Binder<'_> {
    fn command(&mut self, command: &Command) -> Outcome<Option<Step>> {
        Ok(match command {
            Command::Search(search) => {
                Some(Step::Keep(Test::Search(Box::new(self.search(search)?))))
            }
            Command::Where(condition) => Some(Step::Keep(self.test(condition)?)),
            Command::Eval(assignments) => {
                self.assign(assignments)?;
                None
            }
            Command::Regex(regex) => Some(self.regex(regex)?),
            Command::Rex(rex) => {
                self.rex(rex)?;
                None
            }
            Command::Fields { keep, names } => {
                self.scope.see(Seen::Fields {
                    keep: *keep,
                    names: texts(names),
                });
                None
            }
            Command::Table(names) => {
                self.scope.see(Seen::Table(texts(names)));
                None
            }
            Command::Head(count) => Some(Step::Head(*count)),
            Command::Tail(count) => Some(Step::Tail(*count)),
            Command::Reverse => Some(Step::Reverse),
            Command::Rename(pairs) => {
                self.rename(pairs);
                None
            }
            Command::Bin(bin) => {
                self.bin(bin);
                None
            }
            Command::Sort(sort) => Some(self.sort(sort)),
            Command::Dedup(dedup) => Some(self.dedup(dedup)),
            Command::EventStats(stats) => Some(self.event_stats(stats)?),
            Command::StreamStats(stream) => Some(self.stream_stats(stream)?),
            // It ends the stage.
            Command::Stats(_) => None,
        })
    }

    /// Source: Search Reference, eval: assignments are made from left to right, and later ones see earlier ones; the outcome cannot be a
    /// Boolean.
    fn assign(&mut self, assignments: &[(Name, Expr)]) -> Outcome<()> {
        for (name, value) in assignments {
            let node = self.value(value)?;
            if name.text.contains(['{', '}', '*']) && !name.text.contains("{}") {
                return Err(QueryError::new(
                    "names made from values are not run here",
                    name.span.clone(),
                ));
            }
            self.scope.define(&name.text, Cell::Computed(node));
        }
        Ok(())
    }

    fn regex(&mut self, command: &RegexCommand) -> Outcome<Step> {
        let slot = self.scope.slot(&command.field);
        let pattern = compile(&command.pattern)?;
        Ok(Step::Regex(slot, command.negated, pattern))
    }

    /// Source: Search Reference, rex: the named groups become fields.
    fn rex(&mut self, command: &RexCommand) -> Outcome<()> {
        let source = self.scope.slot(&command.field);
        let pattern = compile(&command.pattern)?;
        let names: Vec<(usize, String)> = pattern
            .regex
            .capture_names()
            .enumerate()
            .filter_map(|(group, name)| name.map(|name| (group, name.to_owned())))
            .collect();
        if names.is_empty() {
            return Err(QueryError::new(
                "rex without a named group extracts nothing",
                command.pattern.span.clone(),
            ));
        }
        let mut cells = Vec::new();
        for (group, name) in names {
            let held = Name {
                text: name.clone(),
                span: command.pattern.span.clone(),
            };
            let before = self.scope.held(&held);
            let extraction = Extraction {
                source,
                pattern: pattern.clone(),
                group,
                max_match: command.max_match,
                before,
            };
            cells.push((name, Cell::Extracted(extraction)));
        }
        for (name, cell) in cells {
            self.scope.define(&name, cell);
        }
        Ok(())
    }
}

impl Stats {
    /// The columns of the table that it makes.
    fn columns(&self) -> Vec<String> {
        let by = self.by.iter().map(|name| name.text.clone());
        by.chain(self.terms.iter().map(|term| term.name.clone()))
            .collect()
    }
}

fn texts(names: &[Name]) -> Vec<String> {
    names.iter().map(|name| name.text.clone()).collect()
}

/// A regular expression, or why it cannot be run.
fn compile(pattern: &Name) -> Outcome<Pcre> {
    pcre::compile(&pattern.text).map_err(|why| QueryError::new(why, pattern.span.clone()))
}

impl Node {
    /// A literal text.
    fn text(text: &str) -> Self {
        Self::Literal(Val::Text(text.to_owned().into()))
    }
}
