//! Answers of power and of the lines.

use ergon_stats::*;
use serde_json::{Value, json};

use crate::judge::{lists, number, numbers};

fn one(inputs: &Value, key: &str) -> f64 {
    number(&inputs[key]).unwrap_or(f64::NAN)
}

fn plan(inputs: &Value, options: &Value) -> PowerOptions {
    let alternative = match options["alternative"].as_str() {
        Some("larger") => Alternative::Greater,
        Some("smaller") => Alternative::Less,
        _ => Alternative::TwoSided,
    };
    PowerOptions { alpha: one(inputs, "alpha"), target: options["target_power"].as_f64().unwrap_or(0.8), alternative }
}

fn table(p: &Power) -> Value {
    json!({
        "power": p.power, "n_required": p.required, "n1_required": p.required,
        "n1_required_ceil": p.required_whole, "n_per_group_required": p.required,
        "d_detectable": p.detectable,
    })
}

pub(crate) fn one_sample(inputs: &Value, options: &Value) -> Result<Value, StatError> {
    power_t_one_sample(one(inputs, "d"), one(inputs, "n"), &plan(inputs, options)).map(|p| table(&p))
}

pub(crate) fn two_sample(inputs: &Value, options: &Value) -> Result<Value, StatError> {
    let (d, n1, ratio) = (one(inputs, "d"), one(inputs, "n1"), one(inputs, "ratio"));
    power_t_two_sample(d, n1, ratio, &plan(inputs, options)).map(|p| table(&p))
}

pub(crate) fn anova(inputs: &Value, options: &Value) -> Result<Value, StatError> {
    let (f, k, n) = (one(inputs, "f"), one(inputs, "k"), one(inputs, "n_per_group"));
    let p = power_anova(f, k as usize, n, &plan(inputs, options))?;
    let mut answer = table(&p);
    answer["lambda_"] = json!(f * f * k * n);
    Ok(answer)
}

pub(crate) fn chi2(inputs: &Value, options: &Value) -> Result<Value, StatError> {
    power_chi2(one(inputs, "w"), one(inputs, "df"), one(inputs, "n"), &plan(inputs, options)).map(|p| table(&p))
}

pub(crate) fn correlation(inputs: &Value, options: &Value) -> Result<Value, StatError> {
    power_correlation(one(inputs, "r"), one(inputs, "n"), &plan(inputs, options)).map(|p| table(&p))
}

pub(crate) fn proportions(inputs: &Value, options: &Value) -> Result<Value, StatError> {
    let (p1, p2, n) = (one(inputs, "p1"), one(inputs, "p2"), one(inputs, "n_per_group"));
    let p = power_two_proportions(p1, p2, n, &plan(inputs, options))?;
    Ok(json!({
        "h": p.arcsine.effect, "power_arcsine": p.arcsine.power, "n_required_arcsine": p.arcsine.required,
        "power_pooled": p.pooled, "n_required_pooled": p.pooled_required,
    }))
}

pub(crate) fn median_line(inputs: &Value, options: &Value) -> Result<Value, StatError> {
    let level = options["conf_level"].as_f64().unwrap_or(0.95);
    let t = theil_sen(&numbers(&inputs["x"]), &numbers(&inputs["y"]), level, MissingPolicy::Refuse)?;
    Ok(json!({"slope": t.slope, "intercept": t.intercept, "ci": [t.ci.low, t.ci.high]}))
}

pub(crate) fn powers(inputs: &Value, options: &Value) -> Result<Value, StatError> {
    let degree = options["degree"].as_u64().unwrap_or(0) as usize;
    let fit = polynomial_regression(&numbers(&inputs["x"]), &numbers(&inputs["y"]), degree, &OlsOptions::default())?;
    let each = |f: fn(&Coefficient) -> f64| -> Vec<f64> { fit.coefficients.iter().map(f).collect() };
    Ok(json!({"coef": each(|c| c.estimate), "se": each(|c| c.se), "p": each(|c| c.p), "r2": fit.r2}))
}

pub(crate) fn line(inputs: &Value, options: &Value) -> Result<Value, StatError> {
    let level = options["conf_level"].as_f64().unwrap_or(0.95);
    let (x, y, x_new) = (numbers(&inputs["x"]), numbers(&inputs["y"]), numbers(&inputs["x_new"]));
    let fit = simple_regression_prediction(&x, &y, &x_new, level, MissingPolicy::Refuse)?;
    let each = |f: fn(&LinePrediction) -> f64| -> Vec<f64> { fit.predictions.iter().map(f).collect() };
    Ok(json!({
        "mean": each(|p| p.mean), "mean_ci_low": each(|p| p.mean_ci.low),
        "mean_ci_high": each(|p| p.mean_ci.high), "pred_low": each(|p| p.prediction.low),
        "pred_high": each(|p| p.prediction.high),
    }))
}

pub(crate) fn folds(inputs: &Value, options: &Value) -> Result<Value, StatError> {
    let columns = lists(&inputs["x_columns"]);
    let columns: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    let k = options["k"].as_u64().unwrap_or(0) as usize;
    let fit = kfold_r2(&numbers(&inputs["y"]), &columns, k, MissingPolicy::Refuse)?;
    Ok(json!({
        "r2_pooled": fit.r2, "r2_per_fold": fit.r2_per_fold, "rmse": fit.rmse, "press": fit.press,
    }))
}
