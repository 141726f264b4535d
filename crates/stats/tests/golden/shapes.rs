//! Answers of equivalence, of tests of variances and distributions, of combined p-values.

use ergon_stats::*;
use serde_json::{Value, json};

use crate::answers::{ends, float, test_options};
use crate::judge::{lists, number, numbers};

fn bounds(options: &Value) -> EquivalenceOptions {
    let one = |key: &str| number(&options[key]).unwrap_or(f64::NAN);
    let alpha = options["alpha"].as_f64().unwrap_or(0.05);
    EquivalenceOptions { low: one("low"), high: one("high"), alpha, missing: MissingPolicy::Refuse }
}

fn table(t: &Tost) -> Value {
    json!({
        "p": t.p, "t_low": t.t_low, "p_low": t.p_low, "t_high": t.t_high, "p_high": t.p_high,
        "df": t.df, "ci90": ends(&t.ci),
    })
}

pub(crate) fn equivalence(inputs: &Value, options: &Value) -> Result<Value, StatError> {
    let variance = match options["variance"].as_str() {
        Some("pooled") => PairVariance::Pooled,
        _ => PairVariance::Separate,
    };
    tost(&numbers(&inputs["x"]), &numbers(&inputs["y"]), variance, &bounds(options)).map(|t| table(&t))
}

pub(crate) fn equivalence_paired(inputs: &Value, options: &Value) -> Result<Value, StatError> {
    tost_paired(&numbers(&inputs["x"]), &numbers(&inputs["y"]), &bounds(options)).map(|t| table(&t))
}

pub(crate) fn two_variances(inputs: &Value, options: &Value) -> Result<Value, StatError> {
    let v = variance_f_test(&numbers(&inputs["x"]), &numbers(&inputs["y"]), &test_options(options))?;
    Ok(json!({"F": v.f, "df1": v.df1, "df2": v.df2, "p": v.p, "ci_ratio": ends(&v.ci)}))
}

pub(crate) fn variances(inputs: &Value, _: &Value) -> Result<Value, StatError> {
    let b = bartlett(&lists(&inputs["groups"]), MissingPolicy::Refuse)?;
    Ok(json!({"T": b.statistic, "df": b.df1, "p": b.p}))
}

pub(crate) fn weighted_tails(inputs: &Value, _: &Value) -> Result<Value, StatError> {
    let a = anderson_darling(&numbers(&inputs["x"]), MissingPolicy::Refuse)?;
    Ok(json!({"A2": a.a2, "p": a.p}))
}

pub(crate) fn against_normal(inputs: &Value, _: &Value) -> Result<Value, StatError> {
    let k = ks_one_sample(&numbers(&inputs["x"]), dist::normal::cdf, MissingPolicy::Refuse)?;
    Ok(json!({
        "D": k.d, "p_exact": k.p_exact, "p_exact_scipy": k.p_exact, "p_asymptotic": k.p_asymptotic,
    }))
}

pub(crate) fn two_distributions(inputs: &Value, _: &Value) -> Result<Value, StatError> {
    let k = ks_two_sample(&numbers(&inputs["x"]), &numbers(&inputs["y"]), MissingPolicy::Refuse)?;
    Ok(json!({"D": k.d, "p_exact": k.p_exact}))
}

pub(crate) fn combined(inputs: &Value, _: &Value) -> Result<Value, StatError> {
    let c = combine_pvalues(&numbers(&inputs["p"]))?;
    Ok(json!({
        "fisher": [float(c.fisher_chi2), float(c.fisher_p)],
        "stouffer": [float(c.stouffer_z), float(c.stouffer_p)],
    }))
}

pub(crate) fn moments(inputs: &Value, _: &Value) -> Result<Value, StatError> {
    let m = moment_normality(&numbers(&inputs["x"]), MissingPolicy::Refuse)?;
    Ok(json!({
        "jarque_bera": m.jarque_bera, "jb_p": m.jarque_bera_p, "dagostino_k2": m.k2, "k2_p": m.k2_p,
        "skewtest_z": m.skewness_z, "kurtosistest_z": m.kurtosis_z,
    }))
}
