//! `windash`: the dashes that Windows programs take for one another (S11).

use crate::ir::Piece;

/// The five characters.
const DASHES: [char; 5] = ['-', '/', '\u{2013}', '\u{2014}', '\u{2015}'];

/// How many places of one value may vary: five to the power of it are the alternatives.
pub(super) const MAX_PLACES: usize = 5;

/// Every combination of dashes, the value as written first; None if it has more than [`MAX_PLACES`] places.
pub(super) fn variants(pieces: &[Piece]) -> Option<Vec<Vec<Piece>>> {
    let flat = flatten(pieces);
    let places = places(&flat);
    if places.len() > MAX_PLACES {
        return None;
    }
    let mut variants = vec![flat];
    for place in places {
        variants = variants
            .iter()
            .flat_map(|variant| {
                let written = variant.get(place).copied().flatten();
                let others = DASHES
                    .into_iter()
                    .filter(move |dash| Some(*dash) != written);
                written
                    .into_iter()
                    .chain(others)
                    .map(move |dash| replaced(variant, place, dash))
            })
            .collect();
    }
    Some(
        variants
            .iter()
            .map(|variant| join(variant, pieces))
            .collect(),
    )
}

/// Characters, with None for each wildcard.
fn flatten(pieces: &[Piece]) -> Vec<Option<char>> {
    pieces
        .iter()
        .flat_map(|piece| match piece {
            Piece::Literal(text) => text.chars().map(Some).collect(),
            Piece::AnyRun | Piece::AnyChar => vec![None],
        })
        .collect()
}

/// A dash after no word character and before one.
fn places(flat: &[Option<char>]) -> Vec<usize> {
    let word = |at: Option<usize>| {
        let c = at.and_then(|at| flat.get(at)).copied().flatten();
        c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    let dash = |at: usize| {
        flat.get(at)
            .copied()
            .flatten()
            .is_some_and(|c| DASHES.contains(&c))
    };
    (0..flat.len())
        .filter(|at| dash(*at) && !word(at.checked_sub(1)) && word(Some(at + 1)))
        .collect()
}

fn replaced(variant: &[Option<char>], place: usize, dash: char) -> Vec<Option<char>> {
    let swap = |(at, c): (usize, &Option<char>)| if at == place { Some(dash) } else { *c };
    variant.iter().enumerate().map(swap).collect()
}

/// The characters as pieces again; the wildcards are those of the original, in order.
fn join(variant: &[Option<char>], original: &[Piece]) -> Vec<Piece> {
    let mut wildcards = original
        .iter()
        .filter(|piece| !matches!(piece, Piece::Literal(_)));
    let mut joined = Vec::new();
    for c in variant {
        match (c, joined.last_mut()) {
            (Some(c), Some(Piece::Literal(text))) => text.push(*c),
            (Some(c), _) => joined.push(Piece::Literal(c.to_string())),
            (None, _) => joined.extend(wildcards.next().cloned()),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::variants;
    use crate::frontends::sigma::wildcard::{parse, print};

    fn texts(value: &str) -> Vec<String> {
        let found = variants(&parse(value)).unwrap_or_default();
        found.iter().map(|pieces| print(pieces)).collect()
    }

    #[test]
    fn flags_vary_and_other_dashes_stay() {
        assert_eq!(
            texts("-e"),
            ["-e", "/e", "\u{2013}e", "\u{2014}e", "\u{2015}e"]
        );
        assert_eq!(texts("\u{2014}e").len(), 5);
        assert_eq!(texts("a-b"), ["a-b"]);
        assert_eq!(texts("x - "), ["x - "]);
        assert_eq!(texts("*-a*-b").len(), 25);
        assert_eq!(texts(" -a -b")[1], " -a /b");
        assert_eq!(texts(" -1 -2 -3 -4 -5").len(), 3125);
        assert!(variants(&parse(" -1 -2 -3 -4 -5 -6")).is_none());
    }
}
