//! What skill, format errors, latency and outages of the model do to a campaign.

use std::collections::BTreeSet;

use ergon_domain::{FailureClass, Observed, SIMULATED_MODEL, Value};
use ergon_workloads::consensus::simulation::ProtocolKind;

use crate::campaign::{Absent, GOOD, Quantal, condition, mean, mean_of, observed, outcomes, quality, raft, run, value};

#[test]
fn a_planted_skill_is_recovered_as_decision_quality() {
    for agent_type in ["llm", "hybrid"] {
        let at = |rationality| quality(agent_type, &Quantal { rationality, ..GOOD });
        let by_skill = [0.0, 3.0, 10.0, 100.0].map(at);
        println!("{agent_type}: quality by rationality {by_skill:.1?}");
        assert!(by_skill.is_sorted(), "{agent_type}: {by_skill:?}");
        assert!(by_skill[3] > by_skill[0] + 10.0, "{agent_type}: {by_skill:?}");
    }
}

#[test]
fn without_skill_bids_are_a_lottery_and_quality_is_that_of_a_random_agent() {
    let random = quality("llm", &Quantal { rationality: 0.0, ..GOOD });
    // Bids that don't depend on the agent choose every agent alike: the mean score over feasible agents. Under the
    // lottery no agent is preferred, so neither is one of the job's domain.
    let heuristic = quality("heuristic", &GOOD);
    println!("lottery {random:.1}, heuristic {heuristic:.1}");
    assert!((35.0..70.0).contains(&random) && random < heuristic - 15.0, "{random}");
}

#[test]
fn format_errors_move_malformed_replies_and_only_lower_success() {
    for agent_type in ["llm", "hybrid"] {
        let at = [0.0, 0.3, 0.9, 1.0]
            .map(|format_error_rate| outcomes(agent_type, &[], &Quantal { format_error_rate, ..GOOD }));
        let malformed = at.each_ref().map(|outcomes| mean_of(outcomes, "malformed_replies"));
        println!("{agent_type}: malformed replies {malformed:.1?}");
        assert!(malformed[0] == 0.0 && malformed[1] > 5.0 && malformed.is_sorted(), "{malformed:?}");
        let success = at.each_ref().map(|outcomes| mean_of(outcomes, "consensus_success_rate"));
        println!("{agent_type}: success {success:.1?}");
        assert!(success.iter().rev().is_sorted(), "{success:?}");
        // Agents that say nothing readable offer nothing; a hybrid has its heuristic.
        assert_eq!(success[3], if agent_type == "llm" { 0.0 } else { 100.0 });
    }
}

#[test]
fn latency_moves_the_time_to_agree_and_nothing_of_what_is_agreed() {
    for (agent_type, protocol) in [("llm", "bft"), ("llm", "raft"), ("hybrid", "bft"), ("hybrid", "raft")] {
        let set = [("consensus_protocol", Value::text(protocol)), ("job_arrival_rate", Value::Real(20.0))];
        let latencies = [0.1, 1.0, 5.0];
        let at = latencies.map(|latency_s| outcomes(agent_type, &set, &Quantal { latency_s, ..GOOD }));
        let all = |metric: &str| at.each_ref().map(|outcomes| mean_of(outcomes, metric));
        let convergence = all("convergence_time_s");
        println!("{agent_type}, {protocol}: convergence {convergence:.3?}");
        // Thinking is part of agreeing; what comes on top is the protocol's own.
        for (convergence, latency_s) in convergence.into_iter().zip(latencies) {
            assert!(convergence > latency_s && convergence < latency_s + 0.02, "{latency_s} s: {convergence}");
        }
        for unmoved in ["consensus_success_rate", "malformed_replies", "jobs_placed", "view_changes_or_elections"] {
            let metric = match (unmoved, protocol) {
                ("view_changes_or_elections", "bft") => "view_changes",
                ("view_changes_or_elections", _) => "elections",
                (metric, _) => metric,
            };
            let [low, middle, high] = all(metric);
            assert_eq!((low, middle), (middle, high), "{agent_type}, {protocol}: {metric}");
        }
        let quality = all("decision_quality_score");
        assert!((quality[0] - quality[2]).abs() < 3.0, "{agent_type}, {protocol}: {quality:?}");
    }
}

#[test]
fn every_protocol_agrees_with_agents_that_think() {
    for (protocol, _) in ProtocolKind::NAMES {
        for agent_type in ["llm", "hybrid"] {
            let set = [("consensus_protocol", Value::text(protocol)), ("network", Value::text("wan"))];
            let outcome = run(&condition(agent_type, &set), 0, GOOD).unwrap();
            assert_eq!(value(&outcome, "consensus_success_rate"), 100.0, "{protocol}, {agent_type}");
            assert_eq!(value(&outcome, "safety_violations"), 0.0, "{protocol}, {agent_type}");
            assert!(value(&outcome, "convergence_time_s") > GOOD.latency_s, "{protocol}, {agent_type}");
        }
    }
}

#[test]
fn an_agent_waits_as_long_as_its_patience() {
    let slow = Quantal { latency_s: 60.0, ..GOOD };
    for (agent_type, success, fallbacks) in [("llm", 0.0, 0.0), ("hybrid", 100.0, 40.0)] {
        let outcome = run(&condition(agent_type, &[raft()]), 0, slow.clone()).unwrap();
        assert_eq!(value(&outcome, "consensus_success_rate"), success, "{agent_type}");
        assert_eq!(value(&outcome, "llm_fallbacks"), fallbacks, "{agent_type}");
        let convergence = value(&outcome, "convergence_time_s");
        assert!(convergence > 10.0 && convergence < 10.1, "{agent_type}: {convergence}");
    }
    let patient = [raft(), ("model_timeout", Value::Real(90.0))];
    assert_eq!(mean("llm", &patient, &slow, "consensus_success_rate"), 100.0);
}

#[test]
fn agent_types_differ_over_a_campaign_and_a_good_model_pays() {
    let [heuristic, llm, hybrid] = ["heuristic", "llm", "hybrid"].map(|kind| quality(kind, &GOOD));
    println!("quality: heuristic {heuristic:.1}, llm {llm:.1}, hybrid {hybrid:.1}");
    assert!(llm > heuristic && hybrid > heuristic && (llm - hybrid).abs() > 0.1);
    // Every agent bids on every job; a coordinator chooses once a job, where there is a choice.
    let [llm, hybrid] = ["llm", "hybrid"].map(|kind| mean(kind, &[], &GOOD, "llm_calls"));
    assert!(llm == 400.0 && hybrid > 20.0 && hybrid <= 40.0, "{llm}, {hybrid}");
}

#[test]
fn a_hybrid_that_is_unsure_decides_as_the_heuristic_would() {
    let random = Quantal { rationality: 0.0, confidence: Some(0.05), ..GOOD };
    let [trusting_runs, careful_runs] =
        [0.0, 0.1].map(|least| outcomes("hybrid", &[("least_confidence", Value::Real(least))], &random));
    let [trusting, careful] = [&trusting_runs, &careful_runs].map(|runs| mean_of(runs, "decision_quality_score"));
    println!("trusting {trusting:.1}, careful {careful:.1}");
    assert!(careful > trusting + 3.0);
    assert_eq!(mean_of(&trusting_runs, "llm_fallbacks"), 0.0);
    assert_eq!(mean_of(&careful_runs, "llm_fallbacks"), mean_of(&careful_runs, "llm_calls"));
}

#[test]
fn specialization_sharpens_a_models_judgement_inside_the_domain_and_blurs_it_outside() {
    let perfect = Quantal { rationality: 200.0, ..GOOD };
    let at = [0.0, 0.7].map(|level| outcomes("llm", &[("specialization_level", Value::Real(level))], &perfect));
    let inside = at.each_ref().map(|outcomes| mean_of(outcomes, "domain_specific_accuracy"));
    let outside = at.each_ref().map(|outcomes| mean_of(outcomes, "cross_domain_performance"));
    println!("inside {inside:.1?}, outside {outside:.1?}");
    assert!(inside[1] > inside[0] && outside[1] < outside[0]);
    let overhead = at.each_ref().map(|outcomes| mean_of(outcomes, "specialization_overhead"));
    println!("overhead {overhead:.1?}");
    assert!(overhead[0].abs() < 5.0 && overhead[1] > overhead[0] + 5.0, "{overhead:?}");
}

#[test]
fn a_model_that_cannot_be_had_ends_the_run_or_is_done_without() {
    use FailureClass::{Budget, InvalidInput, ModelUnavailable, RateLimited};
    let on = |fallback: &str| condition("llm", &[("model_fallback", Value::text(fallback))]);
    for class in [ModelUnavailable, RateLimited] {
        let ended = run(&on("none"), 0, Absent(class)).unwrap_err();
        assert_eq!((ended.class, ended.message.as_str()), (class, "model llm: nobody answers"));
        let without = run(&on("heuristic"), 0, Absent(class)).unwrap();
        assert_eq!((value(&without, "llm_fallbacks"), value(&without, "llm_calls")), (400.0, 0.0));
        assert_eq!(value(&without, "consensus_success_rate"), 100.0);
        let undefined = Observed::Undefined("no model was asked".into());
        assert_eq!(observed(&without, "llm_latency_s"), &undefined);
    }
    // A mistake in the spec or an empty budget is no outage.
    for class in [InvalidInput, Budget] {
        assert_eq!(run(&on("heuristic"), 0, Absent(class)).unwrap_err().class, class);
    }
}

#[test]
fn what_rests_on_a_simulated_model_says_so_and_nothing_else_does() {
    let flagged = |agent_type: &str, model: Quantal| {
        let measurements = run(&condition(agent_type, &[]), 0, model).unwrap().measurements;
        let count = measurements.iter().filter(|m| m.flags.0.contains(SIMULATED_MODEL)).count();
        (count, measurements.len())
    };
    for agent_type in ["llm", "hybrid"] {
        let (flags, all) = flagged(agent_type, GOOD);
        assert_eq!(flags, all, "{agent_type}");
        assert_eq!(flagged(agent_type, Quantal { simulated: false, ..GOOD }).0, 0, "{agent_type}");
    }
    assert_eq!(flagged("heuristic", GOOD).0, 0);
    let real = run(&condition("llm", &[]), 0, Quantal { simulated: false, tokens: None, ..GOOD }).unwrap();
    let of = |metric: &str| real.measurements.iter().find(|m| m.metric.as_str() == metric).unwrap();
    assert_eq!(
        (of("llm_calls").provenance.name(), of("convergence_time_s").provenance.name()),
        ("measured", "simulated")
    );
    assert!(matches!(of("llm_prompt_tokens").observed, Observed::Unavailable(_)), "missing is not 0");
}

#[test]
fn heuristic_agents_ask_no_model_and_say_so() {
    let outcome = run(&condition("heuristic", &[]), 0, Absent(FailureClass::Internal)).unwrap();
    for metric in ["malformed_replies", "llm_calls", "llm_latency_s", "llm_fallbacks", "llm_prompt_tokens"] {
        let expected = Observed::Undefined("heuristic agents ask no model".into());
        assert_eq!(observed(&outcome, metric), &expected, "{metric}");
    }
}

#[test]
fn the_model_named_by_the_condition_is_asked() {
    let ended = run(&condition("llm", &[("model", Value::text("qwen"))]), 0, Absent(FailureClass::ModelUnavailable));
    assert_eq!(ended.unwrap_err().message, "model qwen: nobody answers");
}

#[test]
fn model_parameters_move_what_they_should() {
    let slow = Quantal { latency_s: 2.0, confidence: Some(0.3), ..GOOD };
    for (agent_type, name, levels) in [
        ("llm", "model_timeout", [Value::Real(1.0), Value::Real(10.0)]),
        ("hybrid", "model_timeout", [Value::Real(1.0), Value::Real(10.0)]),
        ("hybrid", "least_confidence", [Value::Real(0.1), Value::Real(0.5)]),
    ] {
        let shown = levels.map(|level| {
            let outcome = run(&condition(agent_type, &[(name, level)]), 0, slow.clone()).unwrap();
            format!("{:?}", outcome.measurements)
        });
        assert_eq!(BTreeSet::from(shown).len(), 2, "{agent_type}: {name} changes nothing");
    }
}
