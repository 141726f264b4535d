//! Known answers of contrasts.

mod support;

use ergon_analysis::{AnalysisError, AnalysisKind, Ask, Contrast, compare, contrast, describe};
use ergon_design::spec::{Correction, DesignKind, Estimand, FrameChoice, Sided};
use ergon_domain::{Family, Observed, Provenance, Value};
use ergon_stats::{TestOptions, t_paired, t_welch, welch_anova};
use support::{Build, Draws, from, reading, value};

fn pair(factor: &str, treatment: &str, control: &str) -> Contrast {
    Contrast { factor: factor.into(), treatment: Value::text(treatment), control: Value::text(control) }
}

fn ask() -> Ask {
    Ask::about("m")
}

const X: [f64; 6] = [12.1, 13.4, 11.8, 14.9, 12.7, 13.3];
const Y: [f64; 5] = [10.2, 11.9, 10.8, 12.5, 9.4];

#[test]
fn with_one_cell_of_independent_runs_the_contrast_is_welchs_test() {
    let mut build = Build::new(&[("a", &["old", "new"])]).metric("m", Family::Continuous);
    for (i, x) in X.iter().enumerate() {
        build.run(&[("a", "new"), ("fixed", "1")], i as u32, &[value(*x)]);
    }
    for (i, y) in Y.iter().enumerate() {
        build.run(&[("a", "old"), ("fixed", "1")], i as u32, &[value(*y)]);
    }
    let expected = t_welch(&X, &Y, &TestOptions::default()).unwrap();
    let found = contrast(&build.frame, &ask(), &pair("a", "new", "old")).unwrap();
    assert_eq!(found.p, Some(expected.p));
    assert_eq!(found.estimates["mean_difference"].value, expected.estimate.value);
    assert_eq!(found.df[0].0, expected.df);
    let ci = found.ci.unwrap();
    assert_eq!((ci.lo, ci.hi), (expected.ci.low, expected.ci.high));
    assert_eq!(found.effect.as_ref().unwrap().value, expected.effect.unwrap().value);
    assert_eq!(found.procedure, "Welch's t test");
    assert_eq!((found.n, found.kind), (11, AnalysisKind::Contrast));
    assert!(found.companions.iter().any(|c| c.procedure.starts_with("Mann–Whitney")));
    assert!(found.assumptions.iter().any(|a| a.method.starts_with("Shapiro")));
    let mean = found.estimates["mean_treatment"].value - X.iter().sum::<f64>() / 6.0;
    assert!(mean.abs() < 1e-12);
}

/// Two cells, four replicates with a shift of their own each.
fn blocks() -> Build {
    let mut build = Build::new(&[("a", &["old", "new"]), ("b", &["p", "q"])]).metric("m", Family::Continuous).common();
    let shift = [0.0, 5.0, -3.0, 8.0];
    let effect = [[1.0, 1.4, 0.7, 1.3], [2.0, 2.9, 2.2, 1.9]];
    for (r, s) in shift.iter().enumerate() {
        for (cell, b) in ["p", "q"].iter().enumerate() {
            let base = 10.0 * (cell + 1) as f64 + s;
            build.run(&[("a", "old"), ("b", b)], r as u32, &[value(base)]);
            build.run(&[("a", "new"), ("b", b)], r as u32, &[value(base + effect[cell][r])]);
        }
    }
    build
}

#[test]
fn with_common_streams_the_replicate_is_the_block_and_cells_are_averaged_within_it() {
    let found = contrast(&blocks().frame, &ask(), &pair("a", "new", "old")).unwrap();
    let x = [16.5, 22.15, 13.45, 24.6];
    let y = [15.0, 20.0, 12.0, 23.0];
    let expected = t_paired(&x, &y, &TestOptions::default()).unwrap();
    let close = |a: f64, b: f64| (a - b).abs() <= 1e-10 * b.abs();
    assert_eq!(found.df[0].0, 3.0);
    assert!(close(found.p.unwrap(), expected.p), "{:?} {}", found.p, expected.p);
    assert!(close(found.estimates["mean_difference"].value, 1.675));
    assert!(close(found.ci.unwrap().lo, expected.ci.low) && close(found.ci.unwrap().hi, expected.ci.high));
    assert!(close(found.effect.unwrap().value, expected.effect.unwrap().value));
    assert_eq!(found.n, 16);
    let cells: Vec<f64> = found.heterogeneity.iter().map(|c| c.estimate).collect();
    assert!(close(cells[0], 1.1) && close(cells[1], 2.25), "{cells:?}");
    assert!(found.warnings.iter().any(|w| w.code == "few_replicates"));
    assert!(found.trail.iter().any(|t| t.contains("jobs") && t.contains("df = 3")), "{:?}", found.trail);
    // 2⁴ sign flips, all differences of one sign: 2 / 16.
    let flips = found.companions.iter().find(|c| c.procedure.starts_with("Permutation")).unwrap();
    assert_eq!(flips.p, Some(0.125));
}

#[test]
fn one_cell_of_blocks_is_the_paired_t_test_to_the_bit() {
    let part = blocks().frame.select(&FrameChoice { filters: vec!["b=q".into()], ..FrameChoice::default() }).unwrap();
    let y = [20.0, 25.0, 17.0, 28.0];
    let x = [22.0, 27.9, 19.2, 29.9];
    let expected = t_paired(&x, &y, &TestOptions::default()).unwrap();
    let found = contrast(&part, &ask(), &pair("a", "new", "old")).unwrap();
    assert_eq!(found.p, Some(expected.p));
    assert_eq!(found.frame.filters, ["b=q"]);
    assert_ne!(found.frame.digest, blocks().frame.digest(None));
}

#[test]
fn one_replicate_of_blocks_is_refused_with_the_number_needed() {
    let mut frame = blocks().frame;
    frame.rows.truncate(4);
    frame.columns.values_mut().for_each(|c| c.truncate(4));
    let error = contrast(&frame, &ask(), &pair("a", "new", "old")).unwrap_err();
    assert!(matches!(error, AnalysisError::TooFewReplicates { found: 1, needed: 2, .. }), "{error}");
    assert!(error.to_string().contains("replicates: 2"));
}

#[test]
fn a_run_that_is_missing_costs_its_replicate_of_one_cell_or_its_cell_of_many() {
    let mut build = Build::new(&[("a", &["old", "new"]), ("b", &["1", "2", "3", "4", "5", "6", "7", "8"])])
        .metric("m", Family::Continuous)
        .common();
    let mut draws = Draws::seeded(3);
    for b in ["1", "2", "3", "4", "5", "6", "7", "8"] {
        for r in 0..4 {
            build.run(&[("a", "old"), ("b", b)], r, &[value(draws.normal())]);
            let lost = b == "3" && r == 2;
            let observed =
                if lost { Observed::Unavailable("no output".into()) } else { Observed::Value(draws.normal()) };
            build.run(&[("a", "new"), ("b", b)], r, &[reading(observed)]);
        }
    }
    let found = contrast(&build.frame, &ask(), &pair("a", "new", "old")).unwrap();
    assert_eq!(found.df[0].0, 3.0, "all replicates are kept");
    assert_eq!(found.heterogeneity.len(), 7, "the incomplete cell goes");
    let part = build.frame.select(&FrameChoice { filters: vec!["b=3".into()], ..FrameChoice::default() }).unwrap();
    let found = contrast(&part, &ask(), &pair("a", "new", "old")).unwrap();
    assert_eq!(found.df[0].0, 2.0, "with one cell the replicate goes");
    assert!(found.dropped.iter().any(|d| d.reason.contains("no output") && d.count == 1), "{:?}", found.dropped);
    assert!(found.warnings.iter().any(|w| w.code == "missing_differs"));
}

/// Simpson's paradox: in every cell the new level is better by 1, but it was run mostly where values are low.
fn simpson(matched: bool) -> Build {
    let mut build = Build::new(&[("a", &["old", "new"]), ("b", &["low", "high"])]).metric("m", Family::Continuous);
    let noise = [-0.2, -0.1, 0.0, 0.1, 0.2, 0.15, -0.15, 0.05];
    let mut add = |a: &str, b: &str, n: usize| {
        let base = if b == "low" { 10.0 } else { 50.0 } + if a == "new" { 1.0 } else { 0.0 };
        for (i, e) in noise.iter().take(n).enumerate() {
            build.run(&[("a", a), ("b", b)], i as u32, &[value(base + e)]);
        }
    };
    add("new", "low", 8);
    add("old", "high", 8);
    if matched {
        add("new", "high", 2);
        add("old", "low", 2);
    }
    build
}

#[test]
fn a_contrast_entangled_with_another_factor_is_refused_by_name() {
    let error = contrast(&simpson(false).frame, &ask(), &pair("a", "new", "old")).unwrap_err();
    let AnalysisError::Confounded { others, .. } = &error else { panic!("{error}") };
    assert_eq!(others[0].as_str(), "b");
}

#[test]
fn adjusted_for_the_other_factor_the_sign_of_simpsons_data_is_right() {
    let frame = simpson(true).frame;
    let found = contrast(&frame, &ask(), &pair("a", "new", "old")).unwrap();
    let difference = &found.estimates["mean_difference"];
    assert!((difference.value - 1.0).abs() < 0.2, "{}", difference.value);
    // The naive means point the other way.
    let described = describe(&frame, &ask(), &["a".into()]).unwrap();
    assert!(described.levels[1].mean.unwrap() < described.levels[0].mean.unwrap());
    assert_eq!(found.procedure, "Welch's t test, standardised over cells");
    assert!(found.p.unwrap() < 0.01);
}

#[test]
fn runs_without_a_partner_are_left_out_and_counted() {
    let mut build = simpson(true);
    build.run(&[("a", "new"), ("b", "higher")], 0, &[value(1000.0)]);
    let found = contrast(&build.frame, &ask(), &pair("a", "new", "old")).unwrap();
    assert!((found.estimates["mean_difference"].value - 1.0).abs() < 0.2);
    assert!(found.dropped.iter().any(|d| d.reason.contains("same other factors") && d.count == 1));
}

#[test]
fn levels_run_in_different_phases_are_not_compared_across_them() {
    let mut build = Build::new(&[("a", &["old", "new"])]).metric("m", Family::Continuous);
    let mut second = build.frame.structure.phases[0].clone();
    second.name = "second".into();
    build.frame.structure.phases.push(second);
    for (i, x) in X.iter().enumerate() {
        build.run_in(&[0], &[("a", "new")], i as u32, &[value(*x)]);
        build.run_in(&[1], &[("a", "old")], i as u32, &[value(*x + 1.0)]);
    }
    let error = contrast(&build.frame, &ask(), &pair("a", "new", "old")).unwrap_err();
    assert!(error.to_string().contains("phase"), "{error}");
}

#[test]
fn costs_are_compared_by_ratio_and_a_ratio_of_zero_is_refused() {
    let mut build = blocks();
    build.frame.metrics[0].family = Family::Positive;
    let found = contrast(&build.frame, &ask(), &pair("a", "new", "old")).unwrap();
    let ratio = &found.estimates["ratio"];
    assert!((ratio.value.ln() - found.estimates["log_ratio"].value).abs() < 1e-12);
    assert_eq!(found.ci, ratio.ci);
    assert!(found.procedure.ends_with("log ratios"));
    build.frame.columns.values_mut().next().unwrap()[0] = value(0.0);
    let error = contrast(&build.frame, &ask(), &pair("a", "new", "old")).unwrap_err();
    assert!(matches!(error, AnalysisError::NotPositive { count: 1, .. }));
    let asked = Ask { estimand: Some(Estimand::MeanDifference), ..ask() };
    assert!(contrast(&build.frame, &asked, &pair("a", "new", "old")).is_ok());
}

#[test]
fn means_of_censored_times_are_refused_and_survival_answers() {
    let mut build = Build::new(&[("a", &["old", "new"])]).metric("m", Family::TimeToEvent);
    for (i, t) in [3.0, 5.0, 8.0, 12.0, 9.0].iter().enumerate() {
        build.run(&[("a", "old")], i as u32, &[value(*t)]);
        let observed = if i > 2 { Observed::Censored { at: 20.0 } } else { Observed::Value(t + 6.0) };
        build.run(&[("a", "new")], i as u32, &[reading(observed)]);
    }
    let asked = Ask { estimand: Some(Estimand::MeanDifference), ..ask() };
    let error = contrast(&build.frame, &asked, &pair("a", "new", "old")).unwrap_err();
    assert!(matches!(error, AnalysisError::Censored { censored: 2, .. }), "{error}");
    let found = contrast(&build.frame, &ask(), &pair("a", "new", "old")).unwrap();
    assert_eq!((found.procedure.as_str(), found.kind), ("Log-rank test", AnalysisKind::Survival));
    assert_eq!(found.levels[0].censored, 2);
    assert_eq!(found.levels[1].median, Some(8.0));
    assert_eq!(found.levels[0].mean, None, "a mean that leaves out the censored would be too small");
    // Longer times in the new level: the one-sided tests share out the two-sided p.
    let one =
        |direction| contrast(&build.frame, &Ask { direction, ..ask() }, &pair("a", "new", "old")).unwrap().p.unwrap();
    assert!(one(Sided::Greater) < 0.5 && (one(Sided::Greater) + one(Sided::Less) - 1.0).abs() < 1e-12);
    let described = describe(&build.frame, &ask(), &["a".into()]).unwrap();
    assert_eq!(described.levels[1].mean, None);
    assert!(described.warnings.iter().any(|w| w.code == "censored"));
}

#[test]
fn values_of_different_provenance_are_compared_with_a_warning_and_the_weakest_is_named() {
    let mut build = Build::new(&[("a", &["old", "new"])]).metric("m", Family::Continuous);
    for (i, x) in X.iter().enumerate() {
        build.run(&[("a", "new")], i as u32, &[from(Observed::Value(*x), Provenance::Simulated)]);
        build.run(&[("a", "old")], i as u32, &[from(Observed::Value(*x - 1.0), Provenance::Measured)]);
    }
    let found = contrast(&build.frame, &ask(), &pair("a", "new", "old")).unwrap();
    assert_eq!(found.provenance, "simulated");
    let codes: Vec<&str> = found.warnings.iter().map(|w| w.code.as_str()).collect();
    assert!(codes.contains(&"mixed_provenance") && codes.contains(&"simulated"), "{codes:?}");
}

#[test]
fn three_independent_levels_give_welchs_anova_and_holm_corrected_pairs() {
    let groups = [[1.0, 2.0, 3.5, 2.2], [2.0, 4.0, 3.0, 3.3], [9.0, 5.0, 7.0, 6.1]];
    let mut build = Build::new(&[("a", &["p", "q", "r"])]).metric("m", Family::Continuous);
    for (level, values) in ["p", "q", "r"].iter().zip(groups) {
        for (i, x) in values.iter().enumerate() {
            build.run(&[("a", level)], i as u32, &[value(*x)]);
        }
    }
    let found = compare(&build.frame, &ask(), "a").unwrap();
    let expected = welch_anova(&groups, Default::default()).unwrap();
    assert_eq!(found.len(), 4);
    assert_eq!(found[0].kind, AnalysisKind::Omnibus);
    assert!((found[0].p.unwrap() - expected.p).abs() < 1e-12 * expected.p);
    assert!((found[0].statistic.as_ref().unwrap().value / expected.f - 1.0).abs() < 1e-12);
    let mut raw: Vec<f64> = found[1..].iter().map(|a| a.p.unwrap()).collect();
    raw.sort_by(f64::total_cmp);
    let smallest = found[1..].iter().map(|a| a.p_adjusted.unwrap()).fold(1.0, f64::min);
    assert_eq!(smallest, 3.0 * raw[0]);
    assert!(found[1..].iter().all(|a| a.family.as_ref().unwrap().size == 3));
    let pair = &found[1].question;
    assert_eq!((pair.treatment.as_deref(), pair.control.as_deref()), (Some("q"), Some("p")), "later minus earlier");
}

#[test]
fn three_levels_in_blocks_give_repeated_measures_with_greenhouse_and_geisser() {
    let table = [[-5.098, -0.413, -2.314], [2.115, 0.005, 3.648], [2.226, 0.627, 3.887], [-1.388, -2.296, -0.531]];
    let mut build = Build::new(&[("a", &["p", "q", "r"])]).metric("m", Family::Continuous).common();
    for (r, row) in table.iter().enumerate() {
        for (level, x) in ["p", "q", "r"].iter().zip(row) {
            build.run(&[("a", level)], r as u32, &[value(*x)]);
        }
    }
    let found = compare(&build.frame, &Ask { correction: Correction::Bonferroni, ..ask() }, "a").unwrap();
    let expected = ergon_stats::anova_rm(&table).unwrap();
    assert_eq!(found[0].p, Some(expected.p_gg));
    assert!(found[0].procedure.contains("Greenhouse"));
    assert_eq!(found[1].family.as_ref().unwrap().correction, "Bonferroni");
}

/// An additive truth on a part of all combinations: no two runs differ in one factor alone.
fn sampled(common: bool, replicates: u32) -> Build {
    let mut build = Build::new(&[("a", &["x", "y", "z"]), ("b", &["1", "2", "3"]), ("c", &["u", "v", "w"])])
        .metric("m", Family::Continuous);
    if common {
        build = build.common();
    }
    build.phase().design = DesignKind::BalancedSample;
    let mut draws = Draws::seeded(11);
    for r in 0..replicates {
        let block = draws.normal();
        // A Latin square: c is decided by a and b.
        for (i, a) in ["x", "y", "z"].iter().enumerate() {
            for (j, b) in ["1", "2", "3"].iter().enumerate() {
                let c = (i + j) % 3;
                let y = 2.0 * i as f64 - j as f64 + 5.0 * c as f64 + block + 0.01 * draws.normal();
                build.run(&[("a", a), ("b", b), ("c", ["u", "v", "w"][c])], r, &[value(y)]);
            }
        }
    }
    build
}

#[test]
fn a_sampled_design_is_adjusted_by_an_additive_model() {
    let found = contrast(&sampled(false, 1).frame, &ask(), &pair("a", "z", "x")).unwrap();
    assert!((found.estimates["mean_difference"].value - 4.0).abs() < 0.05);
    assert_eq!((found.procedure.as_str(), found.df[0].0), ("Additive linear model", 2.0));
    let found = contrast(&sampled(true, 4).frame, &ask(), &pair("a", "z", "x")).unwrap();
    assert!((found.estimates["mean_difference"].value - 4.0).abs() < 0.05);
    assert_eq!(found.df[0].0, 3.0, "over replicates");
    assert!(found.trail.iter().any(|t| t.contains("balanced sample")));
}

#[test]
fn the_user_may_insist_on_a_procedure_and_the_trail_says_so() {
    let frame = blocks().frame;
    let asked = |test: &str| contrast(&frame, &Ask { test: Some(test.into()), ..ask() }, &pair("a", "new", "old"));
    let welch = asked("t_welch").unwrap();
    assert!(welch.procedure.starts_with("Welch") && welch.trail.iter().any(|t| t.contains("set aside")));
    let wilcoxon = asked("wilcoxon").unwrap();
    assert!(wilcoxon.procedure.starts_with("Wilcoxon"));
    assert!(wilcoxon.companions[0].procedure == "Paired t test");
    let error = asked("magic").unwrap_err();
    assert!(error.to_string().contains("t_paired"), "{error}");
}

#[test]
fn without_any_variation_there_is_an_exact_difference_and_no_test() {
    let mut build = Build::new(&[("a", &["old", "new"])]).metric("m", Family::Continuous).common();
    for (r, base) in [0.1, 0.7, 1000.3, 12.34, 5.6].iter().enumerate() {
        // 2 apart but for rounding, which must not be tested.
        build.run(&[("a", "old")], r as u32, &[value(*base)]);
        build.run(&[("a", "new")], r as u32, &[value(base + 2.0)]);
    }
    let found = contrast(&build.frame, &ask(), &pair("a", "new", "old")).unwrap();
    assert_eq!(found.p, None);
    assert!((found.estimates["mean_difference"].value - 2.0).abs() < 1e-12);
    assert!(found.not_tested.is_some());
    let json = serde_json::to_string(&found).unwrap();
    assert!(json.contains("\"p\":null") && !json.contains("NaN"));
}

#[test]
fn unknown_names_are_answered_with_what_there_is() {
    let frame = blocks().frame;
    let message = |ask: &Ask, c: &Contrast| contrast(&frame, ask, c).unwrap_err().to_string();
    assert!(message(&Ask::about("nope"), &pair("a", "new", "old")).contains("the campaign has m"));
    assert!(message(&ask(), &pair("nope", "new", "old")).contains("a, b"));
    assert!(message(&ask(), &pair("a", "newer", "old")).contains("old, new"));
    let choice = FrameChoice { phases: vec!["p9".into()], ..FrameChoice::default() };
    assert!(frame.select(&choice).unwrap_err().to_string().contains("main"));
}

#[test]
fn missing_values_are_reported_and_never_zero() {
    let mut build = Build::new(&[("a", &["old", "new"])]).metric("m", Family::Continuous);
    for (i, x) in X.iter().enumerate() {
        build.run(&[("a", "new")], i as u32, &[value(*x)]);
    }
    build.run(&[("a", "new")], 6, &[None]);
    build.run(&[("a", "new")], 7, &[reading(Observed::Undefined("no fault".into()))]);
    let described = describe(&build.frame, &ask(), &["a".into()]).unwrap();
    let cell = &described.levels[0];
    assert_eq!((cell.n, cell.min), (6, Some(11.8)));
    let mut reasons: Vec<&str> = cell.missing.iter().map(|d| d.reason.as_str()).collect();
    reasons.sort_unstable();
    assert_eq!(reasons, ["never set by the run", "undefined: no fault"]);
}

/// A yes/no metric over `yes` of `n` replicates; with `common` streams two conditions are pooled in each replicate.
#[allow(clippy::unwrap_used, reason = "a test's own frame")]
fn shares(yes: u32, n: u32, common: bool) -> (f64, f64) {
    let mut build = Build::new(&[("a", &["x"]), ("b", &["1", "2"])]).metric("ok", Family::Binary);
    build.frame.metrics[0].range = (Some(0.0), Some(1.0));
    if common {
        build = build.common();
    }
    for i in 0..n {
        let answer = [value(f64::from(u8::from(i < yes)))];
        build.run(&[("a", "x"), ("b", "1")], i, &answer);
        if common {
            build.run(&[("a", "x"), ("b", "2")], i, &answer);
        }
    }
    let found = describe(&build.frame, &Ask::about("ok"), &["a".into()]).unwrap();
    let ci = found.levels[0].ci.unwrap();
    (ci.lo, ci.hi)
}

#[test]
fn the_interval_of_a_share_is_wilsons_and_stays_between_0_and_1() {
    let close = |found: (f64, f64), lo: f64, hi: f64| (found.0 - lo).abs() < 5e-4 && (found.1 - hi).abs() < 5e-4;
    // R: prop.test(17, 20, correct = FALSE), and 20 of 20: not [1, 1].
    assert!(close(shares(17, 20, false), 0.6396, 0.9476), "{:?}", shares(17, 20, false));
    assert!(close(shares(20, 20, false), 0.8389, 1.0), "{:?}", shares(20, 20, false));
    // Both runs of a replicate always agree: 40 runs tell no more than 20, and a little less, as t is wider than z.
    let clustered = shares(17, 20, true);
    assert!(clustered.0 < 0.6396 && clustered.0 > 0.60 && clustered.1 > 0.9476 && clustered.1 < 1.0, "{clustered:?}");
}
