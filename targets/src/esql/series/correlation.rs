//! What each type of correlation asks of a window.

use crate::caps::Limit;
use crate::correlated::{Correlated, Member, Part, refusal};
use crate::esql::columns::Kind;
use crate::esql::plan::Planner;
use crate::esql::series::measure::{Measured, every, measured, only};
use crate::esql::series::window::{Column, Held, NEVER, Pipe, Work, beside_ends};
use crate::esql::version::Dialect;
use crate::esql::{MOST_ROWS, caps, emit, quote, scalar};
use crate::header::{Comment, header};
use crate::profile::BoundSeries;
use crate::target::{Claim, Emitted};
use std::collections::{BTreeMap, BTreeSet};
use verdict_compiler::codes::target::ESQL_LIST_TEST;
use verdict_compiler::ir::Comparison;
use verdict_compiler::ir::Series;
use verdict_compiler::ir::series::{Bound, Correlation, CorrelationKind, Place, Referenced};
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
    let claims = bound.series.events().into_iter();
    let mut codes: BTreeSet<verdict_compiler::Code> = bound.codes.iter().copied().collect();
    let caps = writer.planner.caps;
    for ir in claims {
        match caps::claim(caps.clone(), ir) {
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
    lines.extend(needed.iter().map(|test| format!("| WHERE {test}")));
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

struct Writer<'w, 'c> {
    correlation: &'c Correlation,
    parts: &'w Correlated<'c>,
    /// For each rule over single events, as an operand.
    conditions: Vec<String>,
    /// What else must hold of every event.
    needed: Vec<String>,
    planner: Planner<'w>,
    taken: BTreeSet<String>,
    work: Work,
    /// The columns of the group.
    groups: Vec<String>,
    /// Where rules have the group in different fields: the column that says of which rule a row is.
    tags: Option<String>,
    pipe: Pipe,
}

impl Writer<'_, '_> {
    fn name(&mut self, wanted: &str) -> String {
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
    fn text(&mut self, path: &Path, single: bool) -> Result<String, Vec<Refusal>> {
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

    /// The columns of the group.
    fn group(&mut self, assignments: &mut Vec<String>) -> Result<(), Vec<Refusal>> {
        let positions = 0..self.correlation.group_by.len();
        let shared: Vec<Option<&Path>> = positions.map(|at| self.parts.shared(at)).collect();
        let differing = shared.iter().filter(|path| path.is_none()).count();
        let of_rules = self
            .parts
            .parts
            .iter()
            .all(|part| is_of_rules(part.correlation.kind));
        if differing > 0 && (self.parts.is_chain() || (differing > 1 && !of_rules)) {
            let reason = "the rules have the group in different fields, and an event may match several of them";
            let rule = self.correlation.rules.first();
            return Err(rule.map(|rule| refusal(rule, reason)).into_iter().collect());
        }
        let columns = group_columns(self.correlation);
        self.taken.extend(columns.iter().cloned());
        for (position, (path, column)) in shared.iter().zip(columns).enumerate() {
            let column = quote::name(&column).unwrap_or(column);
            let Some(path) = path else {
                self.aliased(position, column, of_rules, assignments)?;
                continue;
            };
            let text = self.text(path, false)?;
            let field = quote::name(path.as_str()).unwrap_or_default();
            self.needed.push(format!("{field} IS NOT NULL"));
            if text != column {
                assignments.push(format!("{column} = {text}"));
            }
            self.groups.push(column);
        }
        if differing > 0 && of_rules {
            let tags = self.name("rule");
            let each = self.conditions.iter().enumerate();
            let each: Vec<String> = each
                .map(|(index, condition)| format!("CASE({condition}, \"{}\", \"-\")", tag(index)))
                .collect();
            assignments.push(format!("{tags} = {}", appended(&each)));
            self.tags = Some(tags);
        }
        Ok(())
    }

    /// A column of the group that the rules have in different fields: a value for each rule that the event matches. A value begins with its rule where the
    /// rule matters, and with `=` where it does not.
    fn aliased(
        &mut self,
        position: usize,
        column: String,
        tagged: bool,
        assignments: &mut Vec<String>,
    ) -> Result<(), Vec<Refusal>> {
        let mut values = Vec::new();
        for (index, condition) in self.conditions.clone().iter().enumerate() {
            let path = self
                .parts
                .events
                .get(index)
                .and_then(|events| events.group.get(position).copied());
            let Some(path) = path else {
                continue;
            };
            let text = self.text(path, true)?;
            let mark = if tagged { tag(index) } else { "=".to_owned() };
            values.push(format!(
                "COALESCE(CASE({condition}, CONCAT(\"{mark}\", {text})), \"-\")"
            ));
        }
        assignments.push(format!("{column} = {}", appended(&values)));
        if !tagged {
            assignments.push(format!("{column} = MV_DEDUPE({column})"));
        }
        self.groups.push(column);
        Ok(())
    }

    /// A row for each rule and group of an event; of the groups those that are the rule's.
    fn untag(&mut self) {
        let Some(tags) = self.tags.clone() else {
            return;
        };
        let differing: Vec<String> = (0..self.groups.len())
            .filter(|at| self.parts.shared(*at).is_none())
            .filter_map(|at| self.groups.get(at).cloned())
            .collect();
        self.pipe.step("MV_EXPAND", &tags);
        let length = tag(0).len();
        for column in &differing {
            self.pipe.step("MV_EXPAND", column);
        }
        let same = differing
            .iter()
            .map(|column| format!("SUBSTRING({column}, 1, {length}) == {tags}"));
        let same: Vec<String> = same.collect();
        self.pipe.step(
            "WHERE",
            &format!("{tags} != \"-\" AND {}", same.join(" AND ")),
        );
        let values = differing
            .iter()
            .map(|column| format!("{column} = SUBSTRING({column}, {})", length + 1));
        self.pipe
            .step("EVAL", &values.collect::<Vec<_>>().join(",\n    "));
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

    /// The steps of a part; the condition for a match at a row, and the column that shows why. Behind them the columns that were there are those of the row
    /// at which a window ends.
    fn part(
        &mut self,
        part: &Part<'_>,
        members: &[String],
        measured: Option<Measured>,
        columns: &mut Vec<Column>,
    ) -> (String, Option<String>) {
        let timespan = part.correlation.timespan;
        if let Some(measured) = measured {
            let own = measured.instants.first().map(|(column, _)| column.clone());
            if let Some(own) = &own {
                let inner = part
                    .members
                    .iter()
                    .zip(members)
                    .filter(|(member, _)| matches!(member, Member::Matches(_)));
                let mut all = vec![own.name.clone()];
                all.extend(inner.map(|(_, name)| name.clone()));
                if all.len() > 1 {
                    self.pipe
                        .step("EVAL", &format!("{} = {}", own.name, all.join(" + ")));
                }
            }
            self.slide(timespan, columns, &measured.window);
            let condition = match own {
                Some(own) if self.parts.is_chain() => {
                    format!("{} > 0 AND {}", own.name, measured.condition)
                }
                Some(_) | None => measured.condition,
            };
            return (condition, Some(measured.shown));
        }
        if part.correlation.kind == CorrelationKind::TemporalOrdered {
            return self.ordered(members, timespan, columns);
        }
        let within: Vec<(String, String)> = members
            .iter()
            .map(|member| {
                (
                    new_name(&mut self.taken, &format!("all_{member}")),
                    format!("SUM({member})"),
                )
            })
            .collect();
        self.slide(timespan, columns, &within);
        let present = within.iter().map(|(name, _)| format!("{name} > 0"));
        let mut conditions = Vec::new();
        let mut shown = None;
        if asks_for_all(&part.correlation.condition, members.len()) {
            conditions.extend(present);
        } else {
            let rules = self.name("rules");
            let ones = present.map(|test| format!("CASE({test}, 1, 0)"));
            let ones = ones.collect::<Vec<_>>().join(" + ");
            self.pipe.step("EVAL", &format!("{rules} = {ones}"));
            conditions.push(every(&part.correlation.condition, &rules, false));
            shown = Some(rules);
        }
        if self.parts.is_chain() {
            let now = members.iter().map(|member| format!("{member} > 0"));
            conditions.push(format!("({})", now.collect::<Vec<_>>().join(" OR ")));
        }
        (conditions.join(" AND "), shown)
    }

    /// A window that slides: aggregates over it, beside the columns of the row at which it ends.
    fn slide(&mut self, timespan: u64, columns: &[Column], window: &[(String, String)]) {
        beside_ends(&mut self.pipe, &self.work, &self.groups, columns, timespan);
        let Work { at, end, .. } = &self.work;
        let kept = columns
            .iter()
            .map(|column| format!("{0} = MAX({0}) WHERE {at} == {end}", column.name));
        let own = window
            .iter()
            .map(|(name, aggregate)| format!("{name} = {aggregate}"));
        let needs_kept = self.parts.is_chain()
            || window
                .iter()
                .any(|(_, aggregate)| aggregate.contains(" WHERE "));
        let terms: Vec<String> = if needs_kept {
            own.chain(kept).collect()
        } else {
            own.collect()
        };
        let mut by = self.groups.clone();
        by.push(end.clone());
        self.pipe.stats(&terms, &by);
        self.pipe.step("RENAME", &format!("{end} AS {at}"));
    }

    /// The rules in their order: each match carries the latest beginning that leads up to it, a window after the other.
    fn ordered(
        &mut self,
        members: &[String],
        timespan: u64,
        columns: &mut Vec<Column>,
    ) -> (String, Option<String>) {
        let at = self.work.at.clone();
        let begin = self.name("begin");
        let first = members.first().cloned().unwrap_or_default();
        self.pipe.step(
            "EVAL",
            &format!("{begin} = CASE({first} > 0, {at}, {NEVER})"),
        );
        columns.push(Column {
            name: begin.clone(),
            held: Held::Whole,
        });
        let before = self.name("before");
        for member in members.iter().skip(1) {
            let end = self.work.end.clone();
            let latest = format!("MAX({begin}) WHERE {at} < {end}");
            self.slide(timespan, columns, &[(before.clone(), latest)]);
            self.pipe.step(
                "EVAL",
                &format!("{begin} = CASE({member} > 0, COALESCE({before}, {NEVER}), {NEVER})"),
            );
        }
        (format!("{at} - {begin} <= {timespan}"), None)
    }

    /// How many different values: rows of one value each, which are put together again when the window is known.
    fn distinct(&mut self, mut assignments: Vec<String>) -> Result<String, Vec<Refusal>> {
        let Some(part) = self.parts.parts.last() else {
            return Ok(String::new());
        };
        let mut texts = Vec::new();
        for path in &part.values {
            texts.push(self.text(path, true)?);
        }
        let value = self.name("value");
        let tuple = match texts.as_slice() {
            [text] => text.clone(),
            // Lengths keep texts apart that run together the same.
            texts => {
                let texts = texts.iter();
                let texts = texts.map(|text| format!("TO_STRING(LENGTH({text})), \":\", {text}"));
                texts.collect::<Vec<_>>().join(", ")
            }
        };
        // An event without a value ends a window as well.
        assignments.push(format!("{value} = COALESCE(CONCAT(\"=\", {tuple}), \"-\")"));
        self.pipe.step("EVAL", &assignments.join(",\n    "));
        let mut by = self.groups.clone();
        by.extend([self.work.at.clone(), value.clone()]);
        self.pipe.stats(&[], &by);
        let column = Column {
            name: value.clone(),
            held: Held::Text,
        };
        let timespan = part.correlation.timespan;
        beside_ends(
            &mut self.pipe,
            &self.work,
            &self.groups,
            &[column],
            timespan,
        );
        let mut by = self.groups.clone();
        by.extend([self.work.end.clone(), value.clone()]);
        self.pipe.stats(&[], &by);
        let values = self.name("values");
        let mut by = self.groups.clone();
        by.push(self.work.end.clone());
        self.pipe.stats(
            &[format!("{values} = COUNT(*) WHERE {value} != \"-\"")],
            &by,
        );
        let renamed = format!("{} AS {}", self.work.end, self.work.at);
        self.pipe.step("RENAME", &renamed);
        self.pipe
            .step("WHERE", &every(&part.correlation.condition, &values, false));
        Ok(values)
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
                self.pipe.step("WHERE", &format!("{column} != \"-\""));
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

/// The columns of a correlation's group: named as it names them, but for fields that mean something else or are no texts.
pub(crate) fn group_columns(correlation: &Correlation) -> Vec<String> {
    let fields = Series::Correlation(correlation.clone()).fields();
    let mut taken: BTreeSet<String> = fields.keys().map(|path| path.as_str().to_owned()).collect();
    let column = |(position, name): (usize, &String)| {
        let itself = |rule: &Referenced| match rule.group.get(position) {
            Some(Place::Field(path)) => {
                let text = fields
                    .get(path)
                    .is_none_or(|field| Kind::of(field) == Kind::Text);
                text && path.as_str() == name
            }
            Some(Place::Group(_)) => true,
            None => false,
        };
        if correlation.rules.iter().all(itself) {
            name.clone()
        } else {
            new_name(&mut taken, name)
        }
    };
    correlation
        .group_by
        .iter()
        .enumerate()
        .map(column)
        .collect()
}

/// What stands before a value of a rule; all are of one length.
fn tag(rule: usize) -> String {
    format!("{rule:03} ")
}

/// Texts as values of one column.
fn appended(values: &[String]) -> String {
    let mut values = values.iter();
    let first = values.next().cloned().unwrap_or_default();
    values.fold(first, |all, value| format!("MV_APPEND({all}, {value})"))
}

/// This name as a column's, or one like it if it is taken.
fn new_name(taken: &mut BTreeSet<String>, wanted: &str) -> String {
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

fn is_of_rules(kind: CorrelationKind) -> bool {
    match kind {
        CorrelationKind::Temporal | CorrelationKind::TemporalOrdered => true,
        CorrelationKind::EventCount
        | CorrelationKind::ValueCount
        | CorrelationKind::ValueSum
        | CorrelationKind::ValueAvg
        | CorrelationKind::ValuePercentile(_) => false,
    }
}

/// Whether a condition on how many rules match says that all of them do.
fn asks_for_all(condition: &[Bound], rules: usize) -> bool {
    let number = i64::try_from(rules).ok();
    matches!(condition, [bound]
        if bound.comparison == Comparison::GreaterOrEqual
            && !bound.negated
            && bound.number.as_i64() == number)
}
