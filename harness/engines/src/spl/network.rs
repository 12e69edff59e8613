//! Networks in CIDR notation.

use ipnet::IpNet;
use std::net::IpAddr;

/// The network that a text names: an address, a slash, a length. Bits behind the length are allowed and count nothing (assumed).
pub(super) fn parse(text: &str) -> Option<IpNet> {
    text.parse::<IpNet>().ok().map(|network| network.trunc())
}

/// Whether a text is an address inside.
///
/// Source: Comparison and Conditional functions, cidrmatch; Search Reference, search, "CIDR matching": IPv4 and IPv6. An address of the
/// other family is outside, also if it is an IPv4 address written as an IPv6 one (assumed).
pub(super) fn holds(network: &IpNet, text: &str) -> bool {
    // No address is longer than this, and most texts are no address at all.
    if text.len() > 45
        || !text.starts_with(|letter: char| letter.is_ascii_hexdigit() || letter == ':')
    {
        return false;
    }
    text.parse::<IpAddr>().is_ok_and(|address: IpAddr| {
        let ends = [network.network(), network.broadcast()];
        if network.prefix_len() < network.max_prefix_len()
            && ends.contains(&address)
            && verdict_faults::at("spl/engine/network-without-its-ends")
        {
            return false;
        }
        network.contains(&address)
    })
}
