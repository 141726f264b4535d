//! Studentized range distribution by nested quadrature: the range of k normal variables in units
//! of an independent estimate of their standard deviation with df degrees of freedom.
//!
//! P(Q > q) = E P(R > q S), S² = χ²/df. The outer integral runs over v = ln S² as for the
//! noncentral t, the inner one over the largest of the k variables; both integrands are smooth and
//! die off fast, so the trapezoidal rule converges exponentially. The survival function is
//! integrated itself and keeps its relative accuracy far in the tail (R's `ptukey` does not).

use super::normal;
use super::student_t;
use crate::special::root::{monotone_root, secant};
use crate::special::saddle::{excess, stirling_error};

/// Above this many degrees of freedom the estimate is the standard deviation itself.
const KNOWN_FROM: f64 = 1e12;

#[derive(Clone, Copy, PartialEq)]
enum Tail {
    Lower,
    Upper,
}

/// P(Q ≤ q) for `k` groups; df may be infinite.
pub fn cdf(q: f64, k: f64, df: f64) -> f64 {
    let lower = over_estimate(q, k, df, Tail::Lower);
    if lower < 0.5 { lower } else { 1.0 - over_estimate(q, k, df, Tail::Upper) }
}

/// P(Q > q) for `k` groups, accurate in the upper tail; df may be infinite.
pub fn sf(q: f64, k: f64, df: f64) -> f64 {
    over_estimate(q, k, df, Tail::Upper)
}

/// The q with P(Q > q) = p, for p in (0, 1); NaN outside or where none is found.
pub fn isf(p: f64, k: f64, df: f64) -> f64 {
    if !(p > 0.0 && p < 1.0 && k >= 2.0 && df > 0.0) {
        return f64::NAN;
    }
    // In ln q, on the scale of the log odds. Bonferroni's bound is a good start in the tail.
    let goal = |u: f64| {
        let q = libm::exp(u);
        let upper = sf(q, k, df).max(1e-300);
        let lower = if upper > 0.5 { over_estimate(q, k, df, Tail::Lower).max(1e-300) } else { 1.0 - upper };
        libm::log(upper / p) - libm::log(lower / (1.0 - p))
    };
    let bound = student_t::isf((p / (k * (k - 1.0))).min(0.3), df);
    let guess = libm::log(std::f64::consts::SQRT_2 * bound);
    secant(&goal, guess, -4.0, 1e-7)
        .or_else(|| monotone_root(goal, guess, 0.1, -200.0, 600.0))
        .map_or(f64::NAN, libm::exp)
}

/// The q with P(Q ≤ q) = p, for p in (0, 1); NaN outside or where none is found.
pub fn quantile(p: f64, k: f64, df: f64) -> f64 {
    isf(1.0 - p, k, df)
}

fn over_estimate(q: f64, k: f64, df: f64, side: Tail) -> f64 {
    if q.is_nan() || k.is_nan() || k < 2.0 || df.is_nan() || df <= 0.0 {
        return f64::NAN;
    }
    if q <= 0.0 || q.is_infinite() {
        return if (q > 0.0) == (side == Tail::Lower) { 1.0 } else { 0.0 };
    }
    let largest = Largest::of(k);
    let range = |w: f64| match side {
        Tail::Lower => largest.range_lower(w),
        Tail::Upper => largest.range_upper(w),
    };
    over_scale_by(df, q, fineness(k), |s| range(q * s))
}

/// The mean of `f(S)`, S² = χ² / df, for a smooth `f` from 0 to 1 that turns over where `width` S is
/// a few units.
pub(crate) fn over_scale(df: f64, width: f64, f: impl Fn(f64) -> f64) -> f64 {
    over_scale_by(df, width, 1.0, f)
}

fn over_scale_by(df: f64, width: f64, fineness: f64, f: impl Fn(f64) -> f64) -> f64 {
    if df >= KNOWN_FROM {
        return f(1.0);
    }
    let a = 0.5 * df;
    let sigma = 1.0 / a.sqrt();
    // It turns over within about 2 / (width S) in v.
    let h = (0.6 * sigma).min(0.6 / (1.0 + 0.3 * width.min(8.0))).min(0.25) * fineness;
    let density = |v: f64| libm::exp(-a * excess(v));
    let product = |v: f64| {
        let d = density(v);
        if d == 0.0 { 0.0 } else { d * f(libm::exp(0.5 * v)) }
    };
    let mut best = 0.0_f64;
    let mut peak = 0.0;
    let mut total = 0.0;
    // Coarse walk to the peak of the product, far below 0 for deep upper tails.
    for direction in [-1.0, 1.0] {
        let mut step = 0.0;
        while step < 400.0 {
            let v = direction * step * sigma;
            let d = density(v);
            let value = product(v);
            if value > best {
                best = value;
                peak = v;
            } else if d < best * 1e-17 || (best == 0.0 && d == 0.0) || value < 0.1 * best {
                break;
            }
            step += 1.5;
        }
    }
    for (direction, first) in [(1.0, 0), (-1.0, 1)] {
        for i in first..1_000_000 {
            let value = product(peak + direction * f64::from(i) * h);
            total += value;
            if value <= total * 1e-16 && i > 1 {
                break;
            }
        }
    }
    let norm = (a / std::f64::consts::TAU).sqrt() * libm::exp(-stirling_error(a));
    (total * h * norm).min(1.0)
}

/// Steps relative to those that keep 1e-11 for up to ten groups: with more, both integrands are
/// narrower.
fn fineness(k: f64) -> f64 {
    if k <= 5.0 {
        1.2
    } else if k <= 10.0 {
        1.0
    } else if k <= 20.0 {
        0.7
    } else {
        0.45
    }
}

/// Step of the inner rule.
const STEP: f64 = 0.3;

/// Steps of the inner rule that are kept, on either side of 0.
const KEPT: i32 = 40;

/// φ, Φ and 1 − Φ at a step of the inner rule.
#[derive(Clone, Copy)]
struct Node {
    z: f64,
    density: f64,
    below: f64,
    above: f64,
}

impl Node {
    fn at(z: f64) -> Self {
        Self { z, density: normal::pdf(z), below: normal::cdf(z), above: normal::sf(z) }
    }
}

/// The inner integrals for k variables, over z, the largest of them. The outer rule evaluates them
/// at dozens of ranges: what depends on z alone is computed once.
struct Largest {
    k: f64,
    /// k − 1 where it is a small whole number: powers are then products.
    whole: Option<u32>,
    step: f64,
    nodes: Vec<Node>,
}

impl Largest {
    fn of(k: f64) -> Self {
        let step = STEP * fineness(k);
        let whole = (k == libm::floor(k) && k <= 60.0).then_some(k as u32 - 1);
        let nodes = (-KEPT..=KEPT).map(|i| Node::at(f64::from(i) * step)).collect();
        Self { k, whole, step, nodes }
    }

    fn node(&self, i: i32) -> Node {
        match self.nodes.get((i + KEPT) as usize) {
            Some(node) if i >= -KEPT => *node,
            _ => Node::at(f64::from(i) * self.step),
        }
    }

    /// The integral of a unimodal function by the trapezoidal rule, outwards from near its peak.
    fn outwards(&self, start: f64, f: impl Fn(Node) -> f64) -> f64 {
        // Further out the density is 0 whatever the range; the number of a step stays within i32.
        let first = libm::round((start / self.step).clamp(-1e6, 1e6)) as i32;
        let mut total = f(self.node(first));
        for direction in [-1, 1] {
            for i in 1..2000 {
                let value = f(self.node(first + direction * i));
                total += value;
                if value <= total * 1e-17 {
                    break;
                }
            }
        }
        total * self.step
    }

    /// Near where the largest of k normal variables is most likely.
    fn usual(&self) -> f64 {
        normal::quantile(1.0 - 1.0 / self.k)
    }

    /// a^(k−1) − (a − gap)^(k−1), for 0 ≤ gap ≤ a ≤ 1, without cancellation.
    fn power_gap(&self, a: f64, gap: f64) -> f64 {
        match self.whole {
            // (a − b) Σ a^i b^(k−2−i)
            Some(n) => {
                let b = a - gap;
                let (mut sum, mut power) = (1.0, 1.0);
                for _ in 1..n {
                    power *= b;
                    sum = sum * a + power;
                }
                gap * sum
            }
            None => {
                let share = -libm::expm1((self.k - 1.0) * libm::log1p(-gap / a));
                libm::exp((self.k - 1.0) * libm::log(a)) * share
            }
        }
    }

    /// a^(k−1)
    fn power(&self, a: f64) -> f64 {
        match self.whole {
            Some(n) => (0..n).fold(1.0, |product, _| product * a),
            None if a > 0.0 => libm::exp((self.k - 1.0) * libm::log(a)),
            None => 0.0,
        }
    }

    /// P(R > w): k ∫ φ(z) (Φ(z)^(k−1) − (Φ(z) − Φ(z − w))^(k−1)) dz.
    fn range_upper(&self, w: f64) -> f64 {
        let integrand = |n: Node| n.density * self.power_gap(n.below, normal::cdf(n.z - w).min(n.below));
        (self.k * self.outwards(self.usual().max(0.5 * w), integrand)).min(1.0)
    }

    /// P(R ≤ w): k ∫ φ(z) (Φ(z) − Φ(z − w))^(k−1) dz.
    fn range_lower(&self, w: f64) -> f64 {
        let integrand = |n: Node| {
            let inside = if n.z > 0.5 * w { normal::sf(n.z - w) - n.above } else { n.below - normal::cdf(n.z - w) };
            n.density * self.power(inside.max(0.0))
        };
        (self.k * self.outwards(self.usual().min(0.5 * w), integrand)).min(1.0)
    }
}
