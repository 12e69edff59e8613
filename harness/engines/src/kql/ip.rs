//! IPv4 and IPv6 addresses with prefixes. Kusto docs: `ipv4_is_in_range()`, `ipv4_is_match()`, `ipv6_is_match()` and their kin.
//!
//! Everything is compared as 128 bits; IPv4 is mapped (`::ffff:a.b.c.d`) and its prefix counts from bit 96.

use std::net::{Ipv4Addr, Ipv6Addr};

/// An address and how many of its leading bits count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Network {
    bits: u128,
    prefix: u32,
}

impl Network {
    /// `a.b.c.d` with an optional `/0` to `/32`; no IPv6.
    pub(super) fn v4(text: &str) -> Option<Self> {
        let (address, prefix) = split(text, 32)?;
        let address: Ipv4Addr = address.parse().ok()?;
        Some(Self {
            bits: u128::from(address.to_ipv6_mapped()),
            prefix: prefix + 96,
        })
    }

    /// An IPv6 address with an optional `/0` to `/128`, or an IPv4 one.
    pub(super) fn any(text: &str) -> Option<Self> {
        if let Some(network) = Self::v4(text)
            && !verdict_faults::at("kql/engine/v4-is-no-v6-address")
        {
            return Some(network);
        }
        let (address, prefix) = split(text, 128)?;
        let address: Ipv6Addr = address.parse().ok()?;
        Some(Self {
            bits: u128::from(address),
            prefix,
        })
    }

    /// Whether both are one network under the shorter of their prefixes and `most`.
    pub(super) fn matches(self, other: Self, most: u32) -> bool {
        let prefix = self.prefix.min(other.prefix).min(most);
        let host = !mask(u128::MAX, prefix);
        if [0, host].contains(&(self.bits & host))
            && host != 0
            && verdict_faults::at("kql/engine/range-without-its-ends")
        {
            return false;
        }
        mask(self.bits, prefix) == mask(other.bits, prefix)
    }

    /// The last 32 bits of the network address.
    pub(super) fn v4_number(self) -> i64 {
        i64::try_from(mask(self.bits, self.prefix) & 0xffff_ffff).unwrap_or(0)
    }

    /// All eight groups with all their digits. Kusto docs: `parse_ipv6()`.
    pub(super) fn v6_text(self) -> String {
        let groups = Ipv6Addr::from(mask(self.bits, self.prefix)).segments();
        groups.map(|group| format!("{group:04x}")).join(":")
    }
}

fn mask(bits: u128, prefix: u32) -> u128 {
    match 128_u32.checked_sub(prefix) {
        Some(128) => 0,
        Some(rest) => bits >> rest << rest,
        None => bits,
    }
}

fn split(text: &str, most: u32) -> Option<(&str, u32)> {
    let Some((address, prefix)) = text.split_once('/') else {
        return Some((text, most));
    };
    if prefix.is_empty() || prefix.len() > 3 || !prefix.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let prefix = prefix.parse().ok().filter(|prefix| *prefix <= most)?;
    Some((address, prefix))
}
