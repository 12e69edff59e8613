//! The pages of a pack: one a rule, an index, an ATT&CK matrix. Markdown, for people.
//!
//! What is in a page is decided here, and every value of a rule becomes [`escape::Markdown`] here; templates only arrange. No file and no clock: the same rules
//! give the same bytes.

mod certificate;
mod document;
mod escape;
mod fixtures;
mod framework;
mod index;
mod items;
mod matrix;
mod pivots;
mod query;
mod rule;
mod translations;

pub use certificate::{Found, Judged};
pub use index::{Index, Listed, index};
pub use matrix::{Covered, matrix};
pub use pivots::Query;
pub use query::as_written;
pub use rule::{Page, page};
pub use translations::{Difference, Translation};

use serde::Serialize;
use tera::{Context, Tera};

/// The templates, by name.
const TEMPLATES: [(&str, &str); 3] = [
    ("rule", include_str!("../templates/docs/rule.md")),
    ("index", include_str!("../templates/docs/index.md")),
    ("matrix", include_str!("../templates/docs/matrix.md")),
];

/// Renders one of our templates. The error is a fault of the template, never of a rule.
fn render<T: Serialize>(template: &str, page: &T) -> Result<String, String> {
    let mut tera = Tera::new();
    let told = |error: tera::Error| error.to_string();
    tera.add_raw_templates(TEMPLATES).map_err(told)?;
    let context = Context::from_serialize(page).map_err(told)?;
    tera.render(template, &context).map_err(told)
}
