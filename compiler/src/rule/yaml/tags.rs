//! Tags: `!!str 5` is a text and no number. A tag that readers of rules do not know is refused, as PyYAML refuses it: left out, it
//! would leave a value that nobody wrote.

use crate::rule::node::{Resolved, Scalar, Style};
use saphyr_parser::Tag;

/// How a scalar with a tag is read; None where the tag says what the text is not.
pub(super) fn style(tag: &Tag, scalar: &Scalar) -> Option<Style> {
    if unspecific(tag) {
        return Some(Style::Quoted);
    }
    let plain = Scalar {
        style: Style::Plain,
        ..scalar.clone()
    };
    let fits = match (core(tag)?, plain.resolve()) {
        ("str", _) => return Some(Style::Quoted),
        ("null", resolved) => matches!(resolved, Resolved::Null),
        ("bool", resolved) => matches!(resolved, Resolved::Bool(_)),
        ("int" | "float", resolved) => matches!(resolved, Resolved::Number(_)),
        _ => false,
    };
    fits.then_some(Style::Plain)
}

/// Whether a tag says of a collection what it is anyway.
pub(super) fn fits(tag: &Tag, mapping: bool) -> bool {
    unspecific(tag) || core(tag) == Some(if mapping { "map" } else { "seq" })
}

/// `!` alone: what the kind of the node says.
fn unspecific(tag: &Tag) -> bool {
    matches!(
        (tag.handle.as_str(), tag.suffix.as_str()),
        ("", "!") | ("!", "")
    )
}

fn core(tag: &Tag) -> Option<&str> {
    let whole = tag.handle.as_str();
    let suffix = tag.suffix.as_str();
    match whole {
        "tag:yaml.org,2002:" => Some(suffix),
        "" => suffix.strip_prefix("tag:yaml.org,2002:"),
        _ => None,
    }
}
