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
    CampaignFacts, Drawing, campaign_summary, comparison_table, descriptive_table, hypotheses_table, pairwise_table,
    pivot_table, quality_table, summary_table,
};
use ergon_publish::table::{CsvOptions, Table, TableStyle};

mod estimands;

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
            FrameFactor {
                name: "agent_type".into(),
                levels: AGENTS.iter().map(Value::text).collect(),
                unit: "".into(),
            },
            FrameFactor {
                name: "protocol".into(),
                levels: vec![Value::text("bft"), Value::text("100% raft_#1")],
                unit: "".into(),
            },
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
    let question =
        Question { metric: "wait_s".into(), by: vec!["agent_type".into(), "protocol".into()], ..Question::default() };
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

fn by(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn every_figure_of_a_frame_is_drawn_from_its_analysis_and_carries_its_hashes() {
    let (frame, ask) = (frame(), Ask::about("wait_s"));
    let drawing = Drawing { frame: &frame, ask: &ask, width_inches: 5.5, ergon_version: "0.1.0" };
    let both = by(&["agent_type", "protocol"]);
    let one = by(&["agent_type"]);
    for (kind, drawn) in [
        ("raincloud", drawing.raincloud(&one)),
        ("bars", drawing.bars(&one)),
        ("heatmap", drawing.heat_map(&both)),
        ("interaction", drawing.interaction(&both)),
        ("ecdf", drawing.ecdf(&one)),
        ("histogram", drawing.histogram(&one)),
        ("forest", drawing.forest(&one)),
        ("forest of a pair", drawing.forest(&by(&["protocol"]))),
    ] {
        let figure = drawn.unwrap_or_else(|error| panic!("{kind}: {error}"));
        assert!(figure.svg.contains(&frame.spec_hash.to_string()), "{kind}");
        assert!(figure.alt.contains("Mean wait_time & co"), "{kind}: {}", figure.alt);
    }
    let cells = ergon_analysis::describe(&frame, &ask, &both).unwrap().levels;
    let map = drawing.heat_map(&both).unwrap();
    for cell in cells {
        let shown = ergon_publish::number::exact((cell.mean.unwrap() * 10.0).round() / 10.0);
        let level = &cell.levels[1].1;
        assert!(map.alt.contains(&format!("{level} {}", shown.split('.').next().unwrap())), "{shown} in {}", map.alt);
    }
}

#[test]
fn a_figure_that_the_data_cannot_fill_says_what_it_needs() {
    let (frame, ask) = (frame(), Ask::about("wait_s"));
    let drawing = Drawing { frame: &frame, ask: &ask, width_inches: 5.5, ergon_version: "0.1.0" };
    let one = by(&["agent_type"]);
    for (drawn, words) in [
        (drawing.heat_map(&one), "two factors (rows, columns); by: agent_type; varied are agent_type, protocol"),
        (drawing.interaction(&[]), "two factors (left to right, curves); by: none"),
        (drawing.scalability(&one, 0.2), "agent_type"),
        (drawing.survival(&one), "a time to an event"),
        (drawing.profile(&one, &[]), "3 metrics with a better side or more, and there are 1"),
        (drawing.forest(&[]), "one factor"),
        (drawing.bars(&by(&["nope"])), "nope"),
    ] {
        let error = drawn.unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
}

#[test]
fn a_matrix_of_pairs_holds_differences_below_and_corrected_p_above_the_diagonal() {
    let (frame, ask) = (frame(), Ask::about("wait_s"));
    let analyses = ergon_analysis::compare(&frame, &ask, "agent_type").unwrap();
    let table = pairwise_table(&analyses).unwrap();
    let cells: Vec<Vec<String>> = table
        .to_csv(CsvOptions { guard_formulas: false })
        .unwrap()
        .text
        .lines()
        .map(|line| line.split(',').map(str::to_owned).collect())
        .collect();
    assert_eq!(table.rows().count(), AGENTS.len());
    let pair = analyses
        .iter()
        .find(|a| a.question.treatment.as_deref() == Some("llm") && a.question.control.as_deref() == Some("heuristic"))
        .unwrap();
    let difference = ergon_publish::number::exact(pair.main_estimate().unwrap().value);
    let llm = cells.iter().find(|row| row[0] == "llm").unwrap();
    assert!(llm.contains(&difference), "{difference} in {llm:?}");
    let heuristic = cells.iter().find(|row| row[0] == "heuristic").unwrap();
    let p = ergon_publish::number::exact(pair.p_adjusted.unwrap());
    assert!(heuristic.contains(&p), "{p} in {heuristic:?}");
    assert!(table.notes.probability.iter().any(|note| note.unadorned().contains("correction over 3 tests")));
}

#[test]
fn a_pivot_shows_every_cell_of_two_factors_under_its_levels() {
    let (frame, ask) = (frame(), Ask::about("wait_s"));
    let described = ergon_analysis::describe(&frame, &ask, &by(&["agent_type", "protocol"])).unwrap();
    let table = pivot_table(std::slice::from_ref(&described)).unwrap();
    let csv = table.to_csv(CsvOptions { guard_formulas: false }).unwrap().text;
    for cell in &described.levels {
        let mean = ergon_publish::number::exact(cell.mean.unwrap());
        let row = csv.lines().find(|line| line.contains(&cell.levels[0].1)).unwrap();
        assert!(row.contains(&mean), "{mean} in {row}");
    }
    assert!(pivot_table(&[ergon_analysis::describe(&frame, &ask, &by(&["protocol"])).unwrap()]).is_none());
}
