//! Joules between two marks.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use crate::accumulator::{Accumulator, Level, seconds};
use crate::channel::{Channel, ChannelKind};
use crate::clock::Clock;
use crate::domain::Domain;
use crate::figure::{EnergyFigure, EnergyFlag};
use crate::source::{EnergySource, Read, ReadError};

/// A window shorter than this many updates of its counter can't be told to within 1 % (ENERGY.md §4): withheld.
const UPDATES_PER_WINDOW: f64 = 200.0;
/// GPU counters move every 20 to 100 ms, and some sample a quarter of the time: below this nothing is said (ENERGY.md §3).
const GPU_WINDOW_S: f64 = 1.0;
/// Channels that fail are opened anew after this long at first and twice as long each time, up to the second, seconds.
const REOPEN_AFTER_S: (u64, u64) = (1, 60);
/// A growth of suspended time below this is the clocks' own jitter, nanoseconds.
const SUSPEND_JITTER_NS: u64 = 5_000_000;

/// Reads sources and accumulates what they say.
pub struct Meter {
    clock: Arc<dyn Clock>,
    channels: Vec<Channel>,
    state: Mutex<State>,
}

struct State {
    sources: Vec<Box<dyn EnergySource>>,
    accumulators: Vec<Accumulator>,
    readings: Vec<Result<Read, ReadError>>,
    reopen_at_ns: u64,
    reopen_after_s: u64,
}

/// One reading of everything.
#[derive(Clone, Debug)]
pub struct Mark {
    /// When, monotonic: the middle of the reading.
    pub monotonic_ns: u64,
    /// Nanoseconds the reading took.
    pub took_ns: u64,
    suspended_ns: u64,
    levels: Vec<Level>,
}

/// Energy of one domain.
#[derive(Clone, Debug, PartialEq)]
pub struct DomainFigure {
    /// Which part of the machine.
    pub domain: Domain,
    /// Where it was read.
    pub place: String,
    /// Its energy.
    pub figure: EnergyFigure,
}

impl Meter {
    /// A meter over sources; reads them once, so that the first mark has something to be the difference to.
    pub fn new(sources: Vec<Box<dyn EnergySource>>, clock: Arc<dyn Clock>) -> Self {
        let channels: Vec<Channel> = sources.iter().flat_map(|s| s.channels().iter().cloned()).collect();
        let accumulators = channels.iter().map(Accumulator::new).collect();
        let state = State {
            sources,
            accumulators,
            readings: Vec::with_capacity(channels.len()),
            reopen_at_ns: 0,
            reopen_after_s: REOPEN_AFTER_S.0,
        };
        let meter = Self { clock, channels, state: Mutex::new(state) };
        meter.mark();
        meter
    }

    /// What is read, in the order of a mark's levels.
    pub fn channels(&self) -> &[Channel] {
        &self.channels
    }

    /// The clock.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// Reads everything now, on the calling thread.
    pub fn mark(&self) -> Mark {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let State { sources, accumulators, readings, .. } = &mut *state;
        readings.clear();
        let before_ns = self.clock.monotonic_ns();
        let mut expected = 0;
        for source in sources.iter_mut() {
            source.read(before_ns, readings);
            // Invariant: channel i is reading i, whatever a source forgets to say.
            expected += source.channels().len();
            readings.resize(expected, Err(ReadError::NoData));
        }
        let after_ns = self.clock.monotonic_ns();
        let middle_ns = before_ns + (after_ns - before_ns) / 2;
        let levels: Vec<Level> = accumulators
            .iter_mut()
            .zip(readings.iter())
            .map(|(accumulator, reading)| accumulator.take(middle_ns, *reading))
            .collect();
        let all_fresh = levels.iter().all(|level| level.fresh);
        state.reopen(all_fresh, after_ns);
        Mark {
            monotonic_ns: middle_ns,
            took_ns: after_ns - before_ns,
            suspended_ns: self.clock.boot_ns().saturating_sub(after_ns),
            levels,
        }
    }

    /// Energy between two marks of this meter, by channel.
    pub fn between(&self, from: &Mark, to: &Mark) -> Vec<DomainFigure> {
        let channels = self.channels.iter().zip(from.levels.iter().zip(&to.levels));
        channels
            .map(|(channel, (a, b))| DomainFigure {
                domain: channel.domain.clone(),
                place: channel.place.clone(),
                figure: figure(channel, (from, a), (to, b)),
            })
            .collect()
    }

    /// Whole microjoules between two marks, by channel: those of adjoining stretches add up exactly. `None` where the
    /// reading at an end failed.
    pub fn microjoules(&self, from: &Mark, to: &Mark) -> Vec<Option<i64>> {
        let so_far = |channel: &Channel, level: &Level| match channel.kind {
            ChannelKind::Counter { joule_per_count, .. } => {
                (level.counts as f64 * joule_per_count * 1e6).round() as i64
            }
            ChannelKind::Gauge => (level.joules * 1e6).round() as i64,
        };
        let channels = self.channels.iter().zip(from.levels.iter().zip(&to.levels));
        channels.map(|(c, (a, b))| (a.fresh && b.fresh).then(|| so_far(c, b) - so_far(c, a))).collect()
    }

    /// Mean power between two marks, watts, by channel; `None` where a reading failed.
    pub fn power_w(&self, from: &Mark, to: &Mark) -> Vec<Option<f64>> {
        let elapsed_s = seconds(from.monotonic_ns, to.monotonic_ns);
        let mean = |(a, b): (&Level, &Level)| {
            let usable = elapsed_s > 0.0 && a.fresh && b.fresh && a.ambiguous == b.ambiguous;
            usable.then(|| (b.joules - a.joules) / elapsed_s)
        };
        from.levels.iter().zip(&to.levels).map(mean).collect()
    }
}

impl Mark {
    /// Seconds since an earlier mark.
    pub fn since_s(&self, earlier: &Self) -> f64 {
        seconds(earlier.monotonic_ns, self.monotonic_ns)
    }
}

impl State {
    /// Opens failed channels anew, less and less often.
    fn reopen(&mut self, all_fresh: bool, now_ns: u64) {
        if all_fresh {
            self.reopen_after_s = REOPEN_AFTER_S.0;
            self.reopen_at_ns = now_ns + self.reopen_after_s * 1_000_000_000;
        } else if now_ns >= self.reopen_at_ns {
            self.sources.iter_mut().for_each(|source| source.reopen());
            self.reopen_after_s = (self.reopen_after_s * 2).min(REOPEN_AFTER_S.1);
            self.reopen_at_ns = now_ns + self.reopen_after_s * 1_000_000_000;
        }
    }
}

/// Seconds below which a window of this channel has no figure.
pub fn shortest_window_s(channel: &Channel) -> f64 {
    match channel.domain {
        Domain::Gpu(_) => GPU_WINDOW_S,
        _ => UPDATES_PER_WINDOW * channel.update_s,
    }
}

fn figure(channel: &Channel, (from, a): (&Mark, &Level), (to, b): (&Mark, &Level)) -> EnergyFigure {
    let duration_s = seconds(from.monotonic_ns, to.monotonic_ns);
    let (unit_j, joules) = match channel.kind {
        // Counts are exact; sums of doubles over a long campaign are not.
        ChannelKind::Counter { joule_per_count, .. } => {
            (joule_per_count, b.counts.saturating_sub(a.counts) as f64 * joule_per_count)
        }
        ChannelKind::Gauge => (0.0, b.joules - a.joules),
    };
    // A counter is stale by up to one update at each end, and a reading takes its time.
    let skew_s = (from.took_ns + to.took_ns) as f64 * 0.5e-9;
    let edges_j = b.peak_w * (2.0 * channel.update_s + skew_s) + unit_j;
    let mut flags = BTreeSet::new();
    let mut note = |wrong: bool, flag| {
        if wrong {
            flags.insert(flag);
        }
    };
    note(b.failures > a.failures, EnergyFlag::Gap);
    note(b.resets > a.resets, EnergyFlag::Reset);
    note(b.ambiguous > a.ambiguous, EnergyFlag::WrapAmbiguous);
    note(to.suspended_ns > from.suspended_ns + SUSPEND_JITTER_NS, EnergyFlag::Suspended);
    note(!a.fresh || !b.fresh, EnergyFlag::EndMissing);
    note(duration_s < shortest_window_s(channel), EnergyFlag::Short);
    let withheld = [EnergyFlag::WrapAmbiguous, EnergyFlag::EndMissing, EnergyFlag::Short];
    EnergyFigure {
        energy_j: (!withheld.iter().any(|flag| flags.contains(flag))).then_some(joules),
        lo_j: (b.lo_j - a.lo_j - edges_j).max(0.0),
        hi_j: b.hi_j - a.hi_j + edges_j,
        duration_s,
        shortest_s: shortest_window_s(channel),
        provenance: channel.provenance.clone(),
        flags,
    }
}
