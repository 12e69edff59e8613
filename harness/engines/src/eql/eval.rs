//! Running a bound query over one event.

use super::ast::CompareOp;
use super::functions::{calculate, call};
use super::order::written;
use super::plan::{Formula, Leaf, Node, Read, Slot, Test};
use super::value::{Number, Value, address};
use std::borrow::Cow;
use std::cell::OnceCell;
use std::cmp::Ordering;
use verdict_event::{Event, Value as Json};

/// Combinations of several lists' values that are tried for one leaf; further ones count as not matching.
const MAX_COMBINATIONS: usize = 100_000;

/// The values of one field in one event, nulls skipped.
enum Cells<'e> {
    None,
    One(&'e Json),
    Many(Vec<&'e Json>),
}

impl<'e> Cells<'e> {
    fn push(&mut self, value: &'e Json) {
        match self {
            Self::None => *self = Self::One(value),
            Self::One(first) => *self = Self::Many(vec![*first, value]),
            Self::Many(values) => values.push(value),
        }
    }

    fn as_slice(&self) -> &[&'e Json] {
        match self {
            Self::None => &[],
            Self::One(value) => std::slice::from_ref(value),
            Self::Many(values) => values,
        }
    }
}

/// One event with the fields that were read so far: each is read once at most.
pub(crate) struct Row<'e> {
    event: &'e Event,
    slots: &'e [Slot],
    cells: Vec<OnceCell<Cells<'e>>>,
}

impl<'e> Row<'e> {
    pub(crate) fn new(event: &'e Event, slots: &'e [Slot]) -> Self {
        Self {
            event,
            slots,
            cells: slots.iter().map(|_| OnceCell::new()).collect(),
        }
    }

    fn values(&self, field: usize) -> &[&'e Json] {
        match (self.cells.get(field), self.slots.get(field)) {
            (Some(cell), Some(slot)) => cell.get_or_init(|| self.read(slot)).as_slice(),
            (None | Some(_), _) => &[],
        }
    }

    fn read(&self, slot: &'e Slot) -> Cells<'e> {
        let mut cells = Cells::None;
        match &slot.null_value {
            None => slot
                .path
                .visit(self.event.root(), &mut |value| cells.push(value)),
            Some(null) => with_nulls(self.event.root(), slot.path.as_str(), null, &mut cells),
        }
        cells
    }

    /// The values of a field that its type can read, in the order of the event.
    pub(crate) fn read_all(&self, field: usize, read: Read) -> Vec<Value<'_>> {
        self.values(field)
            .iter()
            .map(|json| value(json, read))
            .filter(|value| *value != Value::Null)
            .collect()
    }

    fn readable(&self, field: usize, read: Read) -> Cow<'_, [&'e Json]> {
        let values = self.values(field);
        let reads = |json: &&&'e Json| value(json, read) != Value::Null;
        if values.iter().all(|json| reads(&json)) {
            return Cow::Borrowed(values);
        }
        Cow::Owned(values.iter().filter(reads).copied().collect())
    }

    /// Whether the formula holds.
    pub(crate) fn holds(&self, formula: &'e Formula, leaves: &'e [Leaf]) -> bool {
        match formula {
            Formula::Const(value) => *value,
            Formula::Leaf(at, false)
                if verdict_faults::at("eql/engine/not-of-missing-is-false")
                    && self.lacks(leaves.get(*at)) =>
            {
                false
            }
            Formula::Leaf(at, wanted) => leaves
                .get(*at)
                .is_some_and(|leaf| self.leaf(leaf) == *wanted),
            Formula::All(all) => all.iter().all(|part| self.holds(part, leaves)),
            Formula::Any(any) => any.iter().any(|part| self.holds(part, leaves)),
        }
    }

    /// Whether a leaf tests a field that has no value.
    fn lacks(&self, leaf: Option<&Leaf>) -> bool {
        matches!(leaf, Some(Leaf::Field { field, .. }) if self.values(*field).is_empty())
    }

    /// A leaf is true if any value makes it true. Source: `InternalEqlScriptUtils.multiValueDocValues`, and Lucene's own queries.
    fn leaf(&self, leaf: &'e Leaf) -> bool {
        match leaf {
            Leaf::Field { field, read, test }
                if verdict_faults::at("eql/engine/list-passes-as-a-whole") =>
            {
                let mut values = self.values(*field).iter().peekable();
                values.peek().is_some()
                    && values.all(|json| test.passes(&value(json, *read)) == Some(true))
            }
            Leaf::Missing { field, .. }
                if verdict_faults::at("eql/engine/empty-text-is-missing") =>
            {
                let mut values = self.values(*field).iter();
                values.all(|json| json.scalar_text() == Some(""))
            }
            Leaf::Missing { field, read } => self
                .values(*field)
                .iter()
                .all(|json| value(json, *read) == Value::Null),
            Leaf::Field { field, read, test } => self
                .values(*field)
                .iter()
                .any(|json| test.passes(&value(json, *read)) == Some(true)),
            Leaf::Script { root, fields } => self.script(root, fields),
        }
    }

    /// Tries every combination of the occurrences' values; a missing field is one null. A value that its field cannot read is not there.
    /// Source: the suite's case of functions over several multi-value fields.
    fn script(&self, root: &'e Node, fields: &[(usize, Read)]) -> bool {
        let readable: Vec<Cow<'_, [&'e Json]>> = fields
            .iter()
            .map(|(field, read)| self.readable(*field, *read))
            .collect();
        let lists: Vec<&[&'e Json]> = readable.iter().map(|list| &**list).collect();
        let mut places = vec![0_usize; lists.len()];
        let mut chosen: Vec<Option<&'e Json>> =
            lists.iter().map(|list| list.first().copied()).collect();
        for _ in 0..MAX_COMBINATIONS {
            if eval(root, &chosen).as_bool() == Some(true) {
                return true;
            }
            if !step(&lists, &mut places, &mut chosen) {
                return false;
            }
        }
        false
    }
}

/// Moves on to the next combination; false behind the last.
fn step<'e>(lists: &[&[&'e Json]], places: &mut [usize], chosen: &mut [Option<&'e Json>]) -> bool {
    for ((list, place), choice) in lists.iter().zip(places).zip(chosen) {
        *place += 1;
        if let Some(next) = list.get(*place) {
            *choice = Some(next);
            return true;
        }
        *place = 0;
        *choice = list.first().copied();
    }
    false
}

/// Collects the values under a name as a path does, with each null replaced. Source: mapping parameter `null_value`.
fn with_nulls<'e>(root: &'e Json, rest: &str, null: &'e Json, cells: &mut Cells<'e>) {
    match root {
        Json::Object(entries) => {
            for (key, inner) in entries {
                match rest.strip_prefix(key.as_str()) {
                    Some("") => scalars(inner, null, cells),
                    Some(tail) => {
                        if let Some(deeper) = tail.strip_prefix('.') {
                            with_nulls(inner, deeper, null, cells);
                        }
                    }
                    None => {}
                }
            }
        }
        Json::List(items) => items
            .iter()
            .for_each(|item| with_nulls(item, rest, null, cells)),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}

fn scalars<'e>(value: &'e Json, null: &'e Json, cells: &mut Cells<'e>) {
    match value {
        Json::Null => cells.push(null),
        Json::List(items) => items.iter().for_each(|item| scalars(item, null, cells)),
        Json::Bool(_) | Json::Number(_) | Json::String(_) => cells.push(value),
        Json::Object(_) => {}
    }
}

/// A JSON value as its field's type has it; null where the type cannot read it, since such a value would not have been indexed.
/// Source: Elasticsearch coerces on ingestion.
fn value(json: &Json, read: Read) -> Value<'_> {
    let Some(text) = json.scalar_text() else {
        return Value::Null;
    };
    match read {
        Read::Text => Value::Text(Cow::Borrowed(text)),
        Read::Long => Number::read(text).map_or(Value::Null, Value::Number),
        Read::Double => match Number::read(text) {
            Some(_) => Value::Number(Number::Exact(Cow::Borrowed(text))),
            None => Value::Null,
        },
        Read::Bool => match text {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            _other => Value::Null,
        },
        Read::Ip => address(text).map_or(Value::Null, Value::Ip),
        Read::Version => Value::Version(Cow::Borrowed(text)),
        Read::Date => match json {
            Json::Number(number) => number.as_i64().map_or(Value::Null, Value::Date),
            Json::String(text) => written(text).map_or(Value::Null, Value::Date),
            Json::Null | Json::Bool(_) | Json::List(_) | Json::Object(_) => Value::Null,
        },
        Read::AsIs => match json {
            Json::Bool(value) => Value::Bool(*value),
            Json::Number(_) => Number::read(text).map_or(Value::Null, Value::Number),
            Json::String(_) => Value::Text(Cow::Borrowed(text)),
            Json::Null | Json::List(_) | Json::Object(_) => Value::Null,
        },
    }
}

/// The value of an expression with the chosen value of each occurrence.
pub(crate) fn eval<'e>(node: &'e Node, chosen: &[Option<&'e Json>]) -> Value<'e> {
    match node {
        Node::Const(constant) => borrowed(constant),
        Node::Field(occurrence, read) => match chosen.get(*occurrence) {
            Some(Some(json)) => value(json, *read),
            Some(None) | None => Value::Null,
        },
        Node::Call(function, ignore_case, args) => {
            let args = args.iter().map(|arg| eval(arg, chosen)).collect();
            call(*function, *ignore_case, args)
        }
        Node::Arithmetic(left, op, right) => match (eval(left, chosen), eval(right, chosen)) {
            (Value::Number(left), Value::Number(right)) => calculate(&left, *op, &right),
            _others => Value::Null,
        },
        Node::Negate(inner) => match eval(inner, chosen) {
            Value::Number(number) => {
                calculate(&Number::Int(0), super::ast::ArithmeticOp::Subtract, &number)
            }
            _others => Value::Null,
        },
        Node::Compare(left, op, right) => {
            let order = eval(left, chosen).order(&eval(right, chosen));
            order.map_or(Value::Null, |order| Value::Bool(op.accepts(order)))
        }
        Node::Test(inner, test) => test
            .passes(&eval(inner, chosen))
            .map_or(Value::Null, Value::Bool),
        Node::IsNull(inner) => Value::Bool(eval(inner, chosen) == Value::Null),
        Node::Not(inner) => eval(inner, chosen)
            .as_bool()
            .map_or(Value::Null, |value| Value::Bool(!value)),
        Node::And(all) => chain(all, chosen, false),
        Node::Or(any) => chain(any, chosen, true),
    }
}

/// Three-valued `and` (decided by false) or `or` (decided by true).
fn chain<'e>(parts: &'e [Node], chosen: &[Option<&'e Json>], decided: bool) -> Value<'e> {
    let mut unknown = false;
    for part in parts {
        match eval(part, chosen).as_bool() {
            Some(value) if value == decided => return Value::Bool(decided),
            Some(_) => {}
            None => unknown = true,
        }
    }
    if unknown {
        Value::Null
    } else {
        Value::Bool(!decided)
    }
}

fn borrowed<'e>(constant: &'e Value<'static>) -> Value<'e> {
    match constant {
        Value::Text(text) => Value::Text(Cow::Borrowed(text)),
        Value::Version(text) => Value::Version(Cow::Borrowed(text)),
        Value::Number(Number::Exact(text)) => Value::Number(Number::Exact(Cow::Borrowed(text))),
        Value::Number(Number::Int(_) | Number::Float(_))
        | Value::Null
        | Value::Bool(_)
        | Value::Ip(_)
        | Value::Date(_) => constant.clone(),
    }
}

impl CompareOp {
    /// Whether this comparison holds for an order.
    pub(crate) fn accepts(self, order: Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::NotEqual => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::LessEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterEqual => order.is_ge(),
        }
    }
}

impl Test {
    /// Whether a value passes; None for null and for values of another kind.
    pub(crate) fn passes(&self, value: &Value<'_>) -> Option<bool> {
        match (self, value) {
            (_, Value::Null) => None,
            (Self::Patterns(patterns), Value::Text(text) | Value::Version(text)) => {
                Some(patterns.matches(text))
            }
            (Self::Regex(automaton), Value::Text(text)) => Some(automaton.matches(text)),
            (Self::Order(op, constant), value) => {
                value.order(constant).map(|order| op.accepts(order))
            }
            (Self::Integers(set), Value::Number(number)) => {
                Some(number.as_i64().is_some_and(|value| set.contains(&value)))
            }
            (Self::Span(op, from, to), Value::Date(millis)) => {
                Some(in_span(*op, *millis, *from, *to))
            }
            (Self::Networks(networks), Value::Ip(address)) => {
                Some(networks.iter().any(|network| network.holds(*address)))
            }
            (Self::AnyOf(tests), value) => tests
                .iter()
                .filter_map(|test| test.passes(value))
                .reduce(|any, one| any || one),
            (
                Self::Patterns(_)
                | Self::Regex(_)
                | Self::Integers(_)
                | Self::Span(..)
                | Self::Networks(_),
                Value::Bool(_)
                | Value::Number(_)
                | Value::Text(_)
                | Value::Ip(_)
                | Value::Version(_)
                | Value::Date(_),
            ) => None,
        }
    }
}

/// A date against a span of time: behind it for `>`, before it for `<`, within it for `==`.
/// Source: rounding in Elasticsearch's range query on dates.
fn in_span(op: CompareOp, millis: i64, from: i64, to: i64) -> bool {
    let mut to = to;
    if verdict_faults::at("eql/engine/date-literal-is-an-instant") {
        to = from;
    }
    match op {
        CompareOp::Equal => (from..=to).contains(&millis),
        CompareOp::NotEqual => !(from..=to).contains(&millis),
        CompareOp::Less => millis < from,
        CompareOp::LessEqual => millis <= to,
        CompareOp::Greater => millis > to,
        CompareOp::GreaterEqual => millis >= from,
    }
}
