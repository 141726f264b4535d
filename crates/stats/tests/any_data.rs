//! Whatever the data: an answer made of numbers, or a typed condition. Never NaN, never a panic.

use ergon_stats::*;

const LEVELS: [f64; 2] = [0.95, 0.5];

const METHODS: [RankMethod; 3] = [RankMethod::Auto, RankMethod::Exact, RankMethod::Asymptotic { continuity: true }];

const FEW: Resampling = Resampling { resamples: 50, seed: 1, exact_limit: 100, threads: 1 };

/// Samples nobody would call nice.
fn samples() -> Vec<Vec<f64>> {
    let mut all = vec![
        vec![],
        vec![0.0],
        vec![f64::NAN],
        vec![f64::NAN; 4],
        vec![1.0, f64::NAN, 3.0, 2.0],
        vec![f64::INFINITY, 1.0, 2.0],
        vec![f64::NEG_INFINITY, f64::INFINITY],
        vec![3.0; 7],
        vec![0.1; 6],
        vec![0.0, -0.0, 0.0, -0.0],
        vec![1.0, 2.0],
        vec![1.0, 1.0, 2.0, 2.0, 2.0, 3.0],
        vec![1e308, -1e308, 1e308, 5e307],
        vec![1.7e308, 1.7e308, 1.6e308],
        vec![5e-324, 0.0, 1e-323, 5e-324],
        vec![1e-308, 2e-308, 1e308],
        vec![1e16, 1.0, -1e16, 2.0, 3.0],
        vec![1e15, 1e15 + 0.125, 1e15 + 0.25],
        (0..60).map(|i| f64::from(i % 7)).collect(),
        (0..40).map(|i| 1e12 + f64::from(i % 3) * 0.25).collect(),
    ];
    // A few pseudo-random ones of odd sizes, from a fixed linear congruence.
    let mut state = 12345_u64;
    for n in [2, 3, 5, 13, 80] {
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            ((state >> 33) as f64) / f64::from(1_u32 << 31)
        };
        all.push((0..n).map(|_| next() * 10.0 - 3.0).collect());
    }
    all
}

fn options() -> Vec<TestOptions> {
    let mut all = Vec::new();
    for level in LEVELS {
        for missing in [MissingPolicy::Refuse, MissingPolicy::Omit] {
            for alternative in [Alternative::TwoSided, Alternative::Less, Alternative::Greater] {
                all.push(TestOptions { alternative, level, missing, effect_ci: true });
            }
        }
    }
    all
}

/// No NaN anywhere in the printed result: serde_json writes NaN as null, and `wire_number` as
/// the word; nulls are only right where the type says `Option`.
fn sound<T: serde::Serialize + std::fmt::Debug>(what: &str, result: Result<T, StatError>) {
    match result {
        Ok(value) => {
            let text = format!("{value:?}");
            assert!(!text.contains("NaN"), "{what}: {text}");
            assert!(serde_json::to_string(&value).is_ok(), "{what}");
        }
        Err(condition) => assert!(!condition.to_string().is_empty()),
    }
}

/// Regressions and linear models of one sample by another.
fn models(what: &str, y: &[f64], x: &[f64], o: &TestOptions) {
    let regression = OlsOptions { level: o.level, missing: o.missing, intercept: o.level > 0.9 };
    sound(what, ols(y, &[x], &regression));
    let levels: Vec<usize> = (0..y.len()).map(|i| (i / 2) % 3).collect();
    let clusters: Vec<usize> = (0..y.len()).map(|i| i / 3).collect();
    let predictors = [Predictor::Factor { name: "f", levels: &levels }, Predictor::Covariate { name: "x", values: x }];
    for terms in [vec![vec![0]], vec![vec![0], vec![1]], vec![vec![0, 1], vec![1]]] {
        for clusters in [None, Some(clusters.as_slice())] {
            let options =
                LinearModelOptions { sums: SumsOfSquares::Partial, level: o.level, missing: o.missing, clusters };
            let model = linear_model(y, &predictors, &terms, &options);
            if let Ok(model) = &model {
                sound(what, model.adjusted_means(0));
                sound(what, model.adjusted_difference(0, 2, 0, o.alternative));
                sound(what, model.adjusted_difference(1, 2, 0, o.alternative));
            }
            sound(what, model);
        }
    }
}

#[test]
fn one_sample_procedures_answer_or_say_why() {
    for x in samples() {
        for o in options() {
            let what = format!("{x:?} {o:?}");
            sound(&what, descriptive(&x, o.level, o.missing));
            sound(&what, t_one_sample(&x, 0.5, &o));
            sound(&what, shapiro_wilk(&x, o.missing));
            sound(&what, outliers(&x, o.missing));
            sound(&what, pseudomedian(&x, &o));
            sound(&what, sign_test(&x, &o));
            let b = BootstrapOptions { resamples: 100, seed: 1, level: o.level, missing: o.missing, threads: 1 };
            sound(&what, bootstrap(&[&x], |s| mean_of(&s[0]), &b));
            sound(&what, bootstrap(&[&x, &x], |s| median_of(&mut s[0]) - mean_of(&s[1]), &b));
            sound(&what, permutation_one_sample(&x, &FEW, &o));
            for method in METHODS {
                for zeros in [ZeroDifferences::Drop, ZeroDifferences::Pratt] {
                    sound(&what, wilcoxon_signed_rank(&x, zeros, method, &o));
                }
            }
            let event: Vec<bool> = (0..x.len()).map(|i| i % 3 != 1).collect();
            let group: Vec<usize> = (0..x.len()).map(|i| i % 2).collect();
            sound(&what, kaplan_meier(&x, &event, o.level));
            sound(&what, log_rank(&x, &event, &group));
            for bad in [usize::MAX, 1 << 40, 3] {
                sound(&what, log_rank(&x, &event, &vec![bad; x.len()]));
            }
        }
    }
}

#[test]
fn two_sample_procedures_answer_or_say_why() {
    for x in samples() {
        for y in samples() {
            for o in options() {
                let what = format!("{x:?} {y:?} {o:?}");
                sound(&what, t_welch(&x, &y, &o));
                sound(&what, t_student(&x, &y, &o));
                sound(&what, t_paired(&x, &y, &o));
                sound(&what, effect_two_sample(&x, &y, &o));
                sound(&what, effect_paired(&x, &y, &o));
                for method in METHODS {
                    sound(&what, mann_whitney(&x, &y, method, &o));
                }
                sound(&what, hodges_lehmann(&x, &y, &o));
                models(&what, &x, &y, &o);
                sound(&what, permutation_two_sample(&x, &y, &FEW, &o));
                sound(&what, permutation_paired(&x, &y, &FEW, &o));
            }
        }
    }
}

#[test]
fn group_procedures_answer_or_say_why() {
    let all = samples();
    for missing in [MissingPolicy::Refuse, MissingPolicy::Omit] {
        let o = TestOptions { missing, effect_ci: false, ..TestOptions::default() };
        for i in 0..all.len() {
            for j in 0..all.len() {
                let groups = [&all[i], &all[j], &all[(i + j) % all.len()]];
                let what = format!("{groups:?}");
                sound(&what, anova_oneway(&groups, missing));
                sound(&what, welch_anova(&groups, missing));
                sound(&what, levene(&groups, LeveneCenter::Mean, missing));
                sound(&what, levene(&groups, LeveneCenter::Median, missing));
                sound(&what, fligner_killeen(&groups, missing));
                if j % 5 == 0 {
                    sound(&what, tukey_hsd(&groups, 0.95, missing));
                    sound(&what, games_howell(&groups, 0.95, missing));
                }
                for variance in [PairVariance::Separate, PairVariance::Pooled] {
                    sound(&what, pairwise_t(&groups, variance, Adjustment::Holm, &o));
                }
            }
        }
    }
}

#[test]
fn a_level_outside_the_unit_interval_is_refused() {
    for level in [0.0, 1.0, -1.0, 2.0, f64::NAN] {
        let o = TestOptions { level, ..TestOptions::default() };
        let x = [1.0, 2.0, 4.0];
        assert!(t_welch(&x, &[3.0, 5.0, 9.0], &o).is_err());
        assert!(descriptive(&x, level, MissingPolicy::Refuse).is_err());
    }
}

#[test]
fn resamples_depend_on_the_seed_alone() {
    let x: Vec<f64> = (0..40).map(|i| f64::from(i * i % 17)).collect();
    let y: Vec<f64> = (0..35).map(|i| f64::from(i * 7 % 19)).collect();
    let run = |seed| {
        let r = Resampling { seed, resamples: 2000, ..Resampling::default() };
        let o = TestOptions::default();
        let p = |t: Result<PermutationTest, StatError>| t.unwrap().p;
        [p(permutation_two_sample(&x, &y, &r, &o)), p(permutation_one_sample(&x, &r, &o))]
    };
    assert_eq!(run(7), run(7));
    assert_ne!(run(7)[0], run(8)[0]);
}

#[test]
fn rank_procedures_on_groups_and_blocks_answer_or_say_why() {
    let all = samples();
    for missing in [MissingPolicy::Refuse, MissingPolicy::Omit] {
        for i in 0..all.len() {
            for j in 0..all.len() {
                let groups = [&all[i], &all[j], &all[(i + j) % all.len()]];
                let what = format!("{groups:?}");
                sound(&what, kruskal_wallis(&groups, missing));
                sound(&what, dunn(&groups, Adjustment::Holm, missing));
                let rows: Vec<[f64; 2]> = all[i].iter().zip(&all[j]).map(|(a, b)| [*a, *b]).collect();
                sound(&what, friedman(&rows, missing));
                sound(&what, icc(&rows, missing));
                sound(&what, cochran_q(&rows, missing));
                let bits: Vec<[f64; 2]> = rows.iter().map(|r| r.map(|v| f64::from(u8::from(v > 1.0)))).collect();
                sound(&what, cochran_q(&bits, missing));
            }
        }
        sound("ragged", friedman(&[vec![1.0, 2.0], vec![1.0]], missing));
    }
}

#[test]
fn correlations_answer_or_say_why() {
    use CorrelationMethod::{Approximate, Auto, Exact};
    let all = samples();
    for x in &all {
        for y in &all {
            let n = x.len().min(y.len());
            let (x, y) = (&x[..n], &y[..n]);
            for o in options() {
                let what = format!("{x:?} {y:?} {o:?}");
                sound(&what, pearson(x, y, &o));
                for method in [Auto, Approximate, Exact] {
                    if n < 8 {
                        sound(&what, spearman(x, y, method, &o));
                    }
                    sound(&what, kendall(x, y, method, &o));
                }
                let bits: Vec<f64> = x.iter().map(|v| f64::from(u8::from(*v > 1.0))).collect();
                sound(&what, point_biserial(&bits, y, &o));
                sound(&what, point_biserial(x, y, &o));
                sound(&what, partial_correlation(x, y, &[&bits], &o));
            }
        }
    }
}

#[test]
fn tests_of_shape_answer_or_say_why() {
    let all = samples();
    for x in &all {
        for o in options() {
            let what = format!("{x:?} {o:?}");
            sound(&what, anderson_darling(x, o.missing));
            sound(&what, moment_normality(x, o.missing));
            sound(&what, ks_one_sample(x, dist::normal::cdf, o.missing));
            sound(&what, ks_one_sample(x, |v| v, o.missing));
            sound(&what, combine_pvalues(x));
            for y in &all {
                let what = format!("{x:?} {y:?} {o:?}");
                sound(&what, variance_f_test(x, y, &o));
                sound(&what, bartlett(&[x, y], o.missing));
                sound(&what, ks_two_sample(x, y, o.missing));
                let e = EquivalenceOptions { low: -0.5, high: 1.0, alpha: 0.5 * (1.0 - o.level), missing: o.missing };
                sound(&what, tost(x, y, PairVariance::Pooled, &e));
                sound(&what, tost(x, y, PairVariance::Separate, &e));
                sound(&what, tost_paired(x, y, &e));
            }
        }
    }
    let inverted = EquivalenceOptions { low: 1.0, high: 0.5, alpha: 0.05, missing: MissingPolicy::Refuse };
    sound("bounds", tost(&[1.0, 2.0], &[2.0, 4.0], PairVariance::Pooled, &inverted));
}

#[test]
fn lines_answer_or_say_why() {
    let all = samples();
    for x in &all {
        for y in &all {
            let n = x.len().min(y.len());
            let (x, y) = (&x[..n], &y[..n]);
            for missing in [MissingPolicy::Refuse, MissingPolicy::Omit] {
                let what = format!("{x:?} {y:?}");
                sound(&what, theil_sen(x, y, 0.9, missing));
                sound(&what, simple_regression_prediction(x, y, &[0.0, 1e300, 3.0], 0.95, missing));
                let o = OlsOptions { missing, ..OlsOptions::default() };
                sound(&what, polynomial_regression(x, y, 3, &o));
                sound(&what, kfold_r2(y, &[x], 3, missing));
            }
        }
    }
}

#[test]
fn series_and_areas_answer_or_say_why() {
    let all = samples();
    for x in &all {
        for lags in [0, 1, 2, 10] {
            sound(&format!("{x:?}"), autocorrelation(x, lags));
        }
        for y in &all {
            let what = format!("{x:?} {y:?}");
            sound(&what, curve_area(x, y));
            sound(&what, roc_auc(x, y, MissingPolicy::Omit));
            sound(&what, ecdf_areas(x, y, MissingPolicy::Omit));
            sound(&what, ecdf(x, y, MissingPolicy::Omit));
        }
    }
}
