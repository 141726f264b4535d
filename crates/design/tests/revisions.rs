//! Promises of revisions, hashes and the schema.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a test's helpers fail by panic too")]

use ergon_design::canonical::{plan_identity_hash, spec_hash};
use ergon_design::revision::{Change, compare, diff};
use ergon_design::{Spec, read_spec, schema};

const EXAMPLE: &str = include_str!("data/spec-example.yaml");

fn edited(from: &str, to: &str) -> (Spec, Spec) {
    let read = |text: &str| read_spec(text.as_bytes(), "c.yaml").unwrap_or_else(|e| panic!("{e}")).spec;
    assert!(EXAMPLE.contains(from));
    (read(EXAMPLE), read(&EXAMPLE.replace(from, to)))
}

#[test]
fn editing_words_money_and_limits_is_free() {
    for (from, to) in [
        ("title: LLM and", "title: New"),
        ("question: Do", "question: Why do"),
        ("tags: [consensus, pilot]", "notes: x"),
        ("usd: 20.0", "usd: 40"),
        ("timeout: 600", "timeout: 60"),
        ("parallel: auto", "parallel: 2"),
        ("retries: 3", "retries: 0"),
        ("failure_rate: 0.1", "failure_rate: 0.2"),
        ("formats: [csv, xlsx]", "formats: [csv]"),
        ("focus: Baseline", "focus: The baseline"),
    ] {
        let (old, new) = edited(from, to);
        assert_eq!(compare(&old, &new), Change::Free, "{from}");
        assert_ne!(spec_hash(&old), spec_hash(&new), "{from}");
        assert_eq!(plan_identity_hash(&old), plan_identity_hash(&new), "{from}");
        assert!(!diff(&old, &new).is_empty());
    }
}

#[test]
fn editing_runs_or_the_analysis_plan_is_a_revision() {
    let paths = |paths: &[&str]| paths.iter().map(|p| (*p).to_owned()).collect::<Vec<_>>();
    for (from, to, change) in [
        ("seed: 42", "seed: 43", Change::Plan(paths(&["campaign.seed"]))),
        ("replicates: 3", "replicates: 4", Change::Plan(paths(&["phases[phase_2].replicates"]))),
        ("[5, 10, 15, 25, 50]", "[5, 10]", Change::Plan(paths(&["factors.agent_count"]))),
        ("skill: 0.7", "skill: 0.8", Change::Plan(paths(&["models.llm.skill"]))),
        (
            "common_random_numbers: true",
            "common_random_numbers: false",
            Change::Plan(paths(&["execution.common_random_numbers"])),
        ),
        ("correction: holm", "correction: bonferroni", Change::AnalysisPlan(paths(&["analysis.correction"]))),
        ("alpha: 0.05", "alpha: 0.01", Change::AnalysisPlan(paths(&["hypotheses[rq1].alpha"]))),
    ] {
        let (old, new) = edited(from, to);
        assert_eq!(compare(&old, &new), change);
        assert_ne!(plan_identity_hash(&old), plan_identity_hash(&new), "{from}");
    }
}

#[test]
fn writing_the_same_differently_changes_no_hash() {
    for (from, to) in [
        ("simulation_time: 300 ", "simulation_time: 300.0 "),
        ("usd: 20.0", "usd: 20"),
        ("design: full_factorial ", "design: { kind: full_factorial } #"),
        ("order: randomised ", "priority: 0 #"),
        ("cooldown: 0 ", "cooldown: 0.0 "),
    ] {
        let (old, new) = edited(from, to);
        assert_eq!(spec_hash(&old), spec_hash(&new), "{from}");
        assert_eq!(diff(&old, &new), []);
    }
}

#[test]
fn the_schema_knows_every_section() {
    let schema = schema::json_schema();
    let properties = schema["properties"].as_object().unwrap();
    for key in
        EXAMPLE.lines().filter(|l| l.starts_with(|c: char| c.is_ascii_lowercase())).filter_map(|l| l.split(':').next())
    {
        assert!(properties.contains_key(key), "{key}");
    }
    assert_eq!(schema["additionalProperties"], false);
    let text = schema.to_string();
    for word in ["balanced_sample", "until_within_c", "blocked_by_replicate", "mean_difference"] {
        assert!(text.contains(word), "{word}");
    }
}
