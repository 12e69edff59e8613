//! The arguments of `regex`, `rex`, `fields`, `table`, `head` and `tail`. Those of the other commands are in the modules below.

pub(super) mod rows;
pub(super) mod stats;

use super::ast::{Command, Name, RegexCommand, RexCommand, Span};
use super::quoted;
use crate::QueryError;

type Parsed<T> = Result<T, QueryError>;

/// Commands that are not run here.
const OTHERS: &str = "\
    abstract accum addcoltotals addinfo addtotals append appendcols appendpipe chart collect convert datamodel delta \
    expand extract fieldformat fieldsummary fillnull filldown flatten foreach format from gentimes inputcsv inputlookup \
    iplocation join kv loadjob localize lookup makecontinuous makemv makeresults map metadata mstats multikv multisearch mvcombine mvexpand \
    nomv outlier outputcsv outputlookup predict rangemap rare replace rest return savedsearch selfjoin sendalert \
    sendemail set setfields sichart spath strcat tags timechart top transaction transpose tstats typer union \
    uniq untable xmlkv xpath xyseries";

/// Whether Splunk has a command of this name. Source: Search Reference, "Command quick reference", those that rules use.
pub(super) fn is_known(word: &str) -> bool {
    OTHERS.split_whitespace().any(|known| known == word)
}

/// What stands behind a command's name.
struct Reader<'c> {
    code: &'c str,
    at: usize,
    end: usize,
}

impl<'c> Reader<'c> {
    fn new(code: &'c str, body: &Span) -> Self {
        Self {
            code,
            at: body.start,
            end: body.end,
        }
    }

    /// What is left, from the next character that is no blank.
    fn rest(&mut self) -> &'c str {
        let rest = self.code.get(self.at..self.end).unwrap_or_default();
        let trimmed = rest.trim_start();
        self.at += rest.len() - trimmed.len();
        trimmed
    }

    fn eat(&mut self, sign: &str) -> bool {
        let found = self.rest().starts_with(sign);
        if found {
            self.at += sign.len();
        }
        found
    }

    fn here(&mut self) -> Span {
        let length = self.rest().chars().next().map_or(0, char::len_utf8);
        self.at..self.at + length
    }

    fn expected<T>(&mut self, what: &str) -> Parsed<T> {
        let span = self.here();
        Err(QueryError::new(format!("expected {what}"), span))
    }

    /// `"..."`.
    fn quoted(&mut self) -> Parsed<Option<Name>> {
        if !self.eat("\"") {
            return Ok(None);
        }
        let start = self.at - 1;
        let rest = self.code.get(self.at..self.end).unwrap_or_default();
        let Some((text, taken)) = quoted::read(rest, '"') else {
            return Err(QueryError::new(
                "the quotation mark is never closed",
                start..self.at,
            ));
        };
        self.at += taken;
        Ok(Some(Name {
            text,
            span: start..self.at,
        }))
    }

    /// A bare word, up to a blank or one of these characters.
    fn word(&mut self, ends: &[char]) -> Option<Name> {
        let rest = self.rest();
        let stop = |letter: char| letter.is_whitespace() || ends.contains(&letter);
        let text = rest.get(..rest.find(stop).unwrap_or(rest.len()))?;
        if text.is_empty() {
            return None;
        }
        let start = self.at;
        self.at += text.len();
        Some(Name {
            text: text.to_owned(),
            span: start..self.at,
        })
    }

    /// A number; where the word is none, the word is at fault and not what comes after it.
    fn number<T: std::str::FromStr>(&mut self, ends: &[char], what: &str) -> Parsed<T> {
        let Some(word) = self.word(ends) else {
            return self.expected(what);
        };
        let number = word.text.parse();
        number.map_err(|_| QueryError::new(format!("expected {what}"), word.span))
    }

    /// A field's name: bare, or in double quotes.
    fn field(&mut self, ends: &[char]) -> Parsed<Option<Name>> {
        let found = match self.quoted()? {
            Some(name) => Some(name),
            None => self.word(ends),
        };
        match &found {
            Some(name) if name.text.is_empty() || name.text.contains(['"', '\\', '|', '\'']) => {
                Err(QueryError::new(
                    "this is no name of a field",
                    name.span.clone(),
                ))
            }
            _ => Ok(found),
        }
    }

    fn finish(&mut self) -> Parsed<()> {
        if self.rest().is_empty() {
            return Ok(());
        }
        self.expected("the end of the command")
    }
}

fn raw(at: usize) -> Name {
    Name {
        text: "_raw".to_owned(),
        span: at..at,
    }
}

/// Source: Search Reference, regex: `(<field>=<regex> | <field>!=<regex> | <regex>)`; quotation marks are required; the field is `_raw`
/// if none is named; `NOT` is not valid.
pub(super) fn regex(code: &str, body: Span) -> Parsed<RegexCommand> {
    let mut reader = Reader::new(code, &body);
    let first = match reader.quoted()? {
        Some(text) => Some(text),
        None => reader.field(&['=', '!', '"'])?,
    };
    let Some(first) = first else {
        return reader.expected("a field or a regular expression in quotes");
    };
    let negated = reader.eat("!=");
    if !negated && !reader.eat("=") {
        let was_quoted = code
            .get(first.span.clone())
            .is_some_and(|text| text.starts_with('"'));
        if !was_quoted {
            return reader.expected("`=` or `!=`");
        }
        reader.finish()?;
        return Ok(RegexCommand {
            field: raw(body.start),
            negated,
            pattern: first,
        });
    }
    if first.text.is_empty() || first.text.contains(['"', '\\', '*']) {
        return Err(QueryError::new("this is no name of a field", first.span));
    }
    let Some(pattern) = reader.quoted()? else {
        return reader.expected("a regular expression in quotes");
    };
    reader.finish()?;
    Ok(RegexCommand {
        field: first,
        negated,
        pattern,
    })
}

/// Source: Search Reference, rex: `[field=<field>] <regex> [max_match=<int>]`, of `_raw` if no field is named; `mode=sed` and
/// `offset_field` are not run here.
pub(super) fn rex(code: &str, body: Span) -> Parsed<RexCommand> {
    let mut reader = Reader::new(code, &body);
    let mut field = None;
    let mut max_match = 1;
    let mut pattern = None;
    while !reader.rest().is_empty() {
        if let Some(text) = reader.quoted()? {
            if pattern.is_some() {
                return Err(QueryError::new("a second regular expression", text.span));
            }
            pattern = Some(text);
            continue;
        }
        let option = reader.word(&['=', '"']);
        let Some(option) = option.filter(|_| reader.eat("=")) else {
            return reader.expected("an option or a regular expression in quotes");
        };
        match option.text.as_str() {
            "field" => field = reader.field(&['"'])?,
            "max_match" => {
                max_match = reader.number(&['"'], "a number")?;
            }
            other => {
                let message = format!("`{other}` of rex is not run here");
                return Err(QueryError::new(message, option.span));
            }
        }
    }
    let Some(pattern) = pattern else {
        return reader.expected("a regular expression in quotes");
    };
    Ok(RexCommand {
        field: field.unwrap_or_else(|| raw(body.start)),
        max_match,
        pattern,
    })
}

/// Names between blanks or commas.
fn names(reader: &mut Reader<'_>) -> Parsed<Vec<Name>> {
    let mut found = Vec::new();
    loop {
        match reader.field(&[',', '"'])? {
            Some(name) => found.push(name),
            None if reader.rest().is_empty() && !found.is_empty() => return Ok(found),
            None => return reader.expected("the name of a field"),
        }
        let comma = reader.eat(",");
        if !comma && reader.rest().is_empty() {
            return Ok(found);
        }
        if comma && reader.rest().is_empty() {
            return reader.expected("the name of a field");
        }
    }
}

/// Source: Search Reference, fields: `fields [+|-] <wc-field-list>`.
pub(super) fn fields(code: &str, body: Span) -> Parsed<Command> {
    let mut reader = Reader::new(code, &body);
    let keep = !reader.eat("-");
    if keep {
        reader.eat("+");
    }
    Ok(Command::Fields {
        keep,
        names: names(&mut reader)?,
    })
}

/// Source: Search Reference, table: `table <wc-field-list>`.
pub(super) fn table(code: &str, body: Span) -> Parsed<Command> {
    Ok(Command::Table(names(&mut Reader::new(code, &body))?))
}

/// A command without arguments.
pub(super) fn nothing(code: &str, body: &Span) -> Parsed<()> {
    Reader::new(code, body).finish()
}

/// Source: Search Reference, head: `head [<N>]`, 10 if no number is given; tail alike. An expression instead of a number is not run here.
pub(super) fn limit(code: &str, body: Span) -> Parsed<usize> {
    let mut reader = Reader::new(code, &body);
    if reader.rest().is_empty() {
        return Ok(10);
    }
    if reader.rest().starts_with("limit") {
        reader.eat("limit");
        if !reader.eat("=") {
            return reader.expected("`=`");
        }
    }
    let count = reader.number(&[], "a number")?;
    reader.finish()?;
    Ok(count)
}
