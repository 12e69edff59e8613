//! One value under its modifiers to leaves.
//!
//! A value becomes *groups* of alternatives: `expand` gives a group for each value of a placeholder (joined as the
//! item's list is, so `all` holds for them), `windash` and `base64offset` give alternatives within a group.

use super::ast::{Value, ValueKind};
use super::item::Lowering;
use super::modifier::{Chain, Reading};
use super::placeholder;
use super::steps::transform;
use super::wildcard::parse;
use crate::codes::sigma as codes;
use crate::diagnostic::Diagnostic;
use crate::ir::pattern::Shape;
use crate::ir::regex::sigma::{Flags, RegexProblem};
use crate::ir::{
    AnyText, Comparison, DatePart, Expr, LeafKind, Pattern, Piece, Regex, Relation, Term, Test,
    View,
};
use ipnet::IpNet;
use std::net::IpAddr;
use verdict_event::{Number, Path};

/// What is looked at.
#[derive(Debug)]
pub(super) enum Subject {
    Field(Path),
    /// Every string of the event.
    AnyText,
}

/// The groups of alternatives that a value stands for; None if it has errors, which are reported.
pub(super) fn lower(
    value: &Value,
    subject: &Subject,
    chain: &Chain,
    lowering: &mut Lowering<'_>,
) -> Option<Vec<Vec<Expr>>> {
    let single = |leaf: Expr| Some(vec![vec![leaf]]);
    match (chain.reading, subject) {
        (Reading::Text, _) => text(value, subject, chain, lowering),
        (Reading::Regex(flags), _) => single(regex(value, subject, flags, chain, lowering)?),
        (Reading::Network, Subject::Field(path)) => networks(value, path, chain, lowering),
        (Reading::Compare(comparison), Subject::Field(path)) => {
            let number = number(value, chain, lowering)?.clone();
            single(Expr::field(
                path.clone(),
                Test::Compare(comparison, number),
                value.span,
            ))
        }
        (Reading::Part(part, comparison), Subject::Field(path)) => {
            let test = date_part(value, part, comparison, chain, lowering)?;
            single(Expr::field(path.clone(), test, value.span))
        }
        (Reading::FieldRef, Subject::Field(path)) => {
            single(field_ref(value, path, chain, lowering)?)
        }
        (Reading::Exists, Subject::Field(path)) => match value.kind {
            ValueKind::Bool(wanted) => {
                let present = Expr::leaf(LeafKind::Present(path.clone()), value.span);
                single(if wanted { present } else { present.negate() })
            }
            ValueKind::Null | ValueKind::Number(_) | ValueKind::Text => {
                lowering.found.push(kind(
                    value,
                    "`exists` wants `true` or `false`",
                    "not an unquoted truth value",
                ));
                None
            }
        },
        (
            Reading::Network
            | Reading::Compare(_)
            | Reading::Part(..)
            | Reading::FieldRef
            | Reading::Exists,
            Subject::AnyText,
        ) => None,
    }
}

fn kind(value: &Value, message: impl Into<String>, reason: impl Into<String>) -> Diagnostic {
    Diagnostic::error(codes::VALUE_KIND, value.span, message, reason)
}

/// The value's text, refused for null.
fn written<'v>(value: &'v Value, chain: &Chain, lowering: &mut Lowering<'_>) -> Option<&'v str> {
    if matches!(value.kind, ValueKind::Null) {
        let reason = format!("these modifiers read values as {}", chain.reading.words());
        lowering.found.push(
            kind(value, "null stands where a text is wanted", reason)
                .hint("the empty text is `''`; a missing field is `null` without modifiers"),
        );
        return None;
    }
    Some(value.as_text())
}

/// S1 to S6, S8, S11 to S13.
fn text(
    value: &Value,
    subject: &Subject,
    chain: &Chain,
    lowering: &mut Lowering<'_>,
) -> Option<Vec<Vec<Expr>>> {
    let plain = chain.steps.is_empty() && !chain.expand;
    if let (true, Subject::Field(path)) = (plain, subject) {
        let leaf = match &value.kind {
            ValueKind::Null => Some(Expr::leaf(
                LeafKind::Missing(Term::Field(path.clone())),
                value.span,
            )),
            ValueKind::Number(number) => Some(Expr::field(
                path.clone(),
                Test::Numeral(number.clone()),
                value.span,
            )),
            ValueKind::Bool(_) | ValueKind::Text => None,
        };
        if let Some(leaf) = leaf {
            return lowering.count(1, value.span).then(|| vec![vec![leaf]]);
        }
    }
    let text = written(value, chain, lowering)?;
    let values = if chain.expand && matches!(value.kind, ValueKind::Text) {
        placeholder::expand(value, lowering.placeholders, lowering.found)?
    } else {
        vec![parse(text)]
    };
    let mut groups = Vec::with_capacity(values.len());
    for pieces in values {
        let alternatives = transform(value, pieces, chain, lowering.found)?;
        if !lowering.count(alternatives.len(), value.span) {
            return None;
        }
        let leaves = alternatives
            .into_iter()
            .map(|pieces| leaf(subject, Pattern::new(pieces, chain.case), value));
        groups.push(leaves.collect());
    }
    Some(groups)
}

fn leaf(subject: &Subject, pattern: Pattern, value: &Value) -> Expr {
    match subject {
        Subject::AnyText => Expr::leaf(
            LeafKind::AnyText(AnyText::Pattern(pattern.widened(true, true))),
            value.span,
        ),
        Subject::Field(path) if pattern.shape() == Shape::Anything => {
            Expr::field(path.clone(), Test::AnyValue, value.span)
        }
        Subject::Field(path) => Expr::field(path.clone(), Test::Text(pattern), value.span),
    }
}

/// S14.
fn regex(
    value: &Value,
    subject: &Subject,
    flags: Flags,
    chain: &Chain,
    lowering: &mut Lowering<'_>,
) -> Option<Expr> {
    match (
        Regex::sigma(written(value, chain, lowering)?, flags),
        subject,
    ) {
        (Ok(regex), Subject::Field(path)) => {
            Some(Expr::field(path.clone(), Test::Regex(regex), value.span))
        }
        (Ok(regex), Subject::AnyText) => Some(Expr::leaf(
            LeafKind::AnyText(AnyText::Regex(regex)),
            value.span,
        )),
        (Err(problem), _) => {
            lowering.found.push(bad_regex(value, &problem));
            None
        }
    }
}

fn bad_regex(value: &Value, problem: &RegexProblem) -> Diagnostic {
    let code = if problem.unsupported {
        codes::REGEX_UNSUPPORTED
    } else {
        codes::REGEX_SYNTAX
    };
    let message = if problem.unsupported {
        "the regular expression uses what not every engine can run"
    } else {
        "this is not a regular expression"
    };
    let span = value.text.locate(problem.start, problem.end);
    let finding = Diagnostic::error(code, span, message, problem.message.as_str());
    match problem.hint {
        Some(hint) => finding.hint(hint),
        None => finding,
    }
}

/// S15. A bare address is the network of that address alone.
fn networks(
    value: &Value,
    path: &Path,
    chain: &Chain,
    lowering: &mut Lowering<'_>,
) -> Option<Vec<Vec<Expr>>> {
    let text = written(value, chain, lowering)?;
    let texts = if chain.expand {
        let expanded = placeholder::expand(value, lowering.placeholders, lowering.found)?;
        expanded
            .iter()
            .map(|pieces| super::wildcard::print(pieces))
            .collect()
    } else {
        vec![text.to_owned()]
    };
    let mut groups = Vec::with_capacity(texts.len());
    for text in texts {
        let Some(network) = network(&text) else {
            let reason = format!(
                "`{text}` is not an address and a prefix length, such as 10.0.0.0/8 or fe80::/10"
            );
            lowering.found.push(Diagnostic::error(
                codes::NOT_A_NETWORK,
                value.span,
                "not an IP network",
                reason,
            ));
            return None;
        };
        groups.push(vec![Expr::field(
            path.clone(),
            Test::Cidr(network),
            value.span,
        )]);
    }
    lowering.count(groups.len(), value.span).then_some(groups)
}

fn network(text: &str) -> Option<IpNet> {
    let address = || text.parse::<IpAddr>().ok().map(IpNet::from);
    Some(text.parse::<IpNet>().ok().or_else(address)?.trunc())
}

fn number<'v>(value: &'v Value, chain: &Chain, lowering: &mut Lowering<'_>) -> Option<&'v Number> {
    match &value.kind {
        ValueKind::Number(number) => Some(number),
        ValueKind::Null | ValueKind::Bool(_) | ValueKind::Text => {
            let reason = format!("these modifiers read values as {}", chain.reading.words());
            let finding = kind(value, "a number is wanted here", reason);
            let zeros = value.text.text.trim_start_matches('0');
            let plain = !zeros.is_empty() && zeros.bytes().all(|byte| byte.is_ascii_digit());
            lowering.found.push(if plain {
                finding.hint(format!(
                    "write it without quotes and leading zeros: `{zeros}`"
                ))
            } else {
                finding
            });
            None
        }
    }
}

/// S17.
fn date_part(
    value: &Value,
    part: DatePart,
    comparison: Option<Comparison>,
    chain: &Chain,
    lowering: &mut Lowering<'_>,
) -> Option<Test> {
    let Some(wanted) = number(value, chain, lowering)?.as_i64() else {
        lowering.found.push(kind(
            value,
            "a whole number is wanted here",
            "parts of a date are whole numbers",
        ));
        return None;
    };
    let range = match part {
        DatePart::Minute => 0..=59,
        DatePart::Hour => 0..=23,
        DatePart::Day => 1..=31,
        DatePart::Week => 1..=53,
        DatePart::Month => 1..=12,
        DatePart::Year => 0..=9999,
    };
    if comparison.is_none() && !range.contains(&wanted) {
        let reason = format!("`{}` is {} to {}", part.name(), range.start(), range.end());
        lowering.found.push(Diagnostic::warning(
            codes::DATE_PART_RANGE,
            value.span,
            "no date has this part",
            reason,
        ));
    }
    Some(Test::DatePart(
        part,
        comparison.unwrap_or(Comparison::Equal),
        wanted,
    ))
}

/// S18.
fn field_ref(
    value: &Value,
    path: &Path,
    chain: &Chain,
    lowering: &mut Lowering<'_>,
) -> Option<Expr> {
    let named = matches!(value.kind, ValueKind::Text) && !value.text.text.is_empty();
    if !named {
        lowering.found.push(kind(
            value,
            "`fieldref` wants the name of a field",
            "this is no name",
        ));
        return None;
    }
    let wild = |piece: &Piece| matches!(piece, Piece::AnyRun | Piece::AnyChar);
    if parse(&value.text.text).iter().any(wild) {
        lowering.found.push(kind(
            value,
            "`fieldref` wants the name of a field",
            "it holds a wildcard, and a reference is to one field",
        ));
        return None;
    }
    let case = chain.case;
    let relation = match chain.widened() {
        (false, false) => Relation::Compare(Comparison::Equal, View::Text, case),
        (false, true) => Relation::StartsWith(case),
        (true, false) => Relation::EndsWith(case),
        (true, true) => Relation::Contains { case, empty: true },
    };
    let kind = LeafKind::Relate {
        relation,
        left: Term::Field(path.clone()),
        right: Term::Field(Path::new(value.text.text.as_str())),
    };
    Some(Expr::leaf(kind, value.span))
}
