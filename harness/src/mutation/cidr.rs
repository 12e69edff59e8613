//! Mistakes in networks.

use super::operator::{NETWORK_AS_TEXT, PREFIX_LONGER, PREFIX_SHORTER, V6_LEFT_OUT};
use super::{Add, Change, tested, with_test};
use ipnet::IpNet;
use verdict_compiler::ir::{Case, Leaf, Pattern, Test};

pub(super) fn mutants(leaf: &Leaf, add: &mut Add<'_>) {
    let Some((_, Test::Cidr(network))) = tested(leaf) else {
        return;
    };
    let longer = network.prefix_len().checked_add(1);
    let shorter = network.prefix_len().checked_sub(1);
    for (operator, length) in [(PREFIX_LONGER, longer), (PREFIX_SHORTER, shorter)] {
        if let Some(other) = length.and_then(|length| IpNet::new(network.addr(), length).ok()) {
            add(operator, with_test(leaf, Test::Cidr(other.trunc())));
        }
    }
    match network {
        IpNet::V6(_) => add(V6_LEFT_OUT, Change::Always(false)),
        IpNet::V4(v4) if v4.prefix_len() % 8 == 0 && v4.prefix_len() > 0 => {
            let kept = usize::from(v4.prefix_len() / 8);
            let octets = v4.network().octets();
            let kept_octets = octets.iter().take(kept).map(u8::to_string);
            let mut text = kept_octets.collect::<Vec<_>>().join(".");
            if kept < octets.len() {
                text.push('.');
            }
            let pattern = Pattern::literal(text, Case::Exact).widened(false, true);
            add(NETWORK_AS_TEXT, with_test(leaf, Test::Text(pattern)));
        }
        IpNet::V4(_) => {}
    }
}
