//! A job: what is submitted, decided on, queued and run.
//!
//! Time is simulated time in whole nanoseconds since the start of the run; nothing here sleeps.

/// One simulated second in nanoseconds.
pub const SECOND_NS: u64 = 1_000_000_000;

/// Simulated seconds as whole nanoseconds, rounded to nearest, held between 0 and `u64::MAX`.
/// NaN is 0.
pub fn nanoseconds(seconds: f64) -> u64 {
    // `as` saturates: negatives and NaN become 0, the overlarge become `u64::MAX`.
    libm::round(seconds * SECOND_NS as f64) as u64
}

/// Whole nanoseconds as simulated seconds.
pub fn seconds(nanoseconds: u64) -> f64 {
    nanoseconds as f64 / SECOND_NS as f64
}

/// What a job needs most, and what a node is built for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Domain {
    /// Accelerators.
    Gpu,
    /// Memory capacity.
    Memory,
    /// Processor cores.
    Compute,
    /// Storage bandwidth.
    Storage,
}

impl Domain {
    /// All domains, in a fixed order.
    pub const ALL: [Self; 4] = [Self::Gpu, Self::Memory, Self::Compute, Self::Storage];

    /// Position in [`Domain::ALL`].
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The word used in specs and reports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Gpu => "gpu",
            Self::Memory => "memory",
            Self::Compute => "compute",
            Self::Storage => "storage",
        }
    }
}

/// One job. Demands are totals over the whole job, held from its start to its end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Job {
    /// Unique within a run; increases with submission.
    pub id: u32,
    /// When it is submitted.
    pub submit_ns: u64,
    /// How long it really runs; the scheduler does not know it.
    pub run_ns: u64,
    /// The user's estimate (wall-time limit), at least `run_ns`; the scheduler plans with it.
    pub requested_ns: u64,
    /// Processor cores.
    pub cores: u32,
    /// Accelerators.
    pub gpus: u32,
    /// Memory, GB (10⁹ bytes).
    pub memory_gb: f64,
    /// Storage bandwidth, MB/s (10⁶ bytes per second).
    pub io_mb_s: f64,
    /// What it needs most.
    pub domain: Domain,
}

impl Job {
    /// A job that asks for cores only, as in a trace by processor count.
    pub const fn of_cores(id: u32, submit_ns: u64, run_ns: u64, requested_ns: u64, cores: u32) -> Self {
        Self {
            id,
            submit_ns,
            run_ns,
            requested_ns,
            cores,
            gpus: 0,
            memory_gb: 0.0,
            io_mb_s: 0.0,
            domain: Domain::Compute,
        }
    }

    /// Work by the user's estimate, core-nanoseconds.
    pub fn requested_core_ns(&self) -> u128 {
        u128::from(self.requested_ns) * u128::from(self.cores)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_become_whole_nanoseconds_and_never_wrap() {
        assert_eq!(nanoseconds(1.5), 1_500_000_000);
        assert_eq!(nanoseconds(0.000_000_000_6), 1);
        assert_eq!(nanoseconds(-3.0), 0);
        assert_eq!(nanoseconds(f64::NAN), 0);
        assert_eq!(nanoseconds(1e300), u64::MAX);
        assert_eq!(seconds(2_500_000_000), 2.5);
    }

    #[test]
    fn domains_know_their_position() {
        for (index, domain) in Domain::ALL.into_iter().enumerate() {
            assert_eq!(domain.index(), index);
        }
    }
}
