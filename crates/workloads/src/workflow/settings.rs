//! From the spec's section and a condition to what a run does.

use std::path::{Path, PathBuf};

use ergon_domain::{Condition, FailureClass, RunError};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::approach::Approach;
use crate::catalog::SettingsProblem;

/// Keys of the section that are no parameters.
pub(super) const KEYS: [&str; 1] = ["tools"];

/// A program of the user's that agents may use as a tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ProgramTool {
    pub(super) name: String,
    pub(super) doc: String,
    /// Program and arguments; no shell.
    pub(super) run: Vec<String>,
    pub(super) folder: PathBuf,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct WrittenTool {
    doc: String,
    run: Vec<String>,
}

/// Reads `workload.tools` and says what it came to in a canonical form.
///
/// # Errors
/// A tool without program or description, or under a name that is taken.
pub(super) fn programs(
    section: &serde_json::Map<String, Value>,
    base: &Path,
    taken: &[&str],
) -> Result<(Vec<ProgramTool>, String), Vec<SettingsProblem>> {
    let Some(written) = section.get("tools") else { return Ok((Vec::new(), String::new())) };
    let wrong = |path: String, message: String| vec![SettingsProblem { path, message }];
    let expected = "expected a mapping from names to { doc, run }";
    let Some(tools) = written.as_object() else {
        return Err(wrong("workload.tools".into(), format!("{written} is not accepted; {expected}")));
    };
    let (mut programs, mut problems) = (Vec::new(), Vec::new());
    for (name, tool) in tools {
        let path = format!("workload.tools.{name}");
        let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if taken.contains(&name.as_str()) || !is_name {
            let message =
                format!("'{name}' can't name a tool: letters, digits and _, and none of {}", taken.join(", "));
            problems.push(SettingsProblem { path, message });
            continue;
        }
        match serde_path_to_error::deserialize::<_, WrittenTool>(tool) {
            Ok(WrittenTool { doc, run }) if !run.is_empty() => {
                programs.push(ProgramTool { name: name.clone(), doc, run, folder: base.to_owned() })
            }
            Ok(_) => {
                let message = "is empty; expected a list of program and arguments".into();
                problems.push(SettingsProblem { path: format!("{path}.run"), message });
            }
            Err(e) => {
                problems.push(SettingsProblem { path, message: format!("{}; expected {{ doc, run }}", e.inner()) })
            }
        }
    }
    if problems.is_empty() { Ok((programs, written.to_string())) } else { Err(problems) }
}

/// What a run is asked to do.
pub(super) struct Settings<'a> {
    pub(super) task: &'a str,
    pub(super) approach: Approach,
    pub(super) model: &'a str,
    pub(super) temperature: Option<f64>,
    /// Longest reply, tokens: the same in every way of working.
    pub(super) max_tokens: u32,
    /// Most steps of a plan, or turns of a loop.
    pub(super) max_steps: usize,
    /// Whether an error of a tool ends the run.
    pub(super) tool_errors_fail: bool,
    /// Number of the item, from 1; 0: by replicate.
    pub(super) item: usize,
    /// Digest of the user's items.
    pub(super) items: Option<&'a str>,
}

impl<'a> Settings<'a> {
    /// Reads a condition that the manifest has bound.
    ///
    /// # Errors
    /// A parameter that is not set.
    pub(super) fn read(condition: &'a Condition) -> Result<Self, RunError> {
        let missing = |name: &str| {
            RunError::new(
                FailureClass::InvalidInput,
                format!("{name} is not set; give it in the spec's workload section"),
            )
        };
        let text = |name: &str| condition.text(name).ok_or_else(|| missing(name));
        let whole = |name: &str| condition.int(name).and_then(|n| usize::try_from(n).ok()).ok_or_else(|| missing(name));
        let approach = text("workflow")?;
        Ok(Self {
            task: text("task")?,
            approach: Approach::named(approach).ok_or_else(|| missing("workflow"))?,
            model: text("model")?,
            temperature: condition.real("temperature"),
            max_tokens: u32::try_from(whole("max_tokens")?).unwrap_or(u32::MAX),
            max_steps: whole("max_steps")?,
            tool_errors_fail: text("on_tool_error")? == "fail",
            item: whole("item")?,
            items: condition.text("items"),
        })
    }
}
