//! Regular expressions: one, or a condition of several.
//!
//! The IR carries an expression in Rust's own syntax wherever that can say it. Lucene's `&` and `~` it cannot say; where they stand
//! outermost, they are a condition on what several expressions find in one text, which is the same language.

use verdict_compiler::ir::regex::lucene::{self, Node};
use verdict_compiler::ir::{Case, Regex, Syntax};

/// A condition on a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Expression {
    /// The expression is found.
    Found(String),
    /// The condition does not hold.
    Not(Box<Expression>),
    /// Every condition holds.
    All(Vec<Expression>),
    /// Some condition holds.
    Any(Vec<Expression>),
}

/// The condition that an expression is; None where `&` or `~` stands inside a sequence or a repetition, or the expression does not compile.
pub(super) fn expression(regex: &Regex) -> Option<Expression> {
    if let Some(pattern) = &regex.rust {
        return found(pattern.clone());
    }
    match regex.syntax {
        Syntax::Sigma => None,
        Syntax::Lucene => condition(&lucene::parse(&regex.source).ok()?, regex.case),
    }
}

/// The expression, if it compiles: what is written must never fail where it runs.
fn found(pattern: String) -> Option<Expression> {
    let compiles = regex::Regex::new(&pattern).is_ok();
    compiles.then_some(Expression::Found(pattern))
}

fn condition(node: &Node, case: Case) -> Option<Expression> {
    if let Some(pattern) = node.to_rust(case) {
        return found(pattern);
    }
    let parts = |nodes: &[Node]| -> Option<Vec<Expression>> {
        nodes.iter().map(|node| condition(node, case)).collect()
    };
    match node {
        Node::Intersection(nodes) => parts(nodes).map(Expression::All),
        Node::Union(nodes) => parts(nodes).map(Expression::Any),
        Node::Complement(inner) => {
            condition(inner, case).map(|inner| Expression::Not(Box::new(inner)))
        }
        Node::Empty
        | Node::Nothing
        | Node::Char(_)
        | Node::Set { .. }
        | Node::Any
        | Node::AnyText
        | Node::Concat(_)
        | Node::Repeat { .. }
        | Node::Number { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Expression, expression};
    use verdict_compiler::ir::{Case, Regex};

    fn holds(expression: &Expression, text: &str) -> bool {
        match expression {
            Expression::Found(pattern) => {
                regex::Regex::new(pattern).expect("compiles").is_match(text)
            }
            Expression::Not(inner) => !holds(inner, text),
            Expression::All(parts) => parts.iter().all(|part| holds(part, text)),
            Expression::Any(parts) => parts.iter().any(|part| holds(part, text)),
        }
    }

    #[test]
    fn conditions_say_what_the_expression_says() {
        for source in [
            "ab.*",
            "~(a.*)",
            "a.*&.*b",
            "~(a.*)&~(.*b)|aab",
            "<1-12>",
            "(~a)|b",
            "@&~(a)",
        ] {
            let regex = Regex::lucene(source, Case::Fold).expect("an expression");
            let found = expression(&regex).expect("a condition");
            for text in [
                "", "a", "A", "b", "ab", "aab", "ba", "12", "012", "13", "abc\nb",
            ] {
                assert_eq!(
                    holds(&found, text),
                    regex.matches(text),
                    "{source} {text:?}"
                );
            }
        }
    }

    #[test]
    fn inside_a_sequence_there_is_no_condition() {
        for source in ["a~b", "(a&b)+", "x(~y)"] {
            let regex = Regex::lucene(source, Case::Exact).expect("an expression");
            assert_eq!(expression(&regex), None, "{source}");
        }
    }
}
