//! Whatever the data: models answer with numbers or say why not. Never NaN, never a panic, never without end.

use ergon_stats::*;

/// Responses and regressors nobody would call nice.
fn samples() -> Vec<Vec<f64>> {
    let mut all = vec![
        vec![],
        vec![0.0],
        vec![f64::NAN; 4],
        vec![1.0, f64::NAN, 3.0, 2.0, 0.0, 1.0],
        vec![f64::INFINITY, 1.0, 2.0, 0.0],
        vec![3.0; 7],
        vec![0.0; 8],
        vec![0.0, -0.0, 1.0, -1.0, 0.0, 1.0],
        vec![0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0],
        vec![0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 1.0, 0.0],
        vec![1e308, -1e308, 1e308, 5e307, 1e300],
        vec![5e-324, 0.0, 1e-323, 5e-324, 1.0],
        vec![1e-308, 2e-308, 1e308, 1.0, 2.0],
        vec![1e16, 1.0, -1e16, 2.0, 3.0, 4.0, 0.0],
        vec![1e15, 1e15 + 0.125, 1e15 + 0.25, 1e15, 1e15 + 1.0],
        (0..60).map(|i| f64::from(i % 7)).collect(),
        (0..60).map(|i| f64::from(i % 2)).collect(),
        (0..60).map(|i| f64::from(u8::from(i * i % 11 > 4))).collect(),
        (0..40).map(f64::from).collect(),
        (0..40).map(|i| 1e12 + f64::from(i % 3) * 0.25).collect(),
        (0..30).map(|i| f64::from(i) * f64::from(i % 5) * 1e3).collect(),
    ];
    let mut state = 99_u64;
    for n in [4, 9, 33, 60] {
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            ((state >> 33) as f64) / f64::from(1_u32 << 31)
        };
        all.push((0..n).map(|_| next() * 10.0 - 3.0).collect());
    }
    all
}

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

/// Every pair of samples, cut to the shorter.
fn pairs() -> Vec<(Vec<f64>, Vec<f64>)> {
    let all = samples();
    let cut = |x: &Vec<f64>, y: &Vec<f64>| {
        let n = x.len().min(y.len());
        (x[..n].to_vec(), y[..n].to_vec())
    };
    all.iter().flat_map(|x| all.iter().map(move |y| cut(x, y))).collect()
}

#[test]
fn generalised_linear_models_answer_or_say_why() {
    for (y, x) in pairs() {
        let bits: Vec<f64> = y.iter().map(|v| f64::from(u8::from(*v > 1.0))).collect();
        let counts: Vec<f64> = y.iter().map(|v| v.abs().min(1e6).floor()).collect();
        let clusters: Vec<usize> = (0..y.len()).map(|i| i / 3).collect();
        let curve: Vec<f64> = x.iter().map(|v| v * v).collect();
        for clusters in [None, Some(clusters.as_slice())] {
            for (intercept, missing) in [(true, MissingPolicy::Refuse), (false, MissingPolicy::Omit)] {
                let o = GlmOptions { intercept, missing, clusters, ..GlmOptions::default() };
                let with_offset = GlmOptions { offset: Some(&x), ..o };
                let what = format!("{y:?} {x:?} {o:?}");
                for columns in [&[x.as_slice()][..], &[&x, &curve], &[]] {
                    sound(&what, logistic(&y, columns, &o));
                    sound(&what, logistic(&bits, columns, &o));
                    sound(&what, poisson_glm(&counts, columns, &o));
                    sound(&what, poisson_glm(&y, columns, &o));
                }
                sound(&what, poisson_glm(&counts, &[&bits], &with_offset));
            }
        }
    }
}

#[test]
fn hazards_answer_or_say_why() {
    for (time, x) in pairs() {
        let what = format!("{time:?} {x:?}");
        let strata: Vec<usize> = (0..time.len()).map(|i| i % 2).collect();
        let curve: Vec<f64> = x.iter().map(|v| v * v).collect();
        for step in [1, 2, 5, 1000] {
            let event: Vec<bool> = (0..time.len()).map(|i| i % step == 0 && step < 1000).collect();
            for ties in [CoxTies::Efron, CoxTies::Breslow] {
                for strata in [None, Some(strata.as_slice())] {
                    let o = CoxOptions { ties, level: 0.9, strata };
                    sound(&what, cox_ph(&time, &event, &[&x], &o));
                    sound(&what, cox_ph(&time, &event, &[&x, &curve], &o));
                }
            }
        }
    }
}

#[test]
fn mixed_models_answer_or_say_why() {
    for (y, x) in pairs() {
        let what = format!("{y:?} {x:?}");
        for size in [1, 2, 7, 1000] {
            let group: Vec<usize> = (0..y.len()).map(|i| i / size).collect();
            for missing in [MissingPolicy::Refuse, MissingPolicy::Omit] {
                let o = LmmOptions { level: 0.9, missing };
                let model = lmm_random_intercept(&y, &[&x], &group, &o);
                if let Ok(model) = &model {
                    sound(&what, model.contrast(&[1.0, 2.0]));
                    sound(&what, model.contrast(&[0.0, 0.0]));
                }
                sound(&what, model);
                sound(&what, lmm_random_intercept(&y, &[], &group, &o));
            }
        }
        let rows: Vec<[f64; 2]> = y.iter().zip(&x).map(|(a, b)| [*a, *b]).collect();
        let group: Vec<usize> = (0..y.len()).map(|i| i % 2).collect();
        sound(&what, anova_mixed(&rows, &group));
    }
}

#[test]
fn repeated_attempts_answer_or_say_why() {
    for (y, x) in pairs() {
        let what = format!("{y:?} {x:?}");
        let bits: Vec<f64> = y.iter().map(|v| f64::from(u8::from(*v > 1.0))).collect();
        for size in [1, 3, 1000] {
            let group: Vec<usize> = (0..y.len()).map(|i| i / size).collect();
            for missing in [MissingPolicy::Refuse, MissingPolicy::Omit] {
                let o = TestOptions { missing, ..TestOptions::default() };
                sound(&what, clustered_mean(&y, &group, &o));
                sound(&what, clustered_difference(&y, &x, &group, &o));
                sound(&what, logistic_random_intercept(&bits, &[&x], &group, 0.95, missing));
            }
        }
        let b = BootstrapOptions { resamples: 50, ..BootstrapOptions::default() };
        sound(&what, hierarchical_bootstrap(&[&x, &y], &b));
        let event = vec![true; x.len()];
        for horizon in [0.0, 1.0, 1e308, f64::NAN] {
            sound(&what, rmst_difference((&x, &event), (&y, &event), horizon, 0.95));
        }
    }
    for k in [0, 1, 3, 1_000_000, u64::MAX] {
        sound("pass", pass_at_k(&[0, 3, 3], &[3, 3, 4], k, 0.95));
        sound("pass", pass_at_k(&[5, u64::MAX], &[3, u64::MAX], k, 0.95));
    }
}

#[test]
fn dunnett_answers_or_says_why() {
    let all = samples();
    for control in &all {
        for (i, group) in all.iter().enumerate().step_by(3) {
            let groups = [group, &all[(i + 5) % all.len()]];
            for alternative in [Alternative::TwoSided, Alternative::Greater] {
                let o = TestOptions { alternative, missing: MissingPolicy::Omit, ..TestOptions::default() };
                sound(&format!("{control:?} {groups:?}"), dunnett(control, &groups, &o));
            }
        }
    }
}

#[test]
fn series_studies_and_designs_answer_or_say_why() {
    for (x, y) in pairs() {
        sound(&format!("{x:?} {y:?}"), meta_analysis(&x, &y, 0.95));
    }
    for x in samples() {
        for regression in [AdfRegression::None, AdfRegression::Constant, AdfRegression::Trend] {
            for lags in [0, 2, 40, usize::MAX] {
                sound(&format!("{x:?}"), adf(&x, lags, regression));
            }
        }
        for boundary in [Boundary::Pocock, Boundary::ObrienFlemingSpending] {
            sound(&format!("{x:?}"), group_sequential(&x, 0.05, true, boundary));
        }
    }
    for t in [0.0, -3.0, 1e8, 1e-300, f64::MAX, f64::NAN, f64::INFINITY] {
        for (nx, ny) in [(0, None), (1, None), (2, None), (1, Some(1)), (1, Some(2)), (u64::MAX, Some(u64::MAX))] {
            sound(&format!("{t} {nx} {ny:?}"), bayes_t_jzs(t, nx, ny, 0.7));
        }
    }
    for alpha in [0.0, 1e-12, 0.4999, 0.5, f64::NAN] {
        for two_sided in [true, false] {
            sound("looks", group_sequential(&[0.25, 0.5, 1.0], alpha, two_sided, Boundary::PocockSpending));
            sound("looks", group_sequential(&[0.0001, 0.5, 1.0], alpha, two_sided, Boundary::ObrienFleming));
        }
    }
}
