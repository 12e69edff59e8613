//! Names to documents: what correlations count, what filters take away, and who tells matches.

use super::read::{Correlation, Measure, Reference};
use super::{Document, Kind, shifted};
use crate::QueryError;
use std::collections::HashMap;

/// C12: how deep correlations may refer to correlations.
const MAX_CHAIN: usize = 8;

/// Resolves everything; by document, whether it tells its matches.
pub(super) fn resolve(documents: &mut [Document]) -> Result<Vec<bool>, Vec<QueryError>> {
    let names = names(documents);
    let mut faults = Vec::new();
    let mut links = Vec::new();
    for (number, document) in documents.iter().enumerate() {
        let Kind::Correlation(correlation) = &document.kind else {
            continue;
        };
        let found: Vec<Result<usize, QueryError>> = correlation
            .rules
            .iter()
            .map(|rule| named(rule, &names, documents))
            .collect();
        let sound = found.iter().all(Result::is_ok);
        let mut targets = Vec::new();
        for one in found {
            match one {
                Ok(target) if !targets.contains(&target) => targets.push(target),
                Ok(_) => {}
                Err(fault) => faults.push(shifted(fault, document.offset)),
            }
        }
        if sound {
            let other = ordered(correlation, targets.len());
            faults.extend(other.err().map(|fault| shifted(fault, document.offset)));
        }
        links.push((number, targets));
    }
    let count = documents.len();
    for (number, targets) in links {
        if let Some(Kind::Correlation(correlation)) =
            documents.get_mut(number).map(|document| &mut document.kind)
        {
            correlation.documents = targets;
        }
    }
    if faults.is_empty() {
        chains(documents, &mut faults);
    }
    if !faults.is_empty() {
        faults.sort_by_key(|fault| fault.span.start);
        return Err(faults);
    }
    apply_filters(documents);
    // C14. Source: pySigma, `sigma/correlations.py`: a correlation without `generate` silences what it counts, whatever another one says.
    let mut reports = vec![true; count];
    for document in &*documents {
        let Kind::Correlation(correlation) = &document.kind else {
            continue;
        };
        for target in correlation
            .documents
            .iter()
            .filter(|_| !correlation.generate)
        {
            if let Some(report) = reports.get_mut(*target) {
                *report = false;
            }
        }
    }
    let told = documents.iter().zip(reports);
    Ok(told
        .map(|(document, report)| report && !matches!(document.kind, Kind::Filter(_)))
        .collect())
}

/// Documents by their id and their name.
fn names(documents: &[Document]) -> HashMap<String, Vec<usize>> {
    let mut names: HashMap<String, Vec<usize>> = HashMap::new();
    for (number, document) in documents.iter().enumerate() {
        for name in document.id.iter().chain(&document.name) {
            let known = names.entry(name.clone()).or_default();
            if !known.contains(&number) {
                known.push(number);
            }
        }
    }
    names
}

/// C13.
fn named(
    rule: &Reference,
    names: &HashMap<String, Vec<usize>>,
    documents: &[Document],
) -> Result<usize, QueryError> {
    let fault = |message: String| Err(QueryError::new(message, rule.span.clone()));
    match names.get(&rule.text).map(Vec::as_slice) {
        Some([only]) => {
            let kind = documents.get(*only).map(|document| &document.kind);
            match kind {
                Some(Kind::Filter(_)) | None => fault(format!("`{}` is a filter", rule.text)),
                Some(Kind::Rule(_) | Kind::Correlation(_)) => Ok(*only),
            }
        }
        Some(_) => fault(format!("several documents are called `{}`", rule.text)),
        None => fault(format!("no document is called `{}`", rule.text)),
    }
}

/// C11: all rules, whether the condition says so or not.
fn ordered(correlation: &Correlation, rules: usize) -> Result<(), QueryError> {
    if correlation.measure != Measure::Ordered {
        return Ok(());
    }
    let holds = |count: usize| {
        let count = f64::from(u32::try_from(count).unwrap_or(u32::MAX));
        correlation.bounds.iter().all(|bound| bound.holds(count))
    };
    if correlation.bounds.is_empty() || (holds(rules) && !(0..rules).any(holds)) {
        return Ok(());
    }
    let span = correlation
        .rules
        .first()
        .map_or(0..0, |rule| rule.span.clone());
    let message = "`temporal_ordered` asks for all its rules: its condition says otherwise";
    Err(QueryError::new(message, span))
}

/// C12: chains end, and are not deep.
fn chains(documents: &[Document], faults: &mut Vec<QueryError>) {
    for document in documents {
        let Kind::Correlation(correlation) = &document.kind else {
            continue;
        };
        let mut level: Vec<usize> = correlation.documents.clone();
        let mut depth = 1;
        // What refers to itself is deeper than any limit.
        while !level.is_empty() && depth <= MAX_CHAIN {
            let inner = level
                .iter()
                .filter_map(|number| match &documents.get(*number)?.kind {
                    Kind::Correlation(inner) => Some(&inner.documents),
                    Kind::Rule(_) | Kind::Filter(_) => None,
                });
            let mut next: Vec<usize> = inner.flatten().copied().collect();
            next.sort_unstable();
            next.dedup();
            if next.is_empty() {
                break;
            }
            level = next;
            depth += 1;
        }
        if depth > MAX_CHAIN {
            let span = correlation
                .rules
                .first()
                .map_or(0..0, |rule| rule.span.clone());
            let message = format!(
                "the chain of correlations is deeper than {MAX_CHAIN}, or refers to itself"
            );
            faults.push(shifted(QueryError::new(message, span), document.offset));
        }
    }
}

/// F1, F2, F4: filters reach rules, not correlations.
fn apply_filters(documents: &mut [Document]) {
    let filters: Vec<(super::Filter, std::collections::BTreeMap<String, String>)> = documents
        .iter()
        .filter_map(|document| match &document.kind {
            Kind::Filter(filter) => Some(((**filter).clone(), document.logsource.clone())),
            Kind::Rule(_) | Kind::Correlation(_) => None,
        })
        .collect();
    for document in documents {
        let (id, name) = (document.id.clone(), document.name.clone());
        let Kind::Rule(rule) = &mut document.kind else {
            continue;
        };
        for (filter, logsource) in &filters {
            let meant = filter.rules.as_ref().is_none_or(|rules| {
                let mut own = id.iter().chain(&name);
                own.any(|own| rules.contains(own))
            });
            let agrees = logsource
                .iter()
                .all(|(key, value)| document.logsource.get(key) == Some(value));
            if meant && agrees {
                rule.take_away(&filter.identifiers, &filter.condition);
            }
        }
    }
}
