//! From a state to measurements.

use ergon_domain::{Measurement, Observed, Provenance, SIMULATED_MODEL};

use super::expression::Expression;
use super::folder::Scenario;
use super::ledger::Sums;
use super::manifest::parts;
use super::metrics::{Extraction, Scale};
use super::settings::Play;
use super::state::{Reading, State};
use super::turn::{cooperation, known_values};

/// Everything the manifest declares.
pub(super) fn measurements(play: &Play<'_>, state: &State, success: Option<&Expression>) -> Vec<Measurement> {
    let sums = Sums::of_turns(state.own_turns());
    // Turns that were taken over may rest on simulated models as well.
    let simulated = Sums::of_turns(&state.turns).simulated;
    let mut all = if play.scenario.definition.features.metrics { scenario_metrics(play, state) } else { Vec::new() };
    if let Some(rule) = success {
        let values = known_values(state);
        let holds = rule.holds(&|name| values.get(name).copied());
        let missing = "a metric in the rule is missing after the last turn";
        let observed = Observed::defined_or(holds.map(|yes| f64::from(u8::from(yes))), missing);
        all.push(Measurement::new("success", observed, Provenance::Derived("success rule".into())));
    }
    all.extend(own(play, state, &sums));
    all.extend(account(&sums));
    if simulated {
        for measurement in &mut all {
            measurement.provenance = Provenance::Simulated;
            measurement.flags.0.insert(SIMULATED_MODEL.into());
        }
    }
    all
}

fn scenario_metrics(play: &Play<'_>, state: &State) -> Vec<Measurement> {
    let scenario: &Scenario = play.scenario;
    let mut all = Vec::new();
    for rule in &scenario.metrics.rules {
        let provenance = match &rule.extraction {
            Extraction::Model { .. } => {
                let model = play.metric_models.get(&rule.name).map_or("", String::as_str);
                Provenance::Estimated(format!("read by the model {model}").into())
            }
            _ => Provenance::Measured,
        };
        for (id, _) in parts(rule, scenario) {
            let last = state.turns.last().and_then(|turn| turn.metrics.get(&id));
            let observed = match last {
                Some(Reading::Value(x)) => Observed::value(*x),
                Some(Reading::Missing(why)) => Observed::Unavailable(why.as_str().into()),
                None => Observed::Unavailable("it was not read in the last turn".into()),
            };
            all.push(Measurement::new(id.as_str(), observed, provenance.clone()));
            if matches!(rule.scale, Scale::Number { .. }) {
                let found: Vec<f64> =
                    state.turns.iter().filter_map(|turn| turn.metrics.get(&id).and_then(Reading::value)).collect();
                let mean = (!found.is_empty()).then(|| found.iter().sum::<f64>() / found.len() as f64);
                let observed = match mean {
                    Some(mean) => Observed::value(mean),
                    None => Observed::Unavailable("it was found in no turn".into()),
                };
                let provenance = match &provenance {
                    Provenance::Measured => Provenance::Derived("mean over turns".into()),
                    other => other.clone(),
                };
                all.push(Measurement::new(format!("{id}_mean").as_str(), observed, provenance));
            }
        }
    }
    all
}

fn own(play: &Play<'_>, state: &State, sums: &Sums) -> Vec<Measurement> {
    let count = |n: usize| Observed::value(n as f64);
    let judged_by_simulation =
        state.turns.iter().flat_map(|t| &t.calls).any(|call| call.purpose == "validation" && call.simulated);
    let issues = if !play.quality {
        Observed::Undefined("quality assurance is off".into())
    } else if judged_by_simulation {
        Observed::Unavailable("a simulated model can't judge texts".into())
    } else {
        count(state.turns.iter().map(|turn| turn.issues.len()).sum())
    };
    let latency = (sums.calls > 0).then(|| sums.latency_s / sums.calls as f64);
    let halted = f64::from(u8::from(state.halted_reason.is_some()));
    [
        ("cooperation_share", Observed::defined_or(cooperation(state), "nothing was decided")),
        ("turns", count(state.turns.len())),
        ("halted", Observed::value(halted)),
        ("events_happened", count(state.turns.iter().map(|turn| turn.events.len()).sum())),
        ("messages_sent", count(state.turns.iter().map(|turn| turn.messages.len()).sum())),
        ("coherence_issues", issues),
        ("llm_calls", Observed::value(sums.calls as f64)),
        ("malformed_replies", Observed::value(sums.malformed as f64)),
        ("llm_latency_s", Observed::defined_or(latency, "no model was asked")),
    ]
    .into_iter()
    .map(|(metric, observed)| Measurement::new(metric, observed, Provenance::Measured))
    .collect()
}

fn account(sums: &Sums) -> Vec<Measurement> {
    let counted =
        if sums.tokens_estimated { Provenance::Estimated("token count".into()) } else { Provenance::Measured };
    let tokens = |tokens: Option<u64>| match tokens {
        Some(tokens) => Observed::value(tokens as f64),
        None => Observed::Unavailable("a provider does not count tokens".into()),
    };
    let cost = match (sums.cost_usd, &sums.unpriced) {
        (Some(usd), _) => Observed::value(usd),
        (None, model) => {
            let model = model.as_deref().unwrap_or("a model");
            Observed::Unavailable(format!("the price of {model} is unknown").into())
        }
    };
    vec![
        Measurement::new("llm_prompt_tokens", tokens(sums.prompt_tokens), counted.clone()),
        Measurement::new("llm_completion_tokens", tokens(sums.completion_tokens), counted.clone()),
        Measurement::new("cost_usd", cost, if sums.tokens_estimated { counted } else { Provenance::Measured }),
    ]
}
