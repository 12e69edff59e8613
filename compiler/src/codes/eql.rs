//! V04 and V05: EQL syntax, types and meaning.

crate::codes::family! {
    UNEXPECTED_TOKEN = "V0401", "unexpected token in EQL";
}
