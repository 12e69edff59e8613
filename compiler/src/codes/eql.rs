//! V04 and V05: EQL syntax, types and meaning.

crate::codes::family! {
    UNEXPECTED_TOKEN = "V0401", "unexpected token in EQL";
    UNKNOWN_CHARACTER = "V0402", "a character that EQL does not know";
    UNTERMINATED = "V0403", "a string, name or comment without an end";
    ESCAPE = "V0404", "unknown escape in a string";
    OLD_STRING = "V0405", "a string of an older EQL";
    SINGLE_EQUALS = "V0406", "a single equals sign in a condition";
    KEYWORD_CASE = "V0407", "a keyword in capital letters";
    NUMBER = "V0408", "a number out of range";
    TOO_DEEP = "V0409", "the query nests too deeply";
    UNKNOWN_FUNCTION = "V0410", "unknown function";
    ARITY = "V0411", "wrong number of arguments";
    CHAINED = "V0412", "comparisons in a chain";
    SEQUENCE_SHAPE = "V0413", "malformed sequence or sample";
    UNKNOWN_PIPE = "V0414", "unknown pipe";
    NOT_CONSTANT = "V0415", "a pattern that is no constant";
    NO_INSENSITIVE_FORM = "V0416", "a function without a form that ignores case";
    FIELD_COMPARISON = "V0501", "two fields are compared";
    TYPE_MISMATCH = "V0502", "values of different types are compared";
    NOT_TEXT = "V0503", "a pattern on something that is no text";
    NOT_BOOLEAN = "V0504", "a condition that is no condition";
    NOT_NUMBER = "V0505", "arithmetic on something that is no number";
    ARRAY_INDEX = "V0506", "an element of a list is chosen";
    FIELD_TYPE = "V0507", "a field of a type that EQL cannot query";
    UNKNOWN_FIELD = "V0508", "unknown field";
    CONTRADICTION = "V0509", "the literals give a field two types";
    LITERAL = "V0510", "a literal that the field's type cannot hold";
    WILDCARD_IN_EQUALS = "V0511", "a wildcard where none is active";
    REGEX = "V0512", "malformed regular expression";
    ARGUMENT = "V0513", "an argument of the wrong type";
    UNMAPPED_OPTIONAL = "V0514", "an optional field that no index maps";
    NULL_IN_LIST = "V0515", "null in a list";
    IDLE_OPTIONAL = "V0516", "an optional field without which the rule never matches";
}
