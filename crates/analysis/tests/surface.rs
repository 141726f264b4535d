//! Dependency, thresholds, contamination and A/B tests: formulas by hand, and coverage over simulated studies.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test's own frames")]

mod support;

use ergon_analysis::{
    Analysis, AnalysisError, AnalysisKind, Ask, Contamination, Dependency, Detail, Frame, ab_test, contamination,
    dependency, run_plan,
};
use ergon_design::spec::{self, Question, QuestionKind};
use ergon_domain::{Direction, Family};
use support::{Build, Draws, value};

fn ask() -> Ask {
    Ask::about("m")
}

/// A frame of shares in percent.
fn percent(mut build: Build) -> Frame {
    build.frame.metrics[0].direction = Direction::Higher;
    build.frame.metrics[0].range = (Some(0.0), Some(100.0));
    build.frame
}

const LEVELS: [&str; 5] = ["0", "25", "50", "75", "100"];

/// Items of which these numbers of the first are right at each level.
fn falling(items: u32, right: [u32; 5]) -> Frame {
    let mut build = Build::new(&[("level", &LEVELS)]).metric("m", Family::Proportion).common();
    for (level, right) in LEVELS.iter().zip(right) {
        for item in 0..items {
            build.run(&[("level", level)], item, &[value(if item < right { 100.0 } else { 0.0 })]);
        }
    }
    percent(build)
}

fn curves(analysis: &Analysis) -> &Dependency {
    match analysis.detail.as_ref() {
        Some(Detail::Dependency(found)) => found,
        other => panic!("{other:?}"),
    }
}

fn about(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-9
}

#[test]
fn coefficient_retention_area_and_threshold_are_those_of_the_formulas() {
    let found = dependency(&falling(40, [40, 32, 20, 12, 8]), &ask(), "level", None, 0.6, false).unwrap();
    let curve = &curves(&found).curves[0];
    // Means 100, 80, 50, 30, 20: LDC = 1 − 45/100; area: trapezoids 90, 65, 40, 25 over four equal steps, mean 55.
    assert!(about(curve.coefficient.unwrap(), 0.55) && about(curve.area.unwrap(), 0.45));
    assert_eq!(curve.label.as_deref(), Some("high"));
    let retention: Vec<f64> = curve.points.iter().map(|p| p.retention.unwrap()).collect();
    assert!(retention.iter().zip([1.0, 0.8, 0.5, 0.3, 0.2]).all(|(a, b)| about(*a, b)), "{retention:?}");
    // From 80 at 25 to 50 at 50, 60 lies at 25 + 25·20/30.
    assert!(about(curve.threshold.unwrap(), 25.0 + 25.0 * 20.0 / 30.0));
    assert_eq!(curve.lowest_below, Some(50.0));
    let ci = curve.threshold_ci.as_ref().unwrap();
    assert!(ci.lo.unwrap() < curve.threshold.unwrap() && curve.threshold.unwrap() < ci.hi.unwrap());
    let of_coefficient = curve.coefficient_ci.unwrap();
    assert!(of_coefficient.lo < 0.55 && 0.55 < of_coefficient.hi && of_coefficient.hi - of_coefficient.lo < 0.3);
    assert_eq!(found.estimates["ldc"].value, curve.coefficient.unwrap());
}

#[test]
fn the_trend_of_five_levels_is_tested_exactly() {
    let found = dependency(&falling(40, [40, 32, 20, 12, 8]), &ask(), "level", None, 0.5, false).unwrap();
    let curve = &curves(&found).curves[0];
    // All 5! orders are as likely; the falling and the rising one are the most extreme: p = 2/120.
    for trend in [curve.spearman.as_ref().unwrap(), curve.kendall.as_ref().unwrap()] {
        assert!(about(trend.estimate, -1.0) && about(trend.p, 2.0 / 120.0), "{trend:?}");
    }
}

#[test]
fn the_odds_of_a_right_answer_fall_over_the_levels_for_one_and_the_same_item() {
    let mut build = Build::new(&[("level", &LEVELS)]).metric("m", Family::Proportion).common();
    let mut draws = Draws::seeded(3);
    for item in 0..80 {
        let easy = draws.normal();
        for (level, log_odds) in LEVELS.iter().zip([2.0, 1.0, 0.0, -1.0, -2.0]) {
            let p = 1.0 / (1.0 + (-(log_odds + easy)).exp());
            build.run(&[("level", level)], item, &[value(if draws.uniform() < p { 100.0 } else { 0.0 })]);
        }
    }
    let found = dependency(&percent(build), &ask(), "level", None, 0.5, false).unwrap();
    let odds = curves(&found).curves[0].odds.as_ref().unwrap();
    // Planted: 4 logits over the whole range, exp(−4) = 0.018.
    assert!(odds.estimate > 0.005 && odds.estimate < 0.06 && odds.p < 1e-6, "{odds:?}");
}

#[test]
fn guessing_is_taken_off_where_there_is_something_to_guess() {
    let mut build = Build::new(&[("level", &["0", "100"])])
        .metric("m", Family::Proportion)
        .metric("chance_level", Family::Proportion)
        .common();
    for item in 0..40 {
        for (level, right) in [("0", 40), ("100", 20)] {
            build.run(&[("level", level)], item, &[value(if item < right { 100.0 } else { 0.0 }), value(25.0)]);
        }
    }
    let found = dependency(&percent(build), &ask(), "level", None, 0.5, false).unwrap();
    // (50 − 25)/(100 − 25).
    assert!(about(curves(&found).curves[0].points[1].corrected.unwrap(), 1.0 / 3.0));
    let without = dependency(&falling(40, [40, 32, 20, 12, 8]), &ask(), "level", None, 0.5, false).unwrap();
    assert_eq!(curves(&without).curves[0].points[1].corrected, None);
}

#[test]
fn without_a_baseline_there_is_no_coefficient_and_it_is_not_zero() {
    let found = dependency(&falling(30, [0, 0, 0, 0, 0]), &ask(), "level", None, 0.5, false).unwrap();
    let curve = &curves(&found).curves[0];
    assert_eq!((curve.coefficient, curve.area, curve.threshold, curve.label.as_ref()), (None, None, None, None));
    assert!(found.warnings.iter().any(|w| w.code == "no_baseline"), "{:?}", found.warnings);
    let mut build = Build::new(&[("level", &["17", "50"])]).metric("m", Family::Proportion).common();
    build.run(&[("level", "17")], 0, &[value(100.0)]);
    build.run(&[("level", "50")], 0, &[value(100.0)]);
    let refused = dependency(&percent(build), &ask(), "level", None, 0.5, false).unwrap_err();
    assert!(matches!(refused, AnalysisError::NoBaseline { .. }));
    assert!(refused.to_string().contains("no run has level 0, the untouched text"), "{refused}");
}

#[test]
fn an_item_that_lacks_a_level_is_left_out_and_counted() {
    let mut frame = falling(40, [40, 32, 20, 12, 8]);
    frame.rows.pop();
    frame.columns.values_mut().for_each(|column| {
        column.pop();
    });
    let found = dependency(&frame, &ask(), "level", None, 0.5, false).unwrap();
    assert_eq!(curves(&found).curves[0].items, 39);
    assert!(
        found.dropped.iter().any(|d| d.count == 1 && d.reason.contains("lack some of the levels")),
        "{:?}",
        found.dropped
    );
}

#[test]
fn the_contamination_indicator_is_that_of_the_formula() {
    let mut build = Build::new(&[("method", &["paraphrase", "word_shuffle"]), ("level", &["0", "100"])])
        .metric("m", Family::Proportion)
        .common();
    for item in 0..50 {
        let right = |n: u32| value(if item < n { 100.0 } else { 0.0 });
        build.run(&[("method", "word_shuffle"), ("level", "0")], item, &[right(40)]);
        build.run(&[("method", "word_shuffle"), ("level", "100")], item, &[right(10)]);
        build.run(&[("method", "paraphrase"), ("level", "100")], item, &[right(36)]);
    }
    let found = contamination(&percent(build), &ask(), "method", "level", None).unwrap();
    let Some(Detail::Contamination(Contamination { rows, .. })) = &found.detail else { panic!() };
    // (72 − 20)/80.
    assert!(about(rows[0].indicator.unwrap(), 0.65), "{rows:?}");
    assert!(rows[0].ci.unwrap().lo < 0.65 && rows[0].ci.unwrap().hi > 0.65);
    let without = contamination(&falling(9, [9, 8, 7, 6, 5]), &ask(), "method", "level", None).unwrap_err();
    assert!(without.to_string().contains("no run has method = paraphrase"), "{without}");
}

/// Items by who gets them right.
fn pairs(both: u32, treatment: u32, control: u32, neither: u32) -> Frame {
    let mut build = Build::new(&[("model", &["a", "b"])]).metric("m", Family::Proportion).common();
    let mut item = 0;
    for (n, a, b) in [(both, 100.0, 100.0), (treatment, 0.0, 100.0), (control, 100.0, 0.0), (neither, 0.0, 0.0)] {
        for _ in 0..n {
            build.run(&[("model", "a")], item, &[value(a)]);
            build.run(&[("model", "b")], item, &[value(b)]);
            item += 1;
        }
    }
    percent(build)
}

#[test]
fn an_ab_test_is_mcnemars_exact_test_with_its_counts_sample_and_power() {
    let found = ab_test(&pairs(50, 15, 5, 30), &ask(), "model", 0.1).unwrap();
    let Some(Detail::AbTest(detail)) = &found.detail else { panic!() };
    // 2·P(X ≥ 15), X ~ B(20, ½): 2·21,700/1,048,576.
    assert!(about(found.p.unwrap(), 2.0 * 21_700.0 / 1_048_576.0), "{:?}", found.p);
    assert_eq!((detail.items, detail.treatment_alone, detail.control_alone), (100, 15, 5));
    assert!(about(detail.lift, 0.1) && about(detail.control_mean, 55.0) && about(detail.treatment_mean, 65.0));
    // By hand from Connor 1987, ψ = 0.2, δ = 0.1: (1.959964·√0.2 + 0.841621·√0.19)²/0.01 = 154.6.
    assert_eq!(detail.minimum_items, Some(155));
    // Φ((0.1·10 − 1.959964·√0.2)/√0.19) = Φ(0.28325).
    assert!((detail.power.unwrap() - 0.6115).abs() < 1e-3, "{:?}", detail.power);
    assert_eq!(detail.look, Some(0.5), "100 of 155 items: the second of four looks");
    assert_eq!(detail.decision, "continue to the next look");
    assert!(detail.boundary_p.unwrap() < 0.005, "{:?}", detail.boundary_p);
}

#[test]
fn the_stopping_rule_stops_for_a_difference_for_equality_and_at_the_end() {
    let decision = |frame: &Frame| match ab_test(frame, &ask(), "model", 0.1).unwrap().detail {
        Some(Detail::AbTest(detail)) => detail.decision,
        other => panic!("{other:?}"),
    };
    assert_eq!(decision(&pairs(50, 40, 5, 30)), "stop: the difference is beyond the boundary of this look");
    assert_eq!(decision(&pairs(800, 70, 70, 60)), "stop: the interval lies within the smallest difference of interest");
    assert_eq!(decision(&pairs(70, 22, 20, 30)), "continue to the next look");
    assert!(decision(&pairs(3, 2, 2, 3)).starts_with("continue: the first look is at "));
}

#[test]
fn the_same_answers_by_both_are_no_difference_and_not_an_error() {
    let found = ab_test(&pairs(30, 0, 0, 10), &ask(), "model", 0.1).unwrap();
    assert_eq!(found.p, Some(1.0));
    assert!(found.warnings.iter().any(|w| w.message.contains("nothing tells them apart")));
}

#[test]
fn questions_of_a_spec_are_answered_and_wrong_ones_refused_with_what_would_do() {
    let question = |kind, by: &[&str]| Question {
        metric: "m".into(),
        by: by.iter().map(ToString::to_string).collect(),
        kind: Some(kind),
        threshold: matches!(kind, QuestionKind::Threshold).then(|| "80% of baseline".into()),
        ..Question::default()
    };
    let plan = |questions| spec::Analysis { questions, ..spec::Analysis::default() };
    let asked =
        plan(vec![question(QuestionKind::Dependency, &["level"]), question(QuestionKind::Threshold, &["level"])]);
    let result = run_plan(&falling(40, [40, 32, 20, 12, 8]), &asked, &[]);
    let kinds: Vec<AnalysisKind> = result.analyses.iter().map(|a| a.kind).collect();
    assert!(kinds.contains(&AnalysisKind::Dependency) && kinds.contains(&AnalysisKind::Threshold), "{kinds:?}");
    let threshold = result.analyses.iter().find(|a| a.kind == AnalysisKind::Threshold).unwrap();
    assert!(about(threshold.estimates["threshold"].value, 25.0), "80 % of 100 is reached at 25");

    let three = plan(vec![question(QuestionKind::AbTest, &["level"])]);
    let refused = run_plan(&falling(40, [40, 32, 20, 12, 8]), &three, &[]).refusals;
    assert!(
        refused[0].reason.contains("as: ab_test over 5 levels of level is not available here; available: two levels"),
        "{refused:?}"
    );
}

#[test]
fn replicates_of_several_items_are_said_to_be_drawn_together() {
    let mut build = Build::new(&[("level", &["0", "100"])])
        .metric("m", Family::Proportion)
        .metric("items_scored", Family::Count)
        .common();
    for replicate in 0..30 {
        for (level, accuracy) in [("0", 90.0), ("100", 40.0 + f64::from(replicate % 3) * 10.0)] {
            build.run(&[("level", level)], replicate, &[value(accuracy), value(10.0)]);
        }
    }
    let found = dependency(&percent(build), &ask(), "level", None, 0.5, false).unwrap();
    let said = found.warnings.iter().find(|w| w.code == "several_items").unwrap();
    assert!(said.message.contains("up to 10 items"), "{}", said.message);
    assert!(found.warnings.iter().any(|w| w.message.contains("no logistic trend")), "{:?}", found.warnings);
}
