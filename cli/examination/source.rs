//! The rule's own text, judged by the engine of its language.

use super::{examined, rejecting};
use crate::filter_text;
use crate::rulebook::{Entry, Setting};
use std::collections::BTreeMap;
use verdict_compiler::Ir;
use verdict_compiler::rule::{Body, EqlBody, Logsource, ecs};
use verdict_engines::{QueryError, eql, sigma};
use verdict_event::{Event, FieldSchema, Path, Schema};
use verdict_harness::{Examined, Judge, Judgement};

/// The engine of the rule's own language, over its own text: past our lowering. What filters take away, the engine of Sigma judges by their own text.
pub(crate) fn source<'j>(entry: &Entry, setting: &Setting, ir: &Ir) -> Examined<'j> {
    let everywhere = Logsource::default();
    let (judge, logsource) = match &entry.rule.body {
        Body::Eql(body) => {
            let mapping = mapping(&ir.fields, body.ecs, &body.category_field, setting);
            (eql_source(body, &mapping), &everywhere)
        }
        Body::Sigma(body) => {
            let judge = sigma_source(entry, document_text(entry), setting);
            (judge, &body.logsource)
        }
        Body::Correlation(_) => {
            let error = QueryError::new("a correlation is no single event".to_owned(), 0..0);
            (rejecting(&[error]), &everywhere)
        }
        Body::Opaque(refusal) => {
            let error = QueryError::new(refusal.reason.clone(), 0..0);
            (rejecting(&[error]), &everywhere)
        }
    };
    let filters: Vec<Box<dyn Judge + 'j>> = entry
        .filters
        .iter()
        .map(|filter| sigma_source(entry, &filter_text::as_rule(filter, logsource), setting))
        .collect();
    if filters.is_empty() {
        return examined("source".to_owned(), judge);
    }
    let without = move |event: &Event| {
        let taken = filters.iter().map(|filter| filter.judge(event));
        taken.fold(judge.judge(event), |verdict, taken| {
            match (verdict, taken) {
                (Judgement::Verdict(matches), Judgement::Verdict(taken)) => {
                    Judgement::Verdict(matches && !taken)
                }
                (Judgement::Verdict(_), other) | (other, _) => other,
            }
        })
    };
    examined("source".to_owned(), Box::new(without))
}

/// A rule's own text, in the dialect that it is written in.
pub(super) fn eql_query(body: &EqlBody) -> Result<eql::Query, Vec<QueryError>> {
    let query = eql::Query::parse(&body.query.text)?;
    Ok(if body.endpoint {
        query.of_endpoint()
    } else {
        query
    })
}

/// The mapping that an EQL engine is given: what is known beside the rule. What only the rule's literals tell, the engine finds itself.
pub(super) fn mapping(
    read: &BTreeMap<Path, FieldSchema>,
    ecs: bool,
    category: &str,
    setting: &Setting,
) -> Schema {
    if let Some(schema) = &setting.schema {
        return schema.clone();
    }
    let known = |path: &str| ecs::field(path).filter(|_| ecs).cloned();
    let fields = read
        .keys()
        .filter_map(|path| known(path.as_str()).map(|field| (path.as_str().to_owned(), field)));
    Schema {
        category: category.to_owned(),
        fields: fields.collect(),
        ..Schema::default()
    }
}

fn eql_source<'j>(body: &EqlBody, schema: &Schema) -> Box<dyn Judge + 'j> {
    match eql_query(body).and_then(|query| query.bind(schema, true)) {
        Ok(bound) => Box::new(move |event: &Event| Judgement::Verdict(bound.matches(event))),
        Err(errors) => rejecting(&errors),
    }
}

fn sigma_source<'j>(entry: &Entry, text: &str, setting: &Setting) -> Box<dyn Judge + 'j> {
    let none = BTreeMap::new();
    let table = sigma::LogsourceTable::parse(verdict_targets::LOGSOURCES);
    let table = match (&table, &setting.logsources) {
        (Ok(table), Some(_)) => Some(table),
        (Err(error), Some(_)) => return rejecting(std::slice::from_ref(error)),
        (_, None) => None,
    };
    let options = sigma::Options {
        logsources: table,
        placeholders: entry
            .pack
            .as_ref()
            .map_or(&none, |file| &file.pack.placeholders),
    };
    let rule = match collection(entry, text) {
        Some(whole) => sigma::Rule::of_collection(whole, entry.document, &options),
        None => sigma::Rule::parse(text, &options),
    };
    match rule {
        Ok(rule) => Box::new(move |event: &Event| Judgement::Verdict(rule.matches(event))),
        Err(errors) => rejecting(&errors),
    }
}

/// The whole text where a rule's own document is not all of it: other documents of a collection carry keys over.
fn collection<'e>(entry: &'e Entry, own: &str) -> Option<&'e str> {
    let text = entry.source.text.as_str();
    let is_own = std::ptr::eq(own, document_text(entry));
    let carries = text.lines().any(|line| line.starts_with("action:"));
    (is_own && carries).then_some(text)
}

/// The text of the rule's own document.
pub(crate) fn document_text(entry: &Entry) -> &str {
    let text = entry.source.text.as_str();
    if !entry.several {
        return text;
    }
    let Body::Sigma(body) = &entry.rule.body else {
        return text;
    };
    let at = body.detection.span.start;
    let start = text
        .get(..at)
        .and_then(|before| before.rfind("\n---"))
        .map_or(0, |at| at + 4);
    let end = text
        .get(at..)
        .and_then(|behind| behind.find("\n---"))
        .map_or(text.len(), |behind| at + behind);
    text.get(start..end).unwrap_or(text)
}
