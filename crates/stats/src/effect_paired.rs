//! Effect sizes of paired samples.

use serde::Serialize;

use crate::StatError;
use crate::account::{Account, Interval};
use crate::hedges::{effect_interval, hedges_correction};
use crate::missing::observed_pairs;
use crate::moments::{Moments, deviation, unit_of};
use crate::options::TestOptions;
use crate::paired::differences;
use crate::ranks::midranks;
use crate::sum::sum;

const REFERENCES: &[&str] =
    &["Lakens (2013), Frontiers in Psychology 4, 863", "Kerby (2014), Comprehensive Psychology 3, 11.IT.3.1"];

/// Effect sizes of x − y within pairs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EffectPaired {
    /// Method, counts, findings, warnings, references.
    #[serde(flatten)]
    pub account: Account,
    /// Mean difference in standard deviations of the differences.
    pub d_z: f64,
    /// Exact interval of d_z from the noncentral t distribution.
    pub d_z_ci: Option<Interval>,
    /// d_z with Hedges' exact correction.
    pub g_z: f64,
    /// On the mean of the two standard deviations; `None` if neither sample varies.
    pub d_av: Option<f64>,
    /// On the root mean square of the two standard deviations.
    pub d_av_rms: Option<f64>,
    /// d_z √(2 (1 − r)): on the scale of a single measurement; `None` if a sample is constant.
    pub d_rm: Option<f64>,
    /// Matched-pairs rank-biserial correlation; `None` if every difference is zero.
    pub matched_rank_biserial: Option<f64>,
}

/// Effect sizes of at least two pairs.
///
/// Use `g_z` beside a paired test, `d_av` to compare with studies of independent groups. Assumes
/// about normal differences.
///
/// ```
/// use ergon_stats::{TestOptions, effect_paired};
/// // Extra hours of sleep with two drugs (Student 1908).
/// let a = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
/// let b = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
/// let found = effect_paired(&a, &b, &TestOptions::default())?;
/// assert!((found.d_z + 1.28456).abs() < 1e-4);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn effect_paired(x: &[f64], y: &[f64], options: &TestOptions) -> Result<EffectPaired, StatError> {
    options.check()?;
    let (x, y, dropped) = observed_pairs(x, y, options.missing)?;
    if x.is_empty() {
        return Err(StatError::Empty { what: "pairs" });
    }
    if x.len() < 2 {
        return Err(StatError::TooFew { what: "pairs", needed: 2, found: x.len() });
    }
    let d = differences(&x, &y)?;
    let unit = unit_of([x.as_ref(), y.as_ref(), d.as_slice()]);
    let scale = 1.0 / unit;
    let (mx, my) = (Moments::in_unit(&x, unit), Moments::in_unit(&y, unit));
    let md = Moments::in_unit(&d, unit);
    if md.is_constant() {
        return Err(StatError::NoVariation { what: "differences" });
    }
    let n = d.len() as f64;
    let df = n - 1.0;
    let mean = md.center.value();
    let d_z = mean / md.variance_in_units().sqrt();
    let root = n.sqrt();
    let (vx, vy) = (mx.variance_in_units(), my.variance_in_units());
    let products =
        sum(x.iter().zip(y.iter()).map(|(a, b)| deviation(a * scale, mx.center) * deviation(b * scale, my.center)));
    let r = products / (mx.ss.sqrt() * my.ss.sqrt());
    let varied = |scale: f64| (scale > 0.0).then(|| mean / scale);
    Ok(EffectPaired {
        account: Account::new("Standardised mean difference of pairs", d.len(), dropped, REFERENCES),
        d_z,
        d_z_ci: if options.effect_ci { effect_interval(d_z * root, df, root, options.level) } else { None },
        g_z: hedges_correction(df) * d_z,
        d_av: varied(0.5 * (vx.sqrt() + vy.sqrt())),
        d_av_rms: varied((0.5 * (vx + vy)).sqrt()),
        d_rm: r.is_finite().then(|| d_z * (2.0 * (1.0 - r)).max(0.0).sqrt()),
        matched_rank_biserial: signed_rank_correlation(&d),
    })
}

/// (W⁺ − W⁻) / (W⁺ + W⁻) over non-zero differences.
fn signed_rank_correlation(d: &[f64]) -> Option<f64> {
    let moved: Vec<f64> = d.iter().copied().filter(|v| *v != 0.0).collect();
    let sizes: Vec<f64> = moved.iter().map(|v| v.abs()).collect();
    let signed: f64 = midranks(&sizes).ranks.iter().zip(&moved).map(|(rank, v)| rank.copysign(*v)).sum();
    let n = moved.len() as f64;
    (n > 0.0).then(|| signed / (0.5 * n * (n + 1.0)))
}
