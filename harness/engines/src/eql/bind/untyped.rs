//! Fields that no schema types: what one place of the query says of such a field holds in all of them.
//!
//! A field has one type. `not (flag == null) or flag == true` is about a boolean in both places, and `""` is no boolean in either.

use crate::eql::plan::{Leaf, Node, Read};
use std::collections::BTreeMap;

/// Gives every occurrence of a field that was read as it comes the type that another occurrence has; text if none has one. Returns how
/// each field is read.
/// Source: a mapping types a field, not its occurrences.
pub(super) fn settle(leaves: &mut [Leaf]) -> BTreeMap<usize, Read> {
    let mut known: BTreeMap<usize, Read> = BTreeMap::new();
    for leaf in leaves.iter_mut() {
        each(leaf, &mut |field, read| {
            let found = known.entry(field).or_insert(Read::AsIs);
            *found = stronger(*found, *read);
        });
    }
    for leaf in leaves {
        each(leaf, &mut |field, read| {
            if *read == Read::AsIs {
                *read = match known.get(&field) {
                    None | Some(Read::AsIs) => Read::Text,
                    Some(found) => *found,
                };
            }
        });
    }
    known
}

/// Visits every reading of a field.
fn each(leaf: &mut Leaf, visit: &mut impl FnMut(usize, &mut Read)) {
    match leaf {
        Leaf::Missing { field, read } | Leaf::Field { field, read, .. } => visit(*field, read),
        Leaf::Script { root, fields } => {
            for (field, read) in fields.iter_mut() {
                visit(*field, read);
            }
            readings(root, &mut |occurrence, read| {
                if let Some((field, _)) = fields.get(occurrence) {
                    visit(*field, read);
                }
            });
        }
    }
}

fn readings(node: &mut Node, visit: &mut impl FnMut(usize, &mut Read)) {
    match node {
        Node::Const(_) => {}
        Node::Field(occurrence, read) => visit(*occurrence, read),
        Node::Call(_, _, parts) | Node::And(parts) | Node::Or(parts) => {
            for part in parts {
                readings(part, visit);
            }
        }
        Node::Arithmetic(left, _, right) | Node::Compare(left, _, right) => {
            readings(left, visit);
            readings(right, visit);
        }
        Node::Negate(inner) | Node::Test(inner, _) | Node::IsNull(inner) | Node::Not(inner) => {
            readings(inner, visit);
        }
    }
}

/// An address is written as text and a double may be a whole number, so these say more than what they are beside.
pub(super) fn stronger(one: Read, other: Read) -> Read {
    let rank = |read: Read| match read {
        Read::AsIs => 0,
        Read::Text => 1,
        Read::Bool | Read::Long | Read::Version | Read::Date => 2,
        Read::Double | Read::Ip => 3,
    };
    if rank(other) > rank(one) { other } else { one }
}

#[cfg(test)]
mod tests {
    use crate::eql::Query;
    use verdict_event::{Event, Schema};

    #[test]
    fn one_place_types_a_field_in_every_other() {
        let check = |query: &str, event: serde_json::Value, expected: bool| {
            let bound = Query::parse(query)
                .and_then(|query| query.bind(&Schema::default(), true))
                .expect("a query");
            let event = Event::from_json(event).expect("an event");
            assert_eq!(bound.matches(&event), expected, "{query}");
        };
        let query = "any where not (f == null) or f == true";
        check(query, serde_json::json!({"f": ""}), false);
        check(query, serde_json::json!({"f": "false"}), true);
        let query = "any where f == null or (g == (number(\"*\") <= 3) and f > 1)";
        check(query, serde_json::json!({"f": "x"}), true);
        check(query, serde_json::json!({"f": 2, "g": ""}), true);
        check(query, serde_json::json!({"f": 2, "g": true}), false);
    }
}
