//! How wide a text is, so that it fits where it stands. There is no font here: these are upper bounds over the common sans-serif fonts, of which Verdana
//! and `DejaVu Sans` are the widest.

/// The width of a text, in hundredths of its size.
fn width(text: &str) -> usize {
    text.chars().map(of).sum()
}

fn of(c: char) -> usize {
    match c {
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' => 34,
        'f' | 't' | 'r' | ' ' | '(' | ')' | '-' | '/' => 43,
        'm' | 'W' => 100,
        'w' | 'M' | 'O' | 'Q' | 'G' | '%' | '@' => 86,
        'D' | 'H' | 'N' | 'U' | '&' => 78,
        'a'..='z' | '0'..='9' => 66,
        'A'..='Z' => 73,
        // Nothing in ATT&CK's names; as wide as a character gets.
        _ => 105,
    }
}

/// A text as lines of at most this many pixels in a size in pixels, cut between words and behind slashes; a word too long for a line is cut there.
pub(super) fn lines(text: &str, size: usize, room: usize) -> Vec<String> {
    let fits = |line: &str| width(line) * size <= room * 100;
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let mut blank = " ";
        for part in word.split_inclusive('/') {
            let joined = lines.last().map(|last| format!("{last}{blank}{part}"));
            blank = "";
            match (joined.filter(|joined| fits(joined)), lines.last_mut()) {
                (Some(joined), Some(last)) => *last = joined,
                _ => lines.extend(pieces(part, fits)),
            }
        }
    }
    lines
}

/// A word in pieces that fit, each at least a character.
fn pieces(word: &str, fits: impl Fn(&str) -> bool) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut piece = String::new();
    for c in word.chars() {
        piece.push(c);
        if piece.chars().nth(1).is_some() && !fits(&piece) {
            piece.pop();
            pieces.push(std::mem::replace(&mut piece, c.to_string()));
        }
    }
    pieces.push(piece);
    pieces
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn texts_are_cut_between_words() {
        assert_eq!(
            lines("System Binary Proxy Execution", 11, 110),
            ["System Binary", "Proxy Execution"]
        );
        assert_eq!(
            lines("Deobfuscate/Decode Files", 11, 110),
            ["Deobfuscate/", "Decode Files"]
        );
        assert_eq!(lines("abcdefghij", 10, 35), ["abcde", "fghij"]);
        assert_eq!(lines("", 10, 35), [] as [&str; 0]);
    }
}
