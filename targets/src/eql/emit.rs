//! Printing: layout only. Every decision has been taken in the plan.

use crate::eql::quote;
use crate::eql::tree::{How, Operand, Tree};
use verdict_compiler::ir::{Case, Comparison};

/// The widest line, where it can be helped.
const WIDTH: usize = 100;
/// How far conditions stand in.
const INDENT: usize = 2;

/// How tightly a condition or operand is bound by what stands around it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Binding {
    /// Not at all.
    Free,
    /// By `and`, `or` or `not`.
    Logic,
    /// By a comparison, an operator or a function's list.
    Operand,
}

/// A query: the header, the category, the condition.
pub(crate) fn query(header: &str, category: Option<&str>, condition: &Tree) -> String {
    let category = category.map_or_else(|| "any".to_owned(), quote::category);
    let head = format!("{category} where");
    let line = flat(condition, Binding::Free);
    if head.len() + 1 + line.chars().count() <= WIDTH {
        return format!("{header}{head} {line}\n");
    }
    let pad = " ".repeat(INDENT);
    format!(
        "{header}{head}\n{pad}{}\n",
        print(condition, INDENT, Binding::Free)
    )
}

/// An event of a series, in its brackets, which stand in by one step.
pub(crate) fn bracketed(category: Option<&str>, condition: &Tree) -> String {
    let category = category.map_or_else(|| "any".to_owned(), quote::category);
    let head = format!("{category} where");
    let line = flat(condition, Binding::Free);
    if head.len() + line.chars().count() + 2 * INDENT + 2 <= WIDTH {
        return format!("[{head} {line}]");
    }
    let inner = 2 * INDENT;
    let pad = " ".repeat(inner);
    let condition = print(condition, inner, Binding::Free);
    format!("[{head}\n{pad}{condition}\n{}]", " ".repeat(INDENT))
}

/// On one line if it fits, else over several, of which all but the first begin at `indent`.
fn print(tree: &Tree, indent: usize, binding: Binding) -> String {
    let line = flat(tree, binding);
    // A chain at the top is read best a condition a line.
    let top = binding == Binding::Free && matches!(tree, Tree::All(_) | Tree::Any(_));
    if !top && indent + line.chars().count() <= WIDTH {
        return line;
    }
    match tree {
        Tree::All(operands) => chain(operands, "and", indent, binding),
        Tree::Any(operands) => chain(operands, "or", indent, binding),
        Tree::Not(inner) => match inner.as_ref() {
            Tree::Match {
                subject,
                how,
                values,
            } => list(&matched(subject, *how, values, true), values, indent),
            Tree::Call(name, arguments) => call(&format!("not {name}"), arguments, indent),
            inner @ (Tree::All(_) | Tree::Any(_) | Tree::Not(_)) => {
                format!("not {}", print(inner, indent, Binding::Logic))
            }
            Tree::Bool(_) | Tree::Compare(..) | Tree::Null(_) => line,
        },
        Tree::Match {
            subject,
            how,
            values,
        } => list(&matched(subject, *how, values, false), values, indent),
        Tree::Call(name, arguments) => call(name, arguments, indent),
        Tree::Bool(_) | Tree::Compare(..) | Tree::Null(_) => line,
    }
}

fn chain(operands: &[Tree], word: &str, indent: usize, binding: Binding) -> String {
    let inner = match binding {
        Binding::Free => indent,
        Binding::Logic | Binding::Operand => indent + INDENT,
    };
    let parts = operands.iter().map(|x| print(x, inner, Binding::Logic));
    let chain = parts
        .collect::<Vec<_>>()
        .join(&format!(" {word}\n{}", " ".repeat(inner)));
    match binding {
        _ if verdict_faults::at("eql/emit/parentheses-lost-over-lines") => chain,
        Binding::Free => chain,
        Binding::Logic | Binding::Operand => {
            let (open, close) = (" ".repeat(inner), " ".repeat(indent));
            format!("(\n{open}{chain}\n{close})")
        }
    }
}

/// A head and the values behind it in brackets, over as many lines as they need.
fn list(head: &str, values: &[Operand], indent: usize) -> String {
    let [_, _, ..] = values else {
        return format!("{head} {}", commas(values));
    };
    format!("{head} {}", wrapped(values, indent))
}

fn call(name: &str, arguments: &[Operand], indent: usize) -> String {
    format!("{name}{}", wrapped(arguments, indent))
}

fn wrapped(values: &[Operand], indent: usize) -> String {
    let inner = indent + INDENT;
    let pad = " ".repeat(inner);
    let mut text = format!("(\n{pad}");
    let mut column = inner;
    for (at, value) in values.iter().enumerate() {
        if at > 0 && at + 1 == values.len() && verdict_faults::at("eql/emit/last-value-dropped") {
            break;
        }
        let value = operand(value, Binding::Free);
        let width = value.chars().count();
        if at > 0 {
            if column + width + 3 > WIDTH {
                text.push_str(",\n");
                text.push_str(&pad);
                column = inner;
            } else {
                text.push_str(", ");
                column += 2;
            }
        }
        text.push_str(&value);
        column += width;
    }
    text.push('\n');
    text.push_str(&" ".repeat(indent));
    text.push(')');
    text
}

/// A condition on one line.
fn flat(tree: &Tree, binding: Binding) -> String {
    match tree {
        Tree::Bool(value) => value.to_string(),
        Tree::All(operands) => flat_chain(operands, " and ", binding),
        Tree::Any(operands) => flat_chain(operands, " or ", binding),
        Tree::Not(inner) => bound(negated(inner), binding),
        Tree::Compare(comparison, left, right) => {
            bound(compared(comparison.sign(), left, right), binding)
        }
        Tree::Match {
            subject,
            how,
            values,
        } => bound(flat_match(subject, *how, values, false), binding),
        Tree::Null(subject) => bound(
            format!("{} == null", operand(subject, Binding::Free)),
            binding,
        ),
        Tree::Call(name, arguments) => format!("{name}({})", commas(arguments)),
    }
}

/// A condition without brackets of its own, in those that its place needs.
fn bound(text: String, binding: Binding) -> String {
    match binding {
        Binding::Free | Binding::Logic => text,
        Binding::Operand if verdict_faults::at("eql/emit/operand-parentheses-lost") => text,
        Binding::Operand => format!("({text})"),
    }
}

fn flat_chain(operands: &[Tree], word: &str, binding: Binding) -> String {
    let parts = operands.iter().map(|x| flat(x, Binding::Logic));
    let chain = parts.collect::<Vec<_>>().join(word);
    match binding {
        _ if verdict_faults::at("eql/emit/parentheses-lost") => chain,
        Binding::Free => chain,
        Binding::Logic | Binding::Operand => format!("({chain})"),
    }
}

/// The opposite of a condition, as one says it.
fn negated(inner: &Tree) -> String {
    match inner {
        Tree::Compare(Comparison::Equal, left, right) => compared("!=", left, right),
        Tree::Null(subject) if verdict_faults::at("eql/emit/not-null-as-null") => {
            format!("{} == null", operand(subject, Binding::Free))
        }
        Tree::Null(subject) => format!("{} != null", operand(subject, Binding::Free)),
        Tree::Match {
            subject,
            how,
            values,
        } => flat_match(subject, *how, values, true),
        Tree::Bool(_)
        | Tree::Not(_)
        | Tree::All(_)
        | Tree::Any(_)
        | Tree::Compare(..)
        | Tree::Call(..) => format!("not {}", flat(inner, Binding::Logic)),
    }
}

fn compared(sign: &str, left: &Operand, right: &Operand) -> String {
    let (left, right) = (operand(left, Binding::Free), operand(right, Binding::Free));
    format!("{left} {sign} {right}")
}

fn flat_match(subject: &Operand, how: How, values: &[Operand], negated: bool) -> String {
    let head = matched(subject, how, values, negated);
    let single = matches!(how, How::EqualFold);
    match values {
        [value] if !single => format!("{head} {}", operand(value, Binding::Operand)),
        values => format!("{head} ({})", commas(values)),
    }
}

/// The subject with the operator that stands before the values.
fn matched(subject: &Operand, how: How, values: &[Operand], negated: bool) -> String {
    let single = values.len() == 1;
    // Arithmetic binds tighter than a comparison, and not as tight as a list or a pattern.
    let binding = match how {
        How::Equal if single => Binding::Free,
        How::Equal | How::EqualFold | How::Wildcard | How::Like | How::Regex(_) => Binding::Operand,
    };
    let subject = operand(subject, binding);
    let operator = match (how, single, negated) {
        (How::EqualFold, _, false) if verdict_faults::at("eql/emit/in-without-tilde") => "in",
        (How::Equal, false, true) if verdict_faults::at("eql/emit/not-in-as-in") => "in",
        (How::Equal, true, true) if verdict_faults::at("eql/emit/differs-as-equals") => "==",
        (How::Wildcard, ..) if verdict_faults::at("eql/emit/colon-as-like") => "like",
        (How::Like, ..) if verdict_faults::at("eql/emit/like-as-colon") => ":",
        (How::Regex(Case::Exact), ..) if verdict_faults::at("eql/emit/regex-with-tilde") => {
            "regex~"
        }
        (How::Regex(Case::Fold), ..) if verdict_faults::at("eql/emit/regex-without-tilde") => {
            "regex"
        }
        (How::Equal, true, false) => "==",
        (How::Equal, true, true) => "!=",
        (How::Equal, false, false) => "in",
        (How::Equal, false, true) => "not in",
        (How::EqualFold, _, false) => "in~",
        (How::EqualFold, _, true) => "not in~",
        (How::Wildcard, ..) => ":",
        (How::Like, ..) => "like",
        (How::Regex(Case::Exact), ..) => "regex",
        (How::Regex(Case::Fold), ..) => "regex~",
    };
    let outside = negated && !matches!(how, How::Equal | How::EqualFold);
    let outside = outside && !verdict_faults::at("eql/emit/negation-lost");
    let not = if outside { "not " } else { "" };
    // The colon sits as it does in every rule: with a space on both sides.
    format!("{not}{subject} {operator}")
}

fn commas(items: &[Operand]) -> String {
    let items = items.iter().map(|x| operand(x, Binding::Free));
    items.collect::<Vec<_>>().join(", ")
}

fn operand(value: &Operand, binding: Binding) -> String {
    match value {
        // The plan has refused every field that has no name.
        Operand::Field(name) => quote::name(name).unwrap_or_default(),
        Operand::Optional(name) if verdict_faults::at("eql/emit/question-mark-lost") => {
            quote::name(name).unwrap_or_default()
        }
        Operand::Optional(name) => format!("?{}", quote::name(name).unwrap_or_default()),
        Operand::Text(text) => quote::text(text),
        Operand::Expression(text) => quote::expression(text),
        Operand::Number(text) => text.clone(),
        Operand::Bool(value) => value.to_string(),
        Operand::Call(name, arguments) => format!("{name}({})", commas(arguments)),
        Operand::Math(sign, left, right) => {
            let (left, right) = (side(left, *sign, false), side(right, *sign, true));
            bound(format!("{left} {sign} {right}"), binding)
        }
        Operand::Negative(inner) => bound(format!("-{}", negative(inner)), binding),
        Operand::Condition(tree) => flat(tree, Binding::Operand),
    }
}

/// A side of arithmetic: a product needs no brackets in a sum, and what stands on the left none among its own kind.
fn side(value: &Operand, sign: char, right: bool) -> String {
    let is_product = |sign: char| matches!(sign, '*' | '/' | '%');
    let bare = match value {
        Operand::Math(inner, ..) => match (is_product(*inner), is_product(sign)) {
            (true, false) => true,
            (false, true) => verdict_faults::at("eql/emit/sum-in-product-parentheses-lost"),
            (true, true) | (false, false) => {
                !right || verdict_faults::at("eql/emit/right-side-parentheses-lost")
            }
        },
        Operand::Field(_)
        | Operand::Optional(_)
        | Operand::Text(_)
        | Operand::Expression(_)
        | Operand::Number(_)
        | Operand::Bool(_)
        | Operand::Call(..)
        | Operand::Negative(_)
        | Operand::Condition(_) => false,
    };
    operand(
        value,
        if bare {
            Binding::Free
        } else {
            Binding::Operand
        },
    )
}

/// What stands behind a minus; a second one would not read as two. A computed one has parentheses already, and lowering folds that of a literal.
fn negative(inner: &Operand) -> String {
    let text = operand(inner, Binding::Operand);
    if text.starts_with('-') {
        format!("({text})")
    } else {
        text
    }
}
