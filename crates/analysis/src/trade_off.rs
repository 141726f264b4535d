//! Trade-offs: which points no other point beats on both of two quantities (Pareto's front).

use ergon_domain::Direction;

/// For each point whether it lies on the front: no other point is at least as good on both quantities and better on
/// one. A quantity without a better side beats nobody.
///
/// V. Pareto, Manuale di economia politica (1906), ch. VI; H. T. Kung, F. Luccio, F. P. Preparata, "On finding the maxima
/// of a set of vectors", J. ACM 22 (1975).
pub fn front(points: &[(f64, f64)], better: (Direction, Direction)) -> Vec<bool> {
    let gain = |direction: Direction, x: f64| match direction {
        Direction::Higher => x,
        Direction::Lower => -x,
        Direction::None => 0.0,
    };
    let gains: Vec<(f64, f64)> = points.iter().map(|(x, y)| (gain(better.0, *x), gain(better.1, *y))).collect();
    let beats = |a: &(f64, f64), b: &(f64, f64)| a.0 >= b.0 && a.1 >= b.1 && (a.0 > b.0 || a.1 > b.1);
    gains.iter().map(|own| !gains.iter().any(|other| beats(other, own))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_beaten_on_both_is_off_the_front_and_twins_are_both_on_it() {
        let energy_and_quality = (Direction::Lower, Direction::Higher);
        for (points, expected) in [
            (vec![(1.0, 0.5), (2.0, 0.9), (3.0, 0.8)], vec![true, true, false]),
            (vec![(1.0, 0.9), (1.0, 0.9), (1.0, 0.8)], vec![true, true, false]),
            (vec![(2.0, 0.7)], vec![true]),
            (vec![(1.0, 0.9), (5.0, 0.1), (4.0, 0.1)], vec![true, false, false]),
        ] {
            assert_eq!(front(&points, energy_and_quality), expected, "{points:?}");
        }
        let turned = (Direction::Higher, Direction::Higher);
        assert_eq!(front(&[(1.0, 0.5), (2.0, 0.9)], turned), [false, true]);
    }
}
