//! The plain reading: no slots, no caches, no index, every value cloned.

use std::net::IpAddr;
use verdict_compiler::ir::{
    AnyText, Case, Comparison, Expr, Ir, Leaf, LeafKind, Regex, Relation, Scalar, Term, Test, View,
    fold, function, instant, readable, version,
};
use verdict_event::{Decimal, Event, FieldType, Path, Value};

pub(super) fn holds(ir: &Ir, event: &Event) -> bool {
    Naive { ir, event }.expr(&ir.predicate)
}

struct Naive<'n> {
    ir: &'n Ir,
    event: &'n Event,
}

impl Naive<'_> {
    fn expr(&self, expr: &Expr) -> bool {
        expr.evaluate(&mut |leaf| self.leaf(leaf))
    }

    fn leaf(&self, leaf: &Leaf) -> bool {
        match &leaf.kind {
            LeafKind::Is { term, test } => {
                self.values(term).iter().any(|value| satisfies(test, value))
            }
            LeafKind::Relate {
                relation,
                left,
                right,
            } => {
                let rights = self.values(right);
                self.values(left)
                    .iter()
                    .any(|a| rights.iter().any(|b| related(relation, a, b)))
            }
            LeafKind::Missing(term) => self.outcomes(term).contains(&None),
            LeafKind::Present(path) => self.event.has_key(path),
            LeafKind::AnyText(AnyText::Pattern(pattern)) => self
                .event
                .strings()
                .iter()
                .any(|text| pattern.matches(text)),
            LeafKind::AnyText(AnyText::Regex(regex)) => {
                self.event.strings().iter().any(|text| found(regex, text))
            }
        }
    }

    fn values(&self, term: &Term) -> Vec<Scalar> {
        match term {
            Term::Field(path) => self.field(path),
            other => self.outcomes(other).into_iter().flatten().collect(),
        }
    }

    /// What each combination of values gives.
    fn outcomes(&self, term: &Term) -> Vec<Option<Scalar>> {
        match term {
            Term::Field(path) => or_none(self.field(path)),
            Term::Const(scalar) => vec![Some(scalar.clone())],
            Term::Truth { holds, known } => self.truths(holds, known),
            Term::Call(function, arguments) => {
                let mut tuples: Vec<Vec<Option<Scalar>>> = vec![Vec::new()];
                for argument in arguments {
                    let choices = self.argument(argument);
                    let longer = |tuple: &Vec<Option<Scalar>>| {
                        let tuple = tuple.clone();
                        let choices = choices.clone().into_iter();
                        choices
                            .map(move |choice| [tuple.clone(), vec![choice]].concat())
                            .collect::<Vec<_>>()
                    };
                    tuples = tuples.iter().flat_map(longer).collect();
                }
                tuples
                    .iter()
                    .map(|tuple| function::apply(*function, tuple))
                    .collect()
            }
        }
    }

    fn truths(&self, holds: &Expr, known: &Expr) -> Vec<Option<Scalar>> {
        if let Some(term) = Term::tested(holds) {
            let of = |value: Scalar| {
                Scalar::Bool(holds.evaluate(&mut |leaf| match &leaf.kind {
                    LeafKind::Is { test, .. } => satisfies(test, &value),
                    other => panic!("{other:?} tests no term"),
                }))
            };
            let outcomes = self.outcomes(term).into_iter();
            return outcomes.map(|value| value.map(of)).collect();
        }
        if let Expr::Leaf(leaf) = holds
            && let LeafKind::Relate {
                relation,
                left,
                right,
            } = &leaf.kind
        {
            let rights = self.outcomes(right);
            let pairs = self.outcomes(left).into_iter().flat_map(|a| {
                rights
                    .iter()
                    .map(move |b| Some(Scalar::Bool(related(relation, a.as_ref()?, b.as_ref()?))))
            });
            return pairs.collect();
        }
        vec![self.expr(known).then(|| Scalar::Bool(self.expr(holds)))]
    }

    /// What a function gets: a field's value as the field's type has it.
    fn argument(&self, term: &Term) -> Vec<Option<Scalar>> {
        match term {
            Term::Field(path) => or_none(
                self.field(path)
                    .into_iter()
                    .filter_map(|value| readable::scalar(self.kind(path), &text(&value)))
                    .collect(),
            ),
            Term::Const(_) | Term::Call(..) | Term::Truth { .. } => self.outcomes(term),
        }
    }

    fn kind(&self, path: &Path) -> FieldType {
        let field = self.ir.fields.get(path);
        field.map_or(FieldType::Keyword, |field| field.kind)
    }

    fn field(&self, path: &Path) -> Vec<Scalar> {
        let field = self.ir.fields.get(path);
        let stand_in = field.and_then(|field| field.null_value.clone());
        let stand_in = stand_in.map_or(Value::Null, Value::from);
        let mut values = Vec::new();
        path.visit_with_nulls(self.event.root(), &mut |value| {
            let value = match value {
                Value::Null => &stand_in,
                other => other,
            };
            if readable::readable(self.kind(path), value) {
                values.extend(scalar(value));
            }
        });
        values
    }
}

fn scalar(value: &Value) -> Option<Scalar> {
    match value {
        Value::String(text) => Some(Scalar::Text(text.clone())),
        Value::Number(number) => Some(Scalar::Number(number.clone())),
        Value::Bool(value) => Some(Scalar::Bool(*value)),
        Value::Null | Value::List(_) | Value::Object(_) => None,
    }
}

fn text(value: &Scalar) -> String {
    match value {
        Scalar::Text(text) => text.clone(),
        Scalar::Number(number) => number.text().to_owned(),
        Scalar::Bool(value) => value.to_string(),
    }
}

fn number(value: &Scalar) -> Option<Decimal> {
    match value {
        Scalar::Text(text) => Decimal::parse(text),
        Scalar::Number(number) => Some(number.decimal()),
        Scalar::Bool(_) => None,
    }
}

fn moment(value: &Scalar) -> Option<i64> {
    match value {
        Scalar::Text(text) => instant::parse(text),
        Scalar::Number(number) => number.as_i64(),
        Scalar::Bool(_) => None,
    }
}

fn boolean(value: &Scalar) -> Option<bool> {
    text(value).parse().ok()
}

fn address(value: &Scalar) -> Option<IpAddr> {
    text(value).parse().ok()
}

fn found(regex: &Regex, text: &str) -> bool {
    match &regex.rust {
        Some(pattern) => regex::Regex::new(pattern).expect("a regex").is_match(text),
        None => regex.matches(text),
    }
}

fn satisfies(test: &Test, value: &Scalar) -> bool {
    let text = text(value);
    match test {
        Test::AnyValue => true,
        Test::Text(pattern) => pattern.matches(&text),
        Test::Numeral(wanted) => {
            text == wanted.text()
                || matches!(value, Scalar::Number(have) if have.decimal() == wanted.decimal())
        }
        Test::Compare(comparison, than) => {
            compares(*comparison, number(value), Some(than.decimal()))
        }
        Test::TextOrder(comparison, than) => compares(*comparison, Some(text), Some(than.clone())),
        Test::Bool(wanted) => boolean(value) == Some(*wanted),
        Test::Regex(regex) => found(regex, &text),
        Test::Cidr(network) => address(value).is_some_and(|address| network.contains(&address)),
        Test::Version(comparison, than) => comparison.accepts(version::compare(&text, than)),
        Test::Instant(comparison, than) => compares(*comparison, moment(value), Some(*than)),
        Test::DatePart(part, comparison, than) => compares(
            *comparison,
            instant::parse_date_time(&text).map(|at| instant::part(at, *part)),
            Some(*than),
        ),
    }
}

fn compares<T: Ord>(comparison: Comparison, a: Option<T>, b: Option<T>) -> bool {
    a.zip(b).is_some_and(|(a, b)| comparison.accepts(a.cmp(&b)))
}

fn related(relation: &Relation, a: &Scalar, b: &Scalar) -> bool {
    let folded = |case: Case, value: &Scalar| match case {
        Case::Exact => text(value),
        Case::Fold => fold::fold(&text(value)),
    };
    match relation {
        Relation::Compare(comparison, view, case) => match view {
            View::Text => compares(*comparison, Some(folded(*case, a)), Some(folded(*case, b))),
            View::Number => compares(*comparison, number(a), number(b)),
            View::Bool => compares(*comparison, boolean(a), boolean(b)),
            View::Address => compares(*comparison, address(a), address(b)),
            View::Version => comparison.accepts(version::compare(&text(a), &text(b))),
            View::Instant => compares(*comparison, moment(a), moment(b)),
        },
        Relation::StartsWith(case) => folded(*case, a).starts_with(&folded(*case, b)),
        Relation::EndsWith(case) => folded(*case, a).ends_with(&folded(*case, b)),
        Relation::Contains { case, empty } => {
            (*empty || !text(b).is_empty()) && folded(*case, a).contains(&folded(*case, b))
        }
    }
}

fn or_none(values: Vec<Scalar>) -> Vec<Option<Scalar>> {
    if values.is_empty() {
        vec![None]
    } else {
        values.into_iter().map(Some).collect()
    }
}
