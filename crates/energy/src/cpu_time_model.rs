//! Power of the processors from how busy they are: an estimate, and always called one.
//!
//! P = TDP·(s + (1 − s)·u^γ) with u the busy share of all cores since the reading before, s the idle share 0.1 and
//! γ = 1. Bounds: half the TDP with γ = 3, and 1.3 times the TDP with γ = 1 (ENERGY.md §4). Form: Fan, Weber & Barroso,
//! "Power provisioning for a warehouse-sized computer", ISCA 2007, equation 1. The TDP is what the user says
//! (`ERGON_CPU_TDP_W`), else 10 W a logical core, at least 15 W: a guess that the bounds do not cover on every machine.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ergon_domain::Provenance;

use crate::channel::{Channel, ChannelKind};
use crate::domain::Domain;
use crate::source::{EnergySource, Read, ReadError};

const IDLE_SHARE: f64 = 0.1;
const GUESS_W_PER_CORE: f64 = 10.0;
const GUESS_AT_LEAST_W: f64 = 15.0;
const LOW: f64 = 0.5;
const HIGH: f64 = 1.3;
/// The kernel counts CPU time in ticks of 10 ms.
const TICK_S: f64 = 0.01;

/// Thermal design power, and where it is known from.
#[derive(Clone, Debug, PartialEq)]
pub struct CpuPower {
    /// Watts.
    pub tdp_w: f64,
    /// In words.
    pub source: String,
}

impl CpuPower {
    /// What the user says (`ERGON_CPU_TDP_W`), else the guess.
    pub fn from_environment() -> Self {
        let said = std::env::var("ERGON_CPU_TDP_W").ok().and_then(|s| s.parse::<f64>().ok());
        match said.filter(|w| w.is_finite() && *w > 0.0 && *w <= 10_000.0) {
            Some(tdp_w) => Self { tdp_w, source: "TDP from ERGON_CPU_TDP_W".into() },
            None => {
                let cores = std::thread::available_parallelism().map_or(1, |n| n.get()) as f64;
                let tdp_w = (GUESS_W_PER_CORE * cores).max(GUESS_AT_LEAST_W);
                Self { tdp_w, source: format!("TDP guessed at {tdp_w} W for {cores} cores") }
            }
        }
    }

    /// Power at a busy share, with its lower and upper bound, watts.
    pub fn at(&self, busy: f64) -> (f64, f64, f64) {
        let u = busy.clamp(0.0, 1.0);
        let power = |tdp_w: f64, load: f64| tdp_w * (IDLE_SHARE + (1.0 - IDLE_SHARE) * load);
        (power(self.tdp_w, u), power(LOW * self.tdp_w, u * u * u), power(HIGH * self.tdp_w, u))
    }
}

/// The estimate as a source.
pub struct CpuTimeModel {
    stat: PathBuf,
    power: CpuPower,
    channels: Vec<Channel>,
    last: Option<Ticks>,
    /// Busy share of the latest stretch in which a tick passed.
    busy: f64,
}

/// CPU time of all cores since boot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ticks {
    pub(crate) busy: u64,
    pub(crate) all: u64,
}

/// CPU nanoseconds of all cores that were not idle, since boot (tick resolution). `None`: `/proc/stat` doesn't tell.
pub fn busy_cpu_ns(procfs: &Path) -> Option<u64> {
    Ticks::read(&procfs.join("stat")).ok().map(|ticks| ticks.busy * 10_000_000)
}

impl Ticks {
    /// Reads the first line of `stat`.
    pub(crate) fn read(stat: &Path) -> Result<Self, ReadError> {
        let text = fs::read_to_string(stat).map_err(|e| ReadError::from(&e))?;
        let line = text.lines().next().and_then(|line| line.strip_prefix("cpu ")).ok_or(ReadError::Malformed)?;
        let fields: Vec<u64> = line.split_ascii_whitespace().map_while(|field| field.parse().ok()).collect();
        // user nice system idle iowait irq softirq steal; guest time is inside user time already.
        let [user, nice, system, idle, iowait, irq, softirq, steal] = *fields.get(..8).ok_or(ReadError::Malformed)?
        else {
            return Err(ReadError::Malformed);
        };
        let busy = user + nice + system + irq + softirq;
        // Time that the host's other guests took is nobody's work here.
        Ok(Self { busy, all: busy + idle + iowait + steal })
    }

    /// Busy share since an earlier reading; `None` where no time has passed.
    pub(crate) fn busy_since(self, before: Self) -> Option<f64> {
        let all = self.all.checked_sub(before.all).filter(|ticks| *ticks > 0)?;
        Some(self.busy.saturating_sub(before.busy) as f64 / all as f64)
    }
}

impl CpuTimeModel {
    /// A model over `<procfs>/stat`.
    ///
    /// # Errors
    /// It can't be read.
    pub fn open(procfs: &Path, power: CpuPower) -> Result<Self, ReadError> {
        let stat = procfs.join("stat");
        Ticks::read(&stat)?;
        let channel = Channel {
            domain: Domain::Cpu,
            kind: ChannelKind::Gauge,
            update_s: TICK_S,
            idle_w: Some(power.at(0.0).0),
            provenance: Provenance::Estimated(Arc::from(format!("CPU time, {}", power.source))),
            place: stat.display().to_string(),
        };
        Ok(Self { stat, power, channels: vec![channel], last: None, busy: 0.0 })
    }
}

impl EnergySource for CpuTimeModel {
    fn name(&self) -> &str {
        "cpu_time_model"
    }

    fn channels(&self) -> &[Channel] {
        &self.channels
    }

    fn read(&mut self, _now_ns: u64, out: &mut Vec<Result<Read, ReadError>>) {
        let reading = Ticks::read(&self.stat).map(|now| {
            // Within one tick nothing has been counted: as busy as before, and the tick is still to be counted whole.
            match self.last.map(|last| now.busy_since(last)) {
                Some(None) => {}
                since => {
                    self.busy = since.flatten().unwrap_or(0.0);
                    self.last = Some(now);
                }
            }
            let (value, lo, hi) = self.power.at(self.busy);
            Read::Watts { value, lo, hi }
        });
        out.push(reading);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_estimate_runs_from_its_idle_share_to_the_tdp_and_its_bounds_contain_it() {
        let power = CpuPower { tdp_w: 100.0, source: String::new() };
        assert_eq!(power.at(0.0), (10.0, 5.0, 13.0));
        assert_eq!(power.at(1.0).0, 100.0);
        for tenth in 0..=10 {
            let (value, lo, hi) = power.at(f64::from(tenth) / 10.0);
            assert!(lo < value && value < hi);
        }
    }

    #[test]
    fn readings_closer_than_a_tick_do_not_lose_what_was_busy() {
        let folder = tempfile::tempdir().unwrap();
        let mut watts = Vec::new();
        let write = |busy: u64| fs::write(folder.path().join("stat"), format!("cpu  {busy} 0 0 0 0 0 0 0 0 0\n"));
        write(100).unwrap();
        let mut model = CpuTimeModel::open(folder.path(), CpuPower { tdp_w: 100.0, source: String::new() }).unwrap();
        for tick in 1..=3 {
            for _ in 0..5 {
                let mut out = Vec::new();
                model.read(0, &mut out);
                let Ok(Read::Watts { value, .. }) = out[0] else { unreachable!() };
                watts.push(value);
            }
            write(100 + tick).unwrap();
        }
        assert_eq!(watts[..5], [10.0; 5], "nothing is known before the first tick");
        assert_eq!(watts[5..], [100.0; 10], "busy all the time, however often it is read");
    }

    #[test]
    fn ticks_of_other_guests_and_of_waiting_are_not_busy() {
        let folder = tempfile::tempdir().unwrap();
        let write = |text: &str| fs::write(folder.path().join("stat"), text).unwrap();
        write("cpu  100 0 100 800 0 0 0 0 0 0\ncpu0 …\n");
        let before = Ticks::read(&folder.path().join("stat")).unwrap();
        write("cpu  130 0 120 880 20 0 0 50 0 0\ncpu0 …\n");
        let after = Ticks::read(&folder.path().join("stat")).unwrap();
        assert_eq!(after.busy_since(before), Some(50.0 / 200.0));
        write("nonsense");
        assert_eq!(Ticks::read(&folder.path().join("stat")), Err(ReadError::Malformed));
    }
}
