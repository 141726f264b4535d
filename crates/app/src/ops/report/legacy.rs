//! The files of the original consensus campaign, under its names and keys, with numbers from stored analyses. What the
//! campaign can't answer is null with its reason, never a number.

use std::collections::BTreeMap;

use ergon_analysis::legacy::{LlmVsHeuristic, ProtocolEffectiveness, STATUS_RULE, llm_vs_heuristic, question_status};
use ergon_analysis::{Ask, Contrast, Detail, Frame, PlanResult, contrast, scalability};
use ergon_design::spec::{Estimand, Spec};
use ergon_domain::{Direction, Value};
use serde::Serialize;
use serde_json::{Value as Json, json};

use crate::app::now_us;
use crate::frame::Framed;
use crate::select::utc;

const AGENT: &str = "agent_type";
const PROTOCOL: &str = "consensus_protocol";
const SPECIALIZATION: &str = "specialization_level";
const SIZE: &str = "agent_count";
/// What may be lost of the best mean before a size is over the limit, as the guide has it.
const ALLOWED_LOSS: f64 = 0.2;

/// What the original's files hold besides the analyses.
#[derive(Serialize)]
pub(super) struct Legacy {
    #[serde(skip)]
    pub(super) llm_vs_heuristic: Option<LlmVsHeuristic>,
    #[serde(skip)]
    pub(super) protocols: Option<ProtocolEffectiveness>,
    campaign_overview: Json,
    hypothesis_testing: Json,
    /// The rule of `hypothesis_testing`.
    hypothesis_status_rule: &'static str,
    /// The metric of the four that follow.
    primary_metric: Option<String>,
    #[serde(rename = "llm_vs_heuristic")]
    comparison: Json,
    protocol_ranking: Json,
    specialization_benefit: Json,
    scalability_limit: Json,
    /// Why a key above is null.
    not_available: BTreeMap<&'static str, String>,
}

fn ask(spec: &Spec) -> Ask {
    Ask { confidence: spec.analysis.confidence, correction: spec.analysis.correction, ..Ask::about("") }
}

/// The metric of the first hypothesis, else of the first question, else the first one declared.
fn primary(frame: &Frame, spec: &Spec) -> Option<String> {
    let asked = spec.hypotheses.first().map(|h| &h.metric).or(spec.analysis.questions.first().map(|q| &q.metric));
    asked.cloned().or_else(|| frame.metrics.first().map(|m| m.id.to_string()))
}

impl Legacy {
    pub(super) fn of(framed: &Framed, plan: &PlanResult) -> Self {
        let (frame, spec) = (&framed.frame, &framed.loaded.campaign.spec);
        let mut not_available = BTreeMap::new();
        let mut or_null = |key: &'static str, found: Result<Json, String>| {
            found.unwrap_or_else(|why| {
                not_available.insert(key, why);
                Json::Null
            })
        };
        let primary_metric = primary(frame, spec);
        let about = Ask { metric: primary_metric.clone().unwrap_or_default(), ..ask(spec) };
        let pair = Contrast { factor: AGENT.into(), treatment: Value::text("llm"), control: Value::text("heuristic") };
        let compared = llm_vs_heuristic(frame, &about, &pair).map_err(|e| e.to_string());
        let protocols = (frame.levels(PROTOCOL).len() > 1)
            .then(|| ergon_analysis::legacy::protocol_effectiveness(frame, &about, PROTOCOL));
        let comparison = or_null(
            "llm_vs_heuristic",
            compared.as_ref().map_err(Clone::clone).and_then(|all| {
                let of = all.metrics.get(&about.metric).ok_or_else(|| reason(&all.refusals, &about.metric))?;
                Ok(json!(of))
            }),
        );
        let protocol_ranking = or_null(
            "protocol_ranking",
            match &protocols {
                None => Err(format!("the runs don't differ in {PROTOCOL}")),
                Some(all) => match all.metrics.get(&about.metric) {
                    Some(of) if !of.protocol_ranking.is_empty() => Ok(json!(of.protocol_ranking)),
                    Some(_) => Err(format!("{} has no better side", about.metric)),
                    None => Err(reason(&all.refusals, &about.metric)),
                },
            },
        );
        let specialization_benefit = or_null("specialization_benefit", benefit(frame, &about));
        let scalability_limit = or_null("scalability_limit", limit(frame, &about));
        Self {
            campaign_overview: json!({
                "total_experiments": frame.expected_runs(),
                "successful_experiments": frame.rows.len(),
                "analysis_timestamp": utc(now_us()),
            }),
            hypothesis_testing: json!(question_status(&plan.hypotheses)),
            hypothesis_status_rule: STATUS_RULE,
            primary_metric,
            comparison,
            protocol_ranking,
            specialization_benefit,
            scalability_limit,
            llm_vs_heuristic: compared.ok(),
            protocols,
            not_available,
        }
    }
}

fn reason(refusals: &[ergon_analysis::Refusal], metric: &str) -> String {
    refusals.iter().find(|r| r.question == metric).map_or_else(|| "not compared".into(), |r| r.reason.clone())
}

/// Better by so many percent at full specialization than without any: in the domain where that is measured, else in
/// the quality of decisions.
fn benefit(frame: &Frame, about: &Ask) -> Result<Json, String> {
    let levels = frame.levels(SPECIALIZATION);
    let mut numbered: Vec<(f64, Value)> = levels.iter().filter_map(|l| Some((l.as_f64()?, l.clone()))).collect();
    numbered.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (Some((_, control)), Some((_, treatment)), true) = (numbered.first(), numbered.last(), numbered.len() > 1)
    else {
        return Err(format!("the runs don't differ in {SPECIALIZATION}"));
    };
    let pair = Contrast { factor: SPECIALIZATION.into(), treatment: treatment.clone(), control: control.clone() };
    let mut first = None;
    for name in ["domain_specific_accuracy", "decision_quality_score"] {
        let Ok(metric) = frame.metric(name) else { continue };
        let asked = Ask { metric: name.into(), estimand: Some(Estimand::Ratio), ..about.clone() };
        match contrast(frame, &asked, &pair) {
            Ok(found) => {
                let percent = |x: f64| 100.0 * if metric.direction == Direction::Lower { 1.0 - x } else { x - 1.0 };
                return Ok(json!({
                    "metric": name,
                    "percent": found.main_estimate().map(|e| percent(e.value)),
                    "ci_percent": found.ci.map(|ci| [percent(ci.lo), percent(ci.hi)]),
                    "p_value": found.p,
                    "treatment": treatment,
                    "control": control,
                    "evidence": found.simulated_model.then_some("simulated: not evidence"),
                }));
            }
            Err(error) => {
                first.get_or_insert(error.to_string());
            }
        }
    }
    Err(first.unwrap_or_else(|| "no metric of quality is measured".into()))
}

/// The smallest number of agents above the best one that surely loses more than a fifth of its mean.
fn limit(frame: &Frame, about: &Ask) -> Result<Json, String> {
    let found = scalability(frame, about, SIZE, None, ALLOWED_LOSS).map_err(|e| e.to_string())?;
    let Some(Detail::Scalability(detail)) = &found.detail else { return Err("not analysed".into()) };
    let curve = detail.curves.first().ok_or("not analysed")?;
    let largest = curve.points.last().map_or(0.0, |p| p.x);
    curve.limit.map(|limit| json!(limit)).ok_or_else(|| format!("not reached up to {largest} agents"))
}
