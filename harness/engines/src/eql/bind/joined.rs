//! Sequences and samples: terms, their keys, and `runs` written out.

use super::untyped::stronger;
use super::{Binder, Resolved, Type};
use crate::QueryError;
use crate::eql::ast::{Expr, ExprKind, JoinKind, Joined, Span, Term};
use crate::eql::plan::{Key, Read, Sample, Sequence, Stage, Step, Work};
use std::collections::BTreeMap;

/// The longest sequence that is run, `runs` written out.
const MAX_STAGES: usize = 1000;

/// A key while its type is compared with those of the other terms.
struct TypedKey<'x> {
    key: Key,
    ty: Type,
    expr: &'x Expr,
}

impl Binder<'_> {
    pub(super) fn joined(&mut self, joined: &Joined, span: &Span) -> Work {
        if joined.kind == JoinKind::Join {
            // Source: the plan builder; `join` parses and "is unsupported".
            self.fault(QueryError::new("joins are not supported", span.clone()));
        }
        let mut first: Option<Vec<TypedKey<'_>>> = None;
        let terms = joined
            .terms
            .iter()
            .map(|term| self.term(&joined.keys, term, &mut first))
            .collect();
        let until = joined
            .until
            .as_ref()
            .map(|term| self.term(&joined.keys, term, &mut first));
        if joined.kind == JoinKind::Sample {
            return Work::Sample(Sample { terms });
        }
        Work::Sequence(Sequence {
            terms,
            stages: self.stages(joined, span),
            maxspan: joined.maxspan,
            until,
        })
    }

    /// Source: documentation of `with runs`; the term is repeated. On a missing event that gives as many empty slots (the suite).
    fn stages(&mut self, joined: &Joined, span: &Span) -> Vec<Stage> {
        let mut stages = Vec::new();
        for (at, term) in joined.terms.iter().enumerate() {
            let stage = if term.missing {
                Stage::Missing(at)
            } else {
                Stage::Event(at)
            };
            for _ in 0..term.runs {
                if stages.len() == MAX_STAGES {
                    self.fault(QueryError::new(
                        format!("a sequence of more than {MAX_STAGES} stages is not run"),
                        span.clone(),
                    ));
                    return stages;
                }
                stages.push(stage);
            }
        }
        stages
    }

    fn term<'x>(
        &mut self,
        shared: &'x [Expr],
        term: &'x Term,
        first: &mut Option<Vec<TypedKey<'x>>>,
    ) -> Step {
        let step = self.event_query(&term.query);
        let keys: Vec<TypedKey<'x>> = shared
            .iter()
            .chain(&term.keys)
            .map(|expr| self.key(expr))
            .collect();
        let plain = keys.iter().map(|typed| typed.key.clone()).collect();
        match first {
            None => *first = Some(keys),
            Some(first) => {
                for (wanted, found) in first.iter().zip(&keys) {
                    self.check_key(wanted, found);
                }
            }
        }
        Step {
            keys: plain,
            ..step
        }
    }

    fn key<'x>(&mut self, expr: &'x Expr) -> TypedKey<'x> {
        let null = |optional| Key {
            slot: None,
            read: Read::AsIs,
            optional,
        };
        let (key, ty) = match &expr.kind {
            ExprKind::Field(field) if field.indexed => {
                self.fault(QueryError::new(
                    "indexes into lists are not supported",
                    expr.span.clone(),
                ));
                (null(true), Type::Null)
            }
            ExprKind::Field(field) => match self.resolve(expr, &field.name, field.optional) {
                Some(Resolved::Slot(slot, ty, read)) => {
                    let key = Key {
                        slot: Some(slot),
                        read,
                        optional: field.optional,
                    };
                    (key, ty)
                }
                Some(Resolved::Null) | None => (null(true), Type::Null),
            },
            ExprKind::Null
            | ExprKind::Bool(_)
            | ExprKind::Number(_)
            | ExprKind::Text(_)
            | ExprKind::Call(_)
            | ExprKind::Not(_)
            | ExprKind::Negate(_)
            | ExprKind::Plus(_)
            | ExprKind::And(_)
            | ExprKind::Or(_)
            | ExprKind::Compare(..)
            | ExprKind::Arithmetic(..)
            | ExprKind::In { .. }
            | ExprKind::Match { .. } => (null(true), Type::Null),
        };
        TypedKey { key, ty, expr }
    }

    /// Source: `Verifier.checkJoinKeyTypes`; the keys of one place have compatible types: both text, both numbers, both dates, or the
    /// same. Null goes with everything.
    fn check_key(&mut self, wanted: &TypedKey<'_>, found: &TypedKey<'_>) {
        let open = |ty: Type| matches!(ty, Type::Null | Type::Unknown);
        if wanted.ty == found.ty || open(wanted.ty) || open(found.ty) {
            return;
        }
        let name = |expr: &Expr| match &expr.kind {
            ExprKind::Field(field) => field.name.clone(),
            _other => String::new(),
        };
        self.fault(QueryError::new(
            format!(
                "the key `{}` of type {} is incompatible with the key `{}` of type {}",
                name(found.expr),
                found.ty.text(),
                name(wanted.expr),
                wanted.ty.text()
            ),
            found.expr.span.clone(),
        ));
    }
}

/// Reads the keys of one place alike, where a schema leaves some of them open: as the strongest reading of any of them.
pub(super) fn settle_keys(work: Work, known: &BTreeMap<usize, Read>) -> Work {
    match work {
        Work::Event(step) => Work::Event(step),
        Work::Sequence(mut sequence) => {
            let mut steps: Vec<&mut Step> = sequence.terms.iter_mut().collect();
            steps.extend(sequence.until.as_mut());
            settle_steps(steps, known);
            Work::Sequence(sequence)
        }
        Work::Sample(mut sample) => {
            settle_steps(sample.terms.iter_mut().collect(), known);
            Work::Sample(sample)
        }
    }
}

fn settle_steps(mut steps: Vec<&mut Step>, known: &BTreeMap<usize, Read>) {
    let count = steps.first().map_or(0, |step| step.keys.len());
    for place in 0..count {
        let keys = steps.iter().filter_map(|step| step.keys.get(place));
        let read = keys
            .filter_map(|key| match (key.read, key.slot) {
                (Read::AsIs, Some(slot)) => known.get(&slot).copied(),
                (_, None) => None,
                (read, Some(_)) => Some(read),
            })
            .fold(Read::AsIs, stronger);
        let read = if read == Read::AsIs { Read::Text } else { read };
        for step in &mut steps {
            if let Some(key) = step
                .keys
                .get_mut(place)
                .filter(|key| key.read == Read::AsIs)
            {
                key.read = read;
            }
        }
    }
}
