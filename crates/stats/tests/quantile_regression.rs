//! Quantile regression against R's `quantreg` (values made by `reference/quantile_regression.R`), against what must
//! hold at a minimum, and against order statistics where there is no regressor.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use ergon_stats::*;

fn data() -> (Vec<f64>, Vec<f64>, Vec<f64>) {
    let x1: Vec<f64> = (0..60).map(|i| f64::from(i * 37 % 61) / 10.0).collect();
    let x2: Vec<f64> = (0..60).map(|i| f64::from(i * 17 % 29) / 4.0).collect();
    let y = (0..60).zip(&x1).zip(&x2).map(|((i, x1), x2)| {
        let wave = (f64::from(i * 53 % 97) - 48.0) / 16.0 * (1.0 + x1 / 4.0);
        2.0 + 0.5 * x1 - 0.25 * x2 + wave + f64::from(i * 29 % 101).sqrt() / 7.0
    });
    (y.collect(), x1.clone(), x2.clone())
}

fn close(got: f64, want: f64, what: &str) {
    assert!((got - want).abs() <= 1e-9 * want.abs(), "{what}: got {got:e}, want {want:e}");
}

#[test]
fn agrees_with_quantreg() {
    let (y, x1, x2) = data();
    // τ, loss, R¹, then estimate, standard error and p of each coefficient.
    let reference = [
        (
            0.13,
            34.45780005200653,
            0.05565970770489403,
            [
                (0.2779191015393324, 1.624666044904999, 0.8647805950646061),
                (0.167639583617363, 0.4299362927553207, 0.6980509479205548),
                (-0.3915136629609788, 0.3580214248373162, 0.2787532076194223),
            ],
        ),
        (
            0.5,
            78.2694072378428,
            0.04296702285402576,
            [
                (2.850001599336142, 2.038815625377658, 0.1675682597201273),
                (0.328371996522604, 0.4918941103696666, 0.5071042794524798),
                (-0.1960222285792851, 0.4103898286909681, 0.6347267808036983),
            ],
        ),
        (
            0.77,
            55.58964428759469,
            0.09256068827114117,
            [
                (4.670778608535353, 1.753874850139923, 0.01004627844266315),
                (0.6663536341708849, 0.4283048556560101, 0.1252927463879163),
                (-0.2866025559127177, 0.3494604174870961, 0.415559152978163),
            ],
        ),
    ];
    for (tau, objective, r1, coefficients) in reference {
        let options = QuantileRegressionOptions { tau, ..QuantileRegressionOptions::default() };
        let fit = quantile_regression(&y, &[&x1, &x2], &options).unwrap();
        close(fit.objective, objective, "loss");
        close(fit.r1, r1, "R1");
        for (c, (estimate, se, p)) in fit.coefficients.iter().zip(coefficients) {
            close(c.estimate, estimate, "estimate");
            close(c.se, se, "se");
            close(c.p, p, "p");
        }
    }
}

/// No regressor: an order statistic whose loss no other value beats.
#[test]
fn without_regressors_it_is_a_quantile() {
    let (y, ..) = data();
    let loss = |at: f64, tau: f64| -> f64 { y.iter().map(|y| (y - at) * if *y < at { tau - 1.0 } else { tau }).sum() };
    for tau in [0.01, 0.25, 0.5, 0.9] {
        let options = QuantileRegressionOptions { tau, ..QuantileRegressionOptions::default() };
        let fit = quantile_regression(&y, &[], &options).unwrap();
        let best = y.iter().map(|at| loss(*at, tau)).fold(f64::INFINITY, f64::min);
        close(fit.objective, best, "loss");
        assert!(fit.r1.abs() < 1e-9);
    }
}

/// The share of rows below the fit is τ, to within the coefficients; ties and repeated rows change nothing.
#[test]
fn the_share_below_is_tau_even_with_ties() {
    let x: Vec<f64> = (0..400).map(|i| f64::from(i % 5)).collect();
    let y: Vec<f64> = (0..400).map(|i| f64::from(i * 31 % 17 + i % 5)).collect();
    for tau in [0.05, 0.3, 0.5, 0.95] {
        let options = QuantileRegressionOptions { tau, ..QuantileRegressionOptions::default() };
        let fit = quantile_regression(&y, &[&x], &options).unwrap();
        let below = fit.residuals.iter().filter(|r| **r < -1e-9).count() as f64 / 400.0;
        let up_to = fit.residuals.iter().filter(|r| **r <= 1e-9).count() as f64 / 400.0;
        assert!(below <= tau && tau <= up_to, "{below} ≤ {tau} ≤ {up_to}");
    }
}

#[test]
fn what_it_cannot_answer_has_a_name() {
    let options = QuantileRegressionOptions::default();
    let x = [1.0, 2.0, 3.0, 4.0, 5.0];
    let y = [1.0, 3.0, 2.0, 5.0, 4.0];
    let wrong = QuantileRegressionOptions { tau: 1.0, ..options };
    assert!(matches!(quantile_regression(&y, &[&x], &wrong), Err(StatError::InvalidOption { option: "tau", .. })));
    assert!(matches!(quantile_regression(&y, &[&x, &x], &options), Err(StatError::RankDeficient { .. })));
    assert!(matches!(quantile_regression(&[2.0; 5], &[&x], &options), Err(StatError::NoVariation { .. })));
    assert!(matches!(quantile_regression(&x, &[&x], &options), Err(StatError::NoVariation { .. })));
    assert!(matches!(quantile_regression(&y[..2], &[&x[..2]], &options), Err(StatError::TooFew { .. })));
}
