//! A common odds ratio over strata of 2 × 2 tables.

use serde::Serialize;

use crate::StatError;
use crate::account::{Account, Interval, IntervalKind, Warning};
use crate::dist::normal;
use crate::mann_whitney::normal_p;
use crate::options::{Alternative, TestOptions};

const REFERENCES: &[&str] = &[
    "Mantel & Haenszel (1959), Journal of the National Cancer Institute 22, 719–748",
    "Robins, Breslow & Greenland (1986), Biometrics 42, 311–323",
];

/// A common odds ratio.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MantelHaenszel {
    /// Method, counts, findings, warnings, references.
    #[serde(flatten)]
    pub account: Account,
    /// The alternative hypothesis about the odds ratio.
    pub alternative: Alternative,
    /// Σ a d / n over Σ b c / n.
    pub odds_ratio: f64,
    /// Standard error of its logarithm (Robins, Breslow & Greenland), good for few large and for many small strata.
    pub log_se: f64,
    /// (log odds ratio − log of the null value) in standard errors.
    pub z: f64,
    /// p-value.
    pub p: f64,
    /// Two-sided interval of the odds ratio.
    pub ci: Interval,
    /// Strata that say something: both rows and both columns occur.
    pub informative: usize,
}

/// Estimates the odds ratio that strata share and tests it against `null` (1: no association). A table is
/// `[a, b, c, d]`: successes and failures of the first group, then of the second.
///
/// Assumes that the odds ratio is the same in every stratum; where it is not, this is a weighted average.
///
/// ```
/// // Treatment and control in two centres.
/// let found = ergon_stats::mantel_haenszel(&[[10, 2, 6, 6], [8, 4, 3, 9]], 1.0, &Default::default())?;
/// assert!((found.odds_ratio - 5.5).abs() < 1e-12);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn mantel_haenszel(tables: &[[u64; 4]], null: f64, options: &TestOptions) -> Result<MantelHaenszel, StatError> {
    options.check()?;
    if !(null > 0.0 && null.is_finite()) {
        return Err(StatError::InvalidOption { option: "null", found: null.to_string(), range: "above 0" });
    }
    let (mut r, mut s, mut pr, mut cross, mut qs) = (0.0, 0.0, 0.0, 0.0, 0.0);
    let (mut n_used, mut smallest, mut informative) = (0.0, f64::INFINITY, 0);
    for table in tables {
        let [a, b, c, d] = table.map(|x| x as f64);
        let n = a + b + c + d;
        if a + b == 0.0 || c + d == 0.0 || a + c == 0.0 || b + d == 0.0 {
            continue;
        }
        informative += 1;
        n_used += n;
        smallest = smallest.min(n);
        let (p, q) = ((a + d) / n, (b + c) / n);
        let (ri, si) = (a * d / n, b * c / n);
        r += ri;
        s += si;
        pr += p * ri;
        cross += p * si + q * ri;
        qs += q * si;
    }
    if informative == 0 {
        return Err(StatError::NoVariation { what: "every stratum" });
    }
    if r == 0.0 || s == 0.0 {
        return Err(StatError::NoVariation { what: "one diagonal of all strata (the odds ratio is 0 or infinite)" });
    }
    let odds_ratio = r / s;
    let log_se = (pr / (2.0 * r * r) + cross / (2.0 * r * s) + qs / (2.0 * s * s)).sqrt();
    let log = libm::log(odds_ratio);
    let z = (log - libm::log(null)) / log_se;
    let reach = normal::isf(0.5 * (1.0 - options.level)) * log_se;
    let mut account = Account::new("Mantel–Haenszel odds ratio", n_used as usize, 0, REFERENCES);
    if n_used < 20.0 {
        account.warnings.push(Warning::ApproximateForSmallSample { n: n_used as usize });
    }
    Ok(MantelHaenszel {
        account,
        alternative: options.alternative,
        odds_ratio,
        log_se,
        z,
        p: normal_p(z, options.alternative),
        ci: Interval {
            low: libm::exp(log - reach),
            high: libm::exp(log + reach),
            level: options.level,
            kind: IntervalKind::Normal,
        },
        informative,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test's own data")]
    use super::*;

    /// Admissions at Berkeley by department (Bickel, Hammel & O'Connell 1975): men, then women, admitted and rejected.
    const BERKELEY: [[u64; 4]; 6] = [
        [512, 313, 89, 19],
        [353, 207, 17, 8],
        [120, 205, 202, 391],
        [138, 279, 131, 244],
        [53, 138, 94, 299],
        [22, 351, 24, 317],
    ];

    #[test]
    fn the_berkeley_data_give_what_r_gives() {
        // mantelhaen.test(UCBAdmissions, correct = FALSE): common odds ratio 0.9046968, 95 % 0.7719074 to 1.0603298.
        let found = mantel_haenszel(&BERKELEY, 1.0, &TestOptions::default()).unwrap();
        for (got, expected) in
            [(found.odds_ratio, 0.904_696_8), (found.ci.low, 0.771_907_4), (found.ci.high, 1.060_329_8)]
        {
            assert!((got - expected).abs() < 5e-8, "{got} {expected}");
        }
        assert_eq!(found.informative, 6);
    }

    #[test]
    fn pairs_as_strata_give_mcnemars_odds_ratio() {
        // 12 pairs with success of the first alone, 5 of the second alone, 9 alike: 12 / 5, and Var = 1/12 + 1/5.
        let mut pairs = vec![[1, 0, 0, 1]; 12];
        pairs.extend(vec![[0, 1, 1, 0]; 5]);
        pairs.extend(vec![[1, 0, 1, 0]; 9]);
        let found = mantel_haenszel(&pairs, 1.0, &TestOptions::default()).unwrap();
        assert!((found.odds_ratio - 2.4).abs() < 1e-12);
        assert!((found.log_se - (1.0_f64 / 12.0 + 0.2).sqrt()).abs() < 1e-12);
        assert_eq!(found.informative, 17);
    }

    #[test]
    fn p_and_interval_are_one_test() {
        let base = mantel_haenszel(&BERKELEY, 1.0, &TestOptions::default()).unwrap();
        for edge in [base.ci.low, base.ci.high] {
            let at = mantel_haenszel(&BERKELEY, edge, &TestOptions::default()).unwrap();
            assert!((at.p - 0.05).abs() < 1e-10, "{}", at.p);
        }
    }

    #[test]
    fn where_one_group_always_succeeds_there_is_no_odds_ratio() {
        for tables in [vec![[5, 0, 3, 2]], vec![[0, 5, 2, 3]], vec![[5, 5, 0, 0]], vec![]] {
            assert!(matches!(
                mantel_haenszel(&tables, 1.0, &TestOptions::default()),
                Err(StatError::NoVariation { .. })
            ));
        }
    }
}
