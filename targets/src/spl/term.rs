//! Functions of fields, in the language of `eval`.
//!
//! A function of one field is put to each of its values by `mvfilter`; one of several fields looks at one value of each. A function of a
//! missing value is missing, and so is its test false. Every test guards itself, so that it is false and not null where a function has no
//! value.

use crate::caps::Limit;
use crate::spl::filter::{Condition, Eval, Expression};
use crate::spl::logic::Logic;
use crate::spl::plan::{Atom, Planner, date, existence, version};
use crate::spl::search::{Search, Term};
use crate::spl::{number, quote, regex, text};
use std::collections::BTreeSet;
use verdict_compiler::codes::target::SPL_FUNCTION;
use verdict_compiler::ir::{self, Case, Comparison, Function, Pattern, Scalar, Test};
use verdict_event::{FieldType, Number, Path};

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A text.
    Text,
    /// A number, or the text of one.
    Number,
    /// `true` or `false`, as a text.
    Bool,
}

/// A computed value.
#[derive(Clone, Debug)]
pub(crate) struct Subject {
    /// The expression.
    pub(crate) eval: Eval,
    /// What it gives.
    pub(crate) kind: Kind,
    /// What must hold for it to have a value, where all its fields have one.
    pub(crate) guards: Vec<Eval>,
}

impl Planner<'_> {
    /// A test of what a function gives.
    pub(crate) fn computed(&mut self, term: &ir::Term, test: &Test) -> Result<Atom, Limit> {
        let subject = self.term(term)?;
        let tests = tested(&subject, test)?;
        match tests {
            None => Ok(Atom::never()),
            Some(tests) if verdict_faults::at("spl/term/function-guards-lost") => {
                self.holds(&[term], tests)
            }
            Some(tests) => self.holds(&[term], subject.guards.into_iter().chain(tests)),
        }
    }

    /// That a function gives a value: of a list, for each of the values.
    pub(crate) fn has_value(&mut self, term: &ir::Term) -> Result<Logic<Atom>, Limit> {
        let subject = self.term(term)?;
        let mut fields: Vec<Path> = Vec::new();
        term.each_field(&mut |path| fields.push(path.clone()));
        if let ([path], false) = (fields.as_slice(), subject.guards.is_empty()) {
            let name = self.name(path)?;
            let without = Condition::Some(name.clone(), vec![fails(subject.guards)]);
            let wide = wide(std::slice::from_ref(&name));
            let without = Logic::Leaf(Atom::filtered(wide, without));
            return Ok(Logic::all([
                Logic::Leaf(existence(&name)),
                without.negate(),
            ]));
        }
        self.holds(&[term], subject.guards).map(Logic::Leaf)
    }

    /// The tests hold of some values of the terms' fields.
    pub(crate) fn holds(
        &mut self,
        terms: &[&ir::Term],
        tests: impl IntoIterator<Item = Eval>,
    ) -> Result<Atom, Limit> {
        let mut fields: Vec<Path> = Vec::new();
        for term in terms {
            term.each_field(&mut |path| fields.push(path.clone()));
        }
        let distinct: BTreeSet<Path> = fields.iter().cloned().collect();
        let names: Vec<String> = distinct
            .iter()
            .map(|path| self.name(path))
            .collect::<Result<_, _>>()?;
        let wide = wide(&names);
        let tests: Vec<Eval> = tests.into_iter().collect();
        if names.is_empty() {
            return Err(unsupported("the test reads no field"));
        }
        if tests.is_empty() {
            return Ok(all_exist(&names));
        }
        if let ([_], [name]) = (fields.as_slice(), names.as_slice()) {
            let condition = Condition::Some(name.clone(), vec![Eval::all(tests)]);
            return Ok(Atom::filtered(wide, condition));
        }
        self.single(&distinct, SPL_FUNCTION)?;
        let present = names
            .iter()
            .map(|name| Eval::call("isnotnull", Eval::Field(name.clone())));
        let present = present.filter(|_| !verdict_faults::at("spl/term/presence-lost"));
        let all = Eval::all(present.chain(tests));
        Ok(Atom::filtered(wide, Condition::Holds(all)))
    }

    /// A term as an expression.
    pub(crate) fn term(&mut self, term: &ir::Term) -> Result<Subject, Limit> {
        match term {
            ir::Term::Field(path) => {
                let name = self.name(path)?;
                let kind = match self.kind(path) {
                    FieldType::Long | FieldType::Double => Kind::Number,
                    FieldType::Boolean => Kind::Bool,
                    FieldType::Keyword
                    | FieldType::Text
                    | FieldType::Ip
                    | FieldType::Version
                    | FieldType::Date
                    | FieldType::Object => Kind::Text,
                };
                Ok(plain(Eval::Field(name), kind))
            }
            ir::Term::Const(scalar) => constant(scalar),
            ir::Term::Call(function, arguments) => self.call(*function, arguments),
            ir::Term::Truth { .. } => Err(unsupported(
                "a condition inside a function is not written for Splunk",
            )),
        }
    }

    fn call(&mut self, function: Function, arguments: &[ir::Term]) -> Result<Subject, Limit> {
        match (function, arguments) {
            (Function::Add, [left, right]) => self.arithmetic("+", left, right),
            (Function::Subtract, [left, right])
                if verdict_faults::at("spl/term/operands-swapped") =>
            {
                self.arithmetic("-", right, left)
            }
            (Function::Subtract, [left, right]) => self.arithmetic("-", left, right),
            (Function::Multiply, [left, right]) => self.arithmetic("*", left, right),
            (Function::Negate, [operand]) => {
                let zero = i64::from(verdict_faults::at("spl/term/negative-off-by-one"));
                let zero = ir::Term::Const(Scalar::Number(Number::from(zero)));
                self.arithmetic("-", &zero, operand)
            }
            (Function::Divide { integral }, [left, right]) => self.divide(integral, left, right),
            (Function::Length, [text]) => {
                let text = self.text(text)?;
                Ok(Subject {
                    eval: Eval::call("len", text.eval),
                    kind: Kind::Number,
                    guards: text.guards,
                })
            }
            (Function::Concat, [first, rest @ ..]) => self.concat(first, rest),
            (Function::ToText, [value]) => self.as_text(value),
            (Function::ToNumber, [text]) => self.as_number(text, None),
            (Function::ToNumber, [text, ir::Term::Const(Scalar::Number(base))]) => {
                self.as_number(text, Some(base))
            }
            (Function::Substring, [text, start, rest @ ..]) => self.substring(text, start, rest),
            (Function::IndexOf(case), [text, part]) => self.index_of(case, text, part),
            (Function::Between(case), [text, left, right, rest @ ..]) => {
                self.between(case, text, [left, right], rest)
            }
            (Function::Modulo, _) => Err(unsupported(
                "no document says which sign the remainder of Splunk's `%` has",
            )),
            (
                Function::Add
                | Function::Subtract
                | Function::Multiply
                | Function::Negate
                | Function::Divide { .. }
                | Function::Length
                | Function::Concat
                | Function::ToText
                | Function::ToNumber
                | Function::Substring
                | Function::IndexOf(_)
                | Function::Between(_),
                _,
            ) => Err(unsupported(
                "the function has arguments that Splunk's does not take",
            )),
        }
    }

    /// A term that is a text. What a function of texts makes of a number is nothing.
    pub(crate) fn text(&mut self, term: &ir::Term) -> Result<Subject, Limit> {
        let subject = self.term(term)?;
        if subject.kind == Kind::Text {
            return Ok(subject);
        }
        Err(unsupported(
            "a function of texts has no value for a number or a truth value",
        ))
    }

    /// The text of a value: fields hold nothing else.
    pub(crate) fn as_text(&mut self, term: &ir::Term) -> Result<Subject, Limit> {
        let subject = self.term(term)?;
        let written = match term {
            ir::Term::Field(_) | ir::Term::Const(_) => true,
            ir::Term::Call(function, _) => {
                matches!(function, Function::Length | Function::IndexOf(_))
                    || subject.kind == Kind::Text
            }
            ir::Term::Truth { .. } => false,
        };
        if !written {
            return Err(unsupported(
                "no document says how Splunk writes a computed number",
            ));
        }
        let computed = matches!(term, ir::Term::Call(..)) && subject.kind == Kind::Number;
        Ok(Subject {
            eval: if computed {
                Eval::call("tostring", subject.eval)
            } else {
                subject.eval
            },
            kind: Kind::Text,
            guards: subject.guards,
        })
    }

    fn as_number(&mut self, text: &ir::Term, base: Option<&Number>) -> Result<Subject, Limit> {
        let mut text = self.text(text)?;
        let base = match base.map(Number::as_i64) {
            None => None,
            Some(Some(base)) if (2..=36).contains(&base) => Some(Eval::Number(base.to_string())),
            Some(_) => return Err(unsupported("bases of numbers are 2 to 36")),
        };
        let arguments = std::iter::once(text.eval).chain(base).collect();
        let eval = Eval::Call("tonumber", arguments);
        if !verdict_faults::at("spl/term/no-number-kept") {
            text.guards.push(Eval::call("isnotnull", eval.clone()));
        }
        Ok(Subject {
            eval,
            kind: Kind::Number,
            guards: text.guards,
        })
    }

    /// A term as an operand of arithmetic.
    pub(crate) fn operand(&mut self, term: &ir::Term) -> Result<Subject, Limit> {
        let subject = self.term(term)?;
        if subject.kind == Kind::Number {
            return Ok(subject);
        }
        Err(unsupported(
            "arithmetic has no value for a text or a truth value",
        ))
    }

    fn arithmetic(
        &mut self,
        sign: &'static str,
        left: &ir::Term,
        right: &ir::Term,
    ) -> Result<Subject, Limit> {
        let (left, right) = (self.operand(left)?, self.operand(right)?);
        Ok(Subject {
            eval: Eval::infix(left.eval, sign, right.eval),
            kind: Kind::Number,
            guards: left.guards.into_iter().chain(right.guards).collect(),
        })
    }

    fn divide(
        &mut self,
        integral: bool,
        left: &ir::Term,
        right: &ir::Term,
    ) -> Result<Subject, Limit> {
        let divisor = match right {
            ir::Term::Const(Scalar::Number(divisor)) if divisor.as_f64() != 0.0 => divisor,
            ir::Term::Const(_)
            | ir::Term::Field(_)
            | ir::Term::Call(..)
            | ir::Term::Truth { .. } => {
                return Err(unsupported(
                    "no document says what division by zero gives, and this divisor may be zero",
                ));
            }
        };
        let subject = self.operand(left)?;
        let quotient = Eval::infix(
            subject.eval.clone(),
            "/",
            Eval::Number(number::written(divisor)),
        );
        let eval = if integral && !verdict_faults::at("spl/term/quotient-not-cut") {
            // Truncated toward zero.
            let negative = number::ordered(quotient.clone(), Comparison::Less, &Number::from(0));
            let ceiling = if verdict_faults::at("spl/term/quotient-rounded-down") {
                Eval::call("floor", quotient.clone())
            } else {
                Eval::call("ceiling", quotient.clone())
            };
            Eval::Call("if", vec![negative, ceiling, Eval::call("floor", quotient)])
        } else {
            quotient
        };
        Ok(Subject { eval, ..subject })
    }

    fn concat(&mut self, first: &ir::Term, rest: &[ir::Term]) -> Result<Subject, Limit> {
        let mut whole = self.as_text(first)?;
        for part in rest {
            let part = self.as_text(part)?;
            whole.eval = if verdict_faults::at("spl/term/concat-in-reverse") {
                Eval::infix(part.eval, ".", whole.eval)
            } else {
                Eval::infix(whole.eval, ".", part.eval)
            };
            whole.guards.extend(part.guards);
        }
        Ok(whole)
    }
}

/// What `search` can say of fields that a test reads.
fn wide(names: &[String]) -> Search {
    let searched = names.iter().filter(|name| !quote::is_special(name));
    Logic::all(searched.map(|name| Term::exists(name)).collect::<Vec<_>>())
}

/// Not all of these hold, for null is not true.
fn fails(tests: Vec<Eval>) -> Eval {
    if let [Eval::Call("isnotnull", arguments)] = tests.as_slice() {
        return Eval::Call("isnull", arguments.clone());
    }
    let number = |digit: &str| Eval::Number(digit.to_owned());
    let arguments = vec![Eval::all(tests), number("0"), number("1")];
    Eval::infix(Eval::Call("if", arguments), "=", number("1"))
}

/// Every field has a value, and so has a function that always gives one.
fn all_exist(names: &[String]) -> Atom {
    let atoms: Vec<Atom> = names.iter().map(|name| existence(name)).collect();
    let exact: Option<Vec<Search>> = atoms.iter().map(|atom| atom.exact.clone()).collect();
    Atom {
        wide: wide(names),
        exact: exact.map(Logic::all),
        filter: Logic::all(atoms.into_iter().map(|atom| atom.filter)),
    }
}

/// What a test asks of a computed value; None if no value of its kind satisfies it.
fn tested(subject: &Subject, test: &Test) -> Result<Option<Vec<Eval>>, Limit> {
    let eval = subject.eval.clone();
    match (test, subject.kind) {
        (Test::AnyValue, _) => Ok(Some(Vec::new())),
        (Test::Compare(comparison, wanted), Kind::Number) => {
            Ok(Some(vec![number::ordered(eval, *comparison, wanted)]))
        }
        // EQL's functions that give texts are compared with texts alone, and Sigma compares fields.
        (Test::Compare(..), Kind::Text) => {
            Err(unsupported("a computed text is compared with a number"))
        }
        (Test::Compare(..) | Test::Cidr(_), Kind::Bool)
        | (Test::Bool(_) | Test::Cidr(_), Kind::Number) => Ok(None),
        (Test::Text(pattern), Kind::Text | Kind::Bool) => {
            Ok(Some(vec![Eval::matches(eval, &text::expression(pattern))]))
        }
        (Test::Regex(expression), Kind::Text | Kind::Bool) => {
            let expression = Expression::Whole(regex::of_expression(expression)?);
            Ok(Some(vec![Eval::matches(eval, &expression)]))
        }
        (Test::TextOrder(comparison, other), Kind::Text | Kind::Bool) => {
            Ok(Some(vec![text::ordered(eval, *comparison, other)?]))
        }
        (Test::Bool(wanted), Kind::Text | Kind::Bool) => {
            let pattern = Pattern::literal(wanted.to_string(), Case::Exact);
            Ok(Some(vec![Eval::matches(eval, &text::expression(&pattern))]))
        }
        (Test::Cidr(network), Kind::Text) => {
            let written = Eval::Text(network.trunc().to_string());
            Ok(Some(vec![Eval::Call("cidrmatch", vec![written, eval])]))
        }
        (Test::Text(_) | Test::Regex(_) | Test::TextOrder(..) | Test::Numeral(_), _) => Err(
            unsupported("no document says how Splunk writes a computed number"),
        ),
        (Test::Version(..), _) => Err(version()),
        (Test::Instant(..) | Test::DatePart(..), _) => Err(date()),
    }
}

/// The refusal of a function, for this reason.
pub(crate) fn unsupported(reason: &str) -> Limit {
    Limit::new(SPL_FUNCTION, reason)
}

fn plain(eval: Eval, kind: Kind) -> Subject {
    Subject {
        eval,
        kind,
        guards: Vec::new(),
    }
}

fn constant(scalar: &Scalar) -> Result<Subject, Limit> {
    match scalar {
        Scalar::Text(text) if quote::is_literal(text) => {
            Ok(plain(Eval::Text(text.clone()), Kind::Text))
        }
        Scalar::Text(_) => Err(unsupported(
            "a text with such characters cannot be written as a literal of `eval`",
        )),
        Scalar::Number(number) => Ok(plain(Eval::Number(number::written(number)), Kind::Number)),
        Scalar::Bool(value) => Ok(plain(Eval::Text(value.to_string()), Kind::Bool)),
    }
}
