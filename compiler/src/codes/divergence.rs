//! Named divergences: differences that no translation can remove. Each has a predicate over events in the harness.

crate::codes::family! {
    EMPTY_IS_MISSING = "empty-is-missing", "the target cannot tell an empty text from a missing value";
    KEYWORD_SCOPE = "keyword-scope", "the target searches keywords in other places than every string of the event";
    NON_ASCII_CASE = "non-ascii-case", "the target ignores the case of ASCII letters only";
    NUMBER_PRECISION = "number-precision", "the target keeps numbers as doubles";
}
