//! Functions that take values and give one.

mod format;
mod math;
mod mv;
mod text;
mod time;

pub(super) use time::iso_seconds;

use super::ast::Sign;
use super::value::{MANY, Val, number};
use std::borrow::Cow;
use std::cmp::Ordering;

/// A function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Function {
    Lower,
    Upper,
    Len,
    Substr,
    Trim,
    LeftTrim,
    RightTrim,
    UrlDecode,
    Split,
    MvCount,
    MvIndex,
    MvJoin,
    MvAppend,
    MvDedup,
    MvSort,
    MvReverse,
    MvRange,
    MvZip,
    ToNumber,
    ToText,
    Abs,
    Ceiling,
    Floor,
    Round,
    SquareRoot,
    Power,
    Max,
    Min,
    Sum,
    IpMask,
    NullIf,
    Null,
    TypeOf,
    ParseTime,
    FormatTime,
}

impl Function {
    /// The function of a name, with the least and the most arguments it takes.
    ///
    /// Source: Search Reference, "Evaluation functions", quick reference.
    pub(super) fn named(name: &str) -> Option<(Self, usize, usize)> {
        Some(match name {
            "lower" => (Self::Lower, 1, 1),
            "upper" => (Self::Upper, 1, 1),
            "len" => (Self::Len, 1, 1),
            "substr" => (Self::Substr, 2, 3),
            "trim" => (Self::Trim, 1, 2),
            "ltrim" => (Self::LeftTrim, 1, 2),
            "rtrim" => (Self::RightTrim, 1, 2),
            "urldecode" => (Self::UrlDecode, 1, 1),
            "split" => (Self::Split, 2, 2),
            "mvcount" => (Self::MvCount, 1, 1),
            "mvindex" => (Self::MvIndex, 2, 3),
            "mvjoin" => (Self::MvJoin, 2, 2),
            "mvappend" => (Self::MvAppend, 1, usize::MAX),
            "mvdedup" => (Self::MvDedup, 1, 1),
            "mvsort" => (Self::MvSort, 1, 1),
            "mvreverse" => (Self::MvReverse, 1, 1),
            "mvrange" => (Self::MvRange, 2, 3),
            "mvzip" => (Self::MvZip, 2, 3),
            "tonumber" => (Self::ToNumber, 1, 2),
            "tostring" => (Self::ToText, 1, 2),
            "abs" => (Self::Abs, 1, 1),
            "ceiling" | "ceil" => (Self::Ceiling, 1, 1),
            "floor" => (Self::Floor, 1, 1),
            "round" => (Self::Round, 1, 2),
            "sqrt" => (Self::SquareRoot, 1, 1),
            "pow" => (Self::Power, 2, 2),
            "max" => (Self::Max, 1, usize::MAX),
            "min" => (Self::Min, 1, usize::MAX),
            "sum" => (Self::Sum, 1, usize::MAX),
            "ipmask" => (Self::IpMask, 2, 2),
            "nullif" => (Self::NullIf, 2, 2),
            "null" => (Self::Null, 0, 0),
            "typeof" => (Self::TypeOf, 1, 1),
            "strptime" => (Self::ParseTime, 2, 2),
            "strftime" => (Self::FormatTime, 2, 2),
            _ => return None,
        })
    }

    /// Whether an argument may be a condition.
    pub(super) fn takes_condition(self) -> bool {
        matches!(self, Self::ToText | Self::TypeOf)
    }

    /// What it gives. Nothing in gives nothing out (assumed), but for those that are about nothing.
    pub(super) fn apply(self, mut arguments: Vec<Val<'_>>) -> Val<'_> {
        if let Some(Val::Undefined(why)) = arguments
            .iter()
            .find(|value| matches!(value, Val::Undefined(_)))
        {
            return Val::Undefined(why);
        }
        match self {
            Self::Null => return Val::Null,
            Self::MvAppend => return mv::append(arguments),
            Self::TypeOf => return type_of(arguments.first()),
            Self::NullIf => return null_if(arguments),
            Self::Sum => return math::sum(arguments),
            Self::Max => return math::extreme(arguments, Ordering::Greater),
            Self::Min => return math::extreme(arguments, Ordering::Less),
            _ => {}
        }
        if arguments.iter().any(|value| matches!(value, Val::Null)) {
            // eval, "General": tostring makes a string of nothing, too; which one no page says.
            if self == Self::MvCount && verdict_faults::at("spl/engine/mvcount-of-nothing-is-zero")
            {
                return Val::Number(0.0);
            }
            return if self == Self::ToText {
                Val::Undefined("tostring() of a missing value")
            } else {
                Val::Null
            };
        }
        let rest = arguments.split_off(1.min(arguments.len()));
        let first = arguments.pop().unwrap_or(Val::Null);
        match self {
            Self::Lower => text::cased(first, str::to_lowercase),
            Self::Upper => text::cased(first, str::to_uppercase),
            Self::Len => text::len(first),
            Self::Substr => text::substr(first, &rest),
            Self::Trim => text::trim(first, &rest, true, true),
            Self::LeftTrim => text::trim(first, &rest, true, false),
            Self::RightTrim => text::trim(first, &rest, false, true),
            Self::UrlDecode => text::url_decode(first),
            Self::Split => mv::split(first, rest),
            Self::MvCount => mv::count(first),
            Self::MvIndex => mv::index(first, &rest),
            Self::MvJoin => mv::join(first, rest),
            Self::MvDedup => mv::dedup(first),
            Self::MvSort => mv::sort(first),
            Self::MvReverse => mv::reverse(first),
            Self::MvRange => mv::range(&first, &rest),
            Self::MvZip => mv::zip(first, rest),
            Self::ToNumber => to_number(first, &rest),
            Self::ToText => to_text(first, &rest),
            Self::Abs => over_number(&first, f64::abs),
            Self::Ceiling => over_number(&first, f64::ceil),
            Self::Floor => over_number(&first, f64::floor),
            Self::Round => round(&first, &rest),
            Self::SquareRoot => math::square_root(&first),
            Self::Power => math::power(&first, &rest),
            Self::IpMask => math::ip_mask(first, rest),
            Self::ParseTime => time::parse(first, rest),
            Self::FormatTime => time::format(&first, rest),
            Self::Null
            | Self::MvAppend
            | Self::TypeOf
            | Self::NullIf
            | Self::Sum
            | Self::Max
            | Self::Min => Val::Null,
        }
    }
}

fn over_number<'r>(value: &Val<'_>, function: fn(f64) -> f64) -> Val<'r> {
    value
        .number()
        .map_or(Val::Undefined("a number is wanted"), |number| {
            Val::Number(function(number))
        })
}

/// The greatest whole number up to which none is left out: 2^53 - 1. Source: Conversion functions, tostring; eval, "Long numbers".
const MOST: f64 = 9_007_199_254_740_991.0;

/// A whole number, or None.
fn whole(value: &Val<'_>) -> Option<i64> {
    let number = value.number()?;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the range is checked before"
    )]
    (number.fract() == 0.0 && number.abs() <= MOST).then_some(number as i64)
}

/// Source: Search Reference, eval, "Operators": numbers are doubles; division by zero gives no value; `+` joins two strings. How results are
/// rounded is left out (assumed).
pub(super) fn arithmetic<'r>(sign: Sign, left: Val<'r>, right: Val<'r>) -> Val<'r> {
    match (&left, &right) {
        (Val::Undefined(why), _) | (_, Val::Undefined(why)) => return Val::Undefined(why),
        (Val::Null, _) | (_, Val::Null) => return Val::Null,
        (Val::Many(_), _) | (_, Val::Many(_)) => return Val::Undefined(MANY),
        _ => {}
    }
    if let (Some(left), Some(right)) = (left.number(), right.number()) {
        return match sign {
            Sign::Plus => Val::Number(left + right),
            Sign::Minus => Val::Number(left - right),
            Sign::Times => Val::Number(left * right),
            Sign::Divide if right == 0.0 => Val::Null,
            Sign::Divide if verdict_faults::at("spl/engine/division-is-cut") => {
                Val::Number((left / right).trunc())
            }
            Sign::Divide => Val::Number(left / right),
            Sign::Remainder if right == 0.0 => Val::Undefined("a remainder of zero"),
            Sign::Remainder if left < 0.0 || right < 0.0 => {
                Val::Undefined("a remainder of a negative number")
            }
            Sign::Remainder => Val::Number(left % right),
        };
    }
    match (sign, left, right) {
        (Sign::Plus, Val::Text(left), Val::Text(right)) => {
            Val::Text(Cow::Owned(left.into_owned() + &right))
        }
        (Sign::Plus, left, right) if left.number().is_none() && right.number().is_none() => {
            match (left.single(), right.single()) {
                (Ok(left), Ok(right)) => Val::Text(Cow::Owned(left.into_owned() + &right)),
                (Err(outcome), _) | (_, Err(outcome)) => outcome,
            }
        }
        _ => Val::Undefined("arithmetic with what is no number"),
    }
}

/// Source: Conversion functions, tonumber: nothing if a field's value cannot be read; base 2 to 36.
fn to_number<'r>(value: Val<'r>, rest: &[Val<'_>]) -> Val<'r> {
    let base = match rest.first() {
        None => 10,
        Some(base) => match whole(base).and_then(|base| u32::try_from(base).ok()) {
            Some(base) if (2..=36).contains(&base) => base,
            _ => return Val::Undefined("a base of tonumber() that is none"),
        },
    };
    let text = match value {
        Val::Number(_) if base == 10 => return value,
        value => match value.single() {
            Ok(text) => text,
            Err(outcome) => return outcome,
        },
    };
    if base == 10 {
        return number(&text).map_or(Val::Null, Val::Number);
    }
    #[expect(clippy::cast_precision_loss, reason = "Splunk's numbers are doubles")]
    i64::from_str_radix(&text, base).map_or(Val::Null, |number| Val::Number(number as f64))
}

/// Source: Conversion functions, tostring: `True` and `False`; the formats are for numbers.
fn to_text<'r>(value: Val<'r>, rest: &[Val<'_>]) -> Val<'r> {
    if let Some(name) = rest.first() {
        return format::number(&value, name);
    }
    match value {
        Val::Many(_) => Val::Undefined(MANY),
        value => value.texts().pop().map_or(Val::Null, Val::Text),
    }
}

/// Source: Informational functions, typeof.
fn type_of<'r>(value: Option<&Val<'_>>) -> Val<'r> {
    let name = match value {
        None | Some(Val::Null) => "Invalid",
        Some(Val::Bool(_)) => "Bool",
        Some(Val::Many(_)) => return Val::Undefined(MANY),
        Some(Val::Undefined(why)) => return Val::Undefined(why),
        Some(value) if value.number().is_some() => "Number",
        Some(_) => "String",
    };
    Val::Text(Cow::Borrowed(name))
}

/// Source: Comparison and Conditional functions, nullif.
fn null_if(mut arguments: Vec<Val<'_>>) -> Val<'_> {
    let (second, first) = (arguments.pop(), arguments.pop());
    let (Some(first), Some(second)) = (first, second) else {
        return Val::Null;
    };
    match super::compare::compare(super::ast::Op::Equal, &first, &second) {
        super::value::Truth::True => Val::Null,
        super::value::Truth::False => first,
        super::value::Truth::Null if matches!(first, Val::Null) => Val::Null,
        super::value::Truth::Null => Val::Undefined("nullif() over a missing value"),
        super::value::Truth::Undefined(why) => Val::Undefined(why),
    }
}

/// Source: Mathematical functions, round: to so many places, or to an integer.
fn round<'r>(value: &Val<'_>, rest: &[Val<'_>]) -> Val<'r> {
    let places = match rest.first() {
        None => 0,
        Some(places) => match whole(places).and_then(|places| i32::try_from(places).ok()) {
            Some(places) if (0..=15).contains(&places) => places,
            _ => return Val::Undefined("places of round() that are none"),
        },
    };
    let Some(number) = value.number() else {
        return Val::Undefined("a number is wanted");
    };
    let scale = 10_f64.powi(places);
    Val::Number((number * scale).round() / scale)
}
