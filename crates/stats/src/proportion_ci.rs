//! Intervals of a proportion.

use serde::Serialize;

use crate::StatError;
use crate::account::{Account, Interval, IntervalKind};
use crate::binomial_test::{clopper_pearson, share};
use crate::dist::{beta, normal, student_t};
use crate::options::{Alternative, check_level};

const REFERENCES: &[&str] = &[
    "Brown, Cai & DasGupta (2001), Statistical Science 16, 101–133",
    "Wilson (1927), Journal of the American Statistical Association 22, 209–212",
    "Newcombe (1998), Statistics in Medicine 17, 857–872",
];

/// A proportion with its intervals, all two-sided and within \[0, 1\].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProportionCi {
    /// Method, counts (trials), findings, warnings, references.
    #[serde(flatten)]
    pub account: Account,
    /// Share of successes.
    pub estimate: f64,
    /// Wilson's score interval: the one to use.
    pub wilson: Interval,
    /// Wilson's with continuity correction.
    pub wilson_continuity: Interval,
    /// Agresti & Coull's.
    pub agresti_coull: Interval,
    /// Jeffreys'.
    pub jeffreys: Interval,
    /// Clopper & Pearson's: never below its level, mostly well above.
    pub clopper_pearson: Interval,
    /// Wald's: too short for small samples and near 0 and 1. For comparison only.
    pub wald: Interval,
}

/// Wilson's score interval.
pub(crate) fn wilson(k: f64, n: f64, level: f64) -> Interval {
    let z = normal::isf(0.5 * (1.0 - level));
    let (p, z2) = (k / n, z * z);
    let center = (p + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let reach = z / (1.0 + z2 / n) * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
    let low = if k == 0.0 { 0.0 } else { (center - reach).max(0.0) };
    let high = if k == n { 1.0 } else { (center + reach).min(1.0) };
    Interval { low, high, level, kind: IntervalKind::Wilson }
}

/// Wilson's interval of a share that was observed in clusters: `effective` is how many independent trials would tell as
/// much, share·(1 − share) ÷ SE², and `df` the degrees of freedom of that SE, which make it smaller yet: ·(z/t)².
///
/// Use it where trials of a cluster resemble each other (Korn & Graubard 1998, Survey Methodology 24, 193–201; Dean &
/// Pagano 2015, Journal of Survey Statistics and Methodology 3, 484–503).
///
/// # Errors
/// A share outside \[0, 1\], an effective size or degrees of freedom that aren't positive, a level outside (0, 1).
pub fn wilson_of_clusters(share: f64, effective: f64, df: f64, level: f64) -> Result<Interval, StatError> {
    check_level(level)?;
    let refuse = |option, found: f64, range| Err(StatError::InvalidOption { option, found: found.to_string(), range });
    if !(0.0..=1.0).contains(&share) {
        return refuse("share", share, "0 to 1");
    }
    if !(effective > 0.0 && effective.is_finite()) {
        return refuse("effective", effective, "above 0");
    }
    if df.is_nan() || df <= 0.0 {
        return refuse("df", df, "above 0");
    }
    let half = 0.5 * (1.0 - level);
    let (z, t) = (normal::isf(half), student_t::isf(half, df));
    let n = effective * (z / t) * (z / t);
    Ok(wilson(share * n, n, level))
}

/// Wilson's lower end with continuity correction (Newcombe's method 4).
fn continuous_low(k: f64, n: f64, z: f64) -> f64 {
    if k == 0.0 {
        return 0.0;
    }
    let (p, z2) = (k / n, z * z);
    let root = (z2 - 2.0 - 1.0 / n + 4.0 * p * (n * (1.0 - p) + 1.0)).max(0.0).sqrt();
    ((2.0 * n * p + z2 - 1.0 - z * root) / (2.0 * (n + z2))).max(0.0)
}

/// Intervals of the probability behind `successes` among `trials`.
///
/// Use Wilson’s by default, Clopper–Pearson’s where coverage must never fall short, Wald’s never:
/// at p = 0.1 and n = 20 it holds the truth 88 % of the time instead of 95. Assumes independent
/// trials.
///
/// ```
/// use ergon_stats::proportion_ci;
/// let found = proportion_ci(9, 10, 0.95)?;
/// assert!((found.wilson.low - 0.59585).abs() < 1e-4);
/// assert!((found.clopper_pearson.low - 0.55498).abs() < 1e-4);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn proportion_ci(successes: u64, trials: u64, level: f64) -> Result<ProportionCi, StatError> {
    check_level(level)?;
    let (k, n) = share(successes, trials)?;
    let half = 0.5 * (1.0 - level);
    let z = normal::isf(half);
    let around = |center: f64, n: f64, kind| {
        let reach = z * (center * (1.0 - center) / n).sqrt();
        Interval { low: (center - reach).max(0.0), high: (center + reach).min(1.0), level, kind }
    };
    let padded = n + z * z;
    let (a, b) = (k + 0.5, n - k + 0.5);
    Ok(ProportionCi {
        account: Account::new("Proportion with intervals", trials as usize, 0, REFERENCES),
        estimate: k / n,
        wilson: wilson(k, n, level),
        wilson_continuity: Interval {
            low: continuous_low(k, n, z),
            high: 1.0 - continuous_low(n - k, n, z),
            level,
            kind: IntervalKind::WilsonContinuity,
        },
        agresti_coull: around((k + 0.5 * z * z) / padded, padded, IntervalKind::AgrestiCoull),
        jeffreys: Interval {
            low: beta::quantile(half, a, b),
            high: beta::isf(half, a, b),
            level,
            kind: IntervalKind::Jeffreys,
        },
        clopper_pearson: clopper_pearson(k, n, level, Alternative::TwoSided),
        wald: around(k / n, n, IntervalKind::Normal),
    })
}
