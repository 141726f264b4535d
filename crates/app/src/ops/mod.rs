//! The operations, one file each. Requests and replies are the wire form: what CLI.md promises, and more.

mod analyze;
mod calls;
mod check;
mod create;
mod diff;
mod doctor;
mod energy;
mod energy_campaign;
mod energy_checks;
mod energy_idle;
mod export;
mod figure;
mod files;
mod follow;
mod grid;
mod import;
mod items;
mod list;
mod model_totals;
mod models;
mod monitor;
mod negotiation;
mod next;
mod plan;
mod power;
mod providers;
mod read_spec;
mod report;
mod results;
mod run;
mod run_detail;
mod runs;
mod sample;
mod scenario;
mod scramble;
pub(crate) mod settings;
mod spans;
mod spec;
mod sql;
mod start;
mod stat;
mod status;
mod steer;
mod surface;
mod table;
mod trash;
mod validate;
mod workloads;

pub use analyze::{AnalyzeReply, AnalyzeRequest, AnswerTables, analyze};
pub use calls::{CallInfo, CallsReply, MessageInfo, calls};
pub use check::{CheckReply, CheckRequest, check};
pub use create::{CreateReply, CreateRequest, create};
pub use diff::{DiffReply, DiffRequest, diff};
pub(crate) use doctor::free_bytes;
pub use doctor::{DoctorCheck, DoctorReply, DoctorRequest, DoctorState, doctor};
pub use energy::{
    DomainEnergy, ExecReply, ExecRequest, RecordReply, RecordRequest, energy_exec, energy_record, energy_replay,
    energy_tape,
};
pub use energy_campaign::{
    EnergySessionInfo, EnergySessionsReply, EnergySessionsRequest, EnergyTraceReply, EnergyTraceRequest,
    EnergyWindowInfo, FootprintReply, FootprintRequest, GridFactorInfo, ResourceInfo, TracePoint, energy_footprint,
    energy_sessions, energy_trace,
};
pub use energy_idle::{IdleDomain, IdleReply, IdleRequest, energy_idle};
pub use export::{ExportReply, ExportRequest, export};
pub use figure::{FigureReply, FigureRequest, figure};
pub use files::{
    ChooseFilesReply, ChooseFilesRequest, ChosenFile, ReadFileReply, ReadFileRequest, SaveFileRequest, choose_files,
    read_file, save_file,
};
pub use follow::{
    FollowLine, FollowOutcome, FollowReply, FollowRequest, FollowUpdate, UnsubscribeRequest, follow, unsubscribe,
};
pub(crate) use grid::Skeleton;
pub use grid::{ConditionCell, GridPhase, GridReply, GridRequest, grid};
pub use import::{ImportReply, ImportRequest, ImportedFile, import};
pub use items::{ItemsReply, ItemsRequest, TaskInfo, TaskItemInfo, items};
pub use list::{CampaignRow, ListReply, ListRequest, list};
pub use model_totals::{ModelTotalInfo, ModelTotalsReply, model_totals};
pub use models::{
    ModelChatReply, ModelChatRequest, ModelInfo, ModelKeyRequest, ModelsReply, ModelsRequest, PriceInfo, ProviderInfo,
    ProviderLimits, model_chat, model_key, models,
};
pub(crate) use monitor::SensorsOnce;
pub use monitor::{
    MissingSensor, MonitorDomain, MonitorReply, MonitorRequest, MonitorSample, SensorInfo, SensorsReply,
    SensorsRequest, monitor, sensors,
};
pub use negotiation::{NegotiationReply, ProposalInfo, RoundInfo, SaidInfo, SeatInfo, SettledInfo, negotiation};
pub use next::{NextReply, NextRequest, next};
pub use plan::{PlanLine, PlanReply, PlanRequest, plan};
pub use power::{PowerPoint, PowerReply, PowerRequest, power};
pub use providers::{
    PriceRequest, ProviderNameRequest, ProviderRequest, ProviderTestReply, remove_provider, set_price, set_provider,
    test_provider,
};
pub use read_spec::{FactorLevels, PairRuns, PhaseDesign, ReadSpecReply, ReadSpecRequest, read_spec};
pub use report::{ReportReply, ReportRequest, report};
pub use results::{ResultsForm, ResultsReply, ResultsRequest, results};
pub use run::{RunEvent, RunReply, RunRequest, run, run_with};
pub(crate) use run_detail::excluded_run;
pub use run_detail::{
    ArtefactInfo, AttemptInfo, ExcludeRequest, ExclusionInfo, MeasurementInfo, NoteInfo, NoteRequest, RunDetailReply,
    RunDetailRequest, exclude, include, note, run_detail,
};
pub use runs::{FilterBy, RunsCell, RunsColumn, RunsReply, RunsRequest, SortBy, runs};
pub use sample::{SampleReply, SampleRequest, sample};
pub use scenario::{
    BranchRequest, ScenarioDecision, ScenarioEvent, ScenarioMessage, ScenarioMetric, ScenarioReply, ScenarioTurn,
    branch, scenario,
};
pub use scramble::{
    DatasetReply, DatasetRequest, ItemInfo, ScrambleReply, ScrambleRequest, ScrambledStretch, dataset, scramble,
};
pub use settings::{SetSettingsRequest, Settings, SettingsRequest, set_settings, settings};
pub use spans::{SpanEnergyInfo, SpanInfo};
pub use spec::{DuplicateRequest, RevisionInfo, SaveSpecReply, SaveSpecRequest, SpecReply, duplicate, save_spec, spec};
pub use sql::{SqlReply, SqlRequest, sql};
pub use start::{RunningCampaign, RunningReply, RunningRequest, StartReply, halt, running, start};
pub use stat::{StatLine, StatProblem, StatReply, StatRequest, stat};
pub use status::{FailedRun, StatusReply, StatusRequest, status};
pub use steer::{Acknowledged, QueueRequest, Steer, SteerRequest, queue, steer};
pub use table::{TableRequest, TextReply, table};
pub use trash::{ArchiveRequest, TrashedReply, TrashedRequest, TrashedRow, archive, restore, trash, trashed};
pub use validate::{Forecast, ForecastRange, PhaseCount, ValidateReply, ValidateRequest, validate};
pub use workloads::{
    MetricInfo, ParameterInfo, ParameterRange, WorkloadInfo, WorkloadsReply, WorkloadsRequest, workloads,
};

use ergon_design::{PlanOptions, WhereFilter};
use serde::{Deserialize, Serialize};

use crate::error::AppError;

/// The JSON Schema of a spec, for editors.
pub fn spec_schema() -> serde_json::Value {
    ergon_design::schema::json_schema()
}

/// A campaign and nothing else to ask.
#[derive(Clone, Debug, Deserialize, Serialize, ts_rs::TS)]
pub struct CampaignRequest {
    /// Campaign id, ULID prefix or `latest`.
    pub campaign: String,
}

/// What part of a plan is wanted.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ts_rs::TS)]
#[serde(default)]
pub struct Selection {
    /// Phases; all when left out.
    pub phases: Option<Vec<String>>,
    /// `factor=level` filters.
    pub filters: Vec<String>,
    /// At most this many runs.
    pub limit: Option<u64>,
    /// Replicates from this one on.
    pub start_from: u32,
}

impl Selection {
    /// Whether it is all of the plan.
    pub(crate) fn is_all(&self) -> bool {
        self.phases.is_none() && self.filters.is_empty() && self.limit.is_none() && self.start_from == 0
    }

    pub(crate) fn options(&self) -> Result<PlanOptions, AppError> {
        let filters = self
            .filters
            .iter()
            .map(|f| WhereFilter::parse(f))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|e| AppError::input("invalid_filter", e.to_string()).field("where"))?;
        Ok(PlanOptions { phases: self.phases.clone(), filters, limit: self.limit, start_from: self.start_from })
    }
}

/// A plan that can't be made is invalid input. `--limit` lets a longer plan be listed; to run it, it has to be smaller.
pub(crate) fn plan_error(error: ergon_design::PlanError) -> AppError {
    AppError::input("invalid_plan", error.to_string())
}
