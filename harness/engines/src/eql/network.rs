//! Networks. Source: Lucene's `InetAddressPoint` keeps every address as 16 bytes, IPv4 mapped into IPv6, and its prefix query compares
//! those; so a mapped address is the IPv4 address, and `::/0` holds all of both families.

use super::value::{address, address_bits};
use std::net::IpAddr;

/// Addresses that share their leading bits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Network {
    bits: u128,
    mask: u128,
}

impl Network {
    /// An address with a prefix length (source: `CIDRUtils`), or alone: then it is a network of one. Host bits may be set.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (address_text, length) = match text.split_once('/') {
            Some((address, length)) => (address, Some(length)),
            None => (text, None),
        };
        let written: IpAddr = address_text.parse().ok()?;
        let most: u32 = if written.is_ipv4() { 32 } else { 128 };
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let length = match length {
            None => most,
            Some(length) if digits(length) => {
                length.parse().ok().filter(|length| *length <= most)?
            }
            Some(_) => return None,
        };
        let host_bits = most - length;
        let mask = u128::MAX.checked_shl(host_bits).unwrap_or(0);
        let bits = u128::from(address_bits(address(address_text)?)) & mask;
        Some(Self { bits, mask })
    }

    /// Whether an address lies in it.
    pub(crate) fn holds(&self, address: IpAddr) -> bool {
        let bits = u128::from(address_bits(address));
        if self.mask != u128::MAX && verdict_faults::at("eql/engine/network-without-its-ends") {
            let host = bits & !self.mask;
            return bits & self.mask == self.bits && host != 0 && host != !self.mask;
        }
        bits & self.mask == self.bits
    }
}

#[cfg(test)]
mod tests {
    use super::Network;

    #[test]
    fn families_are_one() {
        for (network, address, inside) in [
            ("10.6.48.157/8", "10.0.0.1", true),
            ("10.0.0.0/8", "::ffff:10.0.0.1", true),
            ("10.0.0.0/8", "::10.0.0.1", false),
            ("::ffff:10.0.0.0/104", "10.1.1.1", true),
            ("::/0", "1.2.3.4", true),
            ("0.0.0.0/0", "::1", false),
            ("::1", "::1", true),
            ("::1", "::2", false),
        ] {
            let address = address.parse().expect("an address");
            let found = Network::parse(network).is_some_and(|net| net.holds(address));
            assert_eq!(found, inside, "{network} {address}");
        }
        for text in ["x", "", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/+8", "10/8"] {
            assert!(Network::parse(text).is_none(), "{text}");
        }
    }
}
