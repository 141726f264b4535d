//! The named analyses: rankings, scalability and its limit, grids, survival, cross-validation.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test's own frames")]

mod support;

use ergon_analysis::{
    Analysis, AnalysisError, AnalysisKind, Ask, Contrast, Detail, Frame, Grid, Ranking, Scalability, Survival,
    contrast, cross_validation, grid, ranking, run_plan, scalability,
};
use ergon_design::spec::{self, Estimand, Question, QuestionKind};
use ergon_domain::{Direction, Family, Observed, Value};
use ergon_stats::{CoxOptions, cox_ph, log_rank, stratified_log_rank, t_one_sample};
use support::{Build, Draws, reading, value};

fn ask() -> Ask {
    Ask::about("m")
}

/// A frame whose metric is better when higher.
fn higher(mut build: Build) -> Frame {
    build.frame.metrics[0].direction = Direction::Higher;
    build.frame
}

/// Ten replicates of protocols with these means, over two cells that shift them all.
fn protocols(means: &[(&str, f64)]) -> Build {
    let names: Vec<&str> = means.iter().map(|(name, _)| *name).collect();
    let mut build = Build::new(&[("protocol", &names), ("n", &["5", "50"])]).metric("m", Family::Continuous).common();
    let mut draws = Draws::seeded(21);
    for r in 0..10 {
        let block = 3.0 * draws.normal();
        for n in ["5", "50"] {
            for (name, mean) in means {
                let shift = if n == "50" { 20.0 } else { 0.0 };
                build.run(&[("protocol", name), ("n", n)], r, &[value(mean + shift + block + 0.3 * draws.normal())]);
            }
        }
    }
    build
}

fn ranks(analyses: &[Analysis]) -> &Ranking {
    match analyses[0].detail.as_ref() {
        Some(Detail::Ranking(ranking)) => ranking,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_ranking_says_who_is_best_and_who_is_told_apart() {
    let means = [("bft", 5.0), ("raft", 8.0), ("negotiation", 5.05), ("weighted", 6.5)];
    let found = ranking(&higher(protocols(&means)), &ask(), "protocol").unwrap();
    let of = ranks(&found);
    let places: Vec<usize> = of.levels.iter().map(|l| l.place).collect();
    assert_eq!((places[1], places[3]), (1, 2));
    let letters: Vec<&str> = of.levels.iter().map(|l| l.letters.as_str()).collect();
    assert_eq!(letters, ["c", "a", "c", "b"], "bft and negotiation differ by less than the noise");
    assert_eq!((of.levels[1].scaled, of.better.as_str()), (Some(1.0), "higher"));
    assert!((of.levels[1].mean - of.levels[0].mean - 3.0).abs() < 0.3, "over the same cells");
    assert_eq!((found[0].kind, found.len()), (AnalysisKind::Ranking, 7));
    assert!(found[0].p.unwrap() < 1e-6 && found[0].p_adjusted.is_none(), "the test of all is not in the family");
    assert!(found[1..].iter().all(|a| a.family.as_ref().unwrap().size == 6));

    // Less is better: the order turns round.
    let found = ranking(&protocols(&means).frame, &ask(), "protocol").unwrap();
    assert_eq!((ranks(&found).levels[1].place, ranks(&found).levels[1].scaled), (4, Some(0.0)));
}

#[test]
fn without_differences_all_levels_share_a_letter() {
    let same = [("bft", 5.0), ("raft", 5.0), ("weighted", 5.0)];
    let found = ranking(&higher(protocols(&same)), &ask(), "protocol").unwrap();
    assert!(ranks(&found).levels.iter().all(|l| l.letters == "a"));
    let two = ranking(&higher(protocols(&same[..2])), &ask(), "protocol").unwrap();
    assert_eq!((two[0].kind, two.len()), (AnalysisKind::Ranking, 2));
}

/// Throughput over group size: full until 15, then falling.
fn curve(draws: &mut Draws, noise: f64, at: impl Fn(f64) -> f64) -> Frame {
    let sizes = ["5", "10", "15", "25", "50"];
    let mut build = Build::new(&[("n", &sizes)]).metric("m", Family::Positive).common();
    for r in 0..10 {
        let block = 2.0 * draws.normal();
        for n in sizes {
            let x: f64 = n.parse().unwrap();
            build.run(&[("n", n)], r, &[value(at(x) + block + noise * draws.normal())]);
        }
    }
    higher(build)
}

fn limits(found: &Analysis) -> &Scalability {
    match &found.detail {
        Some(Detail::Scalability(s)) => s,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_limit_is_the_first_size_that_surely_loses_more_than_a_fifth() {
    // 100 until 15 agents, 90 at 25, 60 at 50: 20 % are lost between 25 and 50, at 33.3.
    let falling = |x: f64| {
        if x <= 15.0 {
            100.0
        } else if x <= 25.0 {
            90.0
        } else {
            60.0
        }
    };
    let found = scalability(&curve(&mut Draws::seeded(1), 1.0, falling), &ask(), "n", None, 0.2).unwrap();
    let of = &limits(&found).curves[0];
    assert_eq!(of.limit, Some(50.0));
    assert!((of.crossing.unwrap() - 33.3).abs() < 2.0, "{:?}", of.crossing);
    let ci = of.crossing_ci.as_ref().unwrap();
    assert!(ci.lo.unwrap() < 33.4 && ci.hi.unwrap() > 33.2 && ci.hi.unwrap() - ci.lo.unwrap() < 3.0, "{ci:?}");
    assert_eq!(ci.crossed, 1.0);
    assert_eq!(found.estimates["limit"].value, 50.0);
    assert!((of.points[4].loss.unwrap() - 0.4).abs() < 0.03);
    assert!(of.points[4].loss_lower.unwrap() < of.points[4].loss.unwrap());

    let flat = scalability(&curve(&mut Draws::seeded(2), 1.0, |_| 100.0), &ask(), "n", None, 0.2).unwrap();
    let of = &limits(&flat).curves[0];
    assert_eq!((of.limit, of.crossing), (None, None), "not reached");
    assert!(flat.estimates.is_empty());
    // The loss is there, but these runs can't show that it is more than a fifth.
    let noisy = scalability(&curve(&mut Draws::seeded(3), 40.0, falling), &ask(), "n", None, 0.2).unwrap();
    assert_eq!(limits(&noisy).curves[0].limit, None);
}

#[test]
fn without_any_loss_a_limit_is_found_in_fewer_than_one_of_twenty_campaigns() {
    let mut draws = Draws::seeded(4);
    const CAMPAIGNS: usize = 120;
    let false_limits = (0..CAMPAIGNS)
        .filter(|_| {
            // The mean loss allowed is none at all: every size beyond the best is as good as it.
            let found = scalability(&curve(&mut draws, 10.0, |_| 100.0), &ask(), "n", None, 1e-9).unwrap();
            limits(&found).curves[0].limit.is_some()
        })
        .count();
    // 6 on average, were the correction exact; 3 binomial standard errors above.
    assert!(false_limits <= 13, "{false_limits} of {CAMPAIGNS}");
}

#[test]
fn what_has_no_better_side_has_no_limit() {
    let mut frame = curve(&mut Draws::seeded(5), 1.0, |_| 100.0);
    frame.metrics[0].direction = Direction::None;
    let error = scalability(&frame, &ask(), "n", None, 0.2).unwrap_err();
    assert!(matches!(error, AnalysisError::NoBetterSide { .. }), "{error}");
}

#[test]
fn a_grid_has_a_cell_for_every_pair_and_empty_ones_are_empty() {
    let mut build =
        Build::new(&[("rate", &["0", "0.4"]), ("protocol", &["bft", "raft"])]).metric("m", Family::Continuous);
    for r in 0..3 {
        build.run(&[("rate", "0"), ("protocol", "bft")], r, &[value(f64::from(r) + 9.0)]);
        build.run(&[("rate", "0"), ("protocol", "raft")], r, &[reading(Observed::Unavailable("no output".into()))]);
        build.run(&[("rate", "0.4"), ("protocol", "bft")], r, &[reading(Observed::Censored { at: 60.0 })]);
    }
    let found = grid(&build.frame, &ask(), "rate", "protocol").unwrap();
    let Some(Detail::Grid(Grid { cells, rows, columns, .. })) = &found.detail else { panic!("no grid") };
    assert_eq!((rows.len(), columns.len()), (2, 2));
    let shown: Vec<(usize, usize, usize, Option<f64>)> =
        cells.iter().map(|c| (c.n, c.censored, c.missing, c.mean)).collect();
    assert_eq!(shown, [(3, 0, 0, Some(10.0)), (0, 0, 3, None), (0, 3, 0, None), (0, 0, 0, None)]);
    assert!(found.warnings.iter().any(|w| w.code == "empty_cells"));
}

/// Recovery times at two levels in two cells, the second slower in both; some aren't seen to the end.
fn recoveries(common: bool) -> Build {
    let mut build = Build::new(&[("a", &["old", "new"]), ("b", &["p", "q"])]).metric("m", Family::TimeToEvent);
    if common {
        build = build.common();
    }
    let mut draws = Draws::seeded(6);
    for r in 0..12 {
        for b in ["p", "q"] {
            for (a, scale) in [("old", 10.0), ("new", 4.0)] {
                let time = scale * if b == "q" { 3.0 } else { 1.0 } * -draws.uniform().ln();
                let seen = if time > 40.0 { Observed::Censored { at: 40.0 } } else { Observed::Value(time) };
                build.run(&[("a", a), ("b", b)], r, &[reading(seen)]);
            }
        }
    }
    build
}

fn times(build: &Build) -> (Vec<f64>, Vec<bool>) {
    let seen = |r: &Option<ergon_analysis::Reading>| match r.as_ref().unwrap().observed {
        Observed::Value(x) => (x, true),
        Observed::Censored { at } => (at, false),
        _ => panic!("all are times"),
    };
    build.frame.columns["m"].iter().map(seen).unzip()
}

fn new_and_old() -> Contrast {
    Contrast { factor: "a".into(), treatment: Value::text("new"), control: Value::text("old") }
}

#[test]
fn survival_is_stratified_by_the_cells_of_the_other_factors() {
    let build = recoveries(false);
    let found = contrast(&build.frame, &ask(), &new_and_old()).unwrap();
    let (time, event) = times(&build);
    let (stratum, group): (Vec<usize>, Vec<usize>) = (0..48).map(|i| (i / 2 % 2, 1 - i % 2)).unzip();
    let expected = stratified_log_rank(&time, &event, &group, &stratum).unwrap();
    assert!((found.statistic.as_ref().unwrap().value - expected.chi2).abs() < 1e-9);
    assert_ne!(expected.chi2, log_rank(&time, &event, &group).unwrap().chi2);
    assert_eq!(found.procedure, "Stratified log-rank test");
    let Some(Detail::Survival(Survival { curves, .. })) = &found.detail else { panic!("no curves") };
    assert_eq!((curves[0].level.as_str(), curves[0].n, curves[1].n), ("new", 24, 24));
    assert_eq!(curves[1].censored_at.len() + curves[1].events, 24);
    assert_eq!(curves[0].steps.first().unwrap().at_risk, 24);
}

#[test]
fn survival_over_blocks_is_tested_over_replicates() {
    let build = recoveries(true);
    let found = contrast(&build.frame, &ask(), &new_and_old()).unwrap();
    // Of a pair the first event counts ½ against the other's.
    let (time, event) = times(&build);
    let score = |r: usize| -> f64 {
        (0..2)
            .map(|b| {
                let (old, new) = (4 * r + 2 * b, 4 * r + 2 * b + 1);
                match time[new].total_cmp(&time[old]) {
                    std::cmp::Ordering::Less if event[new] => 0.5,
                    std::cmp::Ordering::Greater if event[old] => -0.5,
                    _ => 0.0,
                }
            })
            .sum()
    };
    let scores: Vec<f64> = (0..12).map(score).collect();
    let expected = t_one_sample(&scores, 0.0, &ergon_stats::TestOptions::default()).unwrap();
    assert!((found.p.unwrap() - expected.p).abs() < 1e-9, "{:?} {}", found.p, expected.p);
    assert_eq!(found.unit_of_analysis, "12 replicates as blocks");
}

#[test]
fn a_hazard_ratio_is_coxs_and_its_interval_is_its_test() {
    let asked = Ask { estimand: Some(Estimand::HazardRatio), ..ask() };
    for common in [false, true] {
        let build = recoveries(common);
        let found = contrast(&build.frame, &asked, &new_and_old()).unwrap();
        let main = found.main_estimate().unwrap();
        // Recovery at rates 1/4 and 1/10: 2.5 times as fast.
        assert!(main.ci.unwrap().lo < 2.5 && main.ci.unwrap().hi > 2.5 && main.value > 1.3, "{main:?}");
        for end in [main.ci.unwrap().lo, main.ci.unwrap().hi] {
            let at = contrast(&build.frame, &Ask { null: Some(end), ..asked.clone() }, &new_and_old()).unwrap();
            assert!((at.p.unwrap() - 0.05).abs() < 1e-9, "{:?}", at.p);
        }
        assert_eq!(found.df.len(), usize::from(common), "over replicates where these are blocks");
    }
    let build = recoveries(false);
    let (time, event) = times(&build);
    let (stratum, new): (Vec<usize>, Vec<f64>) = (0..48).map(|i| (i / 2 % 2, (i % 2) as f64)).unzip();
    let options = CoxOptions { strata: Some(&stratum), ..CoxOptions::default() };
    let expected = cox_ph(&time, &event, &[&new], &options).unwrap();
    let found = contrast(&build.frame, &asked, &new_and_old()).unwrap();
    assert!((found.main_estimate().unwrap().value - expected.coefficients[0].ratio).abs() < 1e-9);
    assert!((found.p.unwrap() - expected.coefficients[0].p).abs() < 1e-9);
}

#[test]
fn cross_validation_predicts_conditions_it_has_not_seen() {
    let mut build =
        Build::new(&[("a", &["1", "2", "3", "4"]), ("b", &["p", "q", "s", "t"])]).metric("m", Family::Continuous);
    let mut noise =
        Build::new(&[("a", &["1", "2", "3", "4"]), ("b", &["p", "q", "s", "t"])]).metric("m", Family::Continuous);
    let mut draws = Draws::seeded(8);
    for (i, a) in ["1", "2", "3", "4"].iter().enumerate() {
        for (j, b) in ["p", "q", "s", "t"].iter().enumerate() {
            for r in 0..3 {
                let additive = 4.0 * i as f64 - 7.0 * j as f64;
                build.run(&[("a", a), ("b", b)], r, &[value(additive + 0.1 * draws.normal())]);
                noise.run(&[("a", a), ("b", b)], r, &[value(draws.normal())]);
            }
        }
    }
    let factors = ["a".to_owned(), "b".to_owned()];
    let found = cross_validation(&build.frame, &ask(), &factors, 5).unwrap();
    assert!(found.main_estimate().unwrap().value > 0.99);
    let nothing = cross_validation(&noise.frame, &ask(), &factors, 5).unwrap();
    assert!(nothing.main_estimate().unwrap().value < 0.2, "{:?}", nothing.main_estimate());
    let Some(Detail::CrossValidation(detail)) = &found.detail else { panic!("no folds") };
    assert_eq!((detail.conditions, detail.folds, detail.r2_per_fold.len()), (16, 5, 5));
    let error = cross_validation(&build.frame, &ask(), &factors, 17).unwrap_err();
    assert!(matches!(error, AnalysisError::TooFewRuns { found: 16, needed: 17, .. }), "{error}");
}

#[test]
fn a_plan_asks_for_named_analyses_by_kind() {
    let frame = higher(protocols(&[("bft", 5.0), ("raft", 8.0), ("weighted", 6.5)]));
    let question = |kind, by: &[&str]| Question {
        metric: "m".into(),
        by: by.iter().map(|s| (*s).to_owned()).collect(),
        kind: Some(kind),
        ..Question::default()
    };
    let plan = spec::Analysis {
        questions: vec![
            question(QuestionKind::Ranking, &["protocol"]),
            question(QuestionKind::Trend, &["n", "protocol"]),
            question(QuestionKind::Grid, &["n", "protocol"]),
            question(QuestionKind::CrossValidation, &["n", "protocol"]),
            question(QuestionKind::Scalability, &["n"]),
        ],
        ..spec::Analysis::default()
    };
    let found = run_plan(&frame, &plan, &[]);
    use AnalysisKind::{Contrast, CrossValidation, Descriptive, Grid, Ranking, Regression};
    let kinds: Vec<AnalysisKind> = found.analyses.iter().map(|a| a.kind).collect();
    assert_eq!(
        kinds,
        [
            Descriptive,
            Ranking,
            Contrast,
            Contrast,
            Contrast, // protocol
            Descriptive,
            Regression,
            Regression,
            Regression, // a slope in each protocol
            Descriptive,
            Grid,
            Descriptive,
            CrossValidation,
            Descriptive,
        ]
    );
    assert_eq!(ranks(&found.analyses[1..2]).levels.iter().map(|l| l.letters.clone()).collect::<String>(), "cab");
    let slopes: Vec<&Analysis> = found.analyses.iter().filter(|a| a.kind == Regression).collect();
    assert!(slopes.iter().all(|a| a.family.as_ref().unwrap().size == 3 && a.frame.filters.len() == 1));
    assert_eq!(found.refusals.len(), 1, "a metric that may be negative has no share to lose: {:?}", found.refusals);
    let ids: std::collections::BTreeSet<_> = found.analyses.iter().map(|a| a.id).collect();
    assert_eq!(ids.len(), found.analyses.len() - 1, "slopes and grid describe the same cells: one question, one id");
    assert!(serde_json::to_string(&found).unwrap().contains("\"of\":\"ranking\""));
}
