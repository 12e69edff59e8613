//! Where the time of an event stands: in the mapping, else as the rule says, else `@timestamp`.

use crate::compile::Inputs;
use crate::ir::series::Order;
use crate::rule::Rule;
use crate::rule::node::Node;
use verdict_event::Path;
use verdict_event::schema::Timestamp;

/// The order of a rule's events. A rule of Elastic's may name the fields (`timestamp_field`, `tiebreaker_field`).
pub(super) fn of(rule: &Rule, inputs: &Inputs<'_>) -> Order {
    if let Some(schema) = inputs.schema {
        return Order {
            timestamp: schema.timestamp.clone(),
            tiebreaker: schema.tiebreaker.as_deref().map(Path::new),
        };
    }
    let elastic = rule.metadata.vendor.get("elastic");
    let named = |key: &str| {
        let scalar = elastic?.get(key).and_then(Node::as_scalar)?;
        Some(scalar.text.text.clone())
    };
    let plain = Timestamp::default();
    Order {
        timestamp: Timestamp {
            field: named("timestamp_field").unwrap_or(plain.field),
            format: plain.format,
        },
        tiebreaker: named("tiebreaker_field").map(|field| Path::new(field.as_str())),
    }
}
