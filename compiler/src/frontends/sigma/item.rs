//! One item (a field or keywords, modifiers, values) to an expression.

use super::ast::{Item, ValueKind};
use super::modifier::{Chain, ModifierKind, Reading, Step};
use super::share;
use super::value::{self, Subject};
use crate::codes::sigma as codes;
use crate::diagnostic::Diagnostic;
use crate::ir::{Expr, LeafKind, Term};
use std::collections::BTreeMap;
use verdict_event::Path;

/// How many leaves one rule may have.
pub(super) const MAX_LEAVES: usize = 200_000;

/// What lowering an item needs and gives beside its expression.
#[derive(Debug)]
pub(super) struct Lowering<'l> {
    /// Values for `expand`.
    pub(super) placeholders: &'l BTreeMap<String, Vec<String>>,
    pub(super) found: &'l mut Vec<Diagnostic>,
    /// Leaves made so far.
    pub(super) leaves: usize,
}

impl Lowering<'_> {
    /// Counts leaves; false, with one finding, once there are too many.
    pub(super) fn count(&mut self, leaves: usize, span: crate::Span) -> bool {
        let before = self.leaves;
        self.leaves = self.leaves.saturating_add(leaves);
        if before <= MAX_LEAVES && self.leaves > MAX_LEAVES {
            self.found.push(Diagnostic::error(
                codes::RULE_SIZE,
                span,
                "the rule is too large",
                format!("it comes to more than {MAX_LEAVES} tests here"),
            ));
        }
        self.leaves <= MAX_LEAVES
    }
}

/// The item's expression; None if it has errors, which are reported.
pub(super) fn lower(item: &Item, lowering: &mut Lowering<'_>) -> Option<Expr> {
    let chain = Chain::read(&item.modifiers, lowering.found)?;
    let subject = match &item.field {
        Some(name) => Subject::Field(Path::new(name.as_str())),
        None if keywords_allow(item, &chain, lowering.found) => Subject::AnyText,
        None => return None,
    };
    lint(item, &chain, lowering.found);
    if item.values.is_empty() {
        return empty(item, &chain, &subject, lowering.found);
    }
    if chain.reading == Reading::Exists && item.values.len() > 1 {
        lowering.found.push(Diagnostic::error(
            codes::VALUE_KIND,
            item.span,
            "`exists` takes one value",
            "a list of answers is no question",
        ));
        return None;
    }
    let mut parts = Vec::with_capacity(item.values.len());
    let mut sound = true;
    for written in &item.values {
        let Some(groups) = value::lower(written, &subject, &chain, lowering) else {
            sound = false;
            if lowering.leaves > MAX_LEAVES {
                return None;
            }
            continue;
        };
        parts.extend(groups.into_iter().map(Expr::any));
    }
    let joined = match chain.all {
        Some(_) => Expr::all(parts),
        None => Expr::any(parts),
    };
    // S10: the whole item, not each alternative.
    sound.then(|| if chain.neq { joined.negate() } else { joined })
}

/// Keywords have no field: only text and regular expressions, looked for anywhere (S20).
fn keywords_allow(item: &Item, chain: &Chain, found: &mut Vec<Diagnostic>) -> bool {
    let mut allowed = true;
    for modifier in &item.modifiers {
        let needs_field = match modifier.kind {
            ModifierKind::Exists
            | ModifierKind::StartsWith
            | ModifierKind::EndsWith
            | ModifierKind::Cidr
            | ModifierKind::Compare(_)
            | ModifierKind::Part(_)
            | ModifierKind::FieldRef => true,
            ModifierKind::All
            | ModifierKind::Neq
            | ModifierKind::Cased
            | ModifierKind::Contains
            | ModifierKind::Windash
            | ModifierKind::Utf16(_)
            | ModifierKind::Base64
            | ModifierKind::Base64Offset
            | ModifierKind::Expand
            | ModifierKind::Re
            | ModifierKind::RegexFlag(_) => false,
        };
        if needs_field {
            allowed = false;
            found.push(Diagnostic::error(
                codes::KEYWORD_MODIFIER,
                modifier.span,
                format!("`{}` needs a field", modifier.kind.name()),
                "keywords are looked for anywhere in the event",
            ));
        }
    }
    if item.values.is_empty() && allowed {
        allowed = false;
        found.push(Diagnostic::error(
            codes::EMPTY_DETECTION,
            item.span,
            "the detection has no content",
            "a list of keywords without a keyword",
        ));
    }
    allowed && matches!(chain.reading, Reading::Text | Reading::Regex(_))
}

/// S2, S6, S9: what says something else than it seems to; what the specification forbids, the corpus has, and one reading is left for.
fn lint(item: &Item, chain: &Chain, found: &mut Vec<Diagnostic>) {
    if let (Some(span), [_]) = (chain.all, item.values.as_slice())
        && !chain.expand
    {
        found.push(
            Diagnostic::warning(
                codes::SINGLE_ALL,
                span,
                "`all` stands on a single value",
                "it changes nothing here",
            )
            .hint("leave `all` out"),
        );
    }
    if chain.reading == Reading::Text {
        found.extend(item.values.iter().filter_map(share::lint));
    }
    if item.values.len() < 2 || item.field.is_none() {
        return;
    }
    for value in &item.values {
        if matches!(value.kind, ValueKind::Null) {
            found.push(
                Diagnostic::warning(
                    codes::NULL_IN_LIST,
                    value.span,
                    "null stands in a list of values",
                    "Sigma's specification forbids it; it is read as: or the field is missing",
                )
                .hint("write a detection of its own, `field: null`"),
            );
        }
    }
}

/// An empty list means that the field is missing (S6).
fn empty(
    item: &Item,
    chain: &Chain,
    subject: &Subject,
    found: &mut Vec<Diagnostic>,
) -> Option<Expr> {
    let Subject::Field(path) = subject else {
        return None;
    };
    let plain = chain.reading == Reading::Text && chain.steps.is_empty() && !chain.expand;
    if !plain {
        found.push(Diagnostic::error(
            codes::VALUE_KIND,
            item.span,
            "the list of values is empty",
            "these modifiers need a value",
        ));
        return None;
    }
    found.push(
        Diagnostic::warning(
            codes::EMPTY_LIST,
            item.span,
            "the list of values is empty",
            "it is read as: the field is missing",
        )
        .hint("write `null` if that is meant"),
    );
    let missing = Expr::leaf(LeafKind::Missing(Term::Field(path.clone())), item.span);
    Some(if chain.neq { missing.negate() } else { missing })
}

impl Chain {
    /// Whether values are encoded, so that wildcards in them have no meaning.
    pub(super) fn encodes(&self) -> bool {
        self.steps.iter().any(|step| match step {
            Step::Utf16(_) | Step::Base64 | Step::Base64Offset => true,
            Step::Widen { .. } | Step::Windash => false,
        })
    }
}
