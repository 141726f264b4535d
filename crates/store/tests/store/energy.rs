//! What is recorded of energy is read back as it was, and written once.

use ergon_domain::{
    EnergyEntry, EnergyMode, EnergySamples, EnergyWindow, EnergyWindowKind, Measurement, Observed, Provenance,
    RunLogBatch, Span,
};

use ergon_store::{Comparison, RunColumn, RunPage, Wanted};

use crate::fixture::{Place, held, key, number, start, success};

fn joules(name: &str, x: f64) -> Measurement {
    let mut m = Measurement::new(name, Observed::value(x), Provenance::Estimated("CPU time".into()));
    (m.lo, m.hi) = (Some(x - 1.0), Some(x + 1.0));
    m.flags.0.insert("gap".into());
    m
}

fn withheld() -> Measurement {
    let why = Observed::Unavailable("below resolution".into());
    Measurement::new("dram_energy_j", why, Provenance::Measured)
}

fn batch() -> RunLogBatch {
    let mut end = success(1, 1);
    end.resources = vec![joules("energy_j", 5.0), withheld()];
    end.energy_block = Some(3);
    let unread = Span { name: "synthesis".into(), start_s: 0.25, end_s: 0.5, taken: Vec::new() };
    end.spans[0].taken = vec![joules("energy_j", 2.0), withheld()];
    end.spans.push(unread);
    let window = EnergyWindow {
        number: 3,
        kind: EnergyWindowKind::Block,
        started_us: 77,
        duration_s: 2.5,
        attempts: 1,
        measurements: vec![joules("energy_j", 40.0)],
    };
    let samples = EnergySamples { number: 0, first_us: 77, samples: 2, bytes: vec![1, 2, 3] };
    RunLogBatch {
        starts: vec![start(1, 1)],
        ends: vec![end],
        energy: vec![
            EnergyEntry::Session {
                marker: "one".into(),
                mode: EnergyMode::Campaign,
                started_us: 70,
                sensors: "{}".into(),
            },
            EnergyEntry::Window(window),
            EnergyEntry::Samples(samples),
        ],
    }
}

#[tokio::test]
async fn sessions_windows_samples_and_resources_come_back_and_are_written_once() {
    let place = Place::new().await;
    let (campaign, _, log) = held(&place.store).await;
    let batch = batch();
    log.record(batch.clone()).await.unwrap();
    log.record(batch.clone()).await.unwrap();

    let sessions = place.store.energy_sessions(campaign.id).await.unwrap();
    assert_eq!(sessions.len(), 1);
    assert_eq!((sessions[0].mode, sessions[0].started_us), (EnergyMode::Campaign, 70));
    let EnergyEntry::Window(window) = &batch.energy[1] else { unreachable!() };
    assert_eq!(sessions[0].windows, std::slice::from_ref(window));
    let EnergyEntry::Samples(samples) = &batch.energy[2] else { unreachable!() };
    assert_eq!(place.store.energy_samples(sessions[0].id).await.unwrap(), std::slice::from_ref(samples));

    let resources = &place.store.resources(campaign.id).await.unwrap()[&key(1)];
    assert_eq!(resources.measurements, batch.ends[0].resources);
    assert_eq!(resources.block, Some((sessions[0].id, 3)));
    let attempts = place.store.attempts(campaign.id, &key(1)).await.unwrap();
    assert_eq!(attempts[0].spans, batch.ends[0].spans);
    // One row a resource, and one for the span that nobody read.
    assert_eq!(number(&place.store, "SELECT count(*) FROM span_long").await, 3);
    assert_eq!(
        number(&place.store, "SELECT count(*) FROM span_long WHERE value = 2.0 AND provenance = 'estimated'").await,
        1
    );
    // Results are what they were: energy differs from execution to execution and is no result.
    assert_eq!(number(&place.store, "SELECT count(*) FROM metric_value").await, 2);
    assert_eq!(number(&place.store, "SELECT count(*) FROM resource_long WHERE provenance = 'estimated'").await, 1);
}

#[tokio::test]
async fn energy_of_no_session_is_refused_and_nothing_of_the_batch_kept() {
    let place = Place::new().await;
    let (_, _, log) = held(&place.store).await;
    let mut orphan = batch();
    orphan.energy.remove(0);
    assert!(log.record(orphan).await.is_err());
    assert_eq!(number(&place.store, "SELECT count(*) FROM attempt").await, 0);
}

#[tokio::test]
async fn what_is_known_of_a_session_is_replaced_by_what_comes_next_and_by_the_whole() {
    let place = Place::new().await;
    let (campaign, _, log) = held(&place.store).await;
    let window = |number, kind, x| {
        EnergyEntry::Window(EnergyWindow {
            number,
            kind,
            started_us: 70,
            duration_s: x,
            attempts: 1,
            measurements: vec![joules("energy_j", x)],
        })
    };
    let write = |energy| log.record(RunLogBatch { energy, ..RunLogBatch::default() });
    let (last, so_far) = (u32::MAX, EnergyWindowKind::SoFar);
    log.record(batch()).await.unwrap();
    write(vec![window(last, so_far, 10.0)]).await.unwrap();
    write(vec![window(last, so_far, 20.0)]).await.unwrap();
    let kept = async || {
        let sessions = place.store.energy_sessions(campaign.id).await.unwrap();
        sessions[0].windows.iter().map(|w| (w.kind, w.duration_s)).collect::<Vec<_>>()
    };
    assert_eq!(kept().await, [(EnergyWindowKind::Block, 2.5), (so_far, 20.0)]);
    write(vec![window(7, EnergyWindowKind::Session, 31.0)]).await.unwrap();
    assert_eq!(kept().await, [(EnergyWindowKind::Block, 2.5), (EnergyWindowKind::Session, 31.0)]);
    assert_eq!(number(&place.store, "SELECT count(*) FROM window_resource").await, 2, "nothing of it is left over");
    assert_eq!(place.store.energy_modes(campaign.id).await.unwrap(), [EnergyMode::Campaign]);
}

#[tokio::test]
async fn a_table_of_runs_is_sorted_and_filtered_by_what_they_took() {
    let place = Place::new().await;
    let (campaign, _, log) = held(&place.store).await;
    let of = |run, joules_of_it: Option<f64>| {
        let mut end = success(run, 1);
        end.resources = joules_of_it.map(|x| vec![joules("energy_j", x)]).unwrap_or_else(|| vec![withheld()]);
        end
    };
    let ends = vec![of(1, Some(7.0)), of(2, Some(5.0)), of(3, None)];
    log.record(RunLogBatch { starts: vec![start(1, 1), start(2, 1), start(3, 1)], ends, ..RunLogBatch::default() })
        .await
        .unwrap();
    let energy = RunColumn::Resource("energy_j".into());
    let page = RunPage { limit: 10, sort: vec![(energy.clone(), false)], ..RunPage::default() };
    let (total, rows) = place.store.run_page(campaign.id, &page).await.unwrap();
    let found: Vec<_> = rows.iter().map(|r| r.key).filter(|k| *k != key(3)).collect();
    assert_eq!((total, found), (3, vec![key(2), key(1)]));
    let ids: Vec<i64> = rows.iter().map(|r| r.id).collect();
    let cells = place.store.resource_values_of(campaign.id, "energy_j", &ids).await.unwrap();
    assert_eq!(cells.iter().flatten().map(|c| c.value).collect::<Vec<_>>(), [Some(5.0), Some(7.0)]);
    assert_eq!(cells.iter().flatten().next().unwrap().provenance, "estimated");
    let above = RunPage { filter: vec![(energy, Comparison::Above, Wanted::Number(6.0))], ..page };
    let (total, rows) = place.store.run_page(campaign.id, &above).await.unwrap();
    assert_eq!((total, rows[0].key), (1, key(1)));
}
