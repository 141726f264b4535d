//! The original's words for levels, and Ergon's.

/// Lower case, words joined by underscores: `GPU-intensive` is `gpu_intensive`, `I/O-heavy` is `io_heavy`.
pub(super) fn plain(word: &str) -> String {
    word.trim().to_lowercase().replace('/', "").replace(['-', ' '], "_")
}

/// What follows the type in Python's `AgentType.HEURISTIC`.
fn member(word: &str) -> &str {
    word.rsplit('.').next().unwrap_or(word)
}

/// Protocols.
pub(super) fn protocol(word: &str) -> Option<&'static str> {
    Some(match plain(member(word)).as_str() {
        "bft" | "pbft" | "byzantine_fault_tolerant" => "bft",
        "raft" => "raft",
        "negotiation" | "multi_round_negotiation" => "negotiation",
        "weighted" | "weighted_voting" => "weighted",
        _ => return None,
    })
}

/// Agents.
pub(super) fn agent(word: &str) -> Option<&'static str> {
    Some(match plain(member(word)).as_str() {
        "llm" | "pure_llm" => "llm",
        "heuristic" => "heuristic",
        "hybrid" | "hybrid_llm" => "hybrid",
        _ => return None,
    })
}

/// Faults.
pub(super) fn fault(word: &str) -> Option<&'static str> {
    Some(match plain(member(word)).as_str() {
        "none" => "none",
        "byzantine" => "byzantine",
        "crash" => "crash",
        "network" | "network_partition" => "network",
        "performance" | "performance_degradation" => "performance",
        "mixed" => "mixed",
        _ => return None,
    })
}

/// What jobs demand.
pub(super) fn workload(word: &str) -> Option<&'static str> {
    let word = plain(word);
    ["gpu_intensive", "memory_heavy", "compute_bound", "io_heavy", "mixed"].into_iter().find(|w| *w == word)
}

/// How many jobs arrive.
pub(super) fn arrivals(word: &str) -> Option<&'static str> {
    let word = plain(word);
    ["low", "medium", "high"].into_iter().find(|w| *w == word)
}

/// How bad faults are.
pub(super) fn intensity(word: &str) -> Option<&'static str> {
    let word = plain(word);
    ["light", "medium", "heavy", "chaos"].into_iter().find(|w| *w == word)
}

/// Metrics.
pub(super) fn metric(word: &str) -> Option<&'static str> {
    Some(match plain(word).as_str() {
        "consensus_success_rate" => "consensus_success_rate",
        "convergence_time" => "convergence_time_s",
        "system_throughput" => "system_throughput_jobs_per_h",
        "fault_recovery_time" => "fault_recovery_time_s",
        "resource_utilization" => "resource_utilization",
        "decision_quality_score" => "decision_quality_score",
        "communication_overhead" => "communication_overhead",
        "domain_specific_accuracy" => "domain_specific_accuracy",
        "cross_domain_performance" => "cross_domain_performance",
        _ => return None,
    })
}

/// A campaign's id: lower-case letters, digits and hyphens.
pub(super) fn campaign_id(text: &str) -> String {
    let letters: String = text
        .to_lowercase()
        .chars()
        .map(|c| if c.is_ascii_lowercase() || c.is_ascii_digit() { c } else { '-' })
        .collect();
    let words: Vec<&str> = letters.split('-').filter(|w| !w.is_empty()).collect();
    words.join("-").chars().take(64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guides_words_are_ergons() {
        assert_eq!(
            ["GPU-intensive", "I/O-heavy", "Mixed"].map(workload),
            [Some("gpu_intensive"), Some("io_heavy"), Some("mixed")]
        );
        assert_eq!(protocol("ConsensusProtocol.BYZANTINE_FAULT_TOLERANT"), Some("bft"));
        assert_eq!(agent("AgentType.HEURISTIC"), Some("heuristic"));
        assert_eq!(["Byzantine", "gossip"].map(fault), [Some("byzantine"), None]);
        assert_eq!(campaign_id("LLM_consensus — evaluation/2025"), "llm-consensus-evaluation-2025");
    }
}
