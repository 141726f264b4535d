//! Messages of PBFT and what a new view is made of.

use std::sync::Arc;

use super::super::{DIGEST_BYTES, HEADER_BYTES, Message, SIGNATURE_BYTES, Value};
use crate::consensus::node_set::{NodeId, NodeSet};

/// A message between replicas. All are signed; a value stands for its digest in votes.
#[derive(Clone, Debug)]
pub enum PbftMessage {
    /// The primary assigns a position to a value.
    PrePrepare {
        /// View.
        view: u64,
        /// Position, from 1.
        position: u64,
        /// Value with its request.
        value: Value,
    },
    /// A backup accepted the assignment.
    Prepare {
        /// View.
        view: u64,
        /// Position.
        position: u64,
        /// Digest of the value.
        value: Value,
    },
    /// A replica saw a quorum accept the assignment.
    Commit {
        /// View.
        view: u64,
        /// Position.
        position: u64,
        /// Digest of the value.
        value: Value,
    },
    /// A replica executed everything up to a position.
    Checkpoint {
        /// Position.
        position: u64,
        /// Digest of the state after it.
        digest: u64,
    },
    /// A replica wants another view.
    ViewChange(Arc<ViewChange>),
    /// The new primary opens its view.
    NewView(Arc<NewView>),
    /// A replica without progress says how far it is; others send what it lacks.
    Status {
        /// View it is in or wants.
        view: u64,
        /// Whether that view is open for it.
        active: bool,
        /// Last position it executed.
        executed: u64,
    },
    /// Decided values from a position on. Each comes with the commits that a quorum signed, so that
    /// one sender is enough and nobody can make one up.
    CatchUp {
        /// Position of the first value.
        from: u64,
        /// Values in order.
        values: Arc<[Value]>,
        /// Size of a quorum, for the size of the proofs.
        quorum: usize,
    },
}

/// That a quorum accepted a value at a position in a view: the messages that prove it travel along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prepared {
    /// Position.
    pub position: u64,
    /// View of the assignment.
    pub view: u64,
    /// Value.
    pub value: Value,
}

/// A replica's call for a new view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ViewChange {
    /// Who signs it.
    pub author: NodeId,
    /// The view it wants.
    pub view: u64,
    /// Its last stable checkpoint.
    pub stable: u64,
    /// What it prepared after that, each with its proof.
    pub prepared: Vec<Prepared>,
    /// Size of a quorum, for the size of the proofs.
    pub quorum: usize,
}

/// The opening of a view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewView {
    /// The view.
    pub view: u64,
    /// A quorum of calls for it.
    pub calls: Vec<Arc<ViewChange>>,
    /// The last checkpoint stable in any of the calls.
    pub stable: u64,
    /// Assignments carried over, without gaps from `stable + 1` on.
    pub assignments: Vec<Value>,
}

impl NewView {
    /// What follows from the calls: for each position the value prepared in the latest view, a no-op
    /// where none was. Everybody computes the same from the same calls.
    pub fn from_calls(view: u64, calls: Vec<Arc<ViewChange>>) -> Self {
        let stable = calls.iter().map(|call| call.stable).max().unwrap_or(0);
        let prepared = || calls.iter().flat_map(|call| &call.prepared).filter(|p| p.position > stable);
        let last = prepared().map(|p| p.position).max().unwrap_or(stable);
        let mut latest: Vec<Option<Prepared>> = vec![None; (last - stable) as usize];
        for p in prepared() {
            let slot = &mut latest[(p.position - stable - 1) as usize];
            if slot.is_none_or(|known| p.view > known.view) {
                *slot = Some(*p);
            }
        }
        let assignments = latest.into_iter().map(|p| p.map_or(Value::NOOP, |p| p.value)).collect();
        Self { view, calls, stable, assignments }
    }

    /// Whether it was made by the rules from a quorum of calls.
    pub fn is_valid(&self, quorum: usize) -> bool {
        let authors: NodeSet = self.calls.iter().map(|call| call.author).collect();
        authors.len() == self.calls.len()
            && authors.len() >= quorum
            && self.calls.iter().all(|call| call.view == self.view)
            && *self == Self::from_calls(self.view, self.calls.clone())
    }
}

impl ViewChange {
    fn bytes(&self) -> u64 {
        let proof = DIGEST_BYTES + self.quorum as u64 * SIGNATURE_BYTES;
        HEADER_BYTES + SIGNATURE_BYTES + proof * (1 + self.prepared.len() as u64)
    }

    /// The same call without what it prepared: the worst its author can do, since proofs can be left
    /// out but not made up.
    fn forgetful(&self) -> Option<Arc<Self>> {
        (!self.prepared.is_empty()).then(|| Arc::new(Self { prepared: Vec::new(), ..self.clone() }))
    }
}

impl Message for PbftMessage {
    fn bytes(&self) -> u64 {
        match self {
            Self::PrePrepare { .. } => HEADER_BYTES + Value::BYTES + DIGEST_BYTES + SIGNATURE_BYTES,
            Self::Prepare { .. } | Self::Commit { .. } | Self::Checkpoint { .. } => {
                HEADER_BYTES + DIGEST_BYTES + SIGNATURE_BYTES
            }
            Self::ViewChange(call) => call.bytes(),
            Self::NewView(opening) => {
                let calls: u64 = opening.calls.iter().map(|call| call.bytes()).sum();
                HEADER_BYTES + SIGNATURE_BYTES + calls + DIGEST_BYTES * opening.assignments.len() as u64
            }
            Self::Status { .. } => HEADER_BYTES + SIGNATURE_BYTES,
            Self::CatchUp { values, quorum, .. } => {
                let proven = Value::BYTES + *quorum as u64 * SIGNATURE_BYTES;
                HEADER_BYTES + SIGNATURE_BYTES + proven * values.len() as u64
            }
        }
    }

    fn is_proposal(&self) -> bool {
        matches!(self, Self::PrePrepare { .. } | Self::NewView(_))
    }

    fn tampered(&self, author: NodeId) -> Option<Self> {
        match *self {
            Self::PrePrepare { view, position, value } => {
                value.conflicting().map(|value| Self::PrePrepare { view, position, value })
            }
            Self::Prepare { view, position, value } => {
                value.conflicting().map(|value| Self::Prepare { view, position, value })
            }
            Self::Commit { view, position, value } => {
                value.conflicting().map(|value| Self::Commit { view, position, value })
            }
            Self::Checkpoint { position, digest } => Some(Self::Checkpoint { position, digest: digest ^ 1 }),
            Self::ViewChange(ref call) => call.forgetful().map(Self::ViewChange),
            Self::NewView(ref opening) => {
                // Its own call is the only one it can change; the opening made from it is still valid.
                let mut calls = opening.calls.clone();
                let own = calls.iter_mut().find(|call| call.author == author)?;
                *own = own.forgetful()?;
                Some(Self::NewView(Arc::new(NewView::from_calls(opening.view, calls))))
            }
            Self::Status { .. } | Self::CatchUp { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(author: NodeId, stable: u64, prepared: &[(u64, u64, u32)]) -> Arc<ViewChange> {
        let certificate = |&(position, view, choice)| Prepared { position, view, value: Value { request: 1, choice } };
        Arc::new(ViewChange {
            author,
            view: 7,
            stable,
            prepared: prepared.iter().map(certificate).collect(),
            quorum: 3,
        })
    }

    #[test]
    fn a_new_view_carries_over_what_was_prepared_last_and_fills_gaps() {
        let calls = vec![call(0, 2, &[(4, 1, 10), (6, 2, 30)]), call(1, 3, &[(4, 5, 20)]), call(2, 0, &[(2, 6, 99)])];
        let opening = NewView::from_calls(7, calls);
        assert_eq!(opening.stable, 3);
        let value = |choice| Value { request: 1, choice };
        assert_eq!(opening.assignments, [value(20), Value::NOOP, value(30)]);
        assert!(opening.is_valid(3));
        assert!(!opening.is_valid(4), "too few calls");
    }

    #[test]
    fn an_opening_that_does_not_follow_from_its_calls_is_invalid() {
        let good = NewView::from_calls(7, vec![call(0, 0, &[(1, 1, 10)]), call(1, 0, &[]), call(2, 0, &[])]);
        assert!(!NewView { assignments: vec![Value::NOOP], ..good.clone() }.is_valid(3));
        assert!(!NewView { view: 8, ..good.clone() }.is_valid(3));
        let twice = vec![good.calls[0].clone(), good.calls[0].clone(), good.calls[1].clone()];
        assert!(!NewView::from_calls(7, twice).is_valid(3), "one author counts once");
    }

    #[test]
    fn a_liar_can_hide_its_own_proof_but_not_anothers() {
        let opening =
            NewView::from_calls(7, vec![call(0, 0, &[(1, 1, 10)]), call(1, 0, &[(1, 1, 10)]), call(2, 0, &[])]);
        let Some(PbftMessage::NewView(lie)) = PbftMessage::NewView(Arc::new(opening.clone())).tampered(0) else {
            panic!("the liar has something to hide");
        };
        assert!(lie.is_valid(3));
        assert_eq!(lie.assignments, opening.assignments, "the other proof still binds");
        assert!(PbftMessage::NewView(Arc::new(opening)).tampered(2).is_none());
    }
}
