//! Terms: fields, literals and functions of them. The functions of the IR are EQL's own.

use crate::caps::Limit;
use crate::eql::plan::{Planner, Subject, named, number_literal};
use crate::eql::text::function_name;
use crate::eql::tree::{Operand, Tree};
use verdict_compiler::codes::target::EQL_FUNCTION;
use verdict_compiler::ir::{Expr, Function, LeafKind, Scalar, Term};
use verdict_event::FieldType;

impl Planner<'_> {
    /// What a term is.
    pub(crate) fn term(&mut self, term: &Term) -> Result<Subject, Limit> {
        match term {
            Term::Field(path) => self.field(path),
            Term::Const(scalar) => constant(scalar),
            Term::Call(function, arguments) => {
                let operands: Result<Vec<Subject>, Limit> = arguments
                    .iter()
                    .map(|argument| self.term(argument))
                    .collect();
                call(*function, operands?)
            }
            Term::Truth { holds, known } => self.condition(holds, known),
        }
    }

    /// A condition as a value: EQL has it so where it is unknown exactly where what it looks at is missing.
    fn condition(&mut self, holds: &Expr, known: &Expr) -> Result<Subject, Limit> {
        let natural = match holds {
            Expr::Leaf(leaf) => {
                let missing = |term: &Term| match term {
                    Term::Field(_) | Term::Call(..) => {
                        Some(Expr::leaf(LeafKind::Missing(term.clone()), leaf.span))
                    }
                    Term::Const(_) | Term::Truth { .. } => None,
                };
                let unknown: Vec<Expr> = match &leaf.kind {
                    LeafKind::Is { term, .. } => missing(term).into_iter().collect(),
                    LeafKind::Relate { left, right, .. } => {
                        [left, right].into_iter().filter_map(missing).collect()
                    }
                    LeafKind::Missing(_) | LeafKind::Present(_) | LeafKind::AnyText(_) => {
                        Vec::new()
                    }
                };
                *known == Expr::any(unknown).negate()
            }
            Expr::Const(_) | Expr::Not(_) | Expr::All(_) | Expr::Any(_) => {
                *known == Expr::Const(true)
            }
        };
        if !natural {
            return Err(Limit::new(
                EQL_FUNCTION,
                "a condition inside a function is unknown elsewhere than where its fields are missing",
            ));
        }
        let operand = match self.expr(holds) {
            Tree::Bool(truth) => Operand::Bool(truth),
            tree => Operand::Condition(Box::new(tree)),
        };
        Ok(Subject {
            operand,
            kind: FieldType::Boolean,
        })
    }
}

fn constant(scalar: &Scalar) -> Result<Subject, Limit> {
    let (operand, kind) = match scalar {
        Scalar::Text(text) if text.contains('\0') => {
            return Err(Limit::new(
                EQL_FUNCTION,
                "a string of EQL holds no character zero",
            ));
        }
        Scalar::Text(text) => (Operand::Text(text.clone()), FieldType::Keyword),
        Scalar::Bool(truth) => (Operand::Bool(*truth), FieldType::Boolean),
        Scalar::Number(number) => {
            let whole = !number.text().contains(['.', 'e', 'E']);
            let kind = if whole {
                FieldType::Long
            } else {
                FieldType::Double
            };
            (number_literal(number), kind)
        }
    };
    Ok(Subject { operand, kind })
}

/// Whether an argument has the type that the function takes. EQL's own rules are checked for it; nothing else makes functions.
fn takes(function: Function, at: usize, kind: FieldType) -> bool {
    let number = kind.is_numeric();
    let text = kind == FieldType::Keyword;
    match function {
        Function::Add
        | Function::Subtract
        | Function::Multiply
        | Function::Divide { .. }
        | Function::Modulo
        | Function::Negate => number,
        Function::Between(_) => text || (at == 3 && kind == FieldType::Boolean),
        Function::Concat | Function::ToText => true,
        Function::IndexOf(_) => text || (at == 2 && number),
        Function::Length => text,
        Function::ToNumber | Function::Substring => {
            if at == 0 {
                text
            } else {
                number
            }
        }
    }
}

fn call(function: Function, arguments: Vec<Subject>) -> Result<Subject, Limit> {
    for (at, argument) in arguments.iter().enumerate() {
        if !takes(function, at, argument.kind) {
            return Err(Limit::new(
                EQL_FUNCTION,
                format!("the function does not take {}", named(argument.kind)),
            ));
        }
    }
    let integral = arguments
        .iter()
        .all(|argument| argument.kind == FieldType::Long);
    let number = if integral {
        FieldType::Long
    } else {
        FieldType::Double
    };
    let (sign, name, kind) = match function {
        Function::Add if verdict_faults::at("eql/term/sum-as-difference") => {
            (Some('-'), String::new(), number)
        }
        Function::Add => (Some('+'), String::new(), number),
        Function::Subtract => (Some('-'), String::new(), number),
        Function::Multiply => (Some('*'), String::new(), number),
        Function::Divide {
            integral: truncates,
        } => {
            if truncates != integral && !verdict_faults::at("eql/term/division-of-other-type") {
                return Err(Limit::new(
                    EQL_FUNCTION,
                    "whether a division truncates follows from the types of its sides",
                ));
            }
            (Some('/'), String::new(), number)
        }
        Function::Modulo => (Some('%'), String::new(), number),
        Function::Negate => (None, String::new(), number),
        Function::Between(case) => (None, function_name("between", case), FieldType::Keyword),
        Function::Concat => (None, "concat".to_owned(), FieldType::Keyword),
        Function::IndexOf(case) => (None, function_name("indexOf", case), FieldType::Long),
        Function::Length => (None, "length".to_owned(), FieldType::Long),
        Function::ToNumber => (None, "number".to_owned(), FieldType::Double),
        Function::ToText => (None, "string".to_owned(), FieldType::Keyword),
        Function::Substring => (None, "substring".to_owned(), FieldType::Keyword),
    };
    let mut operands = arguments.into_iter().map(|argument| argument.operand);
    let operand = match (sign, function) {
        (Some(sign), _) => match (operands.next(), operands.next()) {
            (Some(left), Some(right)) if verdict_faults::at("eql/term/operands-swapped") => {
                Operand::Math(sign, Box::new(right), Box::new(left))
            }
            (Some(left), Some(right)) => Operand::Math(sign, Box::new(left), Box::new(right)),
            _ => return Err(Limit::new(EQL_FUNCTION, "arithmetic without two sides")),
        },
        (None, Function::Negate) => match operands.next() {
            Some(operand) if verdict_faults::at("eql/term/negative-lost") => operand,
            Some(operand) => Operand::Negative(Box::new(operand)),
            None => return Err(Limit::new(EQL_FUNCTION, "arithmetic without a side")),
        },
        (None, _) => {
            let mut operands: Vec<Operand> = operands.collect();
            if verdict_faults::at("eql/term/last-argument-dropped") && operands.len() > 1 {
                operands.pop();
            }
            Operand::Call(name, operands)
        }
    };
    Ok(Subject { operand, kind })
}
