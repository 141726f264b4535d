//! What the analyses of transformed items found, typed, for tables and figures.

use serde::Serialize;

use crate::detail::CrossingInterval;
use crate::result::{Interval, wire, wire_option};
use ergon_domain::WireNumber;

/// A response over the level of a transformation, one curve a group.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct Dependency {
    /// The level's factor.
    pub factor: String,
    /// Its unit; empty where it has none.
    pub unit: String,
    /// Share of the baseline that the threshold asks about (0.5: 50 %).
    #[serde(serialize_with = "wire")]
    #[ts(as = "WireNumber")]
    pub share: f64,
    /// The words for coefficients, with their cut-offs.
    pub labels: String,
    /// Whether the threshold alone was asked for.
    pub only_threshold: bool,
    /// Curves, in the order of the spec.
    pub curves: Vec<DependencyCurve>,
}

/// One curve with its coefficient, trend and threshold.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct DependencyCurve {
    /// The level of the grouping factor; `all runs` without one.
    pub group: String,
    /// Items that have all levels.
    pub items: usize,
    /// Points in rising order of level; the first is the untouched text.
    pub points: Vec<DependencyPoint>,
    /// LDC: 1 − mean response above level 0 ÷ response at level 0; absent where nothing was right at level 0.
    #[serde(serialize_with = "wire_option")]
    #[ts(as = "Option<WireNumber>")]
    pub coefficient: Option<f64>,
    /// Its interval.
    pub coefficient_ci: Option<Interval>,
    /// The word for it: low, medium, high or extreme.
    pub label: Option<String>,
    /// The same as an area: levels weigh by their distance.
    #[serde(serialize_with = "wire_option")]
    #[ts(as = "Option<WireNumber>")]
    pub area: Option<f64>,
    /// Its interval.
    pub area_ci: Option<Interval>,
    /// Spearman's correlation of level and mean response.
    pub spearman: Option<TrendTest>,
    /// Kendall's.
    pub kendall: Option<TrendTest>,
    /// Odds ratio of a right answer over the whole range of levels, of one and the same item.
    pub odds: Option<TrendTest>,
    /// Where the falling curve reaches the share of the baseline; absent: it doesn't.
    #[serde(serialize_with = "wire_option")]
    #[ts(as = "Option<WireNumber>")]
    pub threshold: Option<f64>,
    /// Its interval; an end that is absent wasn't reached within the levels run.
    pub threshold_ci: Option<CrossingInterval>,
    /// The lowest level run whose mean is below the share of the baseline.
    #[serde(serialize_with = "wire_option")]
    #[ts(as = "Option<WireNumber>")]
    pub lowest_below: Option<f64>,
}

/// One point of a dependency curve.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct DependencyPoint {
    /// The level.
    #[serde(serialize_with = "wire")]
    #[ts(as = "WireNumber")]
    pub x: f64,
    /// Items it rests on.
    pub n: usize,
    /// Mean, in the metric's unit.
    #[serde(serialize_with = "wire")]
    #[ts(as = "WireNumber")]
    pub mean: f64,
    /// Its interval: Wilson's of a share, else Student's.
    pub ci: Option<Interval>,
    /// Mean ÷ mean at level 0.
    #[serde(serialize_with = "wire_option")]
    #[ts(as = "Option<WireNumber>")]
    pub retention: Option<f64>,
    /// Its interval; none at level 0, where it is 1.
    pub retention_ci: Option<Interval>,
    /// The same above what guessing gives; absent where nobody can guess, or guessing does as well.
    #[serde(serialize_with = "wire_option")]
    #[ts(as = "Option<WireNumber>")]
    pub corrected: Option<f64>,
}

/// A trend and its test.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct TrendTest {
    /// The method.
    pub method: String,
    /// Its estimate.
    #[serde(serialize_with = "wire")]
    #[ts(as = "WireNumber")]
    pub estimate: f64,
    /// Its two-sided p-value.
    pub p: f64,
}

/// Contamination indicators.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct Contamination {
    /// The factor whose levels are ways of transforming.
    pub factor: String,
    /// One row a group and way of scrambling.
    pub rows: Vec<ContaminationRow>,
}

/// One contamination indicator.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct ContaminationRow {
    /// The level of the grouping factor; `all runs` without one.
    pub group: String,
    /// The way of scrambling.
    pub method: String,
    /// Items asked in all three ways.
    pub items: usize,
    /// Mean response to the untouched text, in the metric's unit.
    #[serde(serialize_with = "wire")]
    #[ts(as = "WireNumber")]
    pub baseline: f64,
    /// To the paraphrase.
    #[serde(serialize_with = "wire")]
    #[ts(as = "WireNumber")]
    pub paraphrased: f64,
    /// To the scrambled text.
    #[serde(serialize_with = "wire")]
    #[ts(as = "WireNumber")]
    pub scrambled: f64,
    /// (paraphrased − scrambled) ÷ baseline; absent where nothing was right untouched.
    #[serde(serialize_with = "wire_option")]
    #[ts(as = "Option<WireNumber>")]
    pub indicator: Option<f64>,
    /// Its interval.
    pub ci: Option<Interval>,
}

/// Two levels on the same items.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct AbTest {
    /// The factor.
    pub factor: String,
    /// Its first level.
    pub control: String,
    /// Its second.
    pub treatment: String,
    /// Items that both answered.
    pub items: usize,
    /// Mean response of the control, in the metric's unit.
    #[serde(serialize_with = "wire")]
    #[ts(as = "WireNumber")]
    pub control_mean: f64,
    /// Of the treatment.
    #[serde(serialize_with = "wire")]
    #[ts(as = "WireNumber")]
    pub treatment_mean: f64,
    /// Items that the treatment alone gets right.
    #[ts(type = "number")]
    pub treatment_alone: u64,
    /// Items that the control alone gets right.
    #[ts(type = "number")]
    pub control_alone: u64,
    /// Treatment − control as a share of full marks.
    #[serde(serialize_with = "wire")]
    #[ts(as = "WireNumber")]
    pub lift: f64,
    /// The smallest difference of interest, a share of full marks.
    #[serde(serialize_with = "wire")]
    #[ts(as = "WireNumber")]
    pub smallest: f64,
    /// Power to find that difference with these items, given the share of items that differ; absent where fewer differ
    /// than it needs.
    #[serde(serialize_with = "wire_option")]
    #[ts(as = "Option<WireNumber>")]
    pub power: Option<f64>,
    /// Items needed to find it with power 0.8.
    #[ts(type = "number | null")]
    pub minimum_items: Option<u64>,
    /// The look of the stopping rule that was reached, a share of the minimum sample.
    #[serde(serialize_with = "wire_option")]
    #[ts(as = "Option<WireNumber>")]
    pub look: Option<f64>,
    /// Its boundary: stop at a p-value up to this.
    pub boundary_p: Option<f64>,
    /// What the stopping rule says.
    pub decision: String,
}
