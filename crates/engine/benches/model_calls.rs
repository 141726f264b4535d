//! What metering and keeping calls costs beside a bare client, against the same local server, each in a process of its
//! own: `cargo bench -p ergon-engine --bench model_calls`. Targets: wall ≤ 1.05 × bare for 2,000 calls at concurrency 64
//! and 50 ms, every call on disk; 10,000 waiting calls in ≤ 300 MB.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, reason = "a bench fails by panicking")]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use ergon_domain::{CallContext, ChatRequest, Digest, Models, RunStreams};
use ergon_models::{Budget, Keys, Metered, ModelEntry, Network, Prices, Roster, Source, Spent};
use ergon_store::{NewRevision, Store};
use futures_util::stream::{FuturesUnordered, StreamExt};
use nix::sys::resource::{UsageWho, getrusage};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const ROUNDS: usize = 7;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    let number = |i: usize| args[i].parse::<u64>().unwrap();
    match args.first().map(String::as_str) {
        Some("server") => serve(Duration::from_millis(number(1))),
        Some("bare") => measured(bare(&args[1], number(2), number(3) as usize)),
        Some("ergon") => measured(ergon(&args[1], number(2), number(3) as usize, true)),
        Some("unkept") => measured(ergon(&args[1], number(2), number(3) as usize, false)),
        _ => compare(),
    }
}

fn compare() {
    for (title, latency_ms, calls, at_once) in [
        ("2,000 calls, 64 at once, 50 ms", "50", "2000", "64"),
        ("10,000 waiting calls, 5 s", "5000", "10000", "10000"),
    ] {
        println!("{title}");
        let program = std::env::current_exe().unwrap();
        let mut server = Command::new(&program).args(["server", latency_ms]).stdout(Stdio::piped()).spawn().unwrap();
        let mut address = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut address).unwrap();
        let mut walls: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
        for round in 0..ROUNDS {
            for mode in ["bare", "ergon", "unkept"] {
                let output = Command::new(&program).args([mode, address.trim(), calls, at_once]).output().unwrap();
                assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
                let said = String::from_utf8_lossy(&output.stdout);
                print!("  {round} {mode:>6} {said}");
                let wall = said.split("wall ").nth(1).and_then(|rest| rest.split(' ').next()).unwrap();
                walls.entry(mode).or_default().push(wall.parse().unwrap());
            }
        }
        // Round by round: what else the machine does changes from minute to minute.
        for mode in ["ergon", "unkept"] {
            let mut ratios: Vec<f64> = walls[mode].iter().zip(&walls["bare"]).map(|(wall, bare)| wall / bare).collect();
            ratios.sort_by(f64::total_cmp);
            let (lo, mid, hi) = (ratios[0], ratios[ROUNDS / 2], ratios[ROUNDS - 1]);
            println!("  {mode}: {mid:.3} × bare (median of {ROUNDS}; {lo:.3} to {hi:.3})");
        }
        server.kill().unwrap();
        server.wait().unwrap();
    }
}

/// Runs on one thread, like the bare client of the recipes, and says what it took. CPU and memory are the process's,
/// from its start; wall is from the first call until the last one is answered and, where calls are kept, on disk.
fn measured(work: impl Future<Output = (u64, f64)>) {
    let (answered, wall) = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work);
    let usage = getrusage(UsageWho::RUSAGE_SELF).unwrap();
    let seconds = |t: nix::sys::time::TimeVal| t.tv_sec() as f64 + t.tv_usec() as f64 / 1e6;
    let cpu = seconds(usage.user_time()) + seconds(usage.system_time());
    println!("{answered} answered, wall {wall:.3} s, CPU {cpu:.3} s, {:.1} MB", usage.max_rss() as f64 / 1024.0);
}

async fn bare(url: &str, calls: u64, at_once: usize) -> (u64, f64) {
    let client = reqwest_client();
    let url = format!("{url}/chat/completions");
    let mut file = std::io::BufWriter::new(tempfile::tempfile().unwrap());
    let ask = |i: u64| {
        let (client, url) = (client.clone(), url.clone());
        async move {
            let body = json!({"model": "mock", "messages": [{"role": "user", "content": format!("What is {i} + 1?")}]});
            let request = client.post(url).header("content-type", "application/json").body(body.to_string());
            let bytes = request.send().await.unwrap().bytes().await.unwrap();
            serde_json::from_slice::<serde_json::Value>(&bytes).unwrap()
        }
    };
    let began = Instant::now();
    let (mut under_way, mut next, mut answered) = (FuturesUnordered::new(), 0, 0);
    while answered < calls {
        while next < calls && under_way.len() < at_once {
            under_way.push(ask(next));
            next += 1;
        }
        let reply = under_way.next().await.unwrap();
        writeln!(file, "{reply}").unwrap();
        answered += 1;
    }
    file.flush().unwrap();
    (answered, began.elapsed().as_secs_f64())
}

fn reqwest_client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().unwrap()
}

async fn ergon(url: &str, calls: u64, at_once: usize, kept: bool) -> (u64, f64) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("s.ergon")).await.unwrap();
    let campaign = store.register(revision(), std::collections::BTreeSet::new, 1).await.unwrap();
    let settings = json!({"base_url": url, "concurrency": at_once, "timeout_s": 60});
    let entry = ModelEntry {
        provider: "openai".into(),
        model: Some("mock".into()),
        settings: settings.as_object().unwrap().clone().into_iter().collect(),
    };
    let network = Arc::new(Network::new(Keys::default(), Prices::default()));
    let roster = Arc::new(Roster::open([("llm", entry)], &network).unwrap());
    let log = kept.then(|| store.call_log(campaign.id).unwrap());
    let models = Metered::new(roster, Budget::default(), Spent::default(), Source::Live(log));
    let ask = |i: u64| {
        let models = &models;
        async move {
            let key = Digest::of_bytes(&i.to_le_bytes());
            let streams = RunStreams { key, campaign_seed: 0, replicate: 0, common: Vec::new() };
            let call = CallContext { streams, occurrence: 0, attempt: 1 };
            models.chat(&ChatRequest::new("llm", "", format!("What is {i} + 1?")), None, &call).await.unwrap()
        }
    };
    let began = Instant::now();
    // All at once: those beyond the limit wait in Ergon's own line.
    let answered = (0..calls).map(ask).collect::<FuturesUnordered<_>>().count().await as u64;
    models.close().await.unwrap();
    let wall = began.elapsed().as_secs_f64();
    if kept {
        assert_eq!(store.model_spend(campaign.id).await.unwrap().calls, calls, "every call is on disk");
    }
    store.close().await;
    (answered, wall)
}

fn revision() -> NewRevision {
    let none = Digest::of_bytes(b"");
    NewRevision {
        slug: "bench".into(),
        title: "bench".into(),
        workload: "bench".into(),
        tags: Vec::new(),
        spec_text: String::new(),
        spec_json: "{}".into(),
        base_folder: "/".into(),
        spec_hash: none,
        plan_hash: none,
        analysis_hash: none,
        runs: 0,
        manifest: "{}".into(),
        environment: "{}".into(),
        metrics: Vec::new(),
        inputs: Vec::new(),
        reason: None,
    }
}

/// Answers every request after a while, on one thread.
fn serve(latency: Duration) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let listener = socket.listen(16_384).unwrap();
        println!("http://{}", listener.local_addr().unwrap());
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let _ = stream.set_nodelay(true);
            tokio::spawn(answer(stream, latency));
        }
    });
}

async fn answer(mut stream: tokio::net::TcpStream, latency: Duration) {
    let body = json!({"id": "c", "object": "chat.completion", "created": 1_700_000_000, "model": "mock", "choices":
        [{"index": 0, "message": {"role": "assistant", "content": "42"}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 12, "completion_tokens": 2, "total_tokens": 14}})
    .to_string();
    let reply =
        format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    let mut bytes = Vec::new();
    let mut buffer = [0; 8192];
    loop {
        let Ok(n @ 1..) = stream.read(&mut buffer).await else { return };
        bytes.extend_from_slice(&buffer[..n]);
        let Some(end) = bytes.windows(4).position(|w| w == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
        let length = head.lines().find_map(|l| l.strip_prefix("content-length:")?.trim().parse().ok()).unwrap_or(0);
        if bytes.len() < end + 4 + length {
            continue;
        }
        bytes.clear();
        tokio::time::sleep(latency).await;
        if stream.write_all(reply.as_bytes()).await.is_err() {
            return;
        }
    }
}
