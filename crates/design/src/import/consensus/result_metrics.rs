//! The metrics of the original's results: what they are called here, and when a 0 in the file is no measurement.

use std::collections::BTreeSet;

use ergon_domain::{Direction, Family, Flags, Measurement, Metric, Observed, Provenance};
use serde_json::Value as Json;

/// Flag of every imported measurement.
pub const IMPORTED: &str = "imported";

/// A metric of the original: key in the file, name, title, unit, direction, range, family, what it is.
pub(super) type LegacyMetric =
    (&'static str, &'static str, &'static str, &'static str, Direction, (f64, f64), Family, &'static str);

const NO_END: f64 = f64::INFINITY;

/// The original's metrics, and two that its timeline gives.
pub(super) const METRICS: [LegacyMetric; 11] = [
    (
        "success_rate",
        "success_rate",
        "Success rate",
        "1",
        Direction::Higher,
        (0.0, 1.0),
        Family::Proportion,
        "Jobs that the original counts as placed ÷ jobs.",
    ),
    (
        "consensus_time_avg",
        "consensus_time_avg_s",
        "Mean consensus time",
        "s",
        Direction::Lower,
        (0.0, NO_END),
        Family::Positive,
        "Mean wall-clock time of the original's Python loop per job: no simulated time, no network.",
    ),
    (
        "consensus_time_std",
        "consensus_time_std_s",
        "SD of consensus time",
        "s",
        Direction::Lower,
        (0.0, NO_END),
        Family::Positive,
        "Standard deviation of the same.",
    ),
    (
        "throughput",
        "throughput_jobs_per_s",
        "Throughput",
        "jobs/s",
        Direction::Higher,
        (0.0, NO_END),
        Family::Positive,
        "Jobs ÷ wall-clock seconds of the original's loop.",
    ),
    (
        "fault_detection_rate",
        "fault_detection_rate",
        "Fault detection rate",
        "1",
        Direction::Higher,
        (0.0, 1.0),
        Family::Proportion,
        "Faults detected ÷ faults.",
    ),
    (
        "recovery_time_avg",
        "recovery_time_avg_s",
        "Mean recovery time",
        "s",
        Direction::Lower,
        (0.0, NO_END),
        Family::Positive,
        "Mean time from a fault to recovery.",
    ),
    (
        "llm_response_time_avg",
        "llm_response_time_avg_s",
        "Mean model latency",
        "s",
        Direction::Lower,
        (0.0, NO_END),
        Family::Positive,
        "Mean time of a model's answer.",
    ),
    (
        "llm_success_rate",
        "llm_success_rate",
        "Model success rate",
        "1",
        Direction::Higher,
        (0.0, 1.0),
        Family::Proportion,
        "Usable model answers ÷ questions.",
    ),
    (
        "resource_utilization",
        "resource_utilization",
        "Utilization",
        "1",
        Direction::Higher,
        (0.0, 1.0),
        Family::Proportion,
        "Resources in use ÷ resources.",
    ),
    (
        "timeline",
        "jobs_processed",
        "Jobs processed",
        "1",
        Direction::None,
        (0.0, NO_END),
        Family::Count,
        "Jobs in the timeline.",
    ),
    (
        "timeline",
        "top_node_share",
        "Share of the busiest node",
        "1",
        Direction::Lower,
        (0.0, 1.0),
        Family::Continuous,
        "Jobs given to the most chosen node ÷ jobs that were given to one, from the timeline.",
    ),
];

/// What a 0 that the original writes without having measured means; `None`: it is a measurement, as far as the file shows.
pub(super) fn what_zero_means(
    key: &str,
    asked: Option<u64>,
    detected: Option<u64>,
    has_faults: bool,
) -> Option<Observed> {
    match key {
        "llm_response_time_avg" | "llm_success_rate" if asked == Some(0) => {
            Some(Observed::Undefined("no model was asked; the file says 0".into()))
        }
        "fault_detection_rate" | "recovery_time_avg" if !has_faults => {
            Some(Observed::Undefined("there was no fault; the file says 0".into()))
        }
        "recovery_time_avg" if detected == Some(0) => {
            Some(Observed::Unavailable("no fault was detected, so no recovery was timed; the file says 0".into()))
        }
        _ => None,
    }
}

/// A measurement of the original's simulation.
pub(super) fn simulated(metric: &str, observed: Observed) -> Measurement {
    let flags = Flags(BTreeSet::from([IMPORTED.into()]));
    Measurement { flags, ..Measurement::new(metric, observed, Provenance::Simulated) }
}

/// A metric as the workload section declares it.
pub(super) fn declared((_, name, title, unit, direction, range, family, doc): &LegacyMetric) -> Json {
    let end = |x: f64| x.is_finite().then_some(x);
    let metric = Metric::new(name, title, unit, *direction, (end(range.0), end(range.1)), *family, doc);
    let mut json = serde_json::to_value(&metric).unwrap_or_default();
    if let Json::Object(entries) = &mut json {
        entries.remove("id");
    }
    json
}
