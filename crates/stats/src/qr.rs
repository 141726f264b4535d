//! Householder QR with the columns in the order given, skipping those that depend on earlier ones
//! (Golub & Van Loan, Matrix Computations, 5.2; Björck 1996).

use crate::real::Real;

/// A column counts as dependent if what earlier columns leave of it is below this share of its
/// length: far above rounding (1e-16), far below what a fit can still use (1e-12).
const DEPENDENT: f64 = 1e-13;

/// The triangular factor of a matrix and the rotated right-hand side.
pub(crate) struct Factor<R> {
    /// Independent columns, by their position in the matrix.
    pub(crate) kept: Vec<usize>,
    /// Dependent columns.
    pub(crate) aliased: Vec<usize>,
    /// Upper triangle by columns: `r[j][i]`, i ≤ j, over kept columns.
    pub(crate) r: Vec<Vec<R>>,
    /// Qᵀ y over kept columns.
    pub(crate) z: Vec<R>,
    /// Sum of squares that the columns leave of y.
    pub(crate) rest: R,
}

/// Factors the matrix given by its columns (all of the length of `y`).
pub(crate) fn factor<R: Real>(mut columns: Vec<Vec<R>>, mut y: Vec<R>) -> Factor<R> {
    let n = y.len();
    let mut kept = Vec::new();
    let mut aliased = Vec::new();
    let mut r: Vec<Vec<R>> = Vec::new();
    for j in 0..columns.len() {
        let (done, later) = columns.split_at_mut(j + 1);
        let column = &mut done[j];
        let top = kept.len();
        let whole = squares(column).to_f64().sqrt();
        let left = squares(&column[top.min(n)..]);
        let length = left.root();
        if top >= n || length.to_f64() <= DEPENDENT * whole || whole == 0.0 {
            aliased.push(j);
            continue;
        }
        // Reflect onto the axis away from the leading entry, so that nothing cancels.
        let lead = column[top];
        let axis = if lead.to_f64() > 0.0 { R::from_f64(0.0) - length } else { length };
        // v = x − axis e; vᵀv / 2 = length² − axis · lead.
        let half = left - axis * lead;
        column[top] = lead - axis;
        let v = &column[top..];
        for other in later.iter_mut() {
            reflect(v, half, &mut other[top..]);
        }
        reflect(v, half, &mut y[top..]);
        let mut entries = column[..top].to_vec();
        entries.push(axis);
        r.push(entries);
        kept.push(j);
    }
    let rank = kept.len();
    let rest = squares(&y[rank..]);
    y.truncate(rank);
    Factor { kept, aliased, r, z: y, rest }
}

fn squares<R: Real>(x: &[R]) -> R {
    inner(x, x)
}

/// Σ aᵢ bᵢ in four sums side by side: one alone waits for each addition before the next.
fn inner<R: Real>(a: &[R], b: &[R]) -> R {
    let mut lanes = [R::from_f64(0.0); 4];
    let ((a, rest_a), (b, rest_b)) = (a.as_chunks::<4>(), b.as_chunks::<4>());
    for (a, b) in a.iter().zip(b) {
        for (lane, (a, b)) in lanes.iter_mut().zip(a.iter().zip(b)) {
            *lane = *lane + *a * *b;
        }
    }
    let [p, q, r, s] = lanes;
    rest_a.iter().zip(rest_b).fold((p + q) + (r + s), |acc, (a, b)| acc + *a * *b)
}

/// w − v (vᵀw) / half.
fn reflect<R: Real>(v: &[R], half: R, w: &mut [R]) {
    let factor = inner(v, w).over(half);
    for (slot, a) in w.iter_mut().zip(v) {
        *slot = *slot - factor * *a;
    }
}

impl<R: Real> Factor<R> {
    /// The least-squares coefficients of the kept columns.
    pub(crate) fn solution(&self) -> Vec<R> {
        let mut b = self.z.clone();
        for j in (0..b.len()).rev() {
            let value = b[j].over(self.r[j][j]);
            b[j] = value;
            for (slot, r) in b[..j].iter_mut().zip(&self.r[j]) {
                *slot = *slot - value * *r;
            }
        }
        b
    }

    /// R⁻¹ by columns (upper triangular), whose rows give standard errors.
    pub(crate) fn inverse(&self) -> Vec<Vec<R>> {
        let p = self.z.len();
        (0..p)
            .map(|target| {
                let mut x = vec![R::from_f64(0.0); p];
                x[target] = R::from_f64(1.0);
                for j in (0..=target).rev() {
                    let value = x[j].over(self.r[j][j]);
                    x[j] = value;
                    for (slot, r) in x[..j].iter_mut().zip(&self.r[j]) {
                        *slot = *slot - value * *r;
                    }
                }
                x
            })
            .collect()
    }

    /// The least share that a column keeps once the earlier ones are taken out of it: 1 for
    /// orthogonal columns, about the reciprocal of the condition number for bad ones.
    pub(crate) fn conditioning(&self) -> f64 {
        self.r
            .iter()
            .map(|column| {
                let own = column.last().map_or(0.0, |d| d.to_f64().abs());
                own / squares(column).to_f64().sqrt()
            })
            .fold(1.0, f64::min)
    }

    /// The sum of squares that the columns `block` explain beyond the columns `before`, and its
    /// degrees of freedom. Positions are those of the kept columns; only the factor is used.
    pub(crate) fn explained(&self, before: &[usize], block: &[usize]) -> (f64, usize) {
        let p = self.z.len();
        let dense = |j: &usize| -> Vec<R> {
            let mut column = self.r[*j].clone();
            column.resize(p, R::from_f64(0.0));
            column
        };
        let columns: Vec<Vec<R>> = before.iter().chain(block).map(dense).collect();
        let sub = factor(columns, self.z.clone());
        let of_block = || sub.kept.iter().zip(&sub.z).filter(|(k, _)| **k >= before.len());
        let ss = of_block().fold(R::from_f64(0.0), |acc, (_, z)| acc + *z * *z);
        (ss.to_f64(), of_block().count())
    }
}
