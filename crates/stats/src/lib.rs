//! Statistics: slices in, typed results out.
//!
//! A procedure takes slices of numbers and plain options, and returns a struct that says what was
//! estimated, how (the method's name as a paper prints it), with which interval, statistic,
//! degrees of freedom and p-value, from how many observations, and what to be warned of. Where
//! there is no answer it returns a typed [`StatError`]; no public function of a procedure returns
//! NaN or panics, whatever the data.
//!
//! What belongs here: estimators, tests, intervals, effect sizes, distributions. What deliberately
//! does not: input and output, clocks, Ergon's own types, and the choice of the procedure, which is
//! `ergon-analysis`'s. Only resampling uses threads, and its results don't depend on them.
//!
//! Missing values are NaN; [`MissingPolicy`] says what to do with them. Infinite values are
//! always refused. Samples, groups and pairs keep the order in which they are given; a difference
//! is always first minus second. Everything transcendental comes from `libm`, so results do not
//! depend on the platform.

mod account;
mod adf;
mod anderson_darling;
mod anova_mixed;
mod anova_oneway;
mod anova_rm;
mod area_under_curve;
mod autocorrelation;
mod bartlett;
mod bayes_t_jzs;
mod binomial_test;
mod blocks;
mod bootstrap;
mod check_loss;
mod chi2_gof;
mod chi2_independence;
mod cholesky;
mod clustered_mean;
mod cochran_q;
mod cohens_kappa;
mod combine_pvalues;
mod condition;
mod correlation;
mod cox_likelihood;
mod cox_ph;
mod descriptive;
pub mod dist;
mod dunn;
mod dunnett;
mod effect_2x2;
mod effect_eta2;
mod effect_paired;
mod effect_two_sample;
mod fisher_exact;
mod friedman;
mod glm;
mod glm_coefficient;
mod group_sequential;
mod groups;
mod hedges;
mod hierarchical_bootstrap;
mod hodges_lehmann;
mod icc;
mod kaplan_meier;
mod kendall;
mod kfold_r2;
mod kolmogorov;
mod kruskal_wallis;
mod ks_one_sample;
mod ks_two_sample;
mod least_squares;
mod levene;
mod linear_model;
mod linear_terms;
mod lmm;
mod lmm_likelihood;
mod log_rank;
mod logistic;
mod logistic_random_intercept;
mod mann_whitney;
mod mantel_haenszel;
mod mcnemar;
mod meta_analysis;
mod missing;
mod moment_normality;
mod moments;
mod ols;
mod one_sample;
mod options;
mod order_selection;
mod outliers;
mod p_adjust;
mod paired;
mod pairwise_t;
mod partial_correlation;
mod pass_at_k;
mod pearson;
mod permutation;
mod point_biserial;
mod poisson_glm;
mod polynomial_regression;
mod power;
mod power_anova;
mod power_chi2;
mod power_correlation;
mod power_t;
mod power_two_proportions;
mod proportion_ci;
mod qr;
mod quantile;
mod quantile_regression;
mod ranks;
mod real;
mod resample;
mod rmst;
mod shapiro_wilk;
mod sign_test;
mod simple_regression_prediction;
mod spearman;
mod special;
mod student;
mod subset_sum;
mod sum;
mod t_test;
mod tables;
mod theil_sen;
mod tost;
mod tukey;
mod two_proportion_z;
mod two_samples;
mod variance_f_test;
mod welch;
mod welch_anova;
mod wilcoxon;

pub use account::{Account, Effect, Estimate, Finding, Interval, IntervalKind, SampleSummary, Warning};
pub use adf::{Adf, AdfRegression, adf};
pub use anderson_darling::{AndersonDarling, anderson_darling};
pub use anova_mixed::{AnovaMixed, MixedEffect, anova_mixed};
pub use anova_oneway::{AnovaOneWay, anova_oneway};
pub use anova_rm::{AnovaRm, Mauchly, anova_rm};
pub use area_under_curve::{CurveArea, EcdfAreas, curve_area, ecdf, ecdf_areas, roc_auc};
pub use autocorrelation::{Autocorrelation, autocorrelation};
pub use bartlett::bartlett;
pub use bayes_t_jzs::{BayesT, bayes_t_jzs};
pub use binomial_test::{BinomialTest, binomial_test};
pub use bootstrap::{Bootstrap, BootstrapOptions, bootstrap, mean_of, median_of};
pub use chi2_gof::{Chi2Gof, chi2_gof};
pub use chi2_independence::{Chi2Independence, chi2_independence};
pub use clustered_mean::{ClusteredMean, clustered_difference, clustered_mean};
pub use cochran_q::{CochranQ, cochran_q};
pub use cohens_kappa::{CohensKappa, cohens_kappa};
pub use combine_pvalues::{CombinedP, combine_pvalues};
pub use condition::StatError;
pub use correlation::{Correlation, CorrelationMethod};
pub use cox_likelihood::CoxTies;
pub use cox_ph::{CoxOptions, CoxPh, cox_ph};
pub use descriptive::{DESCRIPTIVE_PROBABILITIES, Descriptive, descriptive};
pub use dunn::{Dunn, RankComparison, dunn};
pub use dunnett::{Dunnett, DunnettComparison, dunnett};
pub use effect_2x2::{Effect2x2, effect_2x2};
pub use effect_eta2::{EffectEta2, effect_eta2};
pub use effect_paired::{EffectPaired, effect_paired};
pub use effect_two_sample::{EffectTwoSample, effect_two_sample};
pub use fisher_exact::{FisherExact, fisher_exact};
pub use friedman::{Friedman, friedman};
pub use glm::{Glm, GlmOptions};
pub use glm_coefficient::GlmCoefficient;
pub use group_sequential::{Boundary, GroupSequential, group_sequential};
pub use hedges::hedges_correction;
pub use hierarchical_bootstrap::{HierarchicalBootstrap, hierarchical_bootstrap};
pub use hodges_lehmann::{HodgesLehmann, hodges_lehmann, pseudomedian};
pub use icc::{Icc, icc};
pub use kaplan_meier::{KaplanMeier, SurvivalStep, kaplan_meier};
pub use kendall::kendall;
pub use kfold_r2::{KfoldR2, kfold_r2};
pub use kruskal_wallis::{KruskalWallis, kruskal_wallis};
pub use ks_one_sample::{KsOneSample, ks_one_sample};
pub use ks_two_sample::{KsTwoSample, ks_two_sample};
pub use levene::{EqualVariances, LeveneCenter, fligner_killeen, levene};
pub use linear_model::{
    AdjustedDifference, AdjustedMean, LinearModel, LinearModelOptions, SumsOfSquares, TermTest, linear_model,
};
pub use linear_terms::Predictor;
pub use lmm::{FixedEffect, LmmOptions, LmmRandomIntercept, lmm_random_intercept};
pub use log_rank::{LogRank, log_rank, stratified_log_rank};
pub use logistic::logistic;
pub use logistic_random_intercept::{LogisticRandomIntercept, logistic_random_intercept};
pub use mann_whitney::{MannWhitney, RankMethod, mann_whitney};
pub use mantel_haenszel::{MantelHaenszel, mantel_haenszel};
pub use mcnemar::{McNemar, mcnemar};
pub use meta_analysis::{MetaAnalysis, PooledEffect, meta_analysis};
pub use missing::MissingPolicy;
pub use moment_normality::{MomentNormality, moment_normality};
pub use ols::{Coefficient, Ols, OlsOptions, ols};
pub use one_sample::t_one_sample;
pub use options::{Alternative, TestOptions};
pub use outliers::{Grubbs, Outliers, outliers};
pub use p_adjust::{Adjustment, p_adjust};
pub use paired::t_paired;
pub use pairwise_t::{PairComparison, PairVariance, PairwiseT, pairwise_t};
pub use partial_correlation::partial_correlation;
pub use pass_at_k::{PassAtK, pass_at_k};
pub use pearson::pearson;
pub use permutation::{
    PermutationTest, Resampling, permutation_one_sample, permutation_paired, permutation_two_sample,
};
pub use point_biserial::point_biserial;
pub use poisson_glm::poisson_glm;
pub use polynomial_regression::polynomial_regression;
pub use power::{Power, PowerOptions};
pub use power_anova::power_anova;
pub use power_chi2::power_chi2;
pub use power_correlation::power_correlation;
pub use power_t::{power_t_one_sample, power_t_two_sample};
pub use power_two_proportions::{PowerTwoProportions, power_two_proportions};
pub use proportion_ci::{ProportionCi, proportion_ci, wilson_of_clusters};
pub use quantile::{QuantileType, quantiles};
pub use quantile_regression::{
    QuantileCoefficient, QuantileRegression, QuantileRegressionOptions, quantile_regression,
};
pub use rmst::{RmstDifference, rmst_difference};
pub use shapiro_wilk::{ShapiroWilk, shapiro_wilk};
pub use sign_test::{SignTest, sign_test};
pub use simple_regression_prediction::{LinePrediction, SimpleRegressionPrediction, simple_regression_prediction};
pub use spearman::spearman;
pub use student::t_student;
pub use t_test::TTest;
pub use theil_sen::{TheilSen, theil_sen};
pub use tost::{EquivalenceOptions, Tost, tost, tost_paired};
pub use tukey::{RangeComparison, RangeTest, games_howell, tukey_hsd};
pub use two_proportion_z::{TwoProportionZ, two_proportion_z};
pub use variance_f_test::{VarianceFTest, variance_f_test};
pub use welch::t_welch;
pub use welch_anova::{WelchAnova, welch_anova};
pub use wilcoxon::{WilcoxonSignedRank, ZeroDifferences, wilcoxon_signed_rank};
