//! `--out -`: one query on standard output, for a pipe or a clipboard.
//!
//! What else a folder holds (manifest, schema, the body of a search) is about many queries or goes beside one, and is not printed.

use super::Output;
use crate::output::{self, Failure};
use std::path::Path;

impl Output {
    /// Prints the query, if the one pair that was asked for has one. Of several pairs none is printed: their texts would run into one another.
    pub(super) fn print(&self) -> Result<bool, Failure> {
        let [line] = self.lines.as_slice() else {
            return Err(Failure::usage(format!(
                "`--out -` prints one query, and {} of rule and target were asked for; name one rule and one `--target`, or a folder",
                output::count(self.lines.len(), "pair")
            )));
        };
        if let "native" | "rust" = line.target {
            return Err(Failure::usage(format!(
                "`--out -` prints one query, and `{}` is none; name a folder",
                line.target
            )));
        }
        let path = line.path.as_deref().map(Path::new);
        let text = path.and_then(|path| self.files.get(path));
        if let Some(text) = text {
            output::line(text.trim_end_matches('\n'));
        }
        Ok(text.is_some())
    }
}
