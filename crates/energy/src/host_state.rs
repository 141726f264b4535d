//! Temperature, frequency, idle states, interrupts and scheduling at a moment, and what changed between two.
//!
//! Each thing that can't be read says so by itself; none of them is ever 0 for "not known".

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ergon_domain::{Measurement, Observed, Provenance};

use crate::discovery::Roots;
use crate::figure::EnergyFlag;

/// What the machine shows of itself at a moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HostState {
    /// Hottest processor sensor, °C.
    pub temperature_c: Option<f64>,
    /// Mean over cores, MHz.
    pub frequency_mhz: Option<f64>,
    throttles: Option<u64>,
    /// Microseconds in each idle state, all cores, by name.
    idle_us: BTreeMap<String, u64>,
    cores: usize,
    interrupts: Option<u64>,
    switches: Option<u64>,
    runnable: Option<u64>,
    on_battery: Option<bool>,
    turbo: Option<bool>,
}

/// Names of hwmon chips that sit in or beside a processor.
const PROCESSOR_CHIPS: [&str; 6] = ["coretemp", "k10temp", "zenpower", "cpu_thermal", "acpitz", "soc_thermal"];
/// Types of thermal zones that are about a processor.
const PROCESSOR_ZONES: [&str; 4] = ["x86_pkg_temp", "cpu", "soc", "acpitz"];

impl HostState {
    /// Reads it.
    pub fn read(roots: &Roots) -> Self {
        let cpus = folders(&roots.sysfs.join("devices/system/cpu"), "cpu", true);
        let frequencies: Vec<f64> = cpus
            .iter()
            .filter_map(|cpu| number(&cpu.join("cpufreq/scaling_cur_freq")))
            .map(|khz| khz as f64 * 1e-3)
            .collect();
        let throttles: Vec<u64> = cpus
            .iter()
            .flat_map(|cpu| {
                ["core_throttle_count", "package_throttle_count"].map(|f| cpu.join("thermal_throttle").join(f))
            })
            .filter_map(|path| number(&path))
            .collect();
        let mut idle_us = BTreeMap::new();
        for state in cpus.iter().flat_map(|cpu| folders(&cpu.join("cpuidle"), "state", true)) {
            if let (Some(name), Some(us)) = (text(&state.join("name")), number(&state.join("time"))) {
                *idle_us.entry(name).or_default() += us;
            }
        }
        let stat = fs::read_to_string(roots.procfs.join("stat")).unwrap_or_default();
        let counter = |name: &str| {
            let line = stat.lines().find_map(|line| line.strip_prefix(name))?;
            line.split_ascii_whitespace().next()?.parse().ok()
        };
        Self {
            temperature_c: temperature_c(&roots.sysfs),
            frequency_mhz: (!frequencies.is_empty())
                .then(|| frequencies.iter().sum::<f64>() / frequencies.len() as f64),
            throttles: (!throttles.is_empty()).then(|| throttles.iter().sum()),
            idle_us,
            cores: cpus.len(),
            interrupts: counter("intr "),
            switches: counter("ctxt "),
            runnable: counter("procs_running "),
            on_battery: on_battery(&roots.sysfs),
            turbo: turbo(&roots.sysfs),
        }
    }

    /// What changed since an earlier state, as measurements.
    pub fn since(&self, before: &Self, duration_s: f64) -> Vec<Measurement> {
        let mut out = Vec::new();
        let mut tell = |name: &str, x: Option<f64>, why: &str, provenance: Provenance| {
            let observed = x.map_or_else(|| Observed::Unavailable(Arc::from(why)), Observed::value);
            out.push(Measurement::new(name, observed, provenance));
        };
        let measured = || Provenance::Measured;
        let both = |a: Option<f64>, b: Option<f64>, f: fn(f64, f64) -> f64| a.zip(b).map(|(a, b)| f(a, b));
        let none = "no processor temperature sensor is shown here (/sys/class/hwmon, /sys/class/thermal)";
        let (start, end) = (before.temperature_c, self.temperature_c);
        tell("temperature_start_c", start, none, measured());
        tell("temperature_max_c", both(start, end, f64::max), none, measured());
        tell("temperature_delta_c", both(start, end, |a, b| b - a), none, measured());
        let mean = both(before.frequency_mhz, self.frequency_mhz, |a, b| 0.5 * (a + b));
        tell("frequency_mean_mhz", mean, "the kernel shows no core frequency here (cpufreq)", measured());
        let grown = |a: Option<u64>, b: Option<u64>| a.zip(b).and_then(|(a, b)| b.checked_sub(a)).map(|n| n as f64);
        let no_count = "the kernel counts no throttling here (thermal_throttle)";
        tell("throttle_events", grown(before.throttles, self.throttles), no_count, measured());
        for (level, name) in [(1, "c1"), (2, "c2"), (3, "c3"), (6, "c6"), (7, "c7")] {
            let share = self.residency_percent(before, level, duration_s);
            tell(
                &format!("{name}_residency_percent"),
                share,
                "the kernel shows no such idle state here (cpuidle)",
                measured(),
            );
        }
        let rate = |x: Option<f64>| x.filter(|_| duration_s > 0.0).map(|n| n / duration_s);
        let no_stat = "/proc/stat doesn't tell";
        tell("interrupts_per_s", rate(grown(before.interrupts, self.interrupts)), no_stat, measured());
        tell("context_switches_per_s", rate(grown(before.switches, self.switches)), no_stat, measured());
        // Who reads is running itself.
        let waiting = |n: Option<u64>| n.map(|n| n.saturating_sub(1) as f64);
        let queue = both(waiting(before.runnable), waiting(self.runnable), |a, b| 0.5 * (a + b));
        tell("run_queue_length", queue, no_stat, measured());
        out
    }

    /// What between the two makes energies hard to compare with those of other runs.
    pub fn flags_since(&self, before: &Self) -> Vec<EnergyFlag> {
        let throttled = before.throttles.zip(self.throttles).is_some_and(|(a, b)| b > a);
        let on_battery = [before.on_battery, self.on_battery].contains(&Some(true));
        let turbo_changed = before.turbo.zip(self.turbo).is_some_and(|(a, b)| a != b);
        let all = [
            (throttled, EnergyFlag::Throttled),
            (on_battery, EnergyFlag::OnBattery),
            (turbo_changed, EnergyFlag::TurboChanged),
        ];
        all.into_iter().filter(|(is, _)| *is).map(|(_, flag)| flag).collect()
    }

    /// States named C6, C6S or "C6 …" are level 6; 7 takes all deeper ones, 1 the enhanced C1E.
    fn residency_percent(&self, before: &Self, level: u32, duration_s: f64) -> Option<f64> {
        let of_level = |name: &str| {
            let digits: String = name.strip_prefix('C')?.chars().take_while(char::is_ascii_digit).collect();
            let n: u32 = digits.parse().ok()?;
            (n == level || level == 7 && n > 7).then_some(())
        };
        let mut found = None;
        for (name, us) in &self.idle_us {
            let Some(earlier) = before.idle_us.get(name).filter(|_| of_level(name).is_some()) else { continue };
            *found.get_or_insert(0.0) += us.saturating_sub(*earlier) as f64;
        }
        let all_us = duration_s * 1e6 * self.cores as f64;
        // Idle time is booked when a state is left: a window's share may exceed it a little.
        found.filter(|_| all_us > 0.0).map(|us| (100.0 * us / all_us).min(100.0))
    }
}

/// Hottest processor sensor, °C.
fn temperature_c(sysfs: &Path) -> Option<f64> {
    let chips = folders(&sysfs.join("class/hwmon"), "hwmon", false);
    let of_processor = |chip: &PathBuf| text(&chip.join("name")).is_some_and(|n| PROCESSOR_CHIPS.contains(&n.as_str()));
    let inputs = chips.iter().filter(|chip| of_processor(chip)).flat_map(|chip| {
        let entries = fs::read_dir(chip).into_iter().flatten().flatten().map(|e| e.path());
        let is_input = |p: &PathBuf| {
            p.file_name().and_then(|n| n.to_str()).is_some_and(|n| n.starts_with("temp") && n.ends_with("_input"))
        };
        entries.filter(is_input).collect::<Vec<_>>()
    });
    let zones = folders(&sysfs.join("class/thermal"), "thermal_zone", true);
    let about_processor = |zone: &PathBuf| {
        text(&zone.join("type")).is_some_and(|t| PROCESSOR_ZONES.iter().any(|known| t.starts_with(known)))
    };
    let zones = zones.into_iter().filter(about_processor).map(|zone| zone.join("temp"));
    let read = |path: PathBuf| text(&path)?.parse::<f64>().ok().map(|milli| milli * 1e-3);
    // A sensor that is not connected shows nonsense.
    inputs.chain(zones).filter_map(read).filter(|c| (-40.0..=150.0).contains(c)).reduce(f64::max)
}

/// Whether a battery is being emptied; `None`: the kernel shows no battery.
fn on_battery(sysfs: &Path) -> Option<bool> {
    let supplies = fs::read_dir(sysfs.join("class/power_supply")).ok()?.flatten().map(|e| e.path());
    let batteries = supplies.filter(|s| text(&s.join("type")).as_deref() == Some("Battery"));
    // Those of mice and pens say so.
    let own = batteries.filter(|s| text(&s.join("scope")).as_deref() != Some("Device"));
    let status: Vec<String> = own.filter_map(|s| text(&s.join("status"))).collect();
    (!status.is_empty()).then(|| status.iter().any(|s| s == "Discharging"))
}

/// Whether cores may run faster than their base frequency; `None`: the kernel doesn't say.
pub(crate) fn turbo(sysfs: &Path) -> Option<bool> {
    let cpu = sysfs.join("devices/system/cpu");
    let no_turbo = number(&cpu.join("intel_pstate/no_turbo")).map(|off| off == 0);
    no_turbo.or_else(|| number(&cpu.join("cpufreq/boost")).map(|on| on != 0))
}

/// Folders whose names are `prefix` and a number, in order.
fn folders(path: &Path, prefix: &str, numbered: bool) -> Vec<PathBuf> {
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    let fits = |name: &str| {
        name.strip_prefix(prefix).is_some_and(|n| !numbered || (!n.is_empty() && n.bytes().all(|b| b.is_ascii_digit())))
    };
    let mut found: Vec<PathBuf> =
        entries.filter(|e| e.file_name().to_str().is_some_and(fits)).map(|e| e.path()).collect();
    found.sort();
    found
}

fn text(path: &Path) -> Option<String> {
    fs::read_to_string(path).ok().map(|s| s.trim().to_owned())
}

fn number(path: &Path) -> Option<u64> {
    text(path)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Machine(tempfile::TempDir);

    impl Machine {
        fn new() -> Self {
            Self(tempfile::tempdir().unwrap())
        }
        fn set(&self, file: &str, text: &str) {
            let path = self.0.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        fn read(&self) -> HostState {
            let root = self.0.path();
            HostState::read(&Roots { sysfs: root.join("sys"), procfs: root.join("proc"), nvml: root.join("none") })
        }
    }

    fn shown(all: &[Measurement], name: &str) -> Observed {
        all.iter().find(|m| m.metric.as_str() == name).unwrap().observed.clone()
    }

    #[test]
    fn each_reading_is_the_change_between_two_looks() {
        let machine = Machine::new();
        let look = |temp: &str, idle: [u64; 2], intr: u64, ctxt: u64, throttled: u64| {
            machine.set("sys/class/hwmon/hwmon0/name", "coretemp\n");
            machine.set("sys/class/hwmon/hwmon0/temp1_input", temp);
            machine.set("sys/class/hwmon/hwmon1/name", "nvme\n");
            machine.set("sys/class/hwmon/hwmon1/temp1_input", "99000");
            for cpu in 0..2 {
                let cpu = format!("sys/devices/system/cpu/cpu{cpu}");
                machine.set(&format!("{cpu}/cpufreq/scaling_cur_freq"), "2400000\n");
                machine.set(&format!("{cpu}/thermal_throttle/core_throttle_count"), &throttled.to_string());
                machine.set(&format!("{cpu}/cpuidle/state2/name"), "C6\n");
                machine.set(&format!("{cpu}/cpuidle/state2/time"), &idle[0].to_string());
                machine.set(&format!("{cpu}/cpuidle/state3/name"), "C10\n");
                machine.set(&format!("{cpu}/cpuidle/state3/time"), &idle[1].to_string());
            }
            machine.set("proc/stat", &format!("cpu 1\nintr {intr} 0 0\nctxt {ctxt}\nprocs_running 3\n"));
            machine.read()
        };
        let before = look("51000", [0, 0], 1_000, 5_000, 2);
        let after = look("63500", [500_000, 1_000_000], 3_000, 5_400, 3);
        let all = after.since(&before, 2.0);
        for (name, expected) in [
            ("temperature_start_c", 51.0),
            ("temperature_max_c", 63.5),
            ("temperature_delta_c", 12.5),
            ("frequency_mean_mhz", 2_400.0),
            ("throttle_events", 2.0),
            ("c6_residency_percent", 25.0),
            ("c7_residency_percent", 50.0),
            ("interrupts_per_s", 1_000.0),
            ("context_switches_per_s", 200.0),
            ("run_queue_length", 2.0),
        ] {
            assert_eq!(shown(&all, name), Observed::Value(expected), "{name}");
        }
        assert!(matches!(shown(&all, "c3_residency_percent"), Observed::Unavailable(_)));
        assert_eq!((after.flags_since(&before), before.flags_since(&before)), (vec![EnergyFlag::Throttled], vec![]));
    }

    #[test]
    fn a_battery_that_is_emptied_and_a_turbo_that_is_switched_are_said() {
        let machine = Machine::new();
        let look = |status: &str, no_turbo: &str| {
            machine.set("sys/class/power_supply/BAT0/type", "Battery\n");
            machine.set("sys/class/power_supply/BAT0/status", status);
            machine.set("sys/class/power_supply/hid-1/type", "Battery\n");
            machine.set("sys/class/power_supply/hid-1/scope", "Device\n");
            machine.set("sys/class/power_supply/hid-1/status", "Discharging\n");
            machine.set("sys/devices/system/cpu/intel_pstate/no_turbo", no_turbo);
            machine.read()
        };
        let mains = look("Full\n", "0\n");
        let battery = look("Discharging\n", "0\n");
        let slow = look("Charging\n", "1\n");
        assert_eq!(mains.flags_since(&mains), []);
        assert_eq!(battery.flags_since(&mains), [EnergyFlag::OnBattery]);
        assert_eq!(slow.flags_since(&battery), [EnergyFlag::OnBattery, EnergyFlag::TurboChanged]);
        assert_eq!(slow.flags_since(&mains), [EnergyFlag::TurboChanged]);
    }

    #[test]
    fn a_machine_that_shows_nothing_is_not_a_machine_of_zeros() {
        let empty = Machine::new().read();
        let all = empty.since(&empty, 1.0);
        assert!(all.len() >= 13);
        for m in all {
            assert!(matches!(m.observed, Observed::Unavailable(_)), "{m:?}");
        }
    }
}
