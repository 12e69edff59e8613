//! Rule files, loaded and compiled, in a fixed order.

use crate::args;
use crate::events;
use crate::output::{self, Failure};
use crate::report::hex;
use crate::scope::{Loading, Scopes};
use crate::since;
use crate::sources;
use rayon::prelude::*;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use verdict_compiler::codes::sigma as codes;
use verdict_compiler::frontends::sigma::LogsourceTable;
use verdict_compiler::ir::Series;
use verdict_compiler::rule::pack::Pack;
use verdict_compiler::rule::{Filter, load_pack};
use verdict_compiler::{Compiled, Diagnostic, Ir, Meaning, Rule, Severity, Source, ir, render};
use verdict_event::Schema;
use verdict_targets::profile::{Profile, Version, read as read_profile};

/// A rule with everything around it.
pub(crate) struct Entry {
    /// The file.
    pub source: Arc<Source>,
    /// The file's path below the path that was given.
    pub below: PathBuf,
    /// Which document of the file, from 0.
    pub document: usize,
    /// Whether the file holds several rules.
    pub several: bool,
    /// The rule.
    pub rule: Rule,
    /// The pack that it stands in.
    pub pack: Option<Arc<PackFile>>,
    /// What it means.
    pub compiled: Compiled,
    /// What is taken away from it by filters and exceptions.
    pub filters: Vec<Filter>,
    /// Whether it is there only for a correlation of its file, and does not report on its own.
    pub is_part: bool,
}

impl Entry {
    /// A profile for the versions of services that the rule's pack is for.
    pub(crate) fn profile(&self, profile: &Profile) -> Profile {
        let services = self.pack.iter().flat_map(|file| &file.pack.services);
        let versions = services.filter_map(|(service, version)| {
            let version = Version::parse(&version.value)?;
            Some((service.clone(), version))
        });
        profile.clone().on(versions.collect())
    }

    /// The profiles of the rule's pack.
    pub(crate) fn own_profiles(&self) -> &[Profile] {
        self.pack.as_ref().map_or(&[], |file| &file.profiles)
    }

    /// The IR, if the rule looks at one event at a time.
    pub(crate) fn ir(&self) -> Option<&Ir> {
        match &self.compiled.meaning {
            Meaning::Known(ir) => Some(ir),
            Meaning::Series(_) | Meaning::Unsupported(_) | Meaning::Invalid => None,
        }
    }

    /// The IR, if the rule looks at several events.
    pub(crate) fn series(&self) -> Option<&Series> {
        match &self.compiled.meaning {
            Meaning::Series(series) => Some(series),
            Meaning::Known(_) | Meaning::Unsupported(_) | Meaning::Invalid => None,
        }
    }

    /// What the rule's random events are seeded by: what it means and nothing else, so that a change to one rule moves the events of no other, and a rule that is
    /// renamed or put elsewhere keeps its own.
    pub(crate) fn seed_key(&self) -> String {
        let meaning = match &self.compiled.meaning {
            Meaning::Known(ir) => ir::print::print(ir),
            Meaning::Series(series) => ir::series::print::print(series),
            Meaning::Unsupported(_) | Meaning::Invalid => String::new(),
        };
        hex(&Sha256::digest(meaning.as_bytes()))
    }

    /// Why the rule has no IR for single events, with the code that explains it.
    pub(crate) fn refusal(&self) -> String {
        match &self.compiled.meaning {
            Meaning::Known(_) => String::new(),
            Meaning::Series(series) => {
                format!("a {} looks at several events", series.word())
            }
            Meaning::Unsupported(refusal) => format!("{} ({})", refusal.reason, refusal.code),
            Meaning::Invalid => "the rule is invalid".to_owned(),
        }
    }

    /// Tells that a command leaves this rule out.
    pub(crate) fn tell_skipped(&self) {
        output::tell(&format!(
            "skipped: {} ({}): {}",
            self.rule.name,
            self.source.name,
            self.refusal()
        ));
    }
}

/// A pack and its place.
pub(crate) struct PackFile {
    /// `pack.yml`.
    pub source: Arc<Source>,
    /// The folder that it stands in.
    pub folder: PathBuf,
    /// What it says.
    pub pack: Pack,
    /// Its own profiles, from the files of its folder `profiles`.
    pub profiles: Vec<Profile>,
}

impl PackFile {
    /// The targets that the pack names, as `target` or `target:profile`.
    pub(crate) fn targets(&self) -> Vec<String> {
        let name = |target: &verdict_compiler::rule::pack::Target| match &target.profile {
            Some(profile) => format!("{}:{profile}", target.name),
            None => target.name.clone(),
        };
        self.pack.targets.iter().map(name).collect()
    }
}

/// What rules mean depends on.
pub(crate) struct Setting {
    /// What a logsource means; None leaves it out.
    pub logsources: Option<LogsourceTable>,
    /// The mapping of the events.
    pub schema: Option<Schema>,
}

impl Setting {
    /// The setting that the arguments ask for.
    pub(crate) fn new(any_source: bool, schema: Option<&PathBuf>) -> Result<Self, Failure> {
        let table = LogsourceTable::parse(verdict_targets::LOGSOURCES).map_err(|found| {
            Failure::internal(format!("the logsource table: {}", found.message))
        })?;
        Ok(Self {
            logsources: (!any_source).then_some(table),
            schema: schema.map(|path| events::schema(path)).transpose()?,
        })
    }
}

/// Rules in the order of their files.
pub(crate) struct Rulebook {
    /// Every rule that could be loaded.
    pub entries: Vec<Entry>,
    /// Findings about files and rules, in order.
    pub findings: Vec<(Arc<Source>, Diagnostic)>,
    /// Rule files with errors that no rule came of.
    pub unread: Vec<PathBuf>,
    /// What their meaning depends on.
    pub setting: Setting,
}

impl Rulebook {
    /// The profiles of all packs, for targets that are named on the command line.
    ///
    /// # Errors
    ///
    /// Two packs mean different things by one name.
    pub(crate) fn profiles(&self) -> Result<Vec<Profile>, Failure> {
        let mut all: Vec<Profile> = Vec::new();
        for profile in self.entries.iter().flat_map(Entry::own_profiles) {
            if all.contains(profile) {
                continue;
            }
            if all.iter().any(|known| known.rivals(profile)) {
                return Err(Failure::usage(format!(
                    "two packs have a profile `{}`; build them one by one",
                    profile.name
                )));
            }
            all.push(profile.clone());
        }
        Ok(all)
    }

    /// Loads and compiles what the arguments name.
    pub(crate) fn open(rules: &args::Rules) -> Result<Self, Failure> {
        Self::read(
            &rules.paths,
            Setting::new(rules.any_source, rules.schema.as_ref())?,
        )
    }

    /// As [`Self::open`], without the rules that no change since a git revision concerns, if one is given; tells how many are left out.
    pub(crate) fn open_since(rules: &args::Rules, since: Option<&str>) -> Result<Self, Failure> {
        let mut book = Self::open(rules)?;
        if let Some(revision) = since {
            let left_out = since::keep(&mut book, rules, revision)?;
            output::tell(&format!(
                "{} left out: unchanged since {revision}",
                output::count(left_out, "rule")
            ));
        }
        Ok(book)
    }

    /// Loads and compiles everything below some paths.
    pub(crate) fn read(paths: &[PathBuf], setting: Setting) -> Result<Self, Failure> {
        let mut files = Vec::new();
        for path in paths {
            for file in sources::rule_files(path)? {
                let below = file
                    .strip_prefix(path)
                    .ok()
                    .filter(|below| !below.as_os_str().is_empty());
                let below = below.map_or_else(
                    || file.file_name().map(PathBuf::from).unwrap_or_default(),
                    PathBuf::from,
                );
                files.push((file, below));
            }
        }
        if files.is_empty() {
            let told: Vec<String> = paths
                .iter()
                .map(|path| path.display().to_string())
                .collect();
            return Err(Failure::usage(format!(
                "no rule files (.yml, .yaml, .toml) in {}",
                told.join(", ")
            )));
        }
        let mut texts = Vec::new();
        for (file, below) in files {
            texts.push((
                Source::new(file.display().to_string(), sources::read(&file)?),
                file,
                below,
            ));
        }
        Self::from_texts(texts, setting)
    }

    /// Loads and compiles texts that are already read: each with its file and its path below what was given.
    pub(crate) fn from_texts(
        texts: Vec<(Source, PathBuf, PathBuf)>,
        setting: Setting,
    ) -> Result<Self, Failure> {
        let mut packs = Packs::default();
        let mut findings = Vec::new();
        let mut jobs = Vec::new();
        for (source, file, below) in texts {
            if file.file_name().is_some_and(|name| name == sources::PACK) {
                packs.at(&file, &mut findings)?;
            } else {
                let pack = match sources::pack_file(&file) {
                    Some(pack) => packs.at(&pack, &mut findings)?,
                    None => None,
                };
                jobs.push((Arc::new(source), below, pack));
            }
        }
        let files: Vec<Loading> = jobs
            .into_par_iter()
            .map(|(source, below, pack)| Loading::new(source, below, pack))
            .collect();
        let scopes = Scopes::new(&files);
        findings.extend(scopes.findings(&files, &setting));
        let compiled: Vec<Vec<(Compiled, Vec<Filter>)>> = files
            .par_iter()
            .map(|file| file.compile(&scopes, &setting))
            .collect();
        let mut entries = Vec::new();
        let mut unread = Vec::new();
        for (file, compiled) in files.into_iter().zip(compiled) {
            unread.extend(file.unread());
            file.finish(compiled, &mut entries, &mut findings);
        }
        Ok(Self {
            entries,
            findings,
            unread,
            setting,
        })
    }

    /// How many rules there are, and how many files none could be read from: `2 rules`, `2 rules, 1 unreadable file`.
    pub(crate) fn size(&self) -> String {
        let rules = output::count(self.entries.len(), "rule");
        match self.unread.len() {
            0 => rules,
            files => format!("{rules}, {}", output::count(files, "unreadable file")),
        }
    }

    /// Whether some finding is an error.
    pub(crate) fn invalid(&self) -> bool {
        self.findings.iter().any(|(_, finding)| finding.is_error())
    }

    /// Prints every finding that `wanted` accepts, in the form asked for: JSON to standard output, the rest to standard error.
    pub(crate) fn report(&self, format: args::Format, wanted: impl Fn(&Diagnostic) -> bool) {
        let colour = output::colour();
        let gathered = |finding: &Diagnostic| {
            let note = finding.severity == Severity::Note;
            format == args::Format::Human && note && finding.code == codes::UNKNOWN_LOGSOURCE
        };
        let found = self.findings.iter().filter(|(_, finding)| wanted(finding));
        let (alike, single): (Vec<_>, Vec<_>) = found.partition(|(_, finding)| gathered(finding));
        for line in logsources(&alike) {
            output::tell(&line);
        }
        for (source, finding) in single {
            match format {
                args::Format::Human => output::tell(&render::human(
                    source,
                    std::slice::from_ref(finding),
                    colour,
                )),
                args::Format::Json => output::line(&render::json(source, finding).to_string()),
                args::Format::Github => output::line(&github(source, finding)),
            }
        }
    }
}

/// Notes on logsources, which say the same of every rule of one: a line a logsource.
fn logsources(found: &[&(Arc<Source>, Diagnostic)]) -> Vec<String> {
    let mut told: BTreeMap<&str, Vec<&(Arc<Source>, Diagnostic)>> = BTreeMap::new();
    for note in found {
        told.entry(&note.1.message).or_default().push(note);
    }
    let line = |(message, notes): (&str, Vec<&(Arc<Source>, Diagnostic)>)| {
        let (source, first) = notes.first()?;
        let (line, _) = source.line_column(first.span.start);
        let rules = output::count(notes.len(), "rule");
        Some(format!(
            "note[{}]: {message}: {} ({rules}, the first at {}:{line})",
            first.code, first.reason, source.name
        ))
    };
    told.into_iter().filter_map(line).collect()
}

/// A finding as an annotation of GitHub Actions.
fn github(source: &Source, finding: &Diagnostic) -> String {
    let level = match finding.severity {
        verdict_compiler::Severity::Error => "error",
        verdict_compiler::Severity::Warning => "warning",
        verdict_compiler::Severity::Note => "notice",
    };
    let (line, column) = source.line_column(finding.span.start);
    let escape = |text: &str| {
        text.replace('%', "%25")
            .replace('\r', "%0D")
            .replace('\n', "%0A")
    };
    let message = escape(&format!("{}: {}", finding.message, finding.reason));
    let file = escape(&source.name).replace(':', "%3A").replace(',', "%2C");
    format!(
        "::{level} file={file},line={line},col={column},title={}::{message}",
        finding.code
    )
}

/// Packs by their file, each read once.
#[derive(Default)]
struct Packs {
    known: BTreeMap<PathBuf, Option<Arc<PackFile>>>,
}

impl Packs {
    fn at(
        &mut self,
        file: &Path,
        findings: &mut Vec<(Arc<Source>, Diagnostic)>,
    ) -> Result<Option<Arc<PackFile>>, Failure> {
        if let Some(known) = self.known.get(file) {
            return Ok(known.clone());
        }
        let source = Arc::new(Source::new(
            file.display().to_string(),
            sources::read(file)?,
        ));
        let (pack, found) = load_pack(&source);
        findings.extend(
            found
                .into_iter()
                .map(|finding| (Arc::clone(&source), finding)),
        );
        let folder = file.parent().map(PathBuf::from).unwrap_or_default();
        let profiles = own_profiles(&folder, findings)?;
        let pack = pack.map(|pack| {
            Arc::new(PackFile {
                source: Arc::clone(&source),
                folder,
                pack,
                profiles,
            })
        });
        self.known.insert(file.to_owned(), pack.clone());
        Ok(pack)
    }
}

/// A pack's own profiles; what is wrong with them is among its findings.
fn own_profiles(
    folder: &Path,
    findings: &mut Vec<(Arc<Source>, Diagnostic)>,
) -> Result<Vec<Profile>, Failure> {
    let mut profiles = Vec::new();
    for file in sources::profile_files(folder)? {
        let source = Arc::new(Source::new(
            file.display().to_string(),
            sources::read(&file)?,
        ));
        let (mappings, found) = read_profile(&source.text);
        findings.extend(
            found
                .into_iter()
                .map(|finding| (Arc::clone(&source), finding)),
        );
        profiles.extend(mappings.into_iter().map(Profile::of));
    }
    Ok(profiles)
}
