//! Mistakes inside the emitters: each is a site in `targets/src`, off in every other build, and a row of `tests/faults/<language>.toml`.
//!
//! That sites and rows are the same holds in every build. With the feature `faults`, `cargo test --release --features faults --test faults` switches on
//! one mistake after another and asks whether the harness notices: by the packs alone, by rules of our own that
//! use what packs do not, and by the corpora too where `VERDICT_CORPUS` names them.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on says so by panicking"
)]

#[cfg(feature = "faults")]
#[expect(dead_code, reason = "events and what is found are for another test")]
#[path = "semantics/case.rs"]
mod case;
#[cfg(feature = "faults")]
#[path = "faults/cases.rs"]
mod cases;
#[cfg(feature = "faults")]
#[path = "faults/run.rs"]
mod run;
#[path = "faults/tables.rs"]
mod tables;

use std::collections::{BTreeMap, BTreeSet};
use tables::{LANGUAGES, read, root, sites, without};

/// A file that decides or prints, of each language that has it, holds sites.
const DECIDING: &[&str] = &[
    "plan", "quote", "text", "regex", "list", "number", "relate", "group", "keyword", "time",
    "term", "address", "emit", "caps", "series",
];

#[test]
fn every_site_has_its_row_and_every_row_its_site() {
    for (language, _) in LANGUAGES {
        let rows = read(language);
        let mut named: Vec<&str> = rows.iter().map(|row| row.site.as_str()).collect();
        let found = sites(language);
        let mut known: Vec<&str> = found.iter().map(|(site, _)| site.as_str()).collect();
        named.sort_unstable();
        known.sort_unstable();
        assert_eq!(named, known, "{language}: rows and sites");
        for pair in known.windows(2) {
            assert_ne!(pair.first(), pair.last(), "a site is asked in one place");
        }
        for row in &rows {
            let begins = row.site.starts_with(&format!("{language}/"));
            let parts = row.site.split('/').count();
            assert!(begins && parts == 3, "{}: language/file/mistake", row.site);
            assert!(row.mistake.ends_with('.'), "{}: a sentence", row.site);
            assert!(row.known.is_none_or(|known| (1..=32).contains(&known)));
        }
    }
}

#[test]
fn every_known_mistake_has_a_site_or_a_reason() {
    let rows = LANGUAGES.iter().flat_map(|(language, _)| read(language));
    let known: BTreeSet<u32> = rows.filter_map(|row| row.known).collect();
    let without = without();
    for number in 1..=32 {
        let reasons = without.iter().filter(|row| row.known == number).count();
        let expected = usize::from(!known.contains(&number));
        assert_eq!(reasons, expected, "{number}: a row's, or one reason");
    }
    for row in &without {
        assert!((1..=32).contains(&row.known), "{}", row.known);
        assert!(row.mistake.ends_with('.') && row.reason.ends_with('.'));
    }
}

#[test]
fn every_file_that_decides_has_sites() {
    for (language, _) in LANGUAGES {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for (_, file) in sites(language) {
            *counts.entry(file).or_default() += 1;
        }
        for file in DECIDING {
            let place = root().join(format!("targets/src/{language}/{file}.rs"));
            // A series may be a folder of parts.
            let own = format!("targets/src/{language}/{file}");
            let some = counts.keys().any(|name| name.starts_with(&own));
            assert!(!place.is_file() || some, "{own} holds no site");
        }
        let all: usize = counts.values().sum();
        assert!(all >= 60, "{language}: only {all} sites");
    }
}
