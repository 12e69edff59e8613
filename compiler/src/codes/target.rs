//! V09: what a target, or this version, cannot do.

crate::codes::family! {
    SEQUENCE = "V0901", "sequences and samples are not compiled yet";
    LANGUAGE = "V0902", "the rule is written in a language that is not compiled";
    RESULT_LIMIT = "V0910", "the query limits its results";
    DATE_MATH = "V0911", "a date is relative to now";
    NESTED_TRUTH = "V0912", "conditions are compared with one another too deeply";
}
