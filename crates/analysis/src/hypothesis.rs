//! Hypotheses: what each asks of the data, and the verdicts.

use ergon_design::spec::{Correction, Estimand, Expected, Hypothesis, Sided};
use serde::Serialize;

use crate::ask::{Ask, Contrast};
use crate::contrast::contrast;
use crate::correct::correct;
use crate::error::AnalysisError;
use crate::frame::Frame;
use crate::mean::{mean_of_level, mean_of_levels};
use crate::result::{Analysis, Role};
use crate::slope::slope;
use crate::verdict::{decide, not_tested};

/// What became of a hypothesis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The corrected test rejects in the stated direction.
    Supported,
    /// The interval excludes the stated direction.
    NotSupported,
    /// Neither.
    Undecided,
    /// It rests on a simulated model, so it is no evidence; [`InSimulation`] says what the rule found.
    NotEvidence,
    /// The data can't answer it.
    NotTested,
    /// Runs are still to come: it isn't decided yet.
    Interim,
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
            Self::Interim => "interim: not decided",
        }
    }
}

/// What the rule finds about a simulated model. It says nothing of any real one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum InSimulation {
    /// The corrected test rejects in the stated direction.
    Holds,
    /// The interval excludes the stated direction.
    Fails,
    /// Neither.
    Undecided,
}

impl InSimulation {
    /// As printed.
    pub fn words(self) -> &'static str {
        match self {
            Self::Holds => "holds in simulation",
            Self::Fails => "fails in simulation",
            Self::Undecided => "undecided in simulation",
        }
    }
}

/// A hypothesis, the contrast that decides it, and the verdict.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct HypothesisResult {
    /// Short name.
    pub id: String,
    /// The expectation in words.
    pub statement: Option<String>,
    /// The verdict.
    pub verdict: Verdict,
    /// What the rule finds, where the verdict is that a simulated model is no evidence.
    pub in_simulation: Option<InSimulation>,
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
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
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

impl HypothesisResult {
    /// Takes the verdict back, for a look while runs are still to come.
    pub(crate) fn put_off(&mut self) {
        if self.verdict != Verdict::NotTested {
            self.verdict = Verdict::Interim;
            self.in_simulation = None;
            self.sentence = "Interim: not decided while runs are still to come; this look spends no alpha.".into();
        }
    }
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
    let ask = |direction: Sided, null: Option<f64>| Ask {
        metric: hypothesis.metric.clone(),
        confidence,
        correction,
        estimand: Some(hypothesis.estimand),
        test: Some(hypothesis.test.clone()),
        direction,
        null,
        role: Role::Planned,
    };
    let direction = hypothesis.direction;
    let Some((low, high)) = margins(hypothesis) else {
        return estimate(&part, &ask(direction, hypothesis.threshold), hypothesis);
    };
    let mut analysis = match direction {
        Sided::Greater => estimate(&part, &ask(direction, Some(low)), hypothesis)?,
        Sided::Less => estimate(&part, &ask(direction, Some(high)), hypothesis)?,
        Sided::TwoSided => {
            // Two one-sided tests (Schuirmann 1987): p is the larger.
            let mut both = estimate(&part, &ask(Sided::TwoSided, None), hypothesis)?;
            let above = estimate(&part, &ask(Sided::Greater, Some(low)), hypothesis)?;
            let below = estimate(&part, &ask(Sided::Less, Some(high)), hypothesis)?;
            both.p = above.p.zip(below.p).map(|(a, b)| a.max(b));
            both.procedure.push_str(", two one-sided tests");
            both.references.push("Schuirmann (1987), J. Pharmacokinetics and Biopharmaceutics 15, 657–680".into());
            both
        }
    };
    analysis.trail.push(match direction {
        Sided::TwoSided => format!("Equivalence between {low} and {high}: two one-sided tests, the larger p."),
        Sided::Greater => format!("Non-inferiority: the null hypothesis is a {} of {low}.", hypothesis.estimand.name()),
        Sided::Less => format!("Non-inferiority: the null hypothesis is a {} of {high}.", hypothesis.estimand.name()),
    });
    Ok(analysis)
}

/// The ends of the margin about no difference, in the estimand's unit.
pub(crate) fn margins(hypothesis: &Hypothesis) -> Option<(f64, f64)> {
    let margin = hypothesis.margin.map(f64::abs).filter(|m| *m > 0.0)?;
    let none = if hypothesis.estimand.is_ratio() { 1.0 } else { 0.0 };
    Some((none - margin, none + margin))
}

/// The estimand of a hypothesis.
fn estimate(frame: &Frame, ask: &Ask, hypothesis: &Hypothesis) -> Result<Analysis, AnalysisError> {
    let levels = &hypothesis.contrast;
    match (hypothesis.estimand, &levels.treatment, &levels.control) {
        (Estimand::Slope, None, None) => slope(frame, ask, &levels.factor),
        (Estimand::Mean, Some(level), None) if hypothesis.threshold.is_some() => {
            mean_of_level(frame, ask, &levels.factor, level)
        }
        (Estimand::Mean, None, None) if hypothesis.threshold.is_some() => mean_of_levels(frame, ask, &levels.factor),
        (Estimand::Slope | Estimand::Mean, _, _) => Err(AnalysisError::NotAvailable {
            asked: format!("estimand {} of these levels", hypothesis.estimand.name()),
            available: vec!["slope: a factor alone", "mean: a threshold, and a treatment or none (all levels)"],
        }),
        (_, Some(treatment), Some(control)) => {
            let pair =
                Contrast { factor: levels.factor.clone(), treatment: treatment.clone(), control: control.clone() };
            contrast(frame, ask, &pair)
        }
        _ => Err(AnalysisError::NotAvailable {
            asked: format!("estimand {} without treatment and control", hypothesis.estimand.name()),
            available: vec!["treatment and control", "estimand: slope"],
        }),
    }
}
