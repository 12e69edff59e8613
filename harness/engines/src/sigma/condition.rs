//! Conditions: S22.

use super::faults::nearest;
use super::pattern::Token;
use super::scalar::Scalar;
use super::wildcard::Wildcard;
use crate::QueryError;
use std::collections::BTreeSet;

/// How deep parentheses and `not` may nest.
const MAX_DEPTH: usize = 100;

/// A condition over search identifiers, by their number.
#[derive(Clone, Debug)]
pub(super) enum Expr {
    And(Vec<Expr>),
    Or(Vec<Expr>),
    Not(Box<Expr>),
    Identifier(usize),
}

impl Expr {
    /// Whether it holds where `identifier` says which search identifiers do.
    pub(super) fn holds(&self, identifier: &dyn Fn(usize) -> bool) -> bool {
        match self {
            Self::And(parts) => parts.iter().all(|part| part.holds(identifier)),
            Self::Or(parts) => parts.iter().any(|part| part.holds(identifier)),
            Self::Not(part) => !part.holds(identifier),
            Self::Identifier(number) => identifier(*number),
        }
    }

    /// The numbers that it names.
    pub(super) fn identifiers(&self, into: &mut BTreeSet<usize>) {
        match self {
            Self::And(parts) | Self::Or(parts) => {
                for part in parts {
                    part.identifiers(into);
                }
            }
            Self::Not(part) => part.identifiers(into),
            Self::Identifier(number) => {
                into.insert(*number);
            }
        }
    }
}

/// Reads a condition over identifiers with these names.
pub(super) fn parse(condition: &Scalar, names: &[&str]) -> Result<Expr, QueryError> {
    if let Some((_, behind)) = condition.text.split_once('|') {
        let function = behind.trim().split(['(', ' ']).next().unwrap_or("");
        return Err(QueryError::new(
            format!("aggregation is no part of conditions any more: `| {function}`"),
            condition.span.clone(),
        )
        .hint("write a correlation rule"));
    }
    let words = words(&condition.text);
    let mut parser = Parser {
        condition,
        names,
        words: &words,
        at: 0,
        depth: 0,
    };
    let expr = parser.or()?;
    match parser.peek() {
        None => Ok(expr),
        Some(word) => Err(parser.fault(format!("`{word}` is not expected here"))),
    }
}

fn joined(mut parts: Vec<Expr>, join: fn(Vec<Expr>) -> Expr) -> Expr {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        Some(last) => {
            parts.push(last);
            join(parts)
        }
        None => join(parts),
    }
}

struct Word<'t> {
    text: &'t str,
    start: usize,
}

fn words(text: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        let Some(first) = rest.chars().next() else {
            return words;
        };
        let end = if matches!(first, '(' | ')') {
            1
        } else {
            rest.find(|c: char| c.is_whitespace() || matches!(c, '(' | ')'))
                .unwrap_or(rest.len())
        };
        let (word, behind) = rest.split_at_checked(end).unwrap_or((rest, ""));
        words.push(Word {
            text: word,
            start: text.len() - rest.len(),
        });
        rest = behind;
    }
}

struct Parser<'p> {
    condition: &'p Scalar,
    names: &'p [&'p str],
    words: &'p [Word<'p>],
    at: usize,
    depth: usize,
}

impl<'p> Parser<'p> {
    fn peek(&self) -> Option<&'p str> {
        self.words.get(self.at).map(|word| word.text)
    }

    /// Words are known in any case.
    fn next_is(&self, word: &str) -> bool {
        self.peek()
            .is_some_and(|next| next.eq_ignore_ascii_case(word))
    }

    fn take(&mut self, word: &str) -> bool {
        let taken = self.next_is(word);
        self.at += usize::from(taken);
        taken
    }

    /// A fault at the next word. Places within the text are only known where it stands on one line.
    fn fault(&self, message: impl Into<String>) -> QueryError {
        let span = &self.condition.span;
        let word = self.words.get(self.at).map_or(
            self.condition.text.len()..self.condition.text.len(),
            |word| word.start..word.start + word.text.len(),
        );
        let one_piece = span.len() == self.condition.text.len();
        let span = if one_piece {
            span.start + word.start..span.start + word.end
        } else {
            span.clone()
        };
        QueryError::new(message, span)
    }

    fn or(&mut self) -> Result<Expr, QueryError> {
        if verdict_faults::at("sigma/engine/or-binds-tighter-than-and") {
            return self.clauses();
        }
        let mut parts = vec![self.and()?];
        while self.take("or") {
            parts.push(self.and()?);
        }
        Ok(joined(parts, Expr::Or))
    }

    /// AND over groups of OR, which is what the specification does not say.
    fn clauses(&mut self) -> Result<Expr, QueryError> {
        let mut parts = Vec::new();
        loop {
            let mut clause = vec![self.not()?];
            while self.take("or") {
                clause.push(self.not()?);
            }
            parts.push(joined(clause, Expr::Or));
            if !self.take("and") {
                return Ok(joined(parts, Expr::And));
            }
        }
    }

    fn and(&mut self) -> Result<Expr, QueryError> {
        let mut parts = vec![self.not()?];
        while self.take("and") {
            parts.push(self.not()?);
        }
        Ok(joined(parts, Expr::And))
    }

    fn not(&mut self) -> Result<Expr, QueryError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.fault(format!(
                "the condition nests deeper than {MAX_DEPTH} levels"
            )));
        }
        let expr = if self.take("not") {
            let inner = if verdict_faults::at("sigma/engine/not-binds-loosely") {
                self.and()?
            } else {
                self.not()?
            };
            Expr::Not(Box::new(inner))
        } else {
            self.primary()?
        };
        self.depth -= 1;
        Ok(expr)
    }

    fn primary(&mut self) -> Result<Expr, QueryError> {
        let Some(word) = self.peek() else {
            return Err(self.fault("the condition ends where an identifier is expected"));
        };
        if self
            .words
            .get(self.at + 1)
            .is_some_and(|next| next.text.eq_ignore_ascii_case("of"))
        {
            return self.quantified(word);
        }
        if self.take("(") {
            let expr = self.or()?;
            return if self.take(")") {
                Ok(expr)
            } else {
                Err(self.fault("a closing parenthesis is missing"))
            };
        }
        let reserved = [")", "and", "or", "not"]
            .iter()
            .any(|reserved| self.next_is(reserved));
        if reserved {
            return Err(self.fault(format!("an identifier is expected instead of `{word}`")));
        }
        if let Some(number) = self.names.iter().position(|name| *name == word) {
            self.at += 1;
            return Ok(Expr::Identifier(number));
        }
        let error = self.fault(format!("unknown search identifier `{word}`"));
        Err(match nearest(word, self.names.iter().copied()) {
            Some(near) => error.hint(format!("a similar one is `{near}`")),
            None => error,
        })
    }

    /// `1 of`, `any of`, `all of`, with a pattern or `them`.
    fn quantified(&mut self, quantity: &str) -> Result<Expr, QueryError> {
        let all = quantity.eq_ignore_ascii_case("all")
            && !verdict_faults::at("sigma/engine/all-of-is-one-of");
        if !all && quantity != "1" && !quantity.eq_ignore_ascii_case("any") {
            return Err(self
                .fault(format!("`{quantity} of` is not known"))
                .hint("there are `1 of`, `any of` and `all of`"));
        }
        self.at += 2;
        let pattern = match self.peek() {
            Some(word) if !matches!(word, "(" | ")") => word,
            Some(_) | None => return Err(self.fault("a pattern or `them` is expected behind `of`")),
        };
        let pattern = if self.next_is("them") { "*" } else { pattern };
        let tokens: Vec<Token> = pattern
            .chars()
            .map(|c| if c == '*' { Token::Any } else { Token::Char(c) })
            .collect();
        let wildcard = Wildcard::new(&tokens);
        let hidden = !pattern.starts_with('_')
            && !verdict_faults::at("sigma/engine/them-takes-hidden-identifiers");
        let parts: Vec<Expr> = (self.names.iter().enumerate())
            .filter(|(_, name)| wildcard.matches(name) && !(hidden && name.starts_with('_')))
            .map(|(number, _)| Expr::Identifier(number))
            .collect();
        if parts.is_empty() {
            return Err(self.fault(format!("`{pattern}` selects no search identifier")));
        }
        self.at += 1;
        Ok(if all {
            Expr::And(parts)
        } else {
            Expr::Or(parts)
        })
    }
}
