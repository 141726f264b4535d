//! `run_detail`, `exclude`, `include`, `note`: one run from close by, and what people decide about it.

use std::collections::BTreeMap;

use ergon_domain::{Measurement, Observed, Value};
use serde::{Deserialize, Serialize};

use crate::app::{App, now_us};
use crate::error::AppError;
use crate::ops::Acknowledged;
use crate::ops::grid::shown;
use crate::ops::spans::{SpanEnergyInfo, SpanInfo, span_energy, spans_of};
use crate::select::utc;

/// Log of an attempt shown at most, in bytes: a 10 MB line must not stop a window.
const LOG_CAP: usize = 256 * 1024;

/// Which run.
#[derive(Clone, Debug, Deserialize, Serialize, ts_rs::TS)]
pub struct RunDetailRequest {
    /// Campaign id, ULID prefix or `latest`.
    pub campaign: String,
    /// The run's id, or its beginning.
    pub run: String,
}

/// An attempt.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct AttemptInfo {
    /// Number, from 1.
    pub n: u32,
    /// `running`, `succeeded`, `failed` or `cancelled`.
    pub state: String,
    /// Failure class.
    pub class: Option<String>,
    /// What was wrong.
    pub message: Option<String>,
    /// Start (UTC, RFC 3339).
    pub started_at: String,
    /// Seconds.
    pub duration_s: Option<f64>,
    /// CPU seconds.
    pub cpu_s: Option<f64>,
    /// Output and notes; the end of it where it is long.
    pub log: String,
    /// Named stretches.
    pub spans: Vec<SpanInfo>,
    /// Energy of the spans by name, where it was read per run.
    pub span_energy: Vec<SpanEnergyInfo>,
    /// Files it left.
    pub artefacts: Vec<ArtefactInfo>,
}

/// A file an attempt left.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct ArtefactInfo {
    /// Path in the run's folder.
    pub name: String,
    /// Digest of its content.
    pub digest: String,
    /// Bytes.
    pub size_bytes: u64,
    /// Whether the content is in the store.
    pub kept: bool,
}

/// A measurement as shown.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct MeasurementInfo {
    /// Metric id.
    pub metric: String,
    /// Title.
    pub title: String,
    /// Unit.
    pub unit: String,
    /// As printed; a dash where there is no value.
    pub display: String,
    /// In full.
    pub number: Option<f64>,
    /// Lower end, where an interval is known.
    pub lo: Option<f64>,
    /// Upper end.
    pub hi: Option<f64>,
    /// `measured`, `derived`, `estimated` or `simulated`, and what from.
    pub provenance: String,
    /// `value`, `censored`, `undefined` or `unavailable`.
    pub observed: String,
    /// Why there is no value.
    pub reason: Option<String>,
    /// Notes on it.
    pub flags: Vec<String>,
}

/// The rule that leaves a run out of analyses.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct ExclusionInfo {
    /// Why.
    pub reason: String,
    /// Who.
    pub author: String,
    /// When (UTC, RFC 3339).
    pub at: String,
}

/// What somebody wrote about a run.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct NoteInfo {
    /// The text.
    pub text: String,
    /// Who.
    pub author: String,
    /// When (UTC, RFC 3339).
    pub at: String,
}

/// A run from close by.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct RunDetailReply {
    /// The run's id.
    pub run_id: String,
    /// Phases that select it.
    pub phases: Vec<String>,
    /// All parameters.
    pub condition: BTreeMap<String, Value>,
    /// Replicate, from 0.
    pub replicate: u32,
    /// The run's seed, as text: it may exceed 2^53.
    pub seed: String,
    /// State.
    pub state: String,
    /// Whether it is in the plan in force.
    pub in_plan: bool,
    /// The revision it first ran under.
    pub revision: u32,
    /// Attempts in order.
    pub attempts: Vec<AttemptInfo>,
    /// Measurements, as the metrics were declared.
    pub measurements: Vec<MeasurementInfo>,
    /// Set while it is left out of analyses.
    pub excluded: Option<ExclusionInfo>,
    /// Notes, oldest first.
    pub notes: Vec<NoteInfo>,
}

/// Leaves a run out of analyses.
#[derive(Clone, Debug, Deserialize, Serialize, ts_rs::TS)]
pub struct ExcludeRequest {
    /// Campaign id, ULID prefix or `latest`.
    pub campaign: String,
    /// The run's id, or its beginning.
    pub run: String,
    /// Why; it is printed with every analysis.
    pub reason: String,
}

/// Notes something about a run.
#[derive(Clone, Debug, Deserialize, Serialize, ts_rs::TS)]
pub struct NoteRequest {
    /// Campaign id, ULID prefix or `latest`.
    pub campaign: String,
    /// The run's id, or its beginning.
    pub run: String,
    /// The text.
    pub text: String,
}

/// The rule that leaves out one run.
#[derive(Deserialize, Serialize)]
struct OneRunRule {
    run: String,
}

/// The run that an exclusion is about, where it is about one.
pub(crate) fn excluded_run(rule: &ergon_store::Exclusion) -> Option<String> {
    serde_json::from_str::<OneRunRule>(&rule.rule).ok().map(|rule| rule.run)
}

fn author() -> String {
    ["USER", "LOGNAME", "USERNAME"].iter().find_map(|name| std::env::var(name).ok()).unwrap_or_else(|| "unknown".into())
}

/// The end of a long text, at a character's border.
fn tail(log: String) -> String {
    if log.len() <= LOG_CAP {
        return log;
    }
    let begin = (log.len() - LOG_CAP..log.len()).find(|at| log.is_char_boundary(*at)).unwrap_or(log.len());
    format!("… {begin} bytes before this are left out\n{}", &log[begin..])
}

/// One run from close by.
///
/// # Errors
/// No such campaign or run.
pub async fn run_detail(app: &App, request: RunDetailRequest) -> Result<RunDetailReply, AppError> {
    let record = app.find(&request.campaign).await?;
    let store = app.store().await?;
    let run = store.one_run(record.id, &request.run).await?;
    let campaign = app.load_stored(&record).await?.campaign;
    let manifest = &campaign.manifest;
    let exclusions = store.exclusions(record.id).await?;
    let key = run.key.to_string();
    let rule = exclusions.iter().map(|(_, rule)| rule).find(|rule| excluded_run(rule).as_ref() == Some(&key));
    let mut attempts = Vec::new();
    for one in store.attempts(record.id, &run.key).await? {
        let resources = store.attempt_resources(run.id, one.number).await?;
        attempts.push((one, resources));
    }
    let measurements = run.measurements.iter().map(|m| {
        let metric = manifest.metric(m.metric.as_str());
        let (observed, number, reason) = match &m.observed {
            Observed::Value(x) => ("value", Some(*x), None),
            Observed::Censored { at } => ("censored", Some(*at), None),
            Observed::Undefined(why) => ("undefined", None, Some(why.to_string())),
            Observed::Unavailable(why) => ("unavailable", None, Some(why.to_string())),
        };
        let text = number.and_then(shown).unwrap_or_else(|| "–".into());
        MeasurementInfo {
            metric: m.metric.to_string(),
            title: metric.map_or_else(|| m.metric.to_string(), |m| m.title.to_string()),
            unit: metric.map(|m| m.unit.to_string()).unwrap_or_default(),
            display: if observed == "censored" { format!("> {text}") } else { text },
            number,
            lo: m.lo,
            hi: m.hi,
            provenance: m.provenance.to_string(),
            observed: observed.into(),
            reason,
            flags: m.flags.0.iter().map(ToString::to_string).collect(),
        }
    });
    Ok(RunDetailReply {
        run_id: key.clone(),
        phases: run.phases.clone(),
        condition: run.condition.0.iter().map(|(name, value)| (name.to_string(), value.clone())).collect(),
        replicate: run.replicate,
        seed: seed_of(&campaign, &run),
        state: run.state.name().into(),
        in_plan: run.in_plan,
        revision: run.revision,
        attempts: attempts.into_iter().map(attempt).collect(),
        measurements: measurements.collect(),
        excluded: rule.map(|rule| ExclusionInfo {
            reason: rule.reason.clone(),
            author: rule.author.clone(),
            at: utc(rule.created_us),
        }),
        notes: run
            .notes
            .iter()
            .map(|n| NoteInfo { text: n.text.clone(), author: n.author.clone(), at: utc(n.created_us) })
            .collect(),
    })
}

fn attempt((a, resources): (ergon_store::AttemptRecord, Vec<Measurement>)) -> AttemptInfo {
    AttemptInfo {
        span_energy: span_energy(&resources),
        n: a.number,
        state: a.state,
        class: a.class.map(|c| c.to_string()),
        message: a.message,
        started_at: utc(a.started_us),
        duration_s: a.duration_s,
        cpu_s: a.cpu_s,
        log: tail(a.log),
        spans: spans_of(&a.spans),
        artefacts: a
            .artefacts
            .into_iter()
            .map(|f| ArtefactInfo {
                name: f.name,
                digest: f.digest.to_string(),
                size_bytes: f.size_bytes,
                kept: f.kept,
            })
            .collect(),
    }
}

fn seed_of(campaign: &ergon_design::Campaign, run: &ergon_store::OneRun) -> String {
    let condition = run.condition.clone();
    let digest = condition.digest();
    let planned = ergon_domain::PlannedRun {
        index: 0,
        key: run.key,
        condition: std::sync::Arc::new(ergon_domain::PlannedCondition { condition, digest }),
        replicate: run.replicate,
        phases: std::sync::Arc::from([]),
    };
    campaign.streams_for(&planned).seed().to_string()
}

/// Leaves a run out of analyses. The rule, its reason and author are reported with them.
///
/// # Errors
/// No such campaign or run; no reason.
pub async fn exclude(app: &App, request: ExcludeRequest) -> Result<Acknowledged, AppError> {
    if request.reason.trim().is_empty() {
        return Err(AppError::input("reason_required", "a run is left out for a reason; say which").field("reason"));
    }
    let record = app.find(&request.campaign).await?;
    let store = app.store().await?;
    let key = store.one_run(record.id, &request.run).await?.key.to_string();
    if store.exclusions(record.id).await?.iter().any(|(_, rule)| excluded_run(rule).as_ref() == Some(&key)) {
        return Err(AppError::operation("already_excluded", "this run is left out already"));
    }
    let rule =
        serde_json::to_string(&OneRunRule { run: key }).map_err(|e| AppError::operation("internal", e.to_string()))?;
    let new = ergon_store::Exclusion { rule, reason: request.reason, author: author(), created_us: now_us() };
    store.exclude(record.id, new).await?;
    Ok(Acknowledged::that("the run is left out of analyses"))
}

/// Takes a run into analyses again; that it had been left out stays on record.
///
/// # Errors
/// No such campaign or run; it is not left out.
pub async fn include(app: &App, request: RunDetailRequest) -> Result<Acknowledged, AppError> {
    let record = app.find(&request.campaign).await?;
    let store = app.store().await?;
    let key = store.one_run(record.id, &request.run).await?.key.to_string();
    let rules = store.exclusions(record.id).await?;
    let Some((number, _)) = rules.iter().find(|(_, rule)| excluded_run(rule).as_ref() == Some(&key)) else {
        return Err(AppError::operation("not_excluded", "this run is not left out"));
    };
    store.lift_exclusion(*number, now_us()).await?;
    Ok(Acknowledged::that("the run is in analyses again"))
}

/// Notes something about a run.
///
/// # Errors
/// No such campaign or run; no text.
pub async fn note(app: &App, request: NoteRequest) -> Result<Acknowledged, AppError> {
    if request.text.trim().is_empty() {
        return Err(AppError::input("empty_note", "there is nothing to note").field("text"));
    }
    let record = app.find(&request.campaign).await?;
    let store = app.store().await?;
    let run = store.one_run(record.id, &request.run).await?;
    let note = ergon_store::Note { text: request.text, author: author(), created_us: now_us() };
    store.add_note(run.id, note).await?;
    Ok(Acknowledged::that("noted"))
}
