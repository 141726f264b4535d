//! From stored runs to analyses: what is asked of the data, by which procedure, and what the answer rests on.
//!
//! Belongs here: the [`Frame`] (the data an analysis sees), the choice of a procedure from a metric's family, the
//! estimand and the stored design structure, hypotheses and their verdicts, data quality, the nothing-varied detector.
//! Doesn't belong here: estimators, tests and distributions (`stats`), reading the store (`app` fills the frame),
//! tables and figures (`publish`), files, clocks, threads.
//!
//! Architecture invariants: the procedure never follows from a test on the same data; a missing, undefined or censored
//! observation never becomes a number; everything derived from simulated values says so.

mod ab_test;
mod additive;
mod ask;
mod bargaining;
mod cells;
mod check_run;
mod companions;
mod compare;
mod contamination;
mod contrast;
mod correct;
mod cost_efficiency;
mod cross_validation;
mod dependency;
mod dependency_curve;
mod describe;
mod detail;
mod error;
mod finding;
mod frame;
mod gaps;
mod grid;
mod hazard;
mod hypothesis;
mod independent;
mod inference;
mod item_table;
pub mod legacy;
mod level_means;
mod mean;
mod method;
mod nothing_varied;
mod odds;
mod omnibus;
mod omnibus_ranks;
mod paired;
mod per_correct;
mod phase_shares;
mod plan;
mod quality;
mod ranking;
mod ratio;
mod response;
mod result;
mod scalability;
mod select;
mod slope;
mod structure;
mod success_factors;
mod surface_detail;
mod survival;
mod tax;
mod threshold;
mod trade_off;
mod verdict;
mod work_detail;
mod write_levels;
mod write_up;

pub use ab_test::ab_test;
pub use ask::{Ask, Contrast};
pub use bargaining::{efficiency, exploitation};
pub use check_run::{CellPlace, CheckedMeasurement, RunCheck, Twin, check_run};
pub use compare::compare;
pub use contamination::contamination;
pub use contrast::contrast;
pub use correct::{adjustment, correct};
pub use cost_efficiency::{CostEfficiency, CostLevel, cost_efficiency};
pub use cross_validation::cross_validation;
pub use dependency::dependency;
pub use dependency_curve::DEPENDENCY_LABELS;
pub use describe::{ValueGroup, describe, values_by};
pub use detail::{
    Bargaining, BargainingGroup, CrossValidation, CrossingInterval, CurvePoint, Detail, Fitted, FittedCoefficient,
    FittedPoint, Grid, GridCell, GroupMeasure, RankedLevel, Ranking, Regression, Scalability, ScalabilityCurve,
    ScalabilityPoint, Survival, SurvivalCurve, SurvivalPoint,
};
pub use ergon_domain::SIMULATED_MODEL;
pub use error::AnalysisError;
pub use finding::{Finding, Severity};
pub use frame::{Exclusion, Frame, FrameFactor, FrameRow, MissingRuns, PhaseStructure, Reading, Structure};
pub use gaps::{Gap, GapLimits, RuleFound, SampleSizes, decide_rule, gaps, pair_ratios, sample_sizes};
pub use grid::grid;
pub use hypothesis::{BesideExpected, HypothesisResult, InSimulation, Verdict, test_hypotheses};
pub use mean::{mean_of_level, mean_of_levels};
pub use nothing_varied::{IdenticalLevels, NothingVaried, nothing_varied};
pub use per_correct::per_correct;
pub use phase_shares::phase_shares;
pub use plan::{PlanResult, Refusal, run_plan};
pub use quality::{QualityReport, check_quality};
pub use ranking::ranking;
pub use result::{
    Analysis, AnalysisKind, Assumption, CellContrast, Companion, Dropped, EffectSize, Estimate, FamilyOfTests,
    FrameRef, Interval, LevelSummary, Question, Role, Statistic, Warning,
};
pub use scalability::scalability;
pub use slope::slope;
pub use success_factors::{SuccessFactors, SuccessLevel, success_factors};
pub use surface_detail::{
    AbTest, Contamination, ContaminationRow, Dependency, DependencyCurve, DependencyPoint, TrendTest,
};
pub use tax::orchestration_tax;
pub use trade_off::front;
pub use work_detail::{Efficiency, EfficiencyLevel, PhaseShare, PhaseShares, PhasesOfLevel, SumRatio, Tax, TaxPair};
