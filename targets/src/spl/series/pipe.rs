//! Steps of a search behind its first command, and the names that they give to what they compute.
//!
//! All names are made of letters, digits and `_`, so that every command takes them without quotes.

use std::collections::BTreeSet;

/// Names that nothing else in the search has.
#[derive(Debug, Default)]
pub(super) struct Names(BTreeSet<String>);

impl Names {
    /// Names that are none of these.
    pub(super) fn without(taken: impl IntoIterator<Item = String>) -> Self {
        Self(taken.into_iter().collect())
    }

    /// From here on the name is taken.
    pub(super) fn take(&mut self, name: &str) {
        self.0.insert(name.to_owned());
    }

    /// This name, or one like it if it is taken.
    pub(super) fn new_name(&mut self, wanted: &str) -> String {
        let letters = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
        let mut name: String = wanted.chars().take(60).map(letters).collect();
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            name.insert(0, 'f');
        }
        if is_word(&name) {
            name.push('_');
        }
        while !self.0.insert(name.clone()) {
            name.push('_');
        }
        name
    }
}

/// Whether a field's name needs no quotes in any command.
pub(super) fn is_plain(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !is_word(name)
}

/// Words that mean something to one of the commands.
fn is_word(name: &str) -> bool {
    const WORDS: &str = "
        and or not xor in as by over where like true false null count c current window time_window global allnum reset_on_change reset_before
        reset_after num str ip auto limit desc asc d";
    WORDS
        .split_ascii_whitespace()
        .any(|word| word.eq_ignore_ascii_case(name))
}

/// The steps of a search.
#[derive(Debug, Default)]
pub(super) struct Pipe(String);

impl Pipe {
    /// `| command rest`.
    pub(super) fn step(&mut self, command: &str, rest: &str) {
        self.0.push_str("| ");
        self.0.push_str(command);
        self.0.push(' ');
        self.0.push_str(rest);
        self.0.push('\n');
    }

    /// `| eval`, with an assignment a line.
    pub(super) fn eval(&mut self, assignments: &[String]) {
        if !assignments.is_empty() {
            self.step("eval", &assignments.join(",\n    "));
        }
    }

    /// `| command terms by fields`.
    pub(super) fn aggregate(&mut self, command: &str, terms: &[String], by: &[String]) {
        let mut rest = terms.join(" ");
        if !by.is_empty() {
            rest.push_str(" by ");
            rest.push_str(&by.join(", "));
        }
        self.step(command, &rest);
    }

    /// A line for whoever reads the search.
    pub(super) fn note(&mut self, text: &str) {
        self.0.push_str("``` ");
        self.0.push_str(text);
        self.0.push_str(" ```\n");
    }

    /// What the steps are.
    pub(super) fn text(self) -> String {
        self.0
    }
}
