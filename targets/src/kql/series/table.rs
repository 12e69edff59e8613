//! The table that a rule over several events reads: its time, what identifies its rows, and conditions as columns.

use crate::kql::columns::Kind;
use crate::kql::{TABLE, TIME, caps, emit, plan, quote};
use crate::profile::{BoundSeries, NeverEmpty, Profile};
use crate::target::Claim;
use std::collections::{BTreeMap, BTreeSet};
use verdict_compiler::codes::target::{KQL_COLUMN_NAME, PROFILE_FIELD};
use verdict_compiler::ir::Series;
use verdict_compiler::{Code, Ir, Refusal, Span};
use verdict_event::{FieldSchema, FieldType, Path};

/// What identifies a row of a table of Azure Monitor.
///
/// Source: Azure Monitor documentation, "Standard columns in Azure Monitor Logs": `_ItemId` holds a unique identifier for the record.
const ITEM: &str = "_ItemId";

/// The column of an event's time. Profile `raw` has the one that tables of Azure Monitor have, whatever the events call it: no column of Kusto is named `@timestamp`.
pub(crate) fn time_column(profile: &Profile) -> Option<String> {
    match &profile.mapping {
        None => Some(TIME.to_owned()),
        Some(mapping) => mapping.time.clone(),
    }
}

/// The column that identifies an event.
pub(crate) fn item_column(profile: &Profile) -> Option<String> {
    match &profile.mapping {
        None => Some(ITEM.to_owned()),
        Some(mapping) => mapping.id.clone(),
    }
}

/// The column that breaks ties of time.
pub(crate) fn tie_column(bound: &BoundSeries) -> Option<&Path> {
    bound.series.order()?.tiebreaker.as_ref()
}

/// The table, and what the query loses of the rule.
pub(crate) struct Table {
    /// Its name.
    name: String,
    /// The steps that compute columns first.
    computed: Vec<String>,
    /// The time's column, as it is written.
    pub(crate) time: String,
    /// The column that identifies an event, as it is written.
    pub(crate) item: String,
    /// What puts rows in order.
    pub(crate) order: String,
    fields: BTreeMap<Path, FieldSchema>,
    /// Columns that hold no empty text, part by part.
    pub(crate) never_empty: NeverEmpty,
    pub(crate) codes: BTreeSet<Code>,
    pub(crate) refusals: Vec<Refusal>,
}

impl Table {
    /// The table of a bound rule.
    pub(crate) fn new(bound: &BoundSeries, profile: &Profile) -> Result<Self, Refusal> {
        let span = bound.series.span();
        let said = |column: Option<String>, what: &str| {
            let column = column.ok_or_else(|| Refusal {
                code: PROFILE_FIELD,
                reason: format!("`{}` does not say which column {what}", profile.name),
                span,
            })?;
            named(&column, span)
        };
        let time = said(time_column(profile), "holds the time of an event (`time`)")?;
        let item = said(item_column(profile), "identifies an event (`id`)")?;
        let tie = tie_column(bound).map(|path| named(path.as_str(), span));
        let tie = tie.transpose()?;
        let order = match &tie {
            None if verdict_faults::at("kql/table/newest-first") => {
                format!("{time} desc, {item} asc")
            }
            None => format!("{time} asc, {item} asc"),
            Some(_) if verdict_faults::at("kql/table/tie-ignored") => {
                format!("{time} asc, {item} asc")
            }
            Some(tie) if verdict_faults::at("kql/table/no-tie-first") => {
                format!("{time} asc, {tie} asc nulls first, {item} asc")
            }
            Some(tie) => format!("{time} asc, {tie} asc nulls last, {item} asc"),
        };
        Ok(Self {
            name: bound
                .from
                .first()
                .map_or_else(|| TABLE.to_owned(), Clone::clone),
            computed: bound.derived.iter().flat_map(emit::computed).collect(),
            time,
            item,
            order,
            fields: bound.series.fields(),
            never_empty: bound.never_empty.clone(),
            codes: bound.codes.iter().copied().collect(),
            refusals: Vec::new(),
        })
    }

    /// The table's name, then a step a line: only rows with a time, computed columns among theirs.
    pub(crate) fn lines(&self) -> Vec<String> {
        let mut lines = vec![self.name.clone()];
        if !verdict_faults::at("kql/table/rows-without-time") {
            lines.push(format!("| where isnotnull({})", self.time));
        }
        lines.extend(self.computed.iter().cloned());
        lines
    }

    /// A condition on single events, all lines but the first indented by so much.
    ///
    /// It may be null where it is not true: what reads it is `where`, `or` and `and` in one, and the predicates of `iff` and `case`, which take what is true alone
    /// (Kusto docs: where-operator, iff-function, case-function).
    pub(crate) fn condition(&mut self, ir: &Ir, indent: usize) -> String {
        let mut planner = plan::Planner::new(&ir.fields);
        let tree = planner.plan(&ir.predicate);
        match caps::claim_of(planner.caps, ir, &self.never_empty.of(ir)) {
            Claim::Exact => {}
            Claim::Diverges(codes) => self.codes.extend(codes),
            Claim::Unsupported(refusals) => self.refusals.extend(refusals),
        }
        emit::condition(&tree, indent)
    }

    /// The kind of a column.
    pub(crate) fn kind(&self, path: &Path) -> Kind {
        self.fields.get(path).map_or(Kind::Text, Kind::of)
    }

    /// Whether a column holds addresses.
    pub(crate) fn is_address(&self, path: &Path) -> bool {
        let field = self.fields.get(path);
        field.is_some_and(|field| field.kind == FieldType::Ip)
    }

    /// A column's name as it is written; an unusable one is refused.
    pub(crate) fn column(&mut self, path: &Path, span: Span) -> String {
        named(path.as_str(), span).unwrap_or_else(|refusal| {
            self.refusals.push(refusal);
            String::new()
        })
    }
}

fn named(column: &str, span: Span) -> Result<String, Refusal> {
    quote::name(column).ok_or_else(|| Refusal {
        code: KQL_COLUMN_NAME,
        reason: format!("`{column}` cannot be the name of a column"),
        span,
    })
}

/// The bound series' own text columns that may hold the empty text in every one of these events.
pub(crate) fn is_series_of_text(series: &Series, path: &Path) -> bool {
    let fields = series.fields();
    let field = fields.get(path);
    field.is_none_or(|field| Kind::of(field) == Kind::Text && field.kind != FieldType::Ip)
}
