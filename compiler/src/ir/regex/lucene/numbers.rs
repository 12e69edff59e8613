//! `<low-high>` as an expression over digits.

use super::Node;

/// The texts of the numbers from `low` to `high`; without `digits` any number of zeros may lead.
pub(super) fn expand(low: u32, high: u32, digits: Option<usize>) -> Node {
    if let Some(digits) = digits {
        return Node::Union(fixed(low, high, digits));
    }
    let zeros = Node::Repeat {
        node: Box::new(Node::Char('0')),
        min: 0,
        max: None,
    };
    let mut numbers = Vec::new();
    for length in low.to_string().len()..=high.to_string().len() {
        let power = |exponent: usize| {
            let exponent = u32::try_from(exponent).unwrap_or(u32::MAX);
            10_u32.checked_pow(exponent)
        };
        let most = power(length).map_or(u32::MAX, |power| power - 1);
        let least = if length == 1 {
            0
        } else {
            power(length - 1).unwrap_or(u32::MAX)
        };
        numbers.extend(fixed(low.max(least), high.min(most), length));
    }
    Node::Concat(vec![zeros, Node::Union(numbers)])
}

/// Numbers of exactly so many digits, leading zeros included.
fn fixed(low: u32, high: u32, digits: usize) -> Vec<Node> {
    let text = |value: u32| format!("{value:0digits$}").into_bytes();
    let mut found = Vec::new();
    split(&text(low), &text(high), &mut Vec::new(), &mut found);
    found
}

/// Splits at the first digit that differs: its least value up from `low`, its greatest up to `high`, and all between freely.
fn split(low: &[u8], high: &[u8], before: &mut Vec<Node>, found: &mut Vec<Node>) {
    let (Some((first_low, rest_low)), Some((first_high, rest_high))) =
        (low.split_first(), high.split_first())
    else {
        found.push(Node::Concat(before.clone()));
        return;
    };
    let mut with = |first: u8, rest_low: &[u8], rest_high: &[u8]| {
        before.push(Node::Char(char::from(first)));
        split(rest_low, rest_high, before, found);
        before.pop();
    };
    if first_low == first_high {
        with(*first_low, rest_low, rest_high);
        return;
    }
    let (zeros, nines) = (vec![b'0'; rest_low.len()], vec![b'9'; rest_low.len()]);
    let low_is_free = rest_low == zeros;
    let high_is_free = rest_high == nines;
    if !low_is_free {
        with(*first_low, rest_low, &nines);
    }
    if !high_is_free {
        with(*first_high, &zeros, rest_high);
    }
    let from = if low_is_free {
        *first_low
    } else {
        first_low + 1
    };
    let to = if high_is_free {
        *first_high
    } else {
        first_high - 1
    };
    if from <= to {
        let set = |from: u8, to: u8| Node::Set {
            ranges: vec![(char::from(from), char::from(to))],
            negated: false,
        };
        let mut parts = before.clone();
        parts.push(set(from, to));
        parts.extend(rest_low.iter().map(|_| set(b'0', b'9')));
        found.push(Node::Concat(parts));
    }
}
