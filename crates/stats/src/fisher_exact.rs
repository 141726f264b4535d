//! Fisher's exact test of a 2 × 2 table, with the conditional odds ratio.

use serde::Serialize;

use crate::StatError;
use crate::account::{Account, Interval, IntervalKind, wire_number};
use crate::dist::binomial::hypergeometric_mass;
use crate::options::{Alternative, TestOptions};
use crate::special::root::monotone_root;
use crate::tables::Table;

const REFERENCES: &[&str] = &[
    "Fisher (1935), Journal of the Royal Statistical Society 98, 39–82",
    "Cornfield (1956), Proceedings of the Third Berkeley Symposium 4, 135–148",
];

/// Result of Fisher's exact test.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FisherExact {
    /// Method, counts, findings, warnings, references.
    #[serde(flatten)]
    pub account: Account,
    /// The alternative hypothesis about the odds ratio.
    pub alternative: Alternative,
    /// Exact p-value; two-sided: all tables no more likely than the one observed.
    pub p: f64,
    /// Odds ratio of the sample, a d / (b c); infinite where b c = 0.
    #[serde(serialize_with = "wire_number")]
    pub odds_ratio: f64,
    /// Maximum-likelihood odds ratio given the margins; 0 or infinite at the ends of the range.
    #[serde(serialize_with = "wire_number")]
    pub conditional_odds_ratio: f64,
    /// Interval of the odds ratio by inversion of the one-sided exact tests; one-sided where the
    /// alternative is.
    pub ci: Interval,
}

/// Widest range of the first cell that is enumerated.
const WIDEST: f64 = 1e6;

/// The first cell given the margins: its range and null probabilities.
struct FirstCell {
    least: f64,
    log_mass: Vec<f64>,
}

impl FirstCell {
    /// P(X ≤ x), P(X ≥ x) and the mean of X for the log odds ratio `u`.
    fn under(&self, u: f64, x: f64) -> (f64, f64, f64) {
        let weights = || self.log_mass.iter().zip(0..).map(|(m, i)| (f64::from(i), m + u * f64::from(i)));
        let top = weights().map(|w| w.1).fold(f64::NEG_INFINITY, f64::max);
        let (mut all, mut below, mut above, mut mean) = (0.0, 0.0, 0.0, 0.0);
        for (i, w) in weights() {
            let w = libm::exp(w - top);
            let value = self.least + i;
            all += w;
            mean += w * value;
            if value <= x {
                below += w;
            }
            if value >= x {
                above += w;
            }
        }
        (below / all, above / all, mean / all)
    }

    /// The log odds ratio at which `f` of the tails and the mean is zero.
    fn solve(&self, x: f64, f: impl Fn((f64, f64, f64)) -> f64) -> Option<f64> {
        monotone_root(|u| f(self.under(u, x)), 0.0, 1.0, -700.0, 700.0).map(libm::exp)
    }
}

/// Fisher's exact test of the table \[\[a, b\], \[c, d\]\]: is the odds ratio a d / (b c) 1?
///
/// Use it for small 2 × 2 tables. Exact given both margins, so conservative; two-sided p sums the
/// tables no likelier than this one. The conditional odds ratio maximises the noncentral
/// hypergeometric likelihood.
///
/// ```
/// use ergon_stats::{TestOptions, fisher_exact};
/// let found = fisher_exact([[8, 2], [1, 5]], &TestOptions::default())?;
/// assert!((found.p - 0.03497).abs() < 1e-4);
/// assert!((found.odds_ratio - 20.0).abs() < 1e-4);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn fisher_exact(table: [[u64; 2]; 2], options: &TestOptions) -> Result<FisherExact, StatError> {
    options.check()?;
    let t = Table::of(&table)?;
    t.margins_filled()?;
    let [[a, b], [c, d]] = table.map(|r| r.map(|n| n as f64));
    let (marked, plain, drawn) = (a + c, b + d, a + b);
    let least = (drawn - plain).max(0.0);
    let most = drawn.min(marked);
    if most - least > WIDEST {
        return Err(StatError::InvalidOption {
            option: "table",
            found: format!("{} possible tables", most - least),
            range: "up to 1,000,000 possible tables",
        });
    }
    let steps = (most - least) as u32;
    let mass: Vec<f64> = (0..=steps).map(|i| hypergeometric_mass(least + f64::from(i), marked, plain, drawn)).collect();
    let total: f64 = mass.iter().sum();
    let at = (a - least) as usize;
    let here = mass.get(at).copied().unwrap_or(0.0);
    let p = match options.alternative {
        Alternative::Less => mass.iter().take(at + 1).sum::<f64>(),
        Alternative::Greater => mass.iter().skip(at).sum::<f64>(),
        Alternative::TwoSided => mass.iter().filter(|m| **m <= here * (1.0 + 1e-7)).sum::<f64>(),
    };
    let p = (p / total).min(1.0);

    // Masses below the smallest f64 stand at its logarithm: they weigh nothing near the roots.
    let first = FirstCell { least, log_mass: mass.iter().map(|m| libm::log(m.max(1e-320))).collect() };
    let lost = || StatError::NotConverged { what: "odds ratio" };
    let conditional_odds_ratio = if a == least {
        0.0
    } else if a == most {
        f64::INFINITY
    } else {
        first.solve(a, |(_, _, mean)| mean - a).ok_or_else(lost)?
    };
    let low = |share: f64| {
        if a == least {
            return Ok(0.0);
        }
        first.solve(a, |(_, above, _)| libm::log(above.max(1e-320) / share)).ok_or_else(lost)
    };
    let high = |share: f64| {
        if a == most {
            return Ok(f64::INFINITY);
        }
        first.solve(a, |(below, _, _)| libm::log(below.max(1e-320) / share)).ok_or_else(lost)
    };
    let outside = 1.0 - options.level;
    let (low, high) = match options.alternative {
        Alternative::TwoSided => (low(0.5 * outside)?, high(0.5 * outside)?),
        Alternative::Greater => (low(outside)?, f64::INFINITY),
        Alternative::Less => (0.0, high(outside)?),
    };
    Ok(FisherExact {
        account: Account::new("Fisher's exact test", t.n(), 0, REFERENCES),
        alternative: options.alternative,
        p,
        odds_ratio: if b * c == 0.0 && a * d > 0.0 {
            f64::INFINITY
        } else if a * d == 0.0 {
            0.0
        } else {
            (a / b) * (d / c)
        },
        conditional_odds_ratio,
        ci: Interval { low, high, level: options.level, kind: IntervalKind::ConditionalExact },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_leaves_its_share_at_either_end() {
        // With margins of four the weights are C(4, x)² ω^x: 1, 16, 36, 16, 1.
        let f = fisher_exact([[3, 1], [1, 3]], &TestOptions::default()).unwrap();
        let share = |w: f64, from: usize, to: usize| {
            let terms = [1.0, 16.0 * w, 36.0 * w * w, 16.0 * w * w * w, w * w * w * w];
            terms[from..to].iter().sum::<f64>() / terms.iter().sum::<f64>()
        };
        assert!((share(f.ci.high, 0, 4) / 0.025 - 1.0).abs() < 1e-10);
        assert!((share(f.ci.low, 3, 5) / 0.025 - 1.0).abs() < 1e-10);
    }
}
