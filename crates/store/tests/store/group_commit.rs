//! Many callers, one transaction, nobody's fault but one's own.

use ergon_domain::{Measurement, Observed, Provenance};

use crate::fixture::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bad_batch_spoils_no_other() {
    let place = Place::new().await;
    let (campaign, _, log) = held(&place.store).await;
    let tasks: Vec<_> = (0..200u64)
        .map(|n| {
            let log = log.clone();
            tokio::spawn(async move {
                let mut all = whole(n);
                if n % 3 == 0 {
                    let unknown = Measurement::new("nobody_declared", Observed::Value(1.0), Provenance::Measured);
                    all.ends[0].measurements.push(unknown);
                }
                (n, log.record(all).await.is_ok())
            })
        })
        .collect();
    for task in tasks {
        let (n, written) = task.await.unwrap();
        assert_eq!(written, n % 3 != 0, "run {n}");
    }
    let states = place.store.run_states(campaign.id).await.unwrap();
    assert_eq!(states.len(), 133);
    assert!((0..200).all(|n| states.contains_key(&key(n)) == (n % 3 != 0)));
    assert_eq!(number(&place.store, "SELECT count(*) FROM metric_value").await, 266);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_is_in_the_file() {
    let place = Place::new().await;
    let (_, _, log) = held(&place.store).await;
    log.record(whole(0)).await.unwrap();
    // A copy taken now, without closing anything, is what a power cut would leave.
    let copy = place.folder.path().join("copy.ergon");
    for ending in ["", "-wal"] {
        let name = |base: &std::path::Path| std::path::PathBuf::from(format!("{}{ending}", base.display()));
        std::fs::copy(name(&place.file()), name(&copy)).unwrap();
    }
    let store = ergon_store::Store::open(&copy).await.unwrap();
    assert_eq!(number(&store, "SELECT count(*) FROM attempt WHERE state = 'succeeded'").await, 1);
    assert_eq!(store.integrity().await.unwrap(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_writers_of_one_file_take_turns() {
    let place = Place::new().await;
    let (_, _, log) = held(&place.store).await;
    let other = ergon_store::Store::open(&place.file()).await.unwrap();
    let asking = tokio::spawn(async move {
        for at in 0..50 {
            other.ask(1, ergon_domain::ControlCommand::Resume, at).await.unwrap();
        }
    });
    for n in 0..50 {
        log.record(whole(n)).await.unwrap();
    }
    asking.await.unwrap();
    assert_eq!(number(&place.store, "SELECT count(*) FROM control").await, 50);
    assert_eq!(number(&place.store, "SELECT count(*) FROM run").await, 50);
}
