//! A small notation for leaves, one a line: `field:type test argument`.
//!
//! Types are those of a schema, with `[]` for lists. An argument in double quotes is a JSON string. Terms of functions are
//! `name(term, ...)`; a term in double quotes is a text, one of digits a number.

use std::collections::BTreeMap;
use verdict_compiler::Span;
use verdict_compiler::ir::regex::sigma::Flags;
use verdict_compiler::ir::{
    AnyText, Case, Comparison, DatePart, Expr, Function, LeafKind, Pattern, Piece, Regex, Relation,
    Scalar, Syntax, Term, Test, View,
};
use verdict_event::{FieldSchema, FieldType, Number, Path};

pub(crate) type Fields = BTreeMap<Path, FieldSchema>;

/// The leaf of a line, and the fields that it reads.
pub(crate) fn leaf(line: &str) -> (Expr, Fields) {
    let mut fields = Fields::new();
    let (subject, rest) = match line.split_once(") ") {
        Some((call, rest)) if call.contains('(') => (format!("{call})"), rest),
        _ => {
            let (subject, rest) = line.split_once(' ').expect("a test");
            (subject.to_owned(), rest)
        }
    };
    let (word, argument) = rest.split_once(' ').unwrap_or((rest, ""));
    let kind = if subject == "*" {
        LeafKind::AnyText(match word {
            "re" => AnyText::Regex(regex(argument, Case::Exact)),
            "search" => {
                AnyText::Regex(Regex::sigma(argument, Flags::default()).expect("an expression"))
            }
            "~" => AnyText::Pattern(glob(argument, Case::Fold)),
            "~~" => AnyText::Pattern(glob(argument, Case::Exact)),
            other => panic!("no keyword test {other}"),
        })
    } else {
        let term = term(&subject, &mut fields);
        kind(term, word, argument, &mut fields)
    };
    (Expr::leaf(kind, Span::new(3, 7)), fields)
}

fn kind(subject: Term, word: &str, argument: &str, fields: &mut Fields) -> LeafKind {
    match word {
        "missing" => return LeafKind::Missing(subject),
        "present" => match subject {
            Term::Field(path) => return LeafKind::Present(path),
            other => panic!("present takes a field, not {other:?}"),
        },
        _ => {}
    }
    if let Some((relation, view)) = word
        .strip_prefix("rel-")
        .and_then(|word| word.split_once('-'))
    {
        return LeafKind::Relate {
            relation: self::relation(relation, view),
            left: subject,
            right: term(argument, fields),
        };
    }
    LeafKind::Is {
        term: subject,
        test: test(word, argument),
    }
}

fn relation(word: &str, view: &str) -> Relation {
    let case = if view == "fold" {
        Case::Fold
    } else {
        Case::Exact
    };
    match word {
        "starts" => Relation::StartsWith(case),
        "ends" => Relation::EndsWith(case),
        "contains" => Relation::Contains { case, empty: true },
        "holds" => Relation::Contains { case, empty: false },
        sign => {
            let view = match view {
                "fold" | "exact" => View::Text,
                "number" => View::Number,
                "bool" => View::Bool,
                "address" => View::Address,
                "version" => View::Version,
                "instant" => View::Instant,
                other => panic!("no view {other}"),
            };
            Relation::Compare(comparison(sign), view, case)
        }
    }
}

fn test(word: &str, argument: &str) -> Test {
    let number = || Number::parse(argument).expect("a number");
    match word {
        "any" => Test::AnyValue,
        "=" => Test::Text(Pattern::new(
            [Piece::Literal(unquoted(argument))],
            Case::Exact,
        )),
        "=~" => Test::Text(Pattern::new(
            [Piece::Literal(unquoted(argument))],
            Case::Fold,
        )),
        "~" => Test::Text(glob(argument, Case::Fold)),
        "~~" => Test::Text(glob(argument, Case::Exact)),
        "wild" => Test::Text(hashed(argument, Case::Fold)),
        "wild~" => Test::Text(hashed(argument, Case::Exact)),
        "num" => Test::Numeral(number()),
        "bool" => Test::Bool(argument == "true"),
        "re" => Test::Regex(regex(argument, Case::Exact)),
        "search" => Test::Regex(Regex::sigma(argument, Flags::default()).expect("an expression")),
        "lucene~" => Test::Regex(Regex::lucene(argument, Case::Fold).expect("an expression")),
        "lucene" => Test::Regex(Regex {
            rust: None,
            syntax: Syntax::Lucene,
            ..regex(argument, Case::Exact)
        }),
        "cidr" => Test::Cidr(argument.parse().expect("a network")),
        "version" => Test::Version(Comparison::Less, argument.to_owned()),
        "<" | "<=" | ">" | ">=" | "==" => Test::Compare(comparison(word), number()),
        _ => parted(word, argument),
    }
}

fn parted(word: &str, argument: &str) -> Test {
    let (sign, value) = argument.split_once(' ').expect("a sign and a value");
    let comparison = comparison(sign);
    let whole = || value.parse().expect("a whole number");
    match word {
        "order" => Test::TextOrder(comparison, unquoted(value)),
        "instant" => Test::Instant(comparison, whole()),
        "minute" => Test::DatePart(DatePart::Minute, comparison, whole()),
        "hour" => Test::DatePart(DatePart::Hour, comparison, whole()),
        "day" => Test::DatePart(DatePart::Day, comparison, whole()),
        "week" => Test::DatePart(DatePart::Week, comparison, whole()),
        "month" => Test::DatePart(DatePart::Month, comparison, whole()),
        "year" => Test::DatePart(DatePart::Year, comparison, whole()),
        other => panic!("no test {other}"),
    }
}

fn comparison(sign: &str) -> Comparison {
    match sign {
        "==" => Comparison::Equal,
        "<" => Comparison::Less,
        "<=" => Comparison::LessOrEqual,
        ">" => Comparison::Greater,
        ">=" => Comparison::GreaterOrEqual,
        other => panic!("no comparison {other}"),
    }
}

fn unquoted(argument: &str) -> String {
    if argument.starts_with('"') {
        return serde_json::from_str(argument).expect("a JSON string");
    }
    argument.to_owned()
}

/// A pattern in which `*` and `?` are wildcards.
pub(crate) fn glob(argument: &str, case: Case) -> Pattern {
    let pieces = unquoted(argument);
    let pieces = pieces.chars().map(|c| match c {
        '*' => Piece::AnyRun,
        '?' => Piece::AnyChar,
        other => Piece::Literal(other.to_string()),
    });
    Pattern::new(pieces, case)
}

/// A pattern in which `#` and `%` are wildcards, so that `*` and `?` are not.
fn hashed(argument: &str, case: Case) -> Pattern {
    let pieces = argument.chars().map(|c| match c {
        '#' => Piece::AnyRun,
        '%' => Piece::AnyChar,
        other => Piece::Literal(other.to_string()),
    });
    Pattern::new(pieces, case)
}

fn regex(source: &str, case: Case) -> Regex {
    Regex {
        source: source.to_owned(),
        syntax: Syntax::Sigma,
        case,
        rust: Some(source.to_owned()),
    }
}

/// The arguments of a function; commas inside parentheses part nothing.
fn split(arguments: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut depth = 0;
    for c in arguments.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if c == ',' && depth == 0 {
            parts.push(String::new());
        } else if let Some(last) = parts.last_mut() {
            last.push(c);
        }
    }
    parts
}

fn term(text: &str, fields: &mut Fields) -> Term {
    let text = text.trim();
    if let Some((name, arguments)) = text.strip_suffix(')').and_then(|text| text.split_once('(')) {
        let arguments = split(arguments).into_iter().map(|part| term(&part, fields));
        return Term::Call(function(name), arguments.collect());
    }
    if text.starts_with('"') {
        return Term::Const(Scalar::Text(unquoted(text)));
    }
    if let Some(number) = Number::parse(text) {
        return Term::Const(Scalar::Number(number));
    }
    if text == "true" {
        return Term::Const(Scalar::Bool(true));
    }
    let (name, kind) = text.split_once(':').expect("a field and its type");
    let (kind, array) = match kind.strip_suffix("[]") {
        Some(kind) => (kind, true),
        None => (kind, false),
    };
    let kind: FieldType =
        serde_json::from_value(serde_json::Value::from(kind)).expect("a type of fields");
    fields.insert(
        Path::new(name),
        FieldSchema {
            array,
            ..FieldSchema::new(kind)
        },
    );
    Term::Field(Path::new(name))
}

fn function(name: &str) -> Function {
    match name {
        "add" => Function::Add,
        "subtract" => Function::Subtract,
        "multiply" => Function::Multiply,
        "divide" => Function::Divide { integral: false },
        "quotient" => Function::Divide { integral: true },
        "modulo" => Function::Modulo,
        "negate" => Function::Negate,
        "between" => Function::Between(Case::Exact),
        "between~" => Function::Between(Case::Fold),
        "concat" => Function::Concat,
        "indexOf" => Function::IndexOf(Case::Exact),
        "indexOf~" => Function::IndexOf(Case::Fold),
        "length" => Function::Length,
        "number" => Function::ToNumber,
        "string" => Function::ToText,
        "substring" => Function::Substring,
        other => panic!("no function {other}"),
    }
}
