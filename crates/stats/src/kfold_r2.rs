//! How well a regression predicts rows it has not seen: k-fold cross-validation.

use serde::Serialize;

use crate::StatError;
use crate::account::Account;
use crate::least_squares::{Fit, dot};
use crate::missing::MissingPolicy;
use crate::moments::Moments;
use crate::ols::complete_rows;
use crate::sum::sum;

const REFERENCES: &[&str] = &[
    "Stone (1974), Journal of the Royal Statistical Society B 36, 111–147",
    "Allen (1974), Technometrics 16, 125–127",
];

/// Out-of-sample fit of a regression.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct KfoldR2 {
    /// Method, counts (rows), findings, warnings, references.
    #[serde(flatten)]
    pub account: Account,
    /// 1 − Σ (y − ŷ)² / Σ (y − ȳ)² over all rows; negative if the mean predicts better.
    pub r2: f64,
    /// The same within each fold, about the fold's own mean; `None` where the fold does not vary.
    pub r2_per_fold: Vec<Option<f64>>,
    /// Root of the mean squared error of prediction.
    pub rmse: f64,
    /// PRESS: the sum of squared errors of predicting each row from all the others; `None` where a
    /// row determines its own fit.
    pub press: Option<f64>,
}

/// Predicts each of `k` folds of rows from a least-squares fit with a constant to the others. Row i
/// (of those used, from 0) belongs to fold i modulo k.
///
/// Use it to ask how well a regression predicts rows it has not seen: 1 − PRESS / SS_total, below 0
/// where the mean does better. Assumes that rows are exchangeable and independent.
///
/// ```
/// use ergon_stats::{MissingPolicy, kfold_r2};
/// let x = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
/// let y = [2.1, 3.9, 6.2, 7.8, 10.1, 12.2];
/// let found = kfold_r2(&y, &[&x], 6, MissingPolicy::Refuse)?;
/// assert!(found.r2 > 0.99);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn kfold_r2(y: &[f64], x: &[&[f64]], k: usize, missing: MissingPolicy) -> Result<KfoldR2, StatError> {
    let mut columns = vec![y];
    columns.extend_from_slice(x);
    let (mut kept, dropped) = complete_rows(&columns, missing)?;
    let y = kept.remove(0);
    let n = y.len();
    kept.insert(0, vec![1.0; n]);
    if k < 2 || k > n {
        return Err(StatError::InvalidOption { option: "k", found: k.to_string(), range: "2 to the number of rows" });
    }
    let least = n - n.div_ceil(k);
    if least < kept.len() {
        return Err(StatError::TooFew { what: "rows outside a fold", needed: kept.len(), found: least });
    }
    let whole = Moments::of(&y);
    if whole.is_constant() {
        return Err(StatError::NoVariation { what: "y" });
    }
    let mut lost_in_all = 0.0;
    let mut r2_per_fold = Vec::with_capacity(k);
    for fold in 0..k {
        let pick = |v: &[f64], inside: bool| -> Vec<f64> {
            v.iter().enumerate().filter(|(i, _)| (i % k == fold) == inside).map(|(_, v)| *v).collect()
        };
        let train: Vec<Vec<f64>> = kept.iter().map(|c| pick(c, false)).collect();
        let fit = Fit::of(&train, &pick(&y, false));
        if !fit.aliased.is_empty() {
            return Err(StatError::RankDeficient { rank: fit.rank, columns: kept.len(), aliased: fit.aliased });
        }
        let test: Vec<Vec<f64>> = kept.iter().map(|c| pick(c, true)).collect();
        let held = pick(&y, true);
        let errors = held.iter().enumerate().map(|(i, y)| {
            let e = y - sum(test.iter().zip(&fit.coefficients).map(|(c, b)| c[i] * b));
            e * e
        });
        let lost = sum(errors);
        let m = Moments::of(&held);
        let spread = m.ss * m.unit * m.unit;
        r2_per_fold.push((spread > 0.0).then(|| 1.0 - lost / spread).filter(|r| r.is_finite()));
        lost_in_all += lost;
    }
    let total = whole.ss * whole.unit * whole.unit;
    let r2 = 1.0 - lost_in_all / total;
    if !(lost_in_all.is_finite() && total.is_finite() && r2.is_finite()) {
        return Err(StatError::OutOfRange { what: "squared errors" });
    }
    Ok(KfoldR2 {
        account: Account::new("k-fold cross-validated R²", n, dropped, REFERENCES),
        r2,
        r2_per_fold,
        rmse: (lost_in_all / n as f64).sqrt(),
        press: left_out(&kept, &y),
    })
}

/// Σ (e / (1 − h))², from the residuals and leverages of one fit to all rows.
fn left_out(columns: &[Vec<f64>], y: &[f64]) -> Option<f64> {
    let fit = Fit::of(columns, y);
    if !fit.aliased.is_empty() {
        return None;
    }
    let rows = fit.rows(columns);
    let free: Vec<f64> = rows.iter().map(|q| 1.0 - dot(q, q)).collect();
    if free.iter().any(|f| *f < 1e-12) {
        return None;
    }
    let total = sum(fit.residuals.iter().zip(&free).map(|(e, f)| (e / f) * (e / f)));
    total.is_finite().then_some(total)
}
