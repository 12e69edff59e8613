//! Events as rows of a profile's tables.
//!
//! An event becomes the row that its product would write: each field's value goes where the source holds it. Where two events
//! would become one row although the rule tells them apart, there is no row, and the event is counted instead of compared.

mod entries;
mod kind;
mod making;
mod settle;
mod texts;

use crate::native::Matcher;
use crate::profile::derived::Derived;
use crate::profile::holding::Reads;
use crate::profile::mapping::{Mapping, Source, Wanted};
use kind::{Admits, Kind, Looks, any_case, folded, kind, variants};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use verdict_compiler::Ir;
use verdict_compiler::rule::Logsource;
use verdict_event::{Event, FieldType, Path, Value};

/// The column that holds an event as it was logged.
pub(crate) const RAW: &str = "_raw";

/// What is known of a row: its columns in order, None where one has no value.
pub(crate) type Cells = BTreeMap<String, Option<Value>>;

/// How the events of a rule become rows.
#[derive(Clone, Debug)]
pub(crate) struct Rows {
    /// The kinds of event that the rule is compiled for.
    own: Arc<Vec<Kind>>,
    /// Other kinds in the same table.
    others: Arc<Vec<Kind>>,
    /// What events of the rule's logsource satisfy, each variant of it.
    asked: Arc<[Admits]>,
}

impl Rows {
    /// The rows of the sources that a rule is compiled for, and those of the other kinds of event in the same table: the conditions of
    /// the sources have to leave these out.
    pub(crate) fn new(
        mapping: &Mapping,
        ir: &Ir,
        sources: &[(&Source, &Reads)],
        derived: &[Derived],
    ) -> Self {
        let matcher = Arc::new(Matcher::new(ir));
        let folded = Arc::new(Matcher::new(&folded(ir)));
        let any_case = Arc::new(any_case(mapping, derived));
        let addresses = ir
            .fields
            .iter()
            .filter(|(_, field)| field.kind == FieldType::Ip);
        let addresses = Arc::new(addresses.map(|(path, _)| path.clone()).collect());
        let mut own = Vec::new();
        for (source, reads) in sources {
            let fields = reads
                .fields
                .iter()
                .map(|(path, holding)| (path.clone(), holding.clone()));
            own.push(kind(
                mapping,
                source,
                ir.origin.logsource.as_ref(),
                fields.collect(),
                derived,
                &Looks {
                    exact: &Arc::new(reads.exact.clone()),
                    rule: &matcher,
                    folded: &folded,
                    any_case: &any_case,
                    addresses: &addresses,
                    ir,
                },
            ));
        }
        let exact: Arc<BTreeSet<Path>> = Arc::new(
            sources
                .iter()
                .flat_map(|(_, reads)| reads.exact.iter().cloned())
                .collect(),
        );
        let reads: Vec<Path> = sources
            .iter()
            .flat_map(|(_, reads)| reads.fields.keys().cloned())
            .collect();
        let mut others = Vec::new();
        let logsource = ir.origin.logsource.as_ref();
        let asked = logsource.map_or_else(|| Arc::from([]), |rule| variants(&[], rule));
        if let Some(rule) = &ir.origin.logsource {
            for other in &mapping.sources {
                let same = sources
                    .iter()
                    .any(|(source, _)| source.table == other.table);
                // What no condition tells apart is no other kind of event: the rule's `product` says whose events there are.
                let known = sources
                    .iter()
                    .any(|(source, _)| source.name == other.name || source.wants == other.wants);
                if !same || known {
                    continue;
                }
                let of_product = |wanted: &&Wanted| {
                    wanted.product.is_none()
                        || rule.product.is_none()
                        || wanted.product == rule.product
                };
                for wanted in other.logsources.iter().filter(of_product) {
                    let logsource = Logsource {
                        category: wanted.category.clone(),
                        product: wanted.product.clone(),
                        service: wanted.service.clone(),
                        ..Logsource::default()
                    };
                    let table = mapping.table(&other.table);
                    let fields = reads
                        .iter()
                        .map(|path| (path.clone(), other.holding(path, table)));
                    others.push(kind(
                        mapping,
                        other,
                        Some(&logsource),
                        fields.collect(),
                        derived,
                        &Looks {
                            exact: &exact,
                            rule: &matcher,
                            folded: &folded,
                            any_case: &any_case,
                            addresses: &addresses,
                            ir,
                        },
                    ));
                }
            }
        }
        Self {
            own: Arc::new(own),
            others: Arc::new(others),
            asked,
        }
    }

    /// Whether the table holds events of this one's kind.
    pub(crate) fn admit(&self, event: &Event) -> bool {
        let kinds = self.own.iter().chain(self.others.iter());
        let mut ways = kinds.flat_map(|kind| kind.admits.iter());
        ways.any(|admits| admits.names(event).is_some())
    }

    /// Whether the rule asks for an event that none of its own kinds admits: the profile holds it where it cannot say the rule.
    pub(crate) fn is_elsewhere(&self, event: &Event) -> bool {
        let admitted = |kinds: &[Admits]| kinds.iter().any(|admits| admits.names(event).is_some());
        !self.own.iter().any(|kind| admitted(&kind.admits)) && admitted(&self.asked)
    }

    /// Whether every kind that would hold an event has another value where the event says what it is, and the rule tells the two apart: it is another kind's.
    pub(crate) fn leaves_out(&self, event: &Event) -> bool {
        let admits = |kind: &&Kind| {
            kind.admits
                .iter()
                .any(|admits| admits.names(event).is_some())
        };
        let mut kinds = self.own.iter().filter(admits).peekable();
        kinds.peek().is_some() && kinds.all(|kind| kind.excludes(event))
    }

    /// The row that an event becomes, computed columns among its columns.
    ///
    /// # Errors
    ///
    /// The reason why no row holds the event.
    pub(crate) fn row(&self, event: &Event) -> Result<Event, String> {
        let held = self.cells(event)?.into_iter();
        let held = held.filter_map(|(column, value)| Some((column, value?)));
        Ok(Event::new(held.collect()))
    }

    /// The cells of that row: every column of which the rule's fields say something, those without a value among them.
    ///
    /// # Errors
    ///
    /// The reason why no row holds the event.
    pub(crate) fn cells(&self, event: &Event) -> Result<Cells, String> {
        // An event of the rule's own kinds is never another kind's row.
        if let Some(own) = cells_of(&self.own, event) {
            return own;
        }
        // Nor is one that the rule asks for: a source that cannot say the rule may hold it, and no query looks there.
        if self.asked.iter().any(|asked| asked.names(event).is_some()) {
            return Err("the profile holds the event where it cannot say the rule".to_owned());
        }
        let found = cells_of(&self.others, event);
        found.unwrap_or_else(|| Err("no table of the profile holds such an event".to_owned()))
    }
}

/// The cells of an event in the first kind that admits and holds it; None where none admits it.
fn cells_of(kinds: &[Kind], event: &Event) -> Option<Result<Cells, String>> {
    let mut refused = None;
    for kind in kinds {
        for admits in kind.admits.iter() {
            if let Some(rename) = admits.names(event) {
                match kind.cells(event, rename) {
                    Ok(cells) => return Some(Ok(cells)),
                    Err(why) => refused = refused.or(Some(Err(why))),
                }
            }
        }
    }
    refused
}
