//! Pivots: in the guide in Elastic's own form, where they stand; behind it as queries of the pack's targets.

use super::document::document;
use super::escape::{Markdown, code, fenced, inline, prose};
use super::translations::reasons;
use crate::follow_up::block;
use crate::target::{Claim, Emitted};
use serde::Serialize;
use verdict_compiler::rule::Metadata;
use verdict_compiler::rule::guide::{Piece, pieces};

/// A pivot as a query of a target.
pub struct Query {
    /// `kql:raw`
    pub target: String,
    /// What the text is called where code is coloured.
    pub language: &'static str,
    /// The query, or why there is none.
    pub emitted: Emitted,
}

/// A pivot with its queries.
#[derive(Serialize)]
pub(super) struct ShownPivot {
    anchor: String,
    label: Markdown,
    description: Option<Markdown>,
    queries: Vec<ShownQuery>,
}

#[derive(Serialize)]
struct ShownQuery {
    target: Markdown,
    text: Option<Markdown>,
    reasons: Vec<Markdown>,
}

/// The guide. Each block that names a pivot is that pivot in Elastic's form, with a link to its queries if it has any.
pub(super) fn guide(metadata: &Metadata, queries: &[Vec<Query>]) -> Option<Markdown> {
    let guide = &metadata.guide.as_ref()?.text;
    let mut text = String::with_capacity(guide.len());
    for piece in pieces(guide) {
        match piece {
            Piece::Markdown(part) => push_numbered(&mut text, part, metadata, queries),
            Piece::Malformed { .. } => text.push_str("!{investigate"),
            Piece::Pivot { name, .. } => {
                let mut pivots = metadata.investigate.iter();
                match pivots.position(|pivot| pivot.name.value == name) {
                    Some(at) => text.push_str(&reference(metadata, queries, at)),
                    None => text.push_str(code(name).as_str()),
                }
            }
        }
    }
    Some(document(&text, 3))
}

/// Markdown in which an Elastic rule's `$investigate_0` stands for a pivot.
fn push_numbered(out: &mut String, part: &str, metadata: &Metadata, queries: &[Vec<Query>]) {
    let mut rest = part;
    while let Some((before, behind)) = rest.split_once('$') {
        out.push_str(before);
        let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let end = behind.find(|c| !word(c)).unwrap_or(behind.len());
        let (name, after) = behind.split_at_checked(end).unwrap_or_default();
        let mut pivots = metadata.investigate.iter();
        match pivots.position(|pivot| name.starts_with("investigate_") && pivot.name.value == name)
        {
            Some(at) => out.push_str(&reference(metadata, queries, at)),
            None => out.extend(["$", name]),
        }
        rest = after;
    }
    out.push_str(rest);
}

fn reference(metadata: &Metadata, queries: &[Vec<Query>], at: usize) -> String {
    let block = metadata.investigate.get(at).map(block).unwrap_or_default();
    let shown = code(&block);
    let told = queries.get(at).is_some_and(|queries| !queries.is_empty());
    if told {
        format!("{} ([as a query](#{}))", shown.as_str(), anchor(at))
    } else {
        shown.as_str().to_owned()
    }
}

/// A pivot's name may hold anything, its place does not.
fn anchor(at: usize) -> String {
    format!("pivot-{}", at + 1)
}

/// The pivots that have queries.
pub(super) fn follow_ups(metadata: &Metadata, queries: &[Vec<Query>]) -> Vec<ShownPivot> {
    metadata
        .investigate
        .iter()
        .zip(queries)
        .enumerate()
        .filter(|(_, (_, queries))| !queries.is_empty())
        .map(|(at, (pivot, queries))| {
            let label = pivot.label.as_ref().unwrap_or(&pivot.name);
            let description = pivot.description.as_ref().map(|text| text.value.as_str());
            let description = description.filter(|text| !text.trim().is_empty());
            ShownPivot {
                anchor: anchor(at),
                label: inline(&label.value),
                description: description.map(prose),
                queries: queries.iter().map(query).collect(),
            }
        })
        .collect()
}

fn query(made: &Query) -> ShownQuery {
    let reasons = match &made.emitted.claim {
        Claim::Unsupported(refusals) => reasons(refusals),
        Claim::Exact | Claim::Diverges(_) => Vec::new(),
    };
    let text = made.emitted.text.as_ref();
    ShownQuery {
        target: code(&made.target),
        text: text.map(|text| fenced(made.language, text)),
        reasons,
    }
}
