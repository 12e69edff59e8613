//! Tokens of a search expression.

use super::super::ast::{Op, Span, TermKind};
use super::super::quoted;
use crate::QueryError;

/// A token and its place.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) span: Span,
}

/// What a token is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Open,
    Close,
    Comma,
    Op(Op),
    Quoted(String),
    Word(String),
    /// `CASE(...)` or `TERM(...)`.
    Directive(TermKind, String),
}

/// The tokens of a part of the text.
pub(super) fn lex(code: &str, part: Span) -> Result<Vec<Token>, QueryError> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut at = part.start;
    let end = part.end;
    while let Some(letter) = code.get(at..end).and_then(|rest| rest.chars().next()) {
        if letter.is_whitespace() {
            at += letter.len_utf8();
            continue;
        }
        let rest = code.get(at..end).unwrap_or_default();
        let (kind, taken) = match letter {
            '(' => (Kind::Open, 1),
            ')' => (Kind::Close, 1),
            ',' => (Kind::Comma, 1),
            '"' => {
                let body = rest.get(1..).unwrap_or_default();
                let (said, taken) = quoted::read(body, '"').ok_or_else(|| {
                    QueryError::new("the quotation mark is never closed", at..at + 1)
                })?;
                (Kind::Quoted(said), taken + 1)
            }
            _ => match operator(rest, at)? {
                Some((op, taken)) => (Kind::Op(op), taken),
                None => match directive(rest, at)? {
                    Some(found) => found,
                    None => word(rest),
                },
            },
        };
        let span = at..at + taken;
        apart(tokens.last(), &kind, &span)?;
        tokens.push(Token { kind, span });
        at += taken;
    }
    Ok(tokens)
}

/// Two texts need something between them: what `a"b"` means no page says, so it is refused.
fn apart(before: Option<&Token>, kind: &Kind, span: &Span) -> Result<(), QueryError> {
    let is_text =
        |kind: &Kind| matches!(kind, Kind::Quoted(_) | Kind::Word(_) | Kind::Directive(..));
    match before {
        Some(before) if before.span.end == span.start && is_text(&before.kind) && is_text(kind) => {
            Err(
                QueryError::new("a quotation mark inside a word", span.clone())
                    .hint("quote the whole value"),
            )
        }
        _ => Ok(()),
    }
}

/// Source: Search Reference, search, "Comparison expression options": `= != < <= > >=`.
fn operator(rest: &str, at: usize) -> Result<Option<(Op, usize)>, QueryError> {
    if rest.starts_with("==") {
        return Err(QueryError::new("`==` is no operator of search", at..at + 2).hint("write `=`"));
    }
    let operators = [
        ("!=", Op::Unequal),
        ("<=", Op::LessEqual),
        (">=", Op::GreaterEqual),
        ("=", Op::Equal),
        ("<", Op::Less),
        (">", Op::Greater),
    ];
    let found = operators
        .into_iter()
        .find(|(sign, _)| rest.starts_with(sign));
    Ok(found.map(|(sign, op)| (op, sign.len())))
}

/// `CASE(...)` or `TERM(...)`: what stands between the parentheses is one term. Source: Search Manual, "Use `CASE()` and `TERM()` to match
/// phrases". No page writes quotes or a backslash in there, so they are refused.
fn directive(rest: &str, at: usize) -> Result<Option<(Kind, usize)>, QueryError> {
    let (kind, body) = match (rest.strip_prefix("CASE("), rest.strip_prefix("TERM(")) {
        (Some(body), _) => (TermKind::Cased, body),
        (None, Some(body)) => (TermKind::Whole, body),
        (None, None) => return Ok(None),
    };
    let opening = "CASE(".len();
    let refuse = |message: &str| Err(QueryError::new(message, at..at + opening));
    let ends = |letter: char| letter.is_whitespace() || "()\"\\,{}".contains(letter);
    let taken = body.find(ends).unwrap_or(body.len());
    let (said, behind) = body.split_at_checked(taken).unwrap_or((body, ""));
    match behind.chars().next() {
        Some(')') if said.is_empty() => refuse("the term is empty"),
        Some(')') => {
            let kind = Kind::Directive(kind, said.to_owned());
            Ok(Some((kind, opening + taken + 1)))
        }
        Some(_) => refuse("what this holds is no plain term"),
        None => refuse("the parenthesis is never closed"),
    }
}

/// A bare word: everything up to a blank, a parenthesis, a comma, a quote or an operator.
fn word(rest: &str) -> (Kind, usize) {
    let mut said = String::new();
    let mut letters = rest.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        let next = letters.peek().map(|(_, next)| *next);
        let ends = letter.is_whitespace()
            || matches!(letter, '(' | ')' | ',' | '"' | '=' | '<' | '>')
            || (letter == '!' && next == Some('='));
        if ends {
            return (Kind::Word(said), at);
        }
        match next {
            Some(next) if letter == '\\' && matches!(next, '"' | '|' | '\\') => {
                quoted::escape(next, &mut said);
                letters.next();
            }
            _ => said.push(letter),
        }
    }
    (Kind::Word(said), rest.len())
}
