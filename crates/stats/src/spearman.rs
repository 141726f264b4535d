//! Spearman's rank correlation.

use crate::StatError;
use crate::account::{Account, Warning};
use crate::correlation::{Coefficient, Correlation, CorrelationMethod};
use crate::missing::observed_pairs;
use crate::options::{Alternative, TestOptions};
use crate::pearson::enough;
use crate::ranks::midranks;
use crate::sum::sum;
use crate::t_test::p_value;

const REFERENCES: &[&str] = &[
    "Spearman (1904), American Journal of Psychology 15, 72–101",
    "Kendall & Gibbons (1990), Rank Correlation Methods",
    "Bonett & Wright (2000), Psychometrika 65, 23–28",
];

/// Largest sample for the exact distribution.
const EXACT_LIMIT: usize = 10;

/// Spearman's ρ: Pearson's correlation of the midranks.
///
/// The exact p-value takes every permutation of the ranks, ties included, as equally likely (up
/// to 10 pairs; by default up to 9); else t with n − 2 degrees of freedom. The interval is
/// Fisher's with Bonett & Wright's standard error √((1 + ρ²/2)/(n − 3)).
///
/// Use it for monotone association, or ordinal values. Assumes independent pairs.
///
/// ```
/// use ergon_stats::{CorrelationMethod, TestOptions, spearman};
/// let x = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
/// let y = [1.0, 3.0, 2.0, 5.0, 6.0, 4.0];
/// let found = spearman(&x, &y, CorrelationMethod::Auto, &TestOptions::default())?;
/// assert!((found.estimate - 0.77143).abs() < 1e-4);
/// assert!((found.p - 0.10278).abs() < 1e-4);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn spearman(
    x: &[f64],
    y: &[f64],
    method: CorrelationMethod,
    options: &TestOptions,
) -> Result<Correlation, StatError> {
    options.check()?;
    let (x, y, dropped) = observed_pairs(x, y, options.missing)?;
    let n = x.len();
    enough(n, 3)?;
    let exact = match method {
        CorrelationMethod::Auto => n < EXACT_LIMIT,
        CorrelationMethod::Approximate => false,
        CorrelationMethod::Exact if n <= EXACT_LIMIT => true,
        CorrelationMethod::Exact => {
            return Err(StatError::InvalidOption {
                option: "method",
                found: format!("exact for {n} pairs"),
                range: "up to 10 pairs",
            });
        }
    };
    let (rx, ry) = (midranks(&x), midranks(&y));
    let r = Coefficient::of(&rx.ranks, &ry.ranks)?;
    let name = if exact { "Spearman rank correlation (exact)" } else { "Spearman rank correlation (t approximation)" };
    let mut account = Account::new(name, n, dropped, REFERENCES);
    let df = (n - 2) as f64;
    let (statistic, df, p) = if exact {
        let gaps = rx.ranks.iter().zip(&ry.ranks).map(|(a, b)| (a - b) * (a - b));
        (sum(gaps), None, exact_p(&rx.ranks, &ry.ranks, options.alternative))
    } else {
        let t = r.t(df);
        if n < EXACT_LIMIT {
            account.warnings.push(Warning::ApproximateForSmallSample { n });
        }
        (t, Some(df), p_value(t, df, options.alternative))
    };
    let tied = rx.tied + ry.tied;
    if tied > 0 && !exact {
        account.warnings.push(Warning::Ties { tied });
    }
    let se = ((1.0 + 0.5 * r.r * r.r) / (n as f64 - 3.0)).sqrt();
    Ok(Correlation {
        account,
        alternative: options.alternative,
        name: "Spearman's ρ",
        estimate: r.r,
        statistic,
        df,
        p,
        ci: if n > 3 { r.fisher_interval(se, options) } else { None },
    })
}

/// P-value of Σ rₓ r_y when every permutation of the ranks is as likely: the number of ways to each
/// sum, over the sets of ranks of y that the first few of x have taken.
fn exact_p(rx: &[f64], ry: &[f64], alternative: Alternative) -> f64 {
    let doubled = |ranks: &[f64]| -> Vec<usize> { ranks.iter().map(|r| libm::round(2.0 * r) as usize).collect() };
    let (a, b) = (doubled(rx), doubled(ry));
    let n = a.len();
    let squares = |v: &[usize]| -> usize { v.iter().map(|r| r * r).sum() };
    // Cauchy and Schwarz bound the sum.
    let most = squares(&a).max(squares(&b));
    let mut ways: Vec<Vec<f64>> = vec![Vec::new(); 1 << n];
    ways[0] = vec![0.0; most + 1];
    ways[0][0] = 1.0;
    for taken in 0..ways.len() - 1 {
        let here = std::mem::take(&mut ways[taken]);
        let next = a[taken.count_ones() as usize];
        for (j, r) in b.iter().enumerate() {
            if taken & 1 << j != 0 {
                continue;
            }
            let slots = &mut ways[taken | 1 << j];
            if slots.is_empty() {
                slots.resize(most + 1, 0.0);
            }
            for (slot, w) in slots.iter_mut().skip(next * r).zip(&here) {
                *slot += w;
            }
        }
    }
    let last = &ways[ways.len() - 1];
    let all: f64 = last.iter().sum();
    let observed: usize = a.iter().zip(&b).map(|(a, b)| a * b).sum();
    // The mean of the sum, Σa Σb / n = n (n + 1)² in doubled ranks.
    let center = n * (n + 1) * (n + 1);
    let share = |keep: &dyn Fn(usize) -> bool| -> f64 {
        let hits: f64 = last.iter().enumerate().filter(|(s, _)| keep(*s)).map(|(_, w)| w).sum();
        hits / all
    };
    match alternative {
        Alternative::Less => share(&|s| s <= observed),
        Alternative::Greater => share(&|s| s >= observed),
        Alternative::TwoSided => {
            let far = observed.abs_diff(center);
            share(&|s| s.abs_diff(center) >= far)
        }
    }
}
