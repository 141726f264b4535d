//! Power of a known form, energy known exactly: readings at whatever times add up to it.

use std::sync::Arc;

use ergon_energy::{Curve, Domain, EnergyFlag, Mark, Meter, ReadError, ScriptedClock, ScriptedSource, total};

/// Microjoules after t: 30 W, and 20 W more in every other 100 ms.
fn square(t_ns: u64) -> u64 {
    let (full, rest) = (t_ns / 200_000_000, t_ns % 200_000_000);
    let on = full * 100_000_000 + rest.min(100_000_000);
    (30 * t_ns + 20 * on) / 1_000
}

const MOST_W: f64 = 60.0;

fn package() -> Domain {
    Domain::Package { socket: 0, die: 0 }
}

fn meter(modulus: u64, fault: impl Fn(u64, usize) -> Option<ReadError> + Send + 'static) -> (Meter, ScriptedClock) {
    let clock = ScriptedClock::default();
    let parts: Vec<(Domain, Curve)> = vec![(package(), Box::new(square))];
    let source = ScriptedSource::new(parts, modulus, MOST_W).failing(fault);
    (Meter::new(vec![Box::new(source)], Arc::new(clock.clone())), clock)
}

fn joules(meter: &Meter, from: &Mark, to: &Mark) -> Option<f64> {
    meter.between(from, to)[0].figure.energy_j
}

/// A small generator of uneven steps (splitmix64).
fn steps(seed: u64, most_ns: u64) -> impl Iterator<Item = u64> {
    let mut state = seed;
    std::iter::repeat_with(move || {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        1 + (z ^ (z >> 31)) % most_ns
    })
}

#[test]
fn energy_is_exact_to_a_count_through_a_thousand_wraps_whatever_the_schedule() {
    for (seed, modulus) in [(1, 60_000_000), (2, 131_071_999), (3, 1 << 32)] {
        let (meter, clock) = meter(modulus, |_, _| None);
        let first = meter.mark();
        // Never longer than half a round at the most it can draw.
        let longest = (modulus as f64 * 1e-6 / 2.0 / MOST_W * 1e9) as u64;
        let mut last = first.clone();
        for step in steps(seed, longest.min(2_000_000_000)).take(2_000) {
            clock.advance(step);
            last = meter.mark();
        }
        let expected = square(last.monotonic_ns) - square(first.monotonic_ns);
        let rounds = expected / modulus;
        assert!(modulus > 1 << 31 || rounds >= 100, "{rounds} wraps");
        let found = joules(&meter, &first, &last).unwrap();
        assert!((found * 1e6 - expected as f64).abs() <= 1.0, "modulus {modulus}: {found} J of {expected} µJ");
    }
}

#[test]
fn windows_add_up() {
    let (meter, clock) = meter(60_000_000, |_, _| None);
    let marks: Vec<Mark> = steps(7, 400_000_000)
        .take(50)
        .map(|step| {
            clock.advance(step);
            meter.mark()
        })
        .collect();
    let whole = joules(&meter, &marks[0], &marks[49]).unwrap();
    let parts: f64 = marks.windows(2).map(|w| joules(&meter, &w[0], &w[1]).unwrap()).sum();
    assert!((whole - parts).abs() < 1e-9, "{whole} {parts}");
}

#[test]
fn failed_readings_within_a_window_cost_nothing_and_are_said() {
    let failing = |t: u64, _| (1_000_000_000..2_000_000_000).contains(&t).then_some(ReadError::NoData);
    let (meter, clock) = meter(1 << 40, failing);
    let first = meter.mark();
    let mut last = first.clone();
    for _ in 0..30 {
        clock.advance(100_000_000);
        last = meter.mark();
    }
    let figure = &meter.between(&first, &last)[0].figure;
    assert_eq!(figure.energy_j, Some(square(3_000_000_000) as f64 * 1e-6));
    assert_eq!(figure.flags.iter().copied().collect::<Vec<_>>(), [EnergyFlag::Gap]);
}

#[test]
fn a_window_whose_end_can_not_be_read_has_no_figure_instead_of_a_wrong_one() {
    let (meter, clock) = meter(1 << 40, |t, _| (t > 500_000_000).then_some(ReadError::Missing));
    let first = meter.mark();
    clock.advance(1_000_000_000);
    let last = meter.mark();
    let figure = &meter.between(&first, &last)[0].figure;
    assert_eq!(figure.energy_j, None);
    assert!(figure.flags.contains(&EnergyFlag::EndMissing));
    assert_eq!(meter.power_w(&first, &last), [None]);
}

#[test]
fn an_unread_stretch_in_which_the_counter_may_have_gone_round_withholds_the_value_and_bounds_it() {
    let (meter, clock) = meter(60_000_000, |_, _| None);
    let first = meter.mark();
    clock.advance(10_000_000_000);
    let last = meter.mark();
    let figure = &meter.between(&first, &last)[0].figure;
    assert_eq!(figure.energy_j, None);
    assert!(figure.flags.contains(&EnergyFlag::WrapAmbiguous));
    let truth = square(10_000_000_000) as f64 * 1e-6;
    assert!(figure.lo_j <= truth && truth <= figure.hi_j, "{} ≤ {truth} ≤ {}", figure.lo_j, figure.hi_j);
}

#[test]
fn a_suspended_machine_is_said_and_a_wall_clock_has_no_part_in_it() {
    let (meter, clock) = meter(1 << 40, |_, _| None);
    let first = meter.mark();
    clock.advance(1_000_000_000);
    clock.suspend(8 * 3_600 * 1_000_000_000);
    let last = meter.mark();
    let figure = &meter.between(&first, &last)[0].figure;
    assert_eq!((figure.duration_s, figure.energy_j), (1.0, Some(40.0)));
    assert!(figure.flags.contains(&EnergyFlag::Suspended));
}

#[test]
fn the_total_takes_packages_and_memory_once() {
    let clock = ScriptedClock::default();
    let watts = |w: u64| -> Curve { Box::new(move |t_ns| w * t_ns / 1_000) };
    let parts = vec![
        (package(), watts(50)),
        (Domain::Core { socket: 0 }, watts(40)),
        (Domain::Dram { socket: 0 }, watts(8)),
        (Domain::Psys, watts(70)),
    ];
    let meter = Meter::new(vec![Box::new(ScriptedSource::new(parts, 1 << 40, 200.0))], Arc::new(clock.clone()));
    let first = meter.mark();
    clock.advance(2_000_000_000);
    let sum = total(&meter.between(&first, &meter.mark())).unwrap();
    assert_eq!((sum.figure.energy_j, sum.covers), (Some(116.0), "CPU packages and memory"));
    assert_eq!(sum.figure.provenance.name(), "simulated");
}

#[test]
fn whatever_fails_and_whenever_one_looks_no_figure_is_negative_or_no_number_and_the_bounds_hold_the_truth() {
    let mut told = 0;
    for seed in 0..300 {
        let modulus = [60_000_000, 131_071_999, 1 << 32][seed as usize % 3];
        let errors = [ReadError::NoData, ReadError::Denied, ReadError::Missing, ReadError::Malformed];
        let failing = move |t: u64, _| {
            let n = steps(seed ^ t, 1 << 20).next()?;
            (n % 4 == 0).then(|| errors[n as usize / 4 % 4])
        };
        let (meter, clock) = meter(modulus, failing);
        let marks: Vec<Mark> = steps(seed + 1_000, 900_000_000)
            .take(40)
            .map(|step| {
                clock.advance(step);
                meter.mark()
            })
            .collect();
        for (from, to) in [(0, 39), (3, 20), (11, 12), (20, 39)] {
            let (from, to) = (&marks[from], &marks[to]);
            let figure = &meter.between(from, to)[0].figure;
            assert!(figure.lo_j >= 0.0 && figure.hi_j.is_finite() && figure.lo_j <= figure.hi_j, "{figure:?}");
            let Some(joules) = figure.energy_j else { continue };
            told += 1;
            let truth = (square(to.monotonic_ns) - square(from.monotonic_ns)) as f64 * 1e-6;
            assert!((joules - truth).abs() < 1.5e-6, "seed {seed}: {joules} J of {truth} J");
            assert!(figure.lo_j <= truth + 1e-6 && truth <= figure.hi_j + 1e-6, "seed {seed}: {figure:?}");
        }
    }
    assert!(told > 200, "{told} figures: the rest was withheld");
}

#[test]
fn the_order_of_sources_changes_nothing() {
    let parts = |order: [usize; 4]| {
        let all = [
            (package(), 50),
            (Domain::Package { socket: 1, die: 0 }, 40),
            (Domain::Dram { socket: 0 }, 8),
            (Domain::Core { socket: 0 }, 30),
        ];
        order.map(|i| {
            let (domain, watts) = all[i].clone();
            let curve: Curve = Box::new(move |t_ns| watts * t_ns / 1_000);
            Box::new(ScriptedSource::new(vec![(domain, curve)], 1 << 40, 200.0)) as Box<dyn ergon_energy::EnergySource>
        })
    };
    for order in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1], [1, 3, 0, 2]] {
        let clock = ScriptedClock::default();
        let meter = Meter::new(parts(order).into(), Arc::new(clock.clone()));
        let first = meter.mark();
        clock.advance(3_000_000_000);
        let sum = total(&meter.between(&first, &meter.mark())).unwrap();
        assert_eq!((sum.figure.energy_j, sum.covers), (Some(294.0), "CPU packages and memory"), "{order:?}");
    }
}
