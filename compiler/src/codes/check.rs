//! V08: findings about a rule's logic.

crate::codes::family! {
    NEVER_TRUE = "V0801", "the rule can never match";
}
