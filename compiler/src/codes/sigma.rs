//! V06 and V07: Sigma detections and conditions.

crate::codes::family! {
    UNKNOWN_MODIFIER = "V0601", "unknown modifier";
    MODIFIER_CONFLICT = "V0602", "modifiers that do not go together";
    MODIFIER_TWICE = "V0603", "a modifier stands twice";
    VALUE_KIND = "V0604", "a value of the wrong kind for its modifiers";
    DETECTION_SHAPE = "V0605", "this is not the shape of a detection";
    EMPTY_DETECTION = "V0606", "a detection without content";
    UNRESOLVED_PLACEHOLDER = "V0607", "a placeholder without values";
    REGEX_SYNTAX = "V0608", "not a regular expression";
    REGEX_UNSUPPORTED = "V0609", "a regular expression that not every engine can run";
    NOT_A_NETWORK = "V0610", "not an IP network";
    WINDASH_PLACES = "V0611", "too many dashes for windash";
    ENCODED_WILDCARD = "V0612", "a wildcard in a value that is encoded";
    ENCODED_TOO_SHORT = "V0613", "a value too short for base64offset";
    KEYWORD_MODIFIER = "V0614", "a modifier that needs a field";
    NULL_IN_LIST = "V0615", "null in a list of values";
    EMPTY_LIST = "V0616", "an empty list of values";
    SINGLE_ALL = "V0617", "`all` on a single value";
    TOO_MANY_VALUES = "V0618", "a value stands for too many values";
    UNKNOWN_LOGSOURCE = "V0619", "a logsource that nothing is known of";
    LOGSOURCE_TABLE = "V0620", "the logsource table is damaged";
    DATE_PART_RANGE = "V0621", "a part of a date that no date has";
    SHARE = "V0622", "two backslashes before a host mean one";
    CORRELATION_SHAPE = "V0650", "this is not the shape of a correlation";
    CORRELATION_TYPE = "V0651", "a type that no correlation has";
    TIMESPAN = "V0652", "a timespan that is no length of time";
    CORRELATION_CONDITION = "V0653", "a condition that no correlation of this type has";
    UNKNOWN_RULE = "V0654", "a correlation refers to a rule that is not there";
    AMBIGUOUS_RULE = "V0655", "several rules have the name that is referred to";
    CORRELATION_CYCLE = "V0656", "correlations refer to each other without end";
    NOT_CORRELATED = "V0657", "a rule that cannot be correlated";
    CORRELATION_ALIAS = "V0658", "an alias that does not fit";
    WHICH_PERCENTILE = "V0659", "`value_percentile` without a percentile";
    RENAMED_GROUP = "V0660", "a field that the sources of a correlated rule call by different names";
    CONDITION_MISSING = "V0701", "a detection without a condition";
    CONDITION_SYNTAX = "V0702", "unexpected token in a condition";
    UNKNOWN_DETECTION = "V0703", "the condition names a detection that does not exist";
    SELECTS_NOTHING = "V0704", "a pattern that selects no detection";
    COUNT_OF = "V0705", "only `1 of`, `any of` and `all of` count detections";
    AGGREGATION = "V0706", "the old aggregation expressions are gone";
    CONDITION_DEPTH = "V0707", "the condition nests too deeply";
    UNUSED_DETECTION = "V0708", "a detection that the condition does not use";
    TIMEFRAME = "V0709", "`timeframe` without an effect";
    RULE_SIZE = "V0710", "the rule is too large";
}
