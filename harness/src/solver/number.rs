//! Numbers: candidates at and around every threshold, and a proof by intervals.

use verdict_compiler::ir::{Comparison, DatePart, Test, instant};
use verdict_event::{Number, Value};

/// Values at, just below and just above every number that the tests name.
pub fn candidates<'t>(
    positive: &'t [&'t Test],
    negative: &'t [&'t Test],
) -> impl Iterator<Item = Value> + 't {
    positive
        .iter()
        .chain(negative)
        .flat_map(|test| around(test))
}

/// Values at, below and above a test's own bound.
pub fn around(test: &Test) -> Vec<Value> {
    match test {
        Test::Numeral(number) | Test::Compare(Comparison::Equal, number) => {
            let mut found = neighbours(number);
            // Equal as a number, of another text; and the other way about.
            found.extend(Number::parse(&format!("{}.0", number.text())).map(Value::Number));
            found.push(Value::String(format!("0{}", number.text())));
            found
        }
        Test::Compare(_, number) => neighbours(number),
        Test::Cidr(network) => {
            let below = before(network.network());
            let above = after(network.broadcast());
            [
                Some(network.network()),
                Some(network.broadcast()),
                below,
                above,
            ]
            .into_iter()
            .flatten()
            .map(|address| Value::String(address.to_string()))
            .collect()
        }
        Test::Bool(value) => vec![Value::Bool(*value), Value::Bool(!*value)],
        Test::TextOrder(_, text) | Test::Version(_, text) => [
            text.clone(),
            format!("{text}0"),
            format!("0{text}"),
            "zz".to_owned(),
            "!".to_owned(),
        ]
        .into_iter()
        .map(Value::String)
        .collect(),
        Test::Instant(_, at) => [at - 1, *at, at + 1]
            .into_iter()
            .map(|at| Value::String(instant::print(at)))
            .collect(),
        Test::DatePart(part, _, number) => [number - 1, *number, number + 1]
            .into_iter()
            .filter(|number| possible(*part, *number))
            .filter_map(|number| {
                let exact = Test::DatePart(*part, Comparison::Equal, number);
                crate::solver::text::sample(&exact, "").map(Value::String)
            })
            .collect(),
        Test::AnyValue | Test::Text(_) | Test::Regex(_) => Vec::new(),
    }
}

fn possible(part: DatePart, number: i64) -> bool {
    let range = match part {
        DatePart::Minute => 0..=59,
        DatePart::Hour => 0..=23,
        DatePart::Day => 1..=31,
        DatePart::Week => 1..=52,
        DatePart::Month => 1..=12,
        DatePart::Year => 1..=9999,
    };
    range.contains(&number)
}

fn neighbours(number: &Number) -> Vec<Value> {
    let exact = Value::Number(number.clone());
    if let Some(value) = number.as_i64() {
        let step = |by: i64| {
            value
                .checked_add(by)
                .map(|value| Value::Number(value.into()))
        };
        let half = Number::parse(&format!("{value}.5")).map(Value::Number);
        return [Some(exact), step(1), step(-1), half]
            .into_iter()
            .flatten()
            .collect();
    }
    let ends = ["9", "1", "5"].into_iter();
    let ends = ends.filter_map(|digit| Number::parse(&format!("{}{digit}", number.text())));
    let whole = Number::parse(
        number
            .text()
            .split(['.', 'e', 'E'])
            .next()
            .unwrap_or_default(),
    );
    let up = whole
        .as_ref()
        .and_then(Number::as_i64)
        .map(|value| Number::from(value.saturating_add(1)));
    std::iter::once(exact)
        .chain(ends.chain(whole).chain(up).map(Value::Number))
        .collect()
}

fn before(address: std::net::IpAddr) -> Option<std::net::IpAddr> {
    match address {
        std::net::IpAddr::V4(v4) => u32::from(v4)
            .checked_sub(1)
            .map(|bits| std::net::Ipv4Addr::from(bits).into()),
        std::net::IpAddr::V6(v6) => u128::from(v6)
            .checked_sub(1)
            .map(|bits| std::net::Ipv6Addr::from(bits).into()),
    }
}

fn after(address: std::net::IpAddr) -> Option<std::net::IpAddr> {
    match address {
        std::net::IpAddr::V4(v4) => u32::from(v4)
            .checked_add(1)
            .map(|bits| std::net::Ipv4Addr::from(bits).into()),
        std::net::IpAddr::V6(v6) => u128::from(v6)
            .checked_add(1)
            .map(|bits| std::net::Ipv6Addr::from(bits).into()),
    }
}

/// For tests that only compare numbers: whether they contradict each other. None where other tests take part.
///
/// Between two neighbouring thresholds all numbers are judged alike, and the candidates hold one of every such interval, so
/// candidates that all fail are a proof.
pub fn proof(positive: &[&Test], negative: &[&Test]) -> Option<bool> {
    let only_numbers = positive
        .iter()
        .all(|test| matches!(test, Test::Compare(..) | Test::Bool(_)));
    let mut kinds = positive.iter().map(|test| matches!(test, Test::Bool(_)));
    let one_kind = kinds
        .next()
        .is_some_and(|first| kinds.all(|kind| kind == first));
    let regular = negative
        .iter()
        .all(|test| matches!(test, Test::Compare(..) | Test::Bool(_) | Test::AnyValue));
    let integral = positive.iter().chain(negative).all(|test| match test {
        Test::Compare(_, number) => number.as_i64().is_some(),
        Test::Bool(_) | Test::AnyValue => true,
        Test::Text(_)
        | Test::Numeral(_)
        | Test::TextOrder(..)
        | Test::Regex(_)
        | Test::Cidr(_)
        | Test::Version(..)
        | Test::Instant(..)
        | Test::DatePart(..) => false,
    });
    (only_numbers && one_kind && regular && integral).then_some(true)
}
