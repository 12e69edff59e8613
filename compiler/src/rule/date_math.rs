//! Times relative to an alert, in Elasticsearch's date math: `now`, `now-48h/h`, `now+1d`.
//!
//! Source: Elasticsearch reference, "Date math". A pivot's `now` is the time of the alert.

/// A unit of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// `s`
    Second,
    /// `m`
    Minute,
    /// `h` or `H`
    Hour,
    /// `d`
    Day,
    /// `w`; a week begins on Monday
    Week,
    /// `M`
    Month,
    /// `y`
    Year,
}

impl Unit {
    fn parse(c: char) -> Option<Self> {
        Some(match c {
            's' => Self::Second,
            'm' => Self::Minute,
            'h' | 'H' => Self::Hour,
            'd' => Self::Day,
            'w' => Self::Week,
            'M' => Self::Month,
            'y' => Self::Year,
            _ => return None,
        })
    }
}

/// A step from one time to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// So many units later, or earlier where the number is negative.
    Shift(i64, Unit),
    /// Rounded to a unit: down for the beginning of a range, up to its last moment for the end.
    Round(Unit),
}

/// A time relative to an alert: the steps from its time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DateMath {
    /// The steps, in order.
    pub steps: Vec<Step>,
}

/// The longest text that is read; every step takes two characters or more.
const LONGEST: usize = 64;
/// The largest number of units, so that no target has to reckon with more: over a century in hours.
const MOST: i64 = 1_000_000;

impl DateMath {
    /// Reads it; None if it is not date math, or not relative.
    pub fn parse(text: &str) -> Option<Self> {
        let mut rest = text.strip_prefix("now").filter(|_| text.len() <= LONGEST)?;
        let mut steps = Vec::new();
        while let Some(sign) = rest.chars().next() {
            rest = rest.get(1..)?;
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let (number, behind) = (rest.get(..digits)?, rest.get(digits..)?);
            let unit = Unit::parse(behind.chars().next()?)?;
            rest = behind.get(1..)?;
            let count = match number {
                "" => 1,
                number => number.parse().ok().filter(|count| *count <= MOST)?,
            };
            steps.push(match sign {
                '+' => Step::Shift(count, unit),
                '-' => Step::Shift(-count, unit),
                '/' if digits == 0 => Step::Round(unit),
                _ => return None,
            });
        }
        Some(Self { steps })
    }
}

#[cfg(test)]
mod tests {
    use super::{DateMath, Step, Unit};

    #[test]
    fn steps_are_read_in_order() {
        let steps = |text: &str| DateMath::parse(text).map(|math| math.steps);
        assert_eq!(steps("now"), Some(vec![]));
        assert_eq!(
            steps("now-48h/h"),
            Some(vec![Step::Shift(-48, Unit::Hour), Step::Round(Unit::Hour)])
        );
        assert_eq!(
            steps("now/d+1M"),
            Some(vec![Step::Round(Unit::Day), Step::Shift(1, Unit::Month)])
        );
        for text in [
            "",
            "2026-01-01",
            "now-",
            "now-1",
            "now-1x",
            "now/2d",
            "now 1h",
            "now-99999999d",
            "now-é",
        ] {
            assert_eq!(steps(text), None, "{text}");
        }
    }
}
