//! Every leaf splits events three ways: it holds, it does not though its field has a value, or the field is missing. Nobody sees an event in two of these, or in none.

use crate::agree::events;
use crate::judges::{Judge, Judged, Said};
use crate::rules;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;
use verdict_compiler::ir::{Expr, Ir, Leaf, LeafKind, Origin, Term};
use verdict_compiler::{Rule, Source, rule::load};
use verdict_event::Event;
use verdict_targets::Target;
use verdict_targets::eql::Eql;
use verdict_targets::profile::Profile;

/// A leaf as a rule's whole meaning, its negation, and whether its field is missing.
struct Parts {
    is: Judged,
    is_not: Judged,
    missing: Option<Judged>,
}

impl Parts {
    fn new(rule: &Rule, ir: &Ir, leaf: &Leaf) -> Self {
        let meaning = |expr: Expr| {
            let read = expr.fields();
            let fields = ir.fields.iter().filter(|(path, _)| read.contains(path));
            let fields = fields.map(|(path, field)| (path.clone(), field.clone()));
            Ir {
                predicate: expr.clone(),
                detection: expr,
                origin: Origin::default(),
                fields: fields.collect(),
            }
        };
        let of = |expr: Expr| Judged::of(rule, meaning(expr));
        let missing = match &leaf.kind {
            LeafKind::Is {
                term: term @ Term::Field(_),
                ..
            } => Some(LeafKind::Missing(term.clone())),
            LeafKind::Is { .. }
            | LeafKind::Relate { .. }
            | LeafKind::Missing(_)
            | LeafKind::Present(_)
            | LeafKind::AnyText(_) => None,
        };
        Self {
            is: of(Expr::Leaf(leaf.clone())),
            is_not: of(Expr::Leaf(leaf.clone()).negate()),
            missing: missing.map(|kind| of(Expr::leaf(kind, leaf.span))),
        }
    }

    /// What is wrong with the split of any event, and how many splits were looked at.
    fn check(&self, wrong: &mut Vec<String>) -> BTreeMap<&'static str, usize> {
        let mut looked = BTreeMap::new();
        let events = events(&self.is);
        let (is, is_not) = (self.is.judges(), self.is_not.judges());
        let missing = self
            .missing
            .as_ref()
            .map(Judged::judges)
            .unwrap_or_default();
        for (name, is) in &is {
            let Some(is_not) = is_not.get(name) else {
                wrong.push(format!(
                    "{name} can say {} but not its negation",
                    self.is.ir.predicate
                ));
                continue;
            };
            for event in events.iter() {
                match split(is, is_not, missing.get(name), event) {
                    Ok(seen) => *looked.entry(*name).or_default() += usize::from(seen),
                    Err(told) => {
                        let leaf = &self.is.ir.predicate;
                        wrong.push(format!("{name}: {told}: {leaf}  {}", event.to_json_line()));
                        break;
                    }
                }
            }
        }
        looked
    }
}

/// Whether an event could be looked at; an error if it is in no part, or in two.
fn split(
    is: &Judge<'_>,
    is_not: &Judge<'_>,
    missing: Option<&Judge<'_>>,
    event: &Event,
) -> Result<bool, String> {
    let (is, is_not) = (is(event)?, is_not(event)?);
    let (Some(holds), Some(holds_not)) = (is.of_one_mind(), is_not.of_one_mind()) else {
        return Ok(false);
    };
    match (holds, holds_not) {
        (true, true) => return Err("both hold".to_owned()),
        (false, false) => return Err("neither holds".to_owned()),
        (true, false) | (false, true) => {}
    }
    let missing = missing.map(|missing| missing(event)).transpose()?;
    // What an engine takes for missing may be declared to be something else.
    match (is, missing) {
        (Said::Verdict(true), Some(Said::Verdict(true))) => Err("holds of nothing".to_owned()),
        _ => Ok(true),
    }
}

/// So many leaves are taken, evenly from all.
const LEAVES: usize = 300;

#[test]
fn three_ways_for_every_judge() {
    let mut leaves: BTreeMap<String, Parts> = BTreeMap::new();
    for specimen in rules::all() {
        let (rule, ir) = specimen.compile().expect("it compiles");
        for leaf in ir.predicate.leaves() {
            let key = leaf.to_string();
            leaves
                .entry(key)
                .or_insert_with(|| Parts::new(&rule, &ir, leaf));
        }
    }
    assert!(leaves.len() > LEAVES, "only {} leaves", leaves.len());
    let every = leaves.len() / LEAVES;
    let mut wrong = Vec::new();
    let mut looked: BTreeMap<&str, usize> = BTreeMap::new();
    for parts in leaves.values().step_by(every.max(1)) {
        for (name, count) in parts.check(&mut wrong) {
            *looked.entry(name).or_default() += count;
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert_eq!(looked.len(), 6, "{looked:?}");
    assert!(
        looked.values().all(|count| *count > 20 * LEAVES),
        "{looked:?}"
    );
}

/// Three-valued logic, in which neither a test of nothing holds nor its negation; and a test that holds of nothing.
#[test]
fn a_judge_with_a_third_truth_is_caught() {
    let with = Event::new(vec![("a".to_owned(), verdict_event::Value::Bool(true))]);
    let without = Event::new(Vec::new());
    fn judge(of: fn(&Event) -> bool) -> Judge<'static> {
        Box::new(move |event| Ok(Said::Verdict(of(event))))
    }
    let there: fn(&Event) -> bool = |event| !event.entries().is_empty();
    let gone: fn(&Event) -> bool = |event| event.entries().is_empty();
    let (is, is_not, missing) = (judge(there), judge(gone), judge(gone));
    for event in [&with, &without] {
        assert_eq!(split(&is, &is_not, Some(&missing), event), Ok(true));
    }
    let neither = judge(|_| false);
    assert!(split(&is, &neither, None, &without).is_err());
    assert!(split(&is, &is, None, &with).is_err());
    assert!(split(&is_not, &is, Some(&missing), &without).is_err());
}

/// So many leaves are put into the crate.
const IN_THE_CRATE: usize = 60;

/// The generated crate, built once with a rule for each leaf and each negation. A leaf gets there as a rule in EQL.
#[test]
fn two_ways_in_the_generated_crate() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: String, text: String| {
        let file = folder.path().join(name);
        fs::create_dir_all(file.parent().expect("a folder")).expect("made");
        fs::write(file, text).expect("written");
    };
    let mut texts: BTreeMap<String, std::sync::Arc<Vec<Event>>> = BTreeMap::new();
    for specimen in rules::all() {
        let (rule, ir) = specimen.compile().expect("it compiles");
        for leaf in ir.predicate.leaves() {
            let is = Parts::new(&rule, &ir, leaf).is;
            let emitted = Eql.compile(&rule, &is.ir, &Profile::raw()).text;
            let query = emitted.map(|text| {
                let lines = text.lines().filter(|line| !line.starts_with("//"));
                lines.collect::<Vec<_>>().join(" ")
            });
            let Some(condition) = query
                .as_deref()
                .and_then(|query| query.strip_prefix("any where "))
            else {
                continue;
            };
            let file = file(0, condition);
            let sound = load(&Source::new("r.yml", file)).diagnostics.is_empty();
            if sound && !condition.contains('\n') {
                texts
                    .entry(condition.to_owned())
                    .or_insert_with(|| events(&is));
            }
        }
    }
    let every = (texts.len() / IN_THE_CRATE).max(1);
    let mut stream = String::new();
    let mut pairs = 0;
    for (number, (condition, made)) in texts.iter().step_by(every).enumerate() {
        write(
            format!("rules/{:04}.yml", 2 * number),
            file(2 * number, condition),
        );
        let not = format!("not ({condition})");
        write(
            format!("rules/{:04}.yml", 2 * number + 1),
            file(2 * number + 1, &not),
        );
        pairs += 1;
        for event in made.iter().step_by(7) {
            let _ = writeln!(stream, "{}", event.to_json_line());
        }
    }
    assert!(pairs >= 30, "only {pairs} leaves");
    let count = stream.lines().count();
    write("events.ndjson".to_owned(), stream);
    let out = folder.path().join("out");
    run(Command::new(env!("CARGO_BIN_EXE_verdict"))
        .args(["build", "--target", "rust", "--out"])
        .arg(&out)
        .arg(folder.path().join("rules")));
    let told = run(Command::new(env!("CARGO"))
        .args([
            "run",
            "--offline",
            "--quiet",
            "--example",
            "scan",
            "--target-dir",
        ])
        .arg(cache())
        .arg("--")
        .arg(folder.path().join("events.ndjson"))
        .env_remove("RUSTFLAGS")
        .current_dir(out.join("rust")));
    let mut seen = vec![vec![0_usize; count]; pairs];
    for line in told.lines() {
        let line: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let rule = line
            .get("rule")
            .and_then(|rule| rule.as_str())
            .expect("a rule");
        let number: usize = rule
            .rsplit('-')
            .next()
            .expect("a number")
            .parse()
            .expect("a number");
        for event in line
            .get("events")
            .and_then(|events| events.as_array())
            .expect("events")
        {
            let at = usize::try_from(event.as_u64().expect("a number")).expect("a place");
            *seen
                .get_mut(number / 2)
                .and_then(|row| row.get_mut(at))
                .expect("a place") += 1;
        }
    }
    let conditions: Vec<&String> = texts.keys().step_by(every).collect();
    let wrong = conditions
        .iter()
        .zip(&seen)
        .filter(|(_, row)| row.iter().any(|times| *times != 1));
    let wrong: Vec<&&String> = wrong.map(|(condition, _)| condition).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

fn file(number: usize, condition: &str) -> String {
    format!(
        "id: 5a1e1f0a-0000-4000-8000-{number:012}\nname: Rule {number}\nstatus: test\nlanguage: eql\nseverity: low\nrisk_score: 1\nquery: |\n  any where {condition}\n\
         authors: [a]\nlicense: x\nversion: 1\n"
    )
}

/// The build folder of generated crates that the harness uses, too.
fn cache() -> std::path::PathBuf {
    let above = Path::new(env!("CARGO_BIN_EXE_verdict")).ancestors();
    let mut above = above.filter(|folder| folder.join("CACHEDIR.TAG").is_file());
    above
        .next()
        .expect("the build folder")
        .join("verdict-cache/target")
}

fn run(command: &mut Command) -> String {
    let output = command.output().expect("a process");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {told}");
    String::from_utf8(output.stdout).expect("text")
}
