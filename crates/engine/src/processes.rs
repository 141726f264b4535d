//! Programs of a run: own process group, time limit, tree kill, capped capture, scratch folder.
//!
//! Invariant: when [`Processes::run`] returns, nothing the program started is left, also what left its process group:
//! every process carries the attempt's marker in its environment and is found by it.

use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use ergon_domain::{FailureClass, ProcessExit, ProcessReport, ProcessRequest, Processes, RunError};
use ergon_energy::{ProcessUsage, RunCgroup, host, wait_for_end};
use nix::sys::resource::{Resource, setrlimit};
use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;

use crate::capture::Capture;
use crate::cpu_clock::RunCpu;
use crate::dispatch::Job;
use crate::execute::Session;
use crate::handle::Shared;
use crate::left_files::{ARTEFACT_CAP, keep, read_capped};

/// Variable that marks what an engine started; its value begins with the engine's marker.
pub const MARKER: &str = "ERGON_ENGINE";
const ATTEMPT: &str = "ERGON_ATTEMPT";
/// How long a program may take to end after SIGTERM.
const GRACE: Duration = Duration::from_millis(1500);
/// A deadline that never comes, and that a clock can still hold.
const FOREVER: Duration = Duration::from_secs(100 * 365 * 86_400);
/// How long output may keep coming after the program itself has ended.
const LINGER: Duration = Duration::from_millis(1500);

/// Runs programs for one attempt.
pub struct HostProcesses {
    shared: Arc<Shared>,
    io: tokio::runtime::Handle,
    timeout: Option<Duration>,
    scratch: PathBuf,
    engine: String,
    attempt: String,
    withheld: Arc<[String]>,
    groups: Option<PathBuf>,
    cpu: Arc<RunCpu>,
}

impl HostProcesses {
    pub(crate) fn new(session: &Session, job: &Job, timeout_s: Option<f64>, cpu: Arc<RunCpu>) -> Self {
        let attempt = format!("{}-{}", job.run.key.short(), job.attempt);
        Self {
            shared: session.shared.clone(),
            io: session.io.clone(),
            timeout: timeout_s.map(|s| Duration::try_from_secs_f64(s).unwrap_or(FOREVER).min(FOREVER)),
            scratch: session.execution.scratch.join(&attempt),
            engine: session.execution.marker.clone(),
            attempt: format!("{}/{attempt}", session.execution.marker),
            withheld: session.execution.withheld.clone(),
            groups: session.energy.as_ref().and_then(|account| account.groups().cloned()),
            cpu,
        }
    }

    pub(crate) fn scratch(&self) -> &Path {
        &self.scratch
    }
}

/// Ends every process that an engine with this marker left behind; returns how many were found.
pub fn end_leftovers(marker: &str) -> usize {
    end_marked(MARKER, marker)
}

fn end_marked(variable: &str, value: &str) -> usize {
    let (mut ended, mut none) = (0, 0);
    // Until none twice in a row: a process may fork while it is being looked for, or be in the middle of exec. Bounded, in
    // case one can't be killed.
    for _ in 0..50 {
        let found = host::processes_with_variable(variable, value);
        if found.is_empty() {
            none += 1;
            if none == 2 {
                break;
            }
            continue;
        }
        none = 0;
        ended += found.len();
        for pid in found {
            let _ = kill(Pid::from_raw(pid as i32), Signal::SIGKILL);
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    ended
}

#[async_trait]
impl Processes for HostProcesses {
    async fn run(&self, request: ProcessRequest) -> Result<ProcessReport, RunError> {
        let attempt = OneProgram {
            shared: self.shared.clone(),
            timeout: self.timeout,
            scratch: self.scratch.clone(),
            engine: self.engine.clone(),
            marker: self.attempt.clone(),
            withheld: self.withheld.clone(),
            group: self.groups.as_deref().and_then(|parent| own_group(parent, &self.attempt)),
            cpu: self.cpu.clone(),
            request,
        };
        // On the I/O runtime: its threads live as long as the engine, which PR_SET_PDEATHSIG relies on.
        match self.io.spawn(attempt.run()).await {
            Ok(result) => result,
            Err(e) => Err(RunError::new(FailureClass::Internal, format!("the process task ended: {e}"))),
        }
    }
}

/// What a program took, once it has ended.
type Usage = JoinHandle<Option<ProcessUsage>>;

enum Ended {
    Exited(ExitStatus),
    TimedOut,
    Cancelled,
}

struct OneProgram {
    shared: Arc<Shared>,
    timeout: Option<Duration>,
    scratch: PathBuf,
    engine: String,
    marker: String,
    withheld: Arc<[String]>,
    group: Option<Arc<RunCgroup>>,
    cpu: Arc<RunCpu>,
    request: ProcessRequest,
}

impl OneProgram {
    async fn run(self) -> Result<ProcessReport, RunError> {
        std::fs::create_dir_all(&self.scratch).map_err(|e| {
            RunError::new(
                FailureClass::Internal,
                format!("the scratch folder {} can't be made: {e}", self.scratch.display()),
            )
        })?;
        let began = Instant::now();
        let mut child = self.spawn()?;
        let group = child.id();
        let usage = group.map(|pid| {
            self.cpu.began(pid, self.group.clone().filter(|group| group.has(pid)));
            // It stays a zombie until it is waited for below, so its number is nobody else's meanwhile.
            tokio::task::spawn_blocking(move || wait_for_end(pid))
        });
        let stdin = child.stdin.take().zip(self.request.stdin.clone()).map(|(mut pipe, bytes)| {
            // A program that doesn't read its input is no error.
            tokio::spawn(async move {
                let _ = pipe.write_all(&bytes).await;
                let _ = pipe.shutdown().await;
            })
        });
        let cap = self.request.output_cap_bytes;
        let stdout = child.stdout.take().map(|pipe| Draining::start(pipe, cap));
        let stderr = child.stderr.take().map(|pipe| Draining::start(pipe, cap));

        let (ended, usage) = self.wait(&mut child, began, usage).await;
        if let Some(pid) = group {
            self.cpu.ended(pid, usage);
        }
        let ended = ended?;
        let duration_s = began.elapsed().as_secs_f64();
        if !matches!(ended, Ended::Exited(_)) {
            end_tree(&mut child, group).await;
        }
        let left = self.sweep(group).await;
        if let Some(task) = stdin {
            task.abort();
        }
        let ((out, out_dropped), (err, err_dropped)) = tokio::join!(collect(stdout), collect(stderr));
        let log = || {
            format!(
                "--- standard output\n{}\n--- standard error\n{}\n",
                String::from_utf8_lossy(&out),
                String::from_utf8_lossy(&err)
            )
        };
        let status = match ended {
            Ended::Exited(status) => status,
            Ended::TimedOut => {
                let limit_s = self.timeout.unwrap_or_default().as_secs_f64();
                let message = format!(
                    "the program was still running after {limit_s} s (execution.timeout) and was ended with all it had started"
                );
                return Err(RunError::new(FailureClass::Timeout, message).with_log(log()));
            }
            Ended::Cancelled => {
                let message = "the run was stopped; its program and all it had started were ended";
                return Err(RunError::new(FailureClass::Interrupted, message).with_log(log()));
            }
        };
        let mut err = err;
        if left > 0 {
            err.extend_from_slice(
                format!("\n[ergon] {left} process(es) the program had left running were ended\n").as_bytes(),
            );
        }
        let (scratch, wanted, globs) =
            (self.scratch.clone(), self.request.read_back.clone(), self.request.keep.clone());
        // Files can be large: not on the threads that heartbeat and commit.
        let read = tokio::task::spawn_blocking(move || {
            let read_back = match wanted {
                Some(name) => read_capped(&scratch.join(name), 4 * ARTEFACT_CAP)?,
                None => None,
            };
            Ok::<_, RunError>((read_back, keep(&scratch, &globs)?))
        });
        let (read_back, artefacts) = read
            .await
            .map_err(|e| RunError::new(FailureClass::Internal, format!("reading the run's files failed: {e}")))??;
        Ok(ProcessReport {
            exit: status.code().map_or_else(|| ProcessExit::Signal(status.signal().unwrap_or(0)), ProcessExit::Code),
            duration_s,
            cpu_s: usage.map(|usage| usage.cpu_s),
            stdout: out,
            stdout_dropped: out_dropped,
            stderr: err,
            stderr_dropped: err_dropped,
            read_back,
            artefacts,
        })
    }

    fn spawn(&self) -> Result<Child, RunError> {
        let run_dir = self.scratch.to_string_lossy();
        let fill = |s: &str| s.replace("{run_dir}", &run_dir);
        let argv: Vec<String> = self.request.argv.iter().map(|a| fill(a)).collect();
        let Some((program, arguments)) = argv.split_first() else {
            return Err(RunError::new(FailureClass::InvalidInput, "the command is empty"));
        };
        let mut command = Command::new(program);
        // Before its own variables are set: what the spec writes down itself is the spec's.
        for name in self.withheld.iter().filter(|name| !self.request.keys.contains(name)) {
            command.env_remove(name);
        }
        command
            .args(arguments)
            .envs(self.request.env.iter().map(|(k, v)| (k, fill(v))))
            .env("ERGON_RUN_DIR", &self.scratch)
            .env(MARKER, &self.engine)
            .env(ATTEMPT, &self.marker)
            .stdin(if self.request.stdin.is_some() { Stdio::piped() } else { Stdio::null() })
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true);
        if let Some(folder) = &self.request.folder {
            command.current_dir(folder);
        }
        limit_child(&mut command, self.request.memory_bytes);
        if let Some(group) = &self.group {
            join_group(&mut command, group);
        }
        command.spawn().map_err(|e| {
            let folder = self.request.folder.as_ref().map(|f| f.display().to_string()).unwrap_or_default();
            let class = match e.kind() {
                std::io::ErrorKind::NotFound | std::io::ErrorKind::PermissionDenied => FailureClass::InvalidInput,
                _ => FailureClass::Internal,
            };
            RunError::new(class, format!("'{program}' can't be started in '{folder}': {e}"))
        })
    }

    /// Waits for the program's end, and for what it took where it ended by itself.
    async fn wait(
        &self,
        child: &mut Child,
        began: Instant,
        mut usage: Option<Usage>,
    ) -> (Result<Ended, RunError>, Option<ProcessUsage>) {
        let cancelled = self.shared.cancelled.notified();
        tokio::pin!(cancelled);
        cancelled.as_mut().enable();
        if self.shared.cancel_all.load(std::sync::atomic::Ordering::SeqCst) {
            return (Ok(Ended::Cancelled), None);
        }
        let limit = self.timeout.unwrap_or(FOREVER);
        let mut told = None;
        let exited = async {
            if let Some(usage) = &mut usage {
                told = usage.await.ok().flatten();
            }
            child.wait().await
        };
        let ended = tokio::select! {
            // A program that has ended has ended, whatever else is due at the same moment.
            biased;
            status = exited => status
                .map(Ended::Exited)
                .map_err(|e| RunError::new(FailureClass::Internal, format!("waiting for the program failed: {e}"))),
            () = tokio::time::sleep_until((began + limit).into()) => Ok(Ended::TimedOut),
            () = &mut cancelled => Ok(Ended::Cancelled),
        };
        (ended, told)
    }

    /// Ends what is left of the group and what left the group; returns how many were found by marker.
    async fn sweep(&self, group: Option<u32>) -> usize {
        if let Some(pid) = group {
            let _ = killpg(Pid::from_raw(pid as i32), Signal::SIGKILL);
        }
        let marker = self.marker.clone();
        tokio::task::spawn_blocking(move || end_marked(ATTEMPT, &marker)).await.unwrap_or(0)
    }
}

/// Asks the group to end, then makes it.
async fn end_tree(child: &mut Child, group: Option<u32>) {
    let Some(pid) = group else { return };
    let group = Pid::from_raw(pid as i32);
    let _ = killpg(group, Signal::SIGTERM);
    if tokio::time::timeout(GRACE, child.wait()).await.is_err() {
        let _ = killpg(group, Signal::SIGKILL);
        let _ = child.wait().await;
    }
}

/// Reads a pipe in a task of its own; what has come so far can be taken at any moment.
struct Draining {
    kept: Arc<Mutex<Capture>>,
    task: JoinHandle<()>,
}

impl Draining {
    fn start(mut pipe: impl AsyncRead + Unpin + Send + 'static, cap: usize) -> Self {
        let kept = Arc::new(Mutex::new(Capture::new(cap)));
        let into = kept.clone();
        let task = tokio::spawn(async move {
            let mut buffer = vec![0; 64 * 1024];
            while let Ok(n) = pipe.read(&mut buffer).await {
                if n == 0 {
                    break;
                }
                into.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(&buffer[..n]);
            }
        });
        Self { kept, task }
    }
}

/// What was kept of an output. A process that escaped and holds the pipe open costs the wait, not the output.
async fn collect(draining: Option<Draining>) -> (Vec<u8>, u64) {
    let Some(Draining { kept, mut task }) = draining else { return (Vec::new(), 0) };
    if tokio::time::timeout(LINGER, &mut task).await.is_err() {
        task.abort();
    }
    let capture =
        std::mem::replace(&mut *kept.lock().unwrap_or_else(std::sync::PoisonError::into_inner), Capture::new(1));
    capture.finish()
}

/// A control group for a program; one that can't be made is done without.
fn own_group(parent: &Path, attempt: &str) -> Option<Arc<RunCgroup>> {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let name = format!("ergon-{}-{number}", attempt.replace('/', "-"));
    let made = RunCgroup::make(parent, &name);
    made.inspect_err(|e| tracing::debug!("no control group for {attempt}: {e}")).ok().map(Arc::new)
}

/// Makes the child a member before it becomes the program, so that nothing it forks is missed. One that can't join runs
/// all the same, and is no member.
#[allow(unsafe_code)]
fn join_group(command: &mut Command, group: &RunCgroup) {
    let Ok(door) = group.door() else { return };
    // SAFETY: runs between fork and exec; write is a plain system call that allocates nothing and takes no lock.
    unsafe {
        command.pre_exec(move || {
            let _ = nix::unistd::write(&door, b"0");
            Ok(())
        });
    }
}

/// Limits the child's memory and makes the kernel end it when the engine dies, before it becomes the program.
#[allow(unsafe_code)]
fn limit_child(command: &mut Command, memory_bytes: Option<u64>) {
    // SAFETY: runs between fork and exec; setrlimit and prctl are plain system calls that allocate nothing and take no lock.
    unsafe {
        command.pre_exec(move || {
            if let Some(bytes) = memory_bytes {
                setrlimit(Resource::RLIMIT_AS, bytes, bytes)?;
            }
            #[cfg(target_os = "linux")]
            nix::sys::prctl::set_pdeathsig(Signal::SIGKILL)?;
            Ok(())
        });
    }
}
