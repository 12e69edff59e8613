//! A correlation as a join of its events with the windows that end at them.
//!
//! Kusto joins by equality only, so time is cut into slices as long as a window: an event stands in its own slice and in the next one, and a window looks at the slice
//! of its end. That is the documented way to join by time, and finds each event of a window once.
//!
//! Source: Kusto documentation, "Perform time-window joins".

use super::chain;
use super::table::{Table, is_series_of_text};
use crate::correlated::grouped_by;
use crate::kql::columns::Kind;
use crate::kql::{EVENTS, quote};
use crate::told_apart::{can_be_empty, measures_empty_group};
use verdict_compiler::Refusal;
use verdict_compiler::codes::divergence::EMPTY_IS_MISSING;
use verdict_compiler::codes::target::{SERIES_GROUPS, SERIES_KEY, SERIES_SIZE};
use verdict_compiler::ir::Series;
use verdict_compiler::ir::series::print::duration;
use verdict_compiler::ir::series::{
    Bound, Correlation, CorrelationKind, Matches, Percent, Place, Referenced,
};
use verdict_event::Number;

/// The longest window, in milliseconds.
const LONGEST: u64 = 366 * 86_400_000;

/// The query of a correlation in the making.
pub(crate) struct Windows {
    pub(crate) table: Table,
    /// The statements before the last.
    lets: Vec<String>,
    /// How many tables of events have a name.
    tables: usize,
}

/// What the text calls the parts of one correlation.
pub(crate) struct Names<'c> {
    pub(crate) correlation: &'c Correlation,
    /// The table of its events.
    pub(crate) hits: String,
    /// The columns of the group, as they are written.
    pub(crate) groups: Vec<String>,
    /// How long a window is.
    pub(crate) span: String,
}

impl Names<'_> {
    /// A list of columns that begins with those of the group.
    pub(crate) fn with(&self, others: &[&str]) -> String {
        let groups = self.groups.iter().map(String::as_str);
        groups
            .chain(others.iter().copied())
            .collect::<Vec<_>>()
            .join(", ")
    }
}

impl Windows {
    /// The query of a correlation over a table.
    pub(crate) fn new(table: Table) -> Self {
        Self {
            table,
            lets: Vec::new(),
            tables: 0,
        }
    }

    /// The whole text behind the header.
    pub(crate) fn query(&mut self, correlation: &Correlation) -> String {
        let body = self.windows(correlation, 0);
        let time = self.table.time.clone();
        let groups = groups(correlation);
        let mut shown = vec![format!("{time} = _End")];
        shown.extend(groups.into_iter().filter(|group| *group != time));
        if correlation.kind != CorrelationKind::TemporalOrdered {
            shown.push(MEASURE.to_owned());
        }
        if tells_events(correlation) {
            shown.push(EVENTS.to_owned());
        }
        let mut text = explained(correlation);
        for statement in &self.lets {
            text.push_str(statement);
            text.push_str(";\n");
        }
        text.push_str(&body.join("\n"));
        text + "\n| project " + &shown.join(", ") + "\n"
    }

    /// The steps that find the windows of a correlation: rows of `_End`, the group, what is measured and the events.
    fn windows(&mut self, correlation: &Correlation, depth: usize) -> Vec<String> {
        if let Some(tie) = &correlation.order.tiebreaker {
            self.table.refusals.push(Refusal {
                code: SERIES_SIZE,
                reason: format!("`{tie}` orders events of one instant; `native` can say it"),
                span: correlation.span,
            });
        }
        if correlation.timespan > LONGEST {
            self.table.refusals.push(Refusal {
                code: SERIES_SIZE,
                reason: "a window of more than a year; `native` can say it".to_owned(),
                span: correlation.span,
            });
        }
        self.note_empty(correlation);
        self.tables += 1;
        let number = self.tables;
        let mut branches = Vec::new();
        for (rule, place) in correlation.rules.iter().zip(1..) {
            branches.push(self.branch(correlation, rule, place, depth));
        }
        let hits = format!("Hits{number}");
        let union = match branches.as_slice() {
            [one] => one.join("\n    "),
            several => {
                let each = several
                    .iter()
                    .map(|branch| format!("({})", branch.join("\n        ")));
                format!(
                    "union\n        {}",
                    each.collect::<Vec<_>>().join(",\n        ")
                )
            }
        };
        self.lets
            .push(format!("let {hits} = materialize(\n    {union}\n)"));
        let mut groups = groups(correlation);
        if verdict_faults::at("kql/windows/last-group-dropped") {
            groups.pop();
        }
        let longer = u64::from(verdict_faults::at("kql/windows/timespan-longer"));
        let names = Names {
            correlation,
            hits,
            groups,
            span: duration(correlation.timespan + longer),
        };
        if correlation.kind == CorrelationKind::TemporalOrdered {
            chain::steps(&names)
        } else {
            Self::joined(&names)
        }
    }

    /// The events of a rule: a row each, with the group and the value that is measured.
    fn branch(
        &mut self,
        correlation: &Correlation,
        rule: &Referenced,
        place: usize,
        depth: usize,
    ) -> Vec<String> {
        let labels = groups(correlation);
        match &rule.matches {
            Matches::Events(ir) => {
                let mut lines = self.table.lines();
                let condition = self.table.condition(ir, 12);
                lines.push(format!("| where {condition}"));
                let mut shown = vec![
                    format!("_Rule = {place}"),
                    format!("_Time = {}", self.table.time),
                    format!("_Item = {}", self.table.item),
                ];
                let mut given = Vec::new();
                for (label, at) in labels.iter().zip(&rule.group) {
                    let text = self.text(rule, at);
                    given.push(format!("isnotempty({text})"));
                    shown.push(format!("{label} = {text}"));
                }
                if !given.is_empty() && !verdict_faults::at("kql/windows/missing-group-counts") {
                    lines.push(format!("| where {}", given.join(" and ")));
                }
                if let Some(value) = self.value(correlation, rule) {
                    shown.push(format!("_Value = {value}"));
                }
                lines.push(format!("| project {}", shown.join(", ")));
                lines
            }
            Matches::Correlation(inner) => {
                let found = self.windows(inner, depth + 1);
                let name = format!("Matches{}", self.lets.len());
                self.lets
                    .push(format!("let {name} = {}", found.join("\n    ")));
                let own = groups(inner);
                let identity: Vec<&str> = std::iter::once("tostring(_End)")
                    .chain(own.iter().map(String::as_str))
                    .collect();
                let mut shown = vec![
                    format!("_Rule = {place}"),
                    "_Time = _End".to_owned(),
                    format!(
                        "_Item = tostring(pack_array({place}, {}))",
                        identity.join(", ")
                    ),
                ];
                for (label, at) in labels.iter().zip(&rule.group) {
                    let text = self.inner(rule, at, inner);
                    shown.push(format!("{label} = {text}"));
                }
                if !rule.values.is_empty() {
                    let places: Vec<String> = rule
                        .values
                        .iter()
                        .map(|at| self.inner(rule, at, inner))
                        .collect();
                    shown.push(format!("_Value = {}", measured(correlation.kind, &places)));
                }
                vec![name, format!("| project {}", shown.join(", "))]
            }
        }
    }

    /// A field of an event as the text that groups it.
    fn text(&mut self, rule: &Referenced, place: &Place) -> String {
        let Place::Field(path) = place else {
            return self.refuse_place(rule);
        };
        let column = self.table.column(path, rule.span);
        match self.table.kind(path) {
            Kind::Text => column,
            Kind::Long | Kind::Real | Kind::Bool | Kind::Date => format!("tostring({column})"),
            Kind::List { .. } | Kind::Opaque => {
                self.table.refusals.push(Refusal {
                    code: SERIES_KEY,
                    reason: format!("`{path}` may hold several values; `native` can group by each"),
                    span: rule.span,
                });
                column
            }
        }
    }

    /// A value of a match of an inner correlation: one of its group.
    fn inner(&mut self, rule: &Referenced, place: &Place, inner: &Correlation) -> String {
        let at = match place {
            Place::Group(at) => Some(*at),
            Place::Field(_) => grouped_by(inner, place),
        };
        let own = at.and_then(|at| groups(inner).into_iter().nth(at));
        own.unwrap_or_else(|| self.refuse_place(rule))
    }

    fn refuse_place(&mut self, rule: &Referenced) -> String {
        self.table.refusals.push(Refusal {
            code: SERIES_GROUPS,
            reason: format!(
                "a field of the last event of `{}`'s matches is asked for, and only their group is kept; `native` can say it",
                rule.name
            ),
            span: rule.span,
        });
        String::new()
    }

    fn value(&mut self, correlation: &Correlation, rule: &Referenced) -> Option<String> {
        if rule.values.is_empty() {
            return None;
        }
        let texts: Vec<String> = rule.values.iter().map(|at| self.text(rule, at)).collect();
        Some(measured(correlation.kind, &texts))
    }

    /// The join of windows and events, and what is measured of each window.
    fn joined(names: &Names<'_>) -> Vec<String> {
        let correlation = names.correlation;
        let span = &names.span;
        let (of_end, of_event) = if correlation.timespan == 0 {
            ("_End".to_owned(), "pack_array(_Time)".to_owned())
        } else {
            (
                format!("bin(_End, {span})"),
                if verdict_faults::at("kql/windows/tumbling") {
                    format!("pack_array(bin(_Time, {span}))")
                } else {
                    format!("pack_array(bin(_Time, {span}), bin(_Time, {span}) + {span})")
                },
            )
        };
        let mut lines = vec![
            names.hits.clone(),
            format!("| project {}", names.with(&["_End = _Time"])),
            format!("| distinct {}", names.with(&["_End"])),
            format!("| extend _Slice = {of_end}"),
            "| join kind=inner (".to_owned(),
            format!("    {}", names.hits),
            format!("    | extend _Slice = {of_event}"),
            "    | mv-expand _Slice to typeof(datetime)".to_owned(),
            format!("    ) on {}", names.with(&["_Slice"])),
            match span {
                _ if verdict_faults::at("kql/windows/later-events-count") => {
                    format!("| where _Time >= _End - {span}")
                }
                _ if verdict_faults::at("kql/windows/start-excluded") => {
                    format!("| where _Time <= _End and _Time > _End - {span}")
                }
                _ if verdict_faults::at("kql/windows/end-excluded") => {
                    format!("| where _Time < _End and _Time >= _End - {span}")
                }
                _ => format!("| where _Time <= _End and _Time >= _End - {span}"),
            },
        ];
        if correlation.rules.len() > 1 && !verdict_faults::at("kql/windows/event-counted-twice") {
            lines.extend(once(names));
        }
        let by_value = matches!(correlation.kind, CorrelationKind::ValuePercentile(_));
        let order = if by_value {
            "_Value asc"
        } else {
            "_Time asc, _Item asc"
        };
        lines.push(format!("| sort by {order}"));
        let mut totals = vec![total(correlation)];
        if correlation.kind.measures_numbers() {
            totals.push("_Numbers = countif(isnotnull(_Value))".to_owned());
        }
        if tells_events(correlation) {
            totals.push(format!("{EVENTS} = make_list(_Item)"));
        }
        lines.push(format!(
            "| summarize {} by {}",
            totals.join(", "),
            names.with(&["_End"])
        ));
        if correlation.kind.measures_numbers()
            && !verdict_faults::at("kql/windows/no-number-measured")
        {
            lines.push("| where _Numbers > 0".to_owned());
        }
        if let CorrelationKind::ValuePercentile(Percent(percent)) = correlation.kind {
            let up = if verdict_faults::at("kql/windows/percentile-rounded-down") {
                0
            } else {
                99
            };
            // The smallest value that at least so many percent do not exceed.
            lines.push(format!(
                "| extend {MEASURE} = todouble(_Sorted[toint(max_of(({percent} * _Numbers + {up}) / 100, 1) - 1)])"
            ));
        }
        let bounds = correlation.condition.iter().map(compared);
        lines.push(format!(
            "| where {}",
            bounds.collect::<Vec<_>>().join(" and ")
        ));
        lines
    }

    /// An empty text groups and counts in the rule, and is none in the table.
    fn note_empty(&mut self, correlation: &Correlation) {
        let series = Series::Correlation(correlation.clone());
        let numbers = correlation.kind.measures_numbers();
        let shows = |rule: &Referenced, place: &Place| {
            let (Matches::Events(ir), Some(path)) = (&rule.matches, place.field()) else {
                return false;
            };
            is_series_of_text(&series, path)
                && !self.table.never_empty.of(ir).contains(path)
                && can_be_empty(ir, path)
        };
        let joins = |rule: &Referenced, place: &Place| {
            shows(rule, place) && measures_empty_group(correlation.kind, rule, place)
        };
        let groups = |at: usize| {
            let of_group = |rule: &&Referenced| {
                let place = rule.group.get(at);
                // What an inner correlation finds may stand in an empty group, for all that is known here.
                matches!(rule.matches, Matches::Correlation(_))
                    || place.is_some_and(|place| joins(rule, place))
            };
            correlation.rules.iter().filter(of_group).count()
        };
        let of_groups = correlation.rules.iter().any(|rule| {
            let mut group = rule.group.iter().enumerate();
            group.any(|(at, place)| joins(rule, place) && suffice(correlation, groups(at)))
        });
        let of_values = correlation.rules.iter().any(|rule| {
            let mut values = rule.values.iter();
            !numbers && values.any(|place| shows(rule, place))
        });
        if (of_groups || of_values) && !verdict_faults::at("kql/windows/empty-group-claims-exact") {
            self.table.codes.insert(EMPTY_IS_MISSING);
        }
    }
}

/// Whether a group can satisfy a correlation in which events of so many of its rules stand.
fn suffice(correlation: &Correlation, rules: usize) -> bool {
    match correlation.kind {
        CorrelationKind::TemporalOrdered => rules == correlation.rules.len(),
        CorrelationKind::Temporal => (1..=rules).any(|count| {
            let count = Number::from(i64::try_from(count).unwrap_or(i64::MAX)).decimal();
            correlation.condition.iter().all(|bound| {
                let order = count.cmp(&bound.number.decimal());
                bound.comparison.accepts(order) != bound.negated
            })
        }),
        CorrelationKind::EventCount
        | CorrelationKind::ValueCount
        | CorrelationKind::ValueSum
        | CorrelationKind::ValueAvg
        | CorrelationKind::ValuePercentile(_) => rules > 0,
    }
}

/// What the query calls what it measures.
pub(crate) const MEASURE: &str = "Measure";

/// The lines of comment that tell how the query works.
fn explained(correlation: &Correlation) -> String {
    let how = match correlation.kind {
        CorrelationKind::TemporalOrdered => {
            "\
// In the order of time, `scan` keeps for each rule but the last the latest chain of events that ends with it (_Chain),\n\
// and what that was before the present instant (_ChainBefore), since events of one instant have no order.\n"
        }
        CorrelationKind::EventCount
        | CorrelationKind::ValueCount
        | CorrelationKind::Temporal
        | CorrelationKind::ValueSum
        | CorrelationKind::ValueAvg
        | CorrelationKind::ValuePercentile(_) => {
            "\
// A window ends at each of them (_End) and goes back by the timespan; to join it with the events in it, time is cut\n\
// into slices of that length (_Slice).\n"
        }
    };
    format!("// A correlation: Hits are the events of its rules (_Rule: which).\n{how}")
}

/// Whether rows list the events of a match: not where a match is made of matches.
pub(crate) fn tells_events(correlation: &Correlation) -> bool {
    let of_events = |rule: &Referenced| matches!(rule.matches, Matches::Events(_));
    let mut values = correlation.rules.iter().map(|rule| &rule.values);
    let first = values.next();
    // An event that two rules count by different fields would be told twice, and what is in the order of values is not in that of time.
    if matches!(correlation.kind, CorrelationKind::ValuePercentile(_)) {
        return false;
    }
    let alike = correlation.kind != CorrelationKind::ValueCount
        || values.all(|values| Some(values) == first);
    alike && correlation.rules.iter().all(of_events)
}

/// The columns of the group: named as in the rule, as far as Kusto has such names.
pub(crate) fn groups(correlation: &Correlation) -> Vec<String> {
    let names = correlation.group_by.iter();
    names
        .map(|name| quote::name(&label(name)).unwrap_or_default())
        .collect()
}

/// The column of a name of `group-by`.
pub(crate) fn label(name: &str) -> String {
    if quote::name(name).is_some() {
        return name.to_owned();
    }
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    format!("Group_{}", name.chars().map(plain).collect::<String>())
        .trim_end_matches('_')
        .to_owned()
}

/// What is measured of an event: its number, or the text of its values; the empty text where one is missing.
fn measured(kind: CorrelationKind, texts: &[String]) -> String {
    match (kind.measures_numbers(), texts) {
        (true, [text, ..]) if verdict_faults::at("kql/windows/number-as-text") => text.clone(),
        (true, [text, ..]) => format!("todouble({text})"),
        (_, [text]) => text.clone(),
        (_, texts) => {
            if verdict_faults::at("kql/windows/missing-value-counts") {
                return format!("tostring(pack_array({}))", texts.join(", "));
            }
            let given = texts.iter().map(|text| format!("isnotempty({text})"));
            format!(
                "iff({}, tostring(pack_array({})), \"\")",
                given.collect::<Vec<_>>().join(" and "),
                texts.join(", ")
            )
        }
    }
}

/// An event that several rules match, once.
fn once(names: &Names<'_>) -> Vec<String> {
    let keys = names.with(&["_End", "_Time", "_Item"]);
    match names.correlation.kind {
        CorrelationKind::ValueCount => vec![format!("| distinct {keys}, _Value")],
        CorrelationKind::Temporal => {
            let flags = (1..=names.correlation.rules.len())
                .map(|rule| format!("_Is{rule} = countif(_Rule == {rule})"));
            let flags = flags.collect::<Vec<_>>().join(", ");
            vec![format!("| summarize {flags} by {keys}")]
        }
        CorrelationKind::ValueSum
        | CorrelationKind::ValueAvg
        | CorrelationKind::ValuePercentile(_) => {
            vec![format!("| summarize arg_min(_Rule, _Value) by {keys}")]
        }
        CorrelationKind::EventCount | CorrelationKind::TemporalOrdered => {
            vec![format!("| distinct {keys}")]
        }
    }
}

/// What is asked of all events of a window.
fn total(correlation: &Correlation) -> String {
    let several = correlation.rules.len() > 1;
    match correlation.kind {
        CorrelationKind::EventCount | CorrelationKind::TemporalOrdered => {
            format!("{MEASURE} = count()")
        }
        CorrelationKind::ValueCount if verdict_faults::at("kql/windows/values-counted-again") => {
            format!("{MEASURE} = countif(isnotempty(_Value))")
        }
        CorrelationKind::ValueCount => {
            format!("{MEASURE} = count_distinctif(_Value, isnotempty(_Value))")
        }
        CorrelationKind::Temporal if several => {
            let each =
                (1..=correlation.rules.len()).map(|rule| format!("iff(sum(_Is{rule}) > 0, 1, 0)"));
            let each: Vec<String> = each.collect();
            let left_out = usize::from(verdict_faults::at("kql/windows/last-rule-not-counted"));
            let each = each.get(left_out..).unwrap_or_default();
            format!("{MEASURE} = {}", each.join(" + "))
        }
        CorrelationKind::Temporal => format!("{MEASURE} = count_distinct(_Rule)"),
        CorrelationKind::ValueSum => format!("{MEASURE} = sum(_Value)"),
        CorrelationKind::ValueAvg if verdict_faults::at("kql/windows/average-as-sum") => {
            format!("{MEASURE} = sum(_Value)")
        }
        CorrelationKind::ValueAvg => format!("{MEASURE} = avg(_Value)"),
        CorrelationKind::ValuePercentile(_) => "_Sorted = make_list(_Value)".to_owned(),
    }
}

fn compared(bound: &Bound) -> String {
    let sign = match (bound.comparison.sign(), bound.negated) {
        (_, false) if verdict_faults::at("kql/windows/bound-as-equal") => "==",
        (">=", false) if verdict_faults::at("kql/windows/at-least-as-more") => ">",
        (sign, true) if verdict_faults::at("kql/windows/negation-dropped") => sign,
        ("==", true) => "!=",
        (sign, false) => sign,
        (sign, true) => {
            return format!("not({MEASURE} {sign} {})", bound.number.text());
        }
    };
    format!("{MEASURE} {sign} {}", bound.number.text())
}
