//! Least squares on given columns: f64 Householder QR where the columns are well conditioned,
//! the same in twofold precision where they are not, so that near-collinear designs keep their
//! digits.

use crate::qr::{Factor, factor};
use crate::real::{Real, Twofold};

/// Below this share the f64 factorisation would lose more than two digits.
const WELL_CONDITIONED: f64 = 1e-2;

/// The factor in the precision it took.
enum Factored {
    Plain(Factor<f64>),
    Twofold(Factor<Twofold>),
}

/// A least-squares fit, in the units of the data.
pub(crate) struct Fit {
    factored: Factored,
    unit: f64,
    /// Columns that depend on earlier ones.
    pub(crate) aliased: Vec<usize>,
    /// Number of independent columns.
    pub(crate) rank: usize,
    /// Coefficients of the independent columns.
    pub(crate) coefficients: Vec<f64>,
    /// Inverse triangular factor by rows: row j times its transpose is the unscaled variance.
    pub(crate) inverse: Vec<Vec<f64>>,
    /// Sum of squared residuals.
    pub(crate) rest: f64,
    /// Squares of the rotated response: what each column explains beyond the earlier ones.
    pub(crate) explained: Vec<f64>,
    /// Residuals.
    pub(crate) residuals: Vec<f64>,
    units: Vec<f64>,
    low: Vec<Vec<f64>>,
}

/// The power of two just above the largest magnitude; 1 for a zero column.
fn unit(x: &[f64]) -> f64 {
    let largest = x.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
    if largest == 0.0 {
        return 1.0;
    }
    let (_, exponent) = libm::frexp(largest);
    libm::ldexp(1.0, exponent.clamp(-1020, 1020))
}

impl Fit {
    /// Fits `y` by the columns, all finite and of one length.
    pub(crate) fn of(columns: &[Vec<f64>], y: &[f64]) -> Self {
        Self::of_sums(columns, Vec::new(), y)
    }

    /// The same for columns that are known beyond 64 bits: each is the sum of its own and of that of
    /// `low`, which is empty or as long.
    pub(crate) fn of_sums(columns: &[Vec<f64>], low: Vec<Vec<f64>>, y: &[f64]) -> Self {
        let units: Vec<f64> = columns.iter().map(|c| unit(c)).collect();
        let y_unit = unit(y);
        let plain = factor(scaled::<f64>(columns, &units), scaled_one(y, y_unit));
        let total: f64 = plain.z.iter().map(|z| z * z).sum::<f64>() + plain.rest;
        if plain.aliased.is_empty() && plain.conditioning() >= WELL_CONDITIONED && plain.rest > 1e-16 * total {
            let solved = Solved::of(&plain, &scaled(columns, &units), &units, y, y_unit);
            return solved.into_fit(Factored::Plain(plain), y_unit, units, low);
        }
        let mut matrix = scaled::<Twofold>(columns, &units);
        for (column, rest) in matrix.iter_mut().zip(scaled::<Twofold>(&low, &units)) {
            column.iter_mut().zip(rest).for_each(|(slot, rest)| *slot = *slot + rest);
        }
        let fine = factor(matrix.clone(), scaled_one(y, y_unit));
        let solved = Solved::of(&fine, &matrix, &units, y, y_unit);
        solved.into_fit(Factored::Twofold(fine), y_unit, units, low)
    }

    /// Rows of Q by observation: each design row times the inverse factor.
    pub(crate) fn rows(&self, columns: &[Vec<f64>]) -> Vec<Vec<f64>> {
        match &self.factored {
            Factored::Plain(f) => rows(f, columns, &[], &self.units),
            Factored::Twofold(f) => rows(f, columns, &self.low, &self.units),
        }
    }

    /// The sum of squares that `block` explains beyond `before` (positions of independent
    /// columns), and its degrees of freedom.
    pub(crate) fn explained_by(&self, before: &[usize], block: &[usize]) -> (f64, usize) {
        let (ss, df) = match &self.factored {
            Factored::Plain(f) => f.explained(before, block),
            Factored::Twofold(f) => f.explained(before, block),
        };
        (ss * self.unit * self.unit, df)
    }
}

fn scaled_one<R: Real>(x: &[f64], unit: f64) -> Vec<R> {
    let scale = 1.0 / unit;
    x.iter().map(|v| R::from_f64(v * scale)).collect()
}

fn scaled<R: Real>(columns: &[Vec<f64>], units: &[f64]) -> Vec<Vec<R>> {
    columns.iter().zip(units).map(|(c, u)| scaled_one(c, *u)).collect()
}

fn rows<R: Real>(factor: &Factor<R>, columns: &[Vec<f64>], low: &[Vec<f64>], units: &[f64]) -> Vec<Vec<f64>> {
    let inverse = factor.inverse();
    let zero = R::from_f64(0.0);
    let n = columns.first().map_or(0, Vec::len);
    (0..n)
        .map(|i| {
            let entry = |j: &usize| {
                let high = R::from_f64(columns[*j][i] / units[*j]);
                low.get(*j).map_or(high, |rest| high + R::from_f64(rest[i] / units[*j]))
            };
            let x: Vec<R> = factor.kept.iter().map(entry).collect();
            inverse
                .iter()
                .enumerate()
                .map(|(k, column)| x[..=k].iter().zip(column).fold(zero, |acc, (x, r)| acc + *x * *r).to_f64())
                .collect()
        })
        .collect()
}

/// What follows from a factor, in the units of the data.
struct Solved {
    aliased: Vec<usize>,
    coefficients: Vec<f64>,
    inverse: Vec<Vec<f64>>,
    rest: f64,
    explained: Vec<f64>,
    residuals: Vec<f64>,
}

impl Solved {
    fn of<R: Real>(factor: &Factor<R>, matrix: &[Vec<R>], units: &[f64], y: &[f64], y_unit: f64) -> Self {
        let b = factor.solution();
        let inverse = factor.inverse();
        let zero = R::from_f64(0.0);
        let kept: Vec<(&Vec<R>, f64)> = factor.kept.iter().map(|j| (&matrix[*j], 1.0 / units[*j])).collect();
        let mut residuals = Vec::with_capacity(y.len());
        let mut x = vec![zero; kept.len()];
        for (i, v) in y.iter().enumerate() {
            for (slot, (column, _)) in x.iter_mut().zip(&kept) {
                *slot = column[i];
            }
            let fitted = x.iter().zip(&b).fold(zero, |acc, (x, b)| acc + *x * *b);
            residuals.push((R::from_f64(v / y_unit) - fitted).to_f64() * y_unit);
        }
        let square = |z: &R| (*z * *z).to_f64() * y_unit * y_unit;
        Self {
            aliased: factor.aliased.clone(),
            coefficients: b.iter().zip(&kept).map(|(b, (_, u))| b.to_f64() * (y_unit * u)).collect(),
            inverse: kept
                .iter()
                .enumerate()
                .map(|(row, (_, u))| inverse.iter().map(|c| c[row].to_f64() * u).collect())
                .collect(),
            rest: factor.rest.to_f64() * y_unit * y_unit,
            explained: factor.z.iter().map(square).collect(),
            residuals,
        }
    }

    fn into_fit(self, factored: Factored, unit: f64, units: Vec<f64>, low: Vec<Vec<f64>>) -> Fit {
        Fit {
            factored,
            unit,
            rank: self.coefficients.len(),
            aliased: self.aliased,
            coefficients: self.coefficients,
            inverse: self.inverse,
            rest: self.rest,
            explained: self.explained,
            residuals: self.residuals,
            units,
            low,
        }
    }
}

/// Σ aᵢ bᵢ.
pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
