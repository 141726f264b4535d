//! What was written comes back as it was.

use ergon_domain::{Digest, MetricId, RunState};
use ergon_store::{Exclusion, NewAnalysis, StoreError};

use crate::fixture::*;

#[tokio::test]
async fn measurements_come_back_to_the_bit() {
    let place = Place::new().await;
    let (campaign, _, log) = held(&place.store).await;
    let ends = vec![success(2, 1), failure(1, 1, RunState::Failed)];
    log.record(batch(vec![start(2, 1), start(1, 1)], ends)).await.unwrap();
    let place = place.reopened().await;
    let table = place.store.run_table(campaign.id).await.unwrap();
    assert_eq!(table.runs.len(), 2);
    let run = &table.runs[0];
    assert_eq!((run.key, run.replicate, run.state, run.attempts), (key(2), 0, RunState::Succeeded, 1));
    assert_eq!((run.started_us, run.duration_s, run.cpu_s), (Some(1001), Some(0.5), Some(0.25)));
    assert_eq!(table.conditions[&run.condition], planned(2).condition.condition);
    for expected in success(2, 1).measurements {
        assert_eq!(table.columns[&expected.metric], [Some(expected), None]);
    }
    assert_eq!(place.store.metric_values(campaign.id, "score").await.unwrap(), [(run.id, 2.1)]);
}

#[tokio::test]
async fn attempts_come_with_log_spans_and_files() {
    let place = Place::new().await;
    let (campaign, _, log) = held(&place.store).await;
    log.record(batch(vec![start(0, 1)], vec![failure(0, 1, RunState::Queued)])).await.unwrap();
    log.record(batch(vec![start(0, 2)], vec![success(0, 2)])).await.unwrap();
    let attempts = place.store.attempts(campaign.id, &key(0)).await.unwrap();
    assert_eq!(attempts.len(), 2);
    assert_eq!(attempts[0].message.as_deref(), Some("too slow"));
    assert_eq!(attempts[1].log, "said hello\n");
    assert_eq!(attempts[1].spans, success(0, 2).spans);
    let kept = attempts[1].artefacts[0].digest;
    assert_eq!(place.store.content(&kept).await.unwrap().as_deref(), Some(b"hello".as_slice()));
    assert_eq!(place.store.content(&Digest::of_bytes(b"no")).await.unwrap(), None);
    assert!(matches!(place.store.attempts(campaign.id, &key(7)).await, Err(StoreError::NoRun(_))));
}

#[tokio::test]
async fn a_query_reads_with_statistics_and_views() {
    let place = Place::new().await;
    let (_, _, log) = held(&place.store).await;
    for n in 0..4 {
        log.record(whole(n)).await.unwrap();
    }
    let found = place
        .store
        .query(
            "WITH s AS (SELECT value FROM metric_long WHERE metric = 'score') \
             SELECT median(value) AS middle, stddev(value), percentile(value, 25), percentile(value, 101), sqrt(avg(value)) FROM s;",
        )
        .await
        .unwrap();
    assert_eq!(found.columns[0], "middle");
    let close = |i: usize, x: f64| (found.rows[0][i].as_f64().unwrap() - x).abs() < 1e-12;
    assert!(close(0, 1.6) && close(1, (5.0f64 / 3.0).sqrt()) && close(2, 0.85) && found.rows[0][3].is_null());
    assert!(close(4, 1.6f64.sqrt()), "{:?}", found.rows);
    let empty = place.store.query("SELECT median(value), stddev(value) FROM metric_value WHERE 0").await.unwrap();
    assert!(empty.rows[0].iter().all(serde_json::Value::is_null));

    let wide = place.store.query("SELECT metrics FROM run_wide ORDER BY run").await.unwrap();
    assert!(wide.rows[0][0].as_str().unwrap().starts_with("{\"score\":"));
    assert!(place.store.query("SELECT * FROM failed_run").await.unwrap().rows.is_empty());
}

#[tokio::test]
async fn a_query_can_not_write() {
    let place = Place::new().await;
    let campaign = registered(&place.store).await;
    for sql in [
        "DELETE FROM campaign",
        "WITH x AS (SELECT 1) INSERT INTO phrase (text) SELECT 'a' FROM x",
        "PRAGMA query_only(0)",
        "PRAGMA user_version(7)",
        "PRAGMA journal_mode = DELETE",
        "ATTACH '/tmp/ergon-attached.db' AS other",
        "VACUUM INTO '/tmp/ergon-vacuumed.db'",
        "BEGIN IMMEDIATE",
        "SELECT 1; DELETE FROM campaign",
        "SELEC 1",
        "",
        "  ;",
        "SELECT 1\0",
    ] {
        let refused = place.store.query(sql).await;
        assert!(matches!(refused, Err(StoreError::Query(_))), "{sql}: {refused:?}");
    }
    assert_eq!(place.store.campaign("study").await.unwrap().id, campaign.id);
    assert!(place.store.query("PRAGMA table_info(run)").await.is_ok());
    assert!(place.store.query("-- a comment\nSELECT count(*) FROM run -- and another\n").await.is_ok());
}

#[tokio::test]
async fn a_watch_notices_commits() {
    let place = Place::new().await;
    let mut watch = place.store.watch().await.unwrap();
    assert!(!watch.changed().await.unwrap());
    registered(&place.store).await;
    assert!(watch.changed().await.unwrap());
    assert!(!watch.changed().await.unwrap());
}

#[tokio::test]
async fn analyses_and_exclusions_are_kept() {
    let place = Place::new().await;
    let campaign = registered(&place.store).await;
    let new = NewAnalysis { name: "t".into(), request: "{}".into(), frame: "[1]".into(), result: "{\"p\":1}".into() };
    let ulid = place.store.save_analysis(campaign.id, new.clone(), 7).await.unwrap();
    assert_eq!(place.store.analysis(&ulid).await.unwrap().analysis, new);
    assert_eq!(place.store.analyses(campaign.id).await.unwrap().len(), 1);
    assert!(matches!(place.store.analysis("none").await, Err(StoreError::NoAnalysis(_))));

    let rule = Exclusion { rule: "{}".into(), reason: "power cut".into(), author: "me".into(), created_us: 3 };
    let id = place.store.exclude(campaign.id, rule.clone()).await.unwrap();
    assert_eq!(place.store.exclusions(campaign.id).await.unwrap(), [(id, rule)]);
    place.store.lift_exclusion(id, 4).await.unwrap();
    assert!(place.store.exclusions(campaign.id).await.unwrap().is_empty());
}

#[tokio::test]
async fn counts_and_failures_are_those_of_the_plan() {
    let place = Place::new().await;
    let (campaign, _, log) = held(&place.store).await;
    let starts = vec![start(0, 1), start(1, 1), start(2, 1)];
    log.record(batch(starts, vec![success(0, 1), failure(1, 1, RunState::Failed)])).await.unwrap();
    let counts = place.store.attempt_counts(campaign.id).await.unwrap();
    assert_eq!((counts.running, counts.failed["timeout"]), (1, 1));
    let failed = place.store.failed_runs(campaign.id).await.unwrap();
    assert_eq!((failed[0].key, failed[0].class.as_str(), failed[0].message.as_str()), (key(1), "timeout", "too slow"));
    assert_eq!(place.store.durations(campaign.id, 10).await.unwrap(), [(0.5, 2001)]);
    assert_eq!(place.store.requeue_failed(campaign.id).await.unwrap(), 1);
    assert_eq!(place.store.run_states(campaign.id).await.unwrap()[&key(1)].0, RunState::Queued);
    let metric: MetricId = "score".into();
    assert_eq!(place.store.run_table(campaign.id).await.unwrap().columns[&metric].iter().flatten().count(), 1);
}
