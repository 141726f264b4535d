//! Kolmogorov–Smirnov test of one sample against a given distribution.

use serde::Serialize;

use crate::StatError;
use crate::account::{Account, Warning};
use crate::kolmogorov::{exact_sf, limit_sf};
use crate::missing::{MissingPolicy, observed};
use crate::quantile::sorted;

const REFERENCES: &[&str] = &[
    "Kolmogorov (1933), Giornale dell'Istituto Italiano degli Attuari 4, 83–91",
    "Marsaglia, Tsang & Wang (2003), Journal of Statistical Software 8(18)",
    "Simard & L'Ecuyer (2011), Journal of Statistical Software 39(11)",
];

/// Largest sample for the exact distribution.
const EXACT_LIMIT: usize = 1000;

/// Result of a one-sample Kolmogorov–Smirnov test.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct KsOneSample {
    /// Method, counts, findings, warnings, references.
    #[serde(flatten)]
    pub account: Account,
    /// D: the largest distance between the empirical and the given distribution function.
    pub d: f64,
    /// Exact two-sided p-value; `None` above 1,000 observations.
    pub p_exact: Option<f64>,
    /// p-value from the limiting distribution of √n D.
    pub p_asymptotic: f64,
}

/// Tests whether `x` comes from the continuous distribution with function `cdf`. No parameter of
/// it may have been estimated from `x`.
///
/// Use it for a distribution stated beforehand, with all its parameters. D is the largest distance
/// of the distribution functions.
///
/// ```
/// use ergon_stats::{MissingPolicy, ks_one_sample};
/// let x = [0.1, 0.35, 0.4, 0.62, 0.9];
/// let found = ks_one_sample(&x, |v| v.clamp(0.0, 1.0), MissingPolicy::Refuse)?;
/// assert!((found.d - 0.2).abs() < 1e-4);
/// assert!((found.p_exact.unwrap_or(f64::NAN) - 0.9616).abs() < 1e-4);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn ks_one_sample(x: &[f64], cdf: impl Fn(f64) -> f64, missing: MissingPolicy) -> Result<KsOneSample, StatError> {
    let (x, dropped) = observed(x, "x", missing)?;
    let n = x.len();
    if n == 0 {
        return Err(StatError::Empty { what: "x" });
    }
    let count = n as f64;
    let s = sorted(&x);
    let mut d = 0.0_f64;
    for (v, i) in s.iter().zip(0..) {
        let f = cdf(*v);
        if !(0.0..=1.0).contains(&f) {
            return Err(StatError::InvalidOption { option: "cdf", found: f.to_string(), range: "[0, 1]" });
        }
        let below = f64::from(i);
        d = d.max(f - below / count).max((below + 1.0) / count - f);
    }
    let mut account = Account::new("One-sample Kolmogorov–Smirnov test", n, dropped, REFERENCES);
    let tied = s.chunk_by(|a, b| a == b).map(<[f64]>::len).filter(|t| *t > 1).sum();
    if tied > 0 {
        account.warnings.push(Warning::Ties { tied });
    }
    Ok(KsOneSample {
        account,
        d,
        p_exact: (n <= EXACT_LIMIT).then(|| exact_sf(n, d)),
        p_asymptotic: limit_sf(count.sqrt() * d),
    })
}
