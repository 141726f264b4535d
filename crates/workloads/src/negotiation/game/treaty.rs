//! Positions on issues, between what each agent holds ideal.
//!
//! Ideal positions have a Gaussian copula: normals with Pearson correlation 2·sin(πρ/6), which gives Spearman's ρ
//! (Kruskal, JASA 53, 1958), put through Φ. Among n agents all pairs are correlated alike, which can't be below
//! −1/(n − 1).

use std::f64::consts::PI;

use ergon_domain::draw;
use rand_core::Rng;
use serde_json::Value as Json;

use super::{Dealt, named};
use crate::negotiation::preferences::{POINTS, generate};
use crate::negotiation::space::{Alternative, Issue, Space};

const NAMES: [&str; 10] =
    ["tariffs", "fishing", "borders", "emissions", "patents", "transit", "quotas", "aid", "data", "energy"];
/// Positions are in tenths.
const STEPS: u16 = 10;

pub(super) fn deal<R: Rng>(agents: usize, issues: usize, rho: f64, theta: f64, rng: &mut R) -> Dealt {
    let weighed = generate(agents, issues, theta, rng);
    let lowest = if agents > 1 { -1.0 / (agents as f64 - 1.0) } else { -1.0 };
    let correlation = pearson(rho).clamp(lowest, 1.0);
    let ideals: Vec<Vec<f64>> = (0..issues).map(|_| correlated(agents, correlation, rng)).collect();
    let weight = |agent: usize, issue: usize| f64::from(weighed.points[agent][issue]) / f64::from(POINTS);
    let issue = |at: usize| Issue {
        name: named(&NAMES, at),
        alternatives: (0..=STEPS)
            .map(|step| {
                let position = f64::from(step) / f64::from(STEPS);
                let gain = |agent: usize| 100.0 * weight(agent, at) * (1.0 - (ideals[at][agent] - position).abs());
                Alternative { label: Json::from(position), gains: (0..agents).map(gain).collect(), spends: Vec::new() }
            })
            .collect(),
    };
    let told = |agent: usize| {
        let each = (0..issues).map(|at| {
            format!("{}: ideal {:.2}, weight {:.2}", named(&NAMES, at), ideals[at][agent], weight(agent, at))
        });
        format!("Your positions: {}.", each.collect::<Vec<_>>().join("; "))
    };
    // How far two ideals can be told apart from what was asked for is only known where the correlation itself was cut.
    let cut = (spearman(correlation) - rho).abs();
    Dealt {
        space: Space { agents, issues: (0..issues).map(issue).collect(), budgets: None },
        rules: format!(
            "A treaty settles {issues} issues, each at a position between 0 and 1, in steps of 0.1. Your utility is 100 × \
             the sum over issues of weight × (1 − distance between the position and your ideal). A proposal names a \
             position for every issue."
        ),
        values: (0..agents).map(told).collect(),
        gap: Some(weighed.gap.max(cut)),
    }
}

/// Pearson correlation of normals with this rank correlation.
fn pearson(spearman: f64) -> f64 {
    2.0 * libm::sin(PI * spearman / 6.0)
}

fn spearman(pearson: f64) -> f64 {
    6.0 / PI * libm::asin(pearson / 2.0)
}

/// Uniform on (0, 1), every pair of normals behind them with this correlation. With normals z and their mean m, z − m has
/// pairwise correlation −1/(n − 1); a multiple of it and a common normal reach every correlation from there up to 1.
fn correlated<R: Rng>(agents: usize, correlation: f64, rng: &mut R) -> Vec<f64> {
    let n = agents as f64;
    let z: Vec<f64> = (0..agents).map(|_| draw::standard_normal(rng)).collect();
    let common = draw::standard_normal(rng);
    let mean = z.iter().sum::<f64>() / n;
    // Variance of (z − m)·b is b²(1 − 1/n), covariance −b²/n; the common part adds a² to both.
    let own = (1.0 - correlation).max(0.0).sqrt();
    let shared = (1.0 - own * own * (1.0 - 1.0 / n)).max(0.0).sqrt();
    z.iter().map(|z| normal_cdf(own * (z - mean) + shared * common)).collect()
}

fn normal_cdf(x: f64) -> f64 {
    0.5 * libm::erfc(-x / std::f64::consts::SQRT_2)
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha8Rng;
    use rand_core::SeedableRng;

    use super::*;

    fn ranks(x: &[f64]) -> Vec<f64> {
        let mut order: Vec<usize> = (0..x.len()).collect();
        order.sort_by(|a, b| x[*a].total_cmp(&x[*b]));
        let mut ranks = vec![0.0; x.len()];
        order.iter().enumerate().for_each(|(rank, at)| ranks[*at] = rank as f64);
        ranks
    }

    fn rank_correlation(a: &[f64], b: &[f64]) -> f64 {
        let (a, b) = (ranks(a), ranks(b));
        let n = a.len() as f64;
        let d: f64 = a.iter().zip(&b).map(|(a, b)| (a - b) * (a - b)).sum();
        1.0 - 6.0 * d / (n * (n * n - 1.0))
    }

    #[test]
    fn ideal_positions_have_the_rank_correlation_asked_for() {
        // 20,000 positions: the standard error is about 0.007.
        for (agents, rho) in [(2, -1.0), (2, -0.5), (2, 0.0), (2, 0.7), (2, 1.0), (4, -0.2), (4, 0.6)] {
            let mut rng = ChaCha8Rng::seed_from_u64(7);
            let drawn: Vec<Vec<f64>> = (0..20_000).map(|_| correlated(agents, pearson(rho), &mut rng)).collect();
            let of = |agent: usize| drawn.iter().map(|d| d[agent]).collect::<Vec<f64>>();
            let found = rank_correlation(&of(0), &of(agents - 1));
            assert!((found - rho).abs() < 0.025, "{agents} agents, {rho}: {found}");
        }
    }

    #[test]
    fn an_agent_at_its_ideal_on_every_issue_has_everything() {
        let dealt = deal(2, 5, 0.0, 0.5, &mut ChaCha8Rng::seed_from_u64(3));
        let mut most: f64 = 0.0;
        dealt.space.for_each(|_, u| most = most.max(u[0]));
        // Ideals lie between tenths: at most half a step is lost on each issue.
        assert!((95.0..=100.0 + 1e-9).contains(&most), "{most}");
    }

    #[test]
    fn more_conflict_than_so_many_agents_can_have_says_how_much_is_missing() {
        let gap = |agents: usize, rho: f64| deal(agents, 5, rho, 1.0, &mut ChaCha8Rng::seed_from_u64(3)).gap.unwrap();
        assert!(gap(2, -1.0) < 0.01);
        // Three agents can't all be opposed: Pearson −1/2 is Spearman −0.4826.
        assert!((gap(3, -1.0) - 0.5174).abs() < 1e-3, "{}", gap(3, -1.0));
    }
}
