//! Placeholders, `{{field}}`: values of the alert in a pivot or guide.
//!
//! Checked both ways. A placeholder, and a pivot's field, must be one that the alert's data has: of the rule's vocabulary, of the rule itself, or of an event that its author
//! wrote. And a pivot must have a placeholder, or it asks the same of every alert.

use crate::codes::rule as codes;
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::rule::draft::Draft;
use crate::rule::guide::{Piece, pieces};
use crate::rule::node::{Node, NodeKind};
use crate::rule::pivot::Pivot;
use crate::rule::reader::{Reader, shorten};
use crate::rule::{Body, ecs};
use crate::span::{Span, Text};
use std::collections::BTreeSet;
use verdict_event::Path;

/// A part of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Text that stays.
    Text(String),
    /// The alert's value of this field.
    Field(String),
}

/// Braces that make no placeholder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// Where they begin in the text.
    pub start: usize,
}

/// The finding about braces in a pivot.
pub(crate) fn malformed(span: Span) -> Diagnostic {
    Diagnostic::error(codes::PLACEHOLDER, span, MALFORMED, NOT_ONE).hint(HINT)
}

const MALFORMED: &str = "a placeholder is written `{{field}}`";
const NOT_ONE: &str = "these braces are not one";
const HINT: &str = "two braces, a field's name without blanks, two braces";

/// The parts of a value.
pub fn parts(text: &str) -> Result<Vec<Part>, Malformed> {
    let mut parts = Vec::new();
    let mut done = 0;
    for found in placeholders(text) {
        let (start, name) = found?;
        push_text(&mut parts, text, done, start)?;
        parts.push(Part::Field(name.to_owned()));
        done = start + name.len() + 4;
    }
    push_text(&mut parts, text, done, text.len())?;
    Ok(parts)
}

fn push_text(parts: &mut Vec<Part>, text: &str, from: usize, to: usize) -> Result<(), Malformed> {
    let between = text.get(from..to).unwrap_or_default();
    if let Some(at) = between.find("}}") {
        return Err(Malformed { start: from + at });
    }
    // An empty value is a value.
    if !between.is_empty() || text.is_empty() {
        parts.push(Part::Text(between.to_owned()));
    }
    Ok(())
}

/// Each `{{name}}` of a text with where it begins, or where braces open that make none.
fn placeholders(text: &str) -> impl Iterator<Item = Result<(usize, &str), Malformed>> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let start = from + text.get(from..)?.find("{{")?;
        let inside = text.get(start + 2..)?;
        let length = inside
            .find(|c: char| matches!(c, '{' | '}') || c.is_whitespace())
            .unwrap_or(inside.len());
        let name = inside.get(..length)?;
        if !name.is_empty() && inside.get(length..)?.starts_with("}}") {
            from = start + length + 4;
            return Some(Ok((start, name)));
        }
        from = start + 2;
        Some(Err(Malformed { start }))
    })
}

/// Checks the guide and the pivots of a rule that is read so far.
pub(crate) fn check(reader: &mut Reader, draft: &Draft) {
    let known = Known::of(draft);
    if let Some(guide) = &draft.metadata.guide {
        check_guide(reader, guide, &known);
    }
    for pivot in &draft.metadata.investigate {
        check_pivot(reader, pivot, &known);
    }
}

fn check_guide(reader: &mut Reader, guide: &Text, known: &Known<'_>) {
    let mut at = 0;
    for piece in pieces(&guide.text) {
        let Piece::Markdown(text) = piece else {
            continue;
        };
        // A piece is a part of the guide's text, and they come in order.
        let start = guide.text.get(at..).and_then(|rest| rest.find(text));
        at += start.unwrap_or_default();
        for found in placeholders(text) {
            match found {
                Ok((start, name)) => {
                    let start = at + start;
                    known.check(reader, name, guide.locate(start, start + name.len() + 4));
                }
                Err(Malformed { start }) => {
                    let span = guide.locate(at + start, at + start + 2);
                    let told = Diagnostic::warning(codes::PLACEHOLDER, span, MALFORMED, NOT_ONE);
                    reader.push(told.hint(HINT));
                }
            }
        }
        at += text.len();
    }
}

fn check_pivot(reader: &mut Reader, pivot: &Pivot, known: &Known<'_>) {
    let mut filled = false;
    for provider in pivot.providers.iter().flatten() {
        known.check(reader, &provider.field.value, provider.field.span);
        for part in provider.test.values().into_iter().flatten() {
            if let Part::Field(name) = part {
                filled = true;
                known.check(reader, name, provider.span);
            }
        }
    }
    if !filled && pivot.providers.iter().any(|group| !group.is_empty()) {
        reader.push(
            Diagnostic::warning(
                codes::FIXED_PIVOT,
                pivot.name.span,
                format!(
                    "the pivot `{}` asks the same of every alert",
                    shorten(&pivot.name.value)
                ),
                "no value of the alert stands in it",
            )
            .hint("hold a field against a value of the alert, such as \"{{host.id}}\""),
        );
    }
}

/// What is known of the names of fields.
struct Known<'d> {
    draft: &'d Draft,
    ecs: bool,
    named: BTreeSet<&'d str>,
}

impl<'d> Known<'d> {
    fn of(draft: &'d Draft) -> Self {
        let metadata = &draft.metadata;
        let schema = metadata.data.schema.as_ref();
        let mut named: BTreeSet<&str> = metadata
            .output
            .iter()
            .map(|field| field.value.as_str())
            .collect();
        named.extend(
            metadata
                .entities
                .iter()
                .map(|entity| entity.field.value.as_str()),
        );
        let suppressed = metadata
            .suppression
            .iter()
            .flat_map(|suppression| &suppression.by);
        named.extend(suppressed.map(|field| field.value.as_str()));
        if let Some(Body::Sigma(body)) = &draft.body {
            keys(&body.detection, &mut named);
        }
        Self {
            draft,
            // Pivots speak ECS where a rule names no vocabulary: a profile knows both Sigma's names and these.
            ecs: schema.is_none_or(|schema| schema.value == "ecs"),
            named,
        }
    }

    /// Reports a name that nothing knows. Without a vocabulary and without an event, nothing can be said of names.
    fn check(&self, reader: &mut Reader, name: &str, span: Span) {
        let speechless = !self.ecs && self.draft.fixtures.is_empty();
        if speechless || self.has(name) {
            return;
        }
        let near = self.near(name);
        // A vendor's fields, below a name of its own, are beyond the schema; only what resembles a field of it is a slip.
        if self.ecs && near.is_none() && is_beyond_ecs(name) {
            return;
        }
        let reason = if self.ecs {
            "not in the Elastic Common Schema, the rule or its fixtures"
        } else {
            "neither the rule nor one of its fixtures has it"
        };
        let warning = Diagnostic::warning(
            codes::UNKNOWN_FIELD,
            span,
            format!("no field `{}` is known", shorten(name)),
            reason,
        );
        reader.push(match near {
            Some(near) => warning.hint(format!("did you mean `{near}`?")),
            None => warning,
        });
    }

    fn has(&self, name: &str) -> bool {
        let path = Path::new(name);
        self.named.contains(name)
            || (self.ecs && ecs::field(name).is_some())
            || self.is_in_query(name)
            || self
                .draft
                .fixtures
                .iter()
                .flat_map(|fixture| &fixture.events)
                .any(|event| event.value.has_key(&path))
    }

    fn is_in_query(&self, name: &str) -> bool {
        let Some(Body::Eql(body)) = &self.draft.body else {
            return false;
        };
        let inside = |c: Option<char>| {
            c.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '@'))
        };
        let query = body.query.text.as_str();
        query.match_indices(name).any(|(at, _)| {
            let before = query
                .get(..at)
                .and_then(|before| before.chars().next_back());
            let behind = query
                .get(at + name.len()..)
                .and_then(|behind| behind.chars().next());
            !inside(before) && !inside(behind)
        })
    }

    fn near(&self, name: &str) -> Option<&'d str> {
        let own = self.named.iter().copied();
        if self.ecs {
            did_you_mean(
                name,
                own.chain(ecs::names().map(|known| -> &'d str { known })),
            )
        } else {
            did_you_mean(name, own)
        }
    }
}

/// Whether the schema leaves room for the field: below a name that is none of its field sets, or below a name with a capital letter. A name
/// without a point is a field of somebody's, and has to be known.
fn is_beyond_ecs(name: &str) -> bool {
    let root = name.split('.').next().unwrap_or_default();
    let known_root = ecs::names().any(|known| known.split('.').next() == Some(root));
    let capital = |part: &str| part.starts_with(char::is_uppercase);
    name.contains('.') && (!known_root || name.split('.').any(capital))
}

/// The fields of a Sigma detection: every key, without its modifiers.
fn keys<'n>(node: &'n Node, found: &mut BTreeSet<&'n str>) {
    match &node.kind {
        NodeKind::Scalar(_) => {}
        NodeKind::List(items) => items.iter().for_each(|item| keys(item, found)),
        NodeKind::Map(entries) => {
            for entry in entries {
                found.extend(entry.key.split('|').next());
                keys(&entry.value, found);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Malformed, Part, parts};

    #[test]
    fn values_are_cut_at_their_placeholders() {
        let text = |text: &str| Part::Text(text.to_owned());
        let field = |name: &str| Part::Field(name.to_owned());
        assert_eq!(parts(""), Ok(vec![text("")]));
        assert_eq!(parts("{{a.b}}"), Ok(vec![field("a.b")]));
        assert_eq!(
            parts("x{{a}}{y}{{@b}}"),
            Ok(vec![text("x"), field("a"), text("{y}"), field("@b")])
        );
        for (malformed, start) in [
            ("{{a", 0),
            ("x{{}}", 1),
            ("{{ a }}", 0),
            ("a}}", 1),
            ("{{{a}}}", 0),
            ("{{a}}}}", 5),
        ] {
            assert_eq!(parts(malformed), Err(Malformed { start }), "{malformed}");
        }
    }
}
