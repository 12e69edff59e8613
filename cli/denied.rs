//! The codes of `--deny`.

use crate::output::Failure;
use verdict_compiler::diagnostic::did_you_mean;
use verdict_compiler::{Code, codes};

/// Codes with which no pair may come out.
#[derive(Debug)]
pub(crate) struct Denied(Vec<&'static str>);

impl Denied {
    /// The codes of these names, in any letter case; wrong usage if there is no such code, which would deny nothing.
    pub(crate) fn parse(names: &[String]) -> Result<Self, Failure> {
        let one = |name: &String| {
            codes::find(name).map(|code| code.id).ok_or_else(|| {
                let near = did_you_mean(name, codes::all().map(|code| code.id));
                let hint =
                    near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
                Failure::usage(format!("no code `{name}`{hint}"))
            })
        };
        names.iter().map(one).collect::<Result<_, _>>().map(Self)
    }

    /// Whether a code is denied.
    pub(crate) fn is(&self, code: Code) -> bool {
        self.0.contains(&code.id)
    }

    /// Those of some codes that are denied.
    pub(crate) fn among<'c>(&self, found: &'c [String]) -> Vec<&'c str> {
        let denied = |code: &&str| self.0.contains(code);
        found.iter().map(String::as_str).filter(denied).collect()
    }
}
