//! A condition's text to tokens.

/// A token and its bytes in the condition.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'t> {
    pub(super) kind: TokenKind<'t>,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenKind<'t> {
    Open,
    Close,
    Pipe,
    And,
    Or,
    Not,
    Of,
    /// A name, a pattern, a number, `all`, `them` ...: which one, its neighbours say.
    Word(&'t str),
}

/// Every token; there is no text without a token.
pub(super) fn lex(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut chars = text.char_indices().peekable();
    while let Some((start, c)) = chars.next() {
        let single = match c {
            '(' => Some(TokenKind::Open),
            ')' => Some(TokenKind::Close),
            '|' => Some(TokenKind::Pipe),
            _ if c.is_whitespace() => continue,
            _ => None,
        };
        if let Some(kind) = single {
            tokens.push(Token {
                kind,
                start,
                end: start + 1,
            });
            continue;
        }
        let mut end = start + c.len_utf8();
        while let Some((at, c)) =
            chars.next_if(|(_, c)| !c.is_whitespace() && !matches!(c, '(' | ')' | '|'))
        {
            end = at + c.len_utf8();
        }
        let word = text.get(start..end).unwrap_or_default();
        tokens.push(Token {
            kind: word_kind(word),
            start,
            end,
        });
    }
    tokens
}

fn word_kind(word: &str) -> TokenKind<'_> {
    let is = |keyword: &str| word.eq_ignore_ascii_case(keyword);
    if is("and") {
        TokenKind::And
    } else if is("or") {
        TokenKind::Or
    } else if is("not") {
        TokenKind::Not
    } else if is("of") {
        TokenKind::Of
    } else {
        TokenKind::Word(word)
    }
}
