//! What jobs of each workload type ask for.
//!
//! Quantiles (minimum, lower quartile, median, upper quartile, maximum) of each demand, chosen for
//! Ergon so that every job can run somewhere in a cluster of three agents or more at any
//! specialization. Values between the quantiles are interpolated in the logarithm.
//!
//! | domain | cores | GPUs | memory, GB a core | I/O, MB/s | run time, s |
//! |---|---|---|---|---|---|
//! | gpu | 2, 8, 12, 24, 64 | 1, 1, 2, 4, 8 | 1, 2, 4, 6, 8 | 10, 50, 100, 250, 1,000 | 120, 900, 1,800, 5,400, 28,800 |
//! | memory | 1, 4, 8, 16, 32 | 0 | 4, 8, 16, 32, 64 | 10, 40, 80, 200, 800 | 60, 600, 1,800, 3,600, 21,600 |
//! | compute | 4, 16, 32, 64, 128 | 0 | 0.5, 1, 1.5, 2, 4 | 1, 5, 10, 50, 200 | 60, 600, 1,800, 5,400, 43,200 |
//! | storage | 1, 4, 8, 16, 32 | 0 | 0.5, 1, 2, 3, 4 | 200, 500, 1,500, 4,000, 10,000 | 30, 300, 900, 2,700, 10,800 |
//!
//! `gpu_intensive`, `memory_heavy`, `compute_bound` and `io_heavy` draw from one row; `mixed` draws
//! the row first, all four equally likely. Cores of a GPU job are a whole multiple of its GPUs, at
//! most 8 each.
//!
//! The user's estimate is run time × uniform(1, 3): the f-model of Mu'alem & Feitelson (IEEE TPDS
//! 12(6), 2001) with f = 2, in whole seconds rounded up.

use rand_core::Rng;

use super::job::{Domain, Job, SECOND_NS, nanoseconds};
use crate::draw;

/// f of the estimates: they are uniform between the run time and (1 + f) times it.
pub const ESTIMATE_EXCESS: f64 = 2.0;

/// Cores a GPU brings at most: a GPU node has 32 cores and 4 GPUs.
const CORES_PER_GPU: u32 = 8;

/// The widest job that may have a domain other than compute where cores come from a trace: an
/// agent without specialization has two nodes of each kind, 64 cores on GPU and memory nodes.
const WIDEST_SPECIAL: u32 = 64;

/// What the jobs of a run are like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WorkloadType {
    /// Jobs of the gpu domain.
    GpuIntensive,
    /// Jobs of the memory domain.
    MemoryHeavy,
    /// Jobs of the compute domain.
    ComputeBound,
    /// Jobs of the storage domain.
    IoHeavy,
    /// All four, equally likely.
    Mixed,
}

impl WorkloadType {
    /// All types, in a fixed order.
    pub const ALL: [Self; 5] = [Self::GpuIntensive, Self::MemoryHeavy, Self::ComputeBound, Self::IoHeavy, Self::Mixed];

    /// The word used in specs.
    pub const fn word(self) -> &'static str {
        match self {
            Self::GpuIntensive => "gpu_intensive",
            Self::MemoryHeavy => "memory_heavy",
            Self::ComputeBound => "compute_bound",
            Self::IoHeavy => "io_heavy",
            Self::Mixed => "mixed",
        }
    }

    /// The type a spec names.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// The domain of the next job. One word.
    fn domain<R: Rng + ?Sized>(self, rng: &mut R) -> Domain {
        let any = Domain::ALL[draw::below(rng, 4) as usize];
        match self {
            Self::GpuIntensive => Domain::Gpu,
            Self::MemoryHeavy => Domain::Memory,
            Self::ComputeBound => Domain::Compute,
            Self::IoHeavy => Domain::Storage,
            Self::Mixed => any,
        }
    }
}

/// Minimum, quartiles and maximum of a demand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quantiles(pub [f64; 5]);

impl Quantiles {
    /// The quantile at `u` in 0–1, log-linear between the given ones; 0 where they are 0.
    pub fn at(&self, u: f64) -> f64 {
        let position = u.clamp(0.0, 1.0) * 4.0;
        let below = (position as usize).min(3);
        let (low, high) = (self.0[below], self.0[below + 1]);
        if low <= 0.0 {
            return 0.0;
        }
        low * libm::pow(high / low, position - below as f64)
    }

    fn draw<R: Rng + ?Sized>(&self, rng: &mut R) -> f64 {
        self.at(draw::unit(rng))
    }
}

/// One row of the table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Profile {
    /// Cores.
    pub cores: Quantiles,
    /// GPUs.
    pub gpus: Quantiles,
    /// Memory for each core, GB.
    pub memory_gb_per_core: Quantiles,
    /// Storage bandwidth of the job, MB/s.
    pub io_mb_s: Quantiles,
    /// Run time, seconds.
    pub run_s: Quantiles,
}

impl Profile {
    /// The row of a domain.
    pub const fn of(domain: Domain) -> Self {
        let (cores, gpus, memory_gb_per_core, io_mb_s, run_s) = match domain {
            Domain::Gpu => (
                [2.0, 8.0, 12.0, 24.0, 64.0],
                [1.0, 1.0, 2.0, 4.0, 8.0],
                [1.0, 2.0, 4.0, 6.0, 8.0],
                [10.0, 50.0, 100.0, 250.0, 1_000.0],
                [120.0, 900.0, 1_800.0, 5_400.0, 28_800.0],
            ),
            Domain::Memory => (
                [1.0, 4.0, 8.0, 16.0, 32.0],
                [0.0; 5],
                [4.0, 8.0, 16.0, 32.0, 64.0],
                [10.0, 40.0, 80.0, 200.0, 800.0],
                [60.0, 600.0, 1_800.0, 3_600.0, 21_600.0],
            ),
            Domain::Compute => (
                [4.0, 16.0, 32.0, 64.0, 128.0],
                [0.0; 5],
                [0.5, 1.0, 1.5, 2.0, 4.0],
                [1.0, 5.0, 10.0, 50.0, 200.0],
                [60.0, 600.0, 1_800.0, 5_400.0, 43_200.0],
            ),
            Domain::Storage => (
                [1.0, 4.0, 8.0, 16.0, 32.0],
                [0.0; 5],
                [0.5, 1.0, 2.0, 3.0, 4.0],
                [200.0, 500.0, 1_500.0, 4_000.0, 10_000.0],
                [30.0, 300.0, 900.0, 2_700.0, 10_800.0],
            ),
        };
        Self {
            cores: Quantiles(cores),
            gpus: Quantiles(gpus),
            memory_gb_per_core: Quantiles(memory_gb_per_core),
            io_mb_s: Quantiles(io_mb_s),
            run_s: Quantiles(run_s),
        }
    }
}

/// A job with everything drawn. Seven words.
pub fn draw_job<R: Rng + ?Sized>(rng: &mut R, id: u32, submit_ns: u64, workload: WorkloadType) -> Job {
    let domain = workload.domain(rng);
    let profile = Profile::of(domain);
    let gpus = whole(profile.gpus.draw(rng));
    let drawn_cores = whole(profile.cores.draw(rng)).max(1);
    let cores = match gpus {
        0 => drawn_cores,
        gpus => drawn_cores.div_ceil(gpus).min(CORES_PER_GPU) * gpus,
    };
    let memory_gb = profile.memory_gb_per_core.draw(rng) * f64::from(cores);
    let io_mb_s = profile.io_mb_s.draw(rng);
    let run_s = libm::round(profile.run_s.draw(rng)).max(1.0);
    Job {
        gpus,
        memory_gb,
        io_mb_s,
        domain,
        ..Job::of_cores(id, submit_ns, nanoseconds(run_s), estimate_ns(rng, nanoseconds(run_s)), cores)
    }
}

/// Gives jobs that know only their cores and times (of a trace or the Lublin–Feitelson model) a
/// domain, GPUs, memory and bandwidth. Known memory is kept. Four words a job.
///
/// Jobs wider than 64 cores are of the compute domain whatever the type: no unspecialized agent has
/// more cores of another kind. A GPU job has one GPU for every 8 cores begun.
pub fn complete<R: Rng + ?Sized>(rng: &mut R, jobs: &mut [Job], workload: WorkloadType) {
    for job in jobs {
        let drawn = workload.domain(rng);
        job.domain = if job.cores > WIDEST_SPECIAL { Domain::Compute } else { drawn };
        let profile = Profile::of(job.domain);
        let memory_gb = profile.memory_gb_per_core.draw(rng) * f64::from(job.cores);
        if job.memory_gb <= 0.0 {
            job.memory_gb = memory_gb;
        }
        job.io_mb_s = profile.io_mb_s.draw(rng);
        job.gpus = match job.domain {
            Domain::Gpu => job.cores.div_ceil(CORES_PER_GPU),
            _ => 0,
        };
    }
}

/// An estimate of the user for this run time: never below it, whole seconds. One word.
pub fn estimate_ns<R: Rng + ?Sized>(rng: &mut R, run_ns: u64) -> u64 {
    let factor = draw::uniform(rng, 1.0, 1.0 + ESTIMATE_EXCESS);
    let estimate_ns = libm::ceil(run_ns as f64 * factor) as u64;
    let whole_seconds = estimate_ns.div_ceil(SECOND_NS).saturating_mul(SECOND_NS);
    whole_seconds.max(run_ns)
}

fn whole(amount: f64) -> u32 {
    libm::round(amount) as u32
}

#[cfg(test)]
mod tests;
