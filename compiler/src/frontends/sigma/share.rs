//! Values that look like a path on a host, `\\host\share`, and mean one backslash.
//!
//! Two backslashes are one to Sigma (S2). Who writes every other backslash once and two at the start most likely means two; who doubles all of them means one.

use super::ast::{Value, ValueKind};
use crate::codes::sigma as codes;
use crate::diagnostic::Diagnostic;

/// The finding for such a value.
pub(super) fn lint(value: &Value) -> Option<Diagnostic> {
    let text = value.text.text.as_str();
    if !matches!(value.kind, ValueKind::Text) || !names_a_host(text) {
        return None;
    }
    let meant = format!(r"\\{text}");
    let finding = Diagnostic::warning(
        codes::SHARE,
        value.span,
        "two backslashes are one at the start of this value",
        format!("it means `{}`", text.get(1..).unwrap_or_default()),
    );
    Some(finding.hint(format!(
        "four backslashes are two: `{meant}`; if one is meant, a single one says so"
    )))
}

/// Whether the text is `\\host\...` with every other backslash alone. The host is a name, an address or the dot of devices, without wildcards.
fn names_a_host(text: &str) -> bool {
    let Some(rest) = text.strip_prefix(r"\\") else {
        return false;
    };
    let Some((host, below)) = rest.split_once('\\') else {
        return false;
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let doubled = below.starts_with('\\') || below.contains(r"\\");
    !host.is_empty() && host.chars().all(plain) && !doubled
}
