//! What was found for a rule, in a few lines of its page: goals, mistakes, and what each target was proved to do.

use super::escape::{Markdown, code_cell, sentence};
use serde::Serialize;

/// What was found for a rule.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Situations in which one condition decides: those with an event, those proved to have none, those of which neither is known.
    pub goals: Option<[usize; 3]>,
    /// Mistakes in the rule: those that its events show, those that they could show, those proved to be none.
    pub mistakes: Option<[usize; 3]>,
    /// What was found of each target that was judged.
    pub targets: Vec<Judged>,
}

/// What was found of a target.
#[derive(Clone, Debug)]
pub struct Judged {
    /// `kql:raw`
    pub target: String,
    /// `agree`, `diverges` ...
    pub verdict: &'static str,
    /// What that rests on, as a sentence; None where the target itself was run.
    pub says: Option<String>,
}

#[derive(Serialize)]
pub(super) struct ShownFound {
    goals: Option<Markdown>,
    mistakes: Option<Markdown>,
    targets: Vec<ShownJudged>,
}

#[derive(Serialize)]
struct ShownJudged {
    target: Markdown,
    verdict: &'static str,
    says: Markdown,
}

/// The block of a page; None where nothing was judged.
pub(super) fn found(found: &Found) -> Option<ShownFound> {
    let judged = |judged: &Judged| ShownJudged {
        target: code_cell(&judged.target),
        verdict: judged.verdict,
        says: cell(
            judged
                .says
                .as_deref()
                .unwrap_or("the target itself was run"),
        ),
    };
    (!found.targets.is_empty()).then(|| ShownFound {
        goals: found.goals.map(|[witnessed, infeasible, unknown]| {
            let all = witnessed + infeasible + unknown;
            told(
                format!("{witnessed} of {all} situations in which one condition decides have an event"),
                [
                    (infeasible, "are proved to have none"),
                    (unknown, "are unknown"),
                ],
            )
        }),
        mistakes: found.mistakes.map(|[killed, killable, equivalent]| {
            told(
                format!("{killed} of {killable} mistakes that somebody could make in the rule change what is said of some event"),
                [(equivalent, "more are proved to change nothing")],
            )
        }),
        targets: found.targets.iter().map(judged).collect(),
    })
}

/// A sentence, with those counts behind it that are not zero.
fn told<const N: usize>(text: String, counts: [(usize, &str); N]) -> Markdown {
    let counts = counts.iter().filter(|(count, _)| *count > 0);
    let counts = counts.map(|(count, says)| format!("{count} {says}"));
    let parts: Vec<String> = std::iter::once(text).chain(counts).collect();
    sentence(&parts.join("; "))
}

/// A sentence in a cell of a table, which a bar would end.
fn cell(text: &str) -> Markdown {
    Markdown::whole(sentence(text).as_str().replace('|', "\\|"))
}
