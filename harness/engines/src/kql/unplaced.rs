//! Trees without their places in a text: what is left is equal where two texts say the same.

use super::ast::{
    Aggregation, Assignment, Declared, Definition, Expand, Expanded, Expr, ExprKind, Join, Let,
    Name, Operator, Partition, Pipeline, Program, Scan, ScanStep, SortKey, Source, Summarize,
    Union,
};

/// The same tree, with every span empty and every depth 0: a bracket moves both and means nothing.
pub(super) fn program(mut program: Program) -> Program {
    for Let {
        name: defined,
        definition,
    } in &mut program.lets
    {
        name(defined);
        match definition {
            Definition::Scalar(value) => expr(value),
            Definition::Table(table) => pipeline(table),
        }
    }
    pipeline(&mut program.query);
    program
}

fn name(Name { text: _, span }: &mut Name) {
    *span = 0..0;
}

fn names(names: &mut [Name]) {
    names.iter_mut().for_each(name);
}

fn exprs(exprs: &mut [Expr]) {
    exprs.iter_mut().for_each(expr);
}

fn pipeline(Pipeline { source, steps }: &mut Pipeline) {
    match source {
        Source::Table(table) => name(table),
        Source::Union(tables) => union(tables),
        Source::Data {
            columns,
            values,
            span,
        } => {
            *span = 0..0;
            columns.iter_mut().for_each(|(column, _)| name(column));
            exprs(values);
        }
    }
    steps.iter_mut().for_each(operator);
}

fn union(
    Union {
        inner: _,
        source,
        tables,
        span,
    }: &mut Union,
) {
    *span = 0..0;
    source.iter_mut().for_each(name);
    tables.iter_mut().for_each(pipeline);
}

fn operator(operator: &mut Operator) {
    match operator {
        Operator::Where(value) | Operator::Take(value) => expr(value),
        Operator::Extend(fields) | Operator::Project(fields) | Operator::Serialize(fields) => {
            assignments(fields);
        }
        // A pattern has no place.
        Operator::ProjectAway(_) | Operator::ProjectKeep(_) | Operator::Count => {}
        Operator::ProjectRename(pairs) => {
            for (new, old) in pairs {
                name(new);
                name(old);
            }
        }
        Operator::Sort(keys) => keys.iter_mut().for_each(sort_key),
        Operator::Top(rows, key) => {
            expr(rows);
            sort_key(key);
        }
        Operator::Summarize(Summarize { aggregates, by }) => {
            for Aggregation { names: to, value } in aggregates {
                names(to);
                expr(value);
            }
            assignments(by);
        }
        Operator::Distinct(fields) => fields.iter_mut().for_each(|fields| assignments(fields)),
        Operator::Expand(columns) => expand(columns),
        Operator::Join(tables) => {
            let Join { kind: _, right, on } = tables.as_mut();
            pipeline(right);
            exprs(on);
        }
        Operator::Union(tables) => union(tables),
        Operator::Partition(parts) => {
            let Partition {
                legacy: _,
                by,
                steps,
            } = parts.as_mut();
            name(by);
            steps.iter_mut().for_each(self::operator);
        }
        Operator::Scan(steps) => scan(steps),
    }
}

fn assignment(Assignment { name: to, value }: &mut Assignment) {
    to.iter_mut().for_each(name);
    expr(value);
}

fn assignments(fields: &mut [Assignment]) {
    fields.iter_mut().for_each(assignment);
}

fn sort_key(key: &mut SortKey) {
    expr(&mut key.value);
}

fn expand(
    Expand {
        columns,
        index,
        pairs: _,
        limit,
    }: &mut Expand,
) {
    for Expanded { value, kind: _ } in columns {
        assignment(value);
    }
    index.iter_mut().for_each(name);
    limit.iter_mut().for_each(expr);
}

fn scan(
    Scan {
        match_id,
        declared,
        steps,
        span,
    }: &mut Scan,
) {
    *span = 0..0;
    match_id.iter_mut().for_each(name);
    for Declared {
        name: column,
        kind: _,
        default,
    } in declared
    {
        name(column);
        default.iter_mut().for_each(expr);
    }
    for ScanStep {
        name: step,
        output: _,
        condition,
        assignments,
    } in steps
    {
        name(step);
        expr(condition);
        for (column, value) in assignments {
            name(column);
            expr(value);
        }
    }
}

fn expr(Expr { kind, span, depth }: &mut Expr) {
    *span = 0..0;
    *depth = 0;
    match kind {
        ExprKind::Literal(_) | ExprKind::Name(_) | ExprKind::All => {}
        ExprKind::Negate(inner) | ExprKind::Plus(inner) | ExprKind::Star(_, inner) => expr(inner),
        ExprKind::Chain(_, terms) => exprs(terms),
        ExprKind::Compare(_, left, right)
        | ExprKind::Arithmetic(_, left, right)
        | ExprKind::Text(_, left, right)
        | ExprKind::Regex(left, right)
        | ExprKind::Index(left, right) => {
            expr(left);
            expr(right);
        }
        ExprKind::In(_, value, items) => {
            expr(value);
            exprs(items);
        }
        ExprKind::Between {
            negated: _,
            value,
            low,
            high,
        } => {
            expr(value);
            expr(low);
            expr(high);
        }
        ExprKind::Call(called, arguments) => {
            name(called);
            exprs(arguments);
        }
        ExprKind::Member(value, property) => {
            expr(value);
            name(property);
        }
    }
}
