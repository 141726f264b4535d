//! RAPL through Linux' powercap tree: `<sysfs>/class/powercap`.
//!
//! Zones are told by what their `name` says, never by the numbers in their folders' names; they appear nested and, as
//! the kernel shows them, flat as links as well. How their
//! files are read is in `counter_file`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use ergon_domain::Provenance;

use crate::channel::{Channel, ChannelKind};
use crate::counter_file::Counter;
use crate::domain::Domain;
use crate::source::{EnergySource, Read, ReadError};

/// One microjoule.
const JOULE_PER_COUNT: f64 = 1e-6;
/// The hardware's counters have 32 bits; the tree shows the largest value, in microjoules.
const COUNTER_STEPS: u64 = u32::MAX as u64;
/// RAPL updates its counters about every millisecond (Intel SDM vol. 3, 15.10; Hähnel et al. 2012).
const UPDATE_S: f64 = 0.001;
/// No zone draws more than this, where its limits say nothing, watts.
const MOST_W: f64 = 1_000.0;
/// A zone may exceed its declared limits for short times by this factor.
const ABOVE_LIMIT: f64 = 4.0;
/// Limits below this are not believed, watts.
const LEAST_LIMIT_W: f64 = 25.0;
/// A counter too small for that is assumed to wrap at most once in this time, seconds.
const LEAST_ROUND_S: f64 = 0.25;

/// A zone of the tree.
#[derive(Clone, Debug)]
pub(crate) struct Zone {
    pub(crate) folder: PathBuf,
    pub(crate) domain: Domain,
    /// From the memory-mapped interface, a second view of what the model-specific registers show.
    pub(crate) memory_mapped: bool,
    /// Readings stay below it, microjoules.
    pub(crate) modulus: u64,
    max_watts: f64,
}

/// Why a zone is not read.
#[derive(Clone, Debug)]
pub(crate) struct Unusable {
    pub(crate) folder: PathBuf,
    pub(crate) domain: Domain,
    pub(crate) why: ReadError,
}

/// Zones of a powercap tree.
pub struct PowercapSource {
    channels: Vec<Channel>,
    counters: Vec<Counter>,
}

impl PowercapSource {
    /// A source over these zones, in their order.
    pub(crate) fn new(zones: &[Zone]) -> Self {
        let channel = |zone: &Zone| Channel {
            domain: zone.domain.clone(),
            kind: ChannelKind::Counter {
                joule_per_count: JOULE_PER_COUNT,
                modulus: zone.modulus,
                max_watts: zone.max_watts,
            },
            update_s: UPDATE_S,
            idle_w: None,
            provenance: Provenance::Measured,
            place: zone.folder.display().to_string(),
        };
        let counter = |zone: &Zone| Counter::new(zone.folder.join("energy_uj"), zone.max_watts / JOULE_PER_COUNT);
        Self { channels: zones.iter().map(channel).collect(), counters: zones.iter().map(counter).collect() }
    }
}

impl EnergySource for PowercapSource {
    fn name(&self) -> &str {
        "powercap"
    }

    fn channels(&self) -> &[Channel] {
        &self.channels
    }

    fn read(&mut self, now_ns: u64, out: &mut Vec<Result<Read, ReadError>>) {
        out.extend(self.counters.iter_mut().map(|counter| counter.read(now_ns).map(Read::Counter)));
    }

    fn reopen(&mut self) {
        self.counters.iter_mut().for_each(Counter::reopen_broken);
    }
}

/// One reading of a zone's counter, microjoules.
pub(crate) fn read_once(zone: &Zone) -> Result<u64, ReadError> {
    Counter::new(zone.folder.join("energy_uj"), f64::INFINITY).read(0)
}

fn text(path: &Path) -> Option<String> {
    fs::read_to_string(path).ok().map(|s| s.trim().to_owned())
}

fn number_at(path: &Path) -> Option<u64> {
    text(path)?.parse().ok()
}

/// All zones of a tree that have a counter, and those that can't be read.
pub(crate) fn zones(sysfs: &Path) -> (Vec<Zone>, Vec<Unusable>) {
    let mut found = Found::default();
    let mut tops = folders(&sysfs.join("class/powercap"));
    // Packages before what is named after them, whether nested or flat.
    tops.sort();
    for top in tops {
        found.walk(&top, None, 0);
    }
    (found.zones, found.unusable)
}

fn folders(path: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(path) else { return Vec::new() };
    entries.flatten().map(|entry| entry.path()).filter(|path| path.is_dir()).collect()
}

#[derive(Default)]
struct Found {
    seen: BTreeSet<PathBuf>,
    zones: Vec<Zone>,
    unusable: Vec<Unusable>,
}

impl Found {
    fn walk(&mut self, folder: &Path, socket: Option<u16>, depth: usize) {
        let Ok(real) = fs::canonicalize(folder) else { return };
        let Some(name) = text(&folder.join("name")) else { return };
        // A flat link to a nested zone: its own folder's parent says which package it is part of.
        let parent = || real.parent().and_then(|p| text(&p.join("name"))).and_then(|n| package(&n)).map(|p| p.0);
        let socket = socket.or_else(parent);
        if depth > 4 || !self.seen.insert(real.clone()) {
            return;
        }
        let memory_mapped = real.to_string_lossy().contains("mmio");
        let inner = package(&name).map(|p| p.0).or(socket);
        if folder.join("energy_uj").exists() {
            self.add(folder, &name, socket, memory_mapped);
        }
        let mut children: Vec<PathBuf> =
            folders(&real).into_iter().filter(|child| child.join("energy_uj").exists()).collect();
        children.sort();
        for child in children {
            self.walk(&child, inner, depth + 1);
        }
    }

    fn add(&mut self, folder: &Path, name: &str, socket: Option<u16>, memory_mapped: bool) {
        let domain = domain(name, socket);
        let Some(largest) = number_at(&folder.join("max_energy_range_uj")).filter(|n| *n > 0) else {
            return self.unusable.push(Unusable { folder: folder.to_owned(), domain, why: ReadError::Malformed });
        };
        let modulus = largest.saturating_add((largest / COUNTER_STEPS).max(1));
        let zone = Zone {
            max_watts: most_watts(folder, modulus as f64 * JOULE_PER_COUNT),
            folder: folder.to_owned(),
            domain,
            memory_mapped,
            modulus,
        };
        match read_once(&zone) {
            Ok(_) | Err(ReadError::NoData) => self.zones.push(zone),
            Err(why) => self.unusable.push(Unusable { folder: zone.folder, domain: zone.domain, why }),
        }
    }
}

/// The most a zone can draw: some times its highest limit, and no more than lets one round of its counter last.
fn most_watts(folder: &Path, round_j: f64) -> f64 {
    let limit = |index: usize, what: &str| number_at(&folder.join(format!("constraint_{index}_{what}_uw")));
    let limits = (0..4).flat_map(|index| [limit(index, "max_power"), limit(index, "power_limit")]).flatten();
    let highest = limits.map(|uw| uw as f64 * 1e-6).filter(|w| *w >= LEAST_LIMIT_W).fold(0.0, f64::max);
    let declared = if highest > 0.0 { ABOVE_LIMIT * highest } else { MOST_W };
    declared.min(round_j / (2.0 * LEAST_ROUND_S))
}

/// Socket and die of `package-1` or `package-1-die-2`.
fn package(name: &str) -> Option<(u16, u16)> {
    let rest = name.strip_prefix("package-")?;
    match rest.split_once("-die-") {
        None => Some((rest.parse().ok()?, 0)),
        Some((socket, die)) => Some((socket.parse().ok()?, die.parse().ok()?)),
    }
}

fn domain(name: &str, socket: Option<u16>) -> Domain {
    let socket = socket.unwrap_or(0);
    match (name, package(name)) {
        (_, Some((socket, die))) => Domain::Package { socket, die },
        ("core", _) => Domain::Core { socket },
        ("uncore", _) => Domain::Uncore { socket },
        ("dram", _) => Domain::Dram { socket },
        ("psys", _) => Domain::Psys,
        _ => Domain::Other(name.to_owned()),
    }
}
