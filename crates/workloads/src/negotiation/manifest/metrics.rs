//! The metrics of a game.

use ergon_domain::{Direction, Family, Metric, Range};

const AT_LEAST_0: Range = (Some(0.0), None);
const SHARE: Range = (Some(0.0), Some(1.0));
const ANY: Range = (None, None);

pub(super) fn metrics() -> Vec<Metric> {
    use Direction::{Higher, Lower, None as Neither};
    use Family::{Binary, Continuous, Count, Positive};
    let metric = Metric::new;
    let mut all = vec![
        metric("agreement", "Agreement", "1", Higher, SHARE, Binary, "1: a proposal passed, 0: no deal, all get 0."),
        metric(
            "final_round",
            "Final round",
            "1",
            Lower,
            (Some(1.0), None),
            Count,
            "The round of the agreement; without one the last round.",
        ),
        metric(
            "utility_strong",
            "Utility of the strong",
            "points",
            Higher,
            ANY,
            Continuous,
            "Utility × discount^(round − 1), mean over strong seats; 0 without a deal.",
        ),
        metric(
            "utility_weak",
            "Utility of the weak",
            "points",
            Higher,
            ANY,
            Continuous,
            "Utility × discount^(round − 1), mean over weak seats; 0 without a deal.",
        ),
        metric(
            "utility_first",
            "Utility of the first seat",
            "points",
            Higher,
            ANY,
            Continuous,
            "Discounted utility of the agent that sits and speaks first.",
        ),
        metric(
            "utility_last",
            "Utility of the last seat",
            "points",
            Higher,
            ANY,
            Continuous,
            "Discounted utility of the agent that sits and speaks last.",
        ),
        metric(
            "exploitation_gap",
            "Exploitation gap",
            "points",
            Neither,
            ANY,
            Continuous,
            "utility_strong − utility_weak.",
        ),
        metric(
            "exploitation_index",
            "Exploitation index",
            "1",
            Neither,
            ANY,
            Continuous,
            "(U − U^NBS) / U^NBS of the strong side, mean over its seats; U is discounted. Undefined where U^NBS is 0.",
        ),
        metric(
            "exploitation_index_weak",
            "Exploitation index of the weak",
            "1",
            Neither,
            ANY,
            Continuous,
            "(U − U^NBS) / U^NBS of the weak side, mean over its seats; below 0: it gets less than its Nash share.",
        ),
    ];
    all.extend(efficiency_metrics());
    all.extend([
        metric(
            "proposals_rejected",
            "Proposals rejected",
            "1",
            Lower,
            AT_LEAST_0,
            Count,
            "Proposals made that did not become the agreement.",
        ),
        metric(
            "concession_rate",
            "Concession rate",
            "points/round",
            Neither,
            ANY,
            Continuous,
            "(own utility of an agent's first − of its last proposal) ÷ rounds between, mean over agents that proposed twice.",
        ),
        metric(
            "preference_gap",
            "Preference gap",
            "1",
            Lower,
            AT_LEAST_0,
            Continuous,
            "Largest distance of a pair's similarity (cosine of values or weights, rank correlation) from the one asked for.",
        ),
        metric(
            "strict_clean",
            "Strict clean",
            "1",
            Higher,
            SHARE,
            Binary,
            "1: every proposal and vote could be read, at most after repairs; 0: one was lost.",
        ),
        metric(
            "missing_votes",
            "Missing votes",
            "1",
            Lower,
            AT_LEAST_0,
            Count,
            "Votes that could not be had after two repairs; each counts as a reject.",
        ),
        metric(
            "lost_proposals",
            "Lost proposals",
            "1",
            Lower,
            AT_LEAST_0,
            Count,
            "Proposals that could not be read after two repairs.",
        ),
        metric(
            "malformed_replies",
            "Malformed replies",
            "1",
            Lower,
            AT_LEAST_0,
            Count,
            "Replies of models that could not be read, repaired or not.",
        ),
        metric("llm_calls", "Model calls", "1", Neither, AT_LEAST_0, Count, "Replies of models, repairs included."),
        metric(
            "llm_latency_s",
            "Model latency",
            "s",
            Lower,
            AT_LEAST_0,
            Positive,
            "Service latency of a reply, mean over replies.",
        ),
        metric("llm_prompt_tokens", "Prompt tokens", "1", Lower, AT_LEAST_0, Count, "Tokens of all prompts."),
        metric("llm_completion_tokens", "Reply tokens", "1", Lower, AT_LEAST_0, Count, "Tokens of all replies."),
        metric("cost_usd", "Cost", "USD", Lower, AT_LEAST_0, Positive, "What all replies cost, at the providers' prices."),
    ]);
    all
}

fn efficiency_metrics() -> Vec<Metric> {
    use Direction::{Higher, Lower};
    use Family::{Binary, Continuous, Proportion};
    let metric = Metric::new;
    let distance = |id: &str, title: &str, solution: &str| {
        let doc = format!(
            "Euclidean distance of the discounted utilities to the {solution} solution, exact; to the nearest where several tie."
        );
        metric(id, title, "points", Lower, AT_LEAST_0, Continuous, &doc)
    };
    vec![
        metric("welfare", "Welfare", "points", Higher, ANY, Continuous, "Sum of the discounted utilities."),
        metric(
            "efficiency",
            "Efficiency",
            "%",
            Higher,
            (None, Some(100.0)),
            Proportion,
            "Welfare ÷ the largest sum of utilities of any agreement, exact; delay lowers it.",
        ),
        distance("distance_nash", "Distance to Nash", "Nash bargaining"),
        distance("distance_kalai_smorodinsky", "Distance to Kalai–Smorodinsky", "Kalai–Smorodinsky"),
        distance("distance_egalitarian", "Distance to egalitarian", "egalitarian"),
        metric(
            "pareto_efficient",
            "Pareto efficient",
            "1",
            Higher,
            SHARE,
            Binary,
            "1: no agreement gives somebody more and nobody less, exact; no deal counts as giving all 0.",
        ),
        metric(
            "min_max_fairness",
            "Min/max fairness",
            "1",
            Higher,
            SHARE,
            Continuous,
            "Smallest ÷ largest utility; undefined without a deal.",
        ),
        metric(
            "gini",
            "Gini coefficient",
            "1",
            Lower,
            SHARE,
            Continuous,
            "Σ|xᵢ − xⱼ| / (2n·Σx) of the utilities; undefined without a deal.",
        ),
        metric(
            "envy_free",
            "Envy-free",
            "1",
            Higher,
            SHARE,
            Binary,
            "1: nobody would rather have another's part; undefined without a deal and where nobody has a part (treaty).",
        ),
    ]
}
