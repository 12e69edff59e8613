//! Parts of instants. Kusto docs: `hourofday()`, `dayofweek()`, `datetime_part()` and their kin; all in UTC.

use super::{Function, Param, Returns, function, long_of, text_of};
use crate::kql::datetime::{self, DAY, Date, HOUR, MAX, MINUTE, SECOND, UNIX_EPOCH};
use crate::kql::value::{Type, Val};

const ONE: &[Param] = &[Param::DateTime];
const OFFSET: &[Param] = &[Param::DateTime, Param::Integer];
const SINCE_1970: &[Param] = &[Param::Number];
const INT: Returns = Returns::Is(Type::Int);
const INSTANT: Returns = Returns::Is(Type::DateTime);

pub(super) const FUNCTIONS: &[Function] = &[
    function("hourofday", ONE, INT, |args| {
        part(args, |ticks| ticks.rem_euclid(DAY) / HOUR)
    }),
    function("dayofmonth", ONE, INT, |args| {
        part(args, |ticks| datetime::date(ticks).day)
    }),
    function("dayofyear", ONE, INT, |args| {
        part(args, datetime::day_of_year)
    }),
    function("monthofyear", ONE, INT, |args| {
        part(args, |ticks| datetime::date(ticks).month)
    }),
    function("getmonth", ONE, INT, |args| {
        part(args, |ticks| datetime::date(ticks).month)
    }),
    function("getyear", ONE, INT, |args| {
        part(args, |ticks| datetime::date(ticks).year)
    }),
    function("week_of_year", ONE, Returns::Is(Type::Long), |args| {
        part(args, datetime::week_of_year)
    }),
    // A timespan since the preceding Sunday. Kusto docs: dayofweek().
    function("dayofweek", ONE, Returns::Is(Type::TimeSpan), |args| {
        Val::option(instant(args, 0), |ticks| {
            if verdict_faults::at("kql/engine/week-begins-on-monday") {
                return Val::TimeSpan((datetime::weekday(ticks) + 6) % 7 * DAY);
            }
            Val::TimeSpan(datetime::weekday(ticks) * DAY)
        })
    }),
    function("startofday", OFFSET, INSTANT, |args| start(args, DAY, 0)).arguments(1, 2),
    function("startofweek", OFFSET, INSTANT, |args| {
        let back = instant(args, 0).map_or(0, datetime::weekday);
        start(args, 7 * DAY, back * DAY)
    })
    .arguments(1, 2),
    function("unixtime_seconds_todatetime", SINCE_1970, INSTANT, |args| {
        since_1970(args, SECOND, 1)
    }),
    function(
        "unixtime_milliseconds_todatetime",
        SINCE_1970,
        INSTANT,
        |args| since_1970(args, SECOND / 1000, 1),
    ),
    function(
        "unixtime_microseconds_todatetime",
        SINCE_1970,
        INSTANT,
        |args| since_1970(args, SECOND / 1_000_000, 1),
    ),
    function(
        "unixtime_nanoseconds_todatetime",
        SINCE_1970,
        INSTANT,
        |args| since_1970(args, 1, 100),
    ),
    function(
        PART,
        &[Param::Text, Param::DateTime],
        Returns::Is(Type::Long),
        datetime_part,
    ),
];

/// What `datetime_part` is bound to, once its first argument is known to be a literal.
pub(in crate::kql) const PART: &str = "datetime_part";

/// The parts that [`PART`] knows, in lower case.
pub(in crate::kql) const PARTS: [&str; 12] = [
    "year",
    "quarter",
    "month",
    "week_of_year",
    "day",
    "dayofyear",
    "hour",
    "minute",
    "second",
    "millisecond",
    "microsecond",
    "nanosecond",
];

fn instant(args: &[Val<'_>], at: usize) -> Option<i64> {
    match args.get(at) {
        Some(Val::DateTime(ticks)) => Some(*ticks),
        _ => None,
    }
}

/// So many units since 1970, each `times / parts` ticks. Kusto docs: `unixtime_milliseconds_todatetime()` and its kin: null where that is no
/// instant. What is finer than a tick is cut, which is assumed.
fn since_1970<'r>(args: &[Val<'r>], times: i64, parts: i64) -> Val<'r> {
    let ticks = match args.first() {
        Some(Val::Long(units)) => units
            .checked_mul(times)
            .map(|ticks| ticks.div_euclid(parts)),
        Some(Val::Real(units)) => {
            let scale = real(times) / real(parts);
            crate::kql::convert::real_to_long((units * scale).floor())
        }
        _ => None,
    };
    let instant = ticks.and_then(|ticks| ticks.checked_add(UNIX_EPOCH));
    let instant = instant.filter(|ticks| (0..=MAX).contains(ticks));
    Val::option(instant, Val::DateTime)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "the units of time are far below 2^53"
)]
fn real(ticks: i64) -> f64 {
    ticks as f64
}

fn part<'r>(args: &[Val<'r>], apply: fn(i64) -> i64) -> Val<'r> {
    Val::option(instant(args, 0), |ticks| Val::Long(apply(ticks)))
}

/// The start of the day, `back` ticks earlier, and `offset` units on. Kusto docs: `startofday()`, `startofweek()`.
fn start<'r>(args: &[Val<'r>], unit: i64, back: i64) -> Val<'r> {
    let offset = match args.get(1) {
        None => Some(0),
        Some(_) => long_of(args, 1),
    };
    let ticks = instant(args, 0).zip(offset).and_then(|(ticks, offset)| {
        let day = ticks - ticks.rem_euclid(DAY) - back;
        day.checked_add(offset.checked_mul(unit)?)
    });
    Val::option(
        ticks.filter(|ticks| (0..=datetime::MAX).contains(ticks)),
        Val::DateTime,
    )
}

fn datetime_part<'r>(args: &[Val<'r>]) -> Val<'r> {
    let Some(ticks) = instant(args, 1) else {
        return Val::Null;
    };
    let Date { year, month, day } = datetime::date(ticks);
    let time = ticks.rem_euclid(DAY);
    let fraction = time % SECOND;
    let value = match text_of(args, 0).to_ascii_lowercase().as_str() {
        "year" => year,
        "quarter" => (month + 2) / 3,
        "month" => month,
        "week_of_year" => datetime::week_of_year(ticks),
        "day" => day,
        "dayofyear" => datetime::day_of_year(ticks),
        "hour" => time / HOUR,
        "minute" => time / MINUTE % 60,
        "second" => time / SECOND % 60,
        "millisecond" => fraction / 10_000,
        "microsecond" => fraction / 10,
        "nanosecond" => fraction * 100,
        _ => return Val::Null,
    };
    Val::Long(value)
}
