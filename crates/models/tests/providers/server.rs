//! A local server that answers as it is told: byte for byte, late, or not at all.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What to do with a connection.
#[derive(Clone)]
pub(crate) enum Step {
    Send(Vec<u8>),
    Wait(Duration),
    /// Closed with unread data and no lingering: the other side sees a reset.
    Reset,
}

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) head: String,
    pub(crate) body: String,
    pub(crate) at: Instant,
}

type Script = dyn Fn(usize, &Asked) -> Vec<Step> + Send + Sync;

pub(crate) struct Server {
    pub(crate) url: String,
    pub(crate) asked: Arc<Mutex<Vec<Asked>>>,
    at_once: Arc<(AtomicUsize, AtomicUsize)>,
}

impl Server {
    /// Serves until the test ends; `script` gets the number of the request, from 0.
    pub(crate) async fn start(script: impl Fn(usize, &Asked) -> Vec<Step> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let at_once: Arc<(AtomicUsize, AtomicUsize)> = Arc::default();
        let script: Arc<Script> = Arc::new(script);
        let (seen, counts) = (asked.clone(), at_once.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, script.clone(), seen.clone(), counts.clone()));
            }
        });
        Self { url, asked, at_once }
    }

    pub(crate) fn count(&self) -> usize {
        self.asked.lock().unwrap().len()
    }

    /// Most requests that were under way at the same time.
    pub(crate) fn most_at_once(&self) -> usize {
        self.at_once.1.load(Ordering::SeqCst)
    }
}

async fn serve(
    mut stream: TcpStream,
    script: Arc<Script>,
    seen: Arc<Mutex<Vec<Asked>>>,
    counts: Arc<(AtomicUsize, AtomicUsize)>,
) {
    let Some(asked) = read(&mut stream).await else { return };
    let now = counts.0.fetch_add(1, Ordering::SeqCst) + 1;
    counts.1.fetch_max(now, Ordering::SeqCst);
    let number = {
        let mut seen = seen.lock().unwrap();
        seen.push(asked.clone());
        seen.len() - 1
    };
    for step in script(number, &asked) {
        match step {
            Step::Send(bytes) => {
                if stream.write_all(&bytes).await.is_err() {
                    break;
                }
                let _ = stream.flush().await;
            }
            Step::Wait(time) => tokio::time::sleep(time).await,
            Step::Reset => {
                let _ = stream.set_zero_linger();
                break;
            }
        }
    }
    counts.0.fetch_sub(1, Ordering::SeqCst);
}

async fn read(stream: &mut TcpStream) -> Option<Asked> {
    let mut bytes = Vec::new();
    loop {
        let mut buffer = [0; 16_384];
        let n = stream.read(&mut buffer).await.ok().filter(|n| *n > 0)?;
        bytes.extend_from_slice(&buffer[..n]);
        let Some(end) = bytes.windows(4).position(|w| w == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
        let length = head.lines().find_map(|l| l.strip_prefix("content-length:")?.trim().parse().ok()).unwrap_or(0);
        if bytes.len() >= end + 4 + length {
            let body = String::from_utf8_lossy(&bytes[end + 4..]).into_owned();
            return Some(Asked { head, body, at: Instant::now() });
        }
    }
}

/// A reply with a status, more headers, and a body.
pub(crate) fn reply(status: u16, headers: &str, body: &str) -> Vec<Step> {
    let text = format!(
        "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n{headers}\r\n{body}",
        body.len()
    );
    vec![Step::Send(text.into_bytes())]
}

/// A good reply in OpenAI's dialect.
pub(crate) fn good(text: &str) -> Vec<Step> {
    let body = serde_json::json!({"model": "m-1", "choices": [{"message": {"content": text}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 10, "completion_tokens": 2}});
    reply(200, "", &body.to_string())
}
