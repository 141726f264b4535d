//! Mean and sum of squared deviations, in two passes with the mean kept in double-double.
//!
//! The deviations are taken from the unrounded mean, so each is right to an ulp whatever the
//! offset of the data, and their squares (all positive) add without cancellation. NIST's NumAcc
//! and SmLs sets are what this form is for (Chan, Golub & LeVeque 1983).

use crate::sum::{Sum, scaled_sum, two_sum};

/// First two moments of a sample, in multiples of `unit`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moments {
    /// Number of observations.
    pub(crate) n: usize,
    /// The power of two the data were divided by.
    pub(crate) unit: f64,
    /// Sum, in units.
    pub(crate) total: Sum,
    /// Mean, in units.
    pub(crate) center: Sum,
    /// Sum of squared deviations from the mean, in units².
    pub(crate) ss: f64,
}

/// The power of two to divide by so that sums of squares (and, for `power` 4, of fourth powers)
/// neither overflow nor vanish: 1 for ordinary data.
pub(crate) fn unit_of<'a>(samples: impl IntoIterator<Item = &'a [f64]>) -> f64 {
    let mut largest = 0.0_f64;
    for sample in samples {
        let mut lanes = [0.0_f64; 4];
        let mut chunks = sample.chunks_exact(4);
        for chunk in &mut chunks {
            for (lane, v) in lanes.iter_mut().zip(chunk) {
                *lane = lane.max(v.abs());
            }
        }
        for v in chunks.remainder().iter().chain(&lanes) {
            largest = largest.max(v.abs());
        }
    }
    if largest == 0.0 || (1e-60..1e60).contains(&largest) {
        return 1.0;
    }
    let (_, exponent) = libm::frexp(largest);
    // The reciprocal has to be finite too.
    libm::ldexp(1.0, exponent.clamp(-1020, 1020))
}

impl Moments {
    /// The moments of a non-empty, finite sample in its own unit.
    pub(crate) fn of(x: &[f64]) -> Self {
        Self::in_unit(x, unit_of([x]))
    }

    /// The moments of a finite sample in a given unit.
    pub(crate) fn in_unit(x: &[f64], unit: f64) -> Self {
        let scale = 1.0 / unit;
        let n = x.len();
        let total = scaled_sum(x, scale);
        let center = total.divided_by(n as f64);
        let ss = squared_deviations(x, scale, center);
        let moments = Self { n, unit, total, center, ss };
        if moments.is_nearly_constant()
            && let Some(first) = x.first()
            && x.iter().all(|v| v == first)
        {
            // Dividing the sum may have left a trace of rounding.
            return Self { center: Sum { hi: first * scale, lo: 0.0 }, ss: 0.0, ..moments };
        }
        moments
    }

    /// Mean in the unit of the data.
    pub(crate) fn mean(&self) -> f64 {
        self.center.value() * self.unit
    }

    /// Variance (divisor n − 1) in units²; 0 for a single observation.
    pub(crate) fn variance_in_units(&self) -> f64 {
        if self.n < 2 { 0.0 } else { self.ss / (self.n - 1) as f64 }
    }

    /// Standard deviation (divisor n − 1) in the unit of the data; 0 for a single observation.
    pub(crate) fn sd(&self) -> f64 {
        self.variance_in_units().sqrt() * self.unit
    }

    /// True if no observation differs from another.
    pub(crate) fn is_constant(&self) -> bool {
        self.ss == 0.0
    }

    /// True if the spread is within ten roundings of the mean.
    pub(crate) fn is_nearly_constant(&self) -> bool {
        self.variance_in_units().sqrt() <= 10.0 * f64::EPSILON * self.center.hi.abs()
    }
}

/// The deviation of `v` (already scaled) from a double-double center.
#[inline]
pub(crate) fn deviation(v: f64, center: Sum) -> f64 {
    (v - center.hi) - center.lo
}

fn squared_deviations(x: &[f64], scale: f64, center: Sum) -> f64 {
    let mut total = 0.0_f64;
    let mut carried = 0.0_f64;
    for block in x.chunks(64) {
        let mut lanes = [0.0_f64; 4];
        let mut chunks = block.chunks_exact(4);
        for chunk in &mut chunks {
            for (lane, v) in lanes.iter_mut().zip(chunk) {
                let r = deviation(v * scale, center);
                *lane += r * r;
            }
        }
        for v in chunks.remainder() {
            let r = deviation(v * scale, center);
            lanes[0] += r * r;
        }
        let (s, e) = two_sum(total, (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]));
        total = s;
        carried += e;
    }
    total + carried
}
