//! Answers of the rank, permutation and resampling procedures.

use ergon_stats::{
    Adjustment, Alternative, BootstrapOptions, MannWhitney, PermutationTest, RankMethod, Resampling, StatError,
    TestOptions, ZeroDifferences, bootstrap, cochran_q, dunn, friedman, hodges_lehmann, kruskal_wallis, mann_whitney,
    mean_of, median_of, permutation_one_sample, permutation_two_sample, sign_test, wilcoxon_signed_rank,
};

use super::case::{Answer, Case, CaseError};
use super::wire::object;

fn two(case: &Case<'_>, method: RankMethod) -> Result<MannWhitney, CaseError> {
    Ok(mann_whitney(&case.numbers("x")?, &case.numbers("y")?, method, &case.test_options()?)?)
}

pub(super) fn mann_whitney_exact(case: &Case<'_>) -> Answer {
    let m = two(case, RankMethod::Exact)?;
    Ok(object!({ "U": m.u, "U2": m.u_other, "p": m.p }))
}

pub(super) fn mann_whitney_asymptotic(case: &Case<'_>) -> Answer {
    let m = two(case, RankMethod::Asymptotic { continuity: case.flag("continuity", true)? })?;
    Ok(object!({ "U": m.u, "p": m.p }))
}

pub(super) fn wilcoxon_exact(case: &Case<'_>) -> Answer {
    let options = case.test_options()?;
    let w = wilcoxon_signed_rank(&case.numbers("d")?, ZeroDifferences::Drop, RankMethod::Exact, &options)?;
    Ok(object!({ "V_plus": w.w_plus, "W_min": w.w_plus.min(w.w_minus), "p": w.p }))
}

pub(super) fn wilcoxon_approx(case: &Case<'_>) -> Answer {
    let zeros = case.choice("zero_method", &[("wilcox", ZeroDifferences::Drop), ("pratt", ZeroDifferences::Pratt)])?;
    let method = RankMethod::Asymptotic { continuity: case.flag("continuity", true)? };
    let options = case.test_options()?;
    let w = wilcoxon_signed_rank(&case.numbers("d")?, zeros, method, &options)?;
    // The vectors report the smaller rank sum, and its z, for two-sided tests.
    Ok(match options.alternative {
        Alternative::TwoSided => {
            object!({ "statistic": w.w_plus.min(w.w_minus), "z": w.z.map(|z| -z.abs()), "p": w.p })
        }
        _ => object!({ "statistic": w.w_plus, "z": w.z, "p": w.p }),
    })
}

pub(super) fn shift(case: &Case<'_>) -> Answer {
    let h = hodges_lehmann(&case.numbers("x")?, &case.numbers("y")?, &case.test_options()?)?;
    Ok(object!({ "estimate": h.estimate, "ci": h.ci }))
}

fn each_alternative(case: &Case<'_>, run: impl Fn(&TestOptions) -> Result<PermutationTest, StatError>) -> Answer {
    let options = case.test_options()?;
    let with = |alternative| run(&TestOptions { alternative, ..options });
    let both = with(Alternative::TwoSided)?;
    Ok(object!({
        "n_perm": both.permutations, "p_two_sided": both.p,
        "p_greater": with(Alternative::Greater)?.p, "p_less": with(Alternative::Less)?.p,
    }))
}

pub(super) fn permutation_exact(case: &Case<'_>) -> Answer {
    let (x, y) = (case.numbers("x")?, case.numbers("y")?);
    each_alternative(case, |o| permutation_two_sample(&x, &y, &Resampling::default(), o))
}

pub(super) fn permutation_paired_exact(case: &Case<'_>) -> Answer {
    let d = case.numbers("d")?;
    each_alternative(case, |o| permutation_one_sample(&d, &Resampling::default(), o))
}

fn sd_of(x: &[f64]) -> f64 {
    let mean = mean_of(x);
    let ss: f64 = x.iter().map(|v| (v - mean) * (v - mean)).sum();
    (ss / (x.len() as f64 - 1.0)).sqrt()
}

pub(super) fn resampled(case: &Case<'_>) -> Answer {
    type Statistic = fn(&mut [Vec<f64>]) -> f64;
    let words: [(&str, Statistic); 3] =
        [("mean", |s| mean_of(&s[0])), ("median", |s| median_of(&mut s[0])), ("sd", |s| sd_of(&s[0]))];
    let statistic = case.choice("statistic", &words)?;
    let resamples = case.option_number("B_min_for_test")?.map_or(20_000, |b| b as usize);
    let options =
        BootstrapOptions { resamples, level: case.level()?, missing: case.missing()?, ..BootstrapOptions::default() };
    let b = bootstrap(&[&case.numbers("x")?], statistic, &options)?;
    Ok(object!({
        "percentile": b.percentile, "basic": b.basic, "bca": b.bca,
        "se": b.se, "acceleration": b.acceleration, "estimate": b.estimate,
    }))
}

pub(super) fn kruskal(case: &Case<'_>) -> Answer {
    let k = kruskal_wallis(&case.lists("groups")?, case.missing()?)?;
    Ok(object!({ "H": k.h, "df": k.df, "p": k.p, "epsilon2": k.epsilon2, "eta2_H": k.eta2 }))
}

pub(super) fn rank_pairs(case: &Case<'_>) -> Answer {
    let (groups, missing) = (case.lists("groups")?, case.missing()?);
    let adjusted = |method| -> Result<Vec<f64>, StatError> {
        Ok(dunn(&groups, method, missing)?.pairs.iter().map(|c| c.p_adjusted).collect())
    };
    let d = dunn(&groups, Adjustment::None, missing)?;
    Ok(object!({
        "pairs": d.pairs.iter().map(|c| [c.first, c.second]).collect::<Vec<_>>(),
        "z": d.pairs.iter().map(|c| c.z).collect::<Vec<_>>(),
        "p_raw": d.pairs.iter().map(|c| c.p).collect::<Vec<_>>(),
        "p_bonferroni": adjusted(Adjustment::Bonferroni)?,
        "p_holm": adjusted(Adjustment::Holm)?,
        "p_sidak": adjusted(Adjustment::Sidak)?,
        "p_fdr_bh": adjusted(Adjustment::BenjaminiHochberg)?,
    }))
}

pub(super) fn blocks(case: &Case<'_>) -> Answer {
    let f = friedman(&case.lists("Y")?, case.missing()?)?;
    Ok(object!({ "chi2": f.chi2, "df": f.df, "p": f.p, "kendall_w": f.kendall_w }))
}

pub(super) fn successes(case: &Case<'_>) -> Answer {
    let c = cochran_q(&case.lists("Y")?, case.missing()?)?;
    Ok(object!({ "Q": c.q, "df": c.df, "p": c.p }))
}

pub(super) fn signs(case: &Case<'_>) -> Answer {
    let s = sign_test(&case.numbers("d")?, &case.test_options()?)?;
    Ok(object!({ "n_pos": s.positive, "n_nonzero": s.nonzero, "p": s.p }))
}
