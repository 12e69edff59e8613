//! The table of operators. Ids are append-only: figures of different days are compared by them.

/// A mistake that somebody who translates rules could make.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Operator {
    /// What names it, for ever.
    pub id: &'static str,
    /// What it does to a rule.
    pub says: &'static str,
}

/// Declares operators: a constant each, and a list of them in order.
macro_rules! operators {
    ($(#[$about:meta])* $all:ident: $($name:ident = $id:literal, $says:literal;)*) => {
        $(
            #[doc = concat!("`", $id, "`: ", $says, ".")]
            pub const $name: Operator = Operator { id: $id, says: $says };
        )*
        $(#[$about])*
        pub const $all: &[Operator] = &[$($name),*];
    };
}

operators! {
    /// Mistakes in what is said of single events, by family.
    ALL:
    // logic
    NEGATE_LEAF = "negate-leaf", "a condition negated";
    NEGATE_GROUP = "negate-group", "a group of conditions negated";
    DROP_AND_OPERAND = "drop-and-operand", "an operand of AND left out";
    DROP_OR_OPERAND = "drop-or-operand", "an operand of OR left out";
    STUCK_FALSE = "stuck-false", "an operand of AND, and all with it, never true";
    STUCK_TRUE = "stuck-true", "an operand of OR, and all with it, always true";
    AND_TO_OR = "and-to-or", "AND as OR";
    OR_TO_AND = "or-to-and", "OR as AND";
    REMOVE_NOT = "remove-not", "NOT left out";
    NOT_NEEDS_FIELD = "not-needs-field", "NOT that does not hold for a missing field";
    PARENTHESES_LOST = "parentheses-lost", "the parentheses of an OR below AND left out";
    NOT_TAKES_FIRST = "not-takes-first", "NOT over the first operand of its group only";
    EXTRA_CONJUNCT = "extra-conjunct", "an alternative that also asks for a condition from elsewhere in the rule";
    // text
    FIRST_CHARACTER_DROPPED = "first-character-dropped", "the first character of a text left out";
    LAST_CHARACTER_DROPPED = "last-character-dropped", "the last character of a text left out";
    CHARACTER_CHANGED = "character-changed", "one character of a text changed";
    BACKSLASH_DOUBLED = "backslash-doubled", "backslashes doubled";
    BACKSLASH_EATEN = "backslash-eaten", "backslashes left out";
    BACKSLASH_TO_SLASH = "backslash-to-slash", "backslashes as slashes";
    QUOTE_EATEN = "quote-eaten", "quotation marks left out";
    SPACE_TRIMMED = "space-trimmed", "spaces at the ends of a text left out";
    EQUALS_TO_CONTAINS = "equals-to-contains", "equality as containment";
    EQUALS_TO_STARTS = "equals-to-starts", "equality as a beginning";
    EQUALS_TO_ENDS = "equals-to-ends", "equality as an end";
    STARTS_TO_EQUALS = "starts-to-equals", "a beginning as equality";
    STARTS_TO_CONTAINS = "starts-to-contains", "a beginning as containment";
    STARTS_TO_ENDS = "starts-to-ends", "a beginning as an end";
    ENDS_TO_EQUALS = "ends-to-equals", "an end as equality";
    ENDS_TO_CONTAINS = "ends-to-contains", "an end as containment";
    ENDS_TO_STARTS = "ends-to-starts", "an end as a beginning";
    CONTAINS_TO_EQUALS = "contains-to-equals", "containment as equality";
    CONTAINS_TO_STARTS = "contains-to-starts", "containment as a beginning";
    CONTAINS_TO_ENDS = "contains-to-ends", "containment as an end";
    START_ANCHOR_LOST = "start-anchor-lost", "a pattern that may also begin later in the text";
    END_ANCHOR_LOST = "end-anchor-lost", "a pattern that may also end earlier in the text";
    START_ANCHOR_GAINED = "start-anchor-gained", "a pattern that must begin with the text";
    END_ANCHOR_GAINED = "end-anchor-gained", "a pattern that must end with the text";
    // case
    CASE_KEPT = "case-kept", "letters compared exactly";
    CASE_LOST = "case-lost", "letters compared without regard to case";
    // wildcards
    ONE_AS_RUN = "one-as-run", "`?` as `*`";
    ONE_AS_LITERAL = "one-as-literal", "`?` as the character itself";
    ONE_AS_OPTIONAL = "one-as-nothing", "`?` left out";
    RUN_AS_LITERAL = "run-as-literal", "`*` as the character itself";
    RUN_AS_ONE = "run-as-one", "`*` between texts as `?`";
    RUN_DROPPED = "run-dropped", "`*` between texts left out";
    RUN_NOT_EMPTY = "run-not-empty", "`*` that does not stand for nothing";
    RUN_WITHIN_LINE = "run-within-line", "wildcards that take no newline";
    LITERAL_AS_WILDCARD = "literal-as-wildcard", "a literal `*` or `?` as a wildcard";
    // numbers
    NUMBER_UP = "number-up", "a number more by one";
    NUMBER_DOWN = "number-down", "a number less by one";
    BOUND_LOOSENED = "bound-loosened", "`<` as `<=`, `>` as `>=`";
    BOUND_TIGHTENED = "bound-tightened", "`<=` as `<`, `>=` as `>`";
    COMPARISON_FLIPPED = "comparison-flipped", "`<` as `>`, and so on";
    EQUAL_TO_AT_LEAST = "equal-to-at-least", "`==` as `>=`";
    NUMERAL_AS_TEXT = "numeral-as-text", "a number without quotes as text only";
    NUMERAL_AS_NUMBER = "numeral-as-number", "a number without quotes as a number only";
    NUMBER_AS_TEXT = "number-as-text", "numbers ordered as texts";
    TRUTH_FLIPPED = "truth-flipped", "true as false, false as true";
    // presence
    MISSING_IGNORES_NULL = "missing-ignores-null", "an explicit null is not missing";
    MISSING_TAKES_EMPTY = "missing-takes-empty", "the empty text is missing";
    PRESENT_TAKES_NULL = "present-takes-null", "a null or an empty list is a value";
    PRESENT_REFUSES_EMPTY = "present-refuses-empty", "the empty text is no value";
    KEY_NEEDS_VALUE = "key-needs-value", "a key over null does not stand in the event";
    EMPTY_TAKES_MISSING = "empty-takes-missing", "a missing field is an empty text";
    FALSE_TAKES_MISSING = "false-takes-missing", "a missing field is false";
    // lists
    FIRST_VALUE_ONLY = "first-value-only", "only the first value of a list";
    EVERY_VALUE = "every-value", "every value of a list instead of any";
    LIST_HALVED = "list-halved", "the second half of a list of alternatives left out";
    // networks
    PREFIX_LONGER = "prefix-longer", "a network's prefix longer by a bit";
    PREFIX_SHORTER = "prefix-shorter", "a network's prefix shorter by a bit";
    V6_LEFT_OUT = "v6-left-out", "a network of IPv6 left out";
    NETWORK_AS_TEXT = "network-as-text", "a network as the beginning of a text";
    // regular expressions
    REGEX_CASE_KEPT = "regex-case-kept", "an expression's letters compared exactly";
    REGEX_CASE_LOST = "regex-case-lost", "an expression's letters compared without regard to case";
    REGEX_UNANCHORED = "regex-unanchored", "an expression's `^` and `$` left out, or a whole match as a search";
    REGEX_ANCHORED = "regex-anchored", "an expression searched as a match of the whole text";
    REGEX_DOT_TAKES_NEWLINE = "regex-dot-takes-newline", "`.` that takes a newline";
    REGEX_DOT_WITHIN_LINE = "regex-dot-within-line", "`.` that takes no newline";
    REGEX_LESS_REPEATED = "regex-less-repeated", "the least repetition less by one";
    REGEX_MORE_REPEATED = "regex-more-repeated", "the least repetition more by one";
    REGEX_ALTERNATIVE_DROPPED = "regex-alternative-dropped", "the last alternative of an expression left out";
    // dates
    INSTANT_LATER = "instant-later", "an instant later by a millisecond";
    INSTANT_EARLIER = "instant-earlier", "an instant earlier by a millisecond";
    PART_UP = "part-up", "a part of a date more by one";
    PART_DOWN = "part-down", "a part of a date less by one";
    PART_REPLACED = "part-replaced", "another part of the date";
    // versions and the order of texts
    VERSION_AS_TEXT = "version-as-text", "versions ordered as texts";
    VERSION_UP = "version-up", "a version with one part more";
    ORDER_IN_LOWER_CASE = "order-in-lower-case", "texts ordered by their lower case";
    // fields
    FIELD_REPLACED = "field-replaced", "another field of the rule";
    FIELD_UNKNOWN = "field-unknown", "a field that no event has";
    SIDES_SWAPPED = "sides-swapped", "the sides of a relation swapped";
    FIELD_AS_LITERAL = "field-as-literal", "a field's name as a text";
    RELATION_CASE_KEPT = "relation-case-kept", "letters of two fields compared exactly";
    RELATION_CASE_LOST = "relation-case-lost", "letters of two fields compared without regard to case";
    RELATION_OF_NUMBERS = "relation-of-numbers", "two texts that stand so as the numbers that they read as";
    RELATION_OF_DIGITS = "relation-of-digits", "two numbers compared by how they are written";
    RELATION_TO_EQUALS = "relation-to-equals", "a part of another field's text as equality";
    ARGUMENT_UP = "argument-up", "a number that a function is given more by one";
    ARGUMENT_DOWN = "argument-down", "a number that a function is given less by one";
    ARGUMENTS_SWAPPED = "arguments-swapped", "the first two arguments of a function swapped";
    FUNCTION_LEFT_OUT = "function-left-out", "a function's first argument instead of its value";
    // keywords
    KEYWORD_ONE_FIELD = "keyword-one-field", "a keyword looked for in one field only";
    KEYWORD_WHOLE = "keyword-whole", "a keyword as the whole of a text";
    KEYWORD_CASE_KEPT = "keyword-case-kept", "a keyword's letters compared exactly";
    KEYWORD_FIRST_DROPPED = "keyword-first-dropped", "the first character of a keyword left out";
    KEYWORD_LAST_DROPPED = "keyword-last-dropped", "the last character of a keyword left out";
}

operators! {
    /// Mistakes in how events come together.
    SERIES:
    // sequences and samples
    STAGE_DROPPED = "stage-dropped", "a stage of a sequence, or a term of a sample, left out";
    STAGE_DOUBLED = "stage-doubled", "a stage, or a term, asked for twice";
    STAGES_SWAPPED = "stages-swapped", "two stages in the other order";
    RUNS_MORE = "runs-more", "one event more in a row";
    RUNS_FEWER = "runs-fewer", "one event fewer in a row";
    MISSING_AS_EVENT = "missing-as-event", "an event that must be missing as one that must be there";
    KEY_DROPPED = "key-dropped", "a key that joins events left out";
    KEYS_SWAPPED = "keys-swapped", "the first two keys of a term in the other order";
    KEY_NULL_JOINS = "key-null-joins", "a missing key that joins";
    KEY_NULL_APART = "key-null-apart", "a missing key that does not join, though it may be missing";
    SPAN_LONGER = "span-longer", "the time of a sequence longer by a millisecond";
    SPAN_SHORTER = "span-shorter", "the time of a sequence shorter by a millisecond";
    SPAN_DROPPED = "span-dropped", "the time of a sequence not limited";
    UNTIL_DROPPED = "until-dropped", "what ends a sequence left out";
    LIMIT_DROPPED = "limit-dropped", "`head` or `tail` left out";
    HEAD_AS_TAIL = "head-as-tail", "the first matches as the last, and the other way round";
    // correlations
    THRESHOLD_UP = "threshold-up", "a number that is counted to more by one";
    THRESHOLD_DOWN = "threshold-down", "a number that is counted to less by one";
    THRESHOLD_TURNED = "threshold-turned", "a bound from the other side";
    THRESHOLD_EDGE = "threshold-edge", "a bound that takes its number, or that does not";
    THRESHOLD_NEGATED = "threshold-negated", "an equal count as another one";
    BOUND_DROPPED = "bound-dropped", "one of several bounds left out";
    WINDOW_LONGER = "window-longer", "a window longer by a millisecond";
    WINDOW_SHORTER = "window-shorter", "a window shorter by a millisecond";
    GROUP_DROPPED = "group-dropped", "a field that groups left out";
    GROUPS_SWAPPED = "groups-swapped", "the first two fields that group in the other order for one rule";
    ORDER_DROPPED = "order-dropped", "rules in any order";
    ORDER_ASKED = "order-asked", "rules in the order in which they are written";
    RULE_DROPPED = "rule-dropped", "one of several rules left out";
    RULES_SWAPPED = "rules-swapped", "two rules in the other order";
    VALUES_AS_EVENTS = "values-as-events", "events counted instead of values";
    VALUE_DROPPED = "value-dropped", "one of several counted fields left out";
    VALUE_REPLACED = "value-replaced", "another field measured";
    MEASURE_REPLACED = "measure-replaced", "a sum as a mean, a mean as a sum, a percentile as a mean";
    PERCENTILE_AS_MOST = "percentile-as-most", "a percentile as the greatest value";
}
