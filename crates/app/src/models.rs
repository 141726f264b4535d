//! The language models a spec names: opened, and checked against what its conditions ask for.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use ergon_design::tree::Step;
use ergon_design::{Plan, Problem, SourcedSpec, SpecProblems};
use ergon_domain::{Manifest, Parameter, ParameterKind};
use ergon_models::{Keys, ModelEntry, Network, Prices, Roster, SettingProblem};

use crate::error::AppError;

/// Environment variable that names a file with keys, as lines `NAME=value`.
pub(crate) const ENV_FILE: &str = "ERGON_ENV_FILE";
/// Environment variable that names a price table whose rows come before the shipped ones.
pub(crate) const PRICES_FILE: &str = "ERGON_PRICES";

/// The file with keys that was named when the application began: it comes before the environment's.
static NAMED_ENV_FILE: OnceLock<PathBuf> = OnceLock::new();

/// Names the file with keys. Whoever begins first, names it: keys are the process's.
pub(crate) fn name_env_file(path: PathBuf) {
    let _ = NAMED_ENV_FILE.set(path);
}

/// The way to providers: one for the whole process, because limits are the providers' and not a campaign's.
///
/// # Errors
/// A file with keys or prices that can't be used.
pub(crate) fn network() -> Result<Arc<Network>, AppError> {
    static NETWORK: OnceLock<Result<Arc<Network>, AppError>> = OnceLock::new();
    let open = || {
        let named = NAMED_ENV_FILE.get().cloned().or_else(|| std::env::var_os(ENV_FILE).map(PathBuf::from));
        let keys = Keys::open(named.as_deref())
            .map_err(|e| AppError::input("invalid_env_file", e.to_string()).field(ENV_FILE))?;
        let wrong = |e: String| AppError::input("invalid_prices", e).field(PRICES_FILE);
        let own = std::env::var_os(PRICES_FILE).map(std::fs::read_to_string);
        let own = own.transpose().map_err(|e| wrong(format!("the price table can't be read: {e}")))?;
        let prices = Prices::shipped(own.as_deref()).map_err(|e| wrong(e.to_string()))?;
        Ok(Arc::new(Network::new(keys, prices)))
    };
    NETWORK.get_or_init(open).clone()
}

/// Opens the models of a spec.
///
/// # Errors
/// A provider or a setting that is wrong, with its place in the file.
pub(crate) fn open(source: &SourcedSpec) -> Result<Arc<Roster>, AppError> {
    let entry = |choice: &ergon_design::spec::ModelChoice| ModelEntry {
        provider: choice.provider.clone(),
        model: choice.model.clone(),
        settings: choice.settings.clone(),
    };
    let entries = source.spec.models.iter().map(|(name, choice)| (name.as_str(), entry(choice)));
    Roster::open(entries, &network()?).map(Arc::new).map_err(|problem| located(source, problem).into())
}

fn located(source: &SourcedSpec, problem: SettingProblem) -> SpecProblems {
    let path: Vec<Step> = ["models", &problem.model, &problem.key].map(|key| Step::Key(key.to_owned())).into();
    let at = source.tree.locate(&path).map_or_else(|| source.tree.position_of(&path), |(node, _)| node.position);
    let mut found = Problem::error(format!("models.{}.{}", problem.model, problem.key), problem.message).at(at);
    found.file = source.name.as_str().into();
    found.into()
}

/// Every model that a condition asks for is one that the spec names.
///
/// # Errors
/// A condition that asks for another.
pub(crate) fn check(manifest: &Manifest, roster: &Roster, plan: &Plan) -> Result<(), AppError> {
    let is_model = |p: &&Parameter| p.kind == ParameterKind::Model;
    let parameters: Vec<&Parameter> = manifest.parameters.iter().filter(is_model).collect();
    if parameters.is_empty() {
        return Ok(());
    }
    let mut asked = BTreeSet::new();
    for run in plan.iter() {
        let condition = &run.condition.condition;
        for parameter in &parameters {
            let matters = parameter.active_when.as_ref().is_none_or(|when| when.holds(condition));
            if let (true, Some(model)) = (matters, condition.text(parameter.name.as_str())) {
                asked.insert((&parameter.name, model.to_owned()));
            }
        }
    }
    let names: Vec<&str> = roster.names().collect();
    match asked.into_iter().find(|(_, model)| !names.contains(&model.as_str())) {
        None => Ok(()),
        Some((parameter, model)) => {
            let known = if names.is_empty() { "none".into() } else { names.join(", ") };
            let message = format!(
                "workload.{parameter}: the section models does not name '{model}' (it names {known}); add it, for example \
                 models: {{ {model}: {{ provider: simulated }} }}"
            );
            Err(AppError::input("invalid_spec", message).field(format!("workload.{parameter}")))
        }
    }
}
