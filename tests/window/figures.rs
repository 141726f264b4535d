//! How fast and how large the window is: figures for people, with nothing asserted about time. Run on the release build
//! by `cargo xtask bench window`.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::desk::Desk;
use crate::driver::Window;

/// Milliseconds from a click until what it leads to is on the page, waited for frame by frame; in words, as it may not come.
fn until_shown(window: &Window, act: &str, shown: &str) -> String {
    let script = format!(
        "const done = arguments[arguments.length - 1]; const begin = performance.now(); {act}; \
         (function look() {{ if ({shown}) requestAnimationFrame(() => done(performance.now() - begin)); \
         else if (performance.now() - begin > 20000) done(null); else requestAnimationFrame(look); }})();"
    );
    window.script_async(&script).as_f64().map_or_else(|| "not within 20 s".into(), |ms| format!("{ms:.0} ms"))
}

fn click(test_id: &str) -> String {
    format!("document.querySelector(\"[data-testid='{test_id}']\").click()")
}

fn there(css: &str) -> String {
    format!("document.querySelector(\"{css}\")")
}

/// The running program and what it has started: ids of processes.
fn processes() -> Vec<u32> {
    let program = std::env::var("ERGON_WINDOW").unwrap();
    let all: Vec<(u32, u32, bool)> = fs::read_dir("/proc")
        .unwrap()
        .flatten()
        .filter_map(|entry| {
            let id = entry.file_name().to_str()?.parse().ok()?;
            let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
            let parent = stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()?;
            let is_it = fs::read_link(entry.path().join("exe")).is_ok_and(|exe| exe == Path::new(&program));
            Some((id, parent, is_it))
        })
        .collect();
    let mut ours: Vec<u32> = all.iter().filter(|p| p.2).map(|p| p.0).collect();
    loop {
        let more: Vec<u32> = all.iter().filter(|p| ours.contains(&p.1) && !ours.contains(&p.0)).map(|p| p.0).collect();
        if more.is_empty() {
            return ours;
        }
        ours.extend(more);
    }
}

/// Proportional set size of all of them, MB.
fn memory_mb() -> f64 {
    let kilobytes = |id: &u32| -> f64 {
        let text = fs::read_to_string(format!("/proc/{id}/smaps_rollup")).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("Pss:")).unwrap_or_default();
        line.split_whitespace().next().and_then(|n| n.parse().ok()).unwrap_or(0.0)
    };
    processes().iter().map(kilobytes).sum::<f64>() / 1e3
}

/// Seconds from the program's start until the sample's row was seen, by a look each 50 ms.
fn start_s(desk: &Desk) -> (f64, Window) {
    let window = desk.open();
    window.see("[data-testid='campaign-row-consensus-quick']");
    let uptime = fs::read_to_string("/proc/uptime").unwrap();
    let now_s: f64 = uptime.split_whitespace().next().unwrap().parse().unwrap();
    let oldest = processes()[0];
    let stat = fs::read_to_string(format!("/proc/{oldest}/stat")).unwrap();
    let ticks: f64 = stat.rsplit_once(')').unwrap().1.split_whitespace().nth(19).unwrap().parse().unwrap();
    (now_s - ticks / 100.0, window)
}

#[test]
#[ignore = "figures, not a promise: cargo xtask bench window"]
fn figures() {
    let desk = Desk::with_sample();
    let (first, window) = start_s(&desk);
    drop(window);
    let (again, window) = start_s(&desk);
    println!("start to the library's rows, first / again      {first:.2} / {again:.2} s   (cold ≤ 1.5, warm ≤ 0.7)");
    window.press("open-consensus-quick");
    window.see("[data-testid='view-run'], [data-testid='view-design']");
    std::thread::sleep(Duration::from_secs(2));
    println!("all processes, one campaign open (PSS)          {:.0} MB   (≤ 350)", memory_mb());
    let palette = until_shown(&window, &click("open-palette"), &there("[data-testid='palette-input']"));
    println!("palette                                         {palette}   (≤ 100)");
    window.keys("\u{E00C}");
    window.press("nav-analyse");
    let other = "[...metric.options].find((option) => option.value !== metric.value)";
    let choose = format!(
        "const metric = document.querySelector(\"[data-testid='metric']\"); window.before = document.querySelector(\
         \"[data-testid='view-analyse']\").innerText; metric.value = {other}.value; metric.dispatchEvent(new Event('change', \
         {{bubbles: true}}))"
    );
    window.see("[data-testid='metric'] option:nth-of-type(2)");
    let answered = "document.querySelector(\"[data-testid='view-analyse']\").innerText.match(/answered in/) && \
                    document.querySelector(\"[data-testid='view-analyse']\").innerText !== window.before";
    let answer = until_shown(&window, &choose, answered);
    println!("another metric → an answer                      {answer}   (≤ 50, closed form)");
    drop(window);

    for (replicates, rows) in [(250, 10_000), (2_500, 100_000)] {
        let id = format!("large-{rows}");
        let begin = Instant::now();
        let spec = Path::new(env!("CARGO_MANIFEST_DIR")).join("../configs/consensus-quick.yaml");
        let (set, named) = (format!("phases.0.replicates={replicates}"), format!("campaign.id={id}"));
        let reply = desk.ergon(&["run", spec.to_str().unwrap(), "--set", &set, "--set", &named]);
        assert_eq!(reply["succeeded"].as_u64(), Some(rows), "{reply}");
        println!("({rows} runs took {:.0} s to execute)", begin.elapsed().as_secs_f64());
        let window = desk.open();
        window.press("nav-library");
        window.see(&format!("[data-testid='open-{id}']"));
        let shown =
            "document.querySelector(\"[data-testid='view-run'], [data-testid='view-design']\")?.innerText.length > 100";
        println!(
            "opening a campaign of {rows} runs            {}   (10,000: ≤ 300)",
            until_shown(&window, &click(&format!("open-{id}")), shown)
        );
        let rows_there = "document.querySelectorAll(\"[data-testid='runs-table'] [role=row], [data-testid='runs-table'] tr\").length > 5";
        println!(
            "its table                                       {}",
            until_shown(&window, &click("nav-explore"), rows_there)
        );
        println!("scrolling it: {}", scrolled(&window));
        println!("all processes with it open (PSS)                {:.0} MB", memory_mb());
    }
}

/// Scrolls the table from top to bottom in 120 frames; how long frames took, and in how many no row was in sight.
fn scrolled(window: &Window) -> Value {
    window.script_async(
        "const done = arguments[arguments.length - 1]; const table = document.querySelector(\"[data-testid='runs-table']\"); \
         let pane = table; while (pane && !(pane.scrollHeight > pane.clientHeight + 50 && /auto|scroll/.test(getComputedStyle(pane).overflowY))) \
         pane = pane.parentElement; if (!pane) { done('no pane that scrolls'); return; } const frames = []; let blank = 0; let step = 0; \
         let last = performance.now(); (function frame() { const now = performance.now(); frames.push(now - last); last = now; \
         const box = pane.getBoundingClientRect(); const seen = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2); \
         if (!seen || !seen.closest('tr, [role=row]') || seen.closest('tr, [role=row]').innerText.trim() === '') blank += 1; step += 1; \
         if (step > 120) { frames.sort((a, b) => a - b); done({frames: step, blank, median_ms: frames[60], worst_ms: frames.at(-1)}); } \
         else { pane.scrollTop = (pane.scrollHeight - pane.clientHeight) * step / 120; requestAnimationFrame(frame); } })();",
    )
}
