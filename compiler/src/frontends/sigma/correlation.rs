//! Correlations: the `correlation:` mapping to its IR (C1 to C14).

mod condition;
mod refer;

use crate::codes::sigma as codes;
use crate::compile::{Among, Compiled, Inputs, Meaning};
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::ir::Series;
use crate::ir::series::{Correlation, CorrelationKind, Order, Percent};
use crate::rule::node::{Node, Resolved};
use crate::rule::{CorrelationBody, Rule};
use crate::span::Span;
use verdict_event::Path;

const KEYS: &[&str] = &[
    "type",
    "rules",
    "group-by",
    "timespan",
    "condition",
    "aliases",
    "generate",
];

const TYPES: &[&str] = &[
    "event_count",
    "value_count",
    "temporal",
    "temporal_ordered",
    "value_sum",
    "value_avg",
    "value_percentile",
    "value_median",
];

/// How deep correlations may refer to correlations.
const MAX_DEPTH: usize = 8;

/// Reads and lowers a correlation.
pub(crate) fn compile(
    rule: &Rule,
    body: &CorrelationBody,
    inputs: &Inputs<'_>,
    among: &Among<'_>,
) -> Compiled {
    let mut found = Vec::new();
    let lowered = Lowering {
        inputs,
        among,
        chain: vec![rule.id.as_str()],
        found: &mut found,
    }
    .correlation(body);
    let meaning = match lowered {
        Some(correlation) if !found.iter().any(Diagnostic::is_error) => {
            Meaning::Series(Box::new(Series::Correlation(correlation)))
        }
        Some(_) | None => Meaning::Invalid,
    };
    Compiled {
        meaning,
        diagnostics: found,
    }
}

struct Lowering<'l, 'i> {
    inputs: &'l Inputs<'i>,
    among: &'l Among<'l>,
    /// The ids of the correlations that led here.
    chain: Vec<&'l str>,
    found: &'l mut Vec<Diagnostic>,
}

/// What a field of a condition or group is called in a rule, by alias and rule.
struct Alias<'n> {
    name: &'n str,
    span: Span,
    /// By rule name: the field.
    fields: Vec<(&'n str, String, Span)>,
    used: bool,
}

impl<'l> Lowering<'l, '_> {
    fn error(&mut self, code: crate::codes::Code, span: Span, reason: &str, hint: &str) {
        self.found
            .push(Diagnostic::error(code, span, code.title, reason).hint(hint));
    }

    fn correlation(mut self, body: &'l CorrelationBody) -> Option<Correlation> {
        let section = &body.section;
        let span = section.span;
        let entries = body.section.as_map()?;
        for entry in entries {
            if !KEYS.contains(&entry.key.as_str()) {
                let near = did_you_mean(&entry.key, KEYS.iter().copied());
                let hint = near.map_or_else(
                    || format!("its keys are {}", KEYS.join(", ")),
                    |near| format!("did you mean `{near}`?"),
                );
                self.error(
                    codes::CORRELATION_SHAPE,
                    entry.key_span,
                    "no such key",
                    &hint,
                );
            }
        }
        for key in ["type", "rules", "timespan"] {
            if section.get(key).is_none() {
                let reason = format!("`{key}` is missing");
                self.error(codes::CORRELATION_SHAPE, span, &reason, "add it");
            }
        }
        let kind = section.get("type").and_then(|node| self.kind(node));
        let names = section.get("rules").map(|node| self.names(node, "`rules`"));
        let timespan = section.get("timespan").and_then(|node| self.timespan(node));
        let group_by = match section.get("group-by").filter(|node| !node.is_null()) {
            Some(node) => self.names(node, "`group-by`"),
            None => Vec::new(),
        };
        let mut aliases = self.aliases(section.get("aliases"));
        let names = names?;
        let condition = kind.and_then(|kind| {
            let written = section.get("condition");
            condition::read(written, kind, names.len(), span, self.found)
        });
        let generate = self.generate(body);
        if names.is_empty() {
            self.error(
                codes::CORRELATION_SHAPE,
                span,
                "`rules` names none",
                "name the rules",
            );
            return None;
        }
        let measured = condition.as_ref().map(|condition| condition.fields.clone());
        let measured = measured.unwrap_or_default();
        let mut rules = Vec::new();
        for (name, at) in &names {
            let matches = self.refer(name, *at);
            let places = |fields: &[(String, Span)], aliases: &mut [Alias<'_>]| {
                let fields = fields.iter();
                let resolved =
                    fields.map(|(field, _)| refer::place(field, name, matches.as_ref(), aliases));
                resolved.collect::<Vec<_>>()
            };
            let group = places(&group_by, &mut aliases);
            let values = places(&measured, &mut aliases);
            self.check_renamed(name, &group, &group_by);
            self.check_renamed(name, &values, &measured);
            rules.extend(matches.map(|matches| crate::ir::series::Referenced {
                name: name.clone(),
                matches,
                group,
                values,
                span: *at,
            }));
        }
        self.check_aliases(&aliases, &names);
        if rules.len() < names.len() {
            return None;
        }
        let condition = condition?;
        Some(Correlation {
            order: self.order(),
            kind: condition.kind,
            rules,
            group_by: group_by.into_iter().map(|(name, _)| name).collect(),
            timespan: timespan?,
            condition: condition.bounds,
            generate,
            span,
        })
    }

    fn order(&self) -> Order {
        self.inputs
            .schema
            .map(|schema| Order {
                timestamp: schema.timestamp.clone(),
                tiebreaker: schema.tiebreaker.as_deref().map(Path::new),
            })
            .unwrap_or_default()
    }

    fn kind(&mut self, node: &Node) -> Option<CorrelationKind> {
        let word = node
            .as_scalar()
            .map_or("", |scalar| scalar.text.text.as_str());
        Some(match word {
            "event_count" => CorrelationKind::EventCount,
            "value_count" => CorrelationKind::ValueCount,
            "temporal" => CorrelationKind::Temporal,
            "temporal_ordered" => CorrelationKind::TemporalOrdered,
            "value_sum" => CorrelationKind::ValueSum,
            "value_avg" => CorrelationKind::ValueAvg,
            // Which one, the condition says.
            "value_percentile" => CorrelationKind::ValuePercentile(Percent(u8::MAX)),
            "value_median" => CorrelationKind::ValuePercentile(Percent(50)),
            _ => {
                let near = did_you_mean(word, TYPES.iter().copied());
                let hint = near.map_or_else(
                    || format!("the types are {}", TYPES.join(", ")),
                    |near| format!("did you mean `{near}`?"),
                );
                self.error(
                    codes::CORRELATION_TYPE,
                    node.span,
                    "not one of the types",
                    &hint,
                );
                return None;
            }
        })
    }

    /// One text or a list of them, each with its place.
    fn names(&mut self, node: &Node, what: &str) -> Vec<(String, Span)> {
        let items = node.as_list().unwrap_or(std::slice::from_ref(node));
        let mut names: Vec<(String, Span)> = Vec::new();
        for item in items {
            let text = item.as_scalar().map(|scalar| scalar.text.text.clone());
            match text.filter(|text| !text.is_empty()) {
                Some(text) if !names.iter().any(|(name, _)| *name == text) => {
                    names.push((text, item.span));
                }
                Some(_) => self.error(
                    codes::CORRELATION_SHAPE,
                    item.span,
                    &format!("{what} holds a name twice"),
                    "name it once",
                ),
                None => self.error(
                    codes::CORRELATION_SHAPE,
                    item.span,
                    &format!("{what} holds names"),
                    "write a name or a list of names",
                ),
            }
        }
        names
    }

    fn timespan(&mut self, node: &Node) -> Option<u64> {
        let text = node
            .as_scalar()
            .map_or("", |scalar| scalar.text.text.as_str());
        let scales = [
            ("s", 1_000_u64),
            ("m", 60_000),
            ("h", 3_600_000),
            ("d", 86_400_000),
        ];
        let read = scales.iter().find_map(|(unit, scale)| {
            let digits = text.strip_suffix(unit)?;
            let whole = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
            whole
                .then(|| digits.parse::<u64>().ok()?.checked_mul(*scale))
                .flatten()
        });
        if read.is_none() {
            self.error(
                codes::TIMESPAN,
                node.span,
                "not a length of time",
                "write a whole number and one of s, m, h, d, such as `10m`",
            );
        }
        read
    }

    fn aliases<'n>(&mut self, node: Option<&'n Node>) -> Vec<Alias<'n>> {
        let Some(node) = node.filter(|node| !node.is_null()) else {
            return Vec::new();
        };
        let mut aliases = Vec::new();
        for entry in node.as_map().unwrap_or_default() {
            let mut fields = Vec::new();
            for field in entry.value.as_map().unwrap_or_default() {
                if let Some(scalar) = field.value.as_scalar() {
                    let name = scalar.text.text.clone();
                    fields.push((field.key.as_str(), name, field.key_span));
                }
            }
            if fields.is_empty() {
                self.error(
                    codes::CORRELATION_SHAPE,
                    entry.key_span,
                    "an alias says for each rule which field is meant",
                    "write `alias: {rule_name: field}`",
                );
            }
            aliases.push(Alias {
                name: &entry.key,
                span: entry.key_span,
                fields,
                used: false,
            });
        }
        if node.as_map().is_none() {
            let hint = "write `alias: {rule_name: field}`";
            self.error(
                codes::CORRELATION_SHAPE,
                node.span,
                "`aliases` is a mapping",
                hint,
            );
        }
        aliases
    }

    fn check_aliases(&mut self, aliases: &[Alias<'_>], names: &[(String, Span)]) {
        let mut warn = |span: Span, reason: String| {
            let code = codes::CORRELATION_ALIAS;
            self.found
                .push(Diagnostic::warning(code, span, code.title, reason));
        };
        for alias in aliases {
            if !alias.used {
                warn(
                    alias.span,
                    "neither a group nor a field of the condition".to_owned(),
                );
            }
            for (rule, _, span) in &alias.fields {
                if !names.iter().any(|(name, _)| name == rule) {
                    warn(*span, format!("`{rule}` is not one of its `rules`"));
                }
            }
        }
    }

    fn generate(&mut self, body: &CorrelationBody) -> bool {
        let node = body.section.get("generate").or(body.generate.as_ref());
        let Some(node) = node.filter(|node| !node.is_null()) else {
            return false;
        };
        if let Some(Resolved::Bool(value)) = node.as_scalar().map(|scalar| scalar.resolve()) {
            return value;
        }
        let hint = "write `generate: true` or leave it out";
        self.error(
            codes::CORRELATION_SHAPE,
            node.span,
            "`generate` is true or false",
            hint,
        );
        false
    }
}
