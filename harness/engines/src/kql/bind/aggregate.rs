//! `summarize`: group keys, aggregates, and expressions over aggregates. Kusto docs: summarize-operator, aggregation-functions.

use super::table::Column;
use super::{Binder, Outcome, Scope, Typed, cast_hint, column_name};
use crate::QueryError;
use crate::kql::ast::{Aggregation, Expr, ExprKind, Name, Span, Summarize};
use crate::kql::convert::to_real;
use crate::kql::node::Node;
use crate::kql::relation::{self, Aggregate, AggregateKind, Relation};
use crate::kql::row::Cell;
use crate::kql::value::{Type, Val};
use std::sync::Arc;

/// Elements of a list or a set. Kusto docs: `make_list()`.
const MAX_ELEMENTS: usize = 1_048_576;

/// The aggregates of a `summarize` while they are bound.
#[derive(Clone, Debug)]
pub(super) struct Aggregates {
    /// What arguments see.
    scope: Scope,
    /// Columns of the input: keys, then arguments.
    columns: Vec<Column>,
    /// Output columns so far, keys included.
    width: usize,
    list: Vec<Aggregate>,
}

/// An aggregation function: its kind, how many arguments, whether the last is a condition.
struct Known {
    kind: AggregateKind,
    least: usize,
    most: usize,
    conditional: bool,
}

fn lookup(name: &str) -> Option<Known> {
    use AggregateKind as Kind;
    let known = |kind, least, most, conditional| Known {
        kind,
        least,
        most,
        conditional,
    };
    Some(match name {
        "count" => known(Kind::Count, 0, 0, false),
        "countif" => known(Kind::Count, 1, 1, true),
        "dcount" => known(Kind::CountDistinct, 1, 2, false),
        "count_distinct" => known(Kind::CountDistinct, 1, 1, false),
        "dcountif" | "count_distinctif" => known(Kind::CountDistinct, 2, 2, true),
        "sum" => known(Kind::Sum, 1, 1, false),
        "sumif" => known(Kind::Sum, 2, 2, true),
        "avg" => known(Kind::Average, 1, 1, false),
        "avgif" => known(Kind::Average, 2, 2, true),
        "min" => known(Kind::Min, 1, 1, false),
        "minif" => known(Kind::Min, 2, 2, true),
        "max" => known(Kind::Max, 1, 1, false),
        "maxif" => known(Kind::Max, 2, 2, true),
        "percentile" => known(Kind::Percentile(0.0), 2, 2, false),
        "make_set" => known(Kind::Set(MAX_ELEMENTS), 1, 2, false),
        "make_set_if" => known(Kind::Set(MAX_ELEMENTS), 2, 3, true),
        "make_list" => known(Kind::List(MAX_ELEMENTS), 1, 2, false),
        "make_list_if" => known(Kind::List(MAX_ELEMENTS), 2, 3, true),
        "take_any" => known(Kind::TakeAny, 1, 64, false),
        "take_anyif" => known(Kind::TakeAny, 2, 2, true),
        "arg_max" => known(Kind::ArgMax, 2, 64, false),
        "arg_min" => known(Kind::ArgMin, 2, 64, false),
        _ => return None,
    })
}

/// Whether a function is an aggregate.
pub(super) fn is_aggregate(name: &str) -> bool {
    lookup(name).is_some()
}

impl Binder<'_> {
    pub(super) fn summarize(&mut self, summarize: &Summarize, scope: &mut Scope) -> Outcome<()> {
        let keys = self.assignments(&summarize.by, scope)?;
        for ((_, (_, kind)), key) in keys.iter().zip(&summarize.by) {
            self.groupable(*kind, &key.value.span)?;
        }
        let width = keys.len();
        let column = |(name, (slot, kind)): &(String, (usize, Type))| Column {
            name: name.clone(),
            slot: *slot,
            kind: *kind,
        };
        self.aggregates = Some(Aggregates {
            scope: scope.clone(),
            columns: keys.iter().map(column).collect(),
            width,
            list: Vec::new(),
        });
        let made = self.aggregations(&summarize.aggregates);
        let Some(aggregates) = self.aggregates.take() else {
            return Err(super::Failed);
        };
        let made = made?;
        let input = self.close(&aggregates.columns);
        let relation = Relation::Summarize(relation::Summarize {
            input,
            keys: width,
            aggregates: aggregates.list,
        });
        let named = keys.into_iter().map(|(name, (_, kind))| (name, kind));
        *scope = self.open(Arc::new(relation), named);
        for at in width..aggregates.width {
            self.draft.cell(Cell::Input(at));
        }
        for (name, typed, span) in made {
            if scope.named.contains_key(&name) {
                // Kusto's binder: KS171.
                return self.fail(format!("the column `{name}` is named twice"), &span);
            }
            let slot = self.slot(typed);
            scope.define(&name, slot);
        }
        Ok(())
    }

    /// The columns that aggregates give: expressions over the slots of the table that the `summarize` makes.
    fn aggregations(&mut self, list: &[Aggregation]) -> Outcome<Vec<(String, Typed, Span)>> {
        let mut made = Vec::new();
        for aggregation in list {
            let value = &aggregation.value;
            let span = value.span.clone();
            if let ExprKind::Call(name, arguments) = &value.kind
                && lookup(&name.text).is_some()
            {
                let columns = self.aggregate(name, arguments, &span)?;
                for (at, (column, typed)) in columns.into_iter().enumerate() {
                    let given = aggregation.names.get(at).map(|name| name.text.clone());
                    made.push((given.unwrap_or(column), typed, span.clone()));
                }
                continue;
            }
            let typed = self.expression(value, &Scope::closed())?;
            let name = match aggregation.names.first() {
                Some(name) => name.text.clone(),
                None => column_name(value, made.len()),
            };
            made.push((name, typed, span));
        }
        Ok(made)
    }

    /// An aggregate inside an expression: one value.
    pub(super) fn aggregate_value(
        &mut self,
        name: &Name,
        arguments: &[Expr],
        span: &Span,
    ) -> Outcome<Typed> {
        let mut columns = self.aggregate(name, arguments, span)?.into_iter();
        match (columns.next(), columns.next()) {
            (Some((_, typed)), None) => Ok(typed),
            _ => self.fail("one value is needed here, this gives several", span),
        }
    }

    /// Binds an aggregate: the columns that come of it, with the names that they have unless they are given others.
    fn aggregate(
        &mut self,
        name: &Name,
        arguments: &[Expr],
        span: &Span,
    ) -> Outcome<Vec<(String, Typed)>> {
        let Some(known) = lookup(&name.text) else {
            return Err(super::Failed);
        };
        let everything =
            matches!(arguments.last(), Some(last) if matches!(last.kind, ExprKind::All));
        self.arity(name, arguments.len(), known.least, known.most)?;
        // Arguments are no aggregates themselves, and see the table before.
        let Some(aggregates) = self.aggregates.take() else {
            return self.fail("an aggregate cannot hold another one", span);
        };
        let bound = self.arguments(&known, &aggregates, arguments, everything);
        self.aggregates = Some(aggregates);
        let (kind, values, condition) = bound?;
        let kinds: Vec<Type> = values.iter().map(|column| column.kind).collect();
        self.aggregate_types(kind, &kinds, name, span)?;
        let Some(aggregates) = &mut self.aggregates else {
            return Err(super::Failed);
        };
        let mut place = |column: Column| {
            aggregates.columns.push(column);
            aggregates.columns.len() - 1
        };
        let names: Vec<String> = values.iter().map(|column| column.name.clone()).collect();
        let aggregate = Aggregate {
            kind,
            types: kinds.clone(),
            arguments: values.into_iter().map(&mut place).collect(),
            condition: condition.map(&mut place),
        };
        let first = aggregates.width;
        aggregates.width += aggregate.width();
        let width = aggregate.width();
        aggregates.list.push(aggregate);
        let typed = |at: usize, kind| Typed {
            node: Node::Slot(first + at),
            kind,
        };
        let several = matches!(
            kind,
            AggregateKind::TakeAny | AggregateKind::ArgMin | AggregateKind::ArgMax
        );
        if several {
            let columns = names.into_iter().zip(kinds).take(width);
            return Ok(columns
                .enumerate()
                .map(|(at, (name, kind))| (name, typed(at, kind)))
                .collect());
        }
        let argument = names.first().map_or("", String::as_str);
        let mut given = default_name(&name.text, argument);
        if let AggregateKind::Percentile(rank) = kind {
            // Kusto docs: percentile(), example: `percentile_DamageProperty_95`. What stands for a point is assumed.
            given = format!("{given}_{}", rank.to_string().replace('.', "_"));
        }
        Ok(vec![(
            given,
            typed(0, result(kind, kinds.first().copied())),
        )])
    }

    /// The kind with its constants, the columns of the values and that of the condition.
    fn arguments(
        &mut self,
        known: &Known,
        aggregates: &Aggregates,
        arguments: &[Expr],
        everything: bool,
    ) -> Outcome<(AggregateKind, Vec<Column>, Option<Column>)> {
        let scope = &aggregates.scope;
        let mut values = Vec::new();
        let mut constants = Vec::new();
        let mut condition = None;
        let constant_at = match known.kind {
            AggregateKind::Percentile(_) | AggregateKind::CountDistinct => 1,
            AggregateKind::Set(_) | AggregateKind::List(_) => 1 + usize::from(known.conditional),
            _ => usize::MAX,
        };
        let condition_at = match (known.conditional, known.kind) {
            (false, _) => usize::MAX,
            (true, AggregateKind::Count) => 0,
            (true, _) => 1,
        };
        for (at, argument) in arguments.iter().enumerate() {
            if matches!(argument.kind, ExprKind::All) {
                continue;
            }
            let bound = self.expression(argument, scope)?;
            let name = match &argument.kind {
                ExprKind::Name(name) => name.clone(),
                _ => String::new(),
            };
            if at == condition_at {
                self.boolean(&bound, &argument.span)?;
                let (slot, kind) = self.slot(bound);
                condition = Some(Column { name, slot, kind });
            } else if at == constant_at {
                constants.push((bound, argument));
            } else {
                let (slot, kind) = self.slot(bound);
                values.push(Column { name, slot, kind });
            }
        }
        if everything {
            // Kusto docs: arg_max(), take_any(): every column but the group's own.
            let keys: Vec<&str> = aggregates
                .columns
                .iter()
                .map(|key| key.name.as_str())
                .collect();
            let known: Vec<String> = values.iter().map(|value| value.name.clone()).collect();
            let all = self.all_columns(scope);
            values.extend(all.into_iter().filter(|column| {
                !keys.contains(&column.name.as_str()) && !known.contains(&column.name)
            }));
        }
        let kind = self.with_constant(known.kind, constants)?;
        Ok((kind, values, condition))
    }

    fn with_constant(
        &mut self,
        kind: AggregateKind,
        constants: Vec<(Typed, &Expr)>,
    ) -> Outcome<AggregateKind> {
        let Some((bound, argument)) = constants.into_iter().next() else {
            return Ok(kind);
        };
        let value = bound.node.constant().and_then(to_real);
        let Some(value) = value.filter(|_| bound.kind.is_number()) else {
            return self.fail("a constant number is needed", &argument.span);
        };
        let most = match bound.node.constant() {
            Some(Val::Long(most)) => usize::try_from(*most).unwrap_or(0),
            _ => MAX_ELEMENTS,
        };
        Ok(match kind {
            AggregateKind::Percentile(_) if (0.0..=100.0).contains(&value) => {
                AggregateKind::Percentile(value)
            }
            AggregateKind::Percentile(_) => {
                return self.fail("a percentile is from 0 to 100", &argument.span);
            }
            AggregateKind::Set(_) => AggregateKind::Set(most.min(MAX_ELEMENTS)),
            AggregateKind::List(_) => AggregateKind::List(most.min(MAX_ELEMENTS)),
            other => other,
        })
    }

    fn aggregate_types(
        &mut self,
        kind: AggregateKind,
        kinds: &[Type],
        name: &Name,
        span: &Span,
    ) -> Outcome<()> {
        let first = kinds.first().copied();
        let number = |kind: Type| kind.is_number() || kind == Type::TimeSpan;
        let ordered = |kind: Type| number(kind) || matches!(kind, Type::DateTime | Type::Text);
        let fits = match (kind, first) {
            // The arithmetic of decimals is not run here.
            (AggregateKind::Sum, Some(kind)) => number(kind) && kind != Type::Decimal,
            (AggregateKind::Average | AggregateKind::Percentile(_), Some(kind)) => {
                number(kind) || kind == Type::DateTime
            }
            (
                AggregateKind::Min
                | AggregateKind::Max
                | AggregateKind::ArgMin
                | AggregateKind::ArgMax,
                Some(kind),
            ) => ordered(kind),
            (AggregateKind::CountDistinct | AggregateKind::Set(_), Some(kind)) => {
                kind != Type::Dynamic
            }
            (AggregateKind::Count | AggregateKind::List(_) | AggregateKind::TakeAny, _)
            | (_, None) => true,
        };
        if fits {
            return Ok(());
        }
        let found = first.map_or("nothing", Type::name);
        let error = QueryError::new(
            format!("`{}` is not defined for {found}", name.text),
            span.clone(),
        );
        Err(self.error(cast_hint(error, first.unwrap_or(Type::Dynamic))))
    }
}

/// The type of an aggregate's value.
fn result(kind: AggregateKind, argument: Option<Type>) -> Type {
    let argument = argument.unwrap_or(Type::Long);
    match kind {
        AggregateKind::Count | AggregateKind::CountDistinct => Type::Long,
        AggregateKind::Sum if argument.is_integer() => Type::Long,
        AggregateKind::Average if argument.is_number() => Type::Real,
        AggregateKind::Set(_) | AggregateKind::List(_) => Type::Dynamic,
        AggregateKind::Sum
        | AggregateKind::Average
        | AggregateKind::Min
        | AggregateKind::Max
        | AggregateKind::Percentile(_)
        | AggregateKind::TakeAny
        | AggregateKind::ArgMin
        | AggregateKind::ArgMax => argument,
    }
}

/// The name that the vendor gives to a column. Kusto docs: the examples of the functions' pages.
fn default_name(function: &str, argument: &str) -> String {
    let stem = match function {
        "make_set" | "make_set_if" => "set",
        "make_list" | "make_list_if" => "list",
        other => other,
    };
    format!("{stem}_{argument}")
}
