//! The likelihood of a linear model with a random intercept by group, as a function of the two
//! variances. V = s I + τ J within a group of n, so everything follows from the sums of squares
//! within groups and from the group means, in the time of one pass over the groups.

use crate::cholesky::{Cholesky, times};

/// A group: how many rows, and the means of the regressors, then of the response.
pub(crate) struct Group {
    pub(crate) n: f64,
    pub(crate) means: Vec<f64>,
}

/// What the likelihood needs of the data. Rows and columns are those of the regressors, then the
/// response.
pub(crate) struct Sums {
    pub(crate) rows: f64,
    pub(crate) p: usize,
    /// Products of deviations from group means.
    pub(crate) within: Vec<Vec<f64>>,
    pub(crate) groups: Vec<Group>,
}

/// The likelihood at τ = `ratio` s, maximised over the coefficients and s.
pub(crate) struct Profile {
    /// −2 ln L.
    pub(crate) deviance: f64,
    /// s.
    pub(crate) residual: f64,
    pub(crate) beta: Vec<f64>,
}

/// The first derivatives with respect to τ and s, and what the second ones are made of.
pub(crate) struct Curvature {
    /// d(−2 ln L)/dτ.
    pub(crate) slope: f64,
    /// Second derivatives of −2 ln L: ττ, τs, ss.
    pub(crate) hessian: [f64; 3],
    /// (Xᵀ V⁻¹ X)⁻¹.
    pub(crate) covariance: Vec<Vec<f64>>,
    /// Derivatives of Xᵀ V⁻¹ X with respect to τ and s.
    pub(crate) change: [Vec<Vec<f64>>; 2],
}

impl Sums {
    pub(crate) fn of(columns: &[Vec<f64>], group: &[usize]) -> Self {
        let k = group.iter().max().map_or(0, |g| g + 1);
        let width = columns.len();
        let mut groups: Vec<Group> = (0..k).map(|_| Group { n: 0.0, means: vec![0.0; width] }).collect();
        for (i, g) in group.iter().enumerate() {
            let group = &mut groups[*g];
            group.n += 1.0;
            for (slot, c) in group.means.iter_mut().zip(columns) {
                *slot += (c[i] - *slot) / group.n;
            }
        }
        let mut within: Vec<Vec<f64>> = vec![vec![0.0; width]; width];
        let mut gap = vec![0.0; width];
        for (i, g) in group.iter().enumerate() {
            for ((slot, c), mean) in gap.iter_mut().zip(columns).zip(&groups[*g].means) {
                *slot = c[i] - mean;
            }
            for (row, a) in within.iter_mut().zip(&gap) {
                for (slot, b) in row.iter_mut().zip(&gap) {
                    *slot += a * b;
                }
            }
        }
        Self { rows: group.len() as f64, p: width - 1, within, groups }
    }

    /// `share` of the products within groups plus the products of group means by `weight`.
    fn products(&self, share: f64, weight: impl Fn(f64) -> f64) -> Vec<Vec<f64>> {
        let mut sum: Vec<Vec<f64>> = self.within.iter().map(|row| row.iter().map(|v| share * v).collect()).collect();
        for group in &self.groups {
            let weight = weight(group.n);
            for (row, a) in sum.iter_mut().zip(&group.means) {
                for (slot, b) in row.iter_mut().zip(&group.means) {
                    *slot += weight * a * b;
                }
            }
        }
        sum
    }

    /// Σ f(n) over groups.
    fn over_groups(&self, f: impl Fn(f64) -> f64) -> f64 {
        self.groups.iter().map(|g| f(g.n)).sum()
    }

    /// The profile likelihood at a ratio of the variances; restricted (REML) or full.
    pub(crate) fn profile(&self, ratio: f64, restricted: bool) -> Option<Profile> {
        let p = self.p;
        let products = self.products(1.0, |n| n / (1.0 + n * ratio));
        let factored = Cholesky::of(&products[..p]).ok()?;
        let half = factored.forward(&products[p][..p]);
        let beta = factored.solve(&products[p][..p]);
        let rest = (products[p][p] - half.iter().map(|h| h * h).sum::<f64>()).max(0.0);
        let df = if restricted { self.rows - p as f64 } else { self.rows };
        let residual = rest / df;
        let spread = self.over_groups(|n| libm::log1p(n * ratio));
        let determinant = if restricted { factored.log_determinant() } else { 0.0 };
        let deviance = df * (libm::log(std::f64::consts::TAU * residual) + 1.0) + spread + determinant;
        (residual > 0.0 && deviance.is_finite()).then_some(Profile { deviance, residual, beta })
    }

    /// Derivatives of −2 ln L (restricted or full) at given variances and their coefficients.
    pub(crate) fn curvature(&self, tau: f64, s: f64, beta: &[f64], restricted: bool) -> Option<Curvature> {
        let p = self.p;
        let w = |n: f64| 1.0 / (s + n * tau);
        let of = |products: Vec<Vec<f64>>| -> (Vec<Vec<f64>>, f64, Vec<f64>) {
            // A, vᵀ M v and the first p of M v, for v = (−β, 1).
            let v: Vec<f64> = beta.iter().map(|b| -b).chain([1.0]).collect();
            let moved = times(&products, &v);
            let square = moved.iter().zip(&v).map(|(a, b)| a * b).sum();
            let a = products[..p].iter().map(|row| row[..p].to_vec()).collect();
            (a, square, moved[..p].to_vec())
        };
        let (a, _, _) = of(self.products(1.0 / s, |n| n * w(n)));
        let (a_t, q_t, g_t) = of(self.products(0.0, |n| -(n * w(n)) * (n * w(n))));
        let (a_s, _, g_s) = of(self.products(-1.0 / (s * s), |n| -n * w(n) * w(n)));
        let cube = |n: f64| 2.0 * w(n) * w(n) * w(n);
        let (a_tt, q_tt, _) = of(self.products(0.0, |n| n * n * n * cube(n)));
        let (a_ts, q_ts, _) = of(self.products(0.0, |n| n * n * cube(n)));
        let (a_ss, q_ss, _) = of(self.products(2.0 / (s * s * s), |n| n * cube(n)));
        let covariance = Cholesky::of(&a).ok()?.inverse();
        let log_v = [
            -self.over_groups(|n| (n * w(n)) * (n * w(n))),
            -self.over_groups(|n| n * w(n) * w(n)),
            -self.over_groups(|n| (n - 1.0) / (s * s) + w(n) * w(n)),
        ];
        let trace = |b: &[Vec<f64>]| -> f64 {
            covariance.iter().zip(b).map(|(x, y)| x.iter().zip(y).map(|(x, y)| x * y).sum::<f64>()).sum()
        };
        // tr(C A_i C A_j): all matrices are symmetric.
        let pair = |b: &[Vec<f64>], d: &[Vec<f64>]| -> f64 {
            let left: Vec<Vec<f64>> = covariance.iter().map(|row| times(b, row)).collect();
            let right: Vec<Vec<f64>> = covariance.iter().map(|row| times(d, row)).collect();
            (0..p).map(|i| (0..p).map(|j| left[i][j] * right[j][i]).sum::<f64>()).sum()
        };
        let bend = |x: &[f64], y: &[f64]| -> f64 {
            times(&covariance, y).iter().zip(x).map(|(a, b)| a * b).sum::<f64>() * 2.0
        };
        let on = if restricted { 1.0 } else { 0.0 };
        let slope = self.over_groups(|n| n * w(n)) + on * trace(&a_t) + q_t;
        let hessian = [
            log_v[0] + on * (trace(&a_tt) - pair(&a_t, &a_t)) + q_tt - bend(&g_t, &g_t),
            log_v[1] + on * (trace(&a_ts) - pair(&a_t, &a_s)) + q_ts - bend(&g_t, &g_s),
            log_v[2] + on * (trace(&a_ss) - pair(&a_s, &a_s)) + q_ss - bend(&g_s, &g_s),
        ];
        Some(Curvature { slope, hessian, covariance, change: [a_t, a_s] })
    }
}
