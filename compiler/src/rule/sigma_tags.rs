//! Sigma's tags: those of ATT&CK become mappings, the rest stays as it is.

use crate::codes::rule as codes;
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::rule::attack::{self, Mapping, Rigour};
use crate::rule::located::Located;
use crate::rule::metadata::Metadata;
use crate::rule::node::Node;
use crate::rule::reader::{Reader, shorten};

/// Reads `tags:`.
pub(crate) fn read(reader: &mut Reader, metadata: &mut Metadata, node: &Node) {
    for tag in reader.one_or_more(node, "`tags`") {
        match mapping(reader, &tag) {
            Some(mapping) => {
                attack::judge(reader, &mapping, Rigour::Foreign);
                metadata.attack.push(mapping);
            }
            None => metadata.tags.push(tag),
        }
    }
}

/// The mapping that a tag stands for. Groups, software, campaigns and the like are tags; an unknown name is reported and stays one.
fn mapping(reader: &mut Reader, tag: &Located<String>) -> Option<Mapping> {
    let lower = tag.value.to_ascii_lowercase();
    let name = lower.strip_prefix("attack.")?;
    let upper = name.to_ascii_uppercase();
    let tactic = attack::tactic(name).or_else(|| attack::tactic(&upper));
    if let Some(tactic) = tactic {
        return Some(Mapping {
            technique: None,
            tactics: vec![Located::new(tactic.id.to_owned(), tag.span)],
        });
    }
    if attack::find(&upper).is_some() || is_numbered(name, "t") {
        return Some(Mapping {
            technique: Some(Located::new(upper, tag.span)),
            tactics: Vec::new(),
        });
    }
    let hyphened = name.replace('_', "-");
    if let Some(tactic) = attack::tactic(&hyphened) {
        let warning = Diagnostic::warning(
            codes::UNKNOWN_TACTIC,
            tag.span,
            format!("the tactic `{}` is written with hyphens", shorten(name)),
            format!("read as {}, {}", tactic.id, tactic.name),
        );
        reader.push(warning.hint(format!("write `attack.{hyphened}`")));
        return Some(Mapping {
            technique: None,
            tactics: vec![Located::new(tactic.id.to_owned(), tag.span)],
        });
    }
    let other = ["g", "s", "c", "m", "ds", "dc", "det", "an"];
    if !other.iter().any(|prefix| is_numbered(name, prefix)) {
        unknown(reader, tag, name);
    }
    None
}

/// Whether a name is this prefix and digits, as in `g0016`; a sub-technique's dot included.
fn is_numbered(name: &str, prefix: &str) -> bool {
    name.strip_prefix(prefix).is_some_and(|rest| {
        rest.starts_with(|first: char| first.is_ascii_digit())
            && rest
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b'.')
    })
}

fn unknown(reader: &mut Reader, tag: &Located<String>, name: &str) {
    let warning = Diagnostic::warning(
        codes::UNKNOWN_TACTIC,
        tag.span,
        format!("ATT&CK has no tactic `{}`", shorten(name)),
        "not a short name of the enterprise matrix",
    );
    let successors = attack::renamed_tactic(&name.replace('_', "-")).iter();
    let tags: Vec<String> = successors
        .filter_map(|id| attack::tactic(id))
        .map(|tactic| format!("`attack.{}`", tactic.short_name))
        .collect();
    if !tags.is_empty() {
        reader.push(warning.hint(format!(
            "this tactic was split; write {}",
            tags.join(" or ")
        )));
        return;
    }
    let names = attack::tactics().iter().map(|tactic| tactic.short_name);
    reader.push(match did_you_mean(name, names) {
        Some(near) => warning.hint(format!("did you mean `attack.{near}`?")),
        None => warning,
    });
}
