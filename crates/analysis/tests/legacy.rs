//! One run looked at, looks while runs are still to come, and the original's words for results.

#![allow(clippy::unwrap_used, reason = "a test's own frames")]

mod support;

use std::sync::Arc;

use ergon_analysis::legacy::{llm_vs_heuristic, protocol_effectiveness, question_status};
use ergon_analysis::{Ask, Contrast, Role, SIMULATED_MODEL, Verdict, check_run, run_plan};
use ergon_design::spec::{self, FrameChoice, Hypothesis, Sided};
use ergon_domain::{Direction, Family, Observed, Value};
use support::{Build, Draws, reading, value};

/// Success rates of agents and protocols, ten replicates; `z` is better when lower.
fn campaign(gain: f64) -> Build {
    let mut build = Build::new(&[("agent_type", &["heuristic", "llm"]), ("protocol", &["bft", "raft", "weighted"])])
        .metric("m", Family::Proportion)
        .metric("z", Family::Continuous)
        .common();
    build.frame.metrics[0].direction = Direction::Higher;
    build.frame.metrics[1].range = (Some(0.0), Some(500.0));
    let mut draws = Draws::seeded(17);
    for r in 0..10 {
        let block = draws.normal();
        for (agent, better) in [("heuristic", 0.0), ("llm", gain)] {
            for (protocol, shift) in [("bft", 0.0), ("raft", 8.0), ("weighted", 3.0)] {
                let m = 70.0 + better + shift + block + 0.2 * draws.normal();
                build.run(&[("agent_type", agent), ("protocol", protocol)], r, &[value(m), value(200.0 - m)]);
            }
        }
    }
    build
}

fn pair() -> Contrast {
    Contrast { factor: "agent_type".into(), treatment: Value::text("llm"), control: Value::text("heuristic") }
}

#[test]
fn improvement_is_in_percent_of_the_heuristics_mean_and_better_is_positive() {
    let found = llm_vs_heuristic(&campaign(11.0).frame, &Ask::about(""), &pair()).unwrap();
    let (m, z) = (&found.metrics["m"], &found.metrics["z"]);
    assert!((m.improvement.unwrap() - 100.0 * 11.0 / 73.7).abs() < 0.5, "{m:?}");
    assert!(z.improvement.unwrap() > 0.0, "lower is better, and it is lower");
    assert_eq!(m.statistical_significance, Some(true));
    assert!(m.p_adjusted.unwrap() >= m.p_value.unwrap() && m.cohens_d.unwrap() > 1.0);
    let none = llm_vs_heuristic(&campaign(0.0).frame, &Ask::about(""), &pair()).unwrap();
    assert_eq!(none.metrics["m"].statistical_significance, Some(false));
    let nobody = Contrast { treatment: Value::text("hybrid"), ..pair() };
    assert!(llm_vs_heuristic(&campaign(0.0).frame, &Ask::about(""), &nobody).is_err());
}

#[test]
fn a_simulated_models_improvement_is_no_evidence() {
    let mut build = campaign(11.0);
    build.frame.columns.get_mut("m").unwrap()[3].as_mut().unwrap().flags.0.insert(Arc::from(SIMULATED_MODEL));
    let found = llm_vs_heuristic(&build.frame, &Ask::about(""), &pair()).unwrap();
    let (m, z) = (&found.metrics["m"], &found.metrics["z"]);
    assert_eq!((m.statistical_significance, m.significant_in_simulation), (None, Some(true)));
    assert_eq!((m.evidence, z.evidence), (Some("simulated: not evidence"), None));
}

#[test]
fn protocols_are_ranked_in_every_metric() {
    let found = protocol_effectiveness(&campaign(0.0).frame, &Ask::about(""), "protocol");
    assert_eq!(found.metrics["m"].protocol_ranking, ["raft", "weighted", "bft"]);
    assert_eq!(found.metrics["z"].protocol_ranking, ["raft", "weighted", "bft"], "less is better, and raft has less");
    assert_eq!(found.metrics["m"].post_hoc.len(), 3);
    assert!(found.metrics["m"].omnibus.as_ref().unwrap().p_value.unwrap() < 1e-9);
}

fn hypothesis(id: &str, direction: Sided) -> Hypothesis {
    Hypothesis {
        id: id.into(),
        statement: None,
        frame: FrameChoice::default(),
        metric: "m".into(),
        estimand: spec::Estimand::MeanDifference,
        contrast: spec::Contrast {
            factor: "agent_type".into(),
            treatment: Some(Value::text("llm")),
            control: Some(Value::text("heuristic")),
        },
        direction,
        expected: None,
        test: "auto".into(),
        margin: None,
        threshold: None,
        alpha: 0.05,
        decision: None,
    }
}

#[test]
fn research_questions_get_the_originals_words_by_a_written_rule() {
    let of = |hypotheses: &[(&str, Sided)], build: &Build| {
        let all: Vec<Hypothesis> = hypotheses.iter().map(|(id, d)| hypothesis(id, *d)).collect();
        question_status(&run_plan(&build.frame, &spec::Analysis::default(), &all).hypotheses)
    };
    use Sided::{Greater, Less};
    let gain = campaign(11.0);
    assert_eq!(of(&[("rq1a", Greater), ("rq1b", Greater)], &gain)["rq1"].status, "strongly_supported");
    assert_eq!(of(&[("rq1a", Greater), ("rq1b", Less)], &gain)["rq1"].status, "mixed");
    assert_eq!(of(&[("rq2", Less)], &gain)["rq2"].status, "not_supported");
    assert_eq!(of(&[("rq10", Greater), ("rq1", Less)], &gain)["rq10"].status, "strongly_supported", "not rq1");
    assert_eq!(of(&[("h1", Greater)], &campaign(0.0))["h1"].status, "undecided");
    let mut simulated = campaign(11.0);
    simulated.frame.columns.get_mut("m").unwrap()[3].as_mut().unwrap().flags.0.insert(Arc::from(SIMULATED_MODEL));
    let status = &of(&[("rq1", Greater)], &simulated)["rq1"];
    assert_eq!((status.status, status.in_simulation["rq1"]), ("simulated_not_evidence", "holds in simulation"));
}

#[test]
fn a_look_while_runs_are_still_to_come_decides_nothing() {
    let plan = spec::Analysis {
        questions: vec![spec::Question {
            metric: "m".into(),
            by: vec!["protocol".into()],
            ..spec::Question::default()
        }],
        ..spec::Analysis::default()
    };
    let found = run_plan(&campaign(11.0).frame, &plan, &[hypothesis("rq1", Sided::Greater)]);
    assert_eq!(found.hypotheses[0].verdict, Verdict::Supported);
    let interim = found.as_interim();
    assert_eq!(interim.hypotheses[0].verdict, Verdict::Interim);
    assert!(interim.hypotheses[0].sentence.contains("spends no alpha"));
    assert!(interim.analyses.iter().all(|a| a.question.role == Role::Exploratory && a.warnings[0].code == "interim"));
    assert_eq!(question_status(&interim.hypotheses)["rq1"].status, "interim");
}

#[test]
fn a_run_is_seen_beside_its_range_its_condition_and_its_twins() {
    let mut build = campaign(11.0);
    // The run of heuristic agents under bft in replicate 4: far out, and out of range in z.
    let at = 4 * 6;
    build.frame.columns.get_mut("m").unwrap()[at] = value(300.0);
    build.frame.columns.get_mut("z").unwrap()[at] = value(501.0);
    let found = check_run(&build.frame, at).unwrap();
    assert_eq!((found.replicate, found.measurements.len()), (4, 2));
    assert_eq!(found.condition, [("agent_type".into(), "heuristic".into()), ("protocol".into(), "bft".into())]);
    let cell = found.measurements[0].cell.as_ref().unwrap();
    assert_eq!((cell.n, cell.below, cell.outside), (10, 9, true));
    assert_eq!(found.measurements[1].in_range, Some(false));
    let codes: Vec<&str> = found.findings.iter().map(|f| f.code.as_str()).collect();
    assert_eq!(codes, ["out_of_range", "outlier", "outlier"]);
    // One differs in the agents alone, two in the protocol alone.
    let twins: Vec<&str> = found.twins.iter().map(|t| t.parameter.as_str()).collect();
    assert_eq!(twins, ["protocol", "protocol", "agent_type"]);
    assert!(found.twins.iter().all(|t| t.same == 0 && t.metrics == 2));

    let mut same = campaign(0.0);
    for column in same.frame.columns.values_mut() {
        column[1] = column[0].clone();
    }
    assert!(check_run(&same.frame, 0).unwrap().findings.iter().any(|f| f.code == "identical_twin"));
    let mut gone = campaign(0.0);
    gone.frame.columns.get_mut("m").unwrap()[0] = reading(Observed::Unavailable("no output".into()));
    gone.frame.columns.get_mut("z").unwrap()[0] = None;
    let found = check_run(&gone.frame, 0).unwrap();
    let seen: Vec<(&str, Option<f64>)> = found.measurements.iter().map(|m| (m.observation.as_str(), m.value)).collect();
    assert_eq!(seen, [("unavailable", None), ("unset", None)]);
    assert!(check_run(&gone.frame, 10_000).is_none());
}
