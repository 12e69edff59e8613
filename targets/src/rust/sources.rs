//! Where rules look. Rules of one source share a function that says whether an event comes from it: it is written once, and asked once an event.

use crate::rust::code::Code;
use crate::rust::fields::Fields;
use crate::rust::module::function;
use crate::rust::names::{Names, snake};
use crate::rust::predicate::Writer;
use crate::rust::quote;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use verdict_compiler::Ir;
use verdict_compiler::ir::{Expr, Origin};

/// A source that rules share.
struct Source {
    /// The function.
    name: String,
    /// The places of its rules.
    rules: Vec<usize>,
}

/// A rule as alternatives: the function of a source each, and what is left of the rule for its events.
pub(super) type Branches = Vec<(String, Expr)>;

/// The sources of a crate.
pub(super) struct Sources {
    all: Vec<Source>,
    by_rule: Vec<Option<Branches>>,
    /// The file `sources.rs`.
    pub(super) file: String,
}

/// A predicate as alternatives, each with a part that only depends on the source, and the rest.
type Parts = Vec<(Expr, Expr)>;

/// The parts of a rule of one source. None if there is no such part.
fn parts(ir: &Ir) -> Option<Parts> {
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
    (!rest.is_empty() && !source.is_empty()).then(|| vec![(Expr::all(source), Expr::all(rest))])
}

/// The conditions of each alternative of a rule whose logsource has several sources, under the fields' names of each.
fn alternatives(ir: &Ir) -> Option<Vec<&[Expr]>> {
    let Expr::Any(alternatives) = &ir.predicate else {
        return None;
    };
    if ir.detection == ir.predicate {
        return None;
    }
    alternatives.iter().map(conditions).collect()
}

fn conditions(alternative: &Expr) -> Option<&[Expr]> {
    match alternative {
        Expr::All(operands) => Some(operands),
        Expr::Const(_) | Expr::Not(_) | Expr::Any(_) | Expr::Leaf(_) => None,
    }
}

/// The parts of rules of one logsource that has several sources: what all of them begin with is the source. One rule alone cannot tell.
fn several(rules: &[Vec<&[Expr]>]) -> Option<Vec<Parts>> {
    let (first, others) = rules.split_first()?;
    if others.is_empty() || others.iter().any(|other| other.len() != first.len()) {
        return None;
    }
    let common = first.iter().enumerate().map(|(at, conditions)| {
        let alike = |other: &Vec<&[Expr]>| {
            let theirs = other.get(at).copied().unwrap_or_default();
            let pairs = conditions.iter().zip(theirs);
            pairs.take_while(|(a, b)| a == b).count()
        };
        others.iter().map(alike).min().unwrap_or(0)
    });
    let common: Vec<usize> = common.collect();
    if common.contains(&0) {
        return None;
    }
    let rules = rules.iter().map(|rule| {
        let parts = rule.iter().zip(&common).map(|(conditions, common)| {
            let (source, rest) = conditions
                .split_at_checked(*common)
                .unwrap_or((conditions, &[]));
            (
                Expr::all(source.iter().cloned()),
                Expr::all(rest.iter().cloned()),
            )
        });
        parts.collect()
    });
    Some(rules.collect())
}

/// The parts of every rule.
fn all_parts(irs: &[&Ir]) -> Vec<Option<Parts>> {
    let mut found: Vec<Option<Parts>> = irs.iter().map(|ir| parts(ir)).collect();
    let mut by_logsource: BTreeMap<String, Vec<(usize, Vec<&[Expr]>)>> = BTreeMap::new();
    for (at, ir) in irs.iter().enumerate() {
        if let Some(alternatives) = alternatives(ir) {
            let rules = by_logsource.entry(title(&ir.origin)).or_default();
            rules.push((at, alternatives));
        }
    }
    for rules in by_logsource.into_values() {
        let (places, rules): (Vec<usize>, Vec<Vec<&[Expr]>>) = rules.into_iter().unzip();
        for (place, parts) in places
            .into_iter()
            .zip(several(&rules).into_iter().flatten())
        {
            if let Some(found) = found.get_mut(place) {
                *found = Some(parts);
            }
        }
    }
    found
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

/// Writes the functions of sources, each once.
struct Functions<'c> {
    fields: &'c Fields,
    names: Names,
    tables: Names,
    known: HashMap<Vec<Expr>, String>,
    texts: Vec<(String, String)>,
}

impl Functions<'_> {
    /// The function that says whether an event comes from one of these sources.
    fn of(&mut self, sources: &[Expr], ir: &Ir) -> String {
        if let Some(name) = self.known.get(sources) {
            return name.clone();
        }
        let name = self.names.unique(&snake(&words(&ir.origin)));
        let mut text = String::new();
        let body = match sources {
            [source] => {
                let mut writer = Writer::new(ir, self.fields, std::mem::take(&mut self.tables));
                let body = writer.expr(source);
                text.extend(writer.items.iter().flat_map(|item| [item, "\n"]));
                self.tables = writer.names;
                body
            }
            several => {
                let calls = several.iter().map(|source| {
                    let one = self.of(std::slice::from_ref(source), ir);
                    Code::call(one, [Code::plain("event")])
                });
                Code::Any(calls.collect())
            }
        };
        text.push_str(&quote::comment(&title(&ir.origin), "///"));
        text.push_str(&function(&name, &body));
        self.texts.push((name.clone(), text));
        self.known.insert(sources.to_vec(), name.clone());
        name
    }
}

impl Sources {
    /// The sources of some rules.
    pub(super) fn of(irs: &[&Ir], fields: &Fields) -> Self {
        let mut functions = Functions {
            fields,
            names: Names::without(["everywhere"]),
            tables: Names::default(),
            known: HashMap::new(),
            texts: Vec::new(),
        };
        let mut places: HashMap<String, usize> = HashMap::new();
        let mut all: Vec<Source> = Vec::new();
        let mut by_rule = Vec::new();
        for (rule, (ir, parts)) in irs.iter().zip(all_parts(irs)).enumerate() {
            let Some(parts) = parts else {
                by_rule.push(None);
                continue;
            };
            let sources: Vec<Expr> = parts.iter().map(|(source, _)| source.clone()).collect();
            let name = functions.of(&sources, ir);
            let place = *places.entry(name.clone()).or_insert_with(|| {
                let rules = Vec::new();
                all.push(Source { name, rules });
                all.len() - 1
            });
            if let Some(source) = all.get_mut(place) {
                source.rules.push(rule);
            }
            let branches = parts.into_iter().map(|(source, rest)| {
                let source = functions.of(std::slice::from_ref(&source), ir);
                (source, rest)
            });
            by_rule.push(Some(branches.collect()));
        }
        functions.texts.sort();
        let mut file = String::from(
            "//! Where rules look: what every event of a source has.\n\nuse crate::prelude::*;\n",
        );
        for (_, text) in &functions.texts {
            file.push('\n');
            file.push_str(text);
        }
        file.push_str("\n/// Any event.\n");
        file.push_str(&function("everywhere", &Code::plain("true")));
        Self { all, by_rule, file }
    }

    /// A rule as alternatives, if it looks at sources that have a function.
    pub(super) fn of_rule(&self, rule: usize) -> Option<&Branches> {
        self.by_rule.get(rule)?.as_ref()
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
