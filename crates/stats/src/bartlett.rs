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
