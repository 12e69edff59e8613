//! What a window measures, kept up to date while events come and go.

use super::tuple::Tuple;
use std::cmp::Ordering;
use std::collections::HashMap;

/// Whole numbers up to here are doubles, and so is their sum.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// A measure.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Measure {
    Count(usize),
    Value(f64),
}

/// How a measure must stand to a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Than {
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `>=`
    GreaterOrEqual,
    /// `>`
    Greater,
}

/// What a measure must be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bound {
    /// How it stands to the number.
    pub(crate) than: Than,
    /// The number, as counts are compared with it: the largest whole number that is not above it.
    pub(crate) floor: i64,
    /// Whether that is the number itself.
    pub(crate) whole: bool,
    /// The number, as sums are compared with it.
    pub(crate) double: f64,
}

impl Bound {
    /// A whole number.
    #[allow(clippy::cast_precision_loss, reason = "sums are doubles")]
    pub fn whole(than: Than, number: i64) -> Self {
        Self {
            than,
            floor: number,
            whole: true,
            double: number as f64,
        }
    }

    /// A number that is none: it lies above `floor`, and below what follows.
    pub fn above(than: Than, floor: i64, double: f64) -> Self {
        Self {
            than,
            floor,
            whole: false,
            double,
        }
    }

    pub(crate) fn holds(&self, measure: Measure) -> bool {
        let order = match measure {
            Measure::Count(count) => {
                let order = i64::try_from(count).unwrap_or(i64::MAX).cmp(&self.floor);
                match order {
                    Ordering::Equal if !self.whole => Some(Ordering::Less),
                    other => Some(other),
                }
            }
            Measure::Value(value) => value.partial_cmp(&self.double),
        };
        order.is_some_and(|order| match self.than {
            Than::Less => order.is_lt(),
            Than::LessOrEqual => order.is_le(),
            Than::Equal => order.is_eq(),
            Than::NotEqual => order.is_ne(),
            Than::GreaterOrEqual => order.is_ge(),
            Than::Greater => order.is_gt(),
        })
    }
}

/// How often each tuple stands in a window.
#[derive(Debug, Default)]
pub(crate) struct Distinct {
    counts: HashMap<Tuple, usize>,
}

impl Distinct {
    pub(crate) fn add(&mut self, tuple: Tuple) {
        *self.counts.entry(tuple).or_default() += 1;
    }

    pub(crate) fn remove(&mut self, tuple: &Tuple) {
        if let Some(count) = self.counts.get_mut(tuple) {
            *count -= 1;
            if *count == 0 {
                self.counts.remove(tuple);
            }
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.counts.len()
    }
}

/// The sum of the numbers in a window, as long as it does not depend on the order in which doubles are added.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sum {
    count: usize,
    whole: i128,
    /// The sum of the magnitudes.
    size: i128,
    /// How many numbers are no whole ones, or large.
    fancy: usize,
}

impl Sum {
    pub(crate) fn add(&mut self, number: f64) {
        self.count += 1;
        match whole(number) {
            Some(whole) => {
                self.whole += whole;
                self.size += whole.abs();
            }
            None => self.fancy += 1,
        }
    }

    pub(crate) fn remove(&mut self, number: f64) {
        self.count -= 1;
        match whole(number) {
            Some(whole) => {
                self.whole -= whole;
                self.size -= whole.abs();
            }
            None => self.fancy -= 1,
        }
    }

    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// The sum; None where the numbers have to be added one after another.
    #[allow(clippy::cast_precision_loss, reason = "it was asked whether it fits")]
    pub(crate) fn value(&self) -> Option<f64> {
        let fits = self.fancy == 0 && self.size as f64 <= EXACT;
        fits.then_some(self.whole as f64)
    }
}

fn whole(number: f64) -> Option<i128> {
    #[allow(clippy::cast_possible_truncation, reason = "it is whole and small")]
    (number.fract() == 0.0 && number.abs() <= EXACT).then_some(number as i128)
}
