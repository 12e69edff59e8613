//! A tree as the text of a query, with no bracket that the grammar can do without.
//!
//! Source: elasticsearch, `EsqlBaseParser.g4` and `parser/Expression.g4` for what binds tighter, `lexer/Expression.g4` for quotes and escapes.
//! Because brackets stand only where they must, reading the text back also tests who binds tighter than whom.
//!
//! The tree does not keep three things, and the text says them in a way of its own: the index (every source reads the events given, so
//! `*`), what stands behind the `:` of a full-text match (which binding refuses, so `null`), and a unary plus.

use super::ast::{
    Arguments, Arithmetic, Assignment, Command, Connective, Expr, ExprKind, Literal, Name,
    NamePattern, PatternKind, Program, SortKey, Stats,
};
use super::parse::is_reserved;

/// How tightly an expression binds, in the order of the grammar's rules.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Or,
    And,
    Not,
    /// `IN`, `LIKE`, `IS NULL`: one behind a value.
    Test,
    /// At most one.
    Compare,
    Sum,
    Product,
    Sign,
    Primary,
}

/// The text of a query.
pub(super) fn program(program: &Program) -> String {
    let mut text = "FROM *".to_owned();
    if !program.metadata.is_empty() {
        text += " METADATA ";
        text += &listed(&program.metadata, |it| name(&it.text));
    }
    for step in &program.commands {
        text += " | ";
        text += &command(step);
    }
    text
}

fn listed<T>(items: &[T], print: impl Fn(&T) -> String) -> String {
    items.iter().map(print).collect::<Vec<_>>().join(", ")
}

fn command(command: &Command) -> String {
    match command {
        Command::Where(condition) => format!("WHERE {}", expr(condition)),
        Command::Eval(fields) => format!("EVAL {}", listed(fields, assignment)),
        Command::Keep(patterns) => format!("KEEP {}", listed(patterns, pattern)),
        Command::Drop(patterns) => format!("DROP {}", listed(patterns, pattern)),
        Command::Rename(pairs) => format!(
            "RENAME {}",
            listed(pairs, |(old, new)| format!(
                "{} AS {}",
                name(&old.text),
                name(&new.text)
            ))
        ),
        Command::Limit(rows) => format!("LIMIT {rows}"),
        Command::Sort(keys) => format!("SORT {}", listed(keys, sort_key)),
        Command::Stats(stats) => self::stats(stats),
        Command::Expand(column) => format!("MV_EXPAND {}", name(&column.text)),
    }
}

fn assignment(field: &Assignment) -> String {
    let mut text = format!("{} = {}", name(&field.name.text), expr(&field.value));
    if let Some(filter) = &field.filter {
        text += " WHERE ";
        text += &expr(filter);
    }
    text
}

/// `*` stands between the pieces.
fn pattern(pattern: &NamePattern) -> String {
    let pieces = pattern.pieces.iter().map(|piece| {
        if piece.is_empty() {
            String::new()
        } else {
            name(piece)
        }
    });
    pieces.collect::<Vec<_>>().join("*")
}

fn sort_key(key: &SortKey) -> String {
    let order = if key.ascending { "ASC" } else { "DESC" };
    let nulls = if key.nulls_first { "FIRST" } else { "LAST" };
    format!("{} {order} NULLS {nulls}", expr(&key.value))
}

fn stats(stats: &Stats) -> String {
    let mut text = if stats.inline {
        "INLINE STATS"
    } else {
        "STATS"
    }
    .to_owned();
    if !stats.aggregates.is_empty() {
        text += " ";
        text += &listed(&stats.aggregates, assignment);
    }
    if !stats.groups.is_empty() {
        text += " BY ";
        text += &listed(&stats.groups, assignment);
    }
    text
}

/// A name: bare if all its parts are, else between backticks as a whole, where a backtick is doubled.
fn name(text: &str) -> String {
    if text.split('.').all(is_bare) {
        return text.to_owned();
    }
    format!("`{}`", text.replace('`', "``"))
}

/// Source: lexer/Expression.g4: `UNQUOTED_IDENTIFIER`.
fn is_bare(part: &str) -> bool {
    let mut letters = part.chars();
    let opens = match letters.next() {
        Some('_' | '@') => letters.as_str() != "",
        Some(first) => first.is_ascii_alphabetic(),
        None => false,
    };
    opens && letters.all(|c| c.is_ascii_alphanumeric() || c == '_') && !is_reserved(part)
}

fn expr(expr: &Expr) -> String {
    at_least(Level::Or, expr)
}

/// The expression where only what binds as tightly as this may stand.
fn at_least(wanted: Level, expr: &Expr) -> String {
    let text = bare(expr);
    if level(&expr.kind) < wanted {
        format!("({text})")
    } else {
        text
    }
}

fn level(kind: &ExprKind) -> Level {
    match kind {
        ExprKind::Chain(Connective::Or, _) => Level::Or,
        ExprKind::Chain(Connective::And, _) => Level::And,
        ExprKind::Not(_) => Level::Not,
        ExprKind::In { .. } | ExprKind::Like { .. } | ExprKind::IsNull { .. } => Level::Test,
        ExprKind::Compare(..) | ExprKind::Match(_) => Level::Compare,
        ExprKind::Arithmetic(Arithmetic::Add | Arithmetic::Subtract, ..) => Level::Sum,
        ExprKind::Arithmetic(
            Arithmetic::Multiply | Arithmetic::Divide | Arithmetic::Modulo,
            ..,
        ) => Level::Product,
        ExprKind::Negate(_) => Level::Sign,
        ExprKind::Literal(_) | ExprKind::Column(_) | ExprKind::Cast(..) | ExprKind::Call(..) => {
            Level::Primary
        }
    }
}

fn bare(expr: &Expr) -> String {
    match &expr.kind {
        ExprKind::Literal(literal) => self::literal(literal),
        ExprKind::Column(column) => name(column),
        ExprKind::Not(inner) => format!("NOT {}", at_least(Level::Not, inner)),
        ExprKind::Chain(connective, terms) => {
            let (word, wanted) = match connective {
                Connective::And => (" AND ", Level::Not),
                Connective::Or => (" OR ", Level::And),
            };
            let terms: Vec<String> = terms.iter().map(|term| at_least(wanted, term)).collect();
            terms.join(word)
        }
        ExprKind::Compare(comparison, left, right) => {
            let (left, right) = (at_least(Level::Sum, left), at_least(Level::Sum, right));
            format!("{left} {} {right}", comparison.text())
        }
        ExprKind::Arithmetic(operator, left, right) => arithmetic(*operator, left, right),
        ExprKind::Negate(inner) => negate(inner),
        ExprKind::In {
            negated,
            value,
            items,
        } => {
            let items = listed(items, |item| at_least(Level::Compare, item));
            format!(
                "{}{} IN ({items})",
                at_least(Level::Compare, value),
                not(*negated)
            )
        }
        ExprKind::Like {
            kind,
            negated,
            value,
            list,
            patterns,
        } => {
            let word = match kind {
                PatternKind::Like => "LIKE",
                PatternKind::Rlike => "RLIKE",
            };
            let patterns = listed(patterns, |Name { text, .. }| quoted(text));
            let (open, close) = if *list { ("(", ")") } else { ("", "") };
            let value = at_least(Level::Compare, value);
            format!("{value}{} {word} {open}{patterns}{close}", not(*negated))
        }
        ExprKind::IsNull { negated, value } => {
            format!(
                "{} IS{} NULL",
                at_least(Level::Compare, value),
                not(*negated)
            )
        }
        ExprKind::Match(field) => format!("{} : null", name(&field.text)),
        ExprKind::Cast(value, to) => {
            format!("{}::{}", at_least(Level::Primary, value), name(&to.text))
        }
        ExprKind::Call(called, Arguments::Star) => format!("{}(*)", name(&called.text)),
        ExprKind::Call(called, Arguments::List(list)) => {
            format!("{}({})", name(&called.text), listed(list, self::expr))
        }
    }
}

fn not(negated: bool) -> &'static str {
    if negated { " NOT" } else { "" }
}

/// Both levels group to the left.
fn arithmetic(operator: Arithmetic, left: &Expr, right: &Expr) -> String {
    let (same, tighter) = match operator {
        Arithmetic::Add | Arithmetic::Subtract => (Level::Sum, Level::Product),
        Arithmetic::Multiply | Arithmetic::Divide | Arithmetic::Modulo => {
            (Level::Product, Level::Sign)
        }
    };
    let (left, right) = (at_least(same, left), at_least(tighter, right));
    format!("{left} {} {right}", operator.text())
}

/// A sign right before a number is the number's own, so a number whose sign is turned stands in brackets.
fn negate(inner: &Expr) -> String {
    let text = at_least(Level::Sign, inner);
    if text.starts_with(|first: char| first.is_ascii_digit()) {
        format!("-({text})")
    } else {
        format!("-{text}")
    }
}

fn literal(literal: &Literal) -> String {
    match literal {
        Literal::Null => "null".to_owned(),
        Literal::Bool(value) => value.to_string(),
        Literal::Integer(value) | Literal::Long(value) => value.to_string(),
        Literal::UnsignedLong(value) => value.to_string(),
        // With a point or an exponent, whatever its value: without, it would be an integer.
        Literal::Double(value) => format!("{value:?}"),
        Literal::Text(text) => quoted(text),
        Literal::Amount(count, unit) => format!("{count} {unit}"),
        Literal::List(items) => format!("[{}]", listed(items, self::literal)),
    }
}

/// Source: lexer/Expression.g4: `QUOTED_STRING`, with its five escapes.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted += "\\\"",
            '\\' => quoted += "\\\\",
            '\n' => quoted += "\\n",
            '\r' => quoted += "\\r",
            '\t' => quoted += "\\t",
            other => quoted.push(other),
        }
    }
    quoted + "\""
}

#[cfg(test)]
mod tests;
