//! What a run shows. Undefined is `None`, never 0.

use super::super::job::seconds;
use super::ledger::Ledger;
use super::portal::Portal;

/// Length of the per-minute series at most: a year.
pub(super) const MINUTES: usize = 366 * 24 * 60;

/// Decisions in a row that must be quick again for the group to count as recovered.
pub const RECOVERED_RUN: usize = 3;
/// A decision is quick again within this many medians of the time before the fault.
pub const RECOVERED_WITHIN: f64 = 1.5;

/// How long a group took to decide as quickly as before its faults.
///
/// A decision's time is from the submission of the request to the last honest commit, so that the
/// time without a coordinator counts. Recovery is from the onset of the first fault to the first of
/// [`RECOVERED_RUN`] decisions in a row, all within [`RECOVERED_WITHIN`] × the median before the onset.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FaultRecovery {
    /// There was no fault.
    NoFault,
    /// Nothing was decided before the onset, so there is nothing to compare with.
    NoBaseline,
    /// Recovered after so many seconds.
    Recovered(f64),
    /// Not recovered when the run ended, so many seconds after the onset.
    Censored(f64),
}

/// Measured values of a run. Times are simulated.
#[derive(Clone, Debug, PartialEq)]
pub struct SimulationOutcome {
    /// Jobs decided and placed ÷ submitted, %.
    pub consensus_success_rate: Option<f64>,
    /// First proposal to last honest commit, mean over decisions, seconds.
    pub convergence_time_s: Option<f64>,
    /// First proposal to commit, mean over honest agents and decisions, seconds.
    pub commit_latency_s: Option<f64>,
    /// Jobs completed per hour, to the last completion.
    pub system_throughput_jobs_per_h: Option<f64>,
    /// Time to recover from faults.
    pub fault_recovery: FaultRecovery,
    /// Busy core-seconds ÷ capacity to the last completion, %.
    pub resource_utilization: Option<f64>,
    /// Decisions against the best and the worst possible on the same state, mean, 0–100.
    pub decision_quality_score: Option<f64>,
    /// The same, of jobs given to an agent of their domain.
    pub quality_in_domain: Option<f64>,
    /// The same, of jobs given to an agent of another domain.
    pub quality_out_of_domain: Option<f64>,
    /// Messages of all kinds sent per decision.
    pub messages_per_decision: Option<f64>,
    /// Bytes sent per decision.
    pub bytes_per_decision: Option<f64>,
    /// Distinct views that an honest agent asked for (PBFT).
    pub view_changes: usize,
    /// Distinct terms in which an agent stood for election after the first leader was found (Raft).
    pub elections: usize,
    /// Submission to start of jobs, mean, seconds.
    pub mean_wait_s: Option<f64>,
    /// Mean bounded slowdown.
    pub bounded_slowdown: Option<f64>,
    /// Jobs completed in each minute; `None` if the run is longer than a year.
    pub completions_per_minute: Option<Vec<u32>>,
    /// Positions at which two honest agents decided differently.
    pub safety_violations: usize,
    /// Rounds opened per decision (negotiation).
    pub negotiation_rounds: Option<f64>,
    /// Negotiations that ended without a deal (negotiation).
    pub impasses: usize,
    /// Negotiations still under way when their request expired (negotiation).
    pub missed_deadlines: usize,
    /// Highest − lowest reputation at the end, 0–1; `None` where the protocol has none.
    pub reputation_spread: Option<f64>,
    /// Agents with a fault: the rounded share.
    pub faulty_agents: usize,
    /// Jobs submitted.
    pub submitted: usize,
    /// Jobs on which something was decided.
    pub decided: usize,
    /// Jobs that ran.
    pub placed: usize,
    /// Requests decided; a job that is asked for twice may count twice.
    pub decisions: u64,
    /// Messages sent.
    pub messages: u64,
    /// Bytes sent.
    pub bytes: u64,
    /// Events processed.
    pub events: u64,
    /// End of the run, nanoseconds.
    pub end_ns: u64,
}

/// See [`FaultRecovery`]. A request that expires undecided counts as a decision that was never quick.
pub(super) fn recovery(onset_ns: Option<u64>, ledger: &Ledger, portal: &Portal, end_ns: u64) -> FaultRecovery {
    let Some(onset_ns) = onset_ns else {
        return FaultRecovery::NoFault;
    };
    let mut answers: Vec<(u64, u64)> = Vec::new();
    for (index, request) in portal.requests().iter().enumerate() {
        if let Some(at_ns) = ledger.last_commit_ns(index as u32) {
            answers.push((at_ns, at_ns.saturating_sub(request.sent_ns)));
        } else if let Some(at_ns) = request.expired_ns {
            answers.push((at_ns, u64::MAX));
        }
    }
    answers.sort_unstable();
    let (before, after) = answers.split_at(answers.partition_point(|&(at_ns, _)| at_ns < onset_ns));
    let mut usual: Vec<u64> = before.iter().map(|&(_, took_ns)| took_ns).collect();
    usual.sort_unstable();
    let Some(&upper) = usual.get(usual.len() / 2) else {
        return FaultRecovery::NoBaseline;
    };
    let lower = usual[(usual.len() - 1) / 2];
    let quick_ns = RECOVERED_WITHIN * (lower as f64 + upper as f64) / 2.0;
    let quick = |&(_, took_ns): &(u64, u64)| took_ns as f64 <= quick_ns;
    match after.windows(RECOVERED_RUN).find(|run| run.iter().all(quick)) {
        Some(run) => FaultRecovery::Recovered(seconds(run[0].0 - onset_ns)),
        None => FaultRecovery::Censored(seconds(end_ns.saturating_sub(onset_ns))),
    }
}
