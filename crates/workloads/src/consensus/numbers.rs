//! The numbers behind words, as tables for people: made from the constants the simulation uses.

use std::sync::Arc;

use super::agent::{NOISE, NOISE_GAINED_OUTSIDE, NOISE_LOST_INSIDE};
use super::cluster::{NODES_PER_AGENT, Node};
use super::deliberation::{LEAST_LATENCY_NS, NOISE_LEFT, SHORTLIST};
use super::demands::{Profile, Quantiles};
use super::faults::{Intensity, Severity};
use super::generate::{ArrivalRate, BURST_GAP, BURST_JOBS};
use super::job::Domain;
use super::network::{NetworkProfile, Shape};
use super::simulation::{
    BID_DELAYS, ELECTION_DELAYS, PATIENCE_FLOOR_S, PATIENCE_TIMEOUTS, PROCESSING_NS, RECOVERED_RUN, RECOVERED_WITHIN,
    TIMEOUT_DELAYS, TIMEOUT_FLOOR_S,
};
use super::utility::WEIGHTS;

/// Title and text of each table.
pub(super) fn tables() -> Vec<(Arc<str>, Arc<str>)> {
    [
        ("Arrivals", arrivals()),
        ("Fault intensities", intensities()),
        ("Networks", networks()),
        ("Job demands", demands()),
        ("Nodes", nodes()),
        ("Utility and judgement", utility()),
        ("Times", times()),
    ]
    .into_iter()
    .map(|(title, text)| (Arc::from(title), Arc::from(text)))
    .collect()
}

fn arrivals() -> String {
    let [low, medium, high] = [ArrivalRate::Low, ArrivalRate::Medium, ArrivalRate::High].map(ArrivalRate::per_hour);
    format!(
        "low: {low} jobs/h\nmedium: {medium} jobs/h\nhigh: {high} jobs/h\n\
         bursts: groups of {BURST_JOBS} jobs in the mean, {BURST_GAP} mean gaps apart"
    )
}

fn intensities() -> String {
    let line = |(name, intensity): (&str, Intensity)| {
        let s: Severity = intensity.severity();
        let duration = s.duration.map_or("to the end".to_owned(), |d| format!("for {d}"));
        let misdeeds: Vec<String> = s.misdeeds.iter().map(|m| format!("{m:?}")).collect();
        format!(
            "{name}: from {} of the simulation time {duration}; share of links or messages hit {}; crash: {:?}; \
             Byzantine: {} ({:?}); network: loss {}, extra delay {} mean delays, doubled {}, held back {}{}; \
             performance: processing × {}, links × {}",
            s.onset,
            s.share,
            s.recovery,
            misdeeds.join(", "),
            s.strategy,
            s.loss,
            s.extra_delays,
            s.duplicate,
            s.reorder,
            if s.cut_off { ", cut off for the first half" } else { "" },
            s.processing_factor,
            s.link_factor,
        )
    };
    Intensity::NAMES.map(line).join("\n")
}

fn networks() -> String {
    let line = |(name, p): (&str, NetworkProfile)| {
        let shape = Shape::NAMES.iter().find(|(_, shape)| *shape == p.delay.shape).map_or("", |(name, _)| name);
        format!(
            "{name}: {shape} delay of mean {} ms and sd {} ms, loss {}, {} MB/s",
            p.delay.mean_s * 1e3,
            p.delay.sd_s * 1e3,
            p.loss,
            p.bandwidth_b_s / 1e6
        )
    };
    [("lan", NetworkProfile::LAN), ("wan", NetworkProfile::WAN)].map(line).join("\n")
}

fn demands() -> String {
    let list = |q: Quantiles| q.0.map(|x| x.to_string()).join("/");
    let line = |domain: Domain| {
        let p = Profile::of(domain);
        format!(
            "{}: cores {}; GPUs {}; memory, GB per core {}; I/O, MB/s {}; run time, s {}",
            domain.word(),
            list(p.cores),
            list(p.gpus),
            list(p.memory_gb_per_core),
            list(p.io_mb_s),
            list(p.run_s)
        )
    };
    format!("Quantiles 0/25/50/75/100 %.\n{}", Domain::ALL.map(line).join("\n"))
}

fn nodes() -> String {
    let line = |domain: Domain| {
        let a = Node::of(domain).amounts;
        format!(
            "{}: {} cores, {} GPUs, {} GB, {} MB/s",
            domain.word(),
            a.cores,
            a.gpus,
            a.memory_mb / 1_000,
            a.io_kb_s / 1_000
        )
    };
    format!("{NODES_PER_AGENT} nodes per agent.\n{}", Domain::ALL.map(line).join("\n"))
}

fn utility() -> String {
    let w = WEIGHTS;
    format!(
        "U = {}·fit + {}·headroom + {}·specialty + {}·load + {}·locality\n\
         sd of an agent's estimate of U with specialization s: {NOISE}·(1 − {NOISE_LOST_INSIDE}·s) for jobs of its \
         domain, {NOISE}·(1 + {NOISE_GAINED_OUTSIDE}·s) for others; of what a simulated model finds: {NOISE_LEFT} of it\n\
         a hybrid coordinator's model chooses among the {SHORTLIST} best bids",
        w.fit, w.headroom, w.specialty, w.load, w.locality
    )
}

fn times() -> String {
    format!(
        "processing: {} µs per message\nmodels: a reply takes effect after {} ms at the earliest\nbids: waited for {BID_DELAYS} mean one-way delays\n\
         timeout: {TIMEOUT_DELAYS} mean one-way delays, at least {TIMEOUT_FLOOR_S} s; Raft's base at least \
         {ELECTION_DELAYS} mean one-way delays\n\
         patience of the portal: {PATIENCE_TIMEOUTS} timeouts, at least {PATIENCE_FLOOR_S} s\n\
         recovered: {RECOVERED_RUN} decisions in a row within {RECOVERED_WITHIN} × the median before the faults",
        PROCESSING_NS as f64 / 1e3,
        LEAST_LATENCY_NS as f64 / 1e6
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_has_its_numbers() {
        let tables = tables();
        let text = |title: &str| tables.iter().find(|(t, _)| &**t == title).map(|(_, text)| text.to_string()).unwrap();
        assert!(text("Arrivals").starts_with("low: 30 jobs/h\nmedium: 60 jobs/h\nhigh: 120 jobs/h"));
        assert_eq!(text("Fault intensities").lines().count(), 4);
        assert!(text("Networks").contains("wan: lognormal delay of mean 40 ms and sd 15 ms, loss 0.001, 125 MB/s"));
        assert!(text("Nodes").contains("memory: 32 cores, 0 GPUs, 2048 GB, 1000 MB/s"));
        assert!(text("Utility and judgement").starts_with("U = 0.25·fit + 0.15·headroom"));
    }
}
