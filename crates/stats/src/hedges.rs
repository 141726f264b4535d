//! Hedges' g: the standardised mean difference with its small-sample correction, and the exact
//! interval that inverts the noncentral t distribution.

use crate::account::{Effect, Interval, IntervalKind};
use crate::dist::noncentral_t::noncentrality_interval;
use crate::options::TestOptions;
use crate::special::gamma_ratio::gamma_ratio;
use crate::two_samples::TwoSamples;

/// Hedges' exact correction J(df) = Γ(df/2) / (√(df/2) Γ((df − 1)/2)) (Hedges 1981), for df > 1;
/// 0 for df ≤ 1, where the corrected effect has no mean.
///
/// Use it to take the upward bias out of Cohen's d: about 1 − 3 / (4 df − 1).
///
/// ```
/// assert!((ergon_stats::hedges_correction(18.0) - 0.957646).abs() < 1e-6);
/// ```
pub fn hedges_correction(df: f64) -> f64 {
    if df <= 1.0 {
        return 0.0;
    }
    // Γ(a) / Γ(a − ½) with a = df/2, as a ratio half a step apart.
    let h = 0.5 * (df - 1.0);
    gamma_ratio(h) * (h / (0.5 * df)).sqrt()
}

/// Interval of a standardised effect: the noncentrality's interval divided by `root`, where the
/// statistic is t = d · root.
pub(crate) fn effect_interval(statistic: f64, df: f64, root: f64, level: f64) -> Option<Interval> {
    let (low, high) = noncentrality_interval(statistic, df, level)?;
    Some(Interval { low: low / root, high: high / root, level, kind: IntervalKind::NoncentralT })
}

/// An interval times a positive factor.
pub(crate) fn scaled(ci: Interval, factor: f64) -> Interval {
    Interval { low: ci.low * factor, high: ci.high * factor, ..ci }
}

/// g of one mean (or mean difference) from its t statistic; `None` at one degree of freedom, where it has no mean.
pub(crate) fn standardized_mean(statistic: f64, n: usize, options: &TestOptions) -> Option<Effect> {
    let root = (n as f64).sqrt();
    let df = (n - 1) as f64;
    let j = Some(hedges_correction(df)).filter(|j| *j > 0.0)?;
    let ci = if options.effect_ci {
        effect_interval(statistic, df, root, options.level).map(|ci| scaled(ci, j))
    } else {
        None
    };
    Some(Effect { name: "Hedges' g_z", value: j * statistic / root, ci })
}

/// g of two samples on their pooled standard deviation; `None` if that is zero or has one degree of freedom.
pub(crate) fn standardized_difference(samples: &TwoSamples, options: &TestOptions) -> Option<Effect> {
    let (pooled, df) = samples.pooled_variance_in_units();
    if pooled == 0.0 {
        return None;
    }
    let (nx, ny) = (samples.x.n as f64, samples.y.n as f64);
    let d = samples.mean_difference_in_units() / pooled.sqrt();
    let j = Some(hedges_correction(df)).filter(|j| *j > 0.0)?;
    let root = (nx * (ny / (nx + ny))).sqrt();
    let ci = if options.effect_ci {
        effect_interval(d * root, df, root, options.level).map(|ci| scaled(ci, j))
    } else {
        None
    };
    Some(Effect { name: "Hedges' g", value: j * d, ci })
}
