//! The stable printed form of an IR.
