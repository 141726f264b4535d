//! What a named analysis found beyond what every analysis has, typed, so that a figure can be drawn from a stored
//! analysis alone.

use ergon_domain::WireNumber;
use serde::Serialize;

use crate::cost_efficiency::CostEfficiency;
use crate::result::{Interval, wire, wire_option};
use crate::success_factors::SuccessFactors;
use crate::surface_detail::{AbTest, Contamination, Dependency};
use crate::work_detail::{Efficiency, PhaseShares, Tax};

/// What a figure of this analysis draws.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum Detail {
    /// Levels of a factor with means that may be compared, and which of them are told apart (dot plot, radar).
    Ranking(Ranking),
    /// A response over a numeric factor, with a fitted line or parabola.
    Regression(Regression),
    /// A response over a size, and the size at which too much of it is lost.
    Scalability(Scalability),
    /// Means over two factors (heat map).
    Grid(Grid),
    /// Survival curves.
    Survival(Survival),
    /// Prediction of conditions that weren't seen.
    CrossValidation(CrossValidation),
    /// Pairs of runs that differ in their way of working.
    Tax(Tax),
    /// A response per right answer and per token.
    PerCorrect(Efficiency),
    /// A response by part of the work.
    PhaseShares(PhaseShares),
    /// What goes with a yes.
    SuccessFactors(SuccessFactors),
    /// A metric per dollar.
    CostEfficiency(CostEfficiency),
    /// Games between strong and weak agents, group by group.
    Bargaining(Bargaining),
    /// How much a response depends on the surface of what was asked.
    Dependency(Dependency),
    /// Other words against a changed surface.
    Contamination(Contamination),
    /// Two levels on the same items.
    AbTest(AbTest),
}

/// Levels of a factor compared over the same cells of the other factors.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct Ranking {
    /// The factor.
    pub factor: String,
    /// Which way is better: `higher`, `lower` or `none`.
    pub better: String,
    /// Its levels in the order of the spec.
    pub levels: Vec<RankedLevel>,
}

/// One level of a ranking.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct RankedLevel {
    /// The level.
    pub level: String,
    /// Place, best first; equal where the metric has no better side.
    pub place: usize,
    /// Mean over the cells that all levels share, in the metric's unit.
    #[serde(serialize_with = "wire")]
    #[ts(as = "WireNumber")]
    pub mean: f64,
    /// Its interval.
    pub ci: Option<Interval>,
    /// The mean between the worst (0) and the best (1) level; absent where all are equal or the metric has no better
    /// side. It says nothing of how large the differences are.
    #[serde(serialize_with = "wire_option")]
    #[ts(as = "Option<WireNumber>")]
    pub scaled: Option<f64>,
    /// Letters of groups: two levels that share a letter aren't told apart by the corrected tests of pairs (Piepho
    /// 2004). Empty where no pair could be tested.
    pub letters: String,
}

/// A response over a numeric factor.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct Regression {
    /// The factor.
    pub factor: String,
    /// Means at its levels, in rising order.
    pub points: Vec<CurvePoint>,
    /// The straight line.
    pub linear: Fitted,
    /// The parabola; absent with fewer than three levels.
    pub quadratic: Option<Fitted>,
    /// p-value of the curvature (the coefficient of the square), two-sided.
    pub curvature_p: Option<f64>,
}

/// A mean at one level of a numeric factor.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct CurvePoint {
    /// The level.
    #[serde(serialize_with = "wire")]
    #[ts(as = "WireNumber")]
    pub x: f64,
    /// Runs it rests on.
    pub n: usize,
    /// Mean, in the metric's unit.
    #[serde(serialize_with = "wire")]
    #[ts(as = "WireNumber")]
    pub mean: f64,
    /// Its interval.
    pub ci: Option<Interval>,
}

/// A fitted polynomial.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct Fitted {
    /// Coefficients of x⁰, x¹, ….
    pub coefficients: Vec<FittedCoefficient>,
    /// The curve at the levels and between them, with its pointwise interval.
    pub curve: Vec<FittedPoint>,
    /// Share of the variance between the means of the levels that it explains.
    #[serde(serialize_with = "wire_option")]
    #[ts(as = "Option<WireNumber>")]
    pub r2_of_means: Option<f64>,
}

/// A coefficient.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct FittedCoefficient {
    /// Power of x.
    pub power: usize,
    /// Estimate, in the metric's unit per unit of xᵖ.
    #[serde(serialize_with = "wire")]
    #[ts(as = "WireNumber")]
    pub estimate: f64,
    /// Standard error.
    #[serde(serialize_with = "wire_option")]
    #[ts(as = "Option<WireNumber>")]
    pub se: Option<f64>,
    /// Interval.
    pub ci: Option<Interval>,
    /// Two-sided p-value.
    pub p: Option<f64>,
}

/// A fitted curve at one x.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct FittedPoint {
    /// Where.
    #[serde(serialize_with = "wire")]
    #[ts(as = "WireNumber")]
    pub x: f64,
    /// The curve.
    #[serde(serialize_with = "wire")]
    #[ts(as = "WireNumber")]
    pub y: f64,
    /// Its pointwise interval.
    pub ci: Option<Interval>,
}

/// A response over a size, one curve a group.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct Scalability {
    /// The size.
    pub factor: String,
    /// Which way is better: `higher` or `lower`.
    pub better: String,
    /// Share of the best mean that may be lost (0.2: 20 %).
    #[serde(serialize_with = "wire")]
    #[ts(as = "WireNumber")]
    pub allowed_loss: f64,
    /// Curves, in the order of the spec.
    pub curves: Vec<ScalabilityCurve>,
}

/// One curve and its limit.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct ScalabilityCurve {
    /// The level of the grouping factor; `all runs` without one.
    pub group: String,
    /// Points in rising order of size.
    pub points: Vec<ScalabilityPoint>,
    /// The size with the best mean.
    #[serde(serialize_with = "wire")]
    #[ts(as = "WireNumber")]
    pub best: f64,
    /// The smallest size above the best one whose loss exceeds the allowed one by its lower confidence bound; absent:
    /// not reached within the sizes run.
    #[serde(serialize_with = "wire_option")]
    #[ts(as = "Option<WireNumber>")]
    pub limit: Option<f64>,
    /// Where the straight lines between the means cross the allowed loss; absent: they don't.
    #[serde(serialize_with = "wire_option")]
    #[ts(as = "Option<WireNumber>")]
    pub crossing: Option<f64>,
    /// Bootstrap interval of the crossing; an end that is absent wasn't reached within the sizes run.
    pub crossing_ci: Option<CrossingInterval>,
}

/// One point of a scalability curve.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct ScalabilityPoint {
    /// The size.
    #[serde(serialize_with = "wire")]
    #[ts(as = "WireNumber")]
    pub x: f64,
    /// Runs it rests on.
    pub n: usize,
    /// Mean, in the metric's unit.
    #[serde(serialize_with = "wire")]
    #[ts(as = "WireNumber")]
    pub mean: f64,
    /// Its interval.
    pub ci: Option<Interval>,
    /// Share of the best mean that is lost here.
    #[serde(serialize_with = "wire_option")]
    #[ts(as = "Option<WireNumber>")]
    pub loss: Option<f64>,
    /// Lower confidence bound of the loss, corrected over all pairs of sizes, as the best one was chosen on these data.
    #[serde(serialize_with = "wire_option")]
    #[ts(as = "Option<WireNumber>")]
    pub loss_lower: Option<f64>,
}

/// Percentile bootstrap interval of a crossing.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct CrossingInterval {
    /// Lower end; absent: not reached.
    #[serde(serialize_with = "wire_option")]
    #[ts(as = "Option<WireNumber>")]
    pub lo: Option<f64>,
    /// Upper end; absent: not reached.
    #[serde(serialize_with = "wire_option")]
    #[ts(as = "Option<WireNumber>")]
    pub hi: Option<f64>,
    /// Confidence level.
    pub level: f64,
    /// Resamples drawn.
    pub resamples: usize,
    /// Share of resamples in which the allowed loss was crossed.
    pub crossed: f64,
}

/// Means over two factors.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct Grid {
    /// Factor down the side.
    pub row_factor: String,
    /// Its levels.
    pub rows: Vec<String>,
    /// Factor along the top.
    pub column_factor: String,
    /// Its levels.
    pub columns: Vec<String>,
    /// Cells row by row; one for every pair of levels.
    pub cells: Vec<GridCell>,
}

/// One cell of a grid.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ts_rs::TS)]
pub struct GridCell {
    /// Runs with a number.
    pub n: usize,
    /// Runs whose value is censored.
    pub censored: usize,
    /// Runs without a value.
    pub missing: usize,
    /// Mean; absent without numbers, or where some are censored.
    #[serde(serialize_with = "wire_option")]
    #[ts(as = "Option<WireNumber>")]
    pub mean: Option<f64>,
    /// Interval of the mean.
    pub ci: Option<Interval>,
    /// Median (Kaplan–Meier where values are censored); absent where it isn't reached.
    #[serde(serialize_with = "wire_option")]
    #[ts(as = "Option<WireNumber>")]
    pub median: Option<f64>,
}

/// Survival curves, one a level.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct Survival {
    /// The factor.
    pub factor: String,
    /// Curves in the order of the spec.
    pub curves: Vec<SurvivalCurve>,
}

/// One Kaplan–Meier curve.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct SurvivalCurve {
    /// The level.
    pub level: String,
    /// Times it rests on.
    pub n: usize,
    /// Of which events.
    pub events: usize,
    /// Its steps, one per distinct event time.
    pub steps: Vec<SurvivalPoint>,
    /// Censored times, rising.
    pub censored_at: Vec<f64>,
    /// Median time; absent where survival stays above one half.
    #[serde(serialize_with = "wire_option")]
    #[ts(as = "Option<WireNumber>")]
    pub median: Option<f64>,
}

/// A step of a survival curve.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct SurvivalPoint {
    /// Time, in the metric's unit.
    #[serde(serialize_with = "wire")]
    #[ts(as = "WireNumber")]
    pub time: f64,
    /// At risk just before it.
    pub at_risk: usize,
    /// Events at it.
    pub events: usize,
    /// Share that lasts longer.
    #[serde(serialize_with = "wire")]
    #[ts(as = "WireNumber")]
    pub survival: f64,
    /// Its pointwise interval (log(−log)).
    pub ci: Option<Interval>,
}

/// Prediction of conditions that weren't seen.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct CrossValidation {
    /// Factors of the additive model.
    pub predictors: Vec<String>,
    /// Folds.
    pub folds: usize,
    /// Conditions predicted.
    pub conditions: usize,
    /// 1 − squared error of prediction over squared deviation from the mean; below 0: the mean predicts better.
    #[serde(serialize_with = "wire")]
    #[ts(as = "WireNumber")]
    pub r2: f64,
    /// The same of each fold, about the fold's own mean; absent where the fold doesn't vary.
    pub r2_per_fold: Vec<Option<f64>>,
    /// Root of the mean squared error of prediction, in the metric's unit.
    #[serde(serialize_with = "wire")]
    #[ts(as = "WireNumber")]
    pub rmse: f64,
}

/// Games between strong and weak agents, group by group.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct Bargaining {
    /// Factors of `cells`: of exploitation the weak model, the strong model and, where there is one, the level of
    /// competition; of efficiency what it is broken down by.
    pub factors: Vec<String>,
    /// Of exploitation the pairs of models; of efficiency the same as `cells`.
    pub groups: Vec<BargainingGroup>,
    /// By all factors.
    pub cells: Vec<BargainingGroup>,
}

/// One group of games.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct BargainingGroup {
    /// Factor and level.
    pub levels: Vec<(String, String)>,
    /// Games played to the end, with or without a deal.
    pub runs: usize,
    /// Games that timed out; they are in no mean.
    #[ts(type = "number")]
    pub timed_out: u64,
    /// Games in which a proposal or vote could not be read; absent where no model was asked.
    pub not_clean: Option<usize>,
    /// The metric asked for, then what stands beside it.
    pub measures: Vec<GroupMeasure>,
    /// p-value of the metric's mean against 0; absent where it isn't tested.
    pub p: Option<f64>,
    /// Corrected over the groups.
    pub p_adjusted: Option<f64>,
}

/// A metric in a group.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct GroupMeasure {
    /// The metric.
    pub metric: String,
    /// Its title.
    pub title: String,
    /// Its unit.
    pub unit: String,
    /// Runs with a number.
    pub n: usize,
    /// Mean.
    #[serde(serialize_with = "wire_option")]
    #[ts(as = "Option<WireNumber>")]
    pub mean: Option<f64>,
    /// Its standard error, over replicates where these are blocks.
    #[serde(serialize_with = "wire_option")]
    #[ts(as = "Option<WireNumber>")]
    pub se: Option<f64>,
    /// Its interval.
    pub ci: Option<Interval>,
}
