//! Answers of survival.

use ergon_stats::{CoxOptions, CoxPh, CoxTies, GlmCoefficient, SurvivalStep, cox_ph, kaplan_meier, log_rank};
use serde_json::Value;

use super::case::{Answer, Case};
use super::wire::{Wire, object};

pub(super) fn curve(case: &Case<'_>) -> Answer {
    let k = kaplan_meier(&case.numbers("time")?, &case.events("event")?, case.level()?)?;
    // The vectors write NaN for what does not exist: a standard error at survival 0, a median not reached.
    let or_nan = |v: Option<f64>| v.unwrap_or(f64::NAN);
    let each = |f: fn(&SurvivalStep) -> Option<f64>| -> Vec<f64> { k.steps.iter().map(|s| or_nan(f(s))).collect() };
    Ok(object!({
        "time": each(|s| Some(s.time)), "survival": each(|s| Some(s.survival)),
        "se_greenwood": each(|s| s.se), "ci_low": each(|s| s.ci.map(|c| c.low)),
        "ci_high": each(|s| s.ci.map(|c| c.high)),
        "n_risk": k.steps.iter().map(|s| s.n_risk).collect::<Vec<_>>(),
        "median": or_nan(k.median), "median_ci": [or_nan(k.median_low), or_nan(k.median_high)],
        "rmst": k.rmst,
    }))
}

pub(super) fn equal_curves(case: &Case<'_>) -> Answer {
    let l = log_rank(&case.numbers("time")?, &case.events("event")?, &case.levels("group")?)?;
    Ok(object!({
        "chi2": l.chi2, "df": l.df, "p": l.p, "observed": l.observed, "expected_counts": l.expected,
    }))
}

/// The vectors write what belongs to a single regressor without a list around it, but for its coefficient.
fn bare(values: Vec<f64>) -> Value {
    match values.as_slice() {
        [one] => one.wire(),
        many => many.to_vec().wire(),
    }
}

pub(super) fn hazards(case: &Case<'_>) -> Answer {
    let (time, event, columns) = (case.numbers("time")?, case.events("event")?, case.lists("x_columns")?);
    let columns: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    let ties = case.choice("ties", &[("efron", CoxTies::Efron), ("breslow", CoxTies::Breslow)])?;
    let options = CoxOptions { ties, level: case.level()?, ..CoxOptions::default() };
    let cox = cox_ph(&time, &event, &columns, &options)?;
    let breslow = cox_ph(&time, &event, &columns, &CoxOptions { ties: CoxTies::Breslow, ..options })?;
    let each = |cox: &CoxPh, f: fn(&GlmCoefficient) -> f64| -> Vec<f64> { cox.coefficients.iter().map(f).collect() };
    Ok(object!({
        "coef": each(&cox, |c| c.estimate), "se": bare(each(&cox, |c| c.se)), "z": bare(each(&cox, |c| c.z)),
        "p": bare(each(&cox, |c| c.p)), "loglik_null": cox.log_likelihood_null, "loglik": cox.log_likelihood,
        "lr_chi2": cox.lr_chi2, "wald_chi2": cox.wald_chi2, "score_chi2": cox.score_chi2,
        "concordance": cox.concordance, "coef_breslow": bare(each(&breslow, |c| c.estimate)),
    }))
}
