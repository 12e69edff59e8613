//! Which operators stand in a query: a word behind a value is one, and so is a word before a bracket, behind a bar, and every sign that the language has as one.
//! So an operator that nobody thought of is found, too, and has no row.

use super::languages::{Language, Phrase};
use super::tokens::{Token, tokens};
use std::collections::BTreeSet;

/// The operators of a text, by the names of the matrix.
pub(super) fn operators(language: &Language, text: &str) -> BTreeSet<String> {
    let tokens = tokens(&language.signs, text);
    let mut reader = Reader {
        language,
        found: BTreeSet::new(),
        place: Place::Start,
        command: String::new(),
    };
    let mut rest = tokens.as_slice();
    while let Some(token) = rest.first() {
        let taken = if let Some(phrase) = reader.phrase(rest) {
            phrase.words.len()
        } else {
            reader.token(token, rest.get(1));
            1
        };
        rest = rest.get(taken..).unwrap_or_default();
    }
    reader.found
}

/// What stands before.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Nothing: a query begins.
    Start,
    /// A bar: a command begins.
    Bar,
    /// A value: an operator must follow.
    Value,
    /// Something that a value follows.
    Operator,
}

struct Reader<'l> {
    language: &'l Language,
    found: BTreeSet<String>,
    place: Place,
    /// The command that is read.
    command: String,
}

impl Reader<'_> {
    /// Takes a row down; some tokens have none.
    fn find(&mut self, row: &str) {
        if !row.is_empty() {
            self.found.insert(row.to_owned());
        }
    }

    /// Several tokens that are one operator.
    fn phrase(&mut self, rest: &[Token<'_>]) -> Option<&'static Phrase> {
        let same = |token: &Token<'_>, word: &str| {
            let any_case = self.language.any_case && matches!(token, Token::Word(_));
            any_case && token.text().eq_ignore_ascii_case(word) || token.text() == word
        };
        let phrase = self.language.phrases.iter().find(|phrase| {
            let mut pairs = rest.iter().zip(phrase.words);
            phrase.words.len() <= rest.len() && pairs.all(|(token, word)| same(token, word))
        })?;
        for row in phrase.rows {
            self.find(row);
        }
        self.place = if phrase.is_value {
            Place::Value
        } else {
            Place::Operator
        };
        Some(phrase)
    }

    fn token(&mut self, token: &Token<'_>, next: Option<&Token<'_>>) {
        match token {
            Token::Comment => self.find("comment"),
            Token::Quoted(row, _) => self.value(row),
            Token::Number(text) => self.value((self.language.number)(text)),
            Token::Sign(sign) => self.sign(sign),
            Token::Word(word) => self.word(word, next),
        }
    }

    fn value(&mut self, row: &str) {
        self.find(row);
        self.place = Place::Value;
    }

    fn operator(&mut self, row: &str) {
        self.find(row);
        self.place = Place::Operator;
    }

    /// Whether names may hold a dash or a star here, as those of tables do.
    fn among_names(&self) -> bool {
        self.language.sources.contains(&self.command.as_str())
    }

    fn sign(&mut self, sign: &str) {
        let is_operator = self.language.signs.operators.contains(&sign)
            && !self.language.no_rows.contains(&sign)
            && !(matches!(sign, "-" | "*") && self.among_names());
        let (name, path) = self.language.brackets;
        let behind_value = self.place == Place::Value;
        match sign {
            "|" => {
                self.find(self.language.bar);
                self.place = Place::Bar;
            }
            ";" => self.place = Place::Start,
            ")" | "]" | "}" => self.place = Place::Value,
            "." | "[" if behind_value => self.operator(path),
            "[" => self.operator(name),
            operator if is_operator => self.operator(operator),
            _ => self.place = Place::Operator,
        }
    }

    fn word(&mut self, word: &str, next: Option<&Token<'_>>) {
        let language = self.language;
        if word.starts_with('.') {
            // The rest of a name that begins with a quoted part.
            return;
        }
        let folded = if language.any_case {
            word.to_ascii_uppercase()
        } else {
            word.to_owned()
        };
        let has = |words: &[&str]| words.contains(&folded.as_str());
        let called = next == Some(&Token::Sign("("));
        let begins = self.place == Place::Bar || self.place == Place::Start && has(language.starts);
        if begins {
            self.command.clone_from(&folded);
            self.operator(&folded);
        } else if next.is_some_and(|next| next.text() == language.behind_category) {
            self.value(if folded == "any" { "any" } else { "category" });
        } else if has(language.plain) {
            self.place = Place::Operator;
        } else if has(language.literals) {
            self.value(language.literal_row);
        } else if has(language.before_value) || self.place == Place::Value {
            self.operator(&folded);
        } else if called && !language.no_functions.contains(&self.command.as_str()) {
            self.function(&folded);
        } else {
            self.value(language.name_row);
        }
    }

    /// A function; what ignores case has a row beside that of the function itself.
    fn function(&mut self, name: &str) {
        if let Some(exact) = name.strip_suffix('~') {
            self.find(exact);
        }
        let name = format!("{name}{}", self.language.function);
        self.operator(&name);
    }
}
