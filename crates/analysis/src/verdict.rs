//! The written rule that decides hypotheses.

use ergon_design::spec::{Estimand, Expected, Hypothesis, Sided};

use crate::error::AnalysisError;
use crate::hypothesis::{BesideExpected, HypothesisResult, InSimulation, Verdict, margins};
use crate::result::{Analysis, Interval};

/// Interval of the estimate that is tested, on the scale of the test.
fn tested_interval(analysis: &Analysis) -> Option<Interval> {
    analysis.estimates.get("log_ratio").or_else(|| analysis.main_estimate())?.ci
}

/// The result of a hypothesis that the data can't answer.
pub(crate) fn not_tested(hypothesis: &Hypothesis, error: &AnalysisError) -> HypothesisResult {
    HypothesisResult {
        id: hypothesis.id.clone(),
        statement: hypothesis.statement.clone(),
        verdict: Verdict::NotTested,
        in_simulation: None,
        sentence: format!("Not tested: {error}."),
        rule: rule(hypothesis),
        decision: hypothesis.decision.clone(),
        expected: hypothesis.expected.clone(),
        beside_expected: Vec::new(),
        alpha: hypothesis.alpha,
        analysis: None,
    }
}

fn rule(hypothesis: &Hypothesis) -> String {
    let null = match (margins(hypothesis), hypothesis.threshold, hypothesis.direction) {
        (Some((low, high)), _, Sided::TwoSided) => format!("in favour of lying between {low} and {high}"),
        (Some((low, _)), _, Sided::Greater) => format!("in favour of lying above {low}"),
        (Some((_, high)), _, Sided::Less) => format!("in favour of lying below {high}"),
        (None, Some(threshold), Sided::Greater) => format!("in favour of a mean above {threshold}"),
        (None, Some(threshold), Sided::Less) => format!("in favour of a mean below {threshold}"),
        (None, Some(threshold), Sided::TwoSided) => format!("against a mean of {threshold}"),
        (None, None, Sided::Greater) => "in the stated direction (greater)".into(),
        (None, None, Sided::Less) => "in the stated direction (less)".into(),
        (None, None, Sided::TwoSided) => "in either direction".into(),
    };
    format!(
        "supported if the p-value corrected over the hypotheses is below {} {null}; not supported if the confidence \
         interval lies wholly on the other side; otherwise undecided. The expected size decides nothing, and what rests \
         on a simulated model is no evidence.",
        hypothesis.alpha
    )
}

/// The verdict on a hypothesis whose p-value is corrected.
pub(crate) fn decide(hypothesis: &Hypothesis, analysis: Analysis) -> HypothesisResult {
    let (by_rule, sentence) = by_rule(hypothesis, &analysis);
    let in_simulation = match by_rule {
        _ if !analysis.simulated_model => None,
        Verdict::Supported => Some(InSimulation::Holds),
        Verdict::NotSupported => Some(InSimulation::Fails),
        Verdict::Undecided => Some(InSimulation::Undecided),
        Verdict::NotEvidence | Verdict::NotTested | Verdict::Interim => None,
    };
    let (verdict, sentence) = match in_simulation {
        Some(found) => {
            let words = found.words();
            (Verdict::NotEvidence, format!("Simulated: not evidence ({words}); the agents' model is simulated."))
        }
        None => (by_rule, sentence),
    };
    HypothesisResult {
        id: hypothesis.id.clone(),
        statement: hypothesis.statement.clone(),
        verdict,
        in_simulation,
        sentence,
        rule: rule(hypothesis),
        decision: hypothesis.decision.clone(),
        expected: hypothesis.expected.clone(),
        beside_expected: hypothesis.expected.as_ref().map_or(Vec::new(), |e| beside(e, &analysis)),
        alpha: hypothesis.alpha,
        analysis: Some(analysis),
    }
}

fn by_rule(hypothesis: &Hypothesis, analysis: &Analysis) -> (Verdict, String) {
    let Some(p) = analysis.p_adjusted.or(analysis.p) else {
        let why = analysis.not_tested.as_deref().unwrap_or("there is no p-value");
        return (Verdict::NotTested, format!("Not tested: {why}."));
    };
    let margins = margins(hypothesis);
    let direction = hypothesis.direction;
    if p < hypothesis.alpha {
        let what = match (hypothesis.estimand, direction, margins) {
            (Estimand::Mean, Sided::Greater, _) => "the mean lies above the threshold",
            (Estimand::Mean, Sided::Less, _) => "the mean lies below the threshold",
            (Estimand::Mean, Sided::TwoSided, _) => "the mean isn't the threshold",
            (Estimand::Slope, Sided::Greater, None) => "the response rises with the factor",
            (Estimand::Slope, Sided::Less, None) => "the response falls with the factor",
            (Estimand::Slope, Sided::TwoSided, None) => "the response changes with the factor",
            (Estimand::Slope, _, Some(_)) => "the slope lies within the margin",
            (_, Sided::TwoSided, Some(_)) => "the two levels are equivalent within the margin",
            (_, _, Some(_)) => "the treatment is no worse than the margin allows",
            (_, Sided::TwoSided, None) => "the levels differ",
            (_, _, None) => "the levels differ in the stated direction",
        };
        return (Verdict::Supported, format!("Supported: {what}."));
    }
    let none = if hypothesis.estimand.is_ratio() { 1.0 } else { 0.0 };
    let null = hypothesis.threshold.unwrap_or(none);
    let (low, high) = margins.unwrap_or((null, null));
    let excluded = match (direction, tested_interval(analysis)) {
        (Sided::Greater, Some(ci)) => ci.hi < low,
        (Sided::Less, Some(ci)) => ci.lo > high,
        (Sided::TwoSided, Some(ci)) => margins.is_some() && (ci.lo > high || ci.hi < low),
        // Without an interval: the opposite one-sided test at half the level.
        (Sided::Greater | Sided::Less, None) => analysis.p.is_some_and(|p| 1.0 - p < 0.5 * hypothesis.alpha),
        (Sided::TwoSided, None) => false,
    };
    if excluded {
        return (Verdict::NotSupported, "Not supported: the confidence interval excludes the stated direction.".into());
    }
    let sentence = match (margins, hypothesis.threshold) {
        (Some(_), _) => "Undecided: the confidence interval reaches beyond the margin.",
        (None, Some(_)) => "Undecided: the confidence interval reaches over the threshold.",
        (None, None) => {
            "Undecided: no difference was detected in the stated direction; the confidence interval says which remain \
             possible."
        }
    };
    (Verdict::Undecided, sentence.into())
}

fn beside(expected: &Expected, analysis: &Analysis) -> Vec<BesideExpected> {
    let first = |names: &[&str]| names.iter().find_map(|n| analysis.estimates.get(*n)).map(|e| e.value);
    let of = [
        ("ratio", expected.ratio, first(&["ratio", "ratio_of_means"])),
        ("difference", expected.difference, first(&["mean_difference", "difference_of_means"])),
        ("value", expected.value, first(&["mean", "mean_treatment", "geometric_mean_treatment"])),
    ];
    let mut found = Vec::new();
    for (name, expected, estimate) in of {
        let (Some([lo, hi]), Some(estimate)) = (expected, estimate) else { continue };
        let position = if estimate < lo {
            "below"
        } else if estimate > hi {
            "above"
        } else {
            "within"
        };
        found.push(BesideExpected { of: name.into(), expected: [lo, hi], estimate, position: position.into() });
    }
    found
}
