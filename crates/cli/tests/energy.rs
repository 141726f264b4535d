//! Joules from sensors to exports, on trees with a known power and on machines without any sensor.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(dead_code, reason = "the tree has more than this file uses")]

mod common;
#[path = "../../energy/tests/energy/tree.rs"]
mod tree;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::Duration;

use common::{Ergon, Ran};
use serde_json::Value;
use tree::{Advancing, Tree};

const ROUND: u64 = 262_143_328_850;
/// Late by at most this on a busy machine, seconds.
const LATE_S: f64 = 0.05;

fn campaign(id: &str, run: &str, execution: &str, levels: &str) -> String {
    format!(
        "ergon: 1
campaign: {{ id: {id}, seed: 1 }}
workload:
  kind: command
  run: [sh, -c, '{run}; echo \"{{{{\\\"y\\\": 1}}}}\"', sh, '{{x}}']
  metrics: {{ y: {{}} }}
factors: {{ x: [{levels}] }}
phases: [ {{ name: all, replicates: 1, order: as_listed }} ]
execution: {execution}
"
    )
}

fn spec(ergon: &Ergon, name: &str, text: &str) -> String {
    ergon.write(name, text).to_str().unwrap().to_owned()
}

/// Runs with this tree as `/sys`.
fn on(ergon: &Ergon, sysfs: &Path, args: &[&str]) -> Ran {
    ergon.command(args).env("ERGON_SYSFS_ROOT", sysfs).env("ERGON_NVML_LIBRARY", "none").output().unwrap().into()
}

/// Resources by (level of x, name).
fn resources(ran: &Ran) -> BTreeMap<(i64, String), Value> {
    let rows: Vec<Value> = serde_json::from_str(&ran.out).unwrap();
    rows.into_iter().map(|r| ((r["x"].as_i64().unwrap(), r["metric"].as_str().unwrap().to_owned()), r)).collect()
}

#[test]
fn exclusive_runs_have_measured_joules_of_their_own_from_the_sensors_to_the_export() {
    let tree = Tree::new();
    let _advancing = Advancing::start(vec![
        tree.zone("intel-rapl:0", "package-0", ROUND, ROUND - 20_000_000).draws(50.0),
        tree.zone("intel-rapl:0/intel-rapl:0:0", "dram", ROUND, 0).draws(8.0),
        tree.zone("intel-rapl:1", "psys", ROUND, 0).draws(100.0),
    ]);
    let ergon = Ergon::new();
    let execution = "{ energy: exclusive, energy_baseline: 4, parallel: 4 }";
    let file = spec(&ergon, "alone.yaml", &campaign("alone", "sleep $1", execution, "1, 2"));
    let reply = on(&ergon, tree.root(), &["run", &file, "--json"]).done().json();
    assert_eq!(reply["energy_provenance"], "measured", "{reply}");

    let ran = on(&ergon, tree.root(), &["results", "alone", "--with", "resources", "--format", "json"]).done();
    let found = resources(&ran);
    for x in [1, 2] {
        let row = |name: &str| &found[&(x, name.to_owned())];
        let (joules, truth) = (row("energy_j")["value"].as_f64().unwrap(), 58.0);
        let duration_s = row("energy_j")["duration_s"].as_f64().unwrap();
        let bound = 2.0 * truth * (0.001 + LATE_S);
        assert!((joules - truth * duration_s).abs() <= bound, "{joules} J in {duration_s} s at {truth} W");
        assert_eq!(row("energy_j")["provenance"], "measured");
        let dram = row("dram_energy_j")["value"].as_f64().unwrap();
        assert!((dram - 8.0 * duration_s).abs() <= 16.0 * (0.001 + LATE_S), "{dram}");
        // At rest it draws the same: nothing is above idle.
        let dynamic = row("dynamic_energy_j");
        assert!(dynamic["value"].as_f64().unwrap().abs() <= 2.0 * bound && dynamic["provenance"] != "measured");
        assert_eq!(row("temperature_max_c")["observation"], "unavailable");
        assert!(row("voluntary_switches")["value"].as_f64().unwrap() >= 1.0);
    }
    let compared = on(&ergon, tree.root(), &["analyze", "alone", "--metric", "energy_j", "--json"]);
    assert!(compared.out.contains("energy_j"), "{}", compared.out);
    let shown = on(&ergon, tree.root(), &["energy", "show", "alone", "--json"]).done().json();
    let kinds: Vec<&str> =
        shown["sessions"][0]["windows"].as_array().unwrap().iter().map(|w| w["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["baseline_before", "session", "baseline_after"]);
    // Samples were kept: a minute of ten a second is far from full, so it is one chunk.
    assert_eq!(ergon.number("SELECT count(*) FROM energy_samples"), 1);
    assert!(ergon.number("SELECT sum(samples) FROM energy_samples") >= 20);
}

#[test]
fn runs_that_overlap_share_what_is_above_idle_by_cpu_time_and_no_analysis_ranks_them() {
    let tree = Tree::new();
    let zone = tree.zone("intel-rapl:0", "package-0", ROUND, 0).draws(10.0);
    let power = zone.power();
    let _advancing = Advancing::start(vec![zone]);
    let ergon = Ergon::new();
    // x = 1 computes, x = 0 sleeps, both until a file appears; the first thing it does is to say that it began.
    let (began, done) = (ergon.path("began"), ergon.path("done"));
    let work = format!(
        "if [ $1 = 1 ]; then : > {}; fi; while [ ! -e {} ]; do if [ $1 = 1 ]; then i=0; while [ $i -lt 5000 ]; do \
         i=$((i+1)); done; else sleep 0.05; fi; done",
        began.display(),
        done.display()
    );
    let execution = "{ energy: concurrent, energy_baseline: 4, parallel: 2 }";
    let file = spec(&ergon, "shared.yaml", &campaign("shared", &work, execution, "1, 0"));
    let raise = std::thread::spawn(move || {
        // After the baseline the machine draws 40 W more.
        while !began.exists() {
            std::thread::sleep(Duration::from_millis(20));
        }
        power.store(50_000_000, Ordering::SeqCst);
        std::thread::sleep(Duration::from_millis(3_000));
        std::fs::write(done, "").unwrap();
    });
    on(&ergon, tree.root(), &["run", &file]).done();
    raise.join().unwrap();
    let ran = on(&ergon, tree.root(), &["results", "shared", "--with", "resources", "--format", "json"]).done();
    let found = resources(&ran);
    let row = |x: i64, name: &str| &found[&(x, name.to_owned())];
    let joules = |x: i64| row(x, "dynamic_energy_j")["value"].as_f64().unwrap();
    assert!(joules(1) > 2.0 * joules(0).abs(), "{} J and {} J", joules(1), joules(0));
    let longest_s = [0, 1].map(|x| row(x, "energy_j")["duration_s"].as_f64().unwrap()).into_iter().fold(0.0, f64::max);
    assert!(joules(0) + joules(1) <= 40.0 * (longest_s + 2.0 * LATE_S), "no more than was drawn");
    let busy = row(1, "dynamic_energy_j");
    assert!(busy["lo"].as_f64().unwrap() <= joules(1) && joules(1) <= busy["hi"].as_f64().unwrap());
    assert!(busy["flags"].as_str().unwrap().contains("concurrent") && busy["provenance"] != "measured");
    assert_eq!(row(1, "energy_j")["observation"], "unavailable", "what the machine draws at rest is nobody's");
    let refused = on(&ergon, tree.root(), &["analyze", "shared", "--metric", "dynamic_energy_j"]);
    assert_ne!(refused.code, 0, "{}", refused.out);
}

#[test]
fn without_a_sensor_everything_works_with_estimates_that_say_so() {
    let empty = Tree::new();
    let ergon = Ergon::new();
    let file = spec(&ergon, "guess.yaml", &campaign("guess", "sleep $1", "{ energy: exclusive }", "3, 0"));
    let reply = on(&ergon, empty.root(), &["run", &file, "--json"]).done().json();
    assert_eq!(reply["energy_provenance"], "estimated", "{reply}");
    let long =
        resources(&on(&ergon, empty.root(), &["results", "guess", "--with", "resources", "--format", "json"]).done());
    let row = |x: i64, name: &str| &long[&(x, name.to_owned())];
    let energy = row(3, "energy_j");
    assert!(energy["provenance"].as_str().unwrap().starts_with("estimated (CPU time"), "{energy}");
    assert!(energy["lo"].as_f64().unwrap() < energy["value"].as_f64().unwrap());
    assert!(row(0, "energy_j")["reason"].as_str().unwrap().contains("below resolution"), "not 0 J");
    let wide = on(&ergon, empty.root(), &["results", "guess", "--with", "resources", "--wide"]).done().out;
    assert!(wide.lines().next().unwrap().contains("energy_j.provenance") && wide.contains("estimated"));
    let report = ergon.path("report");
    on(&ergon, empty.root(), &["report", "guess", "-o", report.to_str().unwrap()]).done();
    let exported = std::fs::read_to_string(report.join("campaign_results.csv")).unwrap();
    assert!(exported.contains("estimated (CPU time"));
    let doctor = on(&ergon, empty.root(), &["doctor", "--json"]).done().out;
    assert!(doctor.contains("every joule is marked as estimated") && doctor.contains("no RAPL"), "{doctor}");
    let footprint =
        on(&ergon, empty.root(), &["energy", "footprint", "guess", "--region", "fr", "--json"]).done().json();
    assert_eq!(footprint["footprint"][0]["provenance"], "estimated", "{footprint}");
}

#[test]
fn runs_of_milliseconds_are_accounted_per_block_and_their_results_stay_the_same() {
    let tree = Tree::new();
    let _advancing = Advancing::start(vec![tree.zone("intel-rapl:0", "package-0", ROUND, 0).draws(30.0)]);
    let ergon = Ergon::new();
    let file = spec(&ergon, "many.yaml", &campaign("many", "sleep 0.1", "{ energy: campaign }", "1, 2, 3, 4, 5, 6"));
    let reply = on(&ergon, tree.root(), &["run", &file, "--json"]).done().json();
    let found =
        resources(&on(&ergon, tree.root(), &["results", "many", "--with", "resources", "--format", "json"]).done());
    let block = &found[&(1, "energy_block_j".to_owned())];
    assert_eq!(
        (&block["provenance"], &found[&(6, "energy_block_j".to_owned())]["value"]),
        (&"measured".into(), &block["value"])
    );
    let own = &found[&(1, "energy_j".to_owned())];
    assert!(own["reason"].as_str().unwrap().contains("per block of runs; block 0, in which 6 attempts lie"), "{own}");
    assert!(reply["energy_j"].as_f64().unwrap() >= block["value"].as_f64().unwrap() * 0.99, "{reply}");
    let plain = on(&ergon, tree.root(), &["results", "many"]).done().out;
    assert!(!plain.contains("energy"), "joules differ from execution to execution: no result holds them");
}

#[test]
fn a_budget_of_joules_stops_a_campaign_and_counts_what_earlier_sessions_took() {
    let tree = Tree::new();
    let _advancing = Advancing::start(vec![tree.zone("intel-rapl:0", "package-0", ROUND, 0).draws(80.0)]);
    let ergon = Ergon::new();
    let execution = "{ energy: campaign, parallel: 1 }\nbudget: { energy_j: 60 }";
    let file = spec(&ergon, "thrifty.yaml", &campaign("thrifty", "sleep 0.4", execution, "1, 2, 3, 4, 5, 6, 7, 8"));
    let first = on(&ergon, tree.root(), &["run", &file, "--json"]);
    assert_eq!(first.code, 4, "{}{}", first.out, first.err);
    let told = format!("{}{}", first.out, first.err);
    assert!(told.contains("% of 60 J are used"), "{told}");
    let reply = first.json();
    let (took, left) = (reply["energy_j"].as_f64().unwrap(), reply["remaining"].as_u64().unwrap());
    assert!(took >= 60.0 && left >= 2, "{reply}");
    let again = on(&ergon, tree.root(), &["run", &file, "--json"]);
    assert_eq!(again.code, 4, "{}{}", again.out, again.err);
    assert!(left - again.json()["remaining"].as_u64().unwrap() <= 1, "nothing was left of the budget");
    let more = spec(
        &ergon,
        "thrifty.yaml",
        &campaign("thrifty", "sleep 0.4", &execution.replace("60", "1000000"), "1, 2, 3, 4, 5, 6, 7, 8"),
    );
    let raised = on(&ergon, tree.root(), &["run", &more, "--json"]).done().json();
    assert_eq!(
        (raised["remaining"].as_u64(), raised["succeeded"].as_u64()),
        (Some(0), Some(8)),
        "it goes on: {raised}"
    );
}

#[test]
fn hours_of_earlier_sessions_count_and_a_status_says_which_budget_stopped_the_campaign() {
    let ergon = Ergon::new();
    let levels = "1, 2, 3, 4, 5, 6, 7, 8";
    let with = |hours: f64| {
        campaign("slow", "sleep 0.5", &format!("{{ energy: off, parallel: 1 }}\nbudget: {{ hours: {hours} }}"), levels)
    };
    // 1.8 s: room for about four of eight runs.
    let file = spec(&ergon, "slow.yaml", &with(0.0005));
    let first = ergon.run(&["run", &file, "--json"]);
    assert_eq!(first.code, 4, "{}{}", first.out, first.err);
    assert!(first.out.contains("% of 0.0005 h are used"), "{}", first.out);
    let left = first.json()["remaining"].as_u64().unwrap();
    assert!((1..8).contains(&left), "{}", first.out);
    let status = ergon.run(&["status", "slow"]).done().out;
    assert!(status.contains("stopped: budget.hours is used up; raise it and run again"), "{status}");
    let again = ergon.run(&["run", &file, "--json"]);
    assert_eq!((again.code, again.json()["remaining"].as_u64()), (4, Some(left)), "nothing was left: {}", again.out);

    let raised = ergon.run(&["run", &spec(&ergon, "slow.yaml", &with(1.0)), "--json"]).done().json();
    assert_eq!((raised["remaining"].as_u64(), raised["succeeded"].as_u64()), (Some(0), Some(8)), "{raised}");
    assert!(!ergon.run(&["status", "slow"]).done().out.contains("stopped"));
}

#[test]
fn a_counter_that_stands_still_is_no_measurement_and_the_doctor_says_what_is_only_partly_read() {
    let tree = Tree::new();
    let zones = [("intel-rapl:0", "package-0", 20.0), ("intel-rapl:1", "package-1", 0.0)];
    let _advancing = Advancing::start(zones.map(|(at, name, watts)| tree.zone(at, name, ROUND, 5).draws(watts)).into());
    let ergon = Ergon::new();
    let doctor = on(&ergon, tree.root(), &["doctor"]).done().out;
    let line = doctor.lines().find(|line| line.contains("energy: powercap")).unwrap();
    assert!(line.contains("partly") && line.contains("package-1") && line.contains("it stands still"), "{line}");
    let text = on(&ergon, tree.root(), &["energy", "record", "--duration", "1"]).done().out;
    assert!(text.contains("not available: package-1") && !text.contains("0.000 "), "{text}");
}

#[test]
fn what_a_killed_session_had_drawn_is_kept_to_within_seconds_and_counts() {
    let tree = Tree::new();
    let _advancing = Advancing::start(vec![tree.zone("intel-rapl:0", "package-0", ROUND, 0).draws(20.0)]);
    let ergon = Ergon::new();
    let file = spec(&ergon, "cut.yaml", &campaign("cut", "sleep 60", "{ energy: exclusive, energy_baseline: 0 }", "1"));
    let mut command = ergon.command(&["run", &file]);
    let mut running = command.env("ERGON_SYSFS_ROOT", tree.root()).env("ERGON_NVML_LIBRARY", "none").spawn().unwrap();
    let written = "SELECT count(*) FROM energy_window WHERE kind = 'so_far'";
    let began = std::time::Instant::now();
    while !ergon.store().exists() || ergon.run(&["--json", "sql", written]).out.contains("[[0]]") {
        assert!(began.elapsed() < Duration::from_secs(60), "nothing was written down");
        std::thread::sleep(Duration::from_millis(200));
    }
    running.kill().unwrap();
    running.wait().unwrap();
    let kept_s = ergon.sql("SELECT duration_s FROM energy_window WHERE kind = 'so_far'")[0][0].as_f64().unwrap();
    let status = on(&ergon, tree.root(), &["status", "cut", "--json"]).done().json();
    let joules = status["energy_j"].as_f64().unwrap();
    assert!((joules - 20.0 * kept_s).abs() <= 40.0 * (tree.late_s() + LATE_S), "{joules} J in {kept_s} s");
    assert!(status["energy_note"].as_str().unwrap().contains("were killed"), "{status}");
}

#[test]
fn a_run_waits_until_the_processor_has_cooled_down_and_no_longer() {
    let tree = Tree::new();
    let sensor = tree.root().join("class/hwmon/hwmon0");
    std::fs::create_dir_all(&sensor).unwrap();
    std::fs::write(sensor.join("name"), "coretemp\n").unwrap();
    let temperature = sensor.join("temp1_input");
    std::fs::write(&temperature, "40000\n").unwrap();
    let ergon = Ergon::new();
    // The first run heats the processor up; the second finds it as it is.
    let (hot, seen) = (temperature.display(), ergon.path("seen"));
    let work = format!("cat {hot} >> {}; echo 80000 > {hot}; : > {}", seen.display(), ergon.path("heated").display());
    let execution = "{ energy: campaign, parallel: 1, cooldown: { until_within_c: 2, at_most: 60 } }";
    let file = spec(&ergon, "hot.yaml", &campaign("hot", &work, execution, "1, 2"));
    let heated = ergon.path("heated");
    let cooling = temperature.clone();
    let cools = std::thread::spawn(move || {
        while !heated.exists() {
            std::thread::sleep(Duration::from_millis(10));
        }
        for c in [70_000, 55_000, 43_000, 41_500] {
            std::thread::sleep(Duration::from_millis(400));
            std::fs::write(&cooling, format!("{c}\n")).unwrap();
        }
        std::time::Instant::now()
    });
    on(&ergon, tree.root(), &["run", &file]).done();
    let cool_for = cools.join().unwrap().elapsed();
    let seen = std::fs::read_to_string(seen).unwrap();
    assert_eq!(seen.lines().collect::<Vec<_>>(), ["40000", "41500"], "the second began at 40 °C + 2 °C or less");
    assert!(cool_for < Duration::from_secs(30), "it did not wait for the whole minute: {cool_for:?}");
}

#[test]
fn readings_that_were_kept_come_to_the_same_joules_again() {
    let tree = Tree::new();
    let _advancing =
        Advancing::start(vec![tree.zone("intel-rapl:0", "package-0", ROUND, ROUND - 9_000_000).draws(20.0)]);
    let ergon = Ergon::new();
    let record = ["energy", "record", "--duration", "1.5", "--readings", "tape.jsonl", "--json"];
    let live = on(&ergon, tree.root(), &record).done().json();
    let empty = Tree::new();
    let again = on(&ergon, empty.root(), &["energy", "replay", "tape.jsonl", "--json"]).done().json();
    assert_eq!(again["domains"]["package-0"]["energy_j"], live["domains"]["package-0"]["energy_j"], "{again} {live}");
    assert!(live["domains"]["package-0"]["energy_j"].as_f64().unwrap() > 20.0);
    assert_eq!(again["domains"]["package-0"]["provenance"], "derived");
    ergon.write("odd.jsonl", "{}\n");
    let refused = on(&ergon, empty.root(), &["energy", "replay", "odd.jsonl", "--json"]);
    assert_eq!((refused.code, refused.json()["error"]["field"].as_str()), (2, Some("file")));
}

#[test]
fn what_a_campaign_took_is_in_its_report_its_tables_and_against_its_quality_with_where_it_comes_from() {
    let tree = Tree::new();
    let _advancing = Advancing::start(vec![tree.zone("intel-rapl:0", "package-0", ROUND, 0).draws(30.0)]);
    std::fs::create_dir_all(tree.root().join("class/power_supply/BAT0")).unwrap();
    std::fs::write(tree.root().join("class/power_supply/BAT0/type"), "Battery\n").unwrap();
    std::fs::write(tree.root().join("class/power_supply/BAT0/status"), "Discharging\n").unwrap();
    let ergon = Ergon::new();
    let text = campaign("paid", "sleep $1", "{ energy: exclusive, energy_baseline: 0 }", "0.3, 0.9")
        .replace("{ y: {} }", "{ y: { direction: higher } }")
        .replace("1}}", "1{replicate}$1}}")
        .replace("replicates: 1", "replicates: 3");
    let file = spec(&ergon, "paid.yaml", &text);
    on(&ergon, tree.root(), &["run", &file]).done();
    let rows = on(&ergon, tree.root(), &["results", "paid", "--with", "resources", "--format", "json"]).done().out;
    assert!(rows.contains("on_battery"), "{rows}");
    let report = ergon.path("report");
    on(&ergon, tree.root(), &["report", "paid", "-o", report.to_str().unwrap()]).done();
    let summary = std::fs::read_to_string(report.join("campaign_summary.md")).unwrap();
    let section = summary.split("\n## Energy\n").nth(1).expect("a section on energy");
    for expected in ["Energy of all sessions", "measured", "exclusive", "Runs with joules of their own"] {
        assert!(section.contains(expected), "{expected}: {section}");
    }
    let table = on(&ergon, tree.root(), &["table", "paid", "descriptive", "--metric", "energy_j"]).done().out;
    assert!(table.contains("Energy") && !table.contains('‡'), "{table}");
    let figure = on(&ergon, tree.root(), &["figure", "paid", "pareto", "--metric", "y", "--by", "x"]).done().out;
    assert!(figure.contains("<svg") && figure.contains("on the front") && figure.contains("Energy"), "{figure}");
}

#[test]
fn what_is_wrong_is_named_with_what_would_be_right() {
    let empty = Tree::new();
    let ergon = Ergon::new();
    let footprint = |args: &[&str]| on(&ergon, empty.root(), &[&["energy", "footprint", "--json"], args].concat());
    let france = footprint(&["--joules", "3600000", "--region", "FR"]).done().json();
    assert_eq!(france["footprint"][0]["value"], 44.2);
    for (args, field, expected) in [
        (["--joules", "1", "--region", "XX"], "region", "expected one of AU, BR"),
        (["--joules", "1", "--pue", "0.5"], "pue", "expected a number from 1 to 10"),
    ] {
        let refused = footprint(&args);
        let error = &refused.json()["error"];
        assert_eq!((refused.code, error["field"].as_str()), (2, Some(field)));
        assert!(error["message"].as_str().unwrap().contains(expected), "{error}");
    }
    for seconds in ["-1", "2", "4000"] {
        let file =
            spec(&ergon, "odd.yaml", &campaign("odd", "true", &format!("{{ energy_baseline: {seconds} }}"), "1"));
        let refused = on(&ergon, empty.root(), &["validate", &file, "--json"]);
        assert!(refused.code == 2 && refused.out.contains("or from 3 to 3600 seconds"), "{}", refused.out);
    }
}

#[test]
fn a_program_is_accounted_with_its_exit_code_and_everything_it_waited_for() {
    let tree = Tree::new();
    let _advancing = Advancing::start(vec![tree.zone("intel-rapl:0", "package-0", ROUND, 0).draws(20.0)]);
    let ergon = Ergon::new();
    let busy = "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; sleep 1; exit 7";
    let ran =
        on(&ergon, tree.root(), &["energy", "exec", "--json", "--", "sh", "-c", &format!("sh -c '{busy}'; exit 7")]);
    assert_eq!(ran.code, 7);
    let reply = ran.json();
    let (joules, seconds) =
        (reply["domains"]["package-0"]["energy_j"].as_f64().unwrap(), reply["duration_s"].as_f64().unwrap());
    assert!((joules - 20.0 * seconds).abs() <= 40.0 * (0.001 + LATE_S), "{joules} J in {seconds} s");
    assert!(reply["cpu_s"].as_f64().unwrap() > 0.02 && reply["counters"]["minor_faults"].as_f64().unwrap() > 0.0);
}
