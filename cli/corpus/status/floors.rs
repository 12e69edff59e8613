//! What must hold, or the corpus run fails.

use super::{Findings, Group, Tally, has_profile};

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

/// What a profile owes the rules of a language.
struct ProfileFloor {
    /// `kql:defender`
    target: &'static str,
    language: &'static str,
    /// It has at least so many of all rules, in per mille.
    of_all: usize,
}

/// Of the rules whose events a profile holds, it has at least so many, in per mille.
const OF_BOUND: usize = 900;

/// What every profile owes. That it owes nine tenths of what it binds holds for each.
const PROFILES: &[ProfileFloor] = &[
    ProfileFloor {
        target: "kql:defender",
        language: "Sigma",
        of_all: 650,
    },
    ProfileFloor {
        target: "kql:sentinel",
        language: "Sigma",
        of_all: 860,
    },
    ProfileFloor {
        target: "kql:asim",
        language: "Sigma",
        of_all: 595,
    },
    ProfileFloor {
        target: "esql:ecs",
        language: "Sigma",
        of_all: 750,
    },
    ProfileFloor {
        target: "eql:ecs",
        language: "Sigma",
        of_all: 750,
    },
    ProfileFloor {
        target: "spl:sysmon",
        language: "Sigma",
        of_all: 690,
    },
    ProfileFloor {
        target: "esql:ecs",
        language: "EQL",
        of_all: 980,
    },
    ProfileFloor {
        target: "eql:ecs",
        language: "EQL",
        of_all: 980,
    },
];

impl ProfileFloor {
    fn missed(&self, group: &Group) -> Option<String> {
        let had = group.targets.get(self.target).map_or(0, |tally| tally.had);
        let all = group.rules;
        (had * 1000 < all * self.of_all).then(|| {
            format!(
                "{}: it has {had} of {all} {} rules",
                self.target, self.language
            )
        })
    }
}

/// What a profile leaves out of the rules that it binds, if it is too much.
fn bound_missed(target: &str, language: &str, group: &Group, tally: &Tally) -> Option<String> {
    let bound = tally.bound(group.lowered);
    (tally.had * 1000 < bound * OF_BOUND).then(|| {
        format!(
            "{target}: it has {} of the {bound} {language} rules that it binds",
            tally.had
        )
    })
}

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
        floor(
            self.open.is_empty(),
            format!(
                "{} open findings over rules of Elastic Endpoint",
                self.open.len()
            ),
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
            let owed = PROFILES.iter().filter(|floor| floor.language == *language);
            missed.extend(owed.filter_map(|floor| floor.missed(group)));
            for (target, tally) in &group.targets {
                if has_profile(target) {
                    missed.extend(
                        (*language == "Sigma")
                            .then(|| bound_missed(target, language, group, tally))
                            .flatten(),
                    );
                    continue;
                }
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
    fn profiles_owe_nine_tenths_of_what_they_bind() {
        let missed = |had: usize, unbound: usize| {
            let tally = Tally {
                unbound,
                had,
                ..Tally::default()
            };
            let group = Group {
                lowered: 100,
                rules: 100,
                ..Group::default()
            };
            bound_missed("some:profile", "Sigma", &group, &tally).is_some()
        };
        assert!(!missed(45, 50));
        assert!(missed(44, 50));
        assert!(missed(45, 49));
    }

    #[test]
    fn profiles_owe_a_share_of_all_rules() {
        let missed = |language: &'static str, had: usize| {
            let floor = ProfileFloor {
                target: "a:b",
                language,
                of_all: 600,
            };
            let tally = Tally {
                had,
                ..Tally::default()
            };
            let group = Group {
                lowered: 50,
                rules: 100,
                targets: [("a:b".to_owned(), tally)].into(),
                ..Group::default()
            };
            floor.missed(&group).is_some()
        };
        assert!(missed("Sigma", 59) && !missed("Sigma", 60));
        assert!(missed("EQL", 59) && !missed("EQL", 60));
    }

    #[test]
    fn floors_are_missed_below_them() {
        assert_eq!(check("some:raw", "Sigma", 97, 2), 0);
        assert_eq!(check("some:raw", "Sigma", 96, 2), 1);
        assert_eq!(check("some:raw", "EQL", 97, 3), 1);
        assert_eq!(check("some:raw", "EQL", 96, 3), 2);
    }
}
