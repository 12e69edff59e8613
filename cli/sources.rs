//! Reading files: whole texts, packed ones too, and folders in a fixed order.

use crate::output::Failure;
use crate::stale::{Earlier, MANIFEST};
use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use verdict_compiler::codes::rule as codes;

/// The largest text read into memory, in bytes after unpacking.
const MAX_BYTES: u64 = 4 << 30;

/// The text of a file; `-` is standard input, `.zst` is unpacked.
pub(crate) fn read(path: &Path) -> Result<String, Failure> {
    let name = path.display();
    let bytes =
        bytes(path).map_err(|error| Failure::usage(format!("cannot read {name}: {error}")))?;
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Failure::invalid(
            codes::NOT_UTF8,
            format!("{name} is not UTF-8: the byte at offset {at} begins no character"),
        )
    })
}

fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    let mut found = Vec::new();
    if path.as_os_str() == "-" {
        io::stdin().lock().take(MAX_BYTES).read_to_end(&mut found)?;
        return Ok(found);
    }
    let file = fs::File::open(path)?;
    if path.extension().is_some_and(|ending| ending == "zst") {
        unpack(file)?.take(MAX_BYTES).read_to_end(&mut found)?;
    } else {
        file.take(MAX_BYTES).read_to_end(&mut found)?;
    }
    Ok(found)
}

/// A reader of what a zstd stream holds.
pub(crate) fn unpack(packed: fs::File) -> io::Result<impl Read> {
    ruzstd::decoding::StreamingDecoder::new(io::BufReader::new(packed))
        .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error.to_string()))
}

/// Every rule file and pack below a path, sorted, so that output never depends on the order of a folder. A file is itself. What `build` and `docs`
/// list in their manifest is left out, wherever it stands.
pub(crate) fn rule_files(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    let fail = |path: &Path, error: &io::Error| {
        Failure::usage(format!("cannot read {}: {error}", path.display()))
    };
    let kind = fs::metadata(path).map_err(|error| fail(path, &error))?;
    if kind.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let mut found = Vec::new();
    let mut open = vec![path.to_owned()];
    let mut written = BTreeSet::new();
    while let Some(folder) = open.pop() {
        if folder.join(MANIFEST).is_file() {
            written.extend(Earlier::read(&folder).files(&folder));
        }
        for entry in fs::read_dir(&folder).map_err(|error| fail(&folder, &error))? {
            let entry = entry.map_err(|error| fail(&folder, &error))?;
            let kind = entry.file_type().map_err(|error| fail(&folder, &error))?;
            let hidden = entry.file_name().to_string_lossy().starts_with('.');
            if kind.is_dir() && is_of_profiles(&entry.path()) {
                continue;
            }
            if kind.is_dir() && !hidden {
                open.push(entry.path());
            } else if is_rule_file(&entry.path()) && !hidden && !kind.is_dir() {
                found.push(entry.path());
            }
        }
    }
    found.retain(|file| !written.contains(file));
    found.sort();
    Ok(found)
}

/// The folder of a pack that holds its profiles.
pub(crate) const PROFILES: &str = "profiles";

/// A pack's manifest.
pub(crate) const PACK: &str = "pack.yml";

/// Whether a folder holds a pack's profiles, which are no rules.
fn is_of_profiles(folder: &Path) -> bool {
    let pack = folder.parent().map(|parent| parent.join(PACK));
    folder.file_name().is_some_and(|name| name == PROFILES)
        && pack.is_some_and(|pack| pack.is_file())
}

/// The profile files of a pack's folder, sorted.
pub(crate) fn profile_files(pack: &Path) -> Result<Vec<PathBuf>, Failure> {
    let folder = pack.join(PROFILES);
    if folder.is_dir() {
        rule_files(&folder)
    } else {
        Ok(Vec::new())
    }
}

/// Whether a file is a rule or a pack by its ending.
pub(crate) fn is_rule_file(path: &Path) -> bool {
    path.extension().is_some_and(|ending| {
        ["yml", "yaml", "toml"]
            .iter()
            .any(|known| ending.eq_ignore_ascii_case(known))
    })
}

/// The nearest `pack.yml` at or above a rule file.
pub(crate) fn pack_file(rule: &Path) -> Option<PathBuf> {
    rule.ancestors()
        .skip(1)
        .map(|folder| folder.join(PACK))
        .find(|pack| pack.is_file())
}
