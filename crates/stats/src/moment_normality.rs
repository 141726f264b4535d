//! Tests of normality by skewness and kurtosis: Jarque & Bera's and D'Agostino's K².

use serde::Serialize;

use crate::StatError;
use crate::account::{Account, Warning};
use crate::descriptive::descriptive;
use crate::dist::chi_squared;
use crate::missing::MissingPolicy;

const REFERENCES: &[&str] = &[
    "Jarque & Bera (1987), International Statistical Review 55, 163–172",
    "D'Agostino (1970), Biometrika 57, 679–681",
    "Anscombe & Glynn (1983), Biometrika 70, 227–234",
    "D'Agostino & Pearson (1973), Biometrika 60, 613–622",
];

/// Result of the tests of normality by moments.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MomentNormality {
    /// Method, counts, findings, warnings, references.
    #[serde(flatten)]
    pub account: Account,
    /// Skewness g₁.
    pub skewness: f64,
    /// Excess kurtosis g₂.
    pub kurtosis: f64,
    /// Jarque & Bera's statistic.
    pub jarque_bera: f64,
    /// Its p-value (χ², 2 degrees of freedom): approximate even for hundreds of observations.
    pub jarque_bera_p: f64,
    /// z of the skewness (D'Agostino).
    pub skewness_z: f64,
    /// z of the kurtosis (Anscombe & Glynn).
    pub kurtosis_z: f64,
    /// D'Agostino & Pearson's K², the sum of their squares.
    pub k2: f64,
    /// Its p-value.
    pub k2_p: f64,
}

/// Tests whether skewness and kurtosis of `x` (eight observations or more) are those of a normal
/// distribution.
///
/// Use it for large samples. Jarque–Bera is n (skewness² / 6 + excess kurtosis² / 24), χ² with two
/// degrees of freedom only for hundreds; D’Agostino’s K² corrects for small ones.
///
/// ```
/// use ergon_stats::{MissingPolicy, moment_normality};
/// // Extra hours of sleep with two drugs (Student 1908).
/// let a = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
/// let found = moment_normality(&a, MissingPolicy::Refuse)?;
/// assert!((found.jarque_bera - 0.73875).abs() < 1e-4);
/// assert!((found.k2 - 0.88345).abs() < 1e-4);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn moment_normality(x: &[f64], missing: MissingPolicy) -> Result<MomentNormality, StatError> {
    let d = descriptive(x, 0.95, missing)?;
    let n = d.account.n_used;
    if n < 8 {
        return Err(StatError::TooFew { what: "x", needed: 8, found: n });
    }
    let (Some(skewness), Some(kurtosis)) = (d.skewness, d.kurtosis) else {
        return Err(StatError::NoVariation { what: "x" });
    };
    let count = n as f64;
    let jarque_bera = count / 6.0 * (skewness * skewness + 0.25 * kurtosis * kurtosis);
    let skewness_z = skewness_z(skewness, count);
    let kurtosis_z = kurtosis_z(kurtosis, count);
    let k2 = skewness_z * skewness_z + kurtosis_z * kurtosis_z;
    if !(jarque_bera.is_finite() && k2.is_finite()) {
        return Err(StatError::OutOfRange { what: "skewness or kurtosis" });
    }
    let mut account = Account::new("Normality by skewness and kurtosis", n, d.account.n_dropped, REFERENCES);
    if n < 20 {
        account.warnings.push(Warning::ApproximateForSmallSample { n });
    }
    Ok(MomentNormality {
        account,
        skewness,
        kurtosis,
        jarque_bera,
        jarque_bera_p: chi_squared::sf(jarque_bera, 2.0),
        skewness_z,
        kurtosis_z,
        k2,
        k2_p: chi_squared::sf(k2, 2.0),
    })
}

fn skewness_z(g1: f64, n: f64) -> f64 {
    let y = g1 * ((n + 1.0) * (n + 3.0) / (6.0 * (n - 2.0))).sqrt();
    let beta2 =
        3.0 * (n * n + 27.0 * n - 70.0) * (n + 1.0) * (n + 3.0) / ((n - 2.0) * (n + 5.0) * (n + 7.0) * (n + 9.0));
    let w2 = (2.0 * (beta2 - 1.0)).sqrt() - 1.0;
    let alpha = (2.0 / (w2 - 1.0)).sqrt();
    libm::asinh(y / alpha) / (0.5 * libm::log(w2)).sqrt()
}

fn kurtosis_z(g2: f64, n: f64) -> f64 {
    let mean = 3.0 * (n - 1.0) / (n + 1.0);
    let variance = 24.0 * n * (n - 2.0) * (n - 3.0) / ((n + 1.0) * (n + 1.0) * (n + 3.0) * (n + 5.0));
    let x = (g2 + 3.0 - mean) / variance.sqrt();
    let root_beta1 = 6.0 * (n * n - 5.0 * n + 2.0) / ((n + 7.0) * (n + 9.0))
        * (6.0 * (n + 3.0) * (n + 5.0) / (n * (n - 2.0) * (n - 3.0))).sqrt();
    let a = 6.0 + 8.0 / root_beta1 * (2.0 / root_beta1 + (1.0 + 4.0 / (root_beta1 * root_beta1)).sqrt());
    let scale = 2.0 / (9.0 * a);
    let cube = (1.0 - 2.0 / a) / (1.0 + x * (2.0 / (a - 4.0)).sqrt());
    (1.0 - scale - libm::cbrt(cube)) / scale.sqrt()
}
