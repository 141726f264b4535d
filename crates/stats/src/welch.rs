//! Welch's two-sample t test: the default for two independent groups, since it does not assume
//! equal variances.

use crate::StatError;
use crate::account::{Account, Estimate};
use crate::hedges::standardized_difference;
use crate::options::TestOptions;
use crate::t_test::{TTest, checked_interval, p_value};
use crate::two_samples::TwoSamples;

const REFERENCES: &[&str] =
    &["Welch (1947), Biometrika 34, 28–35", "Satterthwaite (1946), Biometrics Bulletin 2, 110–114"];

/// Welch's t test of mean(x) = mean(y), with Satterthwaite's degrees of freedom.
///
/// Each sample needs two observations. The effect is Hedges' g on the pooled standard deviation.
///
/// Use it by default for means of two independent samples: it costs next to nothing where variances
/// are equal, and holds its size where they are not. t = (x̄ − ȳ) / √(s₁²/n₁ + s₂²/n₂). Assumes
/// independence and, in small samples, normality.
///
/// ```
/// use ergon_stats::{TestOptions, t_welch};
/// // Extra hours of sleep with two drugs (Student 1908).
/// let a = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
/// let b = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
/// let found = t_welch(&a, &b, &TestOptions::default())?;
/// assert!((found.statistic + 1.86081).abs() < 1e-4);
/// assert!((found.df - 17.77647).abs() < 1e-4);
/// assert!((found.p - 0.07939).abs() < 1e-4);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn t_welch(x: &[f64], y: &[f64], options: &TestOptions) -> Result<TTest, StatError> {
    let samples = TwoSamples::of(x, y, 2, options)?;
    let vx = samples.x.variance_in_units() / samples.x.n as f64;
    let vy = samples.y.variance_in_units() / samples.y.n as f64;
    let variance = vx + vy;
    if variance == 0.0 {
        return Err(StatError::NoVariation { what: "x and y" });
    }
    let se_units = variance.sqrt();
    let df = satterthwaite(vx, samples.x.n, vy, samples.y.n);
    let gap = samples.mean_difference_in_units();
    let mut account = Account::new("Welch's t test", samples.n_used(), samples.n_dropped(), REFERENCES);
    samples.warn(&mut account.warnings);
    let estimate = Estimate { name: "difference of means", value: gap * samples.unit, se: se_units * samples.unit };
    let statistic = gap / se_units;
    Ok(TTest {
        alternative: options.alternative,
        null: 0.0,
        estimate,
        statistic,
        df,
        p: p_value(statistic, df, options.alternative),
        ci: checked_interval(&estimate, df, options)?,
        effect: standardized_difference(&samples, options),
        samples: samples.summaries(),
        account,
    })
}

/// Satterthwaite's degrees of freedom from the squared standard errors of two means.
pub(crate) fn satterthwaite(vx: f64, nx: usize, vy: f64, ny: usize) -> f64 {
    // As shares of the total, so that nothing over- or underflows.
    let share = vx / (vx + vy);
    let rest = vy / (vx + vy);
    1.0 / (share * share / (nx - 1) as f64 + rest * rest / (ny - 1) as f64)
}
