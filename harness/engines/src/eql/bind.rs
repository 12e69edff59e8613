//! A tree and a schema to a bound query: conditions and the formula over them. Values are in the modules below.
//!
//! Every condition that is not `and`, `or` or `not` becomes a two-valued leaf. A leaf whose value is known already becomes that
//! value, null included, and null goes through `and`, `or` and `not` by three-valued logic: so do Elasticsearch's constant folding and
//! its folding of null, which is where an optional field that nothing maps ends up.

mod call;
mod compare;
mod joined;
mod list;
mod untyped;
mod value;

use super::ast::{Body, CompareOp, EventQuery, Expr, ExprKind};
use super::functions::{Named, lookup};
use super::lucene::Effort;
use super::plan::{Formula, Leaf, Node, Read, Slot, Step, Test, Work};
use super::similar;
use super::value::Value;
use crate::QueryError;
use std::collections::BTreeMap;
use verdict_event::{FieldType, Path, Schema};

/// What is known of an expression's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Null,
    Bool,
    Number,
    Text,
    Ip,
    Version,
    Date,
    /// A field that no schema types: what it is compared with decides.
    Unknown,
}

impl Type {
    /// The type's name in messages.
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool => "boolean",
            Self::Number => "number",
            Self::Text => "string",
            Self::Ip => "ip",
            Self::Version => "version",
            Self::Date => "date",
            Self::Unknown => "unknown",
        }
    }
}

/// What a name resolves to.
pub(super) enum Resolved {
    /// An optional field that nothing maps.
    Null,
    Slot(usize, Type, Read),
}

/// A condition before null is pushed through it.
enum Condition {
    Const(Option<bool>),
    Leaf(usize),
    Not(Box<Condition>),
    All(Vec<Condition>),
    Any(Vec<Condition>),
}

pub(super) struct Binder<'s> {
    schema: &'s Schema,
    literal_types: bool,
    /// What expressions may cost.
    pub(super) effort: Effort,
    names: BTreeMap<String, usize>,
    pub(super) slots: Vec<Slot>,
    pub(super) leaves: Vec<Leaf>,
    /// The fields of the current leaf's occurrences.
    pub(super) occurrences: Vec<usize>,
    pub(super) errors: Vec<QueryError>,
}

impl<'s> Binder<'s> {
    pub(super) fn new(schema: &'s Schema, literal_types: bool, effort: Effort) -> Self {
        Self {
            schema,
            literal_types,
            effort,
            names: BTreeMap::new(),
            slots: Vec::new(),
            leaves: Vec::new(),
            occurrences: Vec::new(),
            errors: Vec::new(),
        }
    }

    /// Binds a whole query; faults are in [`Binder::errors`].
    pub(super) fn body(&mut self, body: &Body) -> Work {
        let work = match body {
            Body::Event(query) => Work::Event(self.event_query(query)),
            Body::Joined(joined, span) => self.joined(joined, span),
        };
        let known = untyped::settle(&mut self.leaves);
        joined::settle_keys(work, &known)
    }

    /// Binds the category and the condition of one event query.
    fn event_query(&mut self, query: &EventQuery) -> Step {
        let condition = self.condition(&query.condition);
        Step {
            category: query.category.clone(),
            formula: settle(condition, true),
            keys: Vec::new(),
        }
    }

    pub(super) fn fault(&mut self, error: QueryError) {
        self.errors.push(error);
    }

    fn condition(&mut self, expr: &Expr) -> Condition {
        match &expr.kind {
            ExprKind::Not(inner) => Condition::Not(Box::new(self.condition(inner))),
            ExprKind::And(parts) => {
                Condition::All(parts.iter().map(|part| self.condition(part)).collect())
            }
            ExprKind::Or(parts) => {
                Condition::Any(parts.iter().map(|part| self.condition(part)).collect())
            }
            ExprKind::Compare(left, op, right) => match (op, against_bool(left, right)) {
                // Source: rule `BooleanFunctionEqualsElimination` and test functionEqualsFalse; `x == false` is `not x`, so it is true where
                // x is null. Comparisons, matches and the like are functions to that rule; fields are not.
                (CompareOp::Equal, Some((inner, wanted))) => {
                    negate_unless(wanted, self.condition(inner))
                }
                (CompareOp::NotEqual, Some((inner, wanted))) => {
                    negate_unless(!wanted, self.condition(inner))
                }
                // Source: test fieldNotEqualsTrue and its kin; `!=` is a negation outside the leaf.
                (CompareOp::NotEqual, None) => {
                    let leaf = self.compare_leaf(expr, left, CompareOp::Equal, right);
                    Condition::Not(Box::new(leaf))
                }
                (
                    CompareOp::Equal
                    | CompareOp::Less
                    | CompareOp::LessEqual
                    | CompareOp::Greater
                    | CompareOp::GreaterEqual,
                    _,
                ) => self.compare_leaf(expr, left, *op, right),
            },
            ExprKind::Null
            | ExprKind::Bool(_)
            | ExprKind::Number(_)
            | ExprKind::Text(_)
            | ExprKind::Field(_)
            | ExprKind::Call(_)
            | ExprKind::Negate(_)
            | ExprKind::Plus(_)
            | ExprKind::Arithmetic(..)
            | ExprKind::In { .. }
            | ExprKind::Match { .. } => self.value_leaf(expr),
        }
    }

    /// A condition that is no comparison: a call, a list, a match, or a field that is boolean itself.
    fn value_leaf(&mut self, expr: &Expr) -> Condition {
        self.occurrences.clear();
        let bound = self.value(expr);
        let node = match bound.ty {
            // Source: rule AddMissingEqualsToBoolField; a bare field stands for `field == true`.
            Type::Bool | Type::Null | Type::Unknown => bound.read_as(Read::Bool),
            Type::Number | Type::Text | Type::Ip | Type::Version | Type::Date => {
                let found = bound.ty.text();
                self.fault(QueryError::new(
                    format!("a condition must be boolean, this is a {found}"),
                    expr.span.clone(),
                ));
                bound.node
            }
        };
        self.leaf(node)
    }

    fn compare_leaf(&mut self, expr: &Expr, left: &Expr, op: CompareOp, right: &Expr) -> Condition {
        self.occurrences.clear();
        let bound = self.compare(&expr.span, left, op, right);
        self.leaf(bound.node)
    }

    /// The current leaf's expression as a leaf, or as the constant that it is.
    fn leaf(&mut self, root: Node) -> Condition {
        let field = |occurrence: usize| {
            self.occurrences
                .get(occurrence)
                .copied()
                .unwrap_or(usize::MAX)
        };
        let leaf = match root {
            Node::Const(constant) => return Condition::Const(constant.as_bool()),
            Node::Field(occurrence, read) => Leaf::Field {
                field: field(occurrence),
                read,
                test: Test::Order(CompareOp::Equal, Value::Bool(true)),
            },
            Node::Test(inner, test) => match *inner {
                Node::Field(occurrence, read) => Leaf::Field {
                    field: field(occurrence),
                    read,
                    test,
                },
                inner => self.script(Node::Test(Box::new(inner), test)),
            },
            Node::IsNull(inner) => match *inner {
                Node::Field(occurrence, read) => Leaf::Missing {
                    field: field(occurrence),
                    read,
                },
                inner => self.script(Node::IsNull(Box::new(inner))),
            },
            root @ (Node::Call(..)
            | Node::Arithmetic(..)
            | Node::Negate(_)
            | Node::Compare(..)
            | Node::Not(_)
            | Node::And(_)
            | Node::Or(_)) => self.script(root),
        };
        self.leaves.push(leaf);
        Condition::Leaf(self.leaves.len() - 1)
    }

    fn script(&self, root: Node) -> Leaf {
        let mut fields: Vec<(usize, Read)> = self
            .occurrences
            .iter()
            .map(|field| (*field, Read::AsIs))
            .collect();
        root.each_field(&mut |occurrence, read| {
            if let Some(field) = fields.get_mut(occurrence) {
                field.1 = read;
            }
        });
        Leaf::Script { root, fields }
    }

    /// Resolves a field, as Elasticsearch's analyzer and verifier do; None when it is refused.
    pub(super) fn resolve(&mut self, expr: &Expr, name: &str, optional: bool) -> Option<Resolved> {
        let (ty, read, null_value) = match self.schema.field(name) {
            Some(field) if field.mapped => {
                let Some((ty, read)) = type_of(field.kind) else {
                    let kind = if field.kind == FieldType::Text {
                        "text"
                    } else {
                        "object"
                    };
                    self.fault(
                        QueryError::new(
                            format!("fields of type {kind} such as `{name}` are not supported"),
                            expr.span.clone(),
                        )
                        .hint("use a keyword field"),
                    );
                    return None;
                };
                (ty, read, field.null_value.clone())
            }
            Some(_) if optional => return Some(Resolved::Null),
            Some(_) => return self.unknown(expr, name),
            None => match self.implied(name) {
                Some((ty, read)) => (ty, read, None),
                None if self.literal_types => (Type::Unknown, Read::AsIs, None),
                None if optional => return Some(Resolved::Null),
                None => return self.unknown(expr, name),
            },
        };
        let fresh = self.slots.len();
        let slot = *self.names.entry(name.to_owned()).or_insert(fresh);
        if slot == fresh {
            self.slots.push(Slot {
                path: Path::new(name),
                null_value: null_value.map(verdict_event::Value::from),
            });
        }
        Some(Resolved::Slot(slot, ty, read))
    }

    /// What the schema says of its own fields without listing them.
    fn implied(&self, name: &str) -> Option<(Type, Read)> {
        if name == self.schema.category {
            Some((Type::Text, Read::Text))
        } else if name == self.schema.timestamp.field
            || self.schema.tiebreaker.as_deref() == Some(name)
        {
            Some((Type::Unknown, Read::AsIs))
        } else {
            None
        }
    }

    /// Source: documentation; a field that nothing maps is an error unless it is optional.
    fn unknown(&mut self, expr: &Expr, name: &str) -> Option<Resolved> {
        let known = self
            .schema
            .fields
            .iter()
            .filter(|(_, field)| field.mapped)
            .map(|(name, _)| name.as_str());
        let near = similar::suggest(name, known);
        let error = QueryError::new(format!("unknown column `{name}`"), expr.span.clone());
        self.fault(error.hint(near.unwrap_or_else(|| format!("`?{name}` makes it optional"))));
        None
    }
}

/// The type of a mapped field; None for those that EQL refuses.
fn type_of(kind: FieldType) -> Option<(Type, Read)> {
    match kind {
        FieldType::Keyword => Some((Type::Text, Read::Text)),
        FieldType::Long => Some((Type::Number, Read::Long)),
        FieldType::Double => Some((Type::Number, Read::Double)),
        FieldType::Boolean => Some((Type::Bool, Read::Bool)),
        FieldType::Date => Some((Type::Date, Read::Date)),
        FieldType::Ip => Some((Type::Ip, Read::Ip)),
        FieldType::Version => Some((Type::Version, Read::Version)),
        FieldType::Text | FieldType::Object => None,
    }
}

/// A condition, not a field, that is compared with `true` or `false`, on either side.
fn against_bool<'x>(left: &'x Expr, right: &'x Expr) -> Option<(&'x Expr, bool)> {
    let boolean = |expr: &Expr| match &expr.kind {
        ExprKind::Call(call) => lookup(&call.name).is_some_and(
            |known| matches!(known.named, Named::Function(function) if function.is_boolean()),
        ),
        ExprKind::Not(_)
        | ExprKind::And(_)
        | ExprKind::Or(_)
        | ExprKind::Compare(..)
        | ExprKind::In { .. }
        | ExprKind::Match { .. } => true,
        ExprKind::Null
        | ExprKind::Bool(_)
        | ExprKind::Number(_)
        | ExprKind::Text(_)
        | ExprKind::Field(_)
        | ExprKind::Negate(_)
        | ExprKind::Plus(_)
        | ExprKind::Arithmetic(..) => false,
    };
    if let (true, ExprKind::Bool(wanted)) = (boolean(left), &right.kind) {
        return Some((left, *wanted));
    }
    if let (ExprKind::Bool(wanted), true) = (&left.kind, boolean(right)) {
        return Some((right, *wanted));
    }
    None
}

fn negate_unless(wanted: bool, condition: Condition) -> Condition {
    if wanted {
        condition
    } else {
        Condition::Not(Box::new(condition))
    }
}

/// The formula that holds when the condition is `wanted`; a null condition is neither true nor false.
fn settle(condition: Condition, wanted: bool) -> Formula {
    match condition {
        Condition::Const(value) => Formula::Const(value == Some(wanted)),
        Condition::Leaf(at) => Formula::Leaf(at, wanted),
        Condition::Not(inner) => settle(*inner, !wanted),
        Condition::All(parts) => join(parts, wanted, wanted),
        Condition::Any(parts) => join(parts, wanted, !wanted),
    }
}

/// All of the parts, or any of them, with constants taken out.
fn join(parts: Vec<Condition>, wanted: bool, all: bool) -> Formula {
    let mut kept = Vec::with_capacity(parts.len());
    for part in parts {
        match settle(part, wanted) {
            Formula::Const(value) if value == all => {}
            Formula::Const(value) => return Formula::Const(value),
            part @ (Formula::Leaf(..) | Formula::All(_) | Formula::Any(_)) => kept.push(part),
        }
    }
    match kept.len() {
        0 => Formula::Const(all),
        1 => kept.pop().unwrap_or(Formula::Const(all)),
        _several if all => Formula::All(kept),
        _several => Formula::Any(kept),
    }
}
