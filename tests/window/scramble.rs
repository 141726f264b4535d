//! Prompt evaluation in the window: the preview follows the slider, and a study shows its dependency curve.

use crate::desk::Desk;
use crate::set_up_and_run::wait_for_end;

#[test]
fn a_preview_follows_the_slider_and_a_study_shows_its_dependency_curve() {
    let desk = Desk::new();
    let window = desk.open();
    window.press("new-campaign");
    window.press("workload-scramble");
    let marked = || {
        let script = "return document.querySelectorAll(\"[data-testid='scramble-result'] mark\").length";
        window.script(script).as_u64().unwrap_or(0)
    };
    let slide = |level: u32| {
        window.script(&format!(
            "const slider = document.querySelector(\"[data-testid='scramble-level']\"); slider.value = '{level}'; \
             slider.dispatchEvent(new Event('input', {{ bubbles: true }}));"
        ));
    };
    window.until("half of the letters are marked", || (marked() > 0).then_some(()));
    let half = marked();
    slide(100);
    window.until("more letters are marked", || (marked() > half).then_some(()));
    slide(0);
    window.until("nothing is marked", || (marked() == 0).then_some(()));
    assert_eq!(window.text("scramble-result").trim(), window.text("scramble-original").trim());
    slide(50);
    window.picture("scramble-preview");

    window.see("[data-testid='start-run']:not([disabled])");
    window.press("start-run");
    wait_for_end(&window);
    window.press("nav-analyse");
    window.see("[data-testid='surface-dependency'] [data-testid='figure-dependency']");
    let table = window.text("table-dependency");
    assert!(table.contains("Retention") && table.contains("Simulated"), "{table}");
    let figure = desk.ergon(&["analyze", "latest"]);
    assert!(figure["analyses"].as_array().is_some_and(|all| all.iter().any(|a| a["kind"] == "dependency")));
    window.picture("scramble-analyse");
}
