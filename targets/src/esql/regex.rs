//! Regular expressions in Lucene's language, as `RLIKE` takes it, and what else needs an automaton.
//!
//! - `language`: what is matched, apart from any notation.
//! - `search`: Sigma's expressions, which are searched and have borders, as whole texts.
//! - `print`: Lucene's notation.
//! - `effort`: whether Elasticsearch can build the automaton.

mod effort;
mod language;
mod print;
mod search;

use crate::caps::Limit;
use crate::esql::list::SEPARATOR;
use crate::esql::text;
use crate::esql::tree::Tree;
use ipnet::Ipv4Net;
use language::{Language, any};
use verdict_compiler::codes::target::ESQL_REGEX;
use verdict_compiler::ir::regex::lucene;
use verdict_compiler::ir::{Case, Pattern, Piece, Regex, Syntax};

/// The expression is found in the text that `subject` is.
pub(crate) fn search(subject: Tree, expression: &Regex) -> Result<Tree, Limit> {
    if verdict_faults::at("esql/regex/rule-text-unchanged") {
        return Ok(Tree::Regex(Box::new(subject), expression.source.clone()));
    }
    let (language, lower) = whole(expression)?;
    let lower = lower && !verdict_faults::at("esql/regex/value-not-lowered");
    let searched = text::lowered(subject.clone(), lower);
    said(searched, &language, expression)
        .or_else(|limit| replaced(subject, expression).ok_or(limit))
}

/// The same where no automaton can be made of the expression: what `REPLACE` finds by Java's regular expressions it takes out, and the text is another one.
fn replaced(subject: Tree, expression: &Regex) -> Option<Tree> {
    if expression.syntax == Syntax::Lucene {
        return None;
    }
    let hir = regex_syntax::parse(expression.rust.as_deref()?).ok()?;
    let (start, language, end) = search::anchored(&hir)?;
    if language.nullable() {
        return None;
    }
    let (language, lower) = small(language);
    let subject = text::lowered(subject, lower);
    let start = start && !verdict_faults::at("esql/regex/replaced-start-lost");
    let start = if start { "^" } else { "" };
    // In Java `$` would stand before a last line end, too.
    let end = end && !verdict_faults::at("esql/regex/replaced-end-lost");
    let end = if end { "\\z" } else { "" };
    let java = match language {
        Language::Union(_) if !start.is_empty() || !end.is_empty() => {
            format!("({})", print::java(&language)?)
        }
        _ => print::java(&language)?,
    };
    let arguments = vec![
        subject.clone(),
        Tree::Text(format!("{start}{java}{end}")),
        Tree::Text(String::new()),
    ];
    let rest = Tree::Call("REPLACE", arguments);
    Some(Tree::Differs(Box::new(rest), Box::new(subject)))
}

/// The expression is found in some value of a joined list.
pub(crate) fn search_joined(joined: Tree, expression: &Regex) -> Result<Tree, Limit> {
    let (language, lower) = whole(expression)?;
    said(text::lowered(joined, lower), &between(language), expression)
}

/// The pattern matches some value of a joined list.
pub(crate) fn match_joined(joined: Tree, pattern: &Pattern) -> Result<Tree, Limit> {
    let lower =
        pattern.case() == Case::Fold && pattern.literals().any(|text| text::is_cased(&text));
    let mut literals = pattern.literals();
    let parts = pattern.pieces().iter().map(|piece| match piece {
        Piece::Literal(_) => literals
            .next()
            .map_or(Language::Empty, |text| Language::text(&text)),
        Piece::AnyRun => Language::run(any()),
        Piece::AnyChar => Language::Set(any()),
    });
    let language = between(Language::concat(parts.collect::<Vec<_>>()));
    match as_pattern(&language) {
        Some(pattern) => Ok(text::pattern(text::lowered(joined, lower), &pattern)),
        None => printed(text::lowered(joined, lower), &language, "the pattern"),
    }
}

/// Some value of a joined list is so many characters long.
pub(crate) fn length_joined(joined: Tree, least: u64, most: Option<u64>) -> Result<Tree, Limit> {
    let count = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
    let any_char = Language::Set(any());
    let language = match most {
        Some(most) => any_char.repeat(count(least), Some(count(most))),
        None if verdict_faults::at("esql/regex/length-at-most") => {
            any_char.repeat(count(least), Some(count(least)))
        }
        // Longer ones hold such a part.
        None => Language::concat([
            Language::run(any()),
            any_char.repeat(count(least), Some(count(least))),
            Language::run(any()),
        ]),
    };
    printed(joined, &between(language), "the length")
}

/// Some value of a joined list is an address in the network.
pub(crate) fn address_joined(joined: Tree, net: Ipv4Net) -> Result<Tree, Limit> {
    let (low, high) = (net.network().octets(), net.broadcast().octets());
    let mut parts = Vec::new();
    for (low, high) in low.into_iter().zip(high) {
        if !parts.is_empty() {
            parts.push(Language::char('.'));
        }
        parts.push(if low == high {
            Language::text(&low.to_string())
        } else {
            let fixed = low.to_string().len() == high.to_string().len();
            let high = high - u8::from(verdict_faults::at("esql/regex/last-address-left-out"));
            Language::Number {
                low: low.into(),
                high: high.into(),
                digits: fixed.then(|| low.to_string().len()),
            }
        });
    }
    printed(joined, &between(Language::concat(parts)), "the network")
}

/// Whether one automaton can be made of these `LIKE` patterns.
pub(crate) fn is_one_list(patterns: &[String]) -> bool {
    effort::is_small(patterns) || effort::is_bearable(&list(patterns), effort::OF_LIST)
}

/// The texts that some of these `LIKE` patterns takes.
fn list(patterns: &[String]) -> Language {
    let languages = patterns.iter().map(|pattern| {
        let mut escaped = false;
        let parts = pattern.chars().filter_map(|c| match c {
            '\\' if !escaped => {
                escaped = true;
                None
            }
            '*' if !escaped => Some(Language::run(any())),
            '?' if !escaped => Some(Language::Set(any())),
            c => {
                escaped = false;
                Some(Language::char(c))
            }
        });
        Language::concat(parts.collect::<Vec<_>>())
    });
    Language::union(languages.collect::<Vec<_>>())
}

/// The whole texts in which an expression is found, and whether the letters of the text are to be made small for it.
fn whole(expression: &Regex) -> Result<(Language, bool), Limit> {
    let rejected = |why: String| {
        let source = &expression.source;
        Limit::new(ESQL_REGEX, format!("`{source}`: {why}"))
    };
    let language = match expression.syntax {
        Syntax::Sigma => {
            let pattern = expression.rust.as_deref().unwrap_or(&expression.source);
            let hir = regex_syntax::parse(pattern).map_err(|error| rejected(error.to_string()))?;
            search::found(&hir).ok_or_else(|| {
                rejected(
                    "it has borders where Lucene, which has none, cannot do without".to_owned(),
                )
            })?
        }
        Syntax::Lucene => {
            let node =
                lucene::parse(&expression.source).map_err(|error| rejected(error.message))?;
            of_lucene(&node, expression.case)
        }
    };
    Ok(small(language))
}

/// A language whose case does not matter over small letters, and whether it is.
fn small(language: Language) -> (Language, bool) {
    let folds = language.ignores_case() && language.has_folded_letter();
    if folds && verdict_faults::at("esql/regex/case-minded") {
        let lowered = language.clone().lowered();
        return lowered.map_or((language, false), |lowered| (lowered, false));
    }
    if folds {
        let lowered = language.clone().lowered();
        return lowered.map_or((language, false), |lowered| (lowered, true));
    }
    (language, false)
}

/// The texts of a joined list of which one value is of a language. Such a text begins and ends with a separator, so what may begin anywhere in a value
/// may begin anywhere in the text.
fn between(language: Language) -> Language {
    let anything = || Language::run(any());
    let border = Language::char(SEPARATOR);
    let inside = anything().without(SEPARATOR);
    let without = match language {
        language if verdict_faults::at("esql/regex/joined-over-several-values") => language,
        language => language.without(SEPARATOR),
    };
    let mut parts = match without {
        part if part == inside => return anything(),
        Language::Concat(parts) => parts,
        other => vec![other],
    };
    let open_end = parts.pop_if(|part| *part == inside).is_some();
    parts.reverse();
    let open_start = parts.pop_if(|part| *part == inside).is_some();
    parts.reverse();
    let outer = |open| {
        if open || verdict_faults::at("esql/regex/joined-without-borders") {
            Language::Empty
        } else {
            border.clone()
        }
    };
    let inner = Language::concat(parts);
    Language::concat([
        anything(),
        outer(open_start),
        inner,
        outer(open_end),
        anything(),
    ])
}

/// The text is of a language.
fn said(subject: Tree, language: &Language, expression: &Regex) -> Result<Tree, Limit> {
    if language.is_nothing() {
        return Ok(Tree::Bool(false));
    }
    if let Some(pattern) = as_pattern(language) {
        return Ok(text::pattern(subject, &pattern));
    }
    printed(subject, language, &format!("`{}`", expression.source))
}

fn printed(subject: Tree, language: &Language, what: &str) -> Result<Tree, Limit> {
    if !effort::is_bearable(language, effort::OF_EXPRESSION) {
        let reason = format!("{what} is more than Elasticsearch makes an automaton of");
        return Err(Limit::new(ESQL_REGEX, reason));
    }
    let lower = matches!(
        &subject,
        Tree::Call("TO_LOWER", _) | Tree::Joined { lower: true, .. }
    );
    let pattern = if lower && !verdict_faults::at("esql/regex/ranges-of-letters-kept") {
        print::spelled(language)
    } else {
        print::print(language)
    };
    Ok(Tree::Regex(Box::new(subject), pattern))
}

/// The same language as a pattern of literals and wildcards.
fn as_pattern(language: &Language) -> Option<Pattern> {
    let piece = |part: &Language| match part {
        Language::Set(set)
            if *set == any() && verdict_faults::at("esql/regex/any-character-as-run") =>
        {
            Some(Piece::AnyRun)
        }
        Language::Set(set) if *set == any() => Some(Piece::AnyChar),
        Language::Set(set) => match set.ranges() {
            [one] if one.start() == one.end() => Some(Piece::Literal(one.start().to_string())),
            _ => None,
        },
        Language::Repeat {
            inner,
            min: 0,
            max: None,
        } => matches!(&**inner, Language::Set(set) if *set == any()).then_some(Piece::AnyRun),
        Language::Empty
        | Language::Concat(_)
        | Language::Union(_)
        | Language::Repeat { .. }
        | Language::Both(_)
        | Language::Except(_)
        | Language::Number { .. } => None,
    };
    let pieces: Option<Vec<Piece>> = match language {
        Language::Empty => Some(Vec::new()),
        Language::Concat(parts) => parts.iter().map(piece).collect(),
        other => piece(other).map(|piece| vec![piece]),
    };
    pieces.map(|pieces| Pattern::new(pieces, Case::Exact))
}

/// What an expression in Lucene's language matches.
fn of_lucene(node: &lucene::Node, case: Case) -> Language {
    let below = |nodes: &[lucene::Node]| -> Vec<Language> {
        nodes.iter().map(|node| of_lucene(node, case)).collect()
    };
    match node {
        lucene::Node::Empty => Language::Empty,
        lucene::Node::Nothing => Language::nothing(),
        lucene::Node::Char(c) => Language::Set(lucene::characters(&[(*c, *c)], false, case)),
        lucene::Node::Set { ranges, negated } => {
            Language::Set(lucene::characters(ranges, *negated, case))
        }
        lucene::Node::Any => Language::Set(any()),
        lucene::Node::AnyText => Language::run(any()),
        lucene::Node::Concat(nodes) => Language::concat(below(nodes)),
        lucene::Node::Union(nodes) => Language::union(below(nodes)),
        lucene::Node::Intersection(nodes) => {
            let all = below(nodes);
            if all.iter().any(Language::is_nothing) {
                Language::nothing()
            } else {
                Language::Both(all)
            }
        }
        lucene::Node::Complement(inner) => Language::Except(Box::new(of_lucene(inner, case))),
        lucene::Node::Repeat { node, min, max } => of_lucene(node, case).repeat(*min, *max),
        lucene::Node::Number { low, high, digits } => Language::Number {
            low: *low,
            high: *high,
            digits: *digits,
        },
    }
}
