//! The operators of a search in SPL, which is two languages: terms side by side before the first bar and behind `search`, expressions behind `where` and `eval`.

use super::tokens::{Quote, Signs, Token, tokens};
use std::collections::BTreeSet;
use std::net::IpAddr;

const SIGNS: Signs = Signs {
    line_comments: &[],
    block_comments: &[("```", "```")],
    quotes: &[
        Quote {
            open: "\"",
            close: "\"",
            escapes: true,
            row: "text",
        },
        Quote {
            open: "'",
            close: "'",
            escapes: false,
            row: "name",
        },
        Quote {
            open: "`",
            close: "`",
            escapes: false,
            row: "macro",
        },
    ],
    operators: &["==", "!=", "<=", ">=", "<", ">", "+", "-", "/", "%", "="],
    in_words: &['.', '*', ':', '\\', '{', '}', '@', '?'],
};

/// Functions of expressions that have a namesake in `stats`.
const BOTH: [&str; 3] = ["max", "min", "sum"];

/// The operators of a text, by the names of the matrix.
pub(super) fn operators(text: &str) -> BTreeSet<String> {
    let tokens = tokens(&SIGNS, text);
    let mut reader = Reader {
        found: BTreeSet::new(),
        command: "search".to_owned(),
        begins: false,
        behind_term: false,
        compares: false,
        called: false,
        list: false,
    };
    for (at, token) in tokens.iter().enumerate() {
        reader.token(token, tokens.get(at + 1));
    }
    reader.found
}

#[expect(
    clippy::struct_excessive_bools,
    reason = "each is what stands before, of its own"
)]
struct Reader {
    found: BTreeSet<String>,
    command: String,
    /// Whether a command begins here. A search need not name the first.
    begins: bool,
    /// Whether a term or a value stands before.
    behind_term: bool,
    /// Whether a comparison stands before.
    compares: bool,
    /// Whether a function stands before.
    called: bool,
    /// Whether this is within the list of an `IN`.
    list: bool,
}

impl Reader {
    fn among_terms(&self) -> bool {
        self.command == "search"
    }

    fn is_expression(&self) -> bool {
        self.command == "where" || self.command == "eval"
    }

    fn find(&mut self, row: &str) {
        self.found.insert(row.to_owned());
    }

    /// An operator, which has a row of its own in expressions.
    fn operator(&mut self, row: &str) {
        let arithmetic = matches!(row, "+" | "-" | "/" | "*" | "%" | ".");
        let row = match self.command.as_str() {
            "eval" if arithmetic => format!("eval {row}"),
            "eval" | "where" if !arithmetic && row != "LIKE" => format!("where {row}"),
            _ => row.to_owned(),
        };
        self.found.insert(row);
        self.behind_term = false;
    }

    fn token(&mut self, token: &Token<'_>, next: Option<&Token<'_>>) {
        match token {
            Token::Comment => self.find("comment"),
            Token::Sign(sign) => self.sign(sign),
            Token::Quoted("macro", _) => self.find("macro"),
            Token::Quoted(row, text) => self.value(text, *row == "text", next),
            Token::Number(text) => self.value(text, false, next),
            Token::Word(word) => self.word(word, next),
        }
    }

    fn sign(&mut self, sign: &str) {
        let compares = matches!(sign, "=" | "==" | "!=" | "<" | ">" | "<=" | ">=");
        match sign {
            "|" => {
                self.begins = true;
                self.behind_term = false;
            }
            "(" => {
                self.implied();
                if !self.called && !self.list {
                    self.operator("()");
                }
                self.behind_term = false;
            }
            ")" => {
                self.list = false;
                self.behind_term = true;
            }
            "-" if self.among_terms() => {}
            // A bare address, and how many bits of it count.
            "/" if self.among_terms() => {
                self.find("= network");
                self.compares = true;
                return;
            }
            "-" if matches!(self.command.as_str(), "sort" | "fields") => {
                let row = format!("{} -", self.command);
                self.find(&row);
            }
            operator if SIGNS.operators.contains(&operator) => self.operator(operator),
            _ => self.behind_term = false,
        }
        self.compares = compares;
        self.called = false;
    }

    /// Two terms side by side are joined by AND.
    fn implied(&mut self) {
        if self.among_terms() && self.behind_term && !self.list && !self.compares {
            self.find("AND");
        }
    }

    fn value(&mut self, text: &str, quoted: bool, next: Option<&Token<'_>>) {
        self.implied();
        if text.is_empty() {
            let row = if self.is_expression() {
                "\"\" of eval"
            } else {
                "\"\""
            };
            self.find(row);
        }
        if self.among_terms() {
            self.term(text, quoted, next);
        }
        self.behind_term = true;
        self.compares = false;
        self.called = false;
    }

    /// What a term of a search is.
    fn term(&mut self, text: &str, quoted: bool, next: Option<&Token<'_>>) {
        if text == "*" && self.compares {
            self.find("= *");
        } else if text.contains('*') {
            self.find("*");
        }
        if self.compares && is_network(text) {
            self.find("= network");
        }
        let compared = matches!(
            next,
            Some(Token::Sign("=" | "==" | "!=" | "<" | ">" | "<=" | ">="))
        ) || matches!(next, Some(Token::Word("IN")));
        if !self.compares && !self.list && !compared {
            self.find(if quoted { "phrase" } else { "term" });
        }
    }

    fn word(&mut self, word: &str, next: Option<&Token<'_>>) {
        if self.is_expression()
            && let Some(rest) = word.strip_prefix('.')
        {
            self.operator(".");
            if !rest.is_empty() {
                self.word(rest, next);
            }
            return;
        }
        if std::mem::take(&mut self.begins) {
            word.clone_into(&mut self.command);
            self.find(word);
            self.behind_term = false;
            return;
        }
        if self.found.is_empty() && word == "search" {
            return self.find(word);
        }
        let called = next == Some(&Token::Sign("("));
        let option = next == Some(&Token::Sign("="));
        match word {
            "NOT" | "AND" | "OR" | "XOR" | "IN" | "LIKE" | "and" | "or" | "not" => {
                if word.eq_ignore_ascii_case("NOT") {
                    self.implied();
                }
                self.operator(&word.to_ascii_uppercase());
                self.list = word == "IN";
                self.called = word == "IN";
            }
            "BY" | "by" | "AS" | "as" => {
                if matches!(self.command.as_str(), "stats" | "streamstats") {
                    let row = format!("{} {}", self.command, word.to_ascii_uppercase());
                    self.find(&row);
                }
                self.behind_term = false;
            }
            _ if option
                && matches!(
                    self.command.as_str(),
                    "streamstats" | "dedup" | "rex" | "bin"
                ) =>
            {
                let row = format!("{} {word}", self.command);
                self.find(&row);
            }
            _ if called => {
                self.implied();
                let both = self.is_expression() && BOTH.contains(&word);
                let end = if both || self.among_terms() { "()" } else { "" };
                self.find(&format!("{word}{end}"));
                self.called = true;
                self.list = self.among_terms();
                self.behind_term = false;
            }
            _ => self.value(word, false, next),
        }
    }
}

/// Whether a text is a network: an address, a slash and how many bits count.
fn is_network(text: &str) -> bool {
    let parts = text.split_once('/');
    parts.is_some_and(|(address, bits)| {
        address.parse::<IpAddr>().is_ok() && bits.parse::<u8>().is_ok()
    })
}
