//! V09: what a target, or this version, cannot do.

crate::codes::family! {
    SEQUENCE = "V0901", "sequences and samples are not compiled yet";
    LANGUAGE = "V0902", "the rule is written in a language that is not compiled";
    CORRELATION = "V0903", "correlations are not compiled yet";
    FILTER = "V0904", "filters are not compiled yet";
    RESULT_LIMIT = "V0905", "the query limits its results";
    DATE_MATH = "V0906", "a date is relative to now";
    NESTED_TRUTH = "V0907", "conditions are compared with one another too deeply";
    KQL_COLUMN_NAME = "V0910", "Kusto has no columns of this name";
    KQL_REGEX = "V0911", "Kusto's regular expressions cannot say it";
    KQL_LIST_TEST = "V0912", "Kusto cannot look at each value of a list so";
    KQL_TYPE = "V0913", "the column's type cannot carry the test";
    KQL_FUNCTION = "V0914", "Kusto cannot compute the function exactly";
    KQL_VERSION = "V0915", "Kusto cannot compare versions so";
    KQL_RELATION = "V0916", "Kusto cannot compare two columns so";
    KQL_INSTANT = "V0917", "the instant lies outside Kusto's calendar";
    KQL_PROFILE = "V0918", "Kusto has no such profile";
    QUERY_REFUSED = "V0950", "the engine refuses the query";
    RUST_REGEX = "V0960", "Rust's regular expressions cannot say it";
}
