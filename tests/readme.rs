//! `README.md` shows what the program says: its rule, its translations, its queries over an event, and every command.

#![expect(
    clippy::expect_used,
    reason = "a test that cannot go on says so by panicking"
)]

use std::fs;
use std::path::Path;
use std::process::Command;

const RULE: &str = "packs/windows/rules/lateral_movement/file_sharing_spoken_by_program.yml";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn readme() -> String {
    fs::read_to_string(root().join("README.md")).expect("README.md")
}

/// Runs the binary, which must end with 0; its standard output.
fn verdict(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_verdict"))
        .args(arguments)
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .output()
        .expect("a process");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{arguments:?}\n{told}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// The first fenced block behind a text.
fn block(text: &str, behind: &str) -> Vec<String> {
    let (_, rest) = text.split_once(behind).expect(behind);
    let mut lines = rest.lines().skip_while(|line| !line.starts_with("```"));
    let fence = lines.next().expect("a fence");
    let fence = fence.trim_end_matches(|letter: char| letter != '`');
    lines
        .take_while(|line| *line != fence)
        .map(str::to_owned)
        .collect()
}

/// Holds a shown text against the real one: a line `...` stands for lines that are left out, and `gaps` for more of them anywhere.
fn held(shown: &[String], real: &str, gaps: bool) {
    assert!(shown.len() > 5, "{shown:?}");
    let mut left = real.lines();
    let mut gap = false;
    for line in shown {
        if line.trim() == "..." {
            gap = true;
            continue;
        }
        let found = if gap || gaps {
            left.any(|real| real == line)
        } else {
            left.next() == Some(line.as_str())
        };
        assert!(found, "not in its place: {line}\nof:\n{real}");
        gap = false;
    }
    assert!(gaps || gap || left.next().is_none(), "more in:\n{real}");
}

#[test]
fn the_rule_and_its_translations() {
    let text = readme();
    let rule = fs::read_to_string(root().join(RULE)).expect("the rule");
    held(&block(&text, "\n## One rule\n"), &rule, true);
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().to_string_lossy().into_owned();
    let targets = ["kql:defender", "esql:ecs", "eql:ecs", "spl:sysmon"];
    let mut arguments = vec!["build", RULE, "--out", &out];
    arguments.extend(targets.iter().flat_map(|target| ["--target", target]));
    verdict(root(), &arguments);
    for target in targets {
        let (name, profile) = target.split_once(':').expect("a profile");
        let file = format!("{name}/{profile}/file_sharing_spoken_by_program.{name}");
        let built = fs::read_to_string(folder.path().join(file)).expect("a query");
        held(&block(&text, &format!("(`{target}`")), &built, false);
    }
}

/// The event that the unguarded query loses.
#[test]
fn what_a_guard_is_for() {
    let shown = block(&readme(), "\n### What a guard is for\n");
    let folder = tempfile::tempdir().expect("a folder");
    let mut said = String::new();
    let mut asked = 0;
    for (number, line) in shown.iter().enumerate() {
        if line == "$ cat event.json" {
            let event = shown.get(number + 1).expect("an event");
            fs::write(folder.path().join("event.json"), event).expect("written");
        } else if let Some(rest) = line.strip_prefix("$ verdict query --language kql --query '") {
            let (query, file) = rest.split_once("' ").expect("a file of events");
            let arguments = ["query", "--language", "kql", "--query", query, file];
            said += &verdict(folder.path(), &arguments);
            asked += 1;
        }
    }
    assert_eq!((asked, said.trim_end()), (2, "{\"events\":[0]}"));
    assert_eq!(shown.last().map(String::as_str), Some(said.trim_end()));
}

#[test]
fn every_command_has_a_row() {
    let text = readme();
    let help = verdict(root(), &["--help"]);
    let (_, commands) = help.split_once("Commands:\n").expect("commands");
    let commands = commands.lines().take_while(|line| !line.is_empty());
    let names: Vec<&str> = commands
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .collect();
    assert!(names.len() > 5, "{names:?}");
    for name in names {
        assert!(text.contains(&format!("\n| `verdict {name} ")), "{name}");
    }
}
