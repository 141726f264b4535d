//! Power of the comparison of two proportions.

use serde::Serialize;

use crate::StatError;
use crate::account::Account;
use crate::dist::normal;
use crate::effect_2x2::cohen_h;
use crate::options::Alternative;
use crate::power::{Design, Power, PowerOptions};

const REFERENCES: &[&str] = &[
    "Cohen (1988), Statistical Power Analysis for the Behavioral Sciences",
    "Fleiss, Levin & Paik (2003), Statistical Methods for Rates and Proportions",
];

/// Power of a comparison of two proportions, by two approximations.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PowerTwoProportions {
    /// By the arcsine transformation; its effect is Cohen's h.
    #[serde(flatten)]
    pub arcsine: Power,
    /// Power of the z test with pooled variance.
    pub pooled: f64,
    /// Observations a group that this test needs for the target.
    pub pooled_required: f64,
}

/// Power of a comparison of probabilities `p1` and `p2` in `n` observations each.
///
/// Use it before a study of success rates. `arcsine` is on Cohen’s h = 2 asin √p₁ − 2 asin √p₂,
/// `pooled` for the z test itself.
///
/// ```
/// use ergon_stats::{PowerOptions, power_two_proportions};
/// let found = power_two_proportions(0.5, 0.7, 93.0, &PowerOptions::default())?;
/// assert!((found.arcsine.effect + 0.41152).abs() < 1e-4);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn power_two_proportions(
    p1: f64,
    p2: f64,
    n: f64,
    options: &PowerOptions,
) -> Result<PowerTwoProportions, StatError> {
    options.check()?;
    for (option, p) in [("p1", p1), ("p2", p2)] {
        if !(0.0..=1.0).contains(&p) {
            return Err(StatError::InvalidOption { option, found: p.to_string(), range: "[0, 1]" });
        }
    }
    let design = Design { n, least: 0.0, effect: cohen_h(p1, p2), largest: 4.0 };
    design.check()?;
    let critical = normal::isf(options.tail());
    let account =
        Account::new("Power of the comparison of two proportions", libm::ceil(2.0 * n) as usize, 0, REFERENCES);
    let arcsine = design.answer(account, options, |n, h| {
        let shift = h * (0.5 * n).sqrt();
        let (above, below) = (normal::cdf(shift - critical), normal::cdf(-shift - critical));
        match options.alternative {
            Alternative::TwoSided => above + below,
            Alternative::Greater => above,
            Alternative::Less => below,
        }
    })?;
    let gap = match options.alternative {
        Alternative::TwoSided => (p1 - p2).abs(),
        Alternative::Greater => p1 - p2,
        Alternative::Less => p2 - p1,
    };
    let null_sd = (0.5 * (p1 + p2) * (2.0 - p1 - p2)).sqrt();
    let sd = (p1 * (1.0 - p1) + p2 * (1.0 - p2)).sqrt();
    let distance = n.sqrt() * gap - critical * null_sd;
    let pooled = if sd > 0.0 { normal::cdf(distance / sd) } else { f64::from(u8::from(distance > 0.0)) };
    let root = (critical * null_sd + normal::quantile(options.target) * sd) / gap;
    Ok(PowerTwoProportions { arcsine, pooled, pooled_required: root * root })
}
