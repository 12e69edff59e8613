//! Columns that hold no empty text where a field of the rule has one.

use crate::profile::derived::{Derived, From};
use crate::profile::holding::Reads;
use crate::profile::mapping::{Holding, Source};
use std::collections::BTreeSet;
use verdict_compiler::Ir;
use verdict_compiler::ir::{Expr, LeafKind, Term};
use verdict_event::{FieldType, Path};

/// Columns that become empty only where all of a field is missing.
pub(super) fn never_empty(
    ir: &Ir,
    sources: &[(&Source, &Reads)],
    derived: &[Derived],
) -> BTreeSet<Path> {
    let mut never = BTreeSet::new();
    let mut plain = BTreeSet::new();
    let path = |column: &String| Path::new(column.as_str());
    for (_, reads) in sources {
        for (field, holding) in &reads.fields {
            let Some(holding) = holding else {
                continue;
            };
            // No address, number or date is the empty text, whatever the column could hold.
            let textual = ir.fields.get(field).is_none_or(|known| {
                matches!(
                    known.kind,
                    FieldType::Keyword | FieldType::Text | FieldType::Version
                )
            });
            match holding {
                Holding::Column(column) if !textual => {
                    never.insert(path(column));
                }
                Holding::Column(column)
                | Holding::Values { column, .. }
                | Holding::Last { column, .. }
                | Holding::Behind { column, .. } => {
                    plain.insert(path(column));
                }
                Holding::Inside(inside) => {
                    plain.insert(path(&inside.column));
                }
                Holding::Labelled(columns) => {
                    never.extend(columns.iter().map(|(_, column)| path(column)));
                }
                Holding::Registry(registry) => {
                    never.extend([path(&registry.data), path(&registry.kind)]);
                }
                Holding::Joined(_) | Holding::Constant(_) | Holding::Assumed(_) => {}
            }
        }
    }
    let of_parts = derived
        .iter()
        .filter(|derived| matches!(derived.from, From::Joined { .. } | From::Behind(..)));
    never.extend(of_parts.map(|derived| derived.name.clone()));
    never.retain(|column| !plain.contains(column));
    never.extend(plain.into_iter().filter(|column| {
        let mut sources = sources.iter();
        sources.all(|(_, reads)| needs_an_end(ir, reads, column))
    }));
    never
}

/// Whether the rule matches no event in which a column that is empty leaves nothing behind its last separator.
fn needs_an_end(ir: &Ir, reads: &Reads, column: &Path) -> bool {
    let ends = |path: &Path| {
        let held = reads.fields.get(path).and_then(Option::as_ref);
        matches!(held, Some(Holding::Behind { column: of, .. }) if of == column.as_str())
    };
    let without = ir.predicate.map_leaves(&mut |leaf| match &leaf.kind {
        LeafKind::Is {
            term: Term::Field(path),
            ..
        }
        | LeafKind::Present(path)
            if ends(path) =>
        {
            Expr::Const(false)
        }
        LeafKind::Missing(Term::Field(path)) if ends(path) => Expr::Const(true),
        LeafKind::Is { .. }
        | LeafKind::Relate { .. }
        | LeafKind::Missing(_)
        | LeafKind::Present(_)
        | LeafKind::AnyText(_) => Expr::Leaf(leaf.clone()),
    });
    without == Expr::Const(false)
}
