use super::*;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

const DRAWS: usize = 200_000;

fn stream() -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(20_260_101)
}

/// Mean and variance of many draws.
fn moments(mut draw: impl FnMut(&mut ChaCha8Rng) -> f64) -> (f64, f64) {
    let mut rng = stream();
    let sample: Vec<f64> = (0..DRAWS).map(|_| draw(&mut rng)).collect();
    let mean = sample.iter().sum::<f64>() / DRAWS as f64;
    let variance = sample.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / DRAWS as f64;
    (mean, variance)
}

/// Mean within 5 standard errors and variance within `slack` (relative) of the theory.
fn assert_moments(name: &str, (mean, variance): (f64, f64), want_mean: f64, want_var: f64, slack: f64) {
    let standard_error = libm::sqrt(want_var / DRAWS as f64);
    assert!((mean - want_mean).abs() < 5.0 * standard_error, "{name}: mean {mean}, theory {want_mean}");
    assert!((variance / want_var - 1.0).abs() < slack, "{name}: variance {variance}, theory {want_var}");
}

#[test]
fn moments_agree_with_theory() {
    assert_moments("unit", moments(unit), 0.5, 1.0 / 12.0, 0.02);
    assert_moments("unit_open", moments(unit_open), 0.5, 1.0 / 12.0, 0.02);
    assert_moments("uniform", moments(|r| uniform(r, -2.0, 6.0)), 2.0, 64.0 / 12.0, 0.02);
    assert_moments("exponential", moments(|r| exponential(r, 3.0)), 3.0, 9.0, 0.04);
    assert_moments("normal", moments(|r| normal(r, 250.0, 50.0)), 250.0, 2500.0, 0.02);
    let (mu, sigma): (f64, f64) = (1.0, 0.5);
    let mean = libm::exp(mu + sigma * sigma / 2.0);
    let variance = (libm::exp(sigma * sigma) - 1.0) * mean * mean;
    assert_moments("lognormal", moments(|r| lognormal(r, mu, sigma)), mean, variance, 0.05);
    for (shape, scale) in [(0.3, 2.0), (1.0, 1.0), (4.2, 0.94), (639.1, 0.0156)] {
        assert_moments("gamma", moments(|r| gamma(r, shape, scale)), shape * scale, shape * scale * scale, 0.05);
    }
}

#[test]
fn normal_tail_shares_agree_with_theory() {
    let mut rng = stream();
    let beyond_two = (0..DRAWS).filter(|_| standard_normal(&mut rng).abs() > 2.0).count();
    let share = beyond_two as f64 / DRAWS as f64;
    assert!((share - 0.0455).abs() < 0.0025, "{share}");
}

#[test]
fn bounded_integers_are_even_and_in_range() {
    let mut rng = stream();
    let mut counts = [0_u32; 7];
    for _ in 0..70_000 {
        counts[below(&mut rng, 7) as usize] += 1;
    }
    assert!(counts.iter().all(|&n| (9_600..10_400).contains(&n)), "{counts:?}");
    assert_eq!(below(&mut rng, 1), 0);
    assert_eq!(below(&mut rng, 0), 0);
}

#[test]
fn weights_set_the_shares_and_bad_weights_never_win() {
    let mut rng = stream();
    let mut counts = [0_u32; 5];
    for _ in 0..40_000 {
        let chosen = weighted(&mut rng, &[1.0, -3.0, 3.0, f64::NAN, 0.0]).unwrap();
        counts[chosen] += 1;
    }
    assert_eq!((counts[1], counts[3], counts[4]), (0, 0, 0));
    assert!((9_600..10_400).contains(&counts[0]), "{counts:?}");
    assert_eq!(weighted(&mut rng, &[0.0, -1.0]), None);
    assert_eq!(weighted(&mut rng, &[]), None);
}

#[test]
fn shuffles_are_permutations_and_even() {
    let mut rng = stream();
    let mut first = [0_u32; 4];
    for _ in 0..40_000 {
        let mut cards = [0_usize, 1, 2, 3];
        shuffle(&mut rng, &mut cards);
        first[cards[0]] += 1;
        cards.sort_unstable();
        assert_eq!(cards, [0, 1, 2, 3]);
    }
    assert!(first.iter().all(|&n| (9_600..10_400).contains(&n)), "{first:?}");
}

#[test]
fn degenerate_parameters_answer_without_a_loop() {
    let mut rng = stream();
    assert_eq!(gamma(&mut rng, 0.0, 1.0), 0.0);
    assert_eq!(gamma(&mut rng, f64::NAN, 1.0), 0.0);
    assert_eq!(uniform(&mut rng, 3.0, 1.0), 3.0);
    assert!(!bernoulli(&mut rng, 0.0) && bernoulli(&mut rng, 1.0));
}

/// The bits themselves: a change here changes every stored run, and needs a new workload version.
#[test]
fn a_fixed_seed_gives_fixed_bits() {
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    let drawn = [
        unit(&mut rng),
        unit_open(&mut rng),
        exponential(&mut rng, 2.0),
        standard_normal(&mut rng),
        normal(&mut rng, 250.0, 50.0),
        lognormal(&mut rng, 1.0, 0.5),
        gamma(&mut rng, 4.2, 0.94),
        gamma(&mut rng, 0.5, 1.0),
        below(&mut rng, 1_000_000) as f64,
    ];
    assert_eq!(drawn.map(f64::to_bits), SNAPSHOT.map(f64::to_bits), "{drawn:?}");
}

const SNAPSHOT: [f64; 9] = [
    0.15779609702061936,
    0.1679893627721013,
    0.7011695448012235,
    0.6029868961173471,
    262.83036303453395,
    2.2703201057053968,
    1.6288730448489894,
    0.7852873069208564,
    384275.0,
];
