//! Answers of the procedures on counts and on agreement.

use ergon_stats::{
    binomial_test, chi2_gof, chi2_independence, cohens_kappa, effect_2x2, fisher_exact, icc, mcnemar, proportion_ci,
    two_proportion_z,
};

use super::case::{Answer, Case};
use super::wire::object;

pub(super) fn independence(case: &Case<'_>) -> Answer {
    let c = chi2_independence(&case.table()?, case.flag("yates", false)?)?;
    Ok(object!({
        "chi2": c.chi2, "df": c.df, "p": c.p, "expected": c.expected, "cramers_v": c.cramers_v,
        "cramers_v_bias_corrected": c.cramers_v_corrected, "G": c.g, "G_p": c.g_p,
    }))
}

pub(super) fn fit(case: &Case<'_>) -> Answer {
    let c = chi2_gof(&case.counts("observed")?, &case.numbers("p")?)?;
    Ok(object!({ "chi2": c.chi2, "df": c.df, "p": c.p }))
}

pub(super) fn fisher(case: &Case<'_>) -> Answer {
    let f = fisher_exact(case.fourfold()?, &case.test_options()?)?;
    Ok(object!({
        "p": f.p, "odds_ratio_sample": f.odds_ratio,
        "odds_ratio_conditional_mle": f.conditional_odds_ratio, "or_ci": f.ci,
    }))
}

pub(super) fn changes(case: &Case<'_>) -> Answer {
    let m = mcnemar(case.fourfold()?)?;
    Ok(object!({
        "p_exact": m.p_exact, "chi2_corrected": m.chi2_corrected, "p_corrected": m.p_corrected,
        "chi2_uncorrected": m.chi2, "p_uncorrected": m.p,
    }))
}

pub(super) fn binomial(case: &Case<'_>) -> Answer {
    let b = binomial_test(case.count("k")?, case.count("n")?, case.number("p0")?, &case.test_options()?)?;
    Ok(object!({ "p": b.p, "ci_clopper_pearson": b.ci, "estimate": b.estimate.value }))
}

pub(super) fn proportion(case: &Case<'_>) -> Answer {
    let p = proportion_ci(case.count("k")?, case.count("n")?, case.level()?)?;
    Ok(object!({
        "wilson": p.wilson, "agresti_coull": p.agresti_coull, "jeffreys": p.jeffreys, "wald": p.wald,
        "clopper_pearson": p.clopper_pearson, "wilson_cc": p.wilson_continuity,
    }))
}

pub(super) fn proportions(case: &Case<'_>) -> Answer {
    let (first, second) = ((case.count("k1")?, case.count("n1")?), (case.count("k2")?, case.count("n2")?));
    let t = two_proportion_z(first, second, &case.test_options()?)?;
    Ok(object!({
        "z": t.z, "p": t.p, "diff": t.estimate.value, "ci_wald": t.wald, "ci_newcombe": t.newcombe,
    }))
}

pub(super) fn effects(case: &Case<'_>) -> Answer {
    let e = effect_2x2(case.fourfold()?, case.level()?)?;
    Ok(object!({
        "odds_ratio": e.odds_ratio, "or_ci": e.odds_ratio_ci, "log_or_se": e.log_odds_ratio_se,
        "or_haldane": e.odds_ratio_haldane, "risk_ratio": e.risk_ratio, "rr_ci": e.risk_ratio_ci,
        "risk_difference": e.risk_difference, "cohen_h": e.cohen_h, "phi": e.phi,
    }))
}

pub(super) fn agreement(case: &Case<'_>) -> Answer {
    let k = cohens_kappa(&case.table()?, case.level()?)?;
    Ok(object!({
        "kappa": k.kappa, "se": k.se, "ci": k.ci, "kappa_linear": k.kappa_linear,
        "kappa_quadratic": k.kappa_quadratic,
    }))
}

pub(super) fn reliability(case: &Case<'_>) -> Answer {
    let i = icc(&case.lists("Y")?, case.missing()?)?;
    Ok(object!({
        "icc1": i.icc1, "icc2": i.icc2, "icc3": i.icc3, "icc1k": i.icc1k, "icc2k": i.icc2k, "icc3k": i.icc3k,
    }))
}
