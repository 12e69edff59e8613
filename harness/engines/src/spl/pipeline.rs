//! Text to commands: comments go, pipes part, the first word of a part chooses its reader.

use super::ast::{Command, Span};
use super::commands;
use super::eval;
use super::search;
use crate::QueryError;

/// A limit of our own on the bytes of a text.
const MAX_TEXT: usize = 1 << 20;
/// A limit of our own on the commands of a pipeline.
const MAX_COMMANDS: usize = 500;
/// A limit of our own on nesting, so that no text can exhaust the stack.
pub(super) const MAX_DEPTH: u32 = 120;
/// Faults past this many are noise.
const MAX_ERRORS: usize = 50;

/// The commands of a text, or all that is wrong with it.
pub(super) fn parse(text: &str) -> Result<Vec<Command>, Vec<QueryError>> {
    if text.len() > MAX_TEXT {
        let message = format!("the query is longer than {MAX_TEXT} bytes");
        return Err(vec![QueryError::new(message, 0..text.len())]);
    }
    let code = without_comments(text).map_err(|error| vec![error])?;
    let commented = text.trim_start().starts_with('`');
    let parts = split(&code)?;
    if parts.len() > MAX_COMMANDS {
        let message = format!("the query has more than {MAX_COMMANDS} commands");
        return Err(vec![QueryError::new(message, 0..text.len())]);
    }
    let mut commands = Vec::new();
    let mut errors = Vec::new();
    let leading_pipe = parts.first().is_some_and(|part| blank(&code, part)) && parts.len() > 1;
    for (at, part) in parts.into_iter().enumerate() {
        if at == 0 && leading_pipe {
            continue;
        }
        let place = match at {
            0 => Place::First { commented },
            1 if leading_pipe => Place::Leading { commented },
            _ => Place::Later,
        };
        match command(&code, part, place) {
            Ok(command) => commands.push(command),
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() {
        return Ok(commands);
    }
    errors.truncate(MAX_ERRORS);
    Err(errors)
}

fn blank(code: &str, part: &Span) -> bool {
    code.get(part.clone())
        .is_some_and(|text| text.trim().is_empty())
}

/// Where a command stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Before the first pipe, where `search` is implied; perhaps behind a comment.
    First {
        commented: bool,
    },
    /// Behind a pipe that begins the text.
    Leading {
        commented: bool,
    },
    Later,
}

/// The text with blanks in place of its comments, so that places stay.
///
/// Source: Search Manual, "Add comments to searches": three backticks before and behind; the next three end it, whatever stands between; it
/// counts as a space; inside quotes there is none. Elsewhere a backtick calls a macro, which expands before anything is read. What one does
/// inside quotes no page says, so there it is refused, too.
fn without_comments(text: &str) -> Result<String, QueryError> {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    let mut quoted = false;
    while let Some(letter) = rest.chars().next() {
        let at = text.len() - rest.len();
        let mut taken = letter.len_utf8();
        if letter == '\\' {
            // What is escaped, if it is neither a backtick nor unreadable: those are looked at by themselves.
            let next = rest.chars().nth(1);
            let plain = next.filter(|next| *next != '`' && !unreadable(*next, quoted));
            taken += plain.map_or(0, char::len_utf8);
        } else if letter == '"' {
            quoted = !quoted;
        } else if unreadable(letter, quoted) {
            let message = "a control character or an odd blank: how it is read no page says";
            return Err(QueryError::new(message, at..at + letter.len_utf8())
                .hint("in a regular expression write its code, such as \\x0a"));
        } else if letter == '`' {
            let body = rest.strip_prefix("```").filter(|_| !quoted);
            let Some(body) = body else {
                return Err(QueryError::new(
                    "a backtick calls a macro, and there are none here",
                    at..at + 1,
                )
                .hint(
                    "a comment stands between three backticks; in a regular expression write \\x60",
                ));
            };
            let Some(end) = body.find("```") else {
                return Err(QueryError::new("the comment has no end", at..text.len()));
            };
            taken = end + 6;
            let comment = rest.get(..taken).unwrap_or_default();
            code.extend(std::iter::repeat_n(' ', comment.len()));
            rest = rest.get(taken..).unwrap_or_default();
            continue;
        }
        code.push_str(rest.get(..taken).unwrap_or_default());
        rest = rest.get(taken..).unwrap_or_default();
    }
    Ok(code)
}

/// Characters of which no page says how they are read: control characters within quotes, and blanks outside ASCII between words.
fn unreadable(letter: char, quoted: bool) -> bool {
    if quoted {
        letter.is_control()
    } else {
        (letter.is_control() && !matches!(letter, '\n' | '\r' | '\t'))
            || (letter.is_whitespace() && !letter.is_ascii())
    }
}

/// Where the commands stand: parted at pipes that are neither quoted nor escaped.
///
/// Source: Search Reference, search, "Quotes and escaping characters": quotation marks must be balanced, `\|` is a pipe for the command,
/// and brackets need quotes, for they hold a subsearch.
fn split(code: &str) -> Result<Vec<Span>, Vec<QueryError>> {
    let mut parts = Vec::new();
    let mut errors = Vec::new();
    let mut start = 0;
    let mut open = None;
    let mut letters = code.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\\' => {
                letters.next();
            }
            '"' => open = if open.is_some() { None } else { Some(at) },
            '|' if open.is_none() => {
                parts.push(start..at);
                start = at + 1;
            }
            '[' | ']' if open.is_none() => errors.push(QueryError::new(
                "a bracket outside quotes is a subsearch, and there are none here",
                at..at + 1,
            )),
            _ => {}
        }
    }
    if let Some(at) = open {
        let error = QueryError::new("the quotation mark is never closed", at..at + 1);
        errors.push(error.hint("write `\\\\` for a backslash at the end of a quoted text"));
    }
    parts.push(start..code.len());
    if errors.is_empty() {
        return Ok(parts);
    }
    errors.truncate(MAX_ERRORS);
    Err(errors)
}

/// One command. Source: Search Manual, "Anatomy of a search": the first word behind a pipe is the command; `search` is implied at the
/// beginning.
fn command(code: &str, part: Span, at: Place) -> Result<Command, QueryError> {
    let text = code.get(part.clone()).unwrap_or_default();
    let trimmed = text.trim_start();
    let start = part.start + (text.len() - trimmed.len());
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let end = trimmed
        .find(|letter| !is_name(letter))
        .unwrap_or(trimmed.len());
    let (word, rest) = trimmed.split_at_checked(end).unwrap_or((trimmed, ""));
    let place = start..start + word.len();
    if trimmed.is_empty() {
        return Err(QueryError::new("a command is missing", part));
    }
    // `search` followed by an operator is a field of that name.
    let explicit = word == "search" && !rest.trim_start().starts_with(['=', '!', '<', '>']);
    if matches!(at, Place::First { .. }) && !explicit {
        return search::parse(code, part).map(Command::Search);
    }
    // Source: Search Manual, "Add comments to searches": a comment must not precede a generating command. Where `search` is implied, it
    // stands behind it (assumed).
    if let Place::First { commented: true } | Place::Leading { commented: true } = at {
        return Err(
            QueryError::new("a comment before a generating command", place)
                .hint("put it behind the first terms, or leave `search` implied"),
        );
    }
    let body = place.end..part.end;
    // Source: Search Reference, Command types: a pipeline begins with a generating command; of those here, only `search` is one.
    if at != Place::Later && word != "search" {
        return Err(QueryError::new(
            format!("`{word}` makes no events, so it cannot come first"),
            place,
        ));
    }
    match word {
        "search" => search::parse(code, body).map(Command::Search),
        "where" => eval::parse_condition(code, body).map(Command::Where),
        "eval" => eval::parse_assignments(code, body).map(Command::Eval),
        "regex" => commands::regex(code, body).map(Command::Regex),
        "rex" => commands::rex(code, body).map(Command::Rex),
        "fields" => commands::fields(code, body),
        "table" => commands::table(code, body),
        "head" => commands::limit(code, body).map(Command::Head),
        "tail" => commands::limit(code, body).map(Command::Tail),
        "reverse" => commands::nothing(code, &body).map(|()| Command::Reverse),
        "rename" => commands::rows::rename(code, body),
        "bin" | "bucket" => commands::rows::bin(code, body),
        "sort" => commands::rows::sort(code, body),
        "dedup" => commands::rows::dedup(code, body),
        "stats" => commands::stats::stats(code, body).map(Command::Stats),
        "eventstats" => commands::stats::stats(code, body).map(Command::EventStats),
        "streamstats" => commands::stats::streamstats(code, body).map(Command::StreamStats),
        "" => Err(QueryError::new(
            "expected a command",
            start..start + trimmed.chars().next().map_or(0, char::len_utf8),
        )),
        _ if commands::is_known(word) => Err(QueryError::new(
            format!("`{word}` is a command that this engine does not run"),
            place,
        )
        .hint("it runs search, where, eval, regex, rex, fields, table, head, tail, reverse, rename, bin, sort, dedup, stats, eventstats and streamstats")),
        _ => Err(QueryError::new(
            format!("there is no command `{word}`"),
            place,
        )),
    }
}
