//! Addresses in networks.

use crate::esql::columns::Kind;
use crate::esql::plan::Subject;
use crate::esql::tree::Tree;
use ipnet::{IpNet, Ipv6Net};
use std::net::Ipv6Addr;

/// The value's text is an address of the network's family inside it.
///
/// Elasticsearch keeps every address as 16 bytes, IPv4 mapped into IPv6: to it, `::ffff:10.0.0.1` is `10.0.0.1`, and `::/0` holds both.
pub(crate) fn within(subject: &Subject, network: &IpNet) -> Tree {
    let address = match subject.kind {
        Kind::Ip => subject.tree.clone(),
        Kind::Text if verdict_faults::at("esql/address/text-not-converted") => subject.tree.clone(),
        Kind::Text => Tree::call("TO_IP", subject.tree.clone()),
        // The text of a number, a truth value or a date is no address.
        Kind::Long | Kind::Double | Kind::Bool | Kind::Date | Kind::Version | Kind::Opaque => {
            return Tree::Bool(false);
        }
    };
    let inside = |network: &str| {
        Tree::Call(
            "CIDR_MATCH",
            vec![address.clone(), Tree::Text(network.to_owned())],
        )
    };
    match network {
        IpNet::V4(net) if verdict_faults::at("esql/address/prefix-dropped") => {
            inside(&format!("{}/32", net.network()))
        }
        IpNet::V4(net) => inside(&net.trunc().to_string()),
        // Only mapped addresses are in there, and they are IPv4 addresses.
        IpNet::V6(net)
            if is_mapped(net) && !verdict_faults::at("esql/address/mapped-network-kept") =>
        {
            Tree::Bool(false)
        }
        IpNet::V6(net) => {
            let found = inside(&net.trunc().to_string());
            if net.contains(&MAPPED) && !verdict_faults::at("esql/address/mapped-guard-lost") {
                Tree::all([found, inside("0.0.0.0/0").negate()])
            } else {
                found
            }
        }
    }
}

/// Where the mapped addresses begin.
const MAPPED: Ipv6Addr = Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, 0, 0);

/// Whether a network holds nothing but mapped IPv4 addresses.
pub(crate) fn is_mapped(net: &Ipv6Net) -> bool {
    net.prefix_len() >= 96 && net.network().to_ipv4_mapped().is_some()
}
