//! Intraclass correlations: how much of the variation of ratings is between their targets.

use serde::Serialize;

use crate::StatError;
use crate::account::{Account, Warning, wire_number};
use crate::blocks::Blocks;
use crate::dist::fisher_f;
use crate::missing::MissingPolicy;
use crate::moments::{Moments, unit_of};
use crate::sum::sum;

const REFERENCES: &[&str] = &[
    "Shrout & Fleiss (1979), Psychological Bulletin 86, 420–428",
    "McGraw & Wong (1996), Psychological Methods 1, 30–46",
];

/// The six intraclass correlations of Shrout & Fleiss, from targets rated by k raters each.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Icc {
    /// Method, counts (targets), findings, warnings, references.
    #[serde(flatten)]
    pub account: Account,
    /// ICC(1): each target has its own raters; one rating.
    pub icc1: f64,
    /// ICC(2, 1): raters are a sample; absolute agreement of one rating.
    pub icc2: f64,
    /// ICC(3, 1): these raters only; consistency of one rating.
    pub icc3: f64,
    /// ICC(1, k): the mean of k ratings.
    pub icc1k: f64,
    /// ICC(2, k).
    pub icc2k: f64,
    /// ICC(3, k): equals Cronbach's α.
    pub icc3k: f64,
    /// F of the targets against the residual, with n − 1 and (n − 1)(k − 1) degrees of freedom;
    /// infinite if nothing is left but targets and raters.
    #[serde(serialize_with = "wire_number")]
    pub f: f64,
    /// Its p-value.
    pub p: f64,
}

/// Intraclass correlations of `rows` of targets by columns of raters. A target with a missing
/// rating is dropped whole.
///
/// Use it for agreement of raters on a scale: `icc1` where each target has its own raters, `icc2`
/// where raters are a sample, `icc3` where they are all there are; with `k` the reliability of
/// their mean. Assumes normal, additive effects.
///
/// ```
/// use ergon_stats::{MissingPolicy, icc};
/// // Shrout & Fleiss (1979), table 2.
/// let rows = [
///     [9.0, 2.0, 5.0, 8.0],
///     [6.0, 1.0, 3.0, 2.0],
///     [8.0, 4.0, 6.0, 8.0],
///     [7.0, 1.0, 2.0, 6.0],
///     [10.0, 5.0, 6.0, 9.0],
///     [6.0, 2.0, 4.0, 7.0],
/// ];
/// let found = icc(&rows, MissingPolicy::Refuse)?;
/// assert!((found.icc1 - 0.17).abs() < 0.006);
/// assert!((found.icc2 - 0.29).abs() < 0.006);
/// assert!((found.icc3 - 0.71).abs() < 0.006);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn icc<R: AsRef<[f64]>>(rows: &[R], missing: MissingPolicy) -> Result<Icc, StatError> {
    let b = Blocks::of(rows, 2, missing)?;
    let unit = unit_of(b.rows.iter().map(Vec::as_slice));
    let (n, k) = (b.rows.len() as f64, b.columns as f64);
    let all: Vec<f64> = b.rows.iter().flatten().copied().collect();
    let whole = Moments::in_unit(&all, unit);
    let targets: Vec<Moments> = b.rows.iter().map(|r| Moments::in_unit(r, unit)).collect();
    let raters: Vec<Moments> = (0..b.columns).map(|j| Moments::in_unit(&b.column(j), unit)).collect();
    let between = |parts: &[Moments], size: f64| {
        size * sum(parts.iter().map(|m| {
            let d = m.center.minus(whole.center);
            d * d
        }))
    };
    let ss_targets = between(&targets, k);
    let ss_raters = between(&raters, n);
    let ss_within = sum(targets.iter().map(|m| m.ss));
    let ss_rest = {
        let residual = |v: f64, row: &Moments, column: &Moments| {
            (v / unit - row.center.hi) - row.center.lo - column.center.minus(whole.center)
        };
        sum(b.rows.iter().zip(&targets).flat_map(|(values, row)| {
            values.iter().zip(&raters).map(move |(v, column)| {
                let e = residual(*v, row, column);
                e * e
            })
        }))
    };
    let msr = ss_targets / (n - 1.0);
    let msc = ss_raters / (k - 1.0);
    let msw = ss_within / (n * (k - 1.0));
    let mse = ss_rest / ((n - 1.0) * (k - 1.0));
    if ss_targets <= 1e-28 * (ss_targets + ss_within) || msr == 0.0 {
        return Err(StatError::NoVariation { what: "the targets' means" });
    }
    let absolute = msr + (k - 1.0) * mse + k * (msc - mse) / n;
    let absolute_mean = msr + (msc - mse) / n;
    let exact_zero = 1e-14 * (msr + mse + msc);
    if absolute <= exact_zero || absolute_mean <= exact_zero {
        return Err(StatError::NoVariation { what: "the targets" });
    }
    let f = msr / mse;
    let mut account = Account::new("Intraclass correlation", b.rows.len(), b.dropped, REFERENCES);
    if b.rows.len() < 10 {
        account.warnings.push(Warning::FewObservations { n: b.rows.len() });
    }
    Ok(Icc {
        account,
        icc1: (msr - msw) / (msr + (k - 1.0) * msw),
        icc2: (msr - mse) / absolute,
        icc3: (msr - mse) / (msr + (k - 1.0) * mse),
        icc1k: (msr - msw) / msr,
        icc2k: (msr - mse) / absolute_mean,
        icc3k: (msr - mse) / msr,
        f,
        p: fisher_f::sf(f, n - 1.0, (n - 1.0) * (k - 1.0)),
    })
}
