//! Rust: a self-contained crate of all rules together.
//!
//! ```text
//! Ir --predicate, leaf, regex--> Code --code--> a function a rule --package--> files
//! ```
//!
//! - `predicate`, `leaf`, `regex`: the IR as expressions; leaves on one field are told together, long lists become tables.
//! - `code`, `quote`, `names`: layout, literals and comments, identifiers. Nothing of a rule can leave its literal, comment or name.
//! - `fields`, `sources`: what the rules of a crate have in common: the fields that they read and where they look.
//! - `module`, `several`: the file of a rule over single events, and over several.
//! - `package`: the crate around the files.
//! - `runtime`: what generated rules stand on. It is shipped as it stands here, without its tests, which run here. So are the machines of rules over several events
//!   (`crate::series`), which are those of the native matcher.
//!
//! Everything of the IR can be said, except a regular expression of Lucene whose `&` or `~` stands inside a sequence or a repetition.

mod code;
mod fields;
mod leaf;
mod module;
mod names;
mod package;
mod predicate;
mod quote;
mod regex;
#[cfg(test)]
#[allow(
    dead_code,
    unreachable_pub,
    reason = "in the crates that it is shipped in, it is the interface"
)]
mod runtime;
mod several;
mod shipped;
mod sources;
#[cfg(test)]
mod tests;

use crate::caps::{Caps, Limit};
use crate::target::{Claim, Emitted};
use verdict_compiler::codes::target::RUST_REGEX;
use verdict_compiler::ir::{AnyText, LeafKind, Series, Test};
use verdict_compiler::{Ir, Rule};

pub use package::{Means, Member, Package, package};

/// What a crate can say of a rule.
pub fn claim(ir: &Ir) -> Claim {
    let mut caps = Caps::default();
    // Conditions that are values are written, too.
    ir.predicate.each_leaf_within(&mut |leaf| {
        let regex = match &leaf.kind {
            LeafKind::Is {
                test: Test::Regex(regex),
                ..
            }
            | LeafKind::AnyText(AnyText::Regex(regex)) => regex,
            LeafKind::Is { .. }
            | LeafKind::Relate { .. }
            | LeafKind::Missing(_)
            | LeafKind::Present(_)
            | LeafKind::AnyText(AnyText::Pattern(_)) => return,
        };
        if regex::expression(regex).is_none() {
            let reason = if regex.rust.is_some() {
                format!("`{}` does not compile", regex.source)
            } else {
                format!(
                    "`&` and `~` can only be said where they stand outermost, which they do not in `{}`",
                    regex.source
                )
            };
            caps.refuse(Limit::new(RUST_REGEX, reason), leaf.span);
        }
    });
    caps.claim()
}

/// What a crate can say of a rule over several events: whatever it can say of each of them.
pub fn claim_series(series: &Series) -> Claim {
    let mut refused = Vec::new();
    for ir in series.events() {
        match claim(ir) {
            Claim::Unsupported(refusals) => refused.extend(refusals),
            Claim::Exact | Claim::Diverges(_) => {}
        }
    }
    if refused.is_empty() {
        Claim::Exact
    } else {
        Claim::Unsupported(refused)
    }
}

/// The functions of one rule over several events, as they stand in a crate of this rule alone.
pub fn plan(rule: &Rule, series: &Series) -> Emitted {
    let claim = claim_series(series);
    let text = match &claim {
        Claim::Unsupported(_) => None,
        Claim::Exact | Claim::Diverges(_) => Some(several::alone(rule, series)),
    };
    Emitted { claim, text }
}

/// The function of one rule, as it stands in a crate of this rule alone.
pub fn function(rule: &Rule, ir: &Ir) -> Emitted {
    let claim = claim(ir);
    let text = match &claim {
        Claim::Unsupported(_) => None,
        Claim::Exact | Claim::Diverges(_) => Some(module::alone(rule, ir)),
    };
    Emitted { claim, text }
}
