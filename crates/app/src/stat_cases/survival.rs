//! Answers of survival.

use ergon_stats::{SurvivalStep, kaplan_meier, log_rank};

use super::case::{Answer, Case};
use super::wire::object;

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
