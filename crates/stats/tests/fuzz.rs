//! Random slices of the worst values there are, through the procedures that take slices: numbers or a condition, never
//! NaN, never a panic, never more than two seconds. Prints how long the slowest call of each took.
//! `cargo test -p ergon-stats --test fuzz -- --ignored --nocapture`; `ERGON_FUZZ` sets the number of rounds.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use ergon_stats::*;

struct Draws(u64);

impl Draws {
    fn next(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % below
    }

    fn unit(&mut self) -> f64 {
        (self.next(1 << 30) as f64 + 0.5) / f64::from(1 << 30)
    }

    /// One kind of value for a whole slice, or a mixture of all.
    fn slice(&mut self, n: usize) -> Vec<f64> {
        let kind = self.next(9);
        (0..n).map(|_| self.value(kind)).collect()
    }

    fn value(&mut self, kind: usize) -> f64 {
        let sign = if self.next(2) == 0 { 1.0 } else { -1.0 };
        match kind {
            0 => sign * 1e308 * self.unit(),
            1 => f64::from_bits(self.next(40) as u64),
            2 => self.next(3) as f64,
            3 => 1e15 + 0.125 * self.next(9) as f64,
            4 => sign * libm::exp(40.0 * (self.unit() - 0.5)),
            5 => self.unit(),
            6 => [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 0.0, -0.0, 1.0][self.next(6)],
            7 => sign * f64::from_bits((self.unit() * 2046.0) as u64 * (1 << 52)),
            _ => {
                let kind = self.next(8);
                self.value(kind)
            }
        }
    }
}

type Shown = Result<String, StatError>;

fn shown<T: std::fmt::Debug>(result: Result<T, StatError>) -> Shown {
    result.map(|r| format!("{r:?}"))
}

/// The slices of a call, all of one length.
struct Input {
    x: Vec<f64>,
    y: Vec<f64>,
    z: Vec<f64>,
    group: Vec<usize>,
    event: Vec<bool>,
    missing: MissingPolicy,
}

type Procedure = (&'static str, fn(&Input) -> Shown);

#[rustfmt::skip]
const PROCEDURES: &[Procedure] = &[
    ("adf", |i| shown(adf(&i.x, 1, AdfRegression::Constant))),
    ("anderson_darling", |i| shown(anderson_darling(&i.x, i.missing))),
    ("anova_oneway", |i| shown(anova_oneway(&[&i.x, &i.y, &i.z], i.missing))),
    ("anova_rm", |i| shown(anova_rm(&i.rows()))),
    ("autocorrelation", |i| shown(autocorrelation(&i.x, 2))),
    ("bartlett", |i| shown(bartlett(&[&i.x, &i.y, &i.z], i.missing))),
    ("bayes_t_jzs", |i| shown(t_welch(&i.x, &i.y, &i.test()).and_then(|t| bayes_t_jzs(t.statistic, 9, Some(9), 0.707)))),
    ("bootstrap", |i| shown(bootstrap(&[&i.x, &i.y], |s| mean_of(&s[0]) - median_of(&mut s[1]), &i.few()))),
    ("clustered_mean", |i| shown(clustered_mean(&i.x, &i.group, &i.test()))),
    ("combine_pvalues", |i| shown(combine_pvalues(&i.x))),
    ("cox_ph", |i| shown(cox_ph(&i.x, &i.event, &[&i.y, &i.z], &CoxOptions::default()))),
    ("curve_area", |i| shown(curve_area(&i.x, &i.y))),
    ("descriptive", |i| shown(descriptive(&i.x, 0.95, i.missing))),
    ("dunn", |i| shown(dunn(&[&i.x, &i.y, &i.z], Adjustment::Holm, i.missing))),
    ("dunnett", |i| shown(dunnett(&i.x, &[&i.y, &i.z], &i.test()))),
    ("ecdf_areas", |i| shown(ecdf_areas(&i.x, &i.y, i.missing))),
    ("effect_paired", |i| shown(effect_paired(&i.x, &i.y, &i.test()))),
    ("effect_two_sample", |i| shown(effect_two_sample(&i.x, &i.y, &i.test()))),
    ("fligner_killeen", |i| shown(fligner_killeen(&[&i.x, &i.y, &i.z], i.missing))),
    ("friedman", |i| shown(friedman(&i.rows(), i.missing))),
    ("games_howell", |i| shown(games_howell(&[&i.x, &i.y, &i.z], 0.95, i.missing))),
    ("hierarchical_bootstrap", |i| shown(hierarchical_bootstrap(&[&i.x, &i.y, &i.z], &i.few()))),
    ("hodges_lehmann", |i| shown(hodges_lehmann(&i.x, &i.y, &i.test()))),
    ("icc", |i| shown(icc(&i.rows(), i.missing))),
    ("kaplan_meier", |i| shown(kaplan_meier(&i.x, &i.event, 0.95))),
    ("kendall", |i| shown(kendall(&i.x, &i.y, CorrelationMethod::Auto, &i.test()))),
    ("kfold_r2", |i| shown(kfold_r2(&i.x, &[&i.y], 3, i.missing))),
    ("kruskal_wallis", |i| shown(kruskal_wallis(&[&i.x, &i.y, &i.z], i.missing))),
    ("ks_two_sample", |i| shown(ks_two_sample(&i.x, &i.y, i.missing))),
    ("levene", |i| shown(levene(&[&i.x, &i.y, &i.z], LeveneCenter::Median, i.missing))),
    ("lmm_random_intercept", |i| shown(lmm_random_intercept(&i.x, &[&i.y], &i.group, &LmmOptions { level: 0.95, missing: i.missing }))),
    ("log_rank", |i| shown(log_rank(&i.x, &i.event, &i.group))),
    ("logistic", |i| shown(logistic(&i.bits(), &[&i.x, &i.y], &GlmOptions { missing: i.missing, ..GlmOptions::default() }))),
    ("logistic_random_intercept", |i| shown(logistic_random_intercept(&i.bits(), &[&i.x], &i.group, 0.95, i.missing))),
    ("mann_whitney", |i| shown(mann_whitney(&i.x, &i.y, RankMethod::Auto, &i.test()))),
    ("mann_whitney exact", |i| shown(mann_whitney(&i.x, &i.y, RankMethod::Exact, &i.test()))),
    ("meta_analysis", |i| shown(meta_analysis(&i.x, &i.y, 0.95))),
    ("moment_normality", |i| shown(moment_normality(&i.x, i.missing))),
    ("ols", |i| shown(ols(&i.x, &[&i.y, &i.z], &OlsOptions { missing: i.missing, ..OlsOptions::default() }))),
    ("outliers", |i| shown(outliers(&i.x, i.missing))),
    ("p_adjust", |i| shown(p_adjust(&i.x, Adjustment::Hommel))),
    ("pairwise_t", |i| shown(pairwise_t(&[&i.x, &i.y, &i.z], PairVariance::Separate, Adjustment::Holm, &i.test()))),
    ("partial_correlation", |i| shown(partial_correlation(&i.x, &i.y, &[&i.z], &i.test()))),
    ("pearson", |i| shown(pearson(&i.x, &i.y, &i.test()))),
    ("permutation_paired", |i| shown(permutation_paired(&i.x, &i.y, &i.drawn(), &i.test()))),
    ("permutation_two_sample", |i| shown(permutation_two_sample(&i.x, &i.y, &i.drawn(), &i.test()))),
    ("poisson_glm", |i| shown(poisson_glm(&i.x, &[&i.y], &GlmOptions { missing: i.missing, ..GlmOptions::default() }))),
    ("polynomial_regression", |i| shown(polynomial_regression(&i.x, &i.y, 5, &OlsOptions { missing: i.missing, ..OlsOptions::default() }))),
    ("pseudomedian", |i| shown(pseudomedian(&i.x, &i.test()))),
    ("quantile_regression", |i| shown(quantile_regression(&i.x, &[&i.y, &i.z], &QuantileRegressionOptions { tau: 0.3, level: 0.95, missing: i.missing }))),
    ("quantiles", |i| shown(quantiles(&i.x, &[0.0, 0.3, 1.0], QuantileType::Type8, i.missing))),
    ("roc_auc", |i| shown(roc_auc(&i.x, &i.y, i.missing))),
    ("shapiro_wilk", |i| shown(shapiro_wilk(&i.x, i.missing))),
    ("sign_test", |i| shown(sign_test(&i.x, &i.test()))),
    ("simple_regression_prediction", |i| shown(simple_regression_prediction(&i.x, &i.y, &[1.0], 0.95, i.missing))),
    ("spearman", |i| shown(spearman(&i.x, &i.y, CorrelationMethod::Auto, &i.test()))),
    ("t_one_sample", |i| shown(t_one_sample(&i.x, 1.0, &i.test()))),
    ("t_paired", |i| shown(t_paired(&i.x, &i.y, &i.test()))),
    ("t_student", |i| shown(t_student(&i.x, &i.y, &i.test()))),
    ("t_welch", |i| shown(t_welch(&i.x, &i.y, &i.test()))),
    ("theil_sen", |i| shown(theil_sen(&i.x, &i.y, 0.95, i.missing))),
    ("tukey_hsd", |i| shown(tukey_hsd(&[&i.x, &i.y, &i.z], 0.95, i.missing))),
    ("variance_f_test", |i| shown(variance_f_test(&i.x, &i.y, &i.test()))),
    ("welch_anova", |i| shown(welch_anova(&[&i.x, &i.y, &i.z], i.missing))),
    ("wilcoxon_signed_rank", |i| shown(wilcoxon_signed_rank(&i.x, ZeroDifferences::Pratt, RankMethod::Auto, &i.test()))),
];

impl Input {
    fn of(draws: &mut Draws) -> Self {
        let n = [0, 1, 2, 3, 4, 5, 8, 13, 40, 120][draws.next(10)];
        Self {
            x: draws.slice(n),
            y: draws.slice(n),
            z: draws.slice(n),
            group: (0..n).map(|i| i * 3 % 4).collect(),
            event: (0..n).map(|_| draws.next(3) > 0).collect(),
            missing: if draws.next(2) == 0 { MissingPolicy::Refuse } else { MissingPolicy::Omit },
        }
    }

    fn rows(&self) -> Vec<[f64; 3]> {
        self.x.iter().zip(&self.y).zip(&self.z).map(|((x, y), z)| [*x, *y, *z]).collect()
    }

    fn bits(&self) -> Vec<f64> {
        self.event.iter().map(|e| f64::from(u8::from(*e))).collect()
    }

    fn test(&self) -> TestOptions {
        TestOptions { missing: self.missing, ..TestOptions::default() }
    }

    fn few(&self) -> BootstrapOptions {
        BootstrapOptions { resamples: 100, missing: self.missing, ..BootstrapOptions::default() }
    }

    fn drawn(&self) -> Resampling {
        Resampling { resamples: 100, exact_limit: 1000, ..Resampling::default() }
    }
}

#[test]
#[ignore = "minutes; `cargo xtask test --all` runs it"]
fn fuzz_slices_through_every_procedure() {
    let rounds = std::env::var("ERGON_FUZZ").ok().and_then(|v| v.parse().ok()).unwrap_or(3_000);
    let mut draws = Draws(20_261_121);
    let mut slowest = vec![Duration::ZERO; PROCEDURES.len()];
    let mut answered = vec![0_u32; PROCEDURES.len()];
    let mut wrong = Vec::new();
    for round in 0..rounds {
        let input = Input::of(&mut draws);
        for (k, (name, procedure)) in PROCEDURES.iter().enumerate() {
            let start = Instant::now();
            let result = catch_unwind(AssertUnwindSafe(|| procedure(&input)));
            let took = start.elapsed();
            slowest[k] = slowest[k].max(took);
            let here = || format!("{name}, round {round}: x {:?} y {:?} z {:?}", input.x, input.y, input.z);
            match result {
                Err(_) => wrong.push(format!("panic: {}", here())),
                Ok(Ok(text)) if text.contains("NaN") => wrong.push(format!("NaN: {}", here())),
                Ok(Ok(_)) => answered[k] += 1,
                Ok(Err(_)) => {}
            }
            if took > Duration::from_secs(2) {
                wrong.push(format!("{took:?}: {}", here()));
            }
        }
    }
    for ((name, _), (time, count)) in PROCEDURES.iter().zip(slowest.iter().zip(&answered)) {
        println!("{name:30} {:9.3} ms  {count:6} answered", time.as_secs_f64() * 1e3);
    }
    assert!(answered.iter().all(|n| *n > 0), "a procedure that never answers is not tested");
    assert!(
        wrong.is_empty(),
        "{} of {rounds} rounds:\n{}",
        wrong.len(),
        wrong.iter().take(12).cloned().collect::<Vec<_>>().join("\n")
    );
}
