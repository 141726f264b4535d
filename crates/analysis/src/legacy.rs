//! Results under the names that the original consensus campaign's files use, for readers of those files. The numbers are
//! those of the analyses; what the original leaves out (intervals, corrected p-values, evidence) stands beside them.

use std::collections::BTreeMap;

use ergon_domain::{Direction, Value};
use ergon_stats::{TestOptions, effect_two_sample};
use serde::Serialize;

use crate::ask::{Ask, Contrast};
use crate::contrast::{contrast, known_level};
use crate::correct::correct;
use crate::detail::{Detail, RankedLevel};
use crate::error::AnalysisError;
use crate::frame::Frame;
use crate::hypothesis::{HypothesisResult, InSimulation, Verdict};
use crate::plan::Refusal;
use crate::ranking::ranking;
use crate::response::Response;
use crate::result::{Analysis, Interval, Statistic};
use crate::write_up::Subject;

/// What a number from a simulated model is called.
const NOT_EVIDENCE: &str = "simulated: not evidence";

/// `llm_vs_heuristic_analysis.json`, metric by metric.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LlmVsHeuristic {
    /// How `improvement` is to be read.
    pub improvement_is: &'static str,
    /// By metric.
    pub metrics: BTreeMap<String, LlmComparison>,
    /// Metrics without an answer.
    pub refusals: Vec<Refusal>,
}

/// One metric.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LlmComparison {
    /// Mean at the treatment, over the cells that both levels share.
    pub llm_mean: Option<f64>,
    /// Mean at the control, over the same cells.
    pub heuristic_mean: Option<f64>,
    /// Better by so many percent of the control's mean; absent where that mean isn't above 0 or the metric has no better
    /// side.
    pub improvement: Option<f64>,
    /// p-value of this metric alone.
    pub p_value: Option<f64>,
    /// p-value corrected over the metrics.
    pub p_adjusted: Option<f64>,
    /// Difference of the means of all runs in pooled standard deviations, as the original has it: the spread holds the
    /// other factors' effects too. `effect` of the analysis doesn't.
    pub cohens_d: Option<f64>,
    /// Whether the corrected p-value is below 1 − confidence; absent where there is no test or no evidence.
    pub statistical_significance: Option<bool>,
    /// The same where a simulated model is behind the numbers: it says nothing of any real one.
    pub significant_in_simulation: Option<bool>,
    /// Interval of the analysis' main estimate.
    pub ci: Option<Interval>,
    /// Procedure.
    pub procedure: String,
    /// Runs used.
    pub n: usize,
    /// Weakest provenance of the readings.
    pub provenance: String,
    /// `simulated: not evidence` where a simulated model is behind the numbers.
    pub evidence: Option<&'static str>,
}

/// Compares two levels of a factor in every metric; p-values are corrected over the metrics.
///
/// # Errors
/// A factor or level that the frame doesn't have.
pub fn llm_vs_heuristic(frame: &Frame, ask: &Ask, pair: &Contrast) -> Result<LlmVsHeuristic, AnalysisError> {
    let levels = [known_level(frame, &pair.factor, &pair.treatment)?, known_level(frame, &pair.factor, &pair.control)?];
    let mut refusals = Vec::new();
    let mut answers: Vec<Analysis> = Vec::new();
    for metric in &frame.metrics {
        match contrast(frame, &Ask { metric: metric.id.to_string(), ..ask.clone() }, pair) {
            Ok(found) => answers.push(found),
            Err(error) => refusals.push(Refusal { question: metric.id.to_string(), reason: error.to_string() }),
        }
    }
    correct(&mut answers, ask.correction, &format!("metrics over {}", pair.factor))?;
    let mut metrics = BTreeMap::new();
    for analysis in &answers {
        let response = Response::of(frame, analysis.question.metric.as_str())?;
        let subject = Subject { factor: &pair.factor, levels: &levels };
        let of = |level: &Value| response.values(&subject.rows_at(frame, level));
        let [treatment, control] = &levels;
        let options = TestOptions { effect_ci: false, ..TestOptions::default() };
        let cohens_d = effect_two_sample(&of(treatment), &of(control), &options).ok().map(|e| e.cohen_d);
        metrics.insert(
            analysis.question.metric.to_string(),
            compared(analysis, response.metric.direction, cohens_d, 1.0 - ask.confidence),
        );
    }
    let improvement_is = "percent of the control's mean, positive where the treatment is better";
    Ok(LlmVsHeuristic { improvement_is, metrics, refusals })
}

fn compared(analysis: &Analysis, direction: Direction, cohens_d: Option<f64>, alpha: f64) -> LlmComparison {
    let mean = |names: [&str; 2]| names.iter().find_map(|n| analysis.estimates.get(*n)).map(|e| e.value);
    let llm_mean = mean(["mean_treatment", "geometric_mean_treatment"]);
    let heuristic_mean = mean(["mean_control", "geometric_mean_control"]);
    let improvement = llm_mean.zip(heuristic_mean).filter(|(_, control)| *control > 0.0).and_then(|(llm, control)| {
        let gain = 100.0 * (llm / control - 1.0);
        match direction {
            Direction::Higher => Some(gain),
            Direction::Lower => Some(-gain),
            Direction::None => None,
        }
    });
    let significant = analysis.p_adjusted.or(analysis.p).map(|p| p < alpha);
    let simulated = analysis.simulated_model;
    LlmComparison {
        llm_mean,
        heuristic_mean,
        improvement,
        p_value: analysis.p,
        p_adjusted: analysis.p_adjusted,
        cohens_d: cohens_d.filter(|d| d.is_finite()),
        statistical_significance: significant.filter(|_| !simulated),
        significant_in_simulation: significant.filter(|_| simulated),
        ci: analysis.ci,
        procedure: analysis.procedure.clone(),
        n: analysis.n,
        provenance: analysis.provenance.clone(),
        evidence: simulated.then_some(NOT_EVIDENCE),
    }
}

/// `protocol_effectiveness.json`, metric by metric.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ProtocolEffectiveness {
    /// By metric.
    pub metrics: BTreeMap<String, RankedMetric>,
    /// Metrics without an answer.
    pub refusals: Vec<Refusal>,
}

/// The levels of the protocol ranked in one metric.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RankedMetric {
    /// Which way is better: `higher`, `lower` or `none`.
    pub better: String,
    /// Levels, best first; empty where the metric has no better side.
    pub protocol_ranking: Vec<String>,
    /// The levels in the order of the spec, with means, intervals and letters of groups that aren't told apart.
    pub levels: Vec<RankedLevel>,
    /// The test of all levels at once.
    pub omnibus: Option<Omnibus>,
    /// Every pair, p-values corrected over the pairs.
    pub post_hoc: Vec<Pair>,
    /// Weakest provenance of the readings.
    pub provenance: String,
    /// `simulated: not evidence` where a simulated model is behind the numbers.
    pub evidence: Option<&'static str>,
}

/// A test of all levels at once.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Omnibus {
    /// Procedure.
    pub procedure: String,
    /// Its statistic.
    pub statistic: Option<Statistic>,
    /// Its p-value.
    pub p_value: Option<f64>,
}

/// A pair of levels.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Pair {
    /// The level that is compared.
    pub treatment: String,
    /// The level it is compared with.
    pub control: String,
    /// The estimate: a difference of means, or a ratio for costs.
    pub estimate: Option<f64>,
    /// Its interval.
    pub ci: Option<Interval>,
    /// p-value of this pair alone.
    pub p_value: Option<f64>,
    /// p-value corrected over the pairs.
    pub p_adjusted: Option<f64>,
}

/// Ranks the levels of a factor in every metric.
pub fn protocol_effectiveness(frame: &Frame, ask: &Ask, factor: &str) -> ProtocolEffectiveness {
    let mut found = ProtocolEffectiveness { metrics: BTreeMap::new(), refusals: Vec::new() };
    for metric in &frame.metrics {
        match ranking(frame, &Ask { metric: metric.id.to_string(), ..ask.clone() }, factor) {
            Ok(analyses) => {
                if let Some(ranked) = ranked(&analyses) {
                    found.metrics.insert(metric.id.to_string(), ranked);
                }
            }
            Err(e) => found.refusals.push(Refusal { question: metric.id.to_string(), reason: e.to_string() }),
        }
    }
    found
}

fn ranked(analyses: &[Analysis]) -> Option<RankedMetric> {
    let (head, pairs) = analyses.split_first()?;
    let Some(Detail::Ranking(ranking)) = &head.detail else { return None };
    let mut order: Vec<&RankedLevel> = ranking.levels.iter().collect();
    order.sort_by_key(|l| l.place);
    let sided = ranking.better != "none";
    let pair = |a: &Analysis| Pair {
        treatment: a.question.treatment.clone().unwrap_or_default(),
        control: a.question.control.clone().unwrap_or_default(),
        estimate: a.main_estimate().map(|e| e.value),
        ci: a.ci,
        p_value: a.p,
        p_adjusted: a.p_adjusted,
    };
    Some(RankedMetric {
        better: ranking.better.clone(),
        protocol_ranking: order.iter().filter(|_| sided).map(|l| l.level.clone()).collect(),
        levels: ranking.levels.clone(),
        omnibus: head.p.map(|p| Omnibus {
            procedure: head.procedure.clone(),
            statistic: head.statistic.clone(),
            p_value: Some(p),
        }),
        post_hoc: pairs.iter().map(pair).collect(),
        provenance: head.provenance.clone(),
        evidence: head.simulated_model.then_some(NOT_EVIDENCE),
    })
}

/// The rule by which hypotheses become the original's words.
pub const STATUS_RULE: &str = "hypotheses whose ids begin with the same rq and number answer one research question: \
    strongly_supported if all are supported with corrected p below 0.001; supported if all are supported; \
    partially_supported if some are and none is refuted; mixed if some are supported and some refuted; not_supported if \
    none is supported and some are refuted; undecided if none is supported or refuted; simulated_not_evidence if any \
    rests on a simulated model; not_tested if none could be tested; interim while runs are still to come";

/// What became of a research question, in the original's words.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct QuestionStatus {
    /// By [`STATUS_RULE`].
    pub status: &'static str,
    /// The largest corrected p-value among its tested hypotheses.
    pub p_value: Option<f64>,
    /// Its hypotheses with their verdicts.
    pub hypotheses: BTreeMap<String, &'static str>,
    /// What its hypotheses do in simulation, where that is what they rest on.
    pub in_simulation: BTreeMap<String, &'static str>,
}

/// Groups hypotheses into research questions.
pub fn question_status(hypotheses: &[HypothesisResult]) -> BTreeMap<String, QuestionStatus> {
    let mut groups: BTreeMap<String, Vec<&HypothesisResult>> = BTreeMap::new();
    for h in hypotheses {
        groups.entry(research_question(&h.id)).or_default().push(h);
    }
    groups.into_iter().map(|(name, of)| (name, status(&of))).collect()
}

/// `rq4` of `rq4_scalability`, else the whole id.
fn research_question(id: &str) -> String {
    let lower = id.to_ascii_lowercase();
    let digits = lower.strip_prefix("rq").map_or(0, |rest| rest.bytes().take_while(u8::is_ascii_digit).count());
    if digits > 0 { lower.get(..2 + digits).unwrap_or(id).to_owned() } else { id.to_owned() }
}

fn status(of: &[&HypothesisResult]) -> QuestionStatus {
    let p = |h: &HypothesisResult| h.analysis.as_ref().and_then(|a| a.p_adjusted.or(a.p));
    let count = |verdict: Verdict| of.iter().filter(|h| h.verdict == verdict).count();
    let (supported, refuted) = (count(Verdict::Supported), count(Verdict::NotSupported));
    let status = if count(Verdict::NotEvidence) > 0 {
        "simulated_not_evidence"
    } else if count(Verdict::Interim) > 0 {
        "interim"
    } else if count(Verdict::NotTested) == of.len() {
        "not_tested"
    } else if supported == of.len() {
        let strongly = of.iter().all(|h| p(h).is_some_and(|p| p < 0.001));
        if strongly { "strongly_supported" } else { "supported" }
    } else if supported > 0 {
        if refuted > 0 { "mixed" } else { "partially_supported" }
    } else if refuted > 0 {
        "not_supported"
    } else {
        "undecided"
    };
    QuestionStatus {
        status,
        p_value: of.iter().filter_map(|h| p(h)).reduce(f64::max),
        hypotheses: of.iter().map(|h| (h.id.clone(), h.verdict.words())).collect(),
        in_simulation: of
            .iter()
            .filter_map(|h| Some((h.id.clone(), h.in_simulation.map(InSimulation::words)?)))
            .collect(),
    }
}
