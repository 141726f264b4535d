//! Promises of phases that are chosen from results: counted before, listed afterwards, fresh runs, void when their
//! sources change.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a test's helpers fail by panic too")]

mod support;

use std::collections::BTreeSet;

use ergon_design::{Campaign, PlanError, PlanOptions};
use support::{campaign, plan, said};

const PHASES: &str = "factors: { agent_count: [5, 10, 15], fault_rate: [0, 0.2] }\nphases:\n\
    - { name: broad, replicates: 3 }\n\
    - { name: narrow, fix: { agent_count: 10 }, replicates: 5 }\n";
const CHOSEN: &str = "conditions: [{ agent_count: 15, fault_rate: 0.2, fault_type: none }, { agent_count: 10, fault_rate: 0, fault_type: none }]";

fn with(extra: &str) -> String {
    format!(
        "{PHASES}- {{ name: again, replicates: 4, design: {{ kind: top_effects, size: 2, from: [broad, narrow]{extra} }} }}\n"
    )
}

fn basis(campaign: &Campaign) -> String {
    let (_, phase) = campaign.chosen_phases().next().unwrap();
    campaign.basis(phase).unwrap().unwrap().to_string()
}

#[test]
fn before_the_choice_a_plan_counts_what_it_cannot_list() {
    let plan = plan(&with(""));
    // broad: 6 conditions × 3; narrow: 2 of them, 2 replicates more; again: 2 × 4 to come.
    assert_eq!((plan.runs(), plan.runs_to_choose()), (22, 8));
    assert_eq!((plan.conditions(), plan.conditions_to_choose()), (6, 2));
    assert_eq!(plan.iter().count(), 22);
    let again = &plan.phases()[2];
    assert_eq!((again.conditions, again.runs), (2, 8));
    assert_eq!(again.chosen_when.as_deref(), Some("chosen when broad, narrow have finished"));
    let alone = PlanOptions { phases: Some(vec!["again".into()]), ..Default::default() };
    let refused = campaign(&with("")).plan(&alone).unwrap_err();
    assert!(matches!(refused, PlanError::NotChosen { .. }), "{refused:?}");
    assert_eq!(refused.to_string(), "again can't run yet: its conditions are chosen when broad, narrow have finished");
    let limited = campaign(&with("")).plan(&PlanOptions { limit: Some(24), ..Default::default() }).unwrap();
    assert_eq!((limited.runs(), limited.runs_to_choose()), (22, 2));
}

#[test]
fn the_choice_adds_runs_and_changes_none() {
    let (before, after) = (plan(&with("")), plan(&with(&format!(", {CHOSEN}"))));
    assert_eq!((after.runs(), after.runs_to_choose()), (30, 0));
    assert_eq!((after.conditions(), after.conditions_to_choose()), (8, 0), "repeated conditions count again");
    let keys = |p: &ergon_design::Plan| p.iter().map(|r| r.key).collect::<Vec<_>>();
    assert_eq!(keys(&after)[..22], keys(&before)[..], "what was planned stays as it was, in its order");
    assert_eq!(keys(&after).iter().collect::<BTreeSet<_>>().len(), 30);
    assert_ne!(before.plan_hash(), after.plan_hash());
}

#[test]
fn a_confirmation_has_conditions_of_its_sources_and_replicates_of_its_own() {
    let plan = plan(&with(&format!(", {CHOSEN}")));
    let (again, sources): (Vec<_>, Vec<_>) = plan.iter().partition(|r| *r.phases == [2]);
    let conditions =
        |runs: &[ergon_domain::PlannedRun]| runs.iter().map(|r| r.condition.digest).collect::<BTreeSet<_>>();
    assert!(conditions(&again).is_subset(&conditions(&sources)));
    // broad and narrow use replicates 0 to 4.
    assert_eq!(again.iter().map(|r| r.replicate).collect::<BTreeSet<_>>(), BTreeSet::from([5, 6, 7, 8]));
    assert_eq!(again.len(), 8);
    let seeds = |runs: &[ergon_domain::PlannedRun]| {
        let c = campaign(&with(&format!(", {CHOSEN}")));
        runs.iter().map(|r| c.streams_for(r).seed().to_string()).collect::<BTreeSet<_>>()
    };
    assert!(seeds(&again).is_disjoint(&seeds(&sources)));
}

#[test]
fn two_confirmations_share_no_run() {
    let second = "- { name: more, replicates: 2, design: { kind: top_effects, size: 2, from: [broad], ";
    let plan = plan(&format!("{}{second}{CHOSEN} }} }}\n", with(&format!(", {CHOSEN}"))));
    let of = |phase: u16| plan.iter().filter(|r| *r.phases == [phase]).map(|r| r.replicate).collect::<BTreeSet<_>>();
    assert_eq!((of(2), of(3)), (BTreeSet::from([5, 6, 7, 8]), BTreeSet::from([9, 10])));
}

#[test]
fn the_basis_is_the_runs_that_were_looked_at() {
    let text = with("");
    let now = basis(&campaign(&text));
    assert_eq!(basis(&campaign(&with(&format!(", {CHOSEN}")))), now, "the choice itself doesn't matter");
    assert_eq!(basis(&campaign(&text.replace("replicates: 4", "replicates: 40"))), now, "nor its own replicates");
    assert_ne!(basis(&campaign(&text.replace("[5, 10, 15]", "[5, 10, 25]"))), now);
    assert_ne!(basis(&campaign(&text.replace("replicates: 3", "replicates: 6"))), now);
}

#[test]
fn it_runs_after_its_sources_wherever_it_stands() {
    let text = "factors: { agent_count: [5, 10] }\nphases:\n\
        - { name: again, design: { kind: top_effects, size: 1, from: [broad] } }\n- { name: broad }\n";
    let campaign = campaign(text);
    assert_eq!((campaign.order(), campaign.phases[0].depends_on.clone()), (vec![1, 0], vec![1]));
}

#[test]
fn mistakes_are_named() {
    let cases = [
        ("{ kind: top_effects, from: [broad] }", "phases[2].design: top_effects needs a size"),
        (
            "{ kind: top_effects, size: 2 }",
            "top_effects needs the phases it chooses from; expected { kind: top_effects",
        ),
        (
            "{ kind: top_effects, size: 2, from: [brod] }",
            "phases[2].design.from[0]: unknown phase 'brod'; did you mean broad?",
        ),
        ("{ kind: top_effects, size: 2, from: [again] }", "a phase can't be chosen from its own results"),
        ("{ kind: top_effects, size: 0, from: [broad] }", "0 is out of range; expected a whole number from 1 to 10000"),
        ("{ kind: full_factorial, from: [broad] }", "phases[2].design.from[0]: full_factorial takes no phases"),
        ("{ kind: full_factorial, basis: abc }", "phases[2].design.basis: full_factorial is not chosen from results"),
        (
            "{ kind: top_effects, size: 2, from: [broad], conditions: [{ agent_count: 5 }] }",
            "phases[2].design.conditions: 1 conditions are listed, size says another number",
        ),
        (
            "{ kind: top_effects, size: 2, from: [broad] }, fix: { agent_count: 5 }",
            "phases[2].fix: top_effects repeats",
        ),
    ];
    for (design, expected) in cases {
        let message = said(&format!("{PHASES}- {{ name: again, design: {design} }}\n"));
        assert!(message.contains(expected), "{design}\n{message}");
    }
}
