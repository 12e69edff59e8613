//! The IR as a tree of EQL.
//!
//! EQL as Elasticsearch runs it is two-valued where the IR is: a condition on a missing field is false, `not` is applied outside, and a list meets a
//! condition if any value does. So the plan needs no guards. What it decides is which operator says a test of a field of this type.

use crate::caps::{Caps, Limit};
use crate::eql::columns::{MESSAGE, address};
use crate::eql::tree::{How, Operand, Tree};
use crate::eql::{group, quote, text, time};
use std::collections::{BTreeMap, BTreeSet};
use verdict_compiler::codes::divergence::{KEYWORD_SCOPE, NULL_IS_MISSING};
use verdict_compiler::codes::target::{EQL_DATE_PART, EQL_FIELD_NAME, EQL_FUNCTION, EQL_TYPE};
use verdict_compiler::ir::{AnyText, Comparison, Expr, Leaf, LeafKind, Term, Test};
use verdict_event::{FieldSchema, FieldType, Number, Path};

/// What a test looks at: a field, a literal or the result of functions.
#[derive(Clone, Debug)]
pub(crate) struct Subject {
    /// The expression.
    pub(crate) operand: Operand,
    /// Its type.
    pub(crate) kind: FieldType,
}

/// Makes the plan of one rule.
pub(crate) struct Planner<'i> {
    fields: &'i BTreeMap<Path, FieldSchema>,
    /// Fields that the rule reads only as `?f`.
    optional: &'i BTreeSet<Path>,
    pub(crate) caps: Caps,
}

impl<'i> Planner<'i> {
    /// A planner for rules over these fields.
    pub(crate) fn new(
        fields: &'i BTreeMap<Path, FieldSchema>,
        optional: &'i BTreeSet<Path>,
    ) -> Self {
        Self {
            fields,
            optional,
            caps: Caps::default(),
        }
    }

    /// The whole predicate.
    pub(crate) fn plan(&mut self, predicate: &Expr) -> Tree {
        self.expr(predicate).balanced()
    }

    /// An expression.
    pub(crate) fn expr(&mut self, expr: &Expr) -> Tree {
        match expr {
            Expr::Const(value) => Tree::Bool(*value),
            Expr::Not(inner) if verdict_faults::at("eql/plan/negation-dropped") => self.expr(inner),
            Expr::Not(inner) => self.expr(inner).negate(),
            Expr::All(operands) => {
                let operands: Vec<Tree> = operands.iter().map(|x| self.expr(x)).collect();
                Tree::all(operands)
            }
            Expr::Any(operands) => {
                let (operands, networks) = group::networks(operands);
                let mut trees: Vec<Tree> = operands.iter().map(|x| self.expr(x)).collect();
                for (term, networks, leaf) in networks {
                    let said = self.within(term, &networks);
                    trees.push(self.settled(said, leaf));
                }
                group::any(trees)
            }
            Expr::Leaf(leaf) => {
                let said = self.leaf(leaf);
                self.settled(said, leaf)
            }
        }
    }

    fn settled(&mut self, said: Result<Tree, Limit>, leaf: &Leaf) -> Tree {
        said.unwrap_or_else(|limit| {
            if verdict_faults::at("eql/plan/refused-test-dropped") {
                return Tree::Bool(true);
            }
            self.caps.refuse(limit, leaf.span);
            Tree::Bool(false)
        })
    }

    fn leaf(&mut self, leaf: &Leaf) -> Result<Tree, Limit> {
        match &leaf.kind {
            LeafKind::Is {
                term: Term::Truth { holds, known },
                test,
            } => self.truth(holds, known, test),
            LeafKind::Is {
                term,
                test: Test::Cidr(network),
            } => self.within(term, &[*network]),
            LeafKind::Is { term, test } => {
                let subject = self.term(term)?;
                test_of(&subject, test)
            }
            LeafKind::Relate {
                relation,
                left,
                right,
            } => self.relate(relation, left, right),
            LeafKind::Missing(Term::Truth { known, .. }) => Ok(self.expr(known).negate()),
            LeafKind::Missing(term) if verdict_faults::at("eql/plan/missing-as-empty-text") => {
                Ok(Tree::matches(
                    self.term(term)?.operand,
                    How::Equal,
                    Operand::Text(String::new()),
                ))
            }
            LeafKind::Missing(term) => Ok(Tree::Null(self.term(term)?.operand)),
            LeafKind::Present(path) => {
                self.caps.diverges(NULL_IS_MISSING);
                Ok(Tree::Null(self.field(path)?.operand).negate())
            }
            LeafKind::AnyText(keyword) => {
                if !verdict_faults::at("eql/plan/keyword-claims-exact") {
                    self.caps.diverges(KEYWORD_SCOPE);
                }
                let message = Operand::Field(MESSAGE.to_owned());
                match keyword {
                    AnyText::Pattern(pattern) => text::pattern(message, pattern),
                    AnyText::Regex(expression) => text::search(message, expression),
                }
            }
        }
    }

    /// A condition as a value: what the test says of `true` and of `false`, where the condition is known. Where it holds it is known.
    fn truth(&mut self, holds: &Expr, known: &Expr, test: &Test) -> Result<Tree, Limit> {
        let accepted = match test {
            Test::AnyValue => [true, true],
            Test::Bool(wanted) => [!wanted, *wanted],
            Test::Text(pattern) => [pattern.matches("false"), pattern.matches("true")],
            Test::Regex(expression) => [expression.matches("false"), expression.matches("true")],
            Test::TextOrder(comparison, other) => {
                ["false", "true"].map(|word| comparison.accepts(word.cmp(other.as_str())))
            }
            Test::Version(..) => return Err(untold("a truth value", test)),
            Test::Numeral(_)
            | Test::Compare(..)
            | Test::Cidr(_)
            | Test::Instant(..)
            | Test::DatePart(..) => [false, false],
        };
        let value = match accepted {
            [false, false] => Expr::Const(false),
            [true, true] => known.clone(),
            [false, true] => holds.clone(),
            // Any field may hold a list, of which a condition may be true and false at once, and `not` only says that it is never true.
            [true, false] => {
                return Err(Limit::new(
                    EQL_FUNCTION,
                    "a condition that some value of a field makes false cannot be told from one that none makes true",
                ));
            }
        };
        Ok(self.expr(&value))
    }

    /// A field of the index.
    pub(crate) fn field(&self, path: &Path) -> Result<Subject, Limit> {
        let name = path.as_str();
        if quote::name(name).is_none() {
            return Err(Limit::new(
                EQL_FIELD_NAME,
                format!("{name:?} is empty or holds a character that does not show itself"),
            ));
        }
        let kind = self
            .fields
            .get(path)
            .map_or(FieldType::Keyword, |field| field.kind);
        if kind == FieldType::Object {
            return Err(Limit::new(
                EQL_TYPE,
                format!("`{name}` holds objects, which EQL cannot query"),
            ));
        }
        Ok(Subject {
            operand: if self.optional.contains(path)
                && !verdict_faults::at("eql/plan/optional-mark-lost")
            {
                Operand::Optional(name.to_owned())
            } else {
                Operand::Field(name.to_owned())
            },
            kind,
        })
    }
}

/// A test of a subject.
fn test_of(subject: &Subject, test: &Test) -> Result<Tree, Limit> {
    let equal = |value| Ok(Tree::matches(subject.operand.clone(), How::Equal, value));
    match test {
        Test::AnyValue
            if subject.kind == FieldType::Keyword
                && verdict_faults::at("eql/plan/any-value-of-one-character") =>
        {
            Ok(Tree::matches(
                subject.operand.clone(),
                How::Wildcard,
                Operand::Text("?".to_owned()),
            ))
        }
        Test::AnyValue if subject.kind == FieldType::Keyword => Ok(Tree::matches(
            subject.operand.clone(),
            How::Wildcard,
            Operand::Text("*".to_owned()),
        )),
        Test::AnyValue => Ok(Tree::Null(subject.operand.clone()).negate()),
        Test::Text(pattern) if subject.kind == FieldType::Ip => match address(pattern.shape()) {
            Some(address) => equal(Operand::Text(address.to_string())),
            None => Err(untold(named(subject.kind), test)),
        },
        Test::Text(pattern) => text::pattern(as_text(subject, test)?, pattern),
        Test::Regex(expression) => text::search(as_text(subject, test)?, expression),
        Test::TextOrder(comparison, other) => Ok(Tree::Compare(
            *comparison,
            as_text(subject, test)?,
            Operand::Text(other.clone()),
        )),
        Test::Numeral(number) => match subject.kind {
            FieldType::Long | FieldType::Double
                if verdict_faults::at("eql/plan/number-by-the-colon") =>
            {
                Ok(Tree::matches(
                    subject.operand.clone(),
                    How::Wildcard,
                    Operand::Text(number.text().to_owned()),
                ))
            }
            FieldType::Keyword if verdict_faults::at("eql/plan/numeral-unquoted") => {
                equal(number_literal(number))
            }
            FieldType::Long | FieldType::Double => equal(number_literal(number)),
            FieldType::Keyword => equal(Operand::Text(number.text().to_owned())),
            FieldType::Boolean => Ok(Tree::Bool(false)),
            FieldType::Text
            | FieldType::Date
            | FieldType::Ip
            | FieldType::Version
            | FieldType::Object => Err(untold(named(subject.kind), test)),
        },
        Test::Compare(comparison, number) => compare(subject, *comparison, number, test),
        Test::Bool(wanted) => match subject.kind {
            FieldType::Boolean => equal(Operand::Bool(
                *wanted != verdict_faults::at("eql/plan/truth-inverted"),
            )),
            FieldType::Keyword => equal(Operand::Text(wanted.to_string())),
            FieldType::Long | FieldType::Double => Ok(Tree::Bool(false)),
            FieldType::Text
            | FieldType::Date
            | FieldType::Ip
            | FieldType::Version
            | FieldType::Object => Err(untold(named(subject.kind), test)),
        },
        Test::Version(comparison, other) if subject.kind == FieldType::Version => {
            let literal = Operand::Text(other.clone());
            if *comparison == Comparison::Equal {
                return equal(literal);
            }
            Ok(Tree::Compare(*comparison, subject.operand.clone(), literal))
        }
        Test::Instant(comparison, moment) if subject.kind == FieldType::Date => Ok(Tree::Compare(
            *comparison,
            subject.operand.clone(),
            time::literal(*moment),
        )),
        Test::Cidr(_) | Test::Version(..) | Test::Instant(..) => {
            Err(untold(named(subject.kind), test))
        }
        Test::DatePart(part, ..) => Err(Limit::new(
            EQL_DATE_PART,
            format!("EQL has no function for the {} of a date", part.name()),
        )),
    }
}

/// The value as a number beside a number. On text that is `number(...)`, which is null where the text is none.
fn compare(
    subject: &Subject,
    comparison: Comparison,
    number: &Number,
    test: &Test,
) -> Result<Tree, Limit> {
    let literal = number_literal(number);
    let comparison = match comparison {
        Comparison::Less if verdict_faults::at("eql/plan/less-as-at-most") => {
            Comparison::LessOrEqual
        }
        Comparison::LessOrEqual if verdict_faults::at("eql/plan/at-most-as-less") => {
            Comparison::Less
        }
        Comparison::Greater if verdict_faults::at("eql/plan/greater-as-at-least") => {
            Comparison::GreaterOrEqual
        }
        Comparison::GreaterOrEqual if verdict_faults::at("eql/plan/at-least-as-greater") => {
            Comparison::Greater
        }
        comparison => comparison,
    };
    let operand = match subject.kind {
        FieldType::Long | FieldType::Double => subject.operand.clone(),
        FieldType::Keyword if verdict_faults::at("eql/plan/text-not-converted") => {
            subject.operand.clone()
        }
        FieldType::Keyword => Operand::call("number", [subject.operand.clone()]),
        FieldType::Boolean => return Ok(Tree::Bool(false)),
        FieldType::Text
        | FieldType::Date
        | FieldType::Ip
        | FieldType::Version
        | FieldType::Object => return Err(untold(named(subject.kind), test)),
    };
    if comparison == Comparison::Equal {
        return Ok(Tree::matches(operand, How::Equal, literal));
    }
    Ok(Tree::Compare(comparison, operand, literal))
}

/// A number as a literal. Elasticsearch reads whole numbers beyond 64 bits as doubles, and newer versions those that fit unsigned as another type, which
/// a fraction forestalls.
pub(crate) fn number_literal(number: &Number) -> Operand {
    let text = number.text();
    let whole = !text.contains(['.', 'e', 'E']);
    if let Some(whole) = number.as_i64()
        && verdict_faults::at("eql/plan/literal-one-more")
    {
        return Operand::Number(whole.saturating_add(1).to_string());
    }
    Operand::Number(if whole && number.as_i64().is_none() {
        format!("{text}.0")
    } else {
        text.to_owned()
    })
}

/// The subject as text.
fn as_text(subject: &Subject, test: &Test) -> Result<Operand, Limit> {
    match subject.kind {
        FieldType::Keyword => Ok(subject.operand.clone()),
        FieldType::Long | FieldType::Boolean
            if verdict_faults::at("eql/plan/value-not-made-text") =>
        {
            Ok(subject.operand.clone())
        }
        FieldType::Long | FieldType::Boolean => {
            Ok(Operand::call("string", [subject.operand.clone()]))
        }
        FieldType::Text
        | FieldType::Double
        | FieldType::Date
        | FieldType::Ip
        | FieldType::Version
        | FieldType::Object => Err(untold(named(subject.kind), test)),
    }
}

fn untold(kind: &str, test: &Test) -> Limit {
    let what = match test {
        Test::AnyValue => "any value",
        Test::Text(_) | Test::Regex(_) | Test::TextOrder(..) => "a test of text",
        Test::Numeral(_) | Test::Compare(..) => "a number",
        Test::Bool(_) => "a truth value",
        Test::Cidr(_) => "a network, for which `cidrMatch` takes only fields of type `ip`",
        Test::Version(..) => "an order of versions",
        Test::Instant(..) | Test::DatePart(..) => "a date",
    };
    Limit::new(EQL_TYPE, format!("{kind} is held against {what}"))
}

/// What Elasticsearch calls the type.
pub(crate) fn named(kind: FieldType) -> &'static str {
    match kind {
        FieldType::Keyword => "a `keyword`",
        FieldType::Text => "a `text`",
        FieldType::Long => "a `long`",
        FieldType::Double => "a `double`",
        FieldType::Boolean => "a `boolean`",
        FieldType::Date => "a `date`",
        FieldType::Ip => "an `ip`",
        FieldType::Version => "a `version`",
        FieldType::Object => "an object",
    }
}
