use super::{Budget, Solution, Solver};
use crate::goals::goals;
use crate::oracle::Oracle;
use std::collections::BTreeMap;
use verdict_compiler::Ir;
use verdict_compiler::Span;
use verdict_compiler::ir::{
    Case, Comparison, Expr, Function, LeafKind, Pattern, Piece, Relation, Scalar, Term, Test,
};
use verdict_event::{FieldSchema, FieldType, Number};

fn glob(field: &str, pattern: &str) -> Expr {
    let pieces = pattern.chars().map(|c| match c {
        '*' => Piece::AnyRun,
        '?' => Piece::AnyChar,
        other => Piece::Literal(other.to_string()),
    });
    Expr::field(
        field.into(),
        Test::Text(Pattern::new(pieces, Case::Fold)),
        Span::default(),
    )
}

fn more_than(field: &str, number: i64) -> Expr {
    Expr::field(
        field.into(),
        Test::Compare(Comparison::Greater, Number::from(number)),
        Span::default(),
    )
}

fn missing(field: &str) -> Expr {
    Expr::leaf(
        LeafKind::Missing(Term::Field(field.into())),
        Span::default(),
    )
}

fn ir(predicate: Expr) -> Ir {
    Ir {
        detection: predicate.clone(),
        predicate,
        origin: verdict_compiler::ir::Origin::default(),
        fields: BTreeMap::new(),
    }
}

/// How many goals are witnessed, infeasible and unknown; every witness is checked here once more.
fn check(predicate: Expr) -> (usize, usize, usize) {
    let ir = ir(predicate);
    let oracle = Oracle::new(&ir);
    let solver = Solver::new(&oracle, Budget::GOAL);
    let mut counts = (0, 0, 0);
    for goal in goals(&ir.predicate) {
        match solver.goal(&ir.predicate, &goal) {
            Solution::Witness(event) => {
                assert_eq!(oracle.leaf(goal.leaf, &event), goal.polarity);
                assert_eq!(oracle.holds(&event), goal.outcome);
                counts.0 += 1;
            }
            Solution::Infeasible => counts.1 += 1,
            Solution::Unknown => counts.2 += 1,
        }
    }
    counts
}

#[test]
fn ordinary_rules_are_witnessed_both_ways() {
    let rule = Expr::all([
        Expr::any([
            glob("Image", "*\\cmd.exe"),
            glob("Image", "*\\powershell.exe"),
        ]),
        glob("CommandLine", "*-enc*"),
        glob("CommandLine", "*http*"),
        Expr::any([glob("Parent", "*\\a.exe"), missing("Parent")]).negate(),
        more_than("Size", 10),
    ]);
    assert_eq!(check(rule), (14, 0, 0));
}

#[test]
fn dead_conditions_are_proved_dead() {
    // Whatever holds `cobeacon` holds `beacon`: the first alternative never decides.
    let subsumed = Expr::any([glob("a", "*cobeacon*"), glob("a", "*beacon*")]);
    assert_eq!(check(subsumed), (3, 1, 0));
    let contradiction = Expr::all([missing("a"), glob("a", "x")]);
    assert_eq!(check(contradiction).1, 2);
}

/// Networks in networks, and a network that two others make up, are as dead as texts in texts.
#[test]
fn dead_networks_are_proved_dead() {
    let within = |network: &str| {
        let test = Test::Cidr(network.parse().expect("a network"));
        Expr::field("a".into(), test, Span::default())
    };
    let inner = Expr::any([within("192.0.0.0/24"), within("192.0.0.8/32")]);
    assert_eq!(check(inner), (3, 1, 0));
    let halves = ["fe80::/10", "fe80::/11", "fea0::/11"].map(within);
    assert_eq!(check(Expr::any(halves)), (3, 3, 0));
    let both = Expr::all([within("10.0.0.0/8"), within("10.1.0.0/16").negate()]);
    assert_eq!(check(both), (4, 0, 0));
}

/// No address is the empty text, so a field of addresses never holds it.
#[test]
fn a_text_that_no_value_of_the_type_has_is_proved_dead() {
    let mut ir = ir(Expr::any([glob("a", ""), missing("a")]));
    ir.fields
        .insert("a".into(), FieldSchema::new(FieldType::Ip));
    let oracle = Oracle::new(&ir);
    let solver = Solver::new(&oracle, Budget::GOAL);
    assert_eq!(
        solver.solve(&[(&glob("a", ""), true)], 0),
        Solution::Infeasible
    );
}

#[test]
fn overlapping_patterns_need_the_automata() {
    let rule = Expr::all([
        glob("a", "*ab*ba"),
        glob("a", "???"),
        glob("a", "*x*").negate(),
    ]);
    // No text of three characters matches `*ab*ba`, which needs four; a list with a value for each does.
    assert_eq!(check(rule), (6, 0, 0));
    let rule = Expr::all([glob("a", "*aba*"), glob("a", "*bab"), glob("a", "????")]);
    let (witnessed, infeasible, unknown) = check(rule);
    assert_eq!((witnessed + infeasible, unknown), (6, 0));
}

#[test]
fn lists_serve_where_one_value_cannot() {
    assert_eq!(
        check(Expr::all([glob("a", "x"), glob("a", "y")])),
        (4, 0, 0)
    );
}

/// A text that is as long as is asked for and meets its patterns all the same, whichever of their ends are open.
#[test]
fn texts_are_made_as_long_as_is_asked_for() {
    for pattern in ["*decode(*", "C:\\a\\*", "*\\b.exe", "C:\\a\\*\\b.exe"] {
        for comparison in [
            Comparison::GreaterOrEqual,
            Comparison::Equal,
            Comparison::LessOrEqual,
        ] {
            let length = Term::Call(Function::Length, vec![Term::Field("a".into())]);
            let test = Test::Compare(comparison, Number::from(4000));
            let long = Expr::leaf(LeafKind::Is { term: length, test }, Span::default());
            let rule = Expr::all([glob("a", pattern), long, glob("a", "*,*").negate()]);
            let (witnessed, infeasible, unknown) = check(rule);
            assert_eq!(
                (witnessed, infeasible, unknown),
                (6, 0, 0),
                "{pattern} {comparison:?}"
            );
        }
    }
}

/// An address that is given, and a name that begins with all but the last character of another.
#[test]
fn functions_of_typed_fields_are_guessed() {
    let leaf = |kind| Expr::leaf(kind, Span::default());
    let number = |at: i64| Scalar::Number(Number::from(at));
    let (ip, user) = (Term::Field("ip".into()), Term::Field("user".into()));
    let part = Term::Call(
        Function::Substring,
        vec![user, Term::Const(number(0)), Term::Const(number(-1))],
    );
    let given = leaf(LeafKind::Is {
        term: Term::Call(Function::ToText, vec![ip]),
        test: Test::AnyValue,
    });
    let begins = leaf(LeafKind::Relate {
        relation: Relation::StartsWith(Case::Exact),
        left: Term::Field("host".into()),
        right: part.clone(),
    });
    let is_part = leaf(LeafKind::Relate {
        relation: Relation::StartsWith(Case::Exact),
        left: part,
        right: Term::Field("host".into()),
    });
    let mut ir = ir(Expr::all([
        glob("user", "*$"),
        glob("user", "$").negate(),
        given,
        begins,
        is_part,
    ]));
    let address = FieldSchema::new(FieldType::Ip);
    ir.fields.insert("ip".into(), address);
    let oracle = Oracle::new(&ir);
    let found = Solver::new(&oracle, Budget::GOAL).solve(&[(&ir.predicate, true)], 0);
    assert!(matches!(found, Solution::Witness(_)));
}
