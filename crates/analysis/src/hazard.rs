//! The hazard ratio of two levels: Cox's regression on the level, stratified by the cells of the other factors, or by
//! pairs of runs where replicates are blocks.

use ergon_domain::WireNumber;
use ergon_stats::dist::{normal, student_t};
use ergon_stats::{CoxOptions, StatError, cox_ph};

use crate::ask::Ask;
use crate::error::AnalysisError;
use crate::inference::{directed_normal_p, directed_p};
use crate::result::{Analysis, Estimate, Interval, Statistic};
use crate::survival::Times;

/// A log hazard ratio and its error; degrees of freedom where the error comes from replicates.
struct LogHazard {
    value: f64,
    se: f64,
    df: Option<f64>,
}

/// Puts the hazard ratio (first level over second) in the place of the log-rank test. `blocks`: by replicate, the times
/// of its strata, where several strata of a replicate belong together.
pub(crate) fn take_hazard_ratio(
    times: &Times,
    blocks: Option<&[Times]>,
    ask: &Ask,
    analysis: &mut Analysis,
) -> Result<(), AnalysisError> {
    let whole = fit(times, ask)?;
    let found = match blocks {
        None => whole,
        Some(parts) => jackknife(&whole, parts, ask)?,
    };
    let reach = match found.df {
        Some(df) => student_t::isf(0.5 * (1.0 - ask.confidence), df),
        None => normal::isf(0.5 * (1.0 - ask.confidence)),
    } * found.se;
    let ci = Interval { lo: libm::exp(found.value - reach), hi: libm::exp(found.value + reach), level: ask.confidence };
    let score = (found.value - libm::log(ask.null_value())) / found.se;
    analysis.question.estimand = "hazard_ratio".into();
    analysis.procedure = match found.df {
        Some(_) => "Cox regression, errors by jackknife over replicates".into(),
        None => "Cox regression (Efron's ties)".into(),
    };
    analysis.statistic = Some(Statistic { name: if found.df.is_some() { "t" } else { "z" }.into(), value: score });
    analysis.df = found.df.into_iter().map(WireNumber).collect();
    analysis.p = Some(match found.df {
        Some(df) => directed_p(score, df, ask.direction),
        None => directed_normal_p(score, ask.direction),
    });
    analysis.not_tested = None;
    analysis.ci = Some(ci);
    let ratio = Estimate { value: libm::exp(found.value), se: None, ci: Some(ci), unit: "1".into() };
    analysis.estimates.insert("hazard_ratio".into(), ratio);
    analysis.trail.push(
        "The hazard ratio is Cox's, the same in every stratum: above 1 the event comes sooner at the first level. \
         Direction and interval are those of this ratio."
            .into(),
    );
    if found.df.is_some() {
        analysis.trail.push(
            "The runs of a replicate move together over cells, so the error of the log ratio is jackknifed over whole \
             replicates."
                .into(),
        );
        analysis.references.push("Tukey (1958), Annals of Mathematical Statistics 29, 614".into());
    }
    analysis.references.push("Cox (1972), Journal of the Royal Statistical Society B 34, 187–220".into());
    Ok(())
}

fn fit(times: &Times, ask: &Ask) -> Result<LogHazard, AnalysisError> {
    let first: Vec<f64> = times.group.iter().map(|g| f64::from(u8::from(*g == 0))).collect();
    let options = CoxOptions { strata: Some(&times.stratum), level: ask.confidence, ..CoxOptions::default() };
    let found = cox_ph(&times.time, &times.event, &[&first], &options).map_err(|e| match e {
        StatError::Separation { .. } => {
            AnalysisError::Separated { what: format!("all events of {} come first at one level", ask.metric) }
        }
        other => other.into(),
    })?;
    let of = found.coefficients.first().ok_or(StatError::Empty { what: "coefficients" })?;
    Ok(LogHazard { value: of.estimate, se: of.se, df: None })
}

/// Leaves out one replicate after the other.
fn jackknife(whole: &LogHazard, parts: &[Times], ask: &Ask) -> Result<LogHazard, AnalysisError> {
    let n = parts.len() as f64;
    let mut values = Vec::with_capacity(parts.len());
    for out in 0..parts.len() {
        let rest = Times::joined(parts.iter().enumerate().filter(|(i, _)| *i != out).map(|(_, part)| part));
        values.push(fit(&rest, ask)?.value);
    }
    let mean = values.iter().sum::<f64>() / n;
    let spread: f64 = values.iter().map(|v| (v - mean) * (v - mean)).sum();
    let se = ((n - 1.0) / n * spread).sqrt();
    if se <= 0.0 {
        return Err(StatError::NoVariation { what: "the hazard ratio over replicates" }.into());
    }
    Ok(LogHazard { value: whole.value, se, df: Some(n - 1.0) })
}
