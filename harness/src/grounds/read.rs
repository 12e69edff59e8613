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
        command: language.begins_with.to_owned(),
    };
    let mut rest = tokens.as_slice();
    while let Some(token) = rest.first() {
        let taken = match reader.phrase(rest) {
            Some(phrase) => phrase.words.len(),
            None => {
                reader.token(token, rest.get(1));
                1
            }
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
    /// Takes a row down, of an expression under the name that operators have there.
    fn find(&mut self, row: &str) {
        let (commands, prefix) = self.language.expressions;
        let named = commands.contains(&self.command.as_str())
            && (row.chars().all(|c| !c.is_alphanumeric()) || self.language.joins.contains(&row));
        self.found.insert(if named {
            format!("{prefix}{row}")
        } else {
            row.to_owned()
        });
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
            Token::Comment => {
                self.found.insert("comment".to_owned());
            }
            Token::Quoted(row, text) => {
                self.implied();
                if !row.is_empty() {
                    self.find(row);
                }
                self.held(text);
                self.place = Place::Value;
            }
            Token::Number(text) => {
                let row = (self.language.number)(text);
                if !row.is_empty() {
                    self.find(row);
                }
                self.place = Place::Value;
            }
            Token::Sign(sign) => self.sign(sign),
            Token::Word(word) => self.word(word, next),
        }
    }

    /// Two terms side by side, which some language joins.
    fn implied(&mut self) {
        if let Some((_, row)) = self.language.implied
            && self.place == Place::Value
            && self.among_terms()
        {
            self.find(row);
        }
    }

    /// Whether terms stand side by side here, with patterns among them.
    fn among_terms(&self) -> bool {
        let implied = self.language.implied;
        implied.is_some_and(|(command, _)| command == self.command)
    }

    /// What stands in a text or a name that is an operator.
    fn held(&mut self, text: &str) {
        if self.among_terms() {
            for (letter, row) in self.language.in_texts {
                if text.contains(*letter) {
                    self.find(row);
                }
            }
        }
    }

    /// Whether names may hold a dash or a star here: those of tables, and bare terms.
    fn among_names(&self) -> bool {
        self.among_terms() || self.language.sources.contains(&self.command.as_str())
    }

    fn sign(&mut self, sign: &str) {
        let is_operator = self.language.signs.operators.contains(&sign)
            && !self.language.no_rows.contains(&sign)
            && !(matches!(sign, "-" | "*") && self.among_names());
        match sign {
            "|" => {
                self.found.extend(self.language.bar.map(str::to_owned));
                self.place = Place::Bar;
            }
            ";" => self.place = Place::Start,
            ")" | "]" | "}" => self.place = Place::Value,
            "(" => {
                self.implied();
                self.place = Place::Operator;
            }
            "." => {
                if self.place == Place::Value && !self.language.brackets.1.is_empty() {
                    self.find(self.language.brackets.1);
                }
                self.place = Place::Operator;
            }
            "[" => {
                let (name, path) = self.language.brackets;
                let row = if self.place == Place::Value {
                    path
                } else {
                    name
                };
                self.found.extend((!row.is_empty()).then(|| row.to_owned()));
                self.place = Place::Operator;
            }
            operator if is_operator => {
                self.find(operator);
                self.place = Place::Operator;
            }
            _ => self.place = Place::Operator,
        }
    }

    fn word(&mut self, word: &str, next: Option<&Token<'_>>) {
        let language = self.language;
        if let Some(rest) = word.strip_prefix('.') {
            // Behind a quoted part of a name the rest of it, or, where texts are joined so, the operator.
            match language.dot {
                Some(row) => self.find(row),
                None => return,
            }
            self.place = Place::Operator;
            return self.word(rest, next);
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
            self.find(&folded);
            self.place = Place::Operator;
        } else if next.is_some_and(|next| next.text() == language.behind_category) {
            self.find(if folded == "any" { "any" } else { "category" });
            self.place = Place::Value;
        } else if has(language.plain) {
            self.place = Place::Operator;
        } else if has(language.literals) {
            self.found.extend(language.literal_row.map(str::to_owned));
            self.place = Place::Value;
        } else if has(language.before_value) {
            self.implied();
            self.find(&folded);
            self.place = Place::Operator;
        } else if self.place == Place::Value && (language.joins.is_empty() || has(language.joins)) {
            self.find(&folded);
            self.place = Place::Operator;
        } else if called && !language.no_functions.contains(&self.command.as_str()) {
            self.implied();
            self.function(&folded);
            self.place = Place::Operator;
        } else {
            self.implied();
            self.found.extend(language.name_row.map(str::to_owned));
            self.held(word);
            self.place = Place::Value;
        }
    }

    /// A function; what ignores case has a row beside that of the function itself.
    fn function(&mut self, name: &str) {
        if let Some(exact) = name.strip_suffix('~') {
            self.find(exact);
        }
        let name = format!("{name}{}", self.language.function);
        self.found.insert(name);
    }
}
