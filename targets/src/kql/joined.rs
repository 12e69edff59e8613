//! Regular expressions over one value of a joined list.
//!
//! An expression that cannot match the separator never reaches from one value into the next, so it may be searched in the joined text. `^` and `$`
//! become the separator, which stands around each value; they may do so only where nothing else of the expression lies beyond them.

use crate::kql::list::SEPARATOR;
use regex_syntax::ast::parse::Parser;
use regex_syntax::ast::print::Printer;
use regex_syntax::ast::{
    AssertionKind, Ast, ClassSet, ClassSetItem, Flag, Flags, FlagsItemKind, GroupKind,
};

/// The separator inside an expression.
const SEPARATOR_ESCAPED: &str = r"\x1f";

/// The same expression for a joined text; None where it cannot be confined to one value so.
pub(crate) fn confined(pattern: &str) -> Option<String> {
    let mut ast = Parser::new().parse(pattern).ok()?;
    let mut walk = Walk { dot_all: false };
    walk.node(
        &mut ast,
        Edges {
            first: true,
            last: true,
        },
    )?;
    let mut printed = String::new();
    Printer::new().print(&ast, &mut printed).ok()?;
    Some(printed)
}

/// Whether a part of the expression begins or ends the whole of it.
#[derive(Clone, Copy)]
struct Edges {
    first: bool,
    last: bool,
}

impl Edges {
    const NONE: Self = Self {
        first: false,
        last: false,
    };
}

struct Walk {
    /// Whether `.` matches a newline here.
    dot_all: bool,
}

impl Walk {
    fn node(&mut self, ast: &mut Ast, edges: Edges) -> Option<()> {
        match ast {
            Ast::Empty(_) => Some(()),
            Ast::Flags(set) => self.flags(&set.flags),
            Ast::Literal(literal) => (literal.c != SEPARATOR).then_some(()),
            Ast::Dot(_) => {
                if verdict_faults::at("kql/joined/dot-crosses-values") {
                    return Some(());
                }
                *ast = parsed(if self.dot_all {
                    r"[^\x1f]"
                } else {
                    r"[^\n\x1f]"
                })?;
                Some(())
            }
            Ast::Assertion(assertion) => match assertion.kind {
                AssertionKind::StartLine | AssertionKind::StartText => edge(ast, edges.first),
                AssertionKind::EndLine | AssertionKind::EndText => edge(ast, edges.last),
                // The separator is no part of a word, and neither is what lies beyond a text's ends.
                AssertionKind::WordBoundary
                | AssertionKind::NotWordBoundary
                | AssertionKind::WordBoundaryStart
                | AssertionKind::WordBoundaryEnd
                | AssertionKind::WordBoundaryStartAngle
                | AssertionKind::WordBoundaryEndAngle
                | AssertionKind::WordBoundaryStartHalf
                | AssertionKind::WordBoundaryEndHalf => Some(()),
            },
            Ast::ClassUnicode(_) | Ast::ClassPerl(_) | Ast::ClassBracketed(_)
                if verdict_faults::at("kql/joined/class-crosses-values") =>
            {
                Some(())
            }
            Ast::ClassUnicode(_) | Ast::ClassPerl(_) | Ast::ClassBracketed(_) => class(ast),
            Ast::Repetition(repetition) => self.node(&mut repetition.ast, Edges::NONE),
            Ast::Group(group) => {
                let before = self.dot_all;
                if let GroupKind::NonCapturing(flags) = &group.kind {
                    self.flags(flags)?;
                }
                self.node(&mut group.ast, edges)?;
                if !verdict_faults::at("kql/joined/flags-leave-their-group") {
                    self.dot_all = before;
                }
                Some(())
            }
            Ast::Alternation(alternation) => alternation
                .asts
                .iter_mut()
                .try_for_each(|branch| self.node(branch, edges)),
            Ast::Concat(concat) => self.concat(&mut concat.asts, edges),
        }
    }

    fn concat(&mut self, parts: &mut [Ast], edges: Edges) -> Option<()> {
        let stands = |part: &Ast| !matches!(part, Ast::Flags(_) | Ast::Empty(_));
        let first = parts.iter().position(stands);
        let last = parts.iter().rposition(stands);
        for (at, part) in parts.iter_mut().enumerate() {
            let here = Edges {
                first: edges.first && first == Some(at),
                last: edges.last && last == Some(at),
            };
            self.node(part, here)?;
        }
        Some(())
    }

    /// Follows what flags say of `.`; None for the flags that change what a line is.
    fn flags(&mut self, flags: &Flags) -> Option<()> {
        let mut on = true;
        for item in &flags.items {
            match item.kind {
                FlagsItemKind::Negation => on = false,
                FlagsItemKind::Flag(Flag::DotMatchesNewLine) => self.dot_all = on,
                FlagsItemKind::Flag(Flag::MultiLine | Flag::CRLF) if on => return None,
                FlagsItemKind::Flag(
                    Flag::MultiLine
                    | Flag::CRLF
                    | Flag::CaseInsensitive
                    | Flag::SwapGreed
                    | Flag::Unicode
                    | Flag::IgnoreWhitespace,
                ) => {}
            }
        }
        Some(())
    }
}

/// An end of a value: the separator.
fn edge(ast: &mut Ast, at_edge: bool) -> Option<()> {
    if verdict_faults::at("kql/joined/anchor-of-the-whole") {
        return Some(());
    }
    if !at_edge {
        return None;
    }
    *ast = parsed(SEPARATOR_ESCAPED)?;
    Some(())
}

/// The class without the separator.
fn class(ast: &mut Ast) -> Option<()> {
    let mut printed = String::new();
    Printer::new().print(ast, &mut printed).ok()?;
    let alone = regex::Regex::new(&printed).ok()?;
    if !alone.is_match(SEPARATOR.encode_utf8(&mut [0; 4])) {
        return Some(());
    }
    let plain_negation = matches!(ast, Ast::ClassBracketed(class)
        if class.negated && matches!(&class.kind, ClassSet::Item(ClassSetItem::Union(_) | ClassSetItem::Literal(_) | ClassSetItem::Range(_))));
    let without = match printed.strip_suffix(']') {
        Some(open) if plain_negation => format!("{open}{SEPARATOR_ESCAPED}]"),
        Some(_) | None => format!("[{printed}&&[^{SEPARATOR_ESCAPED}]]"),
    };
    *ast = parsed(&without)?;
    Some(())
}

fn parsed(pattern: &str) -> Option<Ast> {
    Parser::new().parse(pattern).ok()
}

#[cfg(test)]
mod tests {
    use super::confined;
    use proptest::prelude::*;

    #[test]
    fn expressions_stay_in_one_value() {
        for (given, expected) in [
            ("a.b", Some(r"a[^\n\x1F]b")),
            ("(?s)a.b", Some(r"(?s)a[^\x1F]b")),
            (
                "^(?si:.*-enc.*)$",
                Some(r"\x1F(?si:[^\x1F]*-enc[^\x1F]*)\x1F"),
            ),
            ("(?s:.).", Some(r"(?s:[^\x1F])[^\n\x1F]")),
            ("[^a-c]x", Some(r"[^a-c\x1F]x")),
            (r"\W", Some(r"[\W&&[^\x1F]]")),
            (r"[\x00-\x20]", Some(r"[[\x00-\x20]&&[^\x1F]]")),
            (r"(?-u:\b)x", Some(r"(?-u:\b)x")),
            ("(?:^|x)a|b$", Some(r"(?:\x1F|x)a|b\x1F")),
            ("x^a", None),
            ("(?:^a)*", None),
            ("(?m)^a", None),
            (r"a\x1fb", None),
        ] {
            assert_eq!(confined(given).as_deref(), expected, "{given}");
        }
    }

    /// Some value matches the expression.
    fn some_value(pattern: &str, values: &[String]) -> bool {
        let regex = regex::Regex::new(pattern).expect("a pattern");
        values.iter().any(|value| regex.is_match(value))
    }

    /// The joined text matches the confined expression, and there are values at all.
    fn joined(pattern: &str, values: &[String]) -> Option<bool> {
        let regex = regex::Regex::new(&confined(pattern)?).expect("a pattern");
        let text = format!("\u{1f}{}\u{1f}", values.join("\u{1f}"));
        Some(!values.is_empty() && regex.is_match(&text))
    }

    proptest! {
        #[test]
        fn joined_values_match_as_single_ones(
            pattern in r"(\^|)([ab.]|\[\^a\]|\\W|\\b|a\*|\.\*|\(a\|b\$\)|\(\?:\^b\|a\)|\(\?s:\.\)){1,5}(\$|)",
            values in prop::collection::vec("[ab \n]{0,4}", 0..4),
        ) {
            if let Some(said) = joined(&pattern, &values) {
                prop_assert_eq!(said, some_value(&pattern, &values), "{} as {:?} on {:?}", pattern, confined(&pattern), values);
            }
        }
    }
}
