//! The quick way of judging mutants against the plain one, on rules that hold a place for every operator.

use super::evidence::Evidence;
use super::{measure, of_values};
use crate::generate::{Amount, generate};
use crate::mutation::tree::Tree;
use crate::mutation::{Change, Mutant, each_mutant, operator};
use crate::oracle::Oracle;
use std::collections::{BTreeMap, BTreeSet};
use verdict_compiler::ir::{
    Case, Comparison, DatePart, Expr, Function, LeafKind, Origin, Relation, Scalar, Term, Test,
    View,
};
use verdict_compiler::rule::load;
use verdict_compiler::{Inputs, Ir, Meaning, Source, Span, compile};
use verdict_event::{Event, FieldSchema, FieldType, Number};

/// Detections of Sigma.
const SIGMA: &[&str] = &[
    "a:\n    Image|endswith: ['\\cmd.exe', '\\pwsh.exe', 'o.exe', 'i.exe']\n    CommandLine|contains: ' -Enc '\n  b:\n    ParentImage|startswith: 'C:\\Users\\'\n    User: 'x\"y'\n  condition: a and not b",
    "a:\n    Image: 'C:\\*\\a?b.exe'\n    Flag: '\\*x\\?'\n  b:\n    Note|cased: 'Abc'\n  c:\n    EventID: 4688\n  condition: a and (b or c)",
    "a:\n    Parent: null\n  b:\n    Note: ''\n  c:\n    Key|exists: true\n  d:\n    Any: '*'\n  condition: a or b or c or d",
    "a:\n    Source|cidr: ['10.0.0.0/8', '2001:db8::/32']\n  b:\n    Text|re: '^ab{2,3}(c|d).$'\n  c:\n    Text|re|i: 'x+yz'\n  condition: a or b or c",
    "a:\n    Image: 'C:/*/x.exe'\n  b:\n    Text|re|s: 'ab.c'\n  c:\n    Note: '*ab?c*'\n  condition: a or b or c",
    "a:\n    - 'mimikatz'\n    - 'a?c'\n  b:\n    Level|gte: 3\n    Size|lt: 10\n  condition: a or b",
    "a:\n    Left|fieldref: Right\n  b:\n    Left|fieldref|endswith: Right\n  c:\n    When|hour: 5\n  condition: a or (c and b)",
];

fn sigma(detection: &str) -> Ir {
    let text = format!(
        "title: Rule\nid: 6d0a4c1e-0000-4000-8000-000000000001\nlogsource: {{category: test}}\ndetection:\n  {detection}\n"
    );
    let loaded = load(&Source::new("rule.yml", text.as_str()));
    let rule = loaded.rules.first().expect("a rule");
    let placeholders = BTreeMap::new();
    let inputs = Inputs {
        logsources: None,
        placeholders: &placeholders,
        schema: None,
    };
    match compile(rule, &inputs).meaning {
        Meaning::Known(ir) => *ir,
        other => panic!("{text} has no meaning: {other:?}"),
    }
}

fn of(kinds: Vec<(LeafKind, &[(&str, FieldType)])>) -> Ir {
    let mut fields = BTreeMap::new();
    let mut leaves = Vec::new();
    for (kind, typed) in kinds {
        for (path, kind) in typed {
            fields.insert((*path).into(), FieldSchema::new(*kind));
        }
        leaves.push(Expr::leaf(kind, Span::default()));
    }
    let predicate = Expr::any(leaves);
    Ir {
        detection: predicate.clone(),
        predicate,
        origin: Origin::default(),
        fields,
    }
}

/// What Sigma does not say.
fn others() -> Vec<Ir> {
    let field = |name: &str| Term::Field(name.into());
    let is = |name: &str, test: Test| LeafKind::Is {
        term: field(name),
        test,
    };
    let number = |number: i64| Term::Const(Scalar::Number(Number::from(number)));
    let relate = |relation: Relation, right: Term| LeafKind::Relate {
        relation,
        left: field("l"),
        right,
    };
    let order = Comparison::LessOrEqual;
    vec![
        of(vec![
            (
                is("when", Test::Instant(order, 1_700_000_000_000)),
                &[("when", FieldType::Date)],
            ),
            (
                is("v", Test::Version(order, "1.10".into())),
                &[("v", FieldType::Version)],
            ),
            (is("yes", Test::Bool(false)), &[("yes", FieldType::Boolean)]),
            (
                is("n", Test::Compare(Comparison::Equal, Number::from(9))),
                &[("n", FieldType::Long)],
            ),
        ]),
        of(vec![
            (
                is("t", Test::TextOrder(Comparison::Greater, "Mn".into())),
                &[("t", FieldType::Keyword)],
            ),
            (
                is("d", Test::DatePart(DatePart::Day, order, 4)),
                &[("d", FieldType::Keyword)],
            ),
        ]),
        of(vec![(
            relate(
                Relation::Compare(order, View::Number, Case::Exact),
                field("r"),
            ),
            &[("l", FieldType::Long), ("r", FieldType::Long)],
        )]),
        of(vec![
            (relate(Relation::StartsWith(Case::Exact), field("r")), &[]),
            (
                relate(Relation::Compare(order, View::Text, Case::Fold), field("s")),
                &[],
            ),
            (
                relate(
                    Relation::Contains {
                        case: Case::Fold,
                        empty: false,
                    },
                    Term::Call(Function::Substring, vec![field("q"), number(1), number(3)]),
                ),
                &[],
            ),
        ]),
    ]
}

fn rules() -> Vec<Ir> {
    let sigma = SIGMA.iter().map(|detection| sigma(detection));
    sigma.chain(others()).collect()
}

/// What a predicate says with a mutant in it: the predicate is built again, or asked leaf by leaf where the IR cannot say the mistake.
fn plain(ir: &Ir, tree: &Tree<'_>, mutant: &Mutant, event: &Event) -> bool {
    let node = tree.get(mutant.place).expect("a place");
    if let Some(instead) = mutant.change.rebuilt(node.expr) {
        let predicate = tree.with(mutant.place, &instead);
        let rebuilt = Ir {
            predicate,
            ..ir.clone()
        };
        return Oracle::new(&rebuilt).holds(event);
    }
    let oracle = Oracle::new(ir);
    asked(&oracle, tree, 0, mutant, event)
}

fn asked(oracle: &Oracle<'_>, tree: &Tree<'_>, at: usize, mutant: &Mutant, event: &Event) -> bool {
    let node = tree.get(at).expect("a place");
    let mut below = node
        .children
        .iter()
        .map(|child| asked(oracle, tree, *child, mutant, event));
    match node.expr {
        Expr::Const(value) => *value,
        Expr::Not(_) => !below.next().expect("an operand"),
        Expr::All(_) => below.all(|value| value),
        Expr::Any(_) => below.any(|value| value),
        Expr::Leaf(leaf) if at == mutant.place => of_values(oracle, leaf, &mutant.change, event),
        Expr::Leaf(leaf) => oracle.leaf(leaf, event),
    }
}

#[test]
fn the_quick_way_says_what_the_plain_way_says() {
    let amount = Amount {
        events: 90,
        ..Amount::default()
    };
    for ir in rules() {
        let made = generate(&ir, "rule", amount);
        // Few events, so that many mutants live; both answers must be seen.
        for some in [made.events.len(), 12] {
            let events: Vec<&Event> = made
                .events
                .iter()
                .take(some)
                .map(|made| &made.event)
                .collect();
            let oracle = Oracle::new(&ir);
            let tree = Tree::new(&ir.predicate);
            let evidence = Evidence::new(&tree, &oracle, &events);
            let mut seen = BTreeSet::new();
            each_mutant(&ir, &tree, &mut |mutant| {
                let instead = evidence.instead(&mutant);
                let quick = evidence.kills(&mutant, &instead);
                let mut slow = false;
                for event in &events {
                    let shows = plain(&ir, &tree, &mutant, event) != oracle.holds(event);
                    let alone = evidence.shown_by(&mutant, &instead, event);
                    assert_eq!(alone, shows, "{mutant:?} of\n{}", ir.predicate);
                    slow |= shows;
                }
                assert_eq!(quick, slow, "{mutant:?} of\n{}", ir.predicate);
                seen.insert(quick);
            });
            assert!(some > 12 || seen.len() == 2);
        }
    }
}

#[test]
fn every_operator_has_a_place_and_every_mistake_is_shown() {
    let mut used = BTreeSet::new();
    let mut open: Vec<String> = Vec::new();
    for ir in rules() {
        let made = generate(&ir, "rule", Amount::default());
        let events: Vec<&Event> = made.events.iter().map(|made| &made.event).collect();
        let strength = measure(&ir, &events, &made.equivalent);
        used.extend(strength.tallies.keys().map(|operator| operator.id));
        let survivors: Vec<String> = strength
            .survivors
            .iter()
            .map(|survivor| {
                format!(
                    "{} {} {}",
                    survivor.operator.id, survivor.place, survivor.instead
                )
            })
            .collect();
        open.extend(survivors);
    }
    assert!(open.is_empty(), "{open:?}");
    let unused: Vec<&str> = operator::ALL
        .iter()
        .map(|operator| operator.id)
        .filter(|id| !used.contains(id))
        .collect();
    assert!(unused.is_empty(), "{unused:?}");
}

#[test]
fn ids_are_told_apart() {
    let all = || operator::ALL.iter().chain(operator::SERIES);
    let ids: BTreeSet<&str> = all().map(|operator| operator.id).collect();
    assert_eq!(ids.len(), all().count());
}

#[test]
fn what_is_proved_equivalent_is_no_mistake() {
    // `ab` in what holds `abc` says nothing more, whatever becomes of it.
    let ir = sigma("a:\n    Text|contains|all: ['abc', 'ab']\n  condition: a");
    let made = generate(&ir, "rule", Amount::default());
    let tree = Tree::new(&ir.predicate);
    let mut number = 0;
    let mut dropped = Vec::new();
    each_mutant(&ir, &tree, &mut |mutant| {
        if mutant.operator == operator::DROP_AND_OPERAND && mutant.change == Change::Always(true) {
            dropped.push(made.equivalent.contains(&number));
        }
        number += 1;
    });
    assert_eq!(dropped, [false, true]);
}
