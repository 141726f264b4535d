//! Hypotheses and their verdicts, by a written rule.

use ergon_design::spec::{Correction, Expected, Hypothesis, Sided};
use ergon_stats::dist::student_t;
use serde::Serialize;

use crate::ask::{Ask, Contrast};
use crate::contrast::contrast;
use crate::correct::correct;
use crate::error::AnalysisError;
use crate::frame::Frame;
use crate::result::{Analysis, Interval, Role};

/// What became of a hypothesis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The corrected test rejects in the stated direction.
    Supported,
    /// The interval excludes the stated direction.
    NotSupported,
    /// Neither.
    Undecided,
    /// It rests on a simulated model.
    NotEvidence,
    /// The data can't answer it.
    NotTested,
}

impl Verdict {
    /// As printed.
    pub fn words(self) -> &'static str {
        match self {
            Self::Supported => "supported",
            Self::NotSupported => "not supported",
            Self::Undecided => "undecided",
            Self::NotEvidence => "simulated: not evidence",
            Self::NotTested => "not tested",
        }
    }
}

/// A hypothesis, the contrast that decides it, and the verdict.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HypothesisResult {
    /// Short name.
    pub id: String,
    /// The expectation in words.
    pub statement: Option<String>,
    /// The verdict.
    pub verdict: Verdict,
    /// The verdict in a sentence; the numbers stand in `analysis`.
    pub sentence: String,
    /// The written rule.
    pub rule: String,
    /// The decision rule of the spec, in its words.
    pub decision: Option<String>,
    /// The expected size as written; it decides nothing.
    pub expected: Option<Expected>,
    /// The estimates beside what was expected.
    pub beside_expected: Vec<BesideExpected>,
    /// Level of the test.
    pub alpha: f64,
    /// The contrast; absent when the data can't answer.
    pub analysis: Option<Analysis>,
}

/// An estimate beside what was expected of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BesideExpected {
    /// `ratio`, `difference` or `value`.
    pub of: String,
    /// What was expected.
    pub expected: [f64; 2],
    /// What was estimated.
    pub estimate: f64,
    /// `below`, `within` or `above`.
    pub position: String,
}

/// Tests all hypotheses; p-values are corrected over them.
pub fn test_hypotheses(
    frame: &Frame,
    hypotheses: &[Hypothesis],
    correction: Correction,
    confidence: f64,
) -> Vec<HypothesisResult> {
    let mut answers: Vec<Result<Analysis, AnalysisError>> =
        hypotheses.iter().map(|h| answer(frame, h, correction, confidence)).collect();
    let corrected = correct(answers.iter_mut().flatten(), correction, "hypotheses of the campaign");
    hypotheses
        .iter()
        .zip(answers)
        .map(|(hypothesis, answer)| match (answer, &corrected) {
            (Ok(analysis), Ok(())) => decide(hypothesis, analysis),
            (Ok(_), Err(error)) => not_tested(hypothesis, error),
            (Err(error), _) => not_tested(hypothesis, &error),
        })
        .collect()
}

fn answer(
    frame: &Frame,
    hypothesis: &Hypothesis,
    correction: Correction,
    confidence: f64,
) -> Result<Analysis, AnalysisError> {
    let part = frame.select(&hypothesis.frame)?;
    let pair = match (&hypothesis.contrast.treatment, &hypothesis.contrast.control) {
        (Some(treatment), Some(control)) => Contrast {
            factor: hypothesis.contrast.factor.clone(),
            treatment: treatment.clone(),
            control: control.clone(),
        },
        _ => {
            return Err(AnalysisError::NotAvailable {
                asked: "a contrast without treatment and control (a slope)".into(),
                available: vec!["treatment and control"],
            });
        }
    };
    let margin = hypothesis.margin.map_or(0.0, f64::abs);
    let ask = Ask {
        metric: hypothesis.metric.clone(),
        confidence,
        correction,
        estimand: Some(hypothesis.estimand),
        test: Some(hypothesis.test.clone()),
        direction: hypothesis.direction,
        null: match hypothesis.direction {
            Sided::Greater => -margin,
            Sided::Less => margin,
            Sided::TwoSided => 0.0,
        },
        role: Role::Planned,
    };
    let mut analysis = contrast(&part, &ask, &pair)?;
    if margin > 0.0 && hypothesis.direction == Sided::TwoSided {
        equivalence(&mut analysis, margin)?;
    } else if margin > 0.0 {
        analysis
            .trail
            .push(format!("Non-inferiority: the null hypothesis is a difference of {} (margin {margin}).", ask.null));
    }
    Ok(analysis)
}

/// Two one-sided tests (Schuirmann 1987): p is the larger.
fn equivalence(analysis: &mut Analysis, margin: f64) -> Result<(), AnalysisError> {
    let main = main_estimate(analysis).map(|(value, se, _)| (value, se));
    match (main, analysis.df.first()) {
        (Some((value, Some(se))), Some(df)) if analysis.p.is_some() => {
            let below = student_t::cdf((value - margin) / se, df.0);
            let above = student_t::sf((value + margin) / se, df.0);
            analysis.p = Some(below.max(above));
            analysis.procedure = format!("{}, two one-sided tests", analysis.procedure);
            analysis.trail.push(format!("Equivalence within ±{margin}: two one-sided tests, the larger p."));
            analysis.references.push("Schuirmann (1987), J. Pharmacokinetics and Biopharmaceutics 15, 657–680".into());
            Ok(())
        }
        _ => Err(AnalysisError::NotAvailable {
            asked: "equivalence without a t test".into(),
            available: vec!["test: auto"],
        }),
    }
}

/// Value, standard error and interval of the estimate that is tested, on the scale of the test.
fn main_estimate(analysis: &Analysis) -> Option<(f64, Option<f64>, Option<Interval>)> {
    let main = analysis.estimates.get("mean_difference").or_else(|| analysis.estimates.get("log_ratio"))?;
    Some((main.value, main.se, main.ci))
}

fn not_tested(hypothesis: &Hypothesis, error: &AnalysisError) -> HypothesisResult {
    HypothesisResult {
        id: hypothesis.id.clone(),
        statement: hypothesis.statement.clone(),
        verdict: Verdict::NotTested,
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
    let direction = match hypothesis.direction {
        Sided::Greater => "in the stated direction (greater)",
        Sided::Less => "in the stated direction (less)",
        Sided::TwoSided => "in either direction",
    };
    format!(
        "supported if the p-value corrected over the hypotheses is below {} {direction}; not supported if the confidence \
         interval lies wholly on the other side; otherwise undecided. The expected size decides nothing.",
        hypothesis.alpha
    )
}

fn decide(hypothesis: &Hypothesis, analysis: Analysis) -> HypothesisResult {
    let (by_rule, sentence) = by_rule(hypothesis, &analysis);
    let (verdict, sentence) = if analysis.simulated_model {
        let words = by_rule.words();
        (
            Verdict::NotEvidence,
            format!("Simulated: not evidence. The agents' model is simulated; the rule would have said “{words}”."),
        )
    } else {
        (by_rule, sentence)
    };
    HypothesisResult {
        id: hypothesis.id.clone(),
        statement: hypothesis.statement.clone(),
        verdict,
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
    if p < hypothesis.alpha {
        let what = match (hypothesis.direction, hypothesis.margin) {
            (Sided::TwoSided, Some(_)) => "the two levels are equivalent within the margin",
            (_, Some(_)) => "the treatment is no worse than the margin allows",
            (Sided::TwoSided, None) => "the levels differ",
            (_, None) => "the levels differ in the stated direction",
        };
        return (Verdict::Supported, format!("Supported: {what}."));
    }
    let margin = hypothesis.margin.map_or(0.0, f64::abs);
    let ci = main_estimate(analysis).and_then(|(_, _, ci)| ci);
    let excluded = match (hypothesis.direction, ci) {
        (Sided::Greater, Some(ci)) => ci.hi < -margin,
        (Sided::Less, Some(ci)) => ci.lo > margin,
        (Sided::TwoSided, Some(ci)) => margin > 0.0 && (ci.lo > margin || ci.hi < -margin),
        // Without an interval: the opposite one-sided test at half the level.
        (Sided::Greater | Sided::Less, None) => analysis.p.is_some_and(|p| 1.0 - p < 0.5 * hypothesis.alpha),
        (Sided::TwoSided, None) => false,
    };
    if excluded {
        return (Verdict::NotSupported, "Not supported: the confidence interval excludes the stated direction.".into());
    }
    let sentence = match hypothesis.margin {
        Some(_) => "Undecided: the confidence interval reaches beyond the margin.",
        None => {
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
        ("difference", expected.difference, first(&["mean_difference"])),
        ("value", expected.value, first(&["mean_treatment", "geometric_mean_treatment"])),
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
