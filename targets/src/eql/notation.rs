//! Networks as expressions over the text of an address, for fields that hold other texts, too.
//!
//! IPv4 has one notation, and the expression takes exactly it. IPv6 has many, since zeros may be left out: only networks whose fixed groups are not
//! zero, and the two of a single address without any but the last, have an expression that takes every one of them. It looks at no more than the fixed
//! groups, and takes a text behind them that is no address; that is `address-text`.

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use std::net::Ipv6Addr;

/// The expression, for an operator that ignores case; None if there is none.
pub(crate) fn expression(network: &IpNet) -> Option<String> {
    match network {
        IpNet::V4(net) => Some(v4(net.trunc())),
        IpNet::V6(net) => v6(&net.trunc()),
    }
}

fn v4(net: Ipv4Net) -> String {
    let (low, high) = (net.network().octets(), net.broadcast().octets());
    let parts = low
        .iter()
        .zip(high)
        .map(|(low, high)| numbers(u32::from(*low), u32::from(high)));
    if verdict_faults::at("eql/notation/dots-not-escaped") {
        return parts.collect::<Vec<_>>().join(".");
    }
    parts.collect::<Vec<_>>().join("\\.")
}

/// Numbers from one to another without leading zeros: between bounds of one width, Lucene's intervals have that width.
fn numbers(low: u32, high: u32) -> String {
    if low == high {
        return low.to_string();
    }
    if verdict_faults::at("eql/notation/interval-of-one-width") {
        return format!("<{low}-{high}>");
    }
    let widths = [(0, 9), (10, 99), (100, 255)];
    let parts: Vec<String> = widths
        .into_iter()
        .filter(|(least, most)| low <= *most && high >= *least)
        .map(|(least, most)| match (low.max(least), high.min(most)) {
            (low, high) if low == high => low.to_string(),
            (low, high) => {
                let high =
                    high - u32::from(verdict_faults::at("eql/notation/last-address-left-out"));
                format!("<{low}-{high}>")
            }
        })
        .collect();
    match parts.as_slice() {
        [only] => only.clone(),
        several => format!("({})", several.join("|")),
    }
}

fn v6(net: &Ipv6Net) -> Option<String> {
    if net.prefix_len() == 128 && net.addr() == Ipv6Addr::LOCALHOST {
        return Some("[0:]*:(0{0,3}1|0\\.0\\.0\\.1)".to_owned());
    }
    let mut text = String::new();
    let mut left = net.prefix_len();
    for group in net.addr().segments() {
        let bits = left.min(16);
        if bits == 0 {
            break;
        }
        if group == 0 {
            return None;
        }
        text.push_str(&hexadecimal(group, bits));
        text.push(':');
        left -= bits;
    }
    // The last two groups have a notation of their own, as an IPv4 address.
    (net.prefix_len() <= 96 && !text.is_empty()).then(|| format!("{text}[0-9a-fA-F:.]*"))
}

/// A group of which the first bits are given, with the zeros before it that may be left out.
fn hexadecimal(group: u16, bits: u8) -> String {
    let digits = format!("{group:x}");
    let zeros = 4 - digits.len();
    let mut text = match zeros {
        0 => String::new(),
        1 if verdict_faults::at("eql/notation/leading-zero-refused") => String::new(),
        1 => "0?".to_owned(),
        zeros => format!("0{{0,{zeros}}}"),
    };
    for (at, digit) in digits.chars().enumerate() {
        let free = u32::try_from((zeros + at + 1) * 4)
            .map_or(0, |end| end.saturating_sub(u32::from(bits)));
        let value = digit.to_digit(16).unwrap_or_default();
        let span = (1_u32 << free.min(4)) - 1;
        let span = if verdict_faults::at("eql/notation/free-bits-fixed") {
            0
        } else {
            span
        };
        let members: String = (value..=value + span)
            .filter_map(|value| char::from_digit(value, 16))
            .collect();
        match members.len() {
            1 => text.push_str(&members),
            16 => text.push_str("[0-9a-fA-F]"),
            _ => {
                text.push('[');
                text.push_str(&members);
                text.push_str(
                    &members
                        .to_ascii_uppercase()
                        .replace(|c: char| c.is_ascii_digit(), ""),
                );
                text.push(']');
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::expression;
    use verdict_compiler::ir::{Case, Regex};

    #[test]
    fn every_notation_of_an_address_is_taken() {
        for (network, inside, outside) in [
            ("10.0.0.0/8", "10.1.255.0", "10.01.0.0"),
            ("172.16.0.0/12", "172.31.0.9", "172.32.0.9"),
            ("100.64.0.0/10", "100.127.9.10", "100.128.9.10"),
            ("0.0.0.0/0", "255.255.255.255", "256.0.0.0"),
            ("192.168.1.1/32", "192.168.1.1", "192.168.1.10"),
            ("::1/128", "::1", "::11"),
            ("::1/128", "0:0:0:0:0:0:0:0001", "0:1:0:0:0:0:0:1"),
            ("::1/128", "::0.0.0.1", "::1.0.0.1"),
            ("fe80::/10", "FEBF::1", "fec0::1"),
            ("fc00::/7", "fdff:1::", "fe00::"),
            ("2001:db8::/32", "2001:0DB8::1", "2001:db80::1"),
            ("2000::/3", "3fff::1.2.3.4", "4000::"),
        ] {
            let network = network.parse().expect("a network");
            let text = expression(&network).expect("an expression");
            let regex = Regex::lucene(&text, Case::Fold).expect("an expression");
            assert!(regex.matches(inside), "{text} takes {inside}");
            assert!(!regex.matches(outside), "{text} leaves {outside}");
        }
        for network in ["::/8", "::/128", "2001::/32", "::ffff:10.0.0.0/104"] {
            assert_eq!(
                expression(&network.parse().expect("a network")),
                None,
                "{network}"
            );
        }
    }
}
