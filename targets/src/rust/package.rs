//! The crate: the rules' files in folders like those that their rules stand in, and what stands around them.

use crate::rust::code::Code;
use crate::rust::fields::Fields;
use crate::rust::module::{self, Shared};
use crate::rust::names::{Names, apart, mark, snake};
use crate::rust::several;
use crate::rust::shipped;
use crate::rust::sources::Sources;
use minijinja::{Environment, context};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use verdict_compiler::ir::{AnyText, LeafKind, Series, Test};
use verdict_compiler::{Ir, Rule};

/// A rule that goes into a crate: one whose claim is not *unsupported*.
#[derive(Clone, Copy, Debug)]
pub struct Member<'r> {
    /// The rule.
    pub rule: &'r Rule,
    /// What it means.
    pub means: Means<'r>,
    /// The path of its file below what was given, parted by `/`.
    pub below: &'r str,
}

/// What a rule of a crate means.
#[derive(Clone, Copy, Debug)]
pub enum Means<'r> {
    /// A rule over single events.
    Event(&'r Ir),
    /// A rule over several events.
    Series(&'r Series),
}

/// A crate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// Every file by its path.
    pub files: BTreeMap<String, String>,
    /// The path of each member's file, in the order given.
    pub members: Vec<String>,
    /// The place of each member in the crate's `RULES`, or in its `SERIES`.
    pub places: Vec<usize>,
}

/// The crate of some rules. The same rules give the same bytes.
pub fn package(members: &[Member<'_>]) -> Package {
    let mut irs: Vec<&Ir> = Vec::new();
    let mut series: Vec<&Series> = Vec::new();
    let mut places = Vec::new();
    for member in members {
        match member.means {
            Means::Event(ir) => {
                places.push(irs.len());
                irs.push(ir);
            }
            Means::Series(of) => {
                places.push(series.len());
                series.push(of);
            }
        }
    }
    let fields = Fields::of(irs.iter().copied(), series.iter().copied());
    let sources = Sources::of(&irs, &fields);
    let modules = modules(members);
    let parts = series.iter().flat_map(|series| series.events());
    let regexes = irs.iter().copied().chain(parts).any(has_regex);
    let mut package = Package {
        files: BTreeMap::new(),
        members: Vec::new(),
        places,
    };
    let mut folders: BTreeMap<String, BTreeSet<&str>> =
        BTreeMap::from([(String::new(), BTreeSet::new())]);
    for (at, (member, way)) in members.iter().zip(&modules).enumerate() {
        let path = format!("src/rules/{}.rs", way.join("/"));
        let text = match member.means {
            Means::Event(ir) => {
                let place = package.places.get(at);
                let shared = Shared {
                    fields: &fields,
                    branches: place.and_then(|place| sources.of_rule(*place)),
                };
                module::file(member.rule, ir, &shared, member.below)
            }
            Means::Series(series) => several::file(member.rule, series, &fields, member.below),
        };
        package.files.insert(path.clone(), text);
        package.members.push(path);
        let mut folder = String::new();
        for name in way {
            folders.entry(folder.clone()).or_default().insert(name);
            if !folder.is_empty() {
                folder.push('/');
            }
            folder.push_str(name);
        }
    }
    for (folder, names) in &folders {
        let (path, title) = if folder.is_empty() {
            ("src/rules.rs".to_owned(), "The rules.".to_owned())
        } else {
            (
                format!("src/rules/{folder}.rs"),
                format!("Rules of `{folder}`."),
            )
        };
        package.files.insert(path, declarations(&title, names));
    }
    package.files.insert(
        "src/index.rs".to_owned(),
        index(members, &modules, &sources),
    );
    package
        .files
        .insert("src/fields.rs".to_owned(), fields.file());
    package
        .files
        .insert("src/sources.rs".to_owned(), sources.file);
    for (path, text) in shipped::files(regexes) {
        package.files.insert(format!("src/{path}"), text);
    }
    for (path, template) in TEMPLATES {
        let text = render(template, members.len(), regexes);
        package.files.insert((*path).to_owned(), text);
    }
    package
}

const TEMPLATES: &[(&str, &str)] = &[
    (
        "Cargo.toml",
        include_str!("../../templates/rust/manifest.j2"),
    ),
    ("src/lib.rs", include_str!("../../templates/rust/lib.j2")),
    (
        "src/prelude.rs",
        include_str!("../../templates/rust/prelude.j2"),
    ),
    (
        "examples/scan.rs",
        include_str!("../../templates/rust/scan.j2"),
    ),
];

fn render(template: &str, rules: usize, regexes: bool) -> String {
    let rendered = Environment::new().render_str(template, context! { rules, regexes });
    // The templates are ours and take any number, so there is nothing to fail.
    rendered
        .map(|text| text.trim_end().to_owned() + "\n")
        .unwrap_or_default()
}

fn has_regex(ir: &Ir) -> bool {
    let mut found = false;
    ir.predicate.each_leaf_within(&mut |leaf| {
        found |= match &leaf.kind {
            LeafKind::Is { test, .. } => matches!(test, Test::Regex(_)),
            LeafKind::AnyText(text) => matches!(text, AnyText::Regex(_)),
            LeafKind::Relate { .. } | LeafKind::Missing(_) | LeafKind::Present(_) => false,
        };
    });
    found
}

/// The way to each rule's module: the folders of its file, then the file. Rules of one file, and files that would be called alike, carry
/// the beginning of the rule's id.
fn modules(members: &[Member<'_>]) -> Vec<Vec<String>> {
    let ways: Vec<Vec<String>> = members
        .iter()
        .map(|member| {
            let stem = member
                .below
                .rsplit_once('.')
                .map_or(member.below, |(stem, _)| stem);
            // Packs keep their rules in a folder of this name, which would say nothing here.
            let stem = stem.strip_prefix("rules/").unwrap_or(stem);
            stem.split('/').map(snake).collect()
        })
        .collect();
    // What a folder is called, no file beside it may be.
    let mut folders: BTreeMap<&[String], BTreeSet<&str>> = BTreeMap::new();
    for way in &ways {
        for depth in 1..way.len() {
            if let (Some(parent), Some(name)) = (way.get(..depth - 1), way.get(depth - 1)) {
                folders.entry(parent).or_default().insert(name);
            }
        }
    }
    let mut files: BTreeMap<&[String], Vec<usize>> = BTreeMap::new();
    for (at, way) in ways.iter().enumerate() {
        let parent = way.split_last().map_or(&[][..], |(_, parent)| parent);
        files.entry(parent).or_default().push(at);
    }
    let mut found: Vec<Vec<String>> = ways.clone();
    for (parent, places) in files {
        let mut names = Names::without(folders.get(parent).into_iter().flatten().copied());
        let wanted: Vec<(String, String)> = places
            .iter()
            .filter_map(|at| {
                let name = ways.get(*at)?.last()?.clone();
                Some((name, mark(&members.get(*at)?.rule.id)))
            })
            .collect();
        for (at, name) in places.iter().zip(apart(&wanted, &mut names)) {
            if let Some(last) = found.get_mut(*at).and_then(|way| way.last_mut()) {
                *last = name;
            }
        }
    }
    found
}

fn declarations(title: &str, names: &BTreeSet<&str>) -> String {
    let mut text = format!("//! {title}\n\n");
    for name in names {
        // Writing to a string does not fail.
        let _ = writeln!(text, "pub mod {name};");
    }
    text
}

/// The tables of all rules.
fn index(members: &[Member<'_>], modules: &[Vec<String>], sources: &Sources) -> String {
    let mut text = String::from(
        "//! Every rule, and which rules look at a source.\n\nuse crate::prelude::*;\n\n",
    );
    let pairs = || members.iter().zip(modules);
    let single = pairs().filter(|(member, _)| matches!(member.means, Means::Event(_)));
    text.push_str("/// Every rule over single events, in the order of their files.\n");
    text.push_str(&table("RULES", "Rule", single.map(|(_, way)| way)));
    let several = pairs().filter(|(member, _)| matches!(member.means, Means::Series(_)));
    text.push_str("/// Every rule over several events, in the order of their files.\n");
    text.push_str(&table("SERIES", "Series", several.map(|(_, way)| way)));
    text.push_str(&table_of_groups(sources.groups()));
    text
}

fn table_of_groups(groups: Vec<(&str, Vec<usize>)>) -> String {
    // A list of one is laid out as what it holds.
    let (open, close, indent) = if groups.len() == 1 {
        ("Group {\n", "}];\n", 4)
    } else {
        ("\n    Group {\n", "];\n", 8)
    };
    let mut text = format!(
        "/// The rules by where they look.\npub static GROUPS: [Group; {}] = [{}",
        groups.len(),
        open
    );
    for (at, (name, rules)) in groups.into_iter().enumerate() {
        if at > 0 {
            text.push_str("    Group {\n");
        }
        let rules = rules.iter().map(|rule| Code::plain(rule.to_string()));
        let rules = Code::slice(rules.collect());
        let source = Code::plain(format!("sources::{name}"));
        text.push_str(&source.member_at(indent, "source"));
        text.push_str(&rules.member_at(indent, "rules"));
        if indent > 4 {
            text.push_str("    },\n");
        }
    }
    text.push_str(close);
    text
}

/// A table of what is known of rules.
fn table<'w>(name: &str, of: &str, ways: impl Iterator<Item = &'w Vec<String>>) -> String {
    let rules: Vec<Code> = ways
        .map(|way| Code::plain(format!("&crate::rules::{}::RULE", way.join("::"))))
        .collect();
    let head = format!("pub static {name}: [&{of}; {}] =", rules.len());
    Code::List(rules).item(&head) + "\n"
}
