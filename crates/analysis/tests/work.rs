//! Ways of working compared: the orchestration tax from valid pairs alone, what a right answer takes, where it goes.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test's own frames")]

mod support;

use std::sync::Arc;

use ergon_analysis::{
    Analysis, AnalysisError, Ask, Detail, Frame, GapLimits, Reading, Tax, decide_rule, gaps, orchestration_tax,
    per_correct, phase_shares, run_plan,
};
use ergon_design::spec::{self, Question, QuestionKind, Rule};
use ergon_domain::{Family, Flags, Observed, Provenance, SIMULATED_MODEL};
use support::{Build, Draws, from, reading, value};

const WAYS: &[&str] = &["linear", "agentic"];

/// A metric in joules, by way of working and task.
fn joules() -> Build {
    let mut build =
        Build::new(&[("workflow", WAYS), ("task", &["a", "b"])]).metric("energy_j", Family::Positive).common();
    build.frame.metrics[0].unit = "J".into();
    build
}

fn measured(x: f64) -> Option<Reading> {
    from(Observed::Value(x), Provenance::Measured)
}

fn flagged(x: f64, flag: &str) -> Option<Reading> {
    let mut reading = measured(x);
    reading.as_mut().unwrap().flags = Flags([Arc::from(flag)].into());
    reading
}

fn tax(frame: &Frame) -> Result<Vec<Analysis>, AnalysisError> {
    orchestration_tax(frame, &Ask::about("energy_j"), "workflow")
}

fn found(analyses: &[Analysis]) -> &Tax {
    match analyses[0].detail.as_ref() {
        Some(Detail::Tax(tax)) => tax,
        other => panic!("{other:?}"),
    }
}

/// A study in which agentic work takes `ratio` times the energy, in every pair up to noise.
fn study(seed: u64, ratio: f64) -> Frame {
    let (mut build, mut draws) = (joules(), Draws::seeded(seed));
    for replicate in 0..8 {
        let block = 0.3 * draws.normal();
        for (task, size) in [("a", 20.0_f64), ("b", 90.0)] {
            for (way, factor) in [("linear", 1.0), ("agentic", ratio)] {
                let x = (size.ln() + block + 0.2 * draws.normal()).exp() * factor;
                build.run(&[("workflow", way), ("task", task)], replicate, &[measured(x)]);
            }
        }
    }
    build.frame
}

#[test]
fn a_planted_tax_is_found_and_its_interval_holds_it_as_often_as_it_says() {
    const STUDIES: u64 = 600;
    let holds = |seed: u64| {
        let analyses = tax(&study(seed, 1.8)).unwrap();
        let ci = found(&analyses).ratio_ci.unwrap();
        ci.lo <= 1.8 && 1.8 <= ci.hi
    };
    let held = (0..STUDIES).filter(|seed| holds(*seed)).count() as f64;
    let share = held / STUDIES as f64;
    // Three binomial standard errors of 95 %.
    let error = 3.0 * (0.95 * 0.05 / STUDIES as f64).sqrt();
    assert!((share - 0.95).abs() <= error, "{share}");
}

#[test]
fn a_tax_is_a_ratio_and_a_difference_over_the_same_pairs() {
    let mut build = joules();
    for (replicate, (one, other)) in [(10.0, 20.0), (12.0, 26.0), (8.0, 15.0), (11.0, 21.0)].into_iter().enumerate() {
        build.run(&[("workflow", "linear"), ("task", "a")], replicate as u32, &[measured(one)]);
        build.run(&[("workflow", "agentic"), ("task", "a")], replicate as u32, &[measured(other)]);
    }
    let analyses = tax(&build.frame).unwrap();
    let tax = found(&analyses);
    // By hand: the fourth root of 2 · 2.1666 · 1.875 · 1.90909, and the mean of 10, 14, 7, 10.
    let ratio = (2.0 * (26.0 / 12.0) * 1.875 * (21.0 / 11.0_f64)).powf(0.25);
    assert!((tax.ratio.unwrap() - ratio).abs() < 1e-12 && (tax.difference.unwrap() - 10.25).abs() < 1e-12, "{tax:?}");
    assert_eq!((tax.pairs.len(), tax.reading.as_str()), (4, "half as much again, or more"));
    assert!(tax.ratio_ci.is_some() && tax.difference_ci.is_some());
    assert!(analyses[0].warnings.iter().all(|w| w.code != "left_out"));

    // A pair of which one run overlapped another is none, and that is said.
    build.run(&[("workflow", "linear"), ("task", "a")], 4, &[measured(10.0)]);
    build.run(&[("workflow", "agentic"), ("task", "a")], 4, &[flagged(90.0, "concurrent")]);
    let with = orchestration_tax(&build.frame, &Ask::about("energy_j"), "workflow").unwrap();
    assert_eq!(found(&with), found(&analyses));
    let said = with[0].warnings.iter().find(|w| w.code == "left_out").expect("a warning").to_string();
    assert!(said.contains("1 runs: the runs overlapped"), "{said}");
}

#[test]
fn joules_that_are_not_a_run_s_own_give_no_tax_and_the_reason_is_said() {
    let all = |reading: &dyn Fn(f64) -> Option<Reading>| {
        let mut build = joules();
        for replicate in 0..4 {
            build.run(&[("workflow", "linear"), ("task", "a")], replicate, &[reading(10.0)]);
            build.run(&[("workflow", "agentic"), ("task", "a")], replicate, &[reading(20.0)]);
        }
        tax(&build.frame).unwrap_err().to_string()
    };
    type Spoilt<'a> = &'a dyn Fn(f64) -> Option<Reading>;
    let cases: [(&str, Spoilt<'_>); 5] = [
        ("the runs overlapped", &|x| flagged(x, "concurrent")),
        ("slowed because it was hot", &|x| flagged(x, "throttled")),
        ("estimated (CPU time), not measured", &|x| from(Observed::Value(x), Provenance::Estimated("CPU time".into()))),
        ("simulated, not measured", &|x| from(Observed::Value(x), Provenance::Simulated)),
        ("below resolution", &|_| from(Observed::Unavailable("below resolution: 0.1 s".into()), Provenance::Measured)),
    ];
    for (reason, reading) in cases {
        let said = all(reading);
        assert!(said.starts_with("no orchestration tax from energy_j: 8 runs: ") && said.contains(reason), "{said}");
    }
}

#[test]
fn a_simulated_model_s_runs_have_no_tax_in_joules_however_well_these_were_measured() {
    let mut build = joules().metric("total_tokens", Family::Count);
    for replicate in 0..4 {
        for way in WAYS {
            let readings = [measured(10.0), flagged(50.0, SIMULATED_MODEL)];
            build.run(&[("workflow", way), ("task", "a")], replicate, &readings);
        }
    }
    let said = tax(&build.frame).unwrap_err().to_string();
    assert!(said.contains("the model is simulated: it computes nothing"), "{said}");
}

#[test]
fn an_invalid_run_takes_its_pair_with_it_and_no_other() {
    let mut build = joules();
    for replicate in 0..6 {
        let first = if replicate == 2 { flagged(10.0, "throttled") } else { measured(10.0 + f64::from(replicate)) };
        build.run(&[("workflow", "linear"), ("task", "a")], replicate, &[first]);
        build.run(&[("workflow", "agentic"), ("task", "a")], replicate, &[measured(21.0 + 2.0 * f64::from(replicate))]);
    }
    let analyses = tax(&build.frame).unwrap();
    let replicates: Vec<u32> = found(&analyses).pairs.iter().map(|pair| pair.replicate).collect();
    assert_eq!(replicates, [0, 1, 3, 4, 5]);
}

#[test]
fn what_a_right_answer_takes_counts_wrong_answers_too() {
    let mut build = Build::new(&[("workflow", WAYS)])
        .metric("energy_j", Family::Positive)
        .metric("correct", Family::Binary)
        .metric("total_tokens", Family::Count)
        .common();
    for (replicate, (joules, right)) in [(10.0, 1.0), (20.0, 0.0), (30.0, 1.0), (40.0, 1.0)].into_iter().enumerate() {
        let readings = [value(joules), value(right), value(100.0)];
        build.run(&[("workflow", "linear")], replicate as u32, &readings);
        let wrong = [value(joules), value(0.0), value(100.0)];
        build.run(&[("workflow", "agentic")], replicate as u32, &wrong);
    }
    let analysis = per_correct(&build.frame, &Ask::about("energy_j"), "workflow").unwrap();
    let Some(Detail::PerCorrect(found)) = &analysis.detail else { panic!("{analysis:?}") };
    let [linear, agentic] = &found.levels[..] else { panic!("{found:?}") };
    assert_eq!((linear.runs, linear.right, linear.per_correct.value), (4, 3, Some(100.0 / 3.0)));
    assert_eq!(linear.per_token.value, Some(0.25));
    // With nothing right, what a right answer takes is not known; a token's price is.
    assert_eq!((agentic.per_correct.value, agentic.per_token.value), (None, Some(0.25)));
    assert!(analysis.warnings.iter().any(|w| w.code == "none_right"), "{:?}", analysis.warnings);
}

#[test]
fn parts_of_the_work_add_up_to_the_whole_with_what_lies_between() {
    let mut build = Build::new(&[("workflow", WAYS)])
        .metric("energy_j", Family::Positive)
        .metric("span_answering_energy_j", Family::Positive)
        .metric("span_planning_energy_j", Family::Positive)
        .metric("span_synthesis_energy_j", Family::Positive)
        .common();
    for replicate in 0..2 {
        build.run(&[("workflow", "linear")], replicate, &[value(10.0), value(9.0), None, None]);
        build.run(&[("workflow", "agentic")], replicate, &[value(40.0), None, value(20.0), value(10.0)]);
    }
    let short = reading(Observed::Unavailable("below resolution".into()));
    build.run(&[("workflow", "agentic")], 2, &[value(40.0), None, short, value(10.0)]);
    let analysis = phase_shares(&build.frame, &Ask::about("energy_j"), "workflow").unwrap();
    let Some(Detail::PhaseShares(found)) = &analysis.detail else { panic!("{analysis:?}") };
    let agentic = &found.levels[1];
    let shares: Vec<(&str, f64)> = agentic.phases.iter().map(|p| (p.phase.as_str(), p.share)).collect();
    assert_eq!(shares, [("planning", 0.5), ("synthesis", 0.25), ("between", 0.25)]);
    assert_eq!(agentic.runs, 2, "a run whose planning is not known has no shares");
    let linear: Vec<f64> = found.levels[0].phases.iter().map(|p| p.mean).collect();
    assert_eq!(linear, [9.0, 1.0]);
}

#[test]
fn cells_with_few_or_spread_values_are_proposed_and_rules_are_decided_on_their_phase() {
    let mut build = Build::new(&[("workflow", WAYS)]).metric("m", Family::Positive).common();
    for replicate in 0..10 {
        build.run(&[("workflow", "linear")], replicate, &[value(10.0 + f64::from(replicate % 2))]);
    }
    for replicate in 0..4 {
        build.run(&[("workflow", "agentic")], replicate, &[value([1.0, 1.0, 1.0, 9.0][replicate as usize])]);
    }
    let found = gaps(&build.frame, "m", GapLimits::default()).unwrap();
    let [gap] = &found[..] else { panic!("{found:?}") };
    // By hand: mean 3, SD 4, CV 4/3; 4·(4/3/0.3)² = 79.01 → 80, so 76 more.
    assert_eq!((gap.cell.as_str(), gap.found, gap.missing), ("workflow = agentic", 4, 76), "{gap:?}");
    let decide = |text: &str| decide_rule(&build.frame, &Rule::parse(text).unwrap(), text);
    assert_eq!(decide("main: m > 5").holds, Some(true));
    assert_eq!(decide("main: m < 5").holds, Some(false));
    assert!(decide("main: nothing > 5").why.unwrap().contains("no metric 'nothing'"));
    assert!(decide("main: tax_multiplier > 5").why.unwrap().contains("energy_j"));
}

#[test]
fn a_plan_s_question_about_a_tax_is_answered_or_refused_in_its_own_words() {
    let ask = |frame: &Frame| {
        let question = Question {
            metric: "energy_j".into(),
            by: vec!["workflow".into()],
            kind: Some(QuestionKind::Tax),
            ..Question::default()
        };
        run_plan(frame, &spec::Analysis { questions: vec![question], ..spec::Analysis::default() }, &[])
    };
    let answered = ask(&study(1, 2.5));
    assert!(answered.refusals.is_empty() && answered.analyses.iter().any(|a| matches!(a.detail, Some(Detail::Tax(_)))));
    let mut build = joules();
    for way in WAYS {
        let estimated = from(Observed::Value(3.0), Provenance::Estimated("CPU time".into()));
        build.run(&[("workflow", way), ("task", "a")], 0, &[estimated]);
    }
    let refused = ask(&build.frame);
    assert!(refused.refusals[0].reason.contains("no orchestration tax"), "{:?}", refused.refusals);
}
