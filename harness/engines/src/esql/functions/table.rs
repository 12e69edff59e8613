//! The table of functions.
//!
//! Source: docs, functions and operators, the page of each function ("Parameters", "Supported types", the version in its badge);
//! elasticsearch, `EsqlFunctionRegistry`.

use super::{
    Apply, Every, Function, Gives, Kind, Make, Special, Version, date, many, number, text,
};
use crate::esql::value::Type;
use Kind::{Any, Boolean, Date, Integer, Ip, Literal, Number, Text};

const FIRST: Version = Version::new(8, 11);

const fn function(name: &'static str, takes: &'static [Kind], gives: Type, make: Make) -> Function {
    Function {
        name,
        since: FIRST,
        takes,
        least: takes.len(),
        repeats: false,
        gives: Gives::Fixed(gives),
        make,
    }
}

impl Function {
    const fn since(self, major: u16, minor: u16) -> Self {
        Self {
            since: Version::new(major, minor),
            ..self
        }
    }

    const fn least(self, least: usize) -> Self {
        Self { least, ..self }
    }

    const fn repeats(self) -> Self {
        Self {
            repeats: true,
            ..self
        }
    }

    const fn same(self) -> Self {
        Self {
            gives: Gives::Same,
            ..self
        }
    }
}

const fn call(
    name: &'static str,
    takes: &'static [Kind],
    gives: Type,
    apply: fn(&[crate::esql::value::Scalar<'_>]) -> Option<crate::esql::value::Scalar<'static>>,
) -> Function {
    function(name, takes, gives, Make::Call(Apply(apply)))
}

const fn whole(
    name: &'static str,
    takes: &'static [Kind],
    gives: Type,
    apply: fn(&[crate::esql::value::Val<'_>]) -> crate::esql::value::Val<'static>,
) -> Function {
    function(name, takes, gives, Make::Whole(apply))
}

const fn cast(name: &'static str, to: Type) -> Function {
    function(name, &[Any], to, Make::Each(Every::Cast(to)))
}

const fn special(
    name: &'static str,
    takes: &'static [Kind],
    gives: Type,
    special: Special,
) -> Function {
    function(name, takes, gives, Make::Special(special))
}

/// Other names of functions. Source: `EsqlFunctionRegistry`.
const ALIASES: [(&str, &str); 8] = [
    ("to_bool", "to_boolean"),
    ("to_dt", "to_datetime"),
    ("to_dbl", "to_double"),
    ("to_int", "to_integer"),
    ("to_str", "to_string"),
    ("to_ul", "to_unsigned_long"),
    ("to_ulong", "to_unsigned_long"),
    ("to_ver", "to_version"),
];

const TEXTS: [Function; 23] = [
    call("concat", &[Text, Text], Type::Keyword, text::concat).repeats(),
    call("length", &[Text], Type::Integer, text::length),
    call("byte_length", &[Text], Type::Integer, text::byte_length).since(8, 17),
    call("bit_length", &[Text], Type::Integer, text::bit_length).since(8, 17),
    call(
        "substring",
        &[Text, Integer, Integer],
        Type::Keyword,
        text::substring,
    )
    .least(2),
    call("left", &[Text, Integer], Type::Keyword, text::left),
    call("right", &[Text, Integer], Type::Keyword, text::right),
    call(
        "locate",
        &[Text, Text, Integer],
        Type::Integer,
        text::locate,
    )
    .least(2)
    .since(8, 14),
    call("trim", &[Text], Type::Keyword, text::trim),
    call("ltrim", &[Text], Type::Keyword, text::ltrim),
    call("rtrim", &[Text], Type::Keyword, text::rtrim),
    call("repeat", &[Text, Integer], Type::Keyword, text::repeat).since(8, 15),
    call("space", &[Integer], Type::Keyword, text::space).since(8, 16),
    call("reverse", &[Text], Type::Keyword, text::reverse).since(8, 16),
    call("to_base64", &[Text], Type::Keyword, text::to_base64).since(8, 14),
    call("from_base64", &[Text], Type::Keyword, text::from_base64).since(8, 14),
    special(
        "replace",
        &[Text, Text, Text],
        Type::Keyword,
        Special::Replace,
    ),
    special(
        "starts_with",
        &[Text, Text],
        Type::Boolean,
        Special::StartsWith,
    ),
    special("ends_with", &[Text, Text], Type::Boolean, Special::EndsWith),
    special("contains", &[Text, Text], Type::Boolean, Special::Contains).since(9, 2),
    function("to_lower", &[Text], Type::Keyword, Make::Each(Every::Lower)),
    function("to_upper", &[Text], Type::Keyword, Make::Each(Every::Upper)),
    whole("split", &[Text, Text], Type::Keyword, text::split),
];

const CONVERSIONS: [Function; 9] = [
    cast("to_boolean", Type::Boolean),
    cast("to_integer", Type::Integer),
    cast("to_long", Type::Long),
    cast("to_unsigned_long", Type::UnsignedLong),
    cast("to_double", Type::Double),
    cast("to_string", Type::Keyword),
    cast("to_datetime", Type::Date),
    cast("to_ip", Type::Ip),
    cast("to_version", Type::Version),
];

const NUMBERS: [Function; 17] = [
    call("abs", &[Number], Type::Double, number::abs).same(),
    call("ceil", &[Number], Type::Double, number::ceil).same(),
    call("floor", &[Number], Type::Double, number::floor).same(),
    call("round", &[Number, Integer], Type::Double, number::round)
        .least(1)
        .same(),
    call("sqrt", &[Number], Type::Double, number::sqrt),
    call("cbrt", &[Number], Type::Double, number::cbrt).since(8, 16),
    call("exp", &[Number], Type::Double, number::exp).since(8, 16),
    call("log", &[Number, Number], Type::Double, number::log).least(1),
    call("log10", &[Number], Type::Double, number::log10),
    call("pow", &[Number, Number], Type::Double, number::pow),
    call("signum", &[Number], Type::Double, number::signum).since(8, 15),
    call("hypot", &[Number, Number], Type::Double, number::hypot).since(8, 16),
    whole("pi", &[], Type::Double, |_| {
        number::constant(std::f64::consts::PI)
    }),
    whole("e", &[], Type::Double, |_| {
        number::constant(std::f64::consts::E)
    }),
    whole("tau", &[], Type::Double, |_| {
        number::constant(std::f64::consts::TAU)
    }),
    special(
        "greatest",
        &[Any],
        Type::Null,
        Special::Extreme(Apply(number::greatest)),
    )
    .repeats()
    .same(),
    special(
        "least",
        &[Any],
        Type::Null,
        Special::Extreme(Apply(number::least)),
    )
    .repeats()
    .same(),
];

const LISTS: [Function; 24] = [
    whole("mv_concat", &[Text, Text], Type::Keyword, many::concat),
    whole("mv_count", &[Any], Type::Integer, many::count),
    whole("mv_first", &[Any], Type::Null, many::first)
        .same()
        .since(8, 13),
    whole("mv_last", &[Any], Type::Null, many::last)
        .same()
        .since(8, 13),
    whole("mv_min", &[Any], Type::Null, many::min).same(),
    whole("mv_max", &[Any], Type::Null, many::max).same(),
    whole("mv_sum", &[Number], Type::Null, many::sum).same(),
    whole("mv_avg", &[Number], Type::Double, many::avg),
    whole("mv_median", &[Number], Type::Null, many::median).same(),
    whole("mv_dedupe", &[Any], Type::Null, many::dedupe).same(),
    whole("mv_sort", &[Any, Literal], Type::Null, many::sort)
        .least(1)
        .same()
        .since(8, 14),
    whole(
        "mv_slice",
        &[Any, Integer, Integer],
        Type::Null,
        many::slice,
    )
    .least(2)
    .same()
    .since(8, 14),
    whole("mv_zip", &[Text, Text, Text], Type::Keyword, many::zip)
        .least(2)
        .since(8, 14),
    special(
        "mv_append",
        &[Any, Any],
        Type::Null,
        Special::SameTypes(many::append),
    )
    .same()
    .since(8, 15),
    special(
        "mv_contains",
        &[Any, Any],
        Type::Boolean,
        Special::SameTypes(many::contains),
    )
    .since(9, 2),
    special(
        "mv_intersects",
        &[Any, Any],
        Type::Boolean,
        Special::SameTypes(many::intersects),
    )
    .since(9, 3),
    special(
        "mv_intersection",
        &[Any, Any],
        Type::Null,
        Special::SameTypes(many::intersection),
    )
    .same()
    .since(9, 3),
    special(
        "mv_difference",
        &[Any, Any],
        Type::Null,
        Special::SameTypes(many::difference),
    )
    .same()
    .since(9, 4),
    special(
        "mv_union",
        &[Any, Any],
        Type::Null,
        Special::SameTypes(many::union),
    )
    .same()
    .since(9, 3),
    special("mv_like", &[Text, Literal], Type::Boolean, Special::MvLike).since(9, 6),
    special(
        "mv_rlike",
        &[Text, Literal],
        Type::Boolean,
        Special::MvRlike,
    )
    .since(9, 6),
    special("coalesce", &[Any], Type::Null, Special::Coalesce)
        .repeats()
        .same(),
    special("case", &[Boolean, Any, Any], Type::Null, Special::Case)
        .least(2)
        .repeats()
        .same(),
    special("cidr_match", &[Ip, Text], Type::Boolean, Special::CidrMatch).repeats(),
];

const DATES: [Function; 6] = [
    special("date_trunc", &[Any, Date], Type::Date, Special::DateTrunc),
    special(
        "date_extract",
        &[Text, Date],
        Type::Long,
        Special::DatePart(Apply(date::extract)),
    ),
    special(
        "date_diff",
        &[Text, Date, Date],
        Type::Integer,
        Special::DatePart(Apply(date::diff)),
    )
    .since(8, 13),
    call("day_name", &[Date], Type::Keyword, date::day_name).since(9, 2),
    call("month_name", &[Date], Type::Keyword, date::month_name).since(9, 2),
    call(
        "ip_prefix",
        &[Ip, Integer, Integer],
        Type::Ip,
        text::ip_prefix,
    )
    .since(8, 14),
];

/// The function with a name, in any case.
pub(in crate::esql) fn find(name: &str) -> Option<&'static Function> {
    let lower = name.to_ascii_lowercase();
    let alias = ALIASES.iter().find(|(alias, _)| *alias == lower);
    let wanted = alias.map_or(lower.as_str(), |(_, name)| name);
    let tables: [&'static [Function]; 5] = [&TEXTS, &CONVERSIONS, &NUMBERS, &LISTS, &DATES];
    tables
        .into_iter()
        .flatten()
        .find(|function| function.name == wanted)
}
