//! Jobs for a run that brings no trace: who arrives when, and with what demand.
//!
//! Arrival levels. A mixed job is 25 core-hours of work in the mean, so ten agents (2,880 cores) are
//! offered these loads, and five agents twice as much:
//!
//! | level | jobs/h | offered load, ten agents |
//! |---|---|---|
//! | low | 30 | 26 % |
//! | medium | 60 | 52 % |
//! | high | 120 | 104 % |
//!
//! A burst process sends groups of jobs (geometric size, mean 8) a tenth of the mean gap apart, with
//! exponential pauses between groups that keep the mean rate.
//!
//! Arrivals, shapes and demands come from streams of their own, seeded by the caller's: more jobs,
//! another rate or another workload type leave the other two as they were.

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

use super::demands::{self, WorkloadType};
use super::job::{Job, nanoseconds};
use super::lublin::{DailyCycle, JobClass, Shapes};
use crate::draw;

/// Mean number of jobs in a burst.
pub const BURST_JOBS: f64 = 8.0;
/// Mean time between jobs of a burst, in mean inter-arrival times.
pub const BURST_GAP: f64 = 0.1;

/// How many jobs arrive.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ArrivalRate {
    /// 30 jobs/h.
    Low,
    /// 60 jobs/h.
    Medium,
    /// 120 jobs/h.
    High,
    /// So many jobs/h.
    PerHour(f64),
}

impl ArrivalRate {
    /// Jobs per hour.
    pub const fn per_hour(self) -> f64 {
        match self {
            Self::Low => 30.0,
            Self::Medium => 60.0,
            Self::High => 120.0,
            Self::PerHour(rate) => rate,
        }
    }
}

/// Where jobs come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Process {
    /// Independent arrivals; cores and run times by workload type.
    Poisson,
    /// Arrivals in groups; cores and run times by workload type.
    Bursts,
    /// Arrivals with a daily cycle from midnight, cores and run times by Lublin & Feitelson for a
    /// machine of so many cores; the rest by workload type.
    Lublin {
        /// Widest job.
        cores: u32,
    },
}

/// What is to be generated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Generation {
    /// Where jobs come from.
    pub process: Process,
    /// What they are like.
    pub workload: WorkloadType,
    /// Long-run mean of arrivals.
    pub rate: ArrivalRate,
    /// At most so many.
    pub jobs: u32,
    /// None after this time.
    pub until_ns: u64,
}

/// Why nothing can be generated.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum GenerateError {
    /// A rate must be a rate.
    #[error("an arrival rate is a positive, finite number of jobs per hour, not {0}")]
    Rate(f64),
    /// A machine has cores.
    #[error("Lublin–Feitelson jobs need a machine of at least one core")]
    NoCores,
}

/// The jobs, in order of arrival, ids from 1. Empty if none arrives in time.
pub fn generate<R: Rng + ?Sized>(generation: &Generation, rng: &mut R) -> Result<Vec<Job>, GenerateError> {
    let per_hour = generation.rate.per_hour();
    if !(per_hour.is_finite() && per_hour > 0.0) {
        return Err(GenerateError::Rate(per_hour));
    }
    let [arrivals, shapes, demands] = std::array::from_fn(|_| ChaCha8Rng::seed_from_u64(rng.next_u64()));
    match generation.process {
        Process::Poisson => Ok(by_type(generation, demands, Gaps::new(arrivals, per_hour, false))),
        Process::Bursts => Ok(by_type(generation, demands, Gaps::new(arrivals, per_hour, true))),
        Process::Lublin { cores: 0 } => Err(GenerateError::NoCores),
        Process::Lublin { cores } => {
            let times = lublin_times(arrivals, per_hour);
            Ok(by_lublin(generation, cores, shapes, demands, times))
        }
    }
}

/// Ids and arrival times of the jobs that come in time.
fn numbered(generation: &Generation, times: impl Iterator<Item = f64>) -> impl Iterator<Item = (u32, u64)> {
    let until_ns = generation.until_ns;
    (1..=generation.jobs).zip(times.map(nanoseconds)).take_while(move |&(_, submit_ns)| submit_ns <= until_ns)
}

fn by_type(generation: &Generation, mut demands: ChaCha8Rng, times: impl Iterator<Item = f64>) -> Vec<Job> {
    numbered(generation, times)
        .map(|(id, submit_ns)| demands::draw_job(&mut demands, id, submit_ns, generation.workload))
        .collect()
}

fn by_lublin(
    generation: &Generation,
    cores: u32,
    mut shapes: ChaCha8Rng,
    mut demands: ChaCha8Rng,
    times: impl Iterator<Item = f64>,
) -> Vec<Job> {
    let model = Shapes::new(JobClass::All, cores);
    let mut jobs: Vec<Job> = numbered(generation, times)
        .map(|(id, submit_ns)| {
            let shape = model.draw(&mut shapes);
            let run_ns = nanoseconds(shape.run_s as f64);
            let requested_ns = demands::estimate_ns(&mut shapes, run_ns);
            Job::of_cores(id, submit_ns, run_ns, requested_ns, shape.cores)
        })
        .collect();
    demands::complete(&mut demands, &mut jobs, generation.workload);
    jobs
}

fn lublin_times(mut rng: ChaCha8Rng, per_hour: f64) -> impl Iterator<Item = f64> {
    let mut cycle = DailyCycle::new(JobClass::All).at_rate(per_hour);
    std::iter::repeat_with(move || cycle.draw(&mut rng))
}

/// Arrival times, seconds, of a Poisson or burst process.
struct Gaps {
    rng: ChaCha8Rng,
    mean_gap_s: f64,
    bursts: bool,
    left_in_burst: u64,
    now_s: f64,
}

impl Gaps {
    fn new(rng: ChaCha8Rng, per_hour: f64, bursts: bool) -> Self {
        Self { rng, mean_gap_s: 3_600.0 / per_hour, bursts, left_in_burst: 0, now_s: 0.0 }
    }

    /// Mean of the next gap, in mean inter-arrival times.
    fn next_mean(&mut self) -> f64 {
        if !self.bursts {
            return 1.0;
        }
        if self.left_in_burst > 0 {
            self.left_in_burst -= 1;
            return BURST_GAP;
        }
        // Geometric from 0: the jobs of the burst after its first.
        let u = draw::unit_open(&mut self.rng);
        self.left_in_burst = (libm::log(u) / libm::log1p(-1.0 / BURST_JOBS)) as u64;
        BURST_JOBS - (BURST_JOBS - 1.0) * BURST_GAP
    }
}

impl Iterator for Gaps {
    type Item = f64;

    fn next(&mut self) -> Option<f64> {
        let mean_s = self.next_mean() * self.mean_gap_s;
        self.now_s += draw::exponential(&mut self.rng, mean_s);
        Some(self.now_s)
    }
}

#[cfg(test)]
mod tests;
