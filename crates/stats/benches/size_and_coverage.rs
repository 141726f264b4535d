//! Size of tests and coverage of intervals by simulation: how often a true null is rejected at 5 %,
//! and how often a 95 % interval holds the truth. Prints one line each, with the error of the
//! simulation itself.

use ergon_stats::*;

const REPEATS: usize = 20_000;

/// Uniform numbers from a fixed linear congruence, and others made of them.
struct Draws(u64);

impl Draws {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    fn normal(&mut self) -> f64 {
        dist::normal::quantile(self.uniform())
    }

    fn normals(&mut self, n: usize, sd: f64) -> Vec<f64> {
        (0..n).map(|_| sd * self.normal()).collect()
    }

    fn lognormals(&mut self, n: usize) -> Vec<f64> {
        (0..n).map(|_| libm::exp(self.normal())).collect()
    }
}

fn share(name: &str, repeats: usize, mut hit: impl FnMut(&mut Draws) -> bool) {
    let mut draws = Draws(20_261_121);
    let hits = (0..repeats).filter(|_| hit(&mut draws)).count();
    let p = hits as f64 / repeats as f64;
    let error = (p * (1.0 - p) / repeats as f64).sqrt();
    println!("{name:74} {p:.4} ± {error:.4}");
}

fn rejects<T>(test: Result<T, StatError>, p: impl Fn(&T) -> f64) -> bool {
    test.is_ok_and(|t| p(&t) < 0.05)
}

fn holds(ci: &Interval, truth: f64) -> bool {
    ci.low <= truth && truth <= ci.high
}

fn main() {
    let o = TestOptions { effect_ci: false, ..TestOptions::default() };
    println!("size at 5 % (0.05 is right)");
    share("Welch, n = 10 + 40, sd 3 : 1", REPEATS, |d| {
        rejects(t_welch(&d.normals(10, 3.0), &d.normals(40, 1.0), &o), |t| t.p)
    });
    share("Student, n = 10 + 40, sd 3 : 1 (its assumption broken)", REPEATS, |d| {
        rejects(t_student(&d.normals(10, 3.0), &d.normals(40, 1.0), &o), |t| t.p)
    });
    share("Mann–Whitney exact, n = 8 + 8", REPEATS, |d| {
        rejects(mann_whitney(&d.normals(8, 1.0), &d.normals(8, 1.0), RankMethod::Exact, &o), |t| t.p)
    });
    let item: Vec<usize> = (0..60).map(|i| i / 5).collect();
    let repeated = |d: &mut Draws| -> Vec<f64> {
        let own = d.normals(12, 1.0);
        item.iter().map(|i| own[*i] + d.normal()).collect()
    };
    share("one-sample t, 12 items × 5 repeats taken as independent", REPEATS, |d| {
        rejects(t_one_sample(&repeated(d), 0.0, &o), |t| t.p)
    });
    share("clustered mean, 12 items × 5 repeats", REPEATS, |d| {
        rejects(clustered_mean(&repeated(d), &item, &o), |t| t.p)
    });
    share("mixed model, slope that varies within items, 12 × 5", 5_000, |d| {
        let (y, x) = (repeated(d), d.normals(60, 1.0));
        rejects(lmm_random_intercept(&y, &[&x], &item, &LmmOptions::default()), |m| m.fixed[1].p)
    });
    share("mixed model, slope that is constant within items, 12 × 5", 5_000, |d| {
        let (y, own) = (repeated(d), d.normals(12, 1.0));
        let x: Vec<f64> = item.iter().map(|i| own[*i]).collect();
        rejects(lmm_random_intercept(&y, &[&x], &item, &LmmOptions::default()), |m| m.fixed[1].p)
    });
    share("logistic, n = 60, one regressor (Wald)", REPEATS, |d| {
        let y: Vec<f64> = (0..60).map(|_| f64::from(u8::from(d.uniform() < 0.4))).collect();
        rejects(logistic(&y, &[&d.normals(60, 1.0)], &GlmOptions::default()), |m| m.coefficients[1].p)
    });
    share("Cox, n = 60, 30 % censored (Wald)", REPEATS, |d| {
        let time: Vec<f64> = (0..60).map(|_| -libm::log(d.uniform())).collect();
        let event: Vec<bool> = (0..60).map(|_| d.uniform() < 0.7).collect();
        rejects(cox_ph(&time, &event, &[&d.normals(60, 1.0)], &CoxOptions::default()), |m| m.coefficients[0].p)
    });

    println!("coverage of 95 % intervals (0.95 is right)");
    let mean = libm::exp(0.5);
    for n in [20, 100] {
        let b = BootstrapOptions { resamples: 1_000, ..BootstrapOptions::default() };
        share(&format!("BCa of a lognormal mean, n = {n}"), 4_000, |d| {
            bootstrap(&[&d.lognormals(n)], |s| mean_of(&s[0]), &b).is_ok_and(|b| holds(&b.bca, mean))
        });
        share(&format!("t of a lognormal mean, n = {n}"), REPEATS, |d| {
            t_one_sample(&d.lognormals(n), 0.0, &o).is_ok_and(|t| holds(&t.ci, mean))
        });
    }
    share("t of a normal mean, n = 5", REPEATS, |d| {
        t_one_sample(&d.normals(5, 1.0), 0.0, &o).is_ok_and(|t| holds(&t.ci, 0.0))
    });
    share("Wilson, p = 0.1, n = 20", REPEATS, |d| {
        let k = (0..20).filter(|_| d.uniform() < 0.1).count() as u64;
        proportion_ci(k, 20, 0.95).is_ok_and(|p| holds(&p.wilson, 0.1))
    });
    share("Wald, p = 0.1, n = 20 (offered for comparison only)", REPEATS, |d| {
        let k = (0..20).filter(|_| d.uniform() < 0.1).count() as u64;
        proportion_ci(k, 20, 0.95).is_ok_and(|p| holds(&p.wald, 0.1))
    });
    share("hierarchical bootstrap of a mean, 12 items × 5", 2_000, |d| {
        let y = repeated(d);
        let groups: Vec<Vec<f64>> = y.chunks(5).map(<[f64]>::to_vec).collect();
        let b = BootstrapOptions { resamples: 1_000, ..BootstrapOptions::default() };
        hierarchical_bootstrap(&groups, &b).is_ok_and(|b| holds(&b.ci, 0.0))
    });
}
