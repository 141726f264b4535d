use super::super::cluster::Node;
use super::super::job::Domain;
use super::*;

const NOBODY: [u32; 0] = [];

/// (id, requested, cores) on a machine by processor count; real run time = requested.
fn job((id, requested, cores): (u32, u64, u32)) -> Job {
    Job::of_cores(id, 0, requested, requested, cores)
}

fn queue(policy: Policy, cores: u32) -> LocalQueue {
    LocalQueue::new(Partition::of_cores(cores), policy)
}

fn submit(queue: &mut LocalQueue, now: u64, spec: (u32, u64, u32)) -> Vec<u32> {
    ids(queue.submit(job(spec), now))
}

fn ids(started: Result<Vec<Start>, QueueError>) -> Vec<u32> {
    started.unwrap().into_iter().map(|s| s.job_id).collect()
}

#[test]
fn fifo_lets_nobody_past_a_waiting_head() {
    let mut q = queue(Policy::Fifo, 10);
    assert_eq!(submit(&mut q, 0, (1, 100, 6)), [1]);
    assert_eq!(submit(&mut q, 1, (2, 50, 8)), NOBODY);
    assert_eq!(submit(&mut q, 2, (3, 5, 1)), NOBODY);
    assert_eq!(ids(q.finish(1, 100)), [2, 3]);
}

#[test]
fn easy_backfills_what_ends_by_the_shadow_time_and_not_a_nanosecond_later() {
    let mut q = queue(Policy::Easy, 10);
    submit(&mut q, 0, (1, 100, 6));
    assert_eq!(submit(&mut q, 1, (2, 50, 10)), NOBODY);
    assert_eq!(submit(&mut q, 10, (3, 91, 2)), NOBODY, "would end at 101");
    assert_eq!(submit(&mut q, 10, (4, 90, 2)), [4], "ends at 100");
}

#[test]
fn easy_backfills_a_long_job_on_the_extra_cores_only() {
    let mut q = queue(Policy::Easy, 10);
    submit(&mut q, 0, (1, 100, 6));
    assert_eq!(submit(&mut q, 1, (2, 50, 7)), NOBODY);
    // At the shadow time 100, 10 − 7 = 3 cores are extra.
    assert_eq!(submit(&mut q, 2, (3, 900, 4)), NOBODY);
    assert_eq!(submit(&mut q, 2, (4, 900, 2)), [4]);
    assert_eq!(submit(&mut q, 3, (5, 900, 2)), NOBODY, "one extra core is left");
    assert_eq!(submit(&mut q, 3, (6, 900, 1)), [6]);
    assert_eq!(ids(q.finish(1, 100)), [2], "the head starts at its shadow time");
}

#[test]
fn cores_freed_together_at_the_shadow_time_are_extra_too() {
    let mut q = queue(Policy::Easy, 10);
    submit(&mut q, 0, (1, 100, 4));
    submit(&mut q, 0, (2, 100, 4));
    assert_eq!(submit(&mut q, 1, (3, 10, 5)), NOBODY);
    // The head needs only one of the two ends at 100; the rest, 5 cores, is extra.
    assert_eq!(submit(&mut q, 2, (4, 900, 2)), [4]);
}

#[test]
fn an_early_end_moves_the_reservation_forward() {
    let mut q = queue(Policy::Easy, 10);
    let early = Job::of_cores(1, 0, 20, 100, 6);
    let started = q.submit(early, 0).unwrap();
    assert_eq!(started, [Start { job_id: 1, start_ns: 0, end_ns: 20 }]);
    submit(&mut q, 1, (2, 50, 10));
    submit(&mut q, 2, (3, 98, 4));
    assert_eq!(ids(q.finish(1, 20)), NOBODY, "job 3 still holds 4 cores");
    assert_eq!(ids(q.finish(3, 100)), [2]);
}

#[test]
fn a_job_that_overstays_its_request_does_not_stop_the_queue() {
    let mut q = queue(Policy::Easy, 4);
    submit(&mut q, 0, (1, 10, 4));
    assert_eq!(submit(&mut q, 50, (2, 10, 4)), NOBODY);
    assert_eq!(submit(&mut q, 50, (3, 10, 1)), NOBODY);
    assert_eq!(ids(q.finish(1, 60)), [2]);
}

#[test]
fn a_reservation_holds_for_every_resource_and_node() {
    let nodes = [Domain::Gpu, Domain::Compute].map(Node::of).to_vec();
    let mut q = LocalQueue::new(Partition::new(0, nodes), Policy::Easy);
    let gpu_job =
        |id, gpus, requested| Job { gpus, domain: Domain::Gpu, ..Job::of_cores(id, 0, requested, requested, gpus) };
    assert_eq!(ids(q.submit(gpu_job(1, 3, 100), 0)), [1]);
    assert_eq!(ids(q.submit(gpu_job(2, 4, 10), 1)), NOBODY);
    // One GPU is idle, but the head needs all four at 100.
    assert_eq!(ids(q.submit(gpu_job(3, 1, 200), 2)), NOBODY);
    assert_eq!(ids(q.submit(gpu_job(4, 1, 50), 2)), [4]);
    // Cores are in plenty on the compute node: long jobs without GPUs pass.
    assert_eq!(ids(q.submit(job((5, 900, 64)), 3)), [5]);
    // On the GPU node they may take what the head leaves: 32 − 4 cores.
    assert_eq!(ids(q.submit(job((6, 900, 28)), 3)), [6]);
    assert_eq!(ids(q.submit(job((7, 900, 1)), 3)), NOBODY);
    q.finished(4).unwrap();
    assert_eq!(ids(q.finish(1, 100)), [2]);
}

#[test]
fn the_backlog_counts_waiting_and_remaining_work() {
    let mut q = queue(Policy::Fifo, 10);
    submit(&mut q, 0, (1, 100, 6));
    submit(&mut q, 0, (2, 50, 8));
    assert_eq!(q.backlog_core_ns(40), 60 * 6 + 50 * 8);
    assert_eq!((q.waiting().len(), q.running_count()), (1, 1));
    let withdrawn = q.withdraw_waiting();
    assert_eq!(withdrawn.len(), 1);
    assert_eq!(q.backlog_core_ns(40), 60 * 6);
    assert_eq!(submit(&mut q, 41, (2, 50, 4)), [2], "it may come back");
}

#[test]
fn wrong_events_are_refused_in_words() {
    let mut q = queue(Policy::Easy, 4);
    submit(&mut q, 0, (1, 10, 4));
    assert_eq!(q.submit(job((1, 5, 1)), 0), Err(QueueError::Duplicate(1)));
    assert_eq!(q.finish(9, 1), Err(QueueError::NotRunning(9)));
    let too_wide = q.submit(job((2, 5, 5)), 0).unwrap_err();
    assert!(too_wide.to_string().starts_with("job 2 (5 cores, 0 GPUs) can never run"));
}
