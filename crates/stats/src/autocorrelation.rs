//! Autocorrelation of a series, and Ljung & Box's test that there is none.

use serde::Serialize;

use crate::StatError;
use crate::account::Account;
use crate::dist::chi_squared;
use crate::missing::{MissingPolicy, observed};
use crate::moments::{Moments, deviation};
use crate::sum::sum;

const REFERENCES: &[&str] = &[
    "Box, Jenkins & Reinsel (1994), Time Series Analysis",
    "Durbin (1960), Revue de l'Institut International de Statistique 28, 233–244",
    "Ljung & Box (1978), Biometrika 65, 297–303",
];

/// Autocorrelations of a series, for lags 1, 2, …
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Autocorrelation {
    /// Method, counts, findings, warnings, references.
    #[serde(flatten)]
    pub account: Account,
    /// Autocorrelation at each lag (divisor n at every lag).
    pub acf: Vec<f64>,
    /// Partial autocorrelation at each lag, from the Yule–Walker equations.
    pub pacf: Vec<f64>,
    /// Ljung & Box's Q over the lags up to each.
    pub ljung_box: Vec<f64>,
    /// Its p-value, with as many degrees of freedom as lags.
    pub ljung_box_p: Vec<f64>,
}

/// Autocorrelations of `y` at lags 1 to `lags`, fewer than half of the observations. A gap in a
/// series cannot be closed: missing values are always refused.
///
/// Use it on values in their order of time: what is left in residuals makes their errors too small.
/// rₖ = Σ (yₜ − ȳ)(yₜ₊ₖ − ȳ) / Σ (yₜ − ȳ)²; Ljung–Box tests all lags up to k together.
///
/// ```
/// use ergon_stats::autocorrelation;
/// let y = [1.0, 3.0, 2.0, 5.0, 4.0, 6.0, 8.0, 7.0];
/// let found = autocorrelation(&y, 2)?;
/// assert!((found.acf[0] - 0.49405).abs() < 1e-4);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn autocorrelation(y: &[f64], lags: usize) -> Result<Autocorrelation, StatError> {
    let (y, _) = observed(y, "y", MissingPolicy::Refuse)?;
    let n = y.len();
    if n == 0 {
        return Err(StatError::Empty { what: "y" });
    }
    if lags == 0 || lags >= n.div_ceil(2) {
        return Err(StatError::InvalidOption { option: "lags", found: lags.to_string(), range: "1 to below n/2" });
    }
    let m = Moments::of(&y);
    if m.is_constant() {
        return Err(StatError::NoVariation { what: "y" });
    }
    let d: Vec<f64> = y.iter().map(|v| deviation(v / m.unit, m.center)).collect();
    let acf: Vec<f64> = (1..=lags).map(|k| sum(d.iter().zip(d.iter().skip(k)).map(|(a, b)| a * b)) / m.ss).collect();

    // Durbin's recursion.
    let mut pacf = Vec::with_capacity(lags);
    let mut weights: Vec<f64> = Vec::new();
    let mut rest = 1.0;
    for (k, r) in acf.iter().enumerate() {
        let predicted = sum(weights.iter().zip(acf.iter().take(k).rev()).map(|(w, a)| w * a));
        let last = (r - predicted) / rest;
        if !last.is_finite() {
            return Err(StatError::OutOfRange { what: "partial autocorrelation" });
        }
        weights = weights.iter().zip(weights.iter().rev()).map(|(w, back)| w - last * back).collect();
        weights.push(last);
        rest *= 1.0 - last * last;
        pacf.push(last);
    }

    let count = n as f64;
    let mut q = 0.0;
    let ljung_box: Vec<f64> = acf
        .iter()
        .zip(1..)
        .map(|(r, k)| {
            q += count * (count + 2.0) * r * r / (count - f64::from(k));
            q
        })
        .collect();
    let ljung_box_p = ljung_box.iter().zip(1..).map(|(q, k)| chi_squared::sf(*q, f64::from(k))).collect();
    Ok(Autocorrelation {
        account: Account::new("Autocorrelation with Ljung–Box test", n, 0, REFERENCES),
        acf,
        pacf,
        ljung_box,
        ljung_box_p,
    })
}
