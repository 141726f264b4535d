//! Resampling gives the same results, to the bit, on any number of threads.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use ergon_stats::*;

fn numbers(n: u32) -> Vec<f64> {
    (0..n).map(|i| f64::from(i * i * 7919 % 1009) / 10.0).collect()
}

/// The same on one thread, which draws in one go, and on others.
fn same_on_any<T: PartialEq + std::fmt::Debug>(work: impl Fn(usize) -> Result<T, StatError>) {
    let alone = work(1).unwrap();
    for threads in [0, 2, 3, 8, 1000] {
        assert_eq!(work(threads).unwrap(), alone, "{threads} threads");
    }
}

#[test]
fn bootstraps_do() {
    let (x, y) = (numbers(120), numbers(150));
    let options = |threads| BootstrapOptions { resamples: 2_000, threads, ..BootstrapOptions::default() };
    same_on_any(|t| bootstrap(&[&x, &y], |s| median_of(&mut s[0]) / mean_of(&s[1]), &options(t)));
    let groups: Vec<&[f64]> = x.chunks(5).collect();
    same_on_any(|t| hierarchical_bootstrap(&groups, &options(t)));
}

#[test]
fn permutation_tests_do() {
    let (x, few) = (numbers(120), numbers(10));
    let options = |threads| Resampling { resamples: 5_000, threads, ..Resampling::default() };
    let plain = TestOptions::default();
    same_on_any(|t| permutation_two_sample(&x, &x, &options(t), &plain));
    same_on_any(|t| permutation_two_sample(&few, &x, &options(t), &plain));
    same_on_any(|t| permutation_one_sample(&x, &options(t), &plain));
}

/// A statistic that fails in one resample fails the whole, on any thread.
#[test]
fn a_failing_statistic_is_an_error() {
    let x = numbers(150);
    let options = BootstrapOptions { resamples: 2_000, threads: 3, ..BootstrapOptions::default() };
    let fails_when_moved = |s: &mut [Vec<f64>]| if s[0] == x { 1.0 } else { f64::NAN };
    assert_eq!(
        bootstrap(&[&x], fails_when_moved, &options),
        Err(StatError::OutOfRange { what: "statistic of a resample" })
    );
}
