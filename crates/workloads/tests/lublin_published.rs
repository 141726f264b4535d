//! The Lublin–Feitelson generator against the sample its authors published (10,000 jobs, 256
//! processors), where `ERGON_TEST_DATA` points at the shared data.
//!
//! Tolerances: shares within 0.015, the mean log₂ size within 0.07, run-time and gap quantiles within
//! 15 %, and the largest distance between the distribution functions below 0.0205, what chance alone
//! exceeds once in a thousand for samples of 10,000 and 100,000 (Kolmogorov–Smirnov).

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::path::Path;

use ergon_workloads::consensus::job::seconds;
use ergon_workloads::consensus::lublin::{DailyCycle, JobClass, Shapes};
use ergon_workloads::consensus::swf::{Selection, Trace};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

const DRAWS: usize = 100_000;
const LARGEST_DISTANCE: f64 = 0.0205;

struct Sample {
    cores: Vec<f64>,
    run_s: Vec<f64>,
    gap_s: Vec<f64>,
}

fn published() -> Option<Sample> {
    let Some(folder) = std::env::var_os("ERGON_TEST_DATA") else {
        println!("ERGON_TEST_DATA is not set: the generator is not compared with the published sample");
        return None;
    };
    let path = Path::new(&folder).join("traces/lublin_256.swf.gz");
    let trace = Trace::parse(&std::fs::read(path).unwrap()).unwrap();
    let jobs = trace.select(&Selection::default()).unwrap().jobs;
    Some(Sample {
        cores: jobs.iter().map(|j| f64::from(j.cores)).collect(),
        run_s: jobs.iter().map(|j| seconds(j.run_ns)).collect(),
        gap_s: jobs.windows(2).map(|pair| seconds(pair[1].submit_ns - pair[0].submit_ns)).collect(),
    })
}

fn generated() -> Sample {
    let mut rng = ChaCha8Rng::seed_from_u64(2003);
    let shapes = Shapes::new(JobClass::All, 256);
    let drawn: Vec<_> = (0..DRAWS).map(|_| shapes.draw(&mut rng)).collect();
    let mut cycle = DailyCycle::new(JobClass::All);
    let times: Vec<f64> = (0..=DRAWS).map(|_| cycle.draw(&mut rng)).collect();
    Sample {
        cores: drawn.iter().map(|s| f64::from(s.cores)).collect(),
        run_s: drawn.iter().map(|s| s.run_s as f64).collect(),
        // The program prints whole seconds.
        gap_s: times.windows(2).map(|pair| pair[1].floor() - pair[0].floor()).collect(),
    }
}

fn share(values: &[f64], of: impl Fn(f64) -> bool) -> f64 {
    values.iter().filter(|&&v| of(v)).count() as f64 / values.len() as f64
}

fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

/// sup |F₁ − F₂| over the values that occur.
fn distance(a: &[f64], b: &[f64]) -> f64 {
    let (a, b) = (sorted(a), sorted(b));
    let upto = |values: &[f64], x: f64| values.partition_point(|&v| v <= x) as f64 / values.len() as f64;
    a.iter().map(|&x| (upto(&a, x) - upto(&b, x)).abs()).fold(0.0, f64::max)
}

fn assert_quantiles(name: &str, ours: &[f64], theirs: &[f64], at: &[f64]) {
    let (ours, theirs) = (sorted(ours), sorted(theirs));
    for &p in at {
        let quantile = |values: &[f64]| values[(values.len() as f64 * p) as usize];
        let (a, b) = (quantile(&ours), quantile(&theirs));
        println!("{name} quantile {p}: {a} s, published {b} s");
        // A whole second either way for the shortest.
        assert!((a - b).abs() <= (0.15 * b).max(1.0), "{name} {p}: {a} {b}");
    }
}

#[test]
fn sizes_are_distributed_as_in_the_published_sample() {
    let Some(theirs) = published() else { return };
    let ours = generated();
    let log2_mean = |values: &[f64]| values.iter().map(|v| libm::log2(*v)).sum::<f64>() / values.len() as f64;
    let serial = |v: f64| v == 1.0;
    let pow2 = |v: f64| v > 1.0 && (v as u32).is_power_of_two();
    for (name, a, b, tolerance) in [
        ("serial share", share(&ours.cores, serial), share(&theirs.cores, serial), 0.015),
        ("power-of-two share", share(&ours.cores, pow2), share(&theirs.cores, pow2), 0.015),
        ("mean log2 size", log2_mean(&ours.cores), log2_mean(&theirs.cores), 0.07),
        ("distance of sizes", distance(&ours.cores, &theirs.cores), 0.0, LARGEST_DISTANCE),
    ] {
        println!("{name}: {a:.4}, published {b:.4}");
        assert!((a - b).abs() < tolerance, "{name}: {a} {b}");
    }
}

#[test]
fn run_times_are_distributed_as_in_the_published_sample() {
    let Some(theirs) = published() else { return };
    let ours = generated();
    assert_quantiles("run time", &ours.run_s, &theirs.run_s, &[0.05, 0.1, 0.25, 0.75, 0.9, 0.95]);
    let all = distance(&ours.run_s, &theirs.run_s);
    println!("distance of run times: {all:.4}");
    assert!(all < LARGEST_DISTANCE, "{all}");
    // Size decides between short and long: wide jobs, of which there are a tenth as many.
    let wide = |sample: &Sample| -> Vec<f64> {
        let pairs = sample.cores.iter().zip(&sample.run_s);
        pairs.filter(|(cores, _)| **cores >= 64.0).map(|(_, run)| *run).collect()
    };
    let (a, b) = (wide(&ours), wide(&theirs));
    let critical = 1.95 * (1.0 / a.len() as f64 + 1.0 / b.len() as f64).sqrt();
    let of_wide = distance(&a, &b);
    println!("distance of run times of wide jobs: {of_wide:.4}, critical {critical:.4}");
    assert!(of_wide < critical);
}

#[test]
fn gaps_are_distributed_as_in_the_published_sample() {
    let Some(theirs) = published() else { return };
    let ours = generated();
    assert_quantiles("gap", &ours.gap_s, &theirs.gap_s, &[0.1, 0.25, 0.5, 0.75, 0.9, 0.95]);
    let gaps = distance(&ours.gap_s, &theirs.gap_s);
    println!("distance of gaps: {gaps:.4}");
    assert!(gaps < LARGEST_DISTANCE, "{gaps}");
}
