//! Where more runs are needed: cells with few or widely varying values, rules between phases, sample sizes of a paired
//! ratio.

use ergon_design::spec::Rule;
use ergon_domain::Value;
use ergon_stats::descriptive;
use ergon_stats::dist::normal;
use serde::Serialize;

use crate::ask::Ask;
use crate::describe::cross;
use crate::detail::Detail;
use crate::error::AnalysisError;
use crate::frame::Frame;
use crate::response::Response;
use crate::tax::orchestration_tax;

/// When a cell has too little: A-LEMS's `gap_detection.yaml`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GapLimits {
    /// Fewest values of a cell.
    pub least_runs: usize,
    /// Largest coefficient of variation.
    pub most_cv: f64,
}

impl Default for GapLimits {
    fn default() -> Self {
        Self { least_runs: 10, most_cv: 0.30 }
    }
}

/// A cell that needs more runs.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct Gap {
    /// The cell's levels.
    pub cell: String,
    /// Values it has.
    pub found: usize,
    /// Coefficient of variation, where it has at least three values and a mean above 0.
    pub cv: Option<f64>,
    /// Runs to add.
    pub missing: usize,
    /// Why.
    pub why: String,
}

/// Cells of all varied parameters with fewer values than wanted, or with more spread: then as many more as bring the
/// standard error to that of the limit, n·(CV/limit)².
///
/// # Errors
/// An unknown metric.
pub fn gaps(frame: &Frame, metric: &str, limits: GapLimits) -> Result<Vec<Gap>, AnalysisError> {
    let response = Response::of(frame, metric)?;
    let by: Vec<String> = frame.varied().iter().map(ToString::to_string).collect();
    let mut found = Vec::new();
    for (levels, rows) in cross(frame, &by)? {
        let values = response.values(&rows);
        let n = values.len();
        let cell = levels.iter().map(|(name, level)| format!("{name} = {level}")).collect::<Vec<_>>().join(", ");
        let cell = if cell.is_empty() { "all runs".to_owned() } else { cell };
        // Runs of the kind that gave no value give none when repeated.
        if n == 0 {
            let why =
                format!("no run has a value, and more of them would have none: {}", response.account(rows).reasons());
            found.push(Gap { cell, found: 0, cv: None, missing: 0, why });
            continue;
        }
        let summary = descriptive(&values, 0.95, ergon_stats::MissingPolicy::Refuse).ok();
        let cv = summary.filter(|d| n >= 3 && d.mean > 0.0).and_then(|d| Some(d.sd? / d.mean));
        let few = limits.least_runs.saturating_sub(n);
        let spread = cv.filter(|cv| *cv > limits.most_cv).map_or(0, |cv| {
            let wanted = (n as f64 * (cv / limits.most_cv) * (cv / limits.most_cv)).ceil();
            (wanted as usize).saturating_sub(n)
        });
        let why = match (few, spread) {
            (0, 0) => continue,
            (_, 0) => format!("{n} values of at least {}", limits.least_runs),
            _ => format!("the coefficient of variation is above {}", limits.most_cv),
        };
        found.push(Gap { cell, found: n, cv, missing: few.max(spread), why });
    }
    found.sort_by(|a, b| b.missing.cmp(&a.missing).then_with(|| a.cell.cmp(&b.cell)));
    Ok(found)
}

/// What became of a rule.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct RuleFound {
    /// The rule as written.
    pub rule: String,
    /// What the metric comes to in the phase; absent where it is not known.
    pub value: Option<f64>,
    /// Whether the rule holds; absent where it can't be said.
    pub holds: Option<bool>,
    /// Why it can't be said.
    pub why: Option<String>,
}

/// The mean of the rule's metric over the runs of its phase (a frame of that phase alone); `tax_multiplier` is the
/// orchestration tax of agentic over linear work in energy.
pub fn decide_rule(frame: &Frame, rule: &Rule, written: &str) -> RuleFound {
    let found = |value: Result<f64, String>| RuleFound {
        rule: written.to_owned(),
        holds: value.as_ref().ok().map(|x| rule.holds(*x)),
        why: value.as_ref().err().cloned(),
        value: value.ok(),
    };
    if rule.metric() == "tax_multiplier" {
        let taxes = orchestration_tax(frame, &Ask::about("energy_j"), "workflow");
        let agentic = |all: Vec<crate::result::Analysis>| {
            all.into_iter().find_map(|a| match a.detail {
                Some(Detail::Tax(tax)) if tax.treatment == "agentic" => tax.ratio,
                _ => None,
            })
        };
        let value = taxes.map_err(|e| e.to_string());
        return found(
            value.and_then(|all| agentic(all).ok_or_else(|| "no pair of agentic and linear work".to_owned())),
        );
    }
    let value = Response::of(frame, rule.metric()).map_err(|e| e.to_string()).and_then(|response| {
        let values = response.values(&(0..frame.rows.len()).collect::<Vec<_>>());
        if values.is_empty() {
            return Err(format!("no run of {} has a value of {}", rule.phase(), rule.metric()));
        }
        Ok(values.iter().sum::<f64>() / values.len() as f64)
    });
    found(value)
}

/// Replicates for an effect, by three formulas.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct SampleSizes {
    /// The effect in standard deviations that the first two are about; and, as a share, what the third is about.
    pub effect: f64,
    /// Power.
    pub power: f64,
    /// Size of the two-sided test.
    pub alpha: f64,
    /// A-LEMS's formula, ((z_α + z_β)/d)²: right for one sample against a number, or for pairs in SDs of the differences.
    pub one_sample: f64,
    /// Each of two independent groups: twice as many, the factor that A-LEMS's formula lacks for what it is used for.
    pub each_of_two: f64,
    /// Pairs that find a ratio of 1 + effect, ((z_α + z_β)·SD/ln(1 + effect))² + 2, by the observed SD of the pairs' log
    /// ratios; absent where no pairs are known.
    pub pairs: Option<f64>,
    /// That SD.
    pub sd_log_ratio: Option<f64>,
}

/// Sample sizes for an effect; `ratios`: those of pairs already run.
pub fn sample_sizes(effect: f64, power: f64, alpha: f64, ratios: &[f64]) -> SampleSizes {
    let z = normal::isf(alpha / 2.0) + normal::quantile(power);
    let squared = |x: f64| x * x;
    let logs: Vec<f64> = ratios.iter().filter(|r| **r > 0.0).map(|r| libm::log(*r)).collect();
    let sd = descriptive(&logs, 0.95, ergon_stats::MissingPolicy::Refuse).ok().and_then(|d| d.sd);
    let sd = sd.filter(|_| logs.len() >= 3);
    SampleSizes {
        effect,
        power,
        alpha,
        one_sample: squared(z / effect).ceil(),
        each_of_two: (2.0 * squared(z / effect)).ceil(),
        pairs: sd.map(|sd| squared(z * sd / libm::log1p(effect)).ceil() + 2.0),
        sd_log_ratio: sd,
    }
}

/// Ratios of a metric over pairs of agentic and linear work, where there are any.
pub fn pair_ratios(frame: &Frame, metric: &str) -> Vec<f64> {
    let levels: Vec<Value> = frame.levels("workflow");
    if levels.len() < 2 {
        return Vec::new();
    }
    let taxes = orchestration_tax(frame, &Ask::about(metric), "workflow").unwrap_or_default();
    let agentic = taxes.into_iter().find_map(|a| match a.detail {
        Some(Detail::Tax(tax)) if tax.treatment == "agentic" => Some(tax.pairs),
        _ => None,
    });
    agentic.unwrap_or_default().into_iter().filter_map(|pair| pair.ratio).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_the_textbook_s_and_the_guide_s_formula_lacks_the_factor_of_two() {
        // scipy: ceil(((norm.ppf(.8) + norm.ppf(.975)) / .1)**2) = 785; two groups: 1570.
        let sizes = sample_sizes(0.1, 0.8, 0.05, &[]);
        assert_eq!((sizes.one_sample, sizes.each_of_two, sizes.pairs), (785.0, 1_570.0, None));
        // By hand: SD of ln{1, e, e²} is 1; (2.801585/ln 1.5)² = 47.74.
        let e = std::f64::consts::E;
        let sizes = sample_sizes(0.5, 0.8, 0.05, &[1.0, e, e * e]);
        assert_eq!(sizes.pairs, Some(50.0));
    }
}
