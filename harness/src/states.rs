//! Where a rule tells the empty text, null and absence apart.
//!
//! Many services cannot. Whether a rule minds is a question to the solver: an event in which a field is empty and the rule matches,
//! while it would not if the field were absent, or the other way. The absent field is the same field under a name that no event has.

use crate::oracle::Oracle;
use crate::solver::{Budget, Solution, Solver};
use verdict_compiler::ir::{Case, Expr, LeafKind, Pattern, Term, Test};
use verdict_compiler::{Ir, Span};
use verdict_event::{Event, Path, Value};

/// Whether some leaf may say something else of an empty or a null field than of an absent one.
pub(crate) fn matter(oracle: &Oracle<'_>, predicate: &Expr, path: &Path) -> bool {
    let empty = Value::String(String::new());
    let mut matter = false;
    predicate.each_leaf(&mut |leaf| {
        matter |= match &leaf.kind {
            LeafKind::Is {
                term: Term::Field(field),
                test,
            } => field == path && oracle.satisfies(test, &empty),
            LeafKind::Is { .. }
            | LeafKind::Relate { .. }
            | LeafKind::Missing(_)
            | LeafKind::Present(_) => {
                let mut reads = false;
                leaf.each_field(&mut |field| reads |= field == path);
                reads
            }
            LeafKind::AnyText(_) => false,
        };
    });
    matter
}

/// Events that hold the field in a state in which the rule says something else than of its absence, with the state's name.
pub(crate) fn events(
    solver: &Solver<'_>,
    predicate: &Expr,
    path: &Path,
) -> Vec<(Event, &'static str)> {
    let mut found = Vec::new();
    ask(solver, predicate, path, &mut |solution, label| {
        if let Solution::Witness(event) = solution {
            found.push((event, label));
        }
    });
    found
}

/// Whether it is proved that no field's state makes a difference.
pub(crate) fn proved_alike(oracle: &Oracle<'_>, ir: &Ir) -> bool {
    let solver = Solver::new(oracle, Budget::GOAL);
    let mut alike = true;
    for path in ir.fields.keys() {
        if alike && matter(oracle, &ir.predicate, path) {
            ask(&solver, &ir.predicate, path, &mut |solution, _| {
                alike &= solution == Solution::Infeasible;
            });
        }
    }
    alike
}

/// Asks for each state and each direction of the difference.
fn ask(
    solver: &Solver<'_>,
    predicate: &Expr,
    path: &Path,
    answer: &mut dyn FnMut(Solution, &'static str),
) {
    let absent = Path::new(format!("{path}\u{0}"));
    let without = predicate.rename(&|field| {
        if field == path {
            absent.clone()
        } else {
            field.clone()
        }
    });
    let leaf = |kind: LeafKind| Expr::leaf(kind, Span::default());
    let nothing = |path: &Path| leaf(LeafKind::Missing(Term::Field(path.clone())));
    let stands = |path: &Path| leaf(LeafKind::Present(path.clone()));
    let empty = Test::Text(Pattern::literal(String::new(), Case::Exact));
    let empty = Expr::field(path.clone(), empty, Span::default());
    let null = Expr::all([stands(path), nothing(path)]);
    let gone = [nothing(&absent), stands(&absent).negate()];
    for (state, label) in [(&empty, "empty"), (&null, "null")] {
        for outcome in [true, false] {
            let mut demands = vec![(predicate, outcome), (&without, !outcome), (state, true)];
            demands.extend(gone.iter().map(|expr| (expr, true)));
            answer(solver.solve(&demands, 0), label);
        }
    }
}
