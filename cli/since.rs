//! Which rules a change since a git revision concerns: `--since`.
//!
//! A rule is concerned if something that its verdicts depend on changed: its own file; the manifest, a profile or a kept counterexample of its pack; a filter that
//! applies to it, now or before; a rule that its correlation counts; the mapping of `--schema`. What stood in a changed file before is read from git, so that
//! taking a filter away concerns the rules that it filtered.

mod git;

use crate::args::Rules;
use crate::output::Failure;
use crate::rulebook::{Entry, Rulebook};
use crate::{counterexamples, scope, sources};
use git::Repository;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use verdict_compiler::rule::{Body, Filter, load};
use verdict_compiler::{Among, Rule, Source};

/// Leaves in a book only what changes since a revision concern, and tells how many rules are left out.
///
/// # Errors
///
/// There is no git, no repository, or no such revision.
pub(crate) fn keep(book: &mut Rulebook, rules: &Rules, revision: &str) -> Result<usize, Failure> {
    let before = book.entries.len();
    let changes = Changes::since(revision, &rules.paths)?;
    let remapped = rules
        .schema
        .as_ref()
        .is_some_and(|schema| changes.files.contains(&whole(schema)));
    if remapped {
        return Ok(0);
    }
    let holding: BTreeSet<PathBuf> = book.entries.iter().map(file).collect();
    let mut concerned: Vec<bool> = book.entries.iter().map(|e| changes.concern(e)).collect();
    while counted(&book.entries, &changes, &mut concerned) {}
    let mut keep = concerned.into_iter();
    book.entries.retain(|_| keep.next().unwrap_or_default());
    let kept: BTreeSet<PathBuf> = book.entries.iter().map(file).collect();
    let packs: BTreeSet<Option<PathBuf>> = kept.iter().map(|file| pack(file)).collect();
    book.findings.retain(|(source, _)| {
        let file = whole(Path::new(&source.name));
        // What is said of a manifest, a profile or a filter may be due to a rule beside it.
        let beside = !holding.contains(&file) && packs.contains(&pack(&file));
        changes.files.contains(&file) || kept.contains(&file) || beside
    });
    book.unread
        .retain(|file| changes.files.contains(&whole(file)));
    Ok(before - book.entries.len())
}

/// Correlations that count a concerned rule are concerned; whether that made some so.
fn counted(entries: &[Entry], changes: &Changes, concerned: &mut [bool]) -> bool {
    let mut names = changes.names.clone();
    let known = entries.iter().zip(&*concerned).filter(|(_, is)| **is);
    names.extend(known.flat_map(|(entry, _)| names_of(&entry.rule, pack(&file(entry)))));
    let mut more = false;
    for (entry, is) in entries.iter().zip(concerned) {
        let Body::Correlation(body) = &entry.rule.body else {
            continue;
        };
        let pack = pack(&file(entry));
        let listed = body.section.get("rules").and_then(|node| node.as_list());
        let mut listed = listed.into_iter().flatten().filter_map(|n| n.as_scalar());
        let calls = listed.any(|name| {
            let name = name.text.text.to_lowercase();
            names.contains(&(pack.clone(), name))
        });
        if calls && !*is {
            *is = true;
            more = true;
        }
    }
    more
}

/// A name by which a rule is called in its pack, in lower case.
type Called = (Option<PathBuf>, String);

fn names_of(rule: &Rule, pack: Option<PathBuf>) -> impl Iterator<Item = Called> {
    let names = [Some(rule.id.as_str()), rule.handle()].into_iter();
    let names: Vec<String> = names.flatten().map(str::to_lowercase).collect();
    names.into_iter().map(move |name| (pack.clone(), name))
}

/// What changed.
struct Changes {
    /// Whole paths of files that differ, are new or are gone.
    files: BTreeSet<PathBuf>,
    /// The folders of manifests among them.
    manifests: Vec<PathBuf>,
    /// The filters that stand or stood in them, with the folder of their pack.
    filters: Vec<(Option<PathBuf>, Filter)>,
    /// The names of the rules that stand or stood in them.
    names: BTreeSet<Called>,
}

impl Changes {
    /// The changes in every repository that holds one of the paths.
    fn since(revision: &str, paths: &[PathBuf]) -> Result<Self, Failure> {
        let repositories: BTreeSet<Repository> = paths
            .iter()
            .map(|path| Repository::around(path, revision))
            .collect::<Result<_, _>>()?;
        let mut files = BTreeSet::new();
        let mut texts = Vec::new();
        for repository in &repositories {
            let names = repository.changed()?.into_iter();
            let changed: Vec<PathBuf> = names.map(|name| repository.top.join(name)).collect();
            let rules = changed.iter().filter(|file| sources::is_rule_file(file));
            let rules: Vec<&PathBuf> = rules.collect();
            texts.extend(repository.before(&rules)?);
            // A file that cannot be read is told of where it is loaded.
            let now = rules.into_iter().filter(|file| file.is_file());
            texts.extend(now.filter_map(|file| Some((file.clone(), sources::read(file).ok()?))));
            files.extend(changed.iter().map(|file| whole(file)));
        }
        let manifests = files.iter().filter(|file| file.ends_with(sources::PACK));
        let manifests = manifests.filter_map(|file| Some(file.parent()?.to_owned()));
        let mut changes = Self {
            manifests: manifests.collect(),
            files,
            filters: Vec::new(),
            names: BTreeSet::new(),
        };
        for (file, text) in texts {
            let place = pack(&file);
            let loaded = load(&Source::new(file.display().to_string(), text));
            for rule in &loaded.rules {
                changes.names.extend(names_of(rule, place.clone()));
            }
            let filters = loaded.filters.into_iter();
            changes
                .filters
                .extend(filters.map(|filter| (place.clone(), filter)));
        }
        Ok(changes)
    }

    /// Whether a rule depends on something that changed, the rules that it counts left aside.
    fn concern(&self, entry: &Entry) -> bool {
        let file = file(entry);
        let kept = counterexamples::file(entry).map(|kept| whole(&kept));
        let profiles = entry.pack.as_ref().map(|pack| whole(&pack.folder));
        self.files.contains(&file)
            || self.manifests.iter().any(|folder| file.starts_with(folder))
            || kept.is_some_and(|kept| self.files.contains(&kept))
            || profiles.is_some_and(|folder| self.below(&folder.join(sources::PROFILES)))
            || self.filtered(entry, pack(&file).as_ref())
    }

    /// Whether something below a folder changed.
    fn below(&self, folder: &Path) -> bool {
        let first = self.files.range(folder.to_owned()..).next();
        first.is_some_and(|file| file.starts_with(folder))
    }

    /// Whether a filter that changed applies to a rule, or did.
    fn filtered(&self, entry: &Entry, place: Option<&PathBuf>) -> bool {
        let there = self.filters.iter();
        let there = there.filter(|(of, _)| of.as_ref() == place);
        let filters: Vec<&Filter> = there.map(|(_, filter)| filter).collect();
        let among = Among {
            filters: &filters,
            ..Among::default()
        };
        !scope::applied(&entry.rule, &among).is_empty()
    }
}

/// The whole path of a rule's file.
fn file(entry: &Entry) -> PathBuf {
    whole(Path::new(&entry.source.name))
}

/// The folder of the pack that a file belongs to.
fn pack(file: &Path) -> Option<PathBuf> {
    Some(sources::pack_file(file)?.parent()?.to_owned())
}

/// A path by which a file is known here and to git; that of a file that is gone is taken as it is.
fn whole(path: &Path) -> PathBuf {
    std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}
