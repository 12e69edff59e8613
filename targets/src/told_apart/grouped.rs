//! What a correlation's groups leave of the difference between an empty text and a missing value.

use verdict_compiler::Ir;
use verdict_compiler::ir::series::{Correlation, CorrelationKind, Matches, Place, Referenced};
use verdict_compiler::ir::{Expr, LeafKind, Term};

/// What each rule over single events says of the events that are counted: those that have a value in every field of their group. Of the others it does not
/// matter what it says.
pub(crate) fn grouped(correlation: &Correlation) -> Vec<Ir> {
    let mut found = Vec::new();
    for rule in &correlation.rules {
        match &rule.matches {
            Matches::Events(ir) => {
                let fields = rule.group.iter().filter_map(Place::field);
                let given = fields.map(|path| {
                    let missing = LeafKind::Missing(Term::Field(path.clone()));
                    Expr::leaf(missing, rule.span).negate()
                });
                let mut ir = (**ir).clone();
                ir.predicate = Expr::all(given.chain([ir.predicate]).collect::<Vec<_>>());
                found.push(ir);
            }
            Matches::Correlation(inner) => found.extend(grouped(inner)),
        }
    }
    found
}

/// Whether a group whose field is the empty text can be measured: not where the measure is one of the numbers in that very field.
pub(crate) fn measures_empty_group(
    kind: CorrelationKind,
    rule: &Referenced,
    place: &Place,
) -> bool {
    !(kind.measures_numbers() && rule.values.contains(place))
}
