//! The steps that each type of correlation takes from rows to those that match.

use crate::correlated::{Member, Part};
use crate::esql::series::correlation::{Writer, new_name};
use crate::esql::series::measure::{Measured, every};
use crate::esql::series::window::{Column, Held, NEVER, Work, beside_ends};
use verdict_compiler::Refusal;
use verdict_compiler::ir::Comparison;
use verdict_compiler::ir::series::{Bound, CorrelationKind};

impl Writer<'_, '_> {
    /// The steps of a part; the condition for a match at a row, and the column that shows why. Behind them the columns that were there are those of the row
    /// at which a window ends.
    pub(super) fn part(
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
            let left_out = usize::from(verdict_faults::at("esql/steps/first-rule-not-asked"));
            conditions.extend(present.skip(left_out));
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
            let before_it = if verdict_faults::at("esql/steps/one-instant-has-an-order") {
                "<="
            } else {
                "<"
            };
            let latest = format!("MAX({begin}) WHERE {at} {before_it} {end}");
            self.slide(timespan, columns, &[(before.clone(), latest)]);
            self.pipe.step(
                "EVAL",
                &format!("{begin} = CASE({member} > 0, COALESCE({before}, {NEVER}), {NEVER})"),
            );
        }
        if verdict_faults::at("esql/steps/ordered-span-excluded") {
            return (format!("{at} - {begin} < {timespan}"), None);
        }
        (format!("{at} - {begin} <= {timespan}"), None)
    }

    /// How many different values: rows of one value each, which are put together again when the window is known.
    pub(super) fn distinct(
        &mut self,
        mut assignments: Vec<String>,
    ) -> Result<String, Vec<Refusal>> {
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
                let most = if verdict_faults::at("esql/steps/first-value-alone") {
                    1
                } else {
                    texts.len()
                };
                let texts = texts.iter().take(most);
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
            &[if verdict_faults::at("esql/steps/missing-value-counts") {
                format!("{values} = COUNT(*)")
            } else {
                format!("{values} = COUNT(*) WHERE {value} != \"-\"")
            }],
            &by,
        );
        let renamed = format!("{} AS {}", self.work.end, self.work.at);
        self.pipe.step("RENAME", &renamed);
        self.pipe
            .step("WHERE", &every(&part.correlation.condition, &values, false));
        Ok(values)
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
