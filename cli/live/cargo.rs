//! Building a generated crate with the machine's own cargo, once for what is in it.
//!
//! The folder that programs are kept in is `VERDICT_CACHE`, or `verdict-cache` in the `target` folder that this program itself stands in, or
//! `verdict` in the user's cache folder. It may be deleted at any time.

use crate::output;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::SystemTime;

/// How many programs are kept.
const KEPT: usize = 16;

/// Why there is no program.
#[derive(Clone, Debug)]
pub(crate) enum Problem {
    /// This machine cannot build, for this reason: nothing is known of the crate.
    NoTools(String),
    /// The crate does not compile.
    Refused(String),
}

/// The program `name` of a crate that these files are; paths are below the folder of all crates, and `judge/Cargo.toml` is built.
pub(crate) fn program(files: &BTreeMap<String, String>) -> Result<PathBuf, Problem> {
    let mut hash = Sha256::new();
    for (path, text) in files {
        for part in [path, text] {
            hash.update(part.len().to_le_bytes());
            hash.update(part.as_bytes());
        }
    }
    let name = hash
        .finalize()
        .iter()
        .take(16)
        .fold(String::new(), |name, byte| name + &format!("{byte:02x}"));
    let no_tools =
        |what: &str, error: &std::io::Error| Problem::NoTools(format!("{what}: {error}"));
    let cache = cache().ok_or_else(|| {
        Problem::NoTools(
            "there is no folder for built programs; VERDICT_CACHE can name one".to_owned(),
        )
    })?;
    let programs = cache.join("programs");
    fs::create_dir_all(&programs).map_err(|error| no_tools("cannot create the cache", &error))?;
    // One at a time: the others then find what they need, or most of it.
    let lock = File::create(cache.join("lock")).and_then(|file| file.lock().map(|()| file));
    let _lock = lock.map_err(|error| no_tools("cannot lock the cache", &error))?;
    let program = programs.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    if program.is_file() {
        return Ok(program);
    }
    let source = cache.join("source");
    write(&source, files).map_err(|error| no_tools("cannot write the crate", &error))?;
    let built = build(&source.join("judge"), &cache.join("target"))?;
    let part = programs.join(format!("{name}.part"));
    fs::copy(&built, &part)
        .and_then(|_| fs::rename(&part, &program))
        .map_err(|error| no_tools("cannot keep the program", &error))?;
    prune(&programs);
    Ok(program)
}

/// The folder for what is built.
fn cache() -> Option<PathBuf> {
    let set = |name: &str| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    if let Some(folder) = set("VERDICT_CACHE") {
        return Some(folder);
    }
    let program = std::env::current_exe().ok();
    let target = program.as_deref().and_then(|program| {
        let mut folders = program.ancestors().skip(1);
        folders.find(|folder| folder.join("CACHEDIR.TAG").is_file())
    });
    if let Some(target) = target {
        return Some(target.join("verdict-cache"));
    }
    let user = set("XDG_CACHE_HOME")
        .or_else(|| set("LOCALAPPDATA"))
        .or_else(|| Some(set("HOME")?.join(".cache")));
    Some(user?.join("verdict"))
}

/// Writes the files, and takes away what is left of others. A file that is as it should be stays untouched, so that cargo sees no change.
fn write(folder: &Path, files: &BTreeMap<String, String>) -> std::io::Result<()> {
    remove_others(folder, folder, files)?;
    for (path, text) in files {
        let path = folder.join(path);
        if fs::read_to_string(&path).is_ok_and(|have| have == *text) {
            continue;
        }
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(&path, text)?;
    }
    Ok(())
}

fn remove_others(
    root: &Path,
    folder: &Path,
    files: &BTreeMap<String, String>,
) -> std::io::Result<()> {
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let below = path.strip_prefix(root).unwrap_or(&path);
        let name = below.to_string_lossy().replace('\\', "/");
        if path.is_dir() {
            let within = format!("{name}/");
            if files.keys().any(|known| known.starts_with(&within)) {
                remove_others(root, &path, files)?;
            } else {
                fs::remove_dir_all(&path)?;
            }
        } else if !files.contains_key(&name) && !name.ends_with("Cargo.lock") {
            fs::remove_file(&path)?;
        }
    }
    Ok(())
}

/// Builds without the network, and with it only if that is not enough.
fn build(manifest: &Path, target: &Path) -> Result<PathBuf, Problem> {
    output::progress_note("building the generated crate with cargo");
    let run = |offline: bool| -> Result<Output, Problem> {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        command
            .args(["build", "--release", "--quiet", "--color", "never"])
            .args(offline.then_some("--offline"))
            .arg("--target-dir")
            .arg(target)
            .current_dir(manifest)
            .stdin(Stdio::null());
        let told = |error: std::io::Error| Problem::NoTools(format!("cannot run cargo: {error}"));
        command.output().map_err(told)
    };
    let mut output = run(true)?;
    if !output.status.success() && lacks_crates(&output) {
        output = run(false)?;
    }
    let told = String::from_utf8_lossy(&output.stderr);
    if output.status.success() {
        let name = format!("verdict-judge{}", std::env::consts::EXE_SUFFIX);
        return Ok(target.join("release").join(name));
    }
    let errors: Vec<&str> = told
        .lines()
        .filter(|line| !line.trim().is_empty())
        .take(20)
        .collect();
    let told = errors.join("; ");
    if told.contains("could not compile `verdict-") {
        Err(Problem::Refused(told))
    } else {
        Err(Problem::NoTools(told))
    }
}

/// Whether it failed for want of other crates, not because of ours.
fn lacks_crates(output: &Output) -> bool {
    !String::from_utf8_lossy(&output.stderr).contains("could not compile")
}

/// Takes away the oldest programs.
fn prune(programs: &Path) {
    let Ok(entries) = fs::read_dir(programs) else {
        return;
    };
    let mut found: Vec<(SystemTime, PathBuf)> = entries
        .flatten()
        .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())))
        .collect();
    found.sort();
    let surplus = found.len().saturating_sub(KEPT);
    for (_, path) in found.iter().take(surplus) {
        // One that is in use elsewhere stays; it is tried again next time.
        let _ = fs::remove_file(path);
    }
}
