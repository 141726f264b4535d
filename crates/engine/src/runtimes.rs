//! The two runtimes: one for waiting, one for computing.

use tokio::runtime::{Builder, Handle, Runtime};

/// I/O and compute runtimes. Invariant: nothing CPU-bound is spawned on the I/O runtime, so heartbeats, timers and
/// commits stay prompt while every core computes.
pub struct Runtimes {
    io: Runtime,
    compute: Runtime,
}

impl Runtimes {
    /// Starts both; compute threads = cores.
    ///
    /// # Errors
    /// The operating system gave no threads.
    pub fn start() -> std::io::Result<Self> {
        let cores = std::thread::available_parallelism().map_or(1, |n| n.get());
        let build = |name: &str, threads: usize| {
            Builder::new_multi_thread().worker_threads(threads).thread_name(name).enable_all().build()
        };
        Ok(Self { io: build("ergon-io", 2)?, compute: build("ergon-compute", cores)? })
    }

    /// For waiting.
    pub fn io(&self) -> &Handle {
        self.io.handle()
    }

    /// For computing.
    pub fn compute(&self) -> &Handle {
        self.compute.handle()
    }
}
