//! Literals. Whatever a rule holds, it cannot leave its literal, its comment or its name.

use crate::header::is_hidden;
use std::fmt::Write as _;

/// A text as a literal: raw where it holds backslashes or quotes, plain where it is simple, escaped where it holds anything but
/// printable ASCII (the compiler refuses characters that change direction).
pub(super) fn text(value: &str) -> String {
    let printable = |c: char| c.is_ascii_graphic() || c == ' ';
    if !value.chars().all(printable) {
        return escaped(value);
    }
    if !value.contains(['\\', '"']) {
        return format!("\"{value}\"");
    }
    let hashes = "#".repeat(hashes(value));
    format!("r{hashes}\"{value}\"{hashes}")
}

/// How many hashes a raw literal needs: more than follow any quote in it.
fn hashes(value: &str) -> usize {
    let after = value.split('"').skip(1);
    after
        .map(|rest| rest.bytes().take_while(|byte| *byte == b'#').count() + 1)
        .max()
        .unwrap_or(0)
}

fn escaped(value: &str) -> String {
    let mut literal = String::from("\"");
    for c in value.chars() {
        match c {
            '"' | '\\' => {
                literal.push('\\');
                literal.push(c);
            }
            '\n' => literal.push_str("\\n"),
            '\r' => literal.push_str("\\r"),
            '\t' => literal.push_str("\\t"),
            c if c.is_ascii_graphic() || c == ' ' => literal.push(c),
            c => {
                // Writing to a string does not fail.
                let _ = write!(literal, "\\u{{{:x}}}", u32::from(c));
            }
        }
    }
    literal.push('"');
    literal
}

/// A text as lines of a doc comment, each behind `open`. What Markdown would read as a link or markup of HTML is escaped.
pub(super) fn comment(value: &str, open: &str) -> String {
    let mut lines = String::new();
    for line in value.lines() {
        let mut shown = String::with_capacity(line.len());
        for c in line.chars() {
            match c {
                '[' | ']' | '<' | '>' => {
                    shown.push('\\');
                    shown.push(c);
                }
                c if is_hidden(c) => shown.push(' '),
                c => shown.push(c),
            }
        }
        let _ = writeln!(
            lines,
            "{}",
            format!("{open} {}", shown.trim_end()).trim_end()
        );
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::{comment, text};
    use proptest::prelude::*;

    #[test]
    fn forms() {
        for (value, literal) in [
            ("", r#""""#),
            ("cmd.exe", r#""cmd.exe""#),
            (r"\cmd.exe", r#"r"\cmd.exe""#),
            (r#"say "hi""#, "r#\"say \"hi\"\"#"),
            (r##"a"#b"##, r###"r##"a"#b"##"###),
            ("é\n", r#""\u{e9}\n""#),
            ("\u{202e}\\", r#""\u{202e}\\""#),
        ] {
            assert_eq!(text(value), literal);
        }
    }

    #[test]
    fn a_comment_stays_one() {
        assert_eq!(
            comment("a [b]\n\n<c>\u{202e}\u{2028}d \r\ne", "///"),
            "/// a \\[b\\]\n///\n/// \\<c\\>  d\n/// e\n"
        );
    }

    /// Reads a literal back by the rules of Rust's reference on string literals, not by `text`.
    fn read(literal: &str) -> Option<String> {
        if let Some(rest) = literal.strip_prefix('r') {
            let hashes = rest.bytes().take_while(|byte| *byte == b'#').count();
            let rest = rest.get(hashes..)?.strip_prefix('"')?;
            let close = format!("\"{}", "#".repeat(hashes));
            let end = rest.find(&close)?;
            let (inside, behind) = rest.split_at(end);
            return (behind == close && !inside.contains('\r')).then(|| inside.to_owned());
        }
        let mut chars = literal.strip_prefix('"')?.chars();
        let mut found = String::new();
        loop {
            match chars.next()? {
                '"' => return chars.next().is_none().then_some(found),
                '\\' => match chars.next()? {
                    'n' => found.push('\n'),
                    'r' => found.push('\r'),
                    't' => found.push('\t'),
                    c @ ('\\' | '"') => found.push(c),
                    'u' => {
                        let rest = chars.as_str().strip_prefix('{')?;
                        let (digits, behind) = rest.split_once('}')?;
                        found.push(char::from_u32(u32::from_str_radix(digits, 16).ok()?)?);
                        chars = behind.chars();
                    }
                    _ => return None,
                },
                '\r' => return None,
                c => found.push(c),
            }
        }
    }

    proptest! {
        #[test]
        fn a_literal_holds_exactly_its_value(value in "[\"#\\\\a\u{202e}é\n\r\t\0]{0,12}|\\PC{0,20}|.*") {
            let literal = text(&value);
            prop_assert!(literal.is_ascii());
            prop_assert_eq!(read(&literal), Some(value));
        }

        #[test]
        fn no_line_leaves_its_comment(value in "(?s).{0,40}") {
            for line in comment(&value, "///").lines() {
                prop_assert!(line.starts_with("///") && !line.contains(['\r', '\u{2028}', '\u{202e}']), "{line:?}");
            }
        }
    }
}
