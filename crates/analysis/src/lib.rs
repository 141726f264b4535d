//! From stored runs to analyses: what is asked of the data, by which procedure, and what the answer rests on.
//!
//! Belongs here: the [`Frame`] (the data an analysis sees), the choice of a procedure from a metric's family, the
//! estimand and the stored design structure, hypotheses and their verdicts, data quality, the nothing-varied detector.
//! Doesn't belong here: estimators, tests and distributions (`stats`), reading the store (`app` fills the frame),
//! tables and figures (`publish`), files, clocks, threads.
//!
//! Architecture invariants: the procedure never follows from a test on the same data; a missing, undefined or censored
//! observation never becomes a number; everything derived from simulated values says so.

mod additive;
mod ask;
mod cells;
mod check_run;
mod companions;
mod compare;
mod contrast;
mod correct;
mod cross_validation;
mod describe;
mod detail;
mod error;
mod finding;
mod frame;
mod grid;
mod hazard;
mod hypothesis;
mod independent;
mod inference;
pub mod legacy;
mod level_means;
mod mean;
mod method;
mod nothing_varied;
mod odds;
mod omnibus;
mod omnibus_ranks;
mod paired;
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
mod survival;
mod trade_off;
mod verdict;
mod write_levels;
mod write_up;

pub use ask::{Ask, Contrast};
pub use check_run::{CellPlace, CheckedMeasurement, RunCheck, Twin, check_run};
pub use compare::compare;
pub use contrast::contrast;
pub use correct::{adjustment, correct};
pub use cross_validation::cross_validation;
pub use describe::{ValueGroup, describe, values_by};
pub use detail::{
    CrossValidation, CrossingInterval, CurvePoint, Detail, Fitted, FittedCoefficient, FittedPoint, Grid, GridCell,
    RankedLevel, Ranking, Regression, Scalability, ScalabilityCurve, ScalabilityPoint, Survival, SurvivalCurve,
    SurvivalPoint,
};
pub use ergon_domain::SIMULATED_MODEL;
pub use error::AnalysisError;
pub use finding::{Finding, Severity};
pub use frame::{Exclusion, Frame, FrameFactor, FrameRow, MissingRuns, PhaseStructure, Reading, Structure};
pub use grid::grid;
pub use hypothesis::{BesideExpected, HypothesisResult, InSimulation, Verdict, test_hypotheses};
pub use mean::mean_of_level;
pub use nothing_varied::{IdenticalLevels, NothingVaried, nothing_varied};
pub use plan::{PlanResult, Refusal, run_plan};
pub use quality::{QualityReport, check_quality};
pub use ranking::ranking;
pub use result::{
    Analysis, AnalysisKind, Assumption, CellContrast, Companion, Dropped, EffectSize, Estimate, FamilyOfTests,
    FrameRef, Interval, LevelSummary, Question, Role, Statistic, Warning,
};
pub use scalability::scalability;
pub use slope::slope;
pub use trade_off::front;
