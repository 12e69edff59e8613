//! Exit codes, standard output, standard error, and files written whole or not at all.

use std::fs;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;
use verdict_compiler::Code;

/// What stands for standard output where a file is named.
pub(crate) const STANDARD: &str = "-";

/// What the process says when it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exit {
    /// 0: nothing to report.
    Clean,
    /// 1: findings, or targets that disagree.
    Findings,
    /// 2: a rule, query or event is invalid.
    Invalid,
    /// 3: wrong usage or configuration.
    Usage,
    /// 4: a fault of ours.
    Internal,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Clean => 0,
            Exit::Findings => 1,
            Exit::Invalid => 2,
            Exit::Usage => 3,
            Exit::Internal => 4,
        })
    }
}

/// Why a command could not do its work.
#[derive(Debug)]
pub(crate) struct Failure {
    /// The code whose page explains it, if there is one.
    pub code: Option<Code>,
    /// What is told, without `error:`.
    pub message: String,
    /// How the process ends.
    pub exit: Exit,
}

impl Failure {
    /// Wrong usage or configuration.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self {
            code: None,
            message: message.into(),
            exit: Exit::Usage,
        }
    }

    /// Invalid input, with the code that explains it.
    pub(crate) fn invalid(code: Code, message: impl Into<String>) -> Self {
        Self {
            code: Some(code),
            message: message.into(),
            exit: Exit::Invalid,
        }
    }

    /// A fault of ours.
    pub(crate) fn internal(message: impl Into<String>) -> Self {
        Self {
            code: None,
            message: message.into(),
            exit: Exit::Internal,
        }
    }
}

impl Failure {
    /// Tells it.
    pub(crate) fn tell(&self) {
        match self.code {
            Some(code) => tell(&format!(
                "error[{code}]: {}\n  = note: `verdict explain {code}` says more",
                self.message
            )),
            None => error(&self.message),
        }
    }
}

/// What a command comes to.
pub(crate) type Outcome = Result<Exit, Failure>;

/// Refuses standard output for what is a folder of files.
pub(crate) fn folder(flag: &str, path: &Path) -> Result<(), Failure> {
    if path.as_os_str() == STANDARD {
        return Err(Failure::usage(format!(
            "`{flag} -`: a folder of files cannot be printed; name a folder (`./-` for one of that name)"
        )));
    }
    Ok(())
}

/// Writes a line of data. A closed pipe ends the process quietly, as it does for every tool in a pipeline.
pub(crate) fn line(text: &str) {
    let mut out = io::stdout().lock();
    if out
        .write_all(text.as_bytes())
        .and_then(|()| out.write_all(b"\n"))
        .is_err()
    {
        std::process::exit(0);
    }
}

/// Writes text for people to standard error.
pub(crate) fn tell(text: &str) {
    let mut err = io::stderr().lock();
    let _ = err.write_all(text.as_bytes());
    if !text.ends_with('\n') {
        let _ = err.write_all(b"\n");
    }
}

/// A count with what is counted: `1 rule`, `2 rules`.
pub(crate) fn count(number: usize, one: &str) -> String {
    let end = if number == 1 { "" } else { "s" };
    format!("{number} {one}{end}")
}

/// Tells what takes a while, to somebody at a terminal.
pub(crate) fn progress_note(message: &str) {
    if io::stderr().is_terminal() {
        tell(message);
    }
}

/// Writes an error without a place in a rule.
pub(crate) fn error(message: &str) {
    tell(&format!("error: {message}"));
}

/// Whether diagnostics are coloured: on a terminal, unless `NO_COLOR` is set.
pub(crate) fn colour() -> bool {
    io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// Writes a file whole or not at all: to a neighbour first, then renamed over it.
pub(crate) fn write_file(path: &Path, text: &str) -> Result<(), Failure> {
    let fail = |what: &str, error: &io::Error| {
        Failure::usage(format!("cannot {what} {}: {error}", path.display()))
    };
    if let Some(folder) = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        fs::create_dir_all(folder).map_err(|error| fail("create the folder of", &error))?;
    }
    let mut neighbour = path.as_os_str().to_owned();
    neighbour.push(format!(".{}.part", std::process::id()));
    let written = fs::write(&neighbour, text).and_then(|()| fs::rename(&neighbour, path));
    written.map_err(|error| {
        let _ = fs::remove_file(&neighbour);
        fail("write", &error)
    })
}
