//! A thread that marks at a steady rate, for charts and so that no counter wraps unseen. It never waits for a reader.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use nix::sys::resource::UsageWho;

use crate::host;
use crate::meter::{Mark, Meter};

/// What sampling costs is asked of the kernel no more often, nanoseconds: at a thousand samples a second asking would be
/// part of it.
const COUNT_COST_NS: u64 = 200_000_000;
/// Up to this long it sleeps, which costs less than waiting to be woken; whoever ends it waits as long at most.
const SLEEP: Duration = Duration::from_millis(20);
/// Samples kept for a reader that doesn't come; the oldest go first.
const KEPT: usize = 100_000;

/// Mean power since the sample before.
#[derive(Clone, Debug, PartialEq)]
pub struct PowerSample {
    /// When, microseconds since 1970.
    pub at_us: i64,
    /// When, monotonic nanoseconds.
    pub monotonic_ns: u64,
    /// Watts by channel of the meter; `None` where a reading failed.
    pub power_w: Vec<Option<f64>>,
}

/// What sampling did, and cost.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SamplerReport {
    /// Samples taken.
    pub samples: u64,
    /// Slots left out because their time had passed.
    pub missed: u64,
    /// CPU seconds of the sampling thread, up to a fifth of a second ago.
    pub overhead_cpu_s: f64,
}

#[derive(Default)]
struct Shared {
    stop: AtomicBool,
    samples: Mutex<VecDeque<PowerSample>>,
    report: Mutex<SamplerReport>,
}

/// The running thread; ends when dropped.
pub struct Sampler {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Sampler {
    /// Starts sampling. `None`: the system gives no thread.
    pub fn start(meter: Arc<Meter>, period: Duration) -> Option<Self> {
        let shared = Arc::new(Shared::default());
        let own = shared.clone();
        let period_ns = (period.as_nanos() as u64).max(1_000);
        let thread =
            std::thread::Builder::new().name("ergon-energy".into()).spawn(move || sample(&own, &meter, period_ns));
        thread.ok().map(|thread| Self { shared, thread: Some(thread) })
    }

    /// The samples since this was asked last.
    pub fn take(&self) -> Vec<PowerSample> {
        self.shared.samples.lock().unwrap_or_else(PoisonError::into_inner).drain(..).collect()
    }

    /// What it has done so far.
    pub fn report(&self) -> SamplerReport {
        *self.shared.report.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends it.
    pub fn stop(mut self) -> SamplerReport {
        self.end();
        self.report()
    }

    fn end(&mut self) {
        self.shared.stop.store(true, Ordering::SeqCst);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            let _ = thread.join();
        }
    }
}

impl Drop for Sampler {
    fn drop(&mut self) {
        self.end();
    }
}

fn sample(shared: &Shared, meter: &Meter, period_ns: u64) {
    // The kernel's default slack of 50 µs is the larger part of lateness.
    let _ = nix::sys::prctl::set_timerslack(1);
    let clock = meter.clock().clone();
    let mut last: Mark = meter.mark();
    let mut due_ns = last.monotonic_ns + period_ns;
    let mut counted_ns = 0;
    while !shared.stop.load(Ordering::SeqCst) {
        let now_ns = clock.monotonic_ns();
        if now_ns < due_ns {
            let wait = Duration::from_nanos(due_ns - now_ns);
            if wait <= SLEEP {
                std::thread::sleep(wait);
            } else {
                std::thread::park_timeout(wait);
            }
            continue;
        }
        let mark = meter.mark();
        let sample = PowerSample {
            at_us: SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_micros() as i64),
            monotonic_ns: mark.monotonic_ns,
            power_w: meter.power_w(&last, &mark),
        };
        last = mark;
        {
            let mut samples = shared.samples.lock().unwrap_or_else(PoisonError::into_inner);
            if samples.len() == KEPT {
                samples.pop_front();
            }
            samples.push_back(sample);
        }
        // Late slots are left out, never caught up with; so is one that comes too soon after to tell a power by.
        let behind = (clock.monotonic_ns() + period_ns / 2).saturating_sub(due_ns) / period_ns;
        due_ns += (behind + 1) * period_ns;
        let mut report = shared.report.lock().unwrap_or_else(PoisonError::into_inner);
        report.samples += 1;
        report.missed += behind;
        if last.monotonic_ns.saturating_sub(counted_ns) >= COUNT_COST_NS {
            counted_ns = last.monotonic_ns;
            count_cost(&mut report);
        }
    }
    count_cost(&mut shared.report.lock().unwrap_or_else(PoisonError::into_inner));
}

fn count_cost(report: &mut SamplerReport) {
    report.overhead_cpu_s = host::cpu_s(UsageWho::RUSAGE_THREAD).unwrap_or(report.overhead_cpu_s);
}
