//! Statistics: slices in, typed results out.
//!
//! A procedure takes slices of numbers and plain options, and returns a struct that says what was
//! estimated, how (the method's name as a paper prints it), with which interval, statistic,
//! degrees of freedom and p-value, from how many observations, and what to be warned of. Where
//! there is no answer it returns a typed [`StatError`]; no public function of a procedure returns
//! NaN or panics, whatever the data.
//!
//! What belongs here: estimators, tests, intervals, effect sizes, distributions. What deliberately
//! does not: input and output, clocks, threads, Ergon's own types, and the choice of the
//! procedure, which is `ergon-analysis`'s.
//!
//! Missing values are NaN; [`MissingPolicy`] says what to do with them. Infinite values are
//! always refused. Samples, groups and pairs keep the order in which they are given; a difference
//! is always first minus second. Everything transcendental comes from `libm`, so results do not
//! depend on the platform.

mod account;
mod anova_oneway;
mod condition;
mod descriptive;
pub mod dist;
mod effect_paired;
mod effect_two_sample;
mod groups;
mod hedges;
mod mann_whitney;
mod missing;
mod moments;
mod one_sample;
mod options;
mod p_adjust;
mod paired;
mod pairwise_t;
mod quantile;
mod ranks;
mod special;
mod student;
mod sum;
mod t_test;
mod two_samples;
mod welch;
mod welch_anova;

pub use account::{Account, Effect, Estimate, Finding, Interval, IntervalKind, SampleSummary, Warning};
pub use anova_oneway::{AnovaOneWay, anova_oneway};
pub use condition::StatError;
pub use descriptive::{DESCRIPTIVE_PROBABILITIES, Descriptive, descriptive};
pub use effect_paired::{EffectPaired, effect_paired};
pub use effect_two_sample::{EffectTwoSample, effect_two_sample};
pub use hedges::hedges_correction;
pub use mann_whitney::{MannWhitney, RankMethod, mann_whitney};
pub use missing::MissingPolicy;
pub use one_sample::t_one_sample;
pub use options::{Alternative, TestOptions};
pub use p_adjust::{Adjustment, p_adjust};
pub use paired::t_paired;
pub use pairwise_t::{PairComparison, PairVariance, PairwiseT, pairwise_t};
pub use quantile::{QuantileType, quantiles};
pub use student::t_student;
pub use t_test::TTest;
pub use welch::t_welch;
pub use welch_anova::{WelchAnova, welch_anova};
