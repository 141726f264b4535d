//! Whatever the counts and the parameters: an answer made of numbers, or a typed condition.

use ergon_stats::*;

/// No NaN anywhere in the result.
fn sound<T: serde::Serialize + std::fmt::Debug>(what: &str, result: Result<T, StatError>) {
    match result {
        Ok(value) => {
            let text = format!("{value:?}");
            assert!(!text.contains("NaN"), "{what}: {text}");
        }
        Err(condition) => assert!(!condition.to_string().is_empty()),
    }
}

const ALTERNATIVES: [Alternative; 3] = [Alternative::TwoSided, Alternative::Less, Alternative::Greater];

#[test]
fn fourfold_tables_answer_or_say_why() {
    let few = [0, 1, 2, 7, 60, 5000];
    let huge = [u64::MAX, 1 << 53, 1 << 40];
    let mut tables = Vec::new();
    for a in few {
        for b in few {
            for c in few {
                tables.extend(few.map(|d| [[a, b], [c, d]]));
            }
        }
    }
    tables.extend(huge.map(|n| [[n, 3], [4, n]]));
    tables.extend(huge.map(|n| [[n, n], [n, n]]));
    for t in tables {
        let what = format!("{t:?}");
        for yates in [false, true] {
            sound(&what, chi2_independence(&t, yates));
        }
        sound(&what, mcnemar(t));
        sound(&what, effect_2x2(t, 0.95));
        sound(&what, cohens_kappa(&t, 0.9));
        if t.as_flattened().iter().all(|n| *n < 100 || *n > 1 << 41) {
            for alternative in ALTERNATIVES {
                sound(&what, fisher_exact(t, &TestOptions { alternative, ..TestOptions::default() }));
            }
        }
    }
    sound("ragged", chi2_independence(&[vec![1, 2], vec![3]], true));
    sound("not square", cohens_kappa(&[vec![1, 2, 3], vec![3, 4, 5]], 0.95));
    sound("gof", chi2_gof(&[3, 4], &[0.5, 0.2]));
    sound("gof", chi2_gof(&[0, 0], &[0.5, 0.5]));
    sound("gof", chi2_gof(&[u64::MAX, 1], &[1e-300, 1.0 - 1e-300]));
    sound("gof", chi2_gof(&[9, 1], &[1e-300, 1.0 - 1e-16]));
}

#[test]
fn proportions_answer_or_say_why() {
    for n in [0, 1, 2, 10, 1000, 1 << 40, 1 << 53, u64::MAX] {
        for k in [0, 1, n / 3, n.saturating_sub(1), n, 2000] {
            let what = format!("{k} of {n}");
            for level in [0.5, 0.95, 0.999_999] {
                sound(&what, proportion_ci(k, n, level));
                for alternative in ALTERNATIVES {
                    let o = TestOptions { alternative, level, ..TestOptions::default() };
                    for p0 in [0.0, 1e-12, 0.3, 0.5, 1.0, 1.5, f64::NAN] {
                        sound(&what, binomial_test(k, n, p0, &o));
                    }
                    for other in [(0, 5), (5, 5), (2, 9), (k, n)] {
                        sound(&what, two_proportion_z((k, n), other, &o));
                    }
                }
            }
        }
    }
}

#[test]
fn power_answers_or_says_why() {
    for alternative in ALTERNATIVES {
        for (alpha, target) in [(0.05, 0.8), (1e-6, 0.99), (0.5, 0.4), (0.0, 0.8), (f64::NAN, 0.8)] {
            let o = PowerOptions { alpha, target, alternative };
            for effect in [0.0, 0.2, -0.7, 1.0, 40.0, f64::NAN, f64::INFINITY] {
                for n in [0.0, 1.0, 2.5, 30.0, 4000.0, f64::NAN] {
                    let what = format!("{effect} {n} {o:?}");
                    sound(&what, power_t_one_sample(effect, n, &o));
                    sound(&what, power_t_two_sample(effect, n, 1.5, &o));
                    sound(&what, power_correlation(effect, n, &o));
                    sound(&what, power_two_proportions(0.3, effect, n, &o));
                    sound(&what, power_two_proportions(0.0, effect, n, &o));
                    if n < 100.0 && effect.abs() < 10.0 {
                        sound(&what, power_anova(effect, 3, n, &o));
                        sound(&what, power_chi2(effect, 2.0, n, &o));
                    }
                }
            }
        }
    }
}
