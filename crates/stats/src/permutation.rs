//! Permutation tests of a difference in means and of a mean difference.

use serde::Serialize;

use crate::StatError;
use crate::account::{Account, Estimate, Warning};
use crate::missing::{observed, observed_pairs};
use crate::moments::{Moments, deviation, unit_of};
use crate::options::{Alternative, TestOptions};
use crate::paired::differences;
use crate::resample::{Stream, in_blocks};
use crate::subset_sum::SubsetSums;
use crate::two_samples::TwoSamples;

const REFERENCES: &[&str] = &[
    "Pitman (1937), Supplement to the JRSS 4, 119–130",
    "Phipson & Smyth (2010), Statistical Applications in Genetics and Molecular Biology 9, 39",
];

/// How far to enumerate, and what to draw where that is too far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Resampling {
    /// Number of random resamples where enumeration is too long.
    pub resamples: usize,
    /// Seed of the resamples.
    pub seed: u64,
    /// Largest number of arrangements that is enumerated; 0 always draws.
    pub exact_limit: u64,
    /// Threads to draw on, 0 for as many as the machine offers. The result is the same for any.
    pub threads: usize,
}

impl Default for Resampling {
    fn default() -> Self {
        Self { resamples: 20_000, seed: 0, exact_limit: 200_000, threads: 0 }
    }
}

/// Result of a permutation test.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PermutationTest {
    /// Method, counts, findings, warnings, references.
    #[serde(flatten)]
    pub account: Account,
    /// The alternative hypothesis.
    pub alternative: Alternative,
    /// Difference of means or mean difference, with its standard error over permutations.
    pub estimate: Estimate,
    /// p-value. From random resamples it is (hits + 1) / (resamples + 1).
    pub p: f64,
    /// Number of arrangements looked at.
    pub permutations: u64,
    /// Whether they were all there are.
    pub exact: bool,
}

/// Counts arrangements at least as extreme as the observed one.
#[derive(Clone, Copy)]
struct Tally {
    observed: f64,
    slack: f64,
    alternative: Alternative,
    hits: u64,
    seen: u64,
}

impl Tally {
    fn new(observed: f64, scale: f64, alternative: Alternative) -> Self {
        Self {
            observed,
            // Sums of the same values in another order differ by rounding: those are ties.
            slack: 1e-12 * scale,
            alternative,
            hits: 0,
            seen: 0,
        }
    }

    #[inline]
    fn look(&mut self, statistic: f64) {
        let hit = match self.alternative {
            Alternative::TwoSided => statistic.abs() >= self.observed.abs() - self.slack,
            Alternative::Greater => statistic >= self.observed - self.slack,
            Alternative::Less => statistic <= self.observed + self.slack,
        };
        self.hits += u64::from(hit);
        self.seen += 1;
    }

    /// Looks at random arrangements, of `draws` draws each: `sampler` makes what draws those of a block.
    fn sample<F: FnMut(&mut Stream) -> f64>(
        &mut self,
        resampling: &Resampling,
        draws: usize,
        sampler: impl Fn() -> F + Sync,
    ) {
        let none = *self;
        let blocks = in_blocks(resampling.resamples, draws, resampling.seed, resampling.threads, |stream, count| {
            let (mut tally, mut next) = (none, sampler());
            (0..count).for_each(|_| tally.look(next(stream)));
            tally
        });
        self.hits += blocks.iter().map(|b| b.hits).sum::<u64>();
        self.seen += blocks.iter().map(|b| b.seen).sum::<u64>();
    }

    fn finish(self, account: &mut Account, exact: bool) -> (f64, u64) {
        if exact {
            return (self.hits as f64 / self.seen as f64, self.seen);
        }
        let n = self.seen as f64 + 1.0;
        let p = (self.hits as f64 + 1.0) / n;
        account.warnings.push(Warning::MonteCarlo { resamples: self.seen as usize, p_se: (p * (1.0 - p) / n).sqrt() });
        (p, self.seen)
    }
}

/// How random groups are drawn.
#[derive(Clone)]
enum Draw {
    /// Groups of about half: subsets from coins.
    Coins { sums: SubsetSums, size: usize },
    /// Small groups: one member after the other (Fisher & Yates).
    Members { values: Vec<f64>, size: usize },
}

impl Draw {
    fn of(values: Vec<f64>, size: usize) -> Self {
        if 3 * size >= values.len() && values.len() >= 16 {
            Self::Coins { sums: SubsetSums::of(&values), size }
        } else {
            Self::Members { values, size }
        }
    }

    /// The sum of the next random group.
    fn sum(&mut self, stream: &mut Stream) -> f64 {
        match self {
            Self::Coins { sums, size } => sums.subset_of(*size, stream),
            Self::Members { values, size } => {
                let mut sum = 0.0;
                for i in 0..*size {
                    let j = i + stream.below((values.len() - i) as u32) as usize;
                    values.swap(i, j);
                    sum += values[i];
                }
                sum
            }
        }
    }
}

/// Permutation test of a difference in means of two independent samples: all divisions of the
/// pooled values into groups of the two sizes, or random ones.
///
/// Use it beside Welch’s test: exact if the two samples come from one distribution under the null
/// hypothesis (with unequal variances and sizes it can reject too often).
///
/// ```
/// use ergon_stats::{Resampling, TestOptions, permutation_two_sample};
/// let x = [1.1, 2.3, 2.9, 4.0];
/// let y = [2.5, 3.8, 5.1, 6.0];
/// let found = permutation_two_sample(&x, &y, &Resampling::default(), &TestOptions::default())?;
/// assert!((found.p - 0.17143).abs() < 1e-4);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn permutation_two_sample(
    x: &[f64],
    y: &[f64],
    resampling: &Resampling,
    options: &TestOptions,
) -> Result<PermutationTest, StatError> {
    let samples = TwoSamples::of(x, y, 1, options)?;
    let (x, _) = observed(x, "x", options.missing)?;
    let (y, _) = observed(y, "y", options.missing)?;
    let (nx, ny) = (x.len(), y.len());
    let pooled: Vec<f64> = x.iter().chain(y.iter()).copied().collect();
    let all = Moments::in_unit(&pooled, samples.unit);
    if all.is_constant() {
        return Err(StatError::NoVariation { what: "x and y" });
    }
    // Around the grand mean the difference of means is the sum of the first group's deviations,
    // up to a constant factor.
    let scale = 1.0 / samples.unit;
    let centered: Vec<f64> = pooled.iter().map(|v| deviation(v * scale, all.center)).collect();
    let observed_sum: f64 = centered.iter().take(nx).sum();
    let spread: f64 = centered.iter().map(|v| v.abs()).sum();
    let mut tally = Tally::new(observed_sum, spread, options.alternative);
    let n = nx + ny;
    let arrangements = binomial(n, nx);
    let exact = arrangements.is_some_and(|a| a <= resampling.exact_limit);
    let mut account = Account::new(
        if exact {
            "Permutation test of a difference in means (exact)"
        } else {
            "Permutation test of a difference in means (Monte Carlo)"
        },
        n,
        samples.n_dropped(),
        REFERENCES,
    );
    if exact {
        choose(&centered, nx, 0.0, &mut |sum| tally.look(sum));
    } else {
        check_resamples(resampling)?;
        // The smaller group is drawn: its sum is minus that of the other.
        let (size, sign) = if nx <= ny { (nx, 1.0) } else { (ny, -1.0) };
        let draw = Draw::of(centered, size);
        tally.sample(resampling, n, || {
            let mut draw = draw.clone();
            move |stream| sign * draw.sum(stream)
        });
    }
    let (p, permutations) = tally.finish(&mut account, exact);
    // Variance of the difference over permutations: S² (1/nx + 1/ny), S² with divisor n − 1.
    let se = (all.variance_in_units() * (1.0 / nx as f64 + 1.0 / ny as f64)).sqrt();
    let estimate = Estimate {
        name: "difference of means",
        value: samples.mean_difference_in_units() * samples.unit,
        se: se * samples.unit,
    };
    finish(account, estimate, p, permutations, exact, options)
}

/// Permutation test of a mean difference of pairs: all assignments of signs, or random ones.
///
/// Use it beside the paired t test: exact whatever the shape, if the sign of each difference is a
/// fair coin under the null hypothesis (symmetry, or randomised order). Statistic: the mean
/// difference.
///
/// ```
/// use ergon_stats::{Resampling, TestOptions, permutation_paired};
/// let x = [3.2, 1.6, 4.5, 5.1, 2.8, 3.9];
/// let y = [2.0; 6];
/// let found = permutation_paired(&x, &y, &Resampling::default(), &TestOptions::default())?;
/// assert!((found.p - 0.0625).abs() < 1e-4);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn permutation_paired(
    x: &[f64],
    y: &[f64],
    resampling: &Resampling,
    options: &TestOptions,
) -> Result<PermutationTest, StatError> {
    let (x, y, dropped) = observed_pairs(x, y, options.missing)?;
    let d = differences(&x, &y)?;
    sign_flips(&d, dropped, resampling, options)
}

/// The same from the differences themselves.
///
/// Use it as [`permutation_paired`](crate::permutation_paired), where only differences are at hand.
///
/// ```
/// use ergon_stats::{Resampling, TestOptions, permutation_one_sample};
/// let d = [1.2, -0.4, 2.5, 3.1, 0.8, 1.9];
/// let found = permutation_one_sample(&d, &Resampling::default(), &TestOptions::default())?;
/// assert!((found.p - 0.0625).abs() < 1e-4);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn permutation_one_sample(
    d: &[f64],
    resampling: &Resampling,
    options: &TestOptions,
) -> Result<PermutationTest, StatError> {
    let (d, dropped) = observed(d, "differences", options.missing)?;
    sign_flips(&d, dropped, resampling, options)
}

fn sign_flips(
    d: &[f64],
    dropped: usize,
    resampling: &Resampling,
    options: &TestOptions,
) -> Result<PermutationTest, StatError> {
    options.check()?;
    if d.is_empty() {
        return Err(StatError::Empty { what: "differences" });
    }
    if d.iter().all(|v| *v == 0.0) {
        return Err(StatError::NoVariation { what: "differences" });
    }
    let n = d.len();
    let m = Moments::of(d);
    let unit = unit_of([d]);
    let scaled: Vec<f64> = d.iter().map(|v| v / unit).collect();
    let observed_sum: f64 = scaled.iter().sum();
    let spread: f64 = scaled.iter().map(|v| v.abs()).sum();
    let mut tally = Tally::new(observed_sum, spread, options.alternative);
    let exact = n < 63 && 1_u64 << n <= resampling.exact_limit;
    let mut account = Account::new(
        if exact {
            "Permutation test of a mean difference (exact)"
        } else {
            "Permutation test of a mean difference (Monte Carlo)"
        },
        n,
        dropped,
        REFERENCES,
    );
    if exact {
        flip(&scaled, 0.0, &mut |sum| tally.look(sum));
    } else {
        check_resamples(resampling)?;
        let coins = SubsetSums::of(&scaled);
        tally.sample(resampling, n, || {
            let mut coins = coins.clone();
            // Those that keep their sign, minus those that change it.
            move |stream| 2.0 * coins.coin_flips(stream) - observed_sum
        });
    }
    let (p, permutations) = tally.finish(&mut account, exact);
    // Variance of the mean over sign flips: Σ d² / n².
    let root_mean_square = (scaled.iter().map(|v| v * v).sum::<f64>()).sqrt() / n as f64;
    let estimate = Estimate { name: "mean difference", value: m.mean(), se: root_mean_square * unit };
    finish(account, estimate, p, permutations, exact, options)
}

fn finish(
    account: Account,
    estimate: Estimate,
    p: f64,
    permutations: u64,
    exact: bool,
    options: &TestOptions,
) -> Result<PermutationTest, StatError> {
    if !(estimate.value.is_finite() && estimate.se.is_finite()) {
        return Err(StatError::OutOfRange { what: "estimate" });
    }
    Ok(PermutationTest { account, alternative: options.alternative, estimate, p, permutations, exact })
}

fn check_resamples(resampling: &Resampling) -> Result<(), StatError> {
    if resampling.resamples > 0 {
        Ok(())
    } else {
        Err(StatError::InvalidOption { option: "resamples", found: "0".to_owned(), range: "positive numbers" })
    }
}

/// C(n, k) if it fits.
fn binomial(n: usize, k: usize) -> Option<u64> {
    let k = k.min(n - k);
    let mut c = 1_u64;
    for i in 0..k {
        // Divides without remainder at every step.
        c = c.checked_mul((n - i) as u64)? / (i as u64 + 1);
    }
    Some(c)
}

/// Visits the sums of all choices of `k` values.
fn choose(values: &[f64], k: usize, sum: f64, look: &mut impl FnMut(f64)) {
    if k == 0 {
        look(sum);
        return;
    }
    for i in 0..=values.len() - k {
        choose(&values[i + 1..], k - 1, sum + values[i], look);
    }
}

/// Visits the sums of all assignments of signs.
fn flip(values: &[f64], sum: f64, look: &mut impl FnMut(f64)) {
    match values.split_first() {
        None => look(sum),
        Some((first, rest)) => {
            flip(rest, sum + first, look);
            flip(rest, sum - first, look);
        }
    }
}
