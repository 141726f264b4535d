//! The regression that minimises Koenker and Bassett's check loss, by walking from vertex to vertex
//! as Barrodale & Roberts (1973) do: a vertex fits as many rows exactly as there are coefficients; an
//! edge lets go of one of them, and its best point, found among the rows it passes, is a vertex again.

use crate::least_squares::dot;

/// Breaks ties: without it a walk could turn in circles among vertices of the same loss. In standard
/// deviations of the response, far above rounding and far below what anybody reads.
const NUDGE: f64 = 1e-10;

/// A fit through `beta.len()` rows.
pub(crate) struct Vertex {
    pub(crate) beta: Vec<f64>,
    pub(crate) residuals: Vec<f64>,
}

/// Σ r (τ − 1{r < 0}).
pub(crate) fn loss(residuals: &[f64], tau: f64) -> f64 {
    residuals.iter().map(|r| r * if *r < 0.0 { tau - 1.0 } else { tau }).sum()
}

impl Vertex {
    /// The best fit of `y`, of unit spread, by independent columns of unit spread; `None` where the
    /// walk doesn't end.
    pub(crate) fn best(columns: &[Vec<f64>], y: &[f64], tau: f64) -> Option<Self> {
        let rows: Vec<Vec<f64>> = (0..y.len()).map(|i| columns.iter().map(|c| c[i]).collect()).collect();
        // The fractional parts of multiples of the golden section: no two alike.
        let nudged: Vec<f64> = (1..)
            .map(|i: u32| f64::from(i) * 0.618_033_988_749_894_9)
            .map(|u| u - libm::floor(u))
            .zip(y)
            .map(|(u, v)| v + NUDGE * u)
            .collect();
        let mut walk = Walk::start(&rows, &nudged)?;
        // Rounding can leave a circle whose vertices differ by nothing: any of them will do.
        let (mut least, mut idle) = (f64::INFINITY, 0);
        for _ in 0..20 * (y.len() + 50) {
            if idle <= y.len() && walk.step(tau)? {
                let here = loss(&walk.residuals, tau);
                idle = if here < least * (1.0 - 1e-12) { 0 } else { idle + 1 };
                least = least.min(here);
                continue;
            }
            let beta = walk.through(y)?;
            let residuals = rows
                .iter()
                .zip(y)
                .enumerate()
                .map(|(i, (row, v))| if walk.basis.contains(&i) { 0.0 } else { v - dot(row, &beta) });
            return Some(Self { residuals: residuals.collect(), beta });
        }
        None
    }
}

struct Walk<'a> {
    rows: &'a [Vec<f64>],
    y: &'a [f64],
    /// The rows fitted exactly.
    basis: Vec<usize>,
    /// Column j: the change of the coefficients that raises the fit at basis row j alone by 1.
    edges: Vec<Vec<f64>>,
    residuals: Vec<f64>,
}

impl<'a> Walk<'a> {
    /// Starts at rows chosen by elimination, each the one least explained by those before.
    fn start(rows: &'a [Vec<f64>], y: &'a [f64]) -> Option<Self> {
        let p = rows.first()?.len();
        let mut left = rows.to_vec();
        let mut basis = Vec::with_capacity(p);
        for _ in 0..p {
            let norm = |r: &[f64]| dot(r, r);
            let (pivot, size) = left.iter().map(|r| norm(r)).enumerate().max_by(|a, b| a.1.total_cmp(&b.1))?;
            if size.is_nan() || size <= 1e-20 {
                return None;
            }
            let direction = left[pivot].clone();
            for row in &mut left {
                let share = dot(row, &direction) / size;
                row.iter_mut().zip(&direction).for_each(|(slot, d)| *slot -= share * d);
            }
            basis.push(pivot);
        }
        let mut walk = Self { rows, y, basis, edges: Vec::new(), residuals: Vec::new() };
        walk.refresh()?;
        Some(walk)
    }

    /// Edges and residuals anew, without what rounding has gathered.
    fn refresh(&mut self) -> Option<()> {
        let p = self.basis.len();
        let unit = |j: usize| (0..p).map(|i| f64::from(u8::from(i == j))).collect::<Vec<f64>>();
        self.edges = (0..p).map(|j| self.solve(unit(j))).collect::<Option<_>>()?;
        let beta = self.through(self.y)?;
        self.residuals = self.rows.iter().zip(self.y).map(|(row, y)| y - dot(row, &beta)).collect();
        for i in &self.basis {
            self.residuals[*i] = 0.0;
        }
        Some(())
    }

    /// The coefficients that fit `values` at the basis.
    fn through(&self, values: &[f64]) -> Option<Vec<f64>> {
        self.solve(self.basis.iter().map(|i| values[*i]).collect())
    }

    /// Solves (basis rows) β = `right` by elimination with row pivots.
    fn solve(&self, mut right: Vec<f64>) -> Option<Vec<f64>> {
        let p = right.len();
        let mut matrix: Vec<Vec<f64>> = self.basis.iter().map(|i| self.rows[*i].clone()).collect();
        for k in 0..p {
            let pivot = (k..p).max_by(|a, b| matrix[*a][k].abs().total_cmp(&matrix[*b][k].abs()))?;
            matrix.swap(k, pivot);
            right.swap(k, pivot);
            let (done, below) = matrix.split_at_mut(k + 1);
            let top = &done[k];
            for (i, row) in below.iter_mut().enumerate() {
                let share = row[k] / top[k];
                row.iter_mut().zip(top).for_each(|(slot, t)| *slot -= share * t);
                right[k + 1 + i] -= share * right[k];
            }
        }
        for k in (0..p).rev() {
            let known = dot(&matrix[k][k + 1..], &right[k + 1..]);
            right[k] = (right[k] - known) / matrix[k][k];
        }
        right.iter().all(|v| v.is_finite()).then_some(right)
    }

    /// Goes to the best point of the steepest edge; false at the minimum.
    fn step(&mut self, tau: f64) -> Option<bool> {
        let mut pull = vec![0.0; self.basis.len()];
        for (row, r) in self.rows.iter().zip(&self.residuals) {
            let weight = if *r > 0.0 {
                tau
            } else if *r < 0.0 {
                tau - 1.0
            } else {
                0.0
            };
            pull.iter_mut().zip(row).for_each(|(slot, x)| *slot += weight * x);
        }
        // The loss along edge j rises by (1 − τ) − c, backwards by τ + c.
        let slopes = self.edges.iter().enumerate().flat_map(|(j, edge)| {
            let c = dot(edge, &pull);
            [(1.0 - tau - c, j, 1.0), (tau + c, j, -1.0)]
        });
        let (mut slope, leaving, sign) = slopes.min_by(|a, b| a.0.total_cmp(&b.0))?;
        if slope >= -1e-9 {
            return Some(false);
        }
        let moves: Vec<f64> = self.rows.iter().map(|row| sign * dot(row, &self.edges[leaving])).collect();
        let mut passed: Vec<(f64, usize)> = moves
            .iter()
            .zip(&self.residuals)
            .enumerate()
            .filter(|(i, (m, r))| **r != 0.0 && *r / *m > 0.0 && m.abs() > 1e-11 && !self.basis.contains(i))
            .map(|(i, (m, r))| (r / m, i))
            .collect();
        passed.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        let entering = passed.into_iter().find(|(_, i)| {
            slope += moves[*i].abs();
            slope >= 0.0
        })?;
        self.basis[leaving] = entering.1;
        self.refresh()?;
        Some(true)
    }
}
