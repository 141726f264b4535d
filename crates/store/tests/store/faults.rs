//! A disk that fills up: nothing acknowledged is lost, nothing refused is kept, and work goes on when there is room.

use ergon_domain::{RunLogError, RunState};
use ergon_store::{Opening, Store, StoreError};

use crate::fixture::*;

fn bulky(n: u64) -> ergon_domain::RunLogBatch {
    let mut all = whole(n);
    all.ends[0].log = "x".repeat(20_000);
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_loses_nothing_and_work_goes_on_when_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lab.ergon");
    let small = Opening { max_bytes: Some(800_000), ..Opening::default() };
    let store = Store::open_with(&path, &small).await.unwrap();
    let (campaign, lease, log) = held(&store).await;
    let mut acknowledged = Vec::new();
    let mut refused = Vec::new();
    for n in 0..60 {
        match log.record(bulky(n)).await {
            Ok(()) => acknowledged.push(n),
            Err(RunLogError::Store(said)) => {
                assert_eq!(said, StoreError::DiskFull.to_string());
                refused.push(n);
            }
            Err(e) => panic!("{e}"),
        }
    }
    assert!(acknowledged.len() > 5 && refused.len() > 5, "{} {}", acknowledged.len(), refused.len());
    let states = store.run_states(campaign.id).await.unwrap();
    assert!((0..60).all(|n| states.contains_key(&key(n)) == acknowledged.contains(&n)));
    assert!(log.heartbeat().await.is_ok(), "what needs no room is still written");

    store.close().await;
    let store = Store::open(&path).await.unwrap();
    assert_eq!(store.integrity().await.unwrap(), Vec::<String>::new());
    let log = log_of(&store, &lease);
    for n in 0..60 {
        log.record(bulky(n)).await.unwrap();
    }
    let states = store.run_states(campaign.id).await.unwrap();
    assert_eq!(states.len(), 60);
    assert!(states.values().all(|(state, attempts, _)| (*state, *attempts) == (RunState::Succeeded, 1)));
    assert_eq!(number(&store, "SELECT count(*) FROM metric_value").await, 120);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_batch_too_large_for_the_disk_takes_no_other_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let small = Opening { max_bytes: Some(1_200_000), ..Opening::default() };
    let store = Store::open_with(&folder.path().join("lab.ergon"), &small).await.unwrap();
    let (campaign, _, log) = held(&store).await;
    let tasks: Vec<_> = (0..20u64)
        .map(|n| {
            let log = log.clone();
            tokio::spawn(async move {
                let mut all = whole(n);
                if n == 10 {
                    all.ends[0].log = "x".repeat(4_000_000);
                }
                (n, log.record(all).await)
            })
        })
        .collect();
    let mut written = Vec::new();
    for task in tasks {
        let (n, outcome) = task.await.unwrap();
        match outcome {
            Ok(()) => written.push(n),
            Err(e) => assert_eq!(e.to_string(), StoreError::DiskFull.to_string(), "run {n}"),
        }
    }
    let states = store.run_states(campaign.id).await.unwrap();
    assert!((0..20).all(|n| states.contains_key(&key(n)) == written.contains(&n)));
    assert!(!written.contains(&10));
    // Whoever shared its transaction was told so, and is written when it asks again.
    for n in (0..20).filter(|n| *n != 10) {
        log.record(whole(n)).await.unwrap();
    }
    assert_eq!(store.run_states(campaign.id).await.unwrap().len(), 19);
}

/// Passes as it is; meant to run below the fault shim too (ARCHITECTURE.md, "Testing"), with `ERGON_FAULT_PATH=lab.ergon`
/// and `ERGON_FAULT_AFTER=200`, so that the store is open before anything fails.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_that_tries_again_loses_and_doubles_nothing() {
    let place = Place::new().await;
    let (campaign, _, log) = held(&place.store).await;
    let mut failures = 0;
    for n in 0..300 {
        let mut tries = 0;
        while let Err(e) = log.record(whole(n)).await {
            assert!(matches!(e, RunLogError::Store(_)), "{e}");
            (failures, tries) = (failures + 1, tries + 1);
            assert!(tries < 200, "run {n}: {e}");
        }
    }
    println!("{failures} commits failed");
    let states = patiently(async || place.store.run_states(campaign.id).await).await;
    assert_eq!(states.len(), 300);
    assert!(states.values().all(|(state, attempts, _)| (*state, *attempts) == (RunState::Succeeded, 1)));
    let table = patiently(async || place.store.run_table(campaign.id).await).await;
    assert!(table.columns.values().all(|column| column.iter().flatten().count() == 300));
    assert_eq!(patiently(async || place.store.integrity().await).await, Vec::<String>::new());
}

/// Reading may fail too while the disk does.
async fn patiently<T>(read: impl AsyncFn() -> Result<T, StoreError>) -> T {
    for _ in 0..200 {
        if let Ok(value) = read().await {
            return value;
        }
    }
    panic!("200 reads failed");
}
