//! Which run comes next: plan order, phases and their dependencies, retries, pause and drain.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, VecDeque};
use std::iter::Peekable;
use std::time::Instant;

use ergon_domain::{PlannedRun, RunKey, RunState};

use crate::execute::PhaseOrder;

/// A run to execute.
#[derive(Clone, Debug)]
pub(crate) struct Job {
    pub(crate) run: PlannedRun,
    /// Number of the attempt, from 1, over all sessions.
    pub(crate) attempt: u32,
    /// Failed attempts in this session.
    pub(crate) tries: u32,
}

impl Job {
    /// The phase it runs under.
    pub(crate) fn phase(&self) -> usize {
        self.run.phases.first().map_or(0, |p| usize::from(*p))
    }
}

/// Every phase that selects a run: it counts for each of them.
fn phases_of(run: &PlannedRun) -> impl Iterator<Item = usize> {
    run.phases.iter().map(|p| usize::from(*p))
}

pub(crate) enum Next {
    Run(Job),
    /// Nothing now; look again at a change, or at this time.
    Wait(Option<Instant>),
    Done,
    /// A phase can't run.
    SkipPhase {
        phase: usize,
        reason: String,
    },
}

struct Waiting {
    at: Instant,
    sequence: u64,
    job: Job,
}
impl PartialEq for Waiting {
    fn eq(&self, other: &Self) -> bool {
        (self.at, self.sequence) == (other.at, other.sequence)
    }
}
impl Eq for Waiting {}
impl PartialOrd for Waiting {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Waiting {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at, self.sequence).cmp(&(other.at, other.sequence))
    }
}

#[derive(Clone, Copy, Default)]
struct PhaseCount {
    /// Dispatched or waiting for a retry, not ended.
    open: u64,
    succeeded: u64,
    ended: u64,
}

type PlanIter = Box<dyn Iterator<Item = PlannedRun> + Send>;

/// The dispatcher's state. Invariant: the plan lists a phase's runs after those of the phases it depends on, so when a
/// run is at the head every run of those phases has been handed out.
pub(crate) struct Dispatch {
    plan: Peekable<PlanIter>,
    known: BTreeMap<RunKey, (RunState, u32)>,
    phases: Vec<PhaseOrder>,
    counts: Vec<PhaseCount>,
    skipped_phases: Vec<bool>,
    waiting: BinaryHeap<Reverse<Waiting>>,
    /// Runs whose phase is skipped and that another phase selects too; they count as open.
    set_aside: VecDeque<PlannedRun>,
    failed: Vec<Job>,
    sequence: u64,
    retry_failed: bool,
    pub(crate) skipped: u64,
    pub(crate) paused: bool,
    pub(crate) draining: bool,
}

impl Dispatch {
    pub(crate) fn new(
        plan: PlanIter,
        known: BTreeMap<RunKey, (RunState, u32)>,
        phases: Vec<PhaseOrder>,
        retry_failed: bool,
    ) -> Self {
        let counts = vec![PhaseCount::default(); phases.len().max(1)];
        let skipped_phases = vec![false; phases.len().max(1)];
        Self {
            plan: plan.peekable(),
            known,
            phases,
            counts,
            skipped_phases,
            waiting: BinaryHeap::new(),
            set_aside: VecDeque::new(),
            failed: Vec::new(),
            sequence: 0,
            retry_failed,
            skipped: 0,
            paused: false,
            draining: false,
        }
    }

    pub(crate) fn next(&mut self, now: Instant) -> Next {
        if self.draining {
            return Next::Done;
        }
        if self.paused {
            return if self.is_over() { Next::Done } else { Next::Wait(None) };
        }
        if self.waiting.peek().is_some_and(|Reverse(w)| w.at <= now)
            && let Some(Reverse(w)) = self.waiting.pop()
        {
            return Next::Run(w.job);
        }
        loop {
            let Some(head) = self.plan.peek() else {
                return self.next_set_aside();
            };
            let first = phases_of(head).next().unwrap_or(0);
            if !self.skipped_phases[first] {
                match self.judge(first) {
                    Ready::Yes => {}
                    Ready::NotYet => return self.next_set_aside(),
                    Ready::Never(next) => return next,
                }
            }
            let Some(run) = self.plan.next() else { continue };
            if self.skipped_phases[first] {
                if phases_of(&run).any(|p| !self.skipped_phases[p]) {
                    self.count(&run, |c| c.open += 1);
                    self.set_aside.push_back(run);
                } else {
                    self.skipped += 1;
                }
                continue;
            }
            match self.known.remove(&run.key) {
                Some((RunState::Succeeded, _)) => self.count(&run, |c| {
                    c.succeeded += 1;
                    c.ended += 1;
                }),
                Some((RunState::Failed, attempts)) if !self.retry_failed => {
                    self.count(&run, |c| c.ended += 1);
                    self.failed.push(Job { run, attempt: attempts + 1, tries: 0 });
                }
                before => {
                    self.count(&run, |c| c.open += 1);
                    let attempts = before.map_or(0, |(_, attempts)| attempts);
                    return Next::Run(Job { run, attempt: attempts + 1, tries: 0 });
                }
            }
        }
    }

    /// Whether nothing is left to hand out or to wait for.
    fn is_over(&mut self) -> bool {
        self.plan.peek().is_none() && self.counts.iter().all(|c| c.open == 0)
    }

    /// A run that was set aside, when the phase that still wants it may start.
    fn next_set_aside(&mut self) -> Next {
        let retry_at = self.waiting.peek().map(|Reverse(w)| w.at);
        while let Some(run) = self.set_aside.front() {
            let Some(phase) = phases_of(run).find(|p| !self.skipped_phases[*p]) else {
                if let Some(run) = self.set_aside.pop_front() {
                    self.count(&run, |c| c.open = c.open.saturating_sub(1));
                    self.skipped += 1;
                }
                continue;
            };
            match self.judge(phase) {
                Ready::NotYet => return Next::Wait(retry_at),
                Ready::Never(next) => return next,
                Ready::Yes => {}
            }
            if let Some(run) = self.set_aside.pop_front() {
                let attempts = self.known.remove(&run.key).map_or(0, |(_, attempts)| attempts);
                return Next::Run(Job { run, attempt: attempts + 1, tries: 0 });
            }
        }
        if self.is_over() { Next::Done } else { Next::Wait(retry_at) }
    }

    /// Whether a phase's runs may start: the phases it depends on have ended, and one of their runs succeeded.
    fn judge(&mut self, phase: usize) -> Ready {
        let needs = self.phases.get(phase).map(|p| p.depends_on.clone()).unwrap_or_default();
        if needs.iter().any(|p| self.counts[*p].open > 0) {
            return Ready::NotYet;
        }
        let barren =
            |p: &&usize| self.skipped_phases[**p] || (self.counts[**p].ended > 0 && self.counts[**p].succeeded == 0);
        match needs.iter().find(barren) {
            None => Ready::Yes,
            Some(p) => {
                self.skipped_phases[phase] = true;
                let name = self.phases.get(*p).map_or("", |p| p.name.as_str());
                let reason = format!("no run of {name}, which it depends on, succeeded");
                Ready::Never(Next::SkipPhase { phase, reason })
            }
        }
    }

    fn count(&mut self, run: &PlannedRun, change: impl Fn(&mut PhaseCount)) {
        for phase in phases_of(run) {
            change(&mut self.counts[phase]);
        }
    }

    /// The attempt ended and another follows.
    pub(crate) fn again(&mut self, job: Job, at: Instant) {
        self.sequence += 1;
        let job = Job { attempt: job.attempt + 1, tries: job.tries + 1, run: job.run };
        self.waiting.push(Reverse(Waiting { at, sequence: self.sequence, job }));
    }

    /// The run ended for good.
    pub(crate) fn ended(&mut self, job: Job, succeeded: bool) {
        self.count(&job.run, |c| {
            c.open = c.open.saturating_sub(1);
            c.ended += 1;
            c.succeeded += u64::from(succeeded);
        });
        if !succeeded {
            self.failed.push(Job { attempt: job.attempt + 1, tries: 0, run: job.run });
        }
    }

    /// Failed runs are tried again now; returns them by phase.
    pub(crate) fn retry_all(&mut self, now: Instant) -> Vec<usize> {
        let failed = std::mem::take(&mut self.failed);
        let phases = failed.iter().map(Job::phase).collect();
        for job in failed {
            self.count(&job.run, |c| {
                c.open += 1;
                c.ended = c.ended.saturating_sub(1);
            });
            self.sequence += 1;
            self.waiting.push(Reverse(Waiting { at: now, sequence: self.sequence, job }));
        }
        phases
    }
}

enum Ready {
    Yes,
    NotYet,
    Never(Next),
}
