//! Nothing is ever run twice and counted twice.

use ergon_domain::{Observed, RunLogError, RunState};

use crate::fixture::*;

fn refusal(outcome: Result<(), RunLogError>) -> String {
    outcome.unwrap_err().to_string()
}

#[tokio::test]
async fn a_batch_recorded_again_changes_nothing() {
    let place = Place::new().await;
    let (campaign, _, log) = held(&place.store).await;
    let all = batch(vec![start(0, 1), start(1, 1)], vec![success(0, 1), failure(1, 1, RunState::Failed)]);
    log.record(all.clone()).await.unwrap();
    let everything = "SELECT (SELECT count(*) FROM attempt) * 1000000 + (SELECT count(*) FROM metric_value) * 10000 + \
                      (SELECT count(*) FROM span) * 100 + (SELECT count(*) FROM artefact)";
    let (rows, states) = (number(&place.store, everything).await, place.store.run_states(campaign.id).await.unwrap());
    assert_eq!(rows, 2_020_201);

    log.record(all.clone()).await.unwrap();
    // Also by a log that has learnt nothing, and starts and ends apart.
    let (lease, _) = place.store.acquire(campaign.id, "study", engine("two", 2), |_| Some(false), 3).await.unwrap();
    let other = log_of(&place.store, &lease);
    other.record(batch(all.starts, Vec::new())).await.unwrap();
    other.record(batch(Vec::new(), all.ends)).await.unwrap();

    assert_eq!(number(&place.store, everything).await, rows);
    assert_eq!(place.store.run_states(campaign.id).await.unwrap(), states);
    assert_eq!(states[&key(0)], (RunState::Succeeded, 1, true));
}

#[tokio::test]
async fn the_same_batch_twice_in_one_transaction_counts_once() {
    let place = Place::new().await;
    let (_, _, log) = held(&place.store).await;
    log.record(batch(vec![start(0, 1), start(0, 1)], vec![success(0, 1), success(0, 1)])).await.unwrap();
    assert_eq!(number(&place.store, "SELECT count(*) FROM metric_value").await, 2);
}

#[tokio::test]
async fn an_attempt_that_ended_can_not_end_differently() {
    let place = Place::new().await;
    let (_, _, log) = held(&place.store).await;
    log.record(whole(0)).await.unwrap();

    let mut other_value = success(0, 1);
    other_value.measurements[0].observed = Observed::Value(0.1 + f64::EPSILON);
    let mut fewer = success(0, 1);
    fewer.measurements.pop();
    let mut longer = success(0, 1);
    longer.duration_s += 1.0;
    for end in [other_value, fewer, longer, failure(0, 1, RunState::Failed)] {
        let said = refusal(log.record(batch(Vec::new(), vec![end])).await);
        assert!(said.contains("recorded before with another result"), "{said}");
    }
    let mut later = start(0, 1);
    later.started_us += 1;
    assert!(log.record(batch(vec![later], Vec::new())).await.is_err());
}

#[tokio::test]
async fn a_run_that_succeeded_is_not_begun_again() {
    let place = Place::new().await;
    let (campaign, _, log) = held(&place.store).await;
    log.record(whole(0)).await.unwrap();
    let said = refusal(log.record(batch(vec![start(0, 2)], vec![success(0, 2)])).await);
    assert!(said.contains("has succeeded already (attempt 1)"), "{said}");
    assert_eq!(place.store.run_states(campaign.id).await.unwrap()[&key(0)], (RunState::Succeeded, 1, true));
}

#[tokio::test]
async fn of_two_attempts_under_way_one_success_counts() {
    let place = Place::new().await;
    let (campaign, _, log) = held(&place.store).await;
    log.record(batch(vec![start(0, 1), start(0, 2), start(0, 3)], Vec::new())).await.unwrap();
    log.record(batch(Vec::new(), vec![success(0, 2)])).await.unwrap();
    assert!(
        refusal(log.record(batch(Vec::new(), vec![success(0, 1)])).await).contains("succeeded already (attempt 2)")
    );
    // A failure beside is kept as an attempt, and leaves the run what it is.
    log.record(batch(Vec::new(), vec![failure(0, 3, RunState::Failed)])).await.unwrap();
    assert_eq!(place.store.run_states(campaign.id).await.unwrap()[&key(0)].0, RunState::Succeeded);
}

#[tokio::test]
async fn a_retry_recorded_with_the_end_before_it_leaves_the_run_running() {
    let place = Place::new().await;
    let (campaign, _, log) = held(&place.store).await;
    log.record(batch(vec![start(0, 1)], Vec::new())).await.unwrap();
    log.record(batch(vec![start(0, 2)], vec![failure(0, 1, RunState::Queued)])).await.unwrap();
    let both = batch(vec![start(1, 1), start(1, 2)], vec![failure(1, 1, RunState::Queued)]);
    log.record(both).await.unwrap();
    let states = place.store.run_states(campaign.id).await.unwrap();
    assert_eq!([states[&key(0)], states[&key(1)]], [(RunState::Running, 2, true); 2]);
}

#[tokio::test]
async fn an_end_without_a_start_is_refused() {
    let place = Place::new().await;
    let (_, _, log) = held(&place.store).await;
    assert!(refusal(log.record(batch(Vec::new(), vec![success(0, 1)])).await).contains("without having begun"));
    log.record(batch(vec![start(0, 1)], Vec::new())).await.unwrap();
    assert!(refusal(log.record(batch(Vec::new(), vec![success(0, 2)])).await).contains("without having begun"));
}

#[tokio::test]
async fn the_schema_itself_holds_one_row_a_run_and_number() {
    let place = Place::new().await;
    let columns = "SELECT group_concat(name) FROM pragma_index_info('sqlite_autoindex_attempt_1')";
    assert_eq!(place.store.query(columns).await.unwrap().rows[0][0], "run_id,number");
}
