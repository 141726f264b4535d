//! Running the analysis plan of a spec.

use ergon_design::spec::{self, QuestionKind};
use ergon_domain::Value;
use serde::Serialize;

use crate::ab_test::{SMALLEST, ab_test};
use crate::ask::Ask;
use crate::bargaining::{efficiency, exploitation};
use crate::compare::uncorrected;
use crate::contamination::contamination;
use crate::correct::correct;
use crate::cost_efficiency::cost_efficiency;
use crate::cross_validation::cross_validation;
use crate::dependency::dependency;
use crate::describe::describe;
use crate::error::AnalysisError;
use crate::frame::Frame;
use crate::grid::grid;
use crate::hypothesis::{HypothesisResult, test_hypotheses};
use crate::per_correct::per_correct;
use crate::phase_shares::phase_shares;
use crate::ranking;
use crate::response::Response;
use crate::result::{Analysis, AnalysisKind, Role, Warning};
use crate::scalability::scalability;
use crate::slope::slope;
use crate::success_factors::success_factors;
use crate::tax::orchestration_tax;
use crate::threshold::DEFAULT_SHARE;

/// Share of the best mean that may be lost when a question about scalability doesn't say.
const ALLOWED_LOSS: f64 = 0.2;
/// Folds of a cross-validation when the question doesn't say.
const FOLDS: usize = 5;

/// Everything the plan gave.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ts_rs::TS)]
pub struct PlanResult {
    /// Answers in the order of the questions.
    pub analyses: Vec<Analysis>,
    /// Hypotheses in the order of the spec.
    pub hypotheses: Vec<HypothesisResult>,
    /// Questions without an answer.
    pub refusals: Vec<Refusal>,
}

impl PlanResult {
    /// The same as a look while runs are still to come: everything is exploratory and no hypothesis is decided, so that
    /// the look spends no alpha.
    pub fn as_interim(mut self) -> Self {
        let hypotheses = self.hypotheses.iter_mut().filter_map(|h| h.analysis.as_mut());
        for analysis in self.analyses.iter_mut().chain(hypotheses) {
            analysis.question.role = Role::Exploratory;
            analysis
                .warnings
                .insert(0, Warning::new("interim", "the campaign hasn't ended: this is exploratory and may change"));
        }
        for hypothesis in &mut self.hypotheses {
            hypothesis.put_off();
        }
        self
    }
}

/// A question without an answer.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct Refusal {
    /// The question in words.
    pub question: String,
    /// Why.
    pub reason: String,
}

/// Answers the questions of a spec; without questions, every metric by every factor, labelled exploratory.
pub fn run_plan(frame: &Frame, analysis: &spec::Analysis, hypotheses: &[spec::Hypothesis]) -> PlanResult {
    let mut result = PlanResult {
        hypotheses: test_hypotheses(frame, hypotheses, analysis.correction, analysis.confidence),
        ..PlanResult::default()
    };
    if analysis.questions.is_empty() {
        everything(frame, analysis, &mut result);
    }
    for question in &analysis.questions {
        answer(frame, analysis, question, &mut result);
    }
    result
}

fn words(question: &spec::Question) -> String {
    if question.by.is_empty() {
        question.metric.clone()
    } else {
        format!("{} by {}", question.metric, question.by.join(", "))
    }
}

/// One question: its cells in numbers, then each factor compared, p-values corrected over all its pairs.
fn answer(frame: &Frame, plan: &spec::Analysis, question: &spec::Question, result: &mut PlanResult) {
    let mut refuse = |what: String, error: AnalysisError| {
        result.refusals.push(Refusal { question: what, reason: error.to_string() });
    };
    let part = match question.frame.as_ref().map_or_else(|| Ok(frame.clone()), |choice| frame.select(choice)) {
        Ok(part) => part,
        Err(error) => return refuse(words(question), error),
    };
    let kind = question.kind.unwrap_or(QuestionKind::Comparison);
    let ask = Ask {
        metric: question.metric.clone(),
        confidence: plan.confidence,
        correction: plan.correction,
        estimand: question.estimand,
        test: if kind == QuestionKind::Survival { Some("log_rank".into()) } else { question.test.clone() },
        role: Role::Planned,
        ..Ask::about("")
    };
    let mut answers = Vec::new();
    // Where no run has a usable value, the named analysis says why in its own words.
    let has_own_words = matches!(kind, QuestionKind::Tax | QuestionKind::PerCorrect | QuestionKind::PhaseShares);
    let described_by = if kind == QuestionKind::CrossValidation { &[][..] } else { &question.by };
    match describe(&part, &ask, described_by) {
        Ok(described) => answers.push(described),
        Err(_) if has_own_words => {}
        Err(error) => return refuse(words(question), error),
    }
    for (what, found) in named(&part, &ask, question, kind) {
        match found {
            Ok(found) => answers.extend(found),
            Err(error) => refuse(what, error),
        }
    }
    let family = match kind {
        QuestionKind::Trend => format!("slopes in the question “{}”", words(question)),
        _ => format!("pairs of levels in the question “{}”", words(question)),
    };
    if let Err(error) = correct(&mut answers, plan.correction, &family) {
        refuse(words(question), error);
    }
    ranking::set_letters(&mut answers);
    result.analyses.append(&mut answers);
}

type Answers = Vec<(String, Result<Vec<Analysis>, AnalysisError>)>;

/// What a question asks for besides the description, part by part.
fn named(part: &Frame, ask: &Ask, question: &spec::Question, kind: QuestionKind) -> Answers {
    let one = |found: Result<Analysis, AnalysisError>| vec![(words(question), found.map(|a| vec![a]))];
    let by_factor = |find: fn(&Frame, &Ask, &str) -> Result<Vec<Analysis>, AnalysisError>| {
        let of = |factor: &String| (format!("{} by {factor}", question.metric), find(part, ask, factor));
        question.by.iter().map(of).collect()
    };
    let factors: Vec<&str> = question.by.iter().map(String::as_str).collect();
    match (kind, factors.as_slice()) {
        (QuestionKind::Descriptive, _) => Vec::new(),
        (QuestionKind::Comparison | QuestionKind::Survival, _) => by_factor(uncorrected),
        (QuestionKind::Ranking, [_, ..]) => by_factor(ranking::uncorrected),
        (QuestionKind::Trend, [factor]) => one(slope(part, ask, factor)),
        (QuestionKind::Trend, [factor, group]) => {
            let of = |level: &Value| {
                let found = slope(&part.only(group, level), ask, factor);
                (format!("{} by {factor} at {group} = {level}", question.metric), found.map(|a| vec![a]))
            };
            part.levels(group).iter().map(of).collect()
        }
        (QuestionKind::Scalability, [factor, group @ ..]) if group.len() < 2 => {
            let loss = question.loss.unwrap_or(ALLOWED_LOSS);
            one(scalability(part, ask, factor, group.first().copied(), loss))
        }
        (QuestionKind::Tax, [factor]) => vec![(words(question), orchestration_tax(part, ask, factor))],
        (QuestionKind::PerCorrect, [factor]) => one(per_correct(part, ask, factor)),
        (QuestionKind::PhaseShares, [factor]) => one(phase_shares(part, ask, factor)),
        (QuestionKind::Grid, [rows, columns]) => one(grid(part, ask, rows, columns)),
        (QuestionKind::Exploitation, [_, _, ..]) => one(exploitation(part, ask, &question.by)),
        (QuestionKind::Efficiency, [_, ..]) => one(efficiency(part, ask, &question.by)),
        (QuestionKind::CrossValidation, [_, ..]) => {
            let folds = question.folds.map_or(FOLDS, |folds| folds as usize);
            one(cross_validation(part, ask, &question.by, folds))
        }
        (QuestionKind::SuccessFactors, [_, ..]) => one(success_factors(part, ask, &question.by)),
        (QuestionKind::CostEfficiency, [_, ..]) => {
            by_factor(|part, ask, factor| cost_efficiency(part, ask, factor).map(|found| vec![found]))
        }
        (QuestionKind::Dependency | QuestionKind::Threshold, [level, group @ ..]) if group.len() < 2 => {
            let share = question.threshold.as_deref().and_then(spec::threshold_share).unwrap_or(DEFAULT_SHARE);
            let only_threshold = kind == QuestionKind::Threshold;
            one(dependency(part, ask, level, group.first().copied(), share, only_threshold))
        }
        (QuestionKind::Contamination, [method, level, group @ ..]) if group.len() < 2 => {
            one(contamination(part, ask, method, level, group.first().copied()))
        }
        (QuestionKind::AbTest, [factor]) => {
            one(ab_test(part, ask, factor, question.smallest_difference.unwrap_or(SMALLEST)))
        }
        (kind, factors) => one(Err(AnalysisError::NotAvailable {
            asked: format!("as: {} by {} factors", kind.name(), factors.len()),
            available: vec![
                "trend, scalability, dependency, threshold: by one or two factors",
                "grid: by two",
                "ranking, efficiency, success_factors, cost_efficiency, cross_validation: by one or more",
                "exploitation: by two or more",
                "contamination: by method, level and at most one more",
                "ab_test, tax, per_correct, phase_shares: by one",
            ],
        })),
    }
}

/// Every metric by every factor, p-values corrected over all of it.
fn everything(frame: &Frame, plan: &spec::Analysis, result: &mut PlanResult) {
    let factors: Vec<String> = frame.varied().iter().map(ToString::to_string).collect();
    let mut answers: Vec<Analysis> = Vec::new();
    for metric in &frame.metrics {
        let ask = Ask {
            confidence: plan.confidence,
            correction: plan.correction,
            role: Role::Exploratory,
            ..Ask::about(metric.id.as_str())
        };
        if is_constant(frame, &ask) {
            let question = metric.id.to_string();
            result.refusals.push(Refusal { question, reason: "it has one value, or none, in all runs".into() });
            continue;
        }
        for factor in &factors {
            match describe(frame, &ask, std::slice::from_ref(factor)) {
                Ok(described) => answers.push(described),
                Err(error) => {
                    let question = format!("{} by {factor}", metric.id);
                    result.refusals.push(Refusal { question, reason: error.to_string() });
                    continue;
                }
            }
            match uncorrected(frame, &ask, factor) {
                Ok(compared) => answers.extend(compared),
                Err(error) => {
                    let question = format!("{} by {factor}", metric.id);
                    result.refusals.push(Refusal { question, reason: error.to_string() });
                }
            }
        }
    }
    for analysis in &mut answers {
        if analysis.kind != AnalysisKind::Descriptive {
            analysis.trail.push(
                "The campaign asks no questions: every metric is compared over every factor. This is exploratory."
                    .into(),
            );
        }
    }
    if let Err(error) = correct(&mut answers, plan.correction, "pairs of levels of all factors for all metrics") {
        result.refusals.push(Refusal { question: "all".into(), reason: error.to_string() });
    }
    result.analyses.append(&mut answers);
}

fn is_constant(frame: &Frame, ask: &Ask) -> bool {
    let Ok(response) = Response::of(frame, &ask.metric) else { return true };
    let mut times = (0..frame.rows.len()).filter_map(|r| response.time(r));
    let Some(first) = times.next() else { return true };
    times.all(|t| t == first)
}
