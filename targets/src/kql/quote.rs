//! Literals and names. Whatever a rule holds, it cannot leave its literal.

use crate::header::is_hidden;
use std::fmt::Write as _;

/// A text as a literal: plain where it is simple, verbatim where it holds backslashes or quotes, escaped where it holds
/// characters that do not print.
pub(crate) fn text(value: &str) -> String {
    if value.chars().any(is_hidden) && !verdict_faults::at("kql/quote/hidden-printed-raw") {
        return escaped(value);
    }
    // What takes the place of a placeholder, `{{field}}`, may hold backslashes too.
    let special =
        value.contains(['\\', '"']) && !verdict_faults::at("kql/quote/backslash-in-plain-literal");
    if special && verdict_faults::at("kql/quote/backslash-doubled") {
        return format!("@'{}'", value.replace('\\', "\\\\").replace('\'', "''"));
    }
    if special && verdict_faults::at("kql/quote/single-quote-not-doubled") {
        return format!("@'{value}'");
    }
    if special || value.contains("{{") {
        return format!("@'{}'", value.replace('\'', "''"));
    }
    format!("\"{value}\"")
}

fn escaped(value: &str) -> String {
    let mut literal = String::from("\"");
    for c in value.chars() {
        match c {
            '"' | '\\' if !verdict_faults::at("kql/quote/escape-not-escaped") => {
                literal.push('\\');
                literal.push(c);
            }
            '\n' if verdict_faults::at("kql/quote/newline-as-space") => literal.push(' '),
            '\n' => literal.push_str("\\n"),
            '\r' if verdict_faults::at("kql/quote/return-as-newline") => literal.push_str("\\n"),
            '\r' => literal.push_str("\\r"),
            '\t' if verdict_faults::at("kql/quote/tab-as-space") => literal.push(' '),
            '\t' => literal.push_str("\\t"),
            c if is_hidden(c) && verdict_faults::at("kql/quote/hidden-in-decimal") => {
                let _ = write!(literal, "\\u{:04}", u32::from(c));
            }
            // Every character that hides is in the basic plane, so four digits are enough.
            c if is_hidden(c) => {
                // Writing to a string does not fail.
                let _ = write!(literal, "\\u{:04x}", u32::from(c));
            }
            c => literal.push(c),
        }
    }
    literal.push('"');
    literal
}

/// A column's name; None if Kusto has no such names.
pub(crate) fn name(name: &str) -> Option<String> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | ' ');
    let reserved = name.starts_with("__") || name.ends_with("__");
    if name.is_empty() || name.len() > 1024 || reserved || !name.chars().all(allowed) {
        return None;
    }
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let starts_bare = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let starts_bare = starts_bare || verdict_faults::at("kql/quote/digit-first-without-brackets");
    let all_bare = name.chars().all(bare) || verdict_faults::at("kql/quote/name-without-brackets");
    let word = is_word(name) && !verdict_faults::at("kql/quote/word-without-brackets");
    if starts_bare && all_bare && !word {
        return Some(name.to_owned());
    }
    Some(format!("['{name}']"))
}

/// Whether Kusto's language has this word, so that a column of the name needs brackets. No word begins with a capital letter.
fn is_word(name: &str) -> bool {
    WORDS
        .split_ascii_whitespace()
        .any(|word| word.eq_ignore_ascii_case(name))
}

/// The words of the language and its management commands, types and constants.
const WORDS: &str = "
    accumulate and anomalychart areachart as asc bagexpansion bag_unpack barchart between bin_legacy bool boolean by byte cachingpolicy
    callout cancel card char cluster columnchart consume contains containscs contains_cs contextual_datatable count cycles database
    dataexport datascope datatable date datetime decimal declare decodeblocks default desc distinct double dynamic earliest encodingpolicy
    endswith endswith_cs evaluate execute expandoutput extend extent_tags_retention externaldata external_data facet false filter find
    first flags float force_remote fork from getschema granny guid harddelete hardretention has has_all has_any has_cs hasprefix
    hasprefix_cs hassuffix hassuffix_cs hotcache id in inline int int16 int32 int64 int8 invoke isfuzzy join journal kind ladderchart
    last latest let like likecs limit linechart long lookup macro make materialize matches mdm missing mv nooptimization not notcontains
    notcontainscs notlike notlikecs null nulls of on opt or order others parse partition pathformat pattern piechart pivotchart plugin
    print project queries query query_parameters query_results range real reduce regex relaxed render restrict restricted_view_access
    row_level_security rowstore rowstore_references rowstore_sealinfo rowstorepolicy rowstores sample sample_distinct scan scatterchart
    seal seals search serialize set shards simple softdelete softretention sort sql stacked stackedareachart startswith startswith_cs
    statistics step storedqueryresultcontainers string summarize table tablepurge take time timechart timeline timepivot timespan title
    to top toscalar totable treemap true typeof uint uint16 uint32 uint64 uint8 ulong union uniqueid unrestrictedviewers verbose view
    viewers views where with with_itemindex with_match_id with_step_name writeaheadlog";
