//! The two precisions that least squares can run in: `f64`, and pairs of `f64` ("double-double",
//! about 32 digits; Dekker 1971, Hida, Li & Bailey 2001).

use std::ops::{Add, Mul, Sub};

use crate::sum::two_sum;

/// A real number of some precision.
pub(crate) trait Real: Copy + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> {
    /// Exactly this `f64`.
    fn from_f64(x: f64) -> Self;
    /// The nearest `f64`.
    fn to_f64(self) -> f64;
    /// Quotient.
    fn over(self, other: Self) -> Self;
    /// Square root of a non-negative number.
    fn root(self) -> Self;
}

impl Real for f64 {
    fn from_f64(x: f64) -> Self {
        x
    }
    fn to_f64(self) -> f64 {
        self
    }
    fn over(self, other: Self) -> Self {
        self / other
    }
    fn root(self) -> Self {
        self.sqrt()
    }
}

/// An unevaluated sum of two `f64`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Twofold {
    hi: f64,
    lo: f64,
}

/// `a + b` for |a| ≥ |b|, exactly.
fn quick_sum(a: f64, b: f64) -> Twofold {
    let hi = a + b;
    Twofold { hi, lo: b - (hi - a) }
}

/// `a · b`, exactly (`mul_add` rounds once, by IEEE 754).
pub(crate) fn two_product(a: f64, b: f64) -> (f64, f64) {
    let p = a * b;
    (p, a.mul_add(b, -p))
}

impl Add for Twofold {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        let (s, e) = two_sum(self.hi, other.hi);
        let (t, f) = two_sum(self.lo, other.lo);
        let once = quick_sum(s, e + t);
        quick_sum(once.hi, once.lo + f)
    }
}

impl Sub for Twofold {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self + Self { hi: -other.hi, lo: -other.lo }
    }
}

impl Mul for Twofold {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        let (p, e) = two_product(self.hi, other.hi);
        quick_sum(p, e + (self.hi * other.lo + self.lo * other.hi))
    }
}

impl Real for Twofold {
    fn from_f64(x: f64) -> Self {
        Self { hi: x, lo: 0.0 }
    }
    fn to_f64(self) -> f64 {
        self.hi + self.lo
    }
    fn over(self, other: Self) -> Self {
        let first = self.hi / other.hi;
        let rest = self - other * Self::from_f64(first);
        let second = rest.hi / other.hi;
        let rest = rest - other * Self::from_f64(second);
        quick_sum(first, second) + Self::from_f64(rest.hi / other.hi)
    }
    fn root(self) -> Self {
        if self.hi <= 0.0 {
            return Self::from_f64(0.0);
        }
        // One Newton step from the f64 root.
        let guess = self.hi.sqrt();
        let rest = self - Self::from_f64(guess) * Self::from_f64(guess);
        quick_sum(guess, 0.5 * rest.hi / guess)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twofold_keeps_thirty_digits() {
        let two = Twofold::from_f64(2.0);
        let back = two.root() * two.root() - two;
        assert!(back.to_f64().abs() < 1e-30);
        let third = Twofold::from_f64(1.0).over(Twofold::from_f64(3.0));
        let gap = third * Twofold::from_f64(3.0) - Twofold::from_f64(1.0);
        assert!(gap.to_f64().abs() < 1e-31);
    }
}
