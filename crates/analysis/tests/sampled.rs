//! Sampled designs: factors that imply each other, and more than two levels over blocks.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test's own frames")]

mod support;

use ergon_analysis::{AnalysisError, AnalysisKind, Ask, Contrast, compare, contrast};
use ergon_design::spec::{DesignKind, Estimand};
use ergon_domain::{Family, Value};
use support::{Build, Draws, value};

const AGENTS: [&str; 3] = ["heuristic", "llm", "hybrid"];

/// A quarter of the combinations of agents, fault rates and fault types. At rate 0 there is no fault, whatever type was
/// asked for: type `none` and rate 0 are one thing. Means: 10, 14 and 11 by agent; less by 20 per unit of fault rate.
fn sample_with_a_rate_of_zero() -> Build {
    let mut build = Build::new(&[
        ("agents", &AGENTS),
        ("fault_rate", &["0.0", "0.2", "0.4"]),
        ("fault_type", &["byzantine", "crash", "none"]),
    ])
    .metric("m", Family::Continuous)
    .common();
    build.frame.metrics[0].range = (Some(0.0), None);
    build.phase().design = DesignKind::BalancedSample;
    let mut draws = Draws::seeded(7);
    for replicate in 0..4 {
        let block = draws.normal();
        for (a, agents) in AGENTS.iter().enumerate() {
            for (rate, asked) in [("0.0", "crash"), ("0.2", "crash"), ("0.4", "crash"), ("0.2", "byzantine")] {
                let kind = if rate == "0.0" { "none" } else { asked };
                let mean = [10.0, 14.0, 11.0][a] - 20.0 * rate.parse::<f64>().unwrap();
                let y = mean + block + 0.01 * draws.normal();
                build.run(&[("agents", agents), ("fault_rate", rate), ("fault_type", kind)], replicate, &[value(y)]);
            }
        }
    }
    build
}

fn pair(factor: &str, treatment: Value, control: Value) -> Contrast {
    Contrast { factor: factor.into(), treatment, control }
}

#[test]
fn a_level_that_another_factor_implies_does_not_hinder_the_factors_that_both_leave_alone() {
    let frame = sample_with_a_rate_of_zero().frame;
    let agents = pair("agents", Value::text("llm"), Value::text("heuristic"));
    let found = contrast(&frame, &Ask::about("m"), &agents).unwrap();
    assert!((found.estimates["mean_difference"].value - 4.0).abs() < 0.05, "{:?}", found.estimates);
    assert_eq!(found.df[0].0, 3.0, "four replicates");
    assert!(found.trail.iter().any(|t| t.contains("without a term for fault_type = none")), "{:?}", found.trail);
    // Every agent meets the same faults, so the adjusted means are the plain ones but for noise: 14 − 4 over 10 − 4.
    let ratio = Ask { estimand: Some(Estimand::Ratio), ..Ask::about("m") };
    let found = contrast(&frame, &ratio, &agents).unwrap();
    let of = |level: &str| {
        let at = |r: &&ergon_analysis::FrameRow| r.condition.condition.get("agents") == Some(&Value::text(level));
        let column = &frame.columns[&frame.metrics[0].id];
        let sum: f64 = frame
            .rows
            .iter()
            .zip(column)
            .filter(|(row, _)| at(row))
            .filter_map(|(_, reading)| match reading.as_ref()?.observed {
                ergon_domain::Observed::Value(x) => Some(x),
                _ => None,
            })
            .sum();
        sum / 16.0
    };
    let expected = of("llm") / of("heuristic");
    assert!((found.estimates["ratio"].value - expected).abs() < 0.01, "{} {expected}", found.estimates["ratio"].value);
}

#[test]
fn a_factor_that_others_imply_is_refused_with_what_to_do() {
    let frame = sample_with_a_rate_of_zero().frame;
    let rates = pair("fault_rate", Value::real(0.2), Value::real(0.0));
    let error = contrast(&frame, &Ask::about("m"), &rates).unwrap_err();
    assert!(matches!(error, AnalysisError::Aliased { .. }), "{error}");
    assert!(error.to_string().contains("fault_type") && error.to_string().contains("select one level"), "{error}");
}

#[test]
fn several_levels_of_a_sample_are_compared_over_replicates_by_their_adjusted_means() {
    let found = compare(&sample_with_a_rate_of_zero().frame, &Ask::about("m"), "agents").unwrap();
    assert_eq!(found[0].kind, AnalysisKind::Omnibus);
    assert!(found[0].procedure.starts_with("Repeated-measures"), "{}", found[0].procedure);
    assert!(found[0].procedure.ends_with("adjusted by an additive linear model"), "{}", found[0].procedure);
    assert!(found[0].p.unwrap() < 1e-4, "{:?}", found[0].p);
    assert_eq!(found.len(), 4, "the test of all levels, then its three pairs");
}

/// A truth without differences between agents: the omnibus test rejects in a share alpha of all samples.
#[test]
fn without_a_difference_the_test_of_a_sample_rejects_no_more_often_than_alpha() {
    let samples = 400;
    let mut draws = Draws::seeded(23);
    let rejected = (0..samples)
        .filter(|_| {
            let mut build = sample_with_a_rate_of_zero();
            let rows = build.frame.rows.len();
            let noise: Vec<_> = (0..rows).map(|_| value(50.0 + draws.normal())).collect();
            build.frame.columns.values_mut().for_each(|column| column.clone_from(&noise));
            compare(&build.frame, &Ask::about("m"), "agents").unwrap()[0].p.unwrap() < 0.05
        })
        .count();
    // Greenhouse and Geisser's correction is conservative where the covariance is spherical.
    let most = 0.05 * f64::from(samples) + 3.0 * (f64::from(samples) * 0.05 * 0.95).sqrt();
    assert!(rejected > 0 && (rejected as f64) <= most, "{rejected} of {samples}, at most {most}");
}
