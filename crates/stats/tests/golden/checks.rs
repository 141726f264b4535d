//! Answers of the assumption checks and of survival.

use ergon_stats::*;
use serde_json::{Value, json};

use crate::answers::float;
use crate::judge::{lists, numbers};

pub(crate) fn variances(inputs: &Value, _: &Value) -> Result<Value, StatError> {
    let groups = lists(&inputs["groups"]);
    let mean = levene(&groups, LeveneCenter::Mean, MissingPolicy::Refuse)?;
    let median = levene(&groups, LeveneCenter::Median, MissingPolicy::Refuse)?;
    let ranks = fligner_killeen(&groups, MissingPolicy::Refuse)?;
    Ok(json!({
        "W_mean": mean.statistic, "p_mean": mean.p, "W_median": median.statistic,
        "p_median": median.p, "fligner_chi2": ranks.statistic, "fligner_p": ranks.p,
    }))
}

pub(crate) fn normality(inputs: &Value, _: &Value) -> Result<Value, StatError> {
    let s = shapiro_wilk(&numbers(&inputs["x"]), MissingPolicy::Refuse)?;
    Ok(json!({"W": s.w, "p": s.p}))
}

pub(crate) fn outlying(inputs: &Value, _: &Value) -> Result<Value, StatError> {
    let o = outliers(&numbers(&inputs["x"]), MissingPolicy::Refuse)?;
    Ok(json!({
        "grubbs_G": o.grubbs.map(|g| g.g), "grubbs_p": o.grubbs.map(|g| g.p),
        "modified_z": o.modified_z, "tukey_fence": o.fences,
    }))
}

fn events(inputs: &Value) -> Vec<bool> {
    numbers(&inputs["event"]).iter().map(|e| *e != 0.0).collect()
}

pub(crate) fn survival(inputs: &Value, options: &Value) -> Result<Value, StatError> {
    let level = options["conf_level"].as_f64().unwrap_or(0.95);
    let k = kaplan_meier(&numbers(&inputs["time"]), &events(inputs), level)?;
    let each = |f: fn(&SurvivalStep) -> Option<f64>| -> Vec<Value> {
        k.steps.iter().map(|s| float(f(s).unwrap_or(f64::NAN))).collect()
    };
    let end = |v: Option<f64>| float(v.unwrap_or(f64::NAN));
    Ok(json!({
        "time": each(|s| Some(s.time)), "survival": each(|s| Some(s.survival)),
        "se_greenwood": each(|s| s.se), "ci_low": each(|s| s.ci.map(|c| c.low)),
        "ci_high": each(|s| s.ci.map(|c| c.high)), "n_risk": each(|s| Some(s.n_risk as f64)),
        "median": end(k.median), "median_ci": [end(k.median_low), end(k.median_high)],
        "rmst": k.rmst,
    }))
}

pub(crate) fn survival_groups(inputs: &Value, _: &Value) -> Result<Value, StatError> {
    let group: Vec<usize> = numbers(&inputs["group"]).iter().map(|g| *g as usize).collect();
    let l = log_rank(&numbers(&inputs["time"]), &events(inputs), &group)?;
    Ok(json!({
        "chi2": l.chi2, "df": l.df, "p": l.p, "observed": l.observed,
        "expected_counts": l.expected,
    }))
}
