//! Hypotheses and their verdicts.

use ergon_design::spec::{Correction, Expected, Hypothesis};
use serde::Serialize;

use crate::frame::Frame;
use crate::result::Analysis;

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

/// A hypothesis, the contrast that decides it, and the verdict.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HypothesisResult {
    /// Short name.
    pub id: String,
    /// The expectation in words.
    pub statement: Option<String>,
    /// The verdict.
    pub verdict: Verdict,
    /// The verdict in a sentence, with the numbers it rests on.
    pub sentence: String,
    /// The written rule.
    pub rule: String,
    /// The expected size, shown beside the estimate; it decides nothing.
    pub expected: Option<Expected>,
    /// How the estimate lies to what was expected, in words.
    pub beside_expected: Option<String>,
    /// Level of the test.
    pub alpha: f64,
    /// The contrast; absent when the data can't answer.
    pub analysis: Option<Analysis>,
}

/// Tests all hypotheses; p-values are corrected over them.
pub fn test_hypotheses(
    frame: &Frame,
    hypotheses: &[Hypothesis],
    correction: Correction,
    confidence: f64,
) -> Vec<HypothesisResult> {
    let _ = (frame, hypotheses, correction, confidence);
    Vec::new()
}
