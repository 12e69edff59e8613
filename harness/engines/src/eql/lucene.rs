//! Lucene's regular expressions: all of the optional syntax is on, and a match covers the whole text.
//!
//! A pattern becomes a deterministic automaton when the query is bound, as it does in Lucene: derivatives of the expression are its
//! states, which gives intersection and complement without further machinery. Lucene gives up on patterns whose automaton would
//! be too large, and so does this module; matching itself is one table step a character. Source: Lucene's `RegExp` class.

mod automaton;
mod derive;
mod parse;
mod stepwise;
mod term;

use automaton::Automaton;
use parse::Reader;
use stepwise::Stepwise;
use term::Terms;

/// The longest pattern, a list's patterns joined. Source: Elasticsearch's default for `index.max_regex_length`.
const MAX_LENGTH: usize = 1000;

/// An expression that is ready to run.
#[derive(Clone, Debug)]
pub(crate) enum Expression {
    /// As Lucene does.
    Automaton(Automaton),
    /// Beyond what Lucene takes.
    Stepwise(Box<Stepwise>),
}

impl Expression {
    /// Whether the whole text matches.
    pub(crate) fn matches(&self, text: &str) -> bool {
        match self {
            Self::Automaton(automaton) => automaton.matches(text),
            Self::Stepwise(stepwise) => stepwise.matches(text),
        }
    }
}

/// What Lucene allows an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effort {
    /// What its automaton may have.
    Lucene,
    /// Anything: the rule runs elsewhere.
    Any,
}

/// Several patterns joined by `|`; what is wrong with them otherwise.
pub(crate) fn compile<'p>(
    patterns: impl IntoIterator<Item = &'p str>,
    ignore_case: bool,
    effort: Effort,
) -> Result<Expression, String> {
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
    // Where Lucene's limits do not hold, the terms are wanted once more.
    let again = (effort == Effort::Any).then(|| terms.clone());
    let built = Automaton::build(terms, root).map(Expression::Automaton);
    built
        .or_else(|| {
            let terms = again?;
            Some(Expression::Stepwise(Box::new(Stepwise::new(terms, root))))
        })
        .ok_or_else(|| "the regular expression is too complex to determinise".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What an expression says of a text, by its automaton and step by step.
    fn check(pattern: &str, text: &str, matches: bool) {
        let mut terms = Terms::new();
        let root = Reader::new(pattern, true, &mut terms).read().unwrap();
        let stepwise = Stepwise::new(terms.clone(), root);
        assert_eq!(stepwise.matches(text), matches, "{pattern} {text}");
        if let Some(automaton) = Automaton::build(terms, root) {
            assert_eq!(automaton.matches(text), matches, "{pattern} {text}");
        }
    }

    #[test]
    fn texts_are_matched_alike_with_and_without_an_automaton() {
        for (pattern, text, matches) in [
            ("", "", true),
            ("a{2,3}", "aA", true),
            ("a{2,3}", "aaaa", false),
            (".*b", "ab\nb", true),
            ("~(a.*)", "a", false),
            ("~(a.*)", "ba", true),
            ("a.*&.*b", "axb", true),
            ("a.*&.*b", "ax", false),
            ("<1-12>", "07", true),
            ("<1-12>", "13", false),
            ("#", "", false),
            ("[^x]+", "yÄ", true),
        ] {
            check(pattern, text, matches);
        }
    }

    #[test]
    fn an_expression_that_lucene_refuses_is_matched_for_whoever_takes_it() {
        let pattern = ".*(a|b)[^$]{1,25}a[^$]{1,25}b[^$]{1,25}c.*";
        assert!(compile([pattern], false, Effort::Lucene).is_err());
        let taken = compile([pattern], false, Effort::Any).unwrap();
        for (text, matches) in [
            ("--a-a-b-c--", true),
            ("--a-a-b$c--", false),
            ("aXaXbXa", false),
            (&format!("b{}axbxc", "-".repeat(25)), true),
            (&format!("b{}axbxc", "-".repeat(26)), false),
        ] {
            assert_eq!(taken.matches(text), matches, "{text}");
        }
    }
}
