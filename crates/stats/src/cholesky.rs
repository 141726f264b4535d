//! Symmetric positive definite matrices of a few rows: the information matrices of likelihoods
//! (Golub & Van Loan, Matrix Computations, 4.2).

/// A pivot counts as zero if what earlier columns leave of it is below this share of the diagonal.
const DEPENDENT: f64 = 1e-14;

/// The lower triangle L with L Lᵀ = the matrix, by rows.
pub(crate) struct Cholesky {
    rows: Vec<Vec<f64>>,
}

impl Cholesky {
    /// Factors a symmetric matrix given by its rows (the lower triangle is read); the positions
    /// of the columns that depend on earlier ones if there are any.
    pub(crate) fn of(matrix: &[Vec<f64>]) -> Result<Self, Vec<usize>> {
        let p = matrix.len();
        let mut rows: Vec<Vec<f64>> = Vec::with_capacity(p);
        let mut dependent = Vec::new();
        for (i, given) in matrix.iter().enumerate() {
            let mut row = vec![0.0; i + 1];
            for j in 0..=i {
                let known: f64 = match rows.get(j) {
                    Some(other) => row[..j].iter().zip(other).map(|(a, b)| a * b).sum(),
                    None => row[..j].iter().map(|a| a * a).sum(),
                };
                let rest = given[j] - known;
                row[j] = if i > j {
                    let pivot = rows[j][j];
                    if pivot > 0.0 { rest / pivot } else { 0.0 }
                } else if rest > DEPENDENT * given[i] && rest.is_finite() {
                    rest.sqrt()
                } else {
                    dependent.push(i);
                    0.0
                };
            }
            rows.push(row);
        }
        if dependent.is_empty() { Ok(Self { rows }) } else { Err(dependent) }
    }

    /// L⁻¹ b.
    pub(crate) fn forward(&self, b: &[f64]) -> Vec<f64> {
        let mut x: Vec<f64> = Vec::with_capacity(b.len());
        for (row, b) in self.rows.iter().zip(b) {
            let known: f64 = x.iter().zip(row).map(|(x, l)| x * l).sum();
            x.push((b - known) / row[x.len()]);
        }
        x
    }

    /// The x with L Lᵀ x = b.
    pub(crate) fn solve(&self, b: &[f64]) -> Vec<f64> {
        let mut x = self.forward(b);
        for i in (0..x.len()).rev() {
            x[i] /= self.rows[i][i];
            let value = x[i];
            for (slot, l) in x[..i].iter_mut().zip(&self.rows[i]) {
                *slot -= value * l;
            }
        }
        x
    }

    /// The inverse of the matrix, by rows.
    pub(crate) fn inverse(&self) -> Vec<Vec<f64>> {
        let p = self.rows.len();
        let unit = |j: usize| -> Vec<f64> { (0..p).map(|i| f64::from(u8::from(i == j))).collect() };
        (0..p).map(|j| self.solve(&unit(j))).collect()
    }

    /// ln det of the matrix.
    pub(crate) fn log_determinant(&self) -> f64 {
        2.0 * self.rows.iter().enumerate().map(|(i, row)| libm::log(row[i])).sum::<f64>()
    }
}

/// The matrix times a vector.
pub(crate) fn times(matrix: &[Vec<f64>], x: &[f64]) -> Vec<f64> {
    matrix.iter().map(|row| row.iter().zip(x).map(|(a, b)| a * b).sum()).collect()
}

/// xᵀ A y.
pub(crate) fn form(x: &[f64], matrix: &[Vec<f64>], y: &[f64]) -> f64 {
    matrix.iter().zip(x).map(|(row, x)| x * row.iter().zip(y).map(|(a, b)| a * b).sum::<f64>()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_matrix_times_its_inverse_is_one() {
        let a = vec![vec![4.0, 2.0, 0.6], vec![2.0, 5.0, 1.0], vec![0.6, 1.0, 3.0]];
        let inverse = Cholesky::of(&a).map(|c| c.inverse()).unwrap_or_default();
        for (i, row) in a.iter().enumerate() {
            for (j, got) in times(&inverse, row).into_iter().enumerate() {
                let unit = f64::from(u8::from(i == j));
                assert!((got - unit).abs() < 1e-14, "{i} {j}: {got}");
            }
        }
        // det = 4·14 − 2·5.4 + 0.6·(−1) = 44.6
        let determinant = Cholesky::of(&a).map(|c| libm::exp(c.log_determinant())).unwrap_or_default();
        assert!((determinant - 44.6).abs() < 1e-12, "{determinant}");
    }

    #[test]
    fn a_column_that_repeats_another_is_named() {
        let a = vec![vec![1.0, 1.0], vec![1.0, 1.0]];
        assert_eq!(Cholesky::of(&a).err(), Some(vec![1]));
    }
}
