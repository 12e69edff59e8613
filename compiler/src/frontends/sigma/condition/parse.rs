//! A condition's tokens to its tree, going on after mistakes.

use super::lex::{Token, TokenKind, lex};
use super::{Condition, Which};
use crate::codes::sigma as codes;
use crate::diagnostic::Diagnostic;
use crate::span::{Span, Text};

/// How deep parentheses and `not` may nest.
const MAX_DEPTH: usize = 64;
/// After so many mistakes a condition is not read on.
const MAX_FOUND: usize = 20;

/// Reads a condition. With mistakes, the tree is what could be read, if anything.
pub fn parse(text: &Text) -> (Option<Condition>, Vec<Diagnostic>) {
    let mut tokens = lex(&text.text);
    let mut found = Vec::new();
    if let Some(at) = tokens
        .iter()
        .position(|token| token.kind == TokenKind::Pipe)
    {
        let start = tokens.get(at).map_or(0, |token| token.start);
        found.push(aggregation(text.locate(start, text.text.trim_end().len())));
        tokens.truncate(at);
    }
    let mut parser = Parser {
        text,
        tokens,
        at: 0,
        depth: 0,
        stopped: false,
        found,
    };
    let tree = parser.whole();
    (tree, parser.found)
}

fn aggregation(span: Span) -> Diagnostic {
    Diagnostic::error(
        codes::AGGREGATION,
        span,
        "the condition counts or relates events with `|`",
        "Sigma 2 has no aggregation expressions",
    )
    .hint("write a correlation rule beside this one")
}

struct Parser<'t> {
    text: &'t Text,
    tokens: Vec<Token<'t>>,
    at: usize,
    depth: usize,
    /// Set where reading on would only repeat a mistake.
    stopped: bool,
    found: Vec<Diagnostic>,
}

impl<'t> Parser<'t> {
    fn whole(&mut self) -> Option<Condition> {
        if self.tokens.is_empty() {
            if self.found.is_empty() {
                self.fault(
                    codes::CONDITION_MISSING,
                    self.text.span,
                    "the condition is empty",
                    "a detection's name is wanted",
                );
            }
            return None;
        }
        let mut parts = Vec::new();
        while !self.stopped {
            parts.extend(self.any());
            let Some(token) = self.peek() else { break };
            match token.kind {
                TokenKind::Close => {
                    self.unexpected(token, "no parenthesis is open here");
                    self.at += 1;
                }
                TokenKind::Open | TokenKind::Not | TokenKind::Word(_) => {
                    self.unexpected(token, "`and` or `or` is wanted before this");
                }
                TokenKind::And | TokenKind::Or | TokenKind::Of | TokenKind::Pipe => {
                    self.unexpected(token, "this cannot stand here");
                    self.at += 1;
                }
            }
        }
        join(parts, Condition::All)
    }

    fn any(&mut self) -> Option<Condition> {
        let mut parts = Vec::new();
        parts.extend(self.all());
        while self.eat(TokenKind::Or) {
            parts.extend(self.all());
        }
        join(parts, Condition::Any)
    }

    fn all(&mut self) -> Option<Condition> {
        let mut parts = Vec::new();
        parts.extend(self.not());
        while self.eat(TokenKind::And) {
            parts.extend(self.not());
        }
        join(parts, Condition::All)
    }

    fn not(&mut self) -> Option<Condition> {
        if !self.eat(TokenKind::Not) {
            return self.primary();
        }
        if !self.enter() {
            return None;
        }
        let inner = self.not();
        self.depth -= 1;
        inner.map(|inner| Condition::Not(Box::new(inner)))
    }

    fn primary(&mut self) -> Option<Condition> {
        let Some(token) = self.peek() else {
            if !self.stopped {
                let end = self.text.text.trim_end().len();
                let span = self.text.locate(end, end);
                self.fault(
                    codes::CONDITION_SYNTAX,
                    span,
                    "the condition ends too early",
                    "a detection's name is wanted here",
                );
                self.stopped = true;
            }
            return None;
        };
        match token.kind {
            TokenKind::Open => self.parenthesis(token),
            TokenKind::Word(word) => {
                self.at += 1;
                if self.eat(TokenKind::Of) {
                    return self.of(token, word);
                }
                Some(Condition::Name {
                    name: word.to_owned(),
                    span: self.place(token),
                })
            }
            TokenKind::Close
            | TokenKind::And
            | TokenKind::Or
            | TokenKind::Of
            | TokenKind::Not
            | TokenKind::Pipe => {
                self.unexpected(token, "a detection's name is wanted here");
                None
            }
        }
    }

    fn parenthesis(&mut self, open: Token<'_>) -> Option<Condition> {
        self.at += 1;
        if !self.enter() {
            return None;
        }
        let inner = self.any();
        self.depth -= 1;
        if !self.eat(TokenKind::Close) && !self.stopped {
            let span = self.place(open);
            match self.peek() {
                None => {
                    self.fault(
                        codes::CONDITION_SYNTAX,
                        span,
                        "a parenthesis is not closed",
                        "opened here",
                    );
                    self.stopped = true;
                }
                Some(token) => {
                    self.unexpected(token, "`and`, `or` or `)` is wanted here");
                    // Whatever stands up to the closing parenthesis belongs to the same mistake.
                    while self
                        .peek()
                        .is_some_and(|token| token.kind != TokenKind::Close)
                    {
                        self.at += 1;
                    }
                    self.eat(TokenKind::Close);
                }
            }
        }
        inner
    }

    fn of(&mut self, first: Token<'_>, count: &str) -> Option<Condition> {
        let all = count.eq_ignore_ascii_case("all");
        if !all && count != "1" && !count.eq_ignore_ascii_case("any") {
            let span = self.place(first);
            self.fault(
                codes::COUNT_OF,
                span,
                &format!("`{count} of` counts nothing"),
                "only `1 of`, `any of` and `all of` are conditions",
            );
        }
        let Some(Token {
            kind: TokenKind::Word(word),
            end,
            ..
        }) = self.peek()
        else {
            let end = self.text.text.trim_end().len();
            let span = self
                .peek()
                .map_or_else(|| self.text.locate(end, end), |token| self.place(token));
            self.fault(
                codes::CONDITION_SYNTAX,
                span,
                "the condition does not say of what",
                "`them` or a pattern of names is wanted here",
            );
            return None;
        };
        let which = if word.eq_ignore_ascii_case("them") {
            Which::Them
        } else {
            Which::Pattern(word.to_owned())
        };
        self.at += 1;
        Some(Condition::Of {
            all,
            which,
            span: self.text.locate(first.start, end),
        })
    }

    /// The next token; none once reading has stopped.
    fn peek(&self) -> Option<Token<'t>> {
        if self.stopped {
            return None;
        }
        self.tokens.get(self.at).copied()
    }

    fn eat(&mut self, kind: TokenKind<'_>) -> bool {
        let eaten = self.peek().is_some_and(|token| token.kind == kind);
        self.at += usize::from(eaten);
        eaten
    }

    fn enter(&mut self) -> bool {
        self.depth += 1;
        if self.depth <= MAX_DEPTH {
            return true;
        }
        self.depth -= 1;
        let place = self
            .peek()
            .map_or(self.text.span, |token| self.place(token));
        self.fault(
            codes::CONDITION_DEPTH,
            place,
            "the condition nests too deeply",
            &format!("more than {MAX_DEPTH} levels"),
        );
        self.stopped = true;
        false
    }

    fn place(&self, token: Token<'_>) -> Span {
        self.text.locate(token.start, token.end)
    }

    fn unexpected(&mut self, token: Token<'_>, reason: &str) {
        let place = self.place(token);
        let written = self
            .text
            .text
            .get(token.start..token.end)
            .unwrap_or_default();
        self.fault(
            codes::CONDITION_SYNTAX,
            place,
            &format!("unexpected `{written}`"),
            reason,
        );
    }

    fn fault(&mut self, code: crate::Code, span: Span, message: &str, reason: &str) {
        if self.stopped {
            return;
        }
        self.found
            .push(Diagnostic::error(code, span, message, reason));
        self.stopped = self.found.len() >= MAX_FOUND;
    }
}

fn join(mut parts: Vec<Condition>, join: fn(Vec<Condition>) -> Condition) -> Option<Condition> {
    if parts.len() < 2 {
        parts.pop()
    } else {
        Some(join(parts))
    }
}

#[cfg(test)]
mod tests {
    use super::parse;
    use crate::span::Text;
    use proptest::prelude::*;

    #[test]
    fn hostile_sizes_end_in_one_finding() {
        for text in [
            "(".repeat(100_000),
            "not ".repeat(100_000),
            format!("{}a", "not (".repeat(50_000)),
        ] {
            let (_, found) = parse(&Text::verbatim(text, 0));
            assert_eq!(
                found.iter().map(|found| found.code.id).collect::<Vec<_>>(),
                ["V0707"]
            );
        }
        assert!(parse(&Text::verbatim("a ".repeat(100_000), 0)).1.len() <= 20);
        let (tree, found) = parse(&Text::verbatim(vec!["a"; 100_000].join(" or "), 0));
        assert!(tree.is_some() && found.is_empty());
    }

    proptest! {
        #[test]
        fn no_condition_panics(words in proptest::collection::vec("(and|or|not|of|1|all|them|\\(|\\)|\\||a|sel\\*|é)", 0..40)) {
            let text = words.join(" ");
            let (tree, found) = parse(&Text::verbatim(text, 3));
            prop_assert!(tree.is_some() || !found.is_empty());
        }

        #[test]
        fn nor_any_text(text in ".{0,60}") {
            let (tree, found) = parse(&Text::verbatim(text, 0));
            prop_assert!(tree.is_some() || !found.is_empty());
        }
    }
}
