//! Servers that misbehave: every call ends in an answer or a named failure class, in bounded time.

use std::time::{Duration, Instant};

use ergon_domain::FailureClass::{
    Budget as NoCredit, InvalidInput, MalformedReply, ModelRefused, ModelUnavailable, RateLimited, Timeout,
};
use ergon_models::Budget;
use serde_json::json;

use crate::asking::Asker;
use crate::server::{Server, Step, good, reply};

const FREE: Budget = Budget { usd: None, usd_per_run: None, tokens: None };

#[tokio::test]
async fn a_failure_that_passes_is_waited_out() {
    for (status, headers) in
        [(429, ""), (429, "retry-after: 1\r\n"), (500, ""), (503, "retry-after-ms: 20\r\n"), (529, "")]
    {
        let server = Server::start(move |n, _| if n == 0 { reply(status, headers, "{}") } else { good("yes") }).await;
        let asker = Asker::new(&server, json!({}), FREE);
        let began = Instant::now();
        assert_eq!(asker.ask(1).await.unwrap().text, "yes", "{status} {headers}");
        assert_eq!(server.count(), 2);
        if headers.contains("retry-after: 1") {
            assert!(began.elapsed() >= Duration::from_secs(1), "the provider's word counts");
        }
        let exchanges: Vec<Option<u16>> =
            asker.kept.calls.lock().unwrap()[0].exchanges.iter().map(|e| e.status).collect();
        assert_eq!(exchanges, [Some(status), Some(200)], "each try is on record");
    }
}

#[tokio::test]
async fn however_long_a_provider_wants_to_be_left_alone_a_day_is_the_most() {
    for wish in ["10000000000000000000", "1e19", "18446744073709551615", "1e300"] {
        let headers = format!("retry-after: {wish}\r\n");
        let server = Server::start(move |_, _| reply(429, &headers, "{}")).await;
        let asker = Asker::new(&server, json!({"patience_s": 1}), FREE);
        for _ in 0..2 {
            let error = asker.ask(1).await.unwrap_err();
            assert_eq!(error.class, RateLimited, "{error}");
            assert!(error.retry_after_s.is_some_and(|s| (86_390.0..=86_402.0).contains(&s)), "{wish}: {error:?}");
        }
        assert_eq!(server.count(), 1, "it is left alone");
    }
}

#[tokio::test]
async fn any_status_of_success_brings_an_answer() {
    for status in [200, 201, 202] {
        let server = Server::start(move |_, _| {
            let mut steps = good("yes");
            let Step::Send(bytes) = &mut steps[0] else { return steps };
            *bytes = String::from_utf8_lossy(bytes).replacen("200", &status.to_string(), 1).into_bytes();
            steps
        });
        assert_eq!(Asker::new(&server.await, json!({}), FREE).ask(1).await.unwrap().text, "yes", "{status}");
    }
}

#[tokio::test]
async fn a_failure_that_stays_has_a_name() {
    let cases = [
        (429, "{}", RateLimited),
        (500, "oops", ModelUnavailable),
        (400, r#"{"error": {"message": "too long", "code": "context_length_exceeded"}}"#, InvalidInput),
        (400, r#"{"error": {"message": "no", "code": "content_filter"}}"#, ModelRefused),
        (401, "{}", InvalidInput),
        (402, "{}", NoCredit),
        (404, "{}", InvalidInput),
        (429, r#"{"error": {"message": "no", "code": "insufficient_quota"}}"#, NoCredit),
        (200, "{\"choices\": [", MalformedReply),
        (200, "<html>", MalformedReply),
        (200, "[]", MalformedReply),
        (200, r#"{"error": {"message": "upstream died"}}"#, ModelUnavailable),
        (200, r#"{"error": {"message": "no", "code": "content_filter"}}"#, ModelRefused),
        (200, r#"{"error": {"message": "no", "code": 402}}"#, NoCredit),
    ];
    for (status, body, class) in cases {
        let server = Server::start(move |_, _| reply(status, "", body)).await;
        let asker = Asker::new(&server, json!({"retries": 0}), FREE);
        assert_eq!(asker.class().await, class, "{status} {body}");
    }
}

#[tokio::test]
async fn a_connection_that_breaks_is_unavailable_and_one_that_hangs_times_out() {
    let broken: [(Vec<Step>, _); 4] = [
        (vec![Step::Reset], ModelUnavailable),
        (vec![Step::Send(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"cho".to_vec())], ModelUnavailable),
        (vec![Step::Send(b"not http at all\r\n\r\n".to_vec())], ModelUnavailable),
        (
            vec![
                Step::Send(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n".to_vec()),
                Step::Wait(Duration::from_secs(60)),
            ],
            Timeout,
        ),
    ];
    for (steps, class) in broken {
        let server = Server::start(move |_, _| steps.clone()).await;
        let asker = Asker::new(&server, json!({"retries": 0, "timeout_s": 0.3}), FREE);
        let began = Instant::now();
        assert_eq!(asker.class().await, class);
        assert!(began.elapsed() < Duration::from_secs(2));
    }
    let mut nobody = Server::start(|_, _| Vec::new()).await;
    nobody.url = "http://127.0.0.1:9".into();
    assert_eq!(Asker::new(&nobody, json!({"retries": 0}), FREE).class().await, ModelUnavailable);
}

#[tokio::test]
async fn a_reply_without_end_is_cut_off() {
    let server = Server::start(|_, _| {
        let mut steps = vec![Step::Send(b"HTTP/1.1 200 OK\r\ncontent-length: 100000000\r\n\r\n".to_vec())];
        steps.extend((0..100).map(|_| Step::Send(vec![b' '; 1_000_000])));
        steps
    })
    .await;
    let asker = Asker::new(&server, json!({"max_reply_mb": 2, "retries": 0}), FREE);
    let error = asker.ask(1).await.unwrap_err();
    assert_eq!(error.class, MalformedReply);
    assert!(error.message.contains("max_reply_mb"), "{error}");
    assert!(asker.kept.calls.lock().unwrap()[0].exchanges[0].received.len() <= 2_000_000);
}

#[tokio::test]
async fn nothing_follows_a_redirect() {
    let elsewhere = Server::start(|_, _| good("stolen")).await;
    let to = format!("location: {}/v1/chat/completions?x=1\r\n", elsewhere.url);
    let base = format!("base_url: {}/v1 ", elsewhere.url);
    for status in [301, 302, 307, 308] {
        let to = to.clone();
        let server = Server::start(move |_, _| reply(status, &to, "")).await;
        let error = Asker::new(&server, json!({}), FREE).ask(1).await.unwrap_err();
        assert!(error.class == InvalidInput && error.message.contains(&base), "{error}");
    }
    assert_eq!(elsewhere.count(), 0, "nothing was sent there");
}

fn chunks() -> String {
    let delta = |text: &str| json!({"model": "m-1", "choices": [{"delta": {"content": text}}]}).to_string();
    let end = json!({"choices": [{"delta": {}, "finish_reason": "stop"}]}).to_string();
    let usage = json!({"choices": [], "usage": {"prompt_tokens": 10, "completion_tokens": 3}}).to_string();
    let events = [delta("Grü"), delta("ß 😀"), end, usage, "[DONE]".into()];
    events.iter().map(|event| format!("data: {event}\r\n\r\n")).collect()
}

const STREAM: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";

#[tokio::test]
async fn a_stream_is_read_alike_wherever_it_is_cut() {
    let length = chunks().len();
    let server = Server::start(move |n, _| {
        let bytes = chunks().into_bytes();
        // The last request gets it byte by byte, the others in two pieces, cut at every place.
        let pieces: Vec<&[u8]> = if n == length { bytes.chunks(1).collect() } else { vec![&bytes[..n], &bytes[n..]] };
        let mut steps = vec![Step::Send(STREAM.as_bytes().to_vec())];
        steps.extend(pieces.into_iter().flat_map(|p| [Step::Send(p.to_vec()), Step::Wait(Duration::from_micros(100))]));
        steps
    })
    .await;
    let asker = Asker::new(&server, json!({"stream": true}), FREE);
    for at in 0..=length {
        let reply = asker.ask(1).await.unwrap();
        assert_eq!((reply.text.as_str(), reply.usage.completion_tokens), ("Grüß 😀", Some(3)), "cut at {at}");
    }
    let calls = asker.kept.calls.lock().unwrap();
    assert!(calls.iter().all(|c| c.exchanges[0].first_token_s.is_some_and(|t| t <= c.exchanges[0].duration_s)));
    assert!(calls.iter().all(|c| c.exchanges[0].received == chunks().as_bytes()), "raw bytes are kept");
}

#[tokio::test]
async fn a_stream_that_stops_early_is_no_reply() {
    let server = Server::start(|_, _| {
        let whole = chunks();
        let cut = whole.find("data: {\"choices\":[{\"delta\":{},").unwrap();
        vec![Step::Send(format!("{STREAM}{}", &whole[..cut]).into_bytes())]
    })
    .await;
    let asker = Asker::new(&server, json!({"stream": true, "retries": 0}), FREE);
    assert_eq!(asker.class().await, ModelUnavailable);
}

#[tokio::test]
async fn a_fault_told_in_the_middle_of_a_stream_is_what_it_would_be_as_a_status() {
    let started = "data: {\"model\": \"m-1\", \"choices\": [{\"delta\": {\"content\": \"The\"}}]}\n\n";
    for (fault, class, tries) in [
        (r#"{"error": {"message": "down", "code": "500"}}"#, ModelUnavailable, 3),
        (r#"{"error": {"message": "down", "code": 503}}"#, ModelUnavailable, 3),
        (r#"{"error": {"message": "down", "type": "server_error", "code": null}}"#, ModelUnavailable, 3),
        (r#"{"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}"#, ModelUnavailable, 3),
        (r#"{"error": {"message": "it just stopped"}}"#, ModelUnavailable, 3),
        (r#"{"error": {"message": "slow down", "code": 429}}"#, RateLimited, 3),
        (r#"{"type": "error", "error": {"type": "rate_limit_error", "message": "x"}}"#, RateLimited, 3),
        (r#"{"error": {"message": "no", "code": "invalid_api_key"}}"#, InvalidInput, 1),
        (r#"{"error": {"message": "no", "code": "insufficient_quota"}}"#, NoCredit, 1),
    ] {
        let server = Server::start(move |_, _| {
            vec![Step::Send(format!("{STREAM}{started}data: {fault}\n\ndata: [DONE]\n\n").into_bytes())]
        })
        .await;
        let asker = Asker::new(&server, json!({"stream": true, "retries": 2}), FREE);
        let error = asker.ask(1).await.unwrap_err();
        assert_eq!((error.class, server.count()), (class, tries), "{fault}: {error}");
        assert!(error.message.contains("told in a reply of status 200"), "{error}");
    }
}

#[tokio::test]
async fn a_fault_in_the_middle_of_a_stream_that_passes_is_waited_out_and_what_was_said_before_is_dropped() {
    let server = Server::start(|n, _| {
        let delta = |text: &str| json!({"choices": [{"delta": {"content": text}}]});
        let fault = json!({"error": {"message": "Overloaded", "type": "overloaded_error"}});
        let body = if n == 0 { format!("data: {}\n\ndata: {fault}\n\n", delta("Half an")) } else { chunks() };
        vec![Step::Send(format!("{STREAM}{body}").into_bytes())]
    })
    .await;
    let asker = Asker::new(&server, json!({"stream": true}), FREE);
    assert_eq!((asker.ask(1).await.unwrap().text.as_str(), server.count()), ("Grüß 😀", 2));
}

#[tokio::test]
async fn usage_that_is_missing_or_wrong_is_counted_by_us_and_says_so() {
    let cases = [
        (json!({}), true),
        (json!({"usage": null}), true),
        (json!({"usage": {"prompt_tokens": -5, "completion_tokens": "2"}}), true),
        (json!({"usage": {"prompt_tokens": 1_000_000_000_000_u64, "completion_tokens": 2}}), true),
        // Servers are known to count an invisible first token beyond max_tokens.
        (json!({"usage": {"prompt_tokens": 10, "completion_tokens": 101}}), false),
        // Nothing is not what a question and an answer take.
        (json!({"usage": {"prompt_tokens": 0, "completion_tokens": 0}}), true),
        (json!({"usage": {"prompt_tokens": 10, "completion_tokens": 0}}), true),
        (json!({"usage": {"prompt_tokens": 0, "completion_tokens": 2}}), true),
    ];
    for (usage, estimated) in cases {
        let mut body = json!({"choices": [{"message": {"content": "12345678"}, "finish_reason": "stop"}]});
        body.as_object_mut().unwrap().extend(usage.as_object().unwrap().clone());
        let text = body.to_string();
        let server = Server::start(move |_, _| reply(200, "", &text)).await;
        let usage = Asker::new(&server, json!({}), FREE).ask(1).await.unwrap().usage;
        assert_eq!(usage.estimated, estimated, "{body}");
        assert!(usage.completion_tokens.is_some_and(|n| n == if estimated { 2 } else { 101 }), "{body} {usage:?}");
    }
}

#[tokio::test]
async fn a_call_that_nobody_waits_for_ends_at_once_and_stays_on_record() {
    let server = Server::start(|_, _| vec![Step::Wait(Duration::from_secs(60))]).await;
    let asker = Asker::new(&server, json!({"usd_per_mtok_in": 1.0, "usd_per_mtok_out": 1.0}), FREE);
    let began = Instant::now();
    let waited = tokio::time::timeout(Duration::from_millis(300), asker.ask(1)).await;
    assert!(waited.is_err() && began.elapsed() < Duration::from_secs(1));
    let calls = asker.kept.calls.lock().unwrap();
    assert_eq!(calls.len(), 1);
    assert!(matches!(&calls[0].result, Err((ergon_domain::FailureClass::Interrupted, _))));
    assert!(calls[0].charged_usd > 0.0, "it may have cost its worst case");
}
