//! What every way of running a query asks of one event.

use super::eval::Row;
use super::order::TimeOrder;
use super::plan::{Leaf, Slot, Step};
use super::sequence::Moment;
use verdict_event::{Event, Path};

/// The parts of a bound query that judge events.
pub(crate) struct Judge<'q> {
    pub(crate) category_field: &'q Path,
    pub(crate) leaves: &'q [Leaf],
    pub(crate) slots: &'q [Slot],
    pub(crate) order: &'q TimeOrder,
}

impl<'q> Judge<'q> {
    pub(crate) fn row<'e>(&self, event: &'e Event) -> Row<'e>
    where
        'q: 'e,
    {
        Row::new(event, self.slots)
    }

    /// Whether an event meets category and condition.
    pub(crate) fn holds<'e>(&self, row: &Row<'e>, event: &Event, step: &'e Step) -> bool
    where
        'q: 'e,
    {
        self.has_category(event, step) && row.holds(&step.formula, self.leaves)
    }

    /// Source: documentation; the category is compared exactly, with any value of its field.
    fn has_category(&self, event: &Event, step: &Step) -> bool {
        let Some(wanted) = &step.category else {
            return true;
        };
        let mut found = false;
        self.category_field.visit(event.root(), &mut |value| {
            let text = value.scalar_text();
            found |= text == Some(wanted.as_str())
                || verdict_faults::at("eql/engine/category-ignores-case")
                    && text.is_some_and(|text| text.eq_ignore_ascii_case(wanted));
        });
        found
    }

    /// The events that have a time, in order.
    pub(crate) fn moments(&self, events: &[Event]) -> Vec<Moment> {
        let mut found: Vec<usize> = (0..events.len()).collect();
        self.order.sort(events, &mut found);
        found
            .into_iter()
            .enumerate()
            .filter_map(|(place, event)| {
                let millis = self.order.time(events.get(event)?)?;
                Some(Moment {
                    event,
                    place,
                    millis,
                })
            })
            .collect()
    }
}
