//! What each type of correlation asks of a window.

use crate::caps::Limit;
use crate::correlated::{Correlated, Member, Part, refusal};
use crate::esql::columns::Kind;
use crate::esql::plan::Planner;
use crate::esql::series::group::tag;
use crate::esql::series::measure::{Measured, measured, only};
use crate::esql::series::window::{Column, Held, Pipe, Work};
use crate::esql::version::Dialect;
use crate::esql::{MOST_ROWS, caps, emit, quote, scalar};
use crate::header::{Comment, header};
use crate::profile::BoundSeries;
use crate::target::{Claim, Emitted};
use crate::told_apart::grouped;
use std::collections::{BTreeMap, BTreeSet};
use verdict_compiler::codes::target::ESQL_LIST_TEST;
use verdict_compiler::ir::series::{Correlation, CorrelationKind};
use verdict_compiler::{Refusal, Rule};
use verdict_event::{FieldSchema, Path};

/// Writes a correlation.
pub(super) fn write(
    rule: &Rule,
    correlation: &Correlation,
    bound: &BoundSeries,
    dialect: Dialect,
    index: &str,
) -> Result<Emitted, Vec<Refusal>> {
    let parts = Correlated::of(correlation).map_err(|refusal| vec![refusal])?;
    let fields: BTreeMap<Path, FieldSchema> = bound.series.fields();
    let mut planner = Planner::new(&fields, dialect);
    let mut conditions = Vec::new();
    for counted in &parts.events {
        let tree = planner.plan(&counted.ir.predicate);
        caps::bound(&mut planner.caps, &tree);
        conditions.push(tree);
    }
    let mut taken: BTreeSet<String> = fields.keys().map(|path| path.as_str().to_owned()).collect();
    let mut new = |wanted: &str| new_name(&mut taken, wanted);
    let work = Work {
        at: new("at"),
        end: new("end"),
        home: new("home"),
        bucket: new("bucket"),
        item: new("item"),
        parts: new("parts"),
    };
    let mut writer = Writer {
        correlation,
        parts: &parts,
        conditions: conditions.iter().map(emit::inner).collect(),
        needed: Vec::new(),
        planner,
        taken,
        work,
        groups: Vec::new(),
        tags: None,
        pipe: Pipe::default(),
    };
    let shown = writer.body()?;
    writer.end(shown);
    let needed = std::mem::take(&mut writer.needed);
    let mut codes: BTreeSet<verdict_compiler::Code> = bound.codes.iter().copied().collect();
    let caps = writer.planner.caps;
    for ir in grouped(correlation) {
        match caps::claim(caps.clone(), &ir) {
            Claim::Exact => {}
            Claim::Diverges(more) => codes.extend(more),
            Claim::Unsupported(refusals) => return Err(refusals),
        }
    }
    let codes: Vec<_> = codes.into_iter().collect();
    let some = crate::esql::group::any(conditions, dialect);
    let mut lines = vec![format!("FROM {index}")];
    for derived in &bound.derived {
        lines.push(emit::computed(derived));
    }
    lines.push(format!("| WHERE {}", emit::outer(&some)));
    let needed = needed
        .iter()
        .filter(|_| !verdict_faults::at("esql/correlation/missing-group-counts"));
    lines.extend(needed.map(|test| format!("| WHERE {test}")));
    let header = header(rule, &codes, Comment::SLASHES);
    let steps = writer.pipe.text();
    Ok(Emitted {
        claim: if codes.is_empty() {
            Claim::Exact
        } else {
            Claim::Diverges(codes)
        },
        text: Some(format!("{header}{}\n{steps}", lines.join("\n"))),
    })
}

pub(super) struct Writer<'w, 'c> {
    pub(super) correlation: &'c Correlation,
    pub(super) parts: &'w Correlated<'c>,
    /// For each rule over single events, as an operand.
    pub(super) conditions: Vec<String>,
    /// What else must hold of every event.
    pub(super) needed: Vec<String>,
    pub(super) planner: Planner<'w>,
    pub(super) taken: BTreeSet<String>,
    pub(super) work: Work,
    /// The columns of the group.
    pub(super) groups: Vec<String>,
    /// Where rules have the group in different fields: the column that says of which rule a row is.
    pub(super) tags: Option<String>,
    pub(super) pipe: Pipe,
}

impl Writer<'_, '_> {
    pub(super) fn name(&mut self, wanted: &str) -> String {
        new_name(&mut self.taken, wanted)
    }

    fn body(&mut self) -> Result<Option<String>, Vec<Refusal>> {
        let at = self.work.at.clone();
        let time = quote::name(&self.correlation.order.timestamp.field);
        let mut assignments = vec![format!("{at} = TO_LONG({})", time.unwrap_or_default())];
        self.group(&mut assignments)?;
        if !self.parts.is_chain() && self.correlation.kind == CorrelationKind::ValueCount {
            return self.distinct(assignments).map(Some);
        }
        let mut columns: Vec<(Column, String)> = Vec::new();
        let mut members = Vec::new();
        let by_rules = |part: &Part<'_>| is_of_rules(part.correlation.kind);
        if self.parts.is_chain() || self.parts.parts.iter().all(by_rules) {
            for (index, counted) in self.parts.events.iter().enumerate() {
                let member = Member::Events(index);
                let mut parts = self.parts.parts.iter();
                if !parts.any(|part| by_rules(part) && part.members.contains(&member)) {
                    members.push(String::new());
                    continue;
                }
                let name = new_name(&mut self.taken, counted.name);
                let condition = self.condition(index);
                columns.push((
                    Column {
                        name: name.clone(),
                        held: Held::Whole,
                    },
                    format!("COUNT(*) WHERE {condition}"),
                ));
                members.push(name);
            }
        }
        let mut measures = Vec::new();
        for part in &self.parts.parts {
            let measured = self.measure(part, &mut assignments)?;
            if let Some(measured) = &measured {
                columns.extend(measured.instants.iter().cloned());
            }
            measures.push(measured);
        }
        self.pipe.step("EVAL", &assignments.join(",\n    "));
        if self.tags.is_some() {
            self.untag();
        }
        let terms: Vec<String> = columns
            .iter()
            .map(|(column, aggregate)| format!("{} = {aggregate}", column.name))
            .collect();
        if verdict_faults::at("esql/correlation/last-group-dropped") {
            self.groups.pop();
        }
        let mut by = self.groups.clone();
        by.push(at);
        self.pipe.stats(&terms, &by);
        let mut columns: Vec<Column> = columns.into_iter().map(|(column, _)| column).collect();
        let mut matches: Vec<String> = Vec::new();
        let mut shown = None;
        let last = measures.len().saturating_sub(1);
        for (index, measured) in measures.into_iter().enumerate() {
            let Some(part) = self.parts.parts.get(index) else {
                continue;
            };
            let names: Vec<String> = part
                .members
                .iter()
                .filter_map(|member| match member {
                    Member::Events(at) => members.get(*at).cloned(),
                    Member::Matches(at) => matches.get(*at).cloned(),
                })
                .collect();
            let own: Vec<String> = measured
                .iter()
                .flat_map(|measured| &measured.instants)
                .map(|(column, _)| column.name.clone())
                .collect();
            let (condition, column) = self.part(part, &names, measured, &mut columns);
            columns.retain(|column| !own.contains(&column.name));
            if index == last {
                self.pipe.step("WHERE", &condition);
                shown = column;
            } else {
                let name = self.name(part.name);
                self.pipe
                    .step("EVAL", &format!("{name} = CASE({condition}, 1, 0)"));
                columns.push(Column {
                    name: name.clone(),
                    held: Held::Whole,
                });
                matches.push(name);
            }
        }
        Ok(shown)
    }

    /// The condition of a rule over single events, of rows that know their rule as of others.
    fn condition(&self, index: usize) -> String {
        match &self.tags {
            Some(tags) => format!("{tags} == \"{}\"", tag(index)),
            None => self.conditions.get(index).cloned().unwrap_or_default(),
        }
    }

    /// A field as text.
    pub(super) fn text(&mut self, path: &Path, single: bool) -> Result<String, Vec<Refusal>> {
        let said = self.planner.column(path).and_then(|subject| {
            if single && subject.list {
                let reason = format!(
                    "`{path}` holds lists, and the correlation needs one value of an event"
                );
                return Err(Limit::new(ESQL_LIST_TEST, reason));
            }
            scalar::as_text(&subject)
        });
        said.map(|tree| emit::inner(&tree))
            .map_err(|limit| self.refused(limit))
    }

    /// A field as a number; null where it is none.
    fn number(&mut self, path: &Path) -> Result<String, Vec<Refusal>> {
        let said = self.planner.column(path).and_then(|subject| {
            if subject.list {
                let reason = format!("`{path}` holds lists, whose numbers count one by one");
                return Err(Limit::new(ESQL_LIST_TEST, reason));
            }
            match subject.kind {
                Kind::Text | Kind::Long | Kind::Double
                    if verdict_faults::at("esql/correlation/absolute-numbers") =>
                {
                    Ok(format!("ABS(TO_DOUBLE({}))", emit::inner(&subject.tree)))
                }
                Kind::Text | Kind::Long | Kind::Double => Ok(emit::inner(&subject.tree)),
                Kind::Bool | Kind::Date | Kind::Ip | Kind::Version | Kind::Opaque => {
                    scalar::as_text(&subject).map(|tree| emit::inner(&tree))
                }
            }
        });
        said.map(|text| format!("TO_DOUBLE({text})"))
            .map_err(|limit| self.refused(limit))
    }

    fn refused(&self, limit: Limit) -> Vec<Refusal> {
        vec![Refusal {
            code: limit.code,
            reason: limit.reason,
            span: self.correlation.span,
        }]
    }

    /// The measure of a part; None for those that ask which rules match.
    fn measure(
        &mut self,
        part: &Part<'_>,
        assignments: &mut Vec<String>,
    ) -> Result<Option<Measured>, Vec<Refusal>> {
        let correlation = part.correlation;
        if is_of_rules(correlation.kind) {
            return Ok(None);
        }
        if correlation.kind == CorrelationKind::ValueCount {
            let rule = correlation.rules.first();
            let reason = format!("`{}` counts values within a chain", part.name);
            return Err(rule.map(|rule| refusal(rule, reason)).into_iter().collect());
        }
        let counts = self.parts.is_chain().then(|| {
            let own = part.members.iter().filter_map(|member| match member {
                Member::Events(at) => self.conditions.get(*at).cloned(),
                Member::Matches(_) => None,
            });
            let own: Vec<String> = own.collect();
            if own.is_empty() {
                "false".to_owned()
            } else {
                format!("({})", own.join(" OR "))
            }
        });
        let mut value = String::new();
        if let Some(path) = part.values.first() {
            let number = self.number(path)?;
            value = self.name("value");
            assignments.push(match &counts {
                Some(counts) => format!("{value} = CASE({counts}, {number})"),
                None => format!("{value} = {number}"),
            });
        }
        let taken = &mut self.taken;
        let mut measured = measured(
            correlation.kind,
            &correlation.condition,
            &value,
            counts.as_deref(),
            &mut |wanted| new_name(taken, wanted),
        );
        if let Some(counts) = &counts
            && correlation.kind != CorrelationKind::EventCount
        {
            let each = new_name(taken, "some");
            let column = Column {
                name: each,
                held: Held::Whole,
            };
            measured
                .instants
                .insert(0, (column, only("COUNT(*)", Some(counts))));
        }
        Ok(Some(measured))
    }

    /// What is shown of a match: the end of its window, its group, its measure.
    fn end(&mut self, shown: Option<String>) {
        let time = quote::name("@timestamp").unwrap_or_default();
        let mut assignments = vec![format!("{time} = TO_DATETIME({})", self.work.at)];
        let untagged = self.tags.is_none();
        for (position, column) in self.groups.iter().enumerate() {
            if untagged && self.parts.shared(position).is_none() {
                assignments.push(format!("{column} = SUBSTRING({column}, 2)"));
            }
        }
        for (position, column) in self.groups.iter().enumerate() {
            if untagged && self.parts.shared(position).is_none() {
                let kept = if verdict_faults::at("esql/correlation/group-of-none-kept") {
                    format!("{column} != \"\"")
                } else {
                    format!("{column} != \"-\"")
                };
                self.pipe.step("WHERE", &kept);
            }
        }
        self.pipe.step("EVAL", &assignments.join(",\n    "));
        let mut kept = vec![time.clone()];
        kept.extend(self.groups.iter().cloned());
        kept.extend(shown);
        self.pipe.step("KEEP", &kept.join(", "));
        self.pipe.step("SORT", &time);
        self.pipe.step("LIMIT", &MOST_ROWS.to_string());
    }
}

/// This name as a column's, or one like it if it is taken.
pub(super) fn new_name(taken: &mut BTreeSet<String>, wanted: &str) -> String {
    let letters = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    let mut name: String = wanted.chars().take(60).map(letters).collect();
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        name.insert(0, 'f');
    }
    while !taken.insert(name.clone()) {
        name.push('_');
    }
    quote::name(&name).unwrap_or(name)
}

pub(super) fn is_of_rules(kind: CorrelationKind) -> bool {
    match kind {
        CorrelationKind::Temporal | CorrelationKind::TemporalOrdered => true,
        CorrelationKind::EventCount
        | CorrelationKind::ValueCount
        | CorrelationKind::ValueSum
        | CorrelationKind::ValueAvg
        | CorrelationKind::ValuePercentile(_) => false,
    }
}
