//! The servers of `tests/engines`, started and ended with a test.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// A program that is ended with its owner.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/engines").join(name)
}

fn given(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: cargo xtask test sets it where it can"))
}

/// mistral.rs behind a small server of ours, with a tiny model of random weights.
pub(crate) struct Engine {
    pub(crate) url: String,
    _program: Running,
    _folder: tempfile::TempDir,
}

impl Engine {
    pub(crate) fn start() -> Self {
        let (python, folder) = (given("ERGON_ENGINES_PYTHON"), tempfile::tempdir().unwrap());
        let model = folder.path().join("tiny.gguf");
        let made = Command::new(&python).arg(file("make_tiny_gguf.py")).arg(&model).stdout(Stdio::null()).status();
        assert!(made.unwrap().success(), "the tiny model can't be made");
        let mut server = Command::new(&python);
        server.arg(file("mistralrs_server.py")).arg(&model).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut program = server.spawn().unwrap();
        let mut url = String::new();
        BufReader::new(program.stdout.take().unwrap()).read_line(&mut url).unwrap();
        assert!(url.starts_with("http://"), "no address: {url}");
        Self { url: url.trim().to_owned(), _program: Running(program), _folder: folder }
    }

    pub(crate) fn base(&self) -> String {
        format!("{}/v1", self.url)
    }
}

/// litellm's proxy, without a database.
pub(crate) struct Proxy {
    pub(crate) url: String,
    _program: Running,
    _folder: tempfile::TempDir,
}

impl Proxy {
    /// Waits until it answers: it imports for many seconds.
    pub(crate) async fn start(upstream: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("litellm.yaml");
        let text = std::fs::read_to_string(file("litellm.yaml")).unwrap().replace("UPSTREAM", upstream);
        std::fs::write(&config, text).unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut server = Command::new(given("ERGON_LITELLM"));
        server.arg("--config").arg(&config).args(["--host", "127.0.0.1", "--port", &port.to_string()]);
        server.env("LITELLM_LOCAL_MODEL_COST_MAP", "True").env("LITELLM_TELEMETRY", "False");
        let program =
            Running(server.current_dir(folder.path()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
        let began = Instant::now();
        while !is_ready(port).await {
            assert!(began.elapsed() < Duration::from_secs(180), "litellm does not begin to answer");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        Self { url: format!("http://127.0.0.1:{port}"), _program: program, _folder: folder }
    }

    pub(crate) fn base(&self) -> String {
        format!("{}/v1", self.url)
    }
}

async fn is_ready(port: u16) -> bool {
    let Ok(mut stream) = tokio::net::TcpStream::connect(("127.0.0.1", port)).await else { return false };
    let mut said = [0; 12];
    let asked = stream.write_all(b"GET /health/liveliness HTTP/1.0\r\n\r\n").await;
    asked.is_ok() && stream.read_exact(&mut said).await.is_ok() && said.ends_with(b"200")
}
