//! From a frame to the tables, the figure and the summary of a campaign.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::sync::Arc;

use ergon_analysis::{Ask, Frame, FrameFactor, FrameRow, PhaseStructure, Reading, Structure, check_quality, run_plan};
use ergon_design::spec::{
    Analysis, Contrast, DesignKind, Estimand, FrameChoice, Hypothesis, Order, Quality, Question, Sided,
};
use ergon_domain::{
    Canonical, Condition, Digest, Direction, Family, Flags, Metric, Observed, PlannedCondition, Provenance, Value,
};
use ergon_publish::from_analysis::{
    CampaignFacts, campaign_summary, comparison_table, descriptive_table, hypotheses_table, quality_table, raincloud,
    summary_table,
};
use ergon_publish::table::{CsvOptions, Table, TableStyle};

const AGENTS: [&str; 3] = ["heuristic", "llm", "hybrid"];

/// Three agents under two protocols, six replicates with common streams; hostile names on purpose.
fn frame() -> Frame {
    let metric =
        Metric::new("wait_s", "Mean wait_time & co", "s", Direction::Lower, (Some(0.0), None), Family::Continuous, "");
    let mut frame = Frame {
        campaign: "demo".into(),
        spec_hash: Digest::of_bytes(b"spec"),
        plan_hash: Digest::of_bytes(b"plan"),
        metrics: vec![metric.clone()],
        factors: vec![
            FrameFactor { name: "agent_type".into(), levels: AGENTS.iter().map(Value::text).collect() },
            FrameFactor { name: "protocol".into(), levels: vec![Value::text("bft"), Value::text("100% raft_#1")] },
        ],
        rows: Vec::new(),
        columns: BTreeMap::new(),
        structure: Structure {
            common_streams: vec!["jobs".into()],
            phases: vec![PhaseStructure {
                name: "main".into(),
                design: DesignKind::FullFactorial,
                order: Order::Randomised,
                replicates: 6,
                planned_runs: 36,
            }],
            deterministic: true,
            ..Structure::default()
        },
        selection: FrameChoice::default(),
    };
    let mut column = Vec::new();
    for (i, agent) in AGENTS.iter().enumerate() {
        for (j, protocol) in ["bft", "100% raft_#1"].iter().enumerate() {
            let condition: BTreeMap<_, _> =
                [("agent_type".into(), Value::text(agent)), ("protocol".into(), Value::text(protocol))].into();
            let condition = Condition(condition);
            let digest = condition.digest();
            let planned = Arc::new(PlannedCondition { condition, digest });
            for r in 0..6_u32 {
                let wobble = f64::from((r * 7 + i as u32 * 5 + j as u32 * 3) % 11) * 0.13;
                let x = 40.0 + f64::from(r) * 4.0 - 3.0 * i as f64 + 2.0 * j as f64 + wobble;
                let key = Canonical::new("key").digest(&digest).u64(u64::from(r)).finish();
                frame.rows.push(FrameRow { key, condition: Arc::clone(&planned), replicate: r, phases: [0].into() });
                column.push(Some(Reading {
                    observed: Observed::Value(x),
                    provenance: Provenance::Simulated,
                    flags: Flags::default(),
                }));
            }
        }
    }
    frame.columns.insert(metric.id, column);
    frame
}

fn plan() -> (Analysis, Vec<Hypothesis>) {
    let question = Question {
        metric: "wait_s".into(),
        by: vec!["agent_type".into(), "protocol".into()],
        ..Question::default()
    };
    let hypothesis = Hypothesis {
        id: "rq1".into(),
        statement: Some("LLM agents wait less".into()),
        frame: FrameChoice::default(),
        metric: "wait_s".into(),
        estimand: Estimand::MeanDifference,
        contrast: Contrast {
            factor: "agent_type".into(),
            treatment: Some(Value::text("llm")),
            control: Some(Value::text("heuristic")),
        },
        direction: Sided::Less,
        expected: None,
        test: "auto".into(),
        margin: None,
        threshold: None,
        alpha: 0.05,
        decision: None,
    };
    (Analysis { questions: vec![question], ..Analysis::default() }, vec![hypothesis])
}

fn tables() -> Vec<Table> {
    let frame = frame();
    let (analysis, hypotheses) = plan();
    let result = run_plan(&frame, &analysis, &hypotheses);
    vec![
        descriptive_table(&result.analyses[0]),
        comparison_table(&result.analyses).unwrap(),
        hypotheses_table(&result.hypotheses),
        quality_table(&check_quality(&frame, &Quality::default())),
        summary_table(&frame, 0.95).unwrap(),
    ]
}

#[test]
fn every_table_renders_in_every_form_and_marks_what_is_simulated() {
    for table in tables() {
        let latex = table.to_latex(TableStyle::Apa7).unwrap().text;
        assert!(latex.contains("\\toprule"), "{latex}");
        for text in [
            table.to_html(TableStyle::Booktabs).unwrap().text,
            table.to_markdown(TableStyle::Booktabs).unwrap().text,
            table.to_csv(CsvOptions::default()).unwrap().text,
        ] {
            assert!(!text.is_empty() && !text.contains("NaN"), "{text}");
        }
    }
    let markdown = tables()[0].to_markdown(TableStyle::Booktabs).unwrap().text;
    assert!(markdown.contains('†') && markdown.contains("Simulated, not measured"), "{markdown}");
}

#[test]
fn pairs_stand_under_their_factor_with_the_omnibus_test_in_the_notes() {
    let table = &tables()[1];
    assert_eq!(table.groups.len(), 2);
    assert_eq!(table.groups[0].rows.len(), 3);
    let text = table.to_markdown(TableStyle::Booktabs).unwrap().text;
    assert!(text.contains("All levels of agent") && text.contains("Holm correction over 4 tests"), "{text}");
    assert!(text.contains("llm − heuristic"), "{text}");
}

#[test]
fn the_summary_says_what_was_run_what_came_out_and_how_to_get_it_again() {
    let frame = frame();
    let (analysis, hypotheses) = plan();
    let result = run_plan(&frame, &analysis, &hypotheses);
    let quality = check_quality(&frame, &Quality::default());
    let figures = [("wait.svg".to_owned(), "waiting times by agent".to_owned())];
    let facts = CampaignFacts {
        title: "Demo",
        id: "demo",
        question: Some("Do LLM agents wait less?"),
        workload: "consensus 1",
        seed: 42,
        ergon_version: "0.1.0",
        command: "ergon run demo.yaml",
        figures: &figures,
        ..CampaignFacts::default()
    };
    let text = campaign_summary(&facts, &frame, &quality, &result, TableStyle::Booktabs).unwrap();
    for part in [
        "# Demo",
        "Results here are simulated, not measured.",
        "36 of 36 planned",
        "**Seed**: 42",
        "jobs common to all conditions of a replicate",
        "supported",
        "![waiting times by agent](wait.svg)",
        &frame.spec_hash.to_string(),
        "## How to reproduce",
        "ergon run demo.yaml",
    ] {
        assert!(text.contains(part), "{part} is missing in\n{text}");
    }
    assert_eq!(text, campaign_summary(&facts, &frame, &quality, &result, TableStyle::Booktabs).unwrap());
    if let Some(folder) = option_env!("ERGON_SHOW") {
        println!("{folder}\n{text}");
    }
}

#[test]
fn the_raincloud_shows_every_run_and_carries_its_hashes() {
    let frame = frame();
    let figure = raincloud(&frame, &Ask::about("wait_s"), &["agent_type".into()], 5.5, "0.1.0").unwrap();
    assert!(figure.svg.contains("<svg") && figure.alt.contains("llm"), "{}", figure.alt);
    assert!(figure.svg.contains(&frame.spec_hash.to_string()));
    assert!(raincloud(&frame, &Ask::about("nope"), &[], 5.5, "0.1.0").is_err());
}
