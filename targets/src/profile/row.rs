//! Events as rows of a profile's tables.
//!
//! An event becomes the row that its product would write: each field's value goes where the source holds it. Where two events
//! would become one row although the rule tells them apart, there is no row, and the event is counted instead of compared.

mod making;
mod settle;

use crate::native::Matcher;
use crate::profile::bind::{Derived, From, logsources};
use crate::profile::holding::Reads;
use crate::profile::mapping::{Cell, Holding, Mapping, Source, Table, Wanted};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use verdict_compiler::Ir;
use verdict_compiler::ir::{Case, Expr, LeafKind, Test};
use verdict_compiler::rule::Logsource;
use verdict_event::{Event, FieldType, Path, Schema};

/// The column that holds an event as it was logged.
pub(crate) const RAW: &str = "_raw";

/// How the events of a rule become rows.
#[derive(Clone, Debug)]
pub(crate) struct Rows {
    /// The kinds of event that the rule is compiled for.
    own: Arc<Vec<Kind>>,
    /// Other kinds in the same table.
    others: Arc<Vec<Kind>>,
    /// What events of the rule's logsource satisfy, each variant of it.
    asked: Arc<Vec<Admits>>,
}

/// A kind of event in the table, and where it puts what the rule reads.
#[derive(Debug)]
struct Kind {
    table: String,
    /// Which events are of this kind; one alternative must hold.
    admits: Vec<Admits>,
    wants: Vec<(String, Vec<Cell>)>,
    fields: Vec<(Path, Option<Holding>)>,
    /// The name of the computed column of a field, if there is one.
    derived: BTreeMap<Path, Path>,
    /// Columns of the table that hold lists.
    lists: Vec<String>,
    /// Columns of the table that hold objects.
    objects: BTreeSet<String>,
    /// Fields of which the rule looks at the case of letters.
    exact: BTreeSet<Path>,
    /// The rule itself.
    rule: Arc<Matcher>,
    /// The rule as it is where no case is kept.
    folded: Arc<Matcher>,
    /// Fields that hold addresses.
    addresses: BTreeSet<Path>,
    /// Fields in columns of numbers or truth values, where the rule knows no such type: what such a column cannot keep, no row holds.
    typed: BTreeMap<Path, FieldType>,
    /// How the values of [`Kind::wants`] compare.
    case: Case,
    /// Columns, computed ones among them, that do not keep the case of letters.
    any_case: BTreeSet<String>,
    /// Those of them that the query looks at as they are.
    kept: BTreeSet<String>,
}

/// One way of being of a kind.
#[derive(Debug)]
enum Admits {
    /// An event of a Sigma logsource: what it satisfies, and under which names it carries fields.
    Logsource(Option<Box<Matcher>>, BTreeMap<Path, Path>),
    /// An event of this category; every category if there is none.
    Category(Path, Option<String>),
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
                    exact: &reads.exact,
                    rule: &matcher,
                    folded: &folded,
                    ir,
                },
            ));
        }
        let exact: BTreeSet<Path> = sources
            .iter()
            .flat_map(|(_, reads)| reads.exact.iter().cloned())
            .collect();
        let reads: Vec<Path> = sources
            .iter()
            .flat_map(|(_, reads)| reads.fields.keys().cloned())
            .collect();
        let mut others = Vec::new();
        let logsource = ir.origin.logsource.as_ref();
        let asked = logsource.map_or_else(Vec::new, |rule| variants(&[], rule));
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
                    let table = mapping.tables.get(&other.table);
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
                            ir,
                        },
                    ));
                }
            }
        }
        Self {
            own: Arc::new(own),
            others: Arc::new(others),
            asked: Arc::new(asked),
        }
    }

    /// Whether the table holds events of this one's kind.
    pub(crate) fn admit(&self, event: &Event) -> bool {
        let kinds = self.own.iter().chain(self.others.iter());
        let mut ways = kinds.flat_map(|kind| &kind.admits);
        ways.any(|admits| admits.names(event).is_some())
    }

    /// The row that an event becomes, computed columns among its columns.
    ///
    /// # Errors
    ///
    /// The reason why no row holds the event.
    pub(crate) fn row(&self, event: &Event) -> Result<Event, String> {
        // An event of the rule's own kinds is never another kind's row.
        if let Some(own) = row_of(&self.own, event) {
            return own;
        }
        // Nor is one that the rule asks for: a source that cannot say the rule may hold it, and no query looks there.
        if self.asked.iter().any(|asked| asked.names(event).is_some()) {
            return Err("the profile holds the event where it cannot say the rule".to_owned());
        }
        let found = row_of(&self.others, event);
        found.unwrap_or_else(|| Err("no table of the profile holds such an event".to_owned()))
    }
}

/// The row of an event in the first kind that admits and holds it; None where none admits it.
fn row_of(kinds: &[Kind], event: &Event) -> Option<Result<Event, String>> {
    let mut refused = None;
    for kind in kinds {
        for admits in &kind.admits {
            if let Some(rename) = admits.names(event) {
                match kind.row(event, rename) {
                    Ok(row) => return Some(Ok(row)),
                    Err(why) => refused = refused.or(Some(Err(why))),
                }
            }
        }
    }
    refused
}

/// The rule with the case of every text ignored.
fn folded(ir: &Ir) -> Ir {
    let predicate = ir.predicate.map_leaves(&mut |leaf| match &leaf.kind {
        LeafKind::Is {
            term,
            test: Test::Text(pattern),
        } => {
            let kind = LeafKind::Is {
                term: term.clone(),
                test: Test::Text(pattern.clone().with_case(Case::Fold)),
            };
            Expr::leaf(kind, leaf.span)
        }
        LeafKind::Is { .. }
        | LeafKind::Relate { .. }
        | LeafKind::Missing(_)
        | LeafKind::Present(_)
        | LeafKind::AnyText(_) => Expr::Leaf(leaf.clone()),
    });
    Ir {
        predicate,
        ..ir.clone()
    }
}

/// What a rule looks at in its fields.
struct Looks<'r> {
    exact: &'r BTreeSet<Path>,
    rule: &'r Arc<Matcher>,
    folded: &'r Arc<Matcher>,
    ir: &'r Ir,
}

fn kind(
    mapping: &Mapping,
    source: &Source,
    logsource: Option<&Logsource>,
    fields: Vec<(Path, Option<Holding>)>,
    derived: &[Derived],
    looks: &Looks<'_>,
) -> Kind {
    let exact = looks.exact;
    let admits = if let Some(logsource) = logsource {
        admitted(source, logsource)
    } else {
        let field = Schema::default().category;
        let category = |name: &String| {
            Admits::Category(
                Path::new(field.as_str()),
                (name != "*").then(|| name.clone()),
            )
        };
        source.categories.iter().map(category).collect()
    };
    let names = fields.iter().filter_map(|(path, holding)| {
        let named = |columns: &[&str]| {
            derived.iter().find(|known| {
                known
                    .parts()
                    .into_iter()
                    .map(Path::as_str)
                    .eq(columns.iter().copied())
            })
        };
        let found = match holding.as_ref()? {
            Holding::Joined(joined) => named(&[&joined.first, &joined.second]),
            Holding::Inside(inside) => derived.iter().find(|known| match &known.from {
                From::Column(column) => inside.key.is_none() && column.as_str() == inside.column,
                From::Key { column, key, .. } => {
                    inside.key.as_ref() == Some(key) && column.as_str() == inside.column
                }
                From::Joined { .. } | From::Behind(..) => false,
            }),
            Holding::Column(_)
            | Holding::Constant(_)
            | Holding::Assumed(_)
            | Holding::Values { .. }
            | Holding::Labelled(_)
            | Holding::Registry(_)
            | Holding::Last { .. } => None,
            Holding::Behind { column, by } => derived.iter().find(|known| match &known.from {
                From::Behind(from, behind) => from.as_str() == column && behind == by,
                From::Joined { .. } | From::Column(_) | From::Key { .. } => false,
            }),
        };
        Some((path.clone(), found?.name.clone()))
    });
    let names: BTreeMap<Path, Path> = names.collect();
    let mut any_case = mapping.any_case.clone();
    any_case.extend(derived.iter().filter_map(|known| {
        let mut parts = known.parts().into_iter();
        let lost = parts.any(|part| mapping.any_case.contains(part.as_str()));
        lost.then(|| known.name.as_str().to_owned())
    }));
    let mut kept = BTreeSet::new();
    for (path, holding) in &fields {
        if exact.contains(path) {
            let columns = holding.iter().flat_map(Holding::columns).cloned();
            kept.extend(columns.chain(names.get(path).map(|name| name.as_str().to_owned())));
        }
    }
    let table = mapping.tables.get(&source.table);
    let lists = table.into_iter().flat_map(|table| &table.columns);
    Kind {
        derived: names,
        typed: typed(table, &fields, looks.ir),
        case: mapping.case,
        any_case,
        kept,
        exact: exact.clone(),
        rule: Arc::clone(looks.rule),
        folded: Arc::clone(looks.folded),
        addresses: looks
            .ir
            .fields
            .iter()
            .filter(|(_, field)| field.kind == FieldType::Ip)
            .map(|(path, _)| path.clone())
            .collect(),
        objects: table
            .into_iter()
            .flat_map(|table| &table.columns)
            .filter(|(_, field)| field.kind == FieldType::Object)
            .map(|(name, _)| name.clone())
            .collect(),
        table: source.table.clone(),
        admits,
        wants: source.wants.clone(),
        fields,
        lists: lists
            .filter(|(_, field)| field.array)
            .map(|(name, _)| name.clone())
            .collect(),
    }
}

/// Fields that the rule knows no type of, in columns of numbers and truth values.
fn typed(
    table: Option<&Table>,
    fields: &[(Path, Option<Holding>)],
    ir: &Ir,
) -> BTreeMap<Path, FieldType> {
    let of = |(path, holding): &(Path, Option<Holding>)| {
        let Some(Holding::Column(column)) = holding else {
            return None;
        };
        let kind = table?.column(column)?.kind;
        let own = ir.fields.get(path).map(|field| field.kind);
        let plain = kind.is_numeric() || kind == FieldType::Boolean;
        (plain && own != Some(kind)).then(|| (path.clone(), kind))
    };
    fields.iter().filter_map(of).collect()
}

fn admitted(source: &Source, logsource: &Logsource) -> Vec<Admits> {
    if source.checks {
        return vec![Admits::Category(Path::new(""), None)];
    }
    variants(&source.variants, logsource)
}

/// What events of a logsource satisfy, a variant each; those of these names, or all.
fn variants(named: &[String], logsource: &Logsource) -> Vec<Admits> {
    let mut admits = Vec::new();
    for variant in logsources().variants(logsource) {
        let held = named.is_empty() || variant.names.iter().all(|name| named.contains(name));
        if !held {
            continue;
        }
        let always = variant.wants == verdict_compiler::ir::Expr::Const(true);
        let matcher = (!always).then(|| {
            Box::new(Matcher::new(&Ir {
                predicate: variant.wants.clone(),
                detection: variant.wants.clone(),
                origin: verdict_compiler::ir::Origin::default(),
                fields: BTreeMap::new(),
            }))
        });
        admits.push(Admits::Logsource(matcher, variant.rename));
    }
    admits
}

impl Admits {
    /// The names under which an event carries fields, if it is of this kind.
    fn names(&self, event: &Event) -> Option<&BTreeMap<Path, Path>> {
        static PLAIN: BTreeMap<Path, Path> = BTreeMap::new();
        match self {
            Self::Logsource(matcher, rename) => matcher
                .as_ref()
                .is_none_or(|matcher| matcher.matches(event))
                .then_some(rename),
            Self::Category(_, None) => Some(&PLAIN),
            Self::Category(field, Some(name)) => {
                let values = event.values(field);
                values
                    .iter()
                    .any(|value| value.scalar_text() == Some(name))
                    .then_some(&PLAIN)
            }
        }
    }
}
