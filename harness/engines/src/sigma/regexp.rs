//! Regular expressions: S14.
//!
//! The syntax is that of the `regex` crate, where `\d`, `\w`, `\s` and `\b` are Unicode by default. Its switch for ASCII would also turn
//! ignoring case to ASCII and forbid `.`, so these escapes are spelled out before compiling. A named gap: inside brackets *and* ignoring
//! case, `\w` also takes the two characters outside ASCII that fold into it, U+017F and U+212A.

use regex::{Regex, RegexBuilder};
use std::iter::Peekable;
use std::str::Chars;

/// The largest compiled expression, in bytes.
const MAX_COMPILED: usize = 2 << 20;

/// The flags `i`, `m` and `s`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Flags {
    pub(super) ignore_case: bool,
    pub(super) multi_line: bool,
    pub(super) dot_all: bool,
}

/// Compiles an expression; the error is the library's, on one line.
pub(super) fn compile(text: &str, flags: Flags) -> Result<Regex, String> {
    // Borders to this library, characters to others: S14 refuses them.
    if let Some(angle) = angle(text) {
        return Err(format!(
            "`\\{angle}` means different things to different engines"
        ));
    }
    let mut written = spell_out(text);
    if verdict_faults::at("sigma/engine/re-covers-the-text") {
        written = format!("^(?:{written})$");
    }
    RegexBuilder::new(&written)
        .case_insensitive(flags.ignore_case || verdict_faults::at("sigma/engine/re-ignores-case"))
        .multi_line(flags.multi_line)
        .dot_matches_new_line(
            flags.dot_all || verdict_faults::at("sigma/engine/re-dot-takes-a-line-end"),
        )
        .size_limit(MAX_COMPILED)
        .build()
        .map_err(|error| {
            let text = error.to_string();
            let last = text.lines().last().unwrap_or("");
            last.trim_start_matches("error: ").to_owned()
        })
}

/// An escaped `<` or `>`.
fn angle(text: &str) -> Option<char> {
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c == '\\'
            && let Some(angle @ ('<' | '>')) = chars.next()
        {
            return Some(angle);
        }
    }
    None
}

fn spell_out(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    let mut depth = 0usize;
    while let Some(c) = chars.next() {
        match c {
            '\\' => escape(&mut chars, depth > 0, &mut out),
            '[' => {
                depth += 1;
                out.push('[');
                // `]` right behind the opening is an ordinary character.
                for first in ['^', ']'] {
                    out.extend(chars.next_if_eq(&first));
                }
            }
            ']' => {
                depth = depth.saturating_sub(1);
                out.push(']');
            }
            _ => out.push(c),
        }
    }
    out
}

fn escape(chars: &mut Peekable<Chars<'_>>, bracketed: bool, out: &mut String) {
    let Some(escaped) = chars.next() else {
        out.push('\\');
        return;
    };
    let class = match escaped {
        'd' => "[0-9]",
        'D' => "[^0-9]",
        'w' => "[0-9A-Za-z_]",
        'W' => "[^0-9A-Za-z_]",
        's' => r"[\t\n\x0B\x0C\r\x20]",
        'S' => r"[^\t\n\x0B\x0C\r\x20]",
        'b' | 'B' if !bracketed => {
            out.push_str(r"(?-u:\");
            out.push(escaped);
            // `\b{start}` and its like.
            if chars.peek() == Some(&'{') {
                for c in chars.by_ref() {
                    out.push(c);
                    if c == '}' {
                        break;
                    }
                }
            }
            out.push(')');
            return;
        }
        _ => {
            out.push('\\');
            out.push(escaped);
            return;
        }
    };
    if bracketed {
        out.push_str(class);
    } else {
        out.push_str("(?-i:");
        out.push_str(class);
        out.push(')');
    }
}

#[cfg(test)]
mod tests {
    use super::{Flags, compile};

    fn finds(pattern: &str, flags: &str, text: &str) -> bool {
        let flags = Flags {
            ignore_case: flags.contains('i'),
            multi_line: flags.contains('m'),
            dot_all: flags.contains('s'),
        };
        compile(pattern, flags).is_ok_and(|regex| regex.is_match(text))
    }

    #[test]
    fn classes_are_ascii() {
        for (pattern, flags, text, found) in [
            (r"\d", "", "1", true),
            (r"\d", "", "१", false),
            (r"\D", "", "१", true),
            (r"^\w+$", "", "é", false),
            (r"^\W$", "", "é", true),
            (r"^\w$", "i", "\u{212a}", false),
            (r"^\W$", "i", "\u{212a}", true),
            (r"^[\w-]+$", "", "a-b", true),
            (r"^[^\w]$", "", "é", true),
            (r"^[\s\S]$", "", "\u{a0}", true),
            (r"^\s$", "", "\u{a0}", false),
            (r"^\s$", "", "\u{b}", true),
            (r"\bx", "", "éx", true),
            (r"\Bx", "", "éx", false),
            (r"\b{start}x", "", "éx", true),
            (r"[]\d]$", "", "]", true),
            (r"[^]\d]$", "", "x", true),
            (r"[[:alpha:]]", "", "é", false),
            (r"\\d", "", r"\d", true),
            ("é", "i", "É", true),
            ("^b$", "", "a\nb", false),
            ("^b$", "m", "a\nb", true),
            ("a.b", "", "a\nb", false),
            ("a.b", "s", "a\nb", true),
            ("(?i)A.*?b", "", "xaxB", true),
            (r"\d{2,3}", "", "12", true),
            ("a", "", "A", false),
        ] {
            assert_eq!(
                finds(pattern, flags, text),
                found,
                "{pattern} {flags} {text}"
            );
        }
        for broken in [
            "(",
            "a{2",
            r"\",
            "(?=x)",
            r"(a)\1",
            "x{1000}{1000}{1000}",
            r"\<x",
            r"x\\\>",
        ] {
            assert!(compile(broken, Flags::default()).is_err(), "{broken}");
        }
    }
}
