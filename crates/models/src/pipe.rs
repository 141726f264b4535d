//! A model in a process of ours: started when it is first asked, spoken to over a pipe, asked one thing at a time.
//!
//! Framing: the first line says `{"ready": …}` or `{"error": …}`. A request is a line of JSON. A reply is a line with a
//! status, then pieces, each a line with its length in bytes and the bytes; length 0 ends it.
//!
//! Invariant: a process is either between two replies or gone. A call that is dropped, fails or takes too long ends the
//! process, and the next one starts another: an answer can't be taken for another question's.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use ergon_domain::Exchange;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

use crate::wire::{Bounds, Broken, Head};

/// Variables that the process inherits: what a dynamic linker and a compute library look at, and no keys.
const INHERITED: [&str; 6] = ["PATH", "LD_LIBRARY_PATH", "HOME", "TMPDIR", "SystemRoot", "OMP_NUM_THREADS"];
/// Threads that wait sleep: spinning ones were measured to burn 7–15 times the CPU time on a busy machine. And a process
/// that aborts is gone at once, instead of starting a debugger to look at itself.
const MANNERS: [(&str, &str); 3] =
    [("OMP_WAIT_POLICY", "passive"), ("GOMP_SPINCOUNT", "0"), ("GGML_NO_BACKTRACE", "1")];
/// Longest line that is no piece of a reply, bytes.
const MOST_LINE: u64 = 64 * 1024;

/// A process that answers for a model.
#[derive(Debug)]
pub(crate) struct Worker {
    program: PathBuf,
    arguments: Vec<OsString>,
    running: Mutex<Option<Running>>,
}

#[derive(Debug)]
struct Running {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Worker {
    pub(crate) fn new(program: PathBuf, arguments: Vec<OsString>) -> Self {
        Self { program, arguments, running: Mutex::default() }
    }

    pub(crate) fn program(&self) -> &Path {
        &self.program
    }

    /// Asks; `piece` gets the bytes of a good reply as they come. Starting the
    /// process has a time limit of its own and is no part of the reply's duration.
    ///
    /// # Errors
    /// The reply did not come whole.
    pub(crate) async fn send(
        &self,
        body: &[u8],
        bounds: Bounds,
        exchange: &mut Exchange,
        piece: &mut (dyn FnMut(&[u8], f64) + Send),
    ) -> Result<Head, Broken> {
        let mut place = self.running.lock().await;
        // One that ended while nobody looked is no use.
        let left = place.take().and_then(|mut it| matches!(it.child.try_wait(), Ok(None)).then_some(it));
        let mut running = match left {
            Some(running) => running,
            None => match self.started(bounds.timeout).await? {
                Ok(running) => running,
                Err(refusal) => return Ok(refused(exchange, &refusal)),
            },
        };
        let began = Instant::now();
        let asked = timeout(bounds.timeout, running.ask(body, bounds.most_bytes, exchange, piece, began)).await;
        exchange.duration_s = began.elapsed().as_secs_f64();
        match asked {
            Ok(Ok(head)) => {
                *place = Some(running);
                Ok(head)
            }
            Ok(Err(Broken::Lost(why))) => Err(running.death(&why).await),
            Ok(Err(broken)) => Err(broken),
            Err(_) => Err(Broken::TimedOut),
        }
    }

    async fn started(&self, limit: Duration) -> Result<Result<Running, String>, Broken> {
        timeout(limit, self.start()).await.unwrap_or(Err(Broken::TimedOut))
    }

    /// The inner error is the process's own: it can't do what it is for.
    async fn start(&self) -> Result<Result<Running, String>, Broken> {
        let unreached = |what: &str| Broken::Unreached(format!("{}: {what}", self.program.display()));
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).env_clear().envs(MANNERS);
        command.envs(INHERITED.iter().filter_map(|name| Some((*name, std::env::var_os(name)?))));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
        // An interrupt at the terminal is for the engine: it lets running calls end.
        #[cfg(unix)]
        command.process_group(0);
        // It will not be there at the next try either.
        let mut child = match command.spawn() {
            Ok(child) => child,
            Err(e) => return Ok(Err(format!("{} can't be started: {e}", self.program.display()))),
        };
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(unreached("it has no pipes"));
        };
        let mut running = Running { child, input, output: BufReader::new(output) };
        let first = match running.line().await {
            Ok(line) => line,
            Err(Broken::Lost(why)) => return Err(running.death(&why).await),
            Err(broken) => return Err(broken),
        };
        let said: Value = serde_json::from_str(&first).unwrap_or_default();
        Ok(match (said.get("ready"), said["error"].as_str()) {
            (Some(_), _) => Ok(running),
            (None, Some(error)) => Err(error.to_owned()),
            (None, None) => Err(format!("{} is no program of this kind", self.program.display())),
        })
    }
}

/// As a server would say it.
fn refused(exchange: &mut Exchange, why: &str) -> Head {
    exchange.status = Some(400);
    exchange.received = serde_json::json!({"error": {"message": why}}).to_string().into_bytes();
    Head { status: 400, ..Head::default() }
}

impl Running {
    async fn ask(
        &mut self,
        body: &[u8],
        most_bytes: usize,
        exchange: &mut Exchange,
        piece: &mut (dyn FnMut(&[u8], f64) + Send),
        began: Instant,
    ) -> Result<Head, Broken> {
        let lost = |e: std::io::Error| Broken::Lost(e.to_string());
        self.input.write_all(body).await.map_err(lost)?;
        self.input.write_all(b"\n").await.map_err(lost)?;
        self.input.flush().await.map_err(lost)?;
        let status = self.number().await? as u16;
        exchange.status = Some(status);
        loop {
            let length = self.number().await?;
            if length == 0 {
                return Ok(Head { status, ..Head::default() });
            }
            if exchange.received.len() + length > most_bytes {
                return Err(Broken::TooLong);
            }
            let from = exchange.received.len();
            // What has come of a piece is kept if the process ends in the middle of it.
            let read = (&mut self.output).take(length as u64).read_to_end(&mut exchange.received).await;
            if read.map_err(lost)? < length {
                return Err(Broken::Lost("its output ended".into()));
            }
            if status == 200 {
                piece(&exchange.received[from..], began.elapsed().as_secs_f64());
            }
        }
    }

    async fn line(&mut self) -> Result<String, Broken> {
        let mut line = String::new();
        let read = (&mut self.output).take(MOST_LINE).read_line(&mut line).await;
        match read.map_err(|e| Broken::Lost(e.to_string()))? {
            _ if line.ends_with('\n') => Ok(line),
            0 => Err(Broken::Lost("its output ended".into())),
            _ => Err(Broken::Lost("what it says can't be read".into())),
        }
    }

    async fn number(&mut self) -> Result<usize, Broken> {
        let line = self.line().await?;
        line.trim_end().parse().map_err(|_| Broken::Lost("what it says can't be read".into()))
    }

    /// How the process came to its end, where it did.
    async fn death(mut self, why: &str) -> Broken {
        // Its pipes close a moment before it is gone.
        match timeout(Duration::from_secs(1), self.child.wait()).await {
            Ok(Ok(status)) => Broken::Died(status.to_string()),
            _ => Broken::Lost(why.to_owned()),
        }
    }
}
