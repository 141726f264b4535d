//! What bargaining theory says must come out does.

use ergon_domain::Value;

use crate::desk::{means, observed, run, text, value};

const REPLICATES: u32 = 60;

/// (1 − (−δ)^T)/(1 + δ): what the first proposer of T alternating offers has, of a pie of 1.
///
/// Source: Ståhl 1972; Rubinstein, Econometrica 50, 1982, for T → ∞.
fn proposers_share(discount: f64, rounds: u32) -> f64 {
    let power = (0..rounds).fold(1.0, |power, _| power * -discount);
    (1.0 - power) / (1.0 + discount)
}

#[test]
fn rational_agents_divide_a_pie_as_rubinstein_says() {
    for (discount, rounds) in [(0.9, 1), (0.9, 2), (0.9, 3), (0.9, 10), (0.5, 4), (0.9, 100), (0.99, 100), (0.0, 5)] {
        let set = [
            ("game", text("pie")),
            ("slices", Value::Int(10_000)),
            ("offers", text("alternating")),
            ("weak_agent", text("rational")),
            ("strong_agent", text("rational")),
            ("max_rounds", Value::Int(i64::from(rounds))),
            ("discount", Value::Real(discount)),
        ];
        let outcome = run(&set, 0);
        let (first, share) = (value(&outcome, "utility_first") / 100.0, proposers_share(discount, rounds));
        // Each of T steps rounds to a slice in favour of who accepts; later steps weigh δ less.
        assert!(
            (first - share).abs() <= 1e-4 / (1.0 - discount).max(0.01),
            "δ = {discount}, T = {rounds}: {first}, {share}"
        );
        assert_eq!(value(&outcome, "final_round"), 1.0, "rational agents waste nothing");
    }
    assert!((proposers_share(0.9, 10) - 0.343).abs() < 5e-4);
}

#[test]
fn without_competition_everybody_has_everything_they_want_at_once() {
    for replicate in 0..50 {
        let outcome = run(
            &[
                ("competition_level", Value::Real(0.0)),
                ("weak_skill", Value::Real(1.0)),
                ("strong_skill", Value::Real(1.0)),
            ],
            replicate,
        );
        assert_eq!([value(&outcome, "utility_weak"), value(&outcome, "utility_strong")], [100.0, 100.0]);
        assert_eq!(value(&outcome, "final_round"), 1.0);
        assert_eq!(value(&outcome, "efficiency"), 100.0);
        assert_eq!([value(&outcome, "distance_nash"), value(&outcome, "pareto_efficient")], [0.0, 1.0]);
    }
}

#[test]
fn competition_lowers_utility_and_takes_rounds() {
    for strategy in ["boulware", "linear", "conceder", "zeuthen", "nash"] {
        let at = |competition: f64| {
            let set = [
                ("weak_agent", text(strategy)),
                ("strong_agent", text(strategy)),
                ("weak_skill", Value::Real(0.7)),
                ("strong_skill", Value::Real(0.7)),
                ("competition_level", Value::Real(competition)),
            ];
            means(&set, ["welfare", "final_round"], REPLICATES)
        };
        let found = [0.0, 0.25, 0.5, 0.75, 1.0].map(at);
        let welfare = found.map(|[welfare, _]| welfare);
        assert!(welfare.windows(2).all(|w| w[0] > w[1]), "{strategy}: welfare {welfare:?}");
        let rounds = found.map(|[_, rounds]| rounds);
        assert!(rounds[0] < rounds[2] && rounds[2] < rounds[4], "{strategy}: rounds {rounds:?}");
    }
}

#[test]
fn swapping_sides_at_equal_skill_turns_the_gap_around_exactly() {
    for strategy in ["boulware", "linear", "conceder", "tit_for_tat", "zeuthen", "nash", "random"] {
        for replicate in 0..50 {
            let gap = |order: &str| {
                let set = [
                    ("weak_agent", text(strategy)),
                    ("strong_agent", text(strategy)),
                    ("weak_skill", Value::Real(0.6)),
                    ("strong_skill", Value::Real(0.6)),
                    ("order", text(order)),
                ];
                value(&run(&set, replicate), "exploitation_gap")
            };
            assert_eq!(gap("weak_first"), -gap("strong_first"), "{strategy}, replicate {replicate}");
        }
    }
}

#[test]
fn no_seat_is_favoured_when_everybody_proposes() {
    for (strategy, competition) in [("linear", 0.9), ("boulware", 0.5), ("nash", 0.7)] {
        let set = [
            ("weak_agent", text(strategy)),
            ("strong_agent", text(strategy)),
            ("weak_skill", Value::Real(0.6)),
            ("strong_skill", Value::Real(0.6)),
            ("competition_level", Value::Real(competition)),
        ];
        let n = 400;
        let gaps: Vec<f64> = (0..n)
            .map(|replicate| run(&set, replicate))
            .map(|outcome| value(&outcome, "utility_last") - value(&outcome, "utility_first"))
            .collect();
        let mean = gaps.iter().sum::<f64>() / f64::from(n);
        let variance = gaps.iter().map(|g| (g - mean) * (g - mean)).sum::<f64>() / f64::from(n - 1);
        let standard_error = (variance / f64::from(n)).sqrt();
        assert!(mean.abs() <= 3.5 * standard_error, "{strategy}: {mean} ± {standard_error}");
    }
}

#[test]
fn planted_skill_is_exploitation() {
    for strategy in ["boulware", "linear", "conceder"] {
        for competition in [0.3, 0.7] {
            let order = |order: &str, replicate: u32, [weak, strong]: [f64; 2]| {
                let set = [
                    ("weak_agent", text(strategy)),
                    ("strong_agent", text(strategy)),
                    ("weak_skill", Value::Real(weak)),
                    ("strong_skill", Value::Real(strong)),
                    ("competition_level", Value::Real(competition)),
                    ("order", text(order)),
                ];
                value(&run(&set, replicate), "exploitation_gap")
            };
            let both = |replicate, skills| {
                (order("weak_first", replicate, skills) + order("strong_first", replicate, skills)) / 2.0
            };
            let n = 150;
            let gaps: Vec<f64> = (0..n).map(|replicate| both(replicate, [0.0, 1.0])).collect();
            let mean = gaps.iter().sum::<f64>() / f64::from(n);
            let variance = gaps.iter().map(|g| (g - mean) * (g - mean)).sum::<f64>() / f64::from(n - 1);
            let standard_error = (variance / f64::from(n)).sqrt();
            println!("{strategy}, {competition}: {mean:.2} ± {standard_error:.2}");
            assert!(mean > 2.0 * standard_error, "{strategy}, {competition}: {mean} ± {standard_error}");
            assert_eq!(both(0, [0.5, 0.5]), 0.0, "both orders cancel exactly");
        }
    }
}

#[test]
fn hardliners_who_want_the_same_never_agree_and_nobody_has_anything() {
    let set = [
        ("weak_agent", text("hardliner")),
        ("strong_agent", text("hardliner")),
        ("competition_level", Value::Real(1.0)),
    ];
    let outcome = run(&set, 3);
    assert_eq!(value(&outcome, "agreement"), 0.0);
    assert_eq!([value(&outcome, "utility_weak"), value(&outcome, "welfare")], [0.0, 0.0]);
    assert_eq!([value(&outcome, "final_round"), value(&outcome, "proposals_rejected")], [10.0, 20.0]);
    assert_eq!(value(&outcome, "exploitation_index"), -1.0);
    for undefined in ["gini", "min_max_fairness", "envy_free"] {
        assert!(matches!(observed(&outcome, undefined), ergon_domain::Observed::Undefined(_)), "{undefined}");
    }
}
