//! `test --strength-floor`: how many of the mistakes in rules their events must show.

use crate::examination::Examination;
use crate::output::{self, Failure};
use verdict_harness::strength::Tally;
use verdict_harness::{Strength, strength::Count};

/// The least share, in percent.
#[derive(Clone, Copy)]
pub(super) struct Floor(f64);

impl Floor {
    /// # Errors
    ///
    /// Where it is no share.
    pub(super) fn new(percent: f64) -> Result<Self, Failure> {
        if (0.0..=100.0).contains(&percent) {
            Ok(Self(percent))
        } else {
            let message = format!("`--strength-floor {percent}`: a percentage is from 0 to 100");
            Err(Failure::usage(message))
        }
    }

    /// Whether the rules reach it, all their mistakes together; tells it on standard error. Of rules without a mistake nothing is known, so they
    /// do not, and rules that were not measured are counted.
    pub(super) fn holds(self, rules: &[Examination]) -> bool {
        let measured: Vec<&Strength> = rules
            .iter()
            .filter_map(|rule| rule.outcome.as_ref()?.strength.as_ref())
            .collect();
        let unmeasured = rules.len() - measured.len();
        let total = measured
            .into_iter()
            .map(Strength::total)
            .reduce(Tally::plus);
        let count = total.map_or_else(Count::default, |total| total.all);
        let holds = self.reached(count);
        let word = if holds { "reached" } else { "missed" };
        output::tell(&format!(
            "strength: {} of {} mistakes are shown, at least {} % is wanted: {word}; {} not measured",
            count.killed,
            count.killable(),
            self.0,
            output::count(unmeasured, "rule")
        ));
        holds
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "counts of mistakes are far below 2^53"
    )]
    fn reached(self, count: Count) -> bool {
        let (killed, killable) = (count.killed as f64, count.killable() as f64);
        killable > 0.0 && killed * 100.0 >= self.0 * killable
    }
}

#[cfg(test)]
mod tests {
    use super::Floor;
    use verdict_harness::strength::Count;

    #[test]
    fn nothing_measured_reaches_no_floor() {
        let count = |mutants, killed, equivalent| Count {
            mutants,
            killed,
            equivalent,
        };
        assert!(!Floor(0.0).reached(Count::default()));
        assert!(!Floor(0.0).reached(count(3, 0, 3)));
        assert!(Floor(99.0).reached(count(101, 99, 1)));
        assert!(!Floor(99.1).reached(count(101, 99, 1)));
        assert!(Floor::new(100.5).is_err() && Floor::new(f64::NAN).is_err());
    }
}
