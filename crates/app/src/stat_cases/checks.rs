//! Answers of the checks of assumptions, of series and of corrections for many tests.

use ergon_stats::{
    AdfRegression, Adjustment, LeveneCenter, adf, anderson_darling, autocorrelation, bartlett, combine_pvalues,
    curve_area, dist, ecdf, ecdf_areas, fligner_killeen, ks_one_sample, ks_two_sample, levene, moment_normality,
    p_adjust, roc_auc, shapiro_wilk, variance_f_test,
};

use super::case::{Answer, Case};
use super::wire::object;

pub(super) fn variances(case: &Case<'_>) -> Answer {
    let (groups, missing) = (case.lists("groups")?, case.missing()?);
    let mean = levene(&groups, LeveneCenter::Mean, missing)?;
    let median = levene(&groups, LeveneCenter::Median, missing)?;
    let ranks = fligner_killeen(&groups, missing)?;
    Ok(object!({
        "W_mean": mean.statistic, "p_mean": mean.p, "W_median": median.statistic,
        "p_median": median.p, "fligner_chi2": ranks.statistic, "fligner_p": ranks.p,
    }))
}

pub(super) fn normal_variances(case: &Case<'_>) -> Answer {
    let b = bartlett(&case.lists("groups")?, case.missing()?)?;
    Ok(object!({ "T": b.statistic, "df": b.df1, "p": b.p }))
}

pub(super) fn two_variances(case: &Case<'_>) -> Answer {
    let v = variance_f_test(&case.numbers("x")?, &case.numbers("y")?, &case.test_options()?)?;
    Ok(object!({ "F": v.f, "df1": v.df1, "df2": v.df2, "p": v.p, "ci_ratio": v.ci }))
}

pub(super) fn normality(case: &Case<'_>) -> Answer {
    let s = shapiro_wilk(&case.numbers("x")?, case.missing()?)?;
    Ok(object!({ "W": s.w, "p": s.p }))
}

pub(super) fn weighted_tails(case: &Case<'_>) -> Answer {
    let a = anderson_darling(&case.numbers("x")?, case.missing()?)?;
    Ok(object!({ "A2": a.a2, "p": a.p }))
}

pub(super) fn against_normal(case: &Case<'_>) -> Answer {
    let k =
        ks_one_sample(&case.numbers("x")?, case.choice("dist", &[("N(0,1)", dist::normal::cdf)])?, case.missing()?)?;
    Ok(object!({
        "D": k.d, "p_exact": k.p_exact, "p_exact_scipy": k.p_exact, "p_asymptotic": k.p_asymptotic,
    }))
}

pub(super) fn two_distributions(case: &Case<'_>) -> Answer {
    let k = ks_two_sample(&case.numbers("x")?, &case.numbers("y")?, case.missing()?)?;
    Ok(object!({ "D": k.d, "p_exact": k.p_exact }))
}

pub(super) fn moments(case: &Case<'_>) -> Answer {
    let m = moment_normality(&case.numbers("x")?, case.missing()?)?;
    Ok(object!({
        "jarque_bera": m.jarque_bera, "jb_p": m.jarque_bera_p, "dagostino_k2": m.k2, "k2_p": m.k2_p,
        "skewtest_z": m.skewness_z, "kurtosistest_z": m.kurtosis_z,
    }))
}

pub(super) fn lags(case: &Case<'_>) -> Answer {
    let a = autocorrelation(&case.numbers("y")?, case.option_count("nlags")?)?;
    // Ljung and Box's test at the first and at the last lag.
    let ends = |v: &[f64]| [v.first().copied(), v.last().copied()];
    Ok(object!({
        "acf": a.acf, "pacf_yw": a.pacf, "ljung_box_Q": ends(&a.ljung_box), "ljung_box_p": ends(&a.ljung_box_p),
    }))
}

pub(super) fn unit_root(case: &Case<'_>) -> Answer {
    let words = [
        ("constant", AdfRegression::Constant),
        ("c", AdfRegression::Constant),
        ("ct", AdfRegression::Trend),
        ("constant+trend", AdfRegression::Trend),
        ("constant and trend", AdfRegression::Trend),
        ("trend", AdfRegression::Trend),
        ("n", AdfRegression::None),
        ("none", AdfRegression::None),
    ];
    let a = adf(&case.numbers("y")?, case.option_count("lags")?, case.choice("regression", &words)?)?;
    Ok(object!({ "statistic": a.statistic, "p_mackinnon": a.p, "crit": a.critical }))
}

pub(super) fn areas(case: &Case<'_>) -> Answer {
    let (pos, neg, missing) = (case.numbers("pos")?, case.numbers("neg")?, case.missing()?);
    let curve = curve_area(&case.numbers("x")?, &case.numbers("y")?)?;
    let steps = ecdf_areas(&pos, &neg, missing)?;
    Ok(object!({
        "roc_auc": roc_auc(&pos, &neg, missing)?, "trapezoid": curve.trapezoid,
        "simpson": curve.simpson, "ecdf_area_between": steps.between,
        "ecdf_area_pos_on_pooled_range": steps.first,
        "ecdf_at": ecdf(&pos, &[-1.0, 0.0, 0.5, 1.0, 2.0], missing)?,
    }))
}

pub(super) fn adjust(case: &Case<'_>) -> Answer {
    let p = case.numbers("p")?;
    Ok(object!({
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

pub(super) fn combined(case: &Case<'_>) -> Answer {
    let c = combine_pvalues(&case.numbers("p")?)?;
    Ok(object!({
        "fisher": [c.fisher_chi2, c.fisher_p], "stouffer": [c.stouffer_z, c.stouffer_p],
    }))
}
