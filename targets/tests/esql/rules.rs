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
