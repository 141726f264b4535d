//! One-sample t test.

use crate::StatError;
use crate::account::{Account, Estimate, SampleSummary, Warning};
use crate::hedges::standardized_mean;
use crate::missing::observed;
use crate::moments::Moments;
use crate::options::TestOptions;
use crate::sum::Sum;
use crate::t_test::{TTest, checked_interval, p_value};

const REFERENCES: &[&str] = &["Student (1908), Biometrika 6, 1–25"];

/// Student's one-sample t test of mean = `mu`.
///
/// The effect is Hedges' g of the mean's distance from `mu` in standard deviations, with its
/// exact interval from the noncentral t distribution.
///
/// Use it to compare a mean with a number known beforehand. Assumes independent, about normal
/// observations; t = (x̄ − μ) √n / s.
///
/// ```
/// use ergon_stats::{TestOptions, t_one_sample};
/// // Extra hours of sleep with two drugs (Student 1908).
/// let a = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
/// let found = t_one_sample(&a, 0.0, &TestOptions::default())?;
/// assert!((found.statistic - 1.32571).abs() < 1e-4);
/// assert!((found.p - 0.2176).abs() < 1e-4);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn t_one_sample(x: &[f64], mu: f64, options: &TestOptions) -> Result<TTest, StatError> {
    options.check()?;
    let (kept, dropped) = observed(x, "x", options.missing)?;
    let account = Account::new("One-sample t test", kept.len(), dropped, REFERENCES);
    one_mean(&kept, mu, options, account, "mean", dropped)
}

/// The t test of one mean, for the one-sample and the paired procedure.
pub(crate) fn one_mean(
    x: &[f64],
    mu: f64,
    options: &TestOptions,
    mut account: Account,
    name: &'static str,
    dropped: usize,
) -> Result<TTest, StatError> {
    if !mu.is_finite() {
        return Err(StatError::InvalidOption { option: "mu", found: mu.to_string(), range: "finite numbers" });
    }
    if x.is_empty() {
        return Err(StatError::Empty { what: "x" });
    }
    if x.len() < 2 {
        return Err(StatError::TooFew { what: "x", needed: 2, found: x.len() });
    }
    let m = Moments::of(x);
    if m.is_constant() {
        return Err(StatError::NoVariation { what: "x" });
    }
    if m.is_nearly_constant() {
        account.warnings.push(Warning::NearlyConstant);
    }
    if x.len() < 5 {
        account.warnings.push(Warning::FewObservations { n: x.len() });
    }
    let n = x.len() as f64;
    let df = n - 1.0;
    let se_units = (m.variance_in_units() / n).sqrt();
    let gap_units = m.center.minus(Sum { hi: mu / m.unit, lo: 0.0 });
    let estimate = Estimate { name, value: m.mean(), se: se_units * m.unit };
    let statistic = gap_units / se_units;
    if !statistic.is_finite() {
        return Err(StatError::OutOfRange { what: "t" });
    }
    let ci = checked_interval(&estimate, df, options)?;
    let effect = standardized_mean(statistic, x.len(), options);
    Ok(TTest {
        account,
        alternative: options.alternative,
        null: mu,
        estimate,
        statistic,
        df,
        p: p_value(statistic, df, options.alternative),
        ci,
        effect,
        samples: vec![SampleSummary { n: x.len(), n_dropped: dropped, mean: estimate.value, sd: m.sd() }],
    })
}
