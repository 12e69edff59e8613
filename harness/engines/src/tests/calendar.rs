//! The Gregorian calendar, counted day by day: what every engine's own arithmetic of dates is held to in its tests.

/// A day: since 1970-01-01, year, month, day of the month, day of the year from 1, and days since Monday.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Day {
    pub(crate) since_1970: i64,
    pub(crate) year: i64,
    pub(crate) month: i64,
    pub(crate) of_month: i64,
    pub(crate) of_year: i64,
    pub(crate) weekday: i64,
}

/// Every day of the years 1600 to 2399: 400 years are one round of the calendar, and this is two.
pub(crate) fn days() -> impl Iterator<Item = Day> {
    // 1600-01-01 was a Saturday, 135,140 days before 1970.
    let first = Day {
        since_1970: -135_140,
        year: 1600,
        month: 1,
        of_month: 1,
        of_year: 1,
        weekday: 5,
    };
    std::iter::successors(Some(first), |today| Some(next(*today))).take_while(|day| day.year < 2400)
}

fn next(today: Day) -> Day {
    let leap = today.year % 4 == 0 && (today.year % 100 != 0 || today.year % 400 == 0);
    let length = match today.month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    let mut day = Day {
        since_1970: today.since_1970 + 1,
        of_month: today.of_month + 1,
        of_year: today.of_year + 1,
        weekday: (today.weekday + 1) % 7,
        ..today
    };
    if day.of_month > length {
        (day.of_month, day.month) = (1, day.month + 1);
    }
    if day.month > 12 {
        (day.month, day.year, day.of_year) = (1, day.year + 1, 1);
    }
    day
}

#[test]
fn the_epoch_was_a_thursday() {
    let epoch = days()
        .find(|day| day.since_1970 == 0)
        .map(|day| (day.year, day.month, day.of_month, day.of_year, day.weekday));
    assert_eq!(epoch, Some((1970, 1, 1, 1, 3)));
    assert_eq!(
        days()
            .last()
            .map(|day| (day.month, day.of_month, day.weekday)),
        Some((12, 31, 4))
    );
}
