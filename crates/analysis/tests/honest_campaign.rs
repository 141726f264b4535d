//! A whole campaign's hypotheses, by simulation: without differences it supports any of them no more often than alpha,
//! and with planted ones its intervals hold the truth as often as they say.

#![allow(clippy::unwrap_used, reason = "a simulation that can't run fails")]

mod support;

use ergon_analysis::{HypothesisResult, Verdict, test_hypotheses};
use ergon_design::spec::{Contrast, Correction, Estimand, FrameChoice, Hypothesis, Sided};
use ergon_domain::{Family, Value};
use support::{Build, Draws, near, value};

const CAMPAIGNS: usize = 400;

/// Six replicates whose random streams are common; `gain` multiplies, `slope` adds per agent.
fn campaign(draws: &mut Draws, gain: f64, slope: f64) -> Build {
    let mut build =
        Build::new(&[("a", &["old", "new"]), ("n", &["5", "20", "50"])]).metric("m", Family::Positive).common();
    for r in 0..6 {
        let (block, of_gain, of_slope) = (3.0 * draws.normal(), 0.5 * draws.normal(), 0.02 * draws.normal());
        for (a, factor, extra) in [("old", 1.0, 0.0), ("new", gain, of_gain)] {
            for n in ["5", "20", "50"] {
                let from_50 = n.parse::<f64>().unwrap() - 50.0;
                let m = factor * (80.0 + block + (slope + of_slope) * from_50) + extra + draws.normal();
                build.run(&[("a", a), ("n", n)], r, &[value(m)]);
            }
        }
    }
    build
}

fn hypotheses() -> Vec<Hypothesis> {
    let contrast = |factor: &str, treatment: Option<Value>, control: Option<Value>| Contrast {
        factor: factor.into(),
        treatment,
        control,
    };
    let hypothesis = |id: &str, estimand, contrast, threshold| Hypothesis {
        id: id.into(),
        statement: None,
        frame: FrameChoice::default(),
        metric: "m".into(),
        estimand,
        contrast,
        direction: Sided::TwoSided,
        expected: None,
        test: "auto".into(),
        margin: None,
        threshold,
        alpha: 0.05,
        decision: None,
    };
    let levels = || contrast("a", Some(Value::text("new")), Some(Value::text("old")));
    vec![
        hypothesis("difference", Estimand::MeanDifference, levels(), None),
        hypothesis("ratio", Estimand::Ratio, levels(), None),
        hypothesis("slope", Estimand::Slope, contrast("n", None, None), None),
        hypothesis("threshold", Estimand::Mean, contrast("n", Some(Value::real(50.0)), None), Some(80.0)),
    ]
}

fn results(build: &Build) -> Vec<HypothesisResult> {
    test_hypotheses(&build.frame, &hypotheses(), Correction::Holm, 0.95)
}

#[test]
fn a_campaign_without_differences_supports_something_in_at_most_one_of_twenty() {
    let mut draws = Draws::seeded(31);
    let supported = (0..CAMPAIGNS)
        .filter(|_| {
            let build = campaign(&mut draws, 1.0, 0.0);
            let found = results(&build);
            assert!(found.iter().all(|h| h.verdict != Verdict::NotTested));
            found.iter().any(|h| h.verdict == Verdict::Supported)
        })
        .count();
    // Holm holds the family at 5 %; three binomial standard errors above are 33 of 400.
    assert!(supported <= 33, "{supported} of {CAMPAIGNS}");
    assert!(supported > 0, "a test that never rejects holds nothing");
}

#[test]
fn planted_effects_lie_in_their_intervals_as_often_as_these_say() {
    let truth = [("ratio", 1.1), ("slope", 0.2 * 1.05)];
    let mut draws = Draws::seeded(32);
    let (mut covered, mut supported) = ([0; 2], 0);
    for _ in 0..CAMPAIGNS {
        let build = campaign(&mut draws, 1.1, 0.2);
        let found = results(&build);
        for (count, (id, truth)) in covered.iter_mut().zip(truth) {
            let of = found.iter().find(|h| h.id == id).unwrap();
            let ci = of.analysis.as_ref().unwrap().main_estimate().unwrap().ci.unwrap();
            *count += usize::from(ci.lo <= truth && truth <= ci.hi);
        }
        supported += usize::from(found.iter().any(|h| h.id == "ratio" && h.verdict == Verdict::Supported));
    }
    for (count, (id, _)) in covered.iter().zip(truth) {
        assert!(near(*count, CAMPAIGNS, 0.95), "{id}: {count} of {CAMPAIGNS}");
    }
    assert!(supported > CAMPAIGNS * 9 / 10, "the planted ratio is found: {supported}");
}
