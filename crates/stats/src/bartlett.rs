//! Bartlett's test of equal variances.

use crate::StatError;
use crate::account::Account;
use crate::dist::chi_squared;
use crate::groups::Groups;
use crate::levene::EqualVariances;
use crate::missing::MissingPolicy;
use crate::sum::sum;

const REFERENCES: &[&str] = &["Bartlett (1937), Proceedings of the Royal Society A 160, 268–282"];

/// Bartlett's test of equal variances of normal groups. It is not robust: where normality is in
/// doubt, use the Brown–Forsythe test.
///
/// Use it only where normality is certain. The likelihood ratio of equal variances, corrected; χ²
/// with k − 1 degrees of freedom.
///
/// ```
/// use ergon_stats::{MissingPolicy, bartlett};
/// let groups = [vec![4.2, 5.6, 5.2, 6.1, 4.5], vec![4.8, 4.1, 4.4, 3.6, 5.9], vec![6.3, 5.1, 5.5, 5.4, 5.3]];
/// let found = bartlett(&groups, MissingPolicy::Refuse)?;
/// assert!((found.statistic - 1.42306).abs() < 1e-4);
/// assert!((found.p - 0.49089).abs() < 1e-4);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn bartlett<G: AsRef<[f64]>>(groups: &[G], missing: MissingPolicy) -> Result<EqualVariances, StatError> {
    let g = Groups::of(groups, 2, missing)?;
    if g.moments.iter().any(|m| m.is_constant()) {
        return Err(StatError::NoVariation { what: "a group" });
    }
    let k = g.count() as f64;
    let df = (g.n_used() - g.count()) as f64;
    let pooled = g.ss_within() / df;
    let lack = sum(g.moments.iter().map(|m| (m.n - 1) as f64 * libm::log(pooled / m.variance_in_units())));
    let shares = sum(g.moments.iter().map(|m| 1.0 / (m.n - 1) as f64));
    let statistic = lack.max(0.0) / (1.0 + (shares - 1.0 / df) / (3.0 * (k - 1.0)));
    if !statistic.is_finite() {
        return Err(StatError::OutOfRange { what: "ratio of variances" });
    }
    let mut account = Account::new("Bartlett's test", g.n_used(), g.n_dropped(), REFERENCES);
    g.warn(&mut account.warnings);
    Ok(EqualVariances { account, statistic, df1: k - 1.0, df2: None, p: chi_squared::sf(statistic, k - 1.0) })
}
