//! Where jobs are submitted, and what became of them.

use super::super::node_set::{NodeId, NodeSet};
use super::super::protocol::{Protocol, Value};
use super::World;
use super::ledger::Ledger;
use super::message::{JobMessage, NOWHERE, Task};

/// The interval between repeated requests grows up to this many timeouts.
const RESEND_CAP: u32 = 8;

/// One request: a job, the first time or again.
#[derive(Clone, Debug)]
pub(super) struct Request {
    /// Index of the job.
    pub(super) job: u32,
    /// Who must not be chosen (any more).
    pub(super) excluded: Option<u32>,
    /// When it was first sent, nanoseconds.
    pub(super) sent_ns: u64,
    replies: Vec<(Value, NodeSet)>,
    /// What was decided, as far as the portal knows.
    pub(super) answer: Option<u32>,
    /// Nothing more is wanted.
    pub(super) closed: bool,
    /// Closed because nobody decided in time, nanoseconds.
    pub(super) expired_ns: Option<u64>,
    resent: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Coming,
    Open,
    Taken,
    Ended,
    NotPlaced,
}

/// All requests and jobs.
#[derive(Debug)]
pub(super) struct Portal {
    requests: Vec<Request>,
    fates: Vec<Fate>,
    /// By job: the request that asked for it last.
    last: Vec<Option<u32>>,
    /// By job: whether it was asked for twice.
    repeated: Vec<bool>,
    /// Replies that prove a decision.
    witness: usize,
    unfinished: usize,
}

impl Portal {
    pub(super) fn new(jobs: usize, witness: usize) -> Self {
        Self {
            requests: Vec::with_capacity(jobs),
            fates: vec![Fate::Coming; jobs],
            last: vec![None; jobs],
            repeated: vec![false; jobs],
            witness,
            unfinished: jobs,
        }
    }

    pub(super) fn request(&self, request: u32) -> &Request {
        &self.requests[request as usize]
    }

    /// The request that asked for a job last.
    pub(super) fn last_request(&self, job: usize) -> Option<u32> {
        self.last.get(job).copied().flatten()
    }

    pub(super) fn requests(&self) -> &[Request] {
        &self.requests
    }

    /// Requests whose deadline has passed.
    pub(super) fn expired(&self, now_ns: u64, patience_ns: u64) -> Vec<u32> {
        let past = |request: &Request| request.sent_ns.saturating_add(patience_ns) <= now_ns;
        (0..).zip(&self.requests).filter(|(_, request)| past(request)).map(|(index, _)| index).collect()
    }

    /// Whether the job may still be taken.
    pub(super) fn wants(&self, request: u32) -> bool {
        let request = self.request(request);
        !request.closed && self.fates[request.job as usize] == Fate::Open
    }

    pub(super) fn is_finished(&self) -> bool {
        self.unfinished == 0
    }

    /// Jobs for which some request was decided.
    pub(super) fn jobs_decided(&self, ledger: &Ledger) -> usize {
        let mut decided = vec![false; self.fates.len()];
        for (index, request) in self.requests.iter().enumerate() {
            decided[request.job as usize] |= ledger.is_decided(index as u32);
        }
        decided.into_iter().filter(|&d| d).count()
    }
}

impl<P: Protocol> World<'_, P> {
    /// A job arrives.
    pub(super) fn submit(&mut self, job: u32, at_ns: u64) {
        self.portal.fates[job as usize] = Fate::Open;
        self.ask(job, None, at_ns);
    }

    fn ask(&mut self, job: u32, excluded: Option<u32>, at_ns: u64) {
        let request = self.portal.requests.len() as u32;
        self.portal.requests.push(Request {
            job,
            excluded,
            sent_ns: at_ns,
            replies: Vec::new(),
            answer: None,
            closed: false,
            expired_ns: None,
            resent: 0,
        });
        self.portal.last[job as usize] = Some(request);
        self.send_to_all(request);
        self.group.schedule(at_ns.saturating_add(self.times.resend_ns), Task::Resend(request));
        self.group.schedule(at_ns.saturating_add(self.times.patience_ns), Task::Expire(request));
    }

    fn send_to_all(&mut self, request: u32) {
        let portal = self.group.portal();
        for node in 0..self.input.agents as NodeId {
            self.group.send(portal, node, JobMessage::Request(request));
        }
    }

    pub(super) fn resend(&mut self, request: u32) {
        if !self.portal.wants(request) {
            return;
        }
        self.send_to_all(request);
        let asked = &mut self.portal.requests[request as usize];
        asked.resent += 1;
        let timeouts = u64::from((1 << asked.resent.min(10)).min(RESEND_CAP));
        let later_ns = self.group.now_ns().saturating_add(timeouts.saturating_mul(self.times.resend_ns));
        self.group.schedule(later_ns, Task::Resend(request));
    }

    pub(super) fn at_portal(&mut self, from: NodeId, message: JobMessage, at_ns: u64) {
        match message {
            JobMessage::Reply(value) => self.on_reply(from, value, at_ns),
            JobMessage::Refused(request) if self.is_chosen(request, from) => self.unplaced(request, from, at_ns),
            JobMessage::Taken(_)
            | JobMessage::Refused(_)
            | JobMessage::Verdict(_)
            | JobMessage::Request(_)
            | JobMessage::Bid { .. } => {}
        }
    }

    /// Whether the decision, as far as it is known anywhere, names this agent.
    fn is_chosen(&self, request: u32, agent: NodeId) -> bool {
        self.ledger.choice(request) == Some(u32::from(agent))
    }

    fn on_reply(&mut self, from: NodeId, value: Value, at_ns: u64) {
        let witness = self.portal.witness;
        let Some(request) = self.portal.requests.get_mut(value.request as usize).filter(|r| !r.closed) else {
            return;
        };
        let known = request.replies.iter().position(|(v, _)| *v == value);
        let index = known.unwrap_or_else(|| {
            request.replies.push((value, NodeSet::EMPTY));
            request.replies.len() - 1
        });
        request.replies[index].1.insert(from);
        if request.answer.is_some() || request.replies[index].1.len() < witness {
            return;
        }
        request.answer = Some(value.choice);
        if value.choice as usize >= self.input.agents {
            // Nobody can take it, or a liar's decision named nobody: asking again would not help the
            // former, so only a choice that is not NOWHERE is asked for again.
            let again = value.choice != NOWHERE;
            self.close(value.request, again, value.choice, at_ns);
        } else {
            let due_ns = at_ns.saturating_add(self.times.timeout_ns.saturating_mul(2));
            self.group.schedule(due_ns, Task::AnswerDue(value.request));
        }
    }

    /// The chosen agent should have taken or refused the job by now.
    pub(super) fn answer_due(&mut self, request: u32) {
        if self.portal.wants(request)
            && let Some(agent) = self.portal.request(request).answer
        {
            let now_ns = self.group.now_ns();
            self.close(request, true, agent, now_ns);
        }
    }

    /// Patience is over: the request is closed where it is not, and agents drop it.
    pub(super) fn expire(&mut self, request: u32) {
        if self.portal.wants(request) {
            let now_ns = self.group.now_ns();
            match self.ledger.choice(request) {
                Some(agent) => self.close(request, true, agent, now_ns),
                None => {
                    self.portal.requests[request as usize].expired_ns = Some(now_ns);
                    self.close(request, false, NOWHERE, now_ns);
                }
            }
        }
        for node in 0..self.input.agents as NodeId {
            self.group.forget(node, request);
            self.desks[usize::from(node)].forget(request);
        }
    }

    /// The chosen agent can't or won't run the job.
    pub(super) fn unplaced(&mut self, request: u32, agent: NodeId, at_ns: u64) {
        if self.portal.wants(request) {
            self.close(request, true, u32::from(agent), at_ns);
        }
    }

    /// Ends a request without placement; asks once more where that may help.
    fn close(&mut self, request: u32, again: bool, excluded: u32, at_ns: u64) {
        self.attest(request, excluded, 0.0);
        let asked = &mut self.portal.requests[request as usize];
        asked.closed = true;
        let job = asked.job;
        if again && !std::mem::replace(&mut self.portal.repeated[job as usize], true) {
            self.portal.fates[job as usize] = Fate::Open;
            self.ask(job, Some(excluded), at_ns);
        } else {
            self.finish(job, Fate::NotPlaced);
        }
    }

    /// The chosen agent took the job.
    pub(super) fn taken(&mut self, request: u32) {
        let asked = &mut self.portal.requests[request as usize];
        asked.closed = true;
        self.portal.fates[asked.job as usize] = Fate::Taken;
    }

    /// An agent lost a job that was waiting there.
    pub(super) fn lost(&mut self, job: u32, agent: NodeId, at_ns: u64) {
        if self.portal.fates[job as usize] != Fate::Taken {
            return;
        }
        if let Some(request) = self.portal.last_request(job as usize) {
            self.attest(request, u32::from(agent), 0.0);
        }
        if std::mem::replace(&mut self.portal.repeated[job as usize], true) {
            self.finish(job, Fate::NotPlaced);
        } else {
            self.portal.fates[job as usize] = Fate::Open;
            self.ask(job, Some(u32::from(agent)), at_ns);
        }
    }

    /// A job ran to its end.
    pub(super) fn ended(&mut self, job: u32) {
        self.finish(job, Fate::Ended);
    }

    fn finish(&mut self, job: u32, fate: Fate) {
        self.portal.fates[job as usize] = fate;
        self.portal.unfinished -= 1;
        if self.portal.is_finished() {
            // Time for the last decision to reach everybody.
            let after_ns = self.times.timeout_ns.saturating_mul(4);
            self.group.schedule(self.group.now_ns().saturating_add(after_ns), Task::Settle);
        }
    }
}
