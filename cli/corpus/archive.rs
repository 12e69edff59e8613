//! Packed folders of text files.

use crate::output::Failure;
use crate::sources::unpack;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Every file of a `.tar.zst`, by path, sorted.
pub(crate) fn read(path: &Path) -> Result<Vec<(String, String)>, Failure> {
    let fail = |error: &dyn std::fmt::Display| {
        Failure::usage(format!("cannot read {}: {error}", path.display()))
    };
    let file = File::open(path).map_err(|error| fail(&error))?;
    let mut archive = tar::Archive::new(unpack(file).map_err(|error| fail(&error))?);
    let mut found = Vec::new();
    for entry in archive.entries().map_err(|error| fail(&error))? {
        let mut entry = entry.map_err(|error| fail(&error))?;
        if !entry.header().entry_type().is_file() {
            continue;
        }
        let name = entry
            .path()
            .map_err(|error| fail(&error))?
            .to_string_lossy()
            .replace('\\', "/");
        let mut bytes = Vec::new();
        entry
            .read_to_end(&mut bytes)
            .map_err(|error| fail(&error))?;
        if let Ok(text) = String::from_utf8(bytes) {
            found.push((name, text));
        }
    }
    found.sort();
    Ok(found)
}
