//! Files of an earlier run that this one no longer writes.
//!
//! Only what the folder's own manifest lists, and only if the file still holds the bytes that were written: whatever a person put there or changed stays.

use crate::output::{self, Failure};
use crate::report::hex;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};

/// The name of the list of what was written.
pub(crate) const MANIFEST: &str = "manifest.json";

/// A file that an earlier run wrote.
struct Written {
    path: PathBuf,
    sha256: String,
}

/// What the manifest of an earlier run lists; nothing where there is none that can be read.
pub(crate) struct Earlier(Vec<Written>);

impl Earlier {
    /// Reads `DIR/manifest.json`, before this run writes its own.
    pub(crate) fn read(out: &Path) -> Self {
        let text = fs::read_to_string(out.join(MANIFEST)).unwrap_or_default();
        let manifest: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
        let list = |key: &str| manifest.get(key).and_then(serde_json::Value::as_array);
        let entries = [list("entries"), list("files")];
        let one = |entry: &serde_json::Value| {
            let text = |key: &str| entry.get(key)?.as_str().map(str::to_owned);
            let path = PathBuf::from(text("path")?);
            // A manifest is input like any other: it may not lead out of its folder.
            let below = path
                .components()
                .all(|part| matches!(part, Component::Normal(_)));
            let sha256 = text("sha256")?;
            below.then_some(Written { path, sha256 })
        };
        let entries = entries.into_iter().flatten().flatten();
        Self(entries.filter_map(one).collect())
    }

    /// The files that it lists.
    pub(crate) fn files(&self, out: &Path) -> impl Iterator<Item = PathBuf> {
        self.0.iter().map(move |written| out.join(&written.path))
    }

    /// Removes what this run does not write, and folders that are empty then.
    pub(crate) fn remove(self, out: &Path, now: &BTreeSet<&Path>) -> Result<(), Failure> {
        for Written { path, sha256 } in self.0 {
            let file = out.join(&path);
            if now.contains(path.as_path()) || through_a_link(out, &path) {
                continue;
            }
            let Ok(bytes) = fs::read(&file) else {
                continue;
            };
            if hex(&Sha256::digest(&bytes)) != sha256 {
                output::tell(&format!(
                    "kept: {}: no longer written, but changed since it was",
                    file.display()
                ));
                continue;
            }
            fs::remove_file(&file).map_err(|error| {
                Failure::usage(format!("cannot remove {}: {error}", file.display()))
            })?;
            for folder in path
                .ancestors()
                .skip(1)
                .take_while(|folder| *folder != Path::new(""))
            {
                // Fails where something else is in it, and is to.
                if fs::remove_dir(out.join(folder)).is_err() {
                    break;
                }
            }
        }
        Ok(())
    }
}

/// Whether a link on the way leads somewhere else.
fn through_a_link(out: &Path, path: &Path) -> bool {
    path.ancestors()
        .filter(|part| *part != Path::new(""))
        .any(|part| out.join(part).is_symlink())
}
