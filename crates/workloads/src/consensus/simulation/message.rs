//! What portal and agents say to each other about jobs, and what they plan for later.

use super::super::agent::Bid;
use super::super::group::AppMessage;
use super::super::node_set::NodeId;
use super::super::protocol::{HEADER_BYTES, SIGNATURE_BYTES, Value, Verdict};

/// The choice that no agent can take the job.
pub(super) const NOWHERE: u32 = u32::MAX - 1;

/// A message about a job.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum JobMessage {
    /// Portal to agents: place this.
    Request(u32),
    /// Agent to coordinator: what it offers.
    Bid { request: u32, bid: Bid },
    /// Portal to agents: how a placement turned out.
    Verdict(Verdict),
    /// Agent to portal: this was decided.
    Reply(Value),
    /// The chosen agent to the portal: taken.
    Taken(u32),
    /// The chosen agent to the portal: it can't run here.
    Refused(u32),
}

impl AppMessage for JobMessage {
    type Task = Task;

    fn bytes(&self) -> u64 {
        match self {
            Self::Request(_) => HEADER_BYTES + Value::BYTES + SIGNATURE_BYTES,
            Self::Bid { .. } | Self::Reply(_) => HEADER_BYTES + 64 + SIGNATURE_BYTES,
            Self::Verdict(_) => HEADER_BYTES + Verdict::BYTES,
            Self::Taken(_) | Self::Refused(_) => HEADER_BYTES + SIGNATURE_BYTES,
        }
    }

    fn tampered(&self, _author: NodeId) -> Option<Self> {
        match *self {
            Self::Bid { request, .. } => Some(Self::Bid { request, bid: Bid::LIE }),
            Self::Reply(value) => value.conflicting().map(Self::Reply),
            Self::Request(_) | Self::Verdict(_) | Self::Taken(_) | Self::Refused(_) => None,
        }
    }
}

/// Something planned for later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Task {
    /// A job is submitted, by index.
    Submit(u32),
    /// The portal asks again.
    Resend(u32),
    /// Nobody wants the request answered any more.
    Expire(u32),
    /// The chosen agent should have answered.
    AnswerDue(u32),
    /// A coordinator has waited long enough for bids.
    BidsDue { node: NodeId, request: u32 },
    /// A job ends.
    JobEnds { agent: NodeId, job_id: u32 },
    /// A fault begins, by index.
    FaultBegins(u32),
    /// A fault ends, by index.
    FaultEnds(u32),
    /// Nothing may happen any more before agents' questions are answered.
    AnswersDue,
    /// An agent has made up its mind, by ticket.
    Concluded(u32),
    /// The last messages after the last job had time to arrive.
    Settle,
}
