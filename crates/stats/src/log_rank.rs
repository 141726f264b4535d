//! Log-rank test of equal survival in two or more groups.

use serde::Serialize;

use crate::StatError;
use crate::account::{Account, Warning};
use crate::dist::chi_squared;
use crate::kaplan_meier::checked_times;

const REFERENCES: &[&str] = &[
    "Mantel (1966), Cancer Chemotherapy Reports 50, 163–170",
    "Peto & Peto (1972), Journal of the Royal Statistical Society A 135, 185–207",
];

/// Result of a log-rank test.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LogRank {
    /// Method, counts, findings, warnings, references.
    #[serde(flatten)]
    pub account: Account,
    /// The χ² statistic.
    pub chi2: f64,
    /// Degrees of freedom, groups − 1.
    pub df: f64,
    /// p-value, from the survival function.
    pub p: f64,
    /// Events observed per group.
    pub observed: Vec<f64>,
    /// Events expected per group if survival is equal.
    pub expected: Vec<f64>,
    /// Times per group.
    pub n: Vec<usize>,
}

/// Tests equal survival of groups numbered 0 … k − 1; `event[i]` is false where `time[i]` is
/// censored. Every group needs a time.
pub fn log_rank(time: &[f64], event: &[bool], group: &[usize]) -> Result<LogRank, StatError> {
    checked_times(time, event)?;
    if group.len() != time.len() {
        return Err(StatError::LengthMismatch { what: "time and group", left: time.len(), right: group.len() });
    }
    let k = group.iter().max().map_or(0, |g| g.saturating_add(1));
    if k < 2 {
        return Err(StatError::TooFew { what: "groups", needed: 2, found: k });
    }
    if k > time.len() {
        return Err(StatError::Empty { what: "a group" });
    }
    let mut at_risk = vec![0_usize; k];
    for g in group {
        at_risk[*g] += 1;
    }
    if at_risk.contains(&0) {
        return Err(StatError::Empty { what: "a group" });
    }
    let n = at_risk.clone();

    let mut order: Vec<usize> = (0..time.len()).collect();
    order.sort_unstable_by(|a, b| time[*a].total_cmp(&time[*b]));
    let mut observed = vec![0.0; k];
    let mut expected = vec![0.0; k];
    let mut covariance = vec![vec![0.0; k]; k];
    let mut left = time.len();
    for run in order.chunk_by(|a, b| time[*a] == time[*b]) {
        let died = run.iter().filter(|i| event[**i]).count() as f64;
        let r = left as f64;
        if died > 0.0 {
            for i in run.iter().filter(|i| event[**i]) {
                observed[group[*i]] += 1.0;
            }
            // Hypergeometric mean and covariance of the deaths at this time.
            let spread = if left > 1 { died * (r - died) / (r - 1.0) } else { 0.0 };
            for a in 0..k {
                let share = at_risk[a] as f64 / r;
                expected[a] += died * share;
                for b in 0..k {
                    let other = at_risk[b] as f64 / r;
                    let same = if a == b { share } else { 0.0 };
                    covariance[a][b] += spread * (same - share * other);
                }
            }
        }
        for i in run {
            at_risk[group[*i]] -= 1;
        }
        left -= run.len();
    }

    let gap: Vec<f64> = observed.iter().zip(&expected).map(|(o, e)| o - e).collect();
    let chi2 = quadratic_form(&covariance, &gap).ok_or(StatError::NoVariation { what: "event times of all groups" })?;
    let df = (k - 1) as f64;
    let mut account = Account::new("Log-rank test", time.len(), 0, REFERENCES);
    let fewest = n.iter().min().copied().unwrap_or(0);
    if fewest < 5 {
        account.warnings.push(Warning::FewObservations { n: fewest });
    }
    Ok(LogRank { account, chi2, df, p: chi_squared::sf(chi2, df), observed, expected, n })
}

/// gᵀ V⁻¹ g over the first k − 1 groups, by Cholesky's factor; `None` if V is singular there.
fn quadratic_form(v: &[Vec<f64>], gap: &[f64]) -> Option<f64> {
    let m = gap.len() - 1;
    let mut l = vec![vec![0.0; m]; m];
    let mut w = vec![0.0; m];
    let mut total = 0.0;
    for i in 0..m {
        for j in 0..=i {
            let dot: f64 = (0..j).map(|c| l[i][c] * l[j][c]).sum();
            let rest = v[i][j] - dot;
            if i == j {
                if rest <= 1e-12 * v[i][i] || rest <= 0.0 {
                    return None;
                }
                l[i][i] = rest.sqrt();
            } else {
                l[i][j] = rest / l[j][j];
            }
        }
        let dot: f64 = (0..i).map(|c| l[i][c] * w[c]).sum();
        w[i] = (gap[i] - dot) / l[i][i];
        total += w[i] * w[i];
    }
    Some(total)
}
