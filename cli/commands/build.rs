//! `verdict build`: every rule to every named target.

mod printed;
mod schemas;

use crate::args::{Build, Form, Format};
use crate::denied::Denied;
use crate::live::generated::{members, sayable};
use crate::output::{self, Exit, Failure, Outcome};
use crate::registry::{self, Chosen, generated};
use crate::report::hex;
use crate::rulebook::{Entry, Rulebook};
use crate::stale::{Earlier, MANIFEST};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use verdict_compiler::{Meaning, Refusal};
use verdict_event::Schema;
use verdict_targets::profile::Profile;
use verdict_targets::target::{Claim, Emitted};

/// What `DIR/manifest.json` says.
#[derive(Serialize)]
struct Manifest<'l> {
    version: u32,
    entries: Vec<&'l Line>,
    files: Vec<Beside>,
}

/// A file that belongs to no pair alone.
#[derive(Serialize)]
struct Beside {
    path: String,
    sha256: String,
}

/// A pair of rule and target.
#[derive(Serialize)]
struct Line {
    rule: String,
    document: usize,
    target: &'static str,
    profile: Option<String>,
    claim: &'static str,
    codes: Vec<String>,
    reason: Option<String>,
    span: Option<Place>,
    path: Option<String>,
    sha256: Option<String>,
    /// Only `test` proves.
    proof: Option<String>,
}

/// Where in its file a refusal's cause stands; lines and columns from 1.
#[derive(Serialize)]
struct Place {
    file: String,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
}

/// Compiles everything in memory first, then writes: an invalid rule leaves the folder as it was.
pub(crate) fn run(options: &Build) -> Outcome {
    let denied = Denied::parse(&options.deny)?;
    let book = Rulebook::open(&options.rules)?;
    book.report(options.format, verdict_compiler::Diagnostic::is_error);
    if book.invalid() {
        return Ok(Exit::Invalid);
    }
    let named = registry::choose(
        options.targets.iter().map(String::as_str),
        &book.profiles()?,
    )?;
    if named.is_empty() && options.format == Format::Human {
        tell_targets(&book);
    }
    let mut output = Output::default();
    let mut crated = Vec::new();
    for entry in book.entries.iter().filter(|entry| !entry.is_part) {
        let targets = if named.is_empty() {
            pack_targets(entry)?
        } else {
            named.clone()
        };
        for chosen in &targets {
            output.pair(entry, chosen, options.form);
            if let (Chosen::Rust, Some(line)) = (chosen, output.lines.len().checked_sub(1)) {
                crated.push((entry, line));
            }
        }
    }
    output.crate_of(&crated);
    let missing = if options.out.as_os_str() == output::STANDARD {
        !output.print()?
    } else {
        output.write(options)?;
        false
    };
    let denied = output
        .lines
        .iter()
        .any(|line| !denied.among(&line.codes).is_empty());
    if options.format == Format::Human {
        output.summary();
    }
    Ok(if denied || missing {
        Exit::Findings
    } else {
        Exit::Clean
    })
}

/// Says which targets stand in for those that nobody named, and that none does in a pack without any.
fn tell_targets(book: &Rulebook) {
    let rules = || book.entries.iter().filter(|entry| !entry.is_part);
    let loose = rules().filter(|entry| entry.pack.is_none()).count();
    if loose > 0 {
        output::tell(&format!(
            "note: {} in no pack, so profile `raw` of every target is built; `--target` names others, and so does a `pack.yml` with `targets`",
            output::count(loose, "rule")
        ));
    }
    let mut idle: BTreeMap<String, usize> = BTreeMap::new();
    for file in rules().filter_map(|entry| entry.pack.as_ref()) {
        if file.pack.targets.is_empty() {
            *idle.entry(file.source.name.clone()).or_default() += 1;
        }
    }
    for (pack, count) in idle {
        output::tell(&format!(
            "note: {pack} names no `targets`, so nothing is built of {}; `--target` names some",
            output::count(count, "rule")
        ));
    }
}

/// The targets of the rule's pack; for a rule without a pack, all of them.
pub(crate) fn pack_targets(entry: &Entry) -> Result<Vec<Chosen>, Failure> {
    match &entry.pack {
        Some(file) => registry::choose(file.targets().iter().map(String::as_str), &file.profiles),
        None => Ok(registry::all_raw()),
    }
}

/// Everything that is to be written.
#[derive(Default)]
struct Output {
    lines: Vec<Line>,
    files: BTreeMap<PathBuf, String>,
    schemas: BTreeMap<PathBuf, Schema>,
}

impl Output {
    fn pair(&mut self, entry: &Entry, chosen: &Chosen, _form: Form) {
        let mut line = Line {
            rule: entry.rule.id.clone(),
            document: entry.document,
            target: chosen.target(),
            profile: chosen.profile().map(str::to_owned),
            claim: "exact",
            codes: Vec::new(),
            reason: None,
            span: None,
            path: None,
            sha256: None,
            proof: None,
        };
        match (&entry.compiled.meaning, chosen) {
            (Meaning::Invalid, _) => return,
            (Meaning::Unsupported(refusal), _) => line.refuse(entry, std::slice::from_ref(refusal)),
            (Meaning::Known(_) | Meaning::Series(_), Chosen::Native) => {}
            (Meaning::Series(series), Chosen::Rust) => {
                if let Claim::Unsupported(refusals) = generated::claim_series(series) {
                    line.refuse(entry, &refusals);
                }
            }
            (Meaning::Series(series), Chosen::Text(row, profile)) => {
                let profile = &entry.profile(profile);
                let emitted = row.target.compile_series(&entry.rule, series, profile);
                let rows = row.target.series_rows(series, profile);
                let schema = rows.map(|rows| rows.schema).unwrap_or_default();
                if let Some(text) = &emitted.text
                    && let Some(body) = row.target.search_body(text, series, profile)
                {
                    let folder = PathBuf::from(row.target.name()).join(&profile.name);
                    self.files
                        .insert(folder.join(file_name(entry, "search.json")), body);
                }
                self.text(&mut line, entry, (row, profile), emitted, schema);
            }
            (Meaning::Known(ir), Chosen::Rust) => {
                if let Claim::Unsupported(refusals) = generated::claim(ir) {
                    line.refuse(entry, &refusals);
                }
            }
            (Meaning::Known(ir), Chosen::Text(row, profile)) => {
                let profile = &entry.profile(profile);
                let emitted = row.target.compile(&entry.rule, ir, profile);
                let schema = row.target.schema(ir, profile);
                self.text(&mut line, entry, (row, profile), emitted, schema);
            }
        }
        self.lines.push(line);
    }

    /// What a target made of a rule: its file, and what the line says of it.
    fn text(
        &mut self,
        line: &mut Line,
        entry: &Entry,
        (row, profile): (&registry::Row, &Profile),
        emitted: Emitted,
        schema: Schema,
    ) {
        match &emitted.claim {
            Claim::Exact => {}
            Claim::Diverges(codes) => {
                line.claim = "diverges";
                line.codes = codes.iter().map(|code| code.id.to_owned()).collect();
            }
            Claim::Unsupported(refusals) => line.refuse(entry, refusals),
        }
        if let Some(text) = emitted.text {
            let folder = PathBuf::from(row.target.name()).join(&profile.name);
            let path = folder.join(file_name(entry, row.target.extension()));
            line.sha256 = Some(hex(&Sha256::digest(text.as_bytes())));
            line.path = Some(slashed(&path));
            schemas::merge(self.schemas.entry(folder).or_default(), schema);
            self.files.insert(path, text);
        }
    }

    /// The generated crate of these rules, each with the place of its line: all files, and the path of each rule's own.
    fn crate_of(&mut self, entries: &[(&Entry, usize)]) {
        if entries.is_empty() {
            return;
        }
        let rules = sayable(entries.iter().map(|(entry, _)| *entry));
        let refused = |line: &usize| {
            let line = self.lines.get(*line);
            line.is_some_and(|line| line.claim == "unsupported")
        };
        let said: Vec<usize> = entries
            .iter()
            .map(|(_, line)| *line)
            .filter(|line| !refused(line))
            .collect();
        let package = generated::package(&members(&rules));
        let folder = PathBuf::from("rust");
        for (line, file) in said.into_iter().zip(&package.members) {
            if let (Some(line), Some(text)) = (self.lines.get_mut(line), package.files.get(file)) {
                line.sha256 = Some(hex(&Sha256::digest(text.as_bytes())));
                line.path = Some(format!("rust/{file}"));
            }
        }
        for (path, text) in package.files {
            self.files.insert(folder.join(path), text);
        }
    }

    fn write(&self, options: &Build) -> Result<(), Failure> {
        let earlier = Earlier::read(&options.out);
        let mut files = self.files.clone();
        for (folder, schema) in &self.schemas {
            files.insert(folder.join("schema.json"), pretty(schema)?);
        }
        for (path, text) in &files {
            output::write_file(&options.out.join(path), text)?;
        }
        let mut entries: Vec<&Line> = self.lines.iter().collect();
        entries.sort_by_key(|line| {
            (
                line.target,
                line.profile.clone(),
                line.path.clone(),
                line.rule.clone(),
                line.document,
            )
        });
        let manifest = Manifest {
            version: 1,
            files: self.beside(&files),
            entries,
        };
        let now = files.keys().map(PathBuf::as_path).collect();
        earlier.remove(&options.out, &now)?;
        output::write_file(&options.out.join(MANIFEST), &pretty(&manifest)?)
    }

    /// The files that no line names, so that a later run knows them for ours.
    fn beside(&self, files: &BTreeMap<PathBuf, String>) -> Vec<Beside> {
        let lines = self.lines.iter();
        let named: BTreeSet<&str> = lines.filter_map(|line| line.path.as_deref()).collect();
        let files = files.iter().map(|(path, text)| Beside {
            path: slashed(path),
            sha256: hex(&Sha256::digest(text.as_bytes())),
        });
        files
            .filter(|file| !named.contains(file.path.as_str()))
            .collect()
    }

    fn summary(&self) {
        let mut counts: BTreeMap<(String, &str), usize> = BTreeMap::new();
        for line in &self.lines {
            *counts.entry((line.name(), line.claim)).or_default() += 1;
        }
        for ((target, claim), count) in counts {
            output::tell(&format!("{target}: {count} {claim}"));
        }
        for line in self.lines.iter().filter(|line| line.claim == "unsupported") {
            let place = line
                .span
                .as_ref()
                .map(|span| format!("{}:{}:{}: ", span.file, span.line, span.column))
                .unwrap_or_default();
            output::tell(&format!(
                "{place}{} unsupported: {} ({})",
                line.name(),
                line.reason.as_deref().unwrap_or_default(),
                line.codes.join(", ")
            ));
        }
    }
}

impl Line {
    /// As a person writes it: `rust`, `kql:raw`.
    fn name(&self) -> String {
        self.profile.as_ref().map_or_else(
            || self.target.to_owned(),
            |profile| format!("{}:{profile}", self.target),
        )
    }

    fn refuse(&mut self, entry: &Entry, refusals: &[Refusal]) {
        self.claim = "unsupported";
        self.codes = Refusal::codes(refusals);
        if let Some(first) = refusals.first() {
            let (line, column) = entry.source.line_column(first.span.start);
            let (end_line, end_column) = entry.source.line_column(first.span.end);
            self.reason = Some(first.reason.clone());
            self.span = Some(Place {
                file: entry.source.name.clone(),
                line,
                column,
                end_line,
                end_column,
            });
        }
    }
}

/// The file's path below what was given, with another ending; the rule's id before it where a file holds several rules.
fn file_name(entry: &Entry, extension: &str) -> PathBuf {
    let stem = entry
        .below
        .file_stem()
        .map(|stem| stem.to_string_lossy().into_owned())
        .unwrap_or_default();
    let id: String = entry
        .rule
        .id
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
        .collect();
    let name = if entry.several {
        format!("{stem}--{id}.{extension}")
    } else {
        format!("{stem}.{extension}")
    };
    entry.below.with_file_name(name)
}

/// A path as the manifest writes it.
fn slashed(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

/// JSON for people, with a newline at the end.
fn pretty<T: Serialize>(value: &T) -> Result<String, Failure> {
    let text = serde_json::to_string_pretty(value);
    text.map(|text| text + "\n")
        .map_err(|error| Failure::internal(error.to_string()))
}
