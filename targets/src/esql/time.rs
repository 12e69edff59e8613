//! Tests of dates.

use crate::caps::Limit;
use crate::esql::columns::Kind;
use crate::esql::plan::Subject;
use crate::esql::tree::Tree;
use verdict_compiler::codes::target::{ESQL_INSTANT, ESQL_TYPE};
use verdict_compiler::ir::{Comparison, DatePart, instant as iso};

/// The first and the last instant that is written with four digits of a year.
const YEARS: std::ops::RangeInclusive<i64> = -62_135_596_800_000..=253_402_300_799_999;

/// The value is an instant that compares so with the one this many milliseconds after 1970.
pub(crate) fn instant(
    subject: &Subject,
    comparison: Comparison,
    moment: i64,
) -> Result<Tree, Limit> {
    if !YEARS.contains(&moment) {
        let reason = format!(
            "the instant {moment} ms after 1970 lies outside the years 1 to 9999, which are all that ISO 8601 writes with four digits"
        );
        return Err(Limit::new(ESQL_INSTANT, reason));
    }
    let moment = moment + i64::from(verdict_faults::at("esql/time/instant-a-millisecond-later"));
    let literal = Tree::call("TO_DATETIME", Tree::Text(iso::print(moment)));
    Ok(Tree::order(comparison, as_instant(subject)?, literal))
}

/// The instant that a value is; null where it is none.
pub(crate) fn as_instant(subject: &Subject) -> Result<Tree, Limit> {
    let tree = subject.tree.clone();
    match subject.kind {
        Kind::Text => Ok(read(tree)),
        Kind::Date => Ok(tree),
        Kind::Long => Ok(Tree::call("TO_DATETIME", tree)),
        Kind::Double | Kind::Bool | Kind::Ip | Kind::Version | Kind::Opaque => Err(Limit::new(
            ESQL_TYPE,
            format!(
                "a value of type `{}` cannot be read as an instant",
                subject.kind.name()
            ),
        )),
    }
}

/// A text read as an instant. Windows writes a space between date and time, where `TO_DATETIME` wants a `T`.
fn read(text: Tree) -> Tree {
    if verdict_faults::at("esql/time/blank-not-replaced") {
        return Tree::call("TO_DATETIME", text);
    }
    let with_t = vec![text, Tree::Text(" ".to_owned()), Tree::Text("T".to_owned())];
    Tree::call("TO_DATETIME", Tree::Call("REPLACE", with_t))
}

/// A part of the date-time that the value's text is compares so.
pub(crate) fn part(subject: &Subject, part: DatePart, comparison: Comparison, wanted: i64) -> Tree {
    let moment = match subject.kind {
        Kind::Text => read(subject.tree.clone()),
        Kind::Date => subject.tree.clone(),
        // The text of a number, a truth value or an address is no date-time.
        Kind::Long | Kind::Double | Kind::Bool | Kind::Ip | Kind::Version | Kind::Opaque => {
            return Tree::Bool(false);
        }
    };
    let (name, moment) = match part {
        DatePart::Minute if verdict_faults::at("esql/time/minute-of-day") => {
            ("minute_of_day", moment)
        }
        DatePart::Minute => ("minute_of_hour", moment),
        DatePart::Hour if verdict_faults::at("esql/time/hour-of-half-a-day") => {
            ("hour_of_ampm", moment)
        }
        DatePart::Hour => ("hour_of_day", moment),
        DatePart::Day if verdict_faults::at("esql/time/day-of-year") => ("day_of_year", moment),
        DatePart::Day => ("day_of_month", moment),
        DatePart::Week if verdict_faults::at("esql/time/week-by-its-own-day") => {
            ("aligned_week_of_year", moment)
        }
        DatePart::Week => ("aligned_week_of_year", thursday(moment)),
        DatePart::Month => ("month_of_year", moment),
        DatePart::Year => ("year", moment),
    };
    if verdict_faults::at("esql/time/part-lost") {
        let wanted = Tree::Text(wanted.to_string());
        return Tree::equal(subject.tree.clone(), wanted);
    }
    let taken = Tree::Call("DATE_EXTRACT", vec![Tree::Text(name.to_owned()), moment]);
    Tree::order(comparison, taken, Tree::whole(wanted))
}

/// The Thursday of the same week: weeks of ISO 8601 begin on Mondays and are counted by their Thursdays.
fn thursday(moment: Tree) -> Tree {
    let monday = Tree::Call("DATE_TRUNC", vec![Tree::Span("1 week"), moment]);
    Tree::math('+', monday, Tree::Span("3 days"))
}
