//! What every result carries besides its numbers: the method as a paper would print it, what was
//! used and dropped, what was found about the assumptions, what to be warned of, whom to cite.

use std::fmt;

use serde::{Serialize, Serializer};

/// The account a result gives of itself.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Account {
    /// The method's name as printed in a paper.
    pub method: &'static str,
    /// Observations used (pairs for paired procedures, rows for models).
    pub n_used: usize,
    /// Observations dropped because they were missing.
    pub n_dropped: usize,
    /// Findings about the assumptions. They never change the method.
    pub findings: Vec<Finding>,
    /// What a reader has to know before trusting the numbers.
    pub warnings: Vec<Warning>,
    /// Sources of the formulas.
    pub references: &'static [&'static str],
}

impl Account {
    pub(crate) fn new(
        method: &'static str,
        n_used: usize,
        n_dropped: usize,
        references: &'static [&'static str],
    ) -> Self {
        Self { method, n_used, n_dropped, findings: Vec::new(), warnings: Vec::new(), references }
    }
}

/// How an interval was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum IntervalKind {
    /// Student's t distribution.
    T,
    /// Normal approximation.
    Normal,
    /// Inversion of the noncentral t distribution.
    NoncentralT,
    /// Inversion of the noncentral F distribution.
    NoncentralF,
    /// Inversion of a rank test.
    RankInversion,
    /// Kaplan–Meier with Greenwood's variance on the log(−log) scale.
    LogLog,
    /// Bootstrap percentiles.
    BootstrapPercentile,
    /// Basic (reflected) bootstrap.
    BootstrapBasic,
    /// Bias-corrected and accelerated bootstrap.
    BootstrapBca,
    /// Studentized range (simultaneous).
    StudentizedRange,
    /// Distribution of the largest of several t statistics that share a control (simultaneous).
    Dunnett,
    /// Asymptotic, from the consistent variance estimate of the statistic.
    Asymptotic,
    /// Normal approximation of Fisher's z = artanh r.
    FisherZ,
    /// Clopper & Pearson: inversion of the exact binomial test.
    ClopperPearson,
    /// Wilson's score interval.
    Wilson,
    /// Wilson's score interval with continuity correction.
    WilsonContinuity,
    /// Agresti & Coull: Wald's interval after adding pseudo-observations.
    AgrestiCoull,
    /// Jeffreys' equal-tailed interval of the posterior under a Beta(½, ½) prior.
    Jeffreys,
    /// Newcombe's hybrid of two score intervals.
    Newcombe,
    /// Inversion of the exact test given the margins.
    ConditionalExact,
    /// Fisher's F distribution.
    F,
}

/// A confidence interval, in the unit of its estimate. One-sided intervals have an infinite end.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    /// Lower end.
    #[serde(serialize_with = "wire_number")]
    pub low: f64,
    /// Upper end.
    #[serde(serialize_with = "wire_number")]
    pub high: f64,
    /// Confidence level.
    pub level: f64,
    /// How it was made.
    pub kind: IntervalKind,
}

/// An estimate with its standard error, in the unit of the data.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Estimate {
    /// What is estimated, as printed.
    pub name: &'static str,
    /// Point estimate.
    pub value: f64,
    /// Standard error.
    pub se: f64,
}

/// An effect size, with its interval where one was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Effect {
    /// Its name as printed.
    pub name: &'static str,
    /// Its value; dimensionless. Infinite where the data leave no residual variation.
    #[serde(serialize_with = "wire_number")]
    pub value: f64,
    /// Its confidence interval.
    pub ci: Option<Interval>,
}

/// One sample as a result describes it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SampleSummary {
    /// Observations used.
    pub n: usize,
    /// Observations dropped because they were missing.
    pub n_dropped: usize,
    /// Mean, in the unit of the data.
    pub mean: f64,
    /// Standard deviation (divisor n − 1), in the unit of the data; 0 for one observation.
    pub sd: f64,
}

/// What a check of an assumption found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Finding {
    /// The assumption, in words.
    pub assumption: &'static str,
    /// The method that looked at it.
    pub method: &'static str,
    /// Its statistic.
    pub statistic: f64,
    /// Its p-value.
    pub p: f64,
}

/// What a reader has to know before trusting a result.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Warning {
    /// Few observations: the result leans on its distributional assumption.
    FewObservations {
        /// Size of the smallest sample.
        n: usize,
    },
    /// Group sizes differ by more than a factor of 1.5.
    Unbalanced {
        /// Smallest group.
        smallest: usize,
        /// Largest group.
        largest: usize,
    },
    /// Variances differ by more than a factor of four while the method assumes them equal.
    Heteroscedastic {
        /// Largest variance over smallest.
        ratio: f64,
    },
    /// The spread is at the level of rounding of the values themselves.
    NearlyConstant,
    /// No variation is left within groups: the statistic is infinite and p is 0.
    NoResidualVariation,
    /// Tied values: the distribution used accounts for them approximately.
    Ties {
        /// Number of observations that share their value with another.
        tied: usize,
    },
    /// Differences of exactly zero.
    ZeroDifferences {
        /// How many.
        count: usize,
    },
    /// A normal approximation was used where the sample is small.
    ApproximateForSmallSample {
        /// Size of the smallest sample.
        n: usize,
    },
    /// The p-value comes from random resamples.
    MonteCarlo {
        /// Number of resamples.
        resamples: usize,
        /// Standard error of the p-value.
        p_se: f64,
    },
    /// The sample is outside the range the approximation was fitted for.
    OutsideFittedRange {
        /// Sample size.
        n: usize,
    },
    /// The observed confidence level of a discrete interval falls short of the one asked for.
    LevelNotReached {
        /// Level that was asked for.
        asked: f64,
        /// Level that the sample size allows.
        reached: f64,
    },
    /// Observations are clustered while the method takes them as independent.
    RepeatedItems {
        /// Number of clusters.
        clusters: usize,
    },
    /// A model column nearly depends on the others.
    NearCollinear {
        /// Largest variance inflation factor.
        vif: f64,
    },
    /// Some combinations of factor levels have no observation.
    EmptyCells {
        /// How many.
        count: usize,
    },
    /// Counts vary more than the Poisson distribution says: its standard errors are too small.
    Overdispersed {
        /// Pearson's χ² over its degrees of freedom.
        ratio: f64,
    },
    /// A variance is estimated as 0, at the boundary of what it can be.
    SingularFit,
    /// Expected counts below five: the χ² approximation is poor.
    LowExpectedCounts {
        /// Number of cells.
        cells: usize,
        /// The smallest expected count.
        smallest: f64,
    },
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FewObservations { n } => write!(f, "few observations (n = {n})"),
            Self::Unbalanced { smallest, largest } => {
                write!(f, "unbalanced groups ({smallest} to {largest} observations)")
            }
            Self::Heteroscedastic { ratio } => {
                write!(f, "variances differ by a factor of {ratio:.1}")
            }
            Self::NearlyConstant => f.write_str("the spread is at the level of rounding"),
            Self::NoResidualVariation => f.write_str("no variation within groups: the statistic is infinite"),
            Self::Ties { tied } => write!(f, "{tied} tied observations"),
            Self::ZeroDifferences { count } => write!(f, "{count} differences are zero"),
            Self::ApproximateForSmallSample { n } => {
                write!(f, "normal approximation for a small sample (n = {n})")
            }
            Self::MonteCarlo { resamples, p_se } => {
                write!(f, "p from {resamples} random resamples (standard error {p_se:.1e})")
            }
            Self::OutsideFittedRange { n } => {
                write!(f, "n = {n} is outside the range the approximation was fitted for")
            }
            Self::LevelNotReached { asked, reached } => {
                write!(f, "level {asked} cannot be reached; the interval has {reached:.4}")
            }
            Self::RepeatedItems { clusters } => {
                write!(f, "observations repeat within {clusters} items and are not independent")
            }
            Self::NearCollinear { vif } => {
                write!(f, "nearly collinear columns (variance inflation {vif:.0})")
            }
            Self::EmptyCells { count } => {
                write!(f, "{count} combinations of levels have no observation")
            }
            Self::Overdispersed { ratio } => {
                write!(f, "counts vary {ratio:.1} times as much as a Poisson distribution")
            }
            Self::SingularFit => f.write_str("singular fit: the variance between groups is estimated as 0"),
            Self::LowExpectedCounts { cells, smallest } => {
                write!(f, "{cells} expected counts below 5 (smallest {smallest:.2})")
            }
        }
    }
}

/// Writes a number as JSON can hold it: non-finite values become "NaN", "Infinity", "-Infinity".
pub(crate) fn wire_number<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    if value.is_finite() {
        serializer.serialize_f64(*value)
    } else if value.is_nan() {
        serializer.serialize_str("NaN")
    } else if *value > 0.0 {
        serializer.serialize_str("Infinity")
    } else {
        serializer.serialize_str("-Infinity")
    }
}
