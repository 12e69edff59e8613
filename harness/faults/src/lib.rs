//! Mistakes that a test switches on inside emitters and engines, to see whether the harness notices.
//!
//! A *site* is one place where a mistake can be made: a branch of a plan, a character that is escaped. The code there asks
//! [`at`] whether the mistake is switched on and, if so, makes it. Without the feature `on` the answer is the constant
//! `false`, and the compiler removes the question: a shipped binary holds no fault.
//!
//! A fault holds on one thread, for the length of one call of [`with`], so tests run side by side.

#[cfg(feature = "on")]
mod switch;

#[cfg(feature = "on")]
pub use switch::{asked, asked_during, with};

/// Whether the mistake at `site` is to be made now, on this thread.
///
/// A site is written `language/file/mistake`, once in all sources, as a literal: a test reads the sources for them.
#[cfg(feature = "on")]
pub fn at(site: &'static str) -> bool {
    switch::is_on(site)
}

/// Whether the mistake at `site` is to be made now: never, in a build without the feature `on`.
#[cfg(not(feature = "on"))]
#[inline(always)]
#[expect(
    clippy::inline_always,
    reason = "the question must cost nothing where nobody can switch it on"
)]
pub const fn at(_site: &'static str) -> bool {
    false
}
