//! What git is asked: which files differ from a revision, and what stood in them then.

use crate::output::Failure;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A repository, and the commit that its files are compared with.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Repository {
    /// Its uppermost folder.
    pub top: PathBuf,
    commit: String,
}

impl Repository {
    /// The repository that a file or folder stands in.
    pub(super) fn around(path: &Path, revision: &str) -> Result<Self, Failure> {
        let path = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let folder = if path.is_dir() {
            path.as_path()
        } else {
            path.parent().unwrap_or(&path)
        };
        let top = text(ask(folder, &["rev-parse", "--show-toplevel"])?);
        let wanted = format!("{revision}^{{commit}}");
        let commit = ask(
            folder,
            &["rev-parse", "--verify", "--end-of-options", &wanted],
        );
        let commit = commit.map_err(|failure| {
            let reason = failure.message;
            Failure::usage(format!(
                "no revision `{revision}` to compare with: {reason}"
            ))
        })?;
        Ok(Self {
            top: PathBuf::from(top.trim_end_matches(['\r', '\n'])),
            commit: text(commit).trim().to_owned(),
        })
    }

    /// Files that differ from the commit, are new or are gone, by their paths from the top. A file that git ignores is new, since nothing is known of it.
    pub(super) fn changed(&self) -> Result<Vec<String>, Failure> {
        let listed = [
            ask(
                &self.top,
                &[
                    "diff",
                    "--name-only",
                    "--no-renames",
                    "--no-relative",
                    "--no-ext-diff",
                    "-z",
                    &self.commit,
                    "--",
                ],
            )?,
            ask(&self.top, &["ls-files", "--others", "-z"])?,
        ];
        let names = listed.into_iter().map(text).flat_map(|names| {
            let names = names.split('\0').map(str::to_owned);
            names.collect::<Vec<_>>()
        });
        Ok(names.filter(|name| !name.is_empty()).collect())
    }

    /// What stood in files at the commit; nothing of those that were not there.
    pub(super) fn before(&self, files: &[&PathBuf]) -> Result<Vec<(PathBuf, String)>, Failure> {
        let named = files.iter().filter_map(|file| {
            let name = file.strip_prefix(&self.top).ok()?.to_str()?;
            // The batch is asked by lines.
            (!name.contains('\n')).then_some((*file, name))
        });
        let named: Vec<(&PathBuf, &str)> = named.collect();
        let asked = named.iter().fold(String::new(), |asked, (_, name)| {
            asked + &self.commit + ":" + name + "\n"
        });
        let mut told = batch(&self.top, asked)?.into_iter();
        let found = named.into_iter().filter_map(|(file, _)| {
            let text = told.next().flatten()?;
            Some((file.clone(), text))
        });
        Ok(found.collect())
    }
}

/// What git says, or why it says nothing.
fn ask(folder: &Path, arguments: &[&str]) -> Result<Vec<u8>, Failure> {
    let output = git(folder).args(arguments).output().map_err(no_git)?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let reason = String::from_utf8_lossy(&output.stderr);
    Err(Failure::usage(format!(
        "`--since` asks git, and git says: {}",
        reason.trim()
    )))
}

/// Objects by their names, in their order; None for one that is not there or is no text.
fn batch(folder: &Path, asked: String) -> Result<Vec<Option<String>>, Failure> {
    let mut child = git(folder)
        .args(["cat-file", "--batch"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(no_git)?;
    let input = child.stdin.take();
    // Both pipes are finite, so one side writes while the other reads. A process that ends early leaves answers out.
    let writer =
        std::thread::spawn(move || input.map(|mut input| input.write_all(asked.as_bytes())));
    let output = child.wait_with_output().map_err(no_git)?;
    let _ = writer.join();
    Ok(objects(&output.stdout))
}

/// The answers of a batch: `<id> blob <size>`, the bytes and a line's end; or `<name> missing`.
fn objects(mut told: &[u8]) -> Vec<Option<String>> {
    let mut found = Vec::new();
    while let Some(end) = told.iter().position(|byte| *byte == b'\n') {
        let (head, rest) = told.split_at(end);
        told = rest.get(1..).unwrap_or_default();
        let head = String::from_utf8_lossy(head);
        let size = head
            .rsplit_once(' ')
            .and_then(|(_, size)| size.parse().ok());
        let Some(size) = size else {
            found.push(None);
            continue;
        };
        let bytes: &[u8] = told.get(..size).unwrap_or_default();
        found.push(String::from_utf8(bytes.to_vec()).ok());
        told = told.get(size + 1..).unwrap_or_default();
    }
    found
}

fn git(folder: &Path) -> Command {
    let mut command = Command::new("git");
    command.arg("-C").arg(folder);
    command
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "`map_err` gives the error away"
)]
fn no_git(error: std::io::Error) -> Failure {
    Failure::usage(format!("`--since` needs git, which does not run: {error}"))
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

#[cfg(test)]
mod tests {
    use super::objects;

    #[test]
    fn answers_of_a_batch() {
        let told = b"0a blob 4\na\nb\n\nv1:x y missing\n0b blob 0\n\n0c blob 1\n\xff\n";
        let wanted = [Some("a\nb\n".to_owned()), None, Some(String::new()), None];
        assert_eq!(objects(told), wanted);
    }
}
