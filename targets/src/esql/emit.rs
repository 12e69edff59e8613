//! Printing: layout only. Every decision has been taken in the plan.

use crate::esql::list::SEPARATOR;
use crate::esql::quote;
use crate::esql::tree::Tree;
use crate::profile::mapping::Alone;
use crate::profile::{Derived, From};
use std::collections::{BTreeMap, BTreeSet};

/// The widest line, where it can be helped.
const WIDTH: usize = 120;
/// A joined list that is read more often than this gets a name.
const MOST_REPEATS: usize = 1;

/// How tightly an operand is bound by what stands around it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Binding {
    /// Not at all: a whole condition.
    Free,
    /// By `AND`, `OR` or `NOT`.
    Chain,
    /// By a comparison.
    Compared,
    /// By arithmetic.
    Operand,
}

/// A joined list: its column, whether that holds texts, and whether letters are small.
type Joined = (String, bool, bool);

/// What stands around the predicate.
pub(crate) struct Frame<'f> {
    /// Comments.
    pub(crate) header: &'f str,
    /// The index pattern.
    pub(crate) index: &'f str,
    /// Columns that are computed first.
    pub(crate) derived: &'f [Derived],
    /// The columns that the result shows.
    pub(crate) keep: &'f [String],
    /// The most rows of the result.
    pub(crate) limit: usize,
}

/// A query: the header, the index, the condition, the columns, the limit.
pub(crate) fn query(frame: &Frame<'_>, predicate: &Tree) -> String {
    let printer = Printer {
        names: joined_names(predicate),
    };
    let mut lines = vec![format!(
        "FROM {} METADATA _id, _index, _version",
        frame.index
    )];
    lines.extend(frame.derived.iter().map(computed));
    for (list, name) in &printer.names {
        lines.push(format!("| EVAL {name} = {}", joined(list)));
    }
    lines.push(format!(
        "| WHERE {}",
        printer.print(predicate, 4, Binding::Free)
    ));
    let keep: Vec<String> = frame.keep.iter().map(|column| name(column)).collect();
    lines.push(format!("| KEEP {}", wrap(&keep, 4)));
    lines.push(format!("| LIMIT {}", frame.limit));
    format!("{}{}\n", frame.header, lines.join("\n"))
}

/// A condition of a query, on lines of its own.
pub(crate) fn outer(tree: &Tree) -> String {
    let names = BTreeMap::new();
    Printer { names }.print(tree, 4, Binding::Free)
}

/// An expression on one line, as an argument, a `WHERE` of an aggregate or an alternative: nothing there binds tighter than it does.
pub(crate) fn inner(tree: &Tree) -> String {
    let names = BTreeMap::new();
    Printer { names }.flat(tree, Binding::Free)
}

/// The step that computes a column of two others; null is what comes of null.
pub(crate) fn computed(derived: &Derived) -> String {
    let value = match &derived.from {
        From::Joined {
            first,
            second,
            by,
            alone,
        } => {
            let [first, second] = [first, second].map(|path| name(path.as_str()));
            let joined = format!("CONCAT({first}, {}, {second})", quote::text(by));
            match alone {
                _ if verdict_faults::at("esql/emit/joined-alone-forgotten") => joined,
                Some(Alone::First) => format!("COALESCE({joined}, {first})"),
                Some(Alone::Second) => format!("COALESCE({joined}, {second})"),
                Some(Alone::Before) => {
                    format!(
                        "CONCAT({first}, {}, COALESCE({second}, \"\"))",
                        quote::text(by)
                    )
                }
                None => joined,
            }
        }
        // Reading a profile holds that only Kusto's have such.
        From::Column(column) | From::Key { column, .. } | From::Behind(column, _) => {
            name(column.as_str())
        }
    };
    format!("| EVAL {} = {value}", name(derived.name.as_str()))
}

/// Names for the joined lists that are read often, none of them a column's.
fn joined_names(predicate: &Tree) -> BTreeMap<Joined, String> {
    let mut counts: BTreeMap<Joined, usize> = BTreeMap::new();
    let mut taken: BTreeSet<String> = BTreeSet::new();
    predicate.each(&mut |node| match node {
        Tree::Joined {
            column,
            text,
            lower,
        } => *counts.entry((column.clone(), *text, *lower)).or_default() += 1,
        Tree::Column(column) => {
            taken.insert(column.clone());
        }
        _ => {}
    });
    let mut names = BTreeMap::new();
    for (list, _) in counts
        .into_iter()
        .filter(|(_, count)| *count > MOST_REPEATS)
    {
        let (column, _, lower) = &list;
        let letters = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
        let plain: String = column.chars().map(letters).collect();
        let mut name = format!("{}_{plain}", if *lower { "lower" } else { "joined" });
        while !taken.insert(name.clone()) {
            name.push_str("_x");
        }
        names.insert(list, name);
    }
    names
}

fn joined((column, text, lower): &Joined) -> String {
    let separator = quote::text(&SEPARATOR.to_string());
    let mut values = name(column);
    if !text && !verdict_faults::at("esql/emit/joined-numbers-not-texts") {
        values = format!("TO_STRING({values})");
    }
    let joined = format!("CONCAT({separator}, MV_CONCAT({values}, {separator}), {separator})");
    if verdict_faults::at("esql/emit/outer-separators-lost") {
        return format!("MV_CONCAT({values}, {separator})");
    }
    if *lower && !verdict_faults::at("esql/emit/joined-not-lowered") {
        format!("TO_LOWER({joined})")
    } else {
        joined
    }
}

fn name(column: &str) -> String {
    // The plan has refused every column that has no name.
    quote::name(column).unwrap_or_else(|| "``".to_owned())
}

struct Printer {
    names: BTreeMap<Joined, String>,
}

impl Printer {
    /// On one line if it fits, else over several, of which all but the first begin at `indent`.
    fn print(&self, tree: &Tree, indent: usize, binding: Binding) -> String {
        let flat = self.flat(tree, binding);
        let is_chain = matches!(tree, Tree::All(_) | Tree::Any(_));
        // The conditions of the whole query stand on lines of their own.
        let fits = indent + flat.chars().count() <= WIDTH;
        if fits && !(is_chain && binding == Binding::Free && indent == 4) {
            return flat;
        }
        match tree {
            Tree::All(operands) => self.chain(operands, "AND", indent, binding),
            Tree::Any(operands) => self.chain(operands, "OR", indent, binding),
            Tree::Not(inner) => format!("NOT {}", self.print(inner, indent, Binding::Chain)),
            Tree::Call(name, arguments) => wrapped(name, indent, |deeper| {
                let parts = arguments
                    .iter()
                    .map(|x| self.print(x, deeper, Binding::Free));
                let separator = format!(",\n{}", " ".repeat(deeper));
                parts.collect::<Vec<_>>().join(&separator)
            }),
            Tree::In(subject, values) => {
                let values: Vec<String> =
                    values.iter().map(|x| self.flat(x, Binding::Free)).collect();
                self.list(subject, "IN", &values, indent)
            }
            Tree::Like(subject, patterns) if patterns.len() > 1 => {
                let values: Vec<String> = patterns.iter().map(|x| quote::text(x)).collect();
                self.list(subject, "LIKE", &values, indent)
            }
            Tree::Bool(_)
            | Tree::Compare(..)
            | Tree::Differs(..)
            | Tree::Like(..)
            | Tree::Regex(..)
            | Tree::Null { .. }
            | Tree::Math(..)
            | Tree::Negative(_)
            | Tree::Column(_)
            | Tree::Joined { .. }
            | Tree::Text(_)
            | Tree::Number(_)
            | Tree::Span(_) => flat,
        }
    }

    fn list(&self, subject: &Tree, word: &str, values: &[String], indent: usize) -> String {
        let head = format!("{} {word} ", self.flat(subject, Binding::Compared));
        wrapped(&head, indent, |deeper| wrap(values, deeper))
    }

    fn chain(&self, operands: &[Tree], word: &str, indent: usize, binding: Binding) -> String {
        let lines = |indent: usize| {
            let separator = format!("\n{}{word} ", " ".repeat(indent));
            operands
                .iter()
                .map(|operand| self.print(operand, indent, Binding::Chain))
                .collect::<Vec<_>>()
                .join(&separator)
        };
        if binding == Binding::Free || verdict_faults::at("esql/emit/parentheses-lost-over-lines") {
            return lines(indent);
        }
        wrapped("", indent, lines)
    }

    fn flat(&self, tree: &Tree, binding: Binding) -> String {
        match tree {
            Tree::Bool(value) => value.to_string(),
            Tree::Not(inner) => format!("NOT {}", self.flat(inner, Binding::Chain)),
            Tree::All(operands) => self.flat_chain(operands, " AND ", binding),
            Tree::Any(operands) => self.flat_chain(operands, " OR ", binding),
            Tree::Compare(comparison, left, right) => {
                self.compared(comparison.sign(), left, right, binding)
            }
            Tree::Differs(left, right) => self.compared("!=", left, right, binding),
            Tree::Math(sign, left, right) => {
                let left = self.flat(left, Binding::Operand);
                let right = self.flat(right, Binding::Operand);
                bracketed(
                    binding == Binding::Operand
                        && !verdict_faults::at("esql/emit/operand-parentheses-lost"),
                    format!("{left} {sign} {right}"),
                )
            }
            Tree::Negative(inner) => {
                let inner = self.flat(inner, Binding::Operand);
                // Two signs would stand side by side.
                if verdict_faults::at("esql/emit/negative-sign-lost") {
                    inner
                } else if inner.starts_with('-') {
                    format!("-({inner})")
                } else {
                    format!("-{inner}")
                }
            }
            Tree::In(subject, values) => format!(
                "{} IN ({})",
                self.flat(subject, Binding::Compared),
                self.commas(values)
            ),
            Tree::Like(subject, patterns) => {
                let subject = self.flat(subject, Binding::Compared);
                let patterns: Vec<String> = patterns.iter().map(|x| quote::text(x)).collect();
                match patterns.as_slice() {
                    [one] => format!("{subject} LIKE {one}"),
                    [first, ..] if verdict_faults::at("esql/emit/first-pattern-alone") => {
                        format!("{subject} LIKE {first}")
                    }
                    several => format!("{subject} LIKE ({})", several.join(", ")),
                }
            }
            Tree::Regex(subject, pattern) => format!(
                "{} RLIKE {}",
                self.flat(subject, Binding::Compared),
                quote::text(pattern)
            ),
            Tree::Null { subject, there } => format!(
                "{} IS {}NULL",
                self.flat(subject, Binding::Compared),
                match (*there, verdict_faults::at("esql/emit/null-inverted")) {
                    (true, false) | (false, true) => "NOT ",
                    (true, true) | (false, false) => "",
                }
            ),
            Tree::Call(name, arguments) => format!("{name}({})", self.commas(arguments)),
            Tree::Column(column) => name(column),
            Tree::Joined {
                column,
                text,
                lower,
            } => {
                let list = (column.clone(), *text, *lower);
                let named = self.names.get(&list).cloned();
                named.unwrap_or_else(|| joined(&list))
            }
            Tree::Text(text) => quote::text(text),
            Tree::Number(text) => text.clone(),
            Tree::Span(text) => (*text).to_owned(),
        }
    }

    fn flat_chain(&self, operands: &[Tree], word: &str, binding: Binding) -> String {
        let parts = operands.iter().map(|x| self.flat(x, Binding::Chain));
        let chain = parts.collect::<Vec<_>>().join(word);
        match binding {
            _ if verdict_faults::at("esql/emit/parentheses-lost") => chain,
            Binding::Free => chain,
            Binding::Chain | Binding::Compared | Binding::Operand => format!("({chain})"),
        }
    }

    fn compared(&self, operator: &str, left: &Tree, right: &Tree, binding: Binding) -> String {
        let left = self.flat(left, Binding::Compared);
        let right = self.flat(right, Binding::Compared);
        bracketed(
            binding >= Binding::Compared,
            format!("{left} {operator} {right}"),
        )
    }

    fn commas(&self, items: &[Tree]) -> String {
        let items = items.iter().map(|x| self.flat(x, Binding::Free));
        items.collect::<Vec<_>>().join(", ")
    }
}

fn bracketed(needed: bool, text: String) -> String {
    if needed { format!("({text})") } else { text }
}

/// `head(`, the inside four columns deeper on lines of its own, `)`.
fn wrapped(head: &str, indent: usize, inside: impl FnOnce(usize) -> String) -> String {
    let pad = " ".repeat(indent);
    format!("{head}(\n{pad}    {}\n{pad})", inside(indent + 4))
}

/// Values on as many lines as they need, all but the first beginning at `indent`.
fn wrap(values: &[String], indent: usize) -> String {
    let mut text = String::new();
    let mut column = indent;
    for (at, value) in values.iter().enumerate() {
        let width = value.chars().count();
        if at > 0 {
            if !verdict_faults::at("esql/emit/comma-lost") {
                text.push(',');
            }
            if column + width + 3 > WIDTH {
                text.push('\n');
                text.push_str(&" ".repeat(indent));
                column = indent;
            } else {
                text.push(' ');
                column += 2;
            }
        }
        text.push_str(value);
        column += width;
    }
    text
}
