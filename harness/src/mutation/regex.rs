//! Mistakes in regular expressions.

use super::operator::{
    Operator, REGEX_ALTERNATIVE_DROPPED, REGEX_ANCHORED, REGEX_CASE_KEPT, REGEX_CASE_LOST,
    REGEX_DOT_TAKES_NEWLINE, REGEX_DOT_WITHIN_LINE, REGEX_LESS_REPEATED, REGEX_MORE_REPEATED,
    REGEX_UNANCHORED,
};
use super::{Add, tested, with_test};
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Hir, HirKind, Repetition};
use verdict_compiler::ir::{Case, Leaf, Regex, Syntax, Test};

pub(super) fn mutants(leaf: &Leaf, add: &mut Add<'_>) {
    let Some((_, Test::Regex(regex))) = tested(leaf) else {
        return;
    };
    let Some(rust) = regex.rust.as_deref() else {
        return;
    };
    let Some(hir) = parse(rust) else {
        return;
    };
    let mut put = |operator: Operator, changed: String| {
        if parse(&changed).is_some_and(|changed| changed != hir) {
            let changed = Regex {
                source: changed.clone(),
                syntax: Syntax::Sigma,
                case: regex.case,
                rust: Some(changed),
            };
            add(operator, with_test(leaf, Test::Regex(changed)));
        }
    };
    put(REGEX_CASE_LOST, format!("(?i){rust}"));
    if regex.case == Case::Fold {
        put(REGEX_CASE_KEPT, without_flag(rust, 'i'));
    }
    put(REGEX_DOT_TAKES_NEWLINE, format!("(?s){rust}"));
    put(REGEX_DOT_WITHIN_LINE, without_flag(rust, 's'));
    put(REGEX_UNANCHORED, without_looks(&hir).to_string());
    put(REGEX_ANCHORED, format!("^(?:{rust})$"));
    let shift = |by: i64| rebuilt(&hir, &mut |kind| repeated(kind, by)).to_string();
    put(REGEX_LESS_REPEATED, shift(-1));
    put(REGEX_MORE_REPEATED, shift(1));
    let shorter = rebuilt(&hir, &mut |kind| match kind {
        HirKind::Alternation(parts) if parts.len() > 1 => {
            let kept = parts.len() - 1;
            Some(Hir::alternation(parts.iter().take(kept).cloned().collect()))
        }
        _ => None,
    });
    put(REGEX_ALTERNATIVE_DROPPED, shorter.to_string());
}

fn parse(rust: &str) -> Option<Hir> {
    ParserBuilder::new().build().parse(rust).ok()
}

/// The expression without a flag, wherever it is set.
fn without_flag(rust: &str, flag: char) -> String {
    let mut out = String::with_capacity(rust.len());
    let mut rest = rust;
    while let Some((before, behind)) = rest.split_once("(?") {
        out.push_str(before);
        out.push_str("(?");
        let flags = behind
            .chars()
            .take_while(char::is_ascii_lowercase)
            .collect::<String>();
        out.extend(flags.chars().filter(|other| *other != flag));
        rest = behind.get(flags.len()..).unwrap_or_default();
        // `(?)` is no expression.
        if out.ends_with("(?") && rest.starts_with(')') {
            out.truncate(out.len() - 2);
            rest = rest.get(1..).unwrap_or_default();
        }
    }
    out.push_str(rest);
    out
}

fn without_looks(hir: &Hir) -> Hir {
    rebuilt(hir, &mut |kind| {
        matches!(kind, HirKind::Look(_)).then(Hir::empty)
    })
}

fn repeated(kind: &HirKind, by: i64) -> Option<Hir> {
    let HirKind::Repetition(repetition) = kind else {
        return None;
    };
    let min = u32::try_from(i64::from(repetition.min) + by).ok()?;
    let max = repetition.max.map(|max| max.max(min));
    Some(Hir::repetition(Repetition {
        min,
        max,
        ..repetition.clone()
    }))
}

/// The first part, from the outside, that `change` has something else for is replaced by it.
fn rebuilt(hir: &Hir, change: &mut dyn FnMut(&HirKind) -> Option<Hir>) -> Hir {
    if let Some(changed) = change(hir.kind()) {
        return changed;
    }
    match hir.kind() {
        HirKind::Empty | HirKind::Literal(_) | HirKind::Class(_) | HirKind::Look(_) => hir.clone(),
        HirKind::Repetition(repetition) => Hir::repetition(Repetition {
            sub: Box::new(rebuilt(&repetition.sub, change)),
            ..repetition.clone()
        }),
        HirKind::Capture(capture) => rebuilt(&capture.sub, change),
        HirKind::Concat(parts) => {
            Hir::concat(parts.iter().map(|part| rebuilt(part, change)).collect())
        }
        HirKind::Alternation(parts) => {
            Hir::alternation(parts.iter().map(|part| rebuilt(part, change)).collect())
        }
    }
}
