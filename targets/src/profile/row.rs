//! Events as rows of a profile's tables.
//!
//! An event becomes the row that its product would write: each field's value goes where the source holds it. Where two events
//! would become one row although the rule tells them apart, there is no row, and the event is counted instead of compared.

use crate::native::Matcher;
use crate::profile::bind::{Derived, From, logsources};
use crate::profile::holding::Reads;
use crate::profile::mapping::{Alone, Cell, Holding, Inside, Joined, Mapping, Source, Wanted};
use crate::profile::{labels, last, prefix, registry, spelling};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use verdict_compiler::Ir;
use verdict_compiler::rule::Logsource;
use verdict_event::{Event, FieldType, Path, Schema, Value};

/// How the events of a rule become rows.
#[derive(Clone, Debug)]
pub(crate) struct Rows {
    /// The kinds of event that the rule is compiled for.
    own: Arc<Vec<Kind>>,
    /// Other kinds in the same table.
    others: Arc<Vec<Kind>>,
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
                &reads.exact,
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
                        &exact,
                    ));
                }
            }
        }
        Self {
            own: Arc::new(own),
            others: Arc::new(others),
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
        let own = row_of(&self.own, event);
        let found = own.or_else(|| row_of(&self.others, event));
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

fn kind(
    mapping: &Mapping,
    source: &Source,
    logsource: Option<&Logsource>,
    fields: Vec<(Path, Option<Holding>)>,
    derived: &[Derived],
    exact: &BTreeSet<Path>,
) -> Kind {
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
        any_case,
        kept,
        exact: exact.clone(),
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

fn admitted(source: &Source, logsource: &Logsource) -> Vec<Admits> {
    if source.checks {
        return vec![Admits::Category(Path::new(""), None)];
    }
    let mut admits = Vec::new();
    for variant in logsources().variants(logsource) {
        let held = source.variants.is_empty()
            || variant
                .names
                .iter()
                .all(|name| source.variants.contains(name));
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

/// A row in the making.
#[derive(Default)]
struct Making {
    cells: BTreeMap<String, Vec<Value>>,
    /// Columns whose text is a JSON object.
    objects: BTreeMap<String, Vec<(String, Value)>>,
    /// Columns of which something is known that stands, or does not stand, behind the last separator.
    ends: Vec<(String, String, Option<String>)>,
}

impl Making {
    /// Puts values into a column, unless others are there.
    fn put(&mut self, column: &str, values: Vec<Value>) -> Result<(), String> {
        match self.cells.get(column) {
            Some(there) if *there != values => {
                Err(format!("two fields put different values into `{column}`"))
            }
            Some(_) => Ok(()),
            None => {
                self.cells.insert(column.to_owned(), values);
                Ok(())
            }
        }
    }
}

impl Making {
    /// Sees to what stands behind the last separator of a column.
    fn end(&mut self, column: &str, by: &str, end: Option<String>) -> Result<(), String> {
        let there = self.cells.get(column).and_then(|values| values.first());
        let there = there.and_then(Value::scalar_text).map(str::to_owned);
        let known = there.as_deref().and_then(|text| text.rsplit_once(by));
        match (there.is_some(), known.map(|(_, end)| end), end) {
            (false, _, Some(end)) => {
                self.cells.remove(column);
                self.put(column, vec![Value::from(format!("x{by}{end}").as_str())])
            }
            (false, _, None) | (true, None, None) => Ok(()),
            (true, Some(there), Some(end)) if there == end => Ok(()),
            (true, _, _) => Err(format!("two fields put different values into `{column}`")),
        }
    }
}

impl Kind {
    /// Writes values as the product does that does not keep their case.
    fn lower(&self, making: &mut Making) -> Result<(), String> {
        for (column, values) in &mut making.cells {
            if !self.any_case.contains(column) {
                continue;
            }
            for value in values {
                if let Value::String(text) = value {
                    let lower = text.to_ascii_lowercase();
                    if lower != *text && self.kept.contains(column) {
                        return Err(format!("`{column}` does not keep the case of `{text}`"));
                    }
                    *text = lower;
                }
            }
        }
        Ok(())
    }

    fn row(&self, event: &Event, rename: &BTreeMap<Path, Path>) -> Result<Event, String> {
        let mut making = Making::default();
        for (path, holding) in &self.fields {
            let values: Vec<Value> = event
                .values(rename.get(path).unwrap_or(path))
                .into_iter()
                .cloned()
                .collect();
            // Where there is no holding, the rule can do without the field, and so may the product.
            if let Some(holding) = holding {
                self.hold(path, holding, values, &mut making)?;
            }
        }
        for (column, cells) in &self.wants {
            self.want(column, cells, &mut making)?;
        }
        for (column, by, end) in std::mem::take(&mut making.ends) {
            making.end(&column, &by, end)?;
        }
        self.lower(&mut making)?;
        for (column, entries) in std::mem::take(&mut making.objects) {
            let object = Event::new(entries);
            let value = if self.objects.contains(&column) {
                object.root().clone()
            } else {
                Value::from(object.to_json_line().as_str())
            };
            making.put(&column, vec![value])?;
        }
        let cells = making.cells.into_iter().filter_map(|(column, mut values)| {
            let value = match values.len() {
                0 => return None,
                1 if !self.lists.contains(&column) => values.pop()?,
                _ => Value::List(values),
            };
            Some((column, value))
        });
        Ok(Event::new(cells.collect()))
    }

    /// A column holds one of the values that every row of the source has.
    fn want(&self, column: &str, cells: &[Cell], making: &mut Making) -> Result<(), String> {
        let wanted: Vec<Value> = cells.iter().map(Cell::value).collect();
        let there = making.cells.get_mut(column);
        let list = self.lists.iter().any(|name| name == column);
        match there {
            Some(values) if list => {
                if !values.iter().any(|value| wanted.contains(value)) {
                    values.extend(wanted.into_iter().take(1));
                }
                Ok(())
            }
            Some(values)
                if values
                    .iter()
                    .any(|value| wanted.iter().any(|wanted| same(wanted, value))) =>
            {
                Ok(())
            }
            Some(values) if !values.is_empty() => Err(format!(
                "no row of `{}` has this value in `{column}`",
                self.table
            )),
            Some(values) => {
                values.extend(wanted.into_iter().take(1));
                Ok(())
            }
            None => making.put(column, wanted.into_iter().take(1).collect()),
        }
    }

    fn hold(
        &self,
        path: &Path,
        holding: &Holding,
        values: Vec<Value>,
        making: &mut Making,
    ) -> Result<(), String> {
        match holding {
            Holding::Column(column) => making.put(column, values),
            // The table holds such events and others.
            Holding::Assumed(_) => Ok(()),
            Holding::Constant(constant) => {
                let texts: Vec<&str> = values.iter().filter_map(Value::scalar_text).collect();
                if texts.len() == constant.len()
                    && constant.iter().all(|value| texts.contains(&value.as_str()))
                {
                    return Ok(());
                }
                Err(format!(
                    "`{path}` has another value in every event of `{}`",
                    self.table
                ))
            }
            Holding::Values {
                column,
                values: known,
            } => {
                let mut kept = Vec::new();
                for value in &values {
                    let text = value.scalar_text().unwrap_or_default();
                    let found = known.iter().find(|(name, _)| name == text);
                    let column = found.and_then(|(_, columns)| columns.first());
                    let column = column.ok_or_else(|| {
                        format!("`{path}`: nothing in `{}` stands for `{text}`", self.table)
                    })?;
                    kept.push(Value::from(column.as_str()));
                }
                making.put(column, kept)
            }
            Holding::Joined(joined) => self.cut(path, joined, &values, making),
            Holding::Behind { column, by } => {
                let text = one_text(path, &values)?;
                if text.is_some_and(|text| text.is_empty() || text.contains(by.as_str())) {
                    return Err(format!("`{path}`: not what stands behind a `{by}`"));
                }
                if let (Some(name), Some(text)) = (self.derived.get(path), text) {
                    making.put(name.as_str(), vec![Value::from(text)])?;
                }
                let end = text.map(str::to_owned);
                making.ends.push((column.clone(), by.clone(), end));
                Ok(())
            }
            Holding::Last { column, by } => {
                let text = one_text(path, &values)?;
                let name = text.map(|text| last::cut(text, by)).transpose()?;
                let name = name.map(|name| Value::from(name.as_str()));
                making.put(column, name.into_iter().collect())
            }
            Holding::Inside(inside) => self.inside(path, inside, &values, making),
            Holding::Labelled(columns) => {
                let found = match one_text(path, &values)? {
                    Some(text) => labels::cut(text, columns)?,
                    None => Vec::new(),
                };
                columns.iter().try_for_each(|(_, column)| {
                    let value = found.iter().find(|(name, _)| name == column);
                    let value = value.map(|(_, value)| Value::from(value.as_str()));
                    making.put(column, value.into_iter().collect())
                })
            }
            Holding::Registry(data) => {
                let (kind, value) = match one_text(path, &values)? {
                    Some(text) => {
                        let (kind, value) = registry::cells(text, data)?;
                        (Some(kind), value)
                    }
                    None => (None, None),
                };
                let cell = |text: Option<String>| {
                    let value = text.map(|text| Value::from(text.as_str()));
                    value.into_iter().collect()
                };
                making.put(&data.kind, cell(kind))?;
                making.put(&data.data, cell(value))
            }
        }
    }

    /// A text inside a column.
    fn inside(
        &self,
        path: &Path,
        inside: &Inside,
        values: &[Value],
        making: &mut Making,
    ) -> Result<(), String> {
        let [value] = values else {
            return match values {
                [] => Ok(()),
                _ => Err(format!("`{path}`: not one value")),
            };
        };
        let text = value
            .scalar_text()
            .ok_or_else(|| format!("`{path}`: not one text"))?;
        let written = spelling::write(text, &inside.spelled, self.exact.contains(path))?;
        if let Some(name) = self.derived.get(path) {
            let back = if written.back == text {
                value.clone()
            } else {
                Value::from(written.back.as_str())
            };
            making.put(name.as_str(), vec![back])?;
        }
        let value = Value::from(written.column.as_str());
        match &inside.key {
            Some(key) => {
                let entries = making.objects.entry(inside.column.clone()).or_default();
                nest(entries, key, value);
                Ok(())
            }
            None => making.put(&inside.column, vec![value]),
        }
    }

    /// A text cut in two.
    fn cut(
        &self,
        path: &Path,
        joined: &Joined,
        values: &[Value],
        making: &mut Making,
    ) -> Result<(), String> {
        let empty = || (Vec::new(), Vec::new());
        let (first, second) = match values {
            [] => empty(),
            [Value::String(text)] => {
                let text = prefix::value(text, &joined.prefixes)?;
                let written = spelling::write(&text, &joined.spelled, self.exact.contains(path))?;
                let text = written.column;
                let cut = if joined.last {
                    text.rsplit_once(joined.by.as_str())
                } else {
                    text.split_once(joined.by.as_str())
                };
                if let Some(name) = self.derived.get(path) {
                    making.put(name.as_str(), vec![Value::from(written.back.as_str())])?;
                }
                match cut {
                    Some((first, second)) if !first.is_empty() && !second.is_empty() => {
                        (vec![Value::from(first)], vec![Value::from(second)])
                    }
                    Some((first, ""))
                        if joined.alone == Some(Alone::Before) && !first.is_empty() =>
                    {
                        (vec![Value::from(first)], Vec::new())
                    }
                    None if joined.alone == Some(Alone::First) && !text.is_empty() => {
                        (vec![Value::from(text.as_str())], Vec::new())
                    }
                    None if joined.alone == Some(Alone::Second) && !text.is_empty() => {
                        (Vec::new(), vec![Value::from(text.as_str())])
                    }
                    Some(_) | None => {
                        return Err(format!(
                            "`{path}`: `{text}` is not two texts with `{}` in between",
                            joined.by
                        ));
                    }
                }
            }
            _ => return Err(format!("`{path}`: not one text")),
        };
        making.put(&joined.first, first)?;
        making.put(&joined.second, second)
    }
}

impl Cell {
    /// The value in a row.
    fn value(&self) -> Value {
        match self {
            Self::Text(text) => Value::from(text.as_str()),
            Self::Number(number) => Value::Number(number.clone()),
            Self::Bool(value) => Value::Bool(*value),
        }
    }
}

/// Puts a value below a key, whose dots go deeper.
fn nest(entries: &mut Vec<(String, Value)>, key: &str, value: Value) {
    let Some((outer, inner)) = key.split_once('.') else {
        entries.push((key.to_owned(), value));
        return;
    };
    if let Some((_, Value::Object(below))) = entries.iter_mut().find(|(name, _)| name == outer) {
        nest(below, inner, value);
    } else {
        let mut below = Vec::new();
        nest(&mut below, inner, value);
        entries.push((outer.to_owned(), Value::Object(below)));
    }
}

/// The text of a field; none where it has no value.
fn one_text<'v>(path: &Path, values: &'v [Value]) -> Result<Option<&'v str>, String> {
    match values {
        [] => Ok(None),
        [Value::String(text)] => Ok(Some(text)),
        _ => Err(format!("`{path}`: not one text")),
    }
}

/// Whether a row's value is the one that is wanted, however either is written.
fn same(wanted: &Value, value: &Value) -> bool {
    match (wanted.scalar_text(), value.scalar_text()) {
        (Some(wanted), Some(value)) => wanted.eq_ignore_ascii_case(value),
        _ => false,
    }
}
