//! The first question of the guide's campaign, asked of simulated models whose skill is known: a planted difference is
//! found, with intervals that hold it as often as they say; where there is none, alpha is kept; and neither is called
//! evidence.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use common::Ergon;
use serde_json::Value;

const CAMPAIGNS: u64 = 60;
const ALPHA: f64 = 0.05;

/// Two simulated models lead the same agents on the same jobs; `a`'s and `b`'s skill, from 0 to 1.
fn spec(seed: u64, replicates: u32, [a, b]: [f64; 2]) -> String {
    format!(
        "ergon: 1
campaign: {{ id: skill, seed: {seed} }}
workload: {{ kind: consensus, consensus_protocol: raft, agent_type: llm, agent_count: 5, jobs: 12 }}
models: {{ a: {{ provider: simulated, skill: {a} }}, b: {{ provider: simulated, skill: {b} }} }}
factors: {{ model: [a, b] }}
phases: [ {{ name: main, design: full_factorial, replicates: {replicates} }} ]
hypotheses:
  - {{ id: rq1, metric: decision_quality_score, estimand: mean_difference, direction: two_sided,
      contrast: {{ factor: model, treatment: a, control: b }} }}
"
    )
}

struct Found {
    value: f64,
    lo: f64,
    hi: f64,
    p: f64,
}

/// Runs a campaign in a store of its own and asks its hypothesis.
fn campaign(seed: u64, replicates: u32, skills: [f64; 2]) -> Found {
    let ergon = Ergon::new();
    let file = ergon.write("skill.yaml", spec(seed, replicates, skills));
    ergon.run(&["--quiet", "run", file.to_str().unwrap()]).done();
    let reply = ergon.run(&["--json", "analyze", "skill"]).done().json();
    let rq1 = &reply["hypotheses"][0];
    assert_eq!(rq1["verdict"], "not_evidence", "{rq1}");
    assert!(rq1["sentence"].as_str().unwrap().contains("imulated: not evidence"), "{rq1}");
    let number = |value: &Value| value.as_f64().unwrap_or_else(|| panic!("no number in {rq1}"));
    let analysis = &rq1["analysis"];
    Found {
        value: number(&analysis["estimates"]["mean_difference"]["value"]),
        lo: number(&analysis["ci"]["lo"]),
        hi: number(&analysis["ci"]["hi"]),
        p: number(&analysis["p"]),
    }
}

fn campaigns(skills: [f64; 2]) -> Vec<Found> {
    let part = |first: u64| move || (first..=CAMPAIGNS).step_by(2).map(|seed| campaign(seed, 8, skills)).collect();
    let other = std::thread::spawn(part(2));
    let mut found: Vec<Found> = part(1)();
    found.extend(other.join().unwrap());
    found
}

/// The most of `CAMPAIGNS` that an event of this probability happens to, three standard errors allowed.
fn at_most(probability: f64) -> usize {
    let n = CAMPAIGNS as f64;
    (n * probability + 3.0 * (n * probability * (1.0 - probability)).sqrt()).floor() as usize
}

#[test]
fn models_of_one_skill_are_told_apart_no_more_often_than_alpha() {
    let rejected = campaigns([0.7, 0.7]).iter().filter(|found| found.p < ALPHA).count();
    println!("{rejected} of {CAMPAIGNS} campaigns without a difference reject");
    assert!(rejected <= at_most(ALPHA), "{rejected} of {CAMPAIGNS}");
}

#[test]
fn a_planted_difference_of_skill_is_found_and_lies_in_as_many_intervals_as_they_say() {
    let skills = [0.9, 0.3];
    // So many replicates that its own error is small beside those intervals'.
    let truth = campaign(CAMPAIGNS + 1, 400, skills);
    let found = campaigns(skills);
    let missed = found.iter().filter(|f| !(f.lo..=f.hi).contains(&truth.value)).count();
    let supported = found.iter().filter(|f| f.lo > 0.0).count();
    let mean = found.iter().map(|f| f.value).sum::<f64>() / found.len() as f64;
    println!(
        "truth {:.2} [{:.2}, {:.2}]; mean of {CAMPAIGNS} estimates {mean:.2}; {missed} intervals miss it; {supported} lie \
         above 0",
        truth.value, truth.lo, truth.hi
    );
    assert!(missed <= at_most(ALPHA), "{missed} of {CAMPAIGNS} intervals miss {}", truth.value);
    assert!(supported * 10 >= found.len() * 9, "only {supported} of {CAMPAIGNS} find it");
}
