//! V08: findings about a rule's logic.

crate::codes::family! {
    NEVER_TRUE = "V0801", "the rule can never match";
    ALWAYS_TRUE = "V0802", "the rule matches every event";
    BRANCH_NEVER_TRUE = "V0803", "a part of the rule can never hold";
    BRANCH_ALWAYS_TRUE = "V0804", "a part of the rule always holds";
    SUPERFLUOUS_ALTERNATIVE = "V0805", "an alternative that another one covers";
    SUPERFLUOUS_REQUIREMENT = "V0806", "a requirement that another one implies";
    SINGLE_VALUE = "V0807", "requirements that one value cannot meet";
    VERY_LARGE = "V0808", "the rule is very large";
}
