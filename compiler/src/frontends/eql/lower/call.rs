//! Function calls: names, arguments, and the functions that are conditions.

use super::Lowering;
use super::cond::Cond;
use super::matching::pattern_test;
use super::network::{alike, network};
use super::value::{Kind, Typed, Value};
use crate::codes::{eql as codes, target};
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::frontends::eql::ast::{Call, Operator};
use crate::frontends::eql::functions::{self, Name, Signature, Wants};
use crate::ir::{
    Case, Expr, Function, LeafKind, Pattern, Piece, Relation, Scalar, Term, Test, fold,
};
use crate::span::Span;

/// How a text may stand in another.
#[derive(Clone, Copy)]
enum Place {
    Start,
    End,
    Anywhere,
}

impl Lowering<'_, '_> {
    pub(super) fn call(&mut self, call: &Call, span: Span) -> Typed {
        let Some(signature) = functions::find(&call.name) else {
            // The arguments are looked at all the same, for their own mistakes.
            call.arguments.iter().for_each(|argument| {
                self.value(argument);
            });
            self.unknown_function(call);
            return Typed::invalid(span);
        };
        let arguments: Vec<Typed> = call
            .arguments
            .iter()
            .map(|argument| self.value(argument))
            .collect();
        if !self.fits(call, signature, &arguments) || arguments.iter().any(Typed::is_invalid) {
            return Typed::invalid(span);
        }
        let case = if call.insensitive {
            Case::Fold
        } else {
            Case::Exact
        };
        self.dispatch(signature.name, case, arguments, span)
    }

    fn dispatch(&mut self, name: Name, case: Case, arguments: Vec<Typed>, span: Span) -> Typed {
        let text = |function, arguments, required| {
            Self::applied(function, arguments, required, Kind::Text, span)
        };
        match name {
            Name::Add => self.arithmetic(Operator::Add, arguments, span),
            Name::Subtract => self.arithmetic(Operator::Subtract, arguments, span),
            Name::Multiply => self.arithmetic(Operator::Multiply, arguments, span),
            Name::Divide => self.arithmetic(Operator::Divide, arguments, span),
            Name::Modulo => self.arithmetic(Operator::Modulo, arguments, span),
            Name::Between => text(Function::Between(case), arguments, 3),
            Name::Concat => text(Function::Concat, arguments, usize::MAX),
            Name::Text => text(Function::ToText, arguments, 1),
            Name::Substring => text(Function::Substring, arguments, 1),
            Name::IndexOf => Self::applied(Function::IndexOf(case), arguments, 2, Kind::Long, span),
            Name::Length => Self::applied(Function::Length, arguments, 1, Kind::Long, span),
            Name::Number => Self::applied(Function::ToNumber, arguments, 1, Kind::Double, span),
            Name::StartsWith => Typed::condition(placed(Place::Start, case, arguments, span), span),
            Name::EndsWith => Typed::condition(placed(Place::End, case, arguments, span), span),
            Name::StringContains => {
                Typed::condition(placed(Place::Anywhere, case, arguments, span), span)
            }
            Name::CidrMatch => Typed::condition(self.cidr_match(arguments, span), span),
        }
    }

    fn unknown_function(&mut self, call: &Call) {
        let known = functions::ALL.iter().map(|function| function.text);
        let hint = match call.name.to_ascii_lowercase().as_str() {
            "wildcard" => "write `field : (\"pattern\", ...)`".to_owned(),
            "match" => "write `field regex~ (\"pattern\", ...)`".to_owned(),
            _ => match did_you_mean(&call.name, known.clone()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the functions are {}", known.collect::<Vec<_>>().join(", ")),
            },
        };
        let finding = Diagnostic::error(
            codes::UNKNOWN_FUNCTION,
            call.name_span,
            format!("unknown function `{}`", call.name),
            "no such function",
        );
        self.findings.push(finding.hint(hint));
    }

    /// Whether the arguments are what the function takes; what is not is reported.
    fn fits(&mut self, call: &Call, signature: &Signature, arguments: &[Typed]) -> bool {
        let before = self.findings.len();
        if call.insensitive && !signature.tilde {
            self.error(
                codes::NO_INSENSITIVE_FORM,
                call.name_span,
                format!("`{}` has no form that ignores case", signature.text),
                "`~` does not belong here",
                "leave `~` out",
            );
        }
        if arguments.len() < signature.least || arguments.len() > signature.most {
            self.error(
                codes::ARITY,
                call.name_span,
                format!(
                    "`{}` takes {}, not {}",
                    signature.text,
                    signature.arity(),
                    arguments.len()
                ),
                "wrong number of arguments",
                "see the function's documentation",
            );
        }
        for (at, argument) in arguments.iter().enumerate() {
            self.fit(signature, at, argument);
            if let Value::Cond(cond) = &argument.value
                && !cond.is_single()
            {
                let reason = "a condition of several parts is an argument of a function";
                self.refuse(target::NESTED_TRUTH, argument.span, reason.to_owned());
            }
        }
        self.findings
            .iter()
            .skip(before)
            .all(|finding| !finding.is_error())
    }

    fn fit(&mut self, signature: &Signature, at: usize, argument: &Typed) {
        if argument.is_invalid() || argument.is_null() {
            return;
        }
        let (fits, wanted) = match signature.wants(at) {
            Wants::Text => (argument.kind == Kind::Text, "text"),
            Wants::Number => (argument.kind.is_number(), "a number"),
            Wants::Whole => {
                let constant = matches!(argument.value, Value::Const(_));
                let fraction = constant && argument.kind == Kind::Double;
                (
                    argument.kind.is_number() && !fraction,
                    "a number without a fraction",
                )
            }
            Wants::Bool => (argument.kind == Kind::Bool, "a boolean"),
            Wants::Address => (matches!(argument.kind, Kind::Ip | Kind::Text), "an address"),
            Wants::Anything => (true, "a value"),
        };
        if !fits {
            self.error(
                codes::ARGUMENT,
                argument.span,
                format!(
                    "`{}` takes {wanted} here, not {}",
                    signature.text,
                    argument.kind.describe()
                ),
                format!("not {wanted}"),
                "`string(...)` makes text of a value, `number(...)` a number of text",
            );
        }
    }

    fn cidr_match(&mut self, arguments: Vec<Typed>, span: Span) -> Cond {
        let mut arguments = arguments.into_iter();
        let Some(address) = arguments.next() else {
            return Cond::never();
        };
        let mut networks = Vec::new();
        let mut unknown = address.is_null();
        let single = arguments.len() == 1;
        for argument in arguments {
            match &argument.value {
                Value::Const(Scalar::Text(text)) => match network(text) {
                    Some(net) => {
                        networks.extend(alike(net).into_iter().map(|net| (net, argument.span)));
                    }
                    None => self.error(
                        codes::LITERAL,
                        argument.span,
                        format!("{text:?} is no network"),
                        "not an address with a prefix length",
                        "write a network as `10.0.0.0/8` or `fe80::/10`",
                    ),
                },
                Value::Null => unknown = true,
                Value::Const(_) | Value::Term(_) | Value::Cond(_) | Value::Invalid => self.error(
                    codes::NOT_CONSTANT,
                    argument.span,
                    "a network that is no constant",
                    "only a string may stand here",
                    "write the networks out",
                ),
            }
        }
        if unknown {
            return Cond::null();
        }
        match address.value {
            Value::Const(Scalar::Text(text)) => {
                let inside = text.parse().is_ok_and(|address: std::net::IpAddr| {
                    networks.iter().any(|(net, _)| net.contains(&address))
                });
                Cond::Known(Expr::Const(inside))
            }
            Value::Term(term) => {
                let leaves = networks.into_iter().map(|(net, place)| {
                    let (term, test) = (term.clone(), Test::Cidr(net));
                    Expr::leaf(
                        LeafKind::Is { term, test },
                        if single { span } else { place },
                    )
                });
                let yes = Expr::any(leaves.collect::<Vec<_>>());
                Cond::over(&[&term], yes, None, span)
            }
            Value::Null | Value::Const(_) | Value::Cond(_) | Value::Invalid => Cond::never(),
        }
    }
}

/// `startsWith`, `endsWith`, `stringContains`.
fn placed(place: Place, case: Case, arguments: Vec<Typed>, span: Span) -> Cond {
    if arguments.iter().any(Typed::is_null) {
        return Cond::null();
    }
    let mut terms = arguments.into_iter().map(Typed::into_term);
    let (Some(Some(whole)), Some(Some(part))) = (terms.next(), terms.next()) else {
        return Cond::never();
    };
    match (&whole, &part) {
        (Term::Const(Scalar::Text(whole)), Term::Const(Scalar::Text(part))) => {
            Cond::Known(Expr::Const(stands(place, case, whole, part)))
        }
        (_, Term::Const(Scalar::Text(part))) => {
            // Every text holds the empty one at its ends, and none inside: Elasticsearch's answer.
            let yes = if part.is_empty() && matches!(place, Place::Anywhere) {
                Expr::Const(false)
            } else {
                let (before, behind) = around(place);
                let pattern =
                    Pattern::new([Piece::Literal(part.clone())], case).widened(before, behind);
                let (term, test) = (whole.clone(), pattern_test(pattern));
                Expr::leaf(LeafKind::Is { term, test }, span)
            };
            Cond::over(&[&whole], yes, None, span)
        }
        _ => {
            let relation = match place {
                Place::Start => Relation::StartsWith(case),
                Place::End => Relation::EndsWith(case),
                Place::Anywhere => Relation::Contains { case, empty: false },
            };
            let (left, right) = (whole.clone(), part.clone());
            let yes = Expr::leaf(
                LeafKind::Relate {
                    relation,
                    left,
                    right,
                },
                span,
            );
            Cond::over(&[&whole, &part], yes, None, span)
        }
    }
}

fn around(place: Place) -> (bool, bool) {
    match place {
        Place::Start => (false, true),
        Place::End => (true, false),
        Place::Anywhere => (true, true),
    }
}

fn stands(place: Place, case: Case, whole: &str, part: &str) -> bool {
    let folded = |text: &str| match case {
        Case::Exact => text.to_owned(),
        Case::Fold => fold::fold(text),
    };
    let (whole, part) = (folded(whole), folded(part));
    match place {
        Place::Start => whole.starts_with(&part),
        Place::End => whole.ends_with(&part),
        Place::Anywhere => !part.is_empty() && whole.contains(&part),
    }
}
