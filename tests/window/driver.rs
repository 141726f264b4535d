//! A window under WebDriver (<https://www.w3.org/TR/webdriver2/>): what a user does with it, as methods.

use std::cell::Cell;
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use serde_json::{Value, json};

use crate::http;

/// A busy machine takes its time.
const PATIENCE: Duration = Duration::from_secs(40);
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// The driver program with the window it opened. Both end with it.
pub(crate) struct Window {
    driver: Child,
    port: u16,
    session: String,
    clicks: Cell<u32>,
}

impl Window {
    /// Starts the program and waits until its page is there.
    pub(crate) fn open(program: &Path, mut environment: Command) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let driver = environment
            .arg(format!("--port={port}"))
            .stdin(Stdio::null())
            // A group of its own: what the driver starts ends with it.
            .process_group(0)
            .spawn()
            .expect("WebKitWebDriver starts");
        let begin = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(begin.elapsed() < PATIENCE, "the driver doesn't listen");
            std::thread::sleep(Duration::from_millis(50));
        }
        let capabilities =
            json!({"capabilities": {"alwaysMatch": {"webkitgtk:browserOptions": {"binary": program, "args": []}}}});
        let mut window = Self { driver, port, session: String::new(), clicks: Cell::new(0) };
        let (status, reply) = http::request(port, "POST", "/session", Some(&capabilities)).expect("a session");
        assert_eq!(status, 200, "no session: {reply}");
        window.session = reply["value"]["sessionId"].as_str().expect("a session id").to_owned();
        window.see("[data-testid^='nav-']");
        window
    }

    fn call(&self, method: &str, path: &str, body: Option<Value>) -> Result<Value, String> {
        let path = format!("/session/{}{path}", self.session);
        let (status, mut reply) =
            http::request(self.port, method, &path, body.as_ref()).map_err(|e| format!("{method} {path}: {e}"))?;
        if status == 200 { Ok(reply["value"].take()) } else { Err(reply["value"]["message"].to_string()) }
    }

    fn find(&self, css: &str) -> Option<String> {
        let found = self.call("POST", "/element", Some(json!({"using": "css selector", "value": css}))).ok()?;
        found[ELEMENT].as_str().map(str::to_owned)
    }

    /// Waits until something becomes true.
    pub(crate) fn until<T>(&self, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
        let begin = Instant::now();
        loop {
            if let Some(found) = look() {
                return found;
            }
            if begin.elapsed() > PATIENCE {
                let text = self.script("return document.body.innerText").to_string();
                panic!(
                    "not seen in {PATIENCE:?}: {what}; the page says: {}",
                    text.chars().take(2000).collect::<String>()
                );
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits for an element; its id.
    pub(crate) fn see(&self, css: &str) -> String {
        self.until(css, || self.find(css))
    }

    /// Whether an element is there now.
    pub(crate) fn shows(&self, css: &str) -> bool {
        self.find(css).is_some()
    }

    /// Clicks as a user does, once the element takes clicks.
    pub(crate) fn click(&self, css: &str) {
        self.until(&format!("{css}, to click"), || {
            let element = self.find(css)?;
            self.call("POST", &format!("/element/{element}/click"), Some(json!({}))).ok()
        });
        self.clicks.set(self.clicks.get() + 1);
    }

    /// Clicks so far.
    pub(crate) fn clicks(&self) -> u32 {
        self.clicks.get()
    }

    /// Clicks what has this test id.
    pub(crate) fn press(&self, test_id: &str) {
        self.click(&format!("[data-testid='{test_id}']"));
    }

    /// Types into an element.
    pub(crate) fn type_into(&self, css: &str, text: &str) {
        let element = self.see(css);
        self.call("POST", &format!("/element/{element}/value"), Some(json!({"text": text}))).unwrap();
    }

    /// Presses keys with whatever has the focus: `\u{E009}` is Ctrl, `\u{E000}` lets it go.
    pub(crate) fn keys(&self, text: &str) {
        let element = self.call("GET", "/element/active", None).unwrap();
        let element = element[ELEMENT].as_str().unwrap_or_default().to_owned();
        self.call("POST", &format!("/element/{element}/value"), Some(json!({"text": text}))).unwrap();
    }

    /// An element's text, once there is some.
    pub(crate) fn text(&self, test_id: &str) -> String {
        let css = format!("[data-testid='{test_id}']");
        self.until(&format!("text in {css}"), || {
            let text = self.script(&format!("return document.querySelector({})?.innerText", json!(css)));
            text.as_str().map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned)
        })
    }

    /// Runs a script in the page; what it returns.
    pub(crate) fn script(&self, script: &str) -> Value {
        self.call("POST", "/execute/sync", Some(json!({"script": script, "args": []}))).unwrap_or_default()
    }

    /// Runs a script that answers by calling its last argument.
    pub(crate) fn script_async(&self, script: &str) -> Value {
        self.call("POST", "/execute/async", Some(json!({"script": script, "args": []}))).unwrap()
    }

    /// Calls an operation as the page does; the reply or the error.
    pub(crate) fn invoke(&self, name: &str, request: Value) -> Result<Value, Value> {
        let script = format!(
            "const done = arguments[arguments.length - 1]; window.__TAURI_INTERNALS__.invoke({}, {{ request: {request} }})\
             .then((reply) => done({{ reply }}), (error) => done({{ error }}));",
            json!(name)
        );
        let mut answer = self.script_async(&script);
        match answer.get_mut("reply") {
            Some(reply) => Ok(reply.take()),
            None => Err(answer["error"].take()),
        }
    }

    /// Loads the page anew.
    pub(crate) fn reload(&self) {
        self.call("POST", "/refresh", Some(json!({}))).unwrap();
        self.see("[data-testid^='nav-']");
    }

    /// Keeps a picture of the page for people, in `target/screenshots`.
    pub(crate) fn picture(&self, name: &str) {
        let data = self.call("GET", "/screenshot", None).unwrap();
        let folder = std::env::var("ERGON_SCREENSHOTS").expect("ERGON_SCREENSHOTS says where pictures go");
        std::fs::create_dir_all(&folder).unwrap();
        let png = decoded(data.as_str().unwrap());
        assert!(png.starts_with(b"\x89PNG"), "the picture of {name} is no PNG");
        std::fs::write(Path::new(&folder).join(format!("{name}.png")), png).unwrap();
    }

    /// The window's inner size.
    pub(crate) fn resize(&self, width: u32, height: u32) {
        let rectangle = json!({"x": 0, "y": 0, "width": width, "height": height});
        self.call("POST", "/window/rect", Some(rectangle)).unwrap();
    }

    /// Kills the program as a power cut would, without a word to it.
    pub(crate) fn kill(mut self) {
        self.end(Signal::SIGKILL);
    }

    fn end(&mut self, signal: Signal) {
        let _ = killpg(Pid::from_raw(self.driver.id() as i32), signal);
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        if !self.session.is_empty() {
            let _ = self.call("DELETE", "", None);
        }
        self.end(Signal::SIGTERM);
    }
}

/// Base64 (RFC 4648), as screenshots come.
fn decoded(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut held) = (0u32, 0);
    for c in text.bytes() {
        let six = match c {
            b'A'..=b'Z' => c - b'A',
            b'a'..=b'z' => c - b'a' + 26,
            b'0'..=b'9' => c - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => continue,
        };
        bits = bits << 6 | u32::from(six);
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
            bits &= (1 << held) - 1;
        }
    }
    bytes
}
