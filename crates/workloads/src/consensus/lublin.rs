//! The Lublin–Feitelson workload model: sizes, run times and arrivals of rigid parallel jobs.
//!
//! Source: Lublin & Feitelson, "The workload on parallel supercomputers: modeling the characteristics
//! of rigid jobs", J. Parallel Distrib. Comput. 63(11), 2003; parameter values and details as in the
//! authors' program `lublin99.c` at the Parallel Workloads Archive. Written anew from these.
//!
//! - **Size**: serial with probability `serial`; else 2^x with x two-stage uniform (low–med with
//!   probability `prob`, med–high otherwise), x rounded for the share `pow2` of all jobs. High is
//!   log₂ of the machine, med is high − 2.5.
//! - **Run time**: exp of a hyper-gamma variate in whole seconds; the probability of the first gamma
//!   is pa·size + pb. Variates above 12 (1.9 days) are drawn again.
//! - **Arrivals**: exp of a gamma variate in seconds (above 13, 5 days, drawn again) is paid against
//!   a daily cycle of 48 half-hours, whose weights come from a second gamma. Time 0 is midnight.
//!
//! Differences from the program: arrivals keep fractions of a second, and no size exceeds the machine
//! where that is no power of two.

use rand_core::Rng;

use super::gamma_distribution::gamma_cdf;
use crate::draw;

/// Half-hours in a day.
const SLOTS: usize = 48;
/// Seconds in a slot.
const SLOT_S: f64 = 1_800.0;
/// The slot at which the modelled day begins.
const DAY_START: usize = 11;
/// Largest log run time.
const LARGEST_LOG_RUN: f64 = 12.0;
/// Largest log inter-arrival time.
const LARGEST_LOG_GAP: f64 = 13.0;

/// A gamma distribution.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Gamma {
    shape: f64,
    scale: f64,
}

/// The published parameter sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobClass {
    /// All jobs together (the program's default for logs without job types).
    All,
    /// Batch jobs.
    Batch,
    /// Interactive jobs.
    Interactive,
}

#[derive(Clone, Copy, Debug)]
struct Parameters {
    serial: f64,
    pow2: f64,
    low: f64,
    prob: f64,
    short: Gamma,
    long: Gamma,
    pa: f64,
    pb: f64,
    /// Log inter-arrival time in the rush hours.
    gap: Gamma,
    /// Turns the rush-hour shape into one for the whole day.
    rush_to_day: f64,
    /// Jobs over the day, in slots.
    cycle: Gamma,
}

const fn gamma(shape: f64, scale: f64) -> Gamma {
    Gamma { shape, scale }
}

const ALL: Parameters = Parameters {
    serial: 0.244,
    pow2: 0.576,
    low: 0.8,
    prob: 0.86,
    short: gamma(4.2, 0.94),
    long: gamma(312.0, 0.03),
    pa: -0.0054,
    pb: 0.78,
    gap: gamma(10.2303, 0.4871),
    rush_to_day: 1.0225,
    cycle: gamma(8.1737, 3.9631),
};

const BATCH: Parameters = Parameters {
    serial: 0.2927,
    pow2: 0.6686,
    low: 1.2,
    prob: 0.875,
    short: gamma(6.57, 0.823),
    long: gamma(639.1, 0.0156),
    pa: -0.003,
    pb: 0.6986,
    gap: gamma(6.0415, 0.8531),
    rush_to_day: 1.0519,
    cycle: gamma(6.1271, 5.2740),
};

const INTERACTIVE: Parameters = Parameters {
    serial: 0.1541,
    pow2: 0.625,
    low: 1.0,
    prob: 0.705,
    short: gamma(3.8351, 0.6605),
    long: gamma(7.073, 0.6856),
    pa: -0.0118,
    pb: 0.9156,
    gap: gamma(6.5510, 0.6621),
    rush_to_day: 0.9797,
    cycle: gamma(8.9186, 3.6680),
};

/// Size and run time of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Processors.
    pub cores: u32,
    /// Whole seconds, at least 1.
    pub run_s: u64,
}

/// Draws sizes and run times.
#[derive(Clone, Copy, Debug)]
pub struct Shapes {
    parameters: Parameters,
    machine: u32,
    med: f64,
    high: f64,
}

impl Shapes {
    /// Jobs of a class for a machine of `cores` processors (at least 1).
    pub fn new(class: JobClass, cores: u32) -> Self {
        let parameters = parameters(class);
        let machine = cores.max(1);
        let high = libm::log2(f64::from(machine));
        Self { parameters, machine, med: (high - 2.5).max(0.0), high }
    }

    /// The next job.
    pub fn draw<R: Rng + ?Sized>(&self, rng: &mut R) -> Shape {
        let cores = self.cores(rng);
        let run_s = self.run_s(rng, cores);
        Shape { cores, run_s }
    }

    fn cores<R: Rng + ?Sized>(&self, rng: &mut R) -> u32 {
        let p = &self.parameters;
        let kind = draw::unit(rng);
        if kind <= p.serial {
            return 1;
        }
        let low = p.low.min(self.med);
        let mut log_size = if draw::unit(rng) <= p.prob {
            draw::uniform(rng, low, self.med)
        } else {
            draw::uniform(rng, self.med, self.high)
        };
        if kind <= p.serial + p.pow2 {
            log_size = libm::floor(log_size + 0.5);
        }
        let size = libm::floor(libm::exp2(log_size) + 0.5);
        (size as u32).clamp(1, self.machine)
    }

    fn run_s<R: Rng + ?Sized>(&self, rng: &mut R, cores: u32) -> u64 {
        let p = &self.parameters;
        let short = draw::bernoulli(rng, p.pa * f64::from(cores) + p.pb);
        let Gamma { shape, scale } = if short { p.short } else { p.long };
        libm::exp(below(rng, shape, scale, LARGEST_LOG_RUN)) as u64
    }
}

/// Draws arrival times.
#[derive(Clone, Debug)]
pub struct DailyCycle {
    gap: Gamma,
    /// Multiplies every inter-arrival time.
    stretch: f64,
    /// Relative arrival rate of each half-hour of the day, mean 1.
    weights: [f64; SLOTS],
    /// Whole slots since midnight of the first day.
    slots: u64,
    /// What is paid into the present slot, in the units of `weights`.
    paid: f64,
}

impl DailyCycle {
    /// Arrivals of a class at the published rate, from midnight.
    pub fn new(class: JobClass) -> Self {
        let p = parameters(class);
        let mut weights = [0.0; SLOTS];
        for slot in DAY_START..SLOTS + DAY_START {
            let upto = |x| gamma_cdf(x, p.cycle.shape, p.cycle.scale);
            let middle = slot as f64;
            weights[(slot - 1) % SLOTS] = upto(middle + 0.5) - upto(middle - 0.5);
        }
        let mean = weights.iter().sum::<f64>() / SLOTS as f64;
        for weight in &mut weights {
            *weight /= mean;
        }
        Self { gap: gamma(p.gap.shape * p.rush_to_day, p.gap.scale), stretch: 1.0, weights, slots: 0, paid: 0.0 }
    }

    /// The same daily cycle and burstiness at another long-run mean rate, jobs per hour (positive).
    #[must_use]
    pub fn at_rate(mut self, per_hour: f64) -> Self {
        self.stretch *= 3_600.0 / per_hour / self.mean_gap_s();
        self
    }

    /// Long-run mean time between arrivals, seconds: E[exp G | G ≤ 13] for the gamma variate G.
    pub fn mean_gap_s(&self) -> f64 {
        let Gamma { shape, scale } = self.gap;
        // exp(x) times the gamma density is a gamma density of scale b/(1 − b), rescaled.
        let rest = 1.0 - scale;
        let tilted = gamma_cdf(LARGEST_LOG_GAP, shape, scale / rest);
        let kept = gamma_cdf(LARGEST_LOG_GAP, shape, scale);
        self.stretch * libm::pow(rest, -shape) * tilted / kept
    }

    /// The next arrival, seconds since midnight of the first day.
    pub fn draw<R: Rng + ?Sized>(&mut self, rng: &mut R) -> f64 {
        let Gamma { shape, scale } = self.gap;
        let gap_s = self.stretch * libm::exp(below(rng, shape, scale, LARGEST_LOG_GAP));
        self.paid += gap_s / SLOT_S;
        // A mean day costs `SLOTS`: whole days need no walk.
        let days = libm::floor(self.paid / SLOTS as f64);
        self.slots += days as u64 * SLOTS as u64;
        self.paid -= days * SLOTS as f64;
        while self.paid > self.weight() {
            self.paid -= self.weight();
            self.slots += 1;
        }
        SLOT_S * (self.slots as f64 + self.paid / self.weight())
    }

    fn weight(&self) -> f64 {
        self.weights[(self.slots % SLOTS as u64) as usize]
    }
}

/// A gamma variate of at most `limit`.
fn below<R: Rng + ?Sized>(rng: &mut R, shape: f64, scale: f64, limit: f64) -> f64 {
    loop {
        let variate = draw::gamma(rng, shape, scale);
        if variate <= limit {
            return variate;
        }
    }
}

const fn parameters(class: JobClass) -> Parameters {
    match class {
        JobClass::All => ALL,
        JobClass::Batch => BATCH,
        JobClass::Interactive => INTERACTIVE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::SeedableRng;

    const CLASSES: [JobClass; 3] = [JobClass::All, JobClass::Batch, JobClass::Interactive];
    const N: usize = 100_000;

    fn shapes(class: JobClass, cores: u32) -> Vec<Shape> {
        let mut rng = ChaCha8Rng::seed_from_u64(11);
        let shapes = Shapes::new(class, cores);
        (0..N).map(|_| shapes.draw(&mut rng)).collect()
    }

    #[test]
    fn sizes_follow_the_model() {
        for class in CLASSES {
            let p = parameters(class);
            let drawn = shapes(class, 256);
            let share = |of: fn(u32) -> bool| drawn.iter().filter(|s| of(s.cores)).count() as f64 / N as f64;
            // Rounding gives a few more: 2^x below 1.5 is serial, and some others hit a power of two.
            let serial = share(|cores| cores == 1);
            assert!((-0.005..0.03).contains(&(serial - p.serial)), "{serial}");
            let pow2 = share(|cores| cores > 1 && cores.is_power_of_two());
            assert!((-0.03..0.06).contains(&(pow2 - p.pow2)), "{class:?} {pow2}");
            let mean = drawn.iter().map(|s| libm::log2(f64::from(s.cores))).sum::<f64>();
            let expected = (1.0 - p.serial) * (p.prob * (p.low + 5.5) / 2.0 + (1.0 - p.prob) * (5.5 + 8.0) / 2.0);
            assert!((mean / N as f64 - expected).abs() < 0.03, "{class:?}");
        }
    }

    #[test]
    fn no_job_is_wider_than_any_machine_or_shorter_than_a_second() {
        for cores in [0, 1, 2, 3, 7, 48, 240] {
            for shape in shapes(JobClass::All, cores) {
                assert!((1..=cores.max(1)).contains(&shape.cores));
                assert!((1..=162_754).contains(&shape.run_s), "{shape:?}");
            }
        }
    }

    #[test]
    fn wide_jobs_run_longer() {
        let drawn = shapes(JobClass::All, 256);
        let median = |of: fn(u32) -> bool| {
            let mut runs: Vec<u64> = drawn.iter().filter(|s| of(s.cores)).map(|s| s.run_s).collect();
            runs.sort_unstable();
            runs[runs.len() / 2]
        };
        assert!(median(|cores| cores > 64) > 20 * median(|cores| cores == 1));
    }

    #[test]
    fn arrivals_keep_the_mean_and_the_daily_cycle() {
        for class in CLASSES {
            let mut rng = ChaCha8Rng::seed_from_u64(3);
            let mut cycle = DailyCycle::new(class).at_rate(60.0);
            assert!((cycle.mean_gap_s() - 60.0).abs() < 1e-9);
            let times: Vec<f64> = (0..400_000).map(|_| cycle.draw(&mut rng)).collect();
            assert!(times.is_sorted());
            let mean = times[times.len() - 1] / times.len() as f64;
            assert!((mean / 60.0 - 1.0).abs() < 0.1, "{class:?}: mean gap {mean} s");
            let between = |from: f64, to: f64| {
                let hour = |t: f64| libm::fmod(t, 86_400.0) / 3_600.0;
                times.iter().filter(|&&t| (from..to).contains(&hour(t))).count() as f64
            };
            let (night, noon) = (between(3.0, 5.0), between(12.0, 14.0));
            assert!(noon > 3.0 * night, "{class:?}: {noon} at noon, {night} at night");
        }
    }

    #[test]
    fn the_published_mean_gap_is_known() {
        // The published sample of the model has 771 s; the mean is carried by rare long gaps.
        let mean = DailyCycle::new(JobClass::All).mean_gap_s();
        assert!((880.0..960.0).contains(&mean), "{mean}");
    }
}
