//! How far a campaign is, and when it will end, as an 80 % interval.

use std::collections::VecDeque;

use serde::Serialize;

/// How far a campaign is.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct Progress {
    /// Runs planned.
    pub runs: u64,
    /// Runs that succeeded.
    pub succeeded: u64,
    /// Runs that failed for good.
    pub failed: u64,
    /// Runs executing.
    pub running: u64,
    /// Runs skipped or cancelled.
    pub skipped: u64,
    /// Runs ended an hour at the rate of the last minute; `None` before any ended.
    pub throughput_per_hour: Option<f64>,
    /// Seconds to the end.
    pub eta_s: Option<f64>,
    /// Lower end of an 80 % interval for `eta_s`.
    pub eta_lo_s: Option<f64>,
    /// Upper end of an 80 % interval for `eta_s`.
    pub eta_hi_s: Option<f64>,
}

/// Welford's running mean and variance.
#[derive(Clone, Copy, Debug, Default)]
struct Moments {
    n: f64,
    mean: f64,
    m2: f64,
}

impl Moments {
    fn push(&mut self, x: f64) {
        self.n += 1.0;
        let d = x - self.mean;
        self.mean += d / self.n;
        self.m2 += d * (x - self.mean);
    }
    fn variance(&self) -> Option<f64> {
        (self.n >= 2.0).then(|| self.m2 / (self.n - 1.0))
    }
}

/// Collects durations by phase and predicts the rest.
///
/// The remaining time is Σ over phases of (runs left × the phase's mean duration) ÷ slots. Its variance has two parts:
/// the spread of the runs to come (n·s²) and of the mean they are predicted with (n²·s²/m); both shrink as runs end.
/// Conditions differ in duration, so s² is the variance over all runs of the phase; the order within a phase is
/// randomised by default, which makes ended runs a fair sample of those to come. A phase nobody has seen yet borrows
/// the overall mean with a relative spread of 100 %.
pub struct ProgressMeter {
    slots: f64,
    left: Vec<u64>,
    by_phase: Vec<Moments>,
    overall: Moments,
    recent: VecDeque<f64>,
    began_s: f64,
}

const WINDOW_S: f64 = 60.0;
/// Normal quantile at 0.9: an interval of 80 %.
const Z_80: f64 = 1.281_551_565_544_6;

impl ProgressMeter {
    /// `left`: runs to do per phase. `slots`: attempts at once. Times are monotonic seconds.
    pub fn new(left: Vec<u64>, slots: usize, now_s: f64) -> Self {
        let by_phase = vec![Moments::default(); left.len()];
        Self {
            slots: slots.max(1) as f64,
            left,
            by_phase,
            overall: Moments::default(),
            recent: VecDeque::new(),
            began_s: now_s,
        }
    }

    /// A run of the phase ended for good after `duration_s` (of its last attempt).
    pub fn ended(&mut self, phase: usize, duration_s: f64, now_s: f64) {
        if let Some(moments) = self.by_phase.get_mut(phase) {
            moments.push(duration_s);
            self.left[phase] = self.left[phase].saturating_sub(1);
        }
        self.overall.push(duration_s);
        self.recent.push_back(now_s);
        while self.recent.front().is_some_and(|t| *t < now_s - WINDOW_S) {
            self.recent.pop_front();
        }
    }

    /// A run of the phase that had ended is to be done again.
    pub fn again(&mut self, phase: usize) {
        if let Some(left) = self.left.get_mut(phase) {
            *left += 1;
        }
    }

    /// Runs of the phase will not be executed.
    pub fn skipped(&mut self, phase: usize, runs: u64) {
        if let Some(left) = self.left.get_mut(phase) {
            *left = left.saturating_sub(runs);
        }
    }

    /// Runs ended an hour, over the last minute.
    pub fn throughput_per_hour(&self, now_s: f64) -> Option<f64> {
        let span = (now_s - self.began_s).min(WINDOW_S);
        let recent = self.recent.iter().filter(|t| **t >= now_s - WINDOW_S).count();
        (recent > 0 && span > 0.0).then(|| recent as f64 / span * 3600.0)
    }

    /// (estimate, lower, upper) of the seconds left; `None` before two runs ended.
    pub fn eta_s(&self) -> Option<(f64, f64, f64)> {
        let overall_variance = self.overall.variance()?;
        let (mut work, mut variance) = (0.0, 0.0);
        for (left, seen) in self.left.iter().zip(&self.by_phase) {
            let n = *left as f64;
            match seen.variance() {
                Some(s2) => {
                    work += n * seen.mean;
                    variance += n * s2 + n * n * s2 / seen.n;
                }
                None => {
                    let mean = if seen.n > 0.0 { seen.mean } else { self.overall.mean };
                    work += n * mean;
                    variance += n * overall_variance + (n * mean) * (n * mean);
                }
            }
        }
        let half = Z_80 * variance.sqrt();
        // Fewer runs than slots: the last ones can't be shared out.
        let slots = self.slots.min(self.left.iter().sum::<u64>().max(1) as f64);
        Some((work / slots, ((work - half) / slots).max(0.0), (work + half) / slots))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_runs_are_predicted_exactly() {
        let mut meter = ProgressMeter::new(vec![10], 2, 0.0);
        for i in 0..4 {
            meter.ended(0, 3.0, f64::from(i));
        }
        assert_eq!(meter.eta_s(), Some((9.0, 9.0, 9.0)));
    }

    #[test]
    fn nothing_is_predicted_from_nothing() {
        assert_eq!(ProgressMeter::new(vec![10], 2, 0.0).eta_s(), None);
        assert_eq!(ProgressMeter::new(vec![10], 2, 0.0).throughput_per_hour(5.0), None);
    }

    #[test]
    fn the_interval_holds_the_truth_four_times_in_five() {
        // 400 campaigns of 100 runs with skewed durations, asked after 20; a fixed multiplicative generator.
        let mut state = 12345u64;
        let mut unit = || {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (state >> 11) as f64 / (1u64 << 53) as f64
        };
        let (mut inside, campaigns) = (0, 400);
        for _ in 0..campaigns {
            let durations: Vec<f64> = (0..100).map(|_| 1.0 - (1.0 - unit()).ln()).collect();
            let mut meter = ProgressMeter::new(vec![100], 1, 0.0);
            durations[..20].iter().for_each(|d| meter.ended(0, *d, 0.0));
            let (_, lo, hi) = meter.eta_s().unwrap();
            let truth: f64 = durations[20..].iter().sum();
            inside += usize::from(lo <= truth && truth <= hi);
        }
        let coverage = inside as f64 / f64::from(campaigns);
        assert!((0.72..=0.86).contains(&coverage), "{coverage}");
    }
}
