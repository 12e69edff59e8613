//! Leaves: tests, terms and relations as Rust.

use crate::rust::code::Code;
use crate::rust::predicate::Writer;
use crate::rust::quote;
use verdict_compiler::ir::pattern::Shape;
use verdict_compiler::ir::{
    Case, Comparison, DatePart, Expr, Function, LeafKind, Pattern, Piece, Regex, Relation, Scalar,
    Term, Test, View, fold,
};

/// How a test is written.
pub(super) enum Written<'t> {
    /// By a method that takes a list, of which this is an item.
    Listed(&'static str, Item),
    /// As a value of `Test`.
    Simple(Code),
    /// The field has any value at all.
    AnyValue,
    /// By a compiled expression.
    Regex(&'t Regex),
}

/// An item of a list.
pub(super) struct Item {
    /// What orders it in a sorted table.
    pub(super) key: String,
    /// How it is written.
    pub(super) code: Code,
}

impl Item {
    fn text(text: &str, case: Case) -> Self {
        let key = cased(text, case);
        Self {
            code: Code::plain(quote::text(&key)),
            key,
        }
    }
}

fn cased(text: &str, case: Case) -> String {
    match case {
        Case::Exact => text.to_owned(),
        Case::Fold => fold::fold(text),
    }
}

/// How a test is written.
pub(super) fn written(test: &Test) -> Written<'_> {
    let sign = |comparison: Comparison| Code::plain(self::comparison(comparison));
    let literal = |text: &str| Code::plain(quote::text(text));
    let whole = |number: i64| Code::plain(integer(number));
    match test {
        Test::AnyValue => Written::AnyValue,
        Test::Text(pattern) => text(pattern),
        Test::Numeral(number) => Written::Listed("numeral", Item::text(number.text(), Case::Exact)),
        Test::Compare(comparison, number) => Written::Simple(Code::call(
            "Test::Number",
            [sign(*comparison), literal(number.text())],
        )),
        Test::TextOrder(comparison, than) => Written::Simple(Code::call(
            "Test::TextOrder",
            [sign(*comparison), literal(than)],
        )),
        Test::Bool(truth) => {
            Written::Simple(Code::call("Test::Bool", [Code::plain(truth.to_string())]))
        }
        Test::Regex(regex) => Written::Regex(regex),
        Test::Cidr(network) => {
            Written::Listed("within", Item::text(&network.to_string(), Case::Exact))
        }
        Test::Version(comparison, than) => Written::Simple(Code::call(
            "Test::Version",
            [sign(*comparison), literal(than)],
        )),
        Test::Instant(comparison, than) => Written::Simple(Code::call(
            "Test::Instant",
            [sign(*comparison), whole(*than)],
        )),
        Test::DatePart(part, comparison, number) => Written::Simple(Code::call(
            "Test::DatePart",
            [
                Code::plain(date_part(*part)),
                sign(*comparison),
                whole(*number),
            ],
        )),
    }
}

fn text(pattern: &Pattern) -> Written<'static> {
    let case = pattern.case();
    let method = |fold: &'static str, exact: &'static str| match case {
        Case::Fold => fold,
        Case::Exact => exact,
    };
    let (method, text) = match pattern.shape() {
        // Every value has a text.
        Shape::Anything => return Written::AnyValue,
        Shape::Equals(text) => (method("equals", "equals_exact"), text),
        Shape::StartsWith(text) => (method("starts_with", "starts_with_exact"), text),
        Shape::EndsWith(text) => (method("ends_with", "ends_with_exact"), text),
        Shape::Contains(text) => (method("contains", "contains_exact"), text),
        Shape::General(pieces) => {
            let code = Code::slice(
                pieces
                    .iter()
                    .map(|piece| self::piece(piece, case))
                    .collect(),
            );
            let key = String::new();
            return Written::Listed(method("like", "like_exact"), Item { key, code });
        }
    };
    Written::Listed(method, Item::text(text, case))
}

fn piece(piece: &Piece, case: Case) -> Code {
    match piece {
        Piece::Literal(text) => Code::call(
            "Piece::Text",
            [Code::plain(quote::text(&cased(text, case)))],
        ),
        Piece::AnyRun => Code::plain("Piece::Run"),
        Piece::AnyChar => Code::plain("Piece::One"),
    }
}

/// The variant of `Test` behind a method.
pub(super) fn variant(method: &'static str) -> String {
    let words = method.split('_').map(|word| {
        let (first, rest) = word.split_at_checked(1).unwrap_or((word, ""));
        first.to_ascii_uppercase() + rest
    });
    words.collect()
}

/// A whole number, grouped as people read it.
fn integer(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && digits.len() > 4 && (digits.len() - at).is_multiple_of(3) {
            text.push('_');
        }
        text.push(digit);
    }
    if number < 0 { format!("-{text}") } else { text }
}

fn comparison(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Equal => "Comparison::Equal",
        Comparison::Less => "Comparison::Less",
        Comparison::LessOrEqual => "Comparison::LessOrEqual",
        Comparison::Greater => "Comparison::Greater",
        Comparison::GreaterOrEqual => "Comparison::GreaterOrEqual",
    }
}

fn date_part(part: DatePart) -> &'static str {
    match part {
        DatePart::Minute => "DatePart::Minute",
        DatePart::Hour => "DatePart::Hour",
        DatePart::Day => "DatePart::Day",
        DatePart::Week => "DatePart::Week",
        DatePart::Month => "DatePart::Month",
        DatePart::Year => "DatePart::Year",
    }
}

/// `&` and the code.
pub(super) fn borrowed(code: Code) -> Code {
    Code::Borrowed(Box::new(code))
}

/// The values of a term.
pub(super) fn values(writer: &mut Writer<'_>, term: &Term) -> Code {
    match term {
        Term::Field(path) => Code::call("event.values", [writer.field(path)]),
        Term::Const(scalar) => constant(scalar),
        Term::Call(function, arguments) => {
            let arguments = arguments.iter().map(|argument| match argument {
                Term::Field(path) => Code::call("event.arguments", [writer.field(path)]),
                Term::Const(_) | Term::Call(..) | Term::Truth { .. } => values(writer, argument),
            });
            let arguments = arguments.collect();
            Code::call(
                "function::call",
                [
                    Code::plain(self::function(*function)),
                    Code::slice(arguments),
                ],
            )
        }
        Term::Truth { holds, known } => truth(writer, holds, known),
    }
}

/// What a condition says of each value that it tests.
fn truth(writer: &mut Writer<'_>, holds: &Expr, known: &Expr) -> Code {
    if let Some((method, tests)) = tests(holds)
        && let Some(term) = Term::tested(holds)
    {
        let values = borrowed(values(writer, term));
        let tests = tests.into_iter().map(|test| writer.test(test)).collect();
        return Code::call(method, [values, Code::slice(tests)]);
    }
    if let Expr::Leaf(leaf) = holds
        && let LeafKind::Relate {
            relation,
            left,
            right,
        } = &leaf.kind
    {
        let left = borrowed(values(writer, left));
        let right = borrowed(values(writer, right));
        return Code::call("relation::each", [left, self::relation(relation), right]);
    }
    Code::call("function::truth", [writer.expr(holds), writer.expr(known)])
}

/// The tests of a condition over one term, and whether one or all of them must hold.
fn tests(condition: &Expr) -> Option<(&'static str, Vec<&Test>)> {
    let (method, operands) = match condition {
        Expr::Leaf(_) => ("test::each", std::slice::from_ref(condition)),
        Expr::Any(operands) => ("test::each", operands.as_slice()),
        Expr::All(operands) => ("test::each_all", operands.as_slice()),
        Expr::Const(_) | Expr::Not(_) => return None,
    };
    let mut tests = Vec::with_capacity(operands.len());
    for operand in operands {
        match operand {
            Expr::Leaf(leaf) => match &leaf.kind {
                LeafKind::Is { test, .. } => tests.push(test),
                LeafKind::Relate { .. }
                | LeafKind::Missing(_)
                | LeafKind::Present(_)
                | LeafKind::AnyText(_) => return None,
            },
            Expr::Const(_) | Expr::Not(_) | Expr::All(_) | Expr::Any(_) => return None,
        }
    }
    Some((method, tests))
}

fn constant(scalar: &Scalar) -> Code {
    let (kind, value) = match scalar {
        Scalar::Text(text) => ("function::text", quote::text(text)),
        Scalar::Number(number) => ("function::number", quote::text(number.text())),
        Scalar::Bool(truth) => ("function::bool", truth.to_string()),
    };
    Code::call(kind, [Code::plain(value)])
}

fn function(function: Function) -> &'static str {
    match function {
        Function::Add => "Function::Add",
        Function::Subtract => "Function::Subtract",
        Function::Multiply => "Function::Multiply",
        Function::Divide { integral: true } => "Function::DivideWhole",
        Function::Divide { integral: false } => "Function::Divide",
        Function::Modulo => "Function::Modulo",
        Function::Negate => "Function::Negate",
        Function::Between(Case::Fold) => "Function::Between",
        Function::Between(Case::Exact) => "Function::BetweenExact",
        Function::Concat => "Function::Concat",
        Function::IndexOf(Case::Fold) => "Function::IndexOf",
        Function::IndexOf(Case::Exact) => "Function::IndexOfExact",
        Function::Length => "Function::Length",
        Function::ToNumber => "Function::ToNumber",
        Function::ToText => "Function::ToText",
        Function::Substring => "Function::Substring",
    }
}

/// A relation as a value of `Relation`.
pub(super) fn relation(relation: &Relation) -> Code {
    let exact = |case: Case| case == Case::Exact;
    match relation {
        Relation::Compare(comparison, view, case) => {
            let view = match (view, case) {
                (View::Text, Case::Fold) => "View::Text",
                (View::Text, Case::Exact) => "View::TextExact",
                (View::Number, _) => "View::Number",
                (View::Bool, _) => "View::Bool",
                (View::Address, _) => "View::Address",
                (View::Version, _) => "View::Version",
                (View::Instant, _) => "View::Instant",
            };
            let sign = Code::plain(self::comparison(*comparison));
            Code::call("Relation::Compare", [sign, Code::plain(view)])
        }
        Relation::StartsWith(case) => Code::plain(format!(
            "Relation::StartsWith {{ exact: {} }}",
            exact(*case)
        )),
        Relation::EndsWith(case) => {
            Code::plain(format!("Relation::EndsWith {{ exact: {} }}", exact(*case)))
        }
        Relation::Contains { case, empty } => Code::plain(format!(
            "Relation::Contains {{ exact: {}, empty: {empty} }}",
            exact(*case)
        )),
    }
}
