//! Terms: columns, literals and functions of them.
//!
//! A function of a missing value is null in ES|QL, as it is missing in the rule. Guards are only needed where ES|QL has an answer and the rule has none.

use crate::caps::Limit;
use crate::esql::columns::Kind;
use crate::esql::number;
use crate::esql::plan::{Planner, Subject};
use crate::esql::text::{is_cased, lowered};
use crate::esql::tree::Tree;
use verdict_compiler::codes::target::{ESQL_FUNCTION, ESQL_LIST_TEST};
use verdict_compiler::ir::fold::fold;
use verdict_compiler::ir::{Case, Comparison, Function, Scalar, Term};

impl Planner<'_> {
    /// What a term is.
    pub(crate) fn term(&mut self, term: &Term) -> Result<Subject, Limit> {
        match term {
            Term::Field(path) => self.column(path),
            Term::Const(scalar) => Ok(constant(scalar)),
            Term::Call(function, arguments) => self.call(*function, arguments),
            Term::Truth { .. } => unsupported("a condition inside a function is not written"),
        }
    }

    fn call(&mut self, function: Function, arguments: &[Term]) -> Result<Subject, Limit> {
        match (function, arguments) {
            (Function::Add, [left, right]) => self.arithmetic('+', left, right),
            (Function::Subtract, [left, right]) => self.arithmetic('-', left, right),
            (Function::Multiply, [left, right]) => self.arithmetic('*', left, right),
            (Function::Modulo, [left, right]) => self.arithmetic('%', left, right),
            (Function::Divide { integral }, [left, right]) => self.divide(integral, left, right),
            (Function::Negate, [operand]) => {
                let subject = self.single(operand)?;
                let tree = Tree::Negative(Box::new(number::as_number(&subject)?));
                Ok(computed(tree, number_kind(&subject), subject.guards))
            }
            (Function::Length, [text]) => {
                let subject = self.as_text(text)?;
                let tree = Tree::call("LENGTH", subject.tree);
                Ok(computed(tree, Kind::Long, subject.guards))
            }
            (Function::Concat, _) => self.concat(arguments),
            (Function::ToText, [value]) => self.as_text(value),
            (Function::ToNumber, [text]) => {
                let subject = self.single(text)?;
                let tree = number::as_number(&subject)?;
                Ok(computed(tree, number_kind(&subject), subject.guards))
            }
            (Function::Substring, [text, start, rest @ ..]) => self.substring(text, start, rest),
            (Function::IndexOf(case), [text, part, rest @ ..]) => {
                self.index_of(case, text, part, rest)
            }
            (Function::Between(case), [text, left, right, rest @ ..]) => {
                self.between(case, text, [left, right], rest)
            }
            (
                Function::Add
                | Function::Subtract
                | Function::Multiply
                | Function::Modulo
                | Function::Divide { .. }
                | Function::Negate
                | Function::Length
                | Function::ToText
                | Function::ToNumber
                | Function::Substring
                | Function::IndexOf(_)
                | Function::Between(_),
                _,
            ) => {
                unsupported("the function has arguments, such as a base, that ES|QL does not take")
            }
        }
    }

    /// A term of one value.
    pub(crate) fn single(&mut self, term: &Term) -> Result<Subject, Limit> {
        let subject = self.term(term)?;
        if let (true, Some(column)) = (subject.list, &subject.column) {
            let reason =
                format!("`{column}` holds lists, and a function needs one value at a time");
            return Err(Limit::new(ESQL_LIST_TEST, reason));
        }
        Ok(subject)
    }

    /// A term as a text.
    pub(crate) fn as_text(&mut self, term: &Term) -> Result<Subject, Limit> {
        let subject = self.single(term)?;
        match subject.kind {
            Kind::Text => Ok(subject),
            Kind::Long | Kind::Bool | Kind::Ip | Kind::Version => Ok(computed(
                Tree::call("TO_STRING", subject.tree),
                Kind::Text,
                subject.guards,
            )),
            Kind::Double | Kind::Date | Kind::Opaque => {
                let reason = format!(
                    "the text of a value of type `{}` is not kept by Elasticsearch",
                    subject.kind.name()
                );
                Err(Limit::new(ESQL_FUNCTION, reason))
            }
        }
    }

    fn arithmetic(&mut self, sign: char, left: &Term, right: &Term) -> Result<Subject, Limit> {
        let (left, right) = (self.single(left)?, self.single(right)?);
        let kind = match (number_kind(&left), number_kind(&right)) {
            (Kind::Long, Kind::Long) => Kind::Long,
            _ => Kind::Double,
        };
        let (one, other) = if verdict_faults::at("esql/term/operands-swapped") {
            (&right, &left)
        } else {
            (&left, &right)
        };
        let tree = Tree::math(sign, operand(one)?, operand(other)?);
        let guards = left.guards.into_iter().chain(right.guards);
        Ok(computed(tree, kind, guards.collect()))
    }

    fn divide(&mut self, integral: bool, left: &Term, right: &Term) -> Result<Subject, Limit> {
        let quotient = self.arithmetic('/', left, right)?;
        let other = integral != (quotient.kind == Kind::Long);
        if other && !verdict_faults::at("esql/term/division-of-other-type") {
            return unsupported("the division is of other types in ES|QL than in the rule");
        }
        Ok(quotient)
    }

    fn concat(&mut self, arguments: &[Term]) -> Result<Subject, Limit> {
        let (mut texts, mut guards) = (Vec::new(), Vec::new());
        for argument in arguments {
            let subject = self.as_text(argument)?;
            texts.push(subject.tree);
            guards.extend(subject.guards);
        }
        if verdict_faults::at("esql/term/concat-last-dropped") && texts.len() > 1 {
            texts.pop();
        }
        match texts.as_slice() {
            [] => unsupported("`CONCAT` takes at least one argument"),
            [one] => Ok(computed(one.clone(), Kind::Text, guards)),
            _ => Ok(computed(Tree::Call("CONCAT", texts), Kind::Text, guards)),
        }
    }

    fn substring(&mut self, text: &Term, start: &Term, rest: &[Term]) -> Result<Subject, Limit> {
        let subject = self.as_text(text)?;
        let places: Option<Vec<i64>> = std::iter::once(start).chain(rest).map(place).collect();
        let (start, end) = match places.as_deref() {
            Some([start]) => (*start, None),
            Some([start, end]) => (*start, Some(*end)),
            Some(_) | None => {
                return unsupported("`substring` is written only where its places are literals");
            }
        };
        let text = subject.tree;
        let mut arguments = vec![text.clone()];
        match end {
            // Both languages count a negative place from the end, and stop at the start.
            None if start < 0 => arguments.push(Tree::whole(start)),
            None if verdict_faults::at("esql/term/places-from-zero") => {
                arguments.push(Tree::whole(start))
            }
            None => arguments.push(Tree::whole(start + 1)),
            Some(end)
                if start >= 0 && end >= 0 && verdict_faults::at("esql/term/end-as-length") =>
            {
                arguments.extend([Tree::whole(start + 1), Tree::whole(end)]);
            }
            Some(end) if start >= 0 && end >= 0 => {
                arguments.extend([Tree::whole(start + 1), Tree::whole((end - start).max(0))]);
            }
            Some(end) if start >= 0 => {
                let length = Tree::call("LENGTH", text);
                let end = end + i64::from(verdict_faults::at("esql/term/last-character-kept"));
                let length = Tree::math('-', length, Tree::whole(start - end));
                arguments.push(Tree::whole(start + 1));
                arguments.push(Tree::Call("GREATEST", vec![length, Tree::whole(0)]));
            }
            Some(end) => {
                let first = bound(&text, start);
                let length = Tree::math('-', bound(&text, end), first.clone());
                arguments.push(Tree::math('+', first, Tree::whole(1)));
                arguments.push(Tree::Call("GREATEST", vec![length, Tree::whole(0)]));
            }
        }
        let tree = Tree::Call("SUBSTRING", arguments);
        Ok(computed(tree, Kind::Text, subject.guards))
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
                "`indexOf` is written only where it looks for a literal from a literal place",
            );
        };
        let subject = self.as_text(text)?;
        let start = places.first().map_or(0, |place| (*place).max(0));
        let found = locate(
            case,
            subject.tree,
            part,
            (start > 0 && !verdict_faults::at("esql/term/index-from-the-start"))
                .then(|| Tree::whole(start + 1)),
        );
        // Not found is 0 in ES|QL and missing in the rule.
        let mut guards = subject.guards;
        if !verdict_faults::at("esql/term/index-of-nothing") {
            guards.push(Tree::order(
                Comparison::Greater,
                found.clone(),
                Tree::whole(0),
            ));
        }
        let first = i64::from(!verdict_faults::at("esql/term/index-from-one"));
        let place = Tree::math('-', found, Tree::whole(first));
        Ok(computed(place, Kind::Long, guards))
    }

    fn between(
        &mut self,
        case: Case,
        text: &Term,
        ends: [&Term; 2],
        rest: &[Term],
    ) -> Result<Subject, Limit> {
        match rest {
            [] | [Term::Const(Scalar::Bool(false))] => {}
            _ => return unsupported("ES|QL has nothing that looks for the last place of a text"),
        }
        let [Some(left), Some(right)] = ends.map(literal) else {
            return unsupported("`between` is written only where its ends are literals");
        };
        let subject = self.as_text(text)?;
        let length = i64::try_from(left.chars().count()).unwrap_or(i64::MAX);
        let opened = locate(case, subject.tree.clone(), left, None);
        let start = Tree::math('+', opened.clone(), Tree::whole(length));
        let closed = locate(case, subject.tree.clone(), right, Some(start.clone()));
        let found = |place: &Tree| Tree::order(Comparison::Greater, place.clone(), Tree::whole(0));
        let mut guards = subject.guards;
        if !verdict_faults::at("esql/term/between-of-nothing") {
            guards.extend([found(&opened), found(&closed)]);
        }
        let length = Tree::math('-', closed, start.clone());
        let tree = Tree::Call("SUBSTRING", vec![subject.tree, start, length]);
        Ok(computed(tree, Kind::Text, guards))
    }
}

/// Where a literal stands in a text, counted from 1; 0 if nowhere.
fn locate(case: Case, text: Tree, part: &str, start: Option<Tree>) -> Tree {
    let ignores =
        case == Case::Fold && is_cased(part) && !verdict_faults::at("esql/term/place-minds-case");
    let part = if ignores { fold(part) } else { part.to_owned() };
    let arguments = [lowered(text, ignores), Tree::Text(part)];
    Tree::Call("LOCATE", arguments.into_iter().chain(start).collect())
}

/// A place as it is counted from the start of a text, none outside of it.
fn bound(text: &Tree, place: i64) -> Tree {
    let length = Tree::call("LENGTH", text.clone());
    if place < 0 {
        let place = Tree::math('-', length, Tree::whole(place.saturating_neg()));
        Tree::Call("GREATEST", vec![place, Tree::whole(0)])
    } else {
        Tree::whole(place)
    }
}

/// A number as an operand of arithmetic, which binds tighter than a sign.
fn operand(subject: &Subject) -> Result<Tree, Limit> {
    number::as_number(subject)
}

pub(crate) fn unsupported<T>(reason: &str) -> Result<T, Limit> {
    Err(Limit::new(ESQL_FUNCTION, reason))
}

/// A value that its guards and its own null tell of.
fn computed(tree: Tree, kind: Kind, guards: Vec<Tree>) -> Subject {
    Subject {
        tree,
        kind,
        column: None,
        list: false,
        guards,
    }
}

fn constant(scalar: &Scalar) -> Subject {
    match scalar {
        Scalar::Text(text) => computed(Tree::Text(text.clone()), Kind::Text, Vec::new()),
        Scalar::Bool(value) => computed(Tree::Bool(*value), Kind::Bool, Vec::new()),
        Scalar::Number(number) => {
            let kind = if number.as_i64().is_some() && !number.text().contains(['.', 'e', 'E']) {
                Kind::Long
            } else {
                Kind::Double
            };
            let tree = match kind {
                Kind::Double => number::double(number),
                _ => number::literal(number),
            };
            computed(tree, kind, Vec::new())
        }
    }
}

/// The type of a value once it is read as a number.
fn number_kind(subject: &Subject) -> Kind {
    if subject.kind == Kind::Long {
        Kind::Long
    } else {
        Kind::Double
    }
}

/// A literal text that is not empty.
fn literal(term: &Term) -> Option<&str> {
    match term {
        Term::Const(Scalar::Text(text)) if !text.is_empty() => Some(text),
        Term::Const(_) | Term::Field(_) | Term::Call(..) | Term::Truth { .. } => None,
    }
}

/// A literal place in a text.
fn place(term: &Term) -> Option<i64> {
    match term {
        Term::Const(Scalar::Number(number)) => {
            let place = number.as_i64()?;
            let range = i64::from(-i32::MAX)..i64::from(i32::MAX);
            range.contains(&place).then_some(place)
        }
        Term::Call(Function::Negate, operands) => match operands.as_slice() {
            [operand @ Term::Const(_)] => place(operand).map(|place| -place),
            _ => None,
        },
        Term::Const(_) | Term::Field(_) | Term::Call(..) | Term::Truth { .. } => None,
    }
}
