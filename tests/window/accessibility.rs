//! axe-core on every view, in light and dark: nothing serious, nothing critical.

use serde_json::json;

use crate::desk::Desk;

const VIEWS: [&str; 8] = ["library", "energy", "settings", "design", "run", "explore", "analyse", "publish"];

#[test]
fn no_view_has_a_serious_finding() {
    let axe = std::fs::read_to_string(std::env::var("ERGON_AXE").expect("ERGON_AXE says where axe-core is")).unwrap();
    let desk = Desk::with_sample();
    let window = desk.open();
    window.press("open-consensus-quick");
    let mut found = Vec::new();
    for (theme, width, height) in [("light", 1280, 800), ("dark", 1920, 1080)] {
        window.invoke("set_settings", json!({"theme": theme})).unwrap();
        window.reload();
        window.resize(width, height);
        for view in VIEWS {
            window.press(&format!("nav-{view}"));
            window.see(&format!("[data-testid='view-{view}']"));
            std::thread::sleep(std::time::Duration::from_millis(500));
            window.picture(&format!("{view}-{theme}-{width}"));
            window.script(&axe);
            let findings = window.script_async(
                "const done = arguments[arguments.length - 1]; axe.run(document, { resultTypes: ['violations'] }).then((r) => \
                 done(r.violations.filter((v) => ['serious', 'critical'].includes(v.impact)).map((v) => v.id + ': ' + \
                 v.nodes.slice(0, 3).map((n) => n.target.join(' ')).join(', '))), (e) => done([String(e)]));",
            );
            let findings = findings.as_array().cloned().unwrap_or_default();
            found.extend(findings.iter().map(|f| format!("{view}, {theme}: {f}")));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn the_palette_opens_by_keyboard_and_goes_anywhere() {
    let desk = Desk::with_sample();
    let window = desk.open();
    window.see("[data-testid='view-library']");
    // Ctrl down, k, Ctrl up.
    window.keys("\u{E009}k\u{E000}");
    window.type_into("[data-testid='palette-input']", "Energy");
    window.picture("palette");
    window.keys("\u{E007}");
    window.see("[data-testid='view-energy']");
}

/// What a user of 200 % can't reach: a page that is wider than the window, and controls outside it that no scrolling
/// brings in.
const OUT_OF_REACH: &str = "const wide = document.documentElement.scrollWidth > innerWidth + 1 ? ['the page is ' + \
    document.documentElement.scrollWidth + ' px wide, the window ' + innerWidth] : []; \
    const scrolls = (node) => { for (let at = node.parentElement; at; at = at.parentElement) { const style = getComputedStyle(at); \
    if (/auto|scroll/.test(style.overflowX + style.overflowY) && (at.scrollWidth > at.clientWidth || at.scrollHeight > \
    at.clientHeight)) return true; } return false; }; \
    return wide.concat([...document.querySelectorAll('button, input, select, textarea, a[href]:not(.skip)')].filter((node) => { \
    const box = node.getBoundingClientRect(); const shown = box.width > 0 && box.height > 0 && \
    getComputedStyle(node).visibility !== 'hidden'; return shown && !scrolls(node) && (box.left < -1 || box.right > \
    innerWidth + 1 || box.top < -1 || box.bottom > innerHeight + 1); }).map((node) => (node.dataset.testid || \
    node.textContent.trim().slice(0, 40)) + ' at ' + JSON.stringify(node.getBoundingClientRect())));";

#[test]
fn at_200_percent_everything_can_be_reached() {
    let desk = Desk::with_sample();
    let window = desk.open();
    window.resize(1280, 800);
    window.press("open-consensus-quick");
    let refused = window.invoke("set_settings", json!({"zoom_percent": 5000})).unwrap_err();
    assert!(refused.to_string().contains("from 50 to 300"), "{refused}");
    window.invoke("set_settings", json!({"zoom_percent": 200})).unwrap();
    window.until("the page is shown twice as large", || {
        window.script("return innerWidth").as_f64().filter(|width| *width <= 641.0)
    });
    let mut found = Vec::new();
    for view in VIEWS {
        // The driver's own click goes by where things were before the zoom.
        window.script(&format!("document.querySelector(\"[data-testid='nav-{view}']\").click()"));
        window.see(&format!("[data-testid='view-{view}']"));
        std::thread::sleep(std::time::Duration::from_millis(300));
        window.picture(&format!("{view}-200-percent"));
        let beyond = window.script(OUT_OF_REACH);
        found.extend(beyond.as_array().into_iter().flatten().map(|what| format!("{view}: {what}")));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}
