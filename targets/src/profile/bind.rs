//! A rule's meaning over the columns of a profile: which table, which conditions, and every reason why not.

use crate::profile::holding::{Bindery, Reads, inline};
use crate::profile::mapping::{Alone, Holding, Mapping, Source, Wanted};
use crate::profile::row::Rows;
use crate::profile::{Profile, wants};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;
use verdict_compiler::LogsourceTable;
use verdict_compiler::codes::divergence::OPTIONAL_FIELD;
use verdict_compiler::codes::target::{PROFILE_FIELD, PROFILE_SOURCE};
use verdict_compiler::ir::{Expr, LeafKind, Term};
use verdict_compiler::rule::Logsource;
use verdict_compiler::{Code, Ir, Refusal, Rule, Span};
use verdict_event::{FieldSchema, FieldType, Path};

/// A rule, bound to the columns of a profile.
#[derive(Clone, Debug)]
pub struct Bound {
    /// What it means over columns: the conditions of its sources and the detection.
    pub ir: Ir,
    /// What a query reads: tables or indices. Empty where the target's own default is meant.
    pub from: Vec<String>,
    /// Whether the rule's own indices come first, where it names some.
    pub rule_indices: bool,
    /// The column that holds the time, if the profile names one.
    pub time: Option<String>,
    /// Columns that the query computes before it looks at them.
    pub derived: Vec<Derived>,
    /// Columns that hold no empty text where a field of the rule has one: they are made of fields in another way.
    pub(crate) never_empty: BTreeSet<Path>,
    /// Divergences that follow from the profile.
    pub codes: Vec<Code>,
    /// Columns that every row has, and that the rule itself does not read: where the profile looks.
    pub(crate) places: BTreeSet<Path>,
    /// The column of each further field that was asked for; None where no one column holds it.
    pub(crate) also: BTreeMap<Path, Option<Path>>,
    /// How events become rows; None where a row is named like the event.
    pub(crate) rows: Option<Rows>,
}

/// A column that a query computes of others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Derived {
    /// Its name, which no column of the table has.
    pub name: Path,
    /// Of what.
    pub from: From,
    /// How it begins, and how the columns begin instead: the query writes it back.
    pub spelled: Vec<(String, String)>,
}

/// What a column is computed of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum From {
    /// Two texts.
    Joined {
        /// What stands before.
        first: Path,
        /// What stands behind.
        second: Path,
        /// What stands between.
        by: String,
        /// What it is where a column is missing; missing itself, if nothing is said.
        alone: Option<Alone>,
    },
    /// A text.
    Column(Path),
    /// What stands behind the last of these in a text; nothing where none does.
    Behind(Path, String),
    /// The text under a key of the object that a column holds, or of which its text is the JSON.
    Key {
        /// The column.
        column: Path,
        /// The key; dots go deeper.
        key: String,
        /// Whether the column holds a text.
        json: bool,
    },
}

impl Derived {
    /// What the columns that it reads hold.
    pub fn kind(&self) -> FieldType {
        match self.from {
            From::Key { json: false, .. } => FieldType::Object,
            From::Joined { .. } | From::Column(_) | From::Key { .. } | From::Behind(..) => {
                FieldType::Keyword
            }
        }
    }

    /// The columns that it reads.
    pub fn parts(&self) -> Vec<&Path> {
        match &self.from {
            From::Joined { first, second, .. } => vec![first, second],
            From::Column(column) | From::Key { column, .. } | From::Behind(column, _) => {
                vec![column]
            }
        }
    }
}

impl Bound {
    /// The rule under its own names, as profile `raw` has it.
    pub(crate) fn raw(ir: &Ir) -> Self {
        Self {
            ir: ir.clone(),
            from: Vec::new(),
            rule_indices: false,
            time: None,
            derived: Vec::new(),
            never_empty: BTreeSet::new(),
            places: BTreeSet::new(),
            codes: Vec::new(),
            also: BTreeMap::new(),
            rows: None,
        }
    }

    /// The same over the rule's own indices, where the profile lets them come first and the rule names some.
    pub(crate) fn of_indices(mut self, rule: &Rule) -> Self {
        let indices = rule
            .metadata
            .data
            .indices
            .iter()
            .map(|index| index.value.clone());
        let indices: Vec<String> = indices.filter(|_| self.rule_indices).collect();
        if !indices.is_empty() {
            self.from = indices;
        }
        self
    }

    /// The same with computed columns written out where they are read, for languages that compute none.
    pub(crate) fn inlined(&self) -> Ir {
        if self.derived.is_empty() {
            return self.ir.clone();
        }
        let predicate = self
            .ir
            .predicate
            .map_leaves(&mut |leaf| inline(leaf, &self.derived));
        let keyword = || FieldSchema::new(FieldType::Keyword);
        let known = |path: Path| {
            let field = self.ir.fields.get(&path).cloned().unwrap_or_else(keyword);
            (path, field)
        };
        Ir {
            fields: predicate.fields().into_iter().map(known).collect(),
            detection: predicate.clone(),
            predicate,
            origin: self.ir.origin.clone(),
        }
    }

    /// Every column of the table that the query reads beside those of [`Bound::ir`].
    pub(crate) fn parts(&self) -> impl Iterator<Item = &Path> {
        self.derived.iter().flat_map(Derived::parts)
    }

    /// Whether a field of [`Bound::ir`] is computed by the query.
    pub(crate) fn is_derived(&self, path: &Path) -> bool {
        self.derived.iter().any(|derived| derived.name == *path)
    }
}

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
    let table = mapping.tables.get(&first.source.table);
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

fn two_tables(one: &str, other: &str, ir: &Ir) -> Refusal {
    Refusal {
        code: PROFILE_SOURCE,
        reason: format!(
            "the rule's events are in `{one}` and in `{other}`, and one query reads one of them"
        ),
        span: origin_span(ir),
    }
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

/// Columns that become empty only where all of a field is missing.
fn never_empty(ir: &Ir, sources: &[(&Source, &Reads)], derived: &[Derived]) -> BTreeSet<Path> {
    let mut never = BTreeSet::new();
    let mut plain = BTreeSet::new();
    let path = |column: &String| Path::new(column.as_str());
    for (_, reads) in sources {
        for (field, holding) in &reads.fields {
            let Some(holding) = holding else {
                continue;
            };
            // No address, number or date is the empty text, whatever the column could hold.
            let textual = ir.fields.get(field).is_none_or(|known| {
                matches!(
                    known.kind,
                    FieldType::Keyword | FieldType::Text | FieldType::Version
                )
            });
            match holding {
                Holding::Column(column) if !textual => {
                    never.insert(path(column));
                }
                Holding::Column(column)
                | Holding::Values { column, .. }
                | Holding::Last { column, .. }
                | Holding::Behind { column, .. } => {
                    plain.insert(path(column));
                }
                Holding::Inside(inside) => {
                    plain.insert(path(&inside.column));
                }
                Holding::Labelled(columns) => {
                    never.extend(columns.iter().map(|(_, column)| path(column)));
                }
                Holding::Registry(registry) => {
                    never.extend([path(&registry.data), path(&registry.kind)]);
                }
                Holding::Joined(_) | Holding::Constant(_) | Holding::Assumed(_) => {}
            }
        }
    }
    let of_parts = derived
        .iter()
        .filter(|derived| matches!(derived.from, From::Joined { .. } | From::Behind(..)));
    never.extend(of_parts.map(|derived| derived.name.clone()));
    never.retain(|column| !plain.contains(column));
    never.extend(plain.into_iter().filter(|column| {
        let mut sources = sources.iter();
        sources.all(|(_, reads)| needs_an_end(ir, reads, column))
    }));
    never
}

/// Whether the rule matches no event in which a column that is empty leaves nothing behind its last separator.
fn needs_an_end(ir: &Ir, reads: &Reads, column: &Path) -> bool {
    let ends = |path: &Path| {
        let held = reads.fields.get(path).and_then(Option::as_ref);
        matches!(held, Some(Holding::Behind { column: of, .. }) if of == column.as_str())
    };
    let without = ir.predicate.map_leaves(&mut |leaf| match &leaf.kind {
        LeafKind::Is {
            term: Term::Field(path),
            ..
        }
        | LeafKind::Present(path)
            if ends(path) =>
        {
            Expr::Const(false)
        }
        LeafKind::Missing(Term::Field(path)) if ends(path) => Expr::Const(true),
        LeafKind::Is { .. }
        | LeafKind::Relate { .. }
        | LeafKind::Missing(_)
        | LeafKind::Present(_)
        | LeafKind::AnyText(_) => Expr::Leaf(leaf.clone()),
    });
    without == Expr::Const(false)
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
    let table = mapping.tables.get(&source.table);
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

fn origin_span(ir: &Ir) -> Span {
    ir.origin
        .logsource
        .as_ref()
        .map_or_else(Span::default, |logsource| logsource.span)
}

fn no_source(mapping: &Mapping, ir: &Ir) -> Refusal {
    let what = match (&ir.origin.logsource, &ir.origin.category) {
        (Some(logsource), _) => {
            let parts = [
                ("product", &logsource.product),
                ("category", &logsource.category),
                ("service", &logsource.service),
            ];
            let said: Vec<String> = parts
                .into_iter()
                .filter_map(|(key, value)| Some(format!("{key}: {}", value.as_ref()?)))
                .collect();
            format!("the logsource {{{}}}", said.join(", "))
        }
        (None, Some(category)) => {
            format!("events of the category `{category}` that this rule asks for")
        }
        (None, None) => "events of every category, as `any where` asks for".to_owned(),
    };
    Refusal {
        code: PROFILE_SOURCE,
        reason: format!(
            "no table of `{}:{}` holds {what}",
            mapping.target, mapping.name
        ),
        span: origin_span(ir),
    }
}

/// The field that a profile has no column for, if that is what a refusal says.
pub fn missing_field(refusal: &Refusal) -> Option<&str> {
    let (_, field) = refusal.reason.split_once(COLUMN_FOR)?;
    (refusal.code == PROFILE_FIELD).then(|| field.split('`').next())?
}

/// What stands before the field in such a refusal.
pub(crate) const COLUMN_FOR: &str = " column for `";

/// The refusal of a field that no column of a source holds.
pub(crate) fn no_field(mapping: &Mapping, source: &Source, path: &Path, span: Span) -> Refusal {
    Refusal {
        code: PROFILE_FIELD,
        reason: format!(
            "`{}:{}` has no{COLUMN_FOR}{path}` in `{}`",
            mapping.target, mapping.name, source.table
        ),
        span,
    }
}
