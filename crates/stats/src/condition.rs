//! Why a number does not exist. A procedure that cannot answer says which of these it met;
//! it never answers with NaN and never panics.

use serde::Serialize;

/// A typed condition under which a procedure has no answer.
#[derive(Debug, Clone, PartialEq, Serialize, thiserror::Error)]
#[serde(tag = "condition", rename_all = "snake_case")]
#[non_exhaustive]
pub enum StatError {
    /// No observation is left.
    #[error("{what}: no observations")]
    Empty {
        /// The sample or argument concerned.
        what: &'static str,
    },
    /// Fewer observations (or groups) than the procedure needs.
    #[error("{what}: needs at least {needed}, has {found}")]
    TooFew {
        /// The sample or argument concerned.
        what: &'static str,
        /// The least number that would do.
        needed: usize,
        /// The number there is.
        found: usize,
    },
    /// The data are constant where variation is what the procedure measures against.
    #[error("cannot be computed: no variation in {what}")]
    NoVariation {
        /// The sample or quantity that does not vary.
        what: &'static str,
    },
    /// An infinite value. Infinities are never missing values: no policy drops them.
    #[error("{what}: the value at index {index} is not finite")]
    NonFinite {
        /// The sample or argument concerned.
        what: &'static str,
        /// Its position, from 0.
        index: usize,
    },
    /// Missing values (NaN) under [`MissingPolicy::Refuse`](crate::MissingPolicy).
    #[error("{what}: {count} missing values, and the policy is to refuse them")]
    Missing {
        /// The sample or argument concerned.
        what: &'static str,
        /// How many are missing.
        count: usize,
    },
    /// Two arguments that must have one length do not.
    #[error("{what}: lengths differ ({left} and {right})")]
    LengthMismatch {
        /// The arguments concerned.
        what: &'static str,
        /// Length of the first.
        left: usize,
        /// Length of the second.
        right: usize,
    },
    /// An option outside its range.
    #[error("option {option}: {found} is outside {range}")]
    InvalidOption {
        /// The option's name.
        option: &'static str,
        /// What was given, as text (it may be NaN).
        found: String,
        /// The range it must lie in.
        range: &'static str,
    },
    /// The columns of a model are linearly dependent.
    #[error("rank deficient: {columns} columns of rank {rank}; dependent on earlier ones: {aliased:?}")]
    RankDeficient {
        /// Numerical rank.
        rank: usize,
        /// Number of columns.
        columns: usize,
        /// Columns (from 0) that depend on the ones before them.
        aliased: Vec<usize>,
    },
    /// No event was observed, only censored times: nothing can be said about what hastens events.
    #[error("{what}: no event observed, all times are censored")]
    NoEvents {
        /// The argument concerned.
        what: &'static str,
    },
    /// A combination of regressors tells the outcomes apart without error: the likelihood rises
    /// for ever along it and no finite estimate exists.
    #[error("separation: regressors {columns:?} (from 0) predict the outcome perfectly, so no finite estimate exists")]
    Separation {
        /// The regressors (from 0, the constant not counted) whose coefficients go to infinity.
        columns: Vec<usize>,
    },
    /// The answer exists but does not fit into a 64-bit float.
    #[error("{what}: outside the range of a 64-bit float")]
    OutOfRange {
        /// The quantity concerned.
        what: &'static str,
    },
    /// An iteration did not settle.
    #[error("{what}: the iteration did not converge")]
    NotConverged {
        /// The quantity concerned.
        what: &'static str,
    },
}

impl StatError {
    /// True where the data, not the call, are the reason: constant, too few, empty, all missing, all censored.
    pub fn is_degenerate(&self) -> bool {
        matches!(self, Self::Empty { .. } | Self::TooFew { .. } | Self::NoVariation { .. } | Self::NoEvents { .. })
    }
}
