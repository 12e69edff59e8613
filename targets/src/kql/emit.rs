//! Printing: layout only. Every decision has been taken in the plan.

use crate::kql::quote;
use crate::kql::tree::Tree;
use crate::profile::mapping::Alone;
use crate::profile::{Derived, From};
use std::collections::{BTreeMap, BTreeSet};
use verdict_compiler::ir::Case;

/// The widest line, where it can be helped.
const WIDTH: usize = 100;
/// More conditions than this are not given a `where` each.
const MOST_STEPS: usize = 100;
/// A joined list that is read more often than this gets a name.
const MOST_REPEATS: usize = 2;

/// How tightly an operand is bound by what stands around it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Binding {
    /// Not at all: a whole condition.
    Free,
    /// By `and` or `or`.
    Chain,
    /// By a comparison or arithmetic.
    Operand,
}

/// What stands around the predicate.
pub(crate) struct Frame<'f> {
    /// Comments.
    pub(crate) header: &'f str,
    /// The table.
    pub(crate) table: &'f str,
    /// Columns that are computed first.
    pub(crate) derived: &'f [Derived],
}

/// A query: the header, the table, a step a condition.
pub(crate) fn query(frame: &Frame<'_>, predicate: &Tree) -> String {
    let header = frame.header;
    let printer = Printer {
        names: joined_names(predicate),
    };
    let mut lines = vec![frame.table.to_owned()];
    let steps = match predicate {
        Tree::All(conditions) if conditions.len() <= MOST_STEPS => conditions.as_slice(),
        other => std::slice::from_ref(other),
    };
    let condition = |step: &Tree| format!("| where {}", printer.print(step, 4, Binding::Free));
    // What needs nothing computed comes first: it leaves fewer rows.
    let (early, late): (Vec<&Tree>, Vec<&Tree>) = steps.iter().partition(|step| {
        !reads_computed(step, frame.derived)
            || verdict_faults::at("kql/emit/computed-column-read-early")
    });
    if !frame.derived.is_empty() {
        lines.extend(early.iter().map(|step| condition(step)));
    }
    lines.extend(frame.derived.iter().flat_map(computed));
    for (column, name) in &printer.names {
        lines.push(format!("| extend {name} = {}", joined(column)));
    }
    if frame.derived.is_empty() {
        lines.extend(early.iter().map(|step| condition(step)));
    }
    lines.extend(late.iter().map(|step| condition(step)));
    if verdict_faults::at("kql/emit/last-condition-dropped") {
        lines.pop();
    }
    format!("{header}{}\n", lines.join("\n"))
}

/// A condition alone, all lines but the first indented by so much.
pub(crate) fn condition(predicate: &Tree, indent: usize) -> String {
    let printer = Printer {
        names: BTreeMap::new(),
    };
    printer.print(predicate, indent, Binding::Free)
}

/// Whether a condition reads a computed column, or a joined list, which may have a name of its own.
fn reads_computed(step: &Tree, derived: &[Derived]) -> bool {
    let mut found = false;
    step.each(&mut |node| match node {
        Tree::Column(column) => {
            found |= derived
                .iter()
                .any(|derived| derived.name.as_str() == column);
        }
        Tree::Joined(_) | Tree::Star => found = true,
        _ => {}
    });
    found
}

/// The steps that compute a column of others. Text columns are never null: a missing value is the empty text.
pub(crate) fn computed(derived: &Derived) -> Vec<String> {
    let own = name(derived.name.as_str());
    let value = match &derived.from {
        From::Joined {
            first,
            second,
            by,
            alone,
        } => {
            let [first, second] = [first, second].map(|path| name(path.as_str()));
            let joined = format!("strcat({first}, {}, {second})", quote::text(by));
            match alone {
                _ if verdict_faults::at("kql/emit/joined-without-a-guard") => joined,
                Some(Alone::First) => format!("iff(isempty({second}), {first}, {joined})"),
                Some(Alone::Second) => format!("iff(isempty({first}), {second}, {joined})"),
                Some(Alone::Before) => format!("iff(isempty({first}), \"\", {joined})"),
                None => format!("iff(isempty({first}) or isempty({second}), \"\", {joined})"),
            }
        }
        From::Column(column) => name(column.as_str()),
        From::Behind(column, by) => {
            let (column, by) = (name(column.as_str()), quote::text(by));
            if verdict_faults::at("kql/emit/behind-the-first-separator") {
                return vec![format!(
                    "| extend {own} = iff({column} contains {by}, tostring(split({column}, {by})[1]), \"\")"
                )];
            }
            format!("iff({column} contains {by}, tostring(split({column}, {by})[-1]), \"\")")
        }
        From::Key { column, key, json } => {
            let column = name(column.as_str());
            let object = if *json && !verdict_faults::at("kql/emit/json-not-parsed") {
                format!("parse_json({column})")
            } else {
                column
            };
            let keys: String = key.split('.').map(member).collect();
            if verdict_faults::at("kql/emit/key-not-made-text") {
                return vec![format!("| extend {own} = {object}{keys}")];
            }
            format!("tostring({object}{keys})")
        }
    };
    let mut steps = vec![format!("| extend {own} = {value}")];
    if !derived.spelled.is_empty() && !verdict_faults::at("kql/emit/spelling-not-written-back") {
        steps.push(respelled(&own, &derived.spelled));
    }
    steps
}

/// The way to a key of an object.
fn member(key: &str) -> String {
    let plain = key.starts_with(|c: char| c.is_ascii_alphabetic())
        && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if plain {
        format!(".{key}")
    } else {
        format!("[{}]", quote::text(key))
    }
}

/// The step that writes the rule's spelling of a beginning back.
fn respelled(own: &str, words: &[(String, String)]) -> String {
    let mut cases: Vec<String> = Vec::new();
    for (from, to) in words {
        let rest = format!("substring({own}, {})", to.chars().count());
        cases.push(format!("{own} startswith {}", quote::text(to)));
        cases.push(format!("strcat({}, {rest})", quote::text(from)));
    }
    cases.push(own.to_owned());
    let lines = cases.chunks(2).map(|pair| pair.join(", "));
    let lines = lines.collect::<Vec<_>>().join(",\n    ");
    format!("| extend {own} = case(\n    {lines})")
}

/// Names for the joined lists that are read often, none of them a column's.
fn joined_names(predicate: &Tree) -> BTreeMap<String, String> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut taken: BTreeSet<String> = BTreeSet::new();
    predicate.each(&mut |node| match node {
        Tree::Joined(column) => *counts.entry(column.clone()).or_default() += 1,
        Tree::Column(column) => {
            taken.insert(column.clone());
        }
        _ => {}
    });
    taken.extend(counts.keys().cloned());
    let mut names = BTreeMap::new();
    for (column, _) in counts
        .into_iter()
        .filter(|(_, count)| *count > MOST_REPEATS)
    {
        let letters = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
        let mut name = format!("Joined_{}", column.chars().map(letters).collect::<String>());
        while !taken.insert(name.clone()) {
            name.push_str("_x");
        }
        names.insert(column, name);
    }
    names
}

fn joined(column: &str) -> String {
    let separator = quote::text(&crate::kql::list::SEPARATOR.to_string());
    let column = name(column);
    if verdict_faults::at("kql/emit/outer-separators-lost") {
        return format!("strcat_array({column}, {separator})");
    }
    format!("strcat({separator}, strcat_array({column}, {separator}), {separator})")
}

fn name(column: &str) -> String {
    // The plan has refused every column that has no name.
    quote::name(column).unwrap_or_else(|| "['']".to_owned())
}

struct Printer {
    names: BTreeMap<String, String>,
}

impl Printer {
    /// On one line if it fits, else over several, of which all but the first begin at `indent`.
    fn print(&self, tree: &Tree, indent: usize, binding: Binding) -> String {
        let flat = self.flat(tree, binding);
        if indent + flat.chars().count() <= WIDTH {
            return flat;
        }
        match tree {
            Tree::All(operands) => self.chain(operands, "and", indent, binding),
            Tree::Any(operands) => self.chain(operands, "or", indent, binding),
            Tree::Not(inner) => wrapped("not", indent, |deeper| {
                self.print(inner, deeper, Binding::Free)
            }),
            Tree::Call(name, arguments) => wrapped(name, indent, |deeper| {
                let parts = arguments
                    .iter()
                    .map(|x| self.print(x, deeper, Binding::Free));
                let separator = format!(",\n{}", " ".repeat(deeper));
                parts.collect::<Vec<_>>().join(&separator)
            }),
            Tree::In {
                subject,
                values,
                case,
                negated,
            } => {
                let head = format!(
                    "{} {} ",
                    self.flat(subject, Binding::Operand),
                    lookup(*case, *negated)
                );
                let values: Vec<String> =
                    values.iter().map(|x| self.flat(x, Binding::Free)).collect();
                wrapped(&head, indent, |deeper| wrap(&values, deeper))
            }
            Tree::List(texts) => {
                let values: Vec<String> = texts.iter().map(|text| json(text)).collect();
                let pad = " ".repeat(indent);
                let inner = wrap(&values, indent + 4);
                format!("dynamic([\n{pad}    {inner}\n{pad}])")
            }
            Tree::Bool(_)
            | Tree::Compare(..)
            | Tree::Math(..)
            | Tree::Negative(_)
            | Tree::Column(_)
            | Tree::Joined(_)
            | Tree::Star
            | Tree::Text(_)
            | Tree::Number(_)
            | Tree::Instant(_) => flat,
        }
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
        if binding == Binding::Free || verdict_faults::at("kql/emit/parentheses-lost-over-lines") {
            return lines(indent);
        }
        wrapped("", indent, lines)
    }

    fn flat(&self, tree: &Tree, binding: Binding) -> String {
        match tree {
            Tree::Bool(value) => value.to_string(),
            Tree::Not(inner) if verdict_faults::at("kql/emit/not-without-parentheses") => {
                format!("not {}", self.flat(inner, Binding::Free))
            }
            Tree::Not(inner) => format!("not({})", self.flat(inner, Binding::Free)),
            Tree::All(operands) => self.flat_chain(operands, " and ", binding),
            Tree::Any(operands) => self.flat_chain(operands, " or ", binding),
            Tree::Compare(operator, left, right) => {
                self.infix(operator.text(), left, right, binding)
            }
            Tree::Math(sign, left, right) => self.infix(&sign.to_string(), left, right, binding),
            Tree::Negative(inner) => format!("-({})", self.flat(inner, Binding::Free)),
            Tree::In {
                case,
                negated,
                subject,
                values,
            } => format!(
                "{} {} ({})",
                self.flat(subject, Binding::Operand),
                lookup(*case, *negated),
                self.commas(values)
            ),
            Tree::Call(name, arguments) => format!("{name}({})", self.commas(arguments)),
            Tree::Column(column) => name(column),
            Tree::Joined(column) => self
                .names
                .get(column)
                .cloned()
                .unwrap_or_else(|| joined(column)),
            Tree::Star => "*".to_owned(),
            Tree::Text(text) => quote::text(text),
            Tree::Number(text) => text.clone(),
            Tree::Instant(text) => format!("datetime({text})"),
            Tree::List(texts) => {
                let texts: Vec<String> = texts.iter().map(|text| json(text)).collect();
                format!("dynamic([{}])", texts.join(", "))
            }
        }
    }

    fn flat_chain(&self, operands: &[Tree], word: &str, binding: Binding) -> String {
        let parts = operands.iter().map(|x| self.flat(x, Binding::Chain));
        let chain = parts.collect::<Vec<_>>().join(word);
        match binding {
            _ if verdict_faults::at("kql/emit/parentheses-lost") => chain,
            Binding::Free => chain,
            Binding::Chain | Binding::Operand => format!("({chain})"),
        }
    }

    fn infix(&self, operator: &str, left: &Tree, right: &Tree, binding: Binding) -> String {
        let left = self.flat(left, Binding::Operand);
        let right = self.flat(right, Binding::Operand);
        match binding {
            _ if verdict_faults::at("kql/emit/operand-parentheses-lost") => {
                format!("{left} {operator} {right}")
            }
            Binding::Free | Binding::Chain => format!("{left} {operator} {right}"),
            Binding::Operand => format!("({left} {operator} {right})"),
        }
    }

    fn commas(&self, items: &[Tree]) -> String {
        let items = items.iter().map(|x| self.flat(x, Binding::Free));
        items.collect::<Vec<_>>().join(", ")
    }
}

/// `head(`, the inside four columns deeper on lines of its own, `)`.
fn wrapped(head: &str, indent: usize, inside: impl FnOnce(usize) -> String) -> String {
    let pad = " ".repeat(indent);
    format!("{head}(\n{pad}    {}\n{pad})", inside(indent + 4))
}

fn lookup(case: Case, negated: bool) -> &'static str {
    match (case, negated) {
        (Case::Fold, false) if verdict_faults::at("kql/emit/in-without-tilde") => "in",
        (Case::Fold, true) if verdict_faults::at("kql/emit/not-in-without-tilde") => "!in",
        (Case::Exact, true) if verdict_faults::at("kql/emit/not-in-as-in") => "in",
        (Case::Exact, false) => "in",
        (Case::Exact, true) => "!in",
        (Case::Fold, false) => "in~",
        (Case::Fold, true) => "!in~",
    }
}

/// A text inside `dynamic([...])`, which is JSON.
fn json(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Values on as many lines as they need, all but the first beginning at `indent`.
fn wrap(values: &[String], indent: usize) -> String {
    let mut text = String::new();
    let mut column = indent;
    for (at, value) in values.iter().enumerate() {
        let width = value.chars().count();
        if at > 0 {
            if !verdict_faults::at("kql/emit/comma-lost") {
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
