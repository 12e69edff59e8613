//! A tree as the text of a search, with no bracket that the language can do without.
//!
//! Source: the pages of the Search Reference and the Search Manual that stand at each part. Because brackets stand only where they must,
//! reading the text back also tests who binds tighter than whom.
//!
//! The tree keeps some texts as they are: numbers of expressions, regular expressions, terms and values of `search`. They are printed as
//! they are, but for the quotes around them. It does not keep comments, whether a value was in quotes, and which spelling of a command, an
//! aggregate or a span of time was written.

mod expr;
mod search;
mod stats;

use super::ast::{
    Bin, Command, Dedup, Name, Op, RegexCommand, RexCommand, Sort, SortKey, SortKind,
};
use expr::expr;

/// The text of a search.
pub(super) fn commands(commands: &[Command]) -> String {
    let commands: Vec<String> = commands.iter().map(command).collect();
    commands.join(" | ")
}

fn listed<T>(items: &[T], print: impl Fn(&T) -> String) -> String {
    items.iter().map(print).collect::<Vec<_>>().join(", ")
}

fn command(command: &Command) -> String {
    match command {
        Command::Search(found) => format!("search {}", search::search(found)),
        Command::Where(condition) => format!("where {}", expr(condition)),
        Command::Eval(assignments) => {
            let assignments = listed(assignments, |(field, value)| {
                format!("{} = {}", target(&field.text), expr(value))
            });
            format!("eval {assignments}")
        }
        Command::Regex(RegexCommand {
            field,
            negated,
            pattern,
        }) => {
            let sign = if *negated { "!=" } else { "=" };
            let pattern = quoted(&pattern.text);
            format!("regex {}{sign}{pattern}", name(&field.text))
        }
        Command::Rex(RexCommand {
            field,
            max_match,
            pattern,
        }) => {
            let pattern = quoted(&pattern.text);
            let field = name(&field.text);
            format!("rex field={field} max_match={max_match} {pattern}")
        }
        Command::Fields { keep, names } => {
            let sign = if *keep { '+' } else { '-' };
            format!("fields {sign} {}", self::names(names))
        }
        Command::Table(names) => format!("table {}", self::names(names)),
        Command::Head(count) => format!("head {count}"),
        Command::Tail(count) => format!("tail {count}"),
        Command::Reverse => "reverse".to_owned(),
        Command::Rename(pairs) => {
            let pairs = listed(pairs, |(old, new)| {
                format!("{} AS {}", name(&old.text), name(&new.text))
            });
            format!("rename {pairs}")
        }
        Command::Bin(bin) => self::bin(bin),
        Command::Sort(sort) => self::sort(sort),
        Command::Dedup(dedup) => self::dedup(dedup),
        Command::Stats(made) => format!("stats {}", stats::stats(made)),
        Command::EventStats(made) => format!("eventstats {}", stats::stats(made)),
        Command::StreamStats(made) => stats::streamstats(made),
    }
}

/// Source: Search Reference, bin.
fn bin(Bin { field, span, new }: &Bin) -> String {
    let new = new.as_ref();
    let new = new.map_or_else(String::new, |new| format!(" AS {}", name(&new.text)));
    format!("bin span={span}s {}{new}", name(&field.text))
}

/// Source: Search Reference, sort.
fn sort(Sort { count, keys }: &Sort) -> String {
    let keys = listed(keys, |key| {
        let SortKey {
            field,
            ascending,
            kind,
        } = key;
        let sign = if *ascending { '+' } else { '-' };
        // A bare one of these at the end turns the order around.
        let field = match field.text.as_str() {
            "d" | "desc" => quoted(&field.text),
            other => name(other),
        };
        match kind {
            SortKind::Auto => format!("{sign}{field}"),
            SortKind::Number => format!("{sign}num({field})"),
            SortKind::Address => format!("{sign}ip({field})"),
            SortKind::Text => format!("{sign}str({field})"),
        }
    });
    format!("sort {count} {keys}")
}

/// Source: Search Reference, dedup.
fn dedup(dedup: &Dedup) -> String {
    format!(
        "dedup {} {} keepempty={} consecutive={}",
        dedup.count,
        names(&dedup.fields),
        dedup.keep_empty,
        dedup.consecutive
    )
}

fn names(names: &[Name]) -> String {
    listed(names, |it| name(&it.text))
}

/// A field's name where single quotes mean nothing: bare, or in double quotes. With `*` it is still bare.
fn name(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '*');
    let opens = |c: char| plain(c) && !c.is_ascii_digit();
    if text.starts_with(opens) && text.chars().all(plain) && !is_word(text) {
        return text.to_owned();
    }
    quoted(text)
}

/// What `eval` assigns to: an asterisk is no letter of its names.
fn target(text: &str) -> String {
    if text.contains('*') {
        quoted(text)
    } else {
        name(text)
    }
}

/// Words that a command takes for its own where a name may stand. Source: the pages of the commands.
fn is_word(text: &str) -> bool {
    is_operator(text) || matches!(text.to_ascii_lowercase().as_str(), "as" | "by")
}

/// Source: Search Reference, search, "The implied search command", note: operators need quotes where they are none.
fn is_operator(text: &str) -> bool {
    matches!(
        text.to_ascii_lowercase().as_str(),
        "and" | "or" | "not" | "xor" | "in" | "like"
    )
}

/// Source: Search Reference, search, "Quotes and escaping characters": a quotation mark, a pipe and a backslash are escaped.
///
/// A pipe must be where quotes stand within quotes (the conditions of `streamstats`), so it is everywhere.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        if matches!(c, '"' | '|' | '\\') {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted + "\""
}

impl Op {
    /// As `search` writes it.
    fn text(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::Unequal => "!=",
            Self::Less => "<",
            Self::LessEqual => "<=",
            Self::Greater => ">",
            Self::GreaterEqual => ">=",
        }
    }
}

#[cfg(test)]
mod tests;
