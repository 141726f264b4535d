//! Noncentral F distribution: a Poisson mixture of central beta distributions, summed outwards
//! from its mode.

use crate::special::incomplete_beta::incomplete_beta;
use crate::special::saddle::{beta_power, poisson_mass};

/// Lower and upper tail as Poisson(`mean`) mixtures of `part(j)`, summed from the mode outwards.
pub(super) fn poisson_mixture(mean: f64, mut part: impl FnMut(f64) -> (f64, f64)) -> (f64, f64) {
    let mode = libm::floor(mean);
    let mut lower = 0.0;
    let mut upper = 0.0;
    for direction in [1.0, -1.0] {
        let mut j = if direction > 0.0 { mode } else { mode - 1.0 };
        while j >= 0.0 {
            let weight = poisson_mass(j, mean);
            let (p, q) = part(j);
            lower += weight * p;
            upper += weight * q;
            let negligible = weight * p <= 1e-18 * lower && weight * q <= 1e-18 * upper;
            if (negligible && weight < 1e-3) || weight == 0.0 {
                break;
            }
            j += direction;
        }
    }
    (lower.min(1.0), upper.min(1.0))
}

fn both(f: f64, df1: f64, df2: f64, lambda: f64) -> (f64, f64) {
    if f.is_nan() || !(df1 > 0.0 && df2 > 0.0 && (0.0..1e9).contains(&lambda)) {
        return (f64::NAN, f64::NAN);
    }
    if f <= 0.0 {
        return (0.0, 1.0);
    }
    let ratio = f * (df1 / df2);
    if ratio.is_infinite() {
        return (1.0, 0.0);
    }
    let whole = 1.0 + ratio;
    let (x, y) = (ratio / whole, 1.0 / whole);
    let mut walk = BetaWalk { a0: 0.5 * df1, b: 0.5 * df2, x, y, at: None, steps: 0 };
    poisson_mixture(0.5 * lambda, |j| walk.to(j))
}

/// I_x(a0 + j, b) and its complement for neighbouring j, by DLMF 8.17.20:
/// I_x(a + 1, b) = I_x(a, b) − x^a (1 − x)^b / (a B(a, b)).
///
/// Going up, the lower tail loses digits, and going down the upper one; both by rounding errors of the value at the mode,
/// whose weight is the largest of the mixture. Every 64 steps the value is computed afresh.
struct BetaWalk {
    a0: f64,
    b: f64,
    x: f64,
    y: f64,
    /// j, both tails, and the difference between I at j and at j + 1.
    at: Option<(f64, f64, f64, f64)>,
    steps: u32,
}

impl BetaWalk {
    fn to(&mut self, j: f64) -> (f64, f64) {
        let stepped = self.at.filter(|_| self.steps < 64).and_then(|(from, p, q, step)| {
            let a = self.a0 + from;
            if j == from + 1.0 {
                let next = step * self.x * (a + self.b) / (a + 1.0);
                Some(((p - step).max(0.0), q + step, next))
            } else if j == from - 1.0 {
                let before = step * a / (self.x * (a - 1.0 + self.b));
                Some((p + before, (q - before).max(0.0), before))
            } else {
                None
            }
        });
        // A step that has underflowed can't grow again.
        let (p, q, step) = match stepped.filter(|(_, _, step)| *step > 1e-290 && step.is_finite()) {
            Some(stepped) => {
                self.steps += 1;
                stepped
            }
            None => {
                self.steps = 0;
                let a = self.a0 + j;
                let (p, q) = incomplete_beta(a, self.b, self.x, self.y);
                (p, q, beta_power(a, self.b, self.x, self.y) / a)
            }
        };
        self.at = Some((j, p, q, step));
        (p.min(1.0), q.min(1.0))
    }
}

/// P(F ≤ f) for noncentrality `lambda`.
pub fn cdf(f: f64, df1: f64, df2: f64, lambda: f64) -> f64 {
    both(f, df1, df2, lambda).0
}

/// P(F > f) for noncentrality `lambda`.
pub fn sf(f: f64, df1: f64, df2: f64, lambda: f64) -> f64 {
    both(f, df1, df2, lambda).1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_walk_agrees_with_a_beta_function_for_every_term() {
        for (df1, df2) in [(1.0, 5.0), (2.0, 57.0), (7.0, 1000.0), (40.0, 3.5)] {
            for lambda in [0.0, 0.3, 4.0, 90.0, 5000.0] {
                for f in [1e-3, 0.4, 1.0, 3.0, 40.0, 4000.0] {
                    let ratio = f * (df1 / df2);
                    let (x, y) = (ratio / (1.0 + ratio), 1.0 / (1.0 + ratio));
                    let direct = poisson_mixture(0.5 * lambda, |j| incomplete_beta(0.5 * df1 + j, 0.5 * df2, x, y));
                    let walked = both(f, df1, df2, lambda);
                    for (found, wanted) in [(walked.0, direct.0), (walked.1, direct.1)] {
                        let error = (found - wanted).abs() / wanted.abs().max(f64::MIN_POSITIVE);
                        assert!(error < 1e-11, "F = {f}, df {df1} and {df2}, λ = {lambda}: {found} and {wanted}");
                    }
                }
            }
        }
    }
}
