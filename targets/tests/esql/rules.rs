//! How whole rules look.

use super::notation::{Fields, leaf};
use super::shared_rules::{leaves, snapshot};
use super::{compile, ir};
use verdict_compiler::Span;
use verdict_compiler::ir::{Expr, LeafKind, Term};
use verdict_event::Path;
use verdict_targets::Claim;

#[test]
fn a_joined_list_that_is_read_often_has_a_name() {
    let mut fields = Fields::new();
    let predicate = Expr::all(leaves(
        &[
            "process.args:keyword[] =~ cmd",
            "process.args:keyword[] ~ *http*",
            "process.args:keyword[] ~ /c*",
            "process.name:keyword =~ cmd.exe",
        ],
        &mut fields,
    ));
    snapshot("rule-joined", predicate, fields);
}

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
fn long_chains_are_balanced() {
    let mut fields = Fields::new();
    let lines: Vec<String> = (0..3000).map(|at| format!("f{at}:keyword =~ x")).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let predicate = Expr::any(leaves(&lines, &mut fields));
    let emitted = compile("x", &ir(predicate, fields));
    let text = emitted.text.expect("a query");
    let longest = text
        .split("(\n")
        .map(|group| group.matches("\n        OR ").count())
        .max();
    assert!(longest < Some(100), "{longest:?}");
    assert_eq!(text.matches(" == ").count(), 3000);
}

#[test]
fn lists_of_patterns_stay_small_enough_for_one_automaton() {
    let mut fields = Fields::new();
    let open = (0..12).map(|at| format!("CommandLine:keyword ~ *word-{at}*"));
    let closed = (0..150).map(|at| format!("CommandLine:keyword ~ *-name-{at}.exe"));
    let lines: Vec<String> = open.chain(closed).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let predicate = Expr::any(leaves(&lines, &mut fields));
    let text = compile("x", &ir(predicate, fields)).text.expect("a query");
    let lists = text.matches("LIKE (").count();
    assert!((4..=8).contains(&lists), "{lists}");
    assert_eq!(text.matches("-name-").count(), 150);
}

#[test]
fn nothing_newer_than_the_version_is_used() {
    let mut fields = Fields::new();
    let lines = ["a:keyword ~ x*", "a:keyword ~ y*", "b:keyword[] = z"];
    let predicate = Expr::any(leaves(&lines, &mut fields));
    let ir = ir(predicate, fields);
    let on = |version| {
        let emitted = super::compile_on("x", &ir, &[("elasticsearch", version)]);
        let text = emitted.text?;
        Some((text.contains("LIKE ("), text.contains("MV_CONTAINS")))
    };
    assert_eq!(on("8.18"), None);
    assert_eq!(on("8.19"), Some((true, false)));
    assert_eq!(on("9.0.4"), Some((false, false)));
    assert_eq!(on("9.1"), Some((true, false)));
    assert_eq!(on("9.2"), Some((true, true)));
    assert_eq!(on("10"), Some((true, true)));
}

#[test]
fn every_limit_is_reported_once_with_its_place() {
    let mut fields = Fields::new();
    let lines = ["a:date ~ 1*", "b:keyword[] == 5", "c..d:keyword =~ x"];
    let predicate = Expr::all(leaves(&lines, &mut fields));
    let Claim::Unsupported(refusals) = compile("x", &ir(predicate, fields)).claim else {
        panic!("a refusal");
    };
    let codes: Vec<_> = refusals.iter().map(|refusal| refusal.code.id).collect();
    assert_eq!(codes, ["V0923", "V0922", "V0920"]);
    assert!(
        refusals
            .iter()
            .all(|refusal| refusal.span == Span::new(3, 7))
    );
}
