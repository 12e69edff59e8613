//! Sigma's strings: characters and wildcards.

use super::fold::fold_char;

/// One element of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Char(char),
    /// An unescaped `%` beside `expand`; a character like any other once placeholders are replaced.
    Percent,
    /// `?`: exactly one character.
    One,
    /// `*`: any run of characters.
    Any,
}

/// Reads a value. S2: `\` before `*`, `?` or `\` makes that character literal, and is itself before anything else. Beside
/// `expand` (`placeholders`) it does so before `%` too (specification, "Placeholders").
pub(super) fn parse(text: &str, placeholders: bool) -> Vec<Token> {
    let mut tokens = Vec::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        tokens.push(match c {
            '*' => Token::Any,
            '?' if verdict_faults::at("sigma/engine/question-mark-is-itself") => Token::Char('?'),
            '?' => Token::One,
            '%' if placeholders => Token::Percent,
            '\\' => {
                let escaped = chars.next_if(|next| {
                    if verdict_faults::at("sigma/engine/backslash-always-escapes") {
                        return true;
                    }
                    if verdict_faults::at("sigma/engine/two-backslashes-stay-two") {
                        return matches!(next, '*' | '?');
                    }
                    if verdict_faults::at("sigma/engine/wildcards-have-no-escape") {
                        return *next == '\\';
                    }
                    matches!(next, '*' | '?' | '\\') || (placeholders && *next == '%')
                });
                Token::Char(escaped.unwrap_or('\\'))
            }
            _ => Token::Char(c),
        });
    }
    tokens
}

/// A text in which nothing is a wildcard.
pub(super) fn literal(text: &str) -> Vec<Token> {
    text.chars().map(Token::Char).collect()
}

/// The text, unless it holds a wildcard.
pub(super) fn as_literal(tokens: &[Token]) -> Option<String> {
    tokens
        .iter()
        .map(|token| match token {
            Token::Char(c) => Some(*c),
            Token::Percent => Some('%'),
            Token::One | Token::Any => None,
        })
        .collect()
}

/// The same value with its characters folded.
pub(super) fn fold(tokens: &[Token]) -> Vec<Token> {
    tokens
        .iter()
        .map(|token| match token {
            Token::Char(c) => Token::Char(fold_char(*c)),
            Token::Percent | Token::One | Token::Any => *token,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Token, as_literal, parse};

    #[test]
    fn backslashes() {
        for (text, read) in [
            (r"a\b", r"a\b"),
            (r"a\\b", r"a\b"),
            (r"\*\?", "*?"),
            (r"\\\*", r"\*"),
            (r"\\\\", r"\\"),
            (r"\\\", r"\\"),
            (r"end\", r"end\"),
        ] {
            assert_eq!(
                as_literal(&parse(text, false)).as_deref(),
                Some(read),
                "{text}"
            );
        }
        assert_eq!(parse(r"\\*", false), [Token::Char('\\'), Token::Any]);
        assert_eq!(parse(r"\%%", true), [Token::Char('%'), Token::Percent]);
    }
}
