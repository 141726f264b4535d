//! Answers of the linear models.

use ergon_stats::*;
use serde_json::{Map, Value, json};

use crate::answers::{ends, float};
use crate::judge::{lists, numbers};

pub(crate) fn regression(inputs: &Value, options: &Value) -> Result<Value, StatError> {
    let columns = lists(&inputs["x_columns"]);
    let views: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    let o = OlsOptions { intercept: options["intercept"].as_bool().unwrap_or(true), ..OlsOptions::default() };
    let fit = ols(&numbers(&inputs["y"]), &views, &o)?;
    let each = |f: &dyn Fn(&Coefficient) -> Value| -> Vec<Value> { fit.coefficients.iter().map(f).collect() };
    let first = |v: &[f64]| v.iter().take(5).copied().collect::<Vec<f64>>();
    let n = fit.residuals.len() as f64;
    let count = fit.coefficients.len() as f64;
    let vif: Vec<f64> = fit.coefficients.iter().filter_map(|c| c.vif).collect();
    Ok(json!({
        "coef": each(&|c| json!(c.estimate)), "se": each(&|c| json!(c.se)),
        "t": each(&|c| json!(c.t)), "p": each(&|c| json!(c.p)), "ci": each(&|c| ends(&c.ci)),
        "r2": fit.r2, "adj_r2": fit.adjusted_r2, "F": fit.f, "F_p": fit.f_p,
        "sigma": fit.sigma, "df_resid": fit.df_residual, "loglik": fit.log_likelihood,
        "aic_r": fit.aic, "bic_r": fit.bic,
        "aic_sm": fit.aic - 2.0, "bic_sm": count * libm::log(n) - 2.0 * fit.log_likelihood,
        "se_hc0": each(&|c| json!(c.se_hc[0])), "se_hc1": each(&|c| json!(c.se_hc[1])),
        "se_hc2": each(&|c| json!(c.se_hc[2])), "se_hc3": each(&|c| json!(c.se_hc[3])),
        "durbin_watson": fit.durbin_watson, "leverage": first(&fit.leverage),
        "cooks_d": first(&fit.cooks_distance),
        "studentized_internal": first(&fit.studentized),
        "breusch_pagan_LM": fit.breusch_pagan.map(|b| b.0),
        "breusch_pagan_p": fit.breusch_pagan.map(|b| b.1), "vif": vif,
    }))
}

/// Levels as numbers, in the order of their sorted names.
fn levels(value: &Value) -> Vec<usize> {
    let names: Vec<&str> =
        value.as_array().map(|list| list.iter().filter_map(Value::as_str).collect()).unwrap_or_default();
    let mut distinct = names.clone();
    distinct.sort_unstable();
    distinct.dedup();
    names.iter().filter_map(|n| distinct.binary_search(n).ok()).collect()
}

fn factorial(inputs: &Value, factors: &[&str], terms: &[Vec<usize>]) -> Result<Value, StatError> {
    let y = numbers(&inputs["y"]);
    let codes: Vec<Vec<usize>> = factors.iter().map(|f| levels(&inputs[*f])).collect();
    let predictors: Vec<Predictor<'_>> =
        factors.iter().zip(&codes).map(|(name, levels)| Predictor::Factor { name, levels }).collect();
    let mut answer = Map::new();
    for (key, sums) in
        [("type1", SumsOfSquares::Sequential), ("type2", SumsOfSquares::Marginal), ("type3", SumsOfSquares::Partial)]
    {
        let options = LinearModelOptions { sums, ..LinearModelOptions::default() };
        let model = linear_model(&y, &predictors, terms, &options)?;
        let mut table = Map::new();
        for t in &model.terms {
            table.insert(
                t.name.clone(),
                json!({
                    "ss": t.ss, "df": t.df, "F": float(t.f), "p": t.p, "eta2": t.eta2,
                    "partial_eta2": t.partial_eta2, "omega2": t.omega2,
                    "partial_omega2": t.partial_omega2,
                }),
            );
        }
        table.insert("Residual".to_owned(), json!({"ss": model.ss_residual, "df": model.df_residual}));
        answer.insert(key.to_owned(), Value::Object(table));
    }
    Ok(Value::Object(answer))
}

pub(crate) fn twoway(inputs: &Value, _: &Value) -> Result<Value, StatError> {
    factorial(inputs, &["A", "B"], &[vec![0], vec![1], vec![0, 1]])
}

pub(crate) fn threeway(inputs: &Value, _: &Value) -> Result<Value, StatError> {
    let pairs = [vec![0, 1], vec![0, 2], vec![1, 2], vec![0, 1, 2]];
    let terms: Vec<Vec<usize>> = (0..3).map(|i| vec![i]).chain(pairs).collect();
    factorial(inputs, &["A", "B", "D"], &terms)
}

pub(crate) fn ancova(inputs: &Value, _: &Value) -> Result<Value, StatError> {
    let (group, x) = (levels(&inputs["g"]), numbers(&inputs["x"]));
    let predictors = [Predictor::Factor { name: "g", levels: &group }, Predictor::Covariate { name: "x", values: &x }];
    let model = linear_model(&numbers(&inputs["y"]), &predictors, &[vec![0], vec![1]], &LinearModelOptions::default())?;
    let means = model.adjusted_means(0)?;
    let each = |f: fn(&AdjustedMean) -> f64| -> Vec<f64> { means.iter().map(f).collect() };
    Ok(json!({
        "F_group": model.terms[0].f, "p_group": model.terms[0].p, "ss_group": model.terms[0].ss,
        "F_cov": model.terms[1].f, "p_cov": model.terms[1].p, "ss_resid": model.ss_residual,
        "adjusted_means": each(|m| m.estimate.value), "adjusted_se": each(|m| m.estimate.se),
    }))
}
