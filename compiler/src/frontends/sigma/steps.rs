//! The steps that modifiers take a text through (S3, S11 to S13).

use super::ast::Value;
use super::modifier::{Chain, Step};
use super::{encode, windash};
use crate::codes::sigma as codes;
use crate::diagnostic::Diagnostic;
use crate::ir::Piece;

/// A text on its way through the steps.
enum Form {
    Pieces(Vec<Piece>),
    Bytes(Vec<u8>),
}

/// The texts that a text becomes; None if a step cannot take it, which is reported.
pub(super) fn transform(
    value: &Value,
    pieces: Vec<Piece>,
    chain: &Chain,
    found: &mut Vec<Diagnostic>,
) -> Option<Vec<Vec<Piece>>> {
    let mut forms = vec![Form::Pieces(pieces)];
    for step in &chain.steps {
        let mut next = Vec::with_capacity(forms.len());
        for form in forms {
            match apply(*step, form) {
                Ok(made) => next.extend(made),
                Err(problem) => {
                    found.push(problem.diagnostic(value, chain));
                    return None;
                }
            }
        }
        forms = next;
    }
    let pieces = forms.into_iter().filter_map(|form| match form {
        Form::Pieces(pieces) => Some(pieces),
        Form::Bytes(_) => None,
    });
    Some(pieces.collect())
}

/// Why a step cannot take a value.
enum StepProblem {
    Wildcard,
    TooManyDashes,
    TooShort,
}

impl StepProblem {
    fn diagnostic(&self, value: &Value, chain: &Chain) -> Diagnostic {
        match self {
            Self::Wildcard => Diagnostic::error(
                codes::ENCODED_WILDCARD,
                value.span,
                "a wildcard cannot be encoded",
                if chain.encodes() && chain.widened() != (false, false) {
                    "a modifier before the encoding put one there, or the value holds one"
                } else {
                    "the encoded text of any characters is not known"
                },
            )
            .hint("escape it with a backslash if the character itself is meant, and put `contains` behind the encoding"),
            Self::TooManyDashes => Diagnostic::error(
                codes::WINDASH_PLACES,
                value.span,
                "the value has too many dashes for `windash`",
                format!("more than {} places where any of five dashes may stand", windash::MAX_PLACES),
            )
            .hint("split the value into several under `all`"),
            Self::TooShort => Diagnostic::error(
                codes::ENCODED_TOO_SHORT,
                value.span,
                "the value is too short for `base64offset`",
                "at some alignment no character depends on it alone, so everything would match",
            ),
        }
    }
}

fn apply(step: Step, form: Form) -> Result<Vec<Form>, StepProblem> {
    let literal = |text: String| Form::Pieces(vec![Piece::Literal(text)]);
    match (step, form) {
        (Step::Widen { before, behind }, Form::Pieces(pieces)) => {
            let run = |wanted: bool| wanted.then_some(Piece::AnyRun);
            Ok(vec![Form::Pieces(
                run(before)
                    .into_iter()
                    .chain(pieces)
                    .chain(run(behind))
                    .collect(),
            )])
        }
        (Step::Windash, Form::Pieces(pieces)) => {
            let variants = windash::variants(&pieces).ok_or(StepProblem::TooManyDashes)?;
            Ok(variants.into_iter().map(Form::Pieces).collect())
        }
        (Step::Utf16(flavour), form @ Form::Pieces(_)) => {
            let text = String::from_utf8_lossy(&bytes(form)?).into_owned();
            Ok(vec![Form::Bytes(encode::utf16(&text, flavour))])
        }
        (Step::Base64, form) => Ok(vec![literal(encode::base64(&bytes(form)?))]),
        (Step::Base64Offset, form) => {
            let offsets = encode::base64_offsets(&bytes(form)?).ok_or(StepProblem::TooShort)?;
            Ok(offsets.into_iter().map(literal).collect())
        }
        // The chain has refused what would come here.
        (Step::Widen { .. } | Step::Windash | Step::Utf16(_), form @ Form::Bytes(_)) => {
            Ok(vec![form])
        }
    }
}

fn bytes(form: Form) -> Result<Vec<u8>, StepProblem> {
    match form {
        Form::Bytes(bytes) => Ok(bytes),
        Form::Pieces(pieces) => {
            pieces
                .into_iter()
                .try_fold(Vec::new(), |mut bytes, piece| match piece {
                    Piece::Literal(text) => {
                        bytes.extend(text.bytes());
                        Ok(bytes)
                    }
                    Piece::AnyRun | Piece::AnyChar => Err(StepProblem::Wildcard),
                })
        }
    }
}
