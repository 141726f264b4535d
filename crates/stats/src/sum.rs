//! Compensated summation: error-free transformations after Knuth and Dekker
//! (Ogita, Rump & Oishi 2005, "Accurate sum and dot product").

/// A running sum kept as an unevaluated pair `hi + lo`, about twice the precision of an `f64`.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Sum {
    /// Leading part.
    pub(crate) hi: f64,
    /// What rounding left over.
    pub(crate) lo: f64,
}

/// `a + b` and its rounding error, exactly (Knuth's TwoSum).
#[inline]
pub(crate) fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let s = a + b;
    let t = s - a;
    (s, (a - (s - t)) + (b - t))
}

impl Sum {
    /// Adds one term.
    #[inline]
    pub(crate) fn add(&mut self, term: f64) {
        let (s, e) = two_sum(self.hi, term);
        self.hi = s;
        self.lo += e;
    }

    /// Adds another sum.
    #[inline]
    pub(crate) fn join(&mut self, other: Sum) {
        self.add(other.hi);
        self.lo += other.lo;
    }

    /// The same value with `hi` the nearest `f64`.
    #[inline]
    pub(crate) fn renormalized(self) -> Sum {
        let (hi, lo) = two_sum(self.hi, self.lo);
        Sum { hi, lo }
    }

    /// The nearest `f64`.
    #[inline]
    pub(crate) fn value(self) -> f64 {
        self.hi + self.lo
    }

    /// The sum divided by `n`, again as a pair.
    #[inline]
    pub(crate) fn divided_by(self, n: f64) -> Sum {
        let s = self.renormalized();
        let hi = s.hi / n;
        let rest = libm::fma(-hi, n, s.hi) + s.lo;
        let (hi, lo) = two_sum(hi, rest / n);
        Sum { hi, lo }
    }

    /// `self − other`, rounded once.
    #[inline]
    pub(crate) fn minus(self, other: Sum) -> f64 {
        let (d, e) = two_sum(self.hi, -other.hi);
        d + (e + (self.lo - other.lo))
    }
}

/// The sum of `terms`, compensated.
pub(crate) fn sum(terms: impl IntoIterator<Item = f64>) -> f64 {
    let mut total = Sum::default();
    for term in terms {
        total.add(term);
    }
    total.value()
}

/// The sum of a slice scaled by `scale` (a power of two), in four independent lanes.
pub(crate) fn scaled_sum(x: &[f64], scale: f64) -> Sum {
    let mut lanes = [Sum::default(); 4];
    let mut chunks = x.chunks_exact(4);
    for chunk in &mut chunks {
        for (lane, v) in lanes.iter_mut().zip(chunk) {
            lane.add(v * scale);
        }
    }
    let [mut total, b, c, d] = lanes;
    for v in chunks.remainder() {
        total.add(v * scale);
    }
    total.join(b);
    total.join(c);
    total.join(d);
    total.renormalized()
}
