//! From first start to a finished campaign of three factors, by pointing and clicking.

use crate::desk::Desk;
use crate::driver::Window;

/// Adds a factor with levels, as a user does.
pub(crate) fn add_factor(window: &Window, name: &str, levels: &[&str]) {
    window.script(&format!(
        "const select = document.querySelector(\"[data-testid='add-factor']\"); select.value = '{name}'; \
         select.dispatchEvent(new Event('change', {{ bubbles: true }}));"
    ));
    let input = format!("[data-testid='factor-{name}'] [data-testid='level-input']");
    for level in levels {
        let offered = format!("[data-testid='factor-{name}'] [data-testid='add-level-{level}']");
        window.until("a place for the level", || (window.shows(&offered) || window.shows(&input)).then_some(()));
        if window.shows(&offered) {
            window.click(&offered)
        } else {
            window.type_into(&input, &format!("{level}\u{E007}"))
        }
    }
}

/// Waits until the campaign that is open has ended.
pub(crate) fn wait_for_end(window: &Window) {
    window.until("the campaign is finished", || {
        window.shows("[data-testid='run-state'][data-state='finished']").then_some(())
    });
}

#[test]
fn three_factors_by_pointing_and_clicking_run_to_the_end() {
    let desk = Desk::new();
    let window = desk.open();
    let begin = std::time::Instant::now();
    window.press("new-campaign");
    window.press("workload-consensus");
    add_factor(&window, "consensus_protocol", &["bft", "raft"]);
    add_factor(&window, "agent_count", &["5", "7"]);
    add_factor(&window, "specialization_level", &["0", "0.8"]);
    window.see("[data-testid='start-run']:not([disabled])");
    window.picture("design");
    window.press("start-run");
    wait_for_end(&window);
    window.press("nav-publish");
    let latex = window.text("table-latex");
    window.press("copy-latex");
    // One choice of a factor each, which is a click on the list and one in it.
    let (clicks, took) = (window.clicks() + 6, begin.elapsed());
    println!(
        "from first start to a finished 2 × 2 × 2 campaign of 5 replicates and its table on the clipboard: {clicks} clicks, \
         {:.1} s (a program clicks; a person also reads)",
        took.as_secs_f64()
    );
    // What is on the clipboard is what a paste brings.
    window.press("nav-library");
    window.press("library-search");
    window.keys("\u{E009}v\u{E000}");
    let pasted = window.script("return document.querySelector(\"[data-testid='library-search']\").value");
    let bare = |text: &str| text.split_whitespace().collect::<String>();
    assert_eq!(bare(pasted.as_str().unwrap_or_default()), bare(&latex));
    window.press("nav-run");
    window.see("[data-testid='heat-map']");
    window.picture("run-finished");

    // What the window says is what the command line finds in the same store.
    let status = desk.ergon(&["status", "latest"]);
    assert_eq!(status["runs"], 40);
    assert_eq!((&status["runs_completed"], &status["state"]), (&40.into(), &"finished".into()), "{status}");
    window.press("nav-explore");
    let total = window.text("runs-total");
    assert!(total.contains("40"), "the table says {total}");
    window.picture("explore");
}
