//! Events as rows of profile `raw`.
//!
//! A field of Splunk holds texts: one, several or none. A number is its source text, a truth value `true` or `false`. The empty text is taken
//! for none, as automatic extraction takes it. Where the texts lose what the rule looks at, no row holds the event, and it is counted instead of
//! compared.

use crate::spl::keyword::RAW;
use crate::spl::quote;
use crate::target::{Projection, Projector};
use std::collections::{BTreeMap, BTreeSet};
use verdict_compiler::Ir;
use verdict_compiler::ir::readable::readable;
use verdict_compiler::ir::series::Order;
use verdict_compiler::ir::{LeafKind, Term, Test};
use verdict_event::{Event, FieldType, Number, Path, Value};

/// What the query needs of a field's values to say the same as the rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Demand {
    /// No explicit null, which stands for a value by the mapping.
    NoNull,
    /// Not several values, since a test reads the field beside others.
    OneValue,
    /// Whole numbers in their shortest form.
    ShortestForm,
    /// No networks, since `search` looks for addresses in one as it looks for its text.
    NoNetwork,
}

/// A field that the rule reads.
#[derive(Debug)]
struct Field {
    path: Path,
    kind: FieldType,
    demands: BTreeSet<Demand>,
    /// The numbers that it equals by text or by value.
    numerals: Vec<Number>,
}

impl Field {
    fn needs(&self, demand: Demand) -> bool {
        self.demands.contains(&demand)
    }

    fn demand(&mut self, demand: Demand, needed: bool) {
        if needed {
            self.demands.insert(demand);
        }
    }
}

/// What makes an event its row: what the rule reads is worked out here, once.
pub(crate) fn projector(ir: &Ir) -> Projector {
    let (fields, keywords) = read(ir);
    Box::new(move |event| project(&fields, keywords, event))
}

/// The same for a rule over several events: with fields that join, group or measure (of which some hold one value alone), and the time.
pub(crate) fn with_more(ir: &Ir, more: BTreeMap<Path, bool>, time: Option<Order>) -> Projector {
    let (fields, keywords) = read(ir);
    let mut fields: BTreeMap<Path, Field> = fields
        .into_iter()
        .map(|field| (field.path.clone(), field))
        .collect();
    for (path, several) in more {
        let known = ir.fields.get(&path);
        let field = fields.entry(path.clone()).or_insert_with(|| Field {
            path,
            kind: known.map_or(FieldType::Keyword, |field| field.kind),
            demands: BTreeSet::new(),
            numerals: Vec::new(),
        });
        field.demand(Demand::OneValue, !several);
    }
    let fields: Vec<Field> = fields.into_values().collect();
    let clock = time.map(|order| order.clock());
    Box::new(move |event| {
        let Some(clock) = &clock else {
            return project(&fields, keywords, event);
        };
        let Some(instant) = clock.instant(event) else {
            return Projection::Unrepresentable("Splunk gives every event a time".to_owned());
        };
        match project(&fields, keywords, event) {
            Projection::Row(row) => Projection::Row(timed(&row, instant)),
            none @ Projection::Unrepresentable(_) => none,
        }
    })
}

/// A row with its time, in seconds.
fn timed(row: &Event, instant: i64) -> Event {
    let (seconds, rest) = (instant.div_euclid(1000), instant.rem_euclid(1000));
    // Before 1970 the fraction counts the other way.
    let text = if seconds < 0 && rest > 0 {
        let whole = seconds + 1;
        let sign = if whole == 0 { "-" } else { "" };
        format!("{sign}{whole}.{:03}", 1000 - rest)
    } else {
        format!("{seconds}.{rest:03}")
    };
    let mut cells = row.entries().to_vec();
    cells.extend(Number::parse(&text).map(|number| ("_time".to_owned(), Value::Number(number))));
    Event::new(cells)
}

/// Fields that a test reads beside others: no row holds several values of them.
pub(crate) fn singles(ir: &Ir) -> BTreeSet<Path> {
    let (fields, _) = read(ir);
    let single = fields
        .into_iter()
        .filter(|field| field.needs(Demand::OneValue));
    single.map(|field| field.path).collect()
}

fn project(fields: &[Field], keywords: bool, event: &Event) -> Projection {
    let mut row = Vec::with_capacity(fields.len() + 1);
    for field in fields {
        match cell(field, event) {
            Ok(None) => {}
            Ok(Some(value)) => row.push((field.path.as_str().to_owned(), value)),
            Err(reason) => {
                return Projection::Unrepresentable(format!("`{}`: {reason}", field.path));
            }
        }
    }
    if keywords {
        // A profile's rows bring the text of the event that they were.
        let known = event.values(&Path::new(RAW)).first().copied().cloned();
        let text = known.unwrap_or_else(|| Value::String(event.to_json_line()));
        row.push((RAW.to_owned(), text));
    }
    Projection::Row(Event::new(row))
}

fn cell(field: &Field, event: &Event) -> Result<Option<Value>, String> {
    if field.needs(Demand::NoNull) && event.has_key(&field.path) {
        let mut null = false;
        field
            .path
            .visit_with_nulls(event.root(), &mut |value| null |= *value == Value::Null);
        if null {
            return Err("nothing stands for null in Splunk".to_owned());
        }
    }
    let values = event.values(&field.path);
    if field.needs(Demand::OneValue) && values.len() > 1 {
        return Err("several values of a field that is compared with another".to_owned());
    }
    let mut texts = Vec::new();
    for value in values {
        let text = value.scalar_text().unwrap_or_default();
        if !readable(field.kind, value) {
            return Err(format!("`{text}` is no value of the field's type"));
        }
        if field.needs(Demand::ShortestForm) && !is_shortest(text) {
            return Err(format!("`{text}` is not how a whole number is written"));
        }
        if field.needs(Demand::NoNetwork) && quote::is_network(text) {
            return Err(format!("`{text}` is a network among addresses"));
        }
        for wanted in &field.numerals {
            let by_value =
                matches!(value, Value::Number(number) if number.decimal() == wanted.decimal());
            if by_value && text != wanted.text() {
                return Err(format!("`{text}` is another text of {wanted}"));
            }
        }
        if !text.is_empty() {
            texts.push(Value::from(text));
        }
    }
    match texts.len() {
        0 => Ok(None),
        1 => Ok(texts.pop()),
        _ => Ok(Some(Value::List(texts))),
    }
}

/// Whether a text is a whole number as everyone writes it.
fn is_shortest(text: &str) -> bool {
    text.parse::<i64>()
        .is_ok_and(|number| number.to_string() == text)
}

/// Every field that the rule reads, and whether it has keywords, which read the event's text.
fn read(ir: &Ir) -> (Vec<Field>, bool) {
    let mut found: BTreeMap<Path, Field> = BTreeMap::new();
    let mut keywords = false;
    for path in ir.predicate.fields() {
        let known = ir.fields.get(&path);
        let kind = known.map_or(FieldType::Keyword, |field| field.kind);
        let field = Field {
            path: path.clone(),
            kind,
            demands: known
                .filter(|field| field.null_value.is_some())
                .map(|_| Demand::NoNull)
                .into_iter()
                .collect(),
            numerals: Vec::new(),
        };
        found.insert(path, field);
    }
    ir.predicate
        .each_leaf(&mut |leaf| note(&leaf.kind, &mut found, &mut keywords));
    (found.into_values().collect(), keywords)
}

fn note(leaf: &LeafKind, found: &mut BTreeMap<Path, Field>, keywords: &mut bool) {
    match leaf {
        LeafKind::Is {
            term: Term::Field(path),
            test,
        } => {
            let Some(field) = found.get_mut(path) else {
                return;
            };
            match test {
                Test::Numeral(number) => field.numerals.push(number.clone()),
                Test::Cidr(_) => field.demand(Demand::NoNetwork, true),
                Test::Compare(..) => {
                    field.demand(Demand::ShortestForm, field.kind == FieldType::Long);
                }
                Test::AnyValue
                | Test::Text(_)
                | Test::TextOrder(..)
                | Test::Bool(_)
                | Test::Regex(_)
                | Test::Version(..)
                | Test::Instant(..)
                | Test::DatePart(..) => {}
            }
        }
        LeafKind::Is { term, .. } | LeafKind::Missing(term) => together(&[term], found),
        LeafKind::Relate { left, right, .. } => together(&[left, right], found),
        LeafKind::Present(_) => {}
        LeafKind::AnyText(_) => *keywords = true,
    }
}

/// Fields that one test reads: with one value each where they are several.
fn together(terms: &[&Term], found: &mut BTreeMap<Path, Field>) {
    let mut read: Vec<Path> = Vec::new();
    for term in terms {
        match term {
            Term::Field(_) | Term::Call(..) => term.each_field(&mut |path| read.push(path.clone())),
            // A condition as a value says one thing of each value, and a query one thing of a field.
            Term::Truth { holds, known } => {
                for expr in [holds, known] {
                    let mut keywords = false;
                    expr.each_leaf(&mut |leaf| note(&leaf.kind, found, &mut keywords));
                    for path in expr.fields() {
                        if let Some(field) = found.get_mut(&path) {
                            field.demand(Demand::OneValue, true);
                        }
                    }
                }
            }
            Term::Const(_) => {}
        }
    }
    let several = read.len() > 1;
    for path in read {
        if let Some(field) = found.get_mut(&path) {
            field.demand(Demand::OneValue, several);
            field.demand(Demand::ShortestForm, field.kind == FieldType::Long);
        }
    }
}
