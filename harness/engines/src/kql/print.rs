//! A tree as the text of a query, with no bracket that the grammar can do without.
//!
//! Source: microsoft/Kusto-Query-Language, `grammar/Kql.g4` (the rules from `letStatement` to `primaryExpression`) for what stands where
//! and binds tighter, `grammar/KqlTokens.g4` for quotes and escapes; Kusto docs: entity-names, for names in brackets.
//! Because brackets stand only where they must, reading the text back also tests who binds tighter than whom.
//!
//! What changes no row is not in the tree and not in the text: hints, `as`, `project-reorder`, `materialize`.

mod expr;
mod literal;

use super::ast::{
    Aggregation, Assignment, Definition, Expand, Join, JoinKind, Let, Operator, Output, Partition,
    Pattern, Pipeline, Program, Scan, ScanStep, SortKey, Source, Summarize, Union,
};
use super::parse::is_keyword;
use expr::expr;
use literal::quoted;
use std::fmt::Write as _;

/// The text of a query.
pub(super) fn program(program: &Program) -> String {
    let lets: String = program.lets.iter().map(definition).collect();
    lets + &pipeline(&program.query)
}

fn listed<T>(items: &[T], print: impl Fn(&T) -> String) -> String {
    items.iter().map(print).collect::<Vec<_>>().join(", ")
}

/// `let name = ...; `. A table without steps is told from a scalar by `table()`, a call from a table by brackets.
fn definition(Let { name, definition }: &Let) -> String {
    let value = match definition {
        Definition::Table(Pipeline {
            source: Source::Table(table),
            steps,
        }) if steps.is_empty() => format!("table({})", quoted(&table.text, '"')),
        Definition::Table(table) => pipeline(table),
        Definition::Scalar(value) => {
            let text = expr(value);
            let opens = |word: &&str| {
                text.strip_prefix(*word)
                    .is_some_and(|rest| rest.starts_with('('))
            };
            let tables = ["table", "materialize", "datatable", "view"];
            if tables.iter().any(opens) {
                format!("({text})")
            } else {
                text
            }
        }
    };
    format!("let {} = {value}; ", self::name(&name.text))
}

fn pipeline(Pipeline { source, steps }: &Pipeline) -> String {
    let mut text = match source {
        Source::Table(table) => name(&table.text),
        Source::Union(tables) => union(tables),
        Source::Data {
            columns,
            values,
            span: _,
        } => {
            let columns = listed(columns, |(column, kind)| {
                format!("{}: {}", name(&column.text), kind.name())
            });
            format!("datatable ({columns}) [{}]", listed(values, expr))
        }
    };
    for step in steps {
        text += " | ";
        text += &operator(step);
    }
    text
}

/// A table among others: a union's comma and a pipe need brackets.
fn table(table: &Pipeline) -> String {
    let text = pipeline(table);
    match table.source {
        Source::Table(_) | Source::Data { .. } if table.steps.is_empty() => text,
        Source::Table(_) | Source::Data { .. } | Source::Union(_) => format!("({text})"),
    }
}

fn operator(operator: &Operator) -> String {
    match operator {
        Operator::Where(condition) => format!("where {}", expr(condition)),
        Operator::Extend(fields) => format!("extend {}", listed(fields, assignment)),
        Operator::Project(fields) => format!("project {}", listed(fields, assignment)),
        Operator::ProjectAway(patterns) => format!("project-away {}", listed(patterns, pattern)),
        Operator::ProjectKeep(patterns) => format!("project-keep {}", listed(patterns, pattern)),
        Operator::ProjectRename(pairs) => {
            let pairs = listed(pairs, |(new, old)| {
                format!("{} = {}", name(&new.text), name(&old.text))
            });
            format!("project-rename {pairs}")
        }
        Operator::Take(rows) => format!("take {}", expr(rows)),
        Operator::Sort(keys) => format!("sort by {}", listed(keys, sort_key)),
        Operator::Top(rows, key) => format!("top {} by {}", expr(rows), sort_key(key)),
        Operator::Serialize(fields) if fields.is_empty() => "serialize".to_owned(),
        Operator::Serialize(fields) => format!("serialize {}", listed(fields, assignment)),
        Operator::Summarize(groups) => summarize(groups),
        Operator::Distinct(None) => "distinct *".to_owned(),
        Operator::Distinct(Some(fields)) => format!("distinct {}", distinct(fields)),
        Operator::Count => "count".to_owned(),
        Operator::Expand(columns) => expand(columns),
        Operator::Join(tables) => join(tables),
        Operator::Union(tables) => union(tables),
        Operator::Partition(parts) => partition(parts),
        Operator::Scan(steps) => scan(steps),
    }
}

fn assignment(Assignment { name, value }: &Assignment) -> String {
    match name {
        Some(name) => format!("{} = {}", self::name(&name.text), expr(value)),
        None => expr(value),
    }
}

/// A `*` right behind `distinct` would be every column, so a test of every column stands in brackets there.
fn distinct(fields: &[Assignment]) -> String {
    let text = listed(fields, assignment);
    match fields {
        [first, rest @ ..] if text.starts_with('*') => {
            let rest = rest.iter().map(|field| format!(", {}", assignment(field)));
            format!("({}){}", assignment(first), rest.collect::<String>())
        }
        _ => text,
    }
}

fn pattern(Pattern { text, wild }: &Pattern) -> String {
    if *wild { text.clone() } else { name(text) }
}

fn sort_key(key: &SortKey) -> String {
    let order = if key.ascending { "asc" } else { "desc" };
    let nulls = if key.nulls_first { "first" } else { "last" };
    format!("{} {order} nulls {nulls}", expr(&key.value))
}

fn summarize(Summarize { aggregates, by }: &Summarize) -> String {
    let mut text = "summarize".to_owned();
    if !aggregates.is_empty() {
        text += " ";
        text += &listed(aggregates, aggregation);
    }
    if !by.is_empty() {
        text += " by ";
        text += &listed(by, assignment);
    }
    text
}

fn aggregation(Aggregation { names, value }: &Aggregation) -> String {
    let value = expr(value);
    match names.as_slice() {
        [] => value,
        [one] => format!("{} = {value}", name(&one.text)),
        several => format!("({}) = {value}", listed(several, |it| name(&it.text))),
    }
}

fn expand(expand: &Expand) -> String {
    let mut text = "mv-expand ".to_owned();
    if expand.pairs {
        text += "kind=array ";
    }
    if let Some(index) = &expand.index {
        let _ = write!(text, "with_itemindex={} ", name(&index.text));
    }
    text += &listed(&expand.columns, |column| {
        let value = assignment(&column.value);
        match column.kind {
            Some(kind) => format!("{value} to typeof({})", kind.name()),
            None => value,
        }
    });
    if let Some(limit) = &expand.limit {
        let _ = write!(text, " limit {}", expr(limit));
    }
    text
}

fn join(Join { kind, right, on }: &Join) -> String {
    let kind = match kind {
        JoinKind::InnerUnique => "innerunique",
        JoinKind::Inner => "inner",
        JoinKind::LeftOuter => "leftouter",
        JoinKind::LeftAnti => "leftanti",
        JoinKind::LeftSemi => "leftsemi",
    };
    format!("join kind={kind} {} on {}", table(right), listed(on, expr))
}

fn union(union: &Union) -> String {
    let mut text = "union ".to_owned();
    if union.inner {
        text += "kind=inner ";
    }
    if let Some(source) = &union.source {
        let _ = write!(text, "withsource={} ", name(&source.text));
    }
    text + &listed(&union.tables, table)
}

fn partition(Partition { legacy, by, steps }: &Partition) -> String {
    let hint = if *legacy { "" } else { "hint.strategy=native " };
    let steps = match steps.as_slice() {
        // The text must have a step even if none of those that were read changes a row.
        [] => "as it".to_owned(),
        steps => steps.iter().map(operator).collect::<Vec<_>>().join(" | "),
    };
    format!("partition {hint}by {} ({steps})", name(&by.text))
}

fn scan(scan: &Scan) -> String {
    let mut text = "scan ".to_owned();
    if let Some(column) = &scan.match_id {
        let _ = write!(text, "with_match_id={} ", name(&column.text));
    }
    if !scan.declared.is_empty() {
        let declared = listed(&scan.declared, |it| {
            let column = format!("{}: {}", name(&it.name.text), it.kind.name());
            match &it.default {
                Some(default) => format!("{column} = {}", expr(default)),
                None => column,
            }
        });
        let _ = write!(text, "declare ({declared}) ");
    }
    let steps: Vec<String> = scan.steps.iter().map(scan_step).collect();
    format!("{text}with ({})", steps.join(" "))
}

fn scan_step(step: &ScanStep) -> String {
    let output = match step.output {
        Output::All => "all",
        Output::Last => "last",
        Output::None => "none",
    };
    let head = format!("step {} output={output}", name(&step.name.text));
    let condition = expr(&step.condition);
    if step.assignments.is_empty() {
        return format!("{head}: {condition};");
    }
    let assigned = listed(&step.assignments, |(column, value)| {
        format!("{} = {}", name(&column.text), expr(value))
    });
    format!("{head}: {condition} => {assigned};")
}

/// A name: bare if it can be, else as a text in square brackets.
fn name(text: &str) -> String {
    if is_bare(text) {
        return text.to_owned();
    }
    format!("[{}]", quoted(text, '\''))
}

/// Source: KqlTokens.g4: `IDENTIFIER`. What means something of its own in some place is bare in none.
fn is_bare(text: &str) -> bool {
    let mut letters = text.chars();
    let opens = letters
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || matches!(first, '_' | '$'));
    opens
        && letters.all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '$'))
        && !is_keyword(text)
        && !RESERVED.contains(&text)
        && super::literal::literal_type(text).is_none()
}

/// Words that are no keywords to [`is_keyword`]: values, what opens a statement, a source or an option.
const RESERVED: [&str; 31] = [
    "true",
    "True",
    "TRUE",
    "false",
    "False",
    "FALSE",
    "not",
    "dynamic",
    "string",
    "declare",
    "alias",
    "restrict",
    "pattern",
    "range",
    "externaldata",
    "evaluate",
    "table",
    "materialize",
    "datatable",
    "view",
    "hint",
    "bagexpansion",
    "with_itemindex",
    "withsource",
    "isfuzzy",
    "with_match_id",
    "limit",
    "on",
    "step",
    "output",
    "nulls",
];

#[cfg(test)]
mod tests;
