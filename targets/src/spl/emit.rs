//! Printing: layout only. Every decision has been taken before.
//!
//! In `search`, OR binds tighter than AND; in `where` it is the other way round. So every group is in parentheses, and a reader of either
//! rule is right.

use crate::spl::filter::{Condition, Eval, Filter};
use crate::spl::layers::Layers;
use crate::spl::logic::Logic;
use crate::spl::quote;
use crate::spl::search::{Term, Value};

/// The widest line, where it can be helped.
const WIDTH: usize = 100;

/// A query: the header, the search with a condition a line, and what `where` adds.
pub(crate) fn query(header: &str, layers: &Layers) -> String {
    format!("{header}{}", base(layers))
}

/// The search with a condition a line, and what `where` adds.
pub(crate) fn base(layers: &Layers) -> String {
    let search = match &layers.search {
        // Something must stand before a pipe.
        Logic::Bool(true) if verdict_faults::at("spl/emit/no-base-search") => String::new(),
        Logic::Bool(true) => "*".to_owned(),
        Logic::Bool(false) => "NOT *".to_owned(),
        Logic::All(conditions) => {
            let left_out = usize::from(verdict_faults::at("spl/emit/first-condition-dropped"));
            let conditions = conditions.iter().skip(left_out);
            // `search` binds OR tighter than AND: the parentheses are for readers.
            let lines = conditions.map(|x| Layout::Search.print(x, 0, true));
            lines.collect::<Vec<_>>().join("\n")
        }
        other => Layout::Search.print(other, 0, false),
    };
    let filter = match &layers.filter {
        Logic::Bool(true) => String::new(),
        other => format!("\n| where {}", condition(other, 4)),
    };
    format!("{search}{filter}\n")
}

/// A condition of `where`, also as `if` takes it; all lines but the first begin at `indent`.
pub(crate) fn condition(filter: &Filter, indent: usize) -> String {
    match filter {
        Logic::Bool(true) => "1=1".to_owned(),
        Logic::Bool(false) => "1=0".to_owned(),
        other => Layout::Where.print(other, indent, false),
    }
}

/// Whether a search that was printed here has an OR outside of parentheses: what is put before it needs them.
pub(crate) fn has_alternatives(search: &str) -> bool {
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    let mut word = String::new();
    for c in search.chars().chain([' ']) {
        if quoted {
            quoted = escaped || c != '"';
            escaped = !escaped && c == '\\';
            continue;
        }
        match c {
            '"' => quoted = true,
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if c.is_whitespace() {
            if depth == 0 && word == "OR" {
                return true;
            }
            word.clear();
        } else {
            word.push(c);
        }
    }
    false
}

/// How expressions of a language are laid out.
trait Printed<L> {
    /// A leaf on one line.
    fn leaf(self, leaf: &L) -> String;
    /// A leaf over several lines, of which all but the first begin at `indent`.
    fn long(self, leaf: &L, indent: usize) -> String;
}

/// The two languages.
#[derive(Clone, Copy)]
enum Layout {
    Search,
    Where,
}

impl Layout {
    /// On one line if it fits, else over several, of which all but the first begin at `indent`; in parentheses if it stands in a chain.
    fn print<L>(self, tree: &Logic<L>, indent: usize, inner: bool) -> String
    where
        Self: Printed<L>,
    {
        let flat = self.flat(tree, inner);
        if indent + flat.chars().count() <= WIDTH {
            return flat;
        }
        match tree {
            Logic::All(operands) => self.chain(operands, "AND", indent, inner),
            Logic::Any(operands) => self.chain(operands, "OR", indent, inner),
            Logic::Not(operand) => format!("NOT {}", self.print(operand, indent, true)),
            Logic::Leaf(leaf) => self.long(leaf, indent),
            Logic::Bool(_) => flat,
        }
    }

    fn chain<L>(self, operands: &[Logic<L>], word: &str, indent: usize, inner: bool) -> String
    where
        Self: Printed<L>,
    {
        let deeper = if inner { indent + 4 } else { indent };
        let separator = format!("\n{}{word} ", " ".repeat(deeper));
        let lines: Vec<String> = operands
            .iter()
            .map(|operand| self.print(operand, deeper, true))
            .collect();
        let lines = lines.join(&separator);
        if !inner || verdict_faults::at("spl/emit/parentheses-lost-over-lines") {
            return lines;
        }
        let pad = " ".repeat(indent);
        format!("(\n{pad}    {lines}\n{pad})")
    }

    fn flat<L>(self, tree: &Logic<L>, inner: bool) -> String
    where
        Self: Printed<L>,
    {
        let chain = |operands: &[Logic<L>], word: &str| {
            let parts: Vec<String> = operands.iter().map(|x| self.flat(x, true)).collect();
            let chain = parts.join(word);
            let inner = inner && !verdict_faults::at("spl/emit/parentheses-lost");
            if inner { format!("({chain})") } else { chain }
        };
        match tree {
            // Plans fold constants; where one is left alone, its language has a word for it.
            Logic::Bool(true) => "*".to_owned(),
            Logic::Bool(false) => "NOT *".to_owned(),
            Logic::Not(operand) => format!("NOT {}", self.flat(operand, true)),
            Logic::All(operands) => chain(operands, " AND "),
            Logic::Any(operands) => chain(operands, " OR "),
            Logic::Leaf(leaf) => self.leaf(leaf),
        }
    }
}

impl Printed<Term> for Layout {
    fn leaf(self, term: &Term) -> String {
        let field = quote::search_field(&term.field);
        match term.values.as_slice() {
            [Value::Order(sign, number)] if verdict_faults::at("spl/emit/bound-in-quotes") => {
                format!("{field}{sign}\"{number} \"")
            }
            [Value::Order(sign, number)] => format!("{field}{sign}{number}"),
            [value] => format!("{field}={}", literal(value)),
            values => {
                let mut values: Vec<String> = values.iter().map(literal).collect();
                if verdict_faults::at("spl/emit/last-value-dropped") {
                    values.pop();
                }
                format!("{field} IN ({})", values.join(", "))
            }
        }
    }

    fn long(self, term: &Term, indent: usize) -> String {
        if term.values.len() < 2 {
            return self.leaf(term);
        }
        let values: Vec<String> = term.values.iter().map(literal).collect();
        let pad = " ".repeat(indent);
        let field = quote::search_field(&term.field);
        format!(
            "{field} IN (\n{pad}    {}\n{pad})",
            wrap(&values, indent + 4)
        )
    }
}

impl Printed<Condition> for Layout {
    fn leaf(self, condition: &Condition) -> String {
        match condition {
            Condition::Exists(field) if verdict_faults::at("spl/emit/existence-as-not-empty") => {
                format!("{}!=\"\"", quote::eval_field(field))
            }
            Condition::Found(field, expression)
                if verdict_faults::at("spl/emit/first-value-alone") =>
            {
                format!(
                    "match(mvindex({}, 0), \"{}\")",
                    quote::eval_field(field),
                    expression.text()
                )
            }
            Condition::Holds(test) if verdict_faults::at("spl/emit/null-under-negation") => {
                eval(test, false)
            }
            Condition::Exists(field) => format!("isnotnull({})", quote::eval_field(field)),
            Condition::Found(field, expression) => format!(
                "isnotnull(mvfind({}, \"{}\"))",
                quote::eval_field(field),
                expression.text()
            ),
            Condition::Raw(expression) => format!("match(_raw, \"{}\")", expression.text()),
            Condition::Some(_, tests) => {
                let tests: Vec<String> = tests
                    .iter()
                    .map(|test| eval(test, tests.len() > 1))
                    .collect();
                format!("isnotnull(mvfilter({}))", tests.join(" OR "))
            }
            Condition::Holds(test) => format!("if({}, 1, 0)=1", eval(test, false)),
        }
    }

    fn long(self, condition: &Condition, indent: usize) -> String {
        let Condition::Some(_, tests) = condition else {
            return self.leaf(condition);
        };
        if tests.len() < 2 {
            return self.leaf(condition);
        }
        let pad = " ".repeat(indent);
        let tests: Vec<String> = tests.iter().map(|test| eval(test, true)).collect();
        let tests = tests.join(&format!("\n{pad}    OR "));
        format!("isnotnull(mvfilter(\n{pad}    {tests}\n{pad}))")
    }
}

fn literal(value: &Value) -> String {
    match value {
        Value::Any => "*".to_owned(),
        Value::Word(word) => word.clone(),
        Value::Text(glob) => quote::glob(glob),
        Value::Cased(glob) => quote::cased(glob),
        Value::Network(network) => quote::text(network),
        Value::Order(sign, number) => format!("{sign}{number}"),
    }
}

/// An expression of `eval`; in parentheses if it has operators and stands in a chain.
fn eval(value: &Eval, inner: bool) -> String {
    let chained = |text: String| if inner { format!("({text})") } else { text };
    match value {
        Eval::Field(field) => quote::eval_field(field),
        Eval::Text(text) => quote::text(text),
        Eval::Pattern(pattern) => format!("\"{pattern}\""),
        Eval::Number(number) => number.clone(),
        Eval::Call(name, arguments) => {
            let arguments: Vec<String> = arguments.iter().map(|x| eval(x, false)).collect();
            format!("{name}({})", arguments.join(", "))
        }
        Eval::Infix(sign @ ("=" | "<" | "<=" | ">" | ">="), left, right) => {
            format!("{}{sign}{}", operand(left), operand(right))
        }
        Eval::Infix(sign, left, right) => {
            chained(format!("{}{sign}{}", operand(left), operand(right)))
        }
        Eval::All(tests) => {
            let tests: Vec<String> = tests.iter().map(|test| eval(test, true)).collect();
            chained(tests.join(" AND "))
        }
    }
}

/// An operand of an operator.
fn operand(value: &Eval) -> String {
    match value {
        Eval::Infix(..) | Eval::All(_)
            if verdict_faults::at("spl/emit/operand-parentheses-lost") =>
        {
            eval(value, false)
        }
        Eval::Infix(..) | Eval::All(_) => format!("({})", eval(value, false)),
        Eval::Field(_) | Eval::Text(_) | Eval::Pattern(_) | Eval::Number(_) | Eval::Call(..) => {
            eval(value, false)
        }
    }
}

/// Values on as many lines as they need, all but the first beginning at `indent`.
fn wrap(values: &[String], indent: usize) -> String {
    let mut text = String::new();
    let mut column = indent;
    for (at, value) in values.iter().enumerate() {
        let width = value.chars().count();
        if at > 0 {
            if !verdict_faults::at("spl/emit/comma-lost") {
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

#[cfg(test)]
mod alternatives {
    use super::has_alternatives;

    #[test]
    fn only_an_or_of_the_search_itself_counts() {
        for (search, wanted) in [
            ("a=1\nb=2", false),
            ("a=1 OR b=2", true),
            ("(a=1 AND b=2)\nOR (c=3)", true),
            ("(a=1 OR b=2)", false),
            ("a=\" OR \" b=\"\\\" OR \"", false),
        ] {
            assert_eq!(has_alternatives(search), wanted, "{search}");
        }
    }
}
