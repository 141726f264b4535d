//! Answers of the correlations.

use ergon_stats::*;
use serde_json::{Value, json};

use crate::answers::{ends, test_options};
use crate::judge::{lists, numbers};

fn xy(inputs: &Value) -> (Vec<f64>, Vec<f64>) {
    (numbers(&inputs["x"]), numbers(&inputs["y"]))
}

fn method(options: &Value) -> CorrelationMethod {
    match options["p_method"].as_str() {
        Some(name) if name.starts_with("exact") => CorrelationMethod::Exact,
        _ => CorrelationMethod::Approximate,
    }
}

fn table(c: &Correlation) -> Value {
    json!({
        "r": c.estimate, "rho": c.estimate, "tau": c.estimate, "p": c.p, "t": c.statistic,
        "S": c.statistic, "df": c.df, "ci": c.ci.as_ref().map(ends),
    })
}

pub(crate) fn product_moment(inputs: &Value, options: &Value) -> Result<Value, StatError> {
    let (x, y) = xy(inputs);
    pearson(&x, &y, &test_options(options)).map(|c| table(&c))
}

pub(crate) fn rank(inputs: &Value, options: &Value) -> Result<Value, StatError> {
    let (x, y) = xy(inputs);
    spearman(&x, &y, method(options), &test_options(options)).map(|c| table(&c))
}

pub(crate) fn concordance(inputs: &Value, options: &Value) -> Result<Value, StatError> {
    let (x, y) = xy(inputs);
    kendall(&x, &y, method(options), &test_options(options)).map(|c| table(&c))
}

pub(crate) fn two_valued(inputs: &Value, options: &Value) -> Result<Value, StatError> {
    let (x, y) = xy(inputs);
    point_biserial(&x, &y, &test_options(options)).map(|c| table(&c))
}

pub(crate) fn partial(inputs: &Value, options: &Value) -> Result<Value, StatError> {
    let (x, y) = xy(inputs);
    let given = lists(&inputs["z_columns"]);
    let given: Vec<&[f64]> = given.iter().map(Vec::as_slice).collect();
    partial_correlation(&x, &y, &given, &test_options(options)).map(|c| table(&c))
}
