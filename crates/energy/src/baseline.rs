//! What the machine draws when nothing runs, by channel.

use crate::channel::Channel;
use crate::meter::{Mark, Meter};

/// Idle power of a channel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Idle {
    /// Median of the samples, watts.
    pub watts: f64,
    /// Their median absolute deviation from it, watts.
    pub mad_w: f64,
    /// How many samples.
    pub samples: usize,
}

/// Idle power of a channel, or why it isn't known.
pub type IdlePower = Result<Idle, &'static str>;

/// Least samples that a baseline is made of.
const LEAST: usize = 3;
/// Why there is no energy above idle.
pub const NO_BASELINE: &str = "no idle baseline was measured; set execution.energy_baseline";
const CUT_SHORT: &str = "the idle baseline was cut short: it takes 3 s at least";
const UNUSABLE: &str =
    "the idle baseline has fewer than 3 s in which this counter was read and can't have gone round unseen";

/// Collects mean powers of stretches (one second each, ENERGY.md "Practice") in which nothing runs.
pub struct Baseline {
    last: Mark,
    power_w: Vec<Vec<f64>>,
    stretches: usize,
}

impl Baseline {
    /// Begins now.
    pub fn begin(meter: &Meter) -> Self {
        Self { last: meter.mark(), power_w: vec![Vec::new(); meter.channels().len()], stretches: 0 }
    }

    /// A stretch has passed.
    pub fn sample(&mut self, meter: &Meter) {
        let mark = meter.mark();
        for (kept, power) in self.power_w.iter_mut().zip(meter.power_w(&self.last, &mark)) {
            kept.extend(power);
        }
        self.last = mark;
        self.stretches += 1;
    }

    /// Idle power by channel, the source's own where it knows better (see [`Channel::idle_w`]).
    pub fn finish(self, channels: &[Channel]) -> Vec<IdlePower> {
        let why = match self.stretches {
            0 => NO_BASELINE,
            n if n < LEAST => CUT_SHORT,
            _ => UNUSABLE,
        };
        let known = channels.iter().map(|c| c.idle_w.map(|watts| Idle { watts, mad_w: 0.0, samples: 0 }));
        known.zip(self.power_w).map(|(known, power)| known.or_else(|| idle(power)).ok_or(why)).collect()
    }
}

fn idle(power_w: Vec<f64>) -> Option<Idle> {
    let samples = power_w.len();
    if samples < LEAST {
        return None;
    }
    let watts = median(power_w.clone())?;
    let mad_w = median(power_w.into_iter().map(|w| (w - watts).abs()).collect())?;
    Some(Idle { watts, mad_w, samples })
}

fn median(mut x: Vec<f64>) -> Option<f64> {
    x.sort_by(f64::total_cmp);
    let half = x.len() / 2;
    let upper = *x.get(half)?;
    Some(if x.len() % 2 == 1 { upper } else { 0.5 * (upper + x.get(half - 1)?) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_burst_of_another_program_does_not_move_an_idle_power() {
        let found = idle(vec![10.1, 9.9, 10.0, 55.0, 10.2]).unwrap();
        assert_eq!((found.watts, found.samples), (10.1, 5));
        assert!((found.mad_w - 0.1).abs() < 1e-9, "{}", found.mad_w);
        assert_eq!(idle(vec![10.0, 10.0]), None, "two samples are no baseline");
    }
}
