//! The catalogue of what a run can take of the machine: names with their units, and how to read them.

use ergon_domain::{Direction, Family, Metric};

use Direction::{Lower, None as Neither};
use Family::{Continuous, Count, Positive, Proportion};

type Entry = (&'static str, &'static str, &'static str, Direction, Family, &'static str);

const ENTRIES: &[Entry] = &[
    (
        "energy_j",
        "Energy",
        "J",
        Lower,
        Positive,
        "All domains that are not part of another, from the run's start to its end.",
    ),
    (
        "dynamic_energy_j",
        "Dynamic energy",
        "J",
        Lower,
        Continuous,
        "Energy less idle power times time; may be negative. Of runs that overlap: their share by CPU time, with bounds for programs that draw up to three times as much as others.",
    ),
    ("idle_energy_j", "Idle energy", "J", Lower, Positive, "Idle power (median of a baseline) times time."),
    (
        "package_energy_j",
        "Package energy",
        "J",
        Lower,
        Positive,
        "Processor packages: cores, caches, memory controller, built-in graphics; no memory.",
    ),
    ("core_energy_j", "Core energy", "J", Lower, Positive, "The cores; part of the package."),
    ("uncore_energy_j", "Uncore energy", "J", Lower, Positive, "What of the package has a counter beside the cores'."),
    ("dram_energy_j", "Memory energy", "J", Lower, Positive, "Memory; not part of the package."),
    ("gpu_energy_j", "GPU energy", "J", Lower, Positive, "Graphics processors."),
    (
        "psys_energy_j",
        "Platform energy",
        "J",
        Lower,
        Positive,
        "The whole platform; implausible on some machines, so no part of the total where anything else is.",
    ),
    ("battery_energy_j", "Battery energy", "J", Lower, Positive, "What the battery gave; the whole machine."),
    ("cpu_energy_j", "Processor energy", "J", Lower, Positive, "Estimated from CPU time; nothing measures it."),
    ("other_energy_j", "Other energy", "J", Lower, Positive, "Sensors that don't say what they are about."),
    (
        "package_dynamic_energy_j",
        "Package dynamic energy",
        "J",
        Lower,
        Continuous,
        "The run's share of the packages' energy above idle.",
    ),
    (
        "core_dynamic_energy_j",
        "Core dynamic energy",
        "J",
        Lower,
        Continuous,
        "The run's share of the cores' energy above idle.",
    ),
    (
        "uncore_dynamic_energy_j",
        "Uncore dynamic energy",
        "J",
        Lower,
        Continuous,
        "The run's share of the uncores' energy above idle.",
    ),
    (
        "dram_dynamic_energy_j",
        "Memory dynamic energy",
        "J",
        Lower,
        Continuous,
        "The run's share of the memory's energy above idle; by CPU time, which says little of memory.",
    ),
    (
        "psys_dynamic_energy_j",
        "Platform dynamic energy",
        "J",
        Lower,
        Continuous,
        "The run's share of the platform's energy above idle.",
    ),
    (
        "cpu_dynamic_energy_j",
        "Processor dynamic energy",
        "J",
        Lower,
        Continuous,
        "The run's share of the estimated energy above idle.",
    ),
    ("average_power_w", "Average power", "W", Lower, Positive, "Energy over time."),
    (
        "temperature_start_c",
        "Start temperature",
        "°C",
        Lower,
        Continuous,
        "Hottest processor sensor at the start. Below 60 cool, to 80 warm, to 95 hot, above: throttling is near.",
    ),
    (
        "temperature_max_c",
        "Highest temperature",
        "°C",
        Lower,
        Continuous,
        "Hottest processor sensor at the start or the end.",
    ),
    (
        "temperature_delta_c",
        "Temperature change",
        "°C",
        Lower,
        Continuous,
        "Temperature at the end less that at the start.",
    ),
    (
        "frequency_mean_mhz",
        "Core frequency",
        "MHz",
        Neither,
        Positive,
        "Mean over cores of what the kernel shows at start and end.",
    ),
    (
        "throttle_events",
        "Throttling",
        "1",
        Lower,
        Count,
        "Times a core or package was slowed because it was hot. Above 0 the run is not comparable.",
    ),
    ("c1_residency_percent", "C1 residency", "%", Neither, Proportion, "Share of core time in idle state C1."),
    ("c2_residency_percent", "C2 residency", "%", Neither, Proportion, "Share of core time in idle state C2."),
    ("c3_residency_percent", "C3 residency", "%", Neither, Proportion, "Share of core time in idle state C3."),
    ("c6_residency_percent", "C6 residency", "%", Neither, Proportion, "Share of core time in idle state C6."),
    (
        "c7_residency_percent",
        "C7 residency",
        "%",
        Neither,
        Proportion,
        "Share of core time in idle state C7 or deeper.",
    ),
    ("interrupts_per_s", "Interrupts", "1/s", Lower, Positive, "Interrupts of the machine. Below 5000 is quiet."),
    ("context_switches_per_s", "Context switches", "1/s", Lower, Positive, "Context switches of the machine."),
    (
        "run_queue_length",
        "Run queue",
        "1",
        Lower,
        Continuous,
        "Runnable threads of the machine, mean of start and end, this reading's own left out.",
    ),
    ("voluntary_switches", "Voluntary switches", "1", Lower, Count, "Times the run's programs gave the processor up."),
    (
        "involuntary_switches",
        "Involuntary switches",
        "1",
        Lower,
        Count,
        "Times the processor was taken from the run's programs.",
    ),
    ("minor_faults", "Minor page faults", "1", Lower, Count, "Page faults of the run's programs that read no disk."),
    ("major_faults", "Major page faults", "1", Lower, Count, "Page faults of the run's programs that read a disk."),
    ("instructions", "Instructions", "1", Lower, Count, "Instructions retired by the run's programs."),
    ("cycles", "Cycles", "1", Lower, Count, "Core cycles of the run's programs."),
    (
        "instructions_per_cycle",
        "Instructions per cycle",
        "1",
        Neither,
        Positive,
        "Below 1 waiting on memory, 1 to 2 usual, above 2 computing.",
    ),
    (
        "cache_miss_percent",
        "Cache misses",
        "%",
        Lower,
        Proportion,
        "Last-level misses over references. Below 5 is good.",
    ),
];

/// Everything that a run may say of its resources, in the order of tables and exports.
pub fn resource_metrics() -> Vec<Metric> {
    let metric = |(id, title, unit, direction, family, doc): &Entry| {
        let least = (*family != Continuous).then_some(0.0);
        let most = (*family == Proportion).then_some(100.0);
        Metric::new(id, title, unit, *direction, (least, most), *family, doc)
    };
    ENTRIES.iter().map(metric).collect()
}

/// What the machine took in the spans of a name, from the name of the spans' seconds (`span_<name>_s`); nothing for any
/// other name.
pub fn span_metrics(seconds: &str) -> Vec<Metric> {
    let Some(span) = seconds.strip_prefix("span_").and_then(|rest| rest.strip_suffix("_s")) else { return Vec::new() };
    let words = span.replace('_', " ");
    let metric = |id: String, title: String, unit: &str, family, doc: String| {
        let least = (family != Continuous).then_some(0.0);
        Metric::new(&id, &title, unit, Lower, (least, None), family, &doc)
    };
    vec![
        metric(
            seconds.to_owned(),
            format!("Time in {words}"),
            "s",
            Positive,
            format!("Wall time of the run's spans {words}, added up."),
        ),
        metric(
            format!("span_{span}_energy_j"),
            format!("Energy in {words}"),
            "J",
            Positive,
            format!("Energy of the machine in the run's spans {words}, added up."),
        ),
        metric(
            format!("span_{span}_dynamic_energy_j"),
            format!("Dynamic energy in {words}"),
            "J",
            Continuous,
            format!("Energy in the run's spans {words} less idle power times their time; may be negative."),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Domain;

    #[test]
    fn every_kind_of_domain_has_an_entry_and_names_say_their_unit() {
        let all = resource_metrics();
        let kinds = [
            Domain::Package { socket: 0, die: 0 },
            Domain::Core { socket: 0 },
            Domain::Uncore { socket: 0 },
            Domain::Dram { socket: 0 },
            Domain::Psys,
            Domain::Cpu,
            Domain::Gpu(String::new()),
            Domain::Battery,
            Domain::Other(String::new()),
        ];
        for kind in kinds {
            let name = format!("{}_energy_j", kind.kind());
            assert!(all.iter().any(|m| m.id.as_str() == name), "{name}");
        }
        let endings = [("J", "_j"), ("W", "_w"), ("°C", "_c"), ("MHz", "_mhz"), ("1/s", "_per_s"), ("%", "_percent")];
        for metric in &all {
            let ending = endings.iter().find(|(unit, _)| **unit == *metric.unit).map_or("", |(_, ending)| ending);
            assert!(metric.id.as_str().ends_with(ending), "{}", metric.id);
        }
    }
}
