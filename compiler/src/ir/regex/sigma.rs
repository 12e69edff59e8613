//! Sigma's regular expressions (S14): the syntax of Rust's `regex`, searched, with ASCII classes.
//!
//! The text is parsed for its places only and kept as written, except that `\d \w \s`, POSIX classes and word borders are spelled out in ASCII:
//! what is left means the same in every engine that reads this syntax, whatever it thinks a digit is.

use super::{Regex, Syntax};
use crate::ir::pattern::Case;
use regex_syntax::ast::{
    self, AssertionKind, Ast, ClassAsciiKind, ClassPerlKind, ClassSet, ClassSetItem, ErrorKind,
    Flag, FlagsItemKind,
};

/// The flags of `re`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// Letters of either case are the same.
    pub ignore_case: bool,
    /// `^` and `$` also stand at line borders.
    pub multi_line: bool,
    /// `.` also takes newlines.
    pub dot_all: bool,
}

/// Why a text is not such an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegexProblem {
    /// What is wrong, as a phrase.
    pub message: String,
    /// Whether it is an expression, only not one that runs everywhere.
    pub unsupported: bool,
    /// First byte of the mistake in the text.
    pub start: usize,
    /// One past its last byte.
    pub end: usize,
    /// What would mend it.
    pub hint: Option<&'static str>,
}

impl Regex {
    /// Reads an expression as Sigma's `re` has it.
    pub fn sigma(source: &str, flags: Flags) -> Result<Self, RegexProblem> {
        let tree = ast::parse::ParserBuilder::new()
            .nest_limit(100)
            .build()
            .parse(source)
            .map_err(|error| syntax(&error))?;
        let mut rewriter = Rewriter {
            ignores_case: flags.ignore_case || ignores_case(&tree),
            changes: Vec::new(),
        };
        ast::visit(&tree, &mut rewriter)?;
        let mut rust = String::new();
        for (flag, text) in [
            (flags.ignore_case, "(?i)"),
            (flags.multi_line, "(?m)"),
            (flags.dot_all, "(?s)"),
        ] {
            rust.push_str(if flag { text } else { "" });
        }
        rust.push_str(&rewriter.rewritten(source));
        if let Err(error) = regex::Regex::new(&rust) {
            return Err(compiled(&error, source));
        }
        Ok(Self {
            source: source.to_owned(),
            syntax: Syntax::Sigma,
            case: if flags.ignore_case {
                Case::Fold
            } else {
                Case::Exact
            },
            rust: Some(rust),
        })
    }
}

fn syntax(error: &ast::Error) -> RegexProblem {
    let (unsupported, hint) = match error.kind() {
        ErrorKind::UnsupportedLookAround => (
            true,
            Some(
                "most engines search in linear time and cannot look around; say it in the condition instead",
            ),
        ),
        ErrorKind::UnsupportedBackreference => {
            (true, Some("most engines cannot refer back to a group"))
        }
        _ => (false, None),
    };
    RegexProblem {
        message: error.kind().to_string(),
        unsupported,
        start: error.span().start.offset,
        end: error.span().end.offset,
        hint,
    }
}

fn compiled(error: &regex::Error, source: &str) -> RegexProblem {
    let (unsupported, message) = match error {
        regex::Error::CompiledTooBig(limit) => (
            true,
            format!("it needs more than {limit} bytes of memory to run"),
        ),
        other => (false, last_line(&other.to_string())),
    };
    RegexProblem {
        message,
        unsupported,
        start: 0,
        end: source.len(),
        hint: None,
    }
}

/// The parser's messages show the pattern first; the reason is their last line.
fn last_line(message: &str) -> String {
    let line = message.lines().last().unwrap_or(message).trim();
    line.strip_prefix("error: ").unwrap_or(line).to_owned()
}

/// Whether `(?i)` stands anywhere.
fn ignores_case(tree: &Ast) -> bool {
    struct Finder(bool);
    impl ast::Visitor for Finder {
        type Output = bool;
        type Err = RegexProblem;
        fn finish(self) -> Result<bool, RegexProblem> {
            Ok(self.0)
        }
        fn visit_pre(&mut self, node: &Ast) -> Result<(), RegexProblem> {
            let flags = match node {
                Ast::Flags(set) => Some(&set.flags),
                Ast::Group(group) => group.flags(),
                Ast::Empty(_)
                | Ast::Literal(_)
                | Ast::Dot(_)
                | Ast::Assertion(_)
                | Ast::ClassUnicode(_)
                | Ast::ClassPerl(_)
                | Ast::ClassBracketed(_)
                | Ast::Repetition(_)
                | Ast::Alternation(_)
                | Ast::Concat(_) => None,
            };
            self.0 |= flags.is_some_and(|flags| {
                let wanted = FlagsItemKind::Flag(Flag::CaseInsensitive);
                flags.items.iter().any(|item| item.kind == wanted)
            });
            Ok(())
        }
    }
    ast::visit(tree, Finder(false)).unwrap_or(false)
}

/// Collects what is to be spelled out.
struct Rewriter {
    ignores_case: bool,
    /// Bytes of the source and what stands there instead, in order.
    changes: Vec<(usize, usize, String)>,
}

impl Rewriter {
    fn rewritten(mut self, source: &str) -> String {
        self.changes.sort_by_key(|(start, ..)| *start);
        let mut text = String::with_capacity(source.len());
        let mut at = 0;
        for (start, end, change) in &self.changes {
            text.push_str(source.get(at..*start).unwrap_or_default());
            text.push_str(change);
            at = *end;
        }
        text.push_str(source.get(at..).unwrap_or_default());
        text
    }

    fn change(&mut self, span: &ast::Span, text: String) {
        self.changes
            .push((span.start.offset, span.end.offset, text));
    }
}

impl ast::Visitor for &mut Rewriter {
    type Output = ();
    type Err = RegexProblem;

    fn finish(self) -> Result<(), RegexProblem> {
        Ok(())
    }

    fn visit_pre(&mut self, node: &Ast) -> Result<(), RegexProblem> {
        match node {
            Ast::ClassPerl(class) => {
                let text = class_text(perl(&class.kind), class.negated);
                // Without this, ignoring case would let the Kelvin sign and the long s into `\w`.
                let lettered = matches!(class.kind, ClassPerlKind::Word) && self.ignores_case;
                self.change(
                    &class.span,
                    if lettered {
                        format!("(?-i:{text})")
                    } else {
                        text
                    },
                );
            }
            Ast::Assertion(assertion) => {
                if let Some(text) = border(&assertion.kind) {
                    self.change(
                        &assertion.span,
                        text.map_err(|message| angle(message, &assertion.span))?
                            .to_owned(),
                    );
                }
            }
            Ast::ClassBracketed(class) => self.class_set(&class.kind),
            Ast::Empty(_)
            | Ast::Flags(_)
            | Ast::Literal(_)
            | Ast::Dot(_)
            | Ast::ClassUnicode(_)
            | Ast::Repetition(_)
            | Ast::Group(_)
            | Ast::Alternation(_)
            | Ast::Concat(_) => {}
        }
        Ok(())
    }
}

impl Rewriter {
    fn class_set(&mut self, set: &ClassSet) {
        let mut open = vec![set];
        while let Some(set) = open.pop() {
            match set {
                ClassSet::Item(item) => self.class_item(item, &mut open),
                ClassSet::BinaryOp(operation) => open.extend([&*operation.lhs, &*operation.rhs]),
            }
        }
    }

    fn class_item<'a>(&mut self, item: &'a ClassSetItem, open: &mut Vec<&'a ClassSet>) {
        let mut items = vec![item];
        while let Some(item) = items.pop() {
            match item {
                ClassSetItem::Perl(class) => {
                    self.change(&class.span, class_text(perl(&class.kind), class.negated));
                }
                ClassSetItem::Ascii(class) => {
                    self.change(&class.span, class_text(posix(&class.kind), class.negated));
                }
                ClassSetItem::Bracketed(class) => open.push(&class.kind),
                ClassSetItem::Union(union) => items.extend(&union.items),
                ClassSetItem::Empty(_)
                | ClassSetItem::Literal(_)
                | ClassSetItem::Range(_)
                | ClassSetItem::Unicode(_) => {}
            }
        }
    }
}

/// A class on its own or inside brackets, where it nests.
fn class_text(ranges: &str, negated: bool) -> String {
    format!("[{}{ranges}]", if negated { "^" } else { "" })
}

fn perl(kind: &ClassPerlKind) -> &'static str {
    match kind {
        ClassPerlKind::Digit => "0-9",
        ClassPerlKind::Space => r"\t\n\x0B\f\r\x20",
        ClassPerlKind::Word => "0-9A-Za-z_",
    }
}

fn posix(kind: &ClassAsciiKind) -> &'static str {
    match kind {
        ClassAsciiKind::Alnum => "0-9A-Za-z",
        ClassAsciiKind::Alpha => "A-Za-z",
        ClassAsciiKind::Ascii => r"\x00-\x7F",
        ClassAsciiKind::Blank => r"\t\x20",
        ClassAsciiKind::Cntrl => r"\x00-\x1F\x7F",
        ClassAsciiKind::Digit => "0-9",
        ClassAsciiKind::Graph => "!-~",
        ClassAsciiKind::Lower => "a-z",
        ClassAsciiKind::Print => r"\x20-~",
        ClassAsciiKind::Punct => r"!-/:-@\[-`{-~",
        ClassAsciiKind::Space => r"\t\n\x0B\f\r\x20",
        ClassAsciiKind::Upper => "A-Z",
        ClassAsciiKind::Word => "0-9A-Za-z_",
        ClassAsciiKind::Xdigit => "0-9A-Fa-f",
    }
}

/// The ASCII form of a word border; None for other assertions, an error for those that dialects read differently.
fn border(kind: &AssertionKind) -> Option<Result<&'static str, &'static str>> {
    match kind {
        AssertionKind::WordBoundary => Some(Ok(r"(?-u:\b)")),
        AssertionKind::NotWordBoundary => Some(Ok(r"(?-u:\B)")),
        AssertionKind::WordBoundaryStart => Some(Ok(r"(?-u:\b{start})")),
        AssertionKind::WordBoundaryEnd => Some(Ok(r"(?-u:\b{end})")),
        AssertionKind::WordBoundaryStartHalf => Some(Ok(r"(?-u:\b{start-half})")),
        AssertionKind::WordBoundaryEndHalf => Some(Ok(r"(?-u:\b{end-half})")),
        AssertionKind::WordBoundaryStartAngle => Some(Err(
            r"`\<` is a word border here and the character `<` elsewhere",
        )),
        AssertionKind::WordBoundaryEndAngle => Some(Err(
            r"`\>` is a word border here and the character `>` elsewhere",
        )),
        AssertionKind::StartLine
        | AssertionKind::EndLine
        | AssertionKind::StartText
        | AssertionKind::EndText => None,
    }
}

fn angle(message: &str, span: &ast::Span) -> RegexProblem {
    RegexProblem {
        message: message.to_owned(),
        unsupported: true,
        start: span.start.offset,
        end: span.end.offset,
        hint: Some(r"leave the backslash out for the character, or write `\b` for a border"),
    }
}

#[cfg(test)]
mod tests {
    use super::Flags;
    use crate::ir::Regex;

    fn rust(source: &str) -> String {
        let regex = Regex::sigma(source, Flags::default()).expect("an expression");
        regex.rust.expect("Rust's syntax")
    }

    #[test]
    fn classes_are_spelled_out() {
        for (source, expected) in [
            (r"a\d+", "a[0-9]+"),
            (r"\D\S", r"[^0-9][^\t\n\x0B\f\r\x20]"),
            (r"[\w.-]", "[[0-9A-Za-z_].-]"),
            (r"[^\W[:alpha:]x]", "[^[^0-9A-Za-z_][A-Za-z]x]"),
            (r"\bx\B", r"(?-u:\b)x(?-u:\B)"),
            (r"é[[:^digit:]&&[^\d]]", "é[[^0-9]&&[^[0-9]]]"),
            (r"(?i)\w\\d", r"(?i)(?-i:[0-9A-Za-z_])\\d"),
            (r"(?P<n>\s)", r"(?P<n>[\t\n\x0B\f\r\x20])"),
        ] {
            assert_eq!(rust(source), expected, "{source}");
        }
    }

    #[test]
    fn flags_reach_every_alternative() {
        let flags = Flags {
            ignore_case: true,
            multi_line: false,
            dot_all: true,
        };
        let regex = Regex::sigma("a.c|b", flags).expect("an expression");
        let compiled = regex::Regex::new(&regex.rust.expect("Rust's syntax")).expect("compiles");
        assert!(compiled.is_match("B") && compiled.is_match("A\nC"));
    }

    #[test]
    fn ascii_means_ascii() {
        let matches = |source: &str, text: &str| {
            regex::Regex::new(&rust(source))
                .expect("compiles")
                .is_match(text)
        };
        assert!(
            !matches(r"^\d$", "\u{661}")
                && !matches(r"(?i)^\w$", "\u{212a}")
                && matches(r"(?i)^\W$", "\u{212a}")
        );
        assert!(matches(r"é\b", "éa") && !matches(r"\s", "\u{a0}"));
    }

    #[test]
    fn problems_have_places() {
        for (source, unsupported, place) in [
            ("a(?=b)", true, (1, 4)),
            (r"(a)\1", true, (3, 5)),
            ("a(b", false, (1, 2)),
            (r"é\<", true, (2, 4)),
            ("x{1000}{1000}{1000}", true, (0, 19)),
        ] {
            let problem = Regex::sigma(source, Flags::default()).expect_err("a problem");
            assert_eq!(
                (problem.unsupported, (problem.start, problem.end)),
                (unsupported, place),
                "{source}: {problem:?}"
            );
        }
        assert!(Regex::sigma(&"(".repeat(100_000), Flags::default()).is_err());
    }
}
