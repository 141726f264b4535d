//! How busy the machine is: processors and memory.

use std::fs;
use std::path::{Path, PathBuf};

use crate::cpu_time_model::Ticks;

/// Load of the machine; what the host doesn't tell is missing.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct HostLoad {
    /// Busy share of all cores since the reading before, percent.
    pub cpu_percent: Option<f64>,
    /// Memory in use, bytes: all but what can be had without swapping.
    pub memory_used_bytes: Option<u64>,
    /// Memory there is, bytes.
    pub memory_total_bytes: Option<u64>,
}

/// Reads the load again and again.
pub struct HostLoadReader {
    procfs: PathBuf,
    last: Option<Ticks>,
}

impl HostLoadReader {
    /// A reader over a `/proc`.
    pub fn new(procfs: &Path) -> Self {
        Self { procfs: procfs.to_owned(), last: Ticks::read(&procfs.join("stat")).ok() }
    }

    /// The load now.
    pub fn read(&mut self) -> HostLoad {
        let now = Ticks::read(&self.procfs.join("stat")).ok();
        let busy = now.zip(self.last).and_then(|(now, last)| now.busy_since(last));
        self.last = now.or(self.last);
        let text = fs::read_to_string(self.procfs.join("meminfo")).unwrap_or_default();
        let bytes = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name))?;
            line.split_ascii_whitespace().next()?.parse::<u64>().ok()?.checked_mul(1024)
        };
        let total = bytes("MemTotal:");
        HostLoad {
            cpu_percent: busy.map(|share| 100.0 * share),
            memory_used_bytes: total.zip(bytes("MemAvailable:")).map(|(all, free)| all.saturating_sub(free)),
            memory_total_bytes: total,
        }
    }
}
