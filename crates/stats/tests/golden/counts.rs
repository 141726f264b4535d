//! Answers of the procedures on counts and on agreement.

use ergon_stats::*;
use serde_json::{Value, json};

use crate::answers::{ends, float, test_options};
use crate::judge::{lists, number, numbers};

fn count(value: &Value) -> u64 {
    number(value).unwrap_or(-1.0) as u64
}

fn table(inputs: &Value) -> Vec<Vec<u64>> {
    lists(&inputs["table"]).iter().map(|r| r.iter().map(|n| *n as u64).collect()).collect()
}

fn fourfold(inputs: &Value) -> [[u64; 2]; 2] {
    let t = table(inputs);
    [[t[0][0], t[0][1]], [t[1][0], t[1][1]]]
}

fn level(options: &Value) -> f64 {
    options["conf_level"].as_f64().unwrap_or(0.95)
}

pub(crate) fn independence(inputs: &Value, options: &Value) -> Result<Value, StatError> {
    let c = chi2_independence(&table(inputs), options["yates"] == json!(true))?;
    Ok(json!({
        "chi2": c.chi2, "df": c.df, "p": c.p, "expected": c.expected, "cramers_v": c.cramers_v,
        "cramers_v_bias_corrected": c.cramers_v_corrected, "G": c.g, "G_p": c.g_p,
    }))
}

pub(crate) fn fit(inputs: &Value, _: &Value) -> Result<Value, StatError> {
    let observed: Vec<u64> = numbers(&inputs["observed"]).iter().map(|n| *n as u64).collect();
    let c = chi2_gof(&observed, &numbers(&inputs["p"]))?;
    Ok(json!({"chi2": c.chi2, "df": c.df, "p": c.p}))
}

pub(crate) fn fisher(inputs: &Value, options: &Value) -> Result<Value, StatError> {
    let f = fisher_exact(fourfold(inputs), &test_options(options))?;
    Ok(json!({
        "p": f.p, "odds_ratio_sample": float(f.odds_ratio),
        "odds_ratio_conditional_mle": float(f.conditional_odds_ratio), "or_ci": ends(&f.ci),
    }))
}

pub(crate) fn changes(inputs: &Value, _: &Value) -> Result<Value, StatError> {
    let m = mcnemar(fourfold(inputs))?;
    Ok(json!({
        "p_exact": m.p_exact, "chi2_corrected": m.chi2_corrected, "p_corrected": m.p_corrected,
        "chi2_uncorrected": m.chi2, "p_uncorrected": m.p,
    }))
}

pub(crate) fn binomial(inputs: &Value, options: &Value) -> Result<Value, StatError> {
    let p0 = number(&inputs["p0"]).unwrap_or(0.5);
    let b = binomial_test(count(&inputs["k"]), count(&inputs["n"]), p0, &test_options(options))?;
    Ok(json!({"p": b.p, "ci_clopper_pearson": ends(&b.ci), "estimate": b.estimate.value}))
}

pub(crate) fn proportion(inputs: &Value, options: &Value) -> Result<Value, StatError> {
    let p = proportion_ci(count(&inputs["k"]), count(&inputs["n"]), level(options))?;
    Ok(json!({
        "wilson": ends(&p.wilson), "agresti_coull": ends(&p.agresti_coull), "jeffreys": ends(&p.jeffreys),
        "wald": ends(&p.wald), "clopper_pearson": ends(&p.clopper_pearson),
        "wilson_cc": ends(&p.wilson_continuity),
    }))
}

pub(crate) fn proportions(inputs: &Value, options: &Value) -> Result<Value, StatError> {
    let n = |key: &str| count(&inputs[key]);
    let t = two_proportion_z((n("k1"), n("n1")), (n("k2"), n("n2")), &test_options(options))?;
    Ok(json!({
        "z": t.z, "p": t.p, "diff": t.estimate.value, "ci_wald": ends(&t.wald),
        "ci_newcombe": ends(&t.newcombe),
    }))
}

pub(crate) fn effects(inputs: &Value, options: &Value) -> Result<Value, StatError> {
    let e = effect_2x2(fourfold(inputs), level(options))?;
    Ok(json!({
        "odds_ratio": e.odds_ratio, "or_ci": e.odds_ratio_ci.as_ref().map(ends),
        "log_or_se": e.log_odds_ratio_se, "or_haldane": e.odds_ratio_haldane,
        "risk_ratio": e.risk_ratio, "rr_ci": e.risk_ratio_ci.as_ref().map(ends),
        "risk_difference": e.risk_difference, "cohen_h": e.cohen_h, "phi": e.phi,
    }))
}

pub(crate) fn agreement(inputs: &Value, options: &Value) -> Result<Value, StatError> {
    let k = cohens_kappa(&table(inputs), level(options))?;
    Ok(json!({
        "kappa": k.kappa, "se": k.se, "ci": ends(&k.ci), "kappa_linear": k.kappa_linear,
        "kappa_quadratic": k.kappa_quadratic,
    }))
}

pub(crate) fn reliability(inputs: &Value, _: &Value) -> Result<Value, StatError> {
    let i = icc(&lists(&inputs["Y"]), MissingPolicy::Refuse)?;
    Ok(json!({
        "icc1": i.icc1, "icc2": i.icc2, "icc3": i.icc3, "icc1k": i.icc1k, "icc2k": i.icc2k,
        "icc3k": i.icc3k,
    }))
}

pub(crate) fn signs(inputs: &Value, options: &Value) -> Result<Value, StatError> {
    let s = sign_test(&numbers(&inputs["d"]), &test_options(options))?;
    Ok(json!({"n_pos": s.positive, "n_nonzero": s.nonzero, "p": s.p}))
}
