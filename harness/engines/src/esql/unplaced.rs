//! Trees without their places in a text: what is left is equal where two texts say the same.

use super::ast::{
    Arguments, Assignment, Command, Expr, ExprKind, Name, NamePattern, Program, SortKey, Stats,
};

/// The same tree, with every span empty and every depth 0: a bracket moves both and means nothing.
pub(super) fn program(mut program: Program) -> Program {
    names(&mut program.metadata);
    program.commands.iter_mut().for_each(command);
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

fn command(command: &mut Command) {
    match command {
        Command::Where(condition) => expr(condition),
        Command::Eval(fields) => assignments(fields),
        Command::Keep(patterns) | Command::Drop(patterns) => {
            for NamePattern { pieces: _, span } in patterns {
                *span = 0..0;
            }
        }
        Command::Rename(pairs) => {
            for (old, new) in pairs {
                name(old);
                name(new);
            }
        }
        Command::Limit(_) => {}
        Command::Sort(keys) => {
            for SortKey { value, .. } in keys {
                expr(value);
            }
        }
        Command::Stats(Stats {
            span,
            inline: _,
            aggregates,
            groups,
        }) => {
            *span = 0..0;
            assignments(aggregates);
            assignments(groups);
        }
        Command::Expand(column) => name(column),
    }
}

fn assignments(fields: &mut [Assignment]) {
    for field in fields {
        name(&mut field.name);
        expr(&mut field.value);
        field.filter.iter_mut().for_each(expr);
    }
}

fn expr(Expr { kind, span, depth }: &mut Expr) {
    *span = 0..0;
    *depth = 0;
    match kind {
        ExprKind::Literal(_) | ExprKind::Column(_) => {}
        ExprKind::Not(inner) | ExprKind::Negate(inner) => expr(inner),
        ExprKind::Chain(_, terms) => exprs(terms),
        ExprKind::Compare(_, left, right) | ExprKind::Arithmetic(_, left, right) => {
            expr(left);
            expr(right);
        }
        ExprKind::In { value, items, .. } => {
            expr(value);
            exprs(items);
        }
        ExprKind::Like {
            value, patterns, ..
        } => {
            expr(value);
            names(patterns);
        }
        ExprKind::IsNull { value, .. } => expr(value),
        ExprKind::Match(field) => name(field),
        ExprKind::Cast(value, to) => {
            expr(value);
            name(to);
        }
        ExprKind::Call(called, arguments) => {
            name(called);
            match arguments {
                Arguments::Star => {}
                Arguments::List(list) => exprs(list),
            }
        }
    }
}
