//! The port through which a workload runs a program. The engine implements it.

use std::path::PathBuf;

use async_trait::async_trait;

use crate::failure::RunError;
use crate::run_log::Artefact;

/// A program to run. Arguments are a vector: there is no shell unless `argv[0]` is one.
#[derive(Clone, Debug, Default)]
pub struct ProcessRequest {
    /// Program and arguments. `{run_dir}` in an argument or variable is replaced by the attempt's scratch folder.
    pub argv: Vec<String>,
    /// Working folder.
    pub folder: Option<PathBuf>,
    /// Variables added to the inherited environment.
    pub env: Vec<(String, String)>,
    /// Inherited variables that hold keys of model providers and that the program may see. All others are withheld.
    pub keys: Vec<String>,
    /// Bytes written to standard input; `None` closes it.
    pub stdin: Option<Vec<u8>>,
    /// Address-space limit in bytes.
    pub memory_bytes: Option<u64>,
    /// Most bytes kept of each output stream: the first half and the last half of what came.
    pub output_cap_bytes: usize,
    /// A file to read back, relative to the scratch folder (the metrics file).
    pub read_back: Option<String>,
    /// Files to keep, as globs relative to the scratch folder.
    pub keep: Vec<String>,
}

/// How a program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProcessExit {
    /// Its exit status.
    Code(i32),
    /// The signal that ended it.
    Signal(i32),
}

/// What a program left.
#[derive(Clone, Debug)]
pub struct ProcessReport {
    /// How it ended.
    pub exit: ProcessExit,
    /// Seconds from start to exit, monotonic clock.
    pub duration_s: f64,
    /// User and system CPU seconds of the waited-for process tree, where the kernel told.
    pub cpu_s: Option<f64>,
    /// Kept standard output.
    pub stdout: Vec<u8>,
    /// Bytes of standard output that were not kept.
    pub stdout_dropped: u64,
    /// Kept standard error.
    pub stderr: Vec<u8>,
    /// Bytes of standard error that were not kept.
    pub stderr_dropped: u64,
    /// Content of the file asked for by `read_back`, if it was there.
    pub read_back: Option<Vec<u8>>,
    /// Kept files.
    pub artefacts: Vec<Artefact>,
}

/// Runs programs on behalf of a run: own process group, timeout, tree kill, capped capture.
#[async_trait]
pub trait Processes: Send + Sync {
    /// Runs a program to its end. Err: it could not be started, timed out or was cancelled; whatever it had started is
    /// gone by then.
    async fn run(&self, request: ProcessRequest) -> Result<ProcessReport, RunError>;
}
