//! One answer per procedure: from a case's inputs and options to the keys it expects.

use ergon_stats::*;
use serde_json::{Value, json};

use crate::judge::{lists, number, numbers};
use crate::{association, checks, counts, design, models, rank, ranked, series, several, shapes};

/// A procedure of the vectors.
pub(crate) struct Procedure {
    /// File name without its extension.
    pub(crate) name: &'static str,
    /// From inputs and options to the expected keys.
    pub(crate) answer: fn(&Value, &Value) -> Result<Value, StatError>,
    /// Expected keys that are not built yet.
    pub(crate) not_built: &'static [&'static str],
}

const fn all(name: &'static str, answer: fn(&Value, &Value) -> Result<Value, StatError>) -> Procedure {
    Procedure { name, answer, not_built: &[] }
}

/// The procedures built so far.
pub(crate) const PROCEDURES: &[Procedure] = &[
    all("descriptive", describe),
    all("quantile_types", quantile_types),
    all("distribution_functions", distribution_functions),
    all("t_one_sample", one_sample),
    all("t_paired", paired),
    all("t_student", student),
    all("t_welch", welch),
    all("anova_oneway", oneway),
    all("welch_anova", welch_oneway),
    all("p_adjust", adjust),
    all("pairwise_t", pairwise),
    all("effect_two_sample", two_sample_effects),
    all("effect_paired", paired_effects),
    all("mann_whitney_exact", rank::mann_whitney_exact),
    all("mann_whitney_exact_ties", rank::mann_whitney_exact),
    all("mann_whitney_asymptotic", rank::mann_whitney_asymptotic),
    all("wilcoxon_exact", rank::wilcoxon_exact),
    all("wilcoxon_approx", rank::wilcoxon_approx),
    all("hodges_lehmann", rank::shift),
    all("permutation_exact", rank::permutation_exact),
    all("permutation_paired_exact", rank::permutation_paired_exact),
    all("levene", checks::variances),
    all("shapiro_wilk", checks::normality),
    all("outliers", checks::outlying),
    all("kaplan_meier", checks::survival),
    all("log_rank", checks::survival_groups),
    all("ols_multiple", models::regression),
    all("anova_twoway", models::twoway),
    all("anova_threeway", models::threeway),
    all("ancova", models::ancova),
    Procedure { name: "studentized_range", answer: several::range, not_built: &["ppf_r"] },
    all("bootstrap_ci", rank::resampled),
    all("tukey_hsd", several::tukey),
    all("games_howell", several::separate),
    all("anova_rm", several::repeated),
    all("effect_eta2_ci", several::eta2),
    all("kruskal_wallis", ranked::kruskal),
    all("dunn", ranked::pairs),
    all("friedman", ranked::blocks),
    all("cochran_q", ranked::successes),
    all("pearson", association::product_moment),
    all("spearman", association::rank),
    all("spearman_exact", association::rank),
    all("kendall", association::concordance),
    all("point_biserial", association::two_valued),
    all("partial_correlation", association::partial),
    all("chi2_independence", counts::independence),
    all("chi2_gof", counts::fit),
    all("fisher_exact", counts::fisher),
    all("mcnemar", counts::changes),
    all("binomial_test", counts::binomial),
    all("proportion_ci", counts::proportion),
    all("two_proportion_z", counts::proportions),
    all("effect_2x2", counts::effects),
    all("cohens_kappa", counts::agreement),
    all("icc", counts::reliability),
    all("sign_test", counts::signs),
    all("tost", shapes::equivalence),
    all("tost_paired", shapes::equivalence_paired),
    all("variance_f_test", shapes::two_variances),
    all("bartlett", shapes::variances),
    all("anderson_darling", shapes::weighted_tails),
    all("ks_one_sample", shapes::against_normal),
    all("ks_two_sample", shapes::two_distributions),
    all("combine_pvalues", shapes::combined),
    all("moment_normality", shapes::moments),
    all("power_t_one_sample", design::one_sample),
    all("power_t_two_sample", design::two_sample),
    all("power_anova", design::anova),
    all("power_two_proportions", design::proportions),
    all("power_correlation", design::correlation),
    all("power_chi2", design::chi2),
    all("theil_sen", design::median_line),
    all("simple_regression_prediction", design::line),
    all("polynomial_regression", design::powers),
    all("kfold_r2", design::folds),
    all("autocorrelation", series::lags),
    all("area_under_curve", series::areas),
];

fn missing(options: &Value) -> MissingPolicy {
    match options["nan_policy"].as_str() {
        Some("omit") => MissingPolicy::Omit,
        _ => MissingPolicy::Refuse,
    }
}

pub(crate) fn alternative(options: &Value) -> Alternative {
    match options["alternative"].as_str() {
        Some("less") => Alternative::Less,
        Some("greater") => Alternative::Greater,
        _ => Alternative::TwoSided,
    }
}

pub(crate) fn test_options(options: &Value) -> TestOptions {
    TestOptions {
        alternative: alternative(options),
        level: options["conf_level"].as_f64().unwrap_or(0.95),
        missing: missing(options),
        ..TestOptions::default()
    }
}

pub(crate) fn float(x: f64) -> Value {
    if x.is_finite() {
        json!(x)
    } else if x.is_nan() {
        json!("NaN")
    } else if x > 0.0 {
        json!("Infinity")
    } else {
        json!("-Infinity")
    }
}

pub(crate) fn ends(ci: &Interval) -> Value {
    json!([float(ci.low), float(ci.high)])
}

fn describe(inputs: &Value, options: &Value) -> Result<Value, StatError> {
    let d = descriptive(&numbers(&inputs["x"]), 0.95, missing(options))?;
    Ok(json!({
        "n": d.account.n_used, "n_missing": d.account.n_dropped, "mean": d.mean, "min": d.min,
        "max": d.max, "sum": d.sum, "quantiles_type7": d.quantiles, "median": d.median,
        "iqr": d.iqr, "mad_raw": d.mad, "var": d.var, "sd": d.sd, "sem": d.sem,
        "ci95_mean": d.mean_ci.as_ref().map(ends), "skew_biased": d.skewness,
        "kurt_excess_biased": d.kurtosis, "skew_unbiased": d.skewness_unbiased,
        "kurt_excess_unbiased": d.kurtosis_unbiased, "gmean": d.geometric_mean,
        "hmean": d.harmonic_mean,
    }))
}

fn quantile_types(inputs: &Value, options: &Value) -> Result<Value, StatError> {
    let (x, p) = (numbers(&inputs["x"]), numbers(&inputs["p"]));
    let mut answer = serde_json::Map::new();
    for number in numbers(&options["types"]) {
        let kind = QuantileType::from_number(number as u8).expect("type");
        let q = quantiles(&x, &p, kind, MissingPolicy::Refuse)?;
        answer.insert(format!("type{number}"), json!(q));
    }
    Ok(Value::Object(answer))
}

fn distribution_functions(inputs: &Value, options: &Value) -> Result<Value, StatError> {
    use ergon_stats::dist::*;
    let function = options["function"].as_str().unwrap_or_default();
    let grid = |rows: &str, columns: &str, f: &dyn Fn(f64, f64) -> f64| -> Vec<Vec<f64>> {
        let columns = numbers(&inputs[columns]);
        numbers(&inputs[rows]).into_iter().map(|r| columns.iter().map(|c| f(r, *c)).collect()).collect()
    };
    let each =
        |key: &str, f: &dyn Fn(&[f64]) -> f64| -> Vec<f64> { lists(&inputs[key]).iter().map(|a| f(a)).collect() };
    Ok(if function.starts_with("student t survival") {
        json!({"sf": grid("t", "df", &student_t::sf)})
    } else if function.starts_with("student t quantile") {
        json!({"ppf": grid("p", "df", &student_t::quantile)})
    } else if function.starts_with("F survival") {
        let df = lists(&inputs["df"]);
        let sf: Vec<Vec<f64>> = numbers(&inputs["F"])
            .into_iter()
            .map(|f| df.iter().map(|d| fisher_f::sf(f, d[0], d[1])).collect())
            .collect();
        json!({"sf": sf})
    } else if function.starts_with("chi2") {
        json!({"sf": grid("x", "df", &chi_squared::sf)})
    } else if function.starts_with("normal") {
        let z = numbers(&inputs["z"]);
        let p = [1e-12, 1e-6, 0.001, 0.025, 0.1, 0.3, 0.5, 0.9, 0.975, 0.9999];
        json!({
            "sf": z.iter().map(|z| normal::sf(*z)).collect::<Vec<_>>(),
            "isf_of_p": p.iter().map(|p| normal::isf(*p)).collect::<Vec<_>>(),
        })
    } else if function.starts_with("noncentral t") {
        json!({
            "cdf": each("t_df_nc", &|a| noncentral_t::cdf(a[0], a[1], a[2])),
            "sf": each("t_df_nc", &|a| noncentral_t::sf(a[0], a[1], a[2])),
        })
    } else if function.starts_with("noncentral F") {
        json!({"cdf": each("F_df1_df2_nc", &|a| noncentral_f::cdf(a[0], a[1], a[2], a[3]))})
    } else if function.starts_with("noncentral chi2") {
        json!({"cdf": each("x_df_nc", &|a| noncentral_chi_squared::cdf(a[0], a[1], a[2]))})
    } else {
        json!({"cdf": each("x_a_b", &|a| beta::cdf(a[0], a[1], a[2]))})
    })
}

fn t_test(t: &TTest) -> Value {
    json!({
        "statistic": t.statistic, "df": t.df, "p": t.p, "ci": ends(&t.ci),
        "mean": t.samples[0].mean, "mean_x": t.samples[0].mean,
        "mean_y": t.samples.get(1).map(|s| s.mean), "mean_diff": t.estimate.value,
    })
}

fn one_sample(inputs: &Value, options: &Value) -> Result<Value, StatError> {
    let mu = number(&options["mu"]).unwrap_or(0.0);
    t_one_sample(&numbers(&inputs["x"]), mu, &test_options(options)).map(|t| t_test(&t))
}

fn paired(inputs: &Value, options: &Value) -> Result<Value, StatError> {
    let (x, y) = (numbers(&inputs["x"]), numbers(&inputs["y"]));
    t_paired(&x, &y, &test_options(options)).map(|t| t_test(&t))
}

fn student(inputs: &Value, options: &Value) -> Result<Value, StatError> {
    let (x, y) = (numbers(&inputs["x"]), numbers(&inputs["y"]));
    t_student(&x, &y, &test_options(options)).map(|t| t_test(&t))
}

fn welch(inputs: &Value, options: &Value) -> Result<Value, StatError> {
    let (x, y) = (numbers(&inputs["x"]), numbers(&inputs["y"]));
    t_welch(&x, &y, &test_options(options)).map(|t| t_test(&t))
}

fn oneway(inputs: &Value, options: &Value) -> Result<Value, StatError> {
    let a = anova_oneway(&lists(&inputs["groups"]), missing(options))?;
    Ok(json!({
        "F": float(a.f), "df1": a.df1, "df2": a.df2, "p": a.p, "ss_between": a.ss_between,
        "ss_within": a.ss_within, "ms_within": a.ms_within, "eta2": a.eta2,
        "omega2": a.omega2, "epsilon2": a.epsilon2,
    }))
}

fn welch_oneway(inputs: &Value, options: &Value) -> Result<Value, StatError> {
    let a = welch_anova(&lists(&inputs["groups"]), missing(options))?;
    Ok(json!({"F": a.f, "df1": a.df1, "df2": a.df2, "p": a.p}))
}

fn adjust(inputs: &Value, _: &Value) -> Result<Value, StatError> {
    let p = numbers(&inputs["p"]);
    Ok(json!({
        "bonferroni": p_adjust(&p, Adjustment::Bonferroni)?,
        "holm": p_adjust(&p, Adjustment::Holm)?,
        "hochberg": p_adjust(&p, Adjustment::Hochberg)?,
        "hommel": p_adjust(&p, Adjustment::Hommel)?,
        "sidak": p_adjust(&p, Adjustment::Sidak)?,
        "holm_sidak": p_adjust(&p, Adjustment::HolmSidak)?,
        "bh": p_adjust(&p, Adjustment::BenjaminiHochberg)?,
        "by": p_adjust(&p, Adjustment::BenjaminiYekutieli)?,
    }))
}

fn pairwise(inputs: &Value, options: &Value) -> Result<Value, StatError> {
    let groups = lists(&inputs["groups"]);
    let run = |variance, adjustment| -> Result<Vec<f64>, StatError> {
        let all = pairwise_t(&groups, variance, adjustment, &test_options(options))?;
        Ok(all.pairs.iter().map(|pair| pair.p_adjusted).collect())
    };
    Ok(json!({
        "pooled_none": run(PairVariance::Pooled, Adjustment::None)?,
        "pooled_holm": run(PairVariance::Pooled, Adjustment::Holm)?,
        "pooled_bonferroni": run(PairVariance::Pooled, Adjustment::Bonferroni)?,
        "welch_none": run(PairVariance::Separate, Adjustment::None)?,
        "welch_holm": run(PairVariance::Separate, Adjustment::Holm)?,
    }))
}

fn two_sample_effects(inputs: &Value, options: &Value) -> Result<Value, StatError> {
    let (x, y) = (numbers(&inputs["x"]), numbers(&inputs["y"]));
    let e = effect_two_sample(&x, &y, &test_options(options))?;
    Ok(json!({
        "cohen_d": e.cohen_d, "hedges_g": e.hedges_g, "hedges_J": e.hedges_j,
        "cohen_d_avsd": e.cohen_d_average, "glass_delta_y": float(e.glass_delta),
        "cliffs_delta": e.cliffs_delta, "rank_biserial": e.cliffs_delta, "cles_A": e.cles,
        "cles_normal": e.cles_normal, "d_ci": e.cohen_d_ci.as_ref().map(ends),
        "g_ci": e.hedges_g_ci.as_ref().map(ends),
    }))
}

fn paired_effects(inputs: &Value, options: &Value) -> Result<Value, StatError> {
    let (x, y) = (numbers(&inputs["x"]), numbers(&inputs["y"]));
    let e = effect_paired(&x, &y, &test_options(options))?;
    Ok(json!({
        "d_z": e.d_z, "d_av": e.d_av, "d_av_rms": e.d_av_rms, "d_rm": e.d_rm,
        "d_z_ci": e.d_z_ci.as_ref().map(ends), "g_z": e.g_z,
        "matched_rank_biserial": e.matched_rank_biserial,
    }))
}
