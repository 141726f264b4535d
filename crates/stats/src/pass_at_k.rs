//! pass@k and pass^k: whether one of k attempts at a task succeeds, and whether all do.

use serde::Serialize;

use crate::StatError;
use crate::account::{Account, Estimate, Interval, Warning};
use crate::options::{Alternative, check_level};
use crate::sum::sum;
use crate::t_test::t_interval;

const REFERENCES: &[&str] = &[
    "Chen et al. (2021), Evaluating Large Language Models Trained on Code, arXiv:2107.03374",
    "Yao, Shinn, Razavi & Narasimhan (2024), τ-bench, arXiv:2406.12045",
];

/// pass@k and pass^k over tasks.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PassAtK {
    /// Method, tasks, warnings, references.
    #[serde(flatten)]
    pub account: Account,
    /// Attempts that count.
    pub k: u64,
    /// Mean probability that at least one of k attempts succeeds; its error is that over tasks.
    pub any: Estimate,
    /// Its interval (t over tasks, within 0 and 1).
    pub any_ci: Interval,
    /// Mean probability that all k attempts succeed.
    pub all: Estimate,
    /// Its interval.
    pub all_ci: Interval,
}

/// C(chosen of `from`) / C(chosen of `of`): the probability that k draws without replacement from
/// `of` attempts all fall among `from` of them.
fn all_among(from: u64, of: u64, k: u64) -> f64 {
    if from < k {
        return 0.0;
    }
    (0..k).map(|i| (from - i) as f64 / (of - i) as f64).product()
}

fn over_tasks(name: &'static str, values: &[f64], level: f64) -> (Estimate, Interval) {
    let n = values.len() as f64;
    let mean = sum(values.iter().copied()) / n;
    let variance = sum(values.iter().map(|v| (v - mean) * (v - mean))) / (n - 1.0);
    let se = (variance / n).sqrt();
    let mut ci = t_interval(mean, se, n - 1.0, level, Alternative::TwoSided);
    (ci.low, ci.high) = (ci.low.max(0.0), ci.high.min(1.0));
    (Estimate { name, value: mean, se }, ci)
}

/// pass@k and pass^k from the `successes` and `attempts` of each task, by the unbiased estimators
/// 1 − C(n − c, k) / C(n, k) and C(c, k) / C(n, k), averaged over tasks.
///
/// Use pass@k where an attempt can be checked and the best one kept, pass^k where every attempt has
/// to be right. Needs at least k attempts at every task. The error is that of a sample of tasks; it
/// contains the variation of attempts.
///
/// ```
/// use ergon_stats::pass_at_k;
/// // 1 of 2 attempts right at both tasks: one draw of two always finds it, both never are right.
/// let p = pass_at_k(&[1, 1, 2], &[2, 2, 2], 2, 0.95)?;
/// assert_eq!((p.any.value, p.all.value), (1.0, 1.0 / 3.0));
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn pass_at_k(successes: &[u64], attempts: &[u64], k: u64, level: f64) -> Result<PassAtK, StatError> {
    check_level(level)?;
    let (left, right) = (successes.len(), attempts.len());
    if left != right {
        return Err(StatError::LengthMismatch { what: "successes and attempts", left, right });
    }
    if left < 2 {
        return Err(StatError::TooFew { what: "tasks", needed: 2, found: left });
    }
    if !(1..=1_000_000).contains(&k) {
        return Err(StatError::InvalidOption { option: "k", found: k.to_string(), range: "1 to 1,000,000" });
    }
    for (c, n) in successes.iter().zip(attempts) {
        if *n < k {
            return Err(StatError::TooFew { what: "attempts at a task", needed: k as usize, found: *n as usize });
        }
        if c > n {
            let found = format!("{c} of {n}");
            return Err(StatError::InvalidOption { option: "successes", found, range: "0 to the attempts" });
        }
    }
    let tasks = || successes.iter().zip(attempts);
    let any: Vec<f64> = tasks().map(|(c, n)| 1.0 - all_among(n - c, *n, k)).collect();
    let all: Vec<f64> = tasks().map(|(c, n)| all_among(*c, *n, k)).collect();
    let (any, any_ci) = over_tasks("pass@k", &any, level);
    let (all, all_ci) = over_tasks("pass^k", &all, level);
    let mut account = Account::new("pass@k and pass^k", left, 0, REFERENCES);
    if left < 20 {
        account.warnings.push(Warning::FewObservations { n: left });
    }
    if any.se == 0.0 || all.se == 0.0 {
        account.warnings.push(Warning::NearlyConstant);
    }
    Ok(PassAtK { account, k, any, any_ci, all, all_ci })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every choice of k of n attempts, of which the first c succeed: the share with any, with all.
    fn by_counting(c: u32, n: u32, k: u32) -> (f64, f64) {
        let (mut any, mut all, mut total) = (0.0, 0.0, 0.0);
        for chosen in 0_u32..1 << n {
            if chosen.count_ones() == k {
                let right = (chosen & ((1 << c) - 1)).count_ones();
                total += 1.0;
                any += f64::from(u8::from(right > 0));
                all += f64::from(u8::from(right == k));
            }
        }
        (any / total, all / total)
    }

    #[test]
    fn estimators_are_the_shares_of_all_choices() {
        for n in 1..=9_u32 {
            for c in 0..=n {
                for k in 1..=n {
                    let (any, all) = by_counting(c, n, k);
                    let (c, n, k) = (u64::from(c), u64::from(n), u64::from(k));
                    assert!((1.0 - all_among(n - c, n, k) - any).abs() < 1e-12, "{c} of {n}, k = {k}");
                    assert!((all_among(c, n, k) - all).abs() < 1e-12, "{c} of {n}, k = {k}");
                }
            }
        }
    }
}
