//! NIST Statistical Reference Datasets, graded on the exact results for the f64 inputs: at least
//! ten digits (log relative error ≥ 10).

use ergon_stats::{MissingPolicy, OlsOptions, anova_oneway, descriptive, ols};
use serde_json::Value;

use crate::judge::{lists, numbers};

fn digits(got: f64, want: f64) -> f64 {
    if got == want {
        return 16.0;
    }
    let off = if want == 0.0 { got.abs() } else { ((got - want) / want).abs() };
    -libm::log10(off)
}

fn grade(set: &str, key: &str, got: f64, exact: &Value) {
    let Some(want) = exact[key].as_f64() else {
        return;
    };
    let d = digits(got, want);
    println!("{set:9} {key:24} {d:5.1}");
    assert!(d >= 10.0, "{set} {key}: got {got:e}, want {want:e}: {d:.1} digits");
}

pub(crate) fn run(file: &Value) {
    for set in file["univariate"].as_array().into_iter().flatten() {
        let name = set["name"].as_str().unwrap_or("?");
        let exact = &set["exact_from_doubles"];
        let d = descriptive(&numbers(&set["values"]), 0.95, MissingPolicy::Refuse).expect(name);
        grade(name, "mean", d.mean, exact);
        grade(name, "sd", d.sd.expect(name), exact);
    }
    for set in file["anova"].as_array().into_iter().flatten() {
        let name = set["name"].as_str().unwrap_or("?");
        let exact = &set["exact_from_doubles"];
        let a = anova_oneway(&lists(&set["groups"]), MissingPolicy::Refuse).expect(name);
        grade(name, "ss_between", a.ss_between, exact);
        grade(name, "ss_within", a.ss_within, exact);
        grade(name, "F", a.f, exact);
        grade(name, "r_squared", a.eta2, exact);
        grade(name, "residual_sd", a.ms_within.sqrt(), exact);
    }
    for set in file["linear_regression"].as_array().into_iter().flatten() {
        regression(set);
    }
}

fn regression(set: &Value) {
    let name = set["name"].as_str().unwrap_or("?");
    let exact = &set["exact_from_doubles"];
    let x = numbers(&set["x"]);
    let mut columns = vec![x.clone()];
    for _ in 1..set["model"]["degree"].as_u64().expect(name) {
        let last = &columns[columns.len() - 1];
        columns.push(last.iter().zip(&x).map(|(a, b)| a * b).collect());
    }
    let views: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    let options = OlsOptions { intercept: set["model"]["intercept"].as_bool().expect(name), ..OlsOptions::default() };
    let fit = ols(&numbers(&set["y"]), &views, &options).expect(name);
    for (i, c) in fit.coefficients.iter().enumerate() {
        grade(name, "coefficient", c.estimate, &serde_json::json!({"coefficient": exact["coef"][i]}));
        grade(name, "se", c.se, &serde_json::json!({"se": exact["se"][i]}));
    }
    grade(name, "residual_sd", fit.sigma, exact);
    grade(name, "r_squared", fit.r2, exact);
}
