//! What measuring costs: reading four counters, and sampling at 10 Hz and 1 kHz. `cargo bench -p ergon-energy`.
//!
//! The counters lie in memory (`/dev/shm` where there is one): real ones answer in tens of microseconds, which is the
//! hardware's time and not this program's. Beside each figure stands what the kernel alone takes here for the same: bare
//! `pread`s of four files, and a thread that sleeps and does no more than that.
#![allow(clippy::unwrap_used, missing_docs, reason = "a bench fails by panicking")]

use std::fs;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use ergon_energy::{Discovery, Meter, Roots, Sampler, SystemClock};

fn main() {
    let shm = Path::new("/dev/shm");
    let place = if shm.is_dir() { shm.to_path_buf() } else { std::env::temp_dir() };
    let folder = tempfile::Builder::new().prefix("ergon-cost").tempdir_in(place).unwrap();
    let mut counters = Vec::new();
    for (zone, name) in [("0", "package-0"), ("0/intel-rapl:0:0", "core"), ("0/intel-rapl:0:1", "dram"), ("1", "psys")]
    {
        let zone = folder.path().join("class/powercap").join(format!("intel-rapl:{zone}"));
        fs::create_dir_all(&zone).unwrap();
        fs::write(zone.join("name"), name).unwrap();
        fs::write(zone.join("max_energy_range_uj"), "262143328850").unwrap();
        fs::write(zone.join("energy_uj"), "00000000100000000000\n").unwrap();
        counters.push(fs::OpenOptions::new().read(true).write(true).open(zone.join("energy_uj")).unwrap());
    }
    let roots = Roots { sysfs: folder.path().into(), procfs: "/proc".into(), nvml: "none".into() };
    let shown = AtomicU64::new(100_000_000_000);
    let show = |step: u64| {
        let now = shown.fetch_add(step, Ordering::SeqCst) + step;
        counters.iter().for_each(|file| file.write_all_at(format!("{now:020}\n").as_bytes(), 0).unwrap());
    };
    // A counter that stands still while it is looked at is no sensor.
    let sources = || moving(&show, || Discovery::run(&roots).sources);
    let bare_us = bare_preads_us(&counters);
    println!("four bare preads: {bare_us:.2} us");
    let mut source = sources().remove(0);
    assert_eq!(source.channels().len(), 4);
    for (what, step) in [("that move", 1_000), ("that stand still", 0)] {
        let (mut best_us, mut now_ns) = (f64::INFINITY, 0);
        let mut out = Vec::with_capacity(4);
        for _ in 0..200 {
            // A real counter moves between two readings; here it is moved now and then, outside of what is timed.
            let mut took = Duration::ZERO;
            for _ in 0..50 {
                now_ns += 1_000_000;
                show(step);
                out.clear();
                let began = Instant::now();
                source.read(now_ns, &mut out);
                took += began.elapsed();
            }
            best_us = best_us.min(took.as_secs_f64() * 1e6 / 50.0);
        }
        assert!(out.iter().all(Result::is_ok));
        println!(
            "read four counters {what}: {best_us:.2} us (best of 200 rounds; at most 2), {:.2} x bare",
            best_us / bare_us
        );
    }

    let meter = Arc::new(Meter::new(sources(), Arc::new(SystemClock)));
    let began = Instant::now();
    for _ in 0..50_000 {
        std::hint::black_box(meter.mark());
    }
    println!("a mark of four counters: {:.2} us", began.elapsed().as_secs_f64() * 1e6 / 50_000.0);
    for (rate_hz, seconds, most_percent) in [(10.0, 20, 0.1), (1_000.0, 10, 5.0)] {
        let period = Duration::from_secs_f64(1.0 / rate_hz);
        let slept = moving(&show, || bare_thread_cpu_s(&counters, period, seconds));
        let report = moving(&show, || {
            let sampler = Sampler::start(meter.clone(), period).unwrap();
            std::thread::sleep(Duration::from_secs(seconds));
            sampler.stop()
        });
        let percent = |cpu_s: f64| 100.0 * cpu_s / seconds as f64;
        println!(
            "{rate_hz} Hz: {:.3} % of a core (at most {most_percent}), {:.2} x a bare thread's {:.3} %; {} samples, {} slots missed",
            percent(report.overhead_cpu_s),
            report.overhead_cpu_s / slept,
            percent(slept),
            report.samples,
            report.missed
        );
    }
}

/// Does something while the counters move as real ones do, every millisecond.
fn moving<T>(show: &(impl Fn(u64) + Sync), what: impl FnOnce() -> T) -> T {
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::SeqCst) {
                show(1_000);
                std::thread::sleep(Duration::from_millis(1));
            }
        });
        let done = what();
        over.store(true, Ordering::SeqCst);
        done
    })
}

fn bare_preads_us(counters: &[fs::File]) -> f64 {
    let mut text = [0; 64];
    let mut best_us = f64::INFINITY;
    for _ in 0..200 {
        let began = Instant::now();
        for _ in 0..50 {
            counters.iter().for_each(|file| {
                std::hint::black_box(file.read_at(&mut text, 0).unwrap());
            });
        }
        best_us = best_us.min(began.elapsed().as_secs_f64() * 1e6 / 50.0);
    }
    best_us
}

/// CPU seconds of a thread that sleeps and reads, and does nothing with what it reads.
fn bare_thread_cpu_s(counters: &[fs::File], period: Duration, seconds: u64) -> f64 {
    std::thread::scope(|scope| {
        let thread = scope.spawn(|| {
            let _ = nix::sys::prctl::set_timerslack(1);
            let began = Instant::now();
            let mut due = Duration::ZERO;
            let mut text = [0; 64];
            while due < Duration::from_secs(seconds) {
                due += period;
                while let Some(wait) = due.checked_sub(began.elapsed()).filter(|wait| !wait.is_zero()) {
                    std::thread::sleep(wait);
                }
                counters.iter().for_each(|file| {
                    std::hint::black_box(file.read_at(&mut text, 0).unwrap());
                });
            }
            let usage = nix::sys::resource::getrusage(nix::sys::resource::UsageWho::RUSAGE_THREAD).unwrap();
            let s = |t: nix::sys::time::TimeVal| t.tv_sec() as f64 + t.tv_usec() as f64 * 1e-6;
            s(usage.user_time()) + s(usage.system_time())
        });
        thread.join().unwrap()
    })
}
