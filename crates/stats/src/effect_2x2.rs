//! Effect sizes of a 2 × 2 table.

use serde::Serialize;

use crate::StatError;
use crate::account::{Account, Interval, IntervalKind};
use crate::dist::normal;
use crate::options::check_level;
use crate::tables::Table;

const REFERENCES: &[&str] = &[
    "Woolf (1955), Annals of Human Genetics 19, 251–253",
    "Katz, Baptista, Azen & Pike (1978), Biometrics 34, 469–474",
    "Haldane (1956), Annals of Human Genetics 20, 309–311",
    "Cohen (1988), Statistical Power Analysis for the Behavioral Sciences",
];

/// Effect sizes of the table \[\[a, b\], \[c, d\]\]: rows are groups, the first column is the event.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Effect2x2 {
    /// Method, counts, findings, warnings, references.
    #[serde(flatten)]
    pub account: Account,
    /// Odds ratio a d / (b c); `None` if a cell is empty.
    pub odds_ratio: Option<f64>,
    /// Its interval on the log scale.
    pub odds_ratio_ci: Option<Interval>,
    /// Standard error of its logarithm.
    pub log_odds_ratio_se: Option<f64>,
    /// Odds ratio after adding ½ to every cell.
    pub odds_ratio_haldane: f64,
    /// Risk ratio; `None` if a group has no event.
    pub risk_ratio: Option<f64>,
    /// Its interval on the log scale.
    pub risk_ratio_ci: Option<Interval>,
    /// First risk minus second.
    pub risk_difference: f64,
    /// Cohen's h: difference of 2 arcsin √risk.
    pub cohen_h: f64,
    /// φ, the correlation of the two variables; `None` if a column is empty.
    pub phi: Option<f64>,
    /// Cramér's V, for this table |φ|.
    pub cramers_v: Option<f64>,
}

/// Cohen's h of two proportions.
pub(crate) fn cohen_h(p1: f64, p2: f64) -> f64 {
    2.0 * libm::asin(p1.sqrt().min(1.0)) - 2.0 * libm::asin(p2.sqrt().min(1.0))
}

/// Effect sizes of a 2 × 2 table whose rows both have observations.
///
/// Use the risk ratio or difference where rates are the question, the odds ratio for case–control
/// data and logistic models. Intervals are Woolf’s and Katz’s, on logarithms. Rows are groups,
/// columns yes and no.
///
/// ```
/// use ergon_stats::effect_2x2;
/// let found = effect_2x2([[12, 5], [4, 9]], 0.95)?;
/// assert!((found.odds_ratio.unwrap_or(f64::NAN) - 5.4).abs() < 1e-4);
/// assert!((found.risk_difference - 0.39819).abs() < 1e-4);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn effect_2x2(table: [[u64; 2]; 2], level: f64) -> Result<Effect2x2, StatError> {
    check_level(level)?;
    let t = Table::of(&table)?;
    if t.rows.contains(&0.0) {
        return Err(StatError::Empty { what: "a row" });
    }
    let [[a, b], [c, d]] = table.map(|r| r.map(|n| n as f64));
    let (n1, n2) = (a + b, c + d);
    let z = normal::isf(0.5 * (1.0 - level));
    let around = |ratio: f64, se: f64| {
        let factor = libm::exp(z * se);
        Interval { low: ratio / factor, high: ratio * factor, level, kind: IntervalKind::Normal }
    };
    let full = a > 0.0 && b > 0.0 && c > 0.0 && d > 0.0;
    let log_se = (1.0 / a + 1.0 / b + 1.0 / c + 1.0 / d).sqrt();
    let odds_ratio = (a / b) * (d / c);
    let risk_ratio = (a / n1) / (c / n2);
    let risk_se = (b / a / n1 + d / c / n2).sqrt();
    let events = a > 0.0 && c > 0.0;
    let margins = (n1 * n2).sqrt() * ((a + c) * (b + d)).sqrt();
    let phi = (margins > 0.0).then(|| ((a * d - b * c) / margins).clamp(-1.0, 1.0));
    Ok(Effect2x2 {
        account: Account::new("Effect sizes of a 2 × 2 table", t.n(), 0, REFERENCES),
        odds_ratio: full.then_some(odds_ratio),
        odds_ratio_ci: full.then(|| around(odds_ratio, log_se)),
        log_odds_ratio_se: full.then_some(log_se),
        odds_ratio_haldane: ((a + 0.5) / (b + 0.5)) * ((d + 0.5) / (c + 0.5)),
        risk_ratio: events.then_some(risk_ratio),
        risk_ratio_ci: events.then(|| around(risk_ratio, risk_se)),
        risk_difference: a / n1 - c / n2,
        cohen_h: cohen_h(a / n1, c / n2),
        phi,
        cramers_v: phi.map(f64::abs),
    })
}
