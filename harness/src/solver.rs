//! The solver: an event for a goal, a proof that there is none, or neither.
//!
//! A goal is a set of expressions that must be true or false. The search chooses one way to make each of them so (depth first, within a budget), which
//! leaves literals; literals split by field; each field is solved on its own ([`field`]), exactly where its tests are regular languages
//! ([`automaton`]). The event is then checked against every demand by the oracle, so a witness is never a guess.

pub mod address;
pub mod automaton;
pub mod event;
pub mod field;
pub mod guess;
pub mod number;
mod preimage;
pub mod text;

use crate::goals::Goal;
use crate::oracle::Oracle;
use automaton::Automata;
use event::Draft;
use field::{Found, Wants};
use std::cell::RefCell;
use std::collections::BTreeMap;
use verdict_compiler::ir::{AnyText, Expr, Leaf, LeafKind, Term, Test};
use verdict_event::{Event, Path};

/// What one search may spend.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    /// How many choices it may try.
    pub choices: usize,
    /// How many events it may guess.
    pub guesses: usize,
}

impl Budget {
    /// For a goal, which a rule is not examined without.
    pub const GOAL: Self = Self {
        choices: 400,
        guesses: 20_000,
    };
    /// For a question that other events may answer as well.
    pub const BRIEF: Self = Self {
        choices: 60,
        guesses: 400,
    };
}

/// What came of a search.
#[derive(Clone, Debug, PartialEq)]
pub enum Solution {
    /// This event meets every demand.
    Witness(Event),
    /// Proved: no event does.
    Infeasible,
    /// Neither found nor disproved within the budget.
    Unknown,
}

/// A solver for one rule.
pub struct Solver<'s> {
    oracle: &'s Oracle<'s>,
    automata: RefCell<Automata>,
    budget: Budget,
}

impl<'s> Solver<'s> {
    /// The solver that checks itself with this oracle.
    pub fn new(oracle: &'s Oracle<'s>, budget: Budget) -> Self {
        Self {
            oracle,
            automata: RefCell::default(),
            budget,
        }
    }

    /// An event for a goal of this predicate.
    pub fn goal(&self, predicate: &Expr, goal: &Goal<'_>) -> Solution {
        let leaf = Expr::Leaf(goal.leaf.clone());
        let mut demands = vec![(&leaf, goal.polarity)];
        demands.extend(goal.context.iter().copied());
        let mut solution = self.solve(&demands, goal.index);
        if let Solution::Witness(event) = &solution
            && self.oracle.expr(predicate, event) != goal.outcome
        {
            // In a list the siblings were left alone, and one of them decided instead.
            demands.push((predicate, goal.outcome));
            solution = self.solve(&demands, goal.index);
        }
        solution
    }

    /// An event for which each of the expressions is true or false as demanded. `turn` rotates the order in which alternatives are tried, so
    /// that different goals meet different ones.
    pub fn solve(&self, demands: &[(&Expr, bool)], turn: usize) -> Solution {
        let mut automata = self.automata.borrow_mut();
        let mut search = Search {
            oracle: self.oracle,
            automata: &mut automata,
            budget: self.budget,
            turn,
            certain: true,
        };
        let mut open: Vec<(&Expr, bool)> = demands.to_vec();
        // Leaves first: they cost no choice and cut the choices that follow.
        open.sort_by_key(|(expr, wanted)| std::cmp::Reverse(choices(expr, *wanted)));
        match search.run(open, State::default(), demands) {
            Some(event) => Solution::Witness(event),
            None if search.certain => Solution::Infeasible,
            None => Solution::Unknown,
        }
    }
}

/// How many alternatives a demand has.
fn choices(expr: &Expr, wanted: bool) -> usize {
    match (expr, wanted) {
        (Expr::Not(inner), _) => choices(inner, !wanted),
        (Expr::Any(operands), true) | (Expr::All(operands), false) => operands.len(),
        (Expr::All(_), true) | (Expr::Any(_), false) => 1,
        (Expr::Leaf(_) | Expr::Const(_), _) => 0,
    }
}

/// The literals so far.
#[derive(Clone, Default)]
struct State<'x> {
    fields: BTreeMap<&'x Path, Wants<'x>>,
    texts: Vec<(&'x AnyText, bool)>,
    /// Leaves over functions and pairs of fields, which only guessing can meet.
    hard: Vec<(&'x Leaf, bool)>,
}

struct Search<'s> {
    oracle: &'s Oracle<'s>,
    automata: &'s mut Automata,
    budget: Budget,
    turn: usize,
    /// Whether every dead end so far was proved.
    certain: bool,
}

impl Search<'_> {
    /// Meets the open demands one by one; the last in the list is the next.
    fn run<'x>(
        &mut self,
        mut open: Vec<(&'x Expr, bool)>,
        mut state: State<'x>,
        demands: &[(&Expr, bool)],
    ) -> Option<Event> {
        while let Some((expr, wanted)) = open.pop() {
            match (expr, wanted) {
                (Expr::Const(value), wanted) => {
                    if *value != wanted {
                        return None;
                    }
                }
                (Expr::Not(inner), wanted) => open.push((inner, !wanted)),
                (Expr::All(operands), true) | (Expr::Any(operands), false) => {
                    open.extend(operands.iter().map(|operand| (operand, wanted)));
                    open.sort_by_key(|(expr, wanted)| std::cmp::Reverse(choices(expr, *wanted)));
                }
                (Expr::Any(operands), true) | (Expr::All(operands), false) => {
                    return self.alternatives(operands, wanted, &open, &state, demands);
                }
                // Of one value a condition as a value is a condition. Lists may do more, so nothing is proved from here on.
                (
                    Expr::Leaf(Leaf {
                        kind:
                            LeafKind::Is {
                                term: Term::Truth { holds, known },
                                test: Test::Bool(truth),
                            },
                        ..
                    }),
                    wanted,
                ) => {
                    self.certain = false;
                    open.push((holds, *truth == wanted));
                    open.push((known, true));
                }
                (Expr::Leaf(leaf), wanted) => {
                    if !self.literal(leaf, wanted, &mut state) {
                        return None;
                    }
                }
            }
        }
        self.finish(&state, demands)
    }

    fn alternatives<'x>(
        &mut self,
        operands: &'x [Expr],
        wanted: bool,
        open: &[(&'x Expr, bool)],
        state: &State<'x>,
        demands: &[(&Expr, bool)],
    ) -> Option<Event> {
        let start = self.turn.checked_rem(operands.len()).unwrap_or(0);
        let (after, before) = (operands.iter().skip(start), operands.iter().take(start));
        for operand in after.chain(before) {
            if self.budget.choices == 0 {
                self.certain = false;
                return None;
            }
            self.budget.choices -= 1;
            let mut rest = open.to_vec();
            rest.push((operand, wanted));
            if let Some(event) = self.run(rest, state.clone(), demands) {
                return Some(event);
            }
        }
        None
    }

    /// Adds a literal; false if its field can then not be met, or not within the limits.
    fn literal<'x>(&mut self, leaf: &'x Leaf, wanted: bool, state: &mut State<'x>) -> bool {
        let path = match &leaf.kind {
            LeafKind::Is {
                term: Term::Field(path),
                test,
            } => {
                state.fields.entry(path).or_default().test(test, wanted);
                path
            }
            LeafKind::Missing(Term::Field(path)) => {
                state.fields.entry(path).or_default().missing(wanted);
                path
            }
            LeafKind::Present(path) => {
                state.fields.entry(path).or_default().present(wanted);
                path
            }
            LeafKind::AnyText(text) => {
                state.texts.push((text, wanted));
                return true;
            }
            LeafKind::Is { .. } | LeafKind::Relate { .. } | LeafKind::Missing(_) => {
                state.hard.push((leaf, wanted));
                return true;
            }
        };
        let kind = self.oracle.kind(path);
        let settled = state
            .fields
            .get_mut(path)
            .map(|wants| wants.settle(kind, self.oracle, self.automata));
        if settled == Some(Found::Unknown) {
            self.certain = false;
        }
        settled == Some(Found::Yes)
    }

    /// Every literal is placed: build the event and let the oracle judge it.
    fn finish(&mut self, state: &State<'_>, demands: &[(&Expr, bool)]) -> Option<Event> {
        let mut draft = Draft::default();
        for (path, wants) in &state.fields {
            draft.set(path, wants.chosen());
        }
        for (text, wanted) in &state.texts {
            if *wanted {
                draft.say(&text::for_any_text(text));
            }
        }
        let oracle = self.oracle;
        let meets = |event: &Event| {
            demands
                .iter()
                .all(|(expr, wanted)| oracle.expr(expr, event) == *wanted)
        };
        let found = draft.build().filter(|event| meets(event)).or_else(|| {
            let tries = &mut self.budget.guesses;
            guess::guess(self.oracle, &draft, &state.hard, tries, &mut |event| {
                meets(event)
            })
        });
        if found.is_none() {
            self.certain = false;
        }
        found
    }
}

#[cfg(test)]
mod tests {
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
}
