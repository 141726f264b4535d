//! Meta-analysis: one estimate from several studies (or campaigns) of the same effect.

use serde::Serialize;

use crate::StatError;
use crate::account::{Account, Estimate, Interval, IntervalKind, Warning};
use crate::dist::{chi_squared, normal};
use crate::options::check_level;
use crate::sum::sum;

const REFERENCES: &[&str] = &[
    "DerSimonian & Laird (1986), Controlled Clinical Trials 7, 177–188",
    "Higgins & Thompson (2002), Statistics in Medicine 21, 1539–1558",
];

/// A pooled estimate.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PooledEffect {
    /// Estimate and standard error.
    pub estimate: Estimate,
    /// Wald's z.
    pub z: f64,
    /// Two-sided p-value.
    pub p: f64,
    /// Wald's interval.
    pub ci: Interval,
}

/// Result of a meta-analysis.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MetaAnalysis {
    /// Method, number of studies, warnings, references.
    #[serde(flatten)]
    pub account: Account,
    /// If all studies estimate one effect.
    pub fixed: PooledEffect,
    /// If their effects vary around a mean.
    pub random: PooledEffect,
    /// Cochran's Q, the heterogeneity.
    pub q: f64,
    /// Its degrees of freedom, studies − 1.
    pub q_df: f64,
    /// Its p-value.
    pub q_p: f64,
    /// I², the share of the variation that is not sampling error, from 0 to 1.
    pub i2: f64,
    /// Variance of the effects (DerSimonian & Laird), in squared units of the effect; 0 where the
    /// studies differ by less than their errors.
    pub tau2: f64,
}

fn pooled(name: &'static str, effect: &[f64], weight: &[f64], level: f64) -> PooledEffect {
    let total = sum(weight.iter().copied());
    let value = sum(weight.iter().zip(effect).map(|(w, e)| w * e)) / total;
    let se = 1.0 / total.sqrt();
    let z = value / se;
    let reach = normal::isf(0.5 * (1.0 - level)) * se;
    let ci = Interval { low: value - reach, high: value + reach, level, kind: IntervalKind::Normal };
    PooledEffect { estimate: Estimate { name, value, se }, z, p: 2.0 * normal::sf(z.abs()), ci }
}

/// Pools the `effect`s of independent studies by the inverse of their sampling `variance`s, with
/// and without a variance between studies (DerSimonian & Laird's moment estimate).
///
/// Use it for the same contrast measured in several campaigns, models or data sets. Assumes that
/// the studies are independent and their variances known; with few studies the between-study
/// variance is poorly known, and the random-effects interval is too short.
///
/// ```
/// use ergon_stats::meta_analysis;
/// let m = meta_analysis(&[0.2, 0.4], &[0.01, 0.01], 0.95)?;
/// // Equal variances: the plain mean; Q = 2 · 0.1² / 0.01.
/// assert!((m.fixed.estimate.value - 0.3).abs() < 1e-15 && (m.q - 2.0).abs() < 1e-12);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn meta_analysis(effect: &[f64], variance: &[f64], level: f64) -> Result<MetaAnalysis, StatError> {
    check_level(level)?;
    let k = effect.len();
    if variance.len() != k {
        return Err(StatError::LengthMismatch { what: "effect and variance", left: k, right: variance.len() });
    }
    if k < 2 {
        return Err(StatError::TooFew { what: "studies", needed: 2, found: k });
    }
    let count = effect.iter().chain(variance).filter(|v| v.is_nan()).count();
    if count > 0 {
        return Err(StatError::Missing { what: "effect or variance", count });
    }
    if let Some(index) = effect.iter().position(|e| e.is_infinite()) {
        return Err(StatError::NonFinite { what: "effect", index });
    }
    if let Some(v) = variance.iter().find(|v| !(**v > 0.0 && v.is_finite())) {
        return Err(StatError::InvalidOption { option: "variance", found: v.to_string(), range: "(0, ∞)" });
    }
    let weight: Vec<f64> = variance.iter().map(|v| 1.0 / v).collect();
    let fixed = pooled("fixed effect", effect, &weight, level);
    let q = sum(weight.iter().zip(effect).map(|(w, e)| w * (e - fixed.estimate.value) * (e - fixed.estimate.value)));
    let q_df = k as f64 - 1.0;
    let total = sum(weight.iter().copied());
    let scale = total - sum(weight.iter().map(|w| w * w)) / total;
    let tau2 = ((q - q_df) / scale).max(0.0);
    let weight: Vec<f64> = variance.iter().map(|v| 1.0 / (v + tau2)).collect();
    let random = pooled("mean of the random effects", effect, &weight, level);
    let sound = |e: &PooledEffect| [e.z, e.ci.low, e.ci.high].iter().all(|v| v.is_finite());
    if !(sound(&fixed) && sound(&random) && q.is_finite() && tau2.is_finite()) {
        return Err(StatError::OutOfRange { what: "pooled effect" });
    }
    let mut account = Account::new("Random-effects meta-analysis (DerSimonian–Laird)", k, 0, REFERENCES);
    if k < 5 {
        account.warnings.push(Warning::FewObservations { n: k });
    }
    Ok(MetaAnalysis {
        account,
        fixed,
        random,
        q,
        q_df,
        q_p: chi_squared::sf(q, q_df),
        i2: if q > 0.0 { (1.0 - q_df / q).max(0.0) } else { 0.0 },
        tau2,
    })
}
