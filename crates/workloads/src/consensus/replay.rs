//! A whole trace through one local queue by processor count: the classic batch simulation.
//!
//! At each instant all ends come first, then all submissions in trace order, then one scheduling
//! pass. Only cores count: memory, bandwidth and GPUs that jobs ask for are left out of account.
//! A job of zero length ends at the instant it starts, which makes a further pass then.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::job::Job;
use super::partition::Partition;
use super::queue::{LocalQueue, Policy, QueueError};

/// When and with how many cores a job ran.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placement {
    /// Which job.
    pub job_id: u32,
    /// When it was submitted.
    pub submit_ns: u64,
    /// When it started.
    pub start_ns: u64,
    /// When it ended.
    pub end_ns: u64,
    /// Cores it held.
    pub cores: u32,
}

/// Runs a trace on `capacity` cores and answers the placements in trace order.
///
/// The trace need not be sorted: jobs are taken by submission time, ties in trace order. Ids must be
/// unique and no job may ask for more than the capacity.
pub fn replay(trace: &[Job], capacity: u32, policy: Policy) -> Result<Vec<Placement>, QueueError> {
    let mut queue = LocalQueue::new(Partition::of_cores(capacity), policy);
    let mut order: Vec<usize> = (0..trace.len()).collect();
    order.sort_by_key(|&index| trace[index].submit_ns);
    let mut arrivals = order.iter().copied().peekable();
    let mut ends: BinaryHeap<Reverse<(u64, u32)>> = BinaryHeap::new();
    let mut starts = Vec::with_capacity(trace.len());
    loop {
        let next_end = ends.peek().map(|&Reverse((end_ns, _))| end_ns);
        let next_arrival = arrivals.peek().map(|&index| trace[index].submit_ns);
        let Some(now_ns) = next_end.into_iter().chain(next_arrival).min() else {
            break;
        };
        while let Some(&Reverse((end_ns, job_id))) = ends.peek()
            && end_ns == now_ns
        {
            ends.pop();
            queue.finished(job_id)?;
        }
        while let Some(index) = arrivals.next_if(|&index| trace[index].submit_ns == now_ns) {
            queue.enqueue(by_cores(&trace[index]))?;
        }
        for start in queue.schedule(now_ns) {
            ends.push(Reverse((start.end_ns, start.job_id)));
            starts.push((start.job_id, start.start_ns));
        }
    }
    Ok(in_trace_order(trace, starts))
}

fn by_cores(job: &Job) -> Job {
    Job::of_cores(job.id, job.submit_ns, job.run_ns, job.requested_ns, job.cores)
}

fn in_trace_order(trace: &[Job], mut starts: Vec<(u32, u64)>) -> Vec<Placement> {
    starts.sort_unstable();
    let start_of = |id: u32| {
        let found = starts.binary_search_by_key(&id, |&(job_id, _)| job_id);
        found.ok().map(|place| starts[place].1)
    };
    trace
        .iter()
        .filter_map(|job| {
            start_of(job.id).map(|start_ns| Placement {
                job_id: job.id,
                submit_ns: job.submit_ns,
                start_ns,
                end_ns: start_ns.saturating_add(job.run_ns),
                cores: job.cores,
            })
        })
        .collect()
}
