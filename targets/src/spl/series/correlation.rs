//! Correlations: rows of one instant and group, and windows that slide over them.
//!
//! `stats` makes one row of all events of an instant and group, so that events of one instant stand in each other's windows whatever their order. What a
//! window measures is a sum of what its rows measure, by `streamstats`. Splunk's documents do not say whether its window holds an event that stands exactly
//! its length away; so a millisecond becomes two seconds of the search's own clock, and the length lies between two of them.

use crate::correlated::{Correlated, Member, Part};
use crate::header::{Comment, header};
use crate::profile::BoundSeries;
use crate::spl::series::base::Base;
use crate::spl::series::claim;
use crate::spl::series::measure::{Measured, Values, all, measured};
use crate::spl::series::pipe::{Names, Pipe};
use crate::target::{Claim, Emitted};
use crate::told_apart::measures_empty_group;
use verdict_compiler::codes::target::SERIES_SIZE;
use verdict_compiler::ir::series::{Bound, Correlation, CorrelationKind};
use verdict_compiler::{Refusal, Rule};
use verdict_event::Path;

/// The longest window whose doubled milliseconds Splunk's whole numbers hold.
const LONGEST: u64 = 1_000_000_000;

/// Writes a correlation.
pub(super) fn write(
    rule: &Rule,
    correlation: &Correlation,
    bound: &BoundSeries,
) -> Result<Emitted, Vec<Refusal>> {
    let parts = Correlated::of(correlation).map_err(|refusal| vec![refusal])?;
    let fields = bound.series.fields();
    let mut base = Base::new(&fields, &bound.places);
    for counted in &parts.events {
        base.add(counted.ir, &counted.group, correlation.span);
    }
    let mut names = Names::without(fields.keys().map(|path| path.as_str().to_owned()));
    let at = names.new_name("at");
    let mut writer = Writer {
        parts: &parts,
        base,
        at,
        flags: Vec::new(),
        groups: Vec::new(),
        names,
        events: Vec::new(),
        pipe: Pipe::default(),
    };
    let shown = writer.body(correlation)?;
    writer.end(shown.as_deref());
    let search = writer.base.search();
    let steps = writer.pipe.text();
    // The empty text is no number, and neither is a missing value.
    let reads_texts = !correlation.kind.measures_numbers()
        && parts.parts.iter().any(|part| !part.values.is_empty());
    let kind = correlation.kind;
    let reads_groups = correlation.rules.iter().any(|rule| {
        let mut group = rule.group.iter();
        group.any(|place| measures_empty_group(kind, rule, place))
    });
    let reads_values = reads_groups || reads_texts;
    let claim = claim(writer.base.codes()?, bound, reads_values);
    let codes = match &claim {
        Claim::Diverges(codes) => codes.clone(),
        Claim::Exact | Claim::Unsupported(_) => Vec::new(),
    };
    let header = header(rule, &codes, Comment::BACKTICKS);
    Ok(Emitted {
        claim,
        text: Some(format!("{header}{search}{steps}")),
    })
}

pub(super) struct Writer<'w, 'c> {
    pub(super) parts: &'w Correlated<'c>,
    pub(super) base: Base<'w>,
    /// The column of the instant, in milliseconds.
    pub(super) at: String,
    /// The column of each rule over single events: how many of a row's events match it.
    pub(super) flags: Vec<String>,
    /// The columns of the group.
    pub(super) groups: Vec<String>,
    pub(super) names: Names,
    /// Assignments for each event.
    pub(super) events: Vec<String>,
    pub(super) pipe: Pipe,
}

/// What a part needs of its rows.
enum Ready {
    Window {
        /// The column of how many events, or matches of inner correlations, a row holds; None where each row holds some.
        each: Option<String>,
        measured: Measured,
    },
    Rules,
}

impl Writer<'_, '_> {
    /// Everything from the events to the rows that match; the column that shows why.
    fn body(&mut self, correlation: &Correlation) -> Result<Option<String>, Vec<Refusal>> {
        let at = self.at.clone();
        self.events.push(format!("{at}=round(1000*_time)"));
        let shared: Vec<Option<&Path>> = (0..correlation.group_by.len())
            .map(|position| self.parts.shared(position))
            .collect();
        let of_rules = |part: &Part<'_>| is_of_rules(part.correlation.kind);
        let aliased = shared.iter().any(Option::is_none);
        if self.parts.is_chain() || aliased || self.parts.parts.iter().any(of_rules) {
            self.flag();
        }
        let mut terms: Vec<String> = if self.parts.is_chain() || self.rules_only() {
            self.flags
                .iter()
                .map(|flag| format!("sum({flag}) as {flag}"))
                .collect()
        } else {
            Vec::new()
        };
        let tags = self.group(correlation, &shared)?;
        let ready = self.ready(&mut terms)?;
        let events = std::mem::take(&mut self.events);
        self.pipe.eval(&events);
        if let Some(tags) = tags {
            self.untag(correlation, &tags);
        }
        if verdict_faults::at("spl/correlation/last-group-dropped") {
            self.groups.pop();
        }
        let by: Vec<String> = std::iter::once(at.clone())
            .chain(self.groups.clone())
            .collect();
        self.pipe.aggregate("stats", &terms, &by);
        self.clock(&ready);
        let mut shown = None;
        let last = ready.len().saturating_sub(1);
        let mut columns: Vec<String> = Vec::new();
        for (index, (ready, part)) in ready.iter().zip(&self.parts.parts).enumerate() {
            let (condition, column) = self.part(part, ready, &columns);
            if index == last {
                self.pipe.step("where", &condition);
                shown = column;
                continue;
            }
            let name = self.names.new_name(part.name);
            self.pipe
                .eval(&[format!("{name}=if({condition}, {at}, null())")]);
            columns.push(name);
        }
        Ok(shown)
    }

    /// Whether the only question is which rules match.
    pub(super) fn rules_only(&self) -> bool {
        let mut parts = self.parts.parts.iter();
        parts.all(|part| is_of_rules(part.correlation.kind))
    }

    /// A column for each rule over single events.
    fn flag(&mut self) {
        for (index, counted) in self.parts.events.iter().enumerate() {
            let name = self.names.new_name(counted.name);
            self.events
                .push(format!("{name}=if({}, 1, 0)", self.base.condition(index)));
            self.flags.push(name);
        }
    }

    /// What each part needs of its rows.
    fn ready(&mut self, terms: &mut Vec<String>) -> Result<Vec<Ready>, Vec<Refusal>> {
        let chain = self.parts.is_chain();
        let mut ready = Vec::new();
        for part in &self.parts.parts {
            let correlation = part.correlation;
            if correlation.timespan > LONGEST {
                return Err(vec![Refusal {
                    code: SERIES_SIZE,
                    reason: "a window of `streamstats` is not as long".to_owned(),
                    span: correlation.span,
                }]);
            }
            if is_of_rules(correlation.kind) {
                ready.push(Ready::Rules);
                continue;
            }
            let mut counts = None;
            let mut each = None;
            if chain {
                let flags = part.members.iter().filter_map(|member| match member {
                    Member::Events(at) => self.flags.get(*at).cloned(),
                    Member::Matches(_) => None,
                });
                let flags: Vec<String> = flags.collect();
                let some = match flags.as_slice() {
                    [] => "0".to_owned(),
                    [flag] => flag.clone(),
                    flags => format!("max({})", flags.join(", ")),
                };
                let column = self.names.new_name("some");
                self.events.push(format!("{column}={some}"));
                terms.push(format!("sum({column}) as {column}"));
                counts = Some(column.clone());
                each = Some(column);
            } else if correlation.kind == CorrelationKind::EventCount {
                let column = self.names.new_name("each");
                terms.push(format!("count as {column}"));
                each = Some(column);
            }
            let paths = part.values.iter();
            let fields: Vec<String> = paths
                .map(|path| self.base.name(path, correlation.span))
                .collect();
            let values = Values {
                fields: &fields,
                counts: counts.as_deref(),
            };
            let made = measured(
                correlation.kind,
                &correlation.condition,
                each.as_deref().unwrap_or_default(),
                &values,
                &mut self.names,
            );
            let Some(measured) = made else {
                continue;
            };
            self.events.extend(measured.events.iter().cloned());
            terms.extend(measured.instants.iter().cloned());
            ready.push(Ready::Window { each, measured });
        }
        Ok(ready)
    }

    /// The rows in order, on a clock that no edge of a window falls on.
    fn clock(&mut self, ready: &[Ready]) {
        let at = self.at.clone();
        let slides = |ready: &Ready| matches!(ready, Ready::Window { .. });
        if !ready.iter().any(slides) {
            self.pipe.step("sort", &format!("0 {at}"));
            return;
        }
        let first = self.names.new_name("first");
        self.pipe.note(
            "a millisecond is two seconds here, so that nothing stands on the edge of a window",
        );
        self.pipe
            .aggregate("eventstats", &[format!("min({at}) as {first}")], &[]);
        let clock = if verdict_faults::at("spl/correlation/clock-in-seconds") {
            format!("_time={at}-{first}")
        } else {
            format!("_time=2*({at}-{first})")
        };
        self.pipe.eval(&[clock]);
        let count = if verdict_faults::at("spl/correlation/sort-cut-off") {
            "2"
        } else {
            "0"
        };
        self.pipe.step("sort", &format!("{count} _time"));
    }

    /// The steps of a part, behind those of the parts before it, whose matches are in `columns`: the condition for a match at a row, and the column that
    /// shows the measure.
    fn part(
        &mut self,
        part: &Part<'_>,
        ready: &Ready,
        columns: &[String],
    ) -> (String, Option<String>) {
        let correlation = part.correlation;
        let inner = |member: &Member| match member {
            Member::Matches(at) => columns.get(*at).cloned(),
            Member::Events(_) => None,
        };
        match ready {
            Ready::Window { each, measured } => {
                let inner: Vec<String> = part.members.iter().filter_map(inner).collect();
                if let Some(each) = each
                    && !inner.is_empty()
                {
                    let ones = inner
                        .iter()
                        .map(|one| format!("if(isnotnull({one}), 1, 0)"));
                    let all: Vec<String> = std::iter::once(each.clone()).chain(ones).collect();
                    self.pipe.eval(&[format!("{each}={}", all.join("+"))]);
                }
                let mut terms = vec![format!("time_window={}s", window(correlation.timespan))];
                terms.extend(measured.window.iter().cloned());
                let groups = self.groups.clone();
                self.pipe.aggregate("streamstats", &terms, &groups);
                let condition = match each {
                    Some(each) if self.parts.is_chain() => {
                        format!("{each}>0 AND {}", measured.condition)
                    }
                    Some(_) | None => measured.condition.clone(),
                };
                (condition, measured.shown.clone())
            }
            Ready::Rules => {
                let members: Vec<String> = part
                    .members
                    .iter()
                    .filter_map(|member| match member {
                        Member::Matches(at) => columns.get(*at).cloned(),
                        Member::Events(at) => Some(self.instants(*at)),
                    })
                    .collect();
                if correlation.kind == CorrelationKind::TemporalOrdered {
                    self.ordered(&members, correlation.timespan)
                } else {
                    self.together(correlation, &members)
                }
            }
        }
    }

    /// The column of the instants at which a rule over single events matches.
    fn instants(&mut self, events: usize) -> String {
        let flag = self.flags.get(events).cloned().unwrap_or_default();
        let column = self.names.new_name(&format!("{flag}_at"));
        let at = &self.at;
        self.pipe
            .eval(&[format!("{column}=if({flag}>0, {at}, null())")]);
        column
    }

    /// Which rules match within the window: those whose latest match is not too old.
    fn together(
        &mut self,
        correlation: &Correlation,
        members: &[String],
    ) -> (String, Option<String>) {
        let latest: Vec<String> = members
            .iter()
            .map(|member| self.names.new_name(&format!("{member}_last")))
            .collect();
        let terms: Vec<String> = members
            .iter()
            .zip(&latest)
            .map(|(member, latest)| format!("max({member}) as {latest}"))
            .collect();
        let groups = self.groups.clone();
        self.pipe.aggregate("streamstats", &terms, &groups);
        let (at, span) = (&self.at, correlation.timespan);
        let sign = if verdict_faults::at("spl/correlation/span-of-rules-excluded") {
            "<"
        } else {
            "<="
        };
        let within = |latest: &String| format!("{at}-{latest}{sign}{span}");
        let mut conditions = Vec::new();
        let mut shown = None;
        if asks_for_all(&correlation.condition, members.len()) {
            let left_out = usize::from(verdict_faults::at("spl/correlation/first-rule-not-asked"));
            conditions.extend(latest.iter().skip(left_out).map(within));
        } else {
            let rules = self.names.new_name("rules");
            let ones = latest
                .iter()
                .map(|latest| format!("if({}, 1, 0)", within(latest)));
            let sum = ones.collect::<Vec<_>>().join("+");
            self.pipe.eval(&[format!("{rules}={sum}")]);
            conditions.push(all(&correlation.condition, &rules));
            shown = Some(rules);
        }
        if self.parts.is_chain() {
            let now = members.iter().map(|member| format!("isnotnull({member})"));
            conditions.push(format!("({})", now.collect::<Vec<_>>().join(" OR ")));
        }
        (conditions.join(" AND "), shown)
    }

    /// The rules in their order: each match carries the latest beginning that leads up to it.
    fn ordered(&mut self, members: &[String], timespan: u64) -> (String, Option<String>) {
        let groups = self.groups.clone();
        let mut members = members.iter();
        let mut begin = members.next().cloned().unwrap_or_default();
        for member in members {
            let before = self.names.new_name("before");
            let mut terms = vec!["current=f".to_owned(), format!("max({begin}) as {before}")];
            if verdict_faults::at("spl/correlation/one-instant-has-an-order") {
                terms.remove(0);
            }
            self.pipe.aggregate("streamstats", &terms, &groups);
            begin = self.names.new_name("begin");
            self.pipe
                .eval(&[format!("{begin}=if(isnotnull({member}), {before}, null())")]);
        }
        if verdict_faults::at("spl/correlation/ordered-span-excluded") {
            return (format!("{}-{begin}<{timespan}", self.at), None);
        }
        (format!("{}-{begin}<={timespan}", self.at), None)
    }

    /// What is shown of a match: the end of its window, its group, its measure.
    fn end(&mut self, shown: Option<&str>) {
        self.pipe.eval(&[format!("_time={}/1000", self.at)]);
        let mut columns = vec!["_time".to_owned()];
        columns.extend(self.groups.iter().cloned());
        columns.extend(shown.map(str::to_owned));
        self.pipe.step("table", &columns.join(" "));
    }
}

/// The length of a window in seconds of the search's clock: between those of two whole milliseconds.
fn window(timespan: u64) -> u64 {
    if verdict_faults::at("spl/correlation/timespan-excluded") {
        return (2 * timespan).saturating_sub(1);
    }
    if verdict_faults::at("spl/correlation/timespan-longer") {
        return 2 * timespan + 3;
    }
    2 * timespan + 1
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
        if bound.comparison == verdict_compiler::ir::Comparison::GreaterOrEqual
            && !bound.negated
            && bound.number.as_i64() == number)
}
