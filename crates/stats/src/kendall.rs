//! Kendall's rank correlation τ-b.

use crate::StatError;
use crate::account::{Account, Interval, IntervalKind, Warning};
use crate::correlation::{Correlation, CorrelationMethod};
use crate::dist::normal;
use crate::mann_whitney::{at_most, normal_p};
use crate::missing::observed_pairs;
use crate::options::{Alternative, TestOptions};
use crate::pearson::enough;

const REFERENCES: &[&str] = &[
    "Kendall (1938), Biometrika 30, 81–93",
    "Kendall & Gibbons (1990), Rank Correlation Methods",
    "Knight (1966), Journal of the American Statistical Association 61, 436–439",
    "Bonett & Wright (2000), Psychometrika 65, 23–28",
];

/// Largest sample for the exact distribution without ties.
const EXACT_LIMIT: usize = 100;
/// Largest sample for the exact distribution with ties, which goes through all sets of places.
const EXACT_TIED_LIMIT: usize = 10;

/// Sums over runs of t equal values.
#[derive(Debug, Clone, Copy, Default)]
struct Runs {
    /// Σ t (t − 1) / 2: tied pairs.
    pairs: f64,
    /// Σ t (t − 1)(t − 2).
    triples: f64,
    /// Σ t (t − 1)(2 t + 5).
    variance: f64,
    /// Values that share theirs.
    tied: usize,
}

impl Runs {
    fn of<T>(sorted: &[T], same: impl Fn(&T, &T) -> bool) -> Self {
        let mut all = Self::default();
        for run in sorted.chunk_by(same).filter(|run| run.len() > 1) {
            let t = run.len() as f64;
            all.pairs += 0.5 * t * (t - 1.0);
            all.triples += t * (t - 1.0) * (t - 2.0);
            all.variance += t * (t - 1.0) * (2.0 * t + 5.0);
            all.tied += run.len();
        }
        all
    }
}

/// Kendall's τ-b: concordant less discordant pairs, over the geometric mean of the pairs untied in
/// x and in y.
///
/// Exact without ties (up to 100 pairs; by default up to 50) and with them up to 10 pairs, every
/// permutation being as likely; else a normal approximation with the variance corrected for ties
/// and no continuity correction. The interval is Fisher's with Bonett
/// & Wright's standard error √(0.437/(n − 4)).
///
/// Use it for monotone association where a meaning in pairs helps: τ is the share of concordant
/// pairs less that of discordant ones. Assumes independent pairs.
///
/// ```
/// use ergon_stats::{CorrelationMethod, TestOptions, kendall};
/// let x = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
/// let y = [1.0, 3.0, 2.0, 5.0, 6.0, 4.0];
/// let found = kendall(&x, &y, CorrelationMethod::Auto, &TestOptions::default())?;
/// assert!((found.estimate - 0.6).abs() < 1e-4);
/// assert!((found.p - 0.13611).abs() < 1e-4);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn kendall(
    x: &[f64],
    y: &[f64],
    method: CorrelationMethod,
    options: &TestOptions,
) -> Result<Correlation, StatError> {
    options.check()?;
    let (x, y, dropped) = observed_pairs(x, y, options.missing)?;
    let n = x.len();
    enough(n, 2)?;
    // + 0.0 turns −0 into 0.
    let mut pairs: Vec<(f64, f64)> = x.iter().zip(y.iter()).map(|(a, b)| (a + 0.0, b + 0.0)).collect();
    pairs.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let tied_x = Runs::of(&pairs, |a, b| a.0 == b.0);
    let tied_both = Runs::of(&pairs, |a, b| a == b);
    let mut ys: Vec<f64> = pairs.iter().map(|p| p.1).collect();
    let discordant = inversions(&mut ys);
    let tied_y = Runs::of(&ys, |a, b| a == b);

    let f = n as f64;
    let all = 0.5 * f * (f - 1.0);
    for (what, runs) in [("x", &tied_x), ("y", &tied_y)] {
        if runs.pairs == all {
            return Err(StatError::NoVariation { what });
        }
    }
    let score = all - tied_x.pairs - tied_y.pairs + tied_both.pairs - 2.0 * discordant as f64;
    let tau = (score / ((all - tied_x.pairs).sqrt() * (all - tied_y.pairs).sqrt())).clamp(-1.0, 1.0);
    let tied = tied_x.tied + tied_y.tied;
    let exact = match method {
        CorrelationMethod::Auto => n <= if tied == 0 { 50 } else { EXACT_TIED_LIMIT },
        CorrelationMethod::Approximate => false,
        CorrelationMethod::Exact if n <= if tied == 0 { EXACT_LIMIT } else { EXACT_TIED_LIMIT } => true,
        CorrelationMethod::Exact => {
            return Err(StatError::InvalidOption {
                option: "method",
                found: format!("exact for {n} pairs with {tied} tied values"),
                range: "up to 100 pairs without ties, 10 with",
            });
        }
    };
    let name =
        if exact { "Kendall rank correlation (exact)" } else { "Kendall rank correlation (normal approximation)" };
    let mut account = Account::new(name, n, dropped, REFERENCES);
    let (statistic, p) = if exact && tied > 0 {
        (score, exact_tied_p(&pairs, options.alternative))
    } else if exact {
        (discordant as f64, exact_p(n, discordant, options.alternative))
    } else {
        let mut variance = (f * (f - 1.0) * (2.0 * f + 5.0) - tied_x.variance - tied_y.variance) / 18.0
            + 2.0 * tied_x.pairs * tied_y.pairs / (f * (f - 1.0));
        if n > 2 {
            variance += tied_x.triples * tied_y.triples / (9.0 * f * (f - 1.0) * (f - 2.0));
        }
        let z = score / variance.sqrt();
        if n < 10 {
            account.warnings.push(Warning::ApproximateForSmallSample { n });
        }
        if tied > 0 {
            account.warnings.push(Warning::Ties { tied });
        }
        (z, normal_p(z, options.alternative))
    };
    Ok(Correlation {
        account,
        alternative: options.alternative,
        name: "Kendall's τ-b",
        estimate: tau,
        statistic,
        df: None,
        p,
        ci: interval(tau, n, options),
    })
}

fn interval(tau: f64, n: usize, options: &TestOptions) -> Option<Interval> {
    if n <= 4 || tau.abs() >= 1.0 {
        return None;
    }
    let se = (0.437 / (n as f64 - 4.0)).sqrt();
    let z = libm::atanh(tau);
    let outside = 1.0 - options.level;
    let at = |p: f64, sign: f64| libm::tanh(z + sign * normal::isf(p) * se);
    let (low, high) = match options.alternative {
        Alternative::TwoSided => (at(0.5 * outside, -1.0), at(0.5 * outside, 1.0)),
        Alternative::Greater => (at(outside, -1.0), 1.0),
        Alternative::Less => (-1.0, at(outside, 1.0)),
    };
    Some(Interval { low, high, level: options.level, kind: IntervalKind::FisherZ })
}

/// Pairs in the wrong order, strictly; sorts by merging (Knight 1966).
fn inversions(values: &mut [f64]) -> usize {
    let n = values.len();
    if n < 2 {
        return 0;
    }
    let (left, right) = values.split_at_mut(n / 2);
    let mut count = inversions(left) + inversions(right);
    let mut merged = Vec::with_capacity(n);
    let (mut i, mut j) = (0, 0);
    while i < left.len() && j < right.len() {
        if right[j] < left[i] {
            merged.push(right[j]);
            j += 1;
            count += left.len() - i;
        } else {
            merged.push(left[i]);
            i += 1;
        }
    }
    merged.extend_from_slice(&left[i..]);
    merged.extend_from_slice(&right[j..]);
    values.copy_from_slice(&merged);
    count
}

/// P-value of the number of discordant pairs when every permutation is as likely.
fn exact_p(n: usize, discordant: usize, alternative: Alternative) -> f64 {
    let top = n * (n - 1) / 2;
    let half = top / 2;
    // Null probabilities of 0 … ⌊top / 2⌋ inversions: a new value passes 0 … i − 1 of the others.
    let mut mass = vec![0.0; half + 1];
    mass[0] = 1.0;
    for i in 2..=n {
        let old = mass.clone();
        for (k, slot) in mass.iter_mut().enumerate() {
            let from = (k + 1).saturating_sub(i);
            *slot = old[from..=k].iter().sum::<f64>() / i as f64;
        }
    }
    let at_most = |k: usize| at_most(&mass, top, k);
    match alternative {
        Alternative::Greater => at_most(discordant),
        Alternative::Less => at_most(top - discordant),
        Alternative::TwoSided => (2.0 * at_most(discordant.min(top - discordant))).min(1.0),
    }
}

/// P-value of the score, concordant less discordant pairs, when every permutation of the y is as
/// likely: the number of ways to each score, over the sets of y that the runs of equal x so far
/// have taken. Within a run the order changes nothing.
fn exact_tied_p(pairs: &[(f64, f64)], alternative: Alternative) -> f64 {
    let n = pairs.len();
    let all = n * (n - 1) / 2;
    let order = |a: f64, b: f64| match a.total_cmp(&b) {
        std::cmp::Ordering::Less => -1_i64,
        std::cmp::Ordering::Equal => 0,
        std::cmp::Ordering::Greater => 1,
    };
    let score = |later: usize, earlier: usize| order(pairs[later].1, pairs[earlier].1);
    // Scores are stored from −all.
    let mut ways: Vec<Vec<f64>> = vec![Vec::new(); 1 << n];
    ways[0] = vec![0.0; 2 * all + 1];
    ways[0][all] = 1.0;
    let mut reached = vec![0_usize];
    for run in pairs.chunk_by(|a, b| a.0 == b.0) {
        let mut next = Vec::new();
        for taken in reached {
            let here = std::mem::take(&mut ways[taken]);
            let within = |set: usize| (0..n).filter(move |i| set & 1 << i != 0);
            let sets = (1..1_usize << n).filter(|set| set & taken == 0 && set.count_ones() as usize == run.len());
            for set in sets {
                let step: i64 =
                    within(set).flat_map(|j| within(taken).map(move |i| (j, i))).map(|(j, i)| score(j, i)).sum();
                let slots = &mut ways[taken | set];
                if slots.is_empty() {
                    slots.resize(2 * all + 1, 0.0);
                    next.push(taken | set);
                }
                for (at, w) in here.iter().enumerate().filter(|(_, w)| **w > 0.0) {
                    if let Some(slot) = at.checked_add_signed(step as isize).and_then(|to| slots.get_mut(to)) {
                        *slot += w;
                    }
                }
            }
        }
        reached = next;
    }
    let last = &ways[ways.len() - 1];
    let pairs_of = |a: usize| (a + 1..n).map(move |b| (b, a));
    let is_untied_x = |(b, a): &(usize, usize)| pairs[*b].0 != pairs[*a].0;
    let observed: i64 = (0..n).flat_map(pairs_of).filter(is_untied_x).map(|(b, a)| score(b, a)).sum();
    let share = |keep: &dyn Fn(i64) -> bool| -> f64 {
        let hits = last.iter().enumerate().filter(|(at, _)| keep(*at as i64 - all as i64)).map(|(_, w)| w);
        hits.sum::<f64>() / last.iter().sum::<f64>()
    };
    match alternative {
        Alternative::Greater => share(&|s| s >= observed),
        Alternative::Less => share(&|s| s <= observed),
        Alternative::TwoSided => share(&|s| s.abs() >= observed.abs()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All orders of so many places, by Heap's algorithm.
    fn orders(n: usize) -> Vec<Vec<usize>> {
        fn go(k: usize, order: &mut Vec<usize>, all: &mut Vec<Vec<usize>>) {
            if k < 2 {
                all.push(order.clone());
                return;
            }
            for i in 0..k {
                go(k - 1, order, all);
                order.swap(if k.is_multiple_of(2) { i } else { 0 }, k - 1);
            }
        }
        let mut all = Vec::new();
        go(n, &mut (0..n).collect(), &mut all);
        all
    }

    fn score(x: &[f64], y: &[f64]) -> f64 {
        let pairs = (0..x.len()).flat_map(|i| (0..i).map(move |j| (i, j)));
        pairs.map(|(i, j)| ((x[i] - x[j]) * (y[i] - y[j])).partial_cmp(&0.0).map_or(0.0, |o| f64::from(o as i8))).sum()
    }

    #[test]
    fn with_ties_the_exact_p_is_the_share_of_permutations_that_are_as_far_out() -> Result<(), StatError> {
        for (x, y) in [
            ([0.0, 17.0, 33.0, 50.0, 67.0, 83.0, 100.0], [0.9, 0.9, 0.8, 0.8, 0.8, 0.4, 0.4]),
            ([1.0, 1.0, 2.0, 2.0, 3.0, 3.0, 3.0], [5.0, 1.0, 1.0, 4.0, 4.0, 2.0, 1.0]),
            ([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0], [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]),
        ] {
            let seen = score(&x, &y);
            let scores: Vec<f64> =
                orders(7).iter().map(|o| score(&x, &o.iter().map(|i| y[*i]).collect::<Vec<_>>())).collect();
            let share =
                |keep: &dyn Fn(f64) -> bool| scores.iter().filter(|s| keep(**s)).count() as f64 / scores.len() as f64;
            for (alternative, expected) in [
                (Alternative::TwoSided, share(&|s| s.abs() >= seen.abs())),
                (Alternative::Greater, share(&|s| s >= seen)),
                (Alternative::Less, share(&|s| s <= seen)),
            ] {
                let options = TestOptions { alternative, ..Default::default() };
                let found = kendall(&x, &y, CorrelationMethod::Auto, &options)?;
                assert!((found.p - expected).abs() < 1e-12, "{alternative:?}: {} not {expected}", found.p);
                assert_eq!(found.account.method, "Kendall rank correlation (exact)");
            }
        }
        Ok(())
    }
}
