//! Tokens to tree: a query is a source and the commands after its pipes.
//!
//! Source: elasticsearch, `EsqlBaseParser.g4`, `parser/Expression.g4`. A fault ends its command; the next one is still looked at.

mod command;
mod expr;
mod literal;

use super::ast::{Command, Name, Program, Span};
use super::lex::{self, Token, TokenKind};
use crate::QueryError;

/// The longest text. Source: `EsqlParser.MAX_LENGTH`, in characters.
pub(super) const MAX_LENGTH: usize = 1_000_000;

/// How many calls the vendor's tree builder may nest. Source: `ExpressionBuilder.MAX_EXPRESSION_DEPTH`.
///
/// The builder calls itself for each operand of an operator, once more for what is no operator, and twice for a pair of parentheses;
/// a chain of `AND` or `OR` nests to the left. So a chain of 398 comparisons passes, and one of 399 does not.
pub(super) const MAX_DEPTH: u32 = 400;

/// How many parentheses and calls may stand in each other, so that no text exhausts the stack of a thread in any build. Less than the
/// vendor's (199 pairs of parentheses), which no query that people or programs write comes near.
const MAX_NESTING: u32 = 140;

/// The most commands after pipes. Source: `LogicalPlanBuilder.MAX_QUERY_DEPTH`.
const MAX_COMMANDS: usize = 500;

/// How many faults are told.
pub(super) const MAX_ERRORS: usize = 20;

/// A fault that is already recorded.
pub(super) struct Failed;

/// What a part of the parser gives.
pub(super) type Parsed<T> = Result<T, Failed>;

/// Words that the lexer takes for itself inside expressions; as a name they need backticks.
/// Source: lexer/Expression.g4.
const RESERVED: [&str; 17] = [
    "and", "asc", "by", "desc", "false", "first", "in", "is", "last", "like", "not", "null",
    "nulls", "or", "rlike", "true", "where",
];

/// Whether a word is a name only between backticks.
pub(super) fn is_reserved(word: &str) -> bool {
    RESERVED.contains(&word.to_ascii_lowercase().as_str())
}

/// The tree of a text, or everything that is wrong with it.
pub(super) fn parse(text: &str) -> Result<Program, Vec<QueryError>> {
    if text.chars().nth(MAX_LENGTH).is_some() {
        let message = format!("the query is longer than {MAX_LENGTH} characters");
        return Err(vec![QueryError::new(message, 0..text.len())]);
    }
    let (tokens, errors) = lex::lex(text);
    let mut parser = Parser {
        text,
        tokens,
        at: 0,
        nesting: 0,
        errors,
    };
    let program = parser.program();
    let mut errors = parser.errors;
    match program {
        Ok(program) if errors.is_empty() => Ok(program),
        Ok(_) | Err(Failed) => {
            errors.sort_by_key(|error| error.span.start);
            errors.truncate(MAX_ERRORS);
            Err(errors)
        }
    }
}

pub(super) struct Parser<'t> {
    text: &'t str,
    tokens: Vec<Token>,
    at: usize,
    /// How many expressions are open, so that no text exhausts the stack.
    nesting: u32,
    errors: Vec<QueryError>,
}

const END: Token = Token {
    kind: TokenKind::End,
    span: 0..0,
};

impl Parser<'_> {
    fn program(&mut self) -> Parsed<Program> {
        let metadata = self.from()?;
        let mut commands = Vec::new();
        while !self.at_end() {
            if self.peek().kind != TokenKind::Pipe {
                self.unexpected::<()>("a pipe").ok();
                self.skip_command();
                continue;
            }
            self.at += 1;
            if commands.len() >= MAX_COMMANDS {
                return self.fail(format!("the query has more than {MAX_COMMANDS} commands"));
            }
            match self.command() {
                Ok(command) => commands.push(command),
                Err(Failed) => self.skip_command(),
            }
        }
        Ok(Program { metadata, commands })
    }

    /// Source: EsqlBaseParser.g4: `fromCommand`.
    fn from(&mut self) -> Parsed<Vec<Name>> {
        if self.peek().kind != TokenKind::Command("from".to_owned()) {
            return match &self.peek().kind {
                TokenKind::Command(word) => {
                    let message = format!("a query begins with FROM here, not `{word}`");
                    self.fail(message)
                }
                _other => self.unexpected("FROM"),
            };
        }
        self.at += 1;
        loop {
            self.source()?;
            if !self.take_sign(",") {
                break;
            }
        }
        let mut metadata = Vec::new();
        if matches!(&self.peek().kind, TokenKind::Word(word) if word.eq_ignore_ascii_case("metadata"))
        {
            self.at += 1;
            loop {
                let name = self.identifier()?;
                metadata.push(name);
                if !self.take_sign(",") {
                    break;
                }
            }
        }
        Ok(metadata)
    }

    /// An index pattern, with a cluster before it (`cluster:logs`) or a selector behind it (`logs::failures`). What it names
    /// does not matter here: every source reads the events given.
    fn source(&mut self) -> Parsed<()> {
        self.source_part()?;
        if self.take_sign("::") || self.take_sign(":") {
            self.source_part()?;
        }
        Ok(())
    }

    fn source_part(&mut self) -> Parsed<()> {
        match &self.peek().kind {
            TokenKind::Source(_) | TokenKind::Text(_) => {
                self.at += 1;
                Ok(())
            }
            _other => self.unexpected("the name of an index"),
        }
    }

    fn command(&mut self) -> Parsed<Command> {
        let TokenKind::Command(word) = self.peek().kind.clone() else {
            return self.unexpected("a command");
        };
        let span = self.peek().span.clone();
        self.at += 1;
        let command = match word.as_str() {
            "where" => Command::Where(self.condition()?),
            "eval" => Command::Eval(self.fields(false)?),
            "keep" => Command::Keep(self.patterns()?),
            "drop" => Command::Drop(self.patterns()?),
            "rename" => Command::Rename(self.renames()?),
            "limit" => Command::Limit(self.limit()?),
            "sort" => Command::Sort(self.sort_keys()?),
            "stats" => self.stats(span, false)?,
            // Source: EsqlBaseParser.g4: `inlineStatsCommand`.
            "inline" if self.take_keyword("stats") => self.stats(span, true)?,
            "mv_expand" => Command::Expand(self.qualified_name()?),
            "dissect" | "grok" | "enrich" | "lookup" | "inline" | "fork" | "change_point"
            | "sample" | "rerank" | "completion" | "row" | "show" | "explain" | "from" | "ts"
            | "set" | "fuse" => {
                self.at -= 1;
                let message = format!("this engine does not run {}", word.to_uppercase());
                return self.fail(message);
            }
            _unknown => {
                self.at -= 1;
                return self.fail(format!("`{word}` is no command"));
            }
        };
        if matches!(self.peek().kind, TokenKind::Pipe | TokenKind::End) {
            return Ok(command);
        }
        self.unexpected("a pipe or the end of the query")
    }

    fn skip_command(&mut self) {
        while !matches!(self.peek().kind, TokenKind::Pipe | TokenKind::End) {
            self.at += 1;
        }
    }

    pub(super) fn peek(&self) -> &Token {
        self.tokens.get(self.at).unwrap_or(&END)
    }

    fn peek_after(&self, offset: usize) -> &Token {
        self.tokens.get(self.at + offset).unwrap_or(&END)
    }

    fn at_end(&self) -> bool {
        self.peek().kind == TokenKind::End
    }

    /// Where the token before this one ends.
    fn last_end(&self) -> usize {
        let last = self
            .at
            .checked_sub(1)
            .and_then(|index| self.tokens.get(index));
        last.map_or(0, |token| token.span.end)
    }

    fn source_text(&self, span: &Span) -> String {
        self.text.get(span.clone()).unwrap_or("").to_owned()
    }

    fn take_sign(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek().kind, TokenKind::Sign(found) if found == sign);
        if found {
            self.at += 1;
        }
        found
    }

    fn expect_sign(&mut self, sign: &str) -> Parsed<()> {
        if self.take_sign(sign) {
            return Ok(());
        }
        self.unexpected(&format!("`{sign}`"))
    }

    fn is_keyword(&self, offset: usize, word: &str) -> bool {
        matches!(&self.peek_after(offset).kind, TokenKind::Word(found) if found.eq_ignore_ascii_case(word))
    }

    fn take_keyword(&mut self, word: &str) -> bool {
        let found = self.is_keyword(0, word);
        if found {
            self.at += 1;
        }
        found
    }

    fn fail<T>(&mut self, message: impl Into<String>) -> Parsed<T> {
        let span = self.peek().span.clone();
        self.errors.push(QueryError::new(message, span));
        Err(Failed)
    }

    fn fail_at<T>(&mut self, message: impl Into<String>, span: Span) -> Parsed<T> {
        self.errors.push(QueryError::new(message, span));
        Err(Failed)
    }

    fn unexpected<T>(&mut self, wanted: &str) -> Parsed<T> {
        let token = self.peek();
        let message = if token.kind == TokenKind::End {
            format!("expected {wanted}, found the end of the query")
        } else {
            let found = self.source_text(&token.span.clone());
            format!("expected {wanted}, found `{found}`")
        };
        self.fail(message)
    }

    /// One part of a name.
    fn identifier(&mut self) -> Parsed<Name> {
        let span = self.peek().span.clone();
        let text = match &self.peek().kind {
            TokenKind::Word(word) => {
                let lower = word.to_ascii_lowercase();
                if RESERVED.contains(&lower.as_str()) {
                    let word = word.clone();
                    self.errors.push(
                        QueryError::new(format!("`{word}` is a keyword"), span)
                            .hint(format!("as a name it is written `{word}` in backticks")),
                    );
                    return Err(Failed);
                }
                word.clone()
            }
            TokenKind::Quoted(name) => name.clone(),
            _other => return self.unexpected("a name"),
        };
        self.at += 1;
        Ok(Name { text, span })
    }

    /// `qualifiedName`: parts joined by dots.
    fn qualified_name(&mut self) -> Parsed<Name> {
        let mut name = self.identifier()?;
        while self.take_sign(".") {
            let part = self.identifier()?;
            name.text.push('.');
            name.text.push_str(&part.text);
            name.span.end = part.span.end;
        }
        Ok(name)
    }
}
