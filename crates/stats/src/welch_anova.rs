//! Welch's analysis of variance: group means without the assumption of equal variances.

use serde::Serialize;

use crate::StatError;
use crate::account::{Account, SampleSummary};
use crate::dist::fisher_f;
use crate::groups::Groups;
use crate::missing::MissingPolicy;
use crate::sum::sum;

const REFERENCES: &[&str] = &["Welch (1951), Biometrika 38, 330–336"];

/// Result of Welch's analysis of variance.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WelchAnova {
    /// Method, counts, findings, warnings, references.
    #[serde(flatten)]
    pub account: Account,
    /// Welch's F statistic.
    pub f: f64,
    /// Numerator degrees of freedom.
    pub df1: f64,
    /// Denominator degrees of freedom (fractional).
    pub df2: f64,
    /// p-value, from the survival function.
    pub p: f64,
    /// The groups, in the order given.
    pub groups: Vec<SampleSummary>,
}

/// Welch's test of equal group means. Every group needs two observations and some variation.
///
/// Use it by default for means of several independent groups. Assumes independence and, in small
/// groups, normality, but no equal variances.
///
/// ```
/// use ergon_stats::{MissingPolicy, welch_anova};
/// let groups = [vec![4.2, 5.6, 5.2, 6.1, 4.5], vec![4.8, 4.1, 4.4, 3.6, 5.9], vec![6.3, 5.1, 5.5, 5.4, 5.3]];
/// let found = welch_anova(&groups, MissingPolicy::Refuse)?;
/// assert!((found.f - 2.29507).abs() < 1e-4);
/// assert!((found.df2 - 7.34781).abs() < 1e-4);
/// assert!((found.p - 0.16813).abs() < 1e-4);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn welch_anova<G: AsRef<[f64]>>(groups: &[G], missing: MissingPolicy) -> Result<WelchAnova, StatError> {
    let g = Groups::of(groups, 2, missing)?;
    if g.moments.iter().any(|m| m.is_constant()) {
        return Err(StatError::NoVariation { what: "a group" });
    }
    let k = g.count() as f64;
    // Weights relative to the largest, so that their sum stays in range.
    let precision = |i: usize| -> f64 { g.moments.get(i).map_or(0.0, |m| m.n as f64 / m.variance_in_units()) };
    let total = sum((0..g.count()).map(precision));
    if !total.is_finite() {
        return Err(StatError::OutOfRange { what: "weights" });
    }
    let share = |i: usize| precision(i) / total;
    let origin = g.grand_mean();
    let offset: Vec<f64> = g.moments.iter().map(|m| m.center.minus(origin)).collect();
    let center = sum(offset.iter().enumerate().map(|(i, d)| share(i) * d));
    let between = sum(offset.iter().enumerate().map(|(i, d)| precision(i) * (d - center) * (d - center))) / (k - 1.0);
    let lack = sum(g.moments.iter().enumerate().map(|(i, m)| {
        let rest = 1.0 - share(i);
        rest * rest / (m.n - 1) as f64
    }));
    let f = between / (1.0 + 2.0 * (k - 2.0) / (k * k - 1.0) * lack);
    let (df1, df2) = (k - 1.0, (k * k - 1.0) / (3.0 * lack));
    if !f.is_finite() {
        return Err(StatError::OutOfRange { what: "F" });
    }
    let mut account = Account::new("Welch's analysis of variance", g.n_used(), g.n_dropped(), REFERENCES);
    g.warn(&mut account.warnings);
    Ok(WelchAnova { f, df1, df2, p: fisher_f::sf(f, df1, df2), groups: g.summaries(), account })
}
