//! Leaves that relate fields or compute with them.

use super::{Bindery, Held};
use crate::profile::mapping::Holding;
use std::collections::{BTreeMap, BTreeSet};
use verdict_compiler::ir::{Expr, Leaf, Term};
use verdict_event::Path;

impl Bindery<'_> {
    pub(super) fn relate(&mut self, left: &Term, right: &Term, leaf: &Leaf) -> Expr {
        // A relation with a field that is not there is false, as with one that has no value.
        let mut without = false;
        for side in [left, right] {
            if let Term::Field(path) = side {
                without |= matches!(self.held(path, leaf.span), Held::Without);
            }
        }
        if without {
            Expr::Const(false)
        } else {
            self.computed(leaf)
        }
    }

    /// A leaf whose fields stand below functions, relations or conditions: each must be a column, constant or computed column.
    pub(super) fn computed(&mut self, leaf: &Leaf) -> Expr {
        let mut columns: BTreeMap<Path, Path> = BTreeMap::new();
        let mut fields = BTreeSet::new();
        leaf.each_field(&mut |path| {
            fields.insert(path.clone());
        });
        for path in fields {
            self.reads.exact.insert(path.clone());
            match self.held(&path, leaf.span) {
                Held::As(Holding::Column(column)) => {
                    columns.insert(path, Path::new(column));
                }
                Held::As(Holding::Joined(joined)) if joined.prefixes.is_empty() => {
                    let name = self.derive(&path, &joined);
                    columns.insert(path, name);
                }
                Held::As(Holding::Inside(inside)) => {
                    let name = self.derive_inside(&path, &inside);
                    columns.insert(path, name);
                }
                Held::As(Holding::Behind { column, by }) => {
                    let name = self.derive_behind(&path, &column, by);
                    columns.insert(path, name);
                }
                Held::As(
                    Holding::Joined(_)
                    | Holding::Constant(_)
                    | Holding::Assumed(_)
                    | Holding::Values { .. }
                    | Holding::Labelled(_)
                    | Holding::Registry(_)
                    | Holding::Last { .. },
                ) => {
                    return self.refuse(format!("the profile has `{path}` under other values, and only a comparison with a text can follow"), leaf);
                }
                Held::Without => {
                    return self.refuse(
                        format!("the rule computes with `{path}`, which the profile does not have"),
                        leaf,
                    );
                }
                Held::Refused => return Expr::Leaf(leaf.clone()),
            }
        }
        Expr::Leaf(leaf.rename(&|path| columns.get(path).unwrap_or(path).clone()))
    }
}
