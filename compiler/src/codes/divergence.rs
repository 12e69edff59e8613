//! Named divergences: differences that no translation can remove. Each has a predicate over events in the harness.

crate::codes::family! {
    EMPTY_IS_MISSING = "empty-is-missing", "the target cannot tell an empty text from a missing value";
    NULL_IS_MISSING = "null-is-missing", "the target cannot tell a key without a value from a missing key";
    KEYWORD_SCOPE = "keyword-scope", "the target searches keywords in other places than every string of the event";
    KEYWORD_RAW = "keyword-raw", "the target searches keywords in the event's text, keys and numbers included";
    NON_ASCII_CASE = "non-ascii-case", "the target ignores the case of letters outside ASCII in another way";
    NUMBER_PRECISION = "number-precision", "the target keeps numbers as doubles";
    ADDRESS_TEXT = "address-text", "the target reads more texts as addresses";
    DATE_TEXT = "date-text", "the target reads more texts as dates";
    NUMBER_TEXT = "number-text", "the target reads more texts as numbers";
    SEPARATOR_IN_VALUE = "separator-in-value", "the target joins lists with a separator that a value holds";
    COLUMN_CASE = "column-case", "the target's data do not keep the case of letters that the rule looks at";
    PLATFORM_SCOPE = "platform-scope", "the target's table holds events of every platform and does not say of which";
    OPTIONAL_FIELD = "optional-field", "the target's data lack a field that the rule can do without";
    WINDOW_CAP = "window-cap", "the target looks back over so many events only";
    RESULT_CAP = "result-cap", "the target gives out so many rows only";
}
