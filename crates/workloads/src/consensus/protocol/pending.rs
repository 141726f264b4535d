//! Requests that an agent knows of and that are not decided.

use std::collections::BTreeSet;

/// Requests that want an answer.
///
/// A request carries its deadline. What has expired stays expired, whoever still proposes an answer to it:
/// otherwise one late message makes a group work on what nobody wants any more, for ever where it can't decide.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Pending {
    open: BTreeSet<u32>,
    expired: BTreeSet<u32>,
}

impl Pending {
    /// A request is heard of. Answers whether that is news.
    pub(super) fn insert(&mut self, request: u32) -> bool {
        !self.expired.contains(&request) && self.open.insert(request)
    }

    /// A request is decided, or given up for now. Answers whether it was open.
    pub(super) fn remove(&mut self, request: u32) -> bool {
        self.open.remove(&request)
    }

    /// Nobody wants an answer any more. Answers whether the request was open.
    pub(super) fn expire(&mut self, request: u32) -> bool {
        self.expired.insert(request);
        self.open.remove(&request)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.open.is_empty()
    }

    /// Open requests in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.open.iter().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_expired_is_not_wanted_again_whoever_mentions_it() {
        let mut pending = Pending::default();
        assert!(pending.insert(3) && !pending.insert(3) && pending.insert(1));
        assert!(pending.expire(3) && !pending.expire(3));
        assert!(!pending.insert(3));
        assert_eq!(pending.iter().collect::<Vec<_>>(), [1]);
    }

    #[test]
    fn what_was_given_up_may_be_asked_for_again() {
        let mut pending = Pending::default();
        assert!(pending.insert(3) && pending.remove(3) && pending.is_empty() && pending.insert(3));
    }
}
