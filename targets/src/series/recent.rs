//! Which keys are still needed: those touched lately, and no more of them than there is room for.

use super::Memory;
use std::borrow::Borrow;
use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

/// State by key.
#[derive(Debug)]
pub(crate) struct Recent<K, S> {
    states: HashMap<K, Kept<S>>,
    /// Keys in the order in which they were last looked at, each with the birth that it belongs to. An entry of an earlier birth is stale.
    queue: VecDeque<(K, u64)>,
    births: u64,
    room: usize,
    memory: Memory,
}

#[derive(Debug)]
struct Kept<S> {
    state: S,
    birth: u64,
    /// The latest instant at which it was touched.
    touched: i64,
    /// The instant under which it stands in the queue.
    queued: i64,
}

impl<K: Hash + Eq + Clone, S> Recent<K, S> {
    /// Room for so many keys.
    pub(crate) fn new(room: usize) -> Self {
        Self {
            states: HashMap::new(),
            queue: VecDeque::new(),
            births: 0,
            room,
            memory: Memory::default(),
        }
    }

    /// The state of a key, if there is one, touched at an instant.
    pub(crate) fn get_mut<Q>(&mut self, key: &Q, instant: i64) -> Option<&mut S>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let kept = self.states.get_mut(key)?;
        kept.touched = instant;
        Some(&mut kept.state)
    }

    /// The state of a key, touched at an instant; a new one, if there is none. Where there is no room for it, the key that was touched
    /// longest ago goes.
    pub(crate) fn touch(&mut self, key: &K, instant: i64, new: impl FnOnce() -> S) -> &mut S {
        if !self.states.contains_key(key) {
            while self.states.len() >= self.room && self.evict() {}
            self.births += 1;
            self.tidy();
            self.queue.push_back((key.clone(), self.births));
            self.memory.keys = self.memory.keys.max(self.states.len() + 1);
        }
        let birth = self.births;
        let kept = self.states.entry(key.clone()).or_insert_with(|| Kept {
            state: new(),
            birth,
            touched: instant,
            queued: instant,
        });
        kept.touched = instant;
        &mut kept.state
    }

    /// Drops the key that was touched longest ago; false if there is none.
    fn evict(&mut self) -> bool {
        while let Some((key, birth)) = self.queue.pop_front() {
            let Some(kept) = self.states.get_mut(&key).filter(|kept| kept.birth == birth) else {
                continue;
            };
            if kept.touched > kept.queued {
                kept.queued = kept.touched;
                self.queue.push_back((key, birth));
                continue;
            }
            self.states.remove(&key);
            self.memory.evicted += 1;
            return true;
        }
        false
    }

    /// Forgets keys that were not touched since an instant, where `gone` says that their state is needed no more.
    pub(crate) fn forget(&mut self, before: i64, gone: impl Fn(&mut S) -> bool) {
        while let Some((key, birth)) = self.queue.front() {
            let birth = *birth;
            let kept = self.states.get_mut(key).filter(|kept| kept.birth == birth);
            if kept.as_ref().is_some_and(|kept| kept.queued >= before) {
                return;
            }
            let needed = kept.is_some_and(|kept| {
                kept.queued = kept.touched.max(before);
                kept.touched >= before || !gone(&mut kept.state)
            });
            let Some((key, birth)) = self.queue.pop_front() else {
                return;
            };
            if needed {
                self.queue.push_back((key, birth));
            } else if self
                .states
                .get(&key)
                .is_some_and(|kept| kept.birth == birth)
            {
                self.states.remove(&key);
            }
        }
    }

    /// Forgets one key.
    pub(crate) fn remove<Q>(&mut self, key: &Q)
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.states.remove(key);
    }

    /// Drops stale entries of the queue when they outnumber the others.
    fn tidy(&mut self) {
        if self.queue.len() > 2 * self.states.len() + 64 {
            let states = &self.states;
            self.queue
                .retain(|(key, birth)| states.get(key).is_some_and(|kept| kept.birth == *birth));
        }
    }

    /// What it took.
    pub(crate) fn memory(&self) -> Memory {
        self.memory
    }

    /// Every key with its state.
    pub(crate) fn into_states(self) -> impl Iterator<Item = (K, S)> {
        let states = self.states.into_iter();
        states.map(|(key, kept)| (key, kept.state))
    }
}
