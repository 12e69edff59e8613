//! Addresses in networks.
//!
//! Elasticsearch keeps an address as 16 bytes, IPv4 mapped into IPv6, so a network of one family holds the other's notation of its addresses, too. The
//! IR keeps the families apart. From EQL's own rules come networks of both, which are one again here; a Sigma network means its own family, and the mapped
//! notation of an IPv4 address is what the page of `address-text` says.

use crate::caps::Limit;
use crate::eql::notation;
use crate::eql::plan::{Planner, named};
use crate::eql::tree::{How, Operand, Tree};
use ipnet::{IpNet, Ipv4Net, Ipv6Net, Ipv6Subnets};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use verdict_compiler::codes::target::{EQL_ADDRESS, EQL_TYPE};
use verdict_compiler::ir::{Case, Term};
use verdict_event::FieldType;

/// The mapped addresses.
const MAPPED: (u128, u128) = (0xffff_0000_0000, 0xffff_ffff_ffff);

impl Planner<'_> {
    /// The term is an address inside one of the networks.
    pub(crate) fn within(&mut self, term: &Term, networks: &[IpNet]) -> Result<Tree, Limit> {
        let subject = self.term(term)?;
        if subject.kind == FieldType::Keyword && term.as_field().is_some() {
            return written(subject.operand, networks);
        }
        if subject.kind != FieldType::Ip {
            return Err(Limit::new(
                EQL_TYPE,
                format!(
                    "{} is held against a network, for which `cidrMatch` takes only fields of type `ip`",
                    named(subject.kind)
                ),
            ));
        }
        let networks = joined(networks)?;
        if verdict_faults::at("eql/address/as-texts") {
            return written(subject.operand, &networks);
        }
        let hosts: Option<Vec<IpAddr>> = networks.iter().map(host).collect();
        let text = |text: String| Operand::Text(text);
        if let Some(hosts) = hosts {
            return Ok(Tree::Match {
                subject: subject.operand,
                how: How::Equal,
                values: hosts.iter().map(|host| text(host.to_string())).collect(),
            });
        }
        let left_out = usize::from(
            networks.len() > 1 && verdict_faults::at("eql/address/first-network-dropped"),
        );
        let networks = networks.iter().skip(left_out);
        let networks = networks.map(|net| match net {
            net if verdict_faults::at("eql/address/prefix-dropped") => text(net.addr().to_string()),
            net => text(net.to_string()),
        });
        let arguments = std::iter::once(subject.operand).chain(networks);
        Ok(Tree::Call("cidrMatch".to_owned(), arguments.collect()))
    }
}

/// The text of a `keyword` field is an address inside one of the networks.
fn written(subject: Operand, networks: &[IpNet]) -> Result<Tree, Limit> {
    let expressions: Result<Vec<Operand>, Limit> = networks
        .iter()
        .map(|network| {
            let text = notation::expression(network).ok_or_else(|| {
                Limit::new(
                    EQL_ADDRESS,
                    format!("no expression takes every notation of the addresses of `{network}`, and the field is no `ip`"),
                )
            })?;
            Ok(Operand::Expression(text))
        })
        .collect();
    Ok(Tree::Match {
        subject,
        how: How::Regex(Case::Fold),
        values: expressions?,
    })
}

fn host(network: &IpNet) -> Option<IpAddr> {
    let single = network.prefix_len() == network.max_prefix_len();
    (single || verdict_faults::at("eql/address/network-as-its-address")).then(|| network.addr())
}

/// The networks as Elasticsearch has them: those of mapped addresses are the IPv4 ones, which must be there as well.
fn joined(networks: &[IpNet]) -> Result<Vec<IpNet>, Limit> {
    let v4: Vec<Ipv4Net> = networks
        .iter()
        .filter_map(|net| match net {
            IpNet::V4(net) => Some(net.trunc()),
            IpNet::V6(_) => None,
        })
        .collect();
    let held = |wanted: Ipv4Net| covered(&v4, wanted);
    let everything = Ipv4Net::default();
    let mut written: Vec<IpNet> = Vec::new();
    let mut whole = false;
    for net in networks {
        let IpNet::V6(net) = net else { continue };
        let net = net.trunc();
        let (low, high) = (u128::from(net.network()), u128::from(net.broadcast()));
        if high < MAPPED.0
            || low > MAPPED.1
            || verdict_faults::at("eql/address/mapped-addresses-kept")
        {
            written.push(IpNet::V6(net));
        } else if let Some(inside) = mapped(&net) {
            if !held(inside) {
                return Err(Limit::new(
                    EQL_ADDRESS,
                    format!(
                        "`{net}` means mapped addresses alone, and Elasticsearch takes them for the IPv4 ones"
                    ),
                ));
            }
        } else if held(everything) {
            whole = true;
            written.push(IpNet::V6(net));
        } else {
            written.extend(between(low, MAPPED.0.checked_sub(1)));
            written.extend(between(MAPPED.1 + 1, Some(high)));
        }
    }
    if whole {
        return Ok(written);
    }
    let mut all: Vec<IpNet> = v4.into_iter().map(IpNet::V4).collect();
    all.extend(written);
    Ok(all)
}

/// The IPv4 network whose mapped addresses these are.
fn mapped(net: &Ipv6Net) -> Option<Ipv4Net> {
    let bits = net.prefix_len().checked_sub(96)?;
    let address: Ipv4Addr = net.network().to_ipv4_mapped()?;
    Ipv4Net::new(address, bits).ok()
}

/// Whether the networks together hold every address of another.
fn covered(networks: &[Ipv4Net], wanted: Ipv4Net) -> bool {
    if networks.iter().any(|net| net.contains(&wanted)) {
        return true;
    }
    let mut inside: Vec<(u64, u64)> = networks
        .iter()
        .map(|net| {
            (
                u64::from(u32::from(net.network())),
                u64::from(u32::from(net.broadcast())),
            )
        })
        .collect();
    inside.sort_unstable();
    let last = u64::from(u32::from(wanted.broadcast()));
    let mut next = u64::from(u32::from(wanted.network()));
    for (low, high) in inside {
        if low <= next && high >= next {
            next = high + 1;
        }
    }
    next > last
}

fn between(low: u128, high: Option<u128>) -> impl Iterator<Item = IpNet> {
    let range = high.filter(|high| low <= *high);
    let nets = range.map(|high| Ipv6Subnets::new(Ipv6Addr::from(low), Ipv6Addr::from(high), 0));
    nets.into_iter().flatten().map(IpNet::V6)
}
