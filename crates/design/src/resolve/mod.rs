//! From a spec to a campaign: everything bound to the workload's declarations and checked.

mod declared;
mod findings;
mod hypotheses;
mod inputs;
mod limits;
mod open_types;
mod phases;
mod written;

use std::collections::BTreeMap;
use std::sync::Arc;

use ergon_domain::{Canonical, Condition, Digest, Manifest, ParameterName};

use crate::campaign::{Campaign, Factor, InputFile};
use crate::canonical::{canonise, digest_of as digest_of_json, spec_hash};
use crate::constraint::Constraint;
use crate::problem::{Severity, SpecProblems};
use crate::read::SourcedSpec;
use crate::spec::{ModelChoice, Spec};
use declared::Declared;
use findings::{Findings, place};
use inputs::InputFiles;

/// Checks a spec against its workload and binds every value. `digest_of` reads an input file by the path the spec names.
///
/// # Errors
/// Everything that is wrong with it.
pub fn resolve(
    source: &SourcedSpec,
    manifest: &Manifest,
    digest_of: &dyn Fn(&str) -> Result<InputFile, String>,
) -> Result<Campaign, SpecProblems> {
    let spec = &source.spec;
    let mut findings = Findings::new(&source.tree);
    let mut inputs = InputFiles::new(digest_of);
    limits::check(spec, &mut findings);

    let written = written::fixed_parameters(spec, manifest, &mut findings);
    let declared = Declared::new(manifest, spec, &written);
    let mut fixed = declared.defaults();
    for (name, value, path) in &written {
        if let Some(bound) = declared.bind(name, value, path, &mut inputs, &mut findings) {
            fixed.set(name.as_str(), bound);
        }
    }
    let factors = bind_factors(spec, &declared, &mut inputs, &mut findings);
    let phases = phases::resolve(spec, &declared, &fixed, &factors, &mut inputs, &mut findings);
    warn_unused(spec, &phases, &written, &mut findings);
    let constraints = parse_constraints(spec, &declared, &mut findings);
    let faulty = spec.factors.keys().map(String::as_str).filter(|name| !factors.keys().any(|n| n.as_str() == *name));
    hypotheses::check(spec, manifest, &declared, &phases, &faulty.collect(), &mut inputs, &mut findings);
    let file_digests = manifest
        .files
        .iter()
        .filter_map(|path| inputs.digest(path).map_err(|message| findings.error(&place(&["workload"]), message)).ok());
    let file_digests: Vec<Digest> = file_digests.collect();

    let (warnings, errors): (Vec<_>, Vec<_>) =
        findings.problems.into_iter().partition(|p| p.severity == Severity::Warning);
    if !errors.is_empty() {
        return Err(SpecProblems(errors).in_file(&source.name));
    }
    let varied = phases.iter().flat_map(|p| &p.factors).map(|f| &f.name).collect::<std::collections::BTreeSet<_>>();
    Ok(Campaign {
        id: spec.campaign.id.clone(),
        spec: spec.clone(),
        manifest: Arc::new(manifest.clone()),
        factors: factors.iter().filter(|(n, _)| varied.contains(n)).map(|(_, f)| f.clone()).collect(),
        base: base_digest(spec, manifest, &file_digests),
        spec_hash: spec_hash(spec),
        inputs: inputs.into_files(),
        warnings: SpecProblems(warnings).in_file(&source.name).0,
        phases,
        constraints,
    })
}

/// Settings of models on the network that decide how fast, how patiently and at what price is asked, and not what is
/// answered: changing them changes no run.
const LIMITS: [&str; 11] = [
    "key_env",
    "timeout_s",
    "retries",
    "patience_s",
    "max_reply_mb",
    "concurrency",
    "requests_per_minute",
    "tokens_per_minute",
    "usd_per_mtok_in",
    "usd_per_mtok_out",
    "usd_per_mtok_cached",
];

/// A model as far as its answers depend on it. A simulated one's price is part of what it simulates.
fn without_limits(model: &ModelChoice) -> ModelChoice {
    let mut model = model.clone();
    if model.provider != "simulated" {
        model.settings.retain(|key, _| !LIMITS.contains(&key.as_str()));
    }
    model
}

/// Digest of what all runs share.
fn base_digest(spec: &Spec, manifest: &Manifest, files: &[Digest]) -> Digest {
    let answering = spec.models.iter().map(|(name, model)| (name, without_limits(model)));
    let mut models = serde_json::to_value(answering.collect::<BTreeMap<_, _>>()).unwrap_or_default();
    canonise(&mut models);
    let mut c = Canonical::new("ergon.base.1");
    c.str(&manifest.workload).u64(u64::from(manifest.version)).digest(&manifest.settings_digest);
    c.u64(files.len() as u64);
    files.iter().for_each(|digest| {
        c.digest(digest);
    });
    c.digest(&digest_of_json("ergon.models.1", &models));
    c.u64(spec.campaign.seed).tag(u8::from(spec.execution.common_random_numbers)).finish()
}

fn bind_factors(
    spec: &Spec,
    declared: &Declared<'_>,
    inputs: &mut InputFiles<'_>,
    findings: &mut Findings<'_>,
) -> BTreeMap<ParameterName, Factor> {
    let bound = spec.factors.iter().filter_map(|(name, levels)| {
        let path = place(&["factors", name]);
        declared.factor(name, levels, &path, inputs, findings)
    });
    bound.map(|factor| (factor.name.clone(), factor)).collect()
}

fn warn_unused(
    spec: &Spec,
    phases: &[crate::campaign::ResolvedPhase],
    written: &[written::Written],
    findings: &mut Findings<'_>,
) {
    let varies = |name: &str| phases.iter().filter(|p| p.factors.iter().any(|f| f.name.as_str() == name)).count();
    for name in spec.factors.keys() {
        if varies(name) == 0 {
            findings.warning(&place(&["factors", name]), "no phase varies this factor");
        }
    }
    for (name, _, path) in written {
        if varies(name.as_str()) == phases.len() {
            findings.warning(path, "has no effect: every phase varies this parameter");
        }
    }
}

fn parse_constraints(spec: &Spec, declared: &Declared<'_>, findings: &mut Findings<'_>) -> Vec<Constraint> {
    let mut constraints = Vec::new();
    for (i, text) in spec.constraints.iter().enumerate() {
        let path = findings::item(&["constraints"], i);
        let constraint = match Constraint::parse(text, &|name| declared.is_known(name)) {
            Ok(constraint) => constraint,
            Err(e) => {
                findings.error(&path, e.to_string());
                continue;
            }
        };
        for word in constraint.left_words() {
            let problem = findings.problem(&path, format!("'{word}' is no parameter"));
            findings.push(problem.suggest(declared.nearest(word)).expected("the name of a parameter or factor"));
        }
        for (parameter, word) in constraint.compared_words() {
            if let Some(choices) = declared.choices(parameter)
                && !choices.iter().any(|c| &**c == word)
            {
                let problem = findings.problem(&path, format!("{parameter} is never '{word}'"));
                let suggestion = crate::suggest::nearest(word, choices.iter().map(|c| &**c));
                findings.push(problem.suggest(suggestion).expected(format!("one of {}", choices.join(", "))));
            }
        }
        constraints.push(constraint);
    }
    constraints
}

/// A condition as a base for more.
pub(crate) fn without(condition: &Condition, names: &[ParameterName]) -> Condition {
    Condition(condition.0.iter().filter(|(n, _)| !names.contains(n)).map(|(n, v)| (n.clone(), v.clone())).collect())
}
