//! How whole rules look.

use super::notation::{Fields, leaf};
use super::shared_rules::{leaves, snapshot};
use super::{compile, ir};
use verdict_compiler::Span;
use verdict_compiler::ir::{Expr, LeafKind, Term};
use verdict_event::Path;
use verdict_targets::Claim;

#[test]
fn conditions_as_values() {
    let mut fields = Fields::new();
    let mut pair = leaves(&["a:long > 1", "a:long missing"], &mut fields);
    let known = pair.pop().expect("a leaf").negate();
    let holds = pair.pop().expect("a leaf");
    let truth = Term::Truth {
        holds: Box::new(holds),
        known: Box::new(known),
    };
    let is = |test: &str| {
        let (leaf, _) = leaf(&format!("x:keyword {test}"));
        match leaf {
            Expr::Leaf(leaf) => match leaf.kind {
                LeafKind::Is { test, .. } => test,
                other => panic!("{other:?}"),
            },
            other => panic!("{other:?}"),
        }
    };
    let of = |test: &str| {
        let term = truth.clone();
        Expr::leaf(
            LeafKind::Is {
                term,
                test: is(test),
            },
            Span::default(),
        )
    };
    let missing = Expr::leaf(LeafKind::Missing(truth.clone()), Span::default());
    let predicate = Expr::any([
        Expr::all([
            of("bool false"),
            Expr::field(Path::new("n"), is("=~ 1"), Span::default()),
        ]),
        Expr::all([
            of("bool true"),
            Expr::field(Path::new("n"), is("=~ 2"), Span::default()),
        ]),
        of("any"),
        of("> 5"),
        missing.clone(),
        Expr::all([
            missing.negate(),
            Expr::field(Path::new("n"), is("=~ 3"), Span::default()),
        ]),
    ]);
    snapshot("rule-conditions-as-values", predicate, fields);
}

#[test]
fn every_limit_is_reported_once_with_its_place() {
    let mut fields = Fields::new();
    let lines = [
        "a:version version 1",
        "b:keyword lucene a&b",
        "c'd:keyword =~ x",
    ];
    let predicate = Expr::all(leaves(&lines, &mut fields));
    let Claim::Unsupported(refusals) = compile("x", &ir(predicate, fields)).claim else {
        panic!("a refusal");
    };
    let codes: Vec<_> = refusals.iter().map(|refusal| refusal.code.id).collect();
    assert_eq!(codes, ["V0943", "V0941", "V0940"]);
    assert!(
        refusals
            .iter()
            .all(|refusal| refusal.span == Span::new(3, 7))
    );
}
