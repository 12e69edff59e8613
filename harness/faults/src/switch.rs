//! Which site is switched on, thread by thread.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

thread_local! {
    static SWITCHED: RefCell<BTreeSet<String>> = const { RefCell::new(BTreeSet::new()) };
    static ASKED: Cell<u64> = const { Cell::new(0) };
}

/// Runs `call` with the mistakes at `sites` switched on, on this thread only.
///
/// A mistake that an emitter and an engine share is two sites, switched on together. Not to be nested: the inner call's
/// sites replace the outer ones while it runs.
pub fn with<T>(sites: &[&str], call: impl FnOnce() -> T) -> T {
    let outer = SWITCHED.replace(sites.iter().map(|site| (*site).to_owned()).collect());
    let _restored = Restored(Some(outer));
    call()
}

/// How often, on this thread, a site that was switched on has been asked: zero means that the code there was not reached.
pub fn asked() -> u64 {
    ASKED.get()
}

pub(crate) fn is_on(site: &str) -> bool {
    let on = SWITCHED.with_borrow(|switched| switched.contains(site));
    if on {
        ASKED.set(ASKED.get() + 1);
    }
    on
}

/// Puts the outer sites back, when `call` panics too.
struct Restored(Option<BTreeSet<String>>);

impl Drop for Restored {
    fn drop(&mut self) {
        if let Some(outer) = self.0.take() {
            SWITCHED.replace(outer);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::with;
    use crate::at;

    #[test]
    fn a_site_is_on_inside_its_call_only() {
        assert!(!at("test/a"));
        with(&["test/a"], || {
            assert!(at("test/a"));
            assert!(!at("test/b"));
            with(&["test/b"], || assert!(at("test/b") && !at("test/a")));
            assert!(at("test/a"));
        });
        assert!(!at("test/a"));
    }

    #[test]
    fn another_thread_sees_nothing() {
        with(&["test/a"], || {
            assert!(!std::thread::scope(|scope| scope
                .spawn(|| at("test/a"))
                .join()
                .unwrap_or(true)));
        });
    }
}
