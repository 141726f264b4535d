//! What a program and everything it started took of the processors.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use ergon_domain::{Measurement, Observed, Provenance};
use nix::libc;

/// The kernel shows CPU time in `/proc` in hundredths of a second on every architecture that Ergon runs on (USER_HZ).
const TICK_NS: u64 = 10_000_000;

/// What a program and all descendants that were waited for took.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ProcessUsage {
    /// User and system CPU time, seconds.
    pub cpu_s: f64,
    /// Page faults served without reading a disk.
    pub minor_faults: u64,
    /// Page faults that read a disk.
    pub major_faults: u64,
    /// Times it gave the processor up.
    pub voluntary_switches: u64,
    /// Times the processor was taken from it.
    pub involuntary_switches: u64,
}

impl ProcessUsage {
    /// As resources of a run.
    pub fn measurements(&self) -> Vec<Measurement> {
        let counts = [
            ("minor_faults", self.minor_faults),
            ("major_faults", self.major_faults),
            ("voluntary_switches", self.voluntary_switches),
            ("involuntary_switches", self.involuntary_switches),
        ];
        let measured = |(name, n): (&str, u64)| Measurement::new(name, Observed::value(n as f64), Provenance::Measured);
        counts.into_iter().map(measured).collect()
    }
}

/// Blocks until a child has ended and says what it took; the child stays to be waited for. `None`: it is no child of
/// this process, or has been waited for.
#[allow(unsafe_code)]
pub fn wait_for_end(pid: u32) -> Option<ProcessUsage> {
    loop {
        // SAFETY: both structures are plain data for which all zeros is a value; waitid (the system call, which unlike
        // the library's wrapper also fills a rusage) writes to them and to nothing else.
        let (code, usage) = unsafe {
            let mut info: libc::siginfo_t = std::mem::zeroed();
            let mut usage: libc::rusage = std::mem::zeroed();
            let options = libc::WEXITED | libc::WNOWAIT;
            let code = libc::syscall(
                libc::SYS_waitid,
                libc::P_PID,
                pid as libc::id_t,
                std::ptr::from_mut(&mut info),
                options,
                std::ptr::from_mut(&mut usage),
            );
            (code, usage)
        };
        if code == 0 {
            let seconds = |t: libc::timeval| t.tv_sec as f64 + t.tv_usec as f64 * 1e-6;
            return Some(ProcessUsage {
                cpu_s: seconds(usage.ru_utime) + seconds(usage.ru_stime),
                minor_faults: usage.ru_minflt.unsigned_abs(),
                major_faults: usage.ru_majflt.unsigned_abs(),
                voluntary_switches: usage.ru_nvcsw.unsigned_abs(),
                involuntary_switches: usage.ru_nivcsw.unsigned_abs(),
            });
        }
        if nix::errno::Errno::last() != nix::errno::Errno::EINTR {
            return None;
        }
    }
}

/// CPU nanoseconds so far of the process trees with these roots (tick resolution): living members of the tree or of the
/// root's process group, and the dead children they waited for. Looks at every process once.
pub fn tree_cpu_ns(procfs: &Path, roots: &[u32]) -> BTreeMap<u32, u64> {
    let mut cpu: BTreeMap<u32, u64> = roots.iter().map(|root| (*root, 0)).collect();
    if roots.is_empty() {
        return cpu;
    }
    let all: BTreeMap<u32, Process> = processes(procfs).collect();
    for (pid, process) in &all {
        if let Some(used) = root_of(*pid, &all, &cpu.keys().copied().collect()).and_then(|root| cpu.get_mut(&root)) {
            *used += process.ticks * TICK_NS;
        }
    }
    cpu
}

struct Process {
    parent: u32,
    group: u32,
    ticks: u64,
}

fn root_of(pid: u32, all: &BTreeMap<u32, Process>, roots: &BTreeSet<u32>) -> Option<u32> {
    let mut at = pid;
    // A chain of parents is no longer than the processes there are; pids are reused while one looks.
    for _ in 0..64 {
        if roots.contains(&at) {
            return Some(at);
        }
        let process = all.get(&at)?;
        if roots.contains(&process.group) {
            return Some(process.group);
        }
        at = process.parent;
    }
    None
}

fn processes(procfs: &Path) -> impl Iterator<Item = (u32, Process)> {
    let entries = fs::read_dir(procfs).into_iter().flatten().flatten();
    entries.filter_map(|entry| {
        let pid: u32 = entry.file_name().to_str()?.parse().ok()?;
        let stat = fs::read(entry.path().join("stat")).ok()?;
        let stat = String::from_utf8_lossy(&stat);
        // After the name, which may itself hold blanks and parentheses: state ppid pgrp … utime stime cutime cstime.
        let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_ascii_whitespace().collect();
        let number = |at: usize| fields.get(at)?.parse::<u64>().ok();
        let ticks = (11..15).map(number).sum::<Option<u64>>()?;
        Some((pid, Process { parent: number(1)? as u32, group: number(2)? as u32, ticks }))
    })
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    const BUSY: &str = "i=0; while [ $i -lt 150000 ]; do i=$((i+1)); done";

    #[test]
    fn a_program_that_waits_for_another_is_charged_with_it() {
        let mut child = Command::new("sh").args(["-c", &format!("sh -c '{BUSY}'; exit 3")]).spawn().unwrap();
        let usage = wait_for_end(child.id()).unwrap();
        assert!(usage.cpu_s > 0.02 && usage.minor_faults > 50, "{usage:?}");
        assert_eq!(child.wait().unwrap().code(), Some(3), "it is still there to be waited for");
        assert_eq!(wait_for_end(child.id()), None);
    }

    #[test]
    fn trees_are_told_apart_by_parents_and_groups() {
        let folder = tempfile::tempdir().unwrap();
        let process = |pid: u32, parent: u32, group: u32, ticks: [u64; 4]| {
            let [u, s, cu, cs] = ticks;
            fs::create_dir(folder.path().join(pid.to_string())).unwrap();
            let stat = format!("{pid} (a) b) S {parent} {group} 1 0 -1 0 0 0 0 0 {u} {s} {cu} {cs} 20 0 1 0 5 0");
            fs::write(folder.path().join(pid.to_string()).join("stat"), stat).unwrap();
        };
        process(1, 0, 1, [900, 0, 0, 0]);
        process(10, 1, 10, [1, 2, 3, 4]);
        process(11, 10, 10, [5, 0, 0, 0]);
        process(12, 11, 12, [7, 0, 0, 0]);
        process(13, 1, 10, [100, 0, 0, 0]);
        process(20, 1, 20, [50, 0, 0, 0]);
        let cpu = tree_cpu_ns(folder.path(), &[10, 20, 99]);
        // A grandchild in a group of its own counts, so does an orphan in the root's group.
        assert_eq!(cpu[&10], (10 + 5 + 7 + 100) * TICK_NS);
        assert_eq!((cpu[&20], cpu[&99]), (50 * TICK_NS, 0));
    }
}
