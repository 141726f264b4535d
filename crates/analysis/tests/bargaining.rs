//! Exploitation and efficiency: what was planted is found, order cancels, nothing is dropped in silence.

#![allow(clippy::panic, clippy::unwrap_used, reason = "tests")]

mod support;

use ergon_analysis::{Analysis, Ask, Bargaining, BargainingGroup, Detail, MissingRuns, efficiency, exploitation};
use ergon_domain::{FailureClass, Family, RunState};
use std::sync::Arc;
use support::{Build, Draws, near, value};

const FACTORS: [(&str, &[&str]); 4] = [
    ("weak_model", &["a", "b"]),
    ("strong_model", &["c"]),
    ("competition_level", &["0.1", "0.9"]),
    ("order", &["weak_first", "strong_first"]),
];
/// What sitting first is worth to the strong side.
const SEAT: f64 = 20.0;

/// Games whose gap is as planted for each weak model, with noise of standard deviation 5 and the advantage of a seat.
fn games(planted: [f64; 2], replicates: u32, draws: &mut Draws) -> Build {
    let mut build = Build::new(&FACTORS)
        .metric("exploitation_gap", Family::Continuous)
        .metric("agreement", Family::Binary)
        .metric("strict_clean", Family::Binary)
        .common();
    for r in 0..replicates {
        for (weak, gap) in [("a", planted[0]), ("b", planted[1])] {
            for level in ["0.1", "0.9"] {
                for (order, seat) in [("weak_first", -SEAT), ("strong_first", SEAT)] {
                    let levels =
                        [("weak_model", weak), ("strong_model", "c"), ("competition_level", level), ("order", order)];
                    let clean = if r == 0 && weak == "b" { 0.0 } else { 1.0 };
                    build.run(&levels, r, &[value(gap + seat + 5.0 * draws.normal()), value(1.0), value(clean)]);
                }
            }
        }
    }
    build
}

fn pairs() -> Vec<String> {
    ["weak_model", "strong_model", "competition_level"].map(String::from).to_vec()
}

fn ask() -> Ask {
    Ask::about("exploitation_gap")
}

fn detail(analysis: &Analysis) -> &Bargaining {
    let Some(Detail::Bargaining(found)) = &analysis.detail else { panic!("no detail") };
    found
}

fn group<'a>(found: &'a Bargaining, weak: &str) -> &'a BargainingGroup {
    found.groups.iter().find(|g| g.levels[0].1 == weak).unwrap()
}

#[test]
fn what_was_planted_is_found_pair_by_pair_and_the_seats_advantage_cancels() {
    let build = games([10.0, 0.0], 12, &mut Draws::seeded(1));
    let analysis = exploitation(&build.frame, &ask(), &pairs()).unwrap();
    let found = detail(&analysis);
    assert_eq!((found.groups.len(), found.cells.len()), (2, 4));
    let (exploited, not) = (group(found, "a"), group(found, "b"));
    assert!((exploited.measures[0].mean.unwrap() - 10.0).abs() < 3.0, "{exploited:?}");
    // 12 replicates' means of 4 games: 5/√48 ≈ 0.7. With the seat's advantage in it, it would be about 3.
    assert!(exploited.measures[0].se.unwrap() < 1.5, "{exploited:?}");
    assert!(exploited.p_adjusted.unwrap() < 0.001 && not.p.unwrap() > 0.01, "{exploited:?}, {not:?}");
    assert!(not.p_adjusted.unwrap() >= not.p.unwrap());
    assert_eq!(analysis.unit_of_analysis, "replicates as blocks");
    let mean = &analysis.estimates["mean"];
    assert!((mean.value - 5.0).abs() < 2.0 && mean.ci.unwrap().lo > 0.0, "{mean:?}");
}

#[test]
fn each_order_and_the_strictly_clean_runs_stand_beside() {
    let build = games([10.0, 0.0], 12, &mut Draws::seeded(1));
    let analysis = exploitation(&build.frame, &ask(), &pairs()).unwrap();
    let beside = |name: &str| analysis.companions.iter().find(|c| c.procedure == name).unwrap();
    let mean = |name: &str| beside(name).estimate.as_ref().unwrap().value;
    assert!((mean("order = strong_first only") - mean("order = weak_first only") - 2.0 * SEAT).abs() < 5.0);
    assert_eq!(
        beside("Strictly clean runs only").note,
        "92 of 96 runs; in the others a proposal or vote could not be read"
    );
    assert_eq!((group(detail(&analysis), "a").not_clean, group(detail(&analysis), "b").not_clean), (Some(0), Some(4)));
}

#[test]
fn where_nobody_is_exploited_a_pair_is_called_so_no_more_often_than_alpha() {
    let campaigns = 300;
    let mut draws = Draws::seeded(2);
    let rejected = (0..campaigns)
        .filter(|_| {
            let build = games([0.0, 0.0], 6, &mut draws);
            let analysis = exploitation(&build.frame, &ask(), &pairs()).unwrap();
            group(detail(&analysis), "a").p.unwrap() < 0.05
        })
        .count();
    assert!(near(rejected, campaigns, 0.05), "{rejected} of {campaigns}");
}

#[test]
fn games_that_timed_out_are_counted_beside_and_are_in_no_mean() {
    let mut build = games([10.0, 0.0], 5, &mut Draws::seeded(3));
    let before = exploitation(&build.frame, &ask(), &pairs()).unwrap();
    let condition = Some(Arc::clone(&build.frame.rows[0].condition));
    build.frame.structure.missing.push(MissingRuns {
        state: RunState::Failed,
        class: Some(FailureClass::Timeout),
        condition,
        phases: Arc::from([0]),
        count: 3,
    });
    let analysis = exploitation(&build.frame, &ask(), &pairs()).unwrap();
    assert_eq!((group(detail(&analysis), "a").timed_out, group(detail(&analysis), "b").timed_out), (3, 0));
    let said = analysis.warnings.iter().find(|w| w.code == "timed_out").unwrap();
    assert_eq!(said.message, "3 runs timed out: they gave no result and are not in these means");
    assert_eq!(analysis.estimates["mean"].value, before.estimates["mean"].value);
}

#[test]
fn games_in_one_order_only_are_warned_of() {
    let build = games([10.0, 0.0], 3, &mut Draws::seeded(4));
    let both = exploitation(&build.frame, &ask(), &pairs()).unwrap();
    assert!(!both.warnings.iter().any(|w| w.code == "one_order"));
    let choice = ergon_design::spec::FrameChoice { phases: Vec::new(), filters: vec!["order=weak_first".into()] };
    let one = exploitation(&build.frame.select(&choice).unwrap(), &ask(), &pairs()).unwrap();
    let said = one.warnings.iter().find(|w| w.code == "one_order").unwrap();
    assert_eq!(
        said.message,
        "all games were played weak first: what is strength and what is order can't be told apart"
    );
}

#[test]
fn efficiency_is_described_and_not_tested() {
    let build = games([10.0, 0.0], 4, &mut Draws::seeded(5));
    let analysis = efficiency(&build.frame, &ask(), &["competition_level".into()]).unwrap();
    let found = detail(&analysis);
    assert_eq!(found.groups.len(), 2);
    assert!(found.groups.iter().all(|g| g.p.is_none() && g.runs == 16) && analysis.p.is_none());
    // Only what was measured stands beside.
    let names: Vec<&str> = found.groups[0].measures.iter().map(|m| m.metric.as_str()).collect();
    assert_eq!(names, ["exploitation_gap", "agreement"]);
}

#[test]
fn factors_and_metrics_that_are_not_there_are_named() {
    let build = games([0.0, 0.0], 2, &mut Draws::seeded(6));
    let said = |metric: &str, by: &[&str]| {
        let by: Vec<String> = by.iter().map(ToString::to_string).collect();
        exploitation(&build.frame, &Ask::about(metric), &by).unwrap_err().to_string()
    };
    assert!(said("exploitation_gap", &["weak_model"]).contains("exploitation by weak_model alone"));
    assert!(said("exploitation_gap", &["weak_model", "mood"]).contains("mood"));
    assert!(said("gap", &["weak_model", "strong_model"]).contains("gap"));
}
