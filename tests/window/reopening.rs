//! Closed and started again: the same numbers. And with a locale that names no language.

use serde_json::json;

use crate::desk::Desk;

#[test]
fn an_earlier_experiment_shows_the_same_numbers_after_a_restart() {
    let desk = Desk::with_sample();
    let look = || {
        let window = desk.open();
        // The second time it opens where it was left.
        window.press("nav-library");
        window.press("open-consensus-quick");
        window.press("nav-explore");
        window.see("[data-testid='runs-table']");
        let total = window.text("runs-total");
        let page = json!({"campaign": "consensus-quick", "limit": 200});
        let rows = window.invoke("runs", page).unwrap();
        window.picture("library-sample-explore");
        (total, rows)
    };
    let (first, again) = (look(), look());
    assert!(first.0.contains("200"), "{}", first.0);
    assert_eq!(first, again);
}

#[test]
fn the_sample_is_there_at_first_start_and_is_what_a_run_computes() {
    let desk = Desk::with_sample();
    let window = desk.open();
    window.see("[data-testid='campaign-row-consensus-quick']");
    window.picture("library");
    let kept = window.invoke("results", json!({"campaign": "consensus-quick"})).unwrap();
    let fresh = window.invoke("sample", json!({"fresh": true})).unwrap();
    let copy = fresh["campaign"].as_str().unwrap().to_owned();
    let status = || window.invoke("status", json!({"campaign": copy})).unwrap();
    window.until("the copy has run", || (status()["state"] == "finished").then_some(()));
    let results = window.invoke("results", json!({"campaign": copy})).unwrap();
    // A copy has another id and the same keys, so the same numbers to the last digit.
    assert_eq!(results["text"], kept["text"]);
}

#[test]
fn a_locale_without_a_language_shows_the_page_all_the_same() {
    let desk = Desk::with_sample().set("LANG", "C.UTF-8").set("LC_ALL", "C.UTF-8");
    let window = desk.open();
    window.press("nav-energy");
    window.press("nav-library");
    window.see("[data-testid='campaign-row-consensus-quick']");
    window.picture("locale-c");
}
