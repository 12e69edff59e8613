//! How whole rules look.

use super::notation::{Fields, leaf};
use super::{compile, ir};
use verdict_compiler::Span;
use verdict_compiler::ir::{Expr, LeafKind, Term};
use verdict_event::Path;
use verdict_targets::Claim;

/// The leaves of these lines, and their fields.
fn leaves(lines: &[&str], fields: &mut Fields) -> Vec<Expr> {
    let leaves = lines.iter().map(|line| {
        let (leaf, more) = leaf(line);
        fields.extend(more);
        leaf
    });
    leaves.collect()
}

fn snapshot(name: &str, predicate: Expr, fields: Fields) {
    let emitted = compile("Suspicious child of a script host", &ir(predicate, fields));
    super::snapshot(name, &emitted.text.expect("a query"));
}

#[test]
fn a_sigma_rule() {
    let mut fields = Fields::new();
    let source = leaves(
        &["EventID:keyword num 1", "EventID:keyword num 4688"],
        &mut fields,
    );
    let images = leaves(
        &[
            r"Image:keyword ~ *\powershell.exe",
            r"Image:keyword ~ *\pwsh.exe",
        ],
        &mut fields,
    );
    let words = leaves(
        &[
            "CommandLine:keyword ~ *-enc *",
            "CommandLine:keyword ~ *-encodedcommand*",
            "CommandLine:keyword ~ *frombase64string*",
            "CommandLine:keyword ~ *downloadstring*",
            "CommandLine:keyword ~ *invoke-expression*",
        ],
        &mut fields,
    );
    let filter = leaves(
        &[
            r"ParentImage:keyword =~ C:\Program Files\Tool\agent.exe",
            "ParentCommandLine:keyword ~ *--silent*",
            r"User:keyword =~ NT AUTHORITY\SYSTEM",
        ],
        &mut fields,
    );
    let noise = leaves(
        &["ParentImage:keyword missing", "IntegrityLevel:long > 3"],
        &mut fields,
    );
    let predicate = Expr::all([
        Expr::any(source),
        Expr::any(images),
        Expr::any(words),
        Expr::all(filter).negate(),
        Expr::any(noise).negate(),
    ]);
    snapshot("rule-sigma", predicate, fields);
}

#[test]
fn lists_of_values() {
    let mut fields = Fields::new();
    let names: Vec<String> = (0..12)
        .map(|at| format!(r"OriginalFileName:keyword =~ unusual-file-name-{at}.exe"))
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let files = Expr::any(leaves(&names, &mut fields));
    let mixed = Expr::any(leaves(
        &[
            "Code:keyword =~ a1",
            "Code:keyword = Exact",
            "Other:keyword =~ x",
            "Code:keyword num 17",
            "Code:keyword =~ B2",
            "Code:keyword = Only",
        ],
        &mut fields,
    ));
    let ports = Expr::any(leaves(
        &["Port:long num 80", "Port:long num 443", "Port:long =~ 8080"],
        &mut fields,
    ));
    let local = leaves(
        &[
            "Ip:ip cidr 10.0.0.0/8",
            "Ip:ip cidr 192.168.0.0/16",
            "Ip:ip cidr fc00::/7",
            "Ip:ip cidr fe80::/10",
        ],
        &mut fields,
    );
    let local = Expr::any(local);
    let predicate = Expr::all([
        files.clone(),
        mixed,
        ports,
        local.clone(),
        local.negate(),
        files.negate(),
    ]);
    snapshot("rule-lists-of-values", predicate, fields);
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
