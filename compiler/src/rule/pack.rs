//! A pack: a folder of rules with a `pack.yml`.

use crate::codes::rule as codes;
use crate::diagnostic::Diagnostic;
use crate::rule::filter::{self, Filter};
use crate::rule::located::Located;
use crate::rule::node::{Entry, Node};
use crate::rule::reader::{Reader, get, shorten};
use crate::span::Span;
use std::collections::{BTreeMap, HashMap};

/// What all rules of a folder share.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pack {
    /// The UUID.
    pub id: Located<String>,
    /// Its name.
    pub name: Located<String>,
    /// Its version: three numbers.
    pub version: Located<String>,
    /// The licence of its rules where they name none.
    pub license: Option<Located<String>>,
    /// Who maintains it.
    pub authors: Vec<Located<String>>,
    /// What it is for.
    pub description: Option<Located<String>>,
    /// What its rules compile to: `target` or `target:profile`.
    pub targets: Vec<Target>,
    /// Values for Sigma's `expand`, by the name between the percent signs.
    pub placeholders: BTreeMap<String, Vec<String>>,
    /// What rules of the pack leave out.
    pub exceptions: Vec<Filter>,
    /// The lowest versions of services that its targets are for, by service.
    pub services: BTreeMap<String, Located<String>>,
}

/// A target as a pack names it; which ones there are, the compiler does not know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// `kql`
    pub name: String,
    /// `defender`
    pub profile: Option<String>,
    /// Where it stands.
    pub span: Span,
}

const PACK: &str = "a pack";
const KEYS: &[&str] = &[
    "id",
    "name",
    "version",
    "license",
    "authors",
    "description",
    "targets",
    "placeholders",
    "exceptions",
    "services",
];

/// Reads a `pack.yml`.
pub(crate) fn read(reader: &mut Reader, document: &Node) -> Option<Pack> {
    let entries = reader.known_map(document, PACK, KEYS)?;
    for key in ["id", "name", "version"] {
        if get(entries, key).is_none() {
            reader.missing(document.span, PACK, key);
        }
    }
    let id = get(entries, "id").and_then(|node| reader.uuid(node, "`id`"));
    let name = get(entries, "name").and_then(|node| reader.filled(node, "`name`"));
    let version = get(entries, "version").and_then(|node| read_version(reader, node));
    let mut pack = Pack::default();
    for entry in entries {
        read_rest(reader, &mut pack, entry);
    }
    pack.id = id?;
    pack.name = name?;
    pack.version = version?;
    Some(pack)
}

fn read_rest(reader: &mut Reader, pack: &mut Pack, entry: &Entry) {
    let node = &entry.value;
    match entry.key.as_str() {
        "license" => pack.license = reader.text(node, "`license`"),
        "authors" => pack.authors = reader.texts(node, "`authors`"),
        "description" => pack.description = reader.text(node, "`description`"),
        "targets" => pack.targets = read_targets(reader, node),
        "placeholders" => pack.placeholders = read_placeholders(reader, node),
        "exceptions" => pack.exceptions = filter::read_exceptions(reader, node),
        "services" => pack.services = read_services(reader, node),
        _ => {}
    }
}

fn read_version(reader: &mut Reader, node: &Node) -> Option<Located<String>> {
    let version = reader.text(node, "`version`")?;
    let parts: Vec<&str> = version.value.split('.').collect();
    let numbers = parts
        .iter()
        .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    if parts.len() == 3 && numbers {
        return Some(version);
    }
    reader.push(
        Diagnostic::error(
            codes::PACK_VERSION,
            node.span,
            "a pack's version must be three numbers",
            format!("`{}` is not", shorten(&version.value)),
        )
        .hint("write MAJOR.MINOR.PATCH, such as 1.4.0"),
    );
    None
}

fn read_targets(reader: &mut Reader, node: &Node) -> Vec<Target> {
    let mut targets: Vec<Target> = Vec::new();
    let mut seen: HashMap<String, Span> = HashMap::new();
    for text in reader.texts(node, "`targets`") {
        let Some(target) = target(&text) else {
            reader.push(
                Diagnostic::error(
                    codes::PACK_TARGET,
                    text.span,
                    format!("`{}` names no target", shorten(&text.value)),
                    "lower-case words, at most one colon",
                )
                .hint("write `target` or `target:profile`, such as `kql:defender`"),
            );
            continue;
        };
        if let Some(first) = seen.get(&text.value) {
            reader.push(
                Diagnostic::error(
                    codes::DUPLICATE_TARGET,
                    text.span,
                    format!("the target `{}` stands twice", text.value),
                    "it would be built twice",
                )
                .related(*first, "first here"),
            );
            continue;
        }
        seen.insert(text.value, text.span);
        targets.push(target);
    }
    targets
}

fn target(text: &Located<String>) -> Option<Target> {
    let word = |part: &str| {
        let legal = |byte: u8| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-')
        };
        (!part.is_empty() && part.bytes().all(legal)).then(|| part.to_owned())
    };
    let (name, profile) = match text.value.split_once(':') {
        Some((name, profile)) => (name, Some(word(profile)?)),
        None => (text.value.as_str(), None),
    };
    Some(Target {
        name: word(name)?,
        profile,
        span: text.span,
    })
}

fn read_placeholders(reader: &mut Reader, node: &Node) -> BTreeMap<String, Vec<String>> {
    if node.is_null() {
        return BTreeMap::new();
    }
    let entries = reader.map(node, "`placeholders`").unwrap_or_default();
    let mut placeholders = BTreeMap::new();
    for entry in entries {
        let what = format!("the placeholder `{}`", shorten(&entry.key));
        let values = reader.one_or_more(&entry.value, &what);
        let values = values.into_iter().map(|value| value.value).collect();
        placeholders.insert(entry.key.clone(), values);
    }
    placeholders
}

/// Whether a service's version is one to three numbers with points between them.
fn is_version(reader: &mut Reader, version: &Located<String>) -> bool {
    let parts: Vec<&str> = version.value.split('.').collect();
    let number = |part: &&str| part.parse::<u32>().is_ok_and(|_| !part.starts_with('+'));
    let legal = parts.len() <= 3 && parts.iter().all(number);
    if !legal {
        reader.push(
            Diagnostic::error(
                codes::PACK_SERVICE,
                version.span,
                "a service's version must be numbers with points between them",
                format!("`{}` is not", shorten(&version.value)),
            )
            .hint("write the lowest version that the rules must run on, such as 8.19 or \"9.2\""),
        );
    }
    legal
}

fn read_services(reader: &mut Reader, node: &Node) -> BTreeMap<String, Located<String>> {
    if node.is_null() {
        return BTreeMap::new();
    }
    let entries = reader.map(node, "`services`").unwrap_or_default();
    let versions = entries.iter().filter_map(|entry| {
        let version = reader.text(&entry.value, "a service's version")?;
        is_version(reader, &version).then(|| (entry.key.clone(), version))
    });
    versions.collect()
}
