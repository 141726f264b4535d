//! GPUs, through a library that stands in for NVIDIA's.

use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use ergon_energy::{Domain, EnergySource, Meter, NvmlSource, SystemClock, total};

/// Compiles the stand-in.
fn library(folder: &tempfile::TempDir) -> PathBuf {
    let path = folder.path().join("libnvml-standin.so");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/standin/nvml.c");
    let status = Command::new("cc").args(["-shared", "-fPIC", "-O1", "-o"]).arg(&path).arg(source).status().unwrap();
    assert!(status.success());
    path
}

#[test]
fn a_gpu_that_counts_and_one_that_shows_power_are_both_measured_and_short_windows_have_no_figure() {
    let folder = tempfile::tempdir().unwrap();
    let source = NvmlSource::open(&library(&folder)).unwrap();
    let domains: Vec<Domain> = source.channels().iter().map(|c| c.domain.clone()).collect();
    assert_eq!(domains, [Domain::Gpu("standin-0".into()), Domain::Gpu("standin-1".into())]);
    let meter = Meter::new(vec![Box::new(source)], Arc::new(SystemClock));
    let first = meter.mark();
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(total(&meter.between(&first, &meter.mark())).unwrap().figure.energy_j, None, "below a second");
    std::thread::sleep(Duration::from_millis(900));
    for (part, watts) in meter.between(&first, &meter.mark()).iter().zip([120.0, 45.0]) {
        let truth = watts * part.figure.duration_s;
        let found = part.figure.energy_j.unwrap();
        assert!((found - truth).abs() < 0.02 * truth, "{}: {found} J of {truth} J", part.domain);
        assert!(part.figure.lo_j <= truth && truth <= part.figure.hi_j);
    }
}

#[test]
fn without_the_library_it_says_so() {
    let why = NvmlSource::open("/nowhere/libnvidia-ml.so.1".as_ref()).err().unwrap();
    assert_eq!(why, "/nowhere/libnvidia-ml.so.1 is not here: no NVIDIA driver");
}
