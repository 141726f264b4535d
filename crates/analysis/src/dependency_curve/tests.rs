use ergon_domain::Canonical;
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

use super::*;

const LEVELS: [f64; 5] = [0.0, 25.0, 50.0, 75.0, 100.0];
const DIFFICULTIES: [f64; 3] = [-1.0, 0.0, 1.0];

/// The item-response model of the simulated provider, written down once more: ability 1.5, and `planted` logits lost when
/// all of the text is transformed.
fn probability(difficulty: f64, level: f64, planted: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-(1.5 - planted * level / 100.0 - difficulty)))
}

fn population(level: f64, planted: f64) -> f64 {
    DIFFICULTIES.iter().map(|b| probability(*b, level, planted)).sum::<f64>() / 3.0
}

fn unit(rng: &mut ChaCha8Rng) -> f64 {
    (rng.next_u64() >> 11) as f64 / 9_007_199_254_740_992.0
}

/// Items by lot, each asked at all levels.
fn study(items: usize, planted: f64, rng: &mut ChaCha8Rng) -> ItemTable {
    let row = |rng: &mut ChaCha8Rng| {
        let difficulty = DIFFICULTIES[(3.0 * unit(rng)) as usize];
        LEVELS.map(|level| if unit(rng) < probability(difficulty, level, planted) { 100.0 } else { 0.0 }).to_vec()
    };
    ItemTable { rows: (0..items).map(|_| row(rng)).collect(), incomplete: 0, again: 0, used: Vec::new() }
}

#[test]
fn a_planted_dependency_lies_in_the_interval_as_often_as_it_says_over_2000_studies() {
    let (planted, studies) = (4.0, 2000_u64);
    let truth = 1.0 - LEVELS[1..].iter().map(|l| population(*l, planted)).sum::<f64>() / 4.0 / population(0.0, planted);
    let mut rng = ChaCha8Rng::seed_from_u64(2026);
    let (mut inside, mut mean) = (0, 0.0);
    for number in 0..studies {
        let table = study(150, planted, &mut rng);
        let seed = Canonical::new("study").u64(number).finish();
        let ci = table.halves().interval_of(1000, coefficient, 0.95, seed).unwrap();
        inside += u64::from(ci.lo <= truth && truth <= ci.hi);
        mean += coefficient(&table.halves().rows.iter().collect::<Vec<_>>()).unwrap() / studies as f64;
    }
    // Three binomial standard errors of 2,000 studies.
    let reach = 3.0 * (0.95 * 0.05 / studies as f64).sqrt();
    let covered = inside as f64 / studies as f64;
    assert!((covered - 0.95).abs() <= reach, "{covered}");
    assert!((mean - truth).abs() < 0.005, "{mean} for {truth}");
}
