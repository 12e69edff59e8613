//! V06 and V07: Sigma detections and conditions.

crate::codes::family! {
    UNKNOWN_MODIFIER = "V0601", "unknown modifier";
}
