//! What a text between quotation marks says.

/// Reads a text that begins behind an opening mark: what it says, and the bytes up to and with the closing mark.
/// None if there is no closing mark.
pub(super) fn read(text: &str, mark: char) -> Option<(String, usize)> {
    let mut said = String::new();
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        if letter == mark {
            return Some((said, at + letter.len_utf8()));
        }
        if letter != '\\' {
            said.push(letter);
            continue;
        }
        let (_, next) = letters.next()?;
        escape(next, &mut said);
    }
    None
}

/// What a backslash and the character behind it say.
///
/// Source: Search Reference, search, "Quotes and escaping characters": `\"`, `\|` and `\\` are escapes; every other sequence stays as it
/// is. So `\s` and `\\s` both arrive as `\s`. The same for eval expressions and for `regex` and `rex`: Search Manual, "SPL and regular
/// expressions", where a regular expression that looks for one backslash has four.
pub(super) fn escape(next: char, said: &mut String) {
    let escapes = matches!(next, '"' | '|')
        || next == '\\' && !verdict_faults::at("spl/engine/two-backslashes-stay-two");
    if !escapes && !verdict_faults::at("spl/engine/backslash-always-goes") {
        said.push('\\');
    }
    said.push(next);
}
