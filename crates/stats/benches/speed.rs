//! Speed of the procedures that have a target. Prints milliseconds (the best of several runs) and
//! the ratio to the target; below 1 is within it.

use std::hint::black_box;
use std::time::Instant;

use ergon_stats::*;

/// Numbers between 0 and 1 from a fixed linear congruence.
fn numbers(n: usize, seed: u64) -> Vec<f64> {
    let mut state = seed;
    (0..n)
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1_u64 << 53) as f64
        })
        .collect()
}

fn time(name: &str, target_ms: f64, mut work: impl FnMut()) {
    let mut best = f64::INFINITY;
    for _ in 0..15 {
        let start = Instant::now();
        work();
        best = best.min(start.elapsed().as_secs_f64() * 1e3);
    }
    println!("{name:44} {best:10.3} ms   target {target_ms:8.3} ms   ratio {:6.2}", best / target_ms);
}

fn main() {
    let plain = TestOptions { effect_ci: false, ..TestOptions::default() };
    let pairs: Vec<(Vec<f64>, Vec<f64>)> = (0..1000).map(|i| (numbers(50, 2 * i), numbers(50, 2 * i + 1))).collect();
    time("1,000 Welch tests, n = 50, with CI", 1.0, || {
        for (x, y) in &pairs {
            let _ = black_box(t_welch(x, y, &plain));
        }
    });
    time("1,000 Welch tests, n = 50, exact CI of g too", 100.0, || {
        for (x, y) in &pairs {
            let _ = black_box(t_welch(x, y, &TestOptions::default()));
        }
    });

    let p = numbers(10_000, 5);
    for (name, method) in
        [("Holm 10,000", Adjustment::Holm), ("Benjamini-Hochberg 10,000", Adjustment::BenjaminiHochberg)]
    {
        time(name, 0.3, || {
            let _ = black_box(p_adjust(&p, method));
        });
    }

    let (x, y) = (numbers(1000, 1), numbers(1000, 2));
    let asymptotic = RankMethod::Asymptotic { continuity: true };
    time("Mann-Whitney n = 1000", 0.15, || {
        let _ = black_box(mann_whitney(&x, &y, asymptotic, &plain));
    });
    let (x, y) = (numbers(200, 3), numbers(200, 4));
    time("exact Mann-Whitney 200 + 200", 20.0, || {
        let _ = black_box(mann_whitney(&x, &y, RankMethod::Exact, &plain));
    });
    let resampling = Resampling { resamples: 100_000, ..Resampling::default() };
    time("permutation 100,000, 200 + 200", 100.0, || {
        let _ = black_box(permutation_two_sample(&x, &y, &resampling, &plain));
    });

    let b = BootstrapOptions::default();
    time("BCa 10,000 x (200 + 200), means", 15.0, || {
        let _ = black_box(bootstrap(&[&x, &y], |s| mean_of(&s[0]) - mean_of(&s[1]), &b));
    });
    time("BCa 10,000 x (200 + 200), medians", 60.0, || {
        let _ = black_box(bootstrap(&[&x, &y], |s| median_of(&mut s[0]) - median_of(&mut s[1]), &b));
    });

    let rows = 2400;
    let a: Vec<usize> = (0..rows).map(|i| i % 3).collect();
    let b: Vec<usize> = (0..rows).map(|i| (i / 3) % 4).collect();
    let response = numbers(rows, 9);
    let predictors = [Predictor::Factor { name: "a", levels: &a }, Predictor::Factor { name: "b", levels: &b }];
    let terms = [vec![0], vec![1], vec![0, 1]];
    time("two-way ANOVA 2,400 rows", 0.5, || {
        let options = LinearModelOptions::default();
        let _ = black_box(linear_model(&response, &predictors, &terms, &options));
    });

    let groups: Vec<Vec<f64>> = (0..5).map(|i| numbers(200, 20 + i)).collect();
    time("Tukey HSD 5 x 200 with CI", 1.0, || {
        let _ = black_box(tukey_hsd(&groups, 0.95, MissingPolicy::Refuse));
    });

    let times = numbers(2000, 11);
    let event: Vec<bool> = (0..2000).map(|i| i % 4 != 0).collect();
    let group: Vec<usize> = (0..2000).map(|i| i % 2).collect();
    time("Kaplan-Meier 2,000 rows", 0.5, || {
        let _ = black_box(kaplan_meier(&times, &event, 0.95));
    });
    time("log-rank 2,000 rows", 0.5, || {
        let _ = black_box(log_rank(&times, &event, &group));
    });
    let columns: Vec<Vec<f64>> = (30..33).map(|i| numbers(2000, i)).collect();
    let columns: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    time("Cox 2,000 rows, 3 regressors", 5.0, || {
        let _ = black_box(cox_ph(&times, &event, &columns, &CoxOptions::default()));
    });

    let subject: Vec<usize> = (0..rows).map(|i| i / 20).collect();
    let own = numbers(rows / 20, 40);
    let repeated: Vec<f64> = numbers(rows, 41).iter().zip(&subject).map(|(v, s)| v + own[*s]).collect();
    let dose = numbers(rows, 42);
    time("mixed model, random intercept, 2,400 rows", 1.0, || {
        let _ = black_box(lmm_random_intercept(&repeated, &[&dose], &subject, &LmmOptions::default()));
    });
    let success: Vec<f64> = repeated.iter().map(|v| f64::from(u8::from(*v > 1.0))).collect();
    time("logistic 2,400 rows, 1 regressor", 5.0, || {
        let _ = black_box(logistic(&success, &[&dose], &GlmOptions::default()));
    });
    time("logistic, random intercept, 2,400 rows", 1000.0, || {
        let _ = black_box(logistic_random_intercept(&success, &[&dose], &subject, 0.95, MissingPolicy::Refuse));
    });
}
