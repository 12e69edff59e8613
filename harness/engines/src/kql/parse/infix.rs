//! Which words and signs are infix operators, and how tightly each binds.

use super::{Parsed, Parser};
use crate::QueryError;
use crate::kql::ast::{
    Arithmetic, Comparison, Connective, Membership, MembershipKind, TextKind, TextOperator,
};
use crate::kql::lex::TokenKind;
use crate::kql::suggest;

pub(super) const OR: u8 = 1;
pub(super) const AND: u8 = 2;
pub(super) const EQUALITY: u8 = 3;
pub(super) const ORDER: u8 = 4;
pub(super) const SUM: u8 = 5;
pub(super) const PRODUCT: u8 = 6;
pub(super) const TEXT: u8 = 7;

/// An infix operator.
#[derive(Clone, Copy)]
pub(super) enum Infix {
    Chain(Connective),
    Compare(Comparison),
    Arithmetic(Arithmetic),
    Text(TextOperator),
    Regex,
    In(Membership),
    Between { negated: bool },
}

impl Infix {
    pub(super) fn level(self) -> u8 {
        match self {
            Self::Chain(Connective::Or) => OR,
            Self::Chain(Connective::And) => AND,
            Self::Compare(Comparison::Equal | Comparison::NotEqual)
            | Self::In(_)
            | Self::Between { .. } => EQUALITY,
            Self::Compare(_) => ORDER,
            Self::Arithmetic(Arithmetic::Add | Arithmetic::Subtract) => SUM,
            Self::Arithmetic(_) => PRODUCT,
            Self::Text(_) | Self::Regex => TEXT,
        }
    }
}

impl Parser {
    /// The operator at hand and how many tokens it takes.
    pub(super) fn infix(&self) -> Parsed<Option<(Infix, usize)>> {
        let infix = match self.kind() {
            TokenKind::Sign(sign) => match sign_infix(sign) {
                Some(infix) => infix,
                None => return Ok(None),
            },
            TokenKind::Word(word) if word == "matches" => {
                if matches!(self.kind_after(1), TokenKind::Word(next) if next == "regex") {
                    return Ok(Some((Infix::Regex, 2)));
                }
                return Err(self.expected("`matches regex`"));
            }
            TokenKind::Word(word) => match word_infix(word) {
                Some(infix) => infix,
                None if word.starts_with('!') => {
                    return Err(suggest::hint(
                        QueryError::new(format!("`{word}` is not an operator"), self.span()),
                        word,
                        WORD_OPERATORS.iter().copied(),
                    ));
                }
                None => return Ok(None),
            },
            TokenKind::Literal(_) | TokenKind::Text(_) | TokenKind::Typed(..) | TokenKind::End => {
                return Ok(None);
            }
        };
        Ok(Some((infix, 1)))
    }
}

fn sign_infix(sign: &str) -> Option<Infix> {
    let compare = |comparison| Some(Infix::Compare(comparison));
    let arithmetic = |arithmetic| Some(Infix::Arithmetic(arithmetic));
    match sign {
        "==" => compare(Comparison::Equal),
        "!=" | "<>" => compare(Comparison::NotEqual),
        "<" => compare(Comparison::Less),
        "<=" => compare(Comparison::LessOrEqual),
        ">" => compare(Comparison::Greater),
        ">=" => compare(Comparison::GreaterOrEqual),
        "=~" => Some(text(TextKind::Equal, true, false, "=~")),
        "!~" => Some(text(TextKind::Equal, true, true, "!~")),
        "+" => arithmetic(Arithmetic::Add),
        "-" => arithmetic(Arithmetic::Subtract),
        "*" => arithmetic(Arithmetic::Multiply),
        "/" => arithmetic(Arithmetic::Divide),
        "%" => arithmetic(Arithmetic::Modulo),
        _ => None,
    }
}

fn text(kind: TextKind, ignore_case: bool, negated: bool, text: &'static str) -> Infix {
    Infix::Text(TextOperator {
        kind,
        ignore_case,
        negated,
        text,
    })
}

/// Every word operator, for lookup and for hints.
const WORD_OPERATORS: [&str; 34] = [
    "has",
    "!has",
    "has_cs",
    "!has_cs",
    "hasprefix",
    "!hasprefix",
    "hasprefix_cs",
    "!hasprefix_cs",
    "hassuffix",
    "!hassuffix",
    "hassuffix_cs",
    "!hassuffix_cs",
    "contains",
    "!contains",
    "contains_cs",
    "!contains_cs",
    "startswith",
    "!startswith",
    "startswith_cs",
    "!startswith_cs",
    "endswith",
    "!endswith",
    "endswith_cs",
    "!endswith_cs",
    "in",
    "!in",
    "in~",
    "!in~",
    "has_any",
    "has_all",
    "between",
    "!between",
    "and",
    "or",
];

fn word_infix(word: &str) -> Option<Infix> {
    let known = WORD_OPERATORS
        .iter()
        .copied()
        .find(|known| *known == word)?;
    let negated = known.starts_with('!');
    let member = |kind| {
        Infix::In(Membership {
            kind,
            negated,
            text: known,
        })
    };
    let bare = known.trim_start_matches('!');
    let stem = bare.trim_end_matches("_cs");
    let kind = match stem {
        "and" => return Some(Infix::Chain(Connective::And)),
        "or" => return Some(Infix::Chain(Connective::Or)),
        "between" => return Some(Infix::Between { negated }),
        "in" => return Some(member(MembershipKind::Exact)),
        "in~" => return Some(member(MembershipKind::IgnoreCase)),
        "has_any" => return Some(member(MembershipKind::HasAny)),
        "has_all" => return Some(member(MembershipKind::HasAll)),
        "has" => TextKind::Has,
        "hasprefix" => TextKind::HasPrefix,
        "hassuffix" => TextKind::HasSuffix,
        "contains" => TextKind::Contains,
        "startswith" => TextKind::StartsWith,
        "endswith" => TextKind::EndsWith,
        _ => return None,
    };
    Some(text(kind, bare == stem, negated, known))
}
