//! Networks: S15.

use ipnet::IpNet;
use std::net::IpAddr;

/// Reads a network. Host bits may be set; a bare address is the network of itself.
pub(super) fn network(text: &str) -> Option<IpNet> {
    text.parse().ok().or_else(|| {
        text.parse()
            .ok()
            .map(|address: IpAddr| IpNet::from(address))
    })
}

/// Whether the text is an address inside the network. Families are apart: an IPv4-mapped IPv6 address is an IPv6 address.
pub(super) fn holds(network: &IpNet, text: &str) -> bool {
    text.parse().is_ok_and(|address: IpAddr| {
        if verdict_faults::at("sigma/engine/cidr-takes-mapped-addresses") {
            return network.contains(&address.to_canonical());
        }
        let ends = [network.network(), network.broadcast()];
        if network.prefix_len() < network.max_prefix_len()
            && ends.contains(&address)
            && verdict_faults::at("sigma/engine/cidr-without-its-ends")
        {
            return false;
        }
        network.contains(&address)
    })
}

#[cfg(test)]
mod tests {
    use super::{holds, network};

    #[test]
    fn networks() {
        for (net, address, inside) in [
            ("10.0.0.0/8", "10.255.0.1", true),
            ("10.1.2.3/8", "10.255.0.1", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("10.0.0.0/8", "::ffff:10.0.0.1", false),
            ("::ffff:0:0/96", "10.0.0.1", false),
            ("fe80::/10", "FE80::1", true),
            ("10.0.0.1", "10.0.0.1", true),
            ("0.0.0.0/0", "10.0.0.01", false),
            ("0.0.0.0/0", "", false),
        ] {
            assert_eq!(
                network(net).is_some_and(|net| holds(&net, address)),
                inside,
                "{net} {address}"
            );
        }
        assert!(network("10.0.0.0/33").is_none() && network("10.0.0.*").is_none());
    }
}
