//! `join`. Kusto docs: join-operator, and one page a flavor.

use super::{Part, Run};
use crate::QueryError;
use crate::kql::ast::JoinKind;
use crate::kql::relation::{Join, Record};
use std::collections::{HashMap, HashSet};

/// The joined rows, in the order of the left ones and then of the right ones (the vendor's order is not defined).
///
/// Assumed: a null key matches nothing, as `null == null` is not true.
pub(super) fn join(
    join: &Join,
    left: &[Record],
    right: &[Record],
    run: &Run<'_>,
) -> Result<Vec<Record>, QueryError> {
    let mut places: HashMap<Vec<Part>, Vec<&Record>> = HashMap::new();
    for row in right {
        let key = Part::key(row, &join.right_keys);
        if !key.contains(&Part::Null) || verdict_faults::at("kql/engine/null-keys-join") {
            places.entry(key).or_default().push(row);
        }
    }
    let mut seen = HashSet::new();
    let mut out = Vec::new();
    for row in left {
        let key = Part::key(row, &join.left_keys);
        let found = places.get(&key).map_or(&[][..], Vec::as_slice);
        match join.kind {
            // Kusto docs: join-innerunique: the left side keeps one row a key; which one is not defined, here the first.
            JoinKind::InnerUnique => {
                if !seen.insert(key) {
                    continue;
                }
                pairs(row, found, &mut out, run)?;
            }
            JoinKind::LeftOuter if found.is_empty() => {
                pairs(row, &[&join.missing], &mut out, run)?;
            }
            JoinKind::Inner | JoinKind::LeftOuter => pairs(row, found, &mut out, run)?,
            JoinKind::LeftAnti => {
                if found.is_empty() {
                    out.push(row.clone());
                }
            }
            JoinKind::LeftSemi => {
                if !found.is_empty() {
                    out.push(row.clone());
                }
            }
        }
    }
    Ok(out)
}

fn pairs(
    left: &Record,
    right: &[&Record],
    out: &mut Vec<Record>,
    run: &Run<'_>,
) -> Result<(), QueryError> {
    for other in right {
        run.count(left.len() + other.len())?;
        let mut row = left.clone();
        row.extend(other.iter().cloned());
        out.push(row);
    }
    Ok(())
}
