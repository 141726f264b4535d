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
///
/// Use it to compare times to an event. Assumes independent censoring; sharpest where hazards are
/// proportional, blind to curves that cross. χ² of observed less expected events.
///
/// ```
/// use ergon_stats::log_rank;
/// let time = [1.0, 3.0, 5.0, 7.0, 2.0, 6.0, 8.0, 9.0];
/// let event = [true, true, true, false, true, true, true, false];
/// let group = [0, 0, 0, 0, 1, 1, 1, 1];
/// let found = log_rank(&time, &event, &group)?;
/// assert!((found.chi2 - 0.72418).abs() < 1e-4);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn log_rank(time: &[f64], event: &[bool], group: &[usize]) -> Result<LogRank, StatError> {
    test("Log-rank test", time, event, group, None)
}

/// The same where survival may differ between strata (cells of other factors, pairs): observed and
/// expected events are summed over strata, and only times of one stratum are compared.
///
/// Use it where runs of one stratum are alike and strata differ. Assumes that the groups differ in
/// the same direction in all.
///
/// ```
/// use ergon_stats::stratified_log_rank;
/// let time = [1.0, 3.0, 5.0, 7.0, 2.0, 6.0, 8.0, 9.0];
/// let event = [true, true, true, false, true, true, true, false];
/// let group = [0, 0, 0, 0, 1, 1, 1, 1];
/// let stratum = [0, 0, 1, 1, 0, 0, 1, 1];
/// let found = stratified_log_rank(&time, &event, &group, &stratum)?;
/// assert!((found.chi2 - 1.4).abs() < 1e-4);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn stratified_log_rank(
    time: &[f64],
    event: &[bool],
    group: &[usize],
    stratum: &[usize],
) -> Result<LogRank, StatError> {
    if stratum.len() != time.len() {
        return Err(StatError::LengthMismatch { what: "time and stratum", left: time.len(), right: stratum.len() });
    }
    test("Stratified log-rank test", time, event, group, Some(stratum))
}

/// Observed and expected events of the groups, and the covariance of their differences.
struct Sums {
    observed: Vec<f64>,
    expected: Vec<f64>,
    covariance: Vec<Vec<f64>>,
}

fn test(
    method: &'static str,
    time: &[f64],
    event: &[bool],
    group: &[usize],
    stratum: Option<&[usize]>,
) -> Result<LogRank, StatError> {
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
    let n = count(group.iter(), k);
    if n.contains(&0) {
        return Err(StatError::Empty { what: "a group" });
    }
    let of = |i: usize| stratum.map_or(0, |s| s[i]);
    let mut order: Vec<usize> = (0..time.len()).collect();
    order.sort_unstable_by(|a, b| of(*a).cmp(&of(*b)).then(time[*a].total_cmp(&time[*b])));
    let mut sums = Sums { observed: vec![0.0; k], expected: vec![0.0; k], covariance: vec![vec![0.0; k]; k] };
    for part in order.chunk_by(|a, b| of(*a) == of(*b)) {
        sums.add(part, time, event, group);
    }

    let Sums { observed, expected, covariance } = sums;
    let gap: Vec<f64> = observed.iter().zip(&expected).map(|(o, e)| o - e).collect();
    let chi2 = quadratic_form(&covariance, &gap).ok_or(StatError::NoVariation { what: "event times of all groups" })?;
    let df = (k - 1) as f64;
    let mut account = Account::new(method, time.len(), 0, REFERENCES);
    let fewest = n.iter().min().copied().unwrap_or(0);
    if fewest < 5 {
        account.warnings.push(Warning::FewObservations { n: fewest });
    }
    Ok(LogRank { account, chi2, df, p: chi_squared::sf(chi2, df), observed, expected, n })
}

fn count<'a>(groups: impl Iterator<Item = &'a usize>, k: usize) -> Vec<usize> {
    let mut n = vec![0_usize; k];
    for g in groups {
        n[*g] += 1;
    }
    n
}

impl Sums {
    /// Adds one stratum, given by positions in order of time.
    fn add(&mut self, order: &[usize], time: &[f64], event: &[bool], group: &[usize]) {
        let k = self.observed.len();
        let mut at_risk = count(order.iter().map(|i| &group[*i]), k);
        let mut left = order.len();
        for run in order.chunk_by(|a, b| time[*a] == time[*b]) {
            let died = run.iter().filter(|i| event[**i]).count() as f64;
            let r = left as f64;
            if died > 0.0 {
                for i in run.iter().filter(|i| event[**i]) {
                    self.observed[group[*i]] += 1.0;
                }
                // Hypergeometric mean and covariance of the deaths at this time.
                let spread = if left > 1 { died * (r - died) / (r - 1.0) } else { 0.0 };
                let share: Vec<f64> = at_risk.iter().map(|n| *n as f64 / r).collect();
                for (a, mine) in share.iter().enumerate() {
                    self.expected[a] += died * mine;
                    for (b, other) in share.iter().enumerate() {
                        let same = if a == b { *mine } else { 0.0 };
                        self.covariance[a][b] += spread * (same - mine * other);
                    }
                }
            }
            for i in run {
                at_risk[group[*i]] -= 1;
            }
            left -= run.len();
        }
    }
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test's own data")]
    use super::*;

    const TIME: [f64; 12] = [3.0, 5.0, 7.0, 2.0, 18.0, 16.0, 2.0, 9.0, 16.0, 4.0, 11.0, 6.0];
    const EVENT: [bool; 12] = [true, true, false, true, true, true, true, false, true, true, true, false];
    const GROUP: [usize; 12] = [0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1];

    #[test]
    fn one_stratum_is_the_plain_test() {
        let plain = log_rank(&TIME, &EVENT, &GROUP).unwrap();
        let stratified = stratified_log_rank(&TIME, &EVENT, &GROUP, &[7; 12]).unwrap();
        assert_eq!((plain.chi2, plain.p), (stratified.chi2, stratified.p));
    }

    #[test]
    fn strata_add_up_what_their_own_tests_say() {
        // For two groups V = (O − E)² / χ² of each stratum alone.
        let stratum = [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1];
        let parts: Vec<LogRank> =
            [0..6, 6..12].map(|r| log_rank(&TIME[r.clone()], &EVENT[r.clone()], &GROUP[r]).unwrap()).into();
        let gap = |t: &LogRank| t.observed[0] - t.expected[0];
        let u: f64 = parts.iter().map(gap).sum();
        let v: f64 = parts.iter().map(|t| gap(t) * gap(t) / t.chi2).sum();
        let found = stratified_log_rank(&TIME, &EVENT, &GROUP, &stratum).unwrap();
        assert!((found.chi2 - u * u / v).abs() < 1e-12, "{} {}", found.chi2, u * u / v);
    }
}
