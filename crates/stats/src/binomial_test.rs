//! Exact binomial test and the Clopper–Pearson interval.

use serde::Serialize;

use crate::StatError;
use crate::account::{Account, Estimate, Interval, IntervalKind};
use crate::dist::{beta, binomial};
use crate::options::{Alternative, TestOptions};
use crate::tables::count;

const REFERENCES: &[&str] = &["Clopper & Pearson (1934), Biometrika 26, 404–413"];

/// Result of a binomial test.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BinomialTest {
    /// Method, counts (trials), findings, warnings, references.
    #[serde(flatten)]
    pub account: Account,
    /// The alternative hypothesis.
    pub alternative: Alternative,
    /// Success probability under the null hypothesis.
    pub null: f64,
    /// Share of successes, with its standard error.
    pub estimate: Estimate,
    /// Exact p-value; two-sided: all outcomes no more likely than the one observed.
    pub p: f64,
    /// Clopper & Pearson's interval; one-sided where the alternative is.
    pub ci: Interval,
}

/// Successes and trials as numbers; fails without trials or with more successes than trials.
pub(crate) fn share(successes: u64, trials: u64) -> Result<(f64, f64), StatError> {
    if trials == 0 {
        return Err(StatError::Empty { what: "trials" });
    }
    if successes > trials {
        let found = format!("{successes} of {trials}");
        return Err(StatError::InvalidOption { option: "successes", found, range: "0 to the number of trials" });
    }
    Ok((count(successes)?, count(trials)?))
}

/// Tests whether successes come with probability `p0`.
///
/// Use it to compare a success rate with a number known beforehand. Assumes independent trials of
/// one probability; exact.
///
/// ```
/// use ergon_stats::{TestOptions, binomial_test};
/// let found = binomial_test(9, 10, 0.5, &TestOptions::default())?;
/// assert!((found.p - 0.02148).abs() < 1e-4);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn binomial_test(successes: u64, trials: u64, p0: f64, options: &TestOptions) -> Result<BinomialTest, StatError> {
    options.check()?;
    let (k, n) = share(successes, trials)?;
    if !(0.0..=1.0).contains(&p0) {
        return Err(StatError::InvalidOption { option: "p0", found: p0.to_string(), range: "[0, 1]" });
    }
    let value = k / n;
    Ok(BinomialTest {
        account: Account::new("Exact binomial test", trials as usize, 0, REFERENCES),
        alternative: options.alternative,
        null: p0,
        estimate: Estimate { name: "share of successes", value, se: (value * (1.0 - value) / n).sqrt() },
        p: exact_p(k, n, p0, options.alternative),
        ci: clopper_pearson(k, n, options.level, options.alternative),
    })
}

/// The exact p-value of `k` successes in `n` trials.
pub(crate) fn exact_p(k: f64, n: f64, p0: f64, alternative: Alternative) -> f64 {
    match alternative {
        Alternative::Less => binomial::cdf(k, n, p0),
        Alternative::Greater => binomial::sf(k - 1.0, n, p0),
        Alternative::TwoSided => two_sided(k, n, p0),
    }
}

/// The tail of `k` and, on the other side of the mean, what is no more likely than `k` (up to
/// rounding, 1e-7 relative, as R does).
fn two_sided(k: f64, n: f64, p0: f64) -> f64 {
    let bar = binomial::mass(k, n, p0) * (1.0 + 1e-7);
    let rare = |x: f64| binomial::mass(x, n, p0) <= bar;
    let mean = n * p0;
    if k == mean {
        return 1.0;
    }
    let p = if k < mean {
        // The mass falls from ⌈mean⌉ on: the first rare outcome.
        let (mut below, mut at) = (libm::ceil(mean) - 1.0, n + 1.0);
        while at - below > 1.0 {
            let middle = libm::floor(0.5 * (at + below));
            if rare(middle) { at = middle } else { below = middle }
        }
        binomial::cdf(k, n, p0) + binomial::sf(at - 1.0, n, p0)
    } else {
        let (mut at, mut above) = (-1.0, libm::floor(mean) + 1.0);
        while above - at > 1.0 {
            let middle = libm::floor(0.5 * (at + above));
            if rare(middle) { at = middle } else { above = middle }
        }
        binomial::sf(k - 1.0, n, p0) + binomial::cdf(at, n, p0)
    };
    p.min(1.0)
}

/// Clopper & Pearson's interval from beta quantiles.
pub(crate) fn clopper_pearson(k: f64, n: f64, level: f64, alternative: Alternative) -> Interval {
    let outside = 1.0 - level;
    let low = |p: f64| if k == 0.0 { 0.0 } else { beta::quantile(p, k, n - k + 1.0) };
    let high = |p: f64| if k == n { 1.0 } else { beta::isf(p, k + 1.0, n - k) };
    let (low, high) = match alternative {
        Alternative::TwoSided => (low(0.5 * outside), high(0.5 * outside)),
        Alternative::Greater => (low(outside), 1.0),
        Alternative::Less => (0.0, high(outside)),
    };
    Interval { low, high, level, kind: IntervalKind::ClopperPearson }
}
