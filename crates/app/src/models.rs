//! The language models a spec names: opened, and checked against what its conditions ask for.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use ergon_design::tree::Step;
use ergon_design::{Plan, Problem, SourcedSpec, SpecProblems};
use ergon_domain::{Manifest, Parameter, ParameterKind};
use ergon_models::{Keys, ModelEntry, Network, OwnProvider, PriceRow, Prices, Roster, SettingProblem};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::error::AppError;
use crate::ops::settings;
use crate::spec_source::read_file;

/// Environment variable that names a file with keys, as lines `NAME=value`.
pub(crate) const ENV_FILE: &str = "ERGON_ENV_FILE";
/// Environment variable that names a price table whose rows come before the shipped ones.
pub(crate) const PRICES_FILE: &str = "ERGON_PRICES";

/// The provider that is a file.
pub(crate) const GGUF: &str = "gguf";
/// Environment variable that names the program for GGUF files, where it is not beside this one.
const GGUF_WORKER: &str = "ERGON_GGUF_WORKER";

/// The file with keys that was named when the application began: it comes before the environment's.
static NAMED_ENV_FILE: OnceLock<PathBuf> = OnceLock::new();

/// Names the file with keys. Whoever begins first, names it: keys are the process's.
pub(crate) fn name_env_file(path: PathBuf) {
    let _ = NAMED_ENV_FILE.set(path);
}

/// The way to providers: one for the whole process, because limits are the providers' and not a campaign's.
///
/// # Errors
/// A file with keys, providers or prices that can't be used.
pub(crate) fn network() -> Result<Arc<Network>, AppError> {
    static NETWORK: OnceLock<Result<Arc<Network>, AppError>> = OnceLock::new();
    let open = || {
        let named = NAMED_ENV_FILE.get().cloned().or_else(|| std::env::var_os(ENV_FILE).map(PathBuf::from));
        let keys = Keys::open(named.as_deref())
            .map_err(|e| AppError::input("invalid_env_file", e.to_string()).field(ENV_FILE))?;
        let program = std::env::var_os(GGUF_WORKER).filter(|path| !path.is_empty()).map(PathBuf::from);
        let network = Network::new(keys, prices(&own_prices()?)?).with_gguf_program(program);
        let own = kept::<OwnProvider>(PROVIDERS)?;
        network
            .set_own_providers(own)
            .map_err(|e| invalid(PROVIDERS, &format!("{}.{}: {}", e.model, e.key, e.message)))?;
        Ok(Arc::new(network))
    };
    NETWORK.get_or_init(open).clone()
}

/// Files of the user's configuration.
const PROVIDERS: &str = "providers.json";
const PRICES: &str = "prices.json";
/// Largest of them read, in bytes.
const CAP: u64 = 1024 * 1024;

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Rows<T> {
    rows: Vec<T>,
}

fn invalid(file: &str, why: &str) -> AppError {
    AppError::operation(
        "invalid_settings",
        format!("{file} in the folder of settings: {why}; mend the file or delete it"),
    )
}

fn kept<T: DeserializeOwned>(file: &str) -> Result<Vec<T>, AppError> {
    let path = settings::folder()?.join(file);
    if !path.exists() {
        return Ok(Vec::new());
    }
    let bytes = read_file(&path, CAP, "the settings")?;
    serde_json::from_slice::<Rows<T>>(&bytes).map(|rows| rows.rows).map_err(|e| invalid(file, &e.to_string()))
}

/// Keeps the user's own providers for the next start.
///
/// # Errors
/// The file can't be written.
pub(crate) fn keep_providers(own: &[OwnProvider]) -> Result<(), AppError> {
    settings::write(PROVIDERS, &Rows { rows: own.to_vec() })
}

/// Keeps the user's own prices for the next start.
///
/// # Errors
/// The file can't be written.
pub(crate) fn keep_prices(rows: &[PriceRow]) -> Result<(), AppError> {
    settings::write(PRICES, &Rows { rows: rows.to_vec() })
}

/// The prices that the user entered.
///
/// # Errors
/// The file can't be read.
pub(crate) fn own_prices() -> Result<Vec<PriceRow>, AppError> {
    kept(PRICES)
}

/// All prices: those of the file that the environment names, these, the shipped ones.
///
/// # Errors
/// A price that is none.
pub(crate) fn prices(own: &[PriceRow]) -> Result<Prices, AppError> {
    let wrong = |e: String| AppError::input("invalid_prices", e);
    let named = std::env::var_os(PRICES_FILE).filter(|path| !path.is_empty()).map(std::fs::read_to_string);
    let named =
        named.transpose().map_err(|e| wrong(format!("the price table can't be read: {e}")).field(PRICES_FILE))?;
    let named = named.map_or_else(|| Ok(Prices::default()), |json| Prices::read(&json));
    let named = named.map_err(|e| wrong(e.to_string()).field(PRICES_FILE))?;
    let own = Prices::of(own.to_vec()).map_err(|e| wrong(e.to_string()).field("usd_per_mtok_in"))?;
    let shipped = Prices::shipped().map_err(|e| wrong(e.to_string()))?;
    Ok(named.then(own).then(shipped))
}

/// Opens the models of a spec; the paths of model files are relative to `base`, its folder.
///
/// # Errors
/// A provider or a setting that is wrong, with its place in the file.
pub(crate) fn open(source: &SourcedSpec, base: &Path) -> Result<Arc<Roster>, AppError> {
    let entry = |choice: &ergon_design::spec::ModelChoice| ModelEntry {
        provider: choice.provider.clone(),
        model: match &choice.model {
            Some(file) if choice.provider == GGUF => Some(base.join(file).to_string_lossy().into_owned()),
            model => model.clone(),
        },
        settings: choice.settings.clone(),
    };
    let entries = source.spec.models.iter().map(|(name, choice)| (name.as_str(), entry(choice)));
    Roster::open(entries, &network()?).map(Arc::new).map_err(|problem| located(source, problem).into())
}

/// Environment variables that hold keys, or lead to them: programs that runs start don't inherit them.
pub(crate) fn key_variables(roster: &Roster) -> Vec<String> {
    let known = network().map(|network| network.providers()).unwrap_or_default();
    let known = known.into_iter().filter_map(|provider| provider.key_env);
    known.chain(roster.key_names().map(str::to_owned)).chain([ENV_FILE.to_owned()]).collect()
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
