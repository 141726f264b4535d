//! What a batch comes to: success by factors, and what a dollar buys.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a test's helpers fail by panic too")]

mod support;

use ergon_analysis::{AnalysisError, Ask, CostLevel, Detail, Frame, SuccessLevel, cost_efficiency, success_factors};
use ergon_domain::{Family, Observed};
use support::{Build, Draws, near, reading, value};

fn ask(metric: &str) -> Ask {
    Ask::about(metric)
}

fn levels(frame: &Frame, by: &[&str]) -> Vec<SuccessLevel> {
    let by: Vec<String> = by.iter().map(|s| (*s).to_owned()).collect();
    match success_factors(frame, &ask("success"), &by).unwrap().detail {
        Some(Detail::SuccessFactors(found)) => found.levels,
        other => panic!("{other:?}"),
    }
}

/// So many successes of so many runs at each level.
fn counted(levels: &[(&str, u32, u32)]) -> Frame {
    let names: Vec<&str> = levels.iter().map(|l| l.0).collect();
    let mut build = Build::new(&[("model", &names)]).metric("success", Family::Binary);
    for (level, successes, runs) in levels {
        for run in 0..*runs {
            build.run(&[("model", level)], run, &[value(f64::from(u8::from(run < *successes)))]);
        }
    }
    build.frame
}

#[test]
fn one_factors_odds_ratios_are_those_of_its_table_and_shares_have_wilsons_interval() {
    let found = levels(&counted(&[("old", 8, 10), ("new", 3, 10)]), &["model"]);
    assert_eq!((found[0].successes, found[0].n, found[0].control.as_deref()), (8, 10, None));
    assert_eq!(found[1].control.as_deref(), Some("old"));
    // (3/7) / (8/2).
    assert!((found[1].odds_ratio.unwrap() - 3.0 / 28.0).abs() < 1e-9);
    // Wald on the log odds: sqrt(1/3 + 1/7 + 1/8 + 1/2) = 1.0493762.
    let half = 1.959_963_984_540_054 * (1.0_f64 / 3.0 + 1.0 / 7.0 + 1.0 / 8.0 + 1.0 / 2.0).sqrt();
    let ci = found[1].odds_ci.unwrap();
    assert!((ci.lo.ln() - ((3.0_f64 / 28.0).ln() - half)).abs() < 1e-9, "{ci:?}");
    let share = found[0].share_ci;
    assert!((share.lo - 0.490_162).abs() < 1e-6 && (share.hi - 0.943_318).abs() < 1e-6, "{share:?}");
}

#[test]
fn the_interval_of_a_planted_effect_covers_it_as_often_as_it_says_whatever_the_other_factor_does() {
    let (studies, effect) = (400, 0.9_f64);
    let mut draws = Draws::seeded(11);
    let mut covered = 0;
    for _ in 0..studies {
        let mut build =
            Build::new(&[("model", &["a", "b"]), ("events", &["off", "on"])]).metric("success", Family::Binary);
        for model in ["a", "b"] {
            for events in ["off", "on"] {
                for run in 0..60 {
                    let log_odds =
                        effect * f64::from(u8::from(model == "b")) - 0.7 * f64::from(u8::from(events == "on"));
                    let yes = draws.uniform() < 1.0 / (1.0 + (-log_odds).exp());
                    build.run(&[("model", model), ("events", events)], run, &[value(f64::from(u8::from(yes)))]);
                }
            }
        }
        let found = levels(&build.frame, &["model", "events"]);
        let ci = found.iter().find(|l| l.level == "b").and_then(|l| l.odds_ci).unwrap();
        covered += usize::from((ci.lo..=ci.hi).contains(&effect.exp()));
    }
    assert!(near(covered, studies, 0.95), "{covered} of {studies}");
}

#[test]
fn a_level_that_always_succeeds_has_a_share_and_no_odds_ratio_and_the_answer_says_why() {
    let frame = counted(&[("old", 5, 10), ("new", 10, 10)]);
    let analysis = success_factors(&frame, &ask("success"), &["model".to_owned()]).unwrap();
    let Some(Detail::SuccessFactors(found)) = &analysis.detail else { panic!("no levels") };
    assert_eq!((found.levels[1].share, found.levels[1].odds_ratio, found.levels[1].p), (1.0, None, None));
    assert!(found.levels[1].share_ci.lo < 1.0, "one hundred percent of ten is not certainty");
    let why = analysis.not_tested.as_ref().unwrap();
    assert!(why.contains("always succeeds or always fails"), "{why}");
    assert!(analysis.warnings.iter().any(|w| w.code == "no_odds_ratios"));
}

#[test]
fn a_metric_that_is_not_yes_or_no_is_refused() {
    let mut build = Build::new(&[("model", &["a", "b"])]).metric("success", Family::Continuous);
    for (i, model) in ["a", "b", "a", "b"].iter().enumerate() {
        build.run(&[("model", model)], i as u32, &[value(0.5)]);
    }
    let error = success_factors(&build.frame, &ask("success"), &["model".to_owned()]).unwrap_err();
    assert!(matches!(error, AnalysisError::NotBinary { count: 4, .. }), "{error}");
}

fn costs(frame: &Frame) -> Vec<CostLevel> {
    match cost_efficiency(frame, &ask("agreement"), "model").unwrap().detail {
        Some(Detail::CostEfficiency(found)) => found.levels,
        other => panic!("{other:?}"),
    }
}

fn bought() -> Build {
    Build::new(&[("model", &["cheap", "dear"])])
        .metric("agreement", Family::Continuous)
        .metric("cost_usd", Family::Positive)
}

#[test]
fn what_a_dollar_buys_is_the_ratio_of_the_means_over_runs_with_both_known() {
    let mut build = bought();
    for (i, (agreement, cost)) in [(10.0, 0.1), (20.0, 0.3), (30.0, 0.2)].into_iter().enumerate() {
        build.run(&[("model", "cheap")], i as u32, &[value(agreement), value(cost)]);
    }
    build.run(&[("model", "dear")], 0, &[value(50.0), value(2.0)]);
    build.run(&[("model", "dear")], 1, &[value(70.0), reading(Observed::Unavailable("price unknown".into()))]);
    let found = costs(&build.frame);
    assert_eq!((found[0].n, found[0].mean, found[1].n), (3, Some(20.0), 1), "a run of unknown cost is left out");
    assert!((found[0].per_usd.unwrap() - 100.0).abs() < 1e-9);
    // Residuals 0, -10, 10: sqrt(200 / 2 / 3) / 0.2.
    assert!((found[0].se.unwrap() - (100.0_f64 / 3.0).sqrt() / 0.2).abs() < 1e-9);
    assert_eq!((found[1].per_usd, found[1].se, found[1].ci), (Some(25.0), None, None), "one run has no spread");
    assert!((found[0].total_cost_usd - 0.6).abs() < 1e-12);
}

#[test]
fn the_interval_of_what_a_dollar_buys_covers_it_as_often_as_it_says() {
    let (studies, runs) = (1000, 40);
    let mut draws = Draws::seeded(5);
    let mut covered = 0;
    for _ in 0..studies {
        let mut build = bought();
        for run in 0..runs {
            let cost = 0.5 + 0.1 * draws.normal();
            build.run(&[("model", "cheap")], run, &[value(40.0 * cost + 3.0 * draws.normal()), value(cost)]);
        }
        let ci = costs(&build.frame)[0].ci.unwrap();
        covered += usize::from((ci.lo..=ci.hi).contains(&40.0));
    }
    assert!(near(covered, studies, 0.95), "{covered} of {studies}");
}

#[test]
fn where_nothing_was_spent_a_dollar_buys_nothing_defined() {
    let mut build = bought();
    for model in ["cheap", "dear"] {
        let cost = if model == "cheap" { 0.0 } else { 1.0 };
        for run in 0..3 {
            build.run(&[("model", model)], run, &[value(10.0), value(cost)]);
        }
    }
    let analysis = cost_efficiency(&build.frame, &ask("agreement"), "model").unwrap();
    let found = costs(&build.frame);
    assert_eq!((found[0].per_usd, found[1].per_usd), (None, Some(10.0)));
    assert!(analysis.warnings.iter().any(|w| w.code == "nothing_spent"));
    let free = Build::new(&[("model", &["a"])]).metric("agreement", Family::Continuous).frame;
    assert!(matches!(
        cost_efficiency(&free, &ask("agreement"), "model").unwrap_err(),
        AnalysisError::UnknownMetric { .. }
    ));
}
