//! What to do with missing values. NaN is the mark of a missing value; infinities are errors.

use std::borrow::Cow;

use serde::Serialize;

use crate::StatError;

/// What a procedure does when it meets a missing value (NaN).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MissingPolicy {
    /// Refuse: the caller has to decide first.
    #[default]
    Refuse,
    /// Drop them and say how many: single values of independent samples, whole pairs of paired
    /// ones, whole rows of a model.
    Omit,
}

/// True if no value is NaN or infinite: then, and only then, zero times each of them is zero.
fn all_finite(x: &[f64]) -> bool {
    let mut lanes = [0.0_f64; 4];
    let mut chunks = x.chunks_exact(4);
    for chunk in &mut chunks {
        for (lane, v) in lanes.iter_mut().zip(chunk) {
            *lane += v * 0.0;
        }
    }
    let rest: f64 = chunks.remainder().iter().map(|v| v * 0.0).sum();
    (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]) + rest == 0.0
}

/// The finite values of `x` and how many missing ones were dropped.
pub(crate) fn observed<'a>(
    x: &'a [f64],
    what: &'static str,
    policy: MissingPolicy,
) -> Result<(Cow<'a, [f64]>, usize), StatError> {
    if all_finite(x) {
        return Ok((Cow::Borrowed(x), 0));
    }
    if let Some(index) = x.iter().position(|v| v.is_infinite()) {
        return Err(StatError::NonFinite { what, index });
    }
    let kept: Vec<f64> = x.iter().copied().filter(|v| !v.is_nan()).collect();
    let count = x.len() - kept.len();
    match policy {
        MissingPolicy::Refuse => Err(StatError::Missing { what, count }),
        MissingPolicy::Omit => Ok((Cow::Owned(kept), count)),
    }
}

/// Two aligned samples and the number of dropped pairs.
pub(crate) type Pairs<'a> = (Cow<'a, [f64]>, Cow<'a, [f64]>, usize);

/// The pairs of which both values are observed, and how many pairs were dropped.
pub(crate) fn observed_pairs<'a>(x: &'a [f64], y: &'a [f64], policy: MissingPolicy) -> Result<Pairs<'a>, StatError> {
    if x.len() != y.len() {
        return Err(StatError::LengthMismatch { what: "x and y", left: x.len(), right: y.len() });
    }
    for (what, side) in [("x", x), ("y", y)] {
        if let Some(index) = side.iter().position(|v| v.is_infinite()) {
            return Err(StatError::NonFinite { what, index });
        }
    }
    let complete = |(a, b): &(&f64, &f64)| !a.is_nan() && !b.is_nan();
    let kept = x.iter().zip(y).filter(complete).count();
    let count = x.len() - kept;
    if count == 0 {
        return Ok((Cow::Borrowed(x), Cow::Borrowed(y), 0));
    }
    if policy == MissingPolicy::Refuse {
        return Err(StatError::Missing { what: "x and y", count });
    }
    let (a, b): (Vec<f64>, Vec<f64>) = x.iter().zip(y).filter(complete).map(|(a, b)| (*a, *b)).unzip();
    Ok((Cow::Owned(a), Cow::Owned(b), count))
}
