//! The stable printed form of a series: its parts, each event's tree indented below it, and the types of all fields.
//!
//! ```text
//! sequence within 30s
//!   1. by host.id
//!     process.name is "a"
//!   2. by host.id, 3 in a row
//!     process.name is "b"
//! ```

use super::{
    Bound, Correlation, CorrelationKind, Key, Limit, Matches, Order, Place, Referenced, Sample,
    Sequence, Series, Stage, Term,
};
use crate::ir::print;
use std::fmt::{self, Write as _};

/// The whole of it.
pub fn print(series: &Series) -> String {
    let mut text = series.to_string();
    text.push_str(&print::fields(&series.fields()));
    text
}

/// A length of time in the largest unit that divides it.
pub fn duration(milliseconds: u64) -> String {
    const UNITS: [(u64, &str); 4] = [
        (86_400_000, "d"),
        (3_600_000, "h"),
        (60_000, "m"),
        (1000, "s"),
    ];
    let fits =
        |(length, _): &&(u64, &str)| milliseconds > 0 && milliseconds.is_multiple_of(*length);
    match UNITS.iter().find(fits) {
        Some((length, unit)) => format!("{}{unit}", milliseconds / length),
        None => format!("{milliseconds}ms"),
    }
}

impl fmt::Display for Series {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sequence(sequence) => sequence.fmt(f),
            Self::Sample(sample) => sample.fmt(f),
            Self::Correlation(correlation) => correlation.fmt(f),
        }
    }
}

impl fmt::Display for Sequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let within = self.maxspan.map_or_else(String::new, |maxspan| {
            format!(" within {}", duration(maxspan))
        });
        writeln!(f, "sequence{within}{}", ordered(&self.order))?;
        for (number, stage) in (1..).zip(&self.stages) {
            write!(f, "  {number}.{stage}")?;
        }
        if let Some(until) = &self.until {
            write!(f, "  until{until}")?;
        }
        limits(&self.limits, f)
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let missing = if self.missing { " none" } else { "" };
        let runs = match self.runs {
            1 => String::new(),
            runs => format!(" {runs} in a row"),
        };
        write!(f, "{missing}{runs}{}", self.term)
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys: Vec<String> = self.keys.iter().map(ToString::to_string).collect();
        let by = if keys.is_empty() { "" } else { " by " };
        writeln!(f, "{by}{}", keys.join(", "))?;
        f.write_str(&indented(&self.event.predicate.to_string(), 4))
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = if self.optional { "?" } else { "" };
        write!(f, "{mark}{}", self.field)
    }
}

impl fmt::Display for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "sample")?;
        for (number, term) in (1..).zip(&self.terms) {
            write!(f, "  {number}.{term}")?;
        }
        limits(&self.limits, f)
    }
}

impl fmt::Display for Correlation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let by = if self.group_by.is_empty() {
            String::new()
        } else {
            format!(" by {}", self.group_by.join(", "))
        };
        let condition: Vec<String> = self.condition.iter().map(ToString::to_string).collect();
        writeln!(
            f,
            "{} {} within {}{by}{}",
            self.kind,
            condition.join(" and "),
            duration(self.timespan),
            ordered(&self.order)
        )?;
        self.rules.iter().try_for_each(|rule| rule.fmt(f))
    }
}

impl fmt::Display for CorrelationKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EventCount => f.write_str("number of events"),
            Self::ValueCount => f.write_str("number of values"),
            Self::Temporal => f.write_str("number of rules"),
            Self::TemporalOrdered => f.write_str("number of rules in order"),
            Self::ValueSum => f.write_str("sum of values"),
            Self::ValueAvg => f.write_str("mean of values"),
            Self::ValuePercentile(percent) => write!(f, "percentile {} of values", percent.0),
        }
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let not = if self.negated { "not " } else { "" };
        write!(f, "{not}{} {}", self.comparison.sign(), self.number.text())
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(path) => path.fmt(f),
            Self::Group(at) => write!(f, "group {}", at + 1),
        }
    }
}

impl fmt::Display for Referenced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "  rule {}", self.name)?;
        for (word, places) in [(" by ", &self.group), (" of ", &self.values)] {
            if !places.is_empty() {
                let places: Vec<String> = places.iter().map(ToString::to_string).collect();
                write!(f, "{word}{}", places.join(", "))?;
            }
        }
        f.write_char('\n')?;
        let inner = match &self.matches {
            Matches::Events(ir) => ir.predicate.to_string(),
            Matches::Correlation(inner) => inner.to_string(),
        };
        f.write_str(&indented(&inner, 4))
    }
}

fn ordered(order: &Order) -> String {
    let field = &order.timestamp.field;
    let time = if field == "@timestamp" {
        String::new()
    } else {
        format!(", time in {field}")
    };
    match &order.tiebreaker {
        Some(tiebreaker) => format!("{time}, ties broken by {tiebreaker}"),
        None => time,
    }
}

fn limits(limits: &[Limit], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    limits.iter().try_for_each(|limit| match limit {
        Limit::Head(count) => writeln!(f, "  the first {count} matches"),
        Limit::Tail(count) => writeln!(f, "  the last {count} matches"),
    })
}

fn indented(text: &str, depth: usize) -> String {
    let pad = " ".repeat(depth);
    text.lines().fold(String::new(), |mut all, line| {
        // Writing to a String cannot fail.
        let _ = writeln!(all, "{pad}{line}");
        all
    })
}
