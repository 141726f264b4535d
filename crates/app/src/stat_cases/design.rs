//! Answers of power and sample size.

use ergon_stats::{
    Boundary, Power, PowerOptions, group_sequential, power_anova, power_chi2, power_correlation, power_t_one_sample,
    power_t_two_sample, power_two_proportions,
};
use serde_json::Value;

use super::case::{Answer, Case, CaseError};
use super::wire::object;

fn plan(case: &Case<'_>) -> Result<PowerOptions, CaseError> {
    Ok(PowerOptions {
        alpha: case.number("alpha")?,
        target: case.option_number("target_power")?.unwrap_or(0.8),
        alternative: case.alternative()?,
    })
}

fn table(p: &Power) -> Value {
    object!({
        "power": p.power, "n_required": p.required, "n1_required": p.required,
        "n1_required_ceil": p.required_whole, "n_per_group_required": p.required,
        "d_detectable": p.detectable,
    })
}

pub(super) fn one_sample(case: &Case<'_>) -> Answer {
    Ok(table(&power_t_one_sample(case.number("d")?, case.number("n")?, &plan(case)?)?))
}

pub(super) fn two_sample(case: &Case<'_>) -> Answer {
    let (d, n1, ratio) = (case.number("d")?, case.number("n1")?, case.number("ratio")?);
    Ok(table(&power_t_two_sample(d, n1, ratio, &plan(case)?)?))
}

pub(super) fn anova(case: &Case<'_>) -> Answer {
    let (f, k, n) = (case.number("f")?, case.count("k")? as usize, case.number("n_per_group")?);
    let mut answer = table(&power_anova(f, k, n, &plan(case)?)?);
    answer["lambda_"] = Value::from(f * f * k as f64 * n);
    Ok(answer)
}

pub(super) fn chi2(case: &Case<'_>) -> Answer {
    Ok(table(&power_chi2(case.number("w")?, case.number("df")?, case.number("n")?, &plan(case)?)?))
}

pub(super) fn correlation(case: &Case<'_>) -> Answer {
    Ok(table(&power_correlation(case.number("r")?, case.number("n")?, &plan(case)?)?))
}

pub(super) fn proportions(case: &Case<'_>) -> Answer {
    let (p1, p2, n) = (case.number("p1")?, case.number("p2")?, case.number("n_per_group")?);
    let p = power_two_proportions(p1, p2, n, &plan(case)?)?;
    Ok(object!({
        "h": p.arcsine.effect, "power_arcsine": p.arcsine.power, "n_required_arcsine": p.arcsine.required,
        "power_pooled": p.pooled, "n_required_pooled": p.pooled_required,
    }))
}

/// Spending functions where the information at the looks is given, the classical constants where their number is.
pub(super) fn looks(case: &Case<'_>) -> Answer {
    if case.inputs["K"].is_null() {
        let (information, alpha) = (case.numbers("info")?, case.number("alpha_one_sided")?);
        let obf = group_sequential(&information, alpha, false, Boundary::ObrienFlemingSpending)?;
        let pocock = group_sequential(&information, alpha, false, Boundary::PocockSpending)?;
        return Ok(object!({
            "asOF_cum_alpha": obf.cumulative_alpha, "asP_cum_alpha": pocock.cumulative_alpha,
            "asOF_z": obf.z, "asP_z": pocock.z,
        }));
    }
    let (looks, alpha) = (case.count("K")?, case.number("alpha_two_sided")?);
    let information: Vec<f64> = (1..=looks.min(1000)).map(|k| k as f64 / looks as f64).collect();
    Ok(object!({
        "obf_z": group_sequential(&information, alpha, true, Boundary::ObrienFleming)?.z,
        "pocock_z": group_sequential(&information, alpha, true, Boundary::Pocock)?.z,
    }))
}
