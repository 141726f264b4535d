//! What a dollar buys: a metric's mean over the mean cost, level by level.

use ergon_domain::WireNumber;
use ergon_stats::dist::student_t;
use serde::Serialize;

use crate::ask::Ask;
use crate::contrast::known_levels;
use crate::detail::Detail;
use crate::error::AnalysisError;
use crate::frame::{Frame, same_level};
use crate::response::Response;
use crate::result::{Analysis, AnalysisKind, Interval, Warning, wire, wire_option};
use crate::write_up::{blank, question};

/// The metric that says what a run cost.
const COST: &str = "cost_usd";

/// A metric per dollar.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct CostEfficiency {
    /// The factor.
    pub factor: String,
    /// Its levels in the order of the spec.
    pub levels: Vec<CostLevel>,
}

/// What a level costs and brings.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct CostLevel {
    /// The level.
    pub level: String,
    /// Runs in which both are known.
    pub n: usize,
    /// Mean of the metric, in its unit.
    #[serde(serialize_with = "wire_option")]
    #[ts(as = "Option<WireNumber>")]
    pub mean: Option<f64>,
    /// Mean cost of a run, USD.
    #[serde(serialize_with = "wire_option")]
    #[ts(as = "Option<WireNumber>")]
    pub mean_cost_usd: Option<f64>,
    /// Total cost of these runs, USD.
    #[serde(serialize_with = "wire")]
    #[ts(as = "WireNumber")]
    pub total_cost_usd: f64,
    /// Metric per USD: ratio of the means; `None` where nothing was spent.
    #[serde(serialize_with = "wire_option")]
    #[ts(as = "Option<WireNumber>")]
    pub per_usd: Option<f64>,
    /// Its standard error.
    #[serde(serialize_with = "wire_option")]
    #[ts(as = "Option<WireNumber>")]
    pub se: Option<f64>,
    /// Its interval.
    pub ci: Option<Interval>,
}

/// A metric per dollar at each level of a factor.
///
/// R = ȳ/c̄ over the runs of a level, with the linearised standard error √(Σ(yᵢ − R·cᵢ)²/(n − 1)/n)/c̄ (Cochran 1977,
/// §2.11) and Student's t with n − 1 degrees of freedom.
///
/// # Errors
/// Unknown names; the workload measures no cost; no run in which both are known.
pub fn cost_efficiency(frame: &Frame, ask: &Ask, factor: &str) -> Result<Analysis, AnalysisError> {
    let response = Response::of(frame, &ask.metric)?;
    let cost = Response::of(frame, COST)?;
    let levels = known_levels(frame, factor)?;
    let both = |row: usize| Some((response.value(row)?, cost.value(row)?));
    let rows: Vec<usize> = (0..frame.rows.len()).filter(|row| both(*row).is_some()).collect();
    let account = response.account(rows.iter().copied());
    if rows.is_empty() {
        let reasons = response.account(0..frame.rows.len()).reasons();
        let costs = cost.account(0..frame.rows.len()).reasons();
        let reasons = [reasons, costs].into_iter().filter(|r| !r.is_empty()).collect::<Vec<_>>().join("; ");
        return Err(AnalysisError::NoValues { metric: response.metric.id.clone(), reasons });
    }
    let of_level = |level: &ergon_domain::Value| {
        let pairs: Vec<(f64, f64)> = rows
            .iter()
            .filter(|row| {
                let value = frame.rows.get(**row).and_then(|r| r.condition.condition.get(factor));
                value.is_some_and(|v| same_level(v, level))
            })
            .filter_map(|row| both(*row))
            .collect();
        ratio(level.to_string(), &pairs, ask.confidence)
    };
    let found: Vec<CostLevel> = levels.iter().map(of_level).collect();
    let title = &response.metric.title;
    let mut asked = question(&response, ask, format!("How much {title} does a USD buy, by {factor}?"), "per_usd");
    asked.factor = Some(factor.to_owned());
    let procedure = "Ratio of means, linearised (Cochran)";
    let mut analysis = blank(frame, asked, AnalysisKind::CostEfficiency, procedure, ask, &account);
    let costs = cost.account(rows.iter().copied());
    analysis.simulated_model |= costs.simulated_model;
    if rows.len() < frame.rows.len() {
        let message = format!("{} runs are left out: metric or cost is unknown", frame.rows.len() - rows.len());
        analysis.warnings.push(Warning::new("cost_unknown", message));
    }
    if found.iter().any(|level| level.n > 0 && level.per_usd.is_none()) {
        analysis
            .warnings
            .push(Warning::new("nothing_spent", "at a level nothing was spent: per USD is undefined there"));
    }
    analysis.trail.push(
        "The metric's mean over the mean cost, both over the runs in which both are known; the interval allows for their \
         going together. A run that failed spent money that is not in it: `status` has what the campaign cost."
            .into(),
    );
    analysis.references = vec!["Cochran (1977), Sampling Techniques, §2.11".into()];
    analysis.detail = Some(Detail::CostEfficiency(CostEfficiency { factor: factor.to_owned(), levels: found }));
    Ok(analysis)
}

fn ratio(level: String, pairs: &[(f64, f64)], confidence: f64) -> CostLevel {
    let n = pairs.len();
    let total_cost_usd: f64 = pairs.iter().map(|(_, c)| c).sum();
    let mean = |total: f64| (n > 0).then(|| total / n as f64);
    let (mean_y, mean_c) = (mean(pairs.iter().map(|(y, _)| y).sum()), mean(total_cost_usd));
    let per_usd = mean_y.zip(mean_c).filter(|(_, c)| *c > 0.0).map(|(y, c)| (y / c, c));
    let se = per_usd.filter(|_| n > 1).map(|(r, c)| {
        let squares: f64 = pairs.iter().map(|(y, cost)| (y - r * cost) * (y - r * cost)).sum();
        (squares / (n as f64 - 1.0) / n as f64).sqrt() / c
    });
    let ci = per_usd.zip(se).map(|((r, _), se)| {
        let reach = student_t::isf(0.5 * (1.0 - confidence), n as f64 - 1.0) * se;
        Interval { lo: r - reach, hi: r + reach, level: confidence }
    });
    CostLevel {
        level,
        n,
        mean: mean_y,
        mean_cost_usd: mean_c,
        total_cost_usd,
        per_usd: per_usd.map(|(r, _)| r),
        se,
        ci,
    }
}
