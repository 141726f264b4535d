//! Every estimand on the hypotheses board, and every kind of question in the summary's lines of numbers.

use std::collections::BTreeMap;
use std::sync::Arc;

use ergon_analysis::{
    Frame, FrameFactor, FrameRow, HypothesisResult, PhaseStructure, Reading, SIMULATED_MODEL, Structure, check_quality,
    run_plan,
};
use ergon_design::spec::{
    Analysis, Contrast, DesignKind, Estimand, Expected, FrameChoice, Hypothesis, Order, Quality, Question,
    QuestionKind, Sided,
};
use ergon_domain::{
    Canonical, Condition, Digest, Direction, Family, Flags, Metric, Observed, PlannedCondition, Provenance, Value,
};
use ergon_publish::from_analysis::{CampaignFacts, campaign_summary, comparison_table, hypotheses_table};
use ergon_publish::table::{CsvOptions, TableStyle};

const LOADS: [i64; 4] = [10, 20, 40, 80];

/// Two agents under four loads, eight replicates with common streams: a wait that rises with load and is shorter for
/// `llm`, a success that is likelier for it, and a time to an end that the observation cuts off.
fn frame(simulated_model: bool) -> Frame {
    let metric = |id, unit, direction, family| Metric::new(id, id, unit, direction, (Some(0.0), None), family, "");
    let metrics = vec![
        metric("wait_s", "s", Direction::Lower, Family::Continuous),
        metric("ok", "1", Direction::Higher, Family::Binary),
        metric("end_s", "s", Direction::Lower, Family::TimeToEvent),
    ];
    let agents = ["heuristic", "llm"];
    let mut frame = Frame {
        campaign: "demo".into(),
        spec_hash: Digest::of_bytes(b"spec"),
        plan_hash: Digest::of_bytes(b"plan"),
        metrics,
        factors: vec![
            FrameFactor { name: "agent".into(), levels: agents.iter().map(Value::text).collect(), unit: "".into() },
            FrameFactor { name: "load".into(), levels: LOADS.map(Value::Int).to_vec(), unit: "".into() },
        ],
        rows: Vec::new(),
        columns: BTreeMap::new(),
        structure: Structure {
            common_streams: vec!["jobs".into()],
            phases: vec![PhaseStructure {
                name: "main".into(),
                design: DesignKind::FullFactorial,
                order: Order::Randomised,
                replicates: 8,
                planned_runs: 64,
            }],
            ..Structure::default()
        },
        selection: FrameChoice::default(),
    };
    let mut flags = Flags::default();
    if simulated_model {
        flags.0.insert(SIMULATED_MODEL.into());
    }
    for (i, agent) in agents.iter().enumerate() {
        for load in LOADS {
            let condition = Condition([("agent".into(), Value::text(agent)), ("load".into(), Value::Int(load))].into());
            let digest = condition.digest();
            let planned = Arc::new(PlannedCondition { condition, digest });
            for r in 0..8_u32 {
                let wobble = f64::from((r * 7 + i as u32 * 5 + load as u32 * 3) % 11);
                let wait = 20.0 + 0.5 * load as f64 - 8.0 * i as f64 + 0.4 * wobble;
                let ok = f64::from(u8::from(wobble < 6.0 + 2.0 * i as f64));
                let end = wait + 3.0 * wobble;
                let end = if end > 70.0 { Observed::Censored { at: 70.0 } } else { Observed::Value(end) };
                let key = Canonical::new("key").digest(&digest).u64(u64::from(r)).finish();
                frame.rows.push(FrameRow { key, condition: Arc::clone(&planned), replicate: r, phases: [0].into() });
                for (name, observed) in [("wait_s", Observed::Value(wait)), ("ok", Observed::Value(ok)), ("end_s", end)]
                {
                    let reading = Reading { observed, provenance: Provenance::Measured, flags: flags.clone() };
                    frame.columns.entry(name.into()).or_default().push(Some(reading));
                }
            }
        }
    }
    frame
}

fn hypothesis(metric: &str, estimand: Estimand) -> Hypothesis {
    let level = |name: &str| Some(Value::text(name));
    let (factor, treatment, control) = match estimand {
        Estimand::Slope => ("load", None, None),
        Estimand::Mean => ("agent", level("llm"), None),
        _ => ("agent", level("llm"), level("heuristic")),
    };
    Hypothesis {
        id: estimand.name().into(),
        statement: None,
        frame: FrameChoice::default(),
        metric: metric.into(),
        estimand,
        contrast: Contrast { factor: factor.into(), treatment, control },
        direction: Sided::TwoSided,
        expected: None,
        test: "auto".into(),
        margin: None,
        threshold: (estimand == Estimand::Mean).then_some(12.5),
        alpha: 0.05,
        decision: None,
    }
}

fn tested(frame: &Frame, hypotheses: &[Hypothesis]) -> Vec<HypothesisResult> {
    run_plan(
        frame,
        &Analysis { questions: vec![question("wait_s", QuestionKind::Descriptive, &[])], ..Analysis::default() },
        hypotheses,
    )
    .hypotheses
}

fn question(metric: &str, kind: QuestionKind, by: &[&str]) -> Question {
    Question {
        metric: metric.into(),
        by: by.iter().map(|name| (*name).to_owned()).collect(),
        kind: Some(kind),
        ..Question::default()
    }
}

/// What the board shows, cell by cell, in full precision.
fn board(results: &[HypothesisResult]) -> Vec<Vec<String>> {
    let table = hypotheses_table(results);
    let row = |row: &ergon_publish::table::Row| row.cells.iter().map(|cell| format!("{:?}", cell.content)).collect();
    table.rows().map(row).collect()
}

#[test]
fn every_estimand_shows_its_estimate_its_interval_and_its_p() {
    let cases = [
        ("wait_s", Estimand::MeanDifference, "difference of means, llm − heuristic (s)"),
        ("wait_s", Estimand::Ratio, "ratio of means, llm / heuristic"),
        ("wait_s", Estimand::LogRatio, "ratio of geometric means, llm / heuristic"),
        ("ok", Estimand::OddsRatio, "odds ratio, llm / heuristic"),
        ("end_s", Estimand::HazardRatio, "hazard ratio, llm / heuristic"),
        ("wait_s", Estimand::Slope, "slope on load (s per load)"),
        ("wait_s", Estimand::Mean, "mean, llm (s)"),
    ];
    let hypotheses: Vec<Hypothesis> = cases.iter().map(|(metric, estimand, _)| hypothesis(metric, *estimand)).collect();
    let results = tested(&frame(false), &hypotheses);
    for ((result, cells), (_, estimand, words)) in results.iter().zip(board(&results)).zip(cases) {
        let name = estimand.name();
        let analysis = result.analysis.as_ref().unwrap_or_else(|| panic!("{name}: {}", result.sentence));
        let main = analysis.main_estimate().unwrap();
        let ci = main.ci.unwrap();
        assert!(ci.lo < main.value && main.value < ci.hi, "{name}: {main:?}");
        for (cell, part) in [
            (0, result.verdict.words().to_owned()),
            (1, words.to_owned()),
            (2, format!("{:?}", main.value)),
            (3, format!("{:?}", ci.lo)),
            (3, format!("{:?}", ci.hi)),
            (5, format!("{:?}", analysis.p_adjusted.unwrap())),
        ] {
            assert!(cells[cell].contains(&part), "{name}: {part} is not in {}", cells[cell]);
        }
    }
    let notes = hypotheses_table(&results).to_markdown(TableStyle::Booktabs).unwrap().text;
    assert!(notes.contains("elsewhere than at 12.5 s on average"), "the threshold is missing in\n{notes}");
    assert!(!notes.contains("() ="), "a statistic without degrees of freedom needs no parenthesis\n{notes}");
}

#[test]
fn what_a_simulated_model_says_is_shown_as_no_evidence_with_what_the_rule_found() {
    let less = |id: &str, direction| Hypothesis { id: id.into(), direction, ..hypothesis("wait_s", Estimand::Ratio) };
    let asked = [less("shorter", Sided::Less), less("longer", Sided::Greater)];
    for (simulated, words) in [
        (true, ["simulated: not evidence (holds in simulation)", "simulated: not evidence (fails in simulation)"]),
        (false, ["\"supported\"", "\"not supported\""]),
    ] {
        let shown = board(&tested(&frame(simulated), &asked));
        for (cells, words) in shown.iter().zip(words) {
            assert!(cells[0].contains(words), "{words} is not in {}", cells[0]);
        }
    }
}

#[test]
fn what_was_expected_stands_beside_the_estimate_and_is_never_dropped() {
    let expected = Expected { ratio: Some([0.5, 0.9]), difference: Some([1.0, 2.0]), value: None };
    let of = |metric, estimand| Hypothesis { expected: Some(expected.clone()), ..hypothesis(metric, estimand) };
    let shown = board(&tested(&frame(false), &[of("wait_s", Estimand::MeanDifference), of("wait_s", Estimand::Slope)]));
    for part in ["ratio 0.5 to 0.9: 0.", "is within; difference 1 to 2: −", "is below"] {
        assert!(shown[0][6].contains(part), "{part} is not in {}", shown[0][6]);
    }
    let slope = "ratio 0.5 to 0.9: not estimated; difference 1 to 2: not estimated";
    assert!(shown[1][6].contains(slope), "{}", shown[1][6]);
}

#[test]
fn a_comparison_shows_a_ratio_where_a_ratio_was_asked() {
    let asked =
        Question { estimand: Some(Estimand::Ratio), ..question("wait_s", QuestionKind::Comparison, &["agent"]) };
    let found = run_plan(&frame(false), &Analysis { questions: vec![asked], ..Analysis::default() }, &[]);
    let csv = comparison_table(&found.analyses).unwrap().to_csv(CsvOptions { guard_formulas: false }).unwrap().text;
    let pair = found.analyses.iter().find_map(|a| a.estimates.get("ratio")).unwrap();
    assert!(csv.contains(&ergon_publish::number::exact(pair.value)), "{csv}");
    assert!(csv.contains("llm / heuristic") || csv.contains("heuristic / llm"), "{csv}");
}

#[test]
fn the_summary_gives_every_kind_of_question_its_line_of_numbers() {
    let asked = [
        (question("wait_s", QuestionKind::Ranking, &["agent"]), "Means of agent (lower is better): 1. llm "),
        (question("wait_s", QuestionKind::Trend, &["load"]), "Slope on load 0.5"),
        (question("wait_s", QuestionKind::Trend, &["load", "agent"]), "agent=llm: Slope on load 0.5"),
        (
            Question { loss: Some(0.25), ..question("wait_s", QuestionKind::Scalability, &["load"]) },
            "all runs: best at load 10 with ",
        ),
        (
            // The wait doesn't grow a hundredfold over these loads.
            Question { loss: Some(99.0), ..question("wait_s", QuestionKind::Scalability, &["load"]) },
            "limit (a loss over 9900\u{a0}%): not reached within the sizes run up to 80; the means don't cross it",
        ),
        (
            question("wait_s", QuestionKind::Grid, &["agent", "load"]),
            "agent by load: 8 of 8 cells with a number; means from ",
        ),
        (question("wait_s", QuestionKind::CrossValidation, &["agent", "load"]), "R² of prediction from agent, load "),
        (question("end_s", QuestionKind::Survival, &["agent"]), "Median times: llm "),
    ];
    let frame = frame(false);
    for (question, line) in asked {
        let plan = Analysis { questions: vec![question.clone()], ..Analysis::default() };
        let found = run_plan(&frame, &plan, &[]);
        assert!(found.refusals.is_empty(), "{:?}", found.refusals);
        let quality = check_quality(&frame, &Quality::default());
        let facts = CampaignFacts { title: "Demo", id: "demo", ..CampaignFacts::default() };
        let text = campaign_summary(&facts, &frame, &quality, &found, TableStyle::Booktabs).unwrap();
        let text = text.replace('\\', "");
        assert!(text.contains(line), "{line} is missing in\n{text}");
        if std::env::var_os("ERGON_SHOW").is_some() {
            println!("{}", text.lines().find(|shown| shown.contains(line)).unwrap_or_default());
        }
    }
}
