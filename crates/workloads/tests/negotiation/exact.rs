//! Exact solutions against plain enumeration, also where the search bounds instead of walking.

use ergon_workloads::negotiation::game::Game;
use ergon_workloads::negotiation::solution::{Solutions, is_pareto_efficient};
use ergon_workloads::negotiation::space::Space;
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

fn all(space: &Space) -> Vec<Vec<f64>> {
    let mut all = Vec::new();
    space.for_each(|_, utilities| all.push(utilities.to_vec()));
    all
}

fn rational(u: &[f64]) -> bool {
    u.iter().all(|u| *u >= -1e-9)
}

fn product(u: &[f64]) -> f64 {
    u.iter().product()
}

fn smallest(u: &[f64], scale: &[f64]) -> f64 {
    u.iter().zip(scale).filter(|(_, s)| **s > 1e-9).map(|(u, s)| u / s).fold(f64::INFINITY, f64::min)
}

fn highest(all: &[Vec<f64>], of: impl Fn(&[f64]) -> f64) -> f64 {
    all.iter().filter(|u| rational(u)).map(|u| of(u)).fold(f64::NEG_INFINITY, f64::max)
}

fn dealt(game: Game, agents: usize, seed: u64) -> Space {
    game.deal(agents, &mut ChaCha8Rng::seed_from_u64(seed)).space
}

/// Small ones are walked, large ones bounded; the last three of each kind have more than 4,096 combinations.
fn spaces() -> Vec<Space> {
    let items = |items, competition| Game::ItemAllocation { items, competition };
    let treaty = |issues, rho| Game::Treaty { issues, rho, theta: 0.6 };
    let funding = |projects, sigma| Game::CoFunding { projects, alpha: 0.4, sigma };
    (0..4)
        .flat_map(|seed| {
            [
                dealt(items(5, 0.5), 2, seed),
                dealt(items(6, 0.8), 3, seed),
                dealt(items(15, 0.7), 2, seed),
                dealt(items(9, 0.6), 3, seed),
                dealt(treaty(3, 0.0), 2, seed),
                dealt(treaty(4, -0.5), 2, seed),
                dealt(treaty(4, 0.3), 3, seed),
                dealt(funding(4, 0.5), 2, seed),
                dealt(funding(5, 0.7), 2, seed),
                dealt(funding(4, 0.6), 3, seed),
                dealt(Game::DealOrNoDeal, 2, seed),
            ]
        })
        .collect()
}

#[test]
fn bounding_finds_what_enumeration_finds() {
    for space in spaces() {
        let (all, solved) = (all(&space), Solutions::of(&space).unwrap());
        let close = |a: f64, b: f64| (a - b).abs() <= 1e-7 * (1.0 + b.abs());
        let what = format!("{} agents, {} combinations", space.agents, space.size());
        assert!(close(solved.welfare, all.iter().map(|u| u.iter().sum()).fold(f64::NEG_INFINITY, f64::max)), "{what}");
        for agent in 0..space.agents {
            assert!(close(solved.ideal[agent], highest(&all, |u| u[agent])), "{what}");
        }
        let best = highest(&all, product);
        assert!(solved.nash.points.iter().all(|p| close(product(p), best)), "{what}: Nash {:?}, {best}", solved.nash);
        let best = highest(&all, |u| smallest(u, &solved.ideal));
        assert!(solved.kalai_smorodinsky.points.iter().all(|p| close(smallest(p, &solved.ideal), best)), "{what}");
        let ones = vec![1.0; space.agents];
        let best = highest(&all, |u| smallest(u, &ones));
        assert!(solved.egalitarian.points.iter().all(|p| close(smallest(p, &ones), best)), "{what}");
    }
}

#[test]
fn an_agreement_is_efficient_exactly_when_no_other_dominates_it() {
    for space in spaces() {
        let all = all(&space);
        let sum = |u: &[f64]| u.iter().sum::<f64>();
        for u in all.iter().step_by(all.len() / 8 + 1) {
            let dominates = |v: &&Vec<f64>| v.iter().zip(u).all(|(v, u)| *v >= u - 1e-9) && sum(v) > sum(u) + 1e-8;
            assert_eq!(is_pareto_efficient(&space, u), Ok(!all.iter().any(|v| dominates(&v))), "{u:?}");
        }
    }
}

#[test]
fn ten_agents_and_ten_items_are_solved_or_given_up_but_never_guessed() {
    let space = dealt(Game::ItemAllocation { items: 10, competition: 0.5 }, 10, 0);
    assert_eq!(space.size(), 10_000_000_000);
    match Solutions::of(&space) {
        Ok(solved) => {
            assert!(solved.nash.points.iter().all(|p| p.iter().all(|u| *u > 0.0)), "{:?}", solved.nash);
            assert!(is_pareto_efficient(&space, &solved.nash.points[0]).is_ok_and(|efficient| efficient));
        }
        Err(error) => assert!(error.to_string().contains("given up"), "{error}"),
    }
}
