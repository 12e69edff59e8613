//! What a pivot means, as an IR.
//!
//! A phrase is the whole value: a literal with its letter case, as Elasticsearch compares keywords; a placeholder without, because products write the names of
//! hosts and users in cases of their own, and a follow-up must not miss events over that. The event category of a pivot, where all its groups name one, chooses
//! the table, as it does for a rule.

use std::collections::{BTreeMap, BTreeSet};
use verdict_compiler::codes::target::PIVOT;
use verdict_compiler::ir::{Case, Comparison, Expr, Ir, Origin, Pattern, Test, instant};
use verdict_compiler::rule::pivot::{self, Provider};
use verdict_compiler::rule::placeholder::Part;
use verdict_compiler::rule::{Body, Pivot, ecs};
use verdict_compiler::{Refusal, Rule};
use verdict_event::{FieldSchema, FieldType, Number, Path};

/// The field that says of which category an event is.
const CATEGORY: &str = "event.category";

/// The meaning, or every reason why there is none.
pub(super) fn meaning(rule: &Rule, pivot: &Pivot) -> Result<Ir, Vec<Refusal>> {
    let schema = rule.metadata.data.schema.as_ref();
    let by_schema = schema.is_some_and(|schema| schema.value == "ecs");
    let by_body = matches!(&rule.body, Body::Eql(body) if body.ecs);
    // Elastic's rules of other languages are only kept, and speak it too.
    let by_vendor =
        matches!(&rule.body, Body::Opaque(_)) && rule.metadata.vendor.contains_key("elastic");
    let vocabulary = Vocabulary {
        ecs: by_schema || by_body || by_vendor,
    };
    let category = category(pivot);
    // The fields of a Sigma rule have their names from its logsource, so its pivots look where it looks.
    let logsource = match &rule.body {
        Body::Sigma(body) => Some(body.logsource.clone()),
        Body::Eql(_) | Body::Correlation(_) | Body::Opaque(_) => None,
    };
    let mut refusals = Vec::new();
    let mut whole = Vec::new();
    let mut detection = Vec::new();
    for group in &pivot.providers {
        let mut tests = Vec::new();
        let mut rest = Vec::new();
        for provider in group {
            match vocabulary.test(provider) {
                Ok(test) => {
                    if category.is_none() || provider.field.value != CATEGORY {
                        rest.push(test.clone());
                    }
                    tests.push(test);
                }
                Err(refusal) => refusals.push(refusal),
            }
        }
        whole.push(Expr::all(tests));
        detection.push(Expr::all(rest));
    }
    if !refusals.is_empty() {
        return Err(refusals);
    }
    let predicate = Expr::any(whole);
    let known = |path: Path| {
        let schema = vocabulary.field(path.as_str());
        (path, schema)
    };
    Ok(Ir {
        fields: predicate
            .fields()
            .into_iter()
            .map(known)
            .collect::<BTreeMap<_, _>>(),
        detection: Expr::any(detection),
        predicate,
        origin: Origin {
            logsource: logsource.filter(|_| category.is_none()),
            category,
            optional: BTreeSet::new(),
        },
    })
}

/// The category that every group asks for.
fn category(pivot: &Pivot) -> Option<String> {
    let mut common: Option<String> = None;
    for group in &pivot.providers {
        let mut named = group
            .iter()
            .filter(|provider| provider.field.value == CATEGORY);
        let (provider, None) = (named.next()?, named.next()) else {
            return None;
        };
        let pivot::Test::Phrase(value) = &provider.test else {
            return None;
        };
        let ([Part::Text(name)], false) = (value.as_slice(), provider.excluded) else {
            return None;
        };
        if common.as_ref().is_some_and(|known| known != name) {
            return None;
        }
        common = Some(name.clone());
    }
    common
}

/// What types fields.
struct Vocabulary {
    ecs: bool,
}

impl Vocabulary {
    fn field(&self, name: &str) -> FieldSchema {
        let known = ecs::field(name).filter(|_| self.ecs);
        known
            .cloned()
            .unwrap_or_else(|| FieldSchema::new(FieldType::Keyword))
    }

    fn test(&self, provider: &Provider) -> Result<Expr, Refusal> {
        let schema = self.field(&provider.field.value);
        let is = |test: Test| {
            Expr::field(
                Path::new(provider.field.value.as_str()),
                test,
                provider.span,
            )
        };
        let equal = |value: &[Part]| is(equality(value, &schema));
        let test = match &provider.test {
            pivot::Test::Exists => is(Test::AnyValue),
            pivot::Test::Phrase(value) => equal(value),
            pivot::Test::Phrases(values) => Expr::any(values.iter().map(|value| equal(value))),
            pivot::Test::Range(from, to) => {
                let bound = |value: &Option<Vec<Part>>, comparison| match value {
                    None => Ok(Expr::Const(true)),
                    Some(value) => order(value, comparison, &schema)
                        .map(&is)
                        .ok_or_else(|| no_bound(provider)),
                };
                Expr::all([
                    bound(from, Comparison::GreaterOrEqual)?,
                    bound(to, Comparison::Less)?,
                ])
            }
        };
        Ok(if provider.excluded {
            test.negate()
        } else {
            test
        })
    }
}

fn no_bound(provider: &Provider) -> Refusal {
    Refusal {
        code: PIVOT,
        reason: format!(
            "a bound of the range on `{}` is filled in by the analyst, or is none of the field's type",
            provider.field.value
        ),
        span: provider.span,
    }
}

/// The test for one value: a number or truth value where the field holds such, else the text. A placeholder is text, whatever the field holds.
fn equality(value: &[Part], schema: &FieldSchema) -> Test {
    let text = written(value);
    let fixed = !value.iter().any(|part| matches!(part, Part::Field(_)));
    if let (true, Some(number)) = (fixed && schema.kind.is_numeric(), Number::parse(&text)) {
        return Test::Compare(Comparison::Equal, number);
    }
    match (fixed && schema.kind == FieldType::Boolean, text.as_str()) {
        (true, "true") => Test::Bool(true),
        (true, "false") => Test::Bool(false),
        _ => Test::Text(Pattern::literal(
            text,
            if fixed { Case::Exact } else { Case::Fold },
        )),
    }
}

/// The test for a bound; None where the order of the field's values is not that of what is given.
fn order(value: &[Part], comparison: Comparison, schema: &FieldSchema) -> Option<Test> {
    let [Part::Text(text)] = value else {
        return None;
    };
    match schema.kind {
        FieldType::Date => instant::parse(text).map(|at| Test::Instant(comparison, at)),
        FieldType::Long | FieldType::Double => {
            Number::parse(text).map(|number| Test::Compare(comparison, number))
        }
        FieldType::Keyword | FieldType::Text => match Number::parse(text) {
            Some(number) => Some(Test::Compare(comparison, number)),
            None => Some(Test::TextOrder(comparison, text.clone())),
        },
        FieldType::Boolean | FieldType::Ip | FieldType::Version | FieldType::Object => None,
    }
}

/// A value as it stands in a query, placeholders included.
fn written(value: &[Part]) -> String {
    value
        .iter()
        .map(|part| match part {
            Part::Text(text) => text.clone(),
            Part::Field(name) => format!("{{{{{name}}}}}"),
        })
        .collect()
}
