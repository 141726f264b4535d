//! Who a process is, whether it still lives, and what it has started. Always the real `/proc`: leases and killing must
//! not follow `ERGON_PROCFS_ROOT`, which stands in for counters alone.

use std::fs;
use std::path::PathBuf;

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeVal;

fn procfs() -> PathBuf {
    PathBuf::from("/proc")
}

/// A process, told apart from a later one with the same number by its start time and the boot it lived in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProcessIdentity {
    /// Process number.
    pub pid: u32,
    /// Clock ticks from boot to its start (`/proc/PID/stat`, field 22); 0 where the host doesn't tell.
    pub start_ticks: u64,
    /// Id of the boot it lived in; empty where the host doesn't tell.
    pub boot_id: String,
    /// Host name.
    pub host: String,
}

impl ProcessIdentity {
    /// This process.
    pub fn own() -> Self {
        let pid = std::process::id();
        Self { pid, start_ticks: start_ticks(pid).unwrap_or(0), boot_id: boot_id(), host: host_name() }
    }

    /// Whether it still runs. `None`: it is another host's, or the host doesn't tell, so nobody knows.
    pub fn is_alive(&self) -> Option<bool> {
        if self.host != host_name() || self.start_ticks == 0 {
            return None;
        }
        Some(self.boot_id == boot_id() && start_ticks(self.pid) == Some(self.start_ticks))
    }
}

fn boot_id() -> String {
    fs::read_to_string(procfs().join("sys/kernel/random/boot_id")).map(|s| s.trim().to_owned()).unwrap_or_default()
}

/// This machine's name; empty where the host doesn't tell.
pub fn host_name() -> String {
    fs::read_to_string(procfs().join("sys/kernel/hostname")).map(|s| s.trim().to_owned()).unwrap_or_default()
}

/// Fields of `/proc/PID/stat` after the command name, which may itself hold blanks and parentheses.
fn stat_fields(pid: u32) -> Option<Vec<String>> {
    let stat = fs::read(procfs().join(pid.to_string()).join("stat")).ok()?;
    let stat = String::from_utf8_lossy(&stat);
    let (_, rest) = stat.rsplit_once(')')?;
    Some(rest.split_ascii_whitespace().map(str::to_owned).collect())
}

fn start_ticks(pid: u32) -> Option<u64> {
    let fields = stat_fields(pid)?;
    // A zombie has ended; only its parent hasn't looked yet.
    if fields.first().is_some_and(|state| state == "Z" || state == "X") {
        return None;
    }
    fields.get(19)?.parse().ok()
}

fn all_pids() -> Vec<u32> {
    let Ok(entries) = fs::read_dir(procfs()) else { return Vec::new() };
    entries.flatten().filter_map(|e| e.file_name().to_str()?.parse().ok()).collect()
}

/// Living processes whose environment holds `NAME=VALUE`: finds what a run started even when it left its process group
/// and its parent died. A process that clears its environment escapes; one that is in the middle of exec shows none for
/// a moment, so who must find all looks twice.
pub fn processes_with_variable(name: &str, value: &str) -> Vec<u32> {
    let wanted = format!("{name}={value}");
    all_pids()
        .into_iter()
        .filter(|pid| {
            fs::read(procfs().join(pid.to_string()).join("environ"))
                .is_ok_and(|env| env.split(|b| *b == 0).any(|var| var == wanted.as_bytes()))
                && start_ticks(*pid).is_some()
        })
        .collect()
}

/// Bytes of memory that can be had without swapping; `None` where the host doesn't tell.
pub fn memory_available_bytes() -> Option<u64> {
    let text = fs::read_to_string(procfs().join("meminfo")).ok()?;
    let line = text.lines().find(|l| l.starts_with("MemAvailable:"))?;
    line.split_ascii_whitespace().nth(1)?.parse::<u64>().ok().map(|kib| kib * 1024)
}

/// CPU seconds of a part of this process.
pub(crate) fn cpu_s(who: UsageWho) -> Option<f64> {
    let seconds = |t: TimeVal| t.tv_sec() as f64 + t.tv_usec() as f64 * 1e-6;
    let usage = getrusage(who).ok()?;
    Some(seconds(usage.user_time()) + seconds(usage.system_time()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_is_alive_and_a_namesake_is_not() {
        let own = ProcessIdentity::own();
        assert_eq!(own.is_alive(), Some(true));
        assert_eq!(ProcessIdentity { start_ticks: own.start_ticks + 1, ..own.clone() }.is_alive(), Some(false));
        assert_eq!(ProcessIdentity { boot_id: "another boot".into(), ..own.clone() }.is_alive(), Some(false));
        assert_eq!(ProcessIdentity { host: "elsewhere".into(), ..own }.is_alive(), None);
    }

    #[test]
    fn a_process_is_found_by_its_variable_and_gone_after_it_ended() {
        let marker = format!("test-{}", std::process::id());
        let mut child = std::process::Command::new("sleep").arg("30").env("ERGON_RUN", &marker).spawn().unwrap();
        // Between the start of exec and its end the kernel shows no environment.
        let began = std::time::Instant::now();
        let mut found = Vec::new();
        while found.is_empty() && began.elapsed().as_secs() < 10 {
            found = processes_with_variable("ERGON_RUN", &marker);
        }
        assert_eq!(found, vec![child.id()]);
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(processes_with_variable("ERGON_RUN", &marker).is_empty());
    }
}
