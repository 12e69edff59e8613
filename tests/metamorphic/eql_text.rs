//! EQL trees as text, with all their brackets.

use verdict_compiler::frontends::eql::ast::{
    EventQuery, Expr, ExprKind, Field, Match, MatchKind, Operator, PipeKind, Query, Relation,
    Series, SeriesTerm, Statement,
};
use verdict_compiler::ir::Comparison;

/// A whole query.
pub(crate) fn statement(statement: &Statement) -> String {
    let mut text = match &statement.query {
        Query::Event(event) => self::event(event),
        Query::Sequence(series) => self::series("sequence", series),
        Query::Sample(series) => self::series("sample", series),
        Query::Join(series) => self::series("join", series),
    };
    for pipe in &statement.pipes {
        let kind = match pipe.kind {
            PipeKind::Head => "head",
            PipeKind::Tail => "tail",
        };
        text += &format!(" | {kind} {}", pipe.limit);
    }
    text
}

fn event(event: &EventQuery) -> String {
    let category = event
        .category
        .as_deref()
        .map_or_else(|| "any".to_owned(), quoted);
    format!("{category} where {}", expr(&event.condition))
}

fn series(keyword: &str, series: &Series) -> String {
    let mut text = keyword.to_owned() + &keys(&series.by);
    if let Some(maxspan) = series.maxspan {
        text += &format!(" with maxspan={}ms", maxspan.milliseconds);
    }
    for part in &series.terms {
        text += &format!(" {}", term(part));
    }
    if let Some(until) = &series.until {
        text += &format!(" until {}", term(until));
    }
    text
}

fn term(term: &SeriesTerm) -> String {
    let missing = if term.missing { "!" } else { "" };
    let runs = if term.runs == 1 {
        String::new()
    } else {
        format!(" with runs={}", term.runs)
    };
    format!("{missing}[{}]{}{runs}", event(&term.event), keys(&term.by))
}

fn keys(fields: &[Field]) -> String {
    if fields.is_empty() {
        return String::new();
    }
    let fields: Vec<String> = fields.iter().map(field).collect();
    format!(" by {}", fields.join(", "))
}

fn field(field: &Field) -> String {
    let parts: Vec<String> = field
        .name
        .split('.')
        .map(|part| format!("`{}`", part.replace('`', "``")))
        .collect();
    format!(
        "{}{}",
        if field.optional { "?" } else { "" },
        parts.join(".")
    )
}

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

fn tilde(insensitive: bool) -> &'static str {
    if insensitive { "~" } else { "" }
}

fn list(items: &[Expr]) -> String {
    items.iter().map(expr).collect::<Vec<_>>().join(", ")
}

/// An expression, in brackets where it is more than one word.
pub(crate) fn expr(expr: &Expr) -> String {
    let joined = |operands: &[Expr], word: &str| {
        let operands: Vec<String> = operands.iter().map(self::expr).collect();
        format!("({})", operands.join(word))
    };
    match &expr.kind {
        ExprKind::Null => "null".to_owned(),
        ExprKind::Bool(value) => value.to_string(),
        ExprKind::Number(number) => number.text().to_owned(),
        ExprKind::Text(text) => quoted(&text.text),
        ExprKind::Field(field) => self::field(field),
        ExprKind::Call(call) => format!(
            "{}{}({})",
            call.name,
            tilde(call.insensitive),
            list(&call.arguments)
        ),
        ExprKind::Not(inner) => format!("(not {})", self::expr(inner)),
        ExprKind::And(operands) => joined(operands, " and "),
        ExprKind::Or(operands) => joined(operands, " or "),
        ExprKind::Compare(relation, left, right) => {
            format!(
                "({} {} {})",
                self::expr(left),
                sign(*relation),
                self::expr(right)
            )
        }
        ExprKind::Arithmetic(operator, left, right) => {
            let sign = match operator {
                Operator::Add => "+",
                Operator::Subtract => "-",
                Operator::Multiply => "*",
                Operator::Divide => "/",
                Operator::Modulo => "%",
            };
            format!("({} {sign} {})", self::expr(left), self::expr(right))
        }
        // A constant keeps its sign beside it: a list takes constants alone.
        ExprKind::Negate(inner) => format!("-{}", self::expr(inner)),
        ExprKind::In(membership) => format!(
            "({} {}in{} ({}))",
            self::expr(&membership.value),
            if membership.negated { "not " } else { "" },
            tilde(membership.insensitive),
            list(&membership.items)
        ),
        ExprKind::Match(matched) => self::matched(matched),
        ExprKind::Invalid => "invalid".to_owned(),
    }
}

fn matched(matched: &Match) -> String {
    let word = match matched.kind {
        MatchKind::Wildcard => "like",
        MatchKind::Regex => "regex",
    };
    format!(
        "({} {word}{} ({}))",
        expr(&matched.value),
        tilde(matched.insensitive),
        list(&matched.patterns)
    )
}

fn sign(relation: Relation) -> &'static str {
    match relation {
        Relation::NotEqual => "!=",
        Relation::Is(Comparison::Equal) => "==",
        Relation::Is(Comparison::Less) => "<",
        Relation::Is(Comparison::LessOrEqual) => "<=",
        Relation::Is(Comparison::Greater) => ">",
        Relation::Is(Comparison::GreaterOrEqual) => ">=",
    }
}
