//! How fast and how large the window is: figures for people, with nothing asserted about time. Run on the release build
//! by `cargo xtask bench window`.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

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

/// Seconds from the program's start until the sample's row was seen, by a look each 20 ms.
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

/// So many of the first metrics have values where nobody negotiates.
const METRICS: usize = 16;

/// Runs the sample's plan with so many replicates.
fn run(desk: &Desk, id: &str, replicates: u32, rows: u64) {
    let begin = Instant::now();
    let spec = Path::new(env!("CARGO_MANIFEST_DIR")).join("../configs/consensus-quick.yaml");
    let (set, named) = (format!("phases.0.replicates={replicates}"), format!("campaign.id={id}"));
    let reply = desk.ergon(&["run", spec.to_str().unwrap(), "--set", &set, "--set", &named]);
    assert_eq!(reply["succeeded"].as_u64(), Some(rows), "{reply}");
    println!("({rows} runs took {:.0} s to execute)", begin.elapsed().as_secs_f64());
}

#[test]
#[ignore = "figures, not a promise: cargo xtask bench window"]
fn figures() {
    let desk = Desk::with_sample().drawn_as_shipped();
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
    // One after the other: the next one each time.
    let other = "metric.options[metric.selectedIndex + 1]";
    let said = "document.querySelector(\"[data-testid='view-analyse'] [aria-live]\").textContent";
    let title = "document.querySelector(\"[data-testid='answer'] h3\").textContent";
    let choose = format!(
        "const metric = document.querySelector(\"[data-testid='metric']\"); window.before = {title}; metric.value = \
         {other}.value; metric.dispatchEvent(new Event('change', {{bubbles: true}}))"
    );
    let answered = format!("{said}.startsWith('answered') && {title} !== window.before");
    for (campaign, runs) in [("consensus-quick", 200), ("large-2500", 2_520)] {
        if runs > 200 {
            run(&desk, campaign, 63, runs);
            window.press("nav-library");
            window.press(&format!("open-{campaign}"));
            window.press("nav-analyse");
        }
        window.see("[data-testid='metric'] option:nth-of-type(2)");
        window.see("[data-testid='analysis-figure']");
        std::thread::sleep(Duration::from_secs(1));
        let times: Vec<String> = (1..METRICS)
            .map(|_| {
                std::thread::sleep(Duration::from_millis(600));
                until_shown(&window, &choose, &answered)
            })
            .collect();
        println!("another metric of {runs} runs → an answer     {}   (≤ 50, closed form)", times.join(", "));
    }
    drop(window);

    for (replicates, rows) in [(250, 10_000), (2_500, 100_000)] {
        let id = format!("large-{rows}");
        run(&desk, &id, replicates, rows);
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
        println!("scrolling by wheel, 3,000 px/s                  {}   (no blank frames)", scrolled(&window, 3_000));
        println!("dragging from top to bottom in 4 s              {}", scrolled(&window, rows * 28 / 4));
        println!("all processes with it open (PSS)                {:.0} MB", memory_mb());
    }
}

/// Scrolls the table down for four seconds at a speed in px/s: frames drawn, the longest between two, in how many the
/// middle showed no row, and in how many one whose values had not arrived.
fn scrolled(window: &Window, speed: u64) -> String {
    window.script(&format!(
        "const pane = document.querySelector(\"[data-testid='runs-table']\"); pane.scrollTop = 0; window.scrolled = null; \
         const begin = performance.now(); let last = begin, frames = 0, worst = 0, blank = 0, waiting = 0; \
         (function frame() {{ const now = performance.now(); worst = Math.max(worst, now - last); last = now; frames += 1; \
         const box = pane.getBoundingClientRect(); \
         const row = document.elementFromPoint(box.left + 60, box.top + box.height / 2)?.closest('[role=row]'); \
         if (!row) blank += 1; else if (row.innerText.trim() === '') waiting += 1; \
         if (now - begin > 4000) window.scrolled = `${{frames}} frames, longest ${{worst.toFixed(0)}} ms, ${{blank}} blank, \
         ${{waiting}} with a row still to come`; \
         else {{ pane.scrollTop = (now - begin) / 1000 * {speed}; requestAnimationFrame(frame); }} }})();"
    ));
    for _ in 0..60 {
        std::thread::sleep(Duration::from_millis(500));
        if let Some(done) = window.script("return window.scrolled").as_str() {
            return done.to_owned();
        }
    }
    "not done within 30 s".into()
}
