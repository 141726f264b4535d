//! Answers of the linear models.

use ergon_stats::{
    AdjustedMean, Coefficient, FixedEffect, LinePrediction, LinearModelOptions, LmmOptions, OlsOptions, Predictor,
    SumsOfSquares, kfold_r2, linear_model, lmm_random_intercept, ols, polynomial_regression,
    simple_regression_prediction, theil_sen,
};
use serde_json::{Map, Value};

use super::case::{Answer, Case, CaseError};
use super::wire::{Wire, object};

fn ols_options(case: &Case<'_>) -> Result<OlsOptions, CaseError> {
    Ok(OlsOptions { intercept: case.flag("intercept", true)?, level: case.level()?, missing: case.missing()? })
}

pub(super) fn regression(case: &Case<'_>) -> Answer {
    let columns = case.lists("x_columns")?;
    let views: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    let fit = ols(&case.numbers("y")?, &views, &ols_options(case)?)?;
    let each = |f: &dyn Fn(&Coefficient) -> Value| -> Vec<Value> { fit.coefficients.iter().map(f).collect() };
    let first = |v: &[f64]| v.iter().take(5).copied().collect::<Vec<f64>>();
    let count = fit.coefficients.len() as f64;
    // R counts the residual variance as a parameter, statsmodels doesn't.
    let log_n = (fit.bic + 2.0 * fit.log_likelihood) / (count + 1.0);
    let vif: Vec<f64> = fit.coefficients.iter().filter_map(|c| c.vif).collect();
    Ok(object!({
        "coef": each(&|c| c.estimate.wire()), "se": each(&|c| c.se.wire()),
        "t": each(&|c| c.t.wire()), "p": each(&|c| c.p.wire()), "ci": each(&|c| c.ci.wire()),
        "r2": fit.r2, "adj_r2": fit.adjusted_r2, "F": fit.f, "F_p": fit.f_p,
        "sigma": fit.sigma, "df_resid": fit.df_residual, "loglik": fit.log_likelihood,
        "aic_r": fit.aic, "bic_r": fit.bic, "aic_sm": fit.aic - 2.0, "bic_sm": fit.bic - log_n,
        "se_hc0": each(&|c| c.se_hc[0].wire()), "se_hc1": each(&|c| c.se_hc[1].wire()),
        "se_hc2": each(&|c| c.se_hc[2].wire()), "se_hc3": each(&|c| c.se_hc[3].wire()),
        "durbin_watson": fit.durbin_watson, "leverage": first(&fit.leverage),
        "cooks_d": first(&fit.cooks_distance),
        "studentized_internal": first(&fit.studentized),
        "breusch_pagan_LM": fit.breusch_pagan.map(|b| b.0),
        "breusch_pagan_p": fit.breusch_pagan.map(|b| b.1), "vif": vif,
    }))
}

fn factorial(case: &Case<'_>, factors: &[&str], terms: &[Vec<usize>]) -> Answer {
    let y = case.numbers("y")?;
    let codes = factors.iter().map(|f| case.levels(f)).collect::<Result<Vec<_>, _>>()?;
    let predictors: Vec<Predictor<'_>> =
        factors.iter().zip(&codes).map(|(name, levels)| Predictor::Factor { name, levels }).collect();
    let mut answer = Map::new();
    for (key, sums) in
        [("type1", SumsOfSquares::Sequential), ("type2", SumsOfSquares::Marginal), ("type3", SumsOfSquares::Partial)]
    {
        let options = LinearModelOptions { sums, missing: case.missing()?, ..LinearModelOptions::default() };
        let model = linear_model(&y, &predictors, terms, &options)?;
        let mut table = Map::new();
        for t in &model.terms {
            let row = object!({
                "ss": t.ss, "df": t.df, "F": t.f, "p": t.p, "eta2": t.eta2,
                "partial_eta2": t.partial_eta2, "omega2": t.omega2, "partial_omega2": t.partial_omega2,
            });
            table.insert(t.name.clone(), row);
        }
        table.insert("Residual".to_owned(), object!({ "ss": model.ss_residual, "df": model.df_residual }));
        answer.insert(key.to_owned(), Value::Object(table));
    }
    Ok(Value::Object(answer))
}

pub(super) fn twoway(case: &Case<'_>) -> Answer {
    factorial(case, &["A", "B"], &[vec![0], vec![1], vec![0, 1]])
}

pub(super) fn threeway(case: &Case<'_>) -> Answer {
    let pairs = [vec![0, 1], vec![0, 2], vec![1, 2], vec![0, 1, 2]];
    let terms: Vec<Vec<usize>> = (0..3).map(|i| vec![i]).chain(pairs).collect();
    factorial(case, &["A", "B", "D"], &terms)
}

pub(super) fn ancova(case: &Case<'_>) -> Answer {
    let (group, x) = (case.levels("g")?, case.numbers("x")?);
    let predictors = [Predictor::Factor { name: "g", levels: &group }, Predictor::Covariate { name: "x", values: &x }];
    let options = LinearModelOptions { missing: case.missing()?, ..LinearModelOptions::default() };
    let model = linear_model(&case.numbers("y")?, &predictors, &[vec![0], vec![1]], &options)?;
    let means = model.adjusted_means(0)?;
    let each = |f: fn(&AdjustedMean) -> f64| -> Vec<f64> { means.iter().map(f).collect() };
    Ok(object!({
        "F_group": model.terms[0].f, "p_group": model.terms[0].p, "ss_group": model.terms[0].ss,
        "F_cov": model.terms[1].f, "p_cov": model.terms[1].p, "ss_resid": model.ss_residual,
        "adjusted_means": each(|m| m.estimate.value), "adjusted_se": each(|m| m.estimate.se),
    }))
}

pub(super) fn median_line(case: &Case<'_>) -> Answer {
    let t = theil_sen(&case.numbers("x")?, &case.numbers("y")?, case.level()?, case.missing()?)?;
    Ok(object!({ "slope": t.slope, "intercept": t.intercept, "ci": t.ci }))
}

pub(super) fn powers(case: &Case<'_>) -> Answer {
    let degree = case.option_count("degree")?;
    let fit = polynomial_regression(&case.numbers("x")?, &case.numbers("y")?, degree, &ols_options(case)?)?;
    let each = |f: fn(&Coefficient) -> f64| -> Vec<f64> { fit.coefficients.iter().map(f).collect() };
    Ok(object!({ "coef": each(|c| c.estimate), "se": each(|c| c.se), "p": each(|c| c.p), "r2": fit.r2 }))
}

pub(super) fn line(case: &Case<'_>) -> Answer {
    let (x, y, x_new) = (case.numbers("x")?, case.numbers("y")?, case.numbers("x_new")?);
    let fit = simple_regression_prediction(&x, &y, &x_new, case.level()?, case.missing()?)?;
    let each = |f: fn(&LinePrediction) -> f64| -> Vec<f64> { fit.predictions.iter().map(f).collect() };
    Ok(object!({
        "mean": each(|p| p.mean), "mean_ci_low": each(|p| p.mean_ci.low),
        "mean_ci_high": each(|p| p.mean_ci.high), "pred_low": each(|p| p.prediction.low),
        "pred_high": each(|p| p.prediction.high),
    }))
}

pub(super) fn folds(case: &Case<'_>) -> Answer {
    let columns = case.lists("x_columns")?;
    let columns: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    let fit = kfold_r2(&case.numbers("y")?, &columns, case.option_count("k")?, case.missing()?)?;
    Ok(object!({
        "r2_pooled": fit.r2, "r2_per_fold": fit.r2_per_fold, "rmse": fit.rmse, "press": fit.press,
    }))
}

pub(super) fn mixed(case: &Case<'_>) -> Answer {
    if !case.flag("reml", true)? {
        let problem = "expected true: variances are estimated by restricted maximum likelihood".to_owned();
        return Err(CaseError::Field { field: "options.reml".to_owned(), problem });
    }
    let columns = match case.inputs.get("x_columns") {
        Some(_) => case.lists("x_columns")?,
        None => vec![case.numbers("x")?],
    };
    let columns: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    let options = LmmOptions { level: case.level()?, missing: case.missing()? };
    let model = lmm_random_intercept(&case.numbers("y")?, &columns, &case.levels("group")?, &options)?;
    let each = |f: fn(&FixedEffect) -> f64| -> Vec<f64> { model.fixed.iter().map(f).collect() };
    Ok(object!({
        "fixef": each(|f| f.estimate), "se": each(|f| f.se), "var_group": model.variance_group,
        "var_resid": model.variance_residual, "reml_loglik": model.reml_log_likelihood, "icc": model.icc,
        "df_satterthwaite": each(|f| f.df), "p_satterthwaite": each(|f| f.p), "blup": model.blup,
        "ml_loglik": model.ml_log_likelihood, "singular": if model.singular { 1.0 } else { 0.0 },
    }))
}
