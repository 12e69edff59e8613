//! Addresses and networks (E12).
//!
//! Elasticsearch keeps every address as 16 bytes, IPv4 mapped into IPv6, so that `::ffff:10.0.0.1` *is* `10.0.0.1`. The IR keeps the two
//! families apart; so what one network means there is written out as networks of both.

use crate::ir::Comparison;
use ipnet::{IpNet, Ipv4Subnets, Ipv6Subnets};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The network that a text names; host bits are allowed and dropped, and an address is a network of one.
pub(super) fn network(text: &str) -> Option<IpNet> {
    let address = || text.parse::<IpAddr>().ok().map(IpNet::from);
    text.parse::<IpNet>()
        .ok()
        .map(|net| net.trunc())
        .or_else(address)
}

/// The networks of either family that hold the network's addresses, however they are written.
pub(super) fn alike(net: IpNet) -> Vec<IpNet> {
    let (low, high) = match net {
        IpNet::V4(net) => (mapped(net.network()), mapped(net.broadcast())),
        IpNet::V6(net) => (u128::from(net.network()), u128::from(net.broadcast())),
    };
    between(low, high)
}

/// The networks whose addresses compare so with an address, or are equal to one of a network; None if the text is neither.
pub(super) fn compared(comparison: Comparison, text: &str) -> Option<Vec<IpNet>> {
    if comparison == Comparison::Equal {
        return network(text).map(alike);
    }
    let bits = match text.parse::<IpAddr>().ok()? {
        IpAddr::V4(address) => mapped(address),
        IpAddr::V6(address) => u128::from(address),
    };
    Some(range(comparison, bits).map_or_else(Vec::new, |(low, high)| between(low, high)))
}

fn mapped(address: Ipv4Addr) -> u128 {
    u128::from(address.to_ipv6_mapped())
}

/// The networks of both families between two addresses of 16 bytes.
fn between(low: u128, high: u128) -> Vec<IpNet> {
    let (first, last) = (
        low.max(mapped(Ipv4Addr::UNSPECIFIED)),
        high.min(mapped(Ipv4Addr::BROADCAST)),
    );
    let mut networks = Vec::new();
    let v4 = |bits: u128| Ipv6Addr::from(bits).to_ipv4_mapped();
    if let (true, Some(first), Some(last)) = (first <= last, v4(first), v4(last)) {
        networks.extend(Ipv4Subnets::new(first, last, 0).map(IpNet::V4));
    }
    let (first, last) = (Ipv6Addr::from(low), Ipv6Addr::from(high));
    networks.extend(Ipv6Subnets::new(first, last, 0).map(IpNet::V6));
    networks
}

/// The addresses that compare so with one.
fn range(comparison: Comparison, bits: u128) -> Option<(u128, u128)> {
    match comparison {
        Comparison::Equal => Some((bits, bits)),
        Comparison::Less => Some((0, bits.checked_sub(1)?)),
        Comparison::LessOrEqual => Some((0, bits)),
        Comparison::Greater => Some((bits.checked_add(1)?, u128::MAX)),
        Comparison::GreaterOrEqual => Some((bits, u128::MAX)),
    }
}

#[cfg(test)]
mod tests {
    use super::compared;
    use crate::ir::Comparison;

    #[test]
    fn ranges_become_networks() {
        let nets = |comparison, text| {
            compared(comparison, text)
                .map(|nets| nets.iter().map(ToString::to_string).collect::<Vec<_>>())
        };
        assert_eq!(nets(Comparison::Less, "::"), Some(vec![]));
        assert_eq!(
            nets(Comparison::Equal, "10.0.0.0/8"),
            Some(vec![
                "10.0.0.0/8".to_owned(),
                "::ffff:10.0.0.0/104".to_owned()
            ])
        );
        assert_eq!(
            nets(Comparison::Equal, "::/0"),
            Some(vec!["0.0.0.0/0".to_owned(), "::/0".to_owned()])
        );
        assert_eq!(
            nets(Comparison::LessOrEqual, "::2"),
            Some(vec!["::/127".to_owned(), "::2/128".to_owned()])
        );
        assert_eq!(
            nets(Comparison::Equal, "::1"),
            Some(vec!["::1/128".to_owned()])
        );
        assert_eq!(
            nets(
                Comparison::Greater,
                "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"
            ),
            Some(vec![])
        );
        assert_eq!(nets(Comparison::Equal, "x"), None);
    }
}
