//! What a correlation's measure must be.

use crate::codes::sigma as codes;
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::ir::Comparison;
use crate::ir::series::{Bound, CorrelationKind, Percent};
use crate::rule::node::{Node, Resolved};
use crate::span::Span;
use verdict_event::Number;

/// A condition with what belongs to it.
pub(super) struct Read {
    pub(super) kind: CorrelationKind,
    pub(super) bounds: Vec<Bound>,
    /// The fields whose values are measured.
    pub(super) fields: Vec<(String, Span)>,
}

const WORDS: &[&str] = &["gt", "gte", "lt", "lte", "eq", "neq", "field", "percentile"];

/// Reads a condition; None if it is wrong or missing, which is then reported.
pub(super) fn read(
    node: Option<&Node>,
    kind: CorrelationKind,
    rules: usize,
    section: Span,
    found: &mut Vec<Diagnostic>,
) -> Option<Read> {
    let mut read = Read {
        kind,
        bounds: Vec::new(),
        fields: Vec::new(),
    };
    let before = found.len();
    let node = node.filter(|node| !node.is_null());
    let entries = node.and_then(Node::as_map).unwrap_or_default();
    let mut percentile = None;
    for entry in entries {
        match entry.key.as_str() {
            "field" => fields(&entry.value, &mut read.fields, found),
            "percentile" => percentile = Some(&entry.value),
            word => match bound(word, &entry.value) {
                Some(Ok(bound)) => read.bounds.push(bound),
                Some(Err(reason)) => found.push(wrong(entry.value.span, reason)),
                None => {
                    let finding = wrong(entry.key_span, "no such comparison");
                    let near = did_you_mean(word, WORDS.iter().copied());
                    found.push(match near {
                        Some(near) => finding.hint(format!("did you mean `{near}`?")),
                        None => finding.hint(format!("its keys are {}", WORDS.join(", "))),
                    });
                }
            },
        }
    }
    if node.is_some_and(|node| node.as_map().is_none()) {
        let span = node.map_or(section, |node| node.span);
        found.push(wrong(span, "not a mapping of comparisons"));
    }
    let span = node.map_or(section, |node| node.span);
    settle(&mut read, percentile, rules, span, found);
    (found.len() == before).then_some(read)
}

/// What the type asks of the condition.
fn settle(
    read: &mut Read,
    percentile: Option<&Node>,
    rules: usize,
    span: Span,
    found: &mut Vec<Diagnostic>,
) {
    let all = i64::try_from(rules).unwrap_or(i64::MAX);
    let every_rule = Bound {
        comparison: Comparison::GreaterOrEqual,
        negated: false,
        number: Number::from(all),
    };
    match read.kind {
        CorrelationKind::EventCount => no_fields(read, span, found),
        CorrelationKind::Temporal => {
            no_fields(read, span, found);
            if read.bounds.is_empty() {
                read.bounds.push(every_rule);
            }
        }
        CorrelationKind::TemporalOrdered => {
            no_fields(read, span, found);
            let asks_all = |bound: &Bound| {
                let all_of_them = bound.number.decimal() == every_rule.number.decimal();
                let equal = matches!(
                    bound.comparison,
                    Comparison::Equal | Comparison::GreaterOrEqual
                );
                all_of_them && equal && !bound.negated
            };
            if !read.bounds.iter().all(asks_all) {
                found.push(
                    wrong(span, "an order of some of the rules means nothing")
                        .hint("leave the condition out"),
                );
            }
            read.bounds = vec![every_rule];
        }
        CorrelationKind::ValueCount => needs_fields(read, usize::MAX, span, found),
        CorrelationKind::ValueSum
        | CorrelationKind::ValueAvg
        | CorrelationKind::ValuePercentile(_) => needs_fields(read, 1, span, found),
    }
    if let CorrelationKind::ValuePercentile(percent) = &mut read.kind {
        settle_percentile(percent, percentile, span, found);
    } else if let Some(node) = percentile {
        found.push(wrong(
            node.span,
            "only `value_percentile` takes `percentile`",
        ));
    }
    if read.bounds.is_empty() {
        found.push(wrong(span, "no comparison").hint("add one, such as `gte: 10`"));
    }
}

fn settle_percentile(
    percent: &mut Percent,
    written: Option<&Node>,
    span: Span,
    found: &mut Vec<Diagnostic>,
) {
    let median = percent.0 <= 100;
    match (written, median) {
        (None, true) => {}
        (Some(node), true) => {
            found.push(wrong(node.span, "a median is percentile 50"));
        }
        (None, false) => {
            let code = codes::WHICH_PERCENTILE;
            found.push(
                Diagnostic::error(code, span, code.title, "nothing says which percentile")
                    .hint("add `percentile: 95` to the condition, or use `value_median`"),
            );
        }
        (Some(node), false) => {
            let text = node
                .as_scalar()
                .map(|scalar| scalar.text.text.parse::<u8>());
            match text {
                Some(Ok(value @ 0..=100)) => *percent = Percent(value),
                Some(Ok(_) | Err(_)) | None => {
                    found.push(wrong(
                        node.span,
                        "a percentile is a whole number from 0 to 100",
                    ));
                }
            }
        }
    }
}

fn no_fields(read: &Read, span: Span, found: &mut Vec<Diagnostic>) {
    if let Some((_, at)) = read.fields.first() {
        let at = if at.start == at.end { span } else { *at };
        found.push(wrong(
            at,
            "this type counts no values, so it takes no `field`",
        ));
    }
}

fn needs_fields(read: &Read, most: usize, span: Span, found: &mut Vec<Diagnostic>) {
    if read.fields.is_empty() {
        found.push(wrong(span, "`field` is missing").hint("name the field whose values count"));
    } else if read.fields.len() > most {
        found.push(wrong(span, "one field only has numbers to add"));
    }
}

fn fields(node: &Node, fields: &mut Vec<(String, Span)>, found: &mut Vec<Diagnostic>) {
    for item in node.as_list().unwrap_or(std::slice::from_ref(node)) {
        match item.as_scalar().map(|scalar| scalar.text.text.as_str()) {
            Some(name) if !name.is_empty() => fields.push((name.to_owned(), item.span)),
            Some(_) | None => found.push(wrong(item.span, "`field` names fields")),
        }
    }
}

/// A comparison with its number; None if the word is none.
fn bound(word: &str, node: &Node) -> Option<Result<Bound, &'static str>> {
    let (comparison, negated) = match word {
        "gt" => (Comparison::Greater, false),
        "gte" => (Comparison::GreaterOrEqual, false),
        "lt" => (Comparison::Less, false),
        "lte" => (Comparison::LessOrEqual, false),
        "eq" => (Comparison::Equal, false),
        "neq" => (Comparison::Equal, true),
        _ => return None,
    };
    Some(match node.as_scalar().map(|scalar| scalar.resolve()) {
        Some(Resolved::Number(number)) => Ok(Bound {
            comparison,
            negated,
            number,
        }),
        Some(Resolved::Null | Resolved::Bool(_) | Resolved::Text(_)) | None => {
            Err("it is compared with a number")
        }
    })
}

fn wrong(span: Span, reason: &str) -> Diagnostic {
    let code = codes::CORRELATION_CONDITION;
    Diagnostic::error(code, span, code.title, reason)
}
