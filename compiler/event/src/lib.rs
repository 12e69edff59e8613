//! Events and what is known of their fields: the ground floor of the house.
//!
//! An [`Event`] is a tree of [`Value`]s; a [`Path`] reads it; a [`Schema`] says what type a field has,
//! whether it holds lists and whether any index maps it. [`read`] turns text into events.
//!
//! **This crate imports none of ours** and gives no meaning to rules: it has no case folding, no
//! wildcards, no null logic and no quoting. The compiler, the targets and the independent engines all stand on
//! it, so whatever lived here could not be checked by comparing them.

pub mod number;
pub mod path;
pub mod read;
pub mod schema;
pub mod value;

pub use number::{Decimal, Number};
pub use path::Path;
pub use read::{ReadError, read_events};
pub use schema::{FieldSchema, FieldType, Schema, TimestampFormat};
pub use value::{Event, Value};
