//! `verdict docs`: a page a rule, an index a pack, an ATT&CK matrix.

mod made;
mod places;

use crate::args::{Docs, Format};
use crate::commands::build::pack_targets;
use crate::commands::coverage::{pretty, title};
use crate::commands::test::{pool, progress};
use crate::output::{self, Exit, Failure, Outcome};
use crate::registry::{self, Chosen};
use crate::report::hex;
use crate::rulebook::{Entry, Rulebook};
use crate::stale::{Earlier, MANIFEST};
use made::Made;
use places::{Places, relative};
use rayon::prelude::*;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use verdict_compiler::{Diagnostic, Meaning};
use verdict_targets::coverage::{Coverage, layer, svg};
use verdict_targets::markdown::{self, Covered, Index, Listed, Page};
use verdict_targets::target::Claim;

/// The matrix page, its picture and its layer.
const MATRIX: &str = "attack.md";
const PICTURE: &str = "attack.svg";
const LAYER: &str = "attack-layer.json";

/// Makes everything in memory first, then writes: an invalid rule leaves the folder as it was.
pub(crate) fn run(options: &Docs) -> Outcome {
    output::folder("--out", &options.out)?;
    let book = Rulebook::open(&options.rules)?;
    book.report(Format::Human, Diagnostic::is_error);
    if book.invalid() {
        return Ok(Exit::Invalid);
    }
    let named = registry::choose(
        options.targets.iter().map(String::as_str),
        &book.profiles()?,
    )?;
    let jobs = jobs(&book, &named)?;
    let places = Places::of(&book)?;
    let made = make_all(options, &book, &jobs)?;
    let site = Site {
        book: &book,
        places: &places,
        made: &made,
    };
    let files = site.files()?;
    write(&options.out, &files)?;
    for made in &made {
        made.unexplained.iter().for_each(|told| output::tell(told));
    }
    output::tell(&format!(
        "{} pages written to {}",
        files.keys().filter(|path| is_page(path)).count(),
        options.out.display()
    ));
    let clean = made.iter().all(|made| made.unexplained.is_empty());
    Ok(if clean { Exit::Clean } else { Exit::Findings })
}

fn is_page(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "md")
}

/// Every rule with the targets that its page shows.
fn jobs<'b>(
    book: &'b Rulebook,
    named: &[Chosen],
) -> Result<Vec<(&'b Entry, Vec<Chosen>)>, Failure> {
    let targets = |entry: &Entry| {
        if named.is_empty() {
            pack_targets(entry)
        } else {
            Ok(named.to_vec())
        }
    };
    let entries = book.entries.iter();
    entries.map(|entry| Ok((entry, targets(entry)?))).collect()
}

fn make_all(
    options: &Docs,
    book: &Rulebook,
    jobs: &[(&Entry, Vec<Chosen>)],
) -> Result<Vec<Made>, Failure> {
    let bar = progress(jobs.len());
    let work = || {
        jobs.par_iter()
            .map(|(entry, targets)| {
                let made = Made::of(entry, &book.setting, targets);
                bar.inc(1);
                made
            })
            .collect::<Result<Vec<_>, _>>()
    };
    let made = match options.jobs {
        None => work(),
        Some(threads) => pool(threads)?.install(work),
    };
    bar.finish_and_clear();
    made
}

/// Everything that pages are made of.
struct Site<'s> {
    book: &'s Rulebook,
    places: &'s Places,
    made: &'s [Made],
}

impl Site<'_> {
    /// Every file by its path below the folder.
    fn files(&self) -> Result<BTreeMap<PathBuf, String>, Failure> {
        let mut files = BTreeMap::new();
        for (at, entry) in self.book.entries.iter().enumerate() {
            files.insert(self.page_of(at), self.page(at, entry)?);
        }
        for (path, text) in self.indices()? {
            files.insert(path, text);
        }
        for (path, text) in self.matrix()? {
            files.insert(path, text);
        }
        Ok(files)
    }

    fn page_of(&self, rule: usize) -> PathBuf {
        self.places.pages.get(rule).cloned().unwrap_or_default()
    }

    fn page(&self, at: usize, entry: &Entry) -> Result<String, Failure> {
        let page = self.page_of(at);
        let index = self.places.index_of(at);
        let made = self.made.get(at);
        let page = Page {
            rule: &entry.rule,
            query: markdown::as_written(&entry.rule, &entry.source.text),
            refusal: match &entry.compiled.meaning {
                Meaning::Unsupported(refusal) => Some(refusal),
                Meaning::Known(_) | Meaning::Series(_) | Meaning::Invalid => None,
            },
            translations: made.map_or(&[], |made| &made.translations),
            found: made.map(|made| &made.found),
            follow_ups: made.map_or(&[], |made| &made.follow_ups),
            file: entry.below.to_string_lossy().replace('\\', "/"),
            index: relative(&page, index),
        };
        markdown::page(&page).map_err(Failure::internal)
    }

    /// An index a pack, and one of all packs where there are several, or rules without one.
    fn indices(&self) -> Result<Vec<(PathBuf, String)>, Failure> {
        let mut written = Vec::new();
        for (path, group) in &self.places.indices {
            let pack = group.pack.as_ref().map(|file| &file.pack);
            let below: Vec<(String, String, usize)> = self
                .places
                .indices
                .iter()
                .filter(|(other, group)| {
                    path == Path::new(places::INDEX) && *other != path && group.pack.is_some()
                })
                .map(|(other, group)| {
                    let name = group.pack.as_ref().map(|file| file.pack.name.value.clone());
                    (
                        name.unwrap_or_default(),
                        relative(path, other),
                        group.rules.len(),
                    )
                })
                .collect();
            let rules = group.rules.iter().filter_map(|at| self.listed(path, *at));
            let root = Path::new(places::INDEX);
            let page = Index {
                pack,
                above: (path != root).then(|| relative(path, root)),
                packs: below,
                rules: rules.collect(),
                matrix: relative(path, Path::new(MATRIX)),
            };
            written.push((
                path.clone(),
                markdown::index(&page).map_err(Failure::internal)?,
            ));
        }
        Ok(written)
    }

    fn listed(&self, index: &Path, at: usize) -> Option<Listed<'_>> {
        let page = self.page_of(at);
        let above = index.parent().unwrap_or(Path::new(""));
        let folder = page.parent()?.strip_prefix(above).ok()?;
        let claims = self.made.get(at)?.translations.iter().map(|made| {
            let word = match &made.claim {
                Claim::Exact => "exact",
                Claim::Diverges(_) => "diverges",
                Claim::Unsupported(_) => "unsupported",
            };
            (made.target.clone(), word)
        });
        Some(Listed {
            rule: &self.book.entries.get(at)?.rule,
            page: relative(index, &page),
            folder: folder.to_string_lossy().replace('\\', "/"),
            claims: claims.collect(),
        })
    }

    fn matrix(&self) -> Result<[(PathBuf, String); 3], Failure> {
        let rules = || self.book.entries.iter().map(|entry| &entry.rule);
        let coverage = Coverage::of(rules().map(|rule| rule.metadata.attack.as_slice()));
        let names: Vec<&str> = rules().map(|rule| rule.name.as_str()).collect();
        let pages = rules().enumerate().map(|(at, rule)| {
            let page = relative(Path::new(MATRIX), &self.page_of(at));
            (rule.name.clone(), page)
        });
        let page = Covered {
            coverage: &coverage,
            rules: pages.collect(),
            index: places::INDEX.to_owned(),
            picture: PICTURE.to_owned(),
            layer: LAYER.to_owned(),
        };
        Ok([
            (
                PathBuf::from(MATRIX),
                markdown::matrix(&page).map_err(Failure::internal)?,
            ),
            (PathBuf::from(PICTURE), svg(&coverage)),
            (
                PathBuf::from(LAYER),
                pretty(&layer(&coverage, &title(self.book), &names))?,
            ),
        ])
    }
}

/// What `DIR/manifest.json` says: which files are ours, so that the next run can take away what it no longer writes.
#[derive(Serialize)]
struct Manifest {
    version: u32,
    entries: Vec<Line>,
}

#[derive(Serialize)]
struct Line {
    path: String,
    sha256: String,
}

fn write(out: &Path, files: &BTreeMap<PathBuf, String>) -> Result<(), Failure> {
    let earlier = Earlier::read(out);
    let mut entries = Vec::new();
    for (path, text) in files {
        output::write_file(&out.join(path), text)?;
        entries.push(Line {
            path: path.to_string_lossy().replace('\\', "/"),
            sha256: hex(&Sha256::digest(text.as_bytes())),
        });
    }
    earlier.remove(out, &files.keys().map(PathBuf::as_path).collect())?;
    let manifest = Manifest {
        version: 1,
        entries,
    };
    let value = serde_json::to_value(&manifest);
    let value = value.map_err(|error| Failure::internal(error.to_string()))?;
    output::write_file(&out.join(MANIFEST), &pretty(&value)?)
}
