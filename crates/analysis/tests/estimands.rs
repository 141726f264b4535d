//! Each estimand against what it must agree with, and p and interval as one test.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test's own frames")]

mod support;

use ergon_analysis::{AnalysisError, Ask, Contrast, Detail, Frame, contrast, mean_of_level, mean_of_levels, slope};
use ergon_design::spec::{DesignKind, Estimand, Sided};
use ergon_domain::{Family, Value};
use ergon_stats::{OlsOptions, TestOptions, mantel_haenszel, ols, polynomial_regression, t_one_sample, t_paired};
use support::{Build, Draws, value};

const NEW: [f64; 5] = [13.1, 15.4, 11.8, 16.9, 14.2];
const OLD: [f64; 5] = [10.2, 12.9, 10.8, 12.5, 11.9];

fn pair() -> Contrast {
    Contrast { factor: "a".into(), treatment: Value::text("new"), control: Value::text("old") }
}

fn asked(estimand: Estimand) -> Ask {
    Ask { estimand: Some(estimand), ..Ask::about("m") }
}

fn two_levels(family: Family, new: &[f64], old: &[f64]) -> Build {
    let mut build = Build::new(&[("a", &["old", "new"])]).metric("m", family);
    for (r, x) in new.iter().enumerate() {
        build.run(&[("a", "new")], r as u32, &[value(*x)]);
    }
    for (r, y) in old.iter().enumerate() {
        build.run(&[("a", "old")], r as u32, &[value(*y)]);
    }
    build
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * b.abs().max(1e-3)
}

/// p of a null hypothesis at each end of the interval.
fn p_at_ends(frame: &Frame, estimand: Estimand) -> [f64; 2] {
    let ci = contrast(frame, &asked(estimand), &pair()).unwrap().ci.unwrap();
    [ci.lo, ci.hi].map(|end| contrast(frame, &Ask { null: Some(end), ..asked(estimand) }, &pair()).unwrap().p.unwrap())
}

#[test]
fn a_ratio_of_means_over_blocks_is_fiellers() {
    let frame = two_levels(Family::Positive, &NEW, &OLD).common().frame;
    let found = contrast(&frame, &asked(Estimand::Ratio), &pair()).unwrap();
    let main = found.main_estimate().unwrap();
    assert!(close(main.value, NEW.iter().sum::<f64>() / OLD.iter().sum::<f64>()));
    // No difference is a ratio of 1: the same test.
    assert!(close(found.p.unwrap(), t_paired(&NEW, &OLD, &TestOptions::default()).unwrap().p));
    // Fieller's quadratic: (mean(x) − R mean(y))² = t² · Var(x − R y) / n.
    let n = 5.0;
    let mean = |v: &[f64]| v.iter().sum::<f64>() / n;
    let cov =
        |v: &[f64], w: &[f64]| v.iter().zip(w).map(|(a, b)| (a - mean(v)) * (b - mean(w))).sum::<f64>() / (n - 1.0) / n;
    let t2 = 2.776_445_105_197_793_f64.powi(2);
    let a = mean(&OLD).powi(2) - t2 * cov(&OLD, &OLD);
    let b = mean(&NEW) * mean(&OLD) - t2 * cov(&NEW, &OLD);
    let c = mean(&NEW).powi(2) - t2 * cov(&NEW, &NEW);
    let root = (b * b - a * c).sqrt();
    let ci = found.ci.unwrap();
    assert!(close(ci.lo, (b - root) / a) && close(ci.hi, (b + root) / a), "{ci:?}");
    assert_eq!((found.question.estimand.as_str(), found.df[0].0), ("ratio", 4.0));
}

#[test]
fn p_and_interval_are_one_test_for_every_ratio() {
    let blocks = two_levels(Family::Positive, &NEW, &OLD).common().frame;
    let runs = two_levels(Family::Positive, &NEW, &[10.2, 12.9, 10.8]).frame;
    let yes = |n: usize, all: usize| (0..all).map(|i| f64::from(u8::from(i < n))).collect::<Vec<f64>>();
    let binary = two_levels(Family::Binary, &yes(14, 20), &yes(8, 20)).frame;
    for (frame, estimand) in [(&blocks, Estimand::Ratio), (&runs, Estimand::Ratio), (&binary, Estimand::OddsRatio)] {
        for p in p_at_ends(frame, estimand) {
            assert!((p - 0.05).abs() < 1e-7, "{estimand:?}: {p}");
        }
    }
}

#[test]
fn ratios_that_say_nothing_are_refused() {
    let anything = two_levels(Family::Continuous, &NEW, &OLD).frame;
    let error = contrast(&anything, &asked(Estimand::Ratio), &pair()).unwrap_err();
    assert!(matches!(error, AnalysisError::NotRatioScale { .. }), "{error}");
    let near_zero = two_levels(Family::Positive, &NEW, &[0.1, 9.0, 0.2, 0.1, 0.3]).frame;
    let error = contrast(&near_zero, &asked(Estimand::Ratio), &pair()).unwrap_err();
    assert!(matches!(error, AnalysisError::UnboundedRatio { .. }), "{error}");
    let error = contrast(&anything, &asked(Estimand::OddsRatio), &pair()).unwrap_err();
    assert!(matches!(error, AnalysisError::NotBinary { count: 10, .. }), "{error}");
    let always = two_levels(Family::Binary, &[1.0; 5], &[0.0, 1.0, 0.0, 1.0, 1.0]).frame;
    let error = contrast(&always, &asked(Estimand::OddsRatio), &pair()).unwrap_err();
    assert!(matches!(error, AnalysisError::Separated { .. }), "{error}");
    let ranks = Ask { test: Some("mann_whitney".into()), ..asked(Estimand::Ratio) };
    let error = contrast(&two_levels(Family::Positive, &NEW, &OLD).frame, &ranks, &pair()).unwrap_err();
    assert!(error.to_string().contains("test: auto"), "{error}");
}

#[test]
fn odds_of_independent_runs_are_mantel_and_haenszels_over_cells() {
    let mut build = Build::new(&[("a", &["old", "new"]), ("b", &["p", "q"])]).metric("m", Family::Binary);
    let tables = [[10, 2, 6, 6], [8, 4, 3, 9]];
    for (b, [yes_new, no_new, yes_old, no_old]) in ["p", "q"].iter().zip(tables) {
        for (a, yes, no) in [("new", yes_new, no_new), ("old", yes_old, no_old)] {
            for i in 0..yes + no {
                build.run(&[("a", a), ("b", b)], i as u32, &[value(f64::from(u8::from(i < yes)))]);
            }
        }
    }
    let found = contrast(&build.frame, &asked(Estimand::OddsRatio), &pair()).unwrap();
    let expected = mantel_haenszel(&tables, 1.0, &TestOptions::default()).unwrap();
    assert_eq!((found.main_estimate().unwrap().value, found.p), (expected.odds_ratio, Some(expected.p)));
    assert_eq!(found.ci.unwrap().hi, expected.ci.high);
}

#[test]
fn odds_of_pairs_are_those_of_the_discordant_ones() {
    // 6 pairs with success of the new alone, 2 of the old alone, 4 alike.
    let new: Vec<f64> = [vec![1.0; 6], vec![0.0; 2], vec![1.0; 4]].concat();
    let old: Vec<f64> = [vec![0.0; 6], vec![1.0; 2], vec![1.0; 4]].concat();
    let found = contrast(&two_levels(Family::Binary, &new, &old).common().frame, &asked(Estimand::OddsRatio), &pair());
    assert!(close(found.unwrap().main_estimate().unwrap().value, 3.0));
}

/// Five replicates at sizes 1, 2, 4 and 8.
fn sizes(draws: &mut Draws, mean: impl Fn(f64) -> f64) -> Build {
    let mut build = Build::new(&[("size", &["1", "2", "4", "8"])]).metric("m", Family::Continuous);
    for r in 0..5 {
        for size in ["1", "2", "4", "8"] {
            let x: f64 = size.parse().unwrap();
            build.run(&[("size", size)], r, &[value(mean(x) + draws.normal())]);
        }
    }
    build
}

#[test]
fn a_slope_of_equal_groups_is_that_of_least_squares() {
    let build = sizes(&mut Draws::seeded(11), |x| 3.0 - 0.5 * x);
    let column = &build.frame.columns["m"];
    let y: Vec<f64> = column
        .iter()
        .map(|r| match r.as_ref().unwrap().observed {
            ergon_domain::Observed::Value(x) => x,
            _ => panic!("all are values"),
        })
        .collect();
    let x: Vec<f64> = [1.0, 2.0, 4.0, 8.0].repeat(5);
    let found = slope(&build.frame, &Ask::about("m"), "size").unwrap();
    let line = ols(&y, &[&x], &OlsOptions::default()).unwrap();
    assert!(close(found.main_estimate().unwrap().value, line.coefficients[1].estimate));
    let Some(Detail::Regression(shape)) = &found.detail else { panic!("no regression") };
    let parabola = polynomial_regression(&x, &y, 2, &OlsOptions::default()).unwrap();
    let fitted = shape.quadratic.as_ref().unwrap();
    for (got, expected) in fitted.coefficients.iter().zip(&parabola.coefficients) {
        assert!(close(got.estimate, expected.estimate), "{} {}", got.estimate, expected.estimate);
    }
    for (got, expected) in shape.linear.coefficients.iter().zip(&line.coefficients) {
        assert!(close(got.estimate, expected.estimate));
    }
    assert_eq!((shape.points.len(), shape.points[3].x, shape.points[3].n), (4, 8.0, 5));
    assert_eq!(shape.linear.curve.first().unwrap().x, 1.0);
    assert_eq!(shape.linear.curve.last().unwrap().x, 8.0);
}

#[test]
fn a_slope_over_blocks_is_tested_over_the_slopes_of_replicates() {
    let build = sizes(&mut Draws::seeded(12), |x| 0.3 * x).common();
    let found = slope(&build.frame, &Ask::about("m"), "size").unwrap();
    let column = &build.frame.columns["m"];
    let number = |i: usize| match column[i].as_ref().unwrap().observed {
        ergon_domain::Observed::Value(x) => x,
        _ => panic!("all are values"),
    };
    let x = [1.0, 2.0, 4.0, 8.0];
    let of = |r: usize| {
        let y: Vec<f64> = (0..4).map(|i| number(4 * r + i)).collect();
        ols(&y, &[&x], &OlsOptions::default()).unwrap().coefficients[1].estimate
    };
    let slopes: Vec<f64> = (0..5).map(of).collect();
    let expected = t_one_sample(&slopes, 0.0, &TestOptions::default()).unwrap();
    assert!(close(found.p.unwrap(), expected.p) && close(found.ci.unwrap().lo, expected.ci.low));
    assert_eq!(found.df[0].0, 4.0);
}

#[test]
fn a_slope_in_a_sampled_design_is_adjusted_for_the_other_factors() {
    // Large sizes were run mostly where values are low: the raw means fall, the adjusted ones rise by 2 per unit.
    let mut build = Build::new(&[("size", &["1", "2", "3"]), ("b", &["high", "low"])]).metric("m", Family::Continuous);
    build.phase().design = DesignKind::RandomSample;
    build.phase().replicates = 1;
    let mut draws = Draws::seeded(3);
    for (size, b) in
        [("1", "high"), ("1", "low"), ("2", "high"), ("2", "low"), ("3", "low"), ("1", "high"), ("3", "low")]
    {
        let (x, shift): (f64, f64) = (size.parse().unwrap(), if b == "high" { 20.0 } else { 0.0 });
        let fixed = format!("{}", build.frame.rows.len() % 2);
        build.run(&[("size", size), ("b", b), ("z", &fixed)], 0, &[value(2.0 * x + shift + 0.01 * draws.normal())]);
    }
    let found = slope(&build.frame, &Ask::about("m"), "size").unwrap();
    let main = found.main_estimate().unwrap();
    assert!((main.value - 2.0).abs() < 0.05, "{}", main.value);
    assert!(found.p.unwrap() < 0.01 && found.unit_of_analysis == "conditions");
}

#[test]
fn a_slope_needs_numbers() {
    let frame = two_levels(Family::Continuous, &NEW, &OLD).frame;
    let error = slope(&frame, &Ask::about("m"), "a").unwrap_err();
    assert_eq!(error.to_string(), "a = old is no number, so there is no slope on it; ask for a comparison");
}

#[test]
fn one_levels_mean_is_tested_against_the_threshold() {
    let ask = Ask { null: Some(12.0), direction: Sided::Greater, ..asked(Estimand::Mean) };
    for frame in
        [two_levels(Family::Continuous, &NEW, &OLD).frame, two_levels(Family::Continuous, &NEW, &OLD).common().frame]
    {
        let found = mean_of_level(&frame, &ask, "a", &Value::text("new")).unwrap();
        let options = TestOptions { alternative: ergon_stats::Alternative::Greater, ..TestOptions::default() };
        let expected = t_one_sample(&NEW, 12.0, &options).unwrap();
        assert!(close(found.p.unwrap(), expected.p), "{:?} {}", found.p, expected.p);
        assert!(close(found.main_estimate().unwrap().value, 14.28));
        assert_eq!(found.n, 5, "the other level's runs aren't used");
        let other = mean_of_level(&frame, &ask, "a", &Value::text("old")).unwrap();
        assert_ne!(found.id, other.id);
    }
}

#[test]
fn the_mean_over_all_levels_leaves_out_what_pulls_one_up_and_the_other_down() {
    // Replicate i: one level 3 + i/10 + 10, the other 3 + i/10 − 10: the half sums are 3.0, 3.1, … 3.4.
    let mut build = Build::new(&[("order", &["first", "second"])]).metric("m", Family::Continuous).common();
    for i in 0..5_u32 {
        let base = 3.0 + f64::from(i) / 10.0;
        build.run(&[("order", "first")], i, &[value(base + 10.0 + 5.0 * f64::from(i % 2))]);
        build.run(&[("order", "second")], i, &[value(base - 10.0 - 5.0 * f64::from(i % 2))]);
    }
    let ask = Ask { null: Some(0.0), direction: Sided::Greater, ..asked(Estimand::Mean) };
    let found = mean_of_levels(&build.frame, &ask, "order").unwrap();
    let options = TestOptions { alternative: ergon_stats::Alternative::Greater, ..TestOptions::default() };
    let expected = t_one_sample(&[3.0, 3.1, 3.2, 3.3, 3.4], 0.0, &options).unwrap();
    assert!(close(found.main_estimate().unwrap().value, 3.2));
    assert!((found.p.unwrap() / expected.p - 1.0).abs() < 1e-6, "{:?} {}", found.p, expected.p);
    // By level nothing can be said.
    let one = mean_of_level(&build.frame, &ask, "order", &Value::text("second")).unwrap();
    assert!(one.p.unwrap() > 0.9);
}
