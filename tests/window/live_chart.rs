//! The chart follows while something happens.

use std::os::unix::fs::FileExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::desk::Desk;

/// A package counter that advances by a power that can be changed.
pub(crate) fn fake_sensor(desk: &Desk, watts: Arc<AtomicU64>) {
    let zone = desk.path("sysfs/class/powercap/intel-rapl:0");
    std::fs::create_dir_all(&zone).unwrap();
    std::fs::write(zone.join("name"), "package-0\n").unwrap();
    std::fs::write(zone.join("max_energy_range_uj"), "262143328850\n").unwrap();
    // Always as wide: written in place, so that a reader never finds half a number.
    std::fs::write(zone.join("energy_uj"), format!("{:016}\n", 0)).unwrap();
    let file = std::fs::OpenOptions::new().write(true).open(zone.join("energy_uj")).unwrap();
    std::thread::spawn(move || {
        let (mut last, mut total_uj) = (Instant::now(), 0.0);
        loop {
            std::thread::sleep(Duration::from_millis(2));
            let now = Instant::now();
            total_uj += watts.load(Ordering::Relaxed) as f64 * now.duration_since(last).as_secs_f64() * 1e6;
            last = now;
            if file.write_at(format!("{:016}\n", total_uj as u64).as_bytes(), 0).is_err() {
                return;
            }
        }
    });
}

pub(crate) fn watts(text: &str) -> Option<f64> {
    text.split_whitespace().next()?.parse().ok()
}

#[test]
fn a_step_from_10_to_50_watts_is_on_the_chart_within_two_seconds() {
    let power = Arc::new(AtomicU64::new(10));
    let desk = Desk::with_sample();
    fake_sensor(&desk, power.clone());
    let window = desk.open();
    window.press("open-consensus-quick");
    window.press("nav-run");
    let shown = || watts(&window.text("power-now"));
    window.until("10 W", || shown().filter(|w| (w - 10.0).abs() <= 2.0));
    power.store(50, Ordering::Relaxed);
    let begin = Instant::now();
    window.until("50 W", || shown().filter(|w| (w - 50.0).abs() <= 2.0));
    let took = begin.elapsed();
    window.picture("live-chart");
    assert!(took < Duration::from_secs(2), "it took {took:?}");
}
