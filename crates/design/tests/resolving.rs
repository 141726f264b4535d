//! Promises of resolving: what a user reads for each thing a workload can't accept.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a test's helpers fail by panic too")]

mod support;

use ergon_design::read::read_spec_with;
use ergon_design::{read_spec, resolve};
use ergon_domain::Value;
use support::{campaign, digest_of, manifest, numbers, said, said_for};

const EXAMPLE: &str = include_str!("data/spec-example.yaml");

#[test]
fn parameters_and_levels_are_checked_with_suggestions() {
    assert_eq!(
        said(
            "factors:\n  fault_rat: [0.1]\n  agent_count: [5, 500]\n  agent_type: [llm, hybird]\n  fault_rate: []\n  specialization_level: [0, 0.0]\n  simulation_time: { from: 1, to: 9, step: -1 }\n"
        ),
        "c.yaml:5:3: factors.fault_rat: the workload consensus has no such parameter; did you mean fault_rate?\n\
         c.yaml:6:20: factors.agent_count[1]: 500 is not accepted; expected a whole number from 3 to 200\n\
         c.yaml:7:21: factors.agent_type[1]: 'hybird' is not accepted; did you mean hybrid?\n\
         c.yaml:8:15: factors.fault_rate: this factor has no levels; expected at least one level\n\
         c.yaml:9:29: factors.specialization_level[1]: 0 and 0 are the same level\n\
         c.yaml:10:20: factors.simulation_time: a step of -1 never leads from 1 to 9"
    );
    assert_eq!(
        said("workload: { kind: consensus, agent_cuont: 5, simulation_time: long, agent_type: no }\n"),
        "c.yaml:4:30: workload.agent_cuont: the workload consensus has no such parameter; did you mean agent_count?\n\
         c.yaml:4:63: workload.simulation_time: 'long' is not accepted; expected a number from 1 to 1000000\n\
         c.yaml:4:81: workload.agent_type: 'no' is not accepted; expected one of heuristic, llm, hybrid"
    );
}

#[test]
fn a_choice_may_be_written_with_its_parameters() {
    let source = |inner: &str| format!("workload: {{ kind: consensus, job_source: {inner} }}\n");
    let base = |inner: &str| campaign(&source(inner)).phases[0].base.clone();
    assert_eq!(base("lublin").text("job_source"), Some("lublin"));
    assert_eq!(base("{ lublin: }").text("job_source"), Some("lublin"));
    assert_eq!(base("{ swf: a.swf, first: 9 }").int("job_source.first"), Some(9));
    assert_eq!(
        said(&source("{ first: 9 }")),
        "c.yaml:4:42: workload.job_source: names no choice; expected one key of generated, lublin, swf"
    );
    assert_eq!(
        said(&source("{ swf: a.swf, lublin: }")),
        "c.yaml:4:42: workload.job_source: names two choices, lublin and swf"
    );
    assert_eq!(
        said(&source("{ swf: a.swf, frist: 9 }")),
        "c.yaml:4:56: workload.job_source.frist: unknown parameter; did you mean first?"
    );
    assert_eq!(
        said(&source("{ swf: missing.swf }")),
        "c.yaml:4:49: workload.job_source.swf: no such file: missing.swf"
    );
    assert!(said("workload: { kind: consensus, agent_count: [5, 10] }\n").contains("several levels belong in factors"));
}

#[test]
fn phases_are_checked() {
    let factors = "factors: { agent_count: [5, 10], fault_rate: [0, 0.1] }\nphases:\n";
    let said = |phases: &str| said(&format!("{factors}{phases}"));
    assert_eq!(
        said(
            "  - { name: a, depends_on: [c], replicates: 0 }\n  - { name: a, factors: [agent_cuont], fix: { fault_rate: 9 } }\n  - { name: c, depends_on: [a, d] }\n"
        ),
        "c.yaml:6:28: phases[0].depends_on: a depends on itself, directly or through others\n\
         c.yaml:6:45: phases[0].replicates: 0 is out of range; expected a whole number from 1 to 1000000\n\
         c.yaml:7:13: phases[1].name: another phase is called a\n\
         c.yaml:7:26: phases[1].factors[0]: unknown factor 'agent_cuont'; did you mean agent_count?\n\
         c.yaml:7:59: phases[1].fix.fault_rate: 9 is not accepted; expected a number from 0 to 0.5\n\
         c.yaml:8:32: phases[2].depends_on[1]: unknown phase 'd'; did you mean a?"
    );
    assert_eq!(
        said(
            "  - { name: a, design: fractional }\n  - { name: b, design: balanced_sample }\n  - { name: c, design: { kind: full_factorial, size: 3 } }\n  - { name: d, factors: [agent_count], fix: { agent_count: 5 } }\n"
        ),
        "c.yaml:6:24: phases[0].design: fractional is not built yet in this version; available: full_factorial, balanced_sample, random_sample, explicit, one_at_a_time, top_effects\n\
         c.yaml:7:24: phases[1].design: balanced_sample needs a size; expected { kind: balanced_sample, size: … }\n\
         c.yaml:8:54: phases[2].design.size: full_factorial takes no size\n\
         c.yaml:9:60: phases[3].fix.agent_count: this phase both fixes and varies it"
    );
    assert_eq!(
        said(
            "  - name: a\n    factors: [agent_count, fault_rate]\n    design:\n      kind: explicit\n      conditions:\n        - { agent_count: 5 }\n        - { agent_count: 5, fault_rate: 0 }\n        - { fault_rate: 0.0, agent_count: 5 }\n"
        ),
        "c.yaml:11:11: phases[0].design.conditions[0]: this condition gives no level of fault_rate\n\
         c.yaml:13:11: phases[0].design.conditions[2]: this condition repeats conditions[1]"
    );
}

#[test]
fn hypotheses_and_questions_name_what_exists() {
    let text = EXAMPLE
        .replace("metric: consensus_success_rate\n", "metric: consensus_sucess_rate\n")
        .replace("treatment: llm", "treatment: llmm")
        .replace("test: auto  ", "test: welch_t  ")
        .replace("phases: [phase_2] }", "phases: [phase_3] }")
        .replace("alpha: 0.05", "alpha: 5")
        .replace("by: [consensus_protocol]", "by: [protocol]");
    let problems = said_for(&text, &manifest());
    for part in [
        "hypotheses[0].metric: unknown metric 'consensus_sucess_rate'; did you mean consensus_success_rate?",
        "hypotheses[0].contrast.treatment: 'llmm' is not accepted; did you mean llm?",
        "hypotheses[0].test: unknown procedure 'welch_t'",
        "hypotheses[0].frame.phases[0]: unknown phase 'phase_3'; did you mean phase_1?",
        "hypotheses[0].alpha: 5 is out of range; expected a number between 0 and 1",
        "analysis.questions[1].by[0]: unknown factor 'protocol'",
    ] {
        assert!(problems.contains(part), "{part} in\n{problems}");
    }
}

#[test]
fn a_factor_with_a_bad_level_is_one_problem_and_not_unknown_to_the_questions() {
    let text = "factors: { agent_count: [5, 100000] }\nanalysis: { questions: [{ metric: consensus_success_rate, by: \
                [agent_count] }] }\n";
    let problems = said(text);
    assert!(problems.contains("factors.agent_count[1]: 100000 is not accepted"), "{problems}");
    assert!(!problems.contains("unknown factor"), "{problems}");
}

#[test]
fn what_an_estimand_or_a_kind_of_question_needs_is_asked_for() {
    let factors = "factors: { agent_count: [5, 10], agent_type: [llm, heuristic] }\n";
    let hypothesis =
        |rest: &str| format!("{factors}hypotheses:\n  - {{ id: h, metric: consensus_success_rate, {rest} }}\n");
    let count = "contrast: { factor: agent_count, treatment: 10 }";
    campaign(&hypothesis(&format!("estimand: mean, threshold: 80, {count}")));
    for (given, answer) in [
        (
            format!("estimand: mean, {count}"),
            "estimand: mean needs a threshold; expected threshold: a number in the metric's unit",
        ),
        (
            "estimand: mean, threshold: 80, contrast: { factor: agent_count, treatment: 10, control: 5 }".into(),
            "hypotheses[0].contrast.control: estimand: mean has no control; expected none",
        ),
        (
            "threshold: 80, contrast: { factor: agent_count, treatment: 10, control: 5 }".into(),
            "hypotheses[0].threshold: estimand: mean_difference has no threshold; expected estimand: mean, or a margin",
        ),
        (
            "estimand: ratio, margin: 1.5, contrast: { factor: agent_count, treatment: 10, control: 5 }".into(),
            "hypotheses[0].margin: 1.5 is out of range; expected a share between 0 and 1",
        ),
        (
            "margin: -0.2, contrast: { factor: agent_count, treatment: 10, control: 5 }".into(),
            "hypotheses[0].margin: -0.2 is out of range; expected a finite number above 0",
        ),
        (
            "estimand: slope, contrast: { factor: agent_type }".into(),
            "agent_type = llm is no number; expected a factor with numeric levels",
        ),
    ] {
        let said = said(&hypothesis(&given));
        assert!(said.contains(answer), "{given}: {said}");
    }
    let question =
        |rest: &str| format!("{factors}analysis:\n  questions:\n    - {{ metric: consensus_success_rate, {rest} }}\n");
    campaign(&question("by: [agent_count, agent_type], as: scalability, loss: 0.1"));
    for (given, answer) in [
        ("as: grid, by: [agent_count]", "as: grid names 1 factors; expected two factors"),
        ("as: trend", "as: trend names 0 factors; expected one or two factors, a numeric one first"),
        ("as: trend, by: [agent_type]", "agent_type = llm is no number"),
        ("as: scalability, by: [agent_count], loss: 20", "loss: 20 is out of range; expected a share between 0 and 1"),
        ("by: [agent_count], loss: 0.2", "as: comparison has no loss; expected as: scalability"),
        ("as: cross_validation, by: [agent_count], folds: 1", "folds: 1 is out of range; expected 2 or more"),
        ("as: dependency, by: [agent_type]", "agent_type = llm is no number"),
        ("as: contamination, by: [agent_type]", "as: contamination names 1 factors; expected the way of transforming"),
        ("as: contamination, by: [agent_count, agent_type]", "agent_type = llm is no number"),
        ("as: ab_test, by: [agent_type, agent_count]", "as: ab_test names 2 factors; expected one factor"),
        (
            "as: dependency, by: [agent_count], threshold: half",
            "'half' is no threshold; expected a share of the baseline",
        ),
        (
            "as: grid, by: [agent_count, agent_type], threshold: 50%",
            "as: grid has no threshold; expected as: dependency",
        ),
        (
            "as: ab_test, by: [agent_type], smallest_difference: 5",
            "5 is out of range; expected a share between 0 and 1",
        ),
        ("as: ranking, by: [agent_type], folds: 5", "as: ranking has no folds; expected as: cross_validation"),
    ] {
        let said = said(&question(given));
        assert!(said.contains(answer), "{given}: {said}");
    }
}

#[test]
fn constraints_ids_and_limits_are_checked() {
    let problems = said(
        "constraints: ['agent_cuont == 5', 'agent_type == lmm', 'agent_count ==']\n\
         execution: { timeout: 0, cooldown: -1 }\nquality: { min_score: 2 }\nbudget: { usd: -1 }\nexport: { formats: [cvs] }\nanalysis: { confidence: 95 }\n",
    );
    assert_eq!(
        problems,
        "c.yaml:4:15: constraints[0]: 'agent_cuont' is no parameter; did you mean agent_count?\n\
         c.yaml:4:35: constraints[1]: agent_type is never 'lmm'; did you mean llm?\n\
         c.yaml:4:56: constraints[2]: column 15 of the constraint: the expression ends where a value is expected\n\
         c.yaml:5:23: execution.timeout: 0 is out of range; expected a number above 0\n\
         c.yaml:5:36: execution.cooldown: -1 is out of range; expected a number from 0 to 86400\n\
         c.yaml:6:23: quality.min_score: 2 is out of range; expected a number from 0 to 1\n\
         c.yaml:7:16: budget.usd: -1 is out of range; expected a number from 0 to 1000000000\n\
         c.yaml:8:21: export.formats[0]: unknown format 'cvs'; did you mean csv?\n\
         c.yaml:9:25: analysis.confidence: 95 is out of range; expected a number between 0 and 1"
    );
    assert!(
        said("models: { m: { provider: openai, api_key: sk-1 } }\n")
            .contains("models.m.api_key: a spec holds no secrets")
    );
    let text = "ergon: 1\ncampaign: { id: My Study }\nworkload: { kind: consensus }\n";
    assert_eq!(
        said_for(text, &manifest()),
        "c.yaml:2:17: campaign.id: 'My Study' is not an id; expected 1 to 100 lower-case letters, digits and hyphens"
    );
}

#[test]
fn what_has_no_effect_is_a_warning() {
    let campaign = campaign(
        "workload: { kind: consensus, agent_count: 9 }\nfactors: { agent_count: [5, 10], fault_rate: [0, 0.1] }\n\
         phases: [{ name: p, factors: [agent_count], fix: { fault_rate: 0.1 } }]\n",
    );
    let said: Vec<String> = campaign.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        [
            "c.yaml:4:30: warning: workload.agent_count: has no effect: every phase varies this parameter",
            "c.yaml:5:34: warning: factors.fault_rate: no phase varies this factor"
        ]
    );
}

#[test]
fn set_changes_what_it_names() {
    let with = |sets: &[&str]| {
        let sets: Vec<String> = sets.iter().map(|s| (*s).to_owned()).collect();
        read_spec_with(EXAMPLE.as_bytes(), "c.yaml", &sets).map_err(|e| e.to_string())
    };
    let spec = with(&[
        "workload.job_source.swf=traces/x.gz",
        "phases.phase_1.replicates=2",
        "phases[1].design.size=100",
        "campaign.seed=7",
        "factors.agent_count=[5, 10]",
        "factors.job_source.first={from: 1, to: 3, step: 1}",
        "phases.phase_1.fix.job_source.first=2",
        "execution.requires.cpus=2",
        "campaign.title=no",
    ])
    .unwrap()
    .spec;
    assert_eq!(spec.workload.entries["job_source"]["swf"], "traces/x.gz");
    assert_eq!(spec.workload.entries["job_source"]["first"], 200);
    assert_eq!((spec.phases[0].replicates, spec.phases[1].design.size, spec.campaign.seed), (2, Some(100), 7));
    assert_eq!(spec.factors["agent_count"].expand().unwrap().len(), 2);
    assert_eq!(spec.factors["job_source.first"].expand().unwrap().len(), 3);
    assert_eq!(spec.phases[0].fix["job_source.first"], Value::Int(2));
    assert_eq!(spec.campaign.title.as_deref(), Some("no"));
    let generated = EXAMPLE.replace("job_source: { swf: traces/hpc2n.swf.gz, first: 200 }", "job_source: generated");
    let spec = read_spec_with(generated.as_bytes(), "c.yaml", &["workload.job_source.swf=a.gz".into()]).unwrap().spec;
    assert_eq!(spec.workload.entries["job_source"], serde_json::json!({ "swf": "a.gz" }));
    for (set, said) in [
        ("campaign.seed", "c.yaml: --set campaign.seed: expected path=value"),
        (
            "campaign..seed=1",
            "c.yaml: --set campaign..seed=1: 'campaign..seed' is not a path; expected keys joined by dots",
        ),
        (
            "phases.phase_9.replicates=1",
            "c.yaml: --set phases.phase_9.replicates=1: phases has 2 items and none is 'phase_9'; it has phase_1, phase_2",
        ),
        ("campaign.seed=[", "c.yaml: --set campaign.seed=[: the value can't be read: not YAML:"),
        ("campaign.sede=1", "c.yaml: campaign.sede: unknown key; did you mean seed?"),
        ("campaign.seed=x", "c.yaml: campaign.seed: 'x' is not accepted; expected a whole number of at least 0"),
    ] {
        let error = with(&[set]).map(|_| ()).unwrap_err();
        assert!(error.starts_with(said), "{error}");
    }
}

#[test]
fn a_damaged_spec_that_reads_resolves_or_is_refused() {
    let mut next = numbers(7);
    let words = [
        "0",
        "-1",
        "1e9",
        "[]",
        "{}",
        "no",
        "[1, 1]",
        "~",
        "''",
        "balanced_sample",
        "phase_2",
        "99999999",
        "{ from: 0, to: 1, step: 0.1 }",
    ];
    let lines: Vec<&str> = EXAMPLE.lines().collect();
    let (mut read, mut planned) = (0, 0);
    for _ in 0..1500 {
        let mut damaged: Vec<String> = lines.iter().map(|l| (*l).to_owned()).collect();
        for _ in 0..=next(2) {
            let line = next(damaged.len());
            match damaged[line].find(": ") {
                Some(colon) if next(3) > 0 => {
                    damaged[line] = format!("{}: {}", &damaged[line][..colon], words[next(words.len())])
                }
                _ => drop(damaged.remove(line)),
            }
        }
        let Ok(source) = read_spec(damaged.join("\n").as_bytes(), "c.yaml") else { continue };
        read += 1;
        // Samples take their time: one in ten is planned.
        if let Ok(campaign) = resolve(&source, &manifest(), &digest_of)
            && read % 10 == 0
            && let Ok(plan) = campaign.plan(&Default::default())
        {
            planned += 1;
            assert!(plan.iter().take(50).count() as u64 == plan.runs().min(50));
        }
    }
    assert!(read > 100 && planned > 20, "{read} read, {planned} planned");
}
