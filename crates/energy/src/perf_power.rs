//! RAPL through the kernel's perf events: the power PMU, system-wide, 64 bit. Used where powercap can't be read. Unverified
//! on hardware unless its contract test has run there.
//!
//! Layout: `perf_event_open(2)`; `<sysfs>/bus/event_source/devices/power` as the kernel's rapl.c shows it: events with a
//! scale in joules, and a cpumask that names one processor a socket (or die).

use std::fs::{self, File};
use std::io;
use std::os::fd::FromRawFd;
use std::os::unix::fs::FileExt;
use std::path::Path;

use ergon_domain::Provenance;
use nix::libc;

use crate::channel::{Channel, ChannelKind};
use crate::domain::Domain;
use crate::source::{EnergySource, Read, ReadError};

const UPDATE_S: f64 = 0.001;
const MOST_W: f64 = 4_000.0;
/// PERF_FLAG_FD_CLOEXEC of linux/perf_event.h.
const CLOSE_ON_EXEC: libc::c_ulong = 8;

/// `struct perf_event_attr`, first published size (64 bytes): what counting needs.
#[repr(C)]
#[derive(Default)]
struct Attributes {
    kind: u32,
    size: u32,
    config: u64,
    sample_period: u64,
    sample_type: u64,
    read_format: u64,
    flags: u64,
    wakeup_events: u32,
    breakpoint_type: u32,
    config1: u64,
}

/// An event of the PMU on one processor.
#[derive(Clone, Debug, PartialEq)]
struct Event {
    domain: Domain,
    config: u64,
    joule_per_count: f64,
    cpu: u32,
}

/// Counters of the power PMU.
pub struct PerfPowerSource {
    channels: Vec<Channel>,
    counters: Vec<File>,
}

impl PerfPowerSource {
    /// Opens every event of the PMU.
    ///
    /// # Errors
    /// In words: there is no such PMU, or the kernel refuses.
    pub fn open(sysfs: &Path, procfs: &Path) -> Result<Self, String> {
        let pmu = sysfs.join("bus/event_source/devices/power");
        let (kind, events) = events(sysfs)
            .ok_or_else(|| format!("{} is not here: no RAPL, or a virtual machine that hides it", pmu.display()))?;
        let mut source = Self { channels: Vec::new(), counters: Vec::new() };
        for event in events {
            let counter = open(kind, &event).map_err(|e| refused(&e, procfs))?;
            source.channels.push(Channel {
                domain: event.domain,
                kind: ChannelKind::Counter {
                    joule_per_count: event.joule_per_count,
                    modulus: u64::MAX,
                    max_watts: MOST_W,
                },
                update_s: UPDATE_S,
                idle_w: None,
                provenance: Provenance::Measured,
                place: format!("perf power PMU, processor {}", event.cpu),
            });
            source.counters.push(counter);
        }
        if source.channels.is_empty() { Err("the power PMU shows no event".into()) } else { Ok(source) }
    }
}

fn refused(error: &io::Error, procfs: &Path) -> String {
    let level = fs::read_to_string(procfs.join("sys/kernel/perf_event_paranoid")).unwrap_or_default();
    match error.raw_os_error() {
        Some(libc::EACCES | libc::EPERM) => {
            format!("the kernel allows it to CAP_PERFMON only (perf_event_paranoid is {})", level.trim())
        }
        _ => format!("the kernel refuses: {error}"),
    }
}

impl EnergySource for PerfPowerSource {
    fn name(&self) -> &str {
        "perf_power"
    }

    fn channels(&self) -> &[Channel] {
        &self.channels
    }

    fn read(&mut self, _now_ns: u64, out: &mut Vec<Result<Read, ReadError>>) {
        for counter in &self.counters {
            let mut bytes = [0; 8];
            let read = counter.read_at(&mut bytes, 0).map_err(|e| ReadError::from(&e));
            out.push(match read {
                Ok(8) => Ok(Read::Counter(u64::from_ne_bytes(bytes))),
                Ok(_) => Err(ReadError::NoData),
                Err(e) => Err(e),
            });
        }
    }
}

/// The PMU's type and its events on every processor of its mask.
fn events(sysfs: &Path) -> Option<(u32, Vec<Event>)> {
    let pmu = sysfs.join("bus/event_source/devices/power");
    let text = |file: &str| fs::read_to_string(pmu.join(file)).ok().map(|s| s.trim().to_owned());
    let kind = text("type")?.parse().ok()?;
    let cpus: Vec<u32> = text("cpumask")?.split(',').filter_map(|part| part.split('-').next()?.parse().ok()).collect();
    let mut found = Vec::new();
    for cpu in cpus {
        let package = sysfs.join(format!("devices/system/cpu/cpu{cpu}/topology/physical_package_id"));
        let socket = fs::read_to_string(package).ok().and_then(|s| s.trim().parse().ok()).unwrap_or(0);
        let die =
            found.iter().filter(|e: &&Event| matches!(e.domain, Domain::Package { socket: s, .. } if s == socket));
        let die = die.count() as u16;
        let domains = [
            ("energy-pkg", Domain::Package { socket, die }),
            ("energy-cores", Domain::Core { socket }),
            ("energy-gpu", Domain::Uncore { socket }),
            ("energy-ram", Domain::Dram { socket }),
            ("energy-psys", Domain::Psys),
        ];
        for (name, domain) in domains {
            let Some(event) = text(&format!("events/{name}")) else { continue };
            let config = event.split(',').find_map(|term| term.strip_prefix("event=")).and_then(|value| {
                value.strip_prefix("0x").map_or_else(|| value.parse().ok(), |hex| u64::from_str_radix(hex, 16).ok())
            });
            let scale = text(&format!("events/{name}.scale")).and_then(|s| s.parse::<f64>().ok());
            let in_joules = text(&format!("events/{name}.unit")).is_some_and(|unit| unit == "Joules");
            if let (Some(config), Some(joule_per_count), true) = (config, scale, in_joules) {
                found.push(Event { domain, config, joule_per_count, cpu });
            }
        }
    }
    Some((kind, found))
}

#[allow(unsafe_code)]
fn open(kind: u32, event: &Event) -> io::Result<File> {
    let attributes =
        Attributes { kind, size: size_of::<Attributes>() as u32, config: event.config, ..Attributes::default() };
    let (everybody, no_group) = (-1, -1);
    // SAFETY: the structure is as long as it says and lives through the call; the descriptor is new and ours alone.
    unsafe {
        let fd = libc::syscall(
            libc::SYS_perf_event_open,
            std::ptr::from_ref(&attributes),
            everybody as libc::pid_t,
            event.cpu as libc::c_int,
            no_group as libc::c_int,
            CLOSE_ON_EXEC,
        );
        if fd < 0 { Err(io::Error::last_os_error()) } else { Ok(File::from_raw_fd(fd as i32)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(root: &Path, file: &str, text: &str) {
        let path = root.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    #[test]
    fn events_come_with_their_scale_for_every_socket() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        assert_eq!(events(root), None);
        let pmu = "bus/event_source/devices/power";
        set(root, &format!("{pmu}/type"), "9\n");
        set(root, &format!("{pmu}/cpumask"), "0,18\n");
        set(root, &format!("{pmu}/events/energy-pkg"), "event=0x02\n");
        set(root, &format!("{pmu}/events/energy-pkg.scale"), "2.3283064365386962890625e-10\n");
        set(root, &format!("{pmu}/events/energy-pkg.unit"), "Joules\n");
        set(root, &format!("{pmu}/events/energy-ram"), "event=0x03\n");
        set(root, &format!("{pmu}/events/energy-ram.scale"), "1.0e-9\n");
        set(root, &format!("{pmu}/events/energy-ram.unit"), "Furlongs\n");
        set(root, "devices/system/cpu/cpu18/topology/physical_package_id", "1\n");
        let event = |socket, cpu| Event {
            domain: Domain::Package { socket, die: 0 },
            config: 2,
            joule_per_count: 2f64.powi(-32),
            cpu,
        };
        assert_eq!(events(root), Some((9, vec![event(0, 0), event(1, 18)])));
    }

    #[test]
    fn where_there_is_no_such_pmu_or_no_permission_it_says_so() {
        let root = tempfile::tempdir().unwrap();
        let why = PerfPowerSource::open(root.path(), root.path()).err().unwrap();
        assert!(why.contains("is not here"), "{why}");
        set(root.path(), "sys/kernel/perf_event_paranoid", "3\n");
        let why = refused(&io::Error::from_raw_os_error(libc::EACCES), root.path());
        assert_eq!(why, "the kernel allows it to CAP_PERFMON only (perf_event_paranoid is 3)");
    }
}
