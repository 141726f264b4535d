//! The workload section as fixed parameters: settings left out, nested forms unfolded.

use ergon_domain::{Manifest, ParameterKind, ParameterName, Value};
use serde_json::Value as Json;

use super::findings::{Findings, place, under};
use crate::spec::Spec;
use crate::tree::Step;

/// A parameter, its value as written, and where.
pub(crate) type Written = (ParameterName, Value, Vec<Step>);

/// Every parameter that the workload section fixes.
pub(crate) fn fixed_parameters(spec: &Spec, manifest: &Manifest, findings: &mut Findings<'_>) -> Vec<Written> {
    let mut out = Vec::new();
    for (key, json) in &spec.workload.entries {
        let path = place(&["workload", key]);
        if manifest.settings.iter().any(|s| **s == **key) {
            continue;
        }
        let is_parent = manifest.parameters.iter().any(|p| p.name.as_str().starts_with(&format!("{key}.")));
        if manifest.parameter(key).is_none() && !is_parent && !manifest.open_parameters {
            let known =
                manifest.parameters.iter().map(|p| p.name.as_str()).chain(manifest.settings.iter().map(|s| &**s));
            let suggestion = crate::suggest::nearest(key, known.clone());
            let names: Vec<_> = known.collect();
            let message = format!("the workload {} has no such parameter", manifest.workload);
            let problem = findings.problem_at_key(&path, message).suggest(suggestion);
            findings.push(problem.expected(format!("one of {}", names.join(", "))));
            continue;
        }
        match json {
            Json::Object(entries) => nested(key, entries, manifest, &path, &mut out, findings),
            scalar => push_scalar(key, scalar, path, &mut out, findings),
        }
    }
    out
}

/// `job_source: { swf: PATH, first: 200 }`: the choice `swf` with `job_source.swf` and `job_source.first`.
fn nested(
    parent: &str,
    entries: &serde_json::Map<String, Json>,
    manifest: &Manifest,
    path: &[Step],
    out: &mut Vec<Written>,
    findings: &mut Findings<'_>,
) {
    let choices = match manifest.parameter(parent).map(|p| &p.kind) {
        Some(ParameterKind::Choice { values } | ParameterKind::ChoiceOrReal { values, .. }) => values.as_slice(),
        _ => &[],
    };
    let chosen: Vec<&String> = entries.keys().filter(|k| choices.iter().any(|c| **c == ***k)).collect();
    match chosen.as_slice() {
        [one] => out.push((parent.into(), Value::text(one), path.to_vec())),
        [] if choices.is_empty() => {}
        [] => findings.refuse(path, "names no choice", format!("one key of {}", choices.join(", "))),
        [first, second, ..] => findings.error(path, format!("names two choices, {first} and {second}")),
    }
    for (key, json) in entries {
        let name = format!("{parent}.{key}");
        let path = under(path, &[key]);
        if manifest.parameter(&name).is_some() {
            push_scalar(&name, json, path, out, findings);
        } else if chosen.contains(&key) && matches!(json, Json::Null | Json::Bool(true)) {
            // The choice alone, without a parameter of its own.
        } else {
            let prefix = format!("{parent}.");
            let known = manifest.parameters.iter().filter_map(|p| p.name.as_str().strip_prefix(&prefix));
            let known: Vec<&str> = known.chain(choices.iter().map(|c| &**c)).collect();
            let problem = findings.problem_at_key(&path, "unknown parameter");
            let expected = match known.as_slice() {
                [] => format!("a plain value for {parent}"),
                known => format!("one of {}", known.join(", ")),
            };
            findings.push(problem.suggest(crate::suggest::nearest(key, known)).expected(expected));
        }
    }
}

fn push_scalar(name: &str, json: &Json, path: Vec<Step>, out: &mut Vec<Written>, findings: &mut Findings<'_>) {
    match scalar(json) {
        Ok(value) => out.push((name.into(), value, path)),
        Err(message) => findings.refuse(&path, message, "true/false, a number or text"),
    }
}

/// A scalar as a value.
fn scalar(json: &Json) -> Result<Value, &'static str> {
    match json {
        Json::Bool(b) => Ok(Value::Bool(*b)),
        Json::String(s) => Ok(Value::text(s)),
        Json::Number(n) => match (n.as_i64(), n.as_f64()) {
            (Some(i), _) => Ok(Value::Int(i)),
            (None, Some(x)) if n.is_f64() => Ok(Value::real(x)),
            _ => Err("a whole number above 2^63 − 1 is not accepted"),
        },
        Json::Null => Err("nothing is written here"),
        Json::Array(_) => Err("a list is not accepted; several levels belong in factors"),
        Json::Object(_) => Err("a mapping is not accepted"),
    }
}
