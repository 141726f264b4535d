//! Hypotheses and the rule of their verdicts.

mod support;

use std::sync::Arc;

use ergon_analysis::{InSimulation, SIMULATED_MODEL, Verdict, test_hypotheses};
use ergon_design::spec::{Contrast, Correction, Estimand, Expected, FrameChoice, Hypothesis, Sided};
use ergon_domain::{Family, Value};
use support::{Build, Draws, value};

fn hypothesis(id: &str, direction: Sided) -> Hypothesis {
    Hypothesis {
        id: id.into(),
        statement: None,
        frame: FrameChoice::default(),
        metric: "m".into(),
        estimand: Estimand::MeanDifference,
        contrast: Contrast {
            factor: "a".into(),
            treatment: Some(Value::text("new")),
            control: Some(Value::text("old")),
        },
        direction,
        expected: Some(Expected { ratio: None, difference: Some([0.1, 0.2]), value: None }),
        test: "auto".into(),
        margin: None,
        threshold: None,
        alpha: 0.05,
        decision: None,
    }
}

/// Ten blocks with a difference of `effect` and noise of 0.5.
fn blocks(effect: f64) -> Build {
    let mut build = Build::new(&[("a", &["old", "new"])]).metric("m", Family::Continuous).common();
    let mut draws = Draws::seeded(5);
    for r in 0..10 {
        let block = draws.normal();
        build.run(&[("a", "old")], r, &[value(block)]);
        build.run(&[("a", "new")], r, &[value(block + effect + 0.5 * draws.normal())]);
    }
    build
}

fn verdict(effect: f64, direction: Sided) -> Verdict {
    test_hypotheses(&blocks(effect).frame, &[hypothesis("h", direction)], Correction::Holm, 0.95)[0].verdict
}

#[test]
fn the_rule_decides_and_the_expected_size_does_not() {
    assert_eq!(verdict(2.0, Sided::Greater), Verdict::Supported);
    assert_eq!(verdict(2.0, Sided::TwoSided), Verdict::Supported);
    assert_eq!(verdict(-2.0, Sided::Greater), Verdict::NotSupported);
    assert_eq!(verdict(-2.0, Sided::Less), Verdict::Supported);
    let result = &test_hypotheses(&blocks(2.0).frame, &[hypothesis("h", Sided::Greater)], Correction::Holm, 0.95)[0];
    assert_eq!(result.beside_expected[0].position, "above", "far from what was expected, and supported");
}

#[test]
fn without_a_detected_difference_the_verdict_is_undecided_and_speaks_of_no_power() {
    let result = &test_hypotheses(&blocks(-0.05).frame, &[hypothesis("h", Sided::Greater)], Correction::Holm, 0.95)[0];
    assert_eq!(result.verdict, Verdict::Undecided);
    assert!(result.sentence.contains("no difference was detected"));
    assert!(!result.sentence.contains("power"));
}

#[test]
fn p_values_are_corrected_over_the_hypotheses() {
    let many: Vec<Hypothesis> = (0..4).map(|i| hypothesis(&format!("h{i}"), Sided::TwoSided)).collect();
    let results = test_hypotheses(&blocks(0.4).frame, &many, Correction::Bonferroni, 0.95);
    let analysis = results[0].analysis.as_ref().unwrap();
    assert_eq!(analysis.p_adjusted, Some((4.0 * analysis.p.unwrap()).min(1.0)));
    assert_eq!(analysis.family.as_ref().unwrap().size, 4);
}

#[test]
fn what_rests_on_a_simulated_model_is_no_evidence() {
    let mut build = blocks(2.0);
    let reading = build.frame.columns.values_mut().next().unwrap()[3].as_mut().unwrap();
    reading.flags.0.insert(Arc::from(SIMULATED_MODEL));
    let result = &test_hypotheses(&build.frame, &[hypothesis("h", Sided::Greater)], Correction::Holm, 0.95)[0];
    assert_eq!(result.verdict, Verdict::NotEvidence);
    assert_eq!(result.verdict.words(), "simulated: not evidence");
    assert_eq!(result.in_simulation.unwrap().words(), "holds in simulation");
    assert!(!result.sentence.contains("upported"), "{}", result.sentence);
    let against = &test_hypotheses(&build.frame, &[hypothesis("h", Sided::Less)], Correction::Holm, 0.95)[0];
    assert_eq!((against.verdict, against.in_simulation.unwrap()), (Verdict::NotEvidence, InSimulation::Fails));
    assert_eq!(verdict(2.0, Sided::Greater), Verdict::Supported, "measured, the same numbers are evidence");
}

/// Success rates in % of two group sizes, ten replicates.
fn rates(small: f64, large: f64) -> Build {
    let mut build = Build::new(&[("n", &["5", "50"])]).metric("m", Family::Proportion).common();
    let mut draws = Draws::seeded(9);
    for r in 0..10 {
        let block = draws.normal();
        build.run(&[("n", "5")], r, &[value(small + block + 0.5 * draws.normal())]);
        build.run(&[("n", "50")], r, &[value(large + block + 0.5 * draws.normal())]);
    }
    build
}

#[test]
fn what_remains_at_fifty_agents_is_a_threshold_or_a_ratio() {
    let large = Value::real(50.0);
    let above_80 = Hypothesis {
        estimand: Estimand::Mean,
        threshold: Some(80.0),
        contrast: Contrast { factor: "n".into(), treatment: Some(large.clone()), control: None },
        ..hypothesis("threshold", Sided::Greater)
    };
    let keeps_80_percent = Hypothesis {
        estimand: Estimand::Ratio,
        margin: Some(0.2),
        contrast: Contrast { factor: "n".into(), treatment: Some(large), control: Some(Value::real(5.0)) },
        ..hypothesis("ratio", Sided::Greater)
    };
    let verdicts = |small: f64, large: f64| {
        let both = [above_80.clone(), keeps_80_percent.clone()];
        let results = test_hypotheses(&rates(small, large).frame, &both, Correction::Holm, 0.95);
        (results[0].verdict, results[1].verdict)
    };
    assert_eq!(verdicts(95.0, 85.0), (Verdict::Supported, Verdict::Supported));
    assert_eq!(verdicts(95.0, 78.0), (Verdict::NotSupported, Verdict::Supported), "below 80, but 0.82 of 95");
    assert_eq!(verdicts(99.0, 60.0), (Verdict::NotSupported, Verdict::NotSupported));
    let results =
        test_hypotheses(&rates(95.0, 85.0).frame, std::slice::from_ref(&keeps_80_percent), Correction::Holm, 0.95);
    assert!(results[0].rule.contains("in favour of lying above 0.8"), "{}", results[0].rule);
}

#[test]
fn equivalence_of_ratios_is_tested_on_both_sides() {
    let with = |small: f64, large: f64| {
        let h = Hypothesis {
            estimand: Estimand::Ratio,
            margin: Some(0.05),
            contrast: Contrast {
                factor: "n".into(),
                treatment: Some(Value::real(50.0)),
                control: Some(Value::real(5.0)),
            },
            ..hypothesis("h", Sided::TwoSided)
        };
        test_hypotheses(&rates(small, large).frame, &[h], Correction::Holm, 0.95)[0].verdict
    };
    assert_eq!(with(90.0, 90.5), Verdict::Supported);
    assert_eq!(with(90.0, 80.0), Verdict::NotSupported);
}

#[test]
fn a_margin_makes_it_a_test_of_non_inferiority_or_equivalence() {
    let with = |effect: f64, direction, margin| {
        let h = Hypothesis { margin: Some(margin), ..hypothesis("h", direction) };
        test_hypotheses(&blocks(effect).frame, &[h], Correction::Holm, 0.95)[0].verdict
    };
    assert_eq!(with(-0.2, Sided::Greater, 1.5), Verdict::Supported, "no worse than the margin");
    assert_eq!(with(-3.0, Sided::Greater, 1.5), Verdict::NotSupported);
    assert_eq!(with(0.0, Sided::TwoSided, 1.5), Verdict::Supported, "equivalent");
    assert_eq!(with(0.0, Sided::TwoSided, 0.05), Verdict::Undecided);
    assert_eq!(with(3.0, Sided::TwoSided, 1.5), Verdict::NotSupported);
}

#[test]
fn what_cannot_be_answered_says_why_and_costs_the_others_nothing() {
    let mut slope = hypothesis("slope", Sided::Greater);
    slope.contrast.treatment = None;
    let mut unknown = hypothesis("unknown", Sided::Greater);
    unknown.estimand = Estimand::HazardRatio;
    let results =
        test_hypotheses(&blocks(2.0).frame, &[slope, unknown, hypothesis("h", Sided::Greater)], Correction::Holm, 0.95);
    assert_eq!(results[0].verdict, Verdict::NotTested);
    assert!(results[1].sentence.contains("mean_difference"), "{}", results[1].sentence);
    assert_eq!(results[2].verdict, Verdict::Supported);
    assert_eq!(results[2].analysis.as_ref().unwrap().family.as_ref().unwrap().size, 1);
}
