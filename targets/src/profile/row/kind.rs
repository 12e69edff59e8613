//! A kind of event in a table: which events are of it, and where it puts what the rule reads.

use crate::native::Matcher;
use crate::profile::bind::logsources;
use crate::profile::derived::{Derived, From};
use crate::profile::mapping::{Cell, Holding, Mapping, Source, Table};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use verdict_compiler::Ir;
use verdict_compiler::ir::{Case, Expr, LeafKind, Test};
use verdict_compiler::rule::Logsource;
use verdict_event::{Event, FieldSchema, FieldType, Path, Schema};

/// A kind of event in the table, and where it puts what the rule reads.
#[derive(Debug)]
pub(super) struct Kind {
    pub(super) table: String,
    /// Which events are of this kind; one alternative must hold.
    pub(super) admits: Arc<[Admits]>,
    pub(super) wants: Vec<(String, Vec<Cell>)>,
    pub(super) fields: Vec<(Path, Option<Holding>)>,
    /// The name of the computed column of a field, if there is one.
    pub(super) derived: BTreeMap<Path, Path>,
    /// The columns of the table.
    pub(super) columns: Option<Arc<Table>>,
    /// Fields of which the rule looks at the case of letters.
    pub(super) exact: Arc<BTreeSet<Path>>,
    /// The rule itself.
    pub(super) rule: Arc<Matcher>,
    /// The rule as it is where no case is kept.
    pub(super) folded: Arc<Matcher>,
    /// Fields that hold addresses.
    pub(super) addresses: Arc<BTreeSet<Path>>,
    /// Fields in columns of numbers or truth values, where the rule knows no such type: what such a column cannot keep, no row holds.
    pub(super) typed: BTreeMap<Path, FieldType>,
    /// How the values of [`Kind::wants`] compare.
    pub(super) case: Case,
    /// Columns, computed ones among them, that do not keep the case of letters.
    pub(super) any_case: Arc<BTreeSet<String>>,
    /// Those of them that the query looks at as they are.
    pub(super) kept: BTreeSet<String>,
}

/// What a rule looks at in its fields.
pub(super) struct Looks<'r> {
    pub(super) exact: &'r Arc<BTreeSet<Path>>,
    pub(super) rule: &'r Arc<Matcher>,
    pub(super) folded: &'r Arc<Matcher>,
    pub(super) any_case: &'r Arc<BTreeSet<String>>,
    pub(super) addresses: &'r Arc<BTreeSet<Path>>,
    pub(super) ir: &'r Ir,
}

pub(super) fn kind(
    mapping: &Mapping,
    source: &Source,
    logsource: Option<&Logsource>,
    fields: Vec<(Path, Option<Holding>)>,
    derived: &[Derived],
    looks: &Looks<'_>,
) -> Kind {
    let admits: Arc<[Admits]> = if let Some(logsource) = logsource {
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
    let mut kept = BTreeSet::new();
    for (path, holding) in &fields {
        if looks.exact.contains(path) {
            let columns = holding.iter().flat_map(Holding::columns).cloned();
            kept.extend(columns.chain(names.get(path).map(|name| name.as_str().to_owned())));
        }
    }
    let table = mapping.table(&source.table);
    Kind {
        derived: names,
        typed: typed(table, &fields, looks.ir),
        case: mapping.case,
        any_case: Arc::clone(looks.any_case),
        kept,
        exact: Arc::clone(looks.exact),
        rule: Arc::clone(looks.rule),
        folded: Arc::clone(looks.folded),
        addresses: Arc::clone(looks.addresses),
        columns: mapping.tables.get(&source.table).cloned(),
        table: source.table.clone(),
        admits,
        wants: source.wants.clone(),
        fields,
    }
}

impl Kind {
    /// What a listed column of the table holds.
    fn column(&self, name: &str) -> Option<&FieldSchema> {
        self.columns.as_ref()?.columns.get(name)
    }

    /// Whether a value that each of its events has is not the event's, and the rule does not match the event.
    pub(super) fn excludes(&self, event: &Event) -> bool {
        let differs = |(path, holding): &(Path, Option<Holding>)| {
            let Some(Holding::Constant(constant)) = holding else {
                return false;
            };
            let texts: Vec<&str> = event
                .values(path)
                .into_iter()
                .filter_map(verdict_event::Value::scalar_text)
                .collect();
            let known = |text: &&str| constant.iter().any(|value| value == text);
            !texts.is_empty() && !constant.is_empty() && !texts.iter().any(known)
        };
        self.fields.iter().any(differs) && !self.rule.matches(event)
    }

    /// Whether a column of the table holds lists.
    pub(super) fn holds_lists(&self, column: &str) -> bool {
        self.column(column).is_some_and(|field| field.array)
    }

    /// Whether a column of the table holds objects.
    pub(super) fn holds_objects(&self, column: &str) -> bool {
        self.column(column)
            .is_some_and(|field| field.kind == FieldType::Object)
    }
}

/// Columns that do not keep the case of letters, computed ones among them.
pub(super) fn any_case(mapping: &Mapping, derived: &[Derived]) -> BTreeSet<String> {
    let mut any_case = mapping.any_case.clone();
    any_case.extend(derived.iter().filter_map(|known| {
        let mut parts = known.parts().into_iter();
        let lost = parts.any(|part| mapping.any_case.contains(part.as_str()));
        lost.then(|| known.name.as_str().to_owned())
    }));
    any_case
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

fn admitted(source: &Source, logsource: &Logsource) -> Arc<[Admits]> {
    if source.checks {
        return Arc::from([Admits::Category(Path::new(""), None)]);
    }
    variants(&source.variants, logsource)
}

/// One way of being of a kind.
#[derive(Debug)]
pub(super) enum Admits {
    /// An event of a Sigma logsource: what it satisfies, and under which names it carries fields.
    Logsource(Option<Box<Matcher>>, BTreeMap<Path, Path>),
    /// An event of this category; every category if there is none.
    Category(Path, Option<String>),
}

/// A logsource and the names of its variants that are wanted.
type Asked = (Vec<String>, [Option<String>; 3]);

/// What events of a logsource satisfy, a variant each; those of these names, or all.
///
/// Rules share few logsources, and their matchers are made once in a process.
pub(super) fn variants(named: &[String], logsource: &Logsource) -> Arc<[Admits]> {
    static KNOWN: Mutex<BTreeMap<Asked, Arc<[Admits]>>> = Mutex::new(BTreeMap::new());
    let Logsource {
        category,
        product,
        service,
        ..
    } = logsource;
    let asked = (
        named.to_vec(),
        [category.clone(), product.clone(), service.clone()],
    );
    // What another thread left behind when it stopped is whole: entries are only added.
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let made = known.entry(asked).or_insert_with(|| made(named, logsource));
    Arc::clone(made)
}

fn made(named: &[String], logsource: &Logsource) -> Arc<[Admits]> {
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
    admits.into()
}

impl Admits {
    /// The names under which an event carries fields, if it is of this kind.
    pub(super) fn names(&self, event: &Event) -> Option<&BTreeMap<Path, Path>> {
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

/// The rule with the case of every text ignored.
pub(super) fn folded(ir: &Ir) -> Ir {
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
