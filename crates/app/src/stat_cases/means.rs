//! Answers of the comparisons of means.

use ergon_stats::{
    Adjustment, EquivalenceOptions, Mauchly, MixedEffect, PairVariance, RangeComparison, RangeTest, StatError, TTest,
    Tost, anova_mixed, anova_oneway, anova_rm, bayes_t_jzs, dunnett, effect_eta2, effect_paired, effect_two_sample,
    games_howell, meta_analysis, pairwise_t, t_one_sample, t_paired, t_student, t_welch, tost, tost_paired, tukey_hsd,
    welch_anova,
};
use serde_json::Value;

use super::case::{Answer, Case, CaseError};
use super::wire::object;

fn t_test(t: &TTest) -> Value {
    object!({
        "statistic": t.statistic, "df": t.df, "p": t.p, "ci": t.ci,
        "mean": t.samples[0].mean, "mean_x": t.samples[0].mean,
        "mean_y": t.samples.get(1).map(|s| s.mean), "mean_diff": t.estimate.value,
    })
}

pub(super) fn one_sample(case: &Case<'_>) -> Answer {
    let mu = case.option_number("mu")?.unwrap_or(0.0);
    Ok(t_test(&t_one_sample(&case.numbers("x")?, mu, &case.test_options()?)?))
}

pub(super) fn paired(case: &Case<'_>) -> Answer {
    Ok(t_test(&t_paired(&case.numbers("x")?, &case.numbers("y")?, &case.test_options()?)?))
}

pub(super) fn student(case: &Case<'_>) -> Answer {
    Ok(t_test(&t_student(&case.numbers("x")?, &case.numbers("y")?, &case.test_options()?)?))
}

pub(super) fn welch(case: &Case<'_>) -> Answer {
    Ok(t_test(&t_welch(&case.numbers("x")?, &case.numbers("y")?, &case.test_options()?)?))
}

pub(super) fn oneway(case: &Case<'_>) -> Answer {
    let a = anova_oneway(&case.lists("groups")?, case.missing()?)?;
    Ok(object!({
        "F": a.f, "df1": a.df1, "df2": a.df2, "p": a.p, "ss_between": a.ss_between,
        "ss_within": a.ss_within, "ms_within": a.ms_within, "eta2": a.eta2,
        "omega2": a.omega2, "epsilon2": a.epsilon2,
    }))
}

pub(super) fn welch_oneway(case: &Case<'_>) -> Answer {
    let a = welch_anova(&case.lists("groups")?, case.missing()?)?;
    Ok(object!({ "F": a.f, "df1": a.df1, "df2": a.df2, "p": a.p }))
}

pub(super) fn repeated(case: &Case<'_>) -> Answer {
    let test = anova_rm(&case.lists("Y")?)?;
    let sphericity = |f: fn(&Mauchly) -> f64| test.mauchly.as_ref().map(f);
    Ok(object!({
        "ss_effect": test.ss_effect, "ss_error": test.ss_error, "df1": test.df1, "df2": test.df2, "F": test.f,
        "p": test.p, "p_gg": test.p_gg, "eps_gg": test.epsilon_gg, "eps_hf": test.epsilon_hf,
        "generalized_eta2": test.generalized_eta2, "mauchly_W": sphericity(|m| m.w),
        "mauchly_chi2": sphericity(|m| m.chi2), "mauchly_p": sphericity(|m| m.p),
        "mauchly_p_r": sphericity(|m| m.p),
    }))
}

pub(super) fn pairwise(case: &Case<'_>) -> Answer {
    let (groups, options) = (case.lists("groups")?, case.test_options()?);
    let run = |variance, adjustment| -> Result<Vec<f64>, StatError> {
        let all = pairwise_t(&groups, variance, adjustment, &options)?;
        Ok(all.pairs.iter().map(|pair| pair.p_adjusted).collect())
    };
    Ok(object!({
        "pooled_none": run(PairVariance::Pooled, Adjustment::None)?,
        "pooled_holm": run(PairVariance::Pooled, Adjustment::Holm)?,
        "pooled_bonferroni": run(PairVariance::Pooled, Adjustment::Bonferroni)?,
        "welch_none": run(PairVariance::Separate, Adjustment::None)?,
        "welch_holm": run(PairVariance::Separate, Adjustment::Holm)?,
    }))
}

fn ranges(test: &RangeTest) -> Value {
    let each = |f: fn(&RangeComparison) -> f64| -> Vec<f64> { test.pairs.iter().map(f).collect() };
    let pairs: Vec<[usize; 2]> = test.pairs.iter().map(|c| [c.first, c.second]).collect();
    object!({
        "pairs": pairs, "diff": each(|c| c.estimate.value), "se": each(|c| c.estimate.se),
        "t": each(|c| c.t), "df": each(|c| c.df), "p": each(|c| c.p),
        "ci_low": each(|c| c.ci.low), "ci_high": each(|c| c.ci.high),
    })
}

pub(super) fn tukey(case: &Case<'_>) -> Answer {
    Ok(ranges(&tukey_hsd(&case.lists("groups")?, case.level()?, case.missing()?)?))
}

pub(super) fn separate(case: &Case<'_>) -> Answer {
    Ok(ranges(&games_howell(&case.lists("groups")?, case.level()?, case.missing()?)?))
}

pub(super) fn against_control(case: &Case<'_>) -> Answer {
    let d = dunnett(&case.numbers("control")?, &case.lists("groups")?, &case.test_options()?)?;
    let p: Vec<f64> = d.comparisons.iter().map(|c| c.p).collect();
    Ok(object!({
        "t": d.comparisons.iter().map(|c| c.t).collect::<Vec<_>>(), "df": d.df, "p": p,
        "critical_t_95": d.critical, "p_scipy_mc": p,
    }))
}

fn mixed_effect(e: &MixedEffect) -> Value {
    object!({ "ss": e.ss, "F": e.f, "df1": e.df1, "df2": e.df2, "p": e.p, "partial_eta2": e.partial_eta2 })
}

/// Rows by subject from long form; every subject once at every level within, in one group.
pub(super) fn split_plot(case: &Case<'_>) -> Answer {
    let (subject, level, group) = (case.levels("s")?, case.levels("w")?, case.levels("b")?);
    let y = case.numbers("y")?;
    let wrong = |field: &str, problem: String| CaseError::Field { field: format!("inputs.{field}"), problem };
    for (field, n) in [("s", subject.len()), ("w", level.len()), ("b", group.len())] {
        if n != y.len() {
            return Err(wrong(field, format!("expected as many values as y has ({}), found {n}", y.len())));
        }
    }
    let count = |of: &[usize]| of.iter().max().map_or(0, |most| most + 1);
    let mut rows = vec![vec![None; count(&level)]; count(&subject)];
    let mut groups = vec![None; rows.len()];
    for (i, y) in y.iter().enumerate() {
        if rows[subject[i]][level[i]].replace(*y).is_some() {
            return Err(wrong(&format!("w[{i}]"), "the subject has this level twice; expected once".to_owned()));
        }
        if groups[subject[i]].replace(group[i]).is_some_and(|before| before != group[i]) {
            return Err(wrong(&format!("b[{i}]"), "the subject has another group before; expected one".to_owned()));
        }
    }
    let whole: Option<Vec<Vec<f64>>> = rows.into_iter().map(|row| row.into_iter().collect()).collect();
    let lacking = || wrong("w", "a subject lacks a level; expected every subject at every level".to_owned());
    let groups: Option<Vec<usize>> = groups.into_iter().collect();
    let test = anova_mixed(&whole.ok_or_else(lacking)?, &groups.ok_or_else(lacking)?)?;
    Ok(object!({
        "between": mixed_effect(&test.between), "within": mixed_effect(&test.within),
        "interaction": mixed_effect(&test.interaction),
    }))
}

pub(super) fn bayes_factor(case: &Case<'_>) -> Answer {
    case.choice("alternative", &[("two-sided", ())])?;
    let ny = if case.inputs["ny"].is_null() { None } else { Some(case.count("ny")?) };
    let scale = case.option_number("r_scale")?.unwrap_or(0.707);
    let b = bayes_t_jzs(case.number("t")?, case.count("nx")?, ny, scale)?;
    Ok(object!({ "bf10": b.bf10, "log_bf10": b.log_bf10 }))
}

pub(super) fn pooled(case: &Case<'_>) -> Answer {
    case.choice("tau2", &[("DerSimonian-Laird", ())])?;
    let m = meta_analysis(&case.numbers("effect")?, &case.numbers("variance")?, case.level()?)?;
    Ok(object!({
        "fixed": m.fixed.estimate.value, "fixed_se": m.fixed.estimate.se, "Q": m.q, "Q_p": m.q_p, "I2": m.i2,
        "tau2": m.tau2, "random": m.random.estimate.value, "random_se": m.random.estimate.se,
    }))
}

pub(super) fn two_sample_effects(case: &Case<'_>) -> Answer {
    let e = effect_two_sample(&case.numbers("x")?, &case.numbers("y")?, &case.test_options()?)?;
    Ok(object!({
        "cohen_d": e.cohen_d, "hedges_g": e.hedges_g, "hedges_J": e.hedges_j,
        "cohen_d_avsd": e.cohen_d_average, "glass_delta_y": e.glass_delta,
        "cliffs_delta": e.cliffs_delta, "rank_biserial": e.cliffs_delta, "cles_A": e.cles,
        "cles_normal": e.cles_normal, "d_ci": e.cohen_d_ci, "g_ci": e.hedges_g_ci,
    }))
}

pub(super) fn paired_effects(case: &Case<'_>) -> Answer {
    let e = effect_paired(&case.numbers("x")?, &case.numbers("y")?, &case.test_options()?)?;
    Ok(object!({
        "d_z": e.d_z, "d_av": e.d_av, "d_av_rms": e.d_av_rms, "d_rm": e.d_rm,
        "d_z_ci": e.d_z_ci, "g_z": e.g_z,
        "matched_rank_biserial": e.matched_rank_biserial,
    }))
}

pub(super) fn eta2(case: &Case<'_>) -> Answer {
    let level = case.option_number("conf_level")?.unwrap_or(0.9);
    let e = effect_eta2(case.number("F")?, case.number("df1")?, case.number("df2")?, level)?;
    Ok(object!({
        "partial_eta2": e.partial_eta2, "ncp_ci90": e.noncentrality,
        "eta2_ci90": e.ci, "omega2_partial": e.partial_omega2,
        "epsilon2_partial": e.partial_epsilon2,
    }))
}

fn bounds(case: &Case<'_>) -> Result<EquivalenceOptions, CaseError> {
    Ok(EquivalenceOptions {
        low: case.option_required("low")?,
        high: case.option_required("high")?,
        alpha: case.option_number("alpha")?.unwrap_or(0.05),
        missing: case.missing()?,
    })
}

fn equivalent(t: &Tost) -> Value {
    object!({
        "p": t.p, "t_low": t.t_low, "p_low": t.p_low, "t_high": t.t_high, "p_high": t.p_high,
        "df": t.df, "ci90": t.ci,
    })
}

pub(super) fn equivalence(case: &Case<'_>) -> Answer {
    let words =
        [("unequal", PairVariance::Separate), ("welch", PairVariance::Separate), ("pooled", PairVariance::Pooled)];
    let variance = case.choice("variance", &words)?;
    Ok(equivalent(&tost(&case.numbers("x")?, &case.numbers("y")?, variance, &bounds(case)?)?))
}

pub(super) fn equivalence_paired(case: &Case<'_>) -> Answer {
    Ok(equivalent(&tost_paired(&case.numbers("x")?, &case.numbers("y")?, &bounds(case)?)?))
}
