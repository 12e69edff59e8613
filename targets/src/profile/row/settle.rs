//! Events near one that no row holds, which rows do hold: of fields that share a column, one gives way to the other.

use super::entries::{with, without};
use super::making::{FILLER, Making};
use super::{Kind, RAW, Rows};
use crate::profile::mapping::{Holding, Joined};
use std::collections::BTreeMap;
use verdict_event::{Event, Path, Value};

impl Rows {
    /// Events near this one that a row holds, where none holds this one; none where it takes more than fields that give way to others.
    pub(crate) fn near(&self, event: &Event) -> Vec<Event> {
        let mut found = Vec::new();
        for kind in self.own.iter() {
            for rename in kind.admits.iter().filter_map(|admits| admits.names(event)) {
                for later_first in [false, true] {
                    let settled = kind.settled(event, rename, later_first);
                    if settled != *event && !found.contains(&settled) && self.row(&settled).is_ok()
                    {
                        found.push(settled);
                    }
                }
            }
        }
        found
    }
}

impl Kind {
    /// The event with every field as the columns allow that other fields filled before.
    fn settled(&self, event: &Event, rename: &BTreeMap<Path, Path>, later_first: bool) -> Event {
        let mut settled = event.clone();
        let mut making = Making::default();
        let held = |(path, holding): &'_ (Path, Option<Holding>)| {
            (path.as_str() != RAW)
                .then(|| Some((path.clone(), holding.clone()?)))
                .flatten()
        };
        let mut fields: Vec<(Path, Holding)> = self.fields.iter().filter_map(held).collect();
        if later_first {
            fields.reverse();
        }
        // Of fields under other values, the one that says more comes first: a kind of change before that something changed.
        fields.sort_by_key(|(_, holding)| match holding {
            Holding::Values { values, .. } => values
                .iter()
                .map(|(_, columns)| columns.len())
                .max()
                .unwrap_or(0),
            _ => usize::MAX,
        });
        for (path, holding) in fields {
            let named = rename.get(&path).unwrap_or(&path);
            if let Some(value) = self.one_of_several(&settled, named, &holding) {
                settled = with(&settled, &[(named.clone(), value)]);
            }
            if self.try_hold(&settled, named, &path, &holding, &mut making) {
                continue;
            }
            let other = match self.fitting(&settled, named, &holding, &making) {
                Some(value) => with(&settled, &[(named.clone(), value)]),
                None => without(&settled, named),
            };
            let mut making_room = making.clone();
            self.make_room(&holding, &mut making_room);
            if self.try_hold(&other, named, &path, &holding, &mut making_room) {
                settled = other;
                making = making_room;
            }
        }
        settled
    }

    /// The last of a list's values, where a column takes one.
    fn one_of_several(&self, event: &Event, named: &Path, holding: &Holding) -> Option<Value> {
        let values = event.values(named);
        let list = |column: &&String| self.holds_lists(column);
        let several = values.len() > 1 && !holding.columns().iter().any(list);
        values.last().filter(|_| several).copied().cloned()
    }

    /// Takes away what stands in a column only for its end to stand somewhere.
    fn make_room(&self, holding: &Holding, making: &mut Making) {
        if let Holding::Column(column) = holding
            && let Some(by) = self.parted(column)
        {
            let text = making.cells.get(column).and_then(|cell| cell.first());
            let text = text.and_then(Value::scalar_text);
            if text.is_some_and(|text| text.rsplit_once(by).is_some_and(|(x, _)| x == FILLER)) {
                making.cells.remove(column);
            }
        }
    }

    /// Puts a field's value into its columns, if it fits.
    fn try_hold(
        &self,
        event: &Event,
        named: &Path,
        path: &Path,
        holding: &Holding,
        making: &mut Making,
    ) -> bool {
        let mut tried = making.clone();
        let values: Vec<Value> = event.values(named).into_iter().cloned().collect();
        let kept = values.iter().all(|value| !self.is_lost(holding, value));
        let fits = kept && self.hold(event, path, holding, values, &mut tried).is_ok();
        let mut ends = std::mem::take(&mut tried.ends).into_iter();
        if !fits || !ends.all(|(column, by, end)| tried.end(&column, &by, end).is_ok()) {
            return false;
        }
        *making = tried;
        true
    }

    /// Whether a column does not keep the case of a value at which the query looks.
    fn is_lost(&self, holding: &Holding, value: &Value) -> bool {
        let of = |column: &&String| self.any_case.contains(*column) && self.kept.contains(*column);
        let upper = |text: &str| text.bytes().any(|byte| byte.is_ascii_uppercase());
        value.scalar_text().is_some_and(upper) && holding.columns().iter().any(of)
    }

    /// The value of a field that goes with what its columns hold already; None for no value.
    fn fitting(
        &self,
        event: &Event,
        named: &Path,
        holding: &Holding,
        making: &Making,
    ) -> Option<Value> {
        let values = event.values(named);
        let own = values.first().and_then(|value| value.scalar_text());
        if let (Some(text), Some(value)) = (own, values.first())
            && self.is_lost(holding, value)
        {
            return Some(Value::from(text.to_ascii_lowercase().as_str()));
        }
        let text = |column: &str| making.cells.get(column)?.first()?.scalar_text();
        let joined = |before: &str, by: &str, end: &str| {
            Some(Value::from(format!("{before}{by}{end}").as_str()))
        };
        match holding {
            Holding::Column(column) => {
                let there = text(column)?;
                let parted = self.parted(column).and_then(|by| {
                    let own = own.filter(|own| !own.is_empty())?;
                    let before = own.rsplit_once(by).map_or(own, |(before, _)| before);
                    let (_, end) = there.rsplit_once(by)?;
                    joined(before, by, end)
                });
                parted.or_else(|| making.cells.get(column)?.first().cloned())
            }
            Holding::Last { column, by } => {
                let before = own.and_then(|own| own.rsplit_once(by.as_str()));
                joined(
                    before.map_or(FILLER, |(before, _)| before),
                    by,
                    text(column)?,
                )
            }
            Holding::Behind { column, by } => {
                let (_, end) = text(column)?.rsplit_once(by.as_str())?;
                Some(Value::from(end))
            }
            Holding::Values { column, values } => {
                let there = text(column);
                let same = values.iter().find(|(_, columns)| {
                    there.is_some_and(|there| columns.iter().any(|kept| kept == there))
                });
                let (name, _) = same.or_else(|| self.stand_in(event, named, values))?;
                Some(Value::from(name.as_str()))
            }
            Holding::Constant(values) => match values.as_slice() {
                [] => None,
                [value] => Some(Value::from(value.as_str())),
                several => {
                    let texts = several.iter().map(|value| Value::from(value.as_str()));
                    Some(Value::List(texts.collect()))
                }
            },
            Holding::Joined(parts) => {
                let (before, end) = halves(parts, own);
                let before = text(&parts.first).or(before).unwrap_or(FILLER);
                joined(
                    before,
                    &parts.by,
                    text(&parts.second).or(end).unwrap_or(FILLER),
                )
            }
            Holding::Assumed(_)
            | Holding::Inside(_)
            | Holding::Labelled(_)
            | Holding::Registry(_) => None,
        }
    }

    /// The separator of which another field says what stands behind it in this column.
    fn parted(&self, column: &str) -> Option<&str> {
        self.fields.iter().find_map(|(_, holding)| match holding {
            Some(Holding::Behind { column: other, by }) if other == column => Some(by.as_str()),
            _ => None,
        })
    }
}

/// What stands before and behind the separator; all of it behind, where there is none.
fn halves<'t>(parts: &Joined, own: Option<&'t str>) -> (Option<&'t str>, Option<&'t str>) {
    let Some(own) = own else {
        return (None, None);
    };
    let cut = if parts.last {
        own.rsplit_once(parts.by.as_str())
    } else {
        own.split_once(parts.by.as_str())
    };
    let filled = |text: &'t str| Some(text).filter(|text| !text.is_empty());
    cut.map_or((None, filled(own)), |(before, end)| {
        (filled(before), filled(end))
    })
}
