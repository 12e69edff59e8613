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
    ESQL_COLUMN_NAME = "V0920", "Elasticsearch has no fields of this name";
    ESQL_REGEX = "V0921", "Lucene's regular expressions cannot say it";
    ESQL_LIST_TEST = "V0922", "ES|QL cannot look at each value of a list so";
    ESQL_TYPE = "V0923", "the field's type cannot carry the test in ES|QL";
    ESQL_FUNCTION = "V0924", "ES|QL cannot compute the function exactly";
    ESQL_RELATION = "V0925", "ES|QL cannot compare two columns so";
    ESQL_INSTANT = "V0926", "the instant lies outside the years that ES|QL writes";
    ESQL_VERSION = "V0927", "the version of Elasticsearch is too old";
    ESQL_PROFILE = "V0928", "ES|QL has no such profile";
    ESQL_SIZE = "V0929", "the query is larger than ES|QL takes";
    EQL_FIELD_NAME = "V0930", "EQL cannot name the field";
    EQL_REGEX = "V0931", "Lucene's regular expressions cannot say it";
    EQL_TYPE = "V0932", "the field's type cannot carry the test in EQL";
    EQL_ADDRESS = "V0933", "EQL cannot hold the address against the network";
    EQL_FUNCTION = "V0934", "EQL cannot compute the value so";
    EQL_RELATION = "V0935", "EQL cannot compare two fields so";
    EQL_DATE_PART = "V0936", "EQL has no parts of dates";
    EQL_PROFILE = "V0937", "EQL has no such profile";
    SPL_FIELD_NAME = "V0940", "Splunk has no field that can be written by this name";
    SPL_REGEX = "V0941", "Splunk's regular expressions cannot say it";
    SPL_FUNCTION = "V0942", "Splunk cannot compute the function exactly";
    SPL_VERSION = "V0943", "Splunk cannot compare versions so";
    SPL_RELATION = "V0944", "Splunk cannot compare two fields so";
    SPL_DATE = "V0945", "Splunk does not read dates as the rule does";
    SPL_TYPE = "V0946", "no field of Splunk holds objects";
    SPL_PROFILE = "V0947", "Splunk has no such profile";
    QUERY_REFUSED = "V0950", "the engine refuses the query";
    RUST_REGEX = "V0960", "Rust's regular expressions cannot say it";
}
