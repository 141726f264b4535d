//! CPU time of a future, taken per poll from the thread's clock: exact however the runtime moves it between threads.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use nix::time::{ClockId, clock_gettime};

fn thread_cpu_s() -> Option<f64> {
    let t = clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).ok()?;
    Some(t.tv_sec() as f64 + t.tv_nsec() as f64 * 1e-9)
}

/// A future that also returns the CPU seconds its polls took; `None` where the host has no such clock.
pub(crate) struct CpuTimed<F> {
    inner: Pin<Box<F>>,
    used_s: Option<f64>,
}

impl<F: Future> CpuTimed<F> {
    pub(crate) fn new(inner: F) -> Self {
        Self { inner: Box::pin(inner), used_s: Some(0.0) }
    }
}

impl<F: Future> Future for CpuTimed<F> {
    type Output = (F::Output, Option<f64>);

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let before = thread_cpu_s();
        let polled = self.inner.as_mut().poll(cx);
        self.used_s = match (self.used_s, before, thread_cpu_s()) {
            (Some(used), Some(a), Some(b)) => Some(used + (b - a)),
            _ => None,
        };
        polled.map(|out| (out, self.used_s))
    }
}
