//! `STATS` and `INLINE STATS`: groups, aggregates, and expressions over both. Source: docs, `STATS`, `INLINE STATS`.

use super::scope::Scope;
use super::{Binder, Outcome, Stage, Step, folded};
use crate::QueryError;
use crate::esql::ast::{self, Arguments, Assignment, Expr, Span};
use crate::esql::functions::{Apply, Every, Version, aggregate};
use crate::esql::node::{Node, Typed};
use crate::esql::row::Cell;
use crate::esql::run::aggregate::{Aggregate, Kind, Stats};
use crate::esql::value::{Scalar, Type, Val};
use std::collections::BTreeMap;

/// Source: docs, `INLINE STATS`: preview since 9.2.
const INLINE_SINCE: Version = Version::new(9, 2);

/// The aggregates of a `STATS` while they are bound.
#[derive(Clone, Debug)]
pub(super) struct Aggregates {
    /// What arguments see: the rows before, and the groups.
    scope: Scope,
    /// The condition behind the aggregate at hand.
    filter: Option<Node>,
    list: Vec<Aggregate>,
    place: Place,
}

/// Where the values of aggregates will stand.
#[derive(Clone, Debug)]
enum Place {
    /// In a row of their own, behind so many keys.
    Behind(usize),
    /// In these slots of the rows at hand.
    Slots(Vec<usize>),
}

impl Binder<'_> {
    pub(super) fn stats(&mut self, stats: &ast::Stats, scope: &mut Scope) -> Outcome<()> {
        if stats.inline {
            self.allow_inline(&stats.span)?;
        } else {
            self.stats.get_or_insert_with(|| stats.span.clone());
        }
        let (keys, seen) = self.groups(&stats.groups, scope);
        // Behind STATS the keys come first in each row.
        let column = |(at, (name, (slot, kind))): (usize, &(String, (usize, Type)))| {
            let slot = if stats.inline { *slot } else { at };
            (name.clone(), (slot, *kind))
        };
        let groups: BTreeMap<String, (usize, Type)> = keys.iter().enumerate().map(column).collect();
        self.aggregates = Some(Aggregates {
            scope: seen,
            filter: None,
            list: Vec::new(),
            place: if stats.inline {
                Place::Slots(Vec::new())
            } else {
                Place::Behind(keys.len())
            },
        });
        let values = self.values(&stats.aggregates, &Scope::closed(groups.clone()));
        let Some(made) = self.aggregates.take() else {
            return Err(super::Failed);
        };
        let end = Stats {
            keys: keys
                .iter()
                .map(|(_, (slot, _))| Node::Slot(*slot))
                .collect(),
            aggregates: made.list,
        };
        match made.place {
            Place::Slots(slots) => self.steps.push(Step::Inline(end, slots)),
            Place::Behind(width) => {
                let width = width + end.aggregates.len();
                let cells = (0..width).map(Cell::Input).collect();
                self.stages.push(Stage {
                    cells: std::mem::replace(&mut self.cells, cells),
                    steps: std::mem::take(&mut self.steps),
                    end: Some(end),
                });
                self.sources.clear();
                *scope = Scope::closed(BTreeMap::new());
            }
        }
        // Source: docs: of columns with one name the rightmost counts, and groups count most.
        for (name, typed) in values {
            let slot = self.slot(typed);
            scope.define(&name, slot);
        }
        for (name, slot) in groups {
            scope.define(&name, slot);
        }
        Ok(())
    }

    fn allow_inline(&mut self, span: &Span) -> Outcome<()> {
        if self.version < INLINE_SINCE {
            let (major, minor) = (self.version.major, self.version.minor);
            let message = format!("there is no INLINE STATS in version {major}.{minor}");
            let error = QueryError::new(message, span.clone()).hint("it came with 9.2");
            return Err(self.error(error));
        }
        // Source: `Verifier`: "INLINE STATS cannot be used after an explicit or implicit LIMIT command".
        if self.steps.iter().any(|step| matches!(step, Step::Limit(_))) {
            return self.fail("INLINE STATS cannot be used after a LIMIT", span);
        }
        self.refuse_unbounded_sort("INLINE STATS", span)
    }

    /// The keys with their slots, and what aggregates see: the groups are columns for them, too.
    fn groups(
        &mut self,
        groups: &[Assignment],
        scope: &Scope,
    ) -> (Vec<(String, (usize, Type))>, Scope) {
        let mut seen = scope.clone();
        let mut keys = Vec::new();
        for group in groups {
            self.grouping = true;
            let bound = self.expression(&group.value, scope);
            self.grouping = false;
            if let Ok(bound) = bound {
                let slot = self.slot(bound);
                seen.define(&group.name.text, slot);
                keys.push((group.name.text.clone(), slot));
            }
        }
        (keys, seen)
    }

    /// The columns that aggregates give: expressions over the slots where their values will stand.
    fn values(&mut self, list: &[Assignment], groups: &Scope) -> Vec<(String, Typed)> {
        let mut values = Vec::new();
        for assignment in list {
            let filter = match &assignment.filter {
                None => None,
                Some(filter) => match self.filter(filter) {
                    Ok(filter) => Some(filter),
                    Err(_) => continue,
                },
            };
            let before = self.next_aggregates(filter);
            let Ok(typed) = self.expression(&assignment.value, groups) else {
                continue;
            };
            let after = self.aggregates.as_ref().map_or(0, |made| made.list.len());
            if after == before {
                // Source: `Verifier`: "expected an aggregate function but found".
                let span = assignment.value.span.clone();
                let message = format!(
                    "expected an aggregate function in [{}]",
                    assignment.name.text
                );
                self.error(QueryError::new(message, span));
                continue;
            }
            values.push((assignment.name.text.clone(), typed));
        }
        values
    }

    /// Sets the condition of the aggregates that come; how many there were before.
    fn next_aggregates(&mut self, filter: Option<Node>) -> usize {
        match &mut self.aggregates {
            Some(made) => {
                made.filter = filter;
                made.list.len()
            }
            None => 0,
        }
    }

    fn filter(&mut self, condition: &Expr) -> Outcome<Node> {
        let Some(made) = self.aggregates.take() else {
            return Err(super::Failed);
        };
        let bound = self.condition(condition, &made.scope);
        self.aggregates = Some(made);
        bound
    }

    /// An aggregate: its value is the slot where it will stand.
    pub(super) fn aggregate(
        &mut self,
        aggregate: &aggregate::Aggregate,
        arguments: &Arguments,
        span: &Span,
    ) -> Outcome<Typed> {
        let upper = aggregate.name.to_ascii_uppercase();
        if aggregate.since > self.version {
            let since = aggregate.since;
            let message = format!("unknown function [{upper}] in this version");
            let error = QueryError::new(message, span.clone())
                .hint(format!("it came with {}.{}", since.major, since.minor));
            return Err(self.error(error));
        }
        let list = match arguments {
            Arguments::Star if aggregate.kind == Kind::Count => &[][..],
            Arguments::Star => return self.fail(format!("[{upper}] takes no `*`"), span),
            Arguments::List(list) => list,
        };
        if list.len() < aggregate.least {
            return self.fail(format!("[{upper}] needs an argument"), span);
        }
        // Arguments are no aggregates themselves, and see the rows before.
        let Some(made) = self.aggregates.take() else {
            return Err(super::Failed);
        };
        let bound = self.aggregate_arguments(aggregate, &upper, list, &made.scope, span);
        self.aggregates = Some(made);
        let (kind, value, gives) = bound?;
        let Some(made) = &mut self.aggregates else {
            return Err(super::Failed);
        };
        made.list.push(Aggregate {
            kind,
            value,
            filter: made.filter.clone(),
        });
        let slot = match &mut made.place {
            Place::Behind(keys) => *keys + made.list.len() - 1,
            Place::Slots(slots) => {
                self.cells.push(Cell::Given);
                slots.push(self.cells.len() - 1);
                self.cells.len() - 1
            }
        };
        Ok(Typed::new(Node::Slot(slot), gives))
    }

    fn aggregate_arguments(
        &mut self,
        aggregate: &aggregate::Aggregate,
        upper: &str,
        list: &[Expr],
        scope: &Scope,
        span: &Span,
    ) -> Outcome<(Kind, Option<Node>, Type)> {
        let mut bound = Vec::new();
        for (at, argument) in list.iter().enumerate() {
            let typed = self.expression(argument, scope)?;
            let fits = aggregate
                .takes
                .get(at)
                .is_some_and(|kind| kind.takes(typed.kind));
            if !fits {
                let kind = typed.kind.name();
                let message = format!("argument {} of [{upper}] has type [{kind}]", at + 1);
                return self.fail(message, &argument.span);
            }
            if at > 0 && typed.constant().is_none() {
                let message = format!("argument {} of [{upper}] must be a constant", at + 1);
                return self.fail(message, &argument.span);
            }
            bound.push(typed);
        }
        let mut bound = bound.into_iter();
        let first = bound.next();
        let kind = match Self::with_constants(aggregate.kind, &bound.collect::<Vec<Typed>>()) {
            Ok(kind) => kind,
            Err(message) => return self.fail(format!("[{upper}]: {message}"), span),
        };
        let kind_of = first.as_ref().map_or(Type::Null, |first| first.kind);
        let (kind, gives) = match kind {
            Kind::Count | Kind::CountDistinct => (kind, Type::Long),
            // Source: docs, `SUM`: whole numbers add up to a long.
            Kind::Sum { .. } if kind_of == Type::Double => (kind, Type::Double),
            Kind::Sum { .. } => (Kind::Sum { whole: true }, Type::Long),
            Kind::Average | Kind::Percentile(_) | Kind::Deviation => (kind, Type::Double),
            Kind::Min | Kind::Max | Kind::Values | Kind::Top { .. } if kind_of == Type::Text => {
                (kind, Type::Keyword)
            }
            Kind::Min | Kind::Max | Kind::Values | Kind::Top { .. } => (kind, kind_of),
        };
        Ok((kind, first.map(|first| first.node), gives))
    }

    fn with_constants(kind: Kind, constants: &[Typed]) -> Result<Kind, String> {
        let mut constants = constants
            .iter()
            .map(|typed| typed.constant().and_then(Val::single));
        match kind {
            Kind::Percentile(_) => match constants.next() {
                None => Ok(kind),
                Some(percent) => {
                    let percent = percent.and_then(Scalar::as_double);
                    let percent = percent.filter(|percent| (0.0..=100.0).contains(percent));
                    // Assumed: what lies outside is refused.
                    percent
                        .map(Kind::Percentile)
                        .ok_or_else(|| "a percentile lies between 0 and 100".to_owned())
                }
            },
            Kind::Top { .. } => {
                // Source: `Top`: "Limit must be greater than 0", "Invalid order value".
                let limit = constants.next().flatten().and_then(Scalar::as_long);
                let limit = limit.and_then(|limit| usize::try_from(limit).ok());
                let limit = limit
                    .filter(|limit| *limit > 0)
                    .ok_or("the limit must be greater than 0")?;
                let order = match constants.next() {
                    None => "asc".to_owned(),
                    Some(order) => order
                        .and_then(Scalar::as_text)
                        .unwrap_or_default()
                        .to_ascii_lowercase(),
                };
                match order.as_str() {
                    "asc" | "desc" => Ok(Kind::Top {
                        limit,
                        ascending: order == "asc",
                    }),
                    _ => Err("the order is [ASC] or [DESC]".to_owned()),
                }
            }
            other => Ok(other),
        }
    }

    /// Source: docs, `BUCKET`: of dates, with a span; of numbers, with a size. The forms with a number of buckets are not run here.
    pub(super) fn bucket(
        &mut self,
        arguments: &Arguments,
        span: &Span,
        scope: &Scope,
    ) -> Outcome<Typed> {
        let Arguments::List(list) = arguments else {
            return self.fail("`*` stands for all rows in COUNT only", span);
        };
        let [value, size] = list.as_slice() else {
            return self.fail("this engine runs BUCKET with a span or a size only", span);
        };
        let value = self.expression(value, scope)?;
        let size_span = &size.span;
        let size = self.expression(size, scope)?;
        if !value.kind.is_number() {
            return self.date_trunc(vec![size, value], span);
        }
        // Source: `Bucket`: `FLOOR(field / size) * size` as a double.
        let given = size
            .constant()
            .and_then(Val::single)
            .and_then(Scalar::as_double);
        let Some(size) = given.filter(|size| size.is_finite() && *size > 0.0) else {
            return self.fail("the size must be a constant number above 0", size_span);
        };
        let value = folded(Node::Each(Every::Cast(Type::Double), Box::new(value.node)));
        let size = Node::Const(Val::One(Scalar::Double(size)));
        let node = Node::Call(Apply(bucket), vec![value, size]);
        Ok(Typed::new(folded(node), Type::Double))
    }
}

fn bucket(arguments: &[Scalar<'_>]) -> Option<Scalar<'static>> {
    let (value, size) = (
        arguments.first()?.as_double()?,
        arguments.get(1)?.as_double()?,
    );
    let start = (value / size).floor() * size;
    start.is_finite().then_some(Scalar::Double(start))
}
