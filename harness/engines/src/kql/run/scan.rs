//! `scan`. Kusto docs: scan-operator, "Scan logic".
//!
//! Where the page's text and its examples differ, the examples are followed: a record that matches the first step again does not begin
//! another match (example *Sessions tagging*), though the text on check 2 says so.
//!
//! Assumed: a value of a step that the state does not hold is the column's default, null without one (the page's cumulative sum shows it for
//! a declared column); `output=last` gives its record when its series of matches ends, that is when the step's state goes or is begun anew, or with
//! the last record.

use crate::kql::ast::Output;
use crate::kql::relation::{Record, Scan, ScanStep};
use crate::kql::row::Row;
use crate::kql::value::Val;
use std::rc::Rc;

/// What one step holds: the latest records of the steps up to it, and the match that they are of.
#[derive(Clone)]
struct State {
    records: Vec<Option<Rc<Record>>>,
    match_id: i64,
}

struct Scanner<'s> {
    scan: &'s Scan,
    states: Vec<Option<State>>,
    /// The last record of a series, of a step with `output=last`.
    pending: Vec<Option<Record>>,
    next_id: i64,
    out: Vec<Record>,
}

/// The records that the steps give.
pub(super) fn scan(scan: &Scan, rows: &[Record]) -> Vec<Record> {
    let mut scanner = Scanner {
        scan,
        states: vec![None; scan.steps.len()],
        pending: vec![None; scan.steps.len()],
        next_id: 0,
        out: Vec::new(),
    };
    for row in rows {
        for (at, step) in scan.steps.iter().enumerate().rev() {
            scanner.offer(at, step, row);
        }
    }
    for at in 0..scan.steps.len() {
        scanner.flush(at);
    }
    scanner.out
}

impl Scanner<'_> {
    fn offer(&mut self, at: usize, step: &ScanStep, row: &Record) {
        // Check 1: the state of the step before is promoted.
        let before = at.checked_sub(1);
        if let Some(before) = before
            && let Some(Some(state)) = self.states.get(before)
            && self.meets(step, row, Some(state))
        {
            let mut state = state.clone();
            if let Some(place) = self.states.get_mut(before)
                && !verdict_faults::at("kql/engine/scan-keeps-the-promoted-state")
            {
                *place = None;
            }
            self.flush(at);
            self.flush(before);
            if let Some(record) = state.records.get_mut(at) {
                *record = None;
            }
            self.matched(at, step, row, state);
            return;
        }
        // Check 2: the step matches again, or is the first.
        let state = self.states.get(at).and_then(Option::as_ref);
        if state.is_none() && at > 0 {
            return;
        }
        if !self.meets(step, row, state) {
            return;
        }
        let anew = at == 0 && verdict_faults::at("kql/engine/scan-begins-a-match-at-each-record");
        let state = state.filter(|_| !anew);
        let state = state.cloned().unwrap_or_else(|| {
            let match_id = self.next_id;
            self.next_id = self.next_id.saturating_add(1);
            State {
                records: vec![None; self.scan.steps.len()],
                match_id,
            }
        });
        self.matched(at, step, row, state);
    }

    /// The record with the step's assignments becomes part of the state and goes out.
    fn matched(&mut self, at: usize, step: &ScanStep, row: &Record, mut state: State) {
        let values = self.values(row, Some(&state));
        let seen = Row::over(&values, &self.scan.cells);
        let mut record = row.clone();
        record.extend(self.scan.defaults.iter().cloned());
        for (column, node) in &step.assignments {
            if let Some(place) = record.get_mut(self.scan.width + column) {
                *place = node.eval(&seen).into_owned();
            }
        }
        if let Some(place) = state.records.get_mut(at) {
            *place = Some(Rc::new(record.clone()));
        }
        if self.scan.match_id {
            record.push(Val::Long(state.match_id));
        }
        match step.output {
            Output::All => self.out.push(record),
            Output::Last => {
                if let Some(place) = self.pending.get_mut(at) {
                    *place = Some(record);
                }
            }
            Output::None => {}
        }
        if let Some(place) = self.states.get_mut(at) {
            *place = Some(state);
        }
    }

    /// The last record of a series that is over.
    fn flush(&mut self, at: usize) {
        if let Some(record) = self.pending.get_mut(at).and_then(Option::take) {
            self.out.push(record);
        }
    }

    fn meets(&self, step: &ScanStep, row: &Record, state: Option<&State>) -> bool {
        let values = self.values(row, state);
        step.condition.truth(&Row::over(&values, &self.scan.cells)) == Some(true)
    }

    /// The record, and the columns of steps that the query reads.
    fn values(&self, row: &Record, state: Option<&State>) -> Record {
        let mut values = row.clone();
        for (step, column) in &self.scan.references {
            let record = state
                .and_then(|state| state.records.get(*step))
                .and_then(Option::as_ref);
            let value = match record {
                Some(record) => record.get(*column),
                None if *column < self.scan.width => self.scan.empty.get(*column),
                None => self.scan.defaults.get(*column - self.scan.width),
            };
            values.push(value.cloned().unwrap_or(Val::Null));
        }
        values
    }
}
