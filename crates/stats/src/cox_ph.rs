//! Cox's proportional hazards regression.

use serde::Serialize;

use crate::StatError;
use crate::account::{Account, Warning};
use crate::cox_likelihood::{CoxTies, Partial, RiskSets};
use crate::dist::chi_squared;
use crate::glm_coefficient::{GlmCoefficient, coefficient};
use crate::kaplan_meier::checked_times;
use crate::least_squares::dot;
use crate::options::check_level;

const REFERENCES: &[&str] = &[
    "Cox (1972), Journal of the Royal Statistical Society B 34, 187–220",
    "Efron (1977), Journal of the American Statistical Association 72, 557–565",
    "Harrell, Lee & Mark (1996), Statistics in Medicine 15, 361–387",
];

/// Newton's method needs about six steps where estimates exist.
const MOST_STEPS: usize = 50;

/// Options of a Cox regression.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CoxOptions<'a> {
    /// How tied event times enter.
    pub ties: CoxTies,
    /// Confidence level of the intervals, in (0, 1).
    pub level: f64,
    /// The stratum of every row, where each has a baseline hazard of its own.
    pub strata: Option<&'a [usize]>,
}

impl Default for CoxOptions<'_> {
    fn default() -> Self {
        Self { ties: CoxTies::Efron, level: 0.95, strata: None }
    }
}

/// A fitted Cox regression.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CoxPh {
    /// Method, counts, findings, warnings, references.
    #[serde(flatten)]
    pub account: Account,
    /// How tied event times entered.
    pub ties: CoxTies,
    /// Number of events.
    pub events: usize,
    /// Log hazard ratios; `ratio` is the hazard ratio for one unit more of the regressor.
    pub coefficients: Vec<GlmCoefficient>,
    /// Covariance of the estimates, by rows.
    pub covariance: Vec<Vec<f64>>,
    /// Partial log-likelihood at its maximum.
    pub log_likelihood: f64,
    /// Partial log-likelihood without regressors.
    pub log_likelihood_null: f64,
    /// Degrees of freedom of the three tests of all regressors together.
    pub df: f64,
    /// Likelihood-ratio χ².
    pub lr_chi2: f64,
    /// Its p-value.
    pub lr_p: f64,
    /// Wald's χ².
    pub wald_chi2: f64,
    /// Its p-value.
    pub wald_p: f64,
    /// Score (log-rank) χ².
    pub score_chi2: f64,
    /// Its p-value.
    pub score_p: f64,
    /// Harrell's C within strata: 0.5 is no better than chance; `None` if no pair has an order.
    pub concordance: Option<f64>,
    /// Newton steps taken.
    pub steps: usize,
}

fn risk_sets(time: &[f64], event: &[bool], x: &[Vec<f64>], options: &CoxOptions<'_>) -> RiskSets {
    let stratum = |i: usize| options.strata.map_or(0, |s| s[i]);
    let mut order: Vec<usize> = (0..time.len()).collect();
    order.sort_by(|a, b| stratum(*a).cmp(&stratum(*b)).then(time[*b].total_cmp(&time[*a])));
    RiskSets {
        time: order.iter().map(|i| time[*i]).collect(),
        event: order.iter().map(|i| event[*i]).collect(),
        stratum: order.iter().map(|i| stratum(*i)).collect(),
        x: order.iter().map(|i| x.iter().map(|c| c[*i]).collect()).collect(),
        ties: options.ties,
    }
}

/// The columns in units of their own spread around 0, and those units: information matrices of
/// comparable columns lose no digits.
fn standardised(x: &[&[f64]]) -> Result<(Vec<Vec<f64>>, Vec<f64>), StatError> {
    let mut units = Vec::with_capacity(x.len());
    let mut columns = Vec::with_capacity(x.len());
    for c in x {
        let n = c.len() as f64;
        let middle: f64 = c.iter().map(|v| v / n).sum();
        let unit = c.iter().fold(0.0_f64, |m, v| m.max((v - middle).abs()));
        if !(unit > 1e-13 * middle.abs() && unit.is_finite()) {
            return Err(StatError::NoVariation { what: "a regressor" });
        }
        columns.push(c.iter().map(|v| (v - middle) / unit).collect());
        units.push(unit);
    }
    Ok((columns, units))
}

fn maximise(sets: &RiskSets, null: &Partial) -> Result<(Vec<f64>, Partial, usize), StatError> {
    let p = null.gradient.len();
    let mut beta = vec![0.0; p];
    let mut here = sets.partial(&beta);
    let mut step = vec![0.0; p];
    for taken in 1..=MOST_STEPS {
        let Ok(factored) = here.factored() else { break };
        step = factored.solve(&here.gradient);
        let mut share = 1.0;
        let (mut next, mut there);
        loop {
            next = beta.iter().zip(&step).map(|(b, s)| b + share * s).collect::<Vec<f64>>();
            there = sets.partial(&next);
            let slack = 1e-12 * here.log_likelihood.abs();
            if there.log_likelihood >= here.log_likelihood - slack || share < 1e-6 {
                break;
            }
            share *= 0.5;
        }
        let change = step.iter().fold(0.0_f64, |m, s| m.max((share * s).abs()));
        let size = next.iter().fold(1.0_f64, |m, b| m.max(b.abs()));
        (beta, here) = (next, there);
        if change <= 1e-9 * size {
            return Ok((beta, here, taken));
        }
    }
    if sets.recedes(&step) {
        let largest = step.iter().fold(0.0_f64, |m, s| m.max(s.abs()));
        let columns = (0..p).filter(|j| step[*j].abs() > 1e-4 * largest).collect();
        return Err(StatError::Separation { columns });
    }
    Err(StatError::NotConverged { what: "coefficients" })
}

/// Regresses the hazard of an event on the columns `x`: h(t | x) = h₀(t) exp(β x), by Cox's partial
/// likelihood; `event[i]` is false where `time[i]` is censored.
///
/// Use it for times to an event of which some are censored. Assumes that hazards keep their ratio
/// over time and that censoring says nothing about the event. Regressors under which the events
/// come strictly in their order have no finite estimate: [`StatError::Separation`]. Without an
/// event there is nothing to fit: [`StatError::NoEvents`].
///
/// ```
/// use ergon_stats::{CoxOptions, cox_ph};
/// let time = [4.0, 3.0, 1.0, 1.0, 2.0, 2.0, 3.0];
/// let event = [true, true, true, false, true, true, false];
/// let x = [0.0, 2.0, 1.0, 1.0, 1.0, 0.0, 0.0];
/// let fit = cox_ph(&time, &event, &[&x], &CoxOptions::default())?;
/// assert_eq!((fit.events, fit.coefficients.len()), (5, 1));
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn cox_ph(time: &[f64], event: &[bool], x: &[&[f64]], options: &CoxOptions<'_>) -> Result<CoxPh, StatError> {
    check_level(options.level)?;
    checked_times(time, event)?;
    let n = time.len();
    for c in x {
        if c.len() != n {
            return Err(StatError::LengthMismatch { what: "time and a regressor", left: n, right: c.len() });
        }
        if let Some(index) = c.iter().position(|v| v.is_infinite()) {
            return Err(StatError::NonFinite { what: "a regressor", index });
        }
        let count = c.iter().filter(|v| v.is_nan()).count();
        if count > 0 {
            return Err(StatError::Missing { what: "a regressor", count });
        }
    }
    if let Some(strata) = options.strata.filter(|s| s.len() != n) {
        return Err(StatError::LengthMismatch { what: "time and strata", left: n, right: strata.len() });
    }
    if x.is_empty() {
        return Err(StatError::Empty { what: "regressors" });
    }
    let events = event.iter().filter(|e| **e).count();
    if events == 0 {
        return Err(StatError::NoEvents { what: "event" });
    }
    let (columns, units) = standardised(x)?;
    let p = columns.len();
    let sets = risk_sets(time, event, &columns, options);
    let null = sets.partial(&vec![0.0; p]);
    let at_null = match null.factored() {
        Ok(factored) => factored,
        // All at risk with an event are alike: nothing to compare.
        Err(dependent) if dependent.len() == p => return Err(StatError::NoVariation { what: "regressors at risk" }),
        Err(aliased) => return Err(StatError::RankDeficient { rank: p - aliased.len(), columns: p, aliased }),
    };
    let score_chi2 = at_null.forward(&null.gradient).iter().map(|u| u * u).sum::<f64>();
    let (beta, at, steps) = maximise(&sets, &null)?;
    let inverse = at.factored().map_err(|_| StatError::NotConverged { what: "coefficients" })?.inverse();
    let full: Vec<Vec<f64>> = (0..p).map(|i| (0..p).map(|j| at.information[i.max(j)][i.min(j)]).collect()).collect();
    let wald_chi2 = full.iter().zip(&beta).map(|(row, b)| b * dot(row, &beta)).sum::<f64>();
    let lr_chi2 = (2.0 * (at.log_likelihood - null.log_likelihood)).max(0.0);
    let covariance: Vec<Vec<f64>> =
        (0..p).map(|i| (0..p).map(|j| inverse[i][j] / (units[i] * units[j])).collect()).collect();
    let coefficients: Vec<GlmCoefficient> =
        (0..p).map(|j| coefficient(beta[j] / units[j], covariance[j][j], options.level)).collect();
    if !coefficients.iter().all(GlmCoefficient::is_finite) {
        return Err(StatError::OutOfRange { what: "coefficients" });
    }
    let mut account = Account::new("Cox proportional hazards regression", n, 0, REFERENCES);
    if events < 10 * p {
        account.warnings.push(Warning::FewObservations { n: events });
    }
    let df = p as f64;
    Ok(CoxPh {
        account,
        ties: options.ties,
        events,
        coefficients,
        covariance,
        log_likelihood: at.log_likelihood,
        log_likelihood_null: null.log_likelihood,
        df,
        lr_chi2,
        lr_p: chi_squared::sf(lr_chi2, df),
        wald_chi2,
        wald_p: chi_squared::sf(wald_chi2, df),
        score_chi2,
        score_p: chi_squared::sf(score_chi2, df),
        concordance: sets.concordance(&sets.predictor(&beta)),
        steps,
    })
}
