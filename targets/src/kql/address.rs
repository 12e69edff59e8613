//! Addresses in networks.

use crate::kql::columns::Kind;
use crate::kql::plan::{Said, Subject};
use crate::kql::tree::{Match, Tree};
use ipnet::IpNet;
use std::net::Ipv6Addr;
use verdict_compiler::ir::Case;

/// The value's text is an address of the network's family inside it. Null where Kusto reads no address.
pub(crate) fn within(subject: &Subject, network: &IpNet) -> Said {
    match subject.kind {
        Kind::Text => {}
        // The text of a number, a truth value or a date is no address.
        Kind::Long | Kind::Real | Kind::Bool | Kind::Date | Kind::List { .. } | Kind::Opaque => {
            return Said::never();
        }
    }
    let range = Tree::Text(written(network));
    let arguments = vec![subject.tree.clone(), range];
    match network {
        IpNet::V4(_) if verdict_faults::at("kql/address/null-not-noted") => {
            Said::exact(Tree::Call("ipv4_is_in_range", arguments))
        }
        IpNet::V6(_) if verdict_faults::at("kql/address/v6-by-the-function-of-v4") => {
            Said::nullable(Tree::Call("ipv4_is_in_range", arguments))
        }
        IpNet::V4(_) => Said::nullable(Tree::Call("ipv4_is_in_range", arguments)),
        IpNet::V6(net) => {
            let inside = Tree::Call("ipv6_is_in_range", arguments);
            // Kusto reads an IPv4 address as the mapped IPv6 one; only networks that reach those need to look at the text.
            let mapped = Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, 0, 0);
            let overlaps = net.contains(&mapped)
                || (net.prefix_len() > 96 && net.network().to_ipv4_mapped().is_some());
            if !overlaps || verdict_faults::at("kql/address/mapped-guard-lost") {
                return Said::nullable(inside);
            }
            let colon = Tree::matches(
                Match::Inside,
                Case::Exact,
                subject.tree.clone(),
                Tree::Text(":".to_owned()),
            );
            Said::nullable(Tree::all([colon, inside]))
        }
    }
}

/// The network without host bits. Mapped IPv4 addresses are written in hexadecimal, as Kusto's documentation has them.
fn written(network: &IpNet) -> String {
    let network = network.trunc();
    if verdict_faults::at("kql/address/prefix-dropped") {
        return network.addr().to_string();
    }
    match network {
        IpNet::V6(net) if net.addr().to_ipv4_mapped().is_some() => {
            let [.., high, low] = net.addr().segments();
            format!("::ffff:{high:x}:{low:x}/{}", net.prefix_len())
        }
        IpNet::V4(_) | IpNet::V6(_) => network.to_string(),
    }
}
