//! Reading a rule's mappings, and what is said of ids that the table does not bear out.

use super::{Known, Mapping, Tactic, Technique, find, renamed_tactic, tactic, tactics, technique};
use crate::codes::rule as codes;
use crate::diagnostic::{Diagnostic, Severity, did_you_mean};
use crate::rule::located::Located;
use crate::rule::node::{Node, NodeKind};
use crate::rule::reader::{Reader, get, shorten};
use crate::span::Span;

/// How strictly mappings are judged: our own rules follow the current release, others may lag behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rigour {
    /// An unknown id is an error.
    Own,
    /// An unknown id is a warning, and what was right in the previous release is not questioned.
    Foreign,
}

/// Reads our `attack:` list.
pub(crate) fn read(reader: &mut Reader, node: &Node) -> Vec<Mapping> {
    let Some(items) = node.as_list() else {
        if !node.is_null() {
            reader.wrong_type(node, "`attack`", "a list");
        }
        return Vec::new();
    };
    let mut mappings = Vec::new();
    for item in items {
        let mapping = match &item.kind {
            NodeKind::Map(_) => read_map(reader, item),
            NodeKind::Scalar(_) | NodeKind::List(_) => {
                reader.text(item, "each item of `attack`").map(bare)
            }
        };
        if let Some(mapping) = mapping {
            judge(reader, &mapping, Rigour::Own);
            mappings.push(mapping);
        }
    }
    mappings
}

fn bare(id: Located<String>) -> Mapping {
    let is_tactic = id.value.starts_with("TA");
    let (technique, tactics) = if is_tactic {
        (None, vec![id])
    } else {
        (Some(id), Vec::new())
    };
    Mapping { technique, tactics }
}

fn read_map(reader: &mut Reader, item: &Node) -> Option<Mapping> {
    let what = "an item of `attack`";
    let entries = reader.known_map(item, what, &["technique", "tactics"])?;
    let Some(technique) = get(entries, "technique") else {
        reader.missing(item.span, what, "technique");
        return None;
    };
    let technique = reader.text(technique, "`technique`")?;
    let tactics = get(entries, "tactics").map(|node| reader.one_or_more(node, "`tactics`"));
    Some(Mapping {
        technique: Some(technique),
        tactics: tactics.unwrap_or_default(),
    })
}

/// Says what is wrong with a mapping.
pub(crate) fn judge(reader: &mut Reader, mapping: &Mapping, rigour: Rigour) {
    let mut known_tactics = Vec::new();
    for named in &mapping.tactics {
        match tactic(&named.value) {
            Some(found) if found.id == named.value => known_tactics.push((found, named.span)),
            Some(_) | None => unknown_tactic(reader, named, rigour),
        }
    }
    let Some(named) = &mapping.technique else {
        return;
    };
    match find(&named.value) {
        Some(Known::Current(technique)) => {
            for (tactic, span) in known_tactics {
                let before = rigour == Rigour::Foreign && technique.previous.contains(&tactic.id);
                if !technique.tactics.contains(&tactic.id) && !before {
                    stray_tactic(reader, technique, tactic, span);
                }
            }
        }
        Some(Known::Retired { name, successor }) => retired(reader, named, name, successor),
        None => unknown_technique(reader, named, rigour),
    }
}

fn severity(rigour: Rigour) -> Severity {
    match rigour {
        Rigour::Own => Severity::Error,
        Rigour::Foreign => Severity::Warning,
    }
}

fn unknown_technique(reader: &mut Reader, named: &Located<String>, rigour: Rigour) {
    let mut found = Diagnostic::error(
        codes::UNKNOWN_TECHNIQUE,
        named.span,
        format!("ATT&CK has no technique `{}`", shorten(&named.value)),
        "not an id of the enterprise matrix",
    );
    found.severity = severity(rigour);
    let upper = named.value.to_ascii_uppercase();
    if find(&upper).is_some() {
        found = found.hint(format!("write {upper}"));
    }
    let parent = named.value.split('.').next().unwrap_or_default();
    if let Some(parent) = technique(parent).filter(|parent| parent.id != named.value) {
        found = found.hint(format!("{} is {}", parent.id, parent.name));
    }
    reader.push(found);
}

fn unknown_tactic(reader: &mut Reader, named: &Located<String>, rigour: Rigour) {
    let mut found = Diagnostic::error(
        codes::UNKNOWN_TACTIC,
        named.span,
        format!("ATT&CK has no tactic `{}`", shorten(&named.value)),
        "not an id of the enterprise matrix",
    );
    found.severity = severity(rigour);
    if let Some(hint) = tactic_hint(&named.value) {
        found = found.hint(hint);
    }
    reader.push(found);
}

/// What a name that is no tactic was probably meant to be.
fn tactic_hint(written: &str) -> Option<String> {
    let lower = written.to_lowercase().replace([' ', '_'], "-");
    if let [first, rest @ ..] = renamed_tactic(&lower) {
        let ids = rest
            .iter()
            .fold((*first).to_owned(), |all, id| format!("{all} or {id}"));
        return Some(format!("this tactic was split; write {ids}"));
    }
    let names = tactics().iter().map(|tactic| tactic.short_name);
    let near = did_you_mean(&lower, names).and_then(tactic)?;
    Some(format!("{} is {}", near.id, near.name))
}

fn stray_tactic(reader: &mut Reader, technique: &Technique, tactic: &Tactic, span: Span) {
    let warning = Diagnostic::warning(
        codes::STRAY_TACTIC,
        span,
        format!("{} is not a tactic of {}", tactic.id, technique.id),
        format!("{} does not serve {}", technique.name, tactic.name),
    );
    reader.push(warning.hint(format!("its tactics: {}", technique.tactics.join(", "))));
}

fn retired(reader: &mut Reader, named: &Located<String>, name: &str, successor: Option<&str>) {
    let warning = Diagnostic::warning(
        codes::RETIRED_TECHNIQUE,
        named.span,
        format!("the technique {} was retired", named.value),
        format!("its last name was {name}"),
    );
    let successor = successor.and_then(technique);
    reader.push(match successor {
        Some(now) => warning.hint(format!("write {}, {}", now.id, now.name)),
        None => warning.hint("MITRE names no successor; see its page for where the behaviour went"),
    });
}
