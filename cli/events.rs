//! Events from files, and schemas.

use crate::output::Failure;
use crate::sources;
use std::path::{Path, PathBuf};
use verdict_compiler::codes::rule as codes;
use verdict_event::{Event, Schema, read_events};

/// Every event of the files, in argument order: an event's index counts over all of them.
pub(crate) fn read(paths: &[PathBuf]) -> Result<Vec<Event>, Failure> {
    let mut events = Vec::new();
    for path in paths {
        let text = sources::read(path)?;
        let found = read_events(&text).map_err(|error| {
            Failure::invalid(codes::NOT_EVENTS, format!("{}:{error}", path.display()))
        })?;
        events.extend(found);
    }
    Ok(events)
}

/// A schema file.
pub(crate) fn schema(path: &Path) -> Result<Schema, Failure> {
    let text = sources::read(path)?;
    serde_json::from_str(&text)
        .map_err(|error| Failure::usage(format!("{} is not a schema: {error}", path.display())))
}
