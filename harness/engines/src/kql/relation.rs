//! What a query does, as a tree of tables: each node makes the rows of one from the rows of others.
//!
//! A [`Segment`] is the common case: rows that are filtered, ordered and extended. Everything else reads columns by their number.

use super::ast::{JoinKind, Output};
use super::node::Node;
use super::row::Cell;
use super::value::{Type, Val};
use std::sync::Arc;

/// One row of a table that the query made.
pub(super) type Record = Vec<Val<'static>>;

/// A table.
#[derive(Clone, Debug)]
pub(super) enum Relation {
    Segment(Segment),
    /// `datatable`.
    Data(Vec<Record>),
    /// The rows of the partition at hand.
    Given,
    Summarize(Summarize),
    /// The distinct rows.
    Distinct(Arc<Relation>),
    /// The number of rows.
    Count(Arc<Relation>),
    Expand(Expand),
    Join(Join),
    Union(Vec<Part>),
    Partition(Partition),
    Scan(Scan),
}

/// Rows that are filtered, ordered, limited and extended.
#[derive(Clone, Debug)]
pub(super) struct Segment {
    pub(super) input: Input,
    pub(super) cells: Vec<Cell>,
    pub(super) steps: Vec<Step>,
    /// The slots of its columns.
    pub(super) output: Vec<usize>,
}

/// Where the rows of a segment come from.
#[derive(Clone, Debug)]
pub(super) enum Input {
    Events,
    Table(Arc<Relation>),
}

/// What is done to the rows of a segment, in order.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Where(Node),
    Take(usize),
    Sort(Vec<Key>),
    /// A function over the rows in their order fills a slot.
    Window(usize, Window),
}

/// A key of a sort.
#[derive(Clone, Debug)]
pub(super) struct Key {
    pub(super) node: Node,
    pub(super) ascending: bool,
    pub(super) nulls_first: bool,
}

/// A function over rows in their order. Kusto docs: window-functions.
#[derive(Clone, Debug)]
pub(super) enum Window {
    /// `prev()` (a positive offset) and `next()` (a negative one).
    Shift {
        value: Node,
        offset: i64,
        default: Node,
    },
    Number {
        start: i64,
        restart: Option<Node>,
    },
    Sum {
        value: Node,
        restart: Option<Node>,
    },
    Session {
        value: Node,
        /// Ticks from a session's first value at which the next one begins.
        from_first: i64,
        /// Ticks from the value before.
        between: i64,
        restart: Option<Node>,
    },
}

/// Groups by the first columns, and aggregates of the others.
#[derive(Clone, Debug)]
pub(super) struct Summarize {
    pub(super) input: Arc<Relation>,
    pub(super) keys: usize,
    pub(super) aggregates: Vec<Aggregate>,
}

/// One aggregate. Several columns may come of it: one for each argument of `arg_max()` and `take_any()`.
#[derive(Clone, Debug)]
pub(super) struct Aggregate {
    pub(super) kind: AggregateKind,
    /// The input's columns that it reads.
    pub(super) arguments: Vec<usize>,
    /// The column that says which rows count, for the `...if()` forms.
    pub(super) condition: Option<usize>,
    /// The types of the arguments: they say what stands for nothing, the empty text or the zero of a sum.
    pub(super) types: Vec<Type>,
}

/// What is aggregated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum AggregateKind {
    Count,
    CountDistinct,
    Sum,
    Average,
    Min,
    Max,
    /// By nearest rank, from 0 to 100.
    Percentile(f64),
    /// At most so many elements.
    Set(usize),
    List(usize),
    TakeAny,
    ArgMin,
    ArgMax,
}

/// `mv-expand`.
#[derive(Clone, Debug)]
pub(super) struct Expand {
    pub(super) input: Arc<Relation>,
    /// The columns that are expanded, and their types.
    pub(super) columns: Vec<(usize, Type)>,
    /// Whether the item's index comes as one more column.
    pub(super) index: bool,
    /// Whether a bag's entries come as pairs of key and value.
    pub(super) pairs: bool,
    pub(super) limit: usize,
}

/// A join by equality.
#[derive(Clone, Debug)]
pub(super) struct Join {
    pub(super) kind: JoinKind,
    pub(super) left: Arc<Relation>,
    pub(super) right: Arc<Relation>,
    pub(super) left_keys: Vec<usize>,
    pub(super) right_keys: Vec<usize>,
    /// What stands in each right column where nothing matched.
    pub(super) missing: Record,
}

/// A table of a union.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub(super) table: Arc<Relation>,
    /// For each column of the union its own column, or the value that stands for it.
    pub(super) columns: Vec<Origin>,
}

/// Where a column of a union comes from.
#[derive(Clone, Debug)]
pub(super) enum Origin {
    Column(usize),
    Value(Val<'static>),
}

/// Steps over the rows of each key.
#[derive(Clone, Debug)]
pub(super) struct Partition {
    pub(super) input: Arc<Relation>,
    pub(super) key: usize,
    pub(super) inner: Arc<Relation>,
    /// Partitions that there may be.
    pub(super) most: usize,
}

/// `scan`.
#[derive(Clone, Debug)]
pub(super) struct Scan {
    pub(super) input: Arc<Relation>,
    /// Columns of the input.
    pub(super) width: usize,
    /// The values that declared columns have where no step assigns them.
    pub(super) defaults: Record,
    /// What an empty state holds of the input's columns.
    pub(super) empty: Record,
    pub(super) match_id: bool,
    /// Slots: the input's columns, then `references`.
    pub(super) cells: Vec<Cell>,
    /// The columns of steps that conditions and assignments read: step and column, declared ones behind the input's.
    pub(super) references: Vec<(usize, usize)>,
    pub(super) steps: Vec<ScanStep>,
}

/// One step of `scan`.
#[derive(Clone, Debug)]
pub(super) struct ScanStep {
    pub(super) output: Output,
    pub(super) condition: Node,
    /// Which declared column becomes what.
    pub(super) assignments: Vec<(usize, Node)>,
}
