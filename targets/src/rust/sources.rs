//! Where rules look. Rules of one source share a function that says whether an event comes from it: it is written once, and asked once an event.

use crate::rust::code::Code;
use crate::rust::fields::Fields;
use crate::rust::module::function;
use crate::rust::names::{Names, snake};
use crate::rust::predicate::Writer;
use crate::rust::quote;
use std::collections::{BTreeSet, HashMap, HashSet};
use verdict_compiler::Ir;
use verdict_compiler::ir::{Expr, Origin};

/// A source that rules share.
pub(super) struct Source {
    /// The function.
    pub(super) name: String,
    /// The places of its rules.
    pub(super) rules: Vec<usize>,
}

/// The sources of a crate.
pub(super) struct Sources {
    all: Vec<Source>,
    /// By rule: its source, and what is left of its predicate.
    by_rule: Vec<Option<(usize, Expr)>>,
    /// The file `sources.rs`.
    pub(super) file: String,
}

/// A predicate as a part that only depends on the source, and the rest. None if there is no such part.
fn parts(ir: &Ir) -> Option<(Expr, Expr)> {
    let Expr::All(operands) = &ir.predicate else {
        return None;
    };
    let detection: HashSet<&Expr> = match &ir.detection {
        Expr::All(operands) => operands.iter().collect(),
        other => HashSet::from([other]),
    };
    let (rest, source): (Vec<Expr>, Vec<Expr>) = operands
        .iter()
        .cloned()
        .partition(|operand| detection.contains(operand));
    (!rest.is_empty() && !source.is_empty()).then(|| (Expr::all(source), Expr::all(rest)))
}

/// What a source is called: as its logsource or category is.
fn words(origin: &Origin) -> String {
    let logsource = origin.logsource.iter().flat_map(|logsource| {
        let parts = [&logsource.product, &logsource.category, &logsource.service];
        parts.into_iter().flatten().map(String::as_str)
    });
    let category = origin.category.as_deref();
    let words: Vec<&str> = logsource.chain(category).collect();
    if words.is_empty() {
        "events".to_owned()
    } else {
        words.join(" ")
    }
}

/// The same as a sentence.
fn title(origin: &Origin) -> String {
    if let Some(category) = &origin.category {
        return format!("Events of the category {category}.");
    }
    let Some(logsource) = &origin.logsource else {
        return "Events of some rules.".to_owned();
    };
    let parts = [
        ("product", &logsource.product),
        ("category", &logsource.category),
        ("service", &logsource.service),
    ];
    let told: Vec<String> = parts
        .into_iter()
        .filter_map(|(key, value)| Some(format!("{key} {}", value.as_ref()?)))
        .collect();
    format!("Events of the logsource {}.", told.join(", "))
}

impl Sources {
    /// The sources of some rules.
    pub(super) fn of(irs: &[&Ir], fields: &Fields) -> Self {
        let mut names = Names::without(["everywhere"]);
        let mut tables = Names::default();
        let mut known: HashMap<Expr, usize> = HashMap::new();
        let mut all: Vec<Source> = Vec::new();
        let mut by_rule = Vec::new();
        let mut functions: Vec<(String, String)> = Vec::new();
        for (rule, ir) in irs.iter().enumerate() {
            let Some((source, rest)) = parts(ir) else {
                by_rule.push(None);
                continue;
            };
            let place = *known.entry(source.clone()).or_insert_with(|| {
                let name = names.unique(&snake(&words(&ir.origin)));
                let mut writer = Writer::new(ir, fields, std::mem::take(&mut tables));
                let body = writer.expr(&source);
                let mut text: String = writer.items.iter().flat_map(|item| [item, "\n"]).collect();
                text.push_str(&quote::comment(&title(&ir.origin), "///"));
                text.push_str(&function(&name, &body));
                tables = writer.names;
                functions.push((name.clone(), text));
                all.push(Source {
                    name,
                    rules: Vec::new(),
                });
                all.len() - 1
            });
            if let Some(source) = all.get_mut(place) {
                source.rules.push(rule);
            }
            by_rule.push(Some((place, rest)));
        }
        functions.sort();
        let mut file = String::from(
            "//! Where rules look: what every event of a source has.\n\nuse crate::prelude::*;\n",
        );
        for (_, function) in &functions {
            file.push('\n');
            file.push_str(function);
        }
        file.push_str("\n/// Any event.\n");
        file.push_str(&function("everywhere", &Code::plain("true")));
        Self { all, by_rule, file }
    }

    /// A rule's source, and what is left of the rule.
    pub(super) fn of_rule(&self, rule: usize) -> Option<(&Source, &Expr)> {
        let (place, rest) = self.by_rule.get(rule)?.as_ref()?;
        Some((self.all.get(*place)?, rest))
    }

    /// Every source with its rules, by name; last, the rules that look everywhere.
    pub(super) fn groups(&self) -> Vec<(&str, Vec<usize>)> {
        let mut groups: Vec<(&str, Vec<usize>)> = self
            .all
            .iter()
            .map(|source| (source.name.as_str(), source.rules.clone()))
            .collect();
        groups.sort();
        let known: BTreeSet<usize> = self
            .all
            .iter()
            .flat_map(|source| source.rules.iter().copied())
            .collect();
        let others = (0..self.by_rule.len()).filter(|rule| !known.contains(rule));
        groups.push(("everywhere", others.collect()));
        groups
    }
}
