//! Tokens of a query, for whoever only asks which operators stand in it.

/// How a language writes comments, texts and signs.
pub(super) struct Signs {
    /// What begins a comment that ends with its line.
    pub line_comments: &'static [&'static str],
    /// What begins and ends other comments.
    pub block_comments: &'static [(&'static str, &'static str)],
    /// The texts and quoted names; those with longer beginnings first.
    pub quotes: &'static [Quote],
    /// The signs that are operators, longer ones first.
    pub operators: &'static [&'static str],
    /// Letters that a word may hold beside letters, digits and `_`.
    pub in_words: &'static [char],
}

/// A way to write a text or a name.
pub(super) struct Quote {
    pub open: &'static str,
    pub close: &'static str,
    /// Whether a backslash takes the next letter for itself.
    pub escapes: bool,
    /// The row of the matrix that it is.
    pub row: &'static str,
}

/// A piece of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token<'t> {
    /// Letters: a name, a keyword, a function.
    Word(&'t str),
    /// Digits, with whatever stands behind them.
    Number(&'t str),
    /// A text or a quoted name, with its row and what stands in it.
    Quoted(&'static str, &'t str),
    /// An operator, or a bracket, comma or other sign.
    Sign(&'t str),
    Comment,
}

impl Token<'_> {
    /// The token as a phrase names it; texts have no name.
    pub(super) fn text(&self) -> &str {
        match self {
            Self::Word(text) | Self::Number(text) | Self::Sign(text) => text,
            Self::Quoted(..) | Self::Comment => "",
        }
    }
}

/// The tokens of a text. Nothing is an error here: what is no query has been refused elsewhere.
pub(super) fn tokens<'t>(signs: &Signs, text: &'t str) -> Vec<Token<'t>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if first.is_whitespace() {
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
            continue;
        }
        let (token, length) = next(signs, rest, first);
        found.push(token);
        rest = rest.get(length..).unwrap_or_default();
    }
    found
}

fn next<'t>(signs: &Signs, rest: &'t str, first: char) -> (Token<'t>, usize) {
    if let Some(length) = comment(signs, rest) {
        return (Token::Comment, length);
    }
    let mut quotes = signs.quotes.iter();
    if let Some(quote) = quotes.find(|quote| rest.starts_with(quote.open)) {
        let (inside, length) = quoted(quote, rest);
        return (Token::Quoted(quote.row, inside), length);
    }
    let own = |c: char| c.is_alphanumeric() || c == '_' || signs.in_words.contains(&c);
    let end = |from: &str, holds: &dyn Fn(char) -> bool| {
        from.find(|c: char| !holds(c)).unwrap_or(from.len())
    };
    let until = |length: usize| rest.get(..length).unwrap_or_default();
    if first.is_ascii_digit() {
        let length = end(rest, &|c| c.is_alphanumeric() || c == '.' || c == '_');
        return (Token::Number(until(length)), length);
    }
    if let Some(sign) = signs.operators.iter().find(|sign| rest.starts_with(**sign)) {
        return (Token::Sign(until(sign.len())), sign.len());
    }
    if own(first) {
        let length = end(rest, &own);
        return (Token::Word(until(length)), length);
    }
    (Token::Sign(until(first.len_utf8())), first.len_utf8())
}

fn comment(signs: &Signs, rest: &str) -> Option<usize> {
    if signs
        .line_comments
        .iter()
        .any(|begin| rest.starts_with(begin))
    {
        return Some(rest.find('\n').unwrap_or(rest.len()));
    }
    let (open, close) = signs
        .block_comments
        .iter()
        .find(|(open, _)| rest.starts_with(open))?;
    let inside = rest.get(open.len()..).unwrap_or_default();
    let end = inside.find(close).map(|at| at + open.len() + close.len());
    Some(end.unwrap_or(rest.len()))
}

/// What stands between quotes, and how long it is with them.
fn quoted<'t>(quote: &Quote, rest: &'t str) -> (&'t str, usize) {
    let inside = rest.get(quote.open.len()..).unwrap_or_default();
    let mut at = 0;
    loop {
        let here = inside.get(at..).unwrap_or_default();
        let Some(c) = here.chars().next() else {
            return (inside, rest.len());
        };
        if here.starts_with(quote.close) {
            let text = inside.get(..at).unwrap_or_default();
            return (text, quote.open.len() + at + quote.close.len());
        }
        at += c.len_utf8();
        if quote.escapes && c == '\\' {
            let next = inside.get(at..).and_then(|next| next.chars().next());
            at += next.map_or(0, char::len_utf8);
        }
    }
}
