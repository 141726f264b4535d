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
