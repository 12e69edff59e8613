//! What targets claim of rules, as findings: notes where the rule says what a target cannot, or cannot say exactly.

use crate::output;
use crate::registry::{Chosen, generated};
use crate::rulebook::{Entry, Rulebook};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use verdict_compiler::rule::Body;
use verdict_compiler::{Diagnostic, Meaning, Source, Span};
use verdict_targets::target::Claim;

/// The claims of every rule.
#[derive(Default)]
pub(super) struct Claims {
    /// What is to be told of each rule and target.
    pub(super) findings: Vec<(Arc<Source>, Diagnostic)>,
    counts: BTreeMap<(String, &'static str), usize>,
}

impl Claims {
    /// What these targets claim of the rules that are valid.
    pub(super) fn of(book: &Rulebook, targets: &[Chosen]) -> Self {
        let mut claims = Self::default();
        for entry in &book.entries {
            for chosen in targets {
                if let Some(claim) = claim(entry, chosen) {
                    claims.add(entry, chosen, &claim);
                }
            }
        }
        claims
    }

    fn add(&mut self, entry: &Entry, chosen: &Chosen, claim: &Claim) {
        let name = chosen.name();
        let mut tell =
            |finding: Diagnostic| self.findings.push((Arc::clone(&entry.source), finding));
        let word = match claim {
            Claim::Exact => "exact",
            Claim::Diverges(codes) => {
                for code in codes {
                    let message = format!("{name} says the rule with a known difference");
                    tell(Diagnostic::note(*code, body(entry), message, code.title));
                }
                "diverges"
            }
            Claim::Unsupported(refusals) => {
                let mut told = BTreeSet::new();
                for refusal in refusals {
                    if told.insert((refusal.code, refusal.reason.as_str())) {
                        let message = format!("{name} cannot say the rule");
                        let reason = refusal.reason.as_str();
                        // The table that an event's category chooses is no one place's doing.
                        let span = if refusal.span == Span::default() {
                            body(entry)
                        } else {
                            refusal.span
                        };
                        tell(Diagnostic::note(refusal.code, span, message, reason));
                    }
                }
                "unsupported"
            }
        };
        *self.counts.entry((name, word)).or_default() += 1;
    }

    /// A line a target and claim, for people.
    pub(super) fn summary(&self) {
        for ((target, word), count) in &self.counts {
            output::tell(&format!("{target}: {count} {word}"));
        }
    }
}

/// What a target claims of a rule; None if the rule is invalid.
fn claim(entry: &Entry, chosen: &Chosen) -> Option<Claim> {
    Some(match (&entry.compiled.meaning, chosen) {
        (Meaning::Invalid, _) => return None,
        (Meaning::Unsupported(refusal), _) => Claim::Unsupported(vec![refusal.clone()]),
        (Meaning::Known(_) | Meaning::Series(_), Chosen::Native) => Claim::Exact,
        (Meaning::Known(ir), Chosen::Rust) => generated::claim(ir),
        (Meaning::Known(ir), Chosen::Text(row, profile)) => {
            let profile = &entry.profile(profile);
            row.target.compile(&entry.rule, ir, profile).claim
        }
        (Meaning::Series(series), Chosen::Rust) => generated::claim_series(series),
        (Meaning::Series(series), Chosen::Text(row, profile)) => {
            let profile = &entry.profile(profile);
            row.target
                .compile_series(&entry.rule, series, profile)
                .claim
        }
    })
}

/// Where a rule's body begins.
fn body(entry: &Entry) -> Span {
    match &entry.rule.body {
        Body::Eql(body) => first_line(&entry.source, body.query.span),
        Body::Sigma(body) => first_line(&entry.source, body.detection.span),
        Body::Correlation(body) => first_line(&entry.source, body.section.span),
        Body::Opaque(refusal) => refusal.span,
    }
}

/// What stands of a span in its first line.
fn first_line(source: &Source, span: Span) -> Span {
    let text = source.text.get(span.start..span.end).unwrap_or_default();
    let length = text.lines().next().map_or(0, str::len);
    Span::new(span.start, span.start + length)
}
