//! The columns of a correlation's group.

use crate::correlated::refusal;
use crate::esql::columns::Kind;
use crate::esql::quote;
use crate::esql::series::correlation::{Writer, is_of_rules, new_name};
use std::collections::BTreeSet;
use verdict_compiler::Refusal;
use verdict_compiler::ir::Series;
use verdict_compiler::ir::series::{Correlation, Place, Referenced};
use verdict_event::Path;

impl Writer<'_, '_> {
    /// The columns of the group.
    pub(super) fn group(&mut self, assignments: &mut Vec<String>) -> Result<(), Vec<Refusal>> {
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
            let text = self.text(path, self.parts.is_chain())?;
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
    pub(super) fn untag(&mut self) {
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
        let word = if verdict_faults::at("esql/series-group/some-group-is-enough") {
            " OR "
        } else {
            " AND "
        };
        self.pipe
            .step("WHERE", &format!("{tags} != \"-\" AND {}", same.join(word)));
        let values = differing
            .iter()
            .map(|column| format!("{column} = SUBSTRING({column}, {})", length + 1));
        self.pipe
            .step("EVAL", &values.collect::<Vec<_>>().join(",\n    "));
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
pub(super) fn tag(rule: usize) -> String {
    format!("{rule:03} ")
}

/// Texts as values of one column.
fn appended(values: &[String]) -> String {
    let mut values = values.iter();
    let first = values.next().cloned().unwrap_or_default();
    values.fold(first, |all, value| format!("MV_APPEND({all}, {value})"))
}
