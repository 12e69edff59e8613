//! `window-cap` and `result-cap`: more events than a window or a result of the target holds.

use crate::oracle::Oracle;
use verdict_compiler::ir::Series;
use verdict_event::Event;

/// How many both hold, by default.
const CAP: usize = 10_000;

/// Whether more of a stream's events than that take part in a rule.
pub(super) fn covers(series: &Series, stream: &[Event]) -> bool {
    if stream.len() <= CAP {
        return false;
    }
    let parts: Vec<Oracle<'_>> = series.events().into_iter().map(Oracle::new).collect();
    let takes_part = |event: &&Event| parts.iter().any(|part| part.holds(event));
    stream.iter().filter(takes_part).nth(CAP).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use verdict_compiler::ir::series::{Sample, Term};
    use verdict_compiler::ir::{Expr, Ir, Origin};
    use verdict_event::Event;

    #[test]
    fn one_event_more_than_the_cap() {
        let event = Ir {
            predicate: Expr::Const(true),
            detection: Expr::Const(true),
            origin: Origin::default(),
            fields: std::collections::BTreeMap::new(),
        };
        let series = Series::Sample(Sample {
            terms: vec![Term {
                event,
                keys: Vec::new(),
                span: verdict_compiler::Span::default(),
            }],
            limits: Vec::new(),
            span: verdict_compiler::Span::default(),
        });
        let mut stream = vec![Event::new(Vec::new()); CAP];
        assert!(!covers(&series, &stream));
        stream.push(Event::new(Vec::new()));
        assert!(covers(&series, &stream));
    }
}
