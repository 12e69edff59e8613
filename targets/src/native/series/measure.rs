//! What a window measures, kept up to date while events come and go.

use super::key::Tuple;
use std::cmp::Ordering;
use std::collections::HashMap;
use verdict_compiler::ir::series::Bound;
use verdict_event::{Decimal, Number};

/// Whole numbers up to here are doubles, and so is their sum.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// A measure.
#[derive(Clone, Copy, Debug)]
pub(super) enum Measure {
    Count(usize),
    Value(f64),
}

/// A bound whose number was read once.
#[derive(Debug)]
pub(super) struct Limit {
    bound: Bound,
    exact: Decimal,
    double: f64,
}

impl Limit {
    pub(super) fn new(bound: &Bound) -> Self {
        Self {
            bound: bound.clone(),
            exact: bound.number.decimal(),
            double: bound.number.as_f64(),
        }
    }

    pub(super) fn holds(&self, measure: Measure) -> bool {
        let order: Option<Ordering> = match measure {
            Measure::Count(count) => {
                let count = i64::try_from(count).unwrap_or(i64::MAX);
                Some(Number::from(count).decimal().cmp(&self.exact))
            }
            Measure::Value(value) => value.partial_cmp(&self.double),
        };
        order.is_some_and(|order| self.bound.comparison.accepts(order) != self.bound.negated)
    }
}

/// How often each tuple stands in a window.
#[derive(Debug, Default)]
pub(super) struct Distinct {
    counts: HashMap<Tuple, usize>,
}

impl Distinct {
    pub(super) fn add(&mut self, tuple: Tuple) {
        *self.counts.entry(tuple).or_default() += 1;
    }

    pub(super) fn remove(&mut self, tuple: &Tuple) {
        if let Some(count) = self.counts.get_mut(tuple) {
            *count -= 1;
            if *count == 0 {
                self.counts.remove(tuple);
            }
        }
    }

    pub(super) fn len(&self) -> usize {
        self.counts.len()
    }
}

/// The sum of the numbers in a window, as long as it does not depend on the order in which doubles are added.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sum {
    count: usize,
    whole: i128,
    /// The sum of the magnitudes.
    size: i128,
    /// How many numbers are no whole ones, or large.
    fancy: usize,
}

impl Sum {
    pub(super) fn add(&mut self, number: f64) {
        self.count += 1;
        match whole(number) {
            Some(whole) => {
                self.whole += whole;
                self.size += whole.abs();
            }
            None => self.fancy += 1,
        }
    }

    pub(super) fn remove(&mut self, number: f64) {
        self.count -= 1;
        match whole(number) {
            Some(whole) => {
                self.whole -= whole;
                self.size -= whole.abs();
            }
            None => self.fancy -= 1,
        }
    }

    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// The sum; None where the numbers have to be added one after another.
    #[expect(clippy::cast_precision_loss, reason = "it was asked whether it fits")]
    pub(super) fn value(&self) -> Option<f64> {
        let fits = self.fancy == 0 && self.size as f64 <= EXACT;
        fits.then_some(self.whole as f64)
    }
}

fn whole(number: f64) -> Option<i128> {
    #[expect(clippy::cast_possible_truncation, reason = "it is whole and small")]
    (number.fract() == 0.0 && number.abs() <= EXACT).then_some(number as i128)
}
