//! V01 to V03 and V10: files, the rule definition, ATT&CK, packs.

crate::codes::family! {
    YAML_SYNTAX = "V0101", "the file is not YAML";
    TOML_SYNTAX = "V0102", "the file is not TOML";
    TOO_LARGE = "V0103", "the file is too large";
    DUPLICATE_KEY = "V0104", "a key stands twice in one mapping";
    TOO_DEEP = "V0105", "the file nests too deeply";
    KEY_NOT_SCALAR = "V0106", "a key is not a scalar";
    TOO_MANY_ALIASES = "V0107", "aliases bring in too many values";
    NO_RULE = "V0108", "the file holds no rule";
    TOO_MANY_COPIES = "V0109", "carried documents bring in too many values";
    UNKNOWN_KEY = "V0201", "unknown key";
    MISSING_KEY = "V0202", "a required key is missing";
    WRONG_TYPE = "V0203", "a value has the wrong type";
    BAD_ID = "V0204", "an id is not a UUID";
    BAD_CHOICE = "V0205", "a value is not one of those allowed";
    RISK_SCORE = "V0206", "the risk score is outside 0 to 100";
    BAD_DURATION = "V0207", "a length of time cannot be read";
    DERIVED_ID = "V0208", "the rule has no id, so one was made";
    DUPLICATE_ID = "V0209", "two rules have one id";
    EMPTY_TEXT = "V0210", "a required text is empty";
    FOREIGN_KEY = "V0211", "a key does not belong to the rule's language";
    BLIND_SCHEDULE = "V0212", "the schedule leaves time that no run reads";
    BAD_DATE = "V0213", "a date cannot be read";
    KEPT_KEY = "V0214", "a key is not known and was kept as it is";
    DUPLICATE_FIXTURE = "V0220", "two fixtures have one name";
    BAD_FIXTURE = "V0221", "a fixture contradicts itself";
    UNKNOWN_PIVOT = "V0230", "the guide asks for a pivot that is not defined";
    UNUSED_PIVOT = "V0231", "the guide never uses a pivot";
    MALFORMED_BLOCK = "V0232", "the guide holds a block that names no pivot";
    UNKNOWN_TECHNIQUE = "V0301", "ATT&CK has no such technique";
    UNKNOWN_TACTIC = "V0302", "ATT&CK has no such tactic";
    RETIRED_TECHNIQUE = "V0303", "the technique was retired";
    STRAY_TACTIC = "V0304", "the tactic is not one of the technique's";
    PACK_VERSION = "V1001", "a pack's version is not three numbers";
    PACK_TARGET = "V1002", "a pack names a target that cannot be one";
    PACK_SERVICE = "V1004", "a service's version is not numbers with points";
    DUPLICATE_TARGET = "V1003", "a pack names a target twice";
    EXCEPTIONS = "V1005", "a pack's exceptions are not applied yet";
    FILTER_SHAPE = "V1040", "this is not the shape of a filter";
    FILTER_UNKNOWN_RULE = "V1041", "a filter names a rule that is not there";
    FILTER_LOGSOURCE = "V1042", "a filter that its rule's logsource does not agree with";
    FILTER_NEGATED = "V1043", "a filter whose condition is negated";
    EXCEPTION_SHAPE = "V1044", "this is not the shape of a pack's exceptions";
    NOT_UTF8 = "V0110", "the file is not UTF-8";
    NOT_EVENTS = "V0111", "the file holds no events";
}
