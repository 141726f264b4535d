//! Which sources there are, which of two views of one counter is alive, and why others can't be used.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Serialize;

use crate::cpu_time_model::{CpuPower, CpuTimeModel};
use crate::domain::Domain;
use crate::hwmon::{BatterySource, HwmonSource};
use crate::nvml::NvmlSource;
use crate::perf_power::PerfPowerSource;
use crate::perf_probe::{PerfProbeSource, perf_probe_path};
use crate::powercap::{self, PowercapSource, Unusable, Zone};
use crate::source::{EnergySource, ReadError};

/// How long counters are watched to see whether they advance, in three steps.
const LIVENESS: Duration = Duration::from_millis(300);
const PROBES: u32 = 3;

/// Where the kernel's files are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roots {
    /// `/sys`, or what stands in for it.
    pub sysfs: PathBuf,
    /// `/proc`, or what stands in for it.
    pub procfs: PathBuf,
    /// NVIDIA's management library, or what stands in for it.
    pub nvml: PathBuf,
}

impl Roots {
    /// `ERGON_SYSFS_ROOT`, `ERGON_PROCFS_ROOT` and `ERGON_NVML_LIBRARY`, else the real ones.
    pub fn from_environment() -> Self {
        let root = |variable: &str, real: &str| {
            std::env::var_os(variable).filter(|v| !v.is_empty()).map_or_else(|| PathBuf::from(real), PathBuf::from)
        };
        Self {
            sysfs: root("ERGON_SYSFS_ROOT", "/sys"),
            procfs: root("ERGON_PROCFS_ROOT", "/proc"),
            nvml: root("ERGON_NVML_LIBRARY", crate::nvml::LIBRARY),
        }
    }
}

/// A source that can't be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unavailable {
    /// What it is.
    pub what: String,
    /// Why it isn't there.
    pub why: String,
    /// What to do; empty where nothing can be done.
    pub fix: String,
    /// Its joules are counted by another view of them: nothing is missing without it.
    pub counted_elsewhere: bool,
}

/// What was found.
pub struct Discovery {
    /// Sources, best first. Where anything measures, nothing estimates.
    pub sources: Vec<Box<dyn EnergySource>>,
    /// What can't be used.
    pub unavailable: Vec<Unavailable>,
}

const READ_FIX: &str = "let a group read it: sudo chgrp energy FILE && sudo chmod 0440 FILE (it was closed because of \
                        the PLATYPUS side channel, CVE-2020-8694: give it to nobody but yourself)";

const PERF_FIX: &str = "allow the helper: sudo setcap cap_perfmon=ep ergon-perf-probe (it lies beside ergon); or, until \
                        the next boot: sudo sysctl kernel.perf_event_paranoid=0 (every user may then count everybody's \
                        events)";

impl Discovery {
    /// Looks for sources; takes 0.3 s where there are counters to be watched.
    pub fn run(roots: &Roots) -> Self {
        let mut found = Self { sources: Vec::new(), unavailable: Vec::new() };
        found.powercap(&roots.sysfs);
        found.perf(roots);
        found.chips(&roots.sysfs);
        found.gpus(&roots.nvml);
        // A GPU or a battery says nothing of the processor.
        if !found.measures_processor() {
            found.estimate(&roots.procfs);
        }
        found
    }

    fn leave(&mut self, what: impl Into<String>, why: impl Into<String>, fix: impl Into<String>) {
        let (what, why, fix) = (what.into(), why.into(), fix.into());
        self.unavailable.push(Unavailable { what, why, fix, counted_elsewhere: false });
    }

    fn leave_double(&mut self, what: String, why: &str) {
        self.unavailable.push(Unavailable { what, why: why.into(), fix: String::new(), counted_elsewhere: true });
    }

    fn powercap(&mut self, sysfs: &Path) {
        let (zones, unusable) = powercap::zones(sysfs);
        if zones.is_empty() && unusable.is_empty() {
            let why = format!(
                "{} has no zones: no RAPL here, or a virtual machine that hides it",
                sysfs.join("class/powercap").display()
            );
            return self.leave("powercap (RAPL)", why, "run on the machine itself; sudo modprobe intel_rapl_msr");
        }
        let watched = watch(&zones);
        let (alive, still) = told_apart(zones.iter().zip(&watched).collect(), &unusable);
        let kept = self.choose(alive);
        let mut left = |domain: &Domain, what: String, why: String, fix: String| {
            let counted_elsewhere = kept.iter().any(|zone| zone.domain == *domain);
            self.unavailable.push(Unavailable { what, why, fix, counted_elsewhere });
        };
        for (zone, seen) in still {
            left(&zone.domain, view(zone), seen.stillness().into(), String::new());
        }
        for zone in unusable {
            let file = zone.folder.join("energy_uj").display().to_string();
            let fix = if zone.why == ReadError::Denied { READ_FIX.replace("FILE", &file) } else { String::new() };
            left(&zone.domain, format!("{} (powercap)", zone.domain), format!("{file}: {}", zone.why), fix);
        }
        if !kept.is_empty() {
            self.sources.push(Box::new(PowercapSource::new(&kept)));
        }
    }

    /// Of two views of one domain the one that advances, the registers' before the memory-mapped; of dies that mirror
    /// one counter, the first.
    fn choose(&mut self, alive: Vec<Seen<'_>>) -> Vec<Zone> {
        let mut kept: Vec<Seen<'_>> = Vec::new();
        for (zone, seen) in alive {
            let rival = kept.iter().position(|(other, _)| other.domain == zone.domain);
            let Some(at) = rival else {
                kept.push((zone, seen));
                continue;
            };
            let (other, other_seen) = kept[at];
            let better = (seen.advances(), !zone.memory_mapped) > (other_seen.advances(), !other.memory_mapped);
            let (left, left_seen) = if better { (other, other_seen) } else { (zone, seen) };
            let why = if left_seen.advances() { "a second view of the same counter" } else { left_seen.stillness() };
            self.leave_double(view(left), why);
            if better {
                kept[at] = (zone, seen);
            }
        }
        let mirrors = |(zone, seen): &Seen<'_>, (other, other_seen): &Seen<'_>| {
            let same_socket = matches!(
                (&zone.domain, &other.domain),
                (Domain::Package { socket: a, die }, Domain::Package { socket: b, die: first }) if a == b && die > first
            );
            same_socket && seen.mirrors(other_seen)
        };
        let is_mirror = |candidate: &Seen<'_>| kept.iter().any(|other| mirrors(candidate, other));
        let (mirrored, own): (Vec<_>, Vec<_>) = kept.iter().partition(|candidate| is_mirror(candidate));
        for (zone, _) in mirrored {
            self.leave_double(view(zone), "it mirrors the counter of another die of its socket: counted once");
        }
        own.into_iter().map(|(zone, _)| zone.clone()).collect()
    }

    fn estimate(&mut self, procfs: &Path) {
        match CpuTimeModel::open(procfs, CpuPower::from_environment()) {
            Ok(model) => self.sources.push(Box::new(model)),
            Err(why) => self.leave("estimate from CPU time", format!("{}: {why}", procfs.join("stat").display()), ""),
        }
    }

    /// The same counters as powercap's: read where those can't be.
    fn perf(&mut self, roots: &Roots) {
        if self.measures_processor() {
            return self.leave("perf power events", "powercap shows the same counters and is read", "");
        }
        match PerfPowerSource::open(&roots.sysfs, &roots.procfs) {
            Ok(source) => self.sources.push(Box::new(source)),
            Err(why) if why.contains("CAP_PERFMON") => self.perf_by_helper(why),
            Err(why) => self.leave("perf power events", why, ""),
        }
    }

    /// Asks the small program that may be allowed what this one isn't.
    fn perf_by_helper(&mut self, why: String) {
        let helper = perf_probe_path().filter(|path| path.exists());
        match helper.map(|path| PerfProbeSource::start(&path)) {
            Some(Ok(source)) => self.sources.push(Box::new(source)),
            Some(Err(also)) => self.leave("perf power events", format!("{why}; {also}"), PERF_FIX),
            None => self.leave("perf power events", why, PERF_FIX),
        }
    }

    fn chips(&mut self, sysfs: &Path) {
        match HwmonSource::open(sysfs) {
            Some(source) => self.sources.push(Box::new(source)),
            None => self.leave("hwmon", "no chip shows energy or power", ""),
        }
        match BatterySource::open(sysfs) {
            Ok(source) => self.sources.push(Box::new(source)),
            Err(why) => self.leave("battery", why, ""),
        }
    }

    fn gpus(&mut self, library: &Path) {
        match NvmlSource::open(library) {
            Ok(source) => self.sources.push(Box::new(source)),
            Err(why) => self.leave("NVML (NVIDIA GPUs)", why, ""),
        }
    }

    fn measures_processor(&self) -> bool {
        let about = |domain: &Domain| matches!(domain, Domain::Package { .. } | Domain::Psys);
        self.sources.iter().any(|source| source.channels().iter().any(|channel| about(&channel.domain)))
    }
}

/// What one of several views of a domain is called.
fn view(zone: &Zone) -> String {
    format!("{} (powercap) at {}", zone.domain, zone.folder.display())
}

/// A zone and what was seen of it.
type Seen<'a> = (&'a Zone, &'a Watched);

/// Zones that can be believed, and those that stand still.
///
/// A package or a platform that runs this draws power, so that a counter of one that doesn't move is no counter. A part
/// may rest (graphics that nobody uses): its constant counter is believed where its package's moves, and where it isn't
/// one of two views of which the other can't be read.
fn told_apart<'a>(zones: Vec<Seen<'a>>, unusable: &[Unusable]) -> (Vec<Seen<'a>>, Vec<Seen<'a>>) {
    let package = |(zone, seen): &Seen<'a>| match zone.domain {
        Domain::Package { socket, .. } if seen.advances() => Some(socket),
        _ => None,
    };
    let running: Vec<u16> = zones.iter().filter_map(package).collect();
    let believed = |(zone, seen): &Seen<'a>| {
        let may_rest = match zone.domain {
            Domain::Core { socket } | Domain::Uncore { socket } | Domain::Dram { socket } => running.contains(&socket),
            _ => false,
        };
        let unread_rival = unusable.iter().any(|other| other.domain == zone.domain);
        seen.advances() || (seen.was_read() && may_rest && !unread_rival)
    };
    zones.into_iter().partition(believed)
}

/// Readings of a zone while it was watched: two at each look, around those of the other zones.
struct Watched(Vec<[Option<u64>; 2]>);

impl Watched {
    /// From the first reading to the last.
    fn advance(&self) -> u64 {
        let read = || self.0.iter().flatten().flatten().copied();
        read().max().unwrap_or(0) - read().min().unwrap_or(0)
    }

    fn advances(&self) -> bool {
        self.advance() > 0
    }

    fn was_read(&self) -> bool {
        self.0.iter().flatten().any(Option::is_some)
    }

    /// Why one that doesn't advance is left out.
    fn stillness(&self) -> &'static str {
        if self.was_read() { "it stands still" } else { "it gave no reading while it was watched" }
    }

    /// Whether both move and this one's readings lie between the other's, within 1 % of how far they went, at every look
    /// but one: an update may fall between two readings.
    fn mirrors(&self, other: &Self) -> bool {
        let slack = other.advance() / 100;
        let between = |(own, others): (&[Option<u64>; 2], &[Option<u64>; 2])| match (own[0], others) {
            (Some(own), [Some(before), Some(after)]) => (before.saturating_sub(slack)..=after + slack).contains(&own),
            _ => false,
        };
        let apart = self.0.iter().zip(&other.0).filter(|pair| !between(*pair)).count();
        self.advances() && other.advances() && apart <= 1
    }
}

fn watch(zones: &[Zone]) -> Vec<Watched> {
    let mut looks = Vec::new();
    // Beyond its own largest value a counter says nothing.
    let read_one = |zone: &Zone| powercap::read_once(zone).ok().filter(|raw| *raw < zone.modulus);
    let read = || zones.iter().map(read_one).collect::<Vec<_>>();
    for look in 0..=PROBES {
        if look > 0 {
            std::thread::sleep(LIVENESS / PROBES);
        }
        looks.push([read(), read()]);
    }
    let of = |zone: usize| Watched(looks.iter().map(|look| [look[0][zone], look[1][zone]]).collect());
    (0..zones.len()).map(of).collect()
}
