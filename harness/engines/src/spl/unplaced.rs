//! Trees without their places in a text: what is left is equal where two texts say the same.

use super::ast::{
    Bin, Command, Dedup, Expr, ExprKind, Name, RegexCommand, RexCommand, Search, SearchValue, Sort,
    SortKey, Stats, StatsArgument, StatsTerm, StreamStats,
};

/// The same tree, with every span empty and without groups: a bracket that the tree notes says nothing that the tree does not say.
pub(super) fn commands(mut commands: Vec<Command>) -> Vec<Command> {
    commands.iter_mut().for_each(command);
    commands
}

fn name(Name { text: _, span }: &mut Name) {
    *span = 0..0;
}

fn names(names: &mut [Name]) {
    names.iter_mut().for_each(name);
}

fn command(command: &mut Command) {
    match command {
        Command::Search(found) => search(found),
        Command::Where(condition) => expr(condition),
        Command::Eval(assignments) => {
            for (field, value) in assignments {
                name(field);
                expr(value);
            }
        }
        Command::Regex(RegexCommand {
            field,
            negated: _,
            pattern,
        })
        | Command::Rex(RexCommand {
            field,
            max_match: _,
            pattern,
        }) => {
            name(field);
            name(pattern);
        }
        Command::Fields { keep: _, names: of } | Command::Table(of) => names(of),
        Command::Head(_) | Command::Tail(_) | Command::Reverse => {}
        Command::Rename(pairs) => {
            for (old, new) in pairs {
                name(old);
                name(new);
            }
        }
        Command::Bin(Bin {
            field,
            span: _,
            new,
        }) => {
            name(field);
            new.iter_mut().for_each(name);
        }
        Command::Sort(Sort { count: _, keys }) => {
            for SortKey { field, .. } in keys {
                name(field);
            }
        }
        Command::Dedup(Dedup { fields, .. }) => names(fields),
        Command::Stats(made) | Command::EventStats(made) => stats(made),
        Command::StreamStats(StreamStats {
            stats: made,
            reset_before,
            reset_after,
            ..
        }) => {
            stats(made);
            reset_before.iter_mut().for_each(expr);
            reset_after.iter_mut().for_each(expr);
        }
    }
}

fn stats(Stats { terms, by }: &mut Stats) {
    for StatsTerm { argument, .. } in terms {
        match argument {
            StatsArgument::None => {}
            StatsArgument::Field(field) => name(field),
            StatsArgument::Eval(value) => expr(value),
        }
    }
    names(by);
}

fn search(found: &mut Search) {
    match found {
        Search::And(terms) | Search::Or(terms) => terms.iter_mut().for_each(search),
        Search::Not(inner) => search(inner),
        Search::Term { kind: _, text } => name(text),
        Search::Compare {
            field,
            op: _,
            value,
        } => {
            name(field);
            self::value(value);
        }
        Search::In { field, values } => {
            name(field);
            values.iter_mut().for_each(value);
        }
    }
}

fn value(
    SearchValue {
        text: _,
        cased: _,
        span,
    }: &mut SearchValue,
) {
    *span = 0..0;
}

fn exprs(exprs: &mut [Expr]) {
    exprs.iter_mut().for_each(expr);
}

fn expr(found: &mut Expr) {
    while let ExprKind::Group(inner) = &mut found.kind {
        let inner = std::mem::replace(&mut inner.kind, ExprKind::And(Vec::new()));
        found.kind = inner;
    }
    found.span = 0..0;
    match &mut found.kind {
        ExprKind::Number(_) | ExprKind::Text(_) | ExprKind::Field(_) => {}
        ExprKind::Group(inner) | ExprKind::Negate(inner) | ExprKind::Not(inner) => expr(inner),
        ExprKind::Call(_, list)
        | ExprKind::Concat(list)
        | ExprKind::And(list)
        | ExprKind::Or(list)
        | ExprKind::Xor(list) => exprs(list),
        ExprKind::Arithmetic(_, left, right)
        | ExprKind::Compare(_, left, right)
        | ExprKind::Like(left, right) => {
            expr(left);
            expr(right);
        }
        ExprKind::In(value, items) => {
            expr(value);
            exprs(items);
        }
    }
}
