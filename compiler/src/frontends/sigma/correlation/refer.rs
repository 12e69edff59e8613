//! The rules that a correlation refers to (C12, C13).

use super::{Alias, Lowering, MAX_DEPTH};
use crate::codes::sigma as codes;
use crate::compile::{Meaning, compile_among};
use crate::ir::series::{Matches, Place};
use crate::rule::{Body, Rule};
use crate::span::Span;
use std::collections::BTreeSet;
use std::slice::from_ref;
use verdict_event::Path;

impl Lowering<'_, '_> {
    /// What matches the rule of this name; None if there is none, or none that can be correlated, which is then reported.
    pub(super) fn refer(&mut self, name: &str, span: Span) -> Option<Matches> {
        let rule = match self.among.called(name).as_slice() {
            [rule] => *rule,
            [] => {
                let reason = format!("no rule has the id or name `{name}`");
                self.error(codes::UNKNOWN_RULE, span, &reason, "give the rule a `name`");
                return None;
            }
            [_, _, ..] => {
                let reason = format!("several rules are named `{name}`");
                self.error(codes::AMBIGUOUS_RULE, span, &reason, "refer to it by `id`");
                return None;
            }
        };
        match &rule.body {
            Body::Sigma(_) => match compile_among(rule, self.inputs, self.among).meaning {
                Meaning::Known(ir) => Some(Matches::Events(ir)),
                Meaning::Series(_) | Meaning::Unsupported(_) | Meaning::Invalid => {
                    self.cannot(rule, span, "it has errors")
                }
            },
            Body::Correlation(body) => {
                if self.chain.contains(&rule.id.as_str()) || self.chain.len() > MAX_DEPTH {
                    let reason = format!("`{name}` leads back here, or too deep");
                    self.error(codes::CORRELATION_CYCLE, span, &reason, "break the chain");
                    return None;
                }
                let mut chain = self.chain.clone();
                chain.push(&rule.id);
                // What is wrong with it is told where it stands.
                let mut found = Vec::new();
                let inner = Lowering {
                    inputs: self.inputs,
                    among: self.among,
                    chain,
                    found: &mut found,
                }
                .correlation(body);
                let circle = found
                    .iter()
                    .any(|finding| finding.code == codes::CORRELATION_CYCLE);
                if circle {
                    let reason = format!("`{name}` leads back here, or too deep");
                    self.error(codes::CORRELATION_CYCLE, span, &reason, "break the chain");
                    return None;
                }
                let sound = !found.iter().any(crate::diagnostic::Diagnostic::is_error);
                match inner.filter(|_| sound) {
                    Some(inner) => Some(Matches::Correlation(Box::new(inner))),
                    None => self.cannot(rule, span, "it has errors"),
                }
            }
            Body::Eql(_) => self.cannot(rule, span, "it is written in EQL"),
            Body::Opaque(_) => self.cannot(rule, span, "it is not compiled"),
        }
    }

    /// The fields that the sources of a rule's logsource call by different names: none of them stands in every match (S25).
    pub(super) fn renamed(&self, name: &str, depth: usize) -> BTreeSet<Path> {
        let mut found = BTreeSet::new();
        let (Some(table), true) = (self.inputs.logsources, depth <= MAX_DEPTH) else {
            return found;
        };
        for rule in self.among.called(name) {
            match &rule.body {
                Body::Sigma(body) => {
                    for variant in table.variants(&body.logsource) {
                        found.extend(variant.rename.into_keys());
                    }
                }
                Body::Correlation(body) => {
                    let inner = body.section.get("rules");
                    let inner = inner.map(|node| node.as_list().unwrap_or(from_ref(node)));
                    for item in inner.unwrap_or_default() {
                        if let Some(name) = item.as_scalar() {
                            found.extend(self.renamed(&name.text.text, depth + 1));
                        }
                    }
                }
                Body::Eql(_) | Body::Opaque(_) => {}
            }
        }
        found
    }

    /// Reports those of some fields that the sources of a rule call by different names.
    pub(super) fn check_renamed(
        &mut self,
        rule: &str,
        places: &[Place],
        fields: &[(String, Span)],
    ) {
        let renamed = self.renamed(rule, 0);
        for (place, (field, span)) in places.iter().zip(fields) {
            let Place::Field(path) = place else {
                continue;
            };
            if renamed.contains(path) {
                let reason = format!("the sources of `{rule}` do not all call it `{field}`");
                let hint =
                    "take a field that they call the same, or write the rule for one of them";
                self.error(codes::RENAMED_GROUP, *span, &reason, hint);
            }
        }
    }

    fn cannot(&mut self, rule: &Rule, span: Span, why: &str) -> Option<Matches> {
        let reason = format!("{}: {why}", rule.name);
        self.error(
            codes::NOT_CORRELATED,
            span,
            &reason,
            "refer to a Sigma rule",
        );
        None
    }
}

/// Where a field of a group or condition stands in the matches of a rule (C5, C12).
pub(super) fn place(
    field: &str,
    rule: &str,
    matches: Option<&Matches>,
    aliases: &mut [Alias<'_>],
) -> Place {
    let alias = aliases.iter_mut().find(|alias| alias.name == field);
    let meant = alias.and_then(|alias| {
        alias.used = true;
        let fields = alias.fields.iter();
        let mut of_rule = fields.filter(|(name, _, _)| *name == rule);
        of_rule.next().map(|(_, field, _)| field.clone())
    });
    let name = meant.unwrap_or_else(|| field.to_owned());
    let field = Place::Field(Path::new(name.as_str()));
    if let Some(Matches::Correlation(inner)) = matches {
        // Only an alias of the inner correlation is more than a field of its events.
        let group = inner.group_by.iter().position(|group| *group == name);
        let is_alias = |at: &usize| {
            inner
                .rules
                .iter()
                .any(|rule| rule.group.get(*at) != Some(&field))
        };
        if let Some(at) = group.filter(is_alias) {
            return Place::Group(at);
        }
    }
    field
}
