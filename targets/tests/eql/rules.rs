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
    // Any field may hold a list, of which a condition is true and false at once; `not` says only that it is never true.
    let refused = compile("x", &ir(of("bool false"), fields.clone()));
    assert!(matches!(refused.claim, Claim::Unsupported(_)));
    snapshot("rule-conditions-as-values", predicate, fields);
}

#[test]
fn the_category_stands_before_where() {
    let mut fields = Fields::new();
    let own = leaves(
        &[
            "event.category:keyword = process",
            "process.name:keyword =~ cmd.exe",
        ],
        &mut fields,
    );
    snapshot("rule-category", Expr::all(own), fields.clone());
    for (line, expected) in [
        ("event.category:keyword = process", "process where true"),
        ("event.category:keyword = any", "\"any\" where true"),
        ("event.category:keyword = a b", "\"a b\" where true"),
        (
            "event.category:keyword =~ process",
            "any where event.category : \"process\"",
        ),
    ] {
        let (leaf, fields) = leaf(line);
        let text = compile("x", &ir(leaf, fields)).text.expect("a query");
        assert_eq!(text.lines().last(), Some(expected));
    }
    let (leaf, fields) = leaf("event.category:keyword = process");
    let text = compile("x", &ir(leaf.negate(), fields))
        .text
        .expect("a query");
    assert_eq!(
        text.lines().last(),
        Some("any where event.category != \"process\"")
    );
}

#[test]
fn what_the_rule_can_do_without_stays_optional() {
    let mut fields = Fields::new();
    let lines = [
        "event.category:keyword = process",
        "process.name:keyword =~ cmd.exe",
        "process.Ext.token.level:long > 3",
        "dll.name:keyword ~ *.dll",
        "dll.a-b:keyword =~ x",
        "source.address:ip cidr 10.0.0.0/8",
        "process.code_signature.trusted:boolean bool true",
        "user.id:keyword missing",
    ];
    let predicate = Expr::all(leaves(&lines, &mut fields));
    let mut ir = ir(predicate, fields);
    for path in ir.fields.keys() {
        let always = ["event.category", "process.name"].contains(&path.as_str());
        ir.origin.optional.extend((!always).then(|| path.clone()));
    }
    let text = compile("x", &ir).text.expect("a query");
    super::snapshot("rule-optional-fields", &text);
}

#[test]
fn long_chains_are_nested() {
    let mut fields = Fields::new();
    let lines: Vec<String> = (0..1500)
        .map(|at| format!("f{at}:keyword ~ *word*"))
        .collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let predicate = Expr::any(leaves(&lines, &mut fields));
    let text = compile("x", &ir(predicate, fields)).text.expect("a query");
    let longest = text
        .split('(')
        .map(|group| group.matches(" or\n").count())
        .max();
    assert!(longest < Some(210), "{longest:?}");
    assert_eq!(text.matches("\"*word*\"").count(), 1500);
}

#[test]
fn every_limit_is_reported_once_with_its_place() {
    let mut fields = Fields::new();
    let lines = [
        "a:keyword version 1",
        "b:keyword hour == 3",
        "c\td:keyword =~ x",
    ];
    let predicate = Expr::all(leaves(&lines, &mut fields));
    let Claim::Unsupported(refusals) = compile("x", &ir(predicate, fields)).claim else {
        panic!("a refusal");
    };
    let codes: Vec<_> = refusals.iter().map(|refusal| refusal.code.id).collect();
    assert_eq!(codes, ["V0932", "V0936", "V0930"]);
    assert!(
        refusals
            .iter()
            .all(|refusal| refusal.span == Span::new(3, 7))
    );
}
