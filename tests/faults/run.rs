//! The run: the command switches the mistakes on, and what comes of it is held to the floors and to the page.

use super::cases;
use super::tables::{Fault, LANGUAGES, read, root};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::process::Command;

/// Of a hundred mistakes at least so many are noticed by the packs alone, and by the packs and the cases.
const FLOORS: [usize; 2] = [95, 99];

/// What became of a mistake.
#[derive(Debug, Deserialize)]
struct Fate {
    site: String,
    changed: usize,
    killed: Option<Of>,
    #[expect(dead_code, reason = "for whoever reads the lines")]
    by: Option<String>,
}

/// Of what the rule is that showed a mistake.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "lowercase")]
enum Of {
    Packs,
    Cases,
    Corpus,
}

/// A line of the table of figures.
struct Figures {
    name: &'static str,
    all: usize,
    packs: usize,
    cases: usize,
    corpus: usize,
}

fn fates(corpus: Option<&str>) -> BTreeMap<String, Fate> {
    let place = tempfile::tempdir().expect("a folder");
    let mut command = Command::new(env!("CARGO_BIN_EXE_verdict"));
    command.current_dir(root()).args(["faults", "packs"]);
    for folder in cases::write(place.path()) {
        command.arg("--cases").arg(folder);
    }
    if let Some(corpus) = corpus {
        command.args(["--corpus", corpus]);
    }
    let output = command.output().expect("a process");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    let lines = String::from_utf8(output.stdout).expect("UTF-8");
    let fates = lines.lines().map(|line| {
        let fate: Fate = serde_json::from_str(line).expect("a line of JSON");
        (fate.site.clone(), fate)
    });
    fates.collect()
}

#[test]
fn the_harness_notices_mistakes_in_the_emitters() {
    let wanted = std::env::var_os("VERDICT_FAULTS_CORPUS").is_some();
    let corpus = std::env::var("VERDICT_CORPUS").ok().filter(|_| wanted);
    let fates = fates(corpus.as_deref());
    let mut figures = Vec::new();
    let mut survivors: Vec<(Fault, usize)> = Vec::new();
    let mut wrong = Vec::new();
    for (language, name) in LANGUAGES {
        let rows = read(language);
        let of = |row: &Fault| fates.get(&row.site);
        let until = |last: Of| {
            let shown = |row: &&Fault| {
                of(row).is_some_and(|fate| fate.killed <= Some(last) && fate.killed.is_some())
            };
            rows.iter().filter(shown).count()
        };
        let line = Figures {
            name,
            all: rows.len(),
            packs: until(Of::Packs),
            cases: until(Of::Cases),
            corpus: until(Of::Corpus),
        };
        for (noticed, floor) in [line.packs, line.cases].into_iter().zip(FLOORS) {
            if noticed * 100 < line.all * floor {
                wrong.push(format!(
                    "{name}: {noticed} of {} noticed, fewer than {floor} %",
                    line.all
                ));
            }
        }
        figures.push(line);
        for row in rows {
            let (survived, changed) =
                of(&row).map_or((true, 0), |fate| (fate.killed.is_none(), fate.changed));
            if corpus.is_some() {
                // What the corpora show beside is counted, and no floor yet.
                continue;
            }
            if row.survives.is_some() && !survived {
                wrong.push(format!(
                    "{} is noticed, and its row says that it is not",
                    row.site
                ));
            }
            if survived && row.survives.is_none() {
                wrong.push(format!(
                    "{} survives for no reason ({changed} texts changed)",
                    row.site
                ));
            }
            if row.survives.is_some() {
                survivors.push((row, changed));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    if corpus.is_some() {
        for line in &figures {
            eprintln!(
                "{}: {} of {} with the corpora",
                line.name, line.corpus, line.all
            );
        }
    } else {
        hold(&page(&figures, &survivors));
    }
}

/// The page, as the run would write it.
fn page(figures: &[Figures], survivors: &[(Fault, usize)]) -> String {
    let mut page = String::from(
        "# Mistakes inside the emitters\n\n\
         Would the harness notice if an emitter were wrong? For each branch of its decisions and of its printing there is a *site*: a mistake that a build with \
         the feature `faults` can switch on. `cargo test --release --features faults --test faults` switches on one after another, compiles the rules that \
         ask its site, and puts the text that came of it to the engine of its language, as `verdict test` does. A mistake is *noticed* where that run would report a \
         rule: a verdict that no divergence explains, a refused query, or a claimed divergence that no event shows any more.\n\n\
         The rules are those of `packs/`, whose phrasebook has a rule for each construct, and the cases of `docs/semantics.md`. With \
         `VERDICT_FAULTS_CORPUS=1` the corpora are asked, too.\n\n\
         The sites and their mistakes stand in `tests/faults/<language>.toml`. `known` is the number of a mistake that today's translators make.\n\n\
         | emitter | sites | noticed by the packs alone | noticed by packs and cases |\n|---|---:|---:|---:|\n",
    );
    for line in figures {
        // Writing to a string does not fail.
        let _ = writeln!(
            page,
            "| {} | {} | {} ({}) | {} ({}) |",
            line.name.replace('|', "\\|"),
            line.all,
            line.packs,
            percent(line.packs, line.all),
            line.cases,
            percent(line.cases, line.all)
        );
    }
    page.push_str("\n## What nothing notices\n\n| site | mistake | why |\n|---|---|---|\n");
    for (row, _) in survivors {
        let why = row.survives.as_deref().unwrap_or_default();
        let _ = writeln!(
            page,
            "| `{}` | {} | {why} |",
            row.site,
            row.mistake.replace('|', "\\|")
        );
    }
    page
}

fn percent(part: usize, all: usize) -> String {
    let tenths = part * 1000 / all.max(1);
    format!("{}.{} %", tenths / 10, tenths % 10)
}

fn hold(page: &str) {
    let path = root().join("docs/faults.md");
    if std::env::var_os("VERDICT_WRITE_FAULTS").is_some() {
        fs::write(&path, page).expect("written");
    }
    let known = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        known, page,
        "docs/faults.md is stale: VERDICT_WRITE_FAULTS=1 cargo test --release --features faults --test faults"
    );
}
