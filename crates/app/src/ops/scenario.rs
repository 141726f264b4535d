//! `scenario` and `branch`: a scenario's run turn by turn, and a new campaign that goes on from one of its turns.

use ergon_domain::{Digest, Value};
use ergon_workloads::scenario::{Reading, State, Turn};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};

use crate::app::App;
use crate::error::AppError;
use crate::ops::grid::shown;
use crate::ops::spec::SaveSpecReply;
use crate::ops::{RunDetailRequest, SaveSpecRequest, save_spec};

/// The file that a run of a scenario leaves.
const STATE_FILE: &str = "scenario-state.json";

/// A run turn by turn.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct ScenarioReply {
    /// Run id.
    pub run: String,
    /// The scenario's name.
    pub scenario: String,
    /// The world before the first turn.
    pub initial_world: String,
    /// Turns that were to be played at most.
    pub planned_turns: u32,
    /// Turns that were taken over from another run.
    pub branched_after: Option<u32>,
    /// Why it ended before its last turn.
    pub halted_reason: Option<String>,
    /// Whether a simulated model said any of it.
    pub simulated: bool,
    /// The turns.
    pub turns: Vec<ScenarioTurn>,
}

/// A turn.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct ScenarioTurn {
    /// Its number, from 1.
    pub turn: u32,
    /// The world afterwards.
    pub world: String,
    /// What happened by itself.
    pub events: Vec<ScenarioEvent>,
    /// What was said.
    pub messages: Vec<ScenarioMessage>,
    /// What was decided.
    pub decisions: Vec<ScenarioDecision>,
    /// Metrics afterwards.
    pub metrics: Vec<ScenarioMetric>,
    /// What the validation found: severity, check, description.
    pub issues: Vec<String>,
    /// Calls of models.
    pub calls: u32,
    /// Their cost in USD, as printed; `None`: a price is unknown.
    pub cost_usd: Option<String>,
}

/// An event that happened.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct ScenarioEvent {
    /// Its name.
    pub name: String,
    /// What happened.
    pub text: String,
}

/// Something said.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct ScenarioMessage {
    /// Who says it.
    pub from: String,
    /// `public`, `bilateral` or `coalition`.
    pub channel: String,
    /// Who hears it; empty: all.
    pub to: Vec<String>,
    /// What is said.
    pub text: String,
}

/// What an actor does.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct ScenarioDecision {
    /// Who.
    pub actor: String,
    /// `cooperate`, `hold` or `oppose`.
    pub stance: String,
    /// What.
    pub decision: String,
    /// Why.
    pub reasoning: Option<String>,
}

/// A metric after a turn.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct ScenarioMetric {
    /// Metric id.
    pub metric: String,
    /// Title.
    pub title: String,
    /// Unit.
    pub unit: String,
    /// As printed; a dash where there is no value.
    pub display: String,
    /// Why there is none.
    pub reason: Option<String>,
}

/// Which turn to go on from.
#[derive(Clone, Debug, Deserialize, Serialize, ts_rs::TS)]
pub struct BranchRequest {
    /// Campaign id, ULID prefix or `latest`.
    pub campaign: String,
    /// Run id, or a prefix of it.
    pub run: String,
    /// The last turn that is taken over; 0: none.
    pub turn: u32,
    /// Id of the new campaign; left out: made of the old one's, the run and the turn.
    #[serde(default)]
    pub new_id: Option<String>,
}

/// The state that a run left in its last attempt.
async fn state_of(app: &App, campaign: i64, run: &ergon_domain::RunKey) -> Result<(State, Vec<u8>), AppError> {
    let store = app.store().await?;
    let left = store.attempts(campaign, run).await?.into_iter().rev().flat_map(|attempt| attempt.artefacts);
    let Some(file) = left.into_iter().find(|file| file.name == STATE_FILE) else {
        let message = "this run left no state of a scenario: it is none, or it failed before it had one";
        return Err(AppError::operation("no_scenario", message).field("run"));
    };
    let content = store.content(&file.digest).await?;
    let content =
        content.ok_or_else(|| AppError::operation("not_kept", format!("{STATE_FILE} was too large to keep")))?;
    let state = State::read(&content).map_err(|why| AppError::operation("internal", format!("{STATE_FILE} {why}")))?;
    Ok((state, content))
}

/// A scenario's run turn by turn.
///
/// # Errors
/// No such campaign or run; the run is of no scenario.
pub async fn scenario(app: &App, request: RunDetailRequest) -> Result<ScenarioReply, AppError> {
    let record = app.find(&request.campaign).await?;
    let run = app.store().await?.one_run(record.id, &request.run).await?;
    let (state, _) = state_of(app, record.id, &run.key).await?;
    let manifest = app.load_stored(&record).await?.campaign.manifest;
    let metric = |(id, reading): (&String, &Reading)| {
        let known = manifest.metric(id);
        let (display, reason) = match reading {
            Reading::Value(x) => (shown(*x).unwrap_or_else(|| "–".into()), None),
            Reading::Missing(why) => ("–".into(), Some(why.clone())),
        };
        ScenarioMetric {
            metric: id.clone(),
            title: known.map_or_else(|| id.clone(), |m| m.title.to_string()),
            unit: known.map(|m| m.unit.to_string()).unwrap_or_default(),
            display,
            reason,
        }
    };
    let turn = |turn: &Turn| ScenarioTurn {
        turn: turn.turn,
        world: turn.world.clone(),
        events: turn.events.iter().map(|e| ScenarioEvent { name: e.name.clone(), text: e.text.clone() }).collect(),
        messages: turn
            .messages
            .iter()
            .map(|m| ScenarioMessage {
                from: m.from.clone(),
                channel: m.channel.clone(),
                to: m.to.clone(),
                text: m.text.clone(),
            })
            .collect(),
        decisions: turn
            .decisions
            .iter()
            .map(|d| ScenarioDecision {
                actor: d.actor.clone(),
                stance: d.stance.clone(),
                decision: d.decision.clone(),
                reasoning: d.reasoning.clone(),
            })
            .collect(),
        metrics: turn.metrics.iter().map(metric).collect(),
        issues: turn.issues.iter().map(|i| format!("{}: {}: {}", i.severity, i.check, i.description)).collect(),
        calls: turn.calls.len() as u32,
        cost_usd: turn.calls.iter().map(|call| call.cost_usd).sum::<Option<f64>>().and_then(shown),
    };
    Ok(ScenarioReply {
        run: run.key.to_string(),
        scenario: state.scenario.clone(),
        initial_world: state.initial_world.clone(),
        planned_turns: state.planned_turns,
        branched_after: state.branched_after,
        halted_reason: state.halted_reason.clone(),
        simulated: state.turns.iter().flat_map(|t| &t.calls).any(|call| call.simulated),
        turns: state.turns.iter().map(turn).collect(),
    })
}

/// Registers a campaign whose one run takes over the turns of another up to one of them and goes on from there. Its spec
/// is that run's condition, to be changed as one likes; the state lies in a file beside the store.
///
/// # Errors
/// No such campaign or run; the run has no such turn, or it is the last one there can be; the id is taken.
pub async fn branch(app: &App, request: BranchRequest) -> Result<SaveSpecReply, AppError> {
    let record = app.find(&request.campaign).await?;
    let run = app.store().await?.one_run(record.id, &request.run).await?;
    let (state, content) = state_of(app, record.id, &run.key).await?;
    state.at_turn(request.turn).map_err(|why| AppError::input("no_such_turn", why).field("turn"))?;
    if request.turn >= state.planned_turns {
        let message = format!("turn {} is the last: nothing is left to play; raise turns first", request.turn);
        return Err(AppError::input("no_such_turn", message).field("turn"));
    }
    let file = keep_beside(app, &content)?;
    let loaded = app.load_stored(&record).await?;
    let mut spec =
        serde_json::to_value(&loaded.campaign.spec).map_err(|e| AppError::operation("internal", e.to_string()))?;
    let short: String = run.key.to_string().chars().take(8).collect();
    let id = request.new_id.unwrap_or_else(|| format!("{}-{short}-after-{}", record.slug, request.turn));
    spec["campaign"]["id"] = json!(id);
    spec["campaign"]["title"] = json!(format!("Branch of {} after turn {}", record.slug, request.turn));
    let Some(entries) = spec["workload"].as_object_mut() else {
        return Err(AppError::operation("internal", "a spec without a workload"));
    };
    fix(entries, &loaded.campaign.spec.factors.keys().cloned().collect::<Vec<_>>(), &run.condition);
    entries.insert("start".into(), json!(file));
    entries.insert("start_turn".into(), json!(request.turn));
    for section in ["factors", "constraints", "hypotheses", "analysis"] {
        if let Some(all) = spec.as_object_mut() {
            all.remove(section);
        }
    }
    spec["phases"] = json!([{ "name": "branch", "replicates": 1 }]);
    let text = serde_json::to_string_pretty(&spec).map_err(|e| AppError::operation("internal", e.to_string()))?;
    save_spec(app, SaveSpecRequest { text, base: Some(record.slug), campaign: None, amend: None }).await
}

/// Fixes what the campaign varied at what the run had.
fn fix(entries: &mut Map<String, Json>, factors: &[String], condition: &ergon_domain::Condition) {
    for name in factors {
        let Some(value) = condition.get(name) else { continue };
        let value = match value {
            Value::Bool(b) => json!(b),
            Value::Int(i) => json!(i),
            Value::Real(x) => json!(x),
            Value::Text(text) => json!(text),
        };
        match name.split_once('.') {
            // `actor_model.mayor` is written as actor_model: { mayor: … }.
            Some((parent, child)) => {
                let nested = entries.entry(parent.to_owned()).or_insert_with(|| json!({}));
                nested[child] = value;
            }
            None => {
                entries.insert(name.clone(), value);
            }
        }
    }
}

/// Writes a state beside the store under the name of its content: the same state is one file.
fn keep_beside(app: &App, content: &[u8]) -> Result<std::path::PathBuf, AppError> {
    let folder = app.store_path().parent().unwrap_or(std::path::Path::new(".")).join("branches");
    let folder = std::path::absolute(&folder).unwrap_or(folder);
    let name: String = Digest::of_bytes(content).to_string().chars().take(16).collect();
    let path = folder.join(format!("{name}.json"));
    let refuse = |e: std::io::Error| AppError::operation("unwritable_folder", format!("{}: {e}", path.display()));
    std::fs::create_dir_all(&folder).map_err(refuse)?;
    std::fs::write(&path, content).map_err(refuse)?;
    Ok(path)
}
