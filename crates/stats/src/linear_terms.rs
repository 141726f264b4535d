//! The columns of a linear model: factors coded to sum to zero, covariates as they are, and the
//! products of both for interactions.

use crate::StatError;
use crate::linear_model::SumsOfSquares;
use crate::missing::MissingPolicy;
use crate::sum::sum;

/// A predictor of a linear model, by row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Predictor<'a> {
    /// A factor: the level of every row, from 0 without gaps.
    Factor {
        /// Its name, for the table of terms.
        name: &'a str,
        /// Level by row.
        levels: &'a [usize],
    },
    /// A covariate.
    Covariate {
        /// Its name, for the table of terms.
        name: &'a str,
        /// Value by row, in its own unit.
        values: &'a [f64],
    },
}

impl Predictor<'_> {
    fn len(&self) -> usize {
        match self {
            Self::Factor { levels, .. } => levels.len(),
            Self::Covariate { values, .. } => values.len(),
        }
    }
}

/// What is remembered of a predictor.
#[derive(Debug, Clone, PartialEq)]
enum Coding {
    Factor { levels: usize },
    Covariate { mean: f64 },
}

/// Which columns belong to which term.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Design {
    names: Vec<String>,
    codings: Vec<Coding>,
    terms: Vec<Vec<usize>>,
    /// First column of each term, and the number of all columns at the end. Column 0 is the
    /// constant.
    starts: Vec<usize>,
}

/// The code of `level` in column `column` of a factor: 1 for its own level, −1 for the last.
fn code(level: usize, column: usize, levels: usize) -> f64 {
    if level == column {
        1.0
    } else if level == levels - 1 {
        -1.0
    } else {
        0.0
    }
}

impl Design {
    /// The rows without a missing value.
    pub(crate) fn rows(
        y: &[f64],
        predictors: &[Predictor<'_>],
        missing: MissingPolicy,
    ) -> Result<Vec<usize>, StatError> {
        let mut numeric: Vec<&[f64]> = vec![y];
        for predictor in predictors {
            if predictor.len() != y.len() {
                return Err(StatError::LengthMismatch {
                    what: "y and a predictor",
                    left: y.len(),
                    right: predictor.len(),
                });
            }
            if let Predictor::Covariate { values, .. } = predictor {
                numeric.push(values);
            }
        }
        for column in &numeric {
            if let Some(index) = column.iter().position(|v| v.is_infinite()) {
                return Err(StatError::NonFinite { what: "a column", index });
            }
        }
        let rows: Vec<usize> = (0..y.len()).filter(|i| numeric.iter().all(|c| !c[*i].is_nan())).collect();
        if rows.len() < y.len() && missing == MissingPolicy::Refuse {
            return Err(StatError::Missing { what: "rows", count: y.len() - rows.len() });
        }
        if rows.is_empty() {
            return Err(StatError::Empty { what: "rows" });
        }
        Ok(rows)
    }

    /// The design and its columns over `rows`, the constant first.
    pub(crate) fn of(
        predictors: &[Predictor<'_>],
        terms: &[Vec<usize>],
        rows: &[usize],
    ) -> Result<(Self, Vec<Vec<f64>>), StatError> {
        let mut own: Vec<Vec<Vec<f64>>> = Vec::with_capacity(predictors.len());
        let mut codings = Vec::with_capacity(predictors.len());
        let mut names = Vec::with_capacity(predictors.len());
        for predictor in predictors {
            let (name, coding, columns) = match predictor {
                Predictor::Factor { name, levels } => {
                    let count = level_count(levels, rows)?;
                    let columns =
                        (0..count - 1).map(|c| rows.iter().map(|i| code(levels[*i], c, count)).collect()).collect();
                    (name, Coding::Factor { levels: count }, columns)
                }
                Predictor::Covariate { name, values } => {
                    let column: Vec<f64> = rows.iter().map(|i| values[*i]).collect();
                    let n = column.len() as f64;
                    let mean = sum(column.iter().map(|v| v / n));
                    (name, Coding::Covariate { mean }, vec![column])
                }
            };
            names.push((*name).to_owned());
            codings.push(coding);
            own.push(columns);
        }
        let mut columns = vec![vec![1.0; rows.len()]];
        let mut starts = Vec::with_capacity(terms.len() + 1);
        for term in terms {
            let mut distinct = term.clone();
            distinct.sort_unstable();
            distinct.dedup();
            let known = term.iter().all(|i| *i < predictors.len());
            if term.is_empty() || distinct.len() < term.len() || !known {
                return Err(StatError::InvalidOption {
                    option: "terms",
                    found: format!("{term:?}"),
                    range: "non-empty lists of different predictors",
                });
            }
            starts.push(columns.len());
            let mut product = vec![vec![1.0; rows.len()]];
            for predictor in term {
                product =
                    product.iter().flat_map(|left| own[*predictor].iter().map(|right| times(left, right))).collect();
            }
            columns.append(&mut product);
        }
        starts.push(columns.len());
        let design = Self { names, codings, terms: terms.to_vec(), starts };
        Ok((design, columns))
    }

    /// The printed name of a term.
    pub(crate) fn name(&self, term: usize) -> String {
        let names: Vec<&str> = self.terms[term].iter().map(|i| self.names[*i].as_str()).collect();
        names.join(":")
    }

    /// The columns of a term.
    pub(crate) fn columns_of(&self, term: usize) -> Vec<usize> {
        (self.starts[term]..self.starts[term + 1]).collect()
    }

    /// The columns that a term is adjusted for.
    pub(crate) fn adjusted_for(&self, term: usize, sums: SumsOfSquares) -> Vec<usize> {
        let contains = |other: usize| self.terms[term].iter().all(|p| self.terms[other].contains(p));
        let mut columns = vec![0];
        for other in 0..self.terms.len() {
            let wanted = match sums {
                SumsOfSquares::Sequential => other < term,
                SumsOfSquares::Marginal => !contains(other),
                SumsOfSquares::Partial => other != term,
            };
            if wanted {
                columns.extend(self.columns_of(other));
            }
        }
        columns
    }

    /// Number of levels of the factor at a position.
    pub(crate) fn levels(&self, predictor: usize) -> Result<usize, StatError> {
        match self.codings.get(predictor) {
            Some(Coding::Factor { levels }) => Ok(*levels),
            _ => Err(StatError::InvalidOption {
                option: "predictor",
                found: predictor.to_string(),
                range: "positions of factors",
            }),
        }
    }

    /// The design row of a level: other factors averaged with equal weights (their codes sum to
    /// zero), covariates at their means.
    pub(crate) fn weights(&self, factor: usize, level: usize) -> Vec<f64> {
        let mut weights = vec![1.0];
        for term in &self.terms {
            let mut product = vec![1.0];
            for predictor in term {
                let own: Vec<f64> = match &self.codings[*predictor] {
                    Coding::Factor { levels } if *predictor == factor => {
                        (0..levels - 1).map(|c| code(level, c, *levels)).collect()
                    }
                    Coding::Factor { levels } => vec![0.0; levels - 1],
                    Coding::Covariate { mean } => vec![*mean],
                };
                product = product.iter().flat_map(|left| own.iter().map(move |right| left * right)).collect();
            }
            weights.append(&mut product);
        }
        weights
    }
}

fn times(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a * b).collect()
}

/// The number of levels, each of which must occur.
fn level_count(levels: &[usize], rows: &[usize]) -> Result<usize, StatError> {
    let last = rows.iter().map(|i| levels[*i]).max().unwrap_or(0);
    if last >= rows.len() {
        return Err(StatError::Empty { what: "a level of a factor" });
    }
    let mut seen = vec![false; last + 1];
    for i in rows {
        seen[levels[*i]] = true;
    }
    if seen.contains(&false) {
        return Err(StatError::Empty { what: "a level of a factor" });
    }
    if seen.len() < 2 {
        return Err(StatError::TooFew { what: "levels of a factor", needed: 2, found: seen.len() });
    }
    Ok(seen.len())
}
