//! Drives the real binary in a folder of its own.
#![allow(dead_code, unreachable_pub, missing_docs, reason = "each test file uses its own part")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

pub mod chat_server;

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

/// A folder with a store, and the binary.
pub struct Ergon {
    folder: tempfile::TempDir,
}

/// What a command left.
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    /// The one JSON document, or the last of a stream.
    pub fn json(&self) -> Value {
        let last = self.out.lines().last().unwrap_or_default();
        serde_json::from_str(last).unwrap_or_else(|e| panic!("not JSON ({e}): {last}\n{}", self.err))
    }

    /// Fails unless the command was done.
    pub fn done(self) -> Self {
        assert_eq!(self.code, 0, "stdout:\n{}\nstderr:\n{}", self.out, self.err);
        self
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl Ergon {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn store(&self) -> PathBuf {
        self.path("s.ergon")
    }

    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ergon"));
        command
            .current_dir(self.folder.path())
            .env("ERGON_DATA_DIR", self.path("data"))
            .env("ERGON_CONFIG_DIR", self.path("config"))
            .env_remove("NO_COLOR")
            .arg("--store")
            .arg(self.store())
            .args(args);
        command
    }

    pub fn run(&self, args: &[&str]) -> Ran {
        self.command(args).output().unwrap().into()
    }

    pub fn start(&self, args: &[&str]) -> Child {
        self.command(args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    pub fn sql(&self, query: &str) -> Vec<Vec<Value>> {
        let reply = self.run(&["--json", "sql", query]).done().json();
        serde_json::from_value(reply["rows"].clone()).unwrap()
    }

    /// Whether SQLite finds the whole file sound.
    pub fn is_sound(&self) -> bool {
        self.run(&["--json", "doctor"]).done().json()["checks"][0]["state"] == "ok"
    }

    pub fn number(&self, query: &str) -> i64 {
        self.sql(query)[0][0].as_i64().unwrap_or_else(|| panic!("no whole number: {query}"))
    }
}

/// A campaign of a program that prints a number made of its seed: deterministic, a few milliseconds a run.
pub fn seed_echo(id: &str, levels: usize, replicates: usize) -> String {
    let levels: Vec<String> = (0..levels).map(|i| i.to_string()).collect();
    format!(
        "ergon: 1
campaign: {{ id: {id}, seed: 11 }}
workload:
  kind: command
  run: [printf, '{{{{\"y\": %s}}}}\\n', '{{replicate}}.{{x}}']
  metrics: {{ y: {{}} }}
factors: {{ x: [{}] }}
phases: [ {{ name: all, replicates: {replicates} }} ]
",
        levels.join(", ")
    )
}

/// The repository's root.
pub fn repository() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}
