//! One row in the making: each field's value goes where its holding says.

use super::entries::with;
use super::texts::one_text;
use super::{Cells, Kind, RAW};
use crate::profile::mapping::{Cell, Holding};
use crate::profile::{labels, last, registry};
use std::collections::BTreeMap;
use verdict_compiler::ir::Case;
use verdict_compiler::ir::readable::readable;
use verdict_event::{Event, FieldType, Path, Value};

/// What stands before a separator where nothing says what does.
pub(super) const FILLER: &str = "x";

/// A row in the making.
#[derive(Clone, Default)]
pub(super) struct Making {
    pub(super) cells: BTreeMap<String, Vec<Value>>,
    /// Columns whose text is a JSON object.
    pub(super) objects: BTreeMap<String, Vec<(String, Value)>>,
    /// Columns of which something is known that stands, or does not stand, behind the last separator.
    pub(super) ends: Vec<(String, String, Option<String>)>,
    /// Values that the profile writes out, where the event has others.
    swaps: Vec<(Path, Value)>,
    /// What the profile takes for granted of the event.
    platform: Vec<(Path, Value)>,
}

impl Making {
    /// Puts values into a column, unless others are there.
    pub(super) fn put(&mut self, column: &str, values: Vec<Value>) -> Result<(), String> {
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
    pub(super) fn end(
        &mut self,
        column: &str,
        by: &str,
        end: Option<String>,
    ) -> Result<(), String> {
        let cells = self.cells.get(column);
        if end.is_some() && cells.is_some_and(Vec::is_empty) {
            return Err(format!("two fields put different values into `{column}`"));
        }
        let there = cells.and_then(|values| values.first());
        let there = there.and_then(Value::scalar_text).map(str::to_owned);
        let known = there.as_deref().and_then(|text| text.rsplit_once(by));
        match (there.is_some(), known.map(|(_, end)| end), end) {
            (false, _, Some(end)) => {
                self.cells.remove(column);
                self.put(
                    column,
                    vec![Value::from(format!("{FILLER}{by}{end}").as_str())],
                )
            }
            (false, _, None) | (true, None, None) => Ok(()),
            (true, Some(there), Some(end)) if there == end => Ok(()),
            (true, _, _) => Err(format!("two fields put different values into `{column}`")),
        }
    }
}

impl Kind {
    /// A value that the profile knows, and with which the event has the same verdict; any, if there is none.
    pub(super) fn stand_in<'k>(
        &self,
        event: &Event,
        path: &Path,
        known: &'k [(String, Vec<String>)],
    ) -> Option<&'k (String, Vec<String>)> {
        let verdict = self.rule.matches(event);
        let alike = |(name, _): &&(String, Vec<String>)| {
            let other = with(event, &[(path.clone(), Value::from(name.as_str()))]);
            self.rule.matches(&other) == verdict
        };
        known.iter().find(alike).or_else(|| known.first())
    }

    /// Whether the event's verdict is the same with the values that the profile writes out, on the platform that it takes for granted.
    fn same_verdict(&self, event: &Event, making: &Making) -> bool {
        if making.swaps.is_empty() {
            return true;
        }
        let there = with(event, &making.platform);
        let other = with(&there, &making.swaps);
        let mut rules = [&self.rule, &self.folded].into_iter();
        rules.all(|rule| rule.matches(&other) == rule.matches(&there))
    }

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

    /// The cells of an event that is of this kind: every column of which something is known, those without a value among them.
    ///
    /// # Errors
    ///
    /// The reason why no row holds it.
    pub(super) fn cells(
        &self,
        event: &Event,
        rename: &BTreeMap<Path, Path>,
    ) -> Result<Cells, String> {
        let mut making = Making::default();
        for (path, holding) in &self.fields {
            let values: Vec<Value> = if path.as_str() == RAW {
                vec![Value::String(event.to_json_line())]
            } else {
                let held = event.values(rename.get(path).unwrap_or(path));
                held.into_iter().cloned().collect()
            };
            if self.addresses.contains(path)
                && !values.iter().all(|value| readable(FieldType::Ip, value))
            {
                return Err(format!("`{path}`: no address"));
            }
            if let Some(kind) = self.typed.get(path)
                && let Some(value) = values.iter().find(|value| !readable(*kind, value))
            {
                let written = value.scalar_text().unwrap_or_default();
                return Err(format!("`{path}`: no column holds `{written}`"));
            }
            // Where there is no holding, the rule can do without the field, and so may the product.
            if let Some(holding) = holding {
                self.hold(event, path, holding, values, &mut making)?;
            }
        }
        for (column, cells) in &self.wants {
            self.want(column, cells, &mut making)?;
        }
        if !self.same_verdict(event, &making) {
            return Err(format!("`{}` has no such event", self.table));
        }
        for (column, by, end) in std::mem::take(&mut making.ends) {
            making.end(&column, &by, end)?;
        }
        self.lower(&mut making)?;
        for (column, entries) in std::mem::take(&mut making.objects) {
            let object = Event::new(entries);
            let value = if self.holds_objects(&column) {
                object.root().clone()
            } else {
                Value::from(object.to_json_line().as_str())
            };
            making.put(&column, vec![value])?;
        }
        let cells = making.cells.into_iter().map(|(column, mut values)| {
            let value = match values.len() {
                0 => None,
                1 if !self.holds_lists(&column) => values.pop(),
                _ => Some(Value::List(values)),
            };
            (column, value)
        });
        Ok(cells.collect())
    }

    /// A column holds one of the values that every row of the source has.
    fn want(&self, column: &str, cells: &[Cell], making: &mut Making) -> Result<(), String> {
        let wanted: Vec<Value> = cells.iter().map(Cell::value).collect();
        let there = making.cells.get_mut(column);
        let list = self.holds_lists(column);
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
                    .any(|value| wanted.iter().any(|wanted| self.same(wanted, value))) =>
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

    /// Whether a row's value is the one that is wanted.
    fn same(&self, wanted: &Value, value: &Value) -> bool {
        match (wanted.scalar_text(), value.scalar_text(), self.case) {
            (Some(wanted), Some(value), Case::Fold) => wanted.eq_ignore_ascii_case(value),
            (Some(wanted), Some(value), Case::Exact) => wanted == value,
            (None, _, _) | (_, None, _) => false,
        }
    }

    pub(super) fn hold(
        &self,
        event: &Event,
        path: &Path,
        holding: &Holding,
        values: Vec<Value>,
        making: &mut Making,
    ) -> Result<(), String> {
        match holding {
            Holding::Column(column) => making.put(column, values),
            // The table holds such events and others.
            Holding::Assumed(values) => {
                let texts: Vec<&str> = values.iter().map(String::as_str).collect();
                making.platform.push((path.clone(), listed(&texts)));
                Ok(())
            }
            Holding::Constant(constant) => {
                let texts: Vec<&str> = values.iter().filter_map(Value::scalar_text).collect();
                let constant: Vec<&str> = constant.iter().map(String::as_str).collect();
                let equal = texts.len() == constant.len()
                    && constant.iter().all(|value| texts.contains(value));
                if equal {
                    return Ok(());
                }
                if !texts.is_empty() && !constant.is_empty() {
                    making.swaps.push((path.clone(), listed(&constant)));
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
            } => self.under_others(event, path, (column, known), &values, making),
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

    /// A field under other values.
    fn under_others(
        &self,
        event: &Event,
        path: &Path,
        (column, known): (&String, &[(String, Vec<String>)]),
        values: &[Value],
        making: &mut Making,
    ) -> Result<(), String> {
        let required = self.wants.iter().any(|(wanted, _)| wanted == column);
        if values.is_empty() && required {
            return Err(format!("every row of `{}` has `{path}`", self.table));
        }
        let mut kept = Vec::new();
        for value in values {
            let text = value.scalar_text().unwrap_or_default();
            let same = known.iter().find(|(name, _)| name == text);
            let found = same.or_else(|| self.stand_in(event, path, known));
            if let (None, Some((name, _))) = (same, found) {
                making
                    .swaps
                    .push((path.clone(), Value::from(name.as_str())));
            }
            // Of several that stand for it, the one that another field has put there.
            let there = making.cells.get(column);
            let put = |kept: &&String| {
                there.is_some_and(|there| there.contains(&Value::from(kept.as_str())))
            };
            let kept_for =
                found.and_then(|(_, columns)| columns.iter().find(put).or_else(|| columns.first()));
            let text_kept = kept_for.ok_or_else(|| {
                format!("`{path}`: nothing in `{}` stands for `{text}`", self.table)
            })?;
            kept.push(Value::from(text_kept.as_str()));
        }
        making.put(column, kept)
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

/// These texts as a field's value.
fn listed(texts: &[&str]) -> Value {
    match texts {
        [text] => Value::from(*text),
        several => Value::List(several.iter().map(|text| Value::from(*text)).collect()),
    }
}
