//! Mutants of our own code, as `tools/mutants.py` counted them. A run takes hours, so its figures are data (`tests/mutants.yml`).

use serde::Deserialize;
use std::fmt::Write as _;

const DATA: &str = include_str!("../../../tests/mutants.yml");

/// What was measured of one area.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Area {
    #[serde(rename = "area")]
    name: String,
    /// The folders that are mutated.
    files: String,
    /// The last run, where there was one.
    run: Option<Run>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Run {
    commit: String,
    /// Mutants that cargo-mutants lists.
    listed: usize,
    /// Mutants that were put in and judged.
    tried: usize,
    /// Of them, those that do not compile.
    unviable: usize,
    caught: usize,
    timeout: usize,
    /// Those that no test notices.
    missed: Vec<Survivor>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Survivor {
    mutant: String,
    why: String,
}

impl Run {
    fn noticed(&self) -> usize {
        self.caught + self.timeout
    }

    fn viable(&self) -> usize {
        self.noticed() + self.missed.len()
    }
}

/// The section of the status page.
pub(super) fn section() -> String {
    match serde_yaml::from_str::<Vec<Area>>(DATA) {
        Ok(areas) => text(&areas),
        Err(error) => format!("\n## Mutants of our own code\n\ntests/mutants.yml: {error}\n"),
    }
}

fn text(areas: &[Area]) -> String {
    let mut text = "\n## Mutants of our own code\n\nMistakes that cargo-mutants puts into our sources, a fair sample of each area, run apart from CI by `tools/mutants.py <area>`. \
                    A mutant is noticed if a test fails or never ends.\n\n\
                    | area | files | listed | tried | do not compile | caught | timed out | missed | noticed, of the viable | at commit |\n|---|---|---|---|---|---|---|---|---|---|\n"
        .to_owned();
    for area in areas {
        let _ = write!(text, "| {} | {} |", area.name, area.files);
        let Some(run) = &area.run else {
            text.push_str(" not measured yet | - | - | - | - | - | - | - |\n");
            continue;
        };
        let per_mille = (run.noticed() * 1000)
            .checked_div(run.viable())
            .unwrap_or_default();
        let _ = writeln!(
            text,
            " {} | {} | {} | {} | {} | {} | {}.{} % | {} |",
            run.listed,
            run.tried,
            run.unviable,
            run.caught,
            run.timeout,
            run.missed.len(),
            per_mille / 10,
            per_mille % 10,
            run.commit,
        );
    }
    let runs = areas.iter().filter_map(|area| area.run.as_ref());
    let missed: Vec<&Survivor> = runs.flat_map(|run| &run.missed).collect();
    if !missed.is_empty() {
        text.push_str("\nMissed:\n\n");
    }
    for survivor in missed {
        let _ = writeln!(text, "- `{}`: {}", survivor.mutant, survivor.why);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figures_add_up_and_every_survivor_has_its_reason() {
        let areas: Vec<Area> = serde_yaml::from_str(DATA).unwrap();
        let names: Vec<&str> = areas.iter().map(|area| area.name.as_str()).collect();
        assert_eq!(names, ["ir", "targets", "engines"]);
        for run in areas.iter().filter_map(|area| area.run.as_ref()) {
            assert_eq!(run.tried, run.unviable + run.viable());
            assert!(run.tried <= run.listed && run.commit.len() >= 12);
            for survivor in &run.missed {
                assert!(survivor.why.ends_with('.'), "{}", survivor.mutant);
            }
        }
    }
}
