//! Rules in order: the latest events that lead to one of the last rule (C11).

use super::Position;
use super::correlation::Source;
use super::group::{MAX_TOLD, Member, Window};
use std::collections::BTreeSet;

/// The events of the chain that ends at an instant, and its last member; the window has slid to that instant.
pub(crate) fn ending_at<S: Source>(
    window: &Window<S>,
    rules: usize,
    instant: i64,
) -> Option<(&Member<S>, Vec<Position>)> {
    let last = rules.checked_sub(1)?;
    let now = window.of_rule(last);
    let now = now.take_while(|member| member.of.instant == instant);
    let end = now.max_by(|a, b| a.of.later(&b.of))?;
    let mut chosen = vec![end];
    let mut before = instant;
    for rule in (0..last).rev() {
        let member = window.latest(rule, before)?;
        before = member.of.instant;
        chosen.push(member);
    }
    // Matches of inner correlations may share events (C12).
    let events = chosen.iter().flat_map(|member| member.of.events());
    let events: BTreeSet<Position> = events.copied().collect();
    let skipped = events.len().saturating_sub(MAX_TOLD);
    Some((end, events.into_iter().skip(skipped).collect()))
}
