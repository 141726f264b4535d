//! Streams that go on until somebody ends them.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// The streams under way, by the name their subscriber gave them.
#[derive(Default)]
pub(crate) struct Subscriptions(Mutex<BTreeMap<String, Arc<AtomicBool>>>);

/// A stream under way.
pub(crate) struct Subscription(Arc<AtomicBool>);

impl Subscription {
    /// Whether nobody listens any more.
    pub(crate) fn ended(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl Subscriptions {
    /// Begins a stream. An earlier one of the same name ends: a subscriber that was lost can't end it.
    pub(crate) fn begin(&self, name: &str) -> Subscription {
        let ended = Arc::new(AtomicBool::new(false));
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, other| Arc::strong_count(other) > 1);
        if !name.is_empty()
            && let Some(earlier) = all.insert(name.to_owned(), ended.clone())
        {
            earlier.store(true, Ordering::Relaxed);
        }
        Subscription(ended)
    }

    /// Ends a stream; whether there was one.
    pub(crate) fn end(&self, name: &str) -> bool {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.remove(name).map(|ended| ended.store(true, Ordering::Relaxed)).is_some()
    }

    /// Ends all streams.
    pub(crate) fn end_all(&self) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for ended in std::mem::take(&mut *all).into_values() {
            ended.store(true, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_ends_when_asked_when_replaced_and_when_the_page_is_left() {
        let all = Subscriptions::default();
        let (a, b) = (all.begin("a"), all.begin("b"));
        assert!(all.end("a") && a.ended() && !b.ended());
        assert!(!all.end("a"));
        let again = all.begin("b");
        assert!(b.ended() && !again.ended());
        all.end_all();
        assert!(again.ended());
    }
}
