//! Tokens to the tree: recursive descent with recovery, so that every error is reported and not the first alone.
//!
//! After an error the parser goes on at the next place where the grammar is certain: a closing bracket, a comma, `and`, `or`, a pipe.

mod expr;
mod primary;
mod series;

use super::ast::{EventQuery, Pipe, PipeKind, Query, Statement};
use super::lex::lex;
use super::token::{Kind, Sign, Token};
use crate::codes::{Code, eql as codes};
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::span::{Span, Text};

/// How deep an expression may nest. Ten times what people write, and far from the end of any stack.
pub(super) const MAX_DEPTH: usize = 100;
/// After so many findings a query is not worth reading on.
const MAX_FINDINGS: usize = 100;

/// Words that are no field names unless quoted.
const RESERVED: [&str; 17] = [
    "and", "any", "by", "false", "in", "join", "like", "maxspan", "not", "null", "or", "regex",
    "sequence", "true", "until", "where", "with",
];

/// The tree of a query, if there is enough of it, and every error.
pub(super) fn parse(text: &Text) -> (Option<Statement>, Vec<Diagnostic>) {
    let mut findings = Vec::new();
    let tokens = lex(text, &mut findings);
    let mut parser = Parser {
        tokens,
        at: 0,
        findings,
        depth: 0,
    };
    let statement = parser.statement();
    let mut findings = parser.findings;
    findings.truncate(MAX_FINDINGS);
    (statement, findings)
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    findings: Vec<Diagnostic>,
    depth: usize,
}

/// The token beyond the last one; the lexer always ends with `End`, so it is only there to be total.
static NOTHING: Kind = Kind::End;

impl Parser {
    fn statement(&mut self) -> Option<Statement> {
        if self.at_end() {
            let span = self.span();
            self.report(
                Diagnostic::error(
                    codes::UNEXPECTED_TOKEN,
                    span,
                    "the query is empty",
                    "nothing here",
                )
                .hint("begin with `process where ...` or `any where ...`"),
            );
            return None;
        }
        let query = self.query()?;
        let pipes = self.pipes();
        if !self.at_end() {
            self.unexpected("the end of the query");
        }
        Some(Statement { query, pipes })
    }

    fn query(&mut self) -> Option<Query> {
        if !matches!(self.ahead(1), Kind::Word { name, .. } if name.eq_ignore_ascii_case("where")) {
            let keyword = self.span();
            if self.keyword("sequence") {
                return Some(Query::Sequence(self.series(keyword)));
            }
            if self.keyword("sample") {
                return Some(Query::Sample(self.series(keyword)));
            }
            if self.keyword("join") {
                return Some(Query::Join(self.series(keyword)));
            }
        }
        self.event().map(Query::Event)
    }

    /// `category where condition`; None if there is no `where`.
    fn event(&mut self) -> Option<EventQuery> {
        let category_span = self.span();
        let category = match self.peek() {
            Kind::Word { name, tilde: false } | Kind::Quoted(name) => Some(name.clone()),
            Kind::Text(text) => Some(text.text.clone()),
            _ => None,
        };
        let any = matches!(self.peek(), Kind::Word { name, .. } if name == "any");
        if category.is_some() {
            self.next();
        } else {
            self.unexpected("an event category such as `process`, or `any`");
            self.skip_to(|kind| {
                matches!(kind, Kind::Word { name, .. } if name.eq_ignore_ascii_case("where"))
                    || matches!(kind, Kind::Sign(Sign::CloseBracket))
            });
        }
        if !self.keyword("where") {
            self.missing_where(category_span);
            return None;
        }
        let condition = self.condition();
        Some(EventQuery {
            category: category.filter(|_| !any),
            category_span,
            condition,
        })
    }

    fn missing_where(&mut self, start: Span) {
        let found = self.peek().describe();
        let span = self.span();
        self.report(
            Diagnostic::error(
                codes::UNEXPECTED_TOKEN,
                span,
                format!("expected `where`, found {found}"),
                "`where` belongs here",
            )
            .related(start, "the category of the event")
            .hint("a query reads `category where condition`; `any where condition` takes every category"),
        );
        self.skip_to(|kind| matches!(kind, Kind::Sign(Sign::CloseBracket)));
    }

    fn pipes(&mut self) -> Vec<Pipe> {
        let mut pipes = Vec::new();
        while self.sign(Sign::Pipe) {
            let start = self.span();
            let name = match self.peek() {
                Kind::Word { name, .. } => name.clone(),
                _ => String::new(),
            };
            let kind = match name.as_str() {
                "head" => Some(PipeKind::Head),
                "tail" => Some(PipeKind::Tail),
                _ => None,
            };
            let Some(kind) = kind else {
                self.unknown_pipe(&name, start);
                continue;
            };
            self.next();
            if let Some(limit) = self.count("how many results") {
                pipes.push(Pipe {
                    kind,
                    limit,
                    span: start.to(self.previous()),
                });
            }
        }
        pipes
    }

    fn unknown_pipe(&mut self, name: &str, span: Span) {
        let hint = match did_you_mean(name, ["head", "tail"]) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "there are `| head N` and `| tail N`".to_owned(),
        };
        self.report(
            Diagnostic::error(
                codes::UNKNOWN_PIPE,
                span,
                format!("unknown pipe `{name}`"),
                "no such pipe",
            )
            .hint(hint),
        );
        self.skip_to(|kind| matches!(kind, Kind::Sign(Sign::Pipe)));
    }

    /// A whole number without sign.
    fn count(&mut self, what: &str) -> Option<u64> {
        let span = self.span();
        if let Kind::Integer(text) = self.peek() {
            let value = text.parse().ok();
            self.next();
            if value.is_none() {
                self.report(Diagnostic::error(
                    codes::NUMBER,
                    span,
                    "number too large",
                    "does not fit into 64 bits",
                ));
            }
            return value;
        }
        self.unexpected(&format!("a whole number: {what}"));
        None
    }

    fn peek(&self) -> &Kind {
        self.ahead(0)
    }

    fn ahead(&self, distance: usize) -> &Kind {
        self.tokens
            .get(self.at + distance)
            .map_or(&NOTHING, |token| &token.kind)
    }

    fn span(&self) -> Span {
        self.tokens
            .get(self.at)
            .or(self.tokens.last())
            .map_or_else(Span::default, |token| token.span)
    }

    /// The span of the token just read.
    fn previous(&self) -> Span {
        self.at
            .checked_sub(1)
            .and_then(|at| self.tokens.get(at))
            .map_or_else(Span::default, |token| token.span)
    }

    fn next(&mut self) {
        if !self.at_end() {
            self.at += 1;
        }
    }

    fn at_end(&self) -> bool {
        matches!(self.peek(), Kind::End)
    }

    /// Reads the sign if it is next.
    fn sign(&mut self, sign: Sign) -> bool {
        let found = *self.peek() == Kind::Sign(sign);
        if found {
            self.next();
        }
        found
    }

    /// Reads the sign, or says that it was expected.
    fn expect(&mut self, sign: Sign) -> bool {
        let found = self.sign(sign);
        if !found {
            self.unexpected(&format!("`{}`", sign.text()));
        }
        found
    }

    /// Whether the keyword is next, in capital or small letters.
    fn at_keyword(&self, keyword: &str) -> bool {
        let may_ignore_case = ["in", "like", "regex"].contains(&keyword);
        matches!(self.peek(), Kind::Word { name, tilde } if name.eq_ignore_ascii_case(keyword) && (may_ignore_case || !tilde))
    }

    /// Reads the keyword if it is next; one in other letters is read and reported.
    fn keyword(&mut self, keyword: &str) -> bool {
        if !self.at_keyword(keyword) {
            return false;
        }
        let span = self.span();
        let exact = matches!(self.peek(), Kind::Word { name, .. } if name == keyword);
        self.next();
        if !exact {
            self.report(
                Diagnostic::error(
                    codes::KEYWORD_CASE,
                    span,
                    format!("keyword `{keyword}` in capital letters"),
                    "keywords are written in small letters",
                )
                .hint(format!("write `{keyword}`")),
            );
        }
        true
    }

    fn skip_to(&mut self, stop: impl Fn(&Kind) -> bool) {
        while !self.at_end() && !stop(self.peek()) {
            self.next();
        }
    }

    fn report(&mut self, finding: Diagnostic) {
        // One place, one complaint: recovery may come by twice.
        let repeated = self
            .findings
            .iter()
            .rev()
            .take(4)
            .any(|before| before.span == finding.span && before.code == finding.code);
        if !repeated && self.findings.len() < MAX_FINDINGS {
            self.findings.push(finding);
        }
    }

    fn error(&mut self, code: Code, span: Span, message: &str, reason: &str, hint: &str) {
        self.report(Diagnostic::error(code, span, message, reason).hint(hint));
    }

    fn unexpected(&mut self, wanted: &str) {
        let found = self.peek().describe();
        let span = self.span();
        let mut finding = Diagnostic::error(
            codes::UNEXPECTED_TOKEN,
            span,
            format!("expected {wanted}, found {found}"),
            format!("{wanted} belongs here"),
        );
        if let Kind::Word { name, .. } = self.peek()
            && RESERVED.contains(&name.as_str())
        {
            finding = finding.hint(format!(
                "a field of this name is written `{name}` between backticks"
            ));
        }
        self.report(finding);
    }
}
