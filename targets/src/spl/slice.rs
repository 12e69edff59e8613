//! Functions that find or cut a part of a text.

use crate::caps::Limit;
use crate::spl::filter::{Eval, Expression};
use crate::spl::plan::Planner;
use crate::spl::term::{Kind, Subject, unsupported};
use crate::spl::{number, quote, regex};
use std::collections::BTreeSet;
use verdict_compiler::ir::{self, Case, Comparison, Function, Scalar};

impl Planner<'_> {
    pub(crate) fn substring(
        &mut self,
        text: &ir::Term,
        start: &ir::Term,
        rest: &[ir::Term],
    ) -> Result<Subject, Limit> {
        let Some(start) = place(start) else {
            return Err(unsupported(
                "`substring` is written for Splunk only where it starts at a literal place that is not counted from the end",
            ));
        };
        let of = text;
        let mut text = self.text(text)?;
        let mut guards = Vec::new();
        let length = Eval::call("len", text.eval.clone());
        let end = match rest.first() {
            None => None,
            Some(ir::Term::Const(Scalar::Number(end))) if end.as_f64() < 0.0 => {
                let back = end.as_i64().and_then(i64::checked_neg);
                let back = back.ok_or_else(|| unsupported("places in a text are whole numbers"))?;
                let back = back - i64::from(verdict_faults::at("spl/slice/last-character-kept"));
                Some(Eval::infix(length.clone(), "-", whole(back)))
            }
            Some(ir::Term::Const(Scalar::Number(end))) => {
                let end = end.as_i64().filter(|end| *end > start);
                Some(whole(
                    end.ok_or_else(|| unsupported("the part is always empty"))?,
                ))
            }
            Some(end) => {
                if !reads_no_more(end, of) {
                    return Err(unsupported(
                        "the end of a `substring` that is missing is the end of its text, which is written for Splunk only where it never is",
                    ));
                }
                let end = self.operand(end)?;
                guards = end.guards;
                let negative = number::ordered(end.eval.clone(), Comparison::Less, &0.into());
                let back = Eval::infix(length.clone(), "+", end.eval.clone());
                Some(Eval::Call("if", vec![negative, back, end.eval]))
            }
        };
        let from = whole(start + i64::from(!verdict_faults::at("spl/slice/places-from-zero")));
        let (reaches, part) = match end {
            None => (length, Eval::Call("substr", vec![text.eval, from])),
            Some(end) => {
                let kept = match &end {
                    Eval::Number(end) if start > 0 => {
                        let end: i64 = end.parse().unwrap_or(start);
                        let cut = if verdict_faults::at("spl/slice/end-as-length") {
                            0
                        } else {
                            start
                        };
                        whole(end - cut)
                    }
                    _ if start > 0 => Eval::infix(end.clone(), "-", whole(start)),
                    _ => end.clone(),
                };
                let reaches = if matches!(end, Eval::Number(_)) {
                    length
                } else {
                    end
                };
                (reaches, Eval::Call("substr", vec![text.eval, from, kept]))
            }
        };
        // What `substr` gives behind the end of a text, or of no length, is written down nowhere: it is the empty text here. No text in a row
        // is empty, so that the first characters are always there.
        let always = start == 0 && matches!(&reaches, Eval::Call("len", _));
        text.eval = if always {
            part
        } else {
            let reaches = Eval::infix(reaches, ">", whole(start));
            Eval::Call("if", vec![reaches, part, Eval::Text(String::new())])
        };
        text.guards.extend(guards);
        Ok(text)
    }

    pub(crate) fn index_of(
        &mut self,
        case: Case,
        text: &ir::Term,
        part: &ir::Term,
    ) -> Result<Subject, Limit> {
        // Splitting at the empty text is documented nowhere.
        if !is_never_empty(part) {
            return Err(unsupported(
                "`indexOf` is written for Splunk only where it looks for a literal or a field's value",
            ));
        }
        let (text, part) = (self.text(text)?, self.as_text(part)?);
        let [one, other] = [text.eval, part.eval].map(|side| match case {
            Case::Fold if verdict_faults::at("spl/slice/index-minds-case") => side,
            Case::Exact => side,
            Case::Fold => Eval::call("lower", side),
        });
        let pieces = Eval::Call("split", vec![one, other]);
        let several = Eval::infix(Eval::call("mvcount", pieces.clone()), ">", whole(1));
        let before = Eval::Call("mvindex", vec![pieces, whole(0)]);
        let guards = text.guards.into_iter().chain(part.guards);
        Ok(Subject {
            // The first piece may be empty, and then perhaps none.
            eval: Eval::call(
                "len",
                Eval::Call("coalesce", vec![before, Eval::Text(String::new())]),
            ),
            kind: Kind::Number,
            guards: guards
                .chain([several])
                .filter(|_| !verdict_faults::at("spl/slice/index-of-nothing"))
                .collect(),
        })
    }

    pub(crate) fn between(
        &mut self,
        case: Case,
        text: &ir::Term,
        ends: [&ir::Term; 2],
        rest: &[ir::Term],
    ) -> Result<Subject, Limit> {
        let greedy = match rest {
            [] => false,
            [ir::Term::Const(Scalar::Bool(greedy))] => *greedy,
            _ => {
                return Err(unsupported(
                    "`between` takes a literal for whether it is greedy",
                ));
            }
        };
        let [Some(left), Some(right)] = ends.map(literal) else {
            return Err(unsupported(
                "`between` is written for Splunk only where its ends are literals",
            ));
        };
        let written = |text: &str| {
            let mut written = String::new();
            regex::literal(text, &mut written);
            written
        };
        let folds = case == Case::Fold && !verdict_faults::at("spl/slice/between-minds-case");
        let flags = if folds { "(?is)" } else { "(?s)" };
        let greedy = greedy != verdict_faults::at("spl/slice/between-greed-inverted");
        let lazy = if greedy { "" } else { "?" };
        let whole = format!(
            r"{flags}\A.*?{}(.*{lazy}){}.*\z",
            written(left),
            written(right)
        );
        let mut text = self.text(text)?;
        let expression = Expression::Whole(whole.clone());
        if !verdict_faults::at("spl/slice/between-of-nothing") {
            text.guards
                .push(Eval::matches(text.eval.clone(), &expression));
        }
        text.eval = Eval::Call(
            "replace",
            vec![
                text.eval,
                Eval::Pattern(whole),
                Eval::Pattern(r"\1".to_owned()),
            ],
        );
        Ok(text)
    }
}

/// A literal text that is not empty.
fn literal(term: &ir::Term) -> Option<&str> {
    match term {
        ir::Term::Const(Scalar::Text(text)) if !text.is_empty() && quote::is_literal(text) => {
            Some(text)
        }
        ir::Term::Const(_) | ir::Term::Field(_) | ir::Term::Call(..) | ir::Term::Truth { .. } => {
            None
        }
    }
}

/// Whether a term reads no field that another one does not.
fn reads_no_more(term: &ir::Term, other: &ir::Term) -> bool {
    let mut known = BTreeSet::new();
    other.each_field(&mut |path| {
        known.insert(path.clone());
    });
    let mut within = true;
    term.each_field(&mut |path| within &= known.contains(path));
    within
}

/// Whether a term is a text that is never empty: a literal with something in it, or a field, whose empty text is none.
fn is_never_empty(term: &ir::Term) -> bool {
    match term {
        ir::Term::Field(_) => true,
        ir::Term::Call(Function::ToText, arguments) => {
            matches!(arguments.as_slice(), [ir::Term::Field(_)])
        }
        ir::Term::Const(_) | ir::Term::Call(..) | ir::Term::Truth { .. } => literal(term).is_some(),
    }
}

fn whole(number: i64) -> Eval {
    Eval::Number(number.to_string())
}

/// A literal place in a text, counted from its start.
fn place(term: &ir::Term) -> Option<i64> {
    match term {
        ir::Term::Const(Scalar::Number(number)) => {
            let place = number.as_i64()?;
            (0..=i64::from(i32::MAX)).contains(&place).then_some(place)
        }
        ir::Term::Const(_) | ir::Term::Field(_) | ir::Term::Call(..) | ir::Term::Truth { .. } => {
            None
        }
    }
}
