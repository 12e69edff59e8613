//! `windash`: S11.

use super::pattern::Token;

/// Hyphen, slash, en dash, em dash, horizontal bar (specification, "String Modifiers").
pub(super) const DASHES: [char; 5] = ['-', '/', '\u{2013}', '\u{2014}', '\u{2015}'];
/// The most places of one value; each multiplies its alternatives by five.
pub(super) const MAX_PLACES: usize = 5;

/// Where a flag may start.
pub(super) fn places(tokens: &[Token]) -> Vec<usize> {
    (0..tokens.len())
        .filter(|at| starts_a_flag(tokens, *at))
        .collect()
}

/// Every combination of dashes at these places.
pub(super) fn alternatives(tokens: Vec<Token>, places: &[usize]) -> Vec<Vec<Token>> {
    let mut all = vec![tokens];
    for place in places {
        all = all
            .iter()
            .flat_map(|one| {
                let few = verdict_faults::at("sigma/engine/windash-knows-hyphen-and-slash");
                let dashes = DASHES.into_iter().take(if few { 2 } else { DASHES.len() });
                dashes.map(|dash| replaced(one, *place, dash))
            })
            .collect();
    }
    all
}

fn replaced(tokens: &[Token], place: usize, dash: char) -> Vec<Token> {
    let mut copy = tokens.to_vec();
    if let Some(token) = copy.get_mut(place) {
        *token = Token::Char(dash);
    }
    copy
}

/// A dash behind a non-word character (a wildcard is one) or at the start, and before a word character.
fn starts_a_flag(tokens: &[Token], at: usize) -> bool {
    let word = |at: Option<usize>| {
        at.and_then(|at| tokens.get(at))
            .is_some_and(|token| match token {
                Token::Char(c) => c.is_ascii_alphanumeric() || *c == '_',
                Token::Percent | Token::One | Token::Any => false,
            })
    };
    let dash = matches!(tokens.get(at), Some(Token::Char(c)) if DASHES.contains(c));
    if verdict_faults::at("sigma/engine/windash-takes-every-dash") {
        return dash;
    }
    dash && !word(at.checked_sub(1)) && word(at.checked_add(1))
}

#[cfg(test)]
mod tests {
    use super::{alternatives, places};
    use crate::sigma::pattern::{as_literal, parse};

    #[test]
    fn flags() {
        for (text, count) in [
            ("-a", 1),
            ("x -a /b", 2),
            ("a-b", 0),
            ("--a", 1),
            ("- a", 0),
            ("-a -b -c -d -e -f", 6),
        ] {
            assert_eq!(places(&parse(text, false)).len(), count, "{text}");
        }
        let tokens = parse("é/é-_ ―x", false);
        let all = alternatives(tokens.clone(), &places(&tokens));
        let texts: Vec<_> = all
            .iter()
            .filter_map(|one| as_literal(one))
            .take(6)
            .collect();
        assert_eq!(
            texts,
            [
                "é/é-_ -x",
                "é/é-_ /x",
                "é/é-_ –x",
                "é/é-_ —x",
                "é/é-_ ―x",
                "é/é/_ -x"
            ]
        );
    }
}
