//! An analysis: the answer to one question, with everything a reader needs to trust or doubt it.

use std::collections::BTreeMap;
use std::fmt;

use ergon_domain::{Digest, MetricId, WireNumber};
use serde::{Serialize, Serializer};

use crate::detail::Detail;

/// A number on the wire: `null` never stands for infinity or NaN.
pub(crate) fn wire<S: Serializer>(x: &f64, s: S) -> Result<S::Ok, S::Error> {
    WireNumber(*x).serialize(s)
}

pub(crate) fn wire_option<S: Serializer>(x: &Option<f64>, s: S) -> Result<S::Ok, S::Error> {
    x.map(WireNumber).serialize(s)
}

/// The answer to one question.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct Analysis {
    /// Digest of question, procedure and frame: the same question to the same data has the same id.
    pub id: Digest,
    /// What was asked.
    pub question: Question,
    /// What kind of answer this is.
    pub kind: AnalysisKind,
    /// Name of the procedure as printed in a paper.
    pub procedure: String,
    /// What was estimated, by name (`mean_difference`, `ratio`, `median`, `mean_treatment` …).
    pub estimates: BTreeMap<String, Estimate>,
    /// The levels in numbers, in the order of the spec.
    pub levels: Vec<LevelSummary>,
    /// The test statistic.
    pub statistic: Option<Statistic>,
    /// Degrees of freedom, numerator first.
    pub df: Vec<WireNumber>,
    /// p-value of this test alone.
    pub p: Option<f64>,
    /// p-value corrected over `family`.
    pub p_adjusted: Option<f64>,
    /// The tests it was corrected with.
    pub family: Option<FamilyOfTests>,
    /// Standardised size.
    pub effect: Option<EffectSize>,
    /// Interval of the main estimate.
    pub ci: Option<Interval>,
    /// Runs used.
    pub n: usize,
    /// What a test rests on, `n` being the runs in it (`runs`, `5 replicates as blocks` …) as words for a table note.
    pub unit_of_analysis: String,
    /// Runs not used, with reasons.
    pub dropped: Vec<Dropped>,
    /// The same contrast in each cell of the other factors.
    pub heterogeneity: Vec<CellContrast>,
    /// Robust procedures shown beside the result; they never replace it.
    pub companions: Vec<Companion>,
    /// What checks of assumptions found; they never switch the procedure.
    pub assumptions: Vec<Assumption>,
    /// What to know before trusting the numbers.
    pub warnings: Vec<Warning>,
    /// Why there is no p-value, where there is none though one was asked for.
    pub not_tested: Option<String>,
    /// Weakest provenance among the readings used: `measured`, `derived`, `estimated` or `simulated`.
    pub provenance: String,
    /// Readings used by provenance.
    pub provenances: BTreeMap<String, usize>,
    /// Whether a simulated model is behind any reading used: such results are not evidence about real models.
    pub simulated_model: bool,
    /// How the procedure was decided on, in plain sentences.
    pub trail: Vec<String>,
    /// Sources of the formulas.
    pub references: Vec<String>,
    /// What a figure of it draws, beyond `levels` and `heterogeneity`.
    pub detail: Option<Detail>,
    /// The data it saw.
    pub frame: FrameRef,
}

impl Analysis {
    /// The estimate of what was asked for; `None` where nothing was estimated.
    ///
    /// It goes by the name of the estimand, but for the mean log ratio, which is shown as a ratio of geometric means.
    pub fn main_estimate(&self) -> Option<&Estimate> {
        let name = if self.question.estimand == "log_ratio" { "ratio" } else { &self.question.estimand };
        self.estimates.get(name)
    }
}

/// What was asked.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct Question {
    /// As a sentence.
    pub text: String,
    /// The response.
    pub metric: MetricId,
    /// Its title.
    pub metric_title: String,
    /// Its unit.
    pub unit: String,
    /// The factor compared, where there is one.
    pub factor: Option<String>,
    /// The level of interest, as printed.
    pub treatment: Option<String>,
    /// The level it is compared with.
    pub control: Option<String>,
    /// Factors of a breakdown.
    pub by: Vec<String>,
    /// What is estimated (`mean_difference`, `log_ratio` …).
    pub estimand: String,
    /// Direction of the test: `greater`, `less` or `two_sided`.
    pub direction: String,
    /// Whether it was written down before the data.
    pub role: Role,
}

/// Whether a question was asked before the data were seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// In the spec.
    Planned,
    /// Asked afterwards, or by default.
    Exploratory,
}

/// Kinds of analyses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum AnalysisKind {
    /// Levels or cells in numbers, nothing tested.
    Descriptive,
    /// Two levels compared.
    Contrast,
    /// More than two levels tested at once.
    Omnibus,
    /// Times to an event.
    Survival,
    /// One level's mean against a number.
    Mean,
    /// Levels ranked over the cells they share.
    Ranking,
    /// A slope on a numeric factor, with its curvature.
    Regression,
    /// A response over a size, and its limit.
    Scalability,
    /// Means over two factors.
    Grid,
    /// Prediction of conditions that weren't seen.
    CrossValidation,
    /// Ways of working as multiples of one of them, over pairs.
    Tax,
    /// A response per right answer and per token.
    PerCorrect,
    /// A response by part of the work.
    PhaseShares,
    /// Which factors go with a yes.
    SuccessFactors,
    /// A metric per dollar.
    CostEfficiency,
    /// What strong agents take from weak ones.
    Exploitation,
    /// How much of what there is to have is had.
    Efficiency,
    /// How much a response depends on the surface of what was asked.
    Dependency,
    /// Where a response falls below a share of its baseline.
    Threshold,
    /// Other words against a changed surface.
    Contamination,
    /// Two levels on the same items.
    AbTest,
}

/// An estimate with what is known of its uncertainty.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct Estimate {
    /// The value.
    #[serde(serialize_with = "wire")]
    #[ts(as = "WireNumber")]
    pub value: f64,
    /// Its standard error.
    #[serde(serialize_with = "wire_option")]
    #[ts(as = "Option<WireNumber>")]
    pub se: Option<f64>,
    /// Its interval.
    pub ci: Option<Interval>,
    /// Its unit.
    pub unit: String,
}

/// An interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct Interval {
    /// Lower end.
    #[serde(serialize_with = "wire")]
    #[ts(as = "WireNumber")]
    pub lo: f64,
    /// Upper end.
    #[serde(serialize_with = "wire")]
    #[ts(as = "WireNumber")]
    pub hi: f64,
    /// Confidence level.
    pub level: f64,
}

/// A test statistic.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct Statistic {
    /// Its letter (`t`, `F`, `χ²`).
    pub name: String,
    /// Its value.
    #[serde(serialize_with = "wire")]
    #[ts(as = "WireNumber")]
    pub value: f64,
}

/// A standardised effect size.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct EffectSize {
    /// Its name as printed.
    pub name: String,
    /// Its value.
    #[serde(serialize_with = "wire")]
    #[ts(as = "WireNumber")]
    pub value: f64,
    /// Lower end of its interval.
    #[serde(serialize_with = "wire_option")]
    #[ts(as = "Option<WireNumber>")]
    pub lo: Option<f64>,
    /// Upper end of its interval.
    #[serde(serialize_with = "wire_option")]
    #[ts(as = "Option<WireNumber>")]
    pub hi: Option<f64>,
    /// Level of its interval.
    pub level: f64,
}

/// The family of tests a p-value was corrected over.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct FamilyOfTests {
    /// In words.
    pub name: String,
    /// Number of tests in it.
    pub size: usize,
    /// The correction's name as printed.
    pub correction: String,
}

/// One level (or cell) in numbers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ts_rs::TS)]
pub struct LevelSummary {
    /// The level, or the cell's levels joined.
    pub label: String,
    /// Factor and level, in the order asked.
    pub levels: Vec<(String, String)>,
    /// Runs with a number.
    pub n: usize,
    /// Mean; absent where values are censored.
    #[serde(serialize_with = "wire_option")]
    #[ts(as = "Option<WireNumber>")]
    pub mean: Option<f64>,
    /// Standard deviation (divisor n − 1).
    #[serde(serialize_with = "wire_option")]
    #[ts(as = "Option<WireNumber>")]
    pub sd: Option<f64>,
    /// Standard error of the mean.
    #[serde(serialize_with = "wire_option")]
    #[ts(as = "Option<WireNumber>")]
    pub se: Option<f64>,
    /// Interval of the mean.
    pub ci: Option<Interval>,
    /// Median (of survival times: Kaplan–Meier).
    #[serde(serialize_with = "wire_option")]
    #[ts(as = "Option<WireNumber>")]
    pub median: Option<f64>,
    /// Lower quartile.
    #[serde(serialize_with = "wire_option")]
    #[ts(as = "Option<WireNumber>")]
    pub q1: Option<f64>,
    /// Upper quartile.
    #[serde(serialize_with = "wire_option")]
    #[ts(as = "Option<WireNumber>")]
    pub q3: Option<f64>,
    /// Smallest value.
    #[serde(serialize_with = "wire_option")]
    #[ts(as = "Option<WireNumber>")]
    pub min: Option<f64>,
    /// Largest value.
    #[serde(serialize_with = "wire_option")]
    #[ts(as = "Option<WireNumber>")]
    pub max: Option<f64>,
    /// Runs with a censored value.
    pub censored: usize,
    /// Runs without a value, with reasons.
    pub missing: Vec<Dropped>,
    /// Weakest provenance of the values.
    pub provenance: String,
}

/// Runs not used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ts_rs::TS)]
pub struct Dropped {
    /// Why.
    pub reason: String,
    /// How many.
    pub count: usize,
}

/// A contrast within one cell of the other factors.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct CellContrast {
    /// The cell's levels.
    pub cell: String,
    /// Runs of the treatment.
    pub n_treatment: usize,
    /// Runs of the control.
    pub n_control: usize,
    /// Treatment minus control (on the scale of the estimand: a ratio for log ratios).
    #[serde(serialize_with = "wire")]
    #[ts(as = "WireNumber")]
    pub estimate: f64,
    /// Its standard error on the scale of the test, where the cell has enough runs.
    #[serde(serialize_with = "wire_option")]
    #[ts(as = "Option<WireNumber>")]
    pub se: Option<f64>,
    /// Its interval, where the cell has enough runs.
    pub ci: Option<Interval>,
}

/// A robust procedure beside the result.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct Companion {
    /// Name as printed.
    pub procedure: String,
    /// Its p-value.
    pub p: Option<f64>,
    /// Its own estimate, where it has one.
    pub estimate: Option<Estimate>,
    /// What it says that the main result doesn't.
    pub note: String,
}

/// What a check of an assumption found.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct Assumption {
    /// The assumption.
    pub assumption: String,
    /// Who looked.
    pub method: String,
    /// Its statistic.
    #[serde(serialize_with = "wire")]
    #[ts(as = "WireNumber")]
    pub statistic: f64,
    /// Its p-value.
    pub p: f64,
}

/// What to know before trusting the numbers.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct Warning {
    /// Stable name (`few_per_cell`, `mixed_provenance` …).
    pub code: String,
    /// In words.
    pub message: String,
}

impl Warning {
    /// A warning.
    pub fn new(code: &str, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into() }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// The data an analysis saw.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct FrameRef {
    /// Campaign.
    pub campaign: String,
    /// Spec it was planned under.
    pub spec_hash: Digest,
    /// Plan.
    pub plan_hash: Digest,
    /// Digest of run keys and readings.
    pub digest: Digest,
    /// Runs in the frame.
    pub runs: usize,
    /// Phases selected; empty for all.
    pub phases: Vec<String>,
    /// Filters applied.
    pub filters: Vec<String>,
}
