//! The local batch queue of one partition, on virtual time.
//!
//! - **FIFO**: strictly in order of submission; the head waits until it fits, and everybody behind
//!   waits for it.
//! - **EASY backfill** (Lifka, "The ANL/IBM SP scheduling system", JSSPP 1995; as defined by Mu'alem &
//!   Feitelson, IEEE TPDS 12(6), 2001): jobs start in order while they fit. The first that does not
//!   gets a reservation at the *shadow time*, the earliest moment at which it fits if running jobs
//!   end at their requested times. A later job may start now iff it fits now and either ends by the
//!   shadow time, by its own requested time, or leaves the head's reservation possible (it uses only
//!   the *extra* resources). Candidates are tried in order of submission.
//!
//! With several resources and nodes, "leaves the reservation possible" is checked on the forecast of
//! every node at the shadow time; by processor count this is the published rule.
//!
//! The queue owns no clock and no events: each call says what time it is and answers which jobs start
//! now; the caller schedules their ends and calls back. Where several things happen at one instant,
//! report all with [`LocalQueue::finished`] and [`LocalQueue::enqueue`], ends first, and then make one
//! [`LocalQueue::schedule`] pass: [`submit`](LocalQueue::submit) and [`finish`](LocalQueue::finish)
//! are these for a single event.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::job::Job;
use super::partition::{Allocation, Free, Partition, Tasks};

/// In which order waiting jobs may start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// Strict order of submission.
    Fifo,
    /// EASY backfill.
    Easy,
}

/// A job that starts now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Start {
    /// Which job.
    pub job_id: u32,
    /// When: the `now` of the call.
    pub start_ns: u64,
    /// When it really ends: start + run time.
    pub end_ns: u64,
}

/// Why the queue refuses an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueueError {
    /// The job asks for more than the partition has.
    #[error(
        "job {job_id} ({cores} cores, {gpus} GPUs) can never run on this partition: it asks for more than its nodes have"
    )]
    Infeasible {
        /// Which job.
        job_id: u32,
        /// Cores it asks for.
        cores: u32,
        /// GPUs it asks for.
        gpus: u32,
    },
    /// Two jobs with one id.
    #[error("job {0} is already waiting or running here")]
    Duplicate(u32),
    /// An end without a start.
    #[error("job {0} cannot end here: it is not running")]
    NotRunning(u32),
}

#[derive(Debug)]
struct Running {
    job: Job,
    expected_end_ns: u64,
    allocation: Allocation,
}

/// Waiting and running jobs of one partition.
#[derive(Debug)]
pub struct LocalQueue {
    policy: Policy,
    partition: Partition,
    waiting: VecDeque<Job>,
    running: BTreeMap<u32, Running>,
    /// (end by requested time, job): the order of expected releases.
    expected_ends: BTreeSet<(u64, u32)>,
    /// Ids waiting or running.
    present: BTreeSet<u32>,
    waiting_core_ns: u128,
}

impl LocalQueue {
    /// An empty queue on a partition.
    pub fn new(partition: Partition, policy: Policy) -> Self {
        Self {
            policy,
            partition,
            waiting: VecDeque::new(),
            running: BTreeMap::new(),
            expected_ends: BTreeSet::new(),
            present: BTreeSet::new(),
            waiting_core_ns: 0,
        }
    }

    /// A job arrives; answers the jobs that start now.
    pub fn submit(&mut self, job: Job, now_ns: u64) -> Result<Vec<Start>, QueueError> {
        self.enqueue(job)?;
        Ok(self.schedule(now_ns))
    }

    /// A running job ends; answers the jobs that start now.
    pub fn finish(&mut self, job_id: u32, now_ns: u64) -> Result<Vec<Start>, QueueError> {
        self.finished(job_id)?;
        Ok(self.schedule(now_ns))
    }

    /// A job arrives; nothing starts until [`schedule`](Self::schedule).
    pub fn enqueue(&mut self, job: Job) -> Result<(), QueueError> {
        if !self.partition.feasible(&job) {
            return Err(QueueError::Infeasible { job_id: job.id, cores: job.cores, gpus: job.gpus });
        }
        if !self.present.insert(job.id) {
            return Err(QueueError::Duplicate(job.id));
        }
        self.waiting_core_ns += job.requested_core_ns();
        self.waiting.push_back(job);
        Ok(())
    }

    /// A running job ends and releases what it held; answers the job. Nothing starts until
    /// [`schedule`](Self::schedule).
    pub fn finished(&mut self, job_id: u32) -> Result<Job, QueueError> {
        let ended = self.running.remove(&job_id).ok_or(QueueError::NotRunning(job_id))?;
        self.expected_ends.remove(&(ended.expected_end_ns, job_id));
        self.present.remove(&job_id);
        self.partition.release(ended.allocation);
        Ok(ended.job)
    }

    /// One scheduling pass; answers the jobs that start now, in the order they were started.
    pub fn schedule(&mut self, now_ns: u64) -> Vec<Start> {
        let mut started = Vec::new();
        while let Some(&head) = self.waiting.front() {
            let Some(allocation) = self.partition.allocate(&head) else {
                break;
            };
            self.waiting.pop_front();
            started.push(self.begin(head, allocation, now_ns));
        }
        if self.policy == Policy::Easy && self.waiting.len() > 1 {
            self.backfill(now_ns, &mut started);
        }
        started
    }

    /// Takes all waiting jobs out, in order: their agent is gone and they go elsewhere.
    pub fn withdraw_waiting(&mut self) -> Vec<Job> {
        self.waiting_core_ns = 0;
        let withdrawn: Vec<Job> = self.waiting.drain(..).collect();
        for job in &withdrawn {
            self.present.remove(&job.id);
        }
        withdrawn
    }

    /// The partition it feeds.
    pub fn partition(&self) -> &Partition {
        &self.partition
    }

    /// Jobs waiting, in order of submission.
    pub fn waiting(&self) -> impl ExactSizeIterator<Item = &Job> {
        self.waiting.iter()
    }

    /// Number of jobs running.
    pub fn running_count(&self) -> usize {
        self.running.len()
    }

    /// Work ahead of a job submitted now, by requested times, core-nanoseconds: all that waits, and
    /// what is left of all that runs.
    pub fn backlog_core_ns(&self, now_ns: u64) -> u128 {
        let left = |r: &Running| {
            let left_ns = r.expected_end_ns.saturating_sub(now_ns);
            u128::from(left_ns) * u128::from(r.job.cores)
        };
        self.waiting_core_ns + self.running.values().map(left).sum::<u128>()
    }

    fn begin(&mut self, job: Job, allocation: Allocation, now_ns: u64) -> Start {
        let expected_end_ns = now_ns.saturating_add(job.requested_ns);
        self.waiting_core_ns -= job.requested_core_ns();
        self.expected_ends.insert((expected_end_ns, job.id));
        self.running.insert(job.id, Running { job, expected_end_ns, allocation });
        Start { job_id: job.id, start_ns: now_ns, end_ns: now_ns.saturating_add(job.run_ns) }
    }

    /// Lets jobs behind the blocked head start where that cannot delay it.
    fn backfill(&mut self, now_ns: u64, started: &mut Vec<Start>) {
        let Some(head) = self.waiting.front().map(Tasks::of) else {
            return;
        };
        let (shadow_ns, mut at_shadow) = self.reserve(&head, now_ns);
        let mut place = 1;
        while place < self.waiting.len() && self.partition.available().cores > 0 {
            let candidate = self.waiting[place];
            if u64::from(candidate.cores) > self.partition.available().cores {
                place += 1;
                continue;
            }
            let Some(allocation) = self.partition.allocate(&candidate) else {
                place += 1;
                continue;
            };
            if now_ns.saturating_add(candidate.requested_ns) > shadow_ns {
                at_shadow.take(&allocation);
                if !at_shadow.fits(&head) {
                    at_shadow.give(&allocation);
                    self.partition.release(allocation);
                    place += 1;
                    continue;
                }
            }
            self.waiting.remove(place);
            started.push(self.begin(candidate, allocation, now_ns));
        }
    }

    /// The head's shadow time, and what is free on every node then (the head not yet placed).
    ///
    /// A job past its requested time is expected to end at any moment: one nanosecond from now.
    fn reserve(&self, head: &Tasks, now_ns: u64) -> (u64, Free) {
        let mut free = self.partition.free().clone();
        let mut shadow_ns = None;
        for &(end_ns, job_id) in &self.expected_ends {
            let end_ns = end_ns.max(now_ns.saturating_add(1));
            if shadow_ns.is_some_and(|shadow| end_ns > shadow) {
                break;
            }
            if let Some(running) = self.running.get(&job_id) {
                free.give(&running.allocation);
            }
            if shadow_ns.is_none() && free.fits(head) {
                shadow_ns = Some(end_ns);
            }
        }
        // Every queued job is feasible, so an emptied partition holds the head.
        (shadow_ns.unwrap_or(u64::MAX), free)
    }
}

#[cfg(test)]
mod tests;
