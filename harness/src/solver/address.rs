//! Addresses: where tests ask only for networks, and for texts that amount to networks, every address is judged like the first of its stretch, and the
//! stretches are few. So an address is found or it is proved that there is none.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, Ipv6Addr};
use verdict_compiler::ir::pattern::Shape;
use verdict_compiler::ir::{Pattern, Test};
use verdict_event::{FieldType, Value};

/// An address of every stretch that the tests judge alike, ascending, version 4 before version 6. None where the tests ask for more than that, or where
/// values may serve that are no addresses.
pub fn stretches(kind: FieldType, positive: &[&Test], negative: &[&Test]) -> Option<Vec<Value>> {
    let network = |test: &&Test| matches!(test, Test::Cidr(_));
    if kind != FieldType::Ip && !positive.iter().any(network) {
        return None;
    }
    let mut starts = Starts::default();
    for test in positive.iter().chain(negative) {
        starts.add(test)?;
    }
    let v4 = starts
        .v4
        .iter()
        .map(|bits| Ipv4Addr::from(*bits).to_string());
    let v6 = starts
        .v6
        .iter()
        .map(|bits| Ipv6Addr::from(*bits).to_string());
    Some(v4.chain(v6).map(Value::String).collect())
}

/// Where stretches begin.
struct Starts {
    v4: BTreeSet<u32>,
    v6: BTreeSet<u128>,
}

impl Default for Starts {
    fn default() -> Self {
        Self {
            v4: BTreeSet::from([0]),
            v6: BTreeSet::from([0]),
        }
    }
}

impl Starts {
    /// Adds where the verdict of a test changes; None where it changes elsewhere, too.
    fn add(&mut self, test: &Test) -> Option<()> {
        match test {
            Test::AnyValue => {}
            Test::Cidr(ipnet::IpNet::V4(network)) => {
                self.v4_range(network.network().into(), network.broadcast().into());
            }
            Test::Cidr(ipnet::IpNet::V6(network)) => {
                self.v6.insert(network.network().into());
                let after = u128::from(network.broadcast()).checked_add(1);
                self.v6.extend(after);
            }
            Test::Text(pattern) => {
                for (first, last) in v4_ranges(pattern)? {
                    self.v4_range(first, last);
                }
            }
            Test::Numeral(_)
            | Test::Compare(..)
            | Test::TextOrder(..)
            | Test::Bool(_)
            | Test::Regex(_)
            | Test::Version(..)
            | Test::Instant(..)
            | Test::DatePart(..) => return None,
        }
        Some(())
    }

    fn v4_range(&mut self, first: u32, last: u32) {
        self.v4.insert(first);
        self.v4.extend(last.checked_add(1));
    }
}

/// The addresses of version 4, from and to, whose texts match; None where the pattern is not the beginning of such a text, or could match one of version 6.
fn v4_ranges(pattern: &Pattern) -> Option<Vec<(u32, u32)>> {
    let (text, open) = match pattern.shape() {
        Shape::Equals(text) => (text, false),
        Shape::StartsWith(text) => (text, true),
        Shape::Anything | Shape::EndsWith(_) | Shape::Contains(_) | Shape::General(_) => {
            return None;
        }
    };
    // With a dot and no colon before it, it begins no address of version 6.
    let (whole, last) = text.rsplit_once('.')?;
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let whole: Vec<&str> = whole.split('.').collect();
    if whole.len() > 3 || !digits(last) || !whole.iter().all(|octet| digits(octet)) {
        return None;
    }
    let mut base = 0;
    for octet in &whole {
        let value: u8 = octet.parse().ok()?;
        // Addresses are written without zeros in front: nothing begins so.
        if value.to_string() != **octet {
            return Some(Vec::new());
        }
        base = base << 8 | u32::from(value);
    }
    let below = 8 * u32::try_from(3 - whole.len()).ok()?;
    let range = |value: u8| {
        let first = (base << 8 | u32::from(value)) << below;
        (first, first | ((1 << below) - 1))
    };
    let begins = |value: &u8| {
        let own = value.to_string();
        if open {
            own.starts_with(last)
        } else {
            own == last && below == 0
        }
    };
    Some((0..=u8::MAX).filter(begins).map(range).collect())
}

#[cfg(test)]
mod tests {
    use super::{stretches, v4_ranges};
    use std::net::Ipv4Addr;
    use verdict_compiler::ir::{Case, Pattern, Test};
    use verdict_event::FieldType;

    /// Whatever begins like a pattern lies in a range of it and nothing else does: over every last octet, and the neighbours of every range.
    #[test]
    fn ranges_hold_what_begins_so() {
        for text in [
            "10.",
            "10.1",
            "192.0.0.8",
            "192.0.0.",
            "172.16.0.25",
            "255.255.255.255",
            "1.02.",
            "1.2.3.300",
        ] {
            for open in [true, false] {
                let pattern = Pattern::literal(text, Case::Exact).widened(false, open);
                let ranges = v4_ranges(&pattern).expect("a text of version 4");
                let octets = [
                    0, 1, 2, 9, 10, 11, 16, 19, 25, 80, 88, 172, 192, 250, 254, 255,
                ];
                for (a, b) in octets.iter().flat_map(|a| octets.map(|b| (*a, b))) {
                    for address in [
                        [10, a, b, 1],
                        [192, 0, 0, a],
                        [172, 16, a, b],
                        [172, 16, 0, b],
                        [a, 255, 255, b],
                    ] {
                        let address = Ipv4Addr::from(address);
                        let bits = u32::from(address);
                        let inside = ranges
                            .iter()
                            .any(|(first, last)| (*first..=*last).contains(&bits));
                        assert_eq!(
                            inside,
                            pattern.matches(&address.to_string()),
                            "{text} {open} {address}"
                        );
                    }
                }
            }
        }
    }

    fn within(host: u8, length: u8) -> Test {
        let network = ipnet::Ipv4Net::new(Ipv4Addr::new(10, 0, 0, host), length);
        Test::Cidr(network.expect("a length").trunc().into())
    }

    fn takes(test: &Test, address: Ipv4Addr) -> bool {
        match test {
            Test::Cidr(network) => network.contains(&std::net::IpAddr::from(address)),
            Test::Text(pattern) => pattern.matches(&address.to_string()),
            other => panic!("{other} is not asked here"),
        }
    }

    proptest::proptest! {
        /// Where no stretch serves, none of all addresses does.
        #[test]
        fn a_proof_holds_for_every_address(
            wanted in (0u8.., 22u8..=32),
            refused in proptest::collection::vec((0u8.., 22u8..=32), 0..6),
            text in "(10\\.0\\.0\\.[0-9]{0,2})",
        ) {
            let wanted = within(wanted.0, wanted.1);
            let mut refused: Vec<Test> = refused.iter().map(|one| within(one.0, one.1)).collect();
            refused.push(Test::Text(Pattern::literal(&text, Case::Exact).widened(false, true)));
            let good = |address: Ipv4Addr| takes(&wanted, address) && !refused.iter().any(|test| takes(test, address));
            let negative: Vec<&Test> = refused.iter().collect();
            let starts = stretches(FieldType::Keyword, &[&wanted], &negative).expect("networks");
            let v4 = starts.iter().filter_map(|value| value.scalar_text()?.parse().ok());
            let every = (0..4u8).flat_map(|c| (0..=255u8).map(move |d| Ipv4Addr::new(10, 0, c, d)));
            proptest::prop_assert_eq!(v4.into_iter().any(good), every.into_iter().any(good));
        }
    }

    /// Of a text or an unknown test nothing is proved, nor where other values than addresses may do.
    #[test]
    fn what_is_no_network_is_left_to_others() {
        let network = Test::Cidr("10.0.0.0/8".parse().expect("a network"));
        let text =
            |text: &str| Test::Text(Pattern::literal(text, Case::Exact).widened(false, true));
        let ip = |test: &Test| stretches(FieldType::Ip, &[&network], &[test]);
        assert!(ip(&text("10.")).is_some());
        for odd in ["10", "fe80:", "::ffff:10.", "10.x"] {
            assert_eq!(ip(&text(odd)), None, "{odd}");
        }
        assert_eq!(
            stretches(FieldType::Keyword, &[&Test::AnyValue], &[&network]),
            None
        );
        assert!(stretches(FieldType::Keyword, &[&network], &[&Test::AnyValue]).is_some());
    }
}
