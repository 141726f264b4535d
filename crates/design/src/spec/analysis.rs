//! Sections `analysis` and `export`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::hypothesis::{Estimand, FrameChoice};

/// What will be asked of the data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Analysis {
    /// Correction for several tests.
    pub correction: Correction,
    /// Level of intervals, between 0 and 1.
    pub confidence: f64,
    /// Questions, in the order of the report.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub questions: Vec<Question>,
    /// Rules between phases, `PHASE: METRIC > NUMBER`, that `ergon next` decides.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<String>,
}

impl Default for Analysis {
    fn default() -> Self {
        Self { correction: Correction::Holm, confidence: 0.95, questions: Vec::new(), rules: Vec::new() }
    }
}

/// Correction for several tests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Correction {
    /// None.
    None,
    /// Bonferroni.
    Bonferroni,
    /// Holm.
    #[default]
    Holm,
    /// Hochberg.
    Hochberg,
    /// Šidák.
    Sidak,
    /// Holm–Šidák.
    HolmSidak,
    /// Benjamini–Hochberg.
    BenjaminiHochberg,
    /// Benjamini–Yekutieli.
    BenjaminiYekutieli,
}

/// One question.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// The response.
    pub metric: String,
    /// Factors it is broken down by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by: Vec<String>,
    /// What kind of answer; from the metric's family when left out.
    #[serde(default, rename = "as", skip_serializing_if = "Option::is_none")]
    pub kind: Option<QuestionKind>,
    /// `auto` or the name of a procedure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test: Option<String>,
    /// What is estimated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimand: Option<Estimand>,
    /// Which runs; all when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frame: Option<FrameChoice>,
    /// Share of the best mean that may be lost before a size is over the limit, between 0 and 1 (`as: scalability`);
    /// 0.2 when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loss: Option<f64>,
    /// Where a response counts as fallen: a share of its baseline such as `50% of baseline` (`as: dependency`,
    /// `as: threshold`); 50 % when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threshold: Option<String>,
    /// Smallest difference of interest, a share of full marks between 0 and 1 (`as: ab_test`); 0.05 when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub smallest_difference: Option<f64>,
    /// Folds, at least 2 (`as: cross_validation`); 5 when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folds: Option<u32>,
}

/// What kind of answer a question wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum QuestionKind {
    /// Descriptive statistics alone.
    Descriptive,
    /// Differences between levels.
    Comparison,
    /// Times to an event, some of them censored.
    Survival,
    /// Slope and curvature over the first factor, a numeric one; in each level of the second, where there is one.
    Trend,
    /// The levels of the factor ranked, and which of them are told apart.
    Ranking,
    /// The response over the first factor, a size, and the size that loses too much; a curve per level of the second,
    /// where there is one.
    Scalability,
    /// Means over two factors.
    Grid,
    /// How well an additive model of the factors predicts conditions that it hasn't seen.
    CrossValidation,
    /// The response of each way of working as a multiple of the first's (or of `linear`'s), over pairs of runs that differ
    /// in the factor alone.
    Tax,
    /// The response per right answer, and per token beside it.
    PerCorrect,
    /// Shares of the response by part of the work.
    PhaseShares,
    /// Which factors go with a yes of the metric: shares by level, and odds ratios adjusted for the other factors.
    SuccessFactors,
    /// The metric per USD at each level of each factor.
    CostEfficiency,
    /// Whether strong agents take from weak ones: by the weak model, the strong model and, where there is one, the level
    /// of competition (`negotiation`).
    Exploitation,
    /// How much of what there is to have is had (`negotiation`).
    Efficiency,
    /// How far the response falls over the first factor, a level of transformation whose 0 is the untouched text; a curve
    /// per level of the second, where there is one.
    Dependency,
    /// The level at which the response falls below a share of its baseline; factors as for `dependency`.
    Threshold,
    /// Whether the response survives other words (`paraphrase` in the first factor, a way of transforming) better than a
    /// changed surface; the second factor is the level, the third groups.
    Contamination,
    /// The second level of the factor against the first, on the same items, right or wrong each.
    AbTest,
}

impl QuestionKind {
    /// Name in a spec.
    pub fn name(self) -> &'static str {
        match self {
            Self::Descriptive => "descriptive",
            Self::Comparison => "comparison",
            Self::Survival => "survival",
            Self::Trend => "trend",
            Self::Ranking => "ranking",
            Self::Scalability => "scalability",
            Self::Grid => "grid",
            Self::CrossValidation => "cross_validation",
            Self::Tax => "tax",
            Self::PerCorrect => "per_correct",
            Self::PhaseShares => "phase_shares",
            Self::SuccessFactors => "success_factors",
            Self::CostEfficiency => "cost_efficiency",
            Self::Exploitation => "exploitation",
            Self::Efficiency => "efficiency",
            Self::Dependency => "dependency",
            Self::Threshold => "threshold",
            Self::Contamination => "contamination",
            Self::AbTest => "ab_test",
        }
    }

    /// The fewest and the most factors that `by` may name.
    pub fn factors(self) -> (usize, usize) {
        match self {
            Self::Descriptive | Self::Comparison | Self::Survival => (0, usize::MAX),
            Self::Tax | Self::PerCorrect | Self::PhaseShares | Self::AbTest => (1, 1),
            Self::Trend | Self::Scalability | Self::Efficiency | Self::Dependency | Self::Threshold => (1, 2),
            Self::Ranking | Self::CrossValidation | Self::SuccessFactors | Self::CostEfficiency => (1, usize::MAX),
            Self::Grid => (2, 2),
            Self::Exploitation | Self::Contamination => (2, 3),
        }
    }
}

/// What is written when the campaign ends. Free to edit.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Export {
    /// Data formats.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub formats: Vec<String>,
    /// Whether LaTeX tables are written.
    pub latex_tables: bool,
    /// Whether a replication package is written.
    pub package: bool,
}
