//! From readings of a channel to energy that only grows.

use crate::channel::{Channel, ChannelKind};
use crate::source::{Read, ReadError};

/// A step may exceed what the declared greatest power allows by this factor before it is called nonsense.
pub(crate) const MARGIN: f64 = 1.5;
/// Counters move in steps (1 ms for RAPL, up to this for others), seconds: two readings microseconds apart may show what
/// was drawn over this long.
const LAG_S: f64 = 0.1;
/// Power between two readings closer than this says when the counter moved rather than what was drawn, seconds.
const PEAK_OVER_S: f64 = 0.02;

/// State of a channel at one time: what a window is the difference of.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Level {
    /// Joules since the first reading.
    pub(crate) joules: f64,
    /// The same, by the source's lower and upper bounds.
    pub(crate) lo_j: f64,
    pub(crate) hi_j: f64,
    /// Counts since the first reading: exact, where the channel counts.
    pub(crate) counts: u128,
    /// Readings that failed, counters that started over, steps in which a counter may have wrapped unseen.
    pub(crate) failures: u64,
    pub(crate) resets: u64,
    pub(crate) ambiguous: u64,
    /// Greatest power so far, watts: a counter's over [`PEAK_OVER_S`] or more, a gauge's as read.
    pub(crate) peak_w: f64,
    /// Whether the latest reading succeeded.
    pub(crate) fresh: bool,
}

/// Accumulates one channel.
#[derive(Clone, Debug)]
pub(crate) struct Accumulator {
    kind: ChannelKind,
    last: Option<(u64, Read)>,
    level: Level,
    /// When the greatest power was last looked for, and joules then.
    peak_from: Option<(u64, f64)>,
}

impl Accumulator {
    pub(crate) fn new(channel: &Channel) -> Self {
        Self { kind: channel.kind, last: None, level: Level::default(), peak_from: None }
    }

    /// Takes a reading made at a monotonic time.
    pub(crate) fn take(&mut self, at_ns: u64, reading: Result<Read, ReadError>) -> Level {
        let kept = match (reading, self.kind) {
            (Ok(Read::Counter(raw)), ChannelKind::Counter { joule_per_count, modulus, max_watts }) => {
                raw < modulus && self.count(at_ns, raw, joule_per_count, modulus, max_watts)
            }
            (Ok(Read::Watts { value, lo, hi }), ChannelKind::Gauge) => {
                [value, lo, hi].iter().all(|w| w.is_finite() && *w >= 0.0) && self.integrate(at_ns, value, lo, hi)
            }
            _ => false,
        };
        self.look_for_peak(at_ns);
        self.level.fresh = kept;
        if let (true, Ok(reading)) = (kept, reading) {
            self.last = Some((at_ns, reading));
        } else {
            self.level.failures += 1;
        }
        self.level
    }

    /// Whether the reading makes sense. One that doesn't is treated as failed: the counter is cumulative, so a later
    /// reading bridges it.
    fn count(&mut self, at_ns: u64, raw: u64, joule_per_count: f64, modulus: u64, max_watts: f64) -> bool {
        let Some((before_ns, Read::Counter(before))) = self.last else { return true };
        let elapsed_s = seconds(before_ns, at_ns);
        let most_j = max_watts * elapsed_s;
        let wrapped = raw < before;
        let step = if wrapped { raw + (modulus - before) } else { raw - before };
        let step_j = step as f64 * joule_per_count;
        let modulus_j = modulus as f64 * joule_per_count;
        if most_j > modulus_j / 2.0 {
            // It may have gone round unseen: the least it can be counts, the most widens the upper bound.
            self.add(step, step_j);
            self.level.ambiguous += 1;
            self.level.hi_j += (most_j / modulus_j).floor() * modulus_j;
            return true;
        }
        let believable_j = MARGIN * max_watts * (elapsed_s + LAG_S) + joule_per_count;
        if step_j <= believable_j {
            self.add(step, step_j);
            return true;
        }
        let since_zero_j = raw as f64 * joule_per_count;
        if wrapped && since_zero_j <= believable_j {
            // It started over: what it counted since then is known, what it had counted before is not.
            self.add(raw, since_zero_j);
            self.level.resets += 1;
            self.level.hi_j += (most_j - since_zero_j).max(0.0);
            return true;
        }
        false
    }

    fn look_for_peak(&mut self, at_ns: u64) {
        let (from_ns, from_j) = *self.peak_from.get_or_insert((at_ns, self.level.joules));
        let elapsed_s = seconds(from_ns, at_ns);
        if elapsed_s >= PEAK_OVER_S {
            self.level.peak_w = self.level.peak_w.max((self.level.joules - from_j) / elapsed_s);
            self.peak_from = Some((at_ns, self.level.joules));
        }
    }

    fn add(&mut self, counts: u64, joules: f64) {
        self.level.counts += u128::from(counts);
        self.level.joules += joules;
        self.level.lo_j += joules;
        self.level.hi_j += joules;
    }

    /// Rectangles: a gauge's reading is the mean since the one before.
    fn integrate(&mut self, at_ns: u64, value: f64, lo: f64, hi: f64) -> bool {
        if let Some((before_ns, _)) = self.last {
            let elapsed_s = seconds(before_ns, at_ns);
            self.level.joules += value * elapsed_s;
            self.level.lo_j += lo * elapsed_s;
            self.level.hi_j += hi * elapsed_s;
            self.level.peak_w = self.level.peak_w.max(value);
        }
        true
    }
}

pub(crate) fn seconds(from_ns: u64, to_ns: u64) -> f64 {
    to_ns.saturating_sub(from_ns) as f64 * 1e-9
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Domain;
    use ergon_domain::Provenance;

    /// One count is a microjoule; at most 100 W.
    fn counter(modulus: u64) -> Accumulator {
        Accumulator::new(&Channel {
            domain: Domain::Psys,
            kind: ChannelKind::Counter { joule_per_count: 1e-6, modulus, max_watts: 100.0 },
            update_s: 0.001,
            idle_w: None,
            provenance: Provenance::Measured,
            place: String::new(),
        })
    }

    fn feed(accumulator: &mut Accumulator, readings: &[(f64, Result<u64, ReadError>)]) -> Level {
        let mut level = Level::default();
        for (at_s, raw) in readings {
            level = accumulator.take((at_s * 1e9) as u64, raw.map(Read::Counter));
        }
        level
    }

    #[test]
    fn a_wrap_costs_nothing() {
        let modulus = 262_143_328_851;
        let level = feed(&mut counter(modulus), &[(0.0, Ok(modulus - 300_000_000)), (5.0, Ok(200_000_000))]);
        assert_eq!((level.counts, level.joules.round(), level.resets), (500_000_000, 500.0, 0));
    }

    #[test]
    fn a_failed_reading_is_bridged_and_never_taken_for_zero() {
        let errors = [ReadError::NoData, ReadError::Denied, ReadError::Malformed];
        let mut accumulator = counter(1 << 40);
        let level = feed(
            &mut accumulator,
            &[
                (0.0, Ok(7_000_000)),
                (1.0, Err(errors[0])),
                (2.0, Err(errors[1])),
                (3.0, Err(errors[2])),
                (4.0, Ok(257_000_000)),
            ],
        );
        assert_eq!((level.counts, level.failures), (250_000_000, 3));
    }

    #[test]
    fn a_counter_that_starts_over_is_no_wrap() {
        // Nearly full to nearly empty would be 10 J by wrapping; half full to nearly empty can only be a restart.
        let modulus = 1_000_000_000;
        let level = feed(&mut counter(modulus), &[(0.0, Ok(400_000_000)), (1.0, Ok(30_000_000))]);
        assert_eq!((level.counts, level.resets), (30_000_000, 1));
        assert!(level.hi_j >= 100.0, "what was lost is inside the bounds: {}", level.hi_j);
    }

    #[test]
    fn a_spike_is_not_believed_and_does_not_hurt_what_follows() {
        let mut accumulator = counter(1 << 40);
        let readings = [(0.0, Ok(1_000_000)), (1.0, Ok(900_000_000_000)), (2.0, Ok(21_000_000))];
        let level = feed(&mut accumulator, &readings);
        assert_eq!((level.counts, level.failures), (20_000_000, 1));
        assert_eq!(feed(&mut counter(1_000), &[(0.0, Ok(1)), (1.0, Ok(5_000))]).failures, 1, "beyond its modulus");
    }

    #[test]
    fn an_update_between_two_close_readings_is_neither_nonsense_nor_a_peak() {
        // 50 W, counted each millisecond, read 10 µs apart around an update and again half a second later.
        let readings = [(0.0, Ok(0)), (0.000_01, Ok(50_000)), (0.5, Ok(25_000_000))];
        let level = feed(&mut counter(1 << 40), &readings);
        assert_eq!((level.counts, level.failures, level.peak_w.round()), (25_000_000, 0, 50.0));
    }

    #[test]
    fn a_pause_in_which_it_may_have_gone_round_is_said_and_bounded() {
        // 60 J a round, 100 W at most, unread for 2 s: up to 3 rounds more.
        let level = feed(&mut counter(60_000_000), &[(0.0, Ok(0)), (2.0, Ok(10_000_000))]);
        assert_eq!(level.ambiguous, 1);
        assert!(level.lo_j <= 10.0 && level.hi_j >= 190.0, "{level:?}");
    }
}
