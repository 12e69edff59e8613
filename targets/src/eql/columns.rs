//! Fields of profile `raw`: named like the rule's, typed by what is known of them.
//!
//! `cidrMatch` takes fields of type `ip` alone. So a field without a type of its own that a rule holds against networks, and against nothing that an
//! address could not be, is one of addresses.

use std::collections::BTreeMap;
use std::net::IpAddr;
use verdict_compiler::Ir;
use verdict_compiler::ir::pattern::Shape;
use verdict_compiler::ir::{LeafKind, Term, Test};
use verdict_event::{FieldSchema, FieldType, Path};

/// The field that keywords are looked for in.
pub(crate) const MESSAGE: &str = "message";

/// Every field that the query reads.
pub(crate) fn of(ir: &Ir) -> BTreeMap<Path, FieldSchema> {
    let mut fields: BTreeMap<Path, FieldSchema> = BTreeMap::new();
    let known = |path: &Path| {
        let field = ir.fields.get(path).cloned();
        let mut field = field.unwrap_or_else(|| FieldSchema::new(FieldType::Keyword));
        field.mapped = true;
        if field.kind == FieldType::Text {
            field.kind = FieldType::Keyword;
        }
        field
    };
    let mut keywords = false;
    ir.predicate.each_leaf(&mut |leaf| {
        keywords |= matches!(leaf.kind, LeafKind::AnyText(_));
        leaf.each_field(&mut |path| {
            fields.entry(path.clone()).or_insert_with(|| known(path));
        });
    });
    for path in addresses(ir) {
        if let Some(field) = fields.get_mut(&path)
            && field.kind == FieldType::Keyword
        {
            field.kind = FieldType::Ip;
        }
    }
    if keywords {
        let path = Path::new(MESSAGE);
        fields.entry(path.clone()).or_insert_with(|| known(&path));
    }
    fields
}

/// Fields that are held against networks and nothing but what an address is.
fn addresses(ir: &Ir) -> Vec<Path> {
    let mut found: BTreeMap<Path, (bool, bool)> = BTreeMap::new();
    ir.predicate.each_leaf(&mut |leaf| match &leaf.kind {
        LeafKind::Is {
            term: Term::Field(path),
            test,
        } => {
            let (network, other) = found.entry(path.clone()).or_default();
            *network |= matches!(test, Test::Cidr(_));
            *other |= !is_of_address(test);
        }
        LeafKind::Missing(Term::Field(_)) | LeafKind::Present(_) | LeafKind::AnyText(_) => {}
        LeafKind::Is { .. } | LeafKind::Relate { .. } | LeafKind::Missing(_) => {
            leaf.each_field(&mut |path| found.entry(path.clone()).or_default().1 = true);
        }
    });
    let found = found
        .into_iter()
        .filter(|(_, (network, other))| *network && !*other);
    found.map(|(path, _)| path).collect()
}

fn is_of_address(test: &Test) -> bool {
    match test {
        Test::Cidr(_) | Test::AnyValue => true,
        Test::Text(pattern) => address(pattern.shape()).is_some(),
        Test::Numeral(_)
        | Test::Compare(..)
        | Test::TextOrder(..)
        | Test::Bool(_)
        | Test::Regex(_)
        | Test::Version(..)
        | Test::Instant(..)
        | Test::DatePart(..) => false,
    }
}

/// The address that a pattern is, written as everyone writes it.
pub(crate) fn address(shape: Shape<'_>) -> Option<IpAddr> {
    match shape {
        Shape::Equals(text) => canonical(text),
        Shape::Anything
        | Shape::StartsWith(_)
        | Shape::EndsWith(_)
        | Shape::Contains(_)
        | Shape::General(_) => None,
    }
}

/// The address that a text is, if it is written as everyone writes it.
pub(crate) fn canonical(text: &str) -> Option<IpAddr> {
    let address: IpAddr = text.parse().ok()?;
    (address.to_string() == text).then_some(address)
}
