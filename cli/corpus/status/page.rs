//! The findings as text: for a terminal, and as the page `docs/status.md`.
//!
//! The page holds nothing that changes from run to run or from machine to machine, so a page that differs is stale.

use super::{Findings, Group, has_profile, mutants};
use crate::corpus::real_events::Judged;
use crate::registry::{self, Chosen};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use verdict_harness::strength::{Count, Tally as Mutants};

const HEAD: &str = "# Status

Written by `cargo run --release -- corpus <folder> --events --status docs/status.md`, over rules and events that are test input and not part of this repository. CI fails if it is stale.

*Exact*: caps claims it, and the harness found no event on which the rule's own engine, the oracle and the target differ. *Plain* rules test no null, empty value, existence (`field: '*'`, which every value satisfies, is one) or keyword. *Refused*: compiled rules that
the target does not support. Rules over several events stand apart; their goals are those of their conditions on single events. `source` is the engine of the rule's own language, over the rule's own text.

";

impl Findings {
    /// The findings for a terminal, with every fault.
    pub(crate) fn table(&self) -> String {
        let mut text = self.body();
        let untested = self.untested.iter().map(|rule| rule.path.clone()).collect();
        for (title, lines) in [
            ("invalid", &self.invalid),
            ("disagreements", &self.disagreements),
            ("untested", &untested),
            ("open, of rules of Elastic Endpoint", &self.open),
        ] {
            if !lines.is_empty() {
                let _ = writeln!(text, "\n{title}:");
                for line in lines {
                    let _ = writeln!(text, "  {line}");
                }
            }
        }
        for line in self
            .real_events
            .iter()
            .flat_map(|judged| judged.shown.iter().take(60))
        {
            let _ = writeln!(text, "  {line}");
        }
        text
    }

    /// The page `docs/status.md`.
    pub(crate) fn page(&self) -> String {
        HEAD.to_owned() + &self.body() + &mutants::section()
    }

    fn body(&self) -> String {
        let mut text = String::new();
        for (language, group) in &self.groups {
            of_language(language, group, &mut text);
        }
        self.profiles(&mut text);
        self.standing(&mut text);
        self.strength(&mut text);
        self.unknown(&mut text);
        self.not_tested(&mut text);
        if let Some(pairs) = &self.regression {
            let _ = writeln!(text, "\n## Regression pairs: {}\n", pairs.pairs);
            for (target, fired) in &pairs.fired {
                let _ = writeln!(text, "- {target}: {fired} fire");
            }
            for silent in &pairs.silent {
                let _ = writeln!(text, "- silent: {silent}");
            }
        }
        if let Some(judged) = &self.real_events {
            real_events(judged, &mut text);
        }
        text
    }

    /// What every profile has of the rules.
    fn profiles(&self, text: &mut String) {
        text.push_str(
            "## Profiles\n\n*Bound*: the profile holds the events of the rule's logsource or category; the others are V0971. *Had*: exact, or with a declared divergence. Of the \
             bound rules, the rest is refused with a code, mostly the field that the table lacks (V0970).\n\n\
             | profile | language | had, of all rules | bound | had, of the bound | exact | diverges | unsupported | untested | disagree | events compared | unrepresentable |\n\
             |---|---|---|---|---|---|---|---|---|---|---|---|\n",
        );
        for (language, group) in &self.groups {
            for (target, tally) in group
                .targets
                .iter()
                .filter(|(target, _)| has_profile(target))
            {
                let bound = tally.bound(group.lowered);
                let _ = writeln!(
                    text,
                    "| {target} | {language} | {} | {bound} | {} | {} | {} | {} | {} | {} | {} | {} |",
                    share(tally.had, group.rules),
                    share(tally.had, bound),
                    tally.exact,
                    list(&tally.diverges),
                    list(&tally.unsupported),
                    tally.untested,
                    tally.disagree,
                    tally.compared,
                    tally.unrepresentable,
                );
            }
        }
        text.push('\n');
    }

    /// What became of the mutants, by operator.
    fn strength(&self, text: &mut String) {
        let measured = self
            .groups
            .iter()
            .filter(|(_, group)| !group.strength.is_empty());
        for (language, group) in measured {
            let all = group.strength.values().copied();
            let total = all.reduce(Mutants::plus).unwrap_or_default();
            let _ = writeln!(
                text,
                "## Strength: {language}\n\nMistakes put into the rules one at a time: {} of {} are shown by some event ({}), of those in conditions that were seen deciding both ways {} of {} ({}); {} more are \
                 proved to be none.\n\n| mistake | made | killed | survive | equivalent | says |\n|---|---|---|---|---|---|",
                total.all.killed,
                total.all.killable(),
                percent(total.all),
                total.feasible.killed,
                total.feasible.killable(),
                percent(total.feasible),
                total.all.equivalent,
            );
            for (operator, tally) in &group.strength {
                let _ = writeln!(
                    text,
                    "| `{}` | {} | {} | {} | {} | {} |",
                    operator.id,
                    tally.all.mutants,
                    tally.all.killed,
                    tally.all.surviving(),
                    tally.all.equivalent,
                    operator.says,
                );
            }
            text.push('\n');
        }
    }

    /// Standing divergences, each once a target.
    fn standing(&self, text: &mut String) {
        text.push_str("## Standing divergences\n\nDifferences of a service for every rule alike, and how many rules had an event that showed them.\n\n");
        for chosen in registry::all_raw() {
            let Chosen::Text(row, _) = &chosen else {
                continue;
            };
            let name = chosen.name();
            for code in row.standing {
                let groups = self.groups.values();
                let shown: usize = groups
                    .filter_map(|group| group.targets.get(&name)?.standing.get(code.id))
                    .sum();
                let _ = writeln!(text, "- {name}: `{code}` ({}): {shown}", code.title);
            }
        }
        text.push('\n');
    }

    /// Goals of which nothing is known, rule by rule.
    fn unknown(&self, text: &mut String) {
        text.push_str("## Unknown goals\n\nConditions for which neither an event that they decide nor a proof that there is none was found: the rule, and the lines where they stand.\n\n");
        for (rule, goals) in &self.unknown {
            let lines = |wanted: bool| {
                let of = goals.iter().filter(|(polarity, _)| *polarity == wanted);
                of.map(|(_, line)| line.to_string())
                    .collect::<Vec<_>>()
                    .join(", ")
            };
            let told = [("true", lines(true)), ("false", lines(false))];
            let told = told.iter().filter(|(_, lines)| !lines.is_empty());
            let told: Vec<String> = told
                .map(|(wanted, lines)| format!("to be {wanted}: {lines}"))
                .collect();
            let _ = writeln!(text, "- {rule}: {}", told.join("; "));
        }
        text.push('\n');
    }

    fn not_tested(&self, text: &mut String) {
        let _ = writeln!(
            text,
            "## Not compiled, not tested\n\n- Refused by code (old syntax, placeholders without values): {}",
            list(&self.refused)
        );
        let dead = self.untested.iter().filter(|rule| rule.dead).count();
        let _ = writeln!(
            text,
            "- Rules never seen both matching and not matching: {}. Of them, {dead} can match no event, which is proved (V0801: it excludes all that it asks for, its \
             logsource counted in), so nothing can test them; of the other {}, no matching event was found.",
            self.untested.len(),
            self.untested.len() - dead
        );
    }
}

fn of_language(language: &str, group: &Group, text: &mut String) {
    let _ = writeln!(
        text,
        "## {language}: {} rules, {} compiled, {} of them plain\n",
        group.rules, group.lowered, group.plain
    );
    if group.lowered > 0 {
        let _ = writeln!(
            text,
            "{} events; goals: {} witnessed, {} proved infeasible, {} unknown\n",
            group.events, group.witnessed, group.infeasible, group.unknown
        );
    }
    if group.targets.is_empty() {
        return;
    }
    text.push_str("| target | exact | plain and exact | diverges | unsupported | refused | untested | disagree | events compared | unrepresentable |\n");
    text.push_str("|---|---|---|---|---|---|---|---|---|---|\n");
    for (target, tally) in group
        .targets
        .iter()
        .filter(|(target, _)| !has_profile(target))
    {
        let _ = writeln!(
            text,
            "| {target} | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
            tally.exact,
            share(tally.plain_exact, group.plain),
            list(&tally.diverges),
            list(&tally.unsupported),
            share(tally.refused, group.lowered),
            tally.untested,
            tally.disagree,
            tally.compared,
            tally.unrepresentable,
        );
    }
    text.push('\n');
}

fn real_events(judged: &Judged, text: &mut String) {
    let _ = writeln!(
        text,
        "\n## Real events: {}\n\nEvery compiled rule over every event: {} pairs of rule and event match, of {} rules. Events that no field of a rule tells \
         apart are judged once; {} pairs were asked again with the whole event, {} of them told otherwise.\n",
        judged.events, judged.matches, judged.rules, judged.asked_again, judged.misgrouped
    );
    text.push_str("| judge | rules | differences | differ as a divergence says | no row holds the event |\n|---|---|---|---|---|\n");
    for (judge, tally) in &judged.judges {
        let _ = writeln!(
            text,
            "| {judge} | {} | {} | {} | {} |",
            tally.rules,
            tally.differ,
            list(&tally.covered),
            tally.unrepresentable
        );
    }
}

/// The share of the mutants that some event could kill and does, cut off, not rounded.
fn percent(count: Count) -> String {
    let per_myriad = (count.killed * 10_000)
        .checked_div(count.killable())
        .unwrap_or(10_000);
    format!("{}.{:02} %", per_myriad / 100, per_myriad % 100)
}

fn share(part: usize, whole: usize) -> String {
    let per_mille = (part * 1000).checked_div(whole).unwrap_or(0);
    format!("{part} ({}.{} %)", per_mille / 10, per_mille % 10)
}

fn list(counts: &BTreeMap<String, usize>) -> String {
    if counts.is_empty() {
        return "-".to_owned();
    }
    counts
        .iter()
        .map(|(code, count)| format!("{code} {count}"))
        .collect::<Vec<_>>()
        .join(", ")
}
