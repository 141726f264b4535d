//! What a page can't do, and hostile text that stays text.

use serde_json::{Value, json};

use crate::desk::Desk;

#[test]
fn a_page_reaches_no_undeclared_command_no_file_and_no_network() {
    let desk = Desk::new();
    let window = desk.open();
    let refused = |name: &str, request: Value| window.invoke(name, request).expect_err(name);
    for name in ["no_such_command", "plugin:fs|read_text_file", "plugin:shell|execute", "plugin:dialog|open"] {
        refused(name, json!({}));
    }
    let secret = desk.path("secret.yaml");
    std::fs::write(&secret, "ergon: 1").unwrap();
    let secret = secret.to_str().unwrap();
    for (name, request) in [
        ("validate", json!({"spec": secret})),
        ("import", json!({"files": [secret]})),
        ("create", json!({"spec": secret})),
        ("read_file", json!({"token": secret})),
        ("save_file", json!({"token": secret, "text": "x"})),
        ("report", json!({"campaign": "none", "output": "/tmp"})),
    ] {
        let error = refused(name, request);
        assert!(error["code"].is_string(), "{name}: {error}");
    }
    assert_eq!(std::fs::read_to_string(secret).unwrap(), "ergon: 1");
    let fetched = window.script_async(
        "const done = arguments[arguments.length - 1]; fetch('http://127.0.0.1:9/').then(() => done('reached'), \
         (e) => done(String(e)));",
    );
    assert_ne!(fetched, "reached");
    let evaluated = window.script(
        "try { const s = document.createElement('script'); s.textContent = 'window.__injected = 1'; \
         document.head.append(s); } catch {} return window.__injected ?? null",
    );
    assert_eq!(evaluated, Value::Null, "an inline script ran");
}

#[test]
fn a_hostile_spec_and_hostile_output_are_shown_as_text() {
    let desk = Desk::new();
    let window = desk.open();
    let spec = "ergon: 1\ncampaign: { id: hostile, title: \"<img src=x onerror=window.__hit=1>\\u202Eevil<script>window.__hit=2\
        </script>\", seed: 1 }\nworkload:\n  kind: command\n  run: [sh, -c, 'printf \"<script>window.__hit=3</script>\\n\"; \
        head -c 10000000 /dev/zero | tr \"\\\\0\" x; echo; echo score={x}']\n  metrics:\n    score: { from: regex, pattern: 'score=(.+)' }\n\
        factors:\n  x: [1, 2]\nphases:\n  - { name: main, design: full_factorial, replicates: 1 }\n";
    window.invoke("save_spec", json!({"text": spec})).unwrap();
    window.invoke("start", json!({"target": "hostile"})).unwrap();
    let status = || window.invoke("status", json!({"campaign": "hostile"})).unwrap();
    window.until("it has run", || (status()["live"] == false).then_some(()));
    window.reload();
    window.press("open-hostile");
    window.press("nav-explore");
    window.see("[data-testid='runs-table']");
    window.picture("hostile");
    assert_eq!(window.script("return window.__hit ?? null"), Value::Null);
    let title = window.script("return document.querySelector(\"[data-testid='campaign-title']\").innerHTML");
    assert!(!title.as_str().unwrap().contains("<img"), "{title}");
}
