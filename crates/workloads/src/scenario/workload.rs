//! The workload port: reads the folder when it is opened, plays conditions, reports measurements and files.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use ergon_domain::{
    Condition, Digest, InputError, Inputs, Manifest, Outcome, ParameterKind, ParameterName, Prepared, RunContext,
    RunError, Workload,
};
use serde_json::{Map, Value};

use super::checking::halted;
use super::events::Chances;
use super::expression::Expression;
use super::folder::Scenario;
use super::manifest::{self, STREAM_EVENTS};
use super::outcome::measurements;
use super::output::{artefacts, log};
use super::settings::Play;
use super::state::State;
use super::turn::Player;
use crate::catalog::{SettingsProblem, SourceFolders};

/// A scenario folder.
pub struct ScenarioWorkload {
    manifest: Manifest,
    /// Digests of the files as they were read.
    digests: Vec<Digest>,
    scenario: Arc<Scenario>,
    success: Option<Expression>,
}

impl ScenarioWorkload {
    /// Reads the folder that the section names.
    ///
    /// # Errors
    /// Everything that is wrong with the settings and in the folder's files, with file and field.
    pub fn open(section: &Map<String, Value>, folders: &dyn SourceFolders) -> Result<Self, Vec<SettingsProblem>> {
        let problem = |path: &str, message: String| SettingsProblem { path: path.into(), message };
        let Some(folder) = section.get("scenario").and_then(Value::as_str).map(|f| f.trim_end_matches('/')) else {
            let message = "is missing; expected the path of a scenario's folder, with scenario.yaml and actors/";
            return Err(vec![problem("workload.scenario", message.into())]);
        };
        let files = folders.folder(folder).map_err(|why| vec![problem("workload.scenario", why)])?;
        let scenario = Scenario::read(&files)?;
        let written = section.get("success").and_then(Value::as_str);
        let mut problems = Vec::new();
        let success = written.and_then(|text| match Expression::parse(text) {
            Ok(rule) => {
                let unknown: Vec<String> =
                    rule.names().into_iter().filter_map(|name| scenario.unknown_metric(name)).collect();
                problems.extend(unknown.into_iter().map(|why| problem("workload.success", why)));
                Some(rule)
            }
            Err(why) => {
                problems.push(problem("workload.success", why));
                None
            }
        });
        if section.get("success").is_some_and(|v| !v.is_string()) {
            problems.push(problem("workload.success", "expected a condition such as cooperation_share >= 0.6".into()));
        }
        let manifest = manifest::manifest(&scenario, folder, written);
        for (i, metric) in manifest.metrics.iter().enumerate() {
            if manifest.metrics[..i].iter().any(|other| other.id == metric.id) {
                let message =
                    format!("metrics.yaml: '{}' is a name that every scenario has; choose another", metric.id);
                problems.push(problem("workload.scenario", message));
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let digests = scenario.files.iter().filter_map(|name| files.get(name)).map(|file| file.digest).collect();
        Ok(Self { manifest, digests, scenario: Arc::new(scenario), success })
    }
}

#[async_trait]
impl Workload for ScenarioWorkload {
    fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    fn check(&self, condition: &Condition) -> Result<(), (ParameterName, String)> {
        let at = |name: &str, message: String| Err((ParameterName::new(name), message));
        for parameter in self.manifest.parameters.iter().filter(|p| p.kind == ParameterKind::Model) {
            let matters = parameter.active_when.as_ref().is_none_or(|when| when.holds(condition));
            if matters && condition.get(parameter.name.as_str()).is_none() {
                let message =
                    format!("is not set, and {} does not name a model; give it", self.scenario.definition.name);
                return at(parameter.name.as_str(), message);
            }
        }
        if condition.get("start_turn").is_some() && condition.get("start").is_none() {
            return at("start_turn", "is given without start; give the scenario-state.json to branch from".into());
        }
        Ok(())
    }

    fn warnings(&self) -> Vec<String> {
        let turns = self.scenario.definition.length.turns;
        let late = self.scenario.events.iter().filter_map(|event| event.too_late(turns));
        late.map(|why| format!("workload.scenario: {why}")).collect()
    }

    fn resumes(&self) -> bool {
        true
    }

    async fn prepare(&self, inputs: &Inputs) -> Result<Arc<dyn Prepared>, InputError> {
        if let Some(changed) = self.digests.iter().find(|digest| !inputs.0.contains_key(digest)) {
            let message = format!("workload.scenario: a file ({changed}) changed while it was being read; run again");
            return Err(InputError { input: None, message });
        }
        let mut states = BTreeMap::new();
        for (digest, bytes) in inputs.0.iter().filter(|(digest, _)| !self.digests.contains(digest)) {
            let state = State::read(bytes).map_err(|message| InputError { input: Some(*digest), message })?;
            states.insert(digest.to_string(), state);
        }
        Ok(Arc::new(Stage { scenario: self.scenario.clone(), states, success: self.success.clone() }))
    }
}

/// A scenario with the states that runs branch from, by digest.
struct Stage {
    scenario: Arc<Scenario>,
    states: BTreeMap<String, State>,
    success: Option<Expression>,
}

impl Stage {
    /// What of the files nothing reads, so that nobody believes in it.
    fn unread(&self) -> String {
        self.scenario.unread.iter().map(|key| format!("nothing reads {key}\n")).collect()
    }
}

#[async_trait]
impl Prepared for Stage {
    async fn run(&self, condition: &Condition, context: &RunContext) -> Result<Outcome, RunError> {
        let play = Play::new(&self.scenario, condition)?;
        let mut state = play.beginning(condition, &self.states)?;
        let chances = Chances::draw(&mut context.rng(STREAM_EVENTS), self.scenario.events.len(), play.turns);
        let player = Player { play: &play, context, chances: &chances };
        while (state.turns.len() as u32) < play.turns && state.halted_reason.is_none() {
            let turn = match player.turn(&state).await {
                Ok(turn) => turn,
                Err(error) => {
                    let failed = format!("turn {} failed: {error}\n", state.turns.len() + 1);
                    return Err(error.with_log(log(&state) + &failed));
                }
            };
            state = state.after(turn);
            if (state.turns.len() as u32) < play.turns {
                let why = halted(&play, &state);
                state = State { halted_reason: why, ..state };
            }
        }
        Ok(Outcome {
            measurements: measurements(&play, &state, self.success.as_ref()),
            artefacts: artefacts(&self.scenario, &state)?,
            cpu_s: None,
            log: self.unread() + &log(&state),
        })
    }
}
