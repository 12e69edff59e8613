//! What must hold, or the corpus run fails.

use super::{Findings, Group, Tally};

/// What a target owes the rules of a language.
struct Floor {
    language: &'static str,
    /// At least so many of the plain rules are exact, in per mille.
    exact: usize,
    /// At most so many of the compiled rules are unsupported, in per mille.
    unsupported: usize,
}

/// What every target owes.
const OWED: &[Floor] = &[
    Floor {
        language: "Sigma",
        exact: 970,
        unsupported: 20,
    },
    Floor {
        language: "EQL",
        exact: 970,
        unsupported: 20,
    },
];

impl Findings {
    /// Floors that do not hold, each in a sentence.
    pub(crate) fn missed(&self) -> Vec<String> {
        let mut missed = Vec::new();
        let mut floor = |holds: bool, told: String| {
            if !holds {
                missed.push(told);
            }
        };
        floor(
            self.invalid.is_empty(),
            format!("{} rules do not load or lower", self.invalid.len()),
        );
        floor(
            self.disagreements.is_empty(),
            format!("{} unexplained disagreements", self.disagreements.len()),
        );
        let alive = self.untested.iter().filter(|rule| !rule.dead).count();
        floor(
            alive == 0,
            format!("{alive} rules are untested, and not proved never to match"),
        );
        if let Some(pairs) = &self.regression {
            for (target, fired) in &pairs.fired {
                floor(
                    *fired == pairs.pairs,
                    format!("{target}: {fired} of {} regression pairs fire", pairs.pairs),
                );
            }
        }
        if let Some(judged) = &self.real_events {
            floor(
                judged.differences() == 0,
                format!("{} differences on real events", judged.differences()),
            );
        }
        for (language, group) in &self.groups {
            for (target, tally) in &group.targets {
                let own = OWED.iter().filter(|floor| floor.language == *language);
                missed.extend(own.flat_map(|floor| floor.missed(target, group, tally)));
            }
        }
        missed
    }
}

impl Floor {
    fn missed(&self, target: &str, group: &Group, tally: &Tally) -> Vec<String> {
        let language = self.language;
        let mut missed = Vec::new();
        if tally.plain_exact * 1000 < group.plain * self.exact {
            missed.push(format!(
                "{target}: {} of {} plain {language} rules are exact",
                tally.plain_exact, group.plain
            ));
        }
        if tally.refused * 1000 > group.lowered * self.unsupported {
            missed.push(format!(
                "{target}: {} of {} compiled {language} rules are unsupported",
                tally.refused, group.lowered
            ));
        }
        missed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many floors a target misses with so many exact and so many unsupported rules of a hundred.
    fn check(target: &str, language: &str, exact: usize, refused: usize) -> usize {
        let tally = Tally {
            plain_exact: exact,
            refused,
            ..Tally::default()
        };
        let group = Group {
            lowered: 100,
            plain: 100,
            ..Group::default()
        };
        let own = OWED.iter().filter(|floor| floor.language == language);
        own.flat_map(|floor| floor.missed(target, &group, &tally))
            .count()
    }

    #[test]
    fn floors_are_missed_below_them() {
        assert_eq!(check("some:raw", "Sigma", 97, 2), 0);
        assert_eq!(check("some:raw", "Sigma", 96, 2), 1);
        assert_eq!(check("some:raw", "EQL", 97, 3), 1);
        assert_eq!(check("some:raw", "EQL", 96, 3), 2);
    }
}
