//! Specs that change, and campaigns that are found.

use ergon_domain::{CampaignState, Digest, RunState};
use ergon_store::{CampaignFilter, StoreError};

use crate::fixture::*;

#[tokio::test]
async fn the_same_spec_is_registered_once_and_its_free_parts_are_taken_over() {
    let place = Place::new().await;
    let first = registered(&place.store).await;
    let mut renamed = revision("first");
    renamed.title = "A better title".into();
    let again = place.store.register(renamed, || unreachable!("the plan is the same"), 2).await.unwrap();
    assert_eq!(again, first);
    assert_eq!(place.store.campaign("study").await.unwrap().title, "A better title");
    assert_eq!(place.store.inputs(first.id).await.unwrap()[0].path, "jobs.swf");
}

#[tokio::test]
async fn a_changed_plan_needs_a_reason_once_a_run_has_finished() {
    let place = Place::new().await;
    let (campaign, _, log) = held(&place.store).await;
    let before = place.store.register(revision("second"), Default::default, 3).await.unwrap();
    assert_eq!(before.revision, 2, "nothing has finished: no reason is needed");

    log.record(whole(0)).await.unwrap();
    let refused = place.store.register(revision("third"), Default::default, 4).await.unwrap_err();
    assert_eq!(refused, StoreError::ReasonRequired { campaign: "study".into(), finished: 1 });
    assert!(refused.to_string().contains("--amend"));
    assert_eq!(place.store.revision(campaign.id).await.unwrap().number, 2, "nothing was kept");

    let mut with_reason = revision("third");
    with_reason.reason = Some("two more conditions".into());
    let third = place.store.register(with_reason, Default::default, 5).await.unwrap();
    assert_eq!(third.revision, 3);
    assert_eq!(place.store.revision(campaign.id).await.unwrap().reason.as_deref(), Some("two more conditions"));

    let mut analysis = revision("third");
    analysis.analysis_hash = Digest::of_bytes(b"another analysis plan");
    assert!(matches!(
        place.store.register(analysis, Default::default, 6).await,
        Err(StoreError::ReasonRequired { .. })
    ));
}

#[tokio::test]
async fn runs_that_leave_the_plan_are_kept_and_come_back_with_it() {
    let place = Place::new().await;
    let (campaign, _, log) = held(&place.store).await;
    for n in 0..3 {
        log.record(whole(n)).await.unwrap();
    }
    let in_plan = |states: &std::collections::BTreeMap<_, (RunState, u32, bool)>| [0, 1, 2].map(|n| states[&key(n)].2);
    let mut narrower = revision("narrower");
    narrower.reason = Some("one condition was wrong".into());
    place.store.register(narrower, || [key(0), key(9)].into(), 5).await.unwrap();
    let states = place.store.run_states(campaign.id).await.unwrap();
    assert_eq!(in_plan(&states), [true, false, false]);
    assert_eq!(place.store.campaigns(&CampaignFilter::default()).await.unwrap()[0].succeeded, 1);

    let mut back = revision("first");
    back.reason = Some("it was right after all".into());
    place.store.register(back, || [key(0), key(1), key(2)].into(), 6).await.unwrap();
    assert_eq!(in_plan(&place.store.run_states(campaign.id).await.unwrap()), [true, true, true]);
}

#[tokio::test]
async fn a_campaign_is_found_by_id_ulid_prefix_and_latest() {
    let place = Place::new().await;
    let first = registered(&place.store).await;
    let mut other = revision("first");
    other.slug = "other".into();
    other.tags = Vec::new();
    let second = place.store.register(other, Default::default, 9).await.unwrap();
    let find = |selector: String| {
        let store = place.store.clone();
        async move { store.campaign(&selector).await }
    };
    assert_eq!(find("study".into()).await.unwrap().ulid, first.ulid);
    assert_eq!(find(first.ulid.clone()).await.unwrap().slug, "study");
    assert_eq!(find(first.ulid.to_lowercase()).await.unwrap().slug, "study");
    assert_eq!(find("latest".into()).await.unwrap().slug, "other");
    let common: String = first.ulid.chars().zip(second.ulid.chars()).take_while(|(a, b)| a == b).map(|x| x.0).collect();
    let ambiguous = find(common).await.unwrap_err();
    assert!(ambiguous.to_string().contains("study (") && ambiguous.to_string().contains("other ("), "{ambiguous}");
    assert_eq!(find("nothing".into()).await.unwrap_err(), StoreError::NoCampaign("nothing".into()));

    let tagged = CampaignFilter { tag: Some("energy".into()), ..CampaignFilter::default() };
    assert_eq!(place.store.campaigns(&tagged).await.unwrap().len(), 1);
}

#[tokio::test]
async fn the_queue_goes_by_priority_and_dependency() {
    let place = Place::new().await;
    let mut ids = Vec::new();
    for slug in ["a", "b", "c"] {
        let mut new = revision("first");
        new.slug = slug.into();
        ids.push(place.store.register(new, Default::default, 1).await.unwrap().id);
    }
    place.store.enqueue(ids[0], 0, None).await.unwrap();
    place.store.enqueue(ids[1], 5, None).await.unwrap();
    place.store.enqueue(ids[2], 9, Some(ids[0])).await.unwrap();
    let order: Vec<String> = place.store.queued().await.unwrap().into_iter().map(|q| q.slug).collect();
    assert_eq!(order, ["b", "a"], "c waits for a");
    place.store.set_state(ids[0], CampaignState::Finished, None, 2).await.unwrap();
    assert_eq!(place.store.next_queued().await.unwrap().unwrap().slug, "c");
}

#[tokio::test]
async fn a_trashed_campaign_is_out_of_sight_and_can_come_back() {
    let place = Place::new().await;
    let (campaign, lease, _) = held(&place.store).await;
    assert!(matches!(place.store.trash(campaign.id, 5).await, Err(StoreError::Held { .. })));
    place.store.release(&lease, 3).await.unwrap();
    place.store.trash(campaign.id, 5).await.unwrap();
    assert!(place.store.campaign("study").await.is_err());
    assert!(place.store.campaigns(&CampaignFilter::default()).await.unwrap().is_empty());
    place.store.restore(&campaign.ulid).await.unwrap();
    assert!(place.store.campaign("study").await.is_ok());
}
