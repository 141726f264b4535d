//! What the workload declares is what it measures, for every game and every script.

use std::collections::BTreeSet;

use ergon_domain::{ActiveWhen, Observed, Value, Workload};
use ergon_workloads::negotiation::NegotiationWorkload;
use ergon_workloads::negotiation::game::NAMES;
use ergon_workloads::negotiation::strategy::Strategy;

use crate::desk::{condition, record, run, text, try_run, value};

#[test]
fn every_declared_metric_is_measured_once_within_its_range_in_every_game_by_every_script() {
    let manifest = NegotiationWorkload::new().manifest().clone();
    for game in NAMES {
        for (strategy, _) in Strategy::NAMES {
            let offers = if strategy == "rational" { "alternating" } else { "simultaneous" };
            let set = [
                ("game", text(game)),
                ("weak_agent", text(strategy)),
                ("strong_agent", text(strategy)),
                ("offers", text(offers)),
                ("num_items", Value::Int(3)),
            ];
            let outcome = run(&set, 1);
            let declared: Vec<&str> = manifest.metrics.iter().map(|m| m.id.as_str()).collect();
            let measured: Vec<&str> = outcome.measurements.iter().map(|m| m.metric.as_str()).collect();
            assert_eq!(declared, measured);
            for (metric, measurement) in manifest.metrics.iter().zip(&outcome.measurements) {
                if let Observed::Value(x) = measurement.observed {
                    let fits =
                        metric.range.0.is_none_or(|low| x >= low) && metric.range.1.is_none_or(|high| x <= high + 1e-9);
                    assert!(fits, "{game}, {strategy}: {} is {x}", metric.id);
                }
                assert_eq!(measurement.provenance.name(), "simulated", "{}", metric.id);
                assert!(measurement.flags.0.is_empty(), "no model had a part in it");
            }
        }
    }
}

#[test]
fn names_units_and_docs_are_complete() {
    let manifest = NegotiationWorkload::new().manifest().clone();
    let names: BTreeSet<&str> = manifest.parameters.iter().map(|p| p.name.as_str()).collect();
    assert_eq!(names.len(), manifest.parameters.len());
    for parameter in &manifest.parameters {
        assert!(parameter.doc.ends_with('.'), "{}", parameter.name);
        if let Some(default) = &parameter.default {
            assert_eq!(parameter.kind.bind(default).as_ref(), Ok(default), "{}", parameter.name);
        }
        if let Some(ActiveWhen::Above { parameter: other, .. } | ActiveWhen::OneOf { parameter: other, .. }) =
            &parameter.active_when
        {
            assert!(names.contains(other.as_str()), "{} looks at {other}", parameter.name);
        }
    }
    for metric in &manifest.metrics {
        assert!(metric.doc.ends_with('.') && !metric.title.is_empty() && !metric.unit.is_empty(), "{}", metric.id);
    }
}

#[test]
fn a_condition_that_cannot_be_played_is_refused_with_the_parameter_and_what_is_accepted() {
    let said = |set: &[(&str, Value)]| {
        let (name, message) = NegotiationWorkload::new().check(&condition(set)).unwrap_err();
        format!("{name}: {message}")
    };
    let agents = |n| ("num_agents", Value::Int(n));
    for (set, words) in [
        (
            vec![agents(4), ("num_items", Value::Int(3))],
            "competition_level: 4 agents can't all have values of pairwise cosine 0.5 over 3 items; raise num_items to at \
             least 4, or set infeasible: nearest",
        ),
        (
            vec![agents(3), ("game", text("deal_or_no_deal"))],
            "num_agents: deal_or_no_deal is played by 2 agents, not 3",
        ),
        (
            vec![agents(3), ("game", text("treaty")), ("rho", Value::Real(-0.9))],
            "rho: 3 agents can't all have positions of rank correlation -0.9; expected at least -0.483, or infeasible: \
             nearest",
        ),
        (
            vec![agents(3), ("strong_agents", Value::Int(3))],
            "strong_agents: is 3 of 3 agents; expected at most 2, so that one is weak",
        ),
        (
            vec![("weak_agent", text("rational"))],
            "weak_agent: rational agents solve alternating offers; set offers: alternating, or take another of nash, zeuthen, \
             boulware",
        ),
    ] {
        assert_eq!(said(&set), words);
        assert!(try_run(&set, 0, None).is_err());
    }
}

#[test]
fn the_nearest_values_are_played_where_that_is_asked_for_and_the_gap_is_reported() {
    let set = [("num_agents", Value::Int(4)), ("num_items", Value::Int(3)), ("infeasible", text("nearest"))];
    assert!(value(&run(&set, 0), "preference_gap") > 0.01);
}

#[test]
fn values_drawn_for_a_game_have_the_similarity_asked_for() {
    for tenth in 0..=10 {
        let set = [("competition_level", Value::Real(f64::from(tenth) / 10.0))];
        assert!((0..30).all(|replicate| value(&run(&set, replicate), "preference_gap") <= 0.01));
    }
}

#[test]
fn the_record_shows_every_round_and_adds_up_to_the_measurements() {
    for replicate in 0..20 {
        let outcome = run(&[("competition_level", Value::Real(0.7))], replicate);
        let record = record(&outcome);
        let rounds = record["rounds"].as_array().unwrap();
        assert_eq!(rounds.len() as f64, value(&outcome, "final_round"));
        let passed: Vec<&serde_json::Value> =
            rounds.iter().flat_map(|r| r["proposals"].as_array().unwrap()).filter(|p| p["passed"] == true).collect();
        assert_eq!(passed.len() as f64, value(&outcome, "agreement"));
        if let [agreed] = passed.as_slice() {
            let factor = rounds.last().unwrap()["factor"].as_f64().unwrap();
            let utility = |seat: usize| agreed["utilities"][seat].as_f64().unwrap() * factor;
            assert!((utility(0) - value(&outcome, "utility_weak")).abs() < 1e-9, "weak sits first by default");
            assert!((utility(1) - value(&outcome, "utility_strong")).abs() < 1e-9);
            assert!(agreed["votes"].as_array().unwrap().iter().all(|vote| vote == true));
        }
        let front = record["front"].as_array().unwrap();
        assert!(front.windows(2).all(|w| w[0][0].as_f64() < w[1][0].as_f64() && w[0][1].as_f64() > w[1][1].as_f64()));
        assert_eq!(record["simulated"], true);
    }
}

#[test]
fn a_majority_of_two_thirds_settles_what_unanimity_would_not() {
    let hard = |rule: &str| {
        let set = [
            ("num_agents", Value::Int(3)),
            ("strong_agents", Value::Int(1)),
            ("strong_agent", text("hardliner")),
            ("weak_agent", text("conceder")),
            ("competition_level", Value::Real(0.9)),
            ("accept_rule", text(rule)),
        ];
        crate::desk::mean(&set, "agreement", 40)
    };
    assert!(hard("two_thirds") > hard("unanimity") + 0.2, "{} and {}", hard("two_thirds"), hard("unanimity"));
}
