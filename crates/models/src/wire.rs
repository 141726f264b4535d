//! One request on the wire: sent, and read within limits of time and size.

use std::time::Duration;

use bytes::Bytes;
use ergon_domain::Exchange;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LOCATION};
use reqwest::{Client, Method, Url};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;
use tokio::time::Instant;

/// What is sent.
pub(crate) struct Outgoing {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    /// JSON; none: nothing.
    pub(crate) body: Bytes,
}

/// Bounds of a request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// From sending to the last byte.
    pub(crate) timeout: Duration,
    /// Longest reply, bytes.
    pub(crate) most_bytes: usize,
}

/// Why there is no whole reply.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Broken {
    /// Nobody was reached: nothing was sent that could cost anything.
    Unreached(String),
    /// It broke off after sending.
    Lost(String),
    /// The process that had to answer ended, in this way.
    Died(String),
    /// It took too long.
    TimedOut,
    /// It is longer than accepted.
    TooLong,
}

/// Status and headers of a reply that has come whole.
#[derive(Clone, Debug, Default)]
pub(crate) struct Head {
    pub(crate) status: u16,
    /// When to come back, where the provider says; [`LONGEST_WAIT`] at most.
    pub(crate) retry_after: Option<Duration>,
    /// Where it sends one to.
    pub(crate) location: Option<String>,
}

impl Head {
    /// Whether it brings what was asked for.
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// Longest time for which a provider's wish to be left alone counts: one beyond a day is a mistake, and beyond what a
/// clock can add.
const LONGEST_WAIT: Duration = Duration::from_secs(86_400);
/// Connections to a provider that are kept while nothing is asked.
const MOST_IDLE: usize = 512;

/// A client for all providers: no redirects, no proxy, no cookies.
///
/// # Errors
/// TLS can't be set up.
pub(crate) fn client() -> Result<Client, String> {
    // Another part of the process may have chosen a provider before: any will do.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        // Whether to ask again is decided above; for its own tries it would keep a copy of each request.
        .retry(reqwest::retry::never().max_retries_per_request(0))
        .no_proxy()
        .connect_timeout(Duration::from_secs(10))
        .tcp_nodelay(true)
        // Thousands that all have their replies need no thousands of connections with buffers to rest in.
        .pool_max_idle_per_host(MOST_IDLE)
        .user_agent(concat!("ergon/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|e| format!("no HTTP client: {e}"))
}

/// Headers, marked so that no debug output shows what they hold.
///
/// # Errors
/// A value that no header can hold; the message does not repeat it.
pub(crate) fn headers(pairs: Vec<(&'static str, String)>) -> Result<HeaderMap, String> {
    let mut headers = HeaderMap::new();
    for (name, value) in pairs {
        let mut value = HeaderValue::from_str(value.trim())
            .map_err(|_| "the key holds characters that no header can hold; expected printable ASCII".to_owned())?;
        value.set_sensitive(true);
        headers.insert(HeaderName::from_static(name), value);
    }
    Ok(headers)
}

/// Sends and reads; `piece` gets the bytes of a reply with a status of success as they come. What came is in `exchange`, whole or
/// not.
///
/// # Errors
/// The reply did not come whole.
pub(crate) fn send<'a>(
    client: &Client,
    outgoing: Outgoing,
    bounds: Bounds,
    exchange: &'a mut Exchange,
    piece: &'a mut (dyn FnMut(&[u8], f64) + Send),
) -> impl Future<Output = Result<Head, Broken>> + Send + use<'a> {
    let Outgoing { method, url, headers, body } = outgoing;
    let mut request = client.request(method, url).headers(headers);
    if !body.is_empty() {
        request = request.header(CONTENT_TYPE, "application/json").body(body);
    }
    // Outside of the future, which would keep room for the request while thousands of calls wait.
    let sent = request.send();
    async move {
        let began = Instant::now();
        let outcome = tokio::time::timeout(bounds.timeout, async {
            let mut reply = sent.await.map_err(|e| broken(&e))?;
            let head = head(&reply);
            exchange.status = Some(head.status);
            while let Some(bytes) = reply.chunk().await.map_err(|e| Broken::Lost(why(&e)))? {
                if exchange.received.len() + bytes.len() > bounds.most_bytes {
                    return Err(Broken::TooLong);
                }
                exchange.received.extend_from_slice(&bytes);
                if head.is_success() {
                    piece(&bytes, began.elapsed().as_secs_f64());
                }
            }
            Ok(head)
        });
        let outcome = outcome.await.unwrap_or(Err(Broken::TimedOut));
        exchange.duration_s = began.elapsed().as_secs_f64();
        outcome
    }
}

fn broken(error: &reqwest::Error) -> Broken {
    if error.is_connect() || error.is_builder() { Broken::Unreached(why(error)) } else { Broken::Lost(why(error)) }
}

/// The innermost cause: the outer ones repeat the address.
fn why(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

fn head(reply: &reqwest::Response) -> Head {
    let text = |name: &str| reply.headers().get(name).and_then(|v| v.to_str().ok());
    let number = |s: &str| s.trim().parse::<f64>().ok().filter(|n| n.is_finite());
    let wait = |s: f64| Duration::try_from_secs_f64(s.min(LONGEST_WAIT.as_secs_f64())).ok();
    let milliseconds = text("retry-after-ms").and_then(number).and_then(|ms| wait(ms / 1000.0));
    let seconds = |t| number(t).map_or_else(|| until(t), wait);
    let asked = milliseconds.or_else(|| text("retry-after").and_then(seconds));
    Head {
        status: reply.status().as_u16(),
        retry_after: asked.map(|wait| wait.min(LONGEST_WAIT)),
        location: reply.headers().get(LOCATION).and_then(|v| v.to_str().ok()).map(str::to_owned),
    }
}

/// `Retry-After` as a date: the time from now.
fn until(date: &str) -> Option<Duration> {
    let at = OffsetDateTime::parse(date.trim(), &Rfc2822).ok()?;
    Duration::try_from(at - OffsetDateTime::now_utc()).ok()
}
