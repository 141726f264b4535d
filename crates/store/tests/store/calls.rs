//! Calls of language models: durable, found again, and counted against budgets even when an engine dies.

use ergon_domain::{ChatReply, ChatRequest, Digest, Exchange, FailureClass, FinishReason, ModelCall, RunKey, Usage};

use crate::fixture::{Place, held};

fn request() -> ChatRequest {
    ChatRequest::new("llm", "Be brief.", "Hi")
}

fn reply(text: &str) -> ChatReply {
    ChatReply {
        text: text.into(),
        model_id: "m-1".into(),
        finish: FinishReason::Stop,
        usage: Usage { prompt_tokens: Some(5), completion_tokens: None, estimated: false },
        latency_s: 0.1 + 0.2,
        cost_usd: None,
        confidence: None,
        simulated: false,
        tool_calls: Vec::new(),
    }
}

fn call(run: RunKey, attempt: u32, occurrence: u64, result: Result<ChatReply, (FailureClass, String)>) -> ModelCall {
    let exchange = Exchange {
        url: "http://127.0.0.1/v1/chat/completions".into(),
        status: Some(200),
        duration_s: 0.3,
        sent: b"{\"sent\":1}".to_vec(),
        received: vec![0xff, 0x00, 0xfe],
        usage: Some(serde_json::json!({"prompt_tokens": 5, "odd": 1})),
        ..Exchange::default()
    };
    ModelCall {
        run,
        attempt,
        occurrence,
        request: request(),
        began_us: i64::from(attempt) * 10 + occurrence as i64,
        result,
        fallback: None,
        charged_usd: 0.25,
        charged_tokens: 100,
        exchanges: vec![Exchange { status: Some(429), failure: Some("busy".into()), ..exchange.clone() }, exchange],
    }
}

const RUN: Digest = Digest([7; 32]);

#[tokio::test]
async fn a_call_is_found_by_run_request_and_occurrence_and_the_latest_attempt_counts() {
    let place = Place::new().await;
    let (campaign, ..) = held(&place.store).await;
    let log = place.store.call_log(campaign.id).unwrap();
    log.append(call(RUN, 1, 0, Ok(reply("first try")))).unwrap();
    log.append(call(RUN, 2, 0, Ok(reply("zweiter Versuch: \u{1F600}")))).unwrap();
    log.append(call(RUN, 2, 1, Err((FailureClass::RateLimited, "busy".into())))).unwrap();
    log.append(call(RUN, 3, 0, Err((FailureClass::Interrupted, "cancelled".into())))).unwrap();
    log.hold(0.0, 0).await.unwrap();

    let place = place.reopened().await;
    let records = place.store.recorded_calls(campaign.id);
    let find = |run: Digest, occurrence| {
        let records = records.clone();
        async move { records.find(&run, &request().digest(), occurrence).await.unwrap() }
    };
    assert_eq!(
        find(RUN, 0).await,
        Some(Ok(reply("zweiter Versuch: \u{1F600}"))),
        "bit for bit, missing fields missing"
    );
    assert_eq!(find(RUN, 1).await, Some(Err((FailureClass::RateLimited, "busy".into()))));
    assert_eq!(find(RUN, 2).await, None);
    assert_eq!(find(Digest([8; 32]), 0).await, None);

    let rows = place.store.calls_of(campaign.id, &RUN).await.unwrap();
    let attempts: Vec<(u32, u32)> = rows.iter().map(|row| (row.attempt, row.tries)).collect();
    assert_eq!(attempts, [(1, 2), (2, 2), (2, 2), (3, 2)]);
    assert_eq!(rows[0].cost_usd, None, "an unknown price is not 0");
    assert!(rows[0].request.contains("Be brief."));
}

#[tokio::test]
async fn raw_bytes_are_kept_once_and_as_they_came() {
    let place = Place::new().await;
    let (campaign, ..) = held(&place.store).await;
    let log = place.store.call_log(campaign.id).unwrap();
    for occurrence in 0..10 {
        log.append(call(RUN, 1, occurrence, Ok(reply("same")))).unwrap();
    }
    log.hold(0.0, 0).await.unwrap();
    let sql = "SELECT (SELECT count(*) FROM model_exchange), (SELECT count(*) FROM transcript), \
               (SELECT usage FROM model_exchange LIMIT 1)";
    let rows = place.store.query(sql).await.unwrap();
    let row: Vec<String> = rows.rows[0].iter().map(ToString::to_string).collect();
    // Request, reply, sent, received.
    assert_eq!(row[..2], ["20", "4"], "{row:?}");
    assert!(row[2].contains("odd"), "what nobody knows is kept: {row:?}");
}

#[tokio::test]
async fn what_a_dead_engine_held_for_calls_in_progress_counts_as_spent() {
    let place = Place::new().await;
    let (campaign, ..) = held(&place.store).await;
    let log = place.store.call_log(campaign.id).unwrap();
    log.append(call(RUN, 1, 0, Ok(reply("x")))).unwrap();
    log.hold(1.5, 40).await.unwrap();
    // The engine dies here.
    let place = place.reopened().await;
    let spent = place.store.begin_spending(campaign.id, 5).await.unwrap();
    assert_eq!((spent.calls, spent.charged_usd, spent.charged_tokens, spent.lost_usd), (1, 1.75, 140, 1.5));
    let again = place.store.begin_spending(campaign.id, 6).await.unwrap();
    assert_eq!(again, spent, "counted once");
}

#[tokio::test]
async fn a_call_that_can_not_be_kept_is_told_at_the_next() {
    let place = Place::new().await;
    let log = place.store.call_log(4711).unwrap();
    let _ = log.append(call(RUN, 1, 0, Ok(reply("x"))));
    assert!(log.hold(0.0, 0).await.is_err(), "there is no such campaign");
    assert!(log.append(call(RUN, 1, 1, Ok(reply("y")))).is_err());
}
