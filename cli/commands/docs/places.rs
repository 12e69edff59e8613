//! Where each page stands, and how one leads to another.

use crate::output::Failure;
use crate::rulebook::{Entry, PackFile, Rulebook};
use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// The name of an index: what a folder shows by itself where pages are looked at.
pub(super) const INDEX: &str = "README.md";

/// The rules of an index.
#[derive(Default)]
pub(super) struct Group {
    /// The pack; None for rules without one.
    pub(super) pack: Option<Arc<PackFile>>,
    /// The places of its rules in the rulebook.
    pub(super) rules: Vec<usize>,
}

/// The path of every page, below the folder that is written.
pub(super) struct Places {
    /// The page of each rule, in the rulebook's order.
    pub(super) pages: Vec<PathBuf>,
    /// Every index with its rules.
    pub(super) indices: BTreeMap<PathBuf, Group>,
}

impl Places {
    /// Finds a place for everything; two pages in one place are an error.
    pub(super) fn of(book: &Rulebook) -> Result<Self, Failure> {
        let mut pages = Vec::new();
        let mut indices: BTreeMap<PathBuf, Group> = BTreeMap::new();
        let mut taken: BTreeMap<String, &str> = BTreeMap::new();
        indices.entry(PathBuf::from(INDEX)).or_default();
        for (at, entry) in book.entries.iter().enumerate() {
            let page = page(entry);
            let name = &entry.source.name;
            // Folders may not tell letter cases apart.
            let key = page.to_string_lossy().to_lowercase();
            if let Some(other) = taken.insert(key, name) {
                return Err(Failure::usage(format!(
                    "{name} and {other} would have the same page, {}",
                    page.display()
                )));
            }
            pages.push(page);
            let group = indices.entry(index(entry)).or_default();
            if let (Some(known), Some(own)) = (&group.pack, &entry.pack)
                && known.folder != own.folder
            {
                return Err(Failure::usage(format!(
                    "the packs in {} and {} would have the same index; document the folder that holds both",
                    known.folder.display(),
                    own.folder.display()
                )));
            }
            group.pack = entry.pack.clone().or(group.pack.take());
            group.rules.push(at);
        }
        let taken_by_index = |path: &PathBuf| taken.get(&path.to_string_lossy().to_lowercase());
        for index in indices.keys() {
            if let Some(name) = taken_by_index(index) {
                return Err(Failure::usage(format!(
                    "{name} would have its page where an index is, {}",
                    index.display()
                )));
            }
        }
        Ok(Self { pages, indices })
    }

    /// The index that lists a rule.
    pub(super) fn index_of(&self, rule: usize) -> &Path {
        let listing = self
            .indices
            .iter()
            .find(|(_, group)| group.rules.contains(&rule));
        listing.map_or(Path::new(INDEX), |(path, _)| path)
    }
}

/// The rule's path below what was given, with another ending; the rule's id before it where a file holds several rules.
fn page(entry: &Entry) -> PathBuf {
    let stem = entry.below.file_stem().unwrap_or_default();
    let stem = stem.to_string_lossy();
    let id: String = entry
        .rule
        .id
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
        .collect();
    entry.below.with_file_name(if entry.several {
        format!("{stem}--{id}.md")
    } else {
        format!("{stem}.md")
    })
}

/// The index of a rule's pack: in the pack's folder as far as that is below what was given.
fn index(entry: &Entry) -> PathBuf {
    let inside = entry.pack.as_ref().and_then(|pack| {
        let file = Path::new(&entry.source.name);
        let depth = file
            .parent()?
            .strip_prefix(&pack.folder)
            .ok()?
            .components()
            .count();
        entry.below.ancestors().nth(depth + 1)
    });
    inside.unwrap_or(Path::new("")).join(INDEX)
}

/// The way from one page to another, both below one folder.
pub(super) fn relative(from: &Path, to: &Path) -> String {
    let folder = from.parent().unwrap_or(Path::new(""));
    let names = |path: &Path| -> Vec<String> {
        let normal = path.components().filter_map(|part| match part {
            Component::Normal(name) => Some(name.to_string_lossy().into_owned()),
            _ => None,
        });
        normal.collect()
    };
    let (folder, to) = (names(folder), names(to));
    let shared = folder
        .iter()
        .zip(&to)
        .take_while(|(one, other)| one == other)
        .count();
    let up = std::iter::repeat_n("..".to_owned(), folder.len() - shared);
    let way: Vec<String> = up.chain(to.into_iter().skip(shared)).collect();
    way.join("/")
}

#[cfg(test)]
mod tests {
    use super::relative;
    use std::path::Path;

    #[test]
    fn ways_lead_up_and_down() {
        for (from, to, way) in [
            ("README.md", "a/b.md", "a/b.md"),
            ("a/b/c.md", "a/README.md", "../README.md"),
            ("a/b.md", "c/d.md", "../c/d.md"),
            ("a/b.md", "a/c.md", "c.md"),
        ] {
            assert_eq!(relative(Path::new(from), Path::new(to)), way);
        }
    }
}
