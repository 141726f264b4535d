//! Promises of plans: identity, order, phases, collapse, limits.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a test's helpers fail by panic too")]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use ergon_design::{PlanError, PlanOptions, WhereFilter};
use ergon_domain::Digest;
use support::{campaign, campaign_for, manifest, plan, spec};

const EXAMPLE: &str = include_str!("data/spec-example.yaml");

fn keys(text: &str, options: &PlanOptions) -> Vec<Digest> {
    campaign(text).plan(options).unwrap_or_else(|e| panic!("{e}")).iter().map(|r| r.key).collect()
}

#[test]
fn the_contract_file_plans() {
    let campaign = campaign_for(EXAMPLE, &manifest());
    let plan = campaign.plan(&PlanOptions::default()).unwrap();
    // phase_1: 4 × 5 × 6 less the 2 × 4 combinations of 5 agents at fault rates of 0.4 and 0.5.
    assert_eq!(plan.phases()[0].conditions, 112);
    assert_eq!(plan.phases()[1].conditions, 240);
    assert_eq!(plan.iter().count() as u64, plan.runs());
    assert_eq!(campaign.inputs.values().map(|f| f.path.as_str()).collect::<Vec<_>>(), ["traces/hpc2n.swf.gz"]);
    let run = plan.iter().next().unwrap();
    let condition = &run.condition.condition;
    assert_eq!(condition.text("job_source"), Some("swf"));
    assert_eq!(condition.text("job_source.swf"), Some(&*Digest::of_bytes(b"traces/hpc2n.swf.gz").to_string()));
    assert_eq!(condition.int("job_source.first"), Some(200));
    assert_eq!(condition.real("specialization_level"), Some(0.5), "defaults are bound");
    assert!(condition.0.len() == 12 || condition.0.len() == 11);
    let streams = campaign.streams_for(&run);
    assert_eq!((streams.common, streams.key), (vec!["jobs".to_owned()], run.key));
}

#[test]
fn a_plan_is_the_same_every_time_and_differs_by_seed() {
    let text = "factors: { agent_count: [5, 10, 15], fault_rate: { from: 0, to: 0.5, step: 0.1 } }\nphases: [{ name: p, replicates: 4 }]\n";
    let (a, b) = (plan(text), plan(text));
    assert_eq!(a.plan_hash(), b.plan_hash());
    assert_eq!((a.runs(), a.conditions()), (72, 18));
    let listed: Vec<_> = a.iter().collect();
    assert_eq!(listed.iter().map(|r| r.key).collect::<BTreeSet<_>>().len(), 72, "keys are distinct");
    assert!(listed.iter().enumerate().all(|(i, r)| r.index == i as u64));
    let other = campaign_for(&spec(text).replace("seed: 42", "seed: 43"), &manifest());
    assert_ne!(other.plan(&PlanOptions::default()).unwrap().plan_hash(), a.plan_hash());
}

#[test]
fn the_plan_hash_is_pinned() {
    // Changing this number makes every stored run a stranger to its spec.
    let hash = plan("factors: { agent_count: [5, 10] }\nphases: [{ name: p, replicates: 3 }]\n").plan_hash().short();
    assert_eq!(hash, "f120566054fa");
}

#[test]
fn zero_and_zero_point_zero_and_ranges_give_the_same_keys() {
    let listed = keys("factors: { fault_rate: [0, 0.1, 0.2, 0.3] }\n", &PlanOptions::default());
    let range = keys("factors: { fault_rate: { from: 0.0, to: 0.3, step: 0.1 } }\n", &PlanOptions::default());
    assert_eq!(listed, range);
    let written_out = "workload: { kind: consensus, agent_count: 5, fault_rate: 0.0 }\nfactors: { fault_rate: [0.0, 0.10, 0.2, 0.30] }\n";
    assert_eq!(keys(written_out, &PlanOptions::default()), listed, "a default written out changes nothing");
}

#[test]
fn a_limit_a_filter_and_a_start_keep_the_places_of_runs() {
    let text = "factors: { agent_count: [5, 10, 15], consensus_protocol: [bft, raft] }\nphases: [{ name: p, replicates: 5 }]\n";
    let all: Vec<_> = plan(text).iter().collect();
    let limited = keys(text, &PlanOptions { limit: Some(7), ..Default::default() });
    assert_eq!(limited, all.iter().take(7).map(|r| r.key).collect::<Vec<_>>());
    let filters =
        vec![WhereFilter::parse("agent_count=10,15").unwrap(), WhereFilter::parse("consensus_protocol=raft").unwrap()];
    let options = PlanOptions { filters: filters.clone(), start_from: 2, ..Default::default() };
    let part = campaign(text).plan(&options).unwrap();
    let expected: Vec<_> = all
        .iter()
        .filter(|r| r.replicate >= 2 && filters.iter().all(|f| f.matches(&r.condition.condition)))
        .map(|r| (r.index, r.key))
        .collect();
    assert_eq!(part.iter().map(|r| (r.index, r.key)).collect::<Vec<_>>(), expected);
    assert_eq!((part.runs(), part.conditions()), (6, 2));
}

#[test]
fn orders_do_what_they_say() {
    let text = |order: &str| {
        format!("factors: {{ agent_count: [5, 10, 15, 20] }}\nphases: [{{ name: p, replicates: 3, order: {order} }}]\n")
    };
    let listed: Vec<_> = plan(&text("as_listed"))
        .iter()
        .map(|r| (r.condition.condition.int("agent_count").unwrap(), r.replicate))
        .collect();
    assert_eq!(listed[..4], [(5, 0), (5, 1), (5, 2), (10, 0)]);
    let blocked: Vec<_> = plan(&text("blocked_by_replicate")).iter().collect();
    for (replicate, block) in blocked.chunks(4).enumerate() {
        assert!(block.iter().all(|r| r.replicate as usize == replicate));
        assert_eq!(block.iter().map(|r| r.condition.digest).collect::<BTreeSet<_>>().len(), 4);
    }
    let randomised: BTreeSet<_> = plan(&text("randomised")).iter().map(|r| r.key).collect();
    assert_eq!(randomised, blocked.iter().map(|r| r.key).collect());
}

#[test]
fn a_run_that_two_phases_select_is_planned_once() {
    let text = "factors: { agent_count: [5, 10, 15], consensus_protocol: [bft, raft] }\n\
        phases:\n  - { name: wide, replicates: 2, fix: { consensus_protocol: bft }, depends_on: [deep] }\n  \
        - { name: deep, replicates: 5, fix: { agent_count: 10 } }\n  - { name: late, replicates: 3 }\n";
    let campaign = campaign(text);
    let plan = campaign.plan(&PlanOptions::default()).unwrap();
    let runs: Vec<_> = plan.iter().collect();
    assert_eq!(runs.iter().map(|r| r.key).collect::<BTreeSet<_>>().len(), runs.len());
    assert_eq!(plan.phases().iter().map(|p| p.name.as_str()).collect::<Vec<_>>(), ["deep", "wide", "late"]);
    // deep: 2 conditions × 5; wide: 3 × 2 less 10/bft; late: 6 × 3 less deep's (2 × 3) and wide's (2 × 2).
    assert_eq!(plan.phases().iter().map(|p| p.runs).collect::<Vec<_>>(), [10, 4, 8]);
    assert_eq!((plan.runs(), plan.conditions()), (22, 6));
    for run in &runs {
        let at = |name: &str| run.condition.condition.get(name).unwrap().to_string();
        let expected: BTreeSet<u16> = [
            (at("consensus_protocol") == "bft" && run.replicate < 2).then_some(0),
            (at("agent_count") == "10").then_some(1),
            (run.replicate < 3).then_some(2),
        ]
        .into_iter()
        .flatten()
        .collect();
        assert_eq!(run.phases.iter().copied().collect::<BTreeSet<_>>(), expected);
    }
    assert_eq!(runs[0].phases[0], 1, "the first phase listed is the one it runs under");
    for (phase, index) in [("wide", 0), ("deep", 1), ("late", 2)] {
        let options = PlanOptions { phases: Some(vec![phase.into()]), ..Default::default() };
        let part = campaign.plan(&options).unwrap();
        let expected: Vec<_> = runs.iter().filter(|r| r.phases.contains(&index)).map(|r| (r.index, r.key)).collect();
        assert_eq!(part.iter().map(|r| (r.index, r.key)).collect::<Vec<_>>(), expected, "{phase}");
        assert_eq!(part.runs(), expected.len() as u64);
        assert_eq!(part.conditions(), part.iter().map(|r| r.condition.digest).collect::<BTreeSet<_>>().len() as u64);
    }
}

#[test]
fn levels_that_cant_matter_collapse_and_are_counted() {
    let plan = plan("factors: { fault_rate: [0, 0.1, 0.2], fault_type: [crash, byzantine, network] }\n");
    assert_eq!((plan.conditions(), plan.collapsed), (7, 2));
    let healthy: Vec<_> = plan.iter().filter(|r| r.condition.condition.real("fault_rate") == Some(0.0)).collect();
    assert_eq!(healthy.len(), 1);
    assert_eq!(healthy[0].condition.condition.text("fault_type"), Some("none"), "set to its default");
    assert!(healthy[0].condition.condition.get("job_source.swf").is_none(), "no default: absent");
}

#[test]
fn other_designs_choose_what_they_say() {
    let text = "factors: { agent_count: [5, 10, 15], consensus_protocol: [raft, bft], fault_rate: [0.1, 0.2] }\nphases: [{ name: p, design: one_at_a_time, order: as_listed }]\n";
    let listed: Vec<String> = plan(text)
        .iter()
        .map(|r| {
            ["agent_count", "consensus_protocol", "fault_rate"]
                .map(|n| r.condition.condition.get(n).unwrap().to_string())
                .join(" ")
        })
        .collect();
    assert_eq!(listed, ["5 raft 0.1", "10 raft 0.1", "15 raft 0.1", "5 bft 0.1", "5 raft 0.2"]);
    let text = "phases:\n  - name: p\n    order: as_listed\n    design:\n      kind: explicit\n      conditions:\n        - { agent_count: 9, fault_rate: 0.2 }\n        - { agent_count: 4, fault_rate: 0 }\n";
    let listed: Vec<_> = plan(text).iter().map(|r| r.condition.condition.int("agent_count").unwrap()).collect();
    assert_eq!(listed, [9, 4]);
    let sample = |size: u64| {
        let text = format!(
            "factors: {{ agent_count: {{ from: 3, to: 102, step: 1 }}, fault_rate: [0, 0.1] }}\nphases: [{{ name: p, design: {{ kind: random_sample, size: {size} }} }}]\n"
        );
        keys(&text, &PlanOptions::default()).into_iter().collect::<BTreeSet<_>>()
    };
    assert_eq!((sample(20).len(), sample(50).len()), (20, 50));
    assert!(sample(20).is_subset(&sample(50)), "a larger sample keeps the runs of the smaller");
}

#[test]
fn sizes_beyond_reason_are_refused_at_once() {
    let wide = (0..9).map(|i| format!("  f{i}: {{ from: 1, to: 10, step: 1 }}\n")).collect::<String>();
    let text = format!("ergon: 1\ncampaign: {{ id: x }}\nworkload: {{ kind: command }}\nfactors:\n{wide}");
    let campaign = campaign_for(&text, &support::open_manifest());
    let start = std::time::Instant::now();
    let error = campaign.plan(&PlanOptions::default()).unwrap_err().to_string();
    assert_eq!(
        error,
        "phase main: 1000000000 combinations of levels are too many for full_factorial (at most 10000000); \
         vary fewer factors, or use design: { kind: balanced_sample, size: … }"
    );
    assert!(start.elapsed().as_millis() < 100);
    let limited = campaign.plan(&PlanOptions { limit: Some(1000), ..Default::default() }).unwrap();
    assert_eq!(limited.iter().map(|r| r.key).collect::<BTreeSet<_>>().len(), 1000);
    let constrained = campaign_for(&format!("{text}constraints: ['f0 > 1']\n"), &support::open_manifest());
    assert!(matches!(
        constrained.plan(&PlanOptions { limit: Some(9), ..Default::default() }),
        Err(PlanError::Design { .. })
    ));
    let text = "factors: { agent_count: { from: 3, to: 200, step: 1 } }\nphases: [{ name: p, replicates: 100000 }]\n";
    let error = support::campaign(text).plan(&PlanOptions::default()).unwrap_err();
    assert_eq!(error.to_string(), "the plan has 19800000 runs; more than 10000000 need --limit");
}

#[test]
fn a_plan_with_nothing_in_it_says_why() {
    let error = |text: &str, options: &PlanOptions| campaign(text).plan(options).unwrap_err().to_string();
    let text = "factors: { agent_count: [5, 10] }\nconstraints: ['fault_rate < 1', 'agent_count > 100']\n";
    assert_eq!(
        error(text, &PlanOptions::default()),
        "phase main: no condition is left: the constraint 'agent_count > 100' excludes every condition"
    );
    let text = "factors: { agent_count: [5, 10] }\nconstraints: ['agent_count > 7', 'agent_count < 7']\n";
    assert!(
        error(text, &PlanOptions::default())
            .contains("the constraints 'agent_count > 7', 'agent_count < 7' together exclude")
    );
    let text = "factors: { agent_count: [5, 10] }\nconstraints: ['consensus_protocol < 3']\n";
    assert_eq!(
        error(text, &PlanOptions::default()),
        "phase main: the constraint 'consensus_protocol < 3' can't be decided: consensus_protocol is text and 3 is a whole number: they have no order"
    );
    let text = "factors: { agent_count: [5, 10] }\n";
    let with = |filter: &str| PlanOptions { filters: vec![WhereFilter::parse(filter).unwrap()], ..Default::default() };
    assert_eq!(
        error(text, &with("agent_count=7")),
        "the plan has no runs: the filters, phases, limit or start_from leave nothing"
    );
    assert_eq!(error(text, &with("agnt_count=5")), "unknown parameter 'agnt_count'; did you mean agent_count?");
    let options = PlanOptions { phases: Some(vec!["mian".into()]), ..Default::default() };
    assert_eq!(error(text, &options), "unknown phase 'mian'; did you mean main?");
    let text = "factors: { agent_count: [5, 10] }\nphases: [{ name: p, design: { kind: balanced_sample, size: 3 } }]\n";
    assert_eq!(
        error(text, &PlanOptions::default()),
        "phase p: balanced_sample asks for 3 conditions, but only 2 are possible"
    );
}

#[test]
fn open_parameters_are_typed_by_all_their_levels() {
    let text = "ergon: 1\ncampaign: { id: x }\nworkload: { kind: command, run: ignored, flag: true }\n\
        factors: { lr: [1, 0.5], n: [1, 2], mode: [a, 1] }\n";
    let campaign = campaign_for(text, &support::open_manifest());
    let first = campaign.plan(&PlanOptions::default()).unwrap().iter().next().unwrap();
    let kinds: BTreeMap<_, _> = first.condition.condition.0.iter().map(|(n, v)| (n.to_string(), v.kind())).collect();
    let expected = [("flag", "true/false"), ("lr", "a number"), ("mode", "text"), ("n", "a whole number")];
    assert_eq!(kinds, expected.map(|(n, k)| (n.to_owned(), k)).into());
}

#[test]
fn limits_and_prices_of_a_model_change_no_run_and_its_answers_do() {
    let keys_with = |model: &str| {
        let text =
            EXAMPLE.replace("{ provider: simulated, skill: 0.7, latency_s: 1.2, format_error_rate: 0.02 }", model);
        assert_ne!(text, EXAMPLE);
        campaign_for(&text, &manifest()).plan(&PlanOptions::default()).unwrap().iter().next().unwrap().key
    };
    let plain = keys_with("{ provider: openai, model: m }");
    assert_eq!(plain, keys_with("{ provider: openai, model: m, concurrency: 4, retries: 1, usd_per_mtok_in: 3 }"));
    assert_ne!(plain, keys_with("{ provider: openai, model: m-2 }"));
    assert_ne!(plain, keys_with("{ provider: openai, model: m, temperature: 1 }"));
    let simulated = keys_with("{ provider: simulated, skill: 0.5 }");
    assert_ne!(
        simulated,
        keys_with("{ provider: simulated, skill: 0.5, usd_per_mtok_in: 3 }"),
        "its price is simulated"
    );
}
