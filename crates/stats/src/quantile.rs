//! Sample quantiles after Hyndman & Fan (1996), all nine types.

use serde::Serialize;

use crate::StatError;
use crate::missing::{MissingPolicy, observed};

/// The definition of a sample quantile, numbered as in Hyndman & Fan (1996).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum QuantileType {
    /// Inverse of the empirical distribution function.
    Type1,
    /// As type 1, with averaging at discontinuities.
    Type2,
    /// Nearest even order statistic.
    Type3,
    /// Linear interpolation of the empirical distribution function.
    Type4,
    /// Hazen: piecewise linear through the midpoints of the steps.
    Type5,
    /// Weibull: expected position (n + 1) p.
    Type6,
    /// The default of R, NumPy and Excel: position (n − 1) p.
    #[default]
    Type7,
    /// Approximately median-unbiased whatever the distribution.
    Type8,
    /// Approximately unbiased for normal data.
    Type9,
}

impl QuantileType {
    /// The type numbered `number`, 1 to 9.
    pub fn from_number(number: u8) -> Option<Self> {
        Some(match number {
            1 => Self::Type1,
            2 => Self::Type2,
            3 => Self::Type3,
            4 => Self::Type4,
            5 => Self::Type5,
            6 => Self::Type6,
            7 => Self::Type7,
            8 => Self::Type8,
            9 => Self::Type9,
            _ => return None,
        })
    }
}

/// The quantiles of `x` at probabilities `p`, in the unit of the data.
///
/// Use type 7 (R’s default) unless something else is to be reproduced; the nine types are Hyndman &
/// Fan’s (1996).
///
/// ```
/// use ergon_stats::{MissingPolicy, QuantileType, quantiles};
/// let found = quantiles(&[1.0, 2.0, 3.0, 4.0], &[0.25, 0.5], QuantileType::Type7, MissingPolicy::Refuse)?;
/// assert!((found[0] - 1.75).abs() < 1e-12);
/// assert!((found[1] - 2.5).abs() < 1e-12);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn quantiles(x: &[f64], p: &[f64], kind: QuantileType, missing: MissingPolicy) -> Result<Vec<f64>, StatError> {
    let (kept, _) = observed(x, "x", missing)?;
    if kept.is_empty() {
        return Err(StatError::Empty { what: "x" });
    }
    let sorted = sorted(&kept);
    p.iter()
        .map(|&p| {
            if (0.0..=1.0).contains(&p) {
                Ok(quantile_sorted(&sorted, p, kind))
            } else {
                Err(StatError::InvalidOption { option: "p", found: p.to_string(), range: "[0, 1]" })
            }
        })
        .collect()
}

/// A sorted copy of finite values.
pub(crate) fn sorted(x: &[f64]) -> Vec<f64> {
    let mut copy = x.to_vec();
    copy.sort_unstable_by(f64::total_cmp);
    copy
}

/// One quantile of a non-empty sorted sample.
pub(crate) fn quantile_sorted(sorted: &[f64], p: f64, kind: QuantileType) -> f64 {
    let n = sorted.len() as f64;
    // Position of the quantile among order statistics counted from 1.
    let (shift, discontinuous) = match kind {
        QuantileType::Type1 | QuantileType::Type2 => (0.0, true),
        QuantileType::Type3 => (-0.5, true),
        QuantileType::Type4 => (0.0, false),
        QuantileType::Type5 => (0.5, false),
        QuantileType::Type6 => (p, false),
        QuantileType::Type7 => (1.0 - p, false),
        QuantileType::Type8 => ((p + 1.0) / 3.0, false),
        QuantileType::Type9 => (0.25 * p + 0.375, false),
    };
    let fuzz = 4.0 * f64::EPSILON;
    let position = n * p + shift;
    let below = libm::floor(position + fuzz * position.abs().max(1.0));
    let mut weight = position - below;
    if weight.abs() < fuzz * position.abs().max(1.0) {
        weight = 0.0;
    }
    if discontinuous {
        weight = match kind {
            QuantileType::Type1 => f64::from(weight > 0.0),
            QuantileType::Type2 if weight == 0.0 => 0.5,
            QuantileType::Type3 => f64::from(weight != 0.0 || below % 2.0 != 0.0),
            _ => 1.0,
        };
    }
    let at = |rank: f64| {
        let index = (rank - 1.0).clamp(0.0, n - 1.0) as usize;
        sorted.get(index).copied().unwrap_or(0.0)
    };
    let (low, high) = (at(below), at(below + 1.0));
    let step = high - low;
    if step.is_infinite() {
        // A convex combination rounds more, but cannot overflow.
        (1.0 - weight) * low + weight * high
    } else if weight < 0.5 {
        low + weight * step
    } else {
        high - (1.0 - weight) * step
    }
}

/// The median of a non-empty sorted sample.
pub(crate) fn median_sorted(sorted: &[f64]) -> f64 {
    quantile_sorted(sorted, 0.5, QuantileType::Type7)
}
