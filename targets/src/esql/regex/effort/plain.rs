//! A limit for lists of plain wildcard patterns that needs no automaton: `text`, `text*`, `*text`, `*text*`.
//!
//! What was read of a text decides in which states the automaton is. Either it is how some anchored pattern begins, or these are decided, and the
//! longest one that holds says which hold; then what counts is the longest end of it that begins a text behind a `*`, and which open patterns held already.
//! In each such situation a pattern is in no more states than its text has places that look alike from behind.

/// A pattern of one text.
struct Plain {
    text: Vec<char>,
    open_left: bool,
    open_right: bool,
}

/// The most effort of a list, as [`super::is_bearable`] counts; None if there are others than plain patterns.
pub(super) fn at_most(patterns: &[String]) -> Option<usize> {
    let (mut anchored, mut begun, mut ended, mut open, mut wide) =
        (0_usize, 0_usize, 0_usize, 0_u32, 0_usize);
    for pattern in patterns {
        let plain = Plain::of(pattern)?;
        wide += plain.width();
        if plain.open_left {
            ended += plain.text.len();
            open += u32::from(plain.open_right);
        } else {
            begun += plain.text.len();
            anchored += 1;
        }
    }
    let behind = 2_usize.checked_pow(open)?.checked_mul(ended + 1)?;
    let situations = behind.checked_mul(anchored + 1)?.checked_add(begun + 1)?;
    situations.checked_mul(wide)
}

impl Plain {
    fn of(pattern: &str) -> Option<Self> {
        let mut plain = Self {
            text: Vec::new(),
            open_left: false,
            open_right: false,
        };
        let mut chars = pattern.chars();
        while let Some(c) = chars.next() {
            let literal = match c {
                '?' => return None,
                '*' if plain.text.is_empty() => {
                    plain.open_left = true;
                    continue;
                }
                '*' => {
                    plain.open_right = true;
                    continue;
                }
                '\\' => chars.next()?,
                c => c,
            };
            // A text behind a `*` behind a text.
            if plain.open_right {
                return None;
            }
            plain.text.push(literal);
        }
        Some(plain)
    }

    /// How many states the pattern can be in at once: where its `*` stand, and every place of the text that ends like the furthest one.
    fn width(&self) -> usize {
        let mut borders: Vec<usize> = vec![0];
        let mut nested: Vec<usize> = vec![0, 1];
        for at in 1..self.text.len() {
            let mut border = borders.last().copied().unwrap_or(0);
            while border > 0 && self.text.get(border) != self.text.get(at) {
                border = borders.get(border - 1).copied().unwrap_or(0);
            }
            border += usize::from(self.text.get(border) == self.text.get(at));
            borders.push(border);
            nested.push(nested.get(border).copied().unwrap_or(0) + 1);
        }
        nested.into_iter().max().unwrap_or(0) + 3
    }
}
