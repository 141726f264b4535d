//! What parameters there are, and the binding of written values to them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ergon_domain::{Condition, Manifest, Parameter, ParameterKind, ParameterName, Value};

use super::findings::{Findings, nth};
use super::inputs::InputFiles;
use super::open_types::{self, OpenType};
use super::written::Written;
use crate::campaign::Factor;
use crate::spec::{Levels, Spec};
use crate::suggest;
use crate::tree::Step;

/// All parameters: those the workload declares and, where it is open, those the spec brings.
pub(crate) struct Declared<'a> {
    manifest: &'a Manifest,
    open: BTreeMap<ParameterName, OpenType>,
}

impl<'a> Declared<'a> {
    pub(crate) fn new(manifest: &'a Manifest, spec: &Spec, written: &[Written]) -> Self {
        let is_open = |name: &str| manifest.open_parameters && manifest.parameter(name).is_none();
        Self { manifest, open: open_types::infer(spec, written, &is_open) }
    }

    /// Every declared parameter that has a default.
    pub(crate) fn defaults(&self) -> Condition {
        let bound = |p: &Parameter| {
            let default = p.default.as_ref()?;
            Some((p.name.clone(), p.kind.bind(default).unwrap_or_else(|_| default.clone())))
        };
        Condition(self.manifest.parameters.iter().filter_map(bound).collect())
    }

    /// Whether there is such a parameter.
    pub(crate) fn is_known(&self, name: &str) -> bool {
        self.manifest.parameter(name).is_some() || self.open.contains_key(name)
    }

    /// The parameter that was probably meant.
    pub(crate) fn nearest(&self, name: &str) -> Option<String> {
        suggest::nearest(name, self.names())
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        self.manifest.parameters.iter().map(|p| p.name.as_str()).chain(self.open.keys().map(ParameterName::as_str))
    }

    /// The accepted names of a parameter that takes nothing else.
    pub(crate) fn choices(&self, name: &str) -> Option<&[Arc<str>]> {
        match &self.manifest.parameter(name)?.kind {
            ParameterKind::Choice { values } => Some(values),
            _ => None,
        }
    }

    /// Checks that there is such a parameter.
    pub(crate) fn check_known(&self, name: &str, path: &[Step], findings: &mut Findings<'_>) -> bool {
        // Where any parameter may be named, one without a value has something else wrong with it.
        if self.is_known(name) || (self.manifest.open_parameters && path.len() == 2) {
            return true;
        }
        let names: Vec<&str> = self.names().collect();
        let problem =
            findings.problem_at_key(path, format!("the workload {} has no such parameter", self.manifest.workload));
        findings.push(problem.suggest(self.nearest(name)).expected(format!("one of {}", names.join(", "))));
        false
    }

    /// The canonical value, or `None` with the problem noted.
    pub(crate) fn bind(
        &self,
        name: &ParameterName,
        value: &Value,
        path: &[Step],
        inputs: &mut InputFiles<'_>,
        findings: &mut Findings<'_>,
    ) -> Option<Value> {
        let Some(parameter) = self.manifest.parameter(name.as_str()) else {
            let open = self.open.get(name);
            let bound = open.map(|t| t.kind().bind(&t.bind(value)));
            return match bound {
                Some(Ok(value)) => Some(value),
                _ => {
                    self.check_known(name.as_str(), path, findings);
                    None
                }
            };
        };
        match parameter.kind.bind(value) {
            Ok(Value::Text(file)) if matches!(parameter.kind, ParameterKind::File { .. }) => match inputs.digest(&file)
            {
                Ok(digest) => Some(Value::text(digest.to_string())),
                Err(message) => {
                    findings.error(path, message);
                    None
                }
            },
            Ok(value) => Some(value),
            Err(refused) => {
                let suggestion = match value {
                    Value::Text(word) => suggest::nearest(word, refused.choices.iter().map(|c| &**c)),
                    _ => None,
                };
                let problem = findings.problem(path, format!("{} is not accepted", refused.found));
                let hint = matches!(parameter.kind, ParameterKind::Text) && value.as_str().is_none();
                let expected = if hint { "text: put it in quotes".to_owned() } else { refused.expected };
                findings.push(problem.suggest(suggestion).expected(expected));
                None
            }
        }
    }

    /// A factor with every level bound and distinct, or `None` with the problems noted.
    pub(crate) fn factor(
        &self,
        name: &str,
        levels: &Levels,
        path: &[Step],
        inputs: &mut InputFiles<'_>,
        findings: &mut Findings<'_>,
    ) -> Option<Factor> {
        if !self.check_known(name, path, findings) {
            return None;
        }
        let written = match levels.expand() {
            Ok(written) => written,
            Err(e) => {
                findings.error(path, e.to_string());
                return None;
            }
        };
        if written.is_empty() {
            findings.refuse(path, "this factor has no levels", "at least one level");
            return None;
        }
        let name = ParameterName::new(name);
        let is_list = matches!(levels, Levels::List(_));
        let mut bound: Vec<Value> = Vec::with_capacity(written.len());
        let mut seen: BTreeSet<Vec<u8>> = BTreeSet::new();
        let mut complete = true;
        for (i, value) in written.iter().enumerate() {
            let at = if is_list { nth(path, i) } else { path.to_vec() };
            let Some(level) = self.bind(&name, value, &at, inputs, findings) else {
                complete = false;
                if is_list {
                    continue;
                }
                break;
            };
            if seen.insert(identity(&level)) {
                bound.push(level);
            } else {
                complete = false;
                let twin = bound.iter().position(|v| identity(v) == identity(&level));
                let first = twin.and_then(|j| written.get(j)).unwrap_or(value);
                findings.error(&at, format!("{value} and {first} are the same level"));
            }
        }
        complete.then_some(Factor { name, levels: bound })
    }
}

/// What makes two bound levels the same.
fn identity(value: &Value) -> Vec<u8> {
    let mut c = ergon_domain::Canonical::new("level");
    value.write_canonical(&mut c);
    c.finish().0.to_vec()
}
