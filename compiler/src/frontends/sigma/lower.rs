//! The AST of a detection section to one expression.

use super::ast::{Detection, Detections, Search};
use super::condition::{self, Condition, Which};
use super::item::{self, Lowering};
use crate::codes::sigma as codes;
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::ir::Expr;
use crate::span::Span;
use std::collections::BTreeMap;

/// The detection's meaning; None if it has errors, which are reported.
pub(super) fn lower(
    detections: &Detections,
    placeholders: &BTreeMap<String, Vec<String>>,
    found: &mut Vec<Diagnostic>,
) -> Option<Expr> {
    let mut lowering = Lowering {
        placeholders,
        found,
        leaves: 0,
    };
    let parts: Vec<Part<'_>> = detections
        .list
        .iter()
        .map(|detection| Part::new(detection, &mut lowering))
        .collect();
    // What counts from here on is what the condition takes, not what stands there.
    if lowering.leaves <= item::MAX_LEAVES {
        lowering.leaves = 0;
    }
    let mut joined = Joining {
        parts,
        lowering,
        sound: true,
    };
    let mut alternatives = Vec::new();
    let mut readable = !detections.conditions.is_empty();
    let mut aggregates = false;
    for text in &detections.conditions {
        let (tree, faults) = condition::parse(text);
        readable &= faults.is_empty();
        aggregates |= faults.iter().any(|fault| fault.code == codes::AGGREGATION);
        joined.lowering.found.extend(faults);
        let lowered = tree.and_then(|tree| joined.condition(&tree));
        joined.sound &= lowered.is_some();
        alternatives.extend(lowered);
    }
    // With errors in the condition, what it means to use is not known.
    if readable && joined.sound {
        joined.report_unused();
    }
    if let Some(span) = detections.timeframe {
        joined.lowering.found.push(timeframe(span, aggregates));
    }
    // Several conditions are alternatives (S22).
    (readable && joined.sound).then(|| Expr::any(alternatives))
}

/// `timeframe` belonged to the old aggregations; alone it never did anything.
fn timeframe(span: Span, aggregates: bool) -> Diagnostic {
    let message = "`timeframe` has no effect";
    if aggregates {
        Diagnostic::error(
            codes::TIMEFRAME,
            span,
            message,
            "it belongs to an aggregation expression",
        )
    } else {
        Diagnostic::warning(
            codes::TIMEFRAME,
            span,
            message,
            "a detection looks at one event at a time",
        )
    }
    .hint("a correlation rule has a `timespan`")
}

/// A detection after lowering.
struct Part<'d> {
    detection: &'d Detection,
    /// None if it has errors.
    expr: Option<Expr>,
    leaves: usize,
    used: bool,
}

impl<'d> Part<'d> {
    fn new(detection: &'d Detection, lowering: &mut Lowering<'_>) -> Self {
        let expr = search(&detection.search, lowering);
        let leaves = expr.as_ref().map_or(0, |expr| expr.leaves().len());
        Self {
            detection,
            expr,
            leaves,
            used: false,
        }
    }
}

/// A map is AND, a list OR (S21). Every part is lowered, so that every error is reported.
fn search(search: &Search, lowering: &mut Lowering<'_>) -> Option<Expr> {
    let mut each = |parts: &[Search]| {
        let lowered: Vec<Option<Expr>> = parts
            .iter()
            .map(|part| self::search(part, lowering))
            .collect();
        lowered.into_iter().collect::<Option<Vec<Expr>>>()
    };
    match search {
        Search::All(parts) => each(parts).map(Expr::all),
        Search::Any(parts) => each(parts).map(Expr::any),
        Search::Item(written) => item::lower(written, lowering),
    }
}

struct Joining<'d, 'l> {
    parts: Vec<Part<'d>>,
    lowering: Lowering<'l>,
    sound: bool,
}

impl Joining<'_, '_> {
    fn condition(&mut self, condition: &Condition) -> Option<Expr> {
        match condition {
            Condition::Any(parts) => self.each(parts).map(Expr::any),
            Condition::All(parts) => self.each(parts).map(Expr::all),
            Condition::Not(inner) => self.condition(inner).map(Expr::negate),
            Condition::Name { name, span } => self.name(name, *span),
            Condition::Of { all, which, span } => self.of(*all, which, *span),
        }
    }

    fn each(&mut self, parts: &[Condition]) -> Option<Vec<Expr>> {
        let lowered: Vec<Option<Expr>> = parts.iter().map(|part| self.condition(part)).collect();
        lowered.into_iter().collect()
    }

    fn name(&mut self, name: &str, span: Span) -> Option<Expr> {
        if let Some(part) = self
            .parts
            .iter_mut()
            .find(|part| part.detection.name == name)
        {
            part.used = true;
            let leaves = part.leaves;
            let expr = part.expr.clone();
            return self.lowering.count(leaves, span).then_some(expr).flatten();
        }
        let finding = Diagnostic::error(
            codes::UNKNOWN_DETECTION,
            span,
            format!("there is no detection `{name}`"),
            "not the name of a detection of this rule",
        );
        let near = did_you_mean(
            name,
            self.parts.iter().map(|part| part.detection.name.as_str()),
        );
        let finding = match near {
            _ if name.contains('*') => {
                finding.hint(format!("write `1 of {name}` or `all of {name}`"))
            }
            Some(near) => finding.hint(format!("did you mean `{near}`?")),
            None => finding,
        };
        self.lowering.found.push(finding);
        None
    }

    fn of(&mut self, all: bool, which: &Which, span: Span) -> Option<Expr> {
        let mut chosen = Vec::new();
        let mut leaves = 0;
        for part in self
            .parts
            .iter_mut()
            .filter(|part| which.counts(&part.detection.name))
        {
            part.used = true;
            leaves += part.leaves;
            chosen.push(part.expr.clone());
        }
        if chosen.is_empty() {
            self.lowering.found.push(selects_nothing(which, span));
            return None;
        }
        if !self.lowering.count(leaves, span) {
            return None;
        }
        let chosen: Option<Vec<Expr>> = chosen.into_iter().collect();
        chosen.map(|chosen| {
            if all {
                Expr::all(chosen)
            } else {
                Expr::any(chosen)
            }
        })
    }

    fn report_unused(&mut self) {
        for part in self.parts.iter().filter(|part| !part.used) {
            let name = &part.detection.name;
            self.lowering.found.push(
                Diagnostic::warning(
                    codes::UNUSED_DETECTION,
                    part.detection.span,
                    format!("the condition does not use `{name}`"),
                    "it has no effect",
                )
                .hint("name it in the condition, or leave it out"),
            );
        }
    }
}

fn selects_nothing(which: &Which, span: Span) -> Diagnostic {
    let (message, reason) = match which {
        Which::Them => (
            "`them` selects no detection".to_owned(),
            "names that begin with `_` are left out",
        ),
        Which::Pattern(pattern) => (
            format!("`{pattern}` selects no detection"),
            "no name matches; names that begin with `_` need a pattern that does",
        ),
    };
    Diagnostic::error(codes::SELECTS_NOTHING, span, message, reason)
}
