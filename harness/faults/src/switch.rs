//! Which site is switched on, thread by thread.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

thread_local! {
    static SWITCHED: RefCell<BTreeSet<String>> = const { RefCell::new(BTreeSet::new()) };
    static ASKED: Cell<u64> = const { Cell::new(0) };
    static NOTED: RefCell<Option<BTreeSet<&'static str>>> = const { RefCell::new(None) };
}

/// Runs `call` with the mistakes at `sites` switched on, on this thread only.
///
/// A mistake that an emitter and an engine share is two sites, switched on together. Not to be nested: the inner call's
/// sites replace the outer ones while it runs.
pub fn with<T>(sites: &[&str], call: impl FnOnce() -> T) -> T {
    let outer = SWITCHED.replace(sites.iter().map(|site| (*site).to_owned()).collect());
    let _restored = Restored::Switched(outer);
    call()
}

/// How often, on this thread, a site that was switched on has been asked: zero means that the code there was not reached.
pub fn asked() -> u64 {
    ASKED.get()
}

/// Runs `call` and tells which sites it asked, on this thread, whether they were switched on or not.
pub fn asked_during<T>(call: impl FnOnce() -> T) -> (T, BTreeSet<&'static str>) {
    let outer = NOTED.replace(Some(BTreeSet::new()));
    let restored = Restored::Noted(outer);
    let made = call();
    let noted = NOTED.take().unwrap_or_default();
    drop(restored);
    (made, noted)
}

pub(crate) fn is_on(site: &'static str) -> bool {
    NOTED.with_borrow_mut(|noted| noted.as_mut().map(|noted| noted.insert(site)));
    let on = SWITCHED.with_borrow(|switched| switched.contains(site));
    if on {
        ASKED.set(ASKED.get() + 1);
    }
    on
}

/// Puts the outer state back, when `call` panics too.
enum Restored {
    Switched(BTreeSet<String>),
    Noted(Option<BTreeSet<&'static str>>),
}

impl Drop for Restored {
    fn drop(&mut self) {
        match self {
            Self::Switched(outer) => {
                SWITCHED.replace(std::mem::take(outer));
            }
            Self::Noted(outer) => {
                NOTED.replace(outer.take());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{asked_during, with};
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
    fn what_is_asked_is_noted() {
        let ((), outer) = asked_during(|| {
            let (answer, inner) =
                asked_during(|| with(&["test/a"], || (at("test/a"), at("test/b"))));
            assert_eq!(answer, (true, false));
            assert_eq!(inner.into_iter().collect::<Vec<_>>(), ["test/a", "test/b"]);
            assert!(!at("test/c"));
        });
        assert_eq!(outer.into_iter().collect::<Vec<_>>(), ["test/c"]);
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
