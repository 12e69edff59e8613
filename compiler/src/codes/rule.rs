//! V01 to V03: files, the rule definition, ATT&CK.

crate::codes::family! {
    YAML_SYNTAX = "V0101", "the file is not YAML";
    TOML_SYNTAX = "V0102", "the file is not TOML";
    TOO_LARGE = "V0103", "the file is too large";
    DUPLICATE_KEY = "V0104", "a key stands twice in one mapping";
    TOO_DEEP = "V0105", "the file nests too deeply";
    KEY_NOT_SCALAR = "V0106", "a key is not a scalar";
    TOO_MANY_ALIASES = "V0107", "aliases bring in too many values";
}
