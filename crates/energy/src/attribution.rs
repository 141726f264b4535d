//! Splitting the energy of an interval among those who ran in it, by CPU time; the parts are the whole, to the microjoule.
//!
//! CPU time says how long, not how hard: where one run's code draws r times the power of the others', its true share
//! lies between s/(s + r(1 − s)) and r·s/(r·s + 1 − s), s its share of CPU time (closed form, ENERGY.md §4). r = 3 is the
//! widest ratio given there.

/// Greatest ratio of dynamic power per core between programs that the bounds allow for.
const POWER_RATIO: f64 = 3.0;

/// A part's energy in microjoules and its bounds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Part {
    /// Microjoules; negative where an interval drew less than idle.
    pub microjoules: i64,
    /// Lower bound, microjoules.
    pub lo: f64,
    /// Upper bound, microjoules.
    pub hi: f64,
}

impl std::ops::AddAssign for Part {
    fn add_assign(&mut self, other: Self) {
        self.microjoules += other.microjoules;
        self.lo += other.lo;
        self.hi += other.hi;
    }
}

/// Splits `whole` microjoules by CPU time; the last part returned is everybody else's. `all` is the CPU time of the
/// machine in the interval; where it is less than its parts' sum (clocks differ by a tick) the sum counts.
///
/// Invariant: the parts' microjoules add up to `whole` exactly (largest remainders; Hamilton's method).
pub fn split(whole: i64, cpu_ns: &[u64], all_cpu_ns: u64) -> Vec<Part> {
    let own: u128 = cpu_ns.iter().map(|ns| u128::from(*ns)).sum();
    let all = own.max(u128::from(all_cpu_ns));
    let others = all - own;
    let weights: Vec<u128> = cpu_ns.iter().map(|ns| u128::from(*ns)).chain([others]).collect();
    if all == 0 {
        // Nobody ran: it is nobody's.
        let mut parts = vec![Part::default(); weights.len()];
        if let Some(rest) = parts.last_mut() {
            *rest = Part { microjoules: whole, lo: whole as f64, hi: whole as f64 };
        }
        return parts;
    }
    let size = u128::from(whole.unsigned_abs());
    let mut amounts: Vec<u128> = weights.iter().map(|w| size * w / all).collect();
    let mut by_remainder: Vec<usize> = (0..weights.len()).collect();
    by_remainder.sort_by_key(|i| (std::cmp::Reverse(size * weights[*i] % all), *i));
    let missing = (size - amounts.iter().sum::<u128>()) as usize;
    for at in by_remainder.into_iter().take(missing) {
        amounts[at] += 1;
    }
    let sign = whole.signum();
    let bounded = |(amount, weight): (u128, &u128)| {
        let s = *weight as f64 / all as f64;
        let least = s / (s + POWER_RATIO * (1.0 - s));
        let most = POWER_RATIO * s / (POWER_RATIO * s + 1.0 - s);
        let (a, b) = (whole as f64 * least, whole as f64 * most);
        Part { microjoules: sign * amount as i64, lo: a.min(b), hi: a.max(b) }
    };
    amounts.into_iter().zip(&weights).map(bounded).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A cheap generator: the property must hold for any numbers.
    fn numbers(seed: u64) -> impl Iterator<Item = u64> {
        let mut x = seed;
        std::iter::repeat_with(move || {
            x = x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            x >> 20
        })
    }

    #[test]
    fn the_parts_are_the_whole_to_the_microjoule_whatever_the_shares() {
        for seed in 0..2_000 {
            let mut n = numbers(seed);
            let mut next = || n.next().unwrap();
            let cpu: Vec<u64> = (0..next() % 9).map(|_| next() % 3_000_000_000).collect();
            let whole = next() as i64 - (1 << 42);
            let parts = split(whole, &cpu, next() % 9_000_000_000);
            assert_eq!(parts.iter().map(|p| p.microjoules).sum::<i64>(), whole);
            assert_eq!(parts.len(), cpu.len() + 1);
            assert!(parts.iter().all(|p| p.microjoules == 0 || p.microjoules.signum() == whole.signum()));
            assert!(parts.iter().all(|p| p.lo <= p.microjoules as f64 + 1.0 && p.microjoules as f64 <= p.hi + 1.0));
        }
    }

    #[test]
    fn who_ran_longer_gets_more_and_the_order_changes_nothing() {
        let amount = |cpu: &[u64], all| split(1_000, cpu, all).iter().map(|p| p.microjoules).collect::<Vec<_>>();
        assert_eq!(amount(&[300, 100], 800), [375, 125, 500]);
        assert_eq!(amount(&[100, 300], 800), [125, 375, 500]);
        assert_eq!(amount(&[300, 100], 0), [750, 250, 0], "the machine's own clock may lag a tick");
        assert_eq!(amount(&[0, 0], 0), [0, 0, 1_000]);
    }

    #[test]
    fn the_bounds_hold_what_the_closed_form_says_of_runs_that_draw_unequally() {
        // Equal CPU time, one draws r times the other's power: truly r/(1 + r) and 1/(1 + r) of the energy.
        let parts = split(1_000_000, &[500, 500], 1_000);
        for r in [1.0, 1.5, 2.0, 3.0] {
            for truth in [1e6 * r / (1.0 + r), 1e6 / (1.0 + r)] {
                assert!(parts[0].lo <= truth + 1e-6 && truth <= parts[0].hi + 1e-6, "{r}: {truth} in {:?}", parts[0]);
            }
        }
        let alone = split(1_000_000, &[500], 500)[0];
        assert_eq!((alone.microjoules, alone.lo, alone.hi), (1_000_000, 1e6, 1e6), "alone there is nothing to split");
    }
}
