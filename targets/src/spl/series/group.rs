//! The columns of a correlation's group.

use crate::correlated::refusal;
use crate::spl::quote;
use crate::spl::series::correlation::Writer;
use crate::spl::series::pipe::{Names, is_plain};
use verdict_compiler::Refusal;
use verdict_compiler::ir::Series;
use verdict_compiler::ir::series::{Correlation, Place, Referenced};
use verdict_event::Path;

impl Writer<'_, '_> {
    /// The columns of the group. Where rules have it in different fields of which more than one matters, or a row must know its rule: the columns that tell
    /// them apart.
    pub(super) fn group(
        &mut self,
        correlation: &Correlation,
        shared: &[Option<&Path>],
    ) -> Result<Option<Tags>, Vec<Refusal>> {
        let differing = shared.iter().filter(|path| path.is_none()).count();
        let tagged = differing > 0 && self.rules_only();
        if differing > 1 && !tagged || differing > 0 && self.parts.is_chain() {
            let rule = correlation.rules.first();
            let refusal = rule.map(|rule| {
                let reason = "the rules have the group in different fields, and an event may match several of them";
                refusal(rule, reason)
            });
            return Err(refusal.into_iter().collect());
        }
        let mut tags = Tags::default();
        let columns = group_columns(correlation);
        for column in &columns {
            self.names.take(column);
        }
        for (position, (path, column)) in shared.iter().zip(columns).enumerate() {
            if let Some(path) = path {
                let field = quote::eval_field(path.as_str());
                self.events.push(format!("{column}=mvdedup({field})"));
                self.groups.push(column);
                continue;
            }
            let values = self.parts.events.iter().zip(&self.flags).enumerate();
            let values: Vec<String> = values
                .filter_map(|(index, (counted, flag))| {
                    let field = quote::eval_field(counted.group.get(position)?.as_str());
                    let value = if tagged {
                        format!("mvmap({field}, \"{}\".{field})", tag(index))
                    } else {
                        field
                    };
                    Some(format!("if({flag}=1, {value}, null())"))
                })
                .collect();
            self.events
                .push(format!("{column}=mvdedup(mvappend({}))", values.join(", ")));
            tags.columns.push(column.clone());
            self.groups.push(column);
        }
        if !tagged {
            return Ok(None);
        }
        tags.rule = self.names.new_name("rule");
        let rules = self.flags.iter().enumerate();
        let rules: Vec<String> = rules
            .map(|(index, flag)| format!("if({flag}=1, \"{}\", null())", tag(index)))
            .collect();
        self.events
            .push(format!("{}=mvappend({})", tags.rule, rules.join(", ")));
        Ok(Some(tags))
    }

    /// A row for each rule and group of an event, of the groups those that are the rule's.
    pub(super) fn untag(&mut self, correlation: &Correlation, tags: &Tags) {
        let mut by = vec![self.at.clone(), tags.rule.clone()];
        by.extend(self.groups.iter().cloned());
        self.pipe.aggregate("stats", &["count".to_owned()], &by);
        let length = tag(correlation.rules.len()).len();
        let word = if verdict_faults::at("spl/series-group/some-group-is-enough") {
            " OR "
        } else {
            " AND "
        };
        let same = tags
            .columns
            .iter()
            .map(|column| format!("substr({column}, 1, {length})={}", tags.rule));
        self.pipe
            .step("where", &same.collect::<Vec<_>>().join(word));
        let values = tags
            .columns
            .iter()
            .map(|column| format!("{column}=substr({column}, {})", length + 1));
        let flags = self.flags.iter().enumerate();
        let flags =
            flags.map(|(index, flag)| format!("{flag}=if({}=\"{}\", 1, 0)", tags.rule, tag(index)));
        let assignments: Vec<String> = values.chain(flags).collect();
        self.pipe.eval(&assignments);
    }
}

/// The columns of a correlation's group: named as it names them, but for what would have to be quoted and for fields that mean something else.
pub(crate) fn group_columns(correlation: &Correlation) -> Vec<String> {
    let series = Series::Correlation(correlation.clone());
    let fields = series.fields();
    let mut names = Names::without(fields.keys().map(|path| path.as_str().to_owned()));
    let column = |(position, name): (usize, &String)| {
        let itself = |rule: &Referenced| match rule.group.get(position) {
            Some(Place::Field(path)) => path.as_str() == name,
            Some(Place::Group(_)) => true,
            None => false,
        };
        if is_plain(name) && correlation.rules.iter().all(itself) {
            name.clone()
        } else {
            names.new_name(name)
        }
    };
    correlation
        .group_by
        .iter()
        .enumerate()
        .map(column)
        .collect()
}

/// Columns of groups whose values begin with the rule that they belong to.
#[derive(Debug, Default)]
pub(super) struct Tags {
    rule: String,
    columns: Vec<String>,
}

/// What stands before a value of a rule; all are of one length.
fn tag(rule: usize) -> String {
    format!("{rule:03} ")
}
