//! Answers of the procedures on the studentized range and on shares of variance.

use ergon_stats::dist::studentized_range;
use ergon_stats::*;
use serde_json::{Value, json};

use crate::answers::ends;
use crate::judge::{lists, number, numbers};

pub(crate) fn range(inputs: &Value, _: &Value) -> Result<Value, StatError> {
    let one = |key: &str| number(&inputs[key]).unwrap_or(f64::NAN);
    let (k, df) = (one("k"), one("df"));
    let each = |key: &str, f: fn(f64, f64, f64) -> f64| -> Vec<f64> {
        numbers(&inputs[key]).iter().map(|x| f(*x, k, df)).collect()
    };
    Ok(json!({
        "cdf": each("q", studentized_range::cdf), "sf": each("q", studentized_range::sf),
        "ppf": each("p", studentized_range::quantile),
    }))
}

fn table(test: &RangeTest) -> Value {
    let each = |f: fn(&RangeComparison) -> f64| -> Vec<f64> { test.pairs.iter().map(f).collect() };
    let pairs: Vec<[usize; 2]> = test.pairs.iter().map(|c| [c.first, c.second]).collect();
    json!({
        "pairs": pairs, "diff": each(|c| c.estimate.value), "se": each(|c| c.estimate.se),
        "t": each(|c| c.t), "df": each(|c| c.df), "p": each(|c| c.p),
        "ci_low": each(|c| c.ci.low), "ci_high": each(|c| c.ci.high),
    })
}

pub(crate) fn tukey(inputs: &Value, options: &Value) -> Result<Value, StatError> {
    let level = options["conf_level"].as_f64().unwrap_or(0.95);
    tukey_hsd(&lists(&inputs["groups"]), level, MissingPolicy::Refuse).map(|t| table(&t))
}

pub(crate) fn separate(inputs: &Value, _: &Value) -> Result<Value, StatError> {
    games_howell(&lists(&inputs["groups"]), 0.95, MissingPolicy::Refuse).map(|t| table(&t))
}

pub(crate) fn eta2(inputs: &Value, options: &Value) -> Result<Value, StatError> {
    let one = |key: &str| number(&inputs[key]).unwrap_or(f64::NAN);
    let level = options["conf_level"].as_f64().unwrap_or(0.9);
    let e = effect_eta2(one("F"), one("df1"), one("df2"), level)?;
    Ok(json!({
        "partial_eta2": e.partial_eta2, "ncp_ci90": [e.noncentrality.0, e.noncentrality.1],
        "eta2_ci90": ends(&e.ci), "omega2_partial": e.partial_omega2,
        "epsilon2_partial": e.partial_epsilon2,
    }))
}

pub(crate) fn repeated(inputs: &Value, _: &Value) -> Result<Value, StatError> {
    let test = anova_rm(&lists(&inputs["Y"]))?;
    let sphericity = |f: fn(&Mauchly) -> f64| test.mauchly.as_ref().map(f);
    Ok(json!({
        "ss_effect": test.ss_effect, "ss_error": test.ss_error, "df1": test.df1, "df2": test.df2, "F": test.f,
        "p": test.p, "p_gg": test.p_gg, "eps_gg": test.epsilon_gg, "eps_hf": test.epsilon_hf,
        "generalized_eta2": test.generalized_eta2, "mauchly_W": sphericity(|m| m.w),
        "mauchly_chi2": sphericity(|m| m.chi2), "mauchly_p": sphericity(|m| m.p),
        "mauchly_p_r": sphericity(|m| m.p),
    }))
}
