//! Whatever says whether an event matches.

use verdict_event::Event;

/// What a judge says of one event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// It matches, or it does not.
    Verdict(bool),
    /// No row of the judge's profile holds this event, for this reason. Counted, never compared.
    Unrepresentable(String),
    /// The engine refused the query or failed on the event, for this reason.
    Rejected(String),
}

/// A matcher, or an engine with the text it runs: something with an opinion on events.
pub trait Judge: Send + Sync {
    /// What it says of one event.
    fn judge(&self, event: &Event) -> Judgement;

    /// What it says of each of some events: for judges that have a long way to go to each of them.
    fn judge_all(&self, events: &[&Event]) -> Vec<Judgement> {
        events.iter().map(|event| self.judge(event)).collect()
    }

    /// Events near one that it calls unrepresentable, which it does not.
    fn near(&self, _event: &Event) -> Vec<Event> {
        Vec::new()
    }
}

impl<F> Judge for F
where
    F: Fn(&Event) -> Judgement + Send + Sync,
{
    fn judge(&self, event: &Event) -> Judgement {
        self(event)
    }
}
