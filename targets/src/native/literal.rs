//! Literals that a regular expression cannot match without.
//!
//! Everything is folded: a class whose members fold to one character counts as that character, so most of `(?i)powershell` is a literal still.

use regex_syntax::hir::{Class, Hir, HirKind};
use verdict_compiler::ir::{Regex, fold};

/// More alternatives than this are no help.
const MOST: usize = 64;

/// Texts of which one must stand in the folded text that the expression accepts; None if nothing is sure.
pub(super) fn required(regex: &Regex) -> Option<Vec<String>> {
    let hir = regex_syntax::parse(regex.rust.as_ref()?).ok()?;
    best(&hir)
}

fn best(hir: &Hir) -> Option<Vec<String>> {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => None,
        HirKind::Literal(_) | HirKind::Class(_) => folded(hir).map(|text| vec![text]),
        HirKind::Capture(capture) => best(&capture.sub),
        HirKind::Repetition(repetition) => (repetition.min > 0)
            .then(|| best(&repetition.sub))
            .flatten(),
        HirKind::Alternation(branches) => {
            let mut joined = Vec::new();
            for branch in branches {
                joined.extend(best(branch)?);
            }
            (joined.len() <= MOST).then_some(joined)
        }
        HirKind::Concat(parts) => concat(parts),
    }
}

/// The best of the runs of literals and of the parts in between.
fn concat(parts: &[Hir]) -> Option<Vec<String>> {
    let mut found: Vec<Vec<String>> = Vec::new();
    let mut run = String::new();
    for part in parts {
        match folded(part) {
            Some(text) => run.push_str(&text),
            None if matches!(part.kind(), HirKind::Look(_)) => {}
            None => {
                found.push(vec![std::mem::take(&mut run)]);
                found.extend(best(part));
            }
        }
    }
    found.push(vec![run]);
    found
        .into_iter()
        .filter(|texts| worth(texts) > 0)
        .max_by_key(|texts| (worth(texts), std::cmp::Reverse(texts.len())))
}

/// The length of the shortest text: the one most often found.
fn worth(texts: &[String]) -> usize {
    texts.iter().map(String::len).min().unwrap_or(0)
}

/// The one folded text that an expression matches.
fn folded(hir: &Hir) -> Option<String> {
    match hir.kind() {
        HirKind::Literal(literal) => std::str::from_utf8(&literal.0).ok().map(fold::fold),
        HirKind::Class(Class::Unicode(class)) => {
            let mut members = class
                .ranges()
                .iter()
                .flat_map(|range| range.start()..=range.end())
                .map(fold::fold_char);
            let first = members.next()?;
            members.all(|member| member == first).then(|| first.into())
        }
        HirKind::Class(Class::Bytes(class)) => {
            let mut members = class
                .ranges()
                .iter()
                .flat_map(|range| range.start()..=range.end())
                .map(|byte| byte.is_ascii().then(|| fold::fold_char(char::from(byte))));
            let first = members.next()??;
            members
                .all(|member| member == Some(first))
                .then(|| first.into())
        }
        HirKind::Empty
        | HirKind::Look(_)
        | HirKind::Repetition(_)
        | HirKind::Capture(_)
        | HirKind::Concat(_)
        | HirKind::Alternation(_) => None,
    }
}
