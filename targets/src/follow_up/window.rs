//! A pivot's time as the languages say it.
//!
//! The alert's time is `now` in a pivot. A query's `now` is when it runs, which is soon after the alert; for an older one, the analyst moves it. The beginning of a window is rounded
//! down and its end up, to the last moment of the unit, as Kibana does. Weeks begin on Monday, as Elasticsearch rounds them.

use std::fmt::Write as _;
use verdict_compiler::rule::Pivot;
use verdict_compiler::rule::date_math::{DateMath, Step, Unit};

/// The time of a pivot.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Window {
    /// Where it begins; None for no limit.
    pub from: Option<DateMath>,
    /// Where it ends; None for no limit.
    pub to: Option<DateMath>,
}

impl Window {
    /// The time of a pivot.
    pub fn of(pivot: &Pivot) -> Self {
        Self {
            from: pivot.from.clone(),
            to: pivot.to.clone(),
        }
    }
}

/// A time as Kusto computes it.
///
/// Source: Kusto documentation, `ago()`, `datetime_add()`, `startofday()` and its like; `startofweek()` begins weeks on Sunday.
pub(crate) fn kusto_time(time: &DateMath, up: bool) -> String {
    let mut steps = time.steps.iter();
    let mut text = match time.steps.first() {
        Some(Step::Shift(count, unit)) if *count < 0 => match kusto_span(*unit) {
            Some((scale, letter)) => {
                steps.next();
                format!("ago({}{letter})", -count * scale)
            }
            None => "now()".to_owned(),
        },
        _ => "now()".to_owned(),
    };
    for step in steps {
        text = match step {
            Step::Shift(count, unit) => match kusto_span(*unit) {
                Some((scale, letter)) => {
                    let sign = if *count < 0 { '-' } else { '+' };
                    format!("{text} {sign} {}{letter}", count.abs() * scale)
                }
                None => format!("datetime_add('{}', {count}, {text})", calendar(*unit)),
            },
            Step::Round(unit) => kusto_round(&text, *unit, up),
        };
    }
    text
}

/// The units of Kusto's `timespan`, with how many of them one of ours is; months and years have no fixed length.
fn kusto_span(unit: Unit) -> Option<(i64, char)> {
    match unit {
        Unit::Second => Some((1, 's')),
        Unit::Minute => Some((1, 'm')),
        Unit::Hour => Some((1, 'h')),
        Unit::Day => Some((1, 'd')),
        Unit::Week => Some((7, 'd')),
        Unit::Month | Unit::Year => None,
    }
}

fn calendar(unit: Unit) -> &'static str {
    match unit {
        Unit::Second => "second",
        Unit::Minute => "minute",
        Unit::Hour => "hour",
        Unit::Day => "day",
        Unit::Week => "week",
        Unit::Month => "month",
        Unit::Year => "year",
    }
}

fn kusto_round(text: &str, unit: Unit, up: bool) -> String {
    let edge = if up { "endof" } else { "startof" };
    match unit {
        Unit::Day | Unit::Month | Unit::Year => format!("{edge}{}({text})", calendar(unit)),
        Unit::Week => format!("{edge}week({text} - 1d) + 1d"),
        Unit::Second | Unit::Minute | Unit::Hour => {
            let span = kusto_span(unit).map_or('s', |(_, letter)| letter);
            let rest = if up {
                format!(" + 1{span} - 1tick")
            } else {
                String::new()
            };
            format!("bin({text}, 1{span}){rest}")
        }
    }
}

/// A time as Splunk writes it; an end is the first moment that is outside.
///
/// Source: Splunk Search Manual, "Specify time modifiers in your search": an amount and unit, `@` and what to snap to, in any number; `@w1` is Monday; `latest` is exclusive.
/// None for more than an amount, what to snap to, and another amount: nothing says what Splunk makes of it.
pub(crate) fn splunk_time(time: &DateMath, up: bool) -> Option<String> {
    let said = matches!(
        time.steps.as_slice(),
        [] | [_]
            | [Step::Shift(..), Step::Round(_)]
            | [Step::Round(_), Step::Shift(..)]
            | [Step::Shift(..), Step::Round(_), Step::Shift(..)]
    );
    // An end adds an amount of its own behind what it snaps to.
    let snaps_then_shifts =
        up && matches!(time.steps.as_slice(), [.., Step::Round(_), Step::Shift(..)]);
    if !said || snaps_then_shifts {
        return None;
    }
    let mut text = String::new();
    for step in &time.steps {
        // Writing to a string does not fail.
        let _ = match step {
            Step::Shift(count, unit) => write!(text, "{count:+}{}", splunk_unit(*unit)),
            Step::Round(unit) => {
                let snap = if *unit == Unit::Week {
                    "w1"
                } else {
                    splunk_unit(*unit)
                };
                let rest = if up {
                    format!("+1{}", splunk_unit(*unit))
                } else {
                    String::new()
                };
                write!(text, "@{snap}{rest}")
            }
        };
    }
    Some(if text.is_empty() {
        "now".to_owned()
    } else {
        text
    })
}

fn splunk_unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Second => "s",
        Unit::Minute => "m",
        Unit::Hour => "h",
        Unit::Day => "d",
        Unit::Week => "w",
        Unit::Month => "mon",
        Unit::Year => "y",
    }
}

#[cfg(test)]
mod tests {
    use super::{kusto_time, splunk_time};
    use verdict_compiler::rule::date_math::DateMath;

    #[test]
    fn times_in_both_languages() {
        for (written, up, kusto, splunk) in [
            ("now", true, "now()", "now"),
            ("now-1h", false, "ago(1h)", "-1h"),
            ("now-48h/h", false, "bin(ago(48h), 1h)", "-48h@h"),
            ("now-2w", false, "ago(14d)", "-2w"),
            (
                "now-1M/d",
                false,
                "startofday(datetime_add('month', -1, now()))",
                "-1mon@d",
            ),
            ("now/w", false, "startofweek(now() - 1d) + 1d", "@w1"),
            ("now/d", true, "endofday(now())", "@d+1d"),
            (
                "now-1h/h",
                true,
                "bin(ago(1h), 1h) + 1h - 1tick",
                "-1h@h+1h",
            ),
            ("now+30m", true, "now() + 30m", "+30m"),
            ("now-7d/d-1h", false, "startofday(ago(7d)) - 1h", "-7d@d-1h"),
        ] {
            let time = DateMath::parse(written).expect(written);
            assert_eq!(kusto_time(&time, up), kusto, "{written}");
            assert_eq!(splunk_time(&time, up).as_deref(), Some(splunk), "{written}");
        }
        let unsaid = |text: &str, up| splunk_time(&DateMath::parse(text).expect(text), up);
        assert_eq!(unsaid("now-1d-1h", false), None);
        assert_eq!(unsaid("now/M/d", false), None);
        assert_eq!(unsaid("now/d+1h", true), None);
    }
}
