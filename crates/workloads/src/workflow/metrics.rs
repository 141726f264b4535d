//! The metrics of a run, and their values from its account.

use std::sync::Arc;

use ergon_domain::{Direction, Family, Measurement, Metric, Observed, Provenance, Range, SIMULATED_MODEL};

use super::account::{Account, Phase};

const AT_LEAST_0: Range = (Some(0.0), None);

/// All of them, in the order of tables and exports.
pub(super) fn metrics() -> Vec<Metric> {
    use Direction::{Higher, Lower, None as Neither};
    use Family::{Binary, Continuous, Count, Positive};
    let metric = Metric::new;
    let count = |id, title, unit, doc| metric(id, title, unit, Lower, AT_LEAST_0, Count, doc);
    let mut all = vec![
        metric(
            "correct",
            "Correct",
            "1",
            Higher,
            (Some(0.0), Some(1.0)),
            Binary,
            "Whether the answer is right by the item's gold answer: 1 or 0. An answer that can't be read after a repair is \
             not right. Undefined where the item has no gold answer.",
        ),
        count(
            "total_tokens",
            "Tokens",
            "tokens",
            "Tokens of all prompts and replies, planning and synthesis included.",
        ),
        count("prompt_tokens", "Prompt tokens", "tokens", "Tokens of all prompts."),
        count("completion_tokens", "Reply tokens", "tokens", "Tokens of all replies."),
        count("llm_calls", "Model calls", "1", "Replies of the model, repairs included. 1 to 10 is usual."),
        count("tool_calls", "Tool calls", "1", "Uses of tools. 0 to 5 is usual."),
        count("tool_errors", "Tool errors", "1", "Uses of tools that couldn't work with what they were given."),
        count(
            "steps",
            "Steps",
            "1",
            "Steps of the plan, turns of the loop, or reviews and revisions. 1 to 15 is usual.",
        ),
        count(
            "malformed_replies",
            "Malformed replies",
            "1",
            "Replies that could not be read, repairs included. After an answer that can't be read the run ends with what it \
             used; after a plan, turn or review that can't it fails.",
        ),
        metric(
            "api_latency_s",
            "Model time",
            "s",
            Lower,
            AT_LEAST_0,
            Positive,
            "Service latency of all calls, without Ergon's own waiting. A simulated model's is virtual.",
        ),
    ];
    for phase in Phase::ALL {
        let name = phase.name();
        let title = format!("{}{} time", name[..1].to_uppercase(), &name[1..]);
        let doc = format!("Service latency of the calls of {name}. The part's wall time and energy are its span's.");
        all.push(metric(&format!("{name}_time_s"), &title, "s", Lower, AT_LEAST_0, Positive, &doc));
    }
    all.extend([
        metric(
            "complexity_score",
            "Complexity",
            "1",
            Neither,
            (Some(1.0), Some(10.0)),
            Continuous,
            "1 + 9·(0.4·min(calls/10, 1) + 0.3·min(tool calls/10, 1) + 0.3·min(tokens/1000, 1)).",
        ),
        metric(
            "complexity_level",
            "Complexity level",
            "1",
            Neither,
            (Some(1.0), Some(3.0)),
            Continuous,
            "1 below a complexity of 4, 3 from 7 on, else 2.",
        ),
        metric("cost_usd", "Cost", "USD", Lower, AT_LEAST_0, Positive, "Price of all calls."),
        metric(
            "item_number",
            "Item",
            "1",
            Neither,
            (Some(1.0), None),
            Count,
            "Number of the item within its task. It says which item was asked and is no result.",
        ),
    ]);
    all
}

/// The values of a run; `correct`: whether the answer is right, where somebody said what is.
pub(super) fn measurements(account: &Account, correct: Option<bool>, item_number: usize) -> Vec<Measurement> {
    let simulated = account.simulated;
    let fact = |real: Provenance| if simulated { Provenance::Simulated } else { real };
    let measured = || fact(Provenance::Measured);
    let counted = || {
        fact(if account.tokens_estimated { Provenance::Estimated("token count".into()) } else { Provenance::Measured })
    };
    let count = |n: u64| Observed::value(n as f64);
    let tokens = |n: u64| {
        if account.tokens_unknown {
            Observed::Unavailable("the provider does not count tokens".into())
        } else {
            count(n)
        }
    };
    let graded = Observed::defined_or(correct.map(|right| f64::from(u8::from(right))), "the item has no gold answer");
    let latency_s: f64 = account.parts.values().map(|part| part.latency_s).sum();
    let mut all = vec![
        ("correct", graded, measured()),
        ("total_tokens", tokens(account.prompt_tokens + account.completion_tokens), counted()),
        ("prompt_tokens", tokens(account.prompt_tokens), counted()),
        ("completion_tokens", tokens(account.completion_tokens), counted()),
        ("llm_calls", count(account.calls), measured()),
        ("tool_calls", count(account.tool_calls), measured()),
        ("tool_errors", count(account.tool_errors), measured()),
        ("steps", count(account.steps), measured()),
        ("malformed_replies", count(account.malformed), measured()),
        ("api_latency_s", Observed::value(latency_s), measured()),
    ]
    .into_iter()
    .map(|(name, observed, provenance)| Measurement::new(name, observed, provenance))
    .collect::<Vec<_>>();
    for phase in Phase::ALL {
        let time_s = account.parts.get(&phase).map(|part| part.latency_s);
        let why: Arc<str> = format!("this way of working has no {}", phase.name()).into();
        let observed = time_s.map_or(Observed::Undefined(why), Observed::value);
        all.push(Measurement::new(format!("{}_time_s", phase.name()).as_str(), observed, measured()));
    }
    let rule = || counted().max(fact(Provenance::Derived("A-LEMS's weights".into())));
    let unknown = || Observed::Unavailable("the provider does not count tokens".into());
    let score = account.complexity();
    let level = |score: f64| {
        if score < 4.0 {
            1.0
        } else if score < 7.0 {
            2.0
        } else {
            3.0
        }
    };
    all.push(Measurement::new("complexity_score", score.map_or_else(unknown, Observed::value), rule()));
    all.push(Measurement::new("complexity_level", score.map_or_else(unknown, |s| Observed::value(level(s))), rule()));
    let cost = if account.unpriced {
        Observed::Unavailable("the model's price is unknown".into())
    } else {
        Observed::value(account.cost_usd)
    };
    all.push(Measurement::new("cost_usd", cost, fact(Provenance::Derived("tokens × price".into()))));
    all.push(Measurement::new("item_number", count(item_number as u64), Provenance::Measured));
    if simulated {
        for measurement in &mut all {
            measurement.flags.0.insert(SIMULATED_MODEL.into());
        }
    }
    all
}
