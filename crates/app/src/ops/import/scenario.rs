//! The half of a scenario batch that its file does not say: where the scenario's folder is, and which models the actors
//! play that no variation names.

use std::path::Path;

use ergon_design::import::model_entry;
use ergon_domain::{ParameterKind, Value};
use ergon_workloads::catalog;
use serde_json::{Value as Json, json};

use super::ImportedFile;
use crate::source_folders::FoldersBeside;

/// Finds the folder and adds the models that it names. What is wrong with the folder is said when the spec is read.
pub(super) fn complete(spec: &mut Json, base: &Path, done: &mut ImportedFile) {
    let Some(written) = spec["workload"]["scenario"].as_str().map(str::to_owned) else { return };
    // The original's paths begin at its repository, of which the file lies somewhere below.
    let found = base.ancestors().map(|folder| folder.join(&written)).find(|path| path.is_dir());
    let Some(folder) = found else { return };
    if folder != base.join(&written) {
        done.warnings.push(format!("base_scenario: '{written}' is taken for {}", folder.display()));
        spec["workload"]["scenario"] = json!(folder);
    }
    let section = json!({ "scenario": folder });
    let Some(section) = section.as_object() else { return };
    let Ok(workload) = catalog::open("scenario", section, base, &FoldersBeside(base)) else { return };
    for parameter in workload.manifest().parameters.iter().filter(|p| p.kind == ParameterKind::Model) {
        let Some(model) = parameter.default.as_ref().and_then(Value::as_str) else { continue };
        if spec["models"].get(model).is_none() {
            spec["models"][model] = model_entry(model);
            done.defaulted.push(format!("models.{model}: {} (the folder's {})", model_entry(model), parameter.name));
        }
    }
}
