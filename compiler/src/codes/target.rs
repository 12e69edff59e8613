//! V09: what a target, or this version, cannot do.

crate::codes::family! {
    SEQUENCE = "V0901", "sequences and samples are not compiled yet";
    LANGUAGE = "V0902", "the rule is written in a language that is not compiled";
    CORRELATION = "V0903", "correlations are not compiled yet";
    FILTER = "V0904", "filters are not compiled yet";
    RESULT_LIMIT = "V0905", "the query limits its results";
    DATE_MATH = "V0906", "a date is relative to now";
    NESTED_TRUTH = "V0907", "conditions are compared with one another too deeply";
    QUERY_REFUSED = "V0950", "the engine refuses the query";
}
