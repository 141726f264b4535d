//! What a user and an operator of the cluster would measure, from the placements of all jobs.
//!
//! Everything is `None` where it is undefined (no job, no capacity, no time), never 0.

use super::job::{SECOND_NS, seconds};
use super::replay::Placement;

/// Threshold τ of the bounded slowdown, seconds: shorter jobs count as this long.
///
/// Source: Feitelson et al., "Theory and practice in parallel job scheduling", JSSPP 1997.
pub const SLOWDOWN_THRESHOLD_S: f64 = 10.0;

/// One simulated minute in nanoseconds.
const MINUTE_NS: u64 = 60 * SECOND_NS;

impl Placement {
    /// Waiting time, seconds.
    pub fn wait_s(&self) -> f64 {
        seconds(self.start_ns.saturating_sub(self.submit_ns))
    }

    /// Time from start to end, seconds.
    pub fn run_s(&self) -> f64 {
        seconds(self.end_ns.saturating_sub(self.start_ns))
    }

    /// max(1, (wait + run) ÷ max(run, τ)), no unit.
    pub fn bounded_slowdown(&self) -> f64 {
        let response = self.wait_s() + self.run_s();
        (response / self.run_s().max(SLOWDOWN_THRESHOLD_S)).max(1.0)
    }

    /// Cores × time held, core-nanoseconds.
    pub fn core_ns(&self) -> u128 {
        u128::from(self.end_ns.saturating_sub(self.start_ns)) * u128::from(self.cores)
    }
}

/// Mean waiting time, seconds.
pub fn mean_wait_s(placements: &[Placement]) -> Option<f64> {
    mean(placements, Placement::wait_s)
}

/// Mean bounded slowdown, at least 1.
pub fn mean_bounded_slowdown(placements: &[Placement]) -> Option<f64> {
    mean(placements, Placement::bounded_slowdown)
}

/// Busy core-seconds ÷ capacity-seconds from `from_ns` to the last completion, 0–1.
///
/// Placements are those of the time since `from_ns`.
pub fn utilisation(placements: &[Placement], capacity_cores: u64, from_ns: u64) -> Option<f64> {
    let elapsed_ns = last_end(placements)?.checked_sub(from_ns)?;
    let capacity = u128::from(elapsed_ns) * u128::from(capacity_cores);
    let busy: u128 = placements.iter().map(Placement::core_ns).sum();
    (capacity > 0).then(|| busy as f64 / capacity as f64)
}

/// Jobs completed per simulated hour, from `from_ns` to the last completion.
pub fn throughput_per_h(placements: &[Placement], from_ns: u64) -> Option<f64> {
    let elapsed_ns = last_end(placements)?.checked_sub(from_ns)?;
    (elapsed_ns > 0).then(|| placements.len() as f64 * 3_600.0 / seconds(elapsed_ns))
}

/// Jobs completed in each whole simulated minute since `from_ns`, up to the one that contains the
/// last completion. Empty without placements; completions before `from_ns` are left out.
///
/// The series is at most `limit` minutes long, `None` beyond: a trace of years would be millions.
pub fn completions_per_minute(placements: &[Placement], from_ns: u64, limit: usize) -> Option<Vec<u32>> {
    let minute = |p: &Placement| p.end_ns.checked_sub(from_ns).map(|ns| ns / MINUTE_NS);
    let Some(last) = placements.iter().filter_map(minute).max() else {
        return Some(Vec::new());
    };
    let length = usize::try_from(last).ok()?.checked_add(1)?;
    if length > limit {
        return None;
    }
    let mut series = vec![0; length];
    for index in placements.iter().filter_map(minute) {
        series[index as usize] += 1;
    }
    Some(series)
}

fn last_end(placements: &[Placement]) -> Option<u64> {
    placements.iter().map(|p| p.end_ns).max()
}

fn mean(placements: &[Placement], of: impl Fn(&Placement) -> f64) -> Option<f64> {
    let sum: f64 = placements.iter().map(of).sum();
    (!placements.is_empty()).then(|| sum / placements.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placement(submit_s: u64, start_s: u64, end_s: u64, cores: u32) -> Placement {
        Placement {
            job_id: 0,
            submit_ns: submit_s * SECOND_NS,
            start_ns: start_s * SECOND_NS,
            end_ns: end_s * SECOND_NS,
            cores,
        }
    }

    #[test]
    fn a_small_schedule_by_hand() {
        // Waits 0, 30, 90 s; runs 100, 10, 5 s.
        let placed = [placement(0, 0, 100, 6), placement(10, 40, 50, 4), placement(10, 100, 105, 8)];
        assert_eq!(mean_wait_s(&placed), Some(40.0));
        // 1, 40/10 = 4, 95/10 = 9.5 (a run of 5 s counts as 10 s).
        assert_eq!(mean_bounded_slowdown(&placed), Some(14.5 / 3.0));
        // 600 + 40 + 40 busy core-seconds of 10 × 105.
        assert_eq!(utilisation(&placed, 10, 0), Some(680.0 / 1_050.0));
        assert_eq!(throughput_per_h(&placed, 0), Some(3.0 * 3_600.0 / 105.0));
        assert_eq!(completions_per_minute(&placed, 0, 10), Some(vec![1, 2]));
        assert_eq!(completions_per_minute(&placed, 0, 1), None);
    }

    #[test]
    fn undefined_is_not_zero() {
        assert_eq!(mean_wait_s(&[]), None);
        assert_eq!(mean_bounded_slowdown(&[]), None);
        assert_eq!(utilisation(&[], 10, 0), None);
        assert_eq!(utilisation(&[placement(0, 0, 5, 1)], 0, 0), None);
        assert_eq!(throughput_per_h(&[], 0), None);
        assert_eq!(throughput_per_h(&[placement(0, 0, 0, 1)], 0), None);
        assert_eq!(completions_per_minute(&[], 0, 10), Some(Vec::new()));
    }

    #[test]
    fn slowdown_is_never_below_one() {
        assert_eq!(placement(0, 0, 1, 1).bounded_slowdown(), 1.0);
    }
}
