//! Texts with everything that quoting, wildcards and regular expressions trip over.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

const PIECES: &[&str] = &[
    "a", "B", "cmd", ".exe", "\\", "\\\\", "*", "?", "\\*", "\\?", "'", "\"", " ", "/", "-", "%",
    "_", "[", "(", "|", "$", "^", ".", "+", "{", "#", "@", "~", "&", "<", "é", "1", "0", "k", "ß",
];

/// A short text made of pieces that mean something to somebody.
pub(crate) fn nasty() -> BoxedStrategy<String> {
    vec(select(PIECES), 1..6)
        .prop_map(|pieces| pieces.concat())
        .boxed()
}

/// A short text of ordinary characters: two of them meet often.
pub(crate) fn plain() -> BoxedStrategy<String> {
    const PLAIN: &[&str] = &["a", "b", "A", "cmd", ".", "\\\\x", "1", "ab", " "];
    vec(select(PLAIN), 1..4)
        .prop_map(|pieces| pieces.concat().replace("\\\\", "\\"))
        .boxed()
}

/// Either.
pub(crate) fn text() -> BoxedStrategy<String> {
    prop_oneof![1 => nasty(), 1 => plain()].boxed()
}

/// One of these texts.
pub(crate) fn one_of(texts: &'static [&'static str]) -> BoxedStrategy<String> {
    select(texts).prop_map(str::to_owned).boxed()
}
