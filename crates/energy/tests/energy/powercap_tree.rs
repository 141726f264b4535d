//! The reader of real hardware on trees with a known power.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use ergon_energy::{Discovery, EnergyFlag, Meter, Replay, Roots, Sampler, SystemClock, Tape, total};

use crate::tree::{Advancing, Rewriting, Tree, Zone};

fn discover(sysfs: &Path) -> Discovery {
    Discovery::run(&Roots { sysfs: sysfs.to_owned(), procfs: "/proc".into(), nvml: "no-such-library".into() })
}

fn meter(found: Discovery) -> Arc<Meter> {
    Arc::new(Meter::new(found.sources, Arc::new(SystemClock)))
}

fn domains(meter: &Meter) -> Vec<String> {
    meter.channels().iter().map(|channel| channel.domain.to_string()).collect()
}

/// Measures for a second and compares every domain with its power: |error| ≤ 2·P·(longest tick + reading) + one unit.
/// Returns whether nothing was withheld.
fn compare(tree: &Tree, meter: &Meter, watts: &[(&str, f64)]) -> bool {
    let first = meter.mark();
    std::thread::sleep(Duration::from_millis(1_000));
    let last = meter.mark();
    let mut complete = true;
    for part in meter.between(&first, &last) {
        let power = watts.iter().find(|(domain, _)| *domain == part.domain.to_string()).unwrap().1;
        let truth = power * part.figure.duration_s;
        assert_eq!(part.figure.provenance.name(), "measured");
        let Some(found) = part.figure.energy_j else {
            complete = false;
            continue;
        };
        let bound = 2.0 * power * (tree.late_s() + 1e-9 * (first.took_ns + last.took_ns) as f64) + 1e-6;
        assert!((found - truth).abs() <= bound, "{}: {found} J of {truth} J", part.domain);
    }
    complete
}

fn expect(tree: &Tree, meter: &Meter, watts: &[(&str, f64)]) {
    assert!(compare(tree, meter, watts), "withheld");
}

const ROUND: u64 = 262_143_328_850;

#[test]
fn two_sockets_with_parts_memory_and_platform_are_told_apart_and_added_once() {
    let tree = Tree::new();
    let zones: Vec<Zone> = vec![
        tree.zone("intel-rapl:0", "package-0", ROUND, 5).draws(50.0),
        tree.zone("intel-rapl:0/intel-rapl:0:0", "core", ROUND, 5).draws(30.0),
        tree.zone("intel-rapl:0/intel-rapl:0:1", "dram", ROUND, 5).draws(8.0),
        // Numbers of folders mean nothing: the second socket is zone 2, the platform zone 1.
        tree.zone("intel-rapl:2", "package-1", ROUND, 5).draws(40.0),
        tree.zone("intel-rapl:2/intel-rapl:2:0", "dram", ROUND, 5).draws(6.0),
        tree.zone("intel-rapl:1", "psys", ROUND, 5).draws(120.0),
    ];
    // As the kernel shows them: flat links to nested zones as well.
    std::os::unix::fs::symlink(tree.folder("intel-rapl:2/intel-rapl:2:0"), tree.folder("intel-rapl:2:0")).unwrap();
    let _advancing = Advancing::start(zones);
    let meter = meter(discover(tree.root()));
    let mut found = domains(&meter);
    found.sort();
    assert_eq!(found, ["core-0", "dram-0", "dram-1", "package-0", "package-1", "psys"]);
    expect(
        &tree,
        &meter,
        &[
            ("package-0", 50.0),
            ("core-0", 30.0),
            ("dram-0", 8.0),
            ("package-1", 40.0),
            ("dram-1", 6.0),
            ("psys", 120.0),
        ],
    );
    let first = meter.mark();
    std::thread::sleep(Duration::from_millis(500));
    let sum = total(&meter.between(&first, &meter.mark())).unwrap();
    let mean_w = sum.figure.mean_w().unwrap();
    assert!((mean_w - 104.0).abs() < 104.0 * 2.0 * tree.late_s() / 0.5, "{mean_w} W");
}

#[test]
fn a_wrap_in_the_window_is_no_loss() {
    let tree = Tree::new();
    // 20 J before the end of its round, at 50 W.
    let _advancing =
        Advancing::start(vec![tree.zone("intel-rapl:0", "package-0", ROUND, ROUND - 20_000_000).draws(50.0)]);
    expect(&tree, &meter(discover(tree.root())), &[("package-0", 50.0)]);
}

#[test]
fn many_wraps_are_counted_while_a_sampler_runs() {
    let tree = Tree::new();
    // A round of 20 J at 58 W is over in a third of a second.
    let _advancing = Advancing::start(vec![tree.zone("intel-rapl:0", "package-0", 19_999_999, 0).draws(38.0)]);
    let meter = meter(discover(tree.root()));
    let sampler = Sampler::start(meter.clone(), Duration::from_millis(20)).unwrap();
    expect(&tree, &meter, &[("package-0", 38.0)]);
    let report = sampler.stop();
    assert!(report.samples >= 30, "{report:?}");
}

#[test]
fn however_a_counter_s_file_is_rewritten_its_joules_are_right_through_a_wrap_and_a_sampler() {
    for rewriting in [Rewriting::InPieces, Rewriting::Truncating, Rewriting::Renaming] {
        let tree = Tree::new();
        let zones = [("intel-rapl:0", "package-0", 50.0), ("intel-rapl:1", "package-1", 35.0)]
            .map(|(at, name, watts)| tree.zone(at, name, ROUND, ROUND - 60_000_000).draws(watts).rewritten(rewriting));
        let _advancing = Advancing::start(zones.into());
        let meter = meter(discover(tree.root()));
        let sampler = Sampler::start(meter.clone(), Duration::from_millis(10)).unwrap();
        // Who truncates may be kept from writing for longer than a reading waits: that window has no figure.
        let right = (0..5).any(|_| compare(&tree, &meter, &[("package-0", 50.0), ("package-1", 35.0)]));
        assert!(right, "{rewriting:?}: no window of five had figures");
        assert!(sampler.stop().samples > 10, "{rewriting:?}");
    }
}

#[test]
fn a_chart_follows_a_step_of_power() {
    let tree = Tree::new();
    let zone = tree.zone("intel-rapl:0", "package-0", ROUND, 0).draws(10.0);
    let power = zone.power();
    let _advancing = Advancing::start(vec![zone]);
    let meter = meter(discover(tree.root()));
    let sampler = Sampler::start(meter, Duration::from_millis(100)).unwrap();
    std::thread::sleep(Duration::from_millis(500));
    let before = sampler.take();
    power.store(50_000_000, Ordering::SeqCst);
    std::thread::sleep(Duration::from_millis(1_200));
    let after = sampler.take();
    let median = |samples: &[ergon_energy::PowerSample]| {
        let mut watts: Vec<f64> = samples.iter().filter_map(|s| s.power_w[0]).collect();
        watts.sort_by(f64::total_cmp);
        watts[watts.len() / 2]
    };
    assert!((median(&before) - 10.0).abs() < 2.0 && (median(&after[2..]) - 50.0).abs() < 2.0);
}

#[test]
fn a_frozen_second_view_is_left_out_whichever_comes_first() {
    for (alive, frozen) in [("intel-rapl:0", "intel-rapl-mmio:0"), ("intel-rapl-mmio:0", "intel-rapl:0")] {
        let tree = Tree::new();
        let zones = vec![
            tree.zone(alive, "package-0", ROUND, 0).draws(20.0),
            tree.zone(frozen, "package-0", ROUND, 7_000).draws(0.0),
        ];
        let _advancing = Advancing::start(zones);
        let found = discover(tree.root());
        assert!(
            found
                .unavailable
                .iter()
                .any(|u| u.what.contains(frozen) && u.why == "it stands still" && u.counted_elsewhere)
        );
        let meter = meter(found);
        assert_eq!(domains(&meter), ["package-0"]);
        expect(&tree, &meter, &[("package-0", 20.0)]);
    }
}

#[test]
fn a_counter_that_stands_still_is_left_out_and_no_zero_is_measured() {
    let alone = |_: &Tree| {};
    let unreadable = |tree: &Tree| {
        // What a test that may be root can make unreadable: a counter whose range is no number.
        let folder = tree.folder("intel-rapl:0");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("name"), "package-0").unwrap();
        fs::write(folder.join("max_energy_range_uj"), "?").unwrap();
        fs::write(folder.join("energy_uj"), "12").unwrap();
    };
    let parts: [(&str, &str); 2] =
        [("intel-rapl-mmio:0", "package-0"), ("intel-rapl-mmio:0/intel-rapl-mmio:0:0", "core")];
    for prepare in [&alone as &dyn Fn(&Tree), &unreadable] {
        let tree = Tree::new();
        prepare(&tree);
        let _advancing = Advancing::start(parts.map(|(at, name)| tree.zone(at, name, ROUND, 7_000).draws(0.0)).into());
        let found = discover(tree.root());
        let still = found.unavailable.iter().filter(|u| u.why == "it stands still" && !u.counted_elsewhere).count();
        assert_eq!((still, domains(&meter(found))), (2, vec!["cpu".to_owned()]), "what is left is the estimate");
    }
}

#[test]
fn a_part_may_rest_where_its_package_does_not_and_no_other_view_of_it_is_closed() {
    for (closed, expected) in [(false, vec!["package-0", "uncore-0"]), (true, vec!["package-0"])] {
        let tree = Tree::new();
        let zones = vec![
            tree.zone("intel-rapl:0", "package-0", ROUND, 0).draws(20.0),
            tree.zone("intel-rapl:0/intel-rapl:0:1", "uncore", ROUND, 9).draws(0.0),
        ];
        if closed {
            let folder = tree.folder("intel-rapl-mmio:0");
            fs::create_dir_all(folder.join("intel-rapl-mmio:0:1")).unwrap();
            for (file, text) in [
                ("name", "package-0"),
                ("intel-rapl-mmio:0:1/name", "uncore"),
                ("intel-rapl-mmio:0:1/energy_uj", "1"),
                ("intel-rapl-mmio:0:1/max_energy_range_uj", "?"),
            ] {
                fs::write(folder.join(file), text).unwrap();
            }
        }
        let _advancing = Advancing::start(zones);
        assert_eq!(domains(&meter(discover(tree.root()))), expected, "closed: {closed}");
    }
}

#[test]
fn a_counter_beyond_its_own_largest_value_or_without_a_number_is_left_out() {
    for shown in ["99999999999999", "abc", ""] {
        let tree = Tree::new();
        let zone = tree.zone("intel-rapl:0", "package-0", 1_000_000, 0);
        fs::write(tree.folder("intel-rapl:0/energy_uj"), shown).unwrap();
        let found = discover(tree.root());
        drop(zone);
        assert!(found.unavailable.iter().any(|u| u.what.starts_with("package-0 (powercap)")), "{shown:?}");
        assert_eq!(domains(&meter(found)), ["cpu"], "{shown:?}");
    }
}

#[test]
fn dies_that_mirror_one_counter_are_counted_once_and_dies_that_do_not_are_both_counted() {
    for (second_start, second_watts, counted) in [(0, 60.0, 1), (0, 25.0, 2)] {
        let tree = Tree::new();
        let zones = vec![
            tree.zone("intel-rapl:0", "package-0-die-0", ROUND, 0).draws(60.0),
            tree.zone("intel-rapl:1", "package-0-die-1", ROUND, second_start).draws(second_watts),
        ];
        let _advancing = Advancing::start(zones);
        std::thread::sleep(Duration::from_millis(200));
        assert_eq!(meter(discover(tree.root())).channels().len(), counted, "{second_watts} W");
    }
}

#[test]
fn what_breaks_while_it_runs_is_a_gap_and_is_found_again() {
    let tree = Tree::new();
    let zone = tree.zone("intel-rapl:0", "package-0", ROUND, 0).draws(30.0);
    let advancing = Advancing::start(vec![zone]);
    let meter = meter(discover(tree.root()));
    let first = meter.mark();
    advancing.hide(true);
    fs::write(tree.folder("intel-rapl:0/energy_uj"), "abc").unwrap();
    for _ in 0..5 {
        meter.mark();
    }
    advancing.hide(false);
    std::thread::sleep(Duration::from_millis(700));
    let figure = &meter.between(&first, &meter.mark())[0].figure;
    assert!(figure.flags.contains(&EnergyFlag::Gap), "{figure:?}");
    let truth = 30.0 * figure.duration_s;
    assert!((figure.energy_j.unwrap() - truth).abs() <= 2.0 * 30.0 * tree.late_s());
}

#[test]
fn a_tree_that_can_not_be_read_says_why_and_the_estimate_says_it_is_one() {
    let tree = Tree::new();
    let found = discover(tree.root());
    assert!(found.unavailable.iter().any(|u| u.what.contains("RAPL") && u.why.contains("no zones")));
    let meter = meter(found);
    assert_eq!(domains(&meter), ["cpu"]);
    assert_eq!(meter.channels()[0].provenance.name(), "estimated");

    fs::create_dir_all(tree.folder("intel-rapl:0")).unwrap();
    fs::write(tree.folder("intel-rapl:0/name"), "package-0").unwrap();
    fs::write(tree.folder("intel-rapl:0/max_energy_range_uj"), "not a number").unwrap();
    fs::write(tree.folder("intel-rapl:0/energy_uj"), "12").unwrap();
    let found = discover(tree.root());
    assert!(found.unavailable.iter().any(|u| u.what.contains("package-0") && u.why.contains("no reading")));
}

#[test]
fn a_sampler_that_nobody_reads_goes_on() {
    let tree = Tree::new();
    let _advancing = Advancing::start(vec![tree.zone("intel-rapl:0", "package-0", ROUND, 0).draws(20.0)]);
    let meter = meter(discover(tree.root()));
    let sampler = Sampler::start(meter.clone(), Duration::from_millis(5)).unwrap();
    let began = Instant::now();
    while sampler.report().samples < 60 {
        assert!(began.elapsed() < Duration::from_secs(20), "{:?}", sampler.report());
        std::thread::sleep(Duration::from_millis(10));
    }
    let report = sampler.report();
    assert!(report.overhead_cpu_s > 0.0, "{report:?}");
    assert!(sampler.take().len() as u64 >= report.samples, "what was sampled is there for a late reader");
}

#[test]
fn a_tape_of_readings_replayed_comes_to_the_same_joules_and_says_that_it_is_one() {
    let tree = Tree::new();
    let zones = vec![
        tree.zone("intel-rapl:0", "package-0", 19_999_999, 0).draws(30.0),
        tree.zone("intel-rapl:0/intel-rapl:0:0", "dram", ROUND, 0).draws(5.0),
    ];
    let advancing = Advancing::start(zones);
    let file = tree.root().join("readings.jsonl");
    let (tape, sources) = Tape::begin(&file, discover(tree.root()).sources).unwrap();
    let meter = Arc::new(Meter::new(sources, Arc::new(SystemClock)));
    let sampler = Sampler::start(meter.clone(), Duration::from_millis(50)).unwrap();
    std::thread::sleep(Duration::from_millis(120));
    let first = meter.mark();
    tape.note("from", first.monotonic_ns);
    std::thread::sleep(Duration::from_millis(1_000));
    let last = meter.mark();
    tape.note("to", last.monotonic_ns);
    std::thread::sleep(Duration::from_millis(120));
    sampler.stop();
    drop((meter.clone(), advancing));
    tape.finish().unwrap();

    let live = meter.between(&first, &last);
    let replayed = Replay::open(&file).unwrap().play().unwrap();
    for (was, is) in live.iter().zip(&replayed.parts) {
        assert_eq!((&was.domain, was.figure.energy_j), (&is.domain, is.figure.energy_j));
        assert_eq!(is.figure.provenance.to_string(), "derived (replay of a recording)");
    }
    assert!((replayed.duration_s - last.since_s(&first)).abs() < 0.05);
    for (text, expected) in [
        ("{}\n", "line 1: missing field"),
        ("{\"ergon_energy_recording\":9,\"sources\":[]}\n", "version 9; expected 1"),
        ("{\"ergon_energy_recording\":1,\"sources\":[]}\n{\"t\":1,\"s\":0,\"r\":[1]}\n", "line 2: source 0 of 0"),
    ] {
        fs::write(&file, text).unwrap();
        let error = Replay::open(&file).err().unwrap().to_string();
        assert!(error.contains(expected), "{error}");
    }
}
