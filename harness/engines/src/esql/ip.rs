//! Addresses and networks, in 16 bytes: an IPv4 address is the IPv6 address that maps it.
//!
//! Source: Lucene, `InetAddressPoint.encode`; elasticsearch, `CIDRUtils`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// An address, if the text is one.
pub(super) fn parse(text: &str) -> Option<u128> {
    match text.parse::<IpAddr>().ok()? {
        IpAddr::V4(address) => Some(address.to_ipv6_mapped().to_bits()),
        IpAddr::V6(address) => Some(address.to_bits()),
    }
}

/// How an address is shown: as IPv4 if it is mapped.
pub(super) fn text(address: u128) -> String {
    let address = Ipv6Addr::from_bits(address);
    address
        .to_ipv4_mapped()
        .map_or_else(|| address.to_string(), |v4| v4.to_string())
}

/// The first and last address of a network in CIDR notation. Host bits may be set.
/// Source: `InetAddresses.parseCidr`: both the address and the length are required.
pub(super) fn range(network: &str) -> Option<(u128, u128)> {
    let (address, length) = network.split_once('/')?;
    let length_ok = !length.is_empty() && length.bytes().all(|byte| byte.is_ascii_digit());
    let length: u32 = length.parse().ok().filter(|_| length_ok)?;
    let (bits, prefix) = match address.parse::<IpAddr>().ok()? {
        IpAddr::V4(address) if length <= 32 => (address.to_ipv6_mapped().to_bits(), length + 96),
        IpAddr::V6(address) if length <= 128 => (address.to_bits(), length),
        IpAddr::V4(_) | IpAddr::V6(_) => return None,
    };
    let host = u128::MAX.checked_shr(prefix).unwrap_or(0);
    Some((bits & !host, bits | host))
}

/// `IP_PREFIX`: the address with only its first bits left.
pub(super) fn prefix(address: u128, v4: i64, v6: i64) -> Option<u128> {
    let address = Ipv6Addr::from_bits(address);
    if let Some(mapped) = address.to_ipv4_mapped() {
        let length = u32::try_from(v4).ok().filter(|length| *length <= 32)?;
        let host = u32::MAX.checked_shr(length).unwrap_or(0);
        let kept = Ipv4Addr::from_bits(mapped.to_bits() & !host);
        return Some(kept.to_ipv6_mapped().to_bits());
    }
    let length = u32::try_from(v6).ok().filter(|length| *length <= 128)?;
    let host = u128::MAX.checked_shr(length).unwrap_or(0);
    Some(address.to_bits() & !host)
}
