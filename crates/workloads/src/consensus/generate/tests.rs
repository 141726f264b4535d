use super::super::job::{SECOND_NS, seconds};
use super::*;

const HOUR_NS: u64 = 3_600 * SECOND_NS;

fn spec(process: Process) -> Generation {
    Generation {
        process,
        workload: WorkloadType::Mixed,
        rate: ArrivalRate::PerHour(60.0),
        jobs: 20_000,
        until_ns: u64::MAX,
    }
}

fn jobs(generation: &Generation) -> Vec<Job> {
    generate(generation, &mut ChaCha8Rng::seed_from_u64(4)).unwrap()
}

const PROCESSES: [Process; 3] = [Process::Poisson, Process::Bursts, Process::Lublin { cores: 128 }];

/// Mean gap in seconds and its coefficient of variation.
fn gaps(jobs: &[Job]) -> (f64, f64) {
    let gaps: Vec<f64> = jobs.windows(2).map(|pair| seconds(pair[1].submit_ns - pair[0].submit_ns)).collect();
    let n = gaps.len() as f64;
    let mean = gaps.iter().sum::<f64>() / n;
    let variance = gaps.iter().map(|g| (g - mean) * (g - mean)).sum::<f64>() / n;
    (mean, libm::sqrt(variance) / mean)
}

#[test]
fn jobs_are_numbered_in_order_of_arrival_and_sound() {
    for process in PROCESSES {
        let jobs = jobs(&spec(process));
        assert_eq!(jobs.len(), 20_000);
        for (index, job) in jobs.iter().enumerate() {
            assert_eq!(job.id as usize, index + 1);
            assert!(job.requested_ns >= job.run_ns && job.run_ns >= SECOND_NS);
            assert!(job.cores >= 1 && job.memory_gb > 0.0 && job.io_mb_s > 0.0);
        }
        assert!(jobs.is_sorted_by_key(|job| job.submit_ns));
    }
}

#[test]
fn the_mean_rate_is_kept_and_burstiness_is_as_named() {
    let (mean, cv) = gaps(&jobs(&spec(Process::Poisson)));
    assert!((mean - 60.0).abs() < 2.0 && (cv - 1.0).abs() < 0.05, "{mean} {cv}");
    let (mean, cv) = gaps(&jobs(&spec(Process::Bursts)));
    assert!((mean - 60.0).abs() < 5.0 && cv > 2.5, "{mean} {cv}");
    let (mean, cv) = gaps(&jobs(&spec(Process::Lublin { cores: 128 })));
    assert!((mean - 60.0).abs() < 15.0 && cv > 3.0, "{mean} {cv}");
}

#[test]
fn count_and_horizon_both_bound_the_jobs() {
    for process in PROCESSES {
        let short = Generation { until_ns: 24 * HOUR_NS, ..spec(process) };
        let bounded = jobs(&short);
        assert!(bounded.len() < 20_000 && !bounded.is_empty());
        assert!(bounded.iter().all(|job| job.submit_ns <= 24 * HOUR_NS));
        let few = Generation { jobs: 3, ..spec(process) };
        assert_eq!(jobs(&few), jobs(&spec(process))[..3], "a prefix, whatever the count");
    }
}

#[test]
fn streams_are_independent_of_each_other() {
    for process in PROCESSES {
        let mixed = jobs(&spec(process));
        let of_type = jobs(&Generation { workload: WorkloadType::IoHeavy, ..spec(process) });
        let faster = jobs(&Generation { rate: ArrivalRate::High, ..spec(process) });
        for ((a, b), c) in mixed.iter().zip(&of_type).zip(&faster) {
            assert_eq!(a.submit_ns, b.submit_ns);
            assert_eq!((a.cores, a.run_ns, a.domain), (c.cores, c.run_ns, c.domain));
        }
    }
}

#[test]
fn levels_are_ordered_numbers() {
    let levels = [ArrivalRate::Low, ArrivalRate::Medium, ArrivalRate::High];
    assert_eq!(levels.map(ArrivalRate::per_hour), [30.0, 60.0, 120.0]);
}

#[test]
fn impossible_wishes_are_refused_in_words() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    for rate in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let bad = Generation { rate: ArrivalRate::PerHour(rate), ..spec(Process::Poisson) };
        assert!(matches!(generate(&bad, &mut rng), Err(GenerateError::Rate(_))));
    }
    let none = generate(&spec(Process::Lublin { cores: 0 }), &mut rng);
    assert_eq!(none, Err(GenerateError::NoCores));
}

/// A change here changes every stored run, and needs a new workload version.
#[test]
fn a_fixed_seed_gives_fixed_jobs() {
    for (process, expected) in PROCESSES.into_iter().zip(SNAPSHOT) {
        let job = jobs(&spec(process))[999];
        let drawn = (job.submit_ns, job.run_ns, job.requested_ns, job.cores);
        assert_eq!(drawn, expected, "{process:?}");
    }
}

const SNAPSHOT: [(u64, u64, u64, u32); 3] = [
    (63_355_347_454_133, 294_000_000_000, 547_000_000_000, 48),
    (54_070_615_730_499, 294_000_000_000, 547_000_000_000, 48),
    (57_170_370_956_259, 143_000_000_000, 186_000_000_000, 20),
];
