//! One engine a campaign; what a dead one left is closed and queued again.

use ergon_domain::{CampaignState, ControlCommand, FailureClass, RunLogError, RunState};
use ergon_store::StoreError;

use crate::fixture::*;

#[tokio::test]
async fn a_living_engine_keeps_its_campaign() {
    let place = Place::new().await;
    let (campaign, lease, _) = held(&place.store).await;
    let refused = place.store.acquire(campaign.id, "study", engine("two", 2), |_| Some(true), 3).await.unwrap_err();
    assert_eq!(refused, StoreError::Held { campaign: "study".into(), pid: 1, host: "here".into() });

    place.store.release(&lease, 3).await.unwrap();
    let (_, recovery) = place.store.acquire(campaign.id, "study", engine("two", 2), |_| Some(true), 4).await.unwrap();
    assert_eq!(recovery.dead_token, None);
}

#[tokio::test]
async fn the_time_that_engines_held_a_campaign_adds_up_over_sessions_and_a_dead_one_counts_to_its_last_heartbeat() {
    let place = Place::new().await;
    let (campaign, lease, _) = held(&place.store).await;
    let held_s = async || place.store.campaign("study").await.unwrap().held_s;
    place.store.release(&lease, 1_500_002).await.unwrap();
    assert_eq!(held_s().await, 1.5);
    // Given back twice it counts once.
    place.store.release(&lease, 9_000_000).await.unwrap();
    assert_eq!(held_s().await, 1.5);

    let take = |token, now_us| place.store.acquire(campaign.id, "study", engine(token, 2), |_| Some(false), now_us);
    // Its one heartbeat comes years after 1970: a machine that slept as long did not work, and a minute counts.
    let (dead, _) = take("two", 10_000_000).await.unwrap();
    log_of(&place.store, &dead).heartbeat().await.unwrap();
    let year_2100_us = 4_102_444_800_000_000;
    let (last, _) = take("three", year_2100_us).await.unwrap();
    place.store.release(&last, year_2100_us + 2_500_000).await.unwrap();
    assert_eq!(held_s().await, 1.5 + 60.0 + 2.5);
}

#[tokio::test]
async fn an_engine_of_another_host_is_dead_only_after_long_silence() {
    let place = Place::new().await;
    let (campaign, ..) = held(&place.store).await;
    let take = |now_us| place.store.acquire(campaign.id, "study", engine("two", 2), |_| None, now_us);
    assert!(matches!(take(50_000_000).await, Err(StoreError::Held { .. })));
    assert!(take(70_000_000).await.is_ok());
}

#[tokio::test]
async fn a_dead_engines_attempts_are_closed_as_interrupted_and_its_runs_queued() {
    let place = Place::new().await;
    let (campaign, _, log) = held(&place.store).await;
    log.record(whole(0)).await.unwrap();
    log.record(batch(vec![start(1, 1), start(2, 1)], Vec::new())).await.unwrap();

    let (lease, recovery) =
        place.store.acquire(campaign.id, "study", engine("two", 2), |_| Some(false), 99).await.unwrap();
    assert_eq!(recovery.interrupted, [key(1), key(2)]);
    assert_eq!(recovery.dead_token.as_deref(), Some("one"));
    let states = place.store.run_states(campaign.id).await.unwrap();
    assert_eq!(states[&key(0)].0, RunState::Succeeded);
    assert_eq!(states[&key(1)], (RunState::Queued, 1, true));
    let attempt = &place.store.attempts(campaign.id, &key(1)).await.unwrap()[0];
    assert_eq!((attempt.class, attempt.ended_us), (Some(FailureClass::Interrupted), Some(99)));

    // The dead engine, if it was only suspended, can write nothing more.
    let late = log.record(batch(Vec::new(), vec![success(1, 1)])).await;
    assert!(matches!(late, Err(RunLogError::LeaseLost { .. })));
    assert!(matches!(log.heartbeat().await, Err(RunLogError::LeaseLost { .. })));

    log_of(&place.store, &lease).record(batch(vec![start(1, 2)], vec![success(1, 2)])).await.unwrap();
    assert_eq!(place.store.run_states(campaign.id).await.unwrap()[&key(1)], (RunState::Succeeded, 2, true));
}

#[tokio::test]
async fn a_damaged_file_is_not_taken_over_after_an_unclean_exit() {
    let place = Place::new().await;
    let (campaign, _, log) = held(&place.store).await;
    for n in 0..50 {
        log.record(whole(n)).await.unwrap();
    }
    let file = place.file();
    place.store.close().await;
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 8192 / 2 * 8192;
    bytes[middle..middle + 4096].fill(0x5a);
    std::fs::write(&file, bytes).unwrap();
    let store = ergon_store::Store::open(&file).await.unwrap();
    assert!(!store.integrity().await.unwrap().is_empty());
    let refused = store.acquire(campaign.id, "study", engine("two", 2), |_| Some(false), 99).await.unwrap_err();
    assert!(matches!(refused, StoreError::Damaged(_)), "{refused}");
}

#[tokio::test]
async fn what_others_ask_reaches_the_engine_once() {
    let place = Place::new().await;
    let (campaign, _, log) = held(&place.store).await;
    place.store.ask(campaign.id, ControlCommand::Pause, 5).await.unwrap();
    place.store.ask(campaign.id, ControlCommand::Retry, 6).await.unwrap();
    assert_eq!(log.heartbeat().await.unwrap(), [ControlCommand::Pause, ControlCommand::Retry]);
    assert_eq!(log.heartbeat().await.unwrap(), []);
    assert_eq!(place.store.campaign("study").await.unwrap().state, CampaignState::Paused);

    // What was asked of an engine that is gone is not asked of the next.
    place.store.ask(campaign.id, ControlCommand::Stop, 7).await.unwrap();
    let (lease, _) = place.store.acquire(campaign.id, "study", engine("two", 2), |_| Some(false), 8).await.unwrap();
    assert_eq!(log_of(&place.store, &lease).heartbeat().await.unwrap(), []);
}
