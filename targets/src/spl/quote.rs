//! Literals and names. Whatever a rule holds, it cannot leave its literal.
//!
//! Both languages decode `\\`, `\"` and `\|` inside quotes and leave every other backslash alone. Before either of them reads a query,
//! backticks are expanded as macros, and a dashboard replaces what stands between dollar signs; what they could touch is only written
//! inside regular expressions, as hexadecimal codes.

use crate::header::is_hidden;
use crate::spl::search::Glob;
use std::net::IpAddr;

/// The longest field name.
const LONGEST_NAME: usize = 1024;

/// Whether a field of this name can be written in both languages. Names that begin with `_` are Splunk's own.
pub(crate) fn is_name(name: &str) -> bool {
    let allowed = |c: char| {
        c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | '@' | '/' | ' ' | '{' | '}')
    };
    !name.is_empty()
        && name.len() <= LONGEST_NAME
        && !name.starts_with(['_', ' '])
        && !name.ends_with(' ')
        && name.chars().all(allowed)
}

/// Whether `search` takes a comparison with this name for something else than a field's: a limit of time, a place to search, a tag.
pub(crate) fn is_special(name: &str) -> bool {
    const SPECIAL: &str = "
        earliest latest index source sourcetype host hosttag eventtype eventtypetag savedsearch savedsplunk splunk_server
        splunk_server_group tag sourcetypetag starttime endtime starttimeu endtimeu startdaysago enddaysago starthoursago endhoursago
        startminutesago endminutesago startmonthsago endmonthsago searchtimespandays searchtimespanhours searchtimespanminutes
        searchtimespanmonths daysago hoursago minutesago monthsago timeformat linecount punct eventcount";
    let mut words = SPECIAL.split_ascii_whitespace();
    words.any(|word| word == name) || is_operator(name)
}

/// A field in `search`.
pub(crate) fn search_field(name: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
    let all_bare = name.chars().all(bare) || verdict_faults::at("spl/quote/name-without-quotes");
    if all_bare && !name.starts_with(|c: char| c.is_ascii_digit()) {
        return name.to_owned();
    }
    format!("\"{name}\"")
}

/// A field in `where`.
pub(crate) fn eval_field(name: &str) -> String {
    if verdict_faults::at("spl/quote/eval-name-without-quotes") {
        return name.to_owned();
    }
    format!("'{name}'")
}

/// Whether `search` can say a text inside quotes, and nothing that reads a query earlier touches it there.
pub(crate) fn is_searchable(text: &str) -> bool {
    !text
        .chars()
        .any(|c| (matches!(c, '*' | '`' | '$') || is_hidden(c)) && !literal_star(c))
}

/// A star that is taken for a character of `search`, where it stands for any text.
fn literal_star(c: char) -> bool {
    c == '*' && verdict_faults::at("spl/quote/star-taken-literally")
}

/// Whether a text literal can be written in `where`.
pub(crate) fn is_literal(text: &str) -> bool {
    !text.chars().any(|c| matches!(c, '`' | '$') || is_hidden(c))
}

/// Whether `search` would look for addresses in a network instead of this text.
pub(crate) fn is_network(text: &str) -> bool {
    if verdict_faults::at("spl/quote/network-as-text") {
        return false;
    }
    text.split_once('/').is_some_and(|(address, length)| {
        address.trim().parse::<IpAddr>().is_ok()
            && length.trim().bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// Whether a text has letters that could stand in another case.
pub(crate) fn has_case(text: &str) -> bool {
    text.chars().any(char::is_alphabetic)
}

/// Whether a text can stand without quotes, as the argument of `CASE()` does.
pub(crate) fn is_word(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | '%');
    !text.is_empty() && text.chars().all(plain) && !is_operator(text)
}

/// Words that the language reads as more than a word.
fn is_operator(text: &str) -> bool {
    const OPERATORS: [&str; 11] = [
        "and", "or", "not", "xor", "in", "as", "by", "where", "case", "term", "prefix",
    ];
    let mut words = OPERATORS.iter();
    words.any(|word| word.eq_ignore_ascii_case(text))
}

/// A text in quotes, for both languages.
pub(crate) fn text(value: &str) -> String {
    format!("\"{}\"", escaped(value))
}

/// A text between wildcards in quotes, for `search`.
pub(crate) fn glob(glob: &Glob) -> String {
    let star = |open: bool| if open { "*" } else { "" };
    let (mut start, mut end) = (star(glob.open_start), star(glob.open_end));
    if verdict_faults::at("spl/quote/leading-wildcard-lost") {
        start = "";
    }
    if verdict_faults::at("spl/quote/trailing-wildcard-lost") {
        end = "";
    }
    if verdict_faults::at("spl/quote/leading-wildcard-added") {
        start = "*";
    }
    if verdict_faults::at("spl/quote/trailing-wildcard-added") {
        end = "*";
    }
    format!("\"{start}{}{end}\"", escaped(&glob.text))
}

/// A word between wildcards whose case is heeded.
pub(crate) fn cased(glob: &Glob) -> String {
    let star = |open: bool| if open { "*" } else { "" };
    let (start, end) = (star(glob.open_start), star(glob.open_end));
    if verdict_faults::at("spl/quote/case-not-minded") {
        return format!("\"{start}{}{end}\"", escaped(&glob.text));
    }
    format!("CASE({start}{}{end})", glob.text)
}

fn escaped(value: &str) -> String {
    if verdict_faults::at("spl/quote/backslash-not-escaped") {
        return value.replace('"', "\\\"");
    }
    if verdict_faults::at("spl/quote/quote-not-escaped") {
        return value.replace('\\', r"\\");
    }
    if verdict_faults::at("spl/quote/backslash-escaped-twice") {
        return value.replace('\\', r"\\\\").replace('"', "\\\"");
    }
    value.replace('\\', r"\\").replace('"', "\\\"")
}
