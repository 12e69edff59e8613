//! Addresses and networks.

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

/// The networks whose addresses compare so with an address or network of the same family; None if the text is neither.
pub(super) fn compared(comparison: Comparison, text: &str) -> Option<Vec<IpNet>> {
    if comparison == Comparison::Equal {
        return network(text).map(|net| vec![net]);
    }
    let address: IpAddr = text.parse().ok()?;
    Some(match address {
        IpAddr::V4(address) => {
            let bits = u32::from(address);
            range(comparison, u128::from(bits), u128::from(u32::MAX)).map_or_else(
                Vec::new,
                |(low, high)| {
                    let address =
                        |bits: u128| Ipv4Addr::from(u32::try_from(bits).unwrap_or(u32::MAX));
                    Ipv4Subnets::new(address(low), address(high), 0)
                        .map(IpNet::V4)
                        .collect()
                },
            )
        }
        IpAddr::V6(address) => range(comparison, u128::from(address), u128::MAX).map_or_else(
            Vec::new,
            |(low, high)| {
                Ipv6Subnets::new(Ipv6Addr::from(low), Ipv6Addr::from(high), 0)
                    .map(IpNet::V6)
                    .collect()
            },
        ),
    })
}

/// The numbers up to `top` that compare so with `bits`.
fn range(comparison: Comparison, bits: u128, top: u128) -> Option<(u128, u128)> {
    match comparison {
        Comparison::Equal => Some((bits, bits)),
        Comparison::Less => Some((0, bits.checked_sub(1)?)),
        Comparison::LessOrEqual => Some((0, bits)),
        Comparison::Greater => (bits < top).then(|| (bits + 1, top)),
        Comparison::GreaterOrEqual => Some((bits, top)),
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
        assert_eq!(nets(Comparison::Less, "0.0.0.0"), Some(vec![]));
        assert_eq!(
            nets(Comparison::GreaterOrEqual, "128.0.0.0"),
            Some(vec!["128.0.0.0/1".to_owned()])
        );
        assert_eq!(
            nets(Comparison::LessOrEqual, "0.0.0.2"),
            Some(vec!["0.0.0.0/31".to_owned(), "0.0.0.2/32".to_owned()])
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
