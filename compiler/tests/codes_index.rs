//! `docs/codes/README.md` lists every code with its title, and nothing else.

use std::collections::BTreeMap;
use verdict_compiler::codes;

const INDEX: &str = include_str!("../../docs/codes/README.md");

/// The id and title of each row `| [V0101](V0101.md) | title |`; a bar in a title is escaped there.
fn rows() -> Vec<(&'static str, String)> {
    let row = |line: &'static str| {
        let (id, rest) = line.strip_prefix("| [")?.split_once("](")?;
        let (link, title) = rest.split_once(") | ")?;
        assert_eq!(link, format!("{id}.md"), "{id} must link to its own page");
        Some((id, title.strip_suffix(" |")?.replace("\\|", "|")))
    };
    INDEX.lines().filter_map(row).collect()
}

#[test]
fn the_index_lists_every_code_once_with_its_title() {
    let listed = rows();
    let missing: Vec<String> = codes::all()
        .filter(|code| !listed.contains(&(code.id, code.title.to_owned())))
        .map(|code| {
            let title = code.title.replace('|', "\\|");
            format!("| [{id}]({id}.md) | {title} |", id = code.id)
        })
        .collect();
    assert!(
        missing.is_empty(),
        "docs/codes/README.md lacks these rows:\n{}",
        missing.join("\n")
    );
    let known: BTreeMap<&str, &str> = codes::all().map(|code| (code.id, code.title)).collect();
    for row in &listed {
        assert_eq!(
            known.get(row.0),
            Some(&row.1.as_str()),
            "{} is stale",
            row.0
        );
    }
    assert_eq!(listed.len(), known.len(), "a code stands twice");
}

#[test]
fn the_rows_of_a_family_are_in_order() {
    for section in INDEX.split("\n## ") {
        let ids: Vec<&str> = section
            .lines()
            .filter_map(|line| line.strip_prefix("| [")?.split_once(']'))
            .map(|(id, _)| id)
            .collect();
        assert!(ids.is_sorted(), "not in order: {ids:?}");
    }
}
