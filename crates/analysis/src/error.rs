//! Why a question has no answer.

use ergon_domain::{MetricId, ParameterName};
use ergon_stats::StatError;

/// A question that can't be answered from this frame, with what would help.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum AnalysisError {
    /// No metric of this name.
    #[error("no metric '{name}'; the campaign has {}", list(.available))]
    UnknownMetric {
        /// What was asked for.
        name: String,
        /// What there is.
        available: Vec<MetricId>,
    },
    /// No varied parameter of this name.
    #[error("'{name}' is not a factor here; the runs selected differ in {}", list(.available))]
    UnknownFactor {
        /// What was asked for.
        name: String,
        /// What varies.
        available: Vec<ParameterName>,
    },
    /// A level that no run has.
    #[error("no run has {factor} = {level}; its levels are {}", list(.available))]
    UnknownLevel {
        /// The factor.
        factor: ParameterName,
        /// What was asked for.
        level: String,
        /// Levels as printed.
        available: Vec<String>,
    },
    /// No phase of this name.
    #[error("no phase '{name}'; the campaign has {}", list(.available))]
    UnknownPhase {
        /// What was asked for.
        name: String,
        /// What there is.
        available: Vec<String>,
    },
    /// A filter that can't be read.
    #[error("{0}")]
    BadFilter(String),
    /// The selection leaves no run.
    #[error("no finished run matches the selection")]
    NoRuns,
    /// No run selected has a number for the metric.
    #[error("no run selected has a value of {metric} ({reasons})")]
    NoValues {
        /// The metric.
        metric: MetricId,
        /// What stands in place of the values.
        reasons: String,
    },
    /// Treatment and control never meet under the same other levels.
    #[error(
        "{factor}: no combination of the other factors has both {treatment} and {control}, so their difference can't \
         be told from that of {}; add runs that differ in {factor} alone, or select one level of the others", list(.others)
    )]
    Confounded {
        /// The factor.
        factor: ParameterName,
        /// Its level of interest.
        treatment: String,
        /// The level it is compared with.
        control: String,
        /// Parameters that differ along with it.
        others: Vec<ParameterName>,
    },
    /// An additive model can't separate the factor from others.
    #[error(
        "{factor}: the conditions run don't let an additive model tell its effect from that of {}; add conditions \
         in which they vary apart, or select one level of the others (where=[factor=level])", list(.others)
    )]
    Aliased {
        /// The factor.
        factor: ParameterName,
        /// The other parameters of the model.
        others: Vec<ParameterName>,
    },
    /// Too few replicates for the error to be estimated.
    #[error(
        "{found} complete replicate(s); replicates are the blocks of this comparison ({why}), so at least {needed} are \
         needed: set `replicates: {needed}` or more"
    )]
    TooFewReplicates {
        /// Complete replicates there are.
        found: usize,
        /// Least number that would do.
        needed: usize,
        /// What makes replicates blocks.
        why: String,
    },
    /// Not enough runs in any cell.
    #[error("{what}: {found} found, at least {needed} needed")]
    TooFewRuns {
        /// What there are too few of.
        what: String,
        /// Found.
        found: usize,
        /// Needed.
        needed: usize,
    },
    /// Means of times of which some are censored.
    #[error(
        "{censored} values of {metric} are censored (only a lower bound is known): a mean of the others would be too \
         small; ask for it `as: survival`"
    )]
    Censored {
        /// The metric.
        metric: MetricId,
        /// How many.
        censored: usize,
    },
    /// A ratio of values that are not positive.
    #[error("{count} values of {metric} are not above 0, so ratios don't exist; ask for `estimand: mean_difference`")]
    NotPositive {
        /// The metric.
        metric: MetricId,
        /// How many.
        count: usize,
    },
    /// A ratio of values that may lie on both sides of 0.
    #[error(
        "{metric} isn't bounded below by 0, so a ratio of its means says nothing; ask for `estimand: mean_difference`"
    )]
    NotRatioScale {
        /// The metric.
        metric: MetricId,
    },
    /// A ratio whose denominator can't be told from 0.
    #[error(
        "{factor} = {control}: its mean can't be told from 0 at this confidence, so no bounded interval of a ratio to it \
         exists; ask for `estimand: mean_difference`, or add replicates"
    )]
    UnboundedRatio {
        /// The factor.
        factor: ParameterName,
        /// The level in the denominator.
        control: String,
    },
    /// Values other than 0 and 1 where yes or no is needed.
    #[error("{count} values of {metric} are neither 0 nor 1, so odds don't exist; ask for `estimand: {instead}`")]
    NotBinary {
        /// The metric.
        metric: MetricId,
        /// How many.
        count: usize,
        /// What would do.
        instead: &'static str,
    },
    /// An odds or hazard ratio of 0 or infinity.
    #[error("{what}: the ratio would be 0 or infinite, and no interval exists; more runs may tell")]
    Separated {
        /// What lies on one side only.
        what: String,
    },
    /// A factor whose levels are no numbers.
    #[error("{factor} = {level} is no number, so there is no slope on it; ask for a comparison")]
    NotNumeric {
        /// The factor.
        factor: ParameterName,
        /// The level.
        level: String,
    },
    /// A metric of which neither more nor less is better.
    #[error("{metric} has no better side, so nothing is lost of it; ask for a trend or a comparison")]
    NoBetterSide {
        /// The metric.
        metric: MetricId,
    },
    /// Runs without which there is nothing to compare with.
    #[error("no run has {wanted}, which an answer about {factor} needs; add it to the spec's factors")]
    NoBaseline {
        /// The factor.
        factor: ParameterName,
        /// What is missing.
        wanted: String,
    },
    /// No group of runs could be answered for.
    #[error("no group of runs has an answer over {factor}; the first says: {first}")]
    NoGroup {
        /// The factor.
        factor: ParameterName,
        /// Why the first has none.
        first: String,
    },
    /// Factors that can't be told apart once a fold is held out.
    #[error("with a fold held out, the levels of {} can't be told apart any more; use fewer factors, or more folds", list(.factors))]
    Untold {
        /// The factors.
        factors: Vec<ParameterName>,
    },
    /// Joules that can't be compared between runs.
    #[error("no orchestration tax from {metric}: {reason}")]
    NoValidEnergy {
        /// The metric.
        metric: MetricId,
        /// What is wrong with the joules there are.
        reason: String,
    },
    /// A procedure or estimand that isn't built or doesn't fit.
    #[error("{asked} is not available here; available: {}", .available.join(", "))]
    NotAvailable {
        /// What was asked for.
        asked: String,
        /// What would do.
        available: Vec<&'static str>,
    },
    /// A contrast of fewer than two levels.
    #[error("{factor} has {found} level in the runs selected; a comparison needs two")]
    OneLevel {
        /// The factor.
        factor: ParameterName,
        /// Levels found.
        found: usize,
    },
    /// The statistics have no answer.
    #[error("{0}")]
    Statistics(#[from] StatError),
}

fn list<T: ToString>(names: &[T]) -> String {
    if names.is_empty() {
        return "none".into();
    }
    names.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
