//! What a rule looks at in a field, beyond its value in the column's type: what a column that keeps less than the event must not lose.

use std::collections::BTreeMap;
use verdict_compiler::Ir;
use verdict_compiler::ir::{LeafKind, Relation, Term, Test, View};
use verdict_event::{Decimal, Number, Path, Value};

/// What the rule looks at in a field, beyond its value in the column's type.
#[derive(Debug, Default)]
pub(crate) struct Uses {
    /// Its text, as it was written.
    pub(crate) text: bool,
    /// Whether it equals these numbers, by text or by value.
    pub(crate) numerals: Vec<Number>,
    /// The instant that it is, were it a number or a text.
    pub(crate) instant: bool,
    /// The date-time that its text is.
    pub(crate) part: bool,
}

/// Every field that the rule reads with its uses, and whether the rule has keywords, which read every column.
pub(crate) fn uses(ir: &Ir) -> (BTreeMap<Path, Uses>, bool) {
    let mut found: BTreeMap<Path, Uses> = BTreeMap::new();
    let mut keywords = false;
    ir.predicate.each_leaf(&mut |leaf| {
        leaf.each_field(&mut |path| {
            found.entry(path.clone()).or_default();
        });
        match &leaf.kind {
            LeafKind::Is {
                term: Term::Field(path),
                test,
            } => note(found.entry(path.clone()).or_default(), test),
            LeafKind::Is { term, .. } | LeafKind::Missing(term) => texts_below(term, &mut found),
            LeafKind::Relate {
                relation,
                left,
                right,
            } => {
                for side in [left, right] {
                    texts_below(side, &mut found);
                    if let Term::Field(path) = side {
                        related(found.entry(path.clone()).or_default(), relation);
                    }
                }
            }
            LeafKind::Present(_) => {}
            LeafKind::AnyText(_) => keywords = true,
        }
    });
    (found, keywords)
}

fn note(uses: &mut Uses, test: &Test) {
    match test {
        Test::Text(_) | Test::TextOrder(..) | Test::Regex(_) => uses.text = true,
        Test::Numeral(number) => uses.numerals.push(number.clone()),
        Test::Instant(..) => uses.instant = true,
        Test::DatePart(..) => uses.part = true,
        Test::AnyValue | Test::Compare(..) | Test::Bool(_) | Test::Cidr(_) | Test::Version(..) => {}
    }
}

fn related(uses: &mut Uses, relation: &Relation) {
    match relation {
        Relation::Compare(_, View::Text, _)
        | Relation::StartsWith(_)
        | Relation::EndsWith(_)
        | Relation::Contains { .. } => uses.text = true,
        Relation::Compare(_, View::Instant, _) => uses.instant = true,
        Relation::Compare(_, View::Number | View::Bool | View::Address | View::Version, _) => {}
    }
}

/// A function may look at the text of any field below it.
fn texts_below(term: &Term, found: &mut BTreeMap<Path, Uses>) {
    match term {
        Term::Call(_, arguments) => {
            for argument in arguments {
                argument.each_field(&mut |path| {
                    found.entry(path.clone()).or_default().text = true;
                });
            }
        }
        Term::Truth { holds, known } => {
            for expr in [holds, known] {
                expr.each_leaf(&mut |leaf| {
                    if let LeafKind::Is {
                        term: Term::Field(path),
                        test,
                    } = &leaf.kind
                    {
                        note(found.entry(path.clone()).or_default(), test);
                    } else {
                        leaf.each_field(&mut |path| {
                            found.entry(path.clone()).or_default().text = true;
                        });
                    }
                });
            }
        }
        Term::Field(_) | Term::Const(_) => {}
    }
}

/// Fails if the rule looks at the text of a value that the column keeps in another form.
pub(crate) fn same_text(uses: &Uses, kept: &str, value: &Value) -> Result<(), String> {
    let written = value.scalar_text().unwrap_or_default();
    if uses.text && written != kept {
        return Err(format!("`{written}` is kept as `{kept}`"));
    }
    Ok(())
}

/// Fails if what the column keeps equals one of the rule's numbers where the value does not, or the other way.
pub(crate) fn same_numerals(
    uses: &Uses,
    value: &Value,
    equal: impl Fn(&Number) -> bool,
) -> Result<(), String> {
    let written = value.scalar_text().unwrap_or_default();
    for wanted in &uses.numerals {
        let by_value =
            matches!(value, Value::Number(number) if number.decimal() == wanted.decimal());
        if equal(wanted) != (by_value || written == wanted.text()) {
            return Err(format!("`{written}` is another text of {wanted}"));
        }
    }
    Ok(())
}

/// The whole number that a value is or that its text reads as.
pub(crate) fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => Decimal::parse(text)?.to_i64(),
        Value::Null | Value::Bool(_) | Value::List(_) | Value::Object(_) => None,
    }
}

/// The double that a value is or that its text reads as, if writing it gives the same number again.
pub(crate) fn real(written: &str, value: &Value) -> Option<f64> {
    if !matches!(value, Value::Number(_) | Value::String(_)) {
        return None;
    }
    let exact = Decimal::parse(written)?;
    let number: f64 = written.parse().ok()?;
    let kept = Decimal::parse(&number.to_string())?;
    (kept == exact).then_some(number)
}
