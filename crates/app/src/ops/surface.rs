//! Answers about transformed items, for tables and figures: dependency, threshold, contamination, A/B test. They are what
//! a question of the spec asks for, because they have more parts than a metric and a list of factors.

use ergon_analysis::{Analysis, AnalysisKind};
use ergon_design::spec;

use crate::error::AppError;
use crate::frame::Framed;

/// The kinds, as questions are asked (`as:`) and tables and figures are named.
const KINDS: [(&str, AnalysisKind); 4] = [
    ("dependency", AnalysisKind::Dependency),
    ("threshold", AnalysisKind::Threshold),
    ("contamination", AnalysisKind::Contamination),
    ("ab_test", AnalysisKind::AbTest),
];

/// Whether a table or figure is of one of these kinds.
pub(crate) fn is_kind(name: &str) -> bool {
    KINDS.iter().any(|(known, _)| *known == name)
}

/// The answer to the spec's first question that is asked as this kind, about the metric where one is given.
///
/// # Errors
/// No such question, or data that can't answer it.
pub(crate) fn analysis(framed: &Framed, kind: &str, metric: Option<&str>) -> Result<Analysis, AppError> {
    let plan = &framed.loaded.campaign.spec.analysis;
    let fits = |q: &&spec::Question| {
        q.kind.is_some_and(|asked| asked.name() == kind) && metric.is_none_or(|name| q.metric == name)
    };
    let question = plan.questions.iter().find(fits).ok_or_else(|| {
        let message = format!(
            "the spec has no question asked as {kind}; add one, such as {{ metric: accuracy, by: [level], as: {kind} }}"
        );
        AppError::input("no_question", message).field("kind")
    })?;
    let one = spec::Analysis { questions: vec![question.clone()], ..plan.clone() };
    let result = ergon_analysis::run_plan(&framed.frame, &one, &[]);
    let wanted = KINDS.iter().find(|(name, _)| *name == kind).map(|(_, kind)| *kind);
    result.analyses.into_iter().find(|a| Some(a.kind) == wanted).ok_or_else(|| {
        let why = result.refusals.first().map_or("nothing was found", |refusal| refusal.reason.as_str());
        AppError::input("no_answer", why.to_owned())
    })
}
