//! Lucene's regular expressions: all of the optional syntax is on, and a match covers the whole text.
//!
//! A pattern becomes a deterministic automaton when the query is bound, as it does in Lucene: derivatives of the expression are its
//! states, which gives intersection and complement without further machinery. Lucene gives up on patterns whose automaton would
//! be too large, and so does this module; matching itself is one table step a character. Source: Lucene's `RegExp` class.

mod automaton;
mod parse;
mod term;

pub(crate) use automaton::Automaton;

use parse::Reader;
use term::Terms;

/// The longest pattern, a list's patterns joined. Source: Elasticsearch's default for `index.max_regex_length`.
const MAX_LENGTH: usize = 1000;

/// The automaton of several patterns joined by `|`; what is wrong with them otherwise.
pub(crate) fn compile<'p>(
    patterns: impl IntoIterator<Item = &'p str>,
    ignore_case: bool,
) -> Result<Automaton, String> {
    let mut terms = Terms::new();
    let mut alternatives = Vec::new();
    let mut length = 0;
    for pattern in patterns {
        length += pattern.chars().count() + usize::from(length > 0);
        if length > MAX_LENGTH {
            return Err(format!(
                "regular expressions are at most {MAX_LENGTH} characters long, a list taken together"
            ));
        }
        let mut reader = Reader::new(pattern, ignore_case, &mut terms);
        alternatives.push(reader.read()?);
    }
    let mut root = terms.or(alternatives);
    if verdict_faults::at("eql/engine/regex-searches") {
        let any = terms.anything();
        root = terms.concat(root, any);
        root = terms.concat(any, root);
    }
    Automaton::build(terms, root)
}
