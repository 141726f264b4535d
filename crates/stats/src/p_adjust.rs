//! Adjusting p-values for multiple tests.

use serde::Serialize;

use crate::StatError;

/// How to adjust p-values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Adjustment {
    /// Not at all.
    None,
    /// Bonferroni: family-wise error, any dependence.
    Bonferroni,
    /// Holm (1979): family-wise error, any dependence, never weaker than Bonferroni.
    #[default]
    Holm,
    /// Hochberg (1988): family-wise error under independence or positive dependence.
    Hochberg,
    /// Hommel (1988): family-wise error as Hochberg, sharper.
    Hommel,
    /// Šidák (1967): family-wise error under independence.
    Sidak,
    /// Holm's steps with Šidák's bound.
    HolmSidak,
    /// Benjamini & Hochberg (1995): false discovery rate under independence or positive dependence.
    BenjaminiHochberg,
    /// Benjamini & Yekutieli (2001): false discovery rate under any dependence.
    BenjaminiYekutieli,
}

impl Adjustment {
    /// The name as printed in a paper.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "unadjusted",
            Self::Bonferroni => "Bonferroni",
            Self::Holm => "Holm",
            Self::Hochberg => "Hochberg",
            Self::Hommel => "Hommel",
            Self::Sidak => "Šidák",
            Self::HolmSidak => "Holm–Šidák",
            Self::BenjaminiHochberg => "Benjamini–Hochberg",
            Self::BenjaminiYekutieli => "Benjamini–Yekutieli",
        }
    }
}

/// Adjusted p-values, in the order given. Each lies in \[p, 1\].
///
/// Šidák's bounds go through `expm1` and `log1p`, so that tiny p keep their relative accuracy.
///
/// Use Holm where any false finding counts (the default of a campaign’s hypotheses),
/// Benjamini–Hochberg for screening, where a share of false findings is bearable.
///
/// ```
/// use ergon_stats::{Adjustment, p_adjust};
/// let found = p_adjust(&[0.01, 0.04, 0.03], Adjustment::Holm)?;
/// assert!((found[0] - 0.03).abs() < 1e-12);
/// assert!((found[1] - 0.06).abs() < 1e-12);
/// assert!((found[2] - 0.06).abs() < 1e-12);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn p_adjust(p: &[f64], method: Adjustment) -> Result<Vec<f64>, StatError> {
    if p.is_empty() {
        return Err(StatError::Empty { what: "p" });
    }
    if let Some(bad) = p.iter().find(|p| !(0.0..=1.0).contains(*p)) {
        return Err(StatError::InvalidOption { option: "p", found: bad.to_string(), range: "[0, 1]" });
    }
    let m = p.len() as f64;
    Ok(match method {
        Adjustment::None => p.to_vec(),
        Adjustment::Bonferroni => p.iter().map(|p| (p * m).min(1.0)).collect(),
        Adjustment::Sidak => p.iter().map(|&p| sidak(p, m)).collect(),
        Adjustment::Holm => step_down(p, |p, left| p * left),
        Adjustment::HolmSidak => step_down(p, sidak),
        Adjustment::Hochberg => step_up(p, |p, rank| p * (m + 1.0 - rank)),
        Adjustment::BenjaminiHochberg => step_up(p, |p, rank| m / rank * p),
        Adjustment::BenjaminiYekutieli => {
            let harmonic: f64 = (1..=p.len()).rev().map(|i| 1.0 / i as f64).sum();
            step_up(p, |p, rank| harmonic * m / rank * p)
        }
        Adjustment::Hommel => hommel(p),
    })
}

/// 1 − (1 − p)^k.
fn sidak(p: f64, k: f64) -> f64 {
    -libm::expm1(k * libm::log1p(-p))
}

/// Positions of `p` from the smallest p to the largest. The order among ties changes no result.
fn ascending(p: &[f64]) -> Vec<(u64, u32)> {
    // The bits of non-negative floats sort as the floats do; + 0.0 turns −0 into 0.
    let mut keys: Vec<(u64, u32)> = p.iter().zip(0..).map(|(p, i)| ((p + 0.0).to_bits(), i)).collect();
    keys.sort_unstable_by_key(|(bits, _)| *bits);
    keys
}

/// From the smallest p on: the running maximum of `bound(p, hypotheses left)`.
fn step_down(p: &[f64], bound: impl Fn(f64, f64) -> f64) -> Vec<f64> {
    let mut adjusted = vec![0.0; p.len()];
    let mut running = 0.0_f64;
    for (done, (bits, position)) in ascending(p).into_iter().enumerate() {
        running = running.max(bound(f64::from_bits(bits), (p.len() - done) as f64));
        if let Some(slot) = adjusted.get_mut(position as usize) {
            *slot = running.min(1.0);
        }
    }
    adjusted
}

/// From the largest p down: the running minimum of `bound(p, rank)`.
fn step_up(p: &[f64], bound: impl Fn(f64, f64) -> f64) -> Vec<f64> {
    let mut adjusted = vec![0.0; p.len()];
    let mut running = 1.0_f64;
    for (before, (bits, position)) in ascending(p).into_iter().enumerate().rev() {
        running = running.min(bound(f64::from_bits(bits), (before + 1) as f64));
        if let Some(slot) = adjusted.get_mut(position as usize) {
            *slot = running;
        }
    }
    adjusted
}

/// Hommel's procedure in the form of Wright (1992), quadratic in the number of tests.
fn hommel(p: &[f64]) -> Vec<f64> {
    let n = p.len();
    let order = ascending(p);
    let s: Vec<f64> = order.iter().map(|(bits, _)| f64::from_bits(*bits)).collect();
    let ranked = |from: usize, m: f64, first: f64| -> f64 {
        s.iter().skip(from).zip(0..).map(|(p, i)| m * p / (first + f64::from(i))).fold(f64::INFINITY, f64::min)
    };
    let mut best = vec![ranked(0, n as f64, 1.0); n];
    for m in (2..n).rev() {
        let split = n - m + 1;
        let bound = ranked(split, m as f64, 2.0);
        let mut last = 0.0;
        for (slot, p) in best.iter_mut().zip(&s).take(split) {
            last = (m as f64 * p).min(bound);
            *slot = slot.max(last);
        }
        for slot in best.iter_mut().skip(split) {
            *slot = slot.max(last);
        }
    }
    let mut adjusted = vec![0.0; n];
    for ((value, p), (_, position)) in best.iter().zip(&s).zip(&order) {
        if let Some(slot) = adjusted.get_mut(*position as usize) {
            *slot = value.max(*p).min(1.0);
        }
    }
    adjusted
}
