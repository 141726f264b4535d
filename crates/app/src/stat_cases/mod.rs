//! Statistics cases: from a procedure's name, inputs and options to the keys that a case file expects.
//!
//! This is the one place that knows the interface of `ergon stat --cases`; the golden tests of `ergon-stats` read the
//! same files through it.

mod association;
mod case;
mod checks;
mod counts;
mod describe;
mod design;
mod glm;
mod means;
mod models;
mod rank;
mod survival;
mod wire;

use serde_json::Value;

pub(crate) use case::{Answer, Case, CaseError};

type Procedure = fn(&Case<'_>) -> Answer;

/// The procedures, by name.
pub(crate) const PROCEDURES: &[(&str, Procedure)] = &[
    ("adf", checks::unit_root),
    ("ancova", models::ancova),
    ("anderson_darling", checks::weighted_tails),
    ("anova_mixed", means::split_plot),
    ("anova_oneway", means::oneway),
    ("anova_rm", means::repeated),
    ("anova_threeway", models::threeway),
    ("anova_twoway", models::twoway),
    ("area_under_curve", checks::areas),
    ("autocorrelation", checks::lags),
    ("bartlett", checks::normal_variances),
    ("bayes_t_jzs", means::bayes_factor),
    ("binomial_test", counts::binomial),
    ("bootstrap_ci", rank::resampled),
    ("chi2_gof", counts::fit),
    ("chi2_independence", counts::independence),
    ("cochran_q", rank::successes),
    ("cohens_kappa", counts::agreement),
    ("combine_pvalues", checks::combined),
    ("cox_ph", survival::hazards),
    ("descriptive", describe::describe),
    ("distribution_functions", describe::distribution_functions),
    ("dunn", rank::rank_pairs),
    ("dunnett", means::against_control),
    ("effect_2x2", counts::effects),
    ("effect_eta2_ci", means::eta2),
    ("effect_paired", means::paired_effects),
    ("effect_two_sample", means::two_sample_effects),
    ("fisher_exact", counts::fisher),
    ("friedman", rank::blocks),
    ("games_howell", means::separate),
    ("group_sequential", design::looks),
    ("hodges_lehmann", rank::shift),
    ("icc", counts::reliability),
    ("kaplan_meier", survival::curve),
    ("kendall", association::concordance),
    ("kfold_r2", models::folds),
    ("kruskal_wallis", rank::kruskal),
    ("ks_one_sample", checks::against_normal),
    ("ks_two_sample", checks::two_distributions),
    ("levene", checks::variances),
    ("lmm_random_intercept", models::mixed),
    ("log_rank", survival::equal_curves),
    ("logistic", glm::successes),
    ("mann_whitney_asymptotic", rank::mann_whitney_asymptotic),
    ("mann_whitney_exact", rank::mann_whitney_exact),
    ("mann_whitney_exact_ties", rank::mann_whitney_exact),
    ("mcnemar", counts::changes),
    ("meta_analysis", means::pooled),
    ("moment_normality", checks::moments),
    ("ols_multiple", models::regression),
    ("outliers", describe::outlying),
    ("p_adjust", checks::adjust),
    ("pairwise_t", means::pairwise),
    ("partial_correlation", association::partial),
    ("pearson", association::product_moment),
    ("permutation_exact", rank::permutation_exact),
    ("permutation_paired_exact", rank::permutation_paired_exact),
    ("point_biserial", association::two_valued),
    ("poisson_glm", glm::counts),
    ("polynomial_regression", models::powers),
    ("power_anova", design::anova),
    ("power_chi2", design::chi2),
    ("power_correlation", design::correlation),
    ("power_t_one_sample", design::one_sample),
    ("power_t_two_sample", design::two_sample),
    ("power_two_proportions", design::proportions),
    ("proportion_ci", counts::proportion),
    ("quantile_types", describe::quantile_types),
    ("shapiro_wilk", checks::normality),
    ("sign_test", rank::signs),
    ("simple_regression_prediction", models::line),
    ("spearman", association::rank),
    ("spearman_exact", association::rank),
    ("studentized_range", describe::range),
    ("t_one_sample", means::one_sample),
    ("t_paired", means::paired),
    ("t_student", means::student),
    ("t_welch", means::welch),
    ("theil_sen", models::median_line),
    ("tost", means::equivalence),
    ("tost_paired", means::equivalence_paired),
    ("tukey_hsd", means::tukey),
    ("two_proportion_z", counts::proportions),
    ("variance_f_test", checks::two_variances),
    ("welch_anova", means::welch_oneway),
    ("wilcoxon_approx", rank::wilcoxon_approx),
    ("wilcoxon_exact", rank::wilcoxon_exact),
];

/// Answers a case of the procedure called `name`.
pub(crate) fn answer(name: &str, inputs: &Value, options: &Value) -> Answer {
    match PROCEDURES.iter().find(|(known, _)| *known == name) {
        Some((_, procedure)) => procedure(&Case { inputs, options }),
        None => {
            let known: Vec<&str> = PROCEDURES.iter().map(|(name, _)| *name).collect();
            Err(CaseError::Field {
                field: "procedure".into(),
                problem: format!("there is no '{name}'; known: {}", known.join(", ")),
            })
        }
    }
}
