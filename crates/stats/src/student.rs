//! Student's two-sample t test, with equal variances assumed.

use crate::StatError;
use crate::account::{Account, Estimate, Warning};
use crate::hedges::standardized_difference;
use crate::options::TestOptions;
use crate::t_test::{TTest, checked_interval, p_value};
use crate::two_samples::TwoSamples;

const REFERENCES: &[&str] = &["Student (1908), Biometrika 6, 1–25"];

/// Student's t test of mean(x) = mean(y) with the pooled variance, df = n₁ + n₂ − 2.
///
/// One sample may have a single observation if the other has two. The effect is Hedges' g.
///
/// Use it where equal variances are known by design (or to reproduce older work); else prefer
/// [`t_welch`](crate::t_welch), because unequal variances with unequal sizes break its size.
///
/// ```
/// use ergon_stats::{TestOptions, t_student};
/// // Extra hours of sleep with two drugs (Student 1908).
/// let a = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
/// let b = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
/// let found = t_student(&a, &b, &TestOptions::default())?;
/// assert!((found.df - 18.0).abs() < 1e-4);
/// assert!((found.p - 0.07919).abs() < 1e-4);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn t_student(x: &[f64], y: &[f64], options: &TestOptions) -> Result<TTest, StatError> {
    let samples = TwoSamples::of(x, y, 1, options)?;
    if samples.n_used() < 3 {
        return Err(StatError::TooFew { what: "x and y together", needed: 3, found: samples.n_used() });
    }
    let (pooled, df) = samples.pooled_variance_in_units();
    if pooled == 0.0 {
        return Err(StatError::NoVariation { what: "x and y" });
    }
    let se_units = (pooled * (1.0 / samples.x.n as f64 + 1.0 / samples.y.n as f64)).sqrt();
    let gap = samples.mean_difference_in_units();
    let mut account = Account::new("Student's two-sample t test", samples.n_used(), samples.n_dropped(), REFERENCES);
    samples.warn(&mut account.warnings);
    let (a, b) = (samples.x.variance_in_units(), samples.y.variance_in_units());
    if samples.x.n > 1 && samples.y.n > 1 && a.max(b) > 4.0 * a.min(b) && a.min(b) > 0.0 {
        account.warnings.push(Warning::Heteroscedastic { ratio: a.max(b) / a.min(b) });
    }
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
