//! Data quality, the nothing-varied detector, and whole plans.

mod support;

use ergon_analysis::{AnalysisKind, MissingRuns, Role, Severity, check_quality, nothing_varied, run_plan};
use ergon_design::spec::{Analysis, Quality, Question, QuestionKind};
use ergon_domain::{Family, Observed, Provenance, RunState};
use support::{Build, Draws, from, reading, value};

/// `real` moves both metrics; `ignored` is used by nobody; levels `b` and `c` of `partly` are the same thing.
fn planted() -> Build {
    let mut build = Build::new(&[("real", &["1", "2"]), ("ignored", &["x", "y"]), ("partly", &["a", "b", "c"])])
        .metric("m", Family::Continuous)
        .metric("errors", Family::Count)
        .metric("zero", Family::Count)
        .metric("never", Family::Continuous)
        .metric("duration_s", Family::Continuous)
        .common();
    let mut draws = Draws::seeded(2);
    for r in 0..5 {
        let (block, of_real, of_partly) = (draws.normal(), 3.0 + 0.2 * draws.normal(), 1.0 + 0.1 * draws.normal());
        for real in ["1", "2"] {
            for ignored in ["x", "y"] {
                for partly in ["a", "b", "c"] {
                    let m = block
                        + if real == "1" { of_real } else { 2.0 * of_real }
                        + if partly == "a" { of_partly } else { 0.0 };
                    let clock = from(Observed::Value(1.0 + draws.uniform()), Provenance::Measured);
                    let readings = [value(m), value((m * 10.0).round()), value(0.0), None, clock];
                    build.run(&[("real", real), ("ignored", ignored), ("partly", partly)], r, &readings);
                }
            }
        }
    }
    build
}

#[test]
fn what_changes_nothing_is_found_and_what_does_is_not() {
    let found = nothing_varied(&planted().frame);
    let names: Vec<&str> = found.inert_factors.iter().map(|f| f.as_str()).collect();
    assert_eq!(names, ["ignored"], "readings of a clock don't hide it");
    let same: Vec<(&str, &str)> = found
        .identical_levels
        .iter()
        .filter(|l| l.factor.as_str() == "partly")
        .map(|l| (l.a.as_str(), l.b.as_str()))
        .collect();
    assert_eq!(same, [("b", "c")]);
    assert!(found.undetected_factors.is_empty());
    assert_eq!(found.constant_metrics.iter().map(|m| m.as_str()).collect::<Vec<_>>(), ["zero"]);
    assert_eq!(found.unset_metrics.iter().map(|m| m.as_str()).collect::<Vec<_>>(), ["never"]);
}

#[test]
fn noise_is_not_taken_for_an_effect_nor_for_identity() {
    let mut build = Build::new(&[("a", &["x", "y"])]).metric("m", Family::Continuous);
    for r in 0..6 {
        let base = f64::from(r);
        build.run(&[("a", "x")], r, &[value(base)]);
        build.run(&[("a", "y")], r, &[value(5.0 - base + 0.01)]);
    }
    let found = nothing_varied(&build.frame);
    assert!(found.inert_factors.is_empty());
    assert_eq!(found.undetected_factors.len(), 1);
}

#[test]
fn the_score_is_the_product_of_its_four_parts_and_findings_say_where_and_what_to_do() {
    let mut build = planted();
    build.frame.metrics[0].range = (Some(0.0), None);
    build.frame.structure.missing.push(MissingRuns {
        state: RunState::Failed,
        class: None,
        condition: None,
        phases: [0].into(),
        count: 15,
    });
    let outside = build.frame.columns.get("m").unwrap().iter().flatten();
    let outside = outside.filter(|r| matches!(r.observed, Observed::Value(x) if x < 0.0)).count();
    let thresholds = Quality { min_score: Some(0.99), max_outlier_ratio: None, min_success_rate: Some(0.5) };
    let report = check_quality(&build.frame, &thresholds);
    let product = report.completeness * report.ranges * report.consistency * report.validity;
    assert_eq!(report.score, product);
    assert_eq!((report.expected, report.present), (75, 60));
    assert!((report.completeness - 0.8).abs() < 1e-12, "{}", report.completeness);
    assert!((report.ranges - (1.0 - outside as f64 / 240.0)).abs() < 1e-12);
    assert_eq!(report.passed, Some(false));
    assert_eq!(report.findings[0].severity, Severity::Error);
    for finding in &report.findings {
        assert!(!finding.place.is_empty() && !finding.advice.is_empty());
    }
    let codes: Vec<&str> = report.findings.iter().map(|f| f.code.as_str()).collect();
    for code in ["factor_changes_nothing", "identical_levels", "metric_never_set", "metric_constant", "runs_missing"] {
        assert!(codes.contains(&code), "{code} in {codes:?}");
    }
}

#[test]
fn clean_data_score_one_and_a_planted_outlier_is_found() {
    let clean = |outlier: f64| {
        let mut build = Build::new(&[("a", &["1", "2"])]).metric("m", Family::Continuous);
        for r in 0..12 {
            build.run(&[("a", "1")], r, &[value(f64::from(r))]);
            build.run(&[("a", "2")], r, &[value(if r < 2 { outlier + f64::from(r) } else { 9.0 + f64::from(r) })]);
        }
        check_quality(&build.frame, &Quality::default())
    };
    assert_eq!(clean(9.0).score, 1.0);
    assert!(clean(9.0).judged > 0 && !clean(9.0).findings.iter().any(|f| f.code == "outliers_not_judged"));
    let report = clean(500.0);
    assert!((report.validity - 22.0 / 24.0).abs() < 1e-12);
    assert!(report.findings.iter().any(|f| f.code == "outliers" && f.place == "m"));
    assert_eq!(report.passed, None);
}

#[test]
fn validity_of_nothing_says_that_nothing_was_judged() {
    let mut build = Build::new(&[("a", &["1"])]).metric("m", Family::Continuous);
    for r in 0..5 {
        build.run(&[("a", "1")], r, &[value(f64::from(r))]);
    }
    let report = check_quality(&build.frame, &Quality::default());
    assert_eq!(report.judged, 0);
    assert!(report.findings.iter().any(|f| f.code == "outliers_not_judged"));
}

#[test]
fn what_is_undefined_for_a_run_is_not_incomplete_but_what_is_unavailable_is() {
    let with = |observed: Observed| {
        let mut build = Build::new(&[]).metric("m", Family::Continuous);
        for r in 0..4 {
            build.run(&[("a", "1")], r, &[value(f64::from(r))]);
        }
        build.run(&[("a", "1")], 4, &[reading(observed)]);
        check_quality(&build.frame, &Quality::default()).completeness
    };
    assert_eq!(with(Observed::Undefined("no fault".into())), 1.0);
    assert_eq!(with(Observed::Unavailable("no sensor".into())), 0.8);
}

#[test]
fn a_plan_answers_its_questions_with_one_family_each() {
    let frame = planted().frame;
    let question = |by: &[&str]| Question {
        metric: "m".into(),
        by: by.iter().map(|s| (*s).to_owned()).collect(),
        ..Question::default()
    };
    let trend = Question { kind: Some(QuestionKind::Trend), ..question(&["real"]) };
    let unknown = Question { metric: "nope".into(), ..question(&[]) };
    let plan = Analysis { questions: vec![question(&["partly", "real"]), trend, unknown], ..Analysis::default() };
    let result = run_plan(&frame, &plan, &[]);
    let kinds: Vec<AnalysisKind> = result.analyses.iter().map(|a| a.kind).collect();
    use AnalysisKind::{Contrast, Descriptive, Omnibus, Regression};
    assert_eq!(kinds, [Descriptive, Omnibus, Contrast, Contrast, Contrast, Contrast, Descriptive, Regression]);
    assert_eq!(result.analyses[0].levels.len(), 6, "the cross of both factors");
    let tested = |a: &&ergon_analysis::Analysis| a.kind == Contrast && a.p_adjusted.is_some();
    let pairs: Vec<_> = result.analyses.iter().filter(tested).collect();
    assert_eq!(pairs.len(), 3, "b and c are the same in every replicate: nothing to test");
    assert!(pairs.iter().all(|a| a.family.as_ref().unwrap().size == pairs.len() && a.question.role == Role::Planned));
    assert_eq!(result.refusals.len(), 1);
    assert!(result.refusals[0].reason.contains("the campaign has m"));
    let ids: std::collections::BTreeSet<_> = result.analyses.iter().map(|a| a.id).collect();
    assert_eq!(ids.len(), result.analyses.len());
    assert_eq!(run_plan(&frame, &plan, &[]), result, "same data, same bits");
}

#[test]
fn without_questions_everything_is_compared_and_called_exploratory() {
    let result = run_plan(&planted().frame, &Analysis::default(), &[]);
    assert!(result.analyses.iter().all(|a| a.question.role == Role::Exploratory));
    let sizes: std::collections::BTreeSet<usize> =
        result.analyses.iter().filter_map(|a| a.family.as_ref()).map(|f| f.size).collect();
    assert_eq!(sizes.len(), 1, "one family: {sizes:?}");
    assert!(result.refusals.iter().any(|r| r.question == "zero"));
    let json = serde_json::to_string(&result).unwrap();
    assert!(json.contains("\"procedure\""));
}
