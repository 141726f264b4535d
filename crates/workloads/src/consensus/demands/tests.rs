use super::super::cluster::Cluster;
use super::super::lublin::{JobClass, Shapes};
use super::*;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

fn drawn(workload: WorkloadType, count: u32) -> Vec<Job> {
    let mut rng = ChaCha8Rng::seed_from_u64(99);
    (1..=count).map(|id| draw_job(&mut rng, id, 0, workload)).collect()
}

fn completed(workload: WorkloadType, count: u32) -> Vec<Job> {
    let mut rng = ChaCha8Rng::seed_from_u64(100);
    let shapes = Shapes::new(JobClass::All, 128);
    let mut jobs: Vec<Job> = (1..=count)
        .map(|id| {
            let shape = shapes.draw(&mut rng);
            Job::of_cores(id, 0, shape.run_s, shape.run_s, shape.cores)
        })
        .collect();
    complete(&mut rng, &mut jobs, workload);
    jobs
}

#[test]
fn every_job_can_run_somewhere_in_any_cluster() {
    for workload in WorkloadType::ALL {
        let mut jobs = drawn(workload, 2_000);
        jobs.extend(completed(workload, 2_000));
        for agents in [3, 4, 5, 10] {
            for level in [0.0, 0.3, 0.5, 0.8, 1.0] {
                let cluster = Cluster::new(agents, level).unwrap();
                for job in &jobs {
                    assert!(
                        cluster.partitions().iter().any(|p| p.feasible(job)),
                        "{agents} agents, specialization {level}: {job:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn drawn_quartiles_are_those_of_the_table() {
    for (workload, domain) in [
        (WorkloadType::GpuIntensive, Domain::Gpu),
        (WorkloadType::MemoryHeavy, Domain::Memory),
        (WorkloadType::ComputeBound, Domain::Compute),
        (WorkloadType::IoHeavy, Domain::Storage),
    ] {
        let jobs = drawn(workload, 40_000);
        assert!(jobs.iter().all(|job| job.domain == domain));
        let profile = Profile::of(domain);
        let quartile = |of: &dyn Fn(&Job) -> f64, at: f64| {
            let mut values: Vec<f64> = jobs.iter().map(of).collect();
            values.sort_by(f64::total_cmp);
            values[(values.len() as f64 * at) as usize]
        };
        for at in [0.25, 0.5, 0.75] {
            let run = quartile(&|j| j.run_ns as f64 / 1e9, at);
            assert!((run / profile.run_s.at(at) - 1.0).abs() < 0.05, "{run}");
            let io = quartile(&|j| j.io_mb_s, at);
            assert!((io / profile.io_mb_s.at(at) - 1.0).abs() < 0.05, "{io}");
            let memory = quartile(&|j| j.memory_gb / f64::from(j.cores), at);
            let expected = profile.memory_gb_per_core.at(at);
            assert!((memory / expected - 1.0).abs() < 0.05, "{memory}");
            if domain != Domain::Gpu {
                let cores = quartile(&|j| f64::from(j.cores), at);
                assert!((cores / profile.cores.at(at) - 1.0).abs() < 0.1, "{cores}");
            }
        }
    }
}

#[test]
fn gpu_jobs_have_whole_cores_for_each_gpu_and_others_have_no_gpu() {
    for job in drawn(WorkloadType::Mixed, 5_000) {
        if job.domain == Domain::Gpu {
            assert!((1..=8).contains(&job.gpus));
            assert_eq!(job.cores % job.gpus, 0);
        } else {
            assert_eq!(job.gpus, 0);
        }
    }
}

#[test]
fn a_mixed_workload_has_a_quarter_of_each() {
    let jobs = drawn(WorkloadType::Mixed, 20_000);
    for domain in Domain::ALL {
        let share = jobs.iter().filter(|j| j.domain == domain).count() as f64 / 20_000.0;
        assert!((share - 0.25).abs() < 0.015, "{domain:?} {share}");
    }
}

#[test]
fn estimates_are_whole_seconds_and_never_too_short() {
    let jobs = drawn(WorkloadType::Mixed, 20_000);
    let mut ratio = 0.0;
    for job in &jobs {
        assert!(job.requested_ns >= job.run_ns);
        assert!(job.requested_ns <= 3 * job.run_ns + SECOND_NS);
        assert_eq!(job.requested_ns % SECOND_NS, 0);
        ratio += job.requested_ns as f64 / job.run_ns as f64 / 20_000.0;
    }
    assert!((ratio - 2.0).abs() < 0.02, "{ratio}");
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    assert_eq!(estimate_ns(&mut rng, 0), 0);
    assert_eq!(estimate_ns(&mut rng, u64::MAX), u64::MAX);
}

#[test]
fn what_a_trace_knows_is_kept() {
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    let known = Job { memory_gb: 3.5, ..Job::of_cores(7, 5, 10, 20, 48) };
    let mut jobs = [known, Job::of_cores(8, 6, 10, 20, 100)];
    complete(&mut rng, &mut jobs, WorkloadType::GpuIntensive);
    assert_eq!((jobs[0].memory_gb, jobs[0].gpus), (3.5, 6));
    assert_eq!((jobs[0].submit_ns, jobs[0].cores), (5, 48));
    assert_eq!((jobs[1].domain, jobs[1].gpus), (Domain::Compute, 0));
    assert!(jobs[1].memory_gb > 0.0);
}

#[test]
fn words_name_types() {
    for kind in WorkloadType::ALL {
        assert_eq!(WorkloadType::of_word(kind.word()), Some(kind));
    }
    assert_eq!(WorkloadType::of_word("heavy"), None);
}

/// The load of the mixed workload, from which the arrival levels were chosen.
#[test]
fn mean_work_of_a_mixed_job_is_25_core_hours() {
    let jobs = drawn(WorkloadType::Mixed, 100_000);
    let work: f64 = jobs.iter().map(|j| j.run_ns as f64 / 3.6e12 * f64::from(j.cores)).sum();
    let mean = work / 100_000.0;
    assert!((24.0..26.0).contains(&mean), "{mean} core-hours");
}
