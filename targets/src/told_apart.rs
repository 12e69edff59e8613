//! Whether a rule tells an empty text from a missing value.
//!
//! Where a service has one state for both, the plan reads it as missing everywhere. So the query is exact unless the rule
//! itself treats the two differently: with a field's leaves replaced by what they say of `""` and of nothing, what is left of the
//! predicate must be the same.

mod grouped;
mod settled;

pub(crate) use grouped::{grouped, measures_empty_group};
use settled::settled;
use verdict_compiler::Ir;
use verdict_compiler::ir::{
    Case, Comparison, Expr, Leaf, LeafKind, Pattern, Relation, Scalar, Term, Test, View, function,
};
use verdict_event::Path;

/// Texts that stand for all others, where it is asked whether the empty one makes a difference.
const OTHERS: [&str; 4] = ["x", "1", "a longer text", "true"];

/// What the service cannot tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// The key does not stand in the event.
    Absent,
    /// The key stands over null or an empty list.
    Null,
    /// The empty text.
    Empty,
    /// The empty text in a list, beside others of which nothing is known.
    Among,
    /// A list of others, of which it is known only that what the empty text satisfies, they do not.
    Others,
}

/// Whether an event whose field is the empty text can satisfy the conditions, as far as the tests of that field tell.
pub(crate) fn can_be_empty(ir: &Ir, path: &Path) -> bool {
    residual(&ir.predicate, path, State::Empty) != Expr::Const(false)
}

/// Whether some field's states lead to different verdicts. `can_be_empty` says which fields can hold the empty text where the service would
/// take it for nothing, `single` which have one value at most.
pub(crate) fn is_told_apart(
    ir: &Ir,
    can_be_empty: &dyn Fn(&Path) -> bool,
    single: &dyn Fn(&Path) -> bool,
) -> bool {
    ir.predicate.fields().iter().any(|path| {
        let left = |state| settled(&residual(&ir.predicate, path, state), single);
        let absent = left(State::Absent);
        let differs = |state| left(state) != absent;
        differs(State::Null) || (can_be_empty(path) && differs(State::Empty))
    })
}

/// Whether some field's list with an empty text in it leads to another verdict than the same list without it.
pub(crate) fn is_told_apart_in_lists(ir: &Ir, can_be_empty: &dyn Fn(&Path) -> bool) -> bool {
    ir.predicate.fields().iter().any(|path| {
        let left = |state| residual(&ir.predicate, path, state);
        can_be_empty(path) && left(State::Among) != left(State::Others)
    })
}

/// What is left of a predicate when a field is in a state.
fn residual(predicate: &Expr, path: &Path, state: State) -> Expr {
    predicate.map_leaves(&mut |leaf| of_leaf(leaf, path, state))
}

fn of_leaf(leaf: &Leaf, path: &Path, state: State) -> Expr {
    match &leaf.kind {
        LeafKind::Is {
            term: Term::Field(field),
            test,
        } if field == path => of_test(leaf, test, state),
        LeafKind::Missing(Term::Field(field)) if field == path => {
            Expr::Const(matches!(state, State::Absent | State::Null))
        }
        LeafKind::Present(field) if field == path => Expr::Const(state != State::Absent),
        LeafKind::Is { term, .. } | LeafKind::Missing(term)
            if in_list(state) && reads_only(term, path) =>
        {
            of_made(leaf, term, state)
        }
        // What conditions, relations and functions of several fields make of lists is not followed further.
        LeafKind::Is { .. } | LeafKind::Missing(_) | LeafKind::Relate { .. } if in_list(state) => {
            Expr::Leaf(leaf.clone())
        }
        // Of one value a condition is a condition.
        LeafKind::Is {
            term: Term::Truth { holds, known },
            test: Test::Bool(wanted),
        } => {
            let holds = residual(holds, path, state);
            let known = residual(known, path, state);
            Expr::all([known, if *wanted { holds } else { holds.negate() }])
        }
        LeafKind::Missing(Term::Truth { known, .. }) => residual(known, path, state).negate(),
        LeafKind::Is { term, test } if reads_only(term, path) => match value(term, state) {
            Some(None) => Expr::Const(false),
            Some(Some(value)) => {
                accepts(test, &value).map_or_else(|| marked(leaf, path, state), Expr::Const)
            }
            None => marked(leaf, path, state),
        },
        LeafKind::Missing(term) if reads_only(term, path) => value(term, state).map_or_else(
            || marked(leaf, path, state),
            |value| Expr::Const(value.is_none()),
        ),
        LeafKind::Relate {
            relation,
            left,
            right,
        } => match related(relation, left, right, path, state) {
            Some(Said::Never) => Expr::Const(false),
            Some(Said::Is(term, test)) => {
                let kind = LeafKind::Is { term, test };
                let span = leaf.span;
                of_leaf(&Leaf { kind, span }, path, state)
            }
            None => marked(leaf, path, state),
        },
        LeafKind::Is { .. } | LeafKind::Missing(_) => marked(leaf, path, state),
        LeafKind::Present(_) | LeafKind::AnyText(_) => Expr::Leaf(leaf.clone()),
    }
}

/// What is left of a relation one of whose sides is known.
enum Said {
    /// It does not hold.
    Never,
    /// It is this test of the other side.
    Is(Term, Test),
}

/// What a relation says if one of its sides reads this field alone; None if that cannot be said.
fn related(
    relation: &Relation,
    left: &Term,
    right: &Term,
    path: &Path,
    state: State,
) -> Option<Said> {
    let (known, other, is_right) = if reads_only(right, path) {
        (value(right, state)?, left, true)
    } else if reads_only(left, path) {
        (value(left, state)?, right, false)
    } else {
        return None;
    };
    let Some(known) = known else {
        return Some(Said::Never);
    };
    let is = |test: Test| Some(Said::Is(other.clone(), test));
    let nothing = matches!(&known, Scalar::Text(text) if text.is_empty());
    let equals_nothing = |case: Case| Test::Text(Pattern::literal(String::new(), case));
    match relation {
        Relation::Compare(comparison, view, case) => {
            let comparison = if is_right {
                *comparison
            } else {
                comparison.swapped()
            };
            match (view, known, comparison) {
                (View::Text, Scalar::Text(text), Comparison::Equal) => {
                    is(Test::Text(Pattern::literal(text, *case)))
                }
                (View::Text, Scalar::Text(text), _) if *case == Case::Exact => {
                    is(Test::TextOrder(comparison, text))
                }
                (View::Number, Scalar::Number(number), _) => is(Test::Compare(comparison, number)),
                (View::Number | View::Bool | View::Address | View::Instant, _, _) if nothing => {
                    Some(Said::Never)
                }
                (
                    View::Text
                    | View::Number
                    | View::Bool
                    | View::Address
                    | View::Version
                    | View::Instant,
                    _,
                    _,
                ) => None,
            }
        }
        Relation::StartsWith(case) | Relation::EndsWith(case) if nothing => is(if is_right {
            Test::AnyValue
        } else {
            equals_nothing(*case)
        }),
        Relation::Contains { empty: false, .. } if nothing => Some(Said::Never),
        Relation::Contains { case, empty: true } if nothing => is(if is_right {
            Test::AnyValue
        } else {
            equals_nothing(*case)
        }),
        Relation::StartsWith(_) | Relation::EndsWith(_) | Relation::Contains { .. } => None,
    }
}

fn in_list(state: State) -> bool {
    matches!(state, State::Among | State::Others)
}

/// What a test says of a field in a state.
fn of_test(leaf: &Leaf, test: &Test, state: State) -> Expr {
    match state {
        State::Empty => Expr::Const(accepts_empty(test)),
        State::Among | State::Others if !accepts_empty(test) => Expr::Leaf(leaf.clone()),
        // What other texts satisfy as well does not hang on the empty one.
        State::Among | State::Others
            if accepts(test, &Scalar::Text("x".to_owned())) != Some(false) =>
        {
            Expr::Leaf(leaf.clone())
        }
        State::Among => Expr::Const(true),
        State::Absent | State::Null | State::Others => Expr::Const(false),
    }
}

/// What a leaf says of a list of which a function makes a value each: with what it makes of the empty text among them, the leaf is true, or what the others
/// make it.
fn of_made(leaf: &Leaf, term: &Term, state: State) -> Expr {
    let holds = |text: &str| {
        let made = made_of(term, Some(&Scalar::Text(text.to_owned())))?;
        match (&leaf.kind, made) {
            (LeafKind::Missing(_), made) => Some(made.is_none()),
            (LeafKind::Is { test, .. }, Some(made)) => accepts(test, &made),
            (LeafKind::Is { .. }, None) => Some(false),
            (LeafKind::Relate { .. } | LeafKind::Present(_) | LeafKind::AnyText(_), _) => None,
        }
    };
    // What other texts satisfy as well does not hang on the empty one.
    let refused = OTHERS.iter().any(|text| holds(text) == Some(false));
    if state == State::Among && holds("") == Some(true) && refused {
        Expr::Const(true)
    } else {
        Expr::Leaf(leaf.clone())
    }
}

/// A leaf of which it is not known what it makes of a state: it may differ from every other.
fn marked(leaf: &Leaf, path: &Path, state: State) -> Expr {
    let mut reads = false;
    leaf.each_field(&mut |field| reads |= field == path);
    if !reads || in_list(state) {
        return Expr::Leaf(leaf.clone());
    }
    // No leaf but `exists`, which is no matter here, tells an absent key from one over nothing.
    let known = match state {
        State::Absent | State::Null => "missing",
        State::Empty | State::Among | State::Others => "empty",
    };
    let marked = Path::new(format!("{path}\u{0}{known}"));
    Expr::Leaf(leaf.rename(&|field| {
        if field == path {
            marked.clone()
        } else {
            field.clone()
        }
    }))
}

/// Whether a term reads this field and no other.
fn reads_only(term: &Term, path: &Path) -> bool {
    let (mut this, mut other) = (false, false);
    term.each_field(&mut |field| {
        this |= field == path;
        other |= field != path;
    });
    this && !other
}

/// The value of a term whose only field is in a state: None if that cannot be said, `Some(None)` if it is missing.
#[expect(
    clippy::option_option,
    reason = "not known and known to be missing are two answers"
)]
fn value(term: &Term, state: State) -> Option<Option<Scalar>> {
    let held = (state == State::Empty).then(|| Scalar::Text(String::new()));
    made_of(term, held.as_ref())
}

/// What a term makes of the value of its only field.
#[expect(
    clippy::option_option,
    reason = "not known and known to be missing are two answers"
)]
fn made_of(term: &Term, held: Option<&Scalar>) -> Option<Option<Scalar>> {
    match term {
        Term::Field(_) => Some(held.cloned()),
        Term::Const(scalar) => Some(Some(scalar.clone())),
        Term::Call(function, arguments) => {
            let arguments: Option<Vec<Option<Scalar>>> =
                arguments.iter().map(|term| made_of(term, held)).collect();
            arguments.map(|arguments| function::apply(*function, &arguments))
        }
        Term::Truth { .. } => None,
    }
}

/// Whether a test accepts a value that a function gave; None if that cannot be said. A value of another type than the test looks at is
/// not accepted.
fn accepts(test: &Test, value: &Scalar) -> Option<bool> {
    let text = |accepted: &dyn Fn(&str) -> bool| match value {
        Scalar::Text(text) => Some(accepted(text)),
        Scalar::Number(_) | Scalar::Bool(_) => None,
    };
    match test {
        Test::AnyValue => Some(true),
        Test::Text(pattern) => text(&|text| pattern.matches(text)),
        Test::Regex(regex) => text(&|text| regex.matches(text)),
        Test::TextOrder(comparison, other) => text(&|text| comparison.accepts(text.cmp(other))),
        Test::Compare(comparison, number) => match value {
            Scalar::Number(have) => Some(comparison.accepts(have.decimal().cmp(&number.decimal()))),
            Scalar::Text(_) | Scalar::Bool(_) => None,
        },
        Test::Bool(wanted) => match value {
            Scalar::Bool(have) => Some(wanted == have),
            Scalar::Text(_) | Scalar::Number(_) => None,
        },
        Test::Numeral(_)
        | Test::Cidr(_)
        | Test::Version(..)
        | Test::Instant(..)
        | Test::DatePart(..) => None,
    }
}

fn accepts_empty(test: &Test) -> bool {
    match test {
        Test::AnyValue => true,
        Test::Text(pattern) => pattern.matches(""),
        Test::Regex(regex) => regex.matches(""),
        Test::TextOrder(comparison, text) => comparison.accepts("".cmp(text.as_str())),
        Test::Version(comparison, text) => {
            comparison.accepts(verdict_compiler::ir::version::compare("", text))
        }
        Test::Numeral(_)
        | Test::Compare(..)
        | Test::Bool(_)
        | Test::Cidr(_)
        | Test::Instant(..)
        | Test::DatePart(..) => false,
    }
}
