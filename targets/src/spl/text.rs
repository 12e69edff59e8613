//! Tests of text: patterns, regular expressions, order, addresses.

use crate::caps::Limit;
use crate::spl::filter::{Condition, Eval, Expression};
use crate::spl::logic::Logic;
use crate::spl::plan::{Atom, existence, found, word};
use crate::spl::search::{self, Glob, Search, Term, Value};
use crate::spl::{number, quote, regex};
use ipnet::IpNet;
use verdict_compiler::codes::target::SPL_FUNCTION;
use verdict_compiler::ir::pattern::Shape;
use verdict_compiler::ir::{Case, Comparison, Pattern, Piece, Regex, Test};
use verdict_event::FieldType;

/// The shortest text that is worth a term of its own before a condition.
const SHORTEST_RUN: usize = 3;

/// Some value of the field matches the pattern.
pub(crate) fn pattern(field: &str, pattern: &Pattern) -> Atom {
    let glob = match pattern.shape() {
        Shape::Anything => return existence(field),
        Shape::Equals(text) if verdict_faults::at("spl/text/whole-anywhere") => {
            Glob::new(true, text, true)
        }
        Shape::StartsWith(text) if verdict_faults::at("spl/text/start-anywhere") => {
            Glob::new(true, text, true)
        }
        Shape::EndsWith(text) if verdict_faults::at("spl/text/end-anywhere") => {
            Glob::new(true, text, true)
        }
        Shape::Contains(text) if verdict_faults::at("spl/text/inside-at-start") => {
            Glob::new(false, text, true)
        }
        Shape::General(_) if verdict_faults::at("spl/text/one-character-as-many") => {
            let literals: Vec<String> = pattern.literals().collect();
            let text = literals.join("*");
            let term = Term::new(field, Value::Text(Glob::whole(&text)));
            let condition = Condition::Found(field.to_owned(), expression(pattern));
            return Atom::both(term, Logic::Leaf(condition));
        }
        Shape::Equals(text) => Glob::whole(text),
        Shape::StartsWith(text) => Glob::new(false, text, true),
        Shape::EndsWith(text) => Glob::new(true, text, false),
        Shape::Contains(text) => Glob::new(true, text, true),
        Shape::General(_) => {
            return found(field, wide(field, pattern), expression(pattern));
        }
    };
    let term = match pattern.case() {
        Case::Exact if verdict_faults::at("spl/text/case-ignored") => search::text(field, glob),
        Case::Fold => search::text(field, glob),
        Case::Exact => search::cased(field, glob),
    };
    let condition = Condition::Found(field.to_owned(), expression(pattern));
    match term {
        Some(term) => Atom::both(term, Logic::Leaf(condition)),
        None => Atom::filtered(wide(field, pattern), condition),
    }
}

/// The pattern as an expression to search.
pub(crate) fn expression(pattern: &Pattern) -> Expression {
    let (text, dots) = regex::of_pattern(pattern);
    let letters = pattern.literals().any(|literal| quote::has_case(&literal));
    Expression::Patterns {
        fold: letters
            && pattern.case() == Case::Fold
            && !verdict_faults::at("spl/text/expression-minds-case"),
        dots,
        alternatives: vec![text],
    }
}

/// What `search` can say of the pattern: the runs of its literals that it can write, each where it stands, and at least that the field has
/// a value. Never a wildcard between two runs: on indexed text, the documentation warns, such a search misses events.
fn wide(field: &str, pattern: &Pattern) -> Search {
    let pieces = pattern.pieces();
    let mut terms = Vec::new();
    for (at, piece) in pieces.iter().enumerate() {
        let Piece::Literal(text) = piece else {
            continue;
        };
        let runs: Vec<&str> = text
            .split(|c: char| !quote::is_searchable(c.encode_utf8(&mut [0; 4])))
            .collect();
        for (run_at, run) in runs.iter().enumerate() {
            // Letters outside ASCII may be compared in another way than in `where`; short runs spare nothing.
            if run.len() < SHORTEST_RUN || !run.is_ascii() {
                continue;
            }
            let first = at == 0 && run_at == 0;
            let last = at + 1 == pieces.len() && run_at + 1 == runs.len();
            let (mut open_start, mut open_end) = (!first, !last);
            if verdict_faults::at("spl/text/wide-run-starts") {
                open_start = false;
            }
            if verdict_faults::at("spl/text/wide-run-ends") {
                open_end = false;
            }
            terms.extend(search::text(field, Glob::new(open_start, run, open_end)));
        }
    }
    if terms.is_empty() {
        return Term::exists(field);
    }
    Logic::all(terms)
}

/// The expression is found in some value of the field.
pub(crate) fn search(field: &str, expression: &Regex) -> Result<Atom, Limit> {
    let mut text = regex::of_expression(expression)?;
    if verdict_faults::at("spl/text/search-ignores-case") {
        text.insert_str(0, "(?i)");
    }
    if verdict_faults::at("spl/text/search-whole") {
        text = format!(r"\A(?:{text})\z");
    }
    Ok(found(field, Term::exists(field), Expression::Whole(text)))
}

/// Some value of the field stands so to the other text, by code point.
pub(crate) fn order(field: &str, comparison: Comparison, other: &str) -> Result<Atom, Limit> {
    let test = ordered(Eval::Field(field.to_owned()), comparison, other)?;
    Ok(Atom::filtered(
        Term::exists(field),
        Condition::Some(field.to_owned(), vec![test]),
    ))
}

/// A text stands so to a literal one. Two texts that read as numbers would be compared as numbers, and how one that does stands to one that
/// does not is documented nowhere, so both get a letter before them.
pub(crate) fn ordered(subject: Eval, comparison: Comparison, other: &str) -> Result<Eval, Limit> {
    if !quote::is_literal(other) {
        return Err(Limit::new(
            SPL_FUNCTION,
            "a text with such characters cannot be written as a literal of `eval`",
        ));
    }
    if verdict_faults::at("spl/text/order-as-numbers") {
        return Ok(Eval::infix(
            subject,
            number::sign(comparison),
            Eval::Text(other.to_owned()),
        ));
    }
    let subject = Eval::infix(Eval::Text("x".to_owned()), ".", subject);
    let other = format!("x{other}");
    Ok(Eval::infix(
        subject,
        number::sign(comparison),
        Eval::Text(other),
    ))
}

/// The field holds this truth value.
pub(crate) fn truth(field: &str, kind: FieldType, wanted: bool) -> Atom {
    let text = (wanted != verdict_faults::at("spl/text/truth-inverted")).to_string();
    if kind == FieldType::Boolean {
        // Such a field holds `true` and `false` alone.
        let expression = expression(&Pattern::literal(text.as_str(), Case::Exact));
        return word(field, &text, expression);
    }
    pattern(field, &Pattern::literal(text, Case::Exact))
}

/// Some value of the field is an address in the network.
pub(crate) fn network(field: &str, network: &IpNet) -> Atom {
    let mut written = network.trunc().to_string();
    if verdict_faults::at("spl/text/network-as-its-address") {
        written = network.addr().to_string();
    }
    let test = Eval::Call(
        "cidrmatch",
        vec![Eval::Text(written.clone()), Eval::Field(field.to_owned())],
    );
    Atom::both(
        Term::new(field, Value::Network(written)),
        Logic::Leaf(Condition::Some(field.to_owned(), vec![test])),
    )
}

/// Which of the texts `false` and `true` a test accepts; None if it is no test of truth values.
pub(crate) fn of_truths(test: &Test) -> Option<[bool; 2]> {
    let texts = ["false", "true"];
    match test {
        Test::Text(pattern) => Some(texts.map(|text| pattern.matches(text))),
        Test::TextOrder(comparison, other) => {
            Some(texts.map(|text| comparison.accepts(text.cmp(other.as_str()))))
        }
        Test::Regex(expression) => Some(texts.map(|text| expression.matches(text))),
        Test::AnyValue => Some([true, true]),
        Test::Bool(value) if verdict_faults::at("spl/text/truth-of-condition-inverted") => {
            Some([*value, !value])
        }
        Test::Bool(value) => Some([!value, *value]),
        Test::Numeral(_)
        | Test::Compare(..)
        | Test::Cidr(_)
        | Test::Version(..)
        | Test::Instant(..)
        | Test::DatePart(..) => None,
    }
}
