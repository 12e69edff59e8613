//! Events as documents.
//!
//! Elasticsearch indexes the event itself, so a row is the event. What an index does not keep is the written form of a value: a JSON number in a
//! `keyword` field is its text, and an address is its bytes. Where the rule looks at that, no document holds the event.

use crate::eql::columns::{self, MESSAGE, canonical};
use crate::target::{Projection, Projector};
use std::collections::BTreeMap;
use verdict_compiler::Ir;
use verdict_compiler::ir::readable::readable;
use verdict_compiler::ir::{LeafKind, Relation, Term, Test, View};
use verdict_event::{Event, FieldType, Number, Path, Value};

/// What the rule looks at in a field.
#[derive(Debug, Default)]
struct Uses {
    /// Its text, as it was written.
    text: bool,
    /// Whether it is there, whatever it holds.
    presence: bool,
    /// Whether it equals these numbers, by text or by value.
    numerals: Vec<Number>,
}

impl Uses {
    fn is_any(&self) -> bool {
        self.text || self.presence || !self.numerals.is_empty()
    }
}

/// A field whose values must be looked at.
struct Column {
    path: Path,
    kind: FieldType,
    /// Whether the type is of our choosing, so that every value must be one of it.
    chosen: bool,
    uses: Uses,
}

/// What makes an event its document.
pub(crate) fn projector(ir: &Ir) -> Projector {
    let fields = columns::of(ir);
    let (uses, keywords) = uses(ir);
    let columns: Vec<Column> = uses
        .into_iter()
        .map(|(path, uses)| {
            let kind = fields
                .get(&path)
                .map_or(FieldType::Keyword, |field| field.kind);
            let before = ir
                .fields
                .get(&path)
                .map_or(FieldType::Keyword, |field| field.kind);
            Column {
                path,
                kind,
                chosen: kind == FieldType::Ip && before != FieldType::Ip,
                uses,
            }
        })
        .filter(|column| column.chosen || column.uses.is_any())
        .collect();
    Box::new(move |event| project(&columns, keywords, event))
}

fn project(columns: &[Column], keywords: bool, event: &Event) -> Projection {
    for column in columns {
        for value in event.values(&column.path) {
            if let Err(reason) = kept(column, value) {
                return Projection::Unrepresentable(format!("`{}`: {reason}", column.path));
            }
        }
    }
    if keywords {
        let message = event.values(&Path::new(MESSAGE));
        if let Some(value) = message
            .iter()
            .find(|value| !matches!(value, Value::String(_)))
        {
            let written = value.scalar_text().unwrap_or_default();
            return Projection::Unrepresentable(format!(
                "`{MESSAGE}`: `{written}` becomes text in the field that keywords search"
            ));
        }
    }
    Projection::Row(event.clone())
}

/// Fails if the index keeps a value in another form than the rule looks at.
fn kept(column: &Column, value: &Value) -> Result<(), String> {
    let written = value.scalar_text().unwrap_or_default();
    if column.chosen && !readable(FieldType::Ip, value) {
        return Err(format!("`{written}` is no address"));
    }
    // What the type cannot read is not there, for the rule and for the index, unless the rule asks for the key alone.
    if !readable(column.kind, value) {
        return if column.uses.presence && !matches!(value, Value::Null) {
            Err(format!("`{written}` is no value of the field's type"))
        } else {
            Ok(())
        };
    }
    let plain = match column.kind {
        FieldType::Ip => !column.uses.text || canonical(written).is_some(),
        FieldType::Long => {
            let whole = Number::parse(written).and_then(|number| number.as_i64());
            !column.uses.text || whole.is_some_and(|whole| whole.to_string() == written)
        }
        FieldType::Keyword
        | FieldType::Text
        | FieldType::Double
        | FieldType::Boolean
        | FieldType::Date
        | FieldType::Version
        | FieldType::Object => true,
    };
    if !plain {
        return Err(format!("`{written}` is kept in another form"));
    }
    for wanted in &column.uses.numerals {
        let by_value =
            matches!(value, Value::Number(number) if number.decimal() == wanted.decimal());
        let same_text = written == wanted.text();
        let indexed = if column.kind.is_numeric() {
            Number::parse(written).is_some_and(|number| number.decimal() == wanted.decimal())
        } else {
            same_text
        };
        if indexed != (by_value || same_text) {
            return Err(format!("`{written}` is another text of {wanted}"));
        }
    }
    Ok(())
}

/// Every field whose written form the rule looks at, and whether it has keywords.
fn uses(ir: &Ir) -> (BTreeMap<Path, Uses>, bool) {
    let mut found: BTreeMap<Path, Uses> = BTreeMap::new();
    let mut keywords = false;
    ir.predicate.each_leaf(&mut |leaf| match &leaf.kind {
        LeafKind::Is {
            term: Term::Field(path),
            test,
        } => {
            let uses = found.entry(path.clone()).or_default();
            match test {
                Test::Text(_) | Test::TextOrder(..) | Test::Regex(_) => uses.text = true,
                Test::Numeral(number) => uses.numerals.push(number.clone()),
                Test::AnyValue
                | Test::Compare(..)
                | Test::Bool(_)
                | Test::Cidr(_)
                | Test::Version(..)
                | Test::Instant(..)
                | Test::DatePart(..) => {}
            }
        }
        LeafKind::Relate {
            relation,
            left,
            right,
        } => {
            let text = match relation {
                Relation::Compare(_, View::Text, _)
                | Relation::StartsWith(_)
                | Relation::EndsWith(_)
                | Relation::Contains { .. } => true,
                Relation::Compare(
                    _,
                    View::Number | View::Bool | View::Address | View::Version | View::Instant,
                    _,
                ) => false,
            };
            for side in [left, right] {
                if let Term::Field(path) = side {
                    found.entry(path.clone()).or_default().text |= text;
                }
            }
        }
        LeafKind::AnyText(_) => keywords = true,
        LeafKind::Present(path) => found.entry(path.clone()).or_default().presence = true,
        LeafKind::Is { .. } | LeafKind::Missing(_) => {}
    });
    (found, keywords)
}
