//! A server in OpenAI's dialect; the test decides what it answers.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

/// Status and body.
pub type Answer = (u16, Value);

pub struct ChatServer {
    pub port: u16,
    asked: Arc<AtomicUsize>,
}

impl ChatServer {
    /// `answer` gets the number of the request, from 0, and its body.
    pub fn start(answer: impl Fn(usize, &str) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = Self { port: listener.local_addr().unwrap().port(), asked: Arc::default() };
        let (answer, asked) = (Arc::new(answer), server.asked.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (answer, asked) = (answer.clone(), asked.clone());
                std::thread::spawn(move || talk(stream.unwrap(), &asked, &*answer));
            }
        });
        server
    }

    /// Requests so far.
    pub fn count(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

/// A model's words, with what they took.
pub fn said(words: &str, prompt_tokens: usize, completion_tokens: usize) -> Answer {
    let reply = json!({"model": "m-1", "choices": [{"message": {"content": words}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": prompt_tokens, "completion_tokens": completion_tokens}});
    (200, reply)
}

/// A failure with its reason.
pub fn failed(status: u16, reason: &str) -> Answer {
    (status, json!({ "error": { "message": reason } }))
}

fn talk(mut stream: TcpStream, asked: &AtomicUsize, answer: &dyn Fn(usize, &str) -> Answer) {
    while let Some((head, body)) = request(&mut stream) {
        let (status, reply) = answer(asked.fetch_add(1, Ordering::SeqCst), &body);
        let reply = reply.to_string();
        // As a careless server would: the key comes back.
        let key = head.lines().find_map(|l| l.strip_prefix("authorization:")).unwrap_or_default();
        let head = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\nx-key:{key}\r\n\r\n", reply.len());
        if stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(reply.as_bytes())).is_err() {
            return;
        }
    }
}

/// Head, with its field names in lower case, and body; `None` at the end of the stream.
fn request(stream: &mut TcpStream) -> Option<(String, String)> {
    let mut bytes = Vec::new();
    loop {
        let mut buffer = [0; 16_384];
        let Ok(n @ 1..) = stream.read(&mut buffer) else { return None };
        bytes.extend_from_slice(&buffer[..n]);
        let Some(end) = bytes.windows(4).position(|w| w == b"\r\n\r\n") else { continue };
        let head: String = String::from_utf8_lossy(&bytes[..end])
            .lines()
            .map(|line| {
                line.split_once(':').map_or(line.into(), |(name, value)| format!("{}:{value}", name.to_lowercase()))
                    + "\n"
            })
            .collect();
        let length = head.lines().find_map(|l| l.strip_prefix("content-length:")?.trim().parse().ok()).unwrap_or(0);
        if bytes.len() >= end + 4 + length {
            return Some((head, String::from_utf8_lossy(&bytes[end + 4..]).into_owned()));
        }
    }
}
