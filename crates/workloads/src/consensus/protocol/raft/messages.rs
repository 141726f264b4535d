//! Messages of Raft.

use std::sync::Arc;

use super::super::{HEADER_BYTES, Message, Value};
use crate::consensus::node_set::NodeId;

/// A value in the log with the term in which a leader put it there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Term of the leader that created it.
    pub term: u64,
    /// Value.
    pub value: Value,
}

/// Bytes of an entry in a message.
const ENTRY_BYTES: u64 = Value::BYTES + 16;

/// A message between servers.
#[derive(Clone, Debug)]
pub enum RaftMessage {
    /// Pre-vote: would you vote for me in this term?
    Poll {
        /// The term after the sender's.
        term: u64,
        /// Index of its last entry.
        last: u64,
        /// Term of that entry.
        last_term: u64,
    },
    /// Answer to a poll.
    Opinion {
        /// Term of the poll if granted, else of the sender.
        term: u64,
        /// Whether it would vote so.
        granted: bool,
    },
    /// Asks for a vote.
    RequestVote {
        /// The candidate's term.
        term: u64,
        /// Index of its last entry.
        last: u64,
        /// Term of that entry.
        last_term: u64,
    },
    /// Answer to a request for a vote.
    Vote {
        /// The voter's term.
        term: u64,
        /// Whether it is given.
        granted: bool,
    },
    /// New entries, or none (a heartbeat).
    Append {
        /// The leader's term.
        term: u64,
        /// Index of the entry before the first.
        previous: u64,
        /// Term of that entry.
        previous_term: u64,
        /// Entries from `previous + 1` on.
        entries: Arc<[Entry]>,
        /// How far the leader has committed.
        commit: u64,
        /// Whether success is to be reported; failure always is.
        report: bool,
    },
    /// Answer to `Append`.
    Appended {
        /// The follower's term.
        term: u64,
        /// Whether the entry before matched.
        ok: bool,
        /// If ok, the last index known to match; else the index to try next as `previous`.
        index: u64,
        /// How far the follower has committed.
        commit: u64,
    },
}

impl Message for RaftMessage {
    fn bytes(&self) -> u64 {
        match self {
            Self::Append { entries, .. } => HEADER_BYTES + ENTRY_BYTES * entries.len() as u64,
            _ => HEADER_BYTES,
        }
    }

    fn is_proposal(&self) -> bool {
        matches!(self, Self::Append { .. })
    }

    fn tampered(&self, _author: NodeId) -> Option<Self> {
        match *self {
            Self::Opinion { term, granted } => Some(Self::Opinion { term, granted: !granted }),
            Self::Vote { term, granted } => Some(Self::Vote { term, granted: !granted }),
            Self::Appended { term, ok, index, commit } => Some(Self::Appended { term, ok: !ok, index, commit }),
            Self::Append { term, previous, previous_term, ref entries, commit, report } if !entries.is_empty() => {
                let lie = |e: &Entry| Entry { value: e.value.conflicting().unwrap_or(e.value), ..*e };
                let entries = entries.iter().map(lie).collect();
                Some(Self::Append { term, previous, previous_term, entries, commit, report })
            }
            Self::Append { .. } | Self::Poll { .. } | Self::RequestVote { .. } => None,
        }
    }
}
