//! The row that an event of a stream becomes: what each part of the rule reads of it, put together.

use super::BoundSeries;
use crate::profile::row::Cells;
use verdict_event::{Event, Value};

impl BoundSeries {
    /// The row that an event becomes, of whichever kind of event that the rule reads it is. None for an event that the table does not hold: the query never
    /// sees it.
    ///
    /// # Errors
    ///
    /// The reason why no row holds the event, though the table has events of its kind.
    pub fn row(&self, event: &Event) -> Result<Option<Event>, String> {
        if self.rows.is_empty() {
            return Ok(Some(event.clone()));
        }
        if self.rows.iter().any(|rows| rows.is_elsewhere(event)) {
            return Err("the profile holds the event where it cannot say the rule".to_owned());
        }
        // Each part of the rule tells the columns that it reads; together they are the row. What one part's kinds leave out may be another's.
        let mut cells: Option<Cells> = None;
        let admit = || self.rows.iter().filter(|rows| rows.admit(event));
        let all_leave_out = admit().all(|rows| rows.leaves_out(event));
        for rows in admit().filter(|rows| all_leave_out || !rows.leaves_out(event)) {
            let known = cells.get_or_insert_default();
            for (name, value) in rows.cells(event)? {
                match (known.get_mut(&name), value) {
                    (None, value) => {
                        known.insert(name, value);
                    }
                    (Some(None), None) => {}
                    (Some(Some(other)), Some(value)) => together(&name, other, &value)?,
                    // One part's field is missing where another one's put something, as in the row of a single event.
                    (Some(_), _) => return Err(apart(&name)),
                }
            }
        }
        let held = |cells: Cells| {
            let held = cells.into_iter();
            Event::new(
                held.filter_map(|(name, value)| Some((name, value?)))
                    .collect(),
            )
        };
        Ok(cells.map(|cells| self.timed(held(cells), event)))
    }

    fn timed(&self, row: Event, event: &Event) -> Event {
        let Some((column, field)) = &self.time else {
            return row;
        };
        let time = event.values(field).first().map(|time| (*time).clone());
        let others = row.entries().iter().filter(|(name, _)| name != column);
        let mut cells: Vec<(String, Value)> = others.cloned().collect();
        cells.push((column.clone(), time.unwrap_or(Value::Null)));
        Event::new(cells)
    }
}

/// A cell with what another part of the rule reads of it: the keys of an object are put together.
fn together(name: &str, cell: &mut Value, other: &Value) -> Result<(), String> {
    match (cell, other) {
        (cell @ Value::Null, other) => *cell = other.clone(),
        (_, Value::Null) => {}
        (Value::Object(keys), Value::Object(others)) => {
            for (key, value) in others {
                match keys.iter_mut().find(|(known, _)| known == key) {
                    None => keys.push((key.clone(), value.clone())),
                    Some((_, known)) => together(key, known, value)?,
                }
            }
        }
        (cell, other) if cell == other => {}
        _ => return Err(apart(name)),
    }
    Ok(())
}

fn apart(name: &str) -> String {
    format!("`{name}`: parts of the rule read it in different ways")
}
