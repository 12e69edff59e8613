//! Regular expressions as shared terms, built by constructors that keep them in a normal form.
//!
//! Unions and intersections are flat, sorted and without doubles, which is what keeps the number of derivatives finite.

use super::parse::{LAST, Ranges, normalise};
use std::collections::HashMap;

/// The number of a term.
pub(super) type Id = u32;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Node {
    /// No text at all.
    Nothing,
    /// The empty text.
    Empty,
    /// One character of a set.
    Set(usize),
    Concat(Id, Id),
    Repeat(Id, u32, Option<u32>),
    Or(Vec<Id>),
    And(Vec<Id>),
    Not(Id),
}

#[derive(Clone, Debug)]
pub(super) struct Terms {
    nodes: Vec<Node>,
    nullable: Vec<bool>,
    ids: HashMap<Node, Id>,
    pub(super) sets: Vec<Ranges>,
    set_ids: HashMap<Ranges, usize>,
}

impl Terms {
    pub(super) fn new() -> Self {
        Self {
            nodes: Vec::new(),
            nullable: Vec::new(),
            ids: HashMap::new(),
            sets: Vec::new(),
            set_ids: HashMap::new(),
        }
    }

    /// How many terms there are.
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    pub(super) fn node(&self, id: Id) -> Node {
        self.nodes
            .get(id as usize)
            .cloned()
            .unwrap_or(Node::Nothing)
    }

    /// Whether the empty text matches.
    pub(super) fn is_nullable(&self, id: Id) -> bool {
        self.nullable.get(id as usize).copied().unwrap_or(false)
    }

    fn intern(&mut self, node: Node) -> Id {
        if let Some(id) = self.ids.get(&node) {
            return *id;
        }
        let nullable = match &node {
            Node::Nothing | Node::Set(_) => false,
            Node::Empty => true,
            Node::Concat(a, b) => self.is_nullable(*a) && self.is_nullable(*b),
            Node::Repeat(inner, min, _) => *min == 0 || self.is_nullable(*inner),
            Node::Or(any) => any.iter().any(|id| self.is_nullable(*id)),
            Node::And(all) => all.iter().all(|id| self.is_nullable(*id)),
            Node::Not(inner) => !self.is_nullable(*inner),
        };
        let id = Id::try_from(self.nodes.len()).unwrap_or(Id::MAX);
        self.nodes.push(node.clone());
        self.nullable.push(nullable);
        self.ids.insert(node, id);
        id
    }

    pub(super) fn nothing(&mut self) -> Id {
        self.intern(Node::Nothing)
    }

    pub(super) fn empty(&mut self) -> Id {
        self.intern(Node::Empty)
    }

    pub(super) fn anything(&mut self) -> Id {
        let any = self.set(vec![(0, LAST)]);
        self.intern(Node::Repeat(any, 0, None))
    }

    pub(super) fn set(&mut self, ranges: Ranges) -> Id {
        let ranges = normalise(ranges);
        if ranges.is_empty() {
            return self.nothing();
        }
        let next = self.sets.len();
        let set = *self.set_ids.entry(ranges.clone()).or_insert(next);
        if set == next {
            self.sets.push(ranges);
        }
        self.intern(Node::Set(set))
    }

    pub(super) fn concat(&mut self, a: Id, b: Id) -> Id {
        match (self.node(a), self.node(b)) {
            (Node::Nothing, _) | (_, Node::Nothing) => self.nothing(),
            (Node::Empty, _) => b,
            (_, Node::Empty) => a,
            (Node::Concat(first, second), _) => {
                let rest = self.concat(second, b);
                self.concat(first, rest)
            }
            _others => self.intern(Node::Concat(a, b)),
        }
    }

    pub(super) fn or(&mut self, ids: Vec<Id>) -> Id {
        let anything = self.anything();
        let nothing = self.nothing();
        let mut flat = Vec::with_capacity(ids.len());
        for id in ids {
            match self.node(id) {
                Node::Or(inner) => flat.extend(inner),
                _other => flat.push(id),
            }
        }
        flat.sort_unstable();
        flat.dedup();
        flat.retain(|id| *id != nothing);
        if flat.contains(&anything) {
            return anything;
        }
        self.keep_longest(&mut flat);
        match flat.as_slice() {
            [] => nothing,
            [one] => *one,
            _several => self.intern(Node::Or(flat)),
        }
    }

    /// Of alternatives that begin with several copies of one thing that may be empty, and go on alike, the most copies take whatever fewer do. Lucene's
    /// automaton shares their states, since each copy may be passed by: without this there would be a term for every set of counts.
    /// Source: Lucene's `Operations.repeat` and `concatenate`.
    fn keep_longest(&self, ids: &mut Vec<Id>) {
        let copies = |id: Id| match self.node(id) {
            Node::Concat(head, rest) => match self.node(head) {
                Node::Repeat(inner, count, Some(most))
                    if count == most && self.is_nullable(inner) =>
                {
                    Some(((inner, rest), count))
                }
                _other if self.is_nullable(head) => Some(((head, rest), 1)),
                _other => None,
            },
            _other => None,
        };
        let mut longest: HashMap<(Id, Id), u32> = HashMap::new();
        for (key, count) in ids.iter().filter_map(|id| copies(*id)) {
            let most = longest.entry(key).or_default();
            *most = count.max(*most);
        }
        if longest.len() < ids.len() {
            ids.retain(|id| {
                copies(*id).is_none_or(|(key, count)| longest.get(&key) == Some(&count))
            });
        }
    }

    pub(super) fn and(&mut self, ids: Vec<Id>) -> Id {
        let anything = self.anything();
        let nothing = self.nothing();
        let mut flat = Vec::with_capacity(ids.len());
        for id in ids {
            match self.node(id) {
                Node::And(inner) => flat.extend(inner),
                _other => flat.push(id),
            }
        }
        flat.sort_unstable();
        flat.dedup();
        flat.retain(|id| *id != anything);
        if flat.contains(&nothing) {
            return nothing;
        }
        match flat.as_slice() {
            [] => anything,
            [one] => *one,
            _several => self.intern(Node::And(flat)),
        }
    }

    pub(super) fn not(&mut self, id: Id) -> Id {
        let anything = self.anything();
        let nothing = self.nothing();
        match self.node(id) {
            Node::Not(inner) => inner,
            Node::Nothing => anything,
            _other if id == anything => nothing,
            _other => self.intern(Node::Not(id)),
        }
    }

    pub(super) fn repeat(&mut self, inner: Id, min: u32, max: Option<u32>) -> Id {
        match (self.node(inner), min, max) {
            (_, min, Some(max)) if max < min => self.nothing(),
            (_, _, Some(0)) | (Node::Empty, _, _) | (Node::Nothing, 0, _) => self.empty(),
            (Node::Nothing, _, _) => self.nothing(),
            (_, 1, Some(1)) | (Node::Repeat(_, 0, None), _, _) => inner,
            _others => self.intern(Node::Repeat(inner, min, max)),
        }
    }

    /// Decimal numbers from `from` to `to`: of exactly `width` digits, or for width 0 with any number of zeros before them.
    /// Source: Lucene's `Automata.makeDecimalInterval`.
    pub(super) fn interval(&mut self, from: u32, to: u32, width: usize) -> Id {
        let digits = |value: u32, width: usize| format!("{value:0width$}").into_bytes();
        if width > 0 {
            return self.between(&digits(from, width), &digits(to, width));
        }
        let zero = self.set(vec![(0x30, 0x30)]);
        let zeros = self.repeat(zero, 0, None);
        let mut alternatives = Vec::new();
        for width in 1..=to.to_string().len() {
            let exponent = u32::try_from(width).unwrap_or(u32::MAX);
            let least = if width == 1 {
                0
            } else {
                10_u64.pow(exponent - 1)
            };
            let most = 10_u64.pow(exponent) - 1;
            let (low, high) = (least.max(from.into()), most.min(to.into()));
            if low <= high {
                let low = u32::try_from(low).unwrap_or(u32::MAX);
                let high = u32::try_from(high).unwrap_or(u32::MAX);
                let numbers = self.between(&digits(low, width), &digits(high, width));
                alternatives.push(self.concat(zeros, numbers));
            }
        }
        self.or(alternatives)
    }

    /// Digit strings of one length between two others.
    fn between(&mut self, low: &[u8], high: &[u8]) -> Id {
        let (Some((low_first, low_rest)), Some((high_first, high_rest))) =
            (low.split_first(), high.split_first())
        else {
            return self.empty();
        };
        let digit = |terms: &mut Self, from: u8, to: u8| terms.set(vec![(from.into(), to.into())]);
        if low_first == high_first {
            let head = digit(self, *low_first, *low_first);
            let tail = self.between(low_rest, high_rest);
            return self.concat(head, tail);
        }
        let mut alternatives = Vec::new();
        let head = digit(self, *low_first, *low_first);
        let tail = self.between(low_rest, &vec![b'9'; low_rest.len()]);
        alternatives.push(self.concat(head, tail));
        if low_first + 1 < *high_first {
            let head = digit(self, low_first + 1, high_first - 1);
            let any = digit(self, b'0', b'9');
            let count = u32::try_from(low_rest.len()).unwrap_or(0);
            let tail = self.repeat(any, count, Some(count));
            alternatives.push(self.concat(head, tail));
        }
        let head = digit(self, *high_first, *high_first);
        let tail = self.between(&vec![b'0'; high_rest.len()], high_rest);
        alternatives.push(self.concat(head, tail));
        self.or(alternatives)
    }
}
