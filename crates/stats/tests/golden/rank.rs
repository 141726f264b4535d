//! Answers of the rank and permutation procedures.

use ergon_stats::*;
use serde_json::{Value, json};

use crate::answers::{ends, test_options};
use crate::judge::numbers;

fn two(inputs: &Value, options: &Value, method: RankMethod) -> Result<MannWhitney, StatError> {
    let (x, y) = (numbers(&inputs["x"]), numbers(&inputs["y"]));
    mann_whitney(&x, &y, method, &test_options(options))
}

pub(crate) fn mann_whitney_exact(inputs: &Value, options: &Value) -> Result<Value, StatError> {
    let m = two(inputs, options, RankMethod::Exact)?;
    Ok(json!({"U": m.u, "U2": m.u_other, "p": m.p}))
}

pub(crate) fn mann_whitney_asymptotic(inputs: &Value, options: &Value) -> Result<Value, StatError> {
    let continuity = options["continuity"].as_bool().unwrap_or(true);
    let m = two(inputs, options, RankMethod::Asymptotic { continuity })?;
    Ok(json!({"U": m.u, "p": m.p}))
}

pub(crate) fn wilcoxon_exact(inputs: &Value, options: &Value) -> Result<Value, StatError> {
    let d = numbers(&inputs["d"]);
    let o = test_options(options);
    let w = wilcoxon_signed_rank(&d, ZeroDifferences::Drop, RankMethod::Exact, &o)?;
    Ok(json!({"V_plus": w.w_plus, "W_min": w.w_plus.min(w.w_minus), "p": w.p}))
}

pub(crate) fn wilcoxon_approx(inputs: &Value, options: &Value) -> Result<Value, StatError> {
    let zeros = match options["zero_method"].as_str() {
        Some("pratt") => ZeroDifferences::Pratt,
        _ => ZeroDifferences::Drop,
    };
    let continuity = options["continuity"].as_bool().unwrap_or(true);
    let o = test_options(options);
    let method = RankMethod::Asymptotic { continuity };
    let w = wilcoxon_signed_rank(&numbers(&inputs["d"]), zeros, method, &o)?;
    // The vectors report the smaller rank sum, and its z, for two-sided tests.
    let z = w.z.unwrap_or(f64::NAN);
    Ok(match o.alternative {
        Alternative::TwoSided => json!({
            "statistic": w.w_plus.min(w.w_minus), "z": -z.abs(), "p": w.p,
        }),
        _ => json!({"statistic": w.w_plus, "z": z, "p": w.p}),
    })
}

pub(crate) fn shift(inputs: &Value, options: &Value) -> Result<Value, StatError> {
    let (x, y) = (numbers(&inputs["x"]), numbers(&inputs["y"]));
    let h = hodges_lehmann(&x, &y, &test_options(options))?;
    Ok(json!({"estimate": h.estimate, "ci": ends(&h.ci)}))
}

fn each_alternative(run: impl Fn(&TestOptions) -> Result<PermutationTest, StatError>) -> Result<Value, StatError> {
    let with = |alternative| run(&TestOptions { alternative, ..TestOptions::default() });
    let both = with(Alternative::TwoSided)?;
    Ok(json!({
        "n_perm": both.permutations, "p_two_sided": both.p,
        "p_greater": with(Alternative::Greater)?.p, "p_less": with(Alternative::Less)?.p,
    }))
}

pub(crate) fn permutation_exact(inputs: &Value, _: &Value) -> Result<Value, StatError> {
    let (x, y) = (numbers(&inputs["x"]), numbers(&inputs["y"]));
    each_alternative(|o| permutation_two_sample(&x, &y, &Resampling::default(), o))
}

pub(crate) fn permutation_paired_exact(inputs: &Value, _: &Value) -> Result<Value, StatError> {
    let d = numbers(&inputs["d"]);
    each_alternative(|o| permutation_one_sample(&d, &Resampling::default(), o))
}

pub(crate) fn resampled(inputs: &Value, options: &Value) -> Result<Value, StatError> {
    let x = numbers(&inputs["x"]);
    let statistic = |samples: &mut [Vec<f64>]| match options["statistic"].as_str() {
        Some("median") => median_of(&mut samples[0]),
        Some("sd") => {
            let mean = mean_of(&samples[0]);
            let ss: f64 = samples[0].iter().map(|v| (v - mean) * (v - mean)).sum();
            (ss / (samples[0].len() - 1) as f64).sqrt()
        }
        _ => mean_of(&samples[0]),
    };
    let o = BootstrapOptions { resamples: 20_000, ..BootstrapOptions::default() };
    let b = bootstrap(&[&x], statistic, &o)?;
    Ok(json!({
        "percentile": ends(&b.percentile), "basic": ends(&b.basic), "bca": ends(&b.bca),
        "se": b.se, "acceleration": b.acceleration, "estimate": b.estimate,
    }))
}
