//! From asked items to a run's measurements and its list of answers.

use ergon_domain::{Artefact, Digest, Flags, Measurement, Observed, Provenance, SIMULATED_MODEL};
use serde_json::json;

use super::asking::Asked;
use super::item::Difficulty;

/// The list of answers that a run leaves: one JSON object an item.
pub(super) const ANSWERS: &str = "items.jsonl";

/// What was measured. Every number is the models': with a simulated one in it, it is simulated.
pub(super) fn measurements(asked: &[Asked<'_>]) -> Vec<Measurement> {
    let replies = || asked.iter().filter_map(|one| one.reply.as_ref());
    let all = || replies().chain(asked.iter().flat_map(|one| &one.others));
    let simulated = all().any(|reply| reply.simulated);
    let measured = if simulated { Provenance::Simulated } else { Provenance::Measured };
    let estimated = all().any(|reply| reply.usage.estimated);
    let counted = match (simulated, estimated) {
        (true, _) => Provenance::Simulated,
        (_, true) => Provenance::Estimated("token count".into()),
        _ => Provenance::Measured,
    };
    let scored = || asked.iter().filter_map(|one| Some((one, one.scored.as_ref()?)));
    let share = |keep: &dyn Fn(&Asked<'_>) -> bool, why: &str| {
        let of: Vec<bool> = scored().filter(|(one, _)| keep(one)).map(|(_, scored)| scored.right).collect();
        let right = of.iter().filter(|right| **right).count();
        Observed::defined_or((!of.is_empty()).then(|| 100.0 * right as f64 / of.len() as f64), why)
    };
    let at = |difficulty: Difficulty| {
        share(&move |one| one.item.difficulty == Some(difficulty), "no scored item is of this difficulty")
    };
    let mean = |values: Vec<f64>| (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64);
    let count = |n: usize| Observed::value(n as f64);
    let paraphrased = asked.iter().any(|one| one.question.is_none());
    let eligible: usize = asked.iter().filter_map(|one| one.question.as_ref()).map(|q| q.eligible).sum();
    let changed: usize = asked.iter().filter_map(|one| one.question.as_ref()).map(|q| q.changed).sum();
    let units = |observed: Observed| {
        if paraphrased { Observed::Undefined("a model paraphrased the items".into()) } else { observed }
    };
    let level = (eligible > 0).then(|| 100.0 * changed as f64 / eligible as f64);
    let tokens = |of: &dyn Fn(&ergon_domain::ChatReply) -> Option<u64>| {
        let sum = all().map(of).try_fold(0, |sum, tokens| Some(sum + tokens?));
        sum.map_or_else(
            || Observed::Unavailable("the provider does not count tokens".into()),
            |sum| Observed::value(sum as f64),
        )
    };
    let unscored = "no item has a known answer, or scoring is none";
    let unreadable = scored().filter(|(one, scored)| one.reply.is_some() && scored.read.is_none()).count();
    let rows = [
        ("accuracy", share(&|_| true, unscored), measured.clone()),
        ("accuracy_easy", at(Difficulty::Easy), measured.clone()),
        ("accuracy_medium", at(Difficulty::Medium), measured.clone()),
        ("accuracy_hard", at(Difficulty::Hard), measured.clone()),
        (
            "chance_level",
            Observed::defined_or(mean(scored().map(|(one, _)| 100.0 * one.item.guessing()).collect()), unscored),
            Provenance::Derived("1/k over options".into()),
        ),
        ("items_scored", count(scored().count()), Provenance::Measured),
        (
            "items_unanswerable",
            count(asked.iter().filter(|one| one.item.answer == super::item::Answer::Unknown).count()),
            Provenance::Measured,
        ),
        ("unreadable_replies", count(unreadable), measured.clone()),
        ("refused_items", count(asked.iter().filter(|one| one.reply.is_none()).count()), measured.clone()),
        ("realised_level", units(Observed::defined_or(level, "nothing could be transformed")), Provenance::Measured),
        ("units_eligible", units(count(eligible)), Provenance::Measured),
        ("units_transformed", units(count(changed)), Provenance::Measured),
        (
            "reply_characters",
            Observed::defined_or(mean(replies().map(|r| r.text.chars().count() as f64).collect()), "no reply"),
            measured.clone(),
        ),
        ("llm_calls", count(all().count()), measured.clone()),
        (
            "llm_latency_s",
            Observed::defined_or(mean(replies().map(|r| r.latency_s).collect()), "no reply"),
            measured.clone(),
        ),
        ("llm_prompt_tokens", tokens(&|reply| reply.usage.prompt_tokens), counted.clone()),
        ("llm_completion_tokens", tokens(&|reply| reply.usage.completion_tokens), counted),
    ];
    let of_models = |provenance: &Provenance| simulated && *provenance == Provenance::Simulated;
    rows.into_iter()
        .map(|(metric, observed, provenance)| {
            let mut flags = Flags::default();
            if of_models(&provenance) {
                flags.0.insert(SIMULATED_MODEL.into());
            }
            Measurement { flags, ..Measurement::new(metric, observed, provenance) }
        })
        .collect()
}

/// The answers one by one. The prompts aren't in it: they follow from the item, the condition and the seed.
pub(super) fn answers(asked: &[Asked<'_>]) -> Artefact {
    let line = |one: &Asked<'_>| {
        json!({
            "id": one.item.id,
            "domain": one.item.domain,
            "difficulty": one.item.difficulty.map(Difficulty::name),
            "template": one.item.template,
            "expected": one.item.answer_text(),
            "reply": one.reply.as_ref().map(|reply| &reply.text),
            "read": one.scored.as_ref().and_then(|scored| scored.read.as_ref()),
            "right": one.scored.as_ref().map(|scored| scored.right),
            "eligible": one.question.as_ref().map(|q| q.eligible),
            "transformed": one.question.as_ref().map(|q| q.changed),
            "simulated": one.reply.as_ref().map(|reply| reply.simulated),
        })
        .to_string()
    };
    let mut content = asked.iter().map(line).collect::<Vec<_>>().join("\n").into_bytes();
    content.push(b'\n');
    Artefact {
        name: ANSWERS.into(),
        size_bytes: content.len() as u64,
        digest: Digest::of_bytes(&content),
        content: Some(content),
    }
}
