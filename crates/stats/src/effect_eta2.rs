//! Shares of variance from an F statistic, with the exact interval of partial η².

use serde::Serialize;

use crate::StatError;
use crate::account::{Account, Interval, IntervalKind};
use crate::dist::{fisher_f, noncentral_f, normal};
use crate::options::check_level;
use crate::special::root::monotone_root;

const REFERENCES: &[&str] = &["Steiger (2004), Psychological Methods 9, 164–182"];

/// Shares of variance of one term.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EffectEta2 {
    /// Method, counts, findings, warnings, references.
    #[serde(flatten)]
    pub account: Account,
    /// Partial η².
    pub partial_eta2: f64,
    /// Its interval, from the noncentrality λ as λ / (λ + df1 + df2 + 1).
    pub ci: Interval,
    /// Ends of the interval of the noncentrality λ.
    pub noncentrality: (f64, f64),
    /// Partial ω² (may be negative).
    pub partial_omega2: f64,
    /// Partial ε² (may be negative).
    pub partial_epsilon2: f64,
}

/// Shares of variance from `f` with `df1` and `df2` degrees of freedom. A level of 0.90 makes an
/// interval that excludes 0 exactly when p < 0.05.
///
/// Use it beside an F test: η² is biased upwards, ω² and ε² are less so. η²ₚ = F df₁ / (F df₁ +
/// df₂); the interval inverts the noncentral F distribution.
///
/// ```
/// use ergon_stats::effect_eta2;
/// let found = effect_eta2(4.5, 2.0, 27.0, 0.90)?;
/// assert!((found.partial_eta2 - 0.25).abs() < 1e-4);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn effect_eta2(f: f64, df1: f64, df2: f64, level: f64) -> Result<EffectEta2, StatError> {
    check_level(level)?;
    for (option, value) in [("f", f), ("df1", df1), ("df2", df2)] {
        if !((0.0..1e6).contains(&value) && (option == "f" || value > 0.0)) {
            return Err(StatError::InvalidOption { option, found: value.to_string(), range: "(0, 1e6)" });
        }
    }
    let n = df1 + df2 + 1.0;
    let half = 0.5 * (1.0 - level);
    let low = if fisher_f::sf(f, df1, df2) >= half { Some(0.0) } else { noncentrality(f, df1, df2, half, true) };
    let high = if fisher_f::cdf(f, df1, df2) <= half { Some(0.0) } else { noncentrality(f, df1, df2, half, false) };
    let (Some(low), Some(high)) = (low, high) else {
        return Err(StatError::NotConverged { what: "noncentrality" });
    };
    let share = |lambda: f64| lambda / (lambda + n);
    let surplus = df1 * (f - 1.0);
    Ok(EffectEta2 {
        account: Account::new("Partial η² with noncentral F interval", n as usize, 0, REFERENCES),
        partial_eta2: f * df1 / (f * df1 + df2),
        ci: Interval { low: share(low), high: share(high), level, kind: IntervalKind::NoncentralF },
        noncentrality: (low, high),
        partial_omega2: surplus / (surplus + n),
        partial_epsilon2: surplus / (f * df1 + df2),
    })
}

/// The λ that leaves `p` above (or below) the observed F.
fn noncentrality(f: f64, df1: f64, df2: f64, p: f64, above: bool) -> Option<f64> {
    let target = normal::isf(p);
    let goal = |root: f64| {
        let tail = if above { noncentral_f::sf } else { noncentral_f::cdf };
        normal::isf(tail(f, df1, df2, root * root).max(1e-300)) - target
    };
    // √λ is nearly linear on the normal scale.
    monotone_root(goal, (f * df1).sqrt(), 0.5, 0.0, 1e4).map(|root| root * root)
}
