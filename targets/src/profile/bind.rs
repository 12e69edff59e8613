//! A rule's meaning over the columns of a profile: which table, which conditions, and every reason why not.

mod never_empty;
mod refused;

use crate::profile::bound::Bound;
use crate::profile::derived::Derived;
use crate::profile::holding::{Bindery, Reads};
use crate::profile::mapping::{Mapping, Source, Wanted};
use crate::profile::row::Rows;
use crate::profile::{Profile, wants};
use never_empty::never_empty;
use refused::{no_source, origin_span, two_tables};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;
use verdict_compiler::LogsourceTable;
use verdict_compiler::codes::divergence::OPTIONAL_FIELD;
use verdict_compiler::ir::Expr;
use verdict_compiler::rule::Logsource;
use verdict_compiler::{Code, Ir, Refusal};
use verdict_event::{FieldSchema, FieldType, Path};

pub use refused::missing_field;
pub(crate) use refused::{COLUMN_FOR, no_field};

impl Profile {
    /// A rule's meaning over this profile's columns.
    ///
    /// # Errors
    ///
    /// Every reason why the profile cannot hold what the rule reads; at least one.
    pub fn bind(&self, ir: &Ir) -> Result<Bound, Vec<Refusal>> {
        match &self.mapping {
            None => Ok(Bound::raw(ir)),
            Some(mapping) => bind(mapping, ir, &[]),
        }
    }

    /// The same, with the columns of further fields, which the row of an event holds as well.
    pub(crate) fn bind_with(&self, ir: &Ir, also: &[&Path]) -> Result<Bound, Vec<Refusal>> {
        match &self.mapping {
            None => Ok(Bound::raw(ir)),
            Some(mapping) => bind(mapping, ir, also),
        }
    }
}

/// The table of logsources that comes with the profiles.
pub(crate) fn logsources() -> &'static LogsourceTable {
    static PARSED: OnceLock<LogsourceTable> = OnceLock::new();
    // The table is ours, and a test reads it.
    PARSED.get_or_init(|| LogsourceTable::parse(crate::LOGSOURCES).unwrap_or_default())
}

fn bind(mapping: &Mapping, ir: &Ir, also: &[&Path]) -> Result<Bound, Vec<Refusal>> {
    let taking: Vec<&Source> = mapping
        .sources
        .iter()
        .filter(|source| takes(source, ir))
        .collect();
    if taking.is_empty() {
        return Err(vec![no_source(mapping, ir)]);
    }
    let mut kinds: Vec<(&str, Result<Branch<'_>, Vec<Refusal>>)> = Vec::new();
    for source in taking {
        let at = kinds.iter().position(|(name, _)| *name == source.name);
        let earlier = at.and_then(|at| kinds.get(at));
        if let Some((_, Ok(whole))) = earlier
            && whole.is_whole()
        {
            continue;
        }
        let others: Vec<Derived> = kinds
            .iter()
            .filter_map(|(_, branch)| branch.as_ref().ok())
            .flat_map(|branch| branch.reads.derived.clone())
            .collect();
        let branch = branch(mapping, source, ir, also, others);
        match at.and_then(|at| kinds.get_mut(at)) {
            // One that holds what the rule can do without is better than one that does not.
            Some((_, Ok(_))) if !branch.as_ref().is_ok_and(Branch::is_whole) => {}
            Some((_, earlier)) if branch.is_ok() => *earlier = branch,
            Some(_) => {}
            None => kinds.push((&source.name, branch)),
        }
    }
    let mut branches = Vec::new();
    let mut refusals = Vec::new();
    for (_, branch) in kinds {
        match branch {
            Ok(branch) if branch.detection == Expr::Const(false) => {}
            Ok(branch) => branches.push(branch),
            Err(found) => refusals.extend(found),
        }
    }
    if !refusals.is_empty() {
        return Err(refusals);
    }
    join(mapping, ir, &branches)
}

/// A rule over one source.
struct Branch<'m> {
    source: &'m Source,
    /// What the source's rows satisfy.
    own: Expr,
    /// What the rule looks for, over columns.
    detection: Expr,
    reads: Reads,
}

impl Branch<'_> {
    /// Whether the source holds even what the rule can do without.
    fn is_whole(&self) -> bool {
        !self.reads.codes.contains(&OPTIONAL_FIELD)
    }
}

/// Puts the sources' conditions together: one query reads one table.
fn join(mapping: &Mapping, ir: &Ir, branches: &[Branch<'_>]) -> Result<Bound, Vec<Refusal>> {
    let Some(first) = branches.first() else {
        return Err(vec![no_source(mapping, ir)]);
    };
    let other = branches
        .iter()
        .find(|branch| branch.source.table != first.source.table);
    if let Some(other) = other {
        return Err(vec![two_tables(
            &first.source.table,
            &other.source.table,
            ir,
        )]);
    }
    let from = together(branches);
    if let ("kql", [one, another, ..]) = (mapping.target.as_str(), from.as_slice()) {
        return Err(vec![two_tables(one, another, ir)]);
    }
    let table = mapping.table(&first.source.table);
    let column = |path: &Path| {
        let known = table.and_then(|table| table.column(path.as_str())).cloned();
        known.unwrap_or_else(|| FieldSchema::new(FieldType::Keyword))
    };
    let mut predicate = alternatives(branches);
    if branches.len() > 1
        && branches
            .iter()
            .any(|branch| !branch.reads.derived.is_empty())
    {
        // Which kinds of event there are is asked before anything is computed.
        let kinds = branches
            .iter()
            .map(|branch| wants(mapping, branch.source, table, origin_span(ir)));
        predicate = Expr::all([Expr::any(kinds.collect::<Vec<_>>()), predicate]);
    }
    let mut derived: Vec<Derived> = branches
        .iter()
        .flat_map(|branch| branch.reads.derived.clone())
        .collect();
    derived.sort_by(|left, right| left.name.cmp(&right.name));
    derived.dedup();
    let fields: BTreeMap<Path, FieldSchema> = predicate
        .fields()
        .into_iter()
        .map(|path| {
            let schema = column(&path);
            (path, schema)
        })
        .collect();
    let mut codes: Vec<Code> = branches
        .iter()
        .flat_map(|branch| branch.reads.codes.clone())
        .collect();
    codes.sort();
    codes.dedup();
    let sources: Vec<(&Source, &Reads)> = branches
        .iter()
        .map(|branch| (branch.source, &branch.reads))
        .collect();
    let also = first.reads.also.clone().into_iter().map(|(path, column)| {
        // Every source must hold it in the same column, or no one column does.
        let same = branches
            .iter()
            .all(|branch| branch.reads.also.get(&path) == Some(&column));
        (path, column.filter(|_| same))
    });
    let rows = Rows::new(mapping, ir, &sources, &derived);
    let never_empty = never_empty(ir, &sources, &derived);
    Ok(Bound {
        ir: Ir {
            detection: predicate.clone(),
            predicate,
            origin: ir.origin.clone(),
            fields,
        },
        from,
        rule_indices: first.source.rule_indices,
        time: mapping.time.clone(),
        derived,
        never_empty,
        codes,
        places: places(branches),
        also: also.collect(),
        rows: Some(rows),
    })
}

/// The columns of the sources' conditions that no condition of the rule reads.
fn places(branches: &[Branch<'_>]) -> BTreeSet<Path> {
    let read: BTreeSet<Path> = branches
        .iter()
        .flat_map(|branch| branch.detection.fields())
        .collect();
    let wants = branches.iter().flat_map(|branch| &branch.source.wants);
    let columns = wants.map(|(column, _)| Path::new(column.as_str()));
    columns.filter(|column| !read.contains(column)).collect()
}

/// The conditions of every source; what they have in common is said once.
fn alternatives(branches: &[Branch<'_>]) -> Expr {
    let mut groups: Vec<(&Expr, Vec<Expr>)> = Vec::new();
    for branch in branches {
        let own = branch.own.clone();
        match groups
            .iter_mut()
            .find(|(detection, _)| **detection == branch.detection)
        {
            Some((_, owns)) => owns.push(own),
            None => groups.push((&branch.detection, vec![own])),
        }
    }
    let groups = groups
        .into_iter()
        .map(|(detection, owns)| Expr::all([Expr::any(owns), detection.clone()]));
    Expr::any(groups.collect::<Vec<_>>())
}

/// Everything that the sources' rows are read from, in their order.
fn together(branches: &[Branch<'_>]) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for from in branches.iter().flat_map(|branch| &branch.source.from) {
        if !all.contains(from) {
            all.push(from.clone());
        }
    }
    all
}

fn branch<'m>(
    mapping: &'m Mapping,
    source: &'m Source,
    ir: &Ir,
    also: &[&Path],
    others: Vec<Derived>,
) -> Result<Branch<'m>, Vec<Refusal>> {
    let table = mapping.table(&source.table);
    let mut bindery = Bindery::new(mapping, source, table, ir, others);
    let every = source.categories.iter().any(|category| category == "*");
    let detection = if source.checks || (every && ir.origin.logsource.is_none()) {
        &ir.predicate
    } else {
        &ir.detection
    };
    let detection = bindery.expr(detection);
    for path in also {
        bindery.also(path);
    }
    let (reads, refusals) = bindery.done();
    // A condition that no row of the source meets needs no column.
    if detection == Expr::Const(false) {
        return Ok(Branch {
            source,
            own: Expr::Const(true),
            detection,
            reads,
        });
    }
    if !refusals.is_empty() {
        return Err(refusals);
    }
    let own = wants(mapping, source, table, origin_span(ir));
    Ok(Branch {
        source,
        own,
        detection,
        reads,
    })
}

fn takes(source: &Source, ir: &Ir) -> bool {
    match &ir.origin.logsource {
        Some(logsource) => {
            let known = |logsource: &Logsource| {
                let variants = logsources().variants(logsource);
                !variants.is_empty()
                    && variants
                        .iter()
                        .all(|variant| variant.wants != Expr::Const(true))
            };
            source
                .logsources
                .iter()
                .any(|wanted| wanted.takes(logsource))
                && (!source.checks || known(logsource))
        }
        None => match &ir.origin.category {
            Some(category) => source
                .categories
                .iter()
                .any(|known| known == category || known == "*"),
            None => source.categories.iter().any(|known| known == "*"),
        },
    }
}

impl Wanted {
    /// Whether a logsource has every key that is asked for.
    pub(crate) fn takes(&self, logsource: &Logsource) -> bool {
        let agree =
            |wanted: &Option<String>, have: &Option<String>| wanted.is_none() || wanted == have;
        agree(&self.category, &logsource.category)
            && agree(&self.product, &logsource.product)
            && agree(&self.service, &logsource.service)
    }
}
