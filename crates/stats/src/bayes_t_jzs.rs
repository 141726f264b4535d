//! Bayes factor of a t test under the Jeffreys–Zellner–Siow prior.

use serde::Serialize;

use crate::StatError;
use crate::account::Account;
use crate::power::within;

const REFERENCES: &[&str] =
    &["Rouder, Speckman, Sun, Morey & Iverson (2009), Psychonomic Bulletin & Review 16, 225–237"];

/// Step of the trapezoidal rule in ln g: the integrand is analytic and dies off exponentially on
/// both sides, so the error is far below rounding.
const STEP: f64 = 0.05;

/// A Bayes factor.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BayesT {
    /// Method, observations, references.
    #[serde(flatten)]
    pub account: Account,
    /// How many times likelier the data are under an effect than under none; infinite where that
    /// exceeds 1e308.
    #[serde(serialize_with = "crate::account::wire_number")]
    pub bf10: f64,
    /// Its natural logarithm.
    pub log_bf10: f64,
}

/// The Bayes factor of the t statistic `t` of one sample of `nx` (or of pairs), or of two samples
/// of `nx` and `ny`: effect sizes δ ~ Cauchy(0, `scale`) against δ = 0.
///
/// Use it to say how far the data favour no effect, which a p-value can't. Assumes what the t test
/// assumes. The prior scale 0.707 is a common default; the answer depends on it.
///
/// ```
/// use ergon_stats::bayes_t_jzs;
/// // t = 0: the data favour no effect, the more of them the more.
/// let few = bayes_t_jzs(0.0, 10, None, 0.707)?;
/// let many = bayes_t_jzs(0.0, 1000, None, 0.707)?;
/// assert!(few.bf10 < 1.0 && many.bf10 < few.bf10);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn bayes_t_jzs(t: f64, nx: u64, ny: Option<u64>, scale: f64) -> Result<BayesT, StatError> {
    if !t.is_finite() {
        return Err(StatError::NonFinite { what: "t", index: 0 });
    }
    within("r_scale", scale, (0.0, 1e6), "(0, 1e6)")?;
    let x = nx as f64;
    let (n, df) = match ny {
        None => (x, x - 1.0),
        Some(ny) => (x * ny as f64 / (x + ny as f64), x + ny as f64 - 2.0),
    };
    if df < 1.0 || n == 0.0 || n.is_nan() {
        let found = nx.saturating_add(ny.unwrap_or(0));
        return Err(StatError::TooFew {
            what: "observations",
            needed: if ny.is_none() { 2 } else { 3 },
            found: found as usize,
        });
    }
    let information = n * scale * scale;
    let power = 0.5 * (df + 1.0);
    let ratio = t * t / df;
    let against = libm::log1p(ratio);
    // δ given g is normal with variance g scale², 1 / g is χ² with one degree of freedom.
    let log_integrand = |u: f64| {
        let g = libm::exp(u);
        let spread = 1.0 + information * g;
        -0.5 * libm::log(spread)
            - power * (libm::log1p(ratio / spread) - against)
            - 0.5 * libm::log(std::f64::consts::TAU)
            - 0.5 * u
            - 0.5 / g
    };
    let values: Vec<f64> = (-160..=1600).map(|i| log_integrand(f64::from(i) * STEP)).collect();
    let top = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let log_bf10 = top + libm::log(STEP * values.iter().map(|v| libm::exp(v - top)).sum::<f64>());
    if !log_bf10.is_finite() {
        return Err(StatError::OutOfRange { what: "Bayes factor" });
    }
    let used = nx.saturating_add(ny.unwrap_or(0)) as usize;
    let account = Account::new("JZS Bayes factor of a t test", used, 0, REFERENCES);
    Ok(BayesT { account, bf10: libm::exp(log_bf10), log_bf10 })
}
