//! Effect sizes of two independent samples.

use serde::Serialize;

use crate::StatError;
use crate::account::{Account, Interval, wire_number};
use crate::dist::normal;
use crate::hedges::{effect_interval, hedges_correction, scaled};
use crate::missing::observed;
use crate::options::TestOptions;
use crate::quantile::sorted;
use crate::ranks::pairs_above;
use crate::two_samples::TwoSamples;

const REFERENCES: &[&str] = &[
    "Hedges (1981), Journal of Educational Statistics 6, 107–128",
    "Cliff (1993), Psychological Bulletin 114, 494–509",
    "McGraw & Wong (1992), Psychological Bulletin 111, 361–365",
    "Steiger & Fouladi (1997), in What If There Were No Significance Tests?",
];

/// Effect sizes of x against y, all positive where x is the larger.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EffectTwoSample {
    /// Method, counts, findings, warnings, references.
    #[serde(flatten)]
    pub account: Account,
    /// Cohen's d on the pooled standard deviation.
    pub cohen_d: f64,
    /// Exact interval of d from the noncentral t distribution.
    pub cohen_d_ci: Option<Interval>,
    /// Hedges' g = J d.
    pub hedges_g: f64,
    /// Exact interval of g.
    pub hedges_g_ci: Option<Interval>,
    /// Hedges' exact correction J.
    pub hedges_j: f64,
    /// d on the root mean square of the two standard deviations.
    pub cohen_d_average: f64,
    /// Glass's Δ: on the standard deviation of y. Infinite if y does not vary.
    #[serde(serialize_with = "wire_number")]
    pub glass_delta: f64,
    /// Cliff's δ = P(x > y) − P(x < y), which is also the rank-biserial correlation.
    pub cliffs_delta: f64,
    /// Common-language effect size A = P(x > y) + ½ P(x = y), observed.
    pub cles: f64,
    /// Common-language effect size under normality.
    pub cles_normal: f64,
}

/// Effect sizes of two samples of at least two observations each.
///
/// Use Hedges’ g with its interval beside a t test, Cliff’s δ beside a rank test. Standardised
/// effects assume about normal samples; Glass’s Δ has the standard deviation of `y`.
///
/// ```
/// use ergon_stats::{TestOptions, effect_two_sample};
/// // Extra hours of sleep with two drugs (Student 1908).
/// let a = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
/// let b = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
/// let found = effect_two_sample(&a, &b, &TestOptions::default())?;
/// assert!((found.cohen_d + 0.83218).abs() < 1e-4);
/// assert!((found.cliffs_delta + 0.49).abs() < 1e-4);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn effect_two_sample(x: &[f64], y: &[f64], options: &TestOptions) -> Result<EffectTwoSample, StatError> {
    let samples = TwoSamples::of(x, y, 2, options)?;
    let (pooled, df) = samples.pooled_variance_in_units();
    if pooled == 0.0 {
        return Err(StatError::NoVariation { what: "x and y" });
    }
    let (vx, vy) = (samples.x.variance_in_units(), samples.y.variance_in_units());
    let (nx, ny) = (samples.x.n as f64, samples.y.n as f64);
    let gap = samples.mean_difference_in_units();
    let cohen_d = gap / pooled.sqrt();
    let hedges_j = hedges_correction(df);
    let root = (nx * (ny / (nx + ny))).sqrt();
    let cohen_d_ci = if options.effect_ci { effect_interval(cohen_d * root, df, root, options.level) } else { None };
    let (x, _) = observed(x, "x", options.missing)?;
    let (y, _) = observed(y, "y", options.missing)?;
    let cles = pairs_above(&sorted(&x), &sorted(&y)) / (nx * ny);
    let mut account =
        Account::new("Standardised mean difference and dominance", samples.n_used(), samples.n_dropped(), REFERENCES);
    samples.warn(&mut account.warnings);
    Ok(EffectTwoSample {
        account,
        cohen_d,
        cohen_d_ci,
        hedges_g: hedges_j * cohen_d,
        hedges_g_ci: cohen_d_ci.map(|ci| scaled(ci, hedges_j)),
        hedges_j,
        cohen_d_average: gap / (0.5 * (vx + vy)).sqrt(),
        glass_delta: if vy > 0.0 {
            gap / vy.sqrt()
        } else if gap == 0.0 {
            0.0
        } else {
            f64::INFINITY.copysign(gap)
        },
        cliffs_delta: 2.0 * cles - 1.0,
        cles,
        cles_normal: normal::cdf(gap / (vx + vy).sqrt()),
    })
}
