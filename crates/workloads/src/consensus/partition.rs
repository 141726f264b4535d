//! The part of the cluster that one agent owns, and the allocation of jobs on its nodes.
//!
//! A job is a set of equal **tasks** that may sit on any nodes, each task whole on one node: one
//! task per GPU if the job asks for GPUs, else one per core. Cores, memory and bandwidth are divided
//! evenly over the tasks and rounded up to whole cores, MB and kB/s, so that book-keeping is exact
//! integer arithmetic and a release always restores what was taken.

use super::cluster::Node;
use super::job::{Domain, Job};

/// Amounts of every resource, in whole units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Amounts {
    /// Processor cores.
    pub cores: u64,
    /// Accelerators.
    pub gpus: u64,
    /// Memory, MB.
    pub memory_mb: u64,
    /// Storage bandwidth, kB/s.
    pub io_kb_s: u64,
}

impl Amounts {
    fn each(self, other: Self, apply: impl Fn(u64, u64) -> u64) -> Self {
        Self {
            cores: apply(self.cores, other.cores),
            gpus: apply(self.gpus, other.gpus),
            memory_mb: apply(self.memory_mb, other.memory_mb),
            io_kb_s: apply(self.io_kb_s, other.io_kb_s),
        }
    }

    pub(super) fn plus(self, other: Self) -> Self {
        self.each(other, u64::saturating_add)
    }

    pub(super) fn minus(self, other: Self) -> Self {
        self.each(other, u64::saturating_sub)
    }

    pub(super) fn times(self, count: u64) -> Self {
        self.each(Self::default(), |amount, _| amount.saturating_mul(count))
    }

    /// Cores, GPUs, memory, bandwidth.
    pub(super) const fn each_of(self) -> [u64; 4] {
        [self.cores, self.gpus, self.memory_mb, self.io_kb_s]
    }

    /// How many of `task` fit in these amounts.
    fn holds(self, task: Self) -> u64 {
        let share = |have: u64, need: u64| have.checked_div(need).unwrap_or(u64::MAX);
        share(self.cores, task.cores)
            .min(share(self.gpus, task.gpus))
            .min(share(self.memory_mb, task.memory_mb))
            .min(share(self.io_kb_s, task.io_kb_s))
    }
}

/// A job as tasks: how many, and what each needs on its node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tasks {
    /// Number of tasks, at least 1.
    pub count: u64,
    /// What one task needs; at least one core.
    pub each: Amounts,
}

impl Tasks {
    /// Divides a job into tasks.
    pub fn of(job: &Job) -> Self {
        let count = u64::from(if job.gpus > 0 { job.gpus } else { job.cores }).max(1);
        // `as` saturates; a negative or NaN demand is 0.
        let share = |total: f64| libm::ceil(total * 1_000.0 / count as f64) as u64;
        Self {
            count,
            each: Amounts {
                cores: u64::from(job.cores).div_ceil(count).max(1),
                gpus: u64::from(job.gpus) / count,
                memory_mb: share(job.memory_gb),
                io_kb_s: share(job.io_mb_s),
            },
        }
    }

    /// What the whole job holds.
    pub fn total(&self) -> Amounts {
        self.each.times(self.count)
    }
}

/// What a running job holds. Given back with [`Partition::release`], which consumes it.
#[derive(Debug, PartialEq, Eq)]
pub struct Allocation {
    each: Amounts,
    /// (node, tasks on it), nodes in the order they were filled.
    nodes: Vec<(usize, u64)>,
}

impl Allocation {
    /// Number of nodes the job sits on.
    pub fn span(&self) -> usize {
        self.nodes.len()
    }

    /// What the whole job holds.
    pub fn total(&self) -> Amounts {
        let tasks = self.nodes.iter().map(|&(_, tasks)| tasks).sum();
        self.each.times(tasks)
    }
}

/// Free amounts per node: the present, or a forecast of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Free(Vec<Amounts>);

impl Free {
    /// Whether all tasks fit.
    pub(super) fn fits(&self, tasks: &Tasks) -> bool {
        let mut left = tasks.count;
        for node in &self.0 {
            left = left.saturating_sub(node.holds(tasks.each));
            if left == 0 {
                return true;
            }
        }
        false
    }

    pub(super) fn take(&mut self, allocation: &Allocation) {
        for &(node, tasks) in &allocation.nodes {
            self.0[node] = self.0[node].minus(allocation.each.times(tasks));
        }
    }

    pub(super) fn give(&mut self, allocation: &Allocation) {
        for &(node, tasks) in &allocation.nodes {
            self.0[node] = self.0[node].plus(allocation.each.times(tasks));
        }
    }
}

/// The nodes of one agent and what is free on them.
#[derive(Clone, Debug)]
pub struct Partition {
    owner: u32,
    nodes: Vec<Node>,
    free: Free,
    idle: Free,
    capacity: Amounts,
    available: Amounts,
    /// Per domain, the nodes in the order jobs of that domain fill them.
    order: [Vec<usize>; 4],
}

impl Partition {
    /// All nodes idle.
    pub fn new(owner: u32, nodes: Vec<Node>) -> Self {
        let idle = Free(nodes.iter().map(|node| node.amounts).collect());
        let capacity = nodes.iter().fold(Amounts::default(), |sum, node| sum.plus(node.amounts));
        let order = Domain::ALL.map(|domain| filling_order(&nodes, domain));
        Self { owner, nodes, free: idle.clone(), idle, capacity, available: capacity, order }
    }

    /// One node with this many cores and nothing else: a machine by processor count.
    pub fn of_cores(cores: u32) -> Self {
        let amounts = Amounts { cores: u64::from(cores), ..Amounts::default() };
        let kind = Domain::Compute;
        Self::new(0, vec![Node { kind, amounts }])
    }

    /// Index of the agent that owns it.
    pub fn owner(&self) -> u32 {
        self.owner
    }

    /// Its nodes.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// What all nodes have together.
    pub fn capacity(&self) -> Amounts {
        self.capacity
    }

    /// What is free now on all nodes together.
    pub fn available(&self) -> Amounts {
        self.available
    }

    /// Share of the nodes built for `domain`, 0–1.
    pub fn share_of(&self, domain: Domain) -> f64 {
        let built = self.nodes.iter().filter(|node| node.kind == domain).count();
        built as f64 / self.nodes.len().max(1) as f64
    }

    /// Whether the job could run here if nothing else did.
    pub fn feasible(&self, job: &Job) -> bool {
        self.idle.fits(&Tasks::of(job))
    }

    /// Whether the job could start now.
    pub fn fits_now(&self, job: &Job) -> bool {
        self.free.fits(&Tasks::of(job))
    }

    /// The fewest nodes the job can sit on when the partition is idle; `None` if infeasible.
    pub fn fewest_nodes(&self, job: &Job) -> Option<usize> {
        let tasks = Tasks::of(job);
        let mut held: Vec<u64> = self.idle.0.iter().map(|n| n.holds(tasks.each)).collect();
        held.sort_unstable_by(|a, b| b.cmp(a));
        let mut left = tasks.count;
        for (index, holds) in held.into_iter().enumerate() {
            left = left.saturating_sub(holds);
            if left == 0 {
                return Some(index + 1);
            }
        }
        None
    }

    /// Takes what the job needs, or nothing and `None` if it does not fit now.
    pub fn allocate(&mut self, job: &Job) -> Option<Allocation> {
        let tasks = Tasks::of(job);
        if !self.free.fits(&tasks) {
            return None;
        }
        let mut left = tasks.count;
        let mut nodes = Vec::new();
        for &node in &self.order[job.domain.index()] {
            let here = self.free.0[node].holds(tasks.each).min(left);
            if here > 0 {
                nodes.push((node, here));
                left -= here;
            }
            if left == 0 {
                break;
            }
        }
        let each = tasks.each;
        let allocation = Allocation { each, nodes };
        self.free.take(&allocation);
        self.available = self.available.minus(allocation.total());
        Some(allocation)
    }

    /// Gives back what a job held.
    pub fn release(&mut self, allocation: Allocation) {
        self.free.give(&allocation);
        self.available = self.available.plus(allocation.total());
    }

    pub(super) fn free(&self) -> &Free {
        &self.free
    }
}

/// Nodes built for the job's domain first, then those that other domains need least: accelerators
/// are kept for jobs that use them. Ties by node index.
fn filling_order(nodes: &[Node], domain: Domain) -> Vec<usize> {
    let reluctance = |kind: Domain| match kind {
        kind if kind == domain => 0,
        Domain::Compute => 1,
        Domain::Storage => 2,
        Domain::Memory => 3,
        Domain::Gpu => 4,
    };
    let mut order: Vec<usize> = (0..nodes.len()).collect();
    order.sort_by_key(|&index| (reluctance(nodes[index].kind), index));
    order
}

#[cfg(test)]
mod tests {
    use super::super::cluster::Node;
    use super::*;

    fn job(cores: u32, gpus: u32, memory_gb: f64, domain: Domain) -> Job {
        Job { gpus, memory_gb, domain, ..Job::of_cores(1, 0, 1, 1, cores) }
    }

    fn mixed() -> Partition {
        Partition::new(0, Domain::ALL.map(Node::of).to_vec())
    }

    #[test]
    fn a_release_restores_exactly_what_was_taken() {
        let mut partition = mixed();
        let before = (partition.available(), partition.free().clone());
        let mut held = Vec::new();
        for (cores, gpus, memory) in [(1, 0, 900.0), (3, 0, 0.1), (8, 3, 7.7), (40, 0, 333.3)] {
            let domain = if gpus > 0 { Domain::Gpu } else { Domain::Memory };
            held.push(partition.allocate(&job(cores, gpus, memory, domain)).unwrap());
        }
        assert_ne!(partition.available(), before.0);
        for allocation in held {
            partition.release(allocation);
        }
        assert_eq!((partition.available(), partition.free().clone()), before);
        assert_eq!(partition.available(), partition.capacity());
    }

    #[test]
    fn a_task_never_straddles_nodes() {
        let partition = mixed();
        // 1 core with 1,500 GB needs the memory node; 3,000 GB fits on no single node.
        assert!(partition.feasible(&job(1, 0, 1_500.0, Domain::Memory)));
        assert!(!partition.feasible(&job(1, 0, 3_000.0, Domain::Memory)));
    }

    #[test]
    fn gpus_come_only_from_nodes_that_have_them() {
        let mut partition = mixed();
        let four = job(8, 4, 16.0, Domain::Gpu);
        assert!(partition.feasible(&four));
        let first = partition.allocate(&four).unwrap();
        assert_eq!(first.span(), 1);
        assert!(!partition.fits_now(&job(1, 1, 1.0, Domain::Gpu)));
        assert!(partition.fits_now(&job(64, 0, 1.0, Domain::Compute)));
        assert!(!partition.feasible(&job(8, 5, 16.0, Domain::Gpu)));
    }

    #[test]
    fn jobs_without_gpus_fill_gpu_nodes_last() {
        let mut partition = mixed();
        let gpu_node = 0;
        let allocation = partition.allocate(&job(100, 0, 1.0, Domain::Compute)).unwrap();
        assert!(allocation.nodes.iter().all(|&(node, _)| node != gpu_node));
    }

    #[test]
    fn by_processor_count_the_only_limit_is_cores() {
        let mut partition = Partition::of_cores(10);
        let six = partition.allocate(&job(6, 0, 0.0, Domain::Compute)).unwrap();
        assert!(partition.allocate(&job(5, 0, 0.0, Domain::Compute)).is_none());
        assert!(partition.allocate(&job(4, 0, 0.0, Domain::Compute)).is_some());
        partition.release(six);
        assert_eq!(partition.available().cores, 6);
        assert!(!partition.feasible(&job(11, 0, 0.0, Domain::Compute)));
    }
}
