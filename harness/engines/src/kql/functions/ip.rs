//! Addresses. Kusto docs: `ipv4_is_in_range()`, `ipv4_is_match()`, `ipv6_is_match()` and their kin: null if a text is no address.

use super::{Function, Param, Returns, function, long_of, owned, text_of};
use crate::kql::ip::Network;
use crate::kql::value::{Type, Val};

const TWO: &[Param] = &[Param::Text, Param::Text];
const THREE: &[Param] = &[Param::Text, Param::Text, Param::Integer];
const ANY: &[Param] = &[Param::Text, Param::Any];
const BOOL: Returns = Returns::Is(Type::Bool);

pub(super) const FUNCTIONS: &[Function] = &[
    function("ipv4_is_in_range", TWO, BOOL, |args| {
        is_match(args, Network::v4, 128)
    }),
    function("ipv4_is_match", THREE, BOOL, |args| {
        with_prefix(args, Network::v4, 32)
    })
    .arguments(2, 3),
    function("ipv4_is_in_any_range", ANY, BOOL, |args| {
        in_any_range(args, Network::v4)
    })
    .arguments(2, 64),
    function("ipv4_is_private", &[Param::Text], BOOL, ipv4_is_private),
    function(
        "parse_ipv4",
        &[Param::Text],
        Returns::Is(Type::Long),
        |args| {
            Val::option(Network::v4(text_of(args, 0)), |network| {
                Val::Long(network.v4_number())
            })
        },
    ),
    function("ipv6_is_in_range", TWO, BOOL, |args| {
        is_match(args, Network::any, 128)
    }),
    function("ipv6_is_match", THREE, BOOL, |args| {
        with_prefix(args, Network::any, 128)
    })
    .arguments(2, 3),
    function("ipv6_is_in_any_range", ANY, BOOL, |args| {
        in_any_range(args, Network::any)
    })
    .arguments(2, 64),
    function(
        "parse_ipv6",
        &[Param::Text],
        Returns::Is(Type::Text),
        |args| {
            // A string is never null, so a failure is the empty string.
            owned(
                Network::any(text_of(args, 0))
                    .map(Network::v6_text)
                    .unwrap_or_default(),
            )
        },
    ),
];

type Read = fn(&str) -> Option<Network>;

fn is_match<'r>(args: &[Val<'r>], read: Read, most: u32) -> Val<'r> {
    let both = read(text_of(args, 0)).zip(read(text_of(args, 1)));
    if both.is_none() && verdict_faults::at("kql/engine/no-address-is-in-no-range") {
        return Val::Bool(false);
    }
    Val::option(both, |(left, right)| Val::Bool(left.matches(right, most)))
}

/// The third argument cuts both prefixes; null if it is out of range (assumed).
fn with_prefix<'r>(args: &[Val<'r>], read: Read, most: u32) -> Val<'r> {
    if args.len() < 3 {
        return is_match(args, read, 128);
    }
    let prefix = long_of(args, 2)
        .and_then(|prefix| u32::try_from(prefix).ok())
        .filter(|prefix| *prefix <= most);
    match prefix {
        Some(prefix) => is_match(args, read, prefix + 128 - most),
        None => Val::Null,
    }
}

/// Ranges as arguments or as lists. Assumed: a range that is none gives null unless another one matches.
fn in_any_range<'r>(args: &[Val<'r>], read: Read) -> Val<'r> {
    let Some(address) = read(text_of(args, 0)) else {
        return Val::Null;
    };
    let mut sound = true;
    let mut test = |text: &str| {
        let range = read(text);
        sound &= range.is_some();
        range.is_some_and(|range| address.matches(range, 128))
    };
    for argument in args.iter().skip(1) {
        let found = match argument.as_list() {
            Some(items) => items.iter().any(|item| test(&item.to_text())),
            None => test(&crate::kql::convert::to_text(argument)),
        };
        if found {
            return Val::Bool(true);
        }
    }
    if sound { Val::Bool(false) } else { Val::Null }
}

fn ipv4_is_private<'r>(args: &[Val<'r>]) -> Val<'r> {
    let Some(address) = Network::v4(text_of(args, 0)) else {
        return Val::Null;
    };
    let ranges = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];
    let mut ranges = ranges.iter().filter_map(|range| Network::v4(range));
    Val::Bool(ranges.any(|range| address.matches(range, 128)))
}
