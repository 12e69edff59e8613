//! V09: what a target, or this version, cannot do.

crate::codes::family! {
    SEQUENCE = "V0901", "sequences and samples are not compiled yet";
    LANGUAGE = "V0902", "the rule is written in a language that is not compiled";
    CORRELATION = "V0903", "correlations are not compiled yet";
    FILTER = "V0904", "filters are not compiled yet";
}
