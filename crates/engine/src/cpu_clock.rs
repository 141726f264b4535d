//! CPU time of a run: of its future, taken per poll from the thread's clock (exact however the runtime moves it between
//! threads), and of its programs.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use ergon_energy::{ProcessUsage, RunCgroup};
use nix::time::{ClockId, clock_gettime};

fn thread_cpu_ns() -> Option<u64> {
    let t = clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).ok()?;
    Some(t.tv_sec().unsigned_abs() * 1_000_000_000 + t.tv_nsec().unsigned_abs())
}

/// CPU time that a run has used so far.
#[derive(Debug, Default)]
pub(crate) struct RunCpu {
    polls_ns: AtomicU64,
    programs: Mutex<Programs>,
}

#[derive(Debug, Default)]
struct Programs {
    running: Vec<(u32, Option<Arc<RunCgroup>>)>,
    ended: Option<ProcessUsage>,
    ended_ns: u64,
}

impl RunCpu {
    fn lock(&self) -> MutexGuard<'_, Programs> {
        self.programs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A program of the run has begun, in a group of its own where it could be given one.
    pub(crate) fn began(&self, pid: u32, group: Option<Arc<RunCgroup>>) {
        self.lock().running.push((pid, group));
    }

    /// It has ended, and all it waited for took this.
    pub(crate) fn ended(&self, pid: u32, usage: Option<ProcessUsage>) {
        let mut programs = self.lock();
        let at = programs.running.iter().position(|(running, _)| *running == pid);
        let group = at.and_then(|at| programs.running.swap_remove(at).1);
        // A group also knows the children that nobody waited for.
        let waited_ns = usage.map_or(0, |usage| (usage.cpu_s * 1e9) as u64);
        programs.ended_ns += group.and_then(|group| group.cpu_ns()).unwrap_or(waited_ns);
        if let Some(usage) = usage {
            let sum = programs.ended.get_or_insert_default();
            sum.cpu_s += usage.cpu_s;
            sum.minor_faults += usage.minor_faults;
            sum.major_faults += usage.major_faults;
            sum.voluntary_switches += usage.voluntary_switches;
            sum.involuntary_switches += usage.involuntary_switches;
        }
    }

    /// Programs that run now and have no group: their trees have to be looked for.
    pub(crate) fn programs(&self) -> Vec<u32> {
        self.lock().running.iter().filter(|(_, group)| group.is_none()).map(|(pid, _)| *pid).collect()
    }

    /// What the programs that have ended took; `None` where the run had none.
    pub(crate) fn usage(&self) -> Option<ProcessUsage> {
        self.lock().ended
    }

    /// Nanoseconds so far; `trees`: those of running programs.
    pub(crate) fn used_ns(&self, trees: &BTreeMap<u32, u64>) -> u64 {
        let programs = self.lock();
        let of = |(pid, group): &(u32, Option<Arc<RunCgroup>>)| match group {
            Some(group) => group.cpu_ns(),
            None => trees.get(pid).copied(),
        };
        let running: u64 = programs.running.iter().filter_map(of).sum();
        self.polls_ns.load(Ordering::Relaxed) + running + programs.ended_ns
    }
}

/// A future that also returns the CPU seconds its polls took; `None` where the host has no such clock.
pub(crate) struct CpuTimed<F> {
    inner: Pin<Box<F>>,
    used_ns: Option<u64>,
    run: Arc<RunCpu>,
}

impl<F: Future> CpuTimed<F> {
    pub(crate) fn new(inner: F, run: Arc<RunCpu>) -> Self {
        Self { inner: Box::pin(inner), used_ns: Some(0), run }
    }
}

impl<F: Future> Future for CpuTimed<F> {
    type Output = (F::Output, Option<f64>);

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let before = thread_cpu_ns();
        let polled = self.inner.as_mut().poll(cx);
        self.used_ns = match (self.used_ns, before, thread_cpu_ns()) {
            (Some(used), Some(a), Some(b)) => Some(used + b.saturating_sub(a)),
            _ => None,
        };
        self.run.polls_ns.store(self.used_ns.unwrap_or(0), Ordering::Relaxed);
        polled.map(|out| (out, self.used_ns.map(|ns| ns as f64 * 1e-9)))
    }
}
