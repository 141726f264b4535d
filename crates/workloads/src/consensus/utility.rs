//! How good it is to give a job to an agent, and how good a decision was.
//!
//! U(job, agent) = Σ wᵢ·fᵢ in [0, 1], each factor in [0, 1], weights summing to 1. The functional
//! form and weights are Ergon's choice, fixed so that results can be compared:
//!
//! | factor | weight | definition |
//! |---|---|---|
//! | fit | 0.25 | cosine between the job's demand and the agent's capacity, each resource in units of the mean node (alignment as in Grandl et al., "Multi-resource packing for cluster schedulers", SIGCOMM 2014) |
//! | headroom | 0.15 | least share of a demanded resource that stays free after placing the job now; 0 if it does not fit now |
//! | specialty | 0.20 | share of the agent's nodes built for the job's domain |
//! | load | 0.30 | requested ÷ (requested + expected wait); expected wait = backlog ÷ cores, 0 if the job fits now and nobody waits |
//! | locality | 0.10 | 1 ÷ the fewest nodes the job spans there |
//!
//! U is undefined (`None`) where the job can never run. The oracle knows the true state; what agents
//! say about themselves does not enter it.

use super::cluster::Node;
use super::job::{Domain, Job};
use super::partition::{Amounts, Tasks};
use super::queue::LocalQueue;

/// The five factors, each 0–1, higher is better.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Factors {
    /// Shape of the demand against shape of the capacity.
    pub fit: f64,
    /// Room left after placing.
    pub headroom: f64,
    /// Nodes built for the job's domain.
    pub specialty: f64,
    /// Freedom from waiting work.
    pub load: f64,
    /// Few nodes spanned.
    pub locality: f64,
}

/// Weights of the factors: fit, headroom, specialty, load, locality. They sum to 1.
pub const WEIGHTS: Factors = Factors { fit: 0.25, headroom: 0.15, specialty: 0.20, load: 0.30, locality: 0.10 };

impl Factors {
    /// The factors of giving `job` to the agent behind `queue` now; `None` if it can never run there.
    pub fn of(job: &Job, queue: &LocalQueue, now_ns: u64) -> Option<Self> {
        let partition = queue.partition();
        let nodes = partition.fewest_nodes(job)?;
        let demand = Tasks::of(job).total();
        Some(Self {
            fit: alignment(demand, partition.capacity()),
            headroom: if partition.fits_now(job) {
                headroom(demand, partition.available(), partition.capacity())
            } else {
                0.0
            },
            specialty: partition.share_of(job.domain),
            load: load(job, queue, now_ns),
            locality: 1.0 / nodes as f64,
        })
    }

    /// The weighted sum, 0–1.
    pub fn utility(&self) -> f64 {
        let sum = WEIGHTS.fit * self.fit
            + WEIGHTS.headroom * self.headroom
            + WEIGHTS.specialty * self.specialty
            + WEIGHTS.load * self.load
            + WEIGHTS.locality * self.locality;
        sum.clamp(0.0, 1.0)
    }
}

/// U(job, agent), 0–1; `None` if the job can never run there.
pub fn utility(job: &Job, queue: &LocalQueue, now_ns: u64) -> Option<f64> {
    Factors::of(job, queue, now_ns).map(|factors| factors.utility())
}

/// What a decision was worth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum DecisionQuality {
    /// 100·(U − U_worst) ÷ (U_best − U_worst), 0–100.
    Scored(f64),
    /// There was nothing to decide: at most one feasible agent, or all equally good. Undefined.
    NoChoice,
    /// An agent was chosen that can never run the job although another could: the worst there is.
    Infeasible,
}

impl DecisionQuality {
    /// Judges the choice of agent `chosen`, given U of every agent (`None` = infeasible). U_best and
    /// U_worst are exact, over all feasible agents.
    ///
    /// A choice outside the list counts as infeasible.
    pub fn of(utilities: &[Option<f64>], chosen: usize) -> Self {
        let feasible = || utilities.iter().copied().flatten();
        let best = feasible().fold(f64::NEG_INFINITY, f64::max);
        let worst = feasible().fold(f64::INFINITY, f64::min);
        match utilities.get(chosen).copied().flatten() {
            None if feasible().next().is_some() => Self::Infeasible,
            // The share first: it is at most 1, and 100 times the difference may round to more than 100 differences.
            Some(chosen) if best > worst => Self::Scored(100.0 * ((chosen - worst) / (best - worst))),
            _ => Self::NoChoice,
        }
    }

    /// The number that enters a mean: infeasible choices score 0, no choice scores nothing.
    pub fn score(self) -> Option<f64> {
        match self {
            Self::Scored(score) => Some(score),
            Self::Infeasible => Some(0.0),
            Self::NoChoice => None,
        }
    }
}

/// Amounts in units of the mean over the four node kinds.
fn normalised(amounts: Amounts) -> [f64; 4] {
    let total = Domain::ALL.iter().fold(Amounts::default(), |sum, &kind| sum.plus(Node::of(kind).amounts));
    let share = |have: u64, all: u64| 4.0 * have as f64 / all as f64;
    [
        share(amounts.cores, total.cores),
        share(amounts.gpus, total.gpus),
        share(amounts.memory_mb, total.memory_mb),
        share(amounts.io_kb_s, total.io_kb_s),
    ]
}

/// Cosine of two non-negative vectors, 0–1; 0 if either is null.
fn alignment(demand: Amounts, capacity: Amounts) -> f64 {
    let (a, b) = (normalised(demand), normalised(capacity));
    let dot = |x: &[f64; 4], y: &[f64; 4]| x.iter().zip(y).map(|(x, y)| x * y).sum::<f64>();
    let length = libm::sqrt(dot(&a, &a) * dot(&b, &b));
    if length > 0.0 { (dot(&a, &b) / length).min(1.0) } else { 0.0 }
}

/// The least share left, over the resources the job demands.
fn headroom(demand: Amounts, free: Amounts, capacity: Amounts) -> f64 {
    let (demand, free, capacity) = (demand.each_of(), free.each_of(), capacity.each_of());
    (0..4)
        .filter(|&r| demand[r] > 0 && capacity[r] > 0)
        .map(|r| free[r].saturating_sub(demand[r]) as f64 / capacity[r] as f64)
        .fold(1.0, f64::min)
}

fn load(job: &Job, queue: &LocalQueue, now_ns: u64) -> f64 {
    let partition = queue.partition();
    if queue.waiting().len() == 0 && partition.fits_now(job) {
        return 1.0;
    }
    let cores = partition.capacity().cores.max(1);
    let wait_ns = queue.backlog_core_ns(now_ns) as f64 / cores as f64;
    let requested_ns = job.requested_ns.max(1) as f64;
    requested_ns / (requested_ns + wait_ns)
}

#[cfg(test)]
mod tests {
    use super::super::cluster::Cluster;
    use super::super::queue::Policy;
    use super::*;

    const HOUR: u64 = 3_600_000_000_000;

    fn job(id: u32, cores: u32, gpus: u32, memory_gb: f64, domain: Domain) -> Job {
        Job { gpus, memory_gb, domain, ..Job::of_cores(id, 0, HOUR, HOUR, cores) }
    }

    /// Queues of four agents, each of its own domain: gpu, memory, storage, compute.
    fn specialists() -> Vec<LocalQueue> {
        let partitions = Cluster::new(4, 0.8).unwrap().into_partitions();
        partitions.into_iter().map(|p| LocalQueue::new(p, Policy::Easy)).collect()
    }

    fn best(job: &Job, queues: &[LocalQueue]) -> usize {
        let score = |q: &LocalQueue| utility(job, q, 0).unwrap_or(-1.0);
        (0..queues.len()).max_by(|&a, &b| score(&queues[a]).total_cmp(&score(&queues[b]))).unwrap()
    }

    #[test]
    fn weights_sum_to_one() {
        let w = WEIGHTS;
        let sum = w.fit + w.headroom + w.specialty + w.load + w.locality;
        assert!((sum - 1.0).abs() < 1e-12);
    }

    #[test]
    fn idle_specialists_win_their_own_jobs() {
        let queues = specialists();
        let own = [
            job(1, 16, 4, 64.0, Domain::Gpu),
            job(2, 8, 0, 1_000.0, Domain::Memory),
            Job { io_mb_s: 8_000.0, ..job(3, 8, 0, 16.0, Domain::Storage) },
            job(4, 96, 0, 64.0, Domain::Compute),
        ];
        for (agent, job) in own.iter().enumerate() {
            assert_eq!(best(job, &queues), agent, "{job:?}");
            for queue in &queues {
                if let Some(u) = utility(job, queue, 0) {
                    assert!((0.0..=1.0).contains(&u));
                }
            }
        }
    }

    #[test]
    fn a_loaded_specialist_loses_to_an_idle_one() {
        let mut queues = specialists();
        let long = |id| Job { requested_ns: 500 * HOUR, ..job(id, 400, 0, 8.0, Domain::Compute) };
        let before = utility(&job(99, 96, 0, 64.0, Domain::Compute), &queues[3], 0);
        for id in 1..4 {
            queues[3].submit(long(id), 0).unwrap();
        }
        let candidate = job(99, 96, 0, 64.0, Domain::Compute);
        assert!(utility(&candidate, &queues[3], 0) < before);
        assert_ne!(best(&candidate, &queues), 3);
    }

    #[test]
    fn where_a_job_can_never_run_utility_is_undefined() {
        let q = LocalQueue::new(Cluster::new(4, 1.0).unwrap().into_partitions().remove(1), Policy::Easy);
        assert_eq!(utility(&job(1, 4, 1, 1.0, Domain::Gpu), &q, 0), None);
    }

    #[test]
    fn quality_spans_worst_to_best() {
        let u = [Some(0.2), None, Some(0.8), Some(0.5)];
        assert_eq!(DecisionQuality::of(&u, 0).score(), Some(0.0));
        assert_eq!(DecisionQuality::of(&u, 2).score(), Some(100.0));
        assert!((DecisionQuality::of(&u, 3).score().unwrap() - 50.0).abs() < 1e-9);
        assert_eq!(DecisionQuality::of(&u, 1), DecisionQuality::Infeasible);
        assert_eq!(DecisionQuality::of(&u, 9).score(), Some(0.0));
    }

    #[test]
    fn without_a_choice_quality_is_undefined() {
        assert_eq!(DecisionQuality::of(&[Some(0.4), None], 0).score(), None);
        assert_eq!(DecisionQuality::of(&[Some(0.4), Some(0.4)], 1).score(), None);
        assert_eq!(DecisionQuality::of(&[None, None], 0), DecisionQuality::NoChoice);
        assert_eq!(DecisionQuality::of(&[], 0), DecisionQuality::NoChoice);
        // Nothing could be chosen well or badly, but an infeasible choice beside one feasible agent can.
        assert_eq!(DecisionQuality::of(&[Some(0.4), None], 1), DecisionQuality::Infeasible);
    }
}
