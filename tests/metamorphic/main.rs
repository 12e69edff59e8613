//! Relations that must hold whatever a rule says: it needs no oracle to see that one is broken.
//!
//! A *relation* is a small function that writes a rule (or an event) otherwise without another meaning: [`relations`] and [`events`]. [`agree::check`] puts
//! the rule and what became of it to every judge, over the events that the harness makes. [`partition`] splits every event three ways by each leaf: it is true,
//! false, or its field is missing. [`identity`] prints trees and reads them back.
//!
//! The rules are those of `packs/`; with `VERDICT_CORPUS` also every so many of the corpus. Each relation has a broken twin below, which the check must catch.

#![expect(
    clippy::expect_used,
    clippy::format_push_string,
    clippy::items_after_statements,
    clippy::only_used_in_recursion,
    clippy::too_many_lines,
    clippy::unnecessary_wraps,
    reason = "a test that cannot go on says so by panicking; relations have one signature and stand beside what they write"
)]

mod agree;
mod broken;
mod eql_text;
mod events;
mod identity;
mod judges;
mod partition;
mod relations;
mod rules;
mod sigma_text;
