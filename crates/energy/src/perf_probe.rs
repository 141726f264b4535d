//! The small program that holds CAP_PERFMON and reads the power counters for Ergon, and how Ergon speaks with it.
//!
//! Over the two ends of a pipe, so that nobody else can ask: it says its channels (a line of JSON), then answers each
//! line it is sent with a count per channel, `-` for a reading that failed. It takes no argument and no path, writes no
//! file, and answers at most a thousand times a second: what it lets out is what the counters are for.

use std::io::{self, BufRead, BufReader, Write};
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use ergon_domain::Provenance;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use serde::{Deserialize, Serialize};

use crate::channel::Channel;
use crate::perf_power::PerfPowerSource;
use crate::recording::ChannelForm;
use crate::source::{EnergySource, Read, ReadError};

/// Name of the program.
pub const PERF_PROBE: &str = "ergon-perf-probe";
/// Names another place for it.
const VARIABLE: &str = "ERGON_PERF_PROBE";
/// Version of what is spoken.
const VERSION: u32 = 1;
/// Least time between two answers.
const LEAST: Duration = Duration::from_millis(1);
/// How long to wait for the first line, and for an answer, milliseconds: sampling must not hang on another program.
const PATIENCE_MS: (u16, u16) = (2_000, 50);

#[derive(Serialize, Deserialize)]
struct Hello {
    ergon_perf_probe: u32,
    channels: Vec<ChannelForm>,
    /// Why there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refused: Option<String>,
}

/// Where the program is looked for: where the environment says, else beside this one.
pub fn perf_probe_path() -> Option<PathBuf> {
    let named = std::env::var_os(VARIABLE).filter(|v| !v.is_empty()).map(PathBuf::from);
    named.or_else(|| Some(std::env::current_exe().ok()?.parent()?.join(PERF_PROBE)))
}

/// Is the program: serves until nobody asks any more.
///
/// # Errors
/// The pipe is broken.
pub fn serve_perf_probe(input: impl BufRead, output: &mut impl Write) -> io::Result<()> {
    let opened = PerfPowerSource::open(Path::new("/sys"), Path::new("/proc"));
    serve(opened.map(|source| Box::new(source) as Box<dyn EnergySource>), input, output)
}

fn serve(
    opened: Result<Box<dyn EnergySource>, String>,
    input: impl BufRead,
    output: &mut impl Write,
) -> io::Result<()> {
    let (source, refused) = match opened {
        Ok(source) => (Some(source), None),
        Err(why) => (None, Some(why)),
    };
    let channels = source.iter().flat_map(|s| s.channels()).map(ChannelForm::from).collect();
    let hello = Hello { ergon_perf_probe: VERSION, channels, refused };
    writeln!(output, "{}", serde_json::to_string(&hello)?)?;
    output.flush()?;
    let Some(mut source) = source else { return Ok(()) };
    let mut readings = Vec::new();
    let mut answered: Option<Instant> = None;
    for line in input.lines() {
        line?;
        if let Some(left) = answered.and_then(|at| LEAST.checked_sub(at.elapsed())) {
            std::thread::sleep(left);
        }
        readings.clear();
        source.read(0, &mut readings);
        let said = readings.iter().map(|reading| match reading {
            Ok(Read::Counter(count)) => count.to_string(),
            _ => "-".to_owned(),
        });
        writeln!(output, "{}", said.collect::<Vec<_>>().join(" "))?;
        output.flush()?;
        answered = Some(Instant::now());
    }
    Ok(())
}

/// Power counters read by the program.
pub struct PerfProbeSource {
    channels: Vec<Channel>,
    child: Child,
    ask: ChildStdin,
    answers: BufReader<ChildStdout>,
    line: String,
}

impl PerfProbeSource {
    /// Starts the program.
    ///
    /// # Errors
    /// In words: it isn't there, it may not read either, it says nothing it should say.
    pub fn start(program: &Path) -> Result<Self, String> {
        let spawned = Command::new(program).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let mut child = spawned.map_err(|e| format!("{} can't be started: {e}", program.display()))?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let Some((ask, answers)) = pipes else { return Err("the helper has no pipes".into()) };
        let mut source =
            Self { channels: Vec::new(), child, ask, answers: BufReader::new(answers), line: String::new() };
        source.next_line(PATIENCE_MS.0).map_err(|e| format!("{} says nothing: {e}", program.display()))?;
        let hello: Hello = serde_json::from_str(&source.line)
            .map_err(|e| format!("{} says something else than a helper would: {e}", program.display()))?;
        if let Some(why) = hello.refused {
            return Err(format!("{} may not read them either: {why}", program.display()));
        }
        let channels: Option<Vec<Channel>> = hello.channels.iter().map(|c| c.channel(Provenance::Measured)).collect();
        source.channels = channels
            .filter(|channels| hello.ergon_perf_probe == VERSION && !channels.is_empty())
            .ok_or_else(|| format!("{} is of another version than this program", program.display()))?;
        Ok(source)
    }

    fn next_line(&mut self, patience_ms: u16) -> Result<(), ReadError> {
        self.line.clear();
        if self.answers.buffer().is_empty() {
            let mut fds = [PollFd::new(self.answers.get_ref().as_fd(), PollFlags::POLLIN)];
            match poll(&mut fds, PollTimeout::from(patience_ms)) {
                Ok(0) => return Err(ReadError::NoData),
                Err(errno) => return Err(ReadError::Io(errno as i32)),
                Ok(_) => {}
            }
        }
        match self.answers.read_line(&mut self.line) {
            Ok(0) => Err(ReadError::Missing),
            Ok(_) => Ok(()),
            Err(e) => Err(ReadError::from(&e)),
        }
    }

    fn ask(&mut self) -> Result<(), ReadError> {
        self.ask.write_all(b"\n").map_err(|_| ReadError::Missing)?;
        self.next_line(PATIENCE_MS.1)
    }
}

impl EnergySource for PerfProbeSource {
    fn name(&self) -> &str {
        "perf_probe"
    }

    fn channels(&self) -> &[Channel] {
        &self.channels
    }

    fn read(&mut self, _now_ns: u64, out: &mut Vec<Result<Read, ReadError>>) {
        match self.ask() {
            Ok(()) => {
                let mut counts = self.line.split_ascii_whitespace();
                out.extend(self.channels.iter().map(|_| match counts.next() {
                    Some("-") | None => Err(ReadError::NoData),
                    Some(count) => count.parse().map(Read::Counter).map_err(|_| ReadError::Malformed),
                }));
            }
            Err(why) => out.extend(self.channels.iter().map(|_| Err(why))),
        }
    }
}

impl Drop for PerfProbeSource {
    fn drop(&mut self) {
        // Closing its input ends it; one that doesn't end is ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::domain::Domain;
    use crate::scripted::ScriptedSource;

    fn program(folder: &tempfile::TempDir, script: &str) -> PathBuf {
        let path = folder.path().join("helper");
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).unwrap();
        path
    }

    fn read(source: &mut dyn EnergySource) -> Vec<Result<Read, ReadError>> {
        let mut out = Vec::new();
        source.read(0, &mut out);
        out
    }

    #[test]
    fn what_the_helper_says_is_what_ergon_reads() {
        let package = Domain::Package { socket: 0, die: 0 };
        let parts = vec![
            (package.clone(), Box::new(|_| 4_200_u64) as _),
            (Domain::Dram { socket: 0 }, Box::new(|_| 7_u64) as _),
        ];
        let source = ScriptedSource::new(parts, u64::MAX, 100.0);
        let mut said = Vec::new();
        serve(Ok(Box::new(source)), &b"\n\n"[..], &mut said).unwrap();
        let said = String::from_utf8(said).unwrap();
        let lines: Vec<&str> = said.lines().collect();
        assert_eq!(&lines[1..], ["4200 7", "4200 7"], "an answer a question");
        let folder = tempfile::tempdir().unwrap();
        // It answers once as the helper did, then with a reading that failed, then no more.
        let script = format!("echo '{}'; read q; echo '{}'; read q; echo '- 8'", lines[0], lines[1]);
        let mut source = PerfProbeSource::start(&program(&folder, &script)).unwrap();
        assert_eq!(source.channels()[0].domain, package);
        assert_eq!(read(&mut source), [Ok(Read::Counter(4_200)), Ok(Read::Counter(7))]);
        assert_eq!(read(&mut source), [Err(ReadError::NoData), Ok(Read::Counter(8))]);
        assert_eq!(read(&mut source), [Err(ReadError::Missing); 2]);
    }

    #[test]
    fn a_helper_that_may_not_read_or_is_none_or_hangs_is_said_and_holds_nothing_up() {
        let folder = tempfile::tempdir().unwrap();
        let why = |script: &str| PerfProbeSource::start(&program(&folder, script)).err().unwrap();
        let mut refused = Vec::new();
        serve(Err("no PMU".into()), &b""[..], &mut refused).unwrap();
        let refused = String::from_utf8(refused).unwrap();
        assert!(why(&format!("echo '{}'", refused.trim())).contains("may not read them either: no PMU"));
        assert!(why("echo hello").contains("something else"));
        assert!(why("exit 0").contains("says nothing"));
        let began = Instant::now();
        assert!(why("sleep 60").contains("says nothing") && began.elapsed() < Duration::from_secs(30));
        assert!(PerfProbeSource::start(Path::new("/nowhere")).err().unwrap().contains("can't be started"));
    }
}
