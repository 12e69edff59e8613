//! Terms: columns, literals and functions of them.
//!
//! A function of a missing value is missing. Kusto's text functions make something of `""` instead, so every column of text below a function
//! is guarded, and a call refuses rather than come close.

use crate::caps::Limit;
use crate::kql::columns::Kind;
use crate::kql::number::{as_number, number_literal};
use crate::kql::plan::{Planner, Subject};
use crate::kql::scalar::named;
use crate::kql::text::is_cased_beyond_ascii;
use crate::kql::tree::Tree;
use verdict_compiler::codes::target::{KQL_FUNCTION, KQL_LIST_TEST};
use verdict_compiler::ir::fold::fold;
use verdict_compiler::ir::{Case, Comparison, Function, Scalar, Term};
use verdict_event::Number;

impl Planner<'_> {
    /// What a term is.
    pub(crate) fn term(&mut self, term: &Term) -> Result<Subject, Limit> {
        match term {
            Term::Field(path) => self.column(path),
            Term::Const(scalar) => Ok(constant(scalar)),
            Term::Call(function, arguments) => self.call(*function, arguments),
            Term::Truth { .. } => Err(Limit::new(
                KQL_FUNCTION,
                "a condition inside a function is not written for Kusto",
            )),
        }
    }

    fn call(&mut self, function: Function, arguments: &[Term]) -> Result<Subject, Limit> {
        match (function, arguments) {
            (Function::Add, [left, right]) => self.arithmetic('+', left, right),
            (Function::Subtract, [left, right]) => self.arithmetic('-', left, right),
            (Function::Multiply, [left, right]) => self.arithmetic('*', left, right),
            (Function::Divide { integral }, [left, right]) => self.divide(integral, left, right),
            (Function::Negate, [operand]) => {
                let (subject, guards) = self.operand(operand)?;
                let kind = number_kind(&subject);
                let tree = if verdict_faults::at("kql/term/negative-lost") {
                    as_number(&subject)?
                } else {
                    Tree::Negative(Box::new(as_number(&subject)?))
                };
                Ok(number(tree, kind, guards, &[&subject]))
            }
            (Function::Length, [text]) => {
                let (text, guards) = self.text(text)?;
                Ok(computed(Tree::call("strlen", text), Kind::Long, guards))
            }
            (Function::Concat, _) => self.concat(arguments),
            (Function::ToText, [value]) => self.as_empty(value),
            (Function::ToNumber, [text]) => {
                let (subject, guards) = self.operand(text)?;
                let kind = number_kind(&subject);
                let tree = as_number(&subject)?;
                Ok(number(tree, kind, guards, &[&subject]))
            }
            (Function::Substring, [text, start, rest @ ..]) => self.substring(text, start, rest),
            (Function::IndexOf(case), [text, part, rest @ ..]) => {
                self.index_of(case, text, part, rest)
            }
            (Function::Between(case), [text, left, right, rest @ ..]) => {
                self.between(case, text, [left, right], rest)
            }
            (Function::Modulo, _) => unsupported(
                "Kusto's `%` is never negative, the rule's has the sign of its left side",
            ),
            (
                Function::Add
                | Function::Subtract
                | Function::Multiply
                | Function::Divide { .. }
                | Function::Negate
                | Function::Length
                | Function::ToText
                | Function::ToNumber
                | Function::Substring
                | Function::IndexOf(_)
                | Function::Between(_),
                _,
            ) => unsupported(
                "the function has arguments, such as a base, that Kusto's does not take",
            ),
        }
    }

    /// A term as an operand of a function of numbers: a text that is no number gives null there, so it needs no guard.
    fn operand(&mut self, term: &Term) -> Result<(Subject, Vec<Tree>), Limit> {
        let subject = self.single(term)?;
        let guards = subject.guards.clone();
        Ok((subject, guards))
    }

    /// A term as an operand of a function of texts, with what must hold for it to have a value.
    fn text(&mut self, term: &Term) -> Result<(Tree, Vec<Tree>), Limit> {
        let subject = self.as_empty(term)?;
        let mut guards = subject.guards.clone();
        if !verdict_faults::at("kql/term/text-guard-lost") {
            guards.extend(self.presence(&subject));
        }
        Ok((subject.tree, guards))
    }

    /// A term as a text that is empty where the term is missing, unless its guards say so.
    fn as_empty(&mut self, term: &Term) -> Result<Subject, Limit> {
        let subject = self.single(term)?;
        match subject.kind {
            Kind::Text => Ok(subject),
            Kind::Long => Ok(Subject {
                origin: Some(Box::new(subject.clone())),
                ..computed(
                    Tree::call("tostring", subject.tree),
                    Kind::Text,
                    subject.guards,
                )
            }),
            Kind::Bool => {
                let guards = subject
                    .guards
                    .iter()
                    .cloned()
                    .chain(self.presence(&subject));
                let guards = guards.collect();
                let words = if verdict_faults::at("kql/term/truth-words-swapped") {
                    ["false", "true"]
                } else {
                    ["true", "false"]
                };
                let words = words.map(|word| Tree::Text(word.to_owned()));
                let chosen = [subject.tree].into_iter().chain(words).collect();
                Ok(computed(Tree::Call("iff", chosen), Kind::Text, guards))
            }
            Kind::Real | Kind::Date | Kind::List { .. } | Kind::Opaque => {
                let reason = format!(
                    "the text of a value of type {} is not kept by Kusto",
                    named(subject.kind)
                );
                Err(Limit::new(KQL_FUNCTION, reason))
            }
        }
    }

    /// A term of one value.
    pub(crate) fn single(&mut self, term: &Term) -> Result<Subject, Limit> {
        let subject = self.term(term)?;
        if let (Kind::List { .. }, Some(column)) = (subject.kind, &subject.column) {
            let reason =
                format!("`{column}` holds lists, and a function needs one value at a time");
            return Err(Limit::new(KQL_LIST_TEST, reason));
        }
        Ok(subject)
    }

    fn arithmetic(&mut self, sign: char, left: &Term, right: &Term) -> Result<Subject, Limit> {
        let (left, mut guards) = self.operand(left)?;
        let (right, more) = self.operand(right)?;
        guards.extend(more);
        let kind = match (number_kind(&left), number_kind(&right)) {
            (Kind::Long, Kind::Long) => Kind::Long,
            _ => Kind::Real,
        };
        let (left, right) = if verdict_faults::at("kql/term/operands-swapped") {
            (right, left)
        } else {
            (left, right)
        };
        let tree = Tree::Math(
            sign,
            Box::new(as_number(&left)?),
            Box::new(as_number(&right)?),
        );
        Ok(number(tree, kind, guards, &[&left, &right]))
    }

    fn divide(&mut self, integral: bool, left: &Term, right: &Term) -> Result<Subject, Limit> {
        let Term::Const(Scalar::Number(divisor)) = right else {
            return unsupported(
                "division by what may be zero is missing in the rule and infinite in Kusto",
            );
        };
        if divisor.as_f64() == 0.0 {
            return unsupported("division by zero has no value");
        }
        let (subject, guards) = self.operand(left)?;
        let whole = number_kind(&subject) == Kind::Long && divisor.as_i64().is_some();
        if integral != whole && !verdict_faults::at("kql/term/division-of-other-type") {
            return unsupported("the division is of other types in Kusto than in the rule");
        }
        let kind = if whole { Kind::Long } else { Kind::Real };
        let tree = Tree::Math(
            '/',
            Box::new(as_number(&subject)?),
            Box::new(number_literal(divisor)),
        );
        Ok(number(tree, kind, guards, &[&subject]))
    }

    fn concat(&mut self, arguments: &[Term]) -> Result<Subject, Limit> {
        let (mut texts, mut guards) = (Vec::new(), Vec::new());
        for argument in arguments {
            let (text, more) = self.text(argument)?;
            texts.push(text);
            guards.extend(more);
        }
        if verdict_faults::at("kql/term/concat-last-dropped") && texts.len() > 1 {
            texts.pop();
        }
        if texts.is_empty() || texts.len() > 64 {
            return unsupported("`strcat` takes 1 to 64 arguments");
        }
        Ok(computed(Tree::Call("strcat", texts), Kind::Text, guards))
    }

    fn substring(&mut self, text: &Term, start: &Term, rest: &[Term]) -> Result<Subject, Limit> {
        let subject = self.as_empty(text)?;
        let text = subject.tree.clone();
        let places: Option<Vec<i64>> = rest.iter().map(signed).collect();
        let arguments = match (place(start), places.as_deref()) {
            (Some(start), Some([])) => {
                let start =
                    start + i64::from(verdict_faults::at("kql/term/substring-starts-later"));
                vec![text, whole(start)]
            }
            (Some(start), Some([end])) if *end >= 0 => {
                let length = if verdict_faults::at("kql/term/substring-end-as-length") {
                    *end
                } else {
                    (end - start).max(0)
                };
                vec![text, whole(start), whole(length)]
            }
            // An end before the first place counts from the last character.
            (Some(start), Some([end])) => {
                let length = Tree::call("strlen", text.clone());
                let end = end + i64::from(verdict_faults::at("kql/term/substring-last-kept"));
                let cut = Tree::Math('-', Box::new(length), Box::new(whole(start - end)));
                let length = Tree::Call("max_of", vec![cut, whole(0)]);
                vec![text, whole(start), length]
            }
            (Some(_) | None, _) => {
                return unsupported(
                    "`substring` is written for Kusto only where its places are literals, the first of them not negative",
                );
            }
        };
        // A part of the empty text is the empty text, so a missing value stays recognisable.
        let guards = subject.guards.clone();
        Ok(Subject {
            origin: origin(subject),
            ..computed(Tree::Call("substring", arguments), Kind::Text, guards)
        })
    }

    fn index_of(
        &mut self,
        case: Case,
        text: &Term,
        part: &Term,
        rest: &[Term],
    ) -> Result<Subject, Limit> {
        let (Some(part), Some(places)) = (
            literal(part),
            rest.iter().map(place).collect::<Option<Vec<i64>>>(),
        ) else {
            return unsupported(
                "`indexOf` is written for Kusto only where it looks for a literal from a literal place",
            );
        };
        let subject = self.as_empty(text)?;
        let (text, mut guards) = (subject.tree, subject.guards);
        let (text, part) = match case {
            _ if verdict_faults::at("kql/term/index-minds-case") => (text, part.to_owned()),
            Case::Exact => (text, part.to_owned()),
            Case::Fold => (Tree::call("tolower", text), fold(part)),
        };
        let mut arguments = vec![text, Tree::Text(part)];
        let places = places.into_iter().take(1);
        arguments.extend(
            places
                .filter(|_| !verdict_faults::at("kql/term/index-from-the-start"))
                .map(whole),
        );
        let tree = Tree::Call("indexof", arguments);
        // Not found is -1 in Kusto and missing in the rule. In a missing text nothing is found.
        if !verdict_faults::at("kql/term/index-of-nothing") {
            guards.push(Tree::order(
                Comparison::GreaterOrEqual,
                tree.clone(),
                whole(0),
            ));
        }
        Ok(computed(tree, Kind::Long, guards))
    }

    fn between(
        &mut self,
        case: Case,
        text: &Term,
        ends: [&Term; 2],
        rest: &[Term],
    ) -> Result<Subject, Limit> {
        let greedy = match rest {
            [] => false,
            [Term::Const(Scalar::Bool(greedy))] => *greedy,
            _ => return unsupported("`between` takes a literal for whether it is greedy"),
        };
        let [Some(left), Some(right)] = ends.map(literal) else {
            return unsupported("`between` is written for Kusto only where its ends are literals");
        };
        if case == Case::Fold && (left.chars().chain(right.chars())).any(is_cased_beyond_ascii) {
            return unsupported(
                "a regular expression ignores the case of letters outside ASCII in another way",
            );
        }
        // In a missing text nothing is found.
        let subject = self.as_empty(text)?;
        let (text, mut guards) = (subject.tree, subject.guards);
        let folds = case == Case::Fold && !verdict_faults::at("kql/term/between-minds-case");
        let flags = if folds { "(?is)" } else { "(?s)" };
        let greedy = greedy != verdict_faults::at("kql/term/between-greed-inverted");
        let lazy = if greedy { "" } else { "?" };
        let escape = |end: &str| match end {
            end if verdict_faults::at("kql/term/between-not-escaped") => end.to_owned(),
            end => regex_syntax::escape(end),
        };
        let [left, right] = [left, right].map(escape);
        let expression = format!("{flags}{left}(.*{lazy}){right}");
        if !verdict_faults::at("kql/term/between-of-nothing") {
            guards.push(Tree::regex(text.clone(), expression.clone()));
        }
        let group = whole(i64::from(!verdict_faults::at(
            "kql/term/between-with-its-ends",
        )));
        let tree = Tree::Call("extract", vec![Tree::Text(expression), group, text]);
        Ok(computed(tree, Kind::Text, guards))
    }
}

/// The column whose missing value a text that is made of this one still shows by being empty.
fn origin(subject: Subject) -> Option<Box<Subject>> {
    if subject.column.is_some() {
        return Some(Box::new(subject));
    }
    subject.origin
}

/// A number computed from these operands: null where one of them is, or is a text that is no number.
fn number(tree: Tree, kind: Kind, guards: Vec<Tree>, operands: &[&Subject]) -> Subject {
    let nullable = |operand: &&Subject| operand.nullable || operand.kind == Kind::Text;
    Subject {
        nullable: operands.iter().any(nullable) && !verdict_faults::at("kql/term/null-not-noted"),
        ..computed(tree, kind, guards)
    }
}

fn unsupported<T>(reason: &str) -> Result<T, Limit> {
    Err(Limit::new(KQL_FUNCTION, reason))
}

/// A value that is never null where its guards hold.
fn computed(tree: Tree, kind: Kind, guards: Vec<Tree>) -> Subject {
    Subject {
        tree,
        kind,
        nullable: false,
        origin: None,
        column: None,
        guards,
    }
}

fn constant(scalar: &Scalar) -> Subject {
    match scalar {
        Scalar::Text(text) => computed(Tree::Text(text.clone()), Kind::Text, Vec::new()),
        Scalar::Bool(value) => computed(Tree::Bool(*value), Kind::Bool, Vec::new()),
        Scalar::Number(number) => {
            let kind = if number.as_i64().is_some() {
                Kind::Long
            } else {
                Kind::Real
            };
            computed(number_literal(number), kind, Vec::new())
        }
    }
}

/// The type of a value once it is read as a number.
fn number_kind(subject: &Subject) -> Kind {
    if subject.kind == Kind::Long {
        Kind::Long
    } else {
        Kind::Real
    }
}

/// A literal text that is not empty.
fn literal(term: &Term) -> Option<&str> {
    match term {
        Term::Const(Scalar::Text(text)) if !text.is_empty() => Some(text),
        Term::Const(_) | Term::Field(_) | Term::Call(..) | Term::Truth { .. } => None,
    }
}

/// A literal place in a text, counted from its start.
fn place(term: &Term) -> Option<i64> {
    signed(term).filter(|place| *place >= 0)
}

/// A literal place in a text, counted from its end if it is negative.
fn signed(term: &Term) -> Option<i64> {
    let farthest = i64::from(i32::MAX);
    match term {
        Term::Const(Scalar::Number(number)) => {
            let place = number.as_i64()?;
            (-farthest..=farthest).contains(&place).then_some(place)
        }
        Term::Const(_) | Term::Field(_) | Term::Call(..) | Term::Truth { .. } => None,
    }
}

fn whole(value: i64) -> Tree {
    number_literal(&Number::from(value))
}
