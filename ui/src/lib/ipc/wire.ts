/** A number that JSON has no form for arrives as its name. */
export type WireNumber = number | "NaN" | "Infinity" | "-Infinity";
export type Scalar = string | number | boolean;
export type ProvenanceName = "measured" | "derived" | "estimated" | "simulated";

export interface Acknowledged {
  ok: boolean;
  message: string;
}

// workloads -----------------------------------------------------------------------------------------------------------
export interface ParameterRange {
  type: string;
  min: number | null;
  max: number | null;
  values: string[];
  expected: string;
}
export interface ParameterInfo {
  name: string;
  doc: string;
  unit: string | null;
  default: Scalar | null;
  kind: ParameterRange;
  active_when: string | null;
}
export interface MetricInfo {
  id: string;
  title: string;
  unit: string;
  direction: string;
  lo: number | null;
  hi: number | null;
  family: string;
  doc: string;
}
export interface WorkloadInfo {
  kind: string;
  version: number;
  doc: string;
  open_parameters: boolean;
  settings: string[];
  parameters: ParameterInfo[];
  metrics: MetricInfo[];
  depends: string | null;
}
export interface WorkloadsReply {
  workloads: WorkloadInfo[];
}

// campaigns -----------------------------------------------------------------------------------------------------------
export interface CampaignRow {
  campaign: string;
  ulid: string;
  title: string;
  workload: string;
  state: string;
  tags: string[];
  runs: number;
  succeeded: number;
  failed: number;
  created: string;
  priority: number | null;
  archived?: boolean;
}
export interface TrashedRow {
  campaign: string;
  ulid: string;
  title: string;
  trashed: string;
}
export interface TrashedReply {
  campaigns: TrashedRow[];
}
export interface ListReply {
  campaigns: CampaignRow[];
}
export interface FailedRun {
  run_id: string;
  class: string;
  message: string;
  attempts: number;
}
export interface StatusReply {
  campaign: string;
  title: string;
  state: string;
  live: boolean;
  revision: number;
  runs: number;
  progress: number;
  eta_s: number | null;
  eta_lo_s: number | null;
  eta_hi_s: number | null;
  runs_completed: number;
  runs_failed: number;
  runs_running: number;
  runs_out_of_plan: number;
  failed_runs: FailedRun[];
  failures: Record<string, number>;
  api_calls: number;
  total_cost_usd: number;
  energy_j: number | null;
  energy_provenance: string | null;
  energy_note: string | null;
  success_rate: number | null;
  throughput_per_hour: number | null;
}
export interface Estimate {
  lo: number | null;
  value: number | null;
  hi: number | null;
  why: string;
}
export interface Forecast {
  duration_s: Estimate;
  cost_usd: Estimate;
  energy_j: Estimate;
}

// specs ---------------------------------------------------------------------------------------------------------------
export interface SpecProblem {
  message: string;
  path: string;
  line: number | null;
  column: number | null;
  expected: string | null;
  suggestion: string | null;
  severity: "error" | "warning";
}
export interface FactorLevels {
  name: string;
  levels: string[];
}
export interface DesignReport {
  kind: string;
  combinations: number;
  conditions: number;
  excluded: number;
  collapsed: number;
  max_imbalance: number | null;
  inactive_levels: number | null;
  pair_coverage: number | null;
  d_efficiency: number | null;
}
export interface PairRuns {
  levels: [string, string][];
  runs: number[][];
}
export interface PhaseDesign {
  name: string;
  conditions: number;
  selected: number;
  runs: number;
  chosen_when: string | null;
  replicates: number;
  factors: FactorLevels[];
  design: DesignReport;
  pairs: PairRuns | null;
}
export interface ReadSpecReply {
  ok: boolean;
  problems: SpecProblem[];
  campaign: string | null;
  spec: unknown;
  conditions: number;
  runs: number;
  excluded_by_constraints: number;
  phases: PhaseDesign[];
  estimate: Forecast | null;
  warnings: string[];
}
export interface SaveSpecReply {
  campaign: string;
  ulid: string;
  revision: number;
  spec_hash: string;
}
export interface RevisionInfo {
  revision: number;
  created_at: string;
  reason: string | null;
  spec_hash: string;
  runs: number;
}
export interface SpecReply {
  campaign: string;
  ulid: string;
  text: string;
  revision: number;
  spec_hash: string;
  plan_hash: string;
  revisions: RevisionInfo[];
}
export interface PlanLine {
  run_id: string;
  phase: string;
  phases: string[];
  condition: Record<string, Scalar>;
  replicate: number;
  seed: string;
}
export interface PlanReply {
  plan_hash: string;
  runs: number;
}

// running -------------------------------------------------------------------------------------------------------------
export interface Selection {
  phases?: string[] | null;
  filters?: string[];
  limit?: number | null;
  start_from?: number;
}
export interface RunRequest {
  target: string;
  set?: string[];
  selection?: Selection;
  only?: string | null;
  parallel?: number | null;
  retry_failed?: boolean;
  amend?: string | null;
}
export interface RunningCampaign {
  campaign: string;
  since: string;
  state: string;
}
export interface RunningReply {
  campaigns: RunningCampaign[];
}
export interface Progress {
  runs: number;
  succeeded: number;
  failed: number;
  running: number;
  skipped: number;
  throughput_per_hour: number | null;
  eta_s: number | null;
  eta_lo_s: number | null;
  eta_hi_s: number | null;
}
export interface Alert {
  kind: "budget" | "errors" | "provider" | "fallback" | "rate";
  level: "warning" | "critical";
  message: string;
}
export interface ModelMeter {
  calls: number;
  errors: number;
  retries: number;
  fallbacks: number;
  prompt_tokens: number;
  completion_tokens: number;
  tokens_estimated: boolean;
  usd: number;
  unpriced: number;
  usd_committed: number;
  latency_s: number | null;
  alerts: Alert[];
}
export interface ModelTotal {
  model: string;
  calls: number;
  errors: number;
  fallbacks: number;
  requests: number;
  prompt_tokens: number;
  completion_tokens: number;
  tokens_provenance: string;
  usd: number;
  unpriced: number;
  latency_s: number | null;
}
export interface ModelTotalsReply {
  models: ModelTotal[];
  charged_usd: number;
  lost_usd: number;
}
export interface PriceInfo {
  model: string;
  usd_per_mtok_in: number;
  usd_per_mtok_out: number;
  usd_per_mtok_cached: number | null;
  up_to_tokens: number | null;
  date: string;
  source: string;
}
export interface ProviderLimits {
  concurrency: number | null;
  requests_per_minute: number | null;
  tokens_per_minute: number | null;
}
export interface ProviderInfo {
  name: string;
  speaks: string;
  address: string | null;
  key_env: string | null;
  key: string | null;
  is_own: boolean;
  concurrency: number;
  limits: ProviderLimits;
  priced: PriceInfo[];
}
export interface ProvidersReply {
  providers: ProviderInfo[];
  has_keychain: boolean;
}
export interface ProviderRequest extends Partial<ProviderLimits> {
  name: string;
  speaks?: string | null;
  base_url?: string | null;
  key_env?: string | null;
}
export interface ProviderTestReply {
  problem: string | null;
  offered: string[];
  took_s: number;
}
export interface PriceRequest {
  provider: string;
  model: string;
  usd_per_mtok_in: number | null;
  usd_per_mtok_out: number | null;
  usd_per_mtok_cached?: number | null;
  source?: string;
}
export type RunEvent =
  | { event: "campaign_started"; campaign: string; runs: number; ended_before: number; parallel: number }
  | { event: "recovered"; runs: string[] }
  | { event: "run_started"; run_id: string; phase: string; attempt: number }
  | {
      event: "run_ended";
      run_id: string;
      phase: string;
      attempt: number;
      state: string;
      failure?: string | null;
      message?: string | null;
      duration_s: number;
    }
  | { event: "phase_skipped"; phase: string; reason: string }
  | ({ event: "progress" } & Progress)
  | ({ event: "models" } & ModelMeter)
  | ({ event: "alert" } & Alert)
  | { event: "paused" }
  | { event: "resumed" }
  | { event: "draining"; reason: string }
  | { event: "store_trouble"; message: string };
export interface FollowLine {
  at: string;
  event: RunEvent;
}
export interface RunReply {
  campaign: string;
  revision: number;
  runs: number;
  succeeded: number;
  failed: number;
  skipped: number;
  remaining: number;
  attempts: number;
  duration_s: number;
  cost_usd: number;
  energy_j: number | null;
  overhead_s: number;
  stopped: unknown;
  log: string;
  warnings: string[];
}
export type FollowOutcome =
  ({ kind: "ended" } & RunReply) | { kind: "broke"; code: string; message: string; field: string | null };
export interface FollowUpdate {
  campaign: string;
  here: boolean;
  state: string;
  progress: Progress | null;
  models: ModelMeter | null;
  failures: Record<string, number>;
  lines: FollowLine[];
  outcome: FollowOutcome | null;
}
export interface FollowReply {
  campaign: string;
  ended: boolean;
}
export interface GridCell {
  key: string;
  levels: Record<string, string>;
  planned: number;
  succeeded: number;
  failed: number;
  running: number;
  mean: number | null;
  display: string | null;
}
export interface GridPhase {
  name: string;
  row_factors: string[];
  column_factors: string[];
  levels: Record<string, string[]>;
  cells: GridCell[];
  note: string | null;
}
export interface GridReply {
  phases: GridPhase[];
  metric: string | null;
  title: string | null;
  unit: string | null;
  direction: string | null;
}

// runs ----------------------------------------------------------------------------------------------------------------
export interface SortBy {
  column: string;
  descending: boolean;
}
export interface FilterBy {
  column: string;
  op: string;
  value: Scalar;
}
export interface RunsRequest {
  campaign: string;
  offset: number;
  limit: number;
  sort: SortBy[];
  filter: FilterBy[];
  metrics: string[];
}
export interface RunsColumn {
  id: string;
  title: string;
  unit: string | null;
  kind: string;
  numeric: boolean;
}
export interface RunsCell {
  text: string;
  number: number | null;
  provenance?: string;
  reason?: string;
}
export interface RunsReply {
  total: number;
  columns: RunsColumn[];
  rows: RunsCell[][];
  keys: string[];
}
export interface SpanInfo {
  name: string;
  start_s: number;
  end_s: number;
  energy: string | null;
}
export interface SpanEnergyInfo {
  name: string;
  display: string;
  provenance: string;
  reason: string | null;
}
export interface ArtefactInfo {
  name: string;
  digest: string;
  size_bytes: number;
  kept: boolean;
}
export interface AttemptInfo {
  n: number;
  state: string;
  class: string | null;
  message: string | null;
  started_at: string;
  duration_s: number | null;
  cpu_s: number | null;
  log: string;
  spans: SpanInfo[];
  span_energy: SpanEnergyInfo[];
  artefacts: ArtefactInfo[];
}
export interface MeasurementInfo {
  metric: string;
  title: string;
  unit: string;
  display: string;
  number: number | null;
  lo: number | null;
  hi: number | null;
  provenance: string;
  observed: string;
  reason: string | null;
  flags: string[];
}
export interface NoteInfo {
  text: string;
  author: string;
  at: string;
}
export interface RunDetailReply {
  run_id: string;
  phases: string[];
  condition: Record<string, Scalar>;
  replicate: number;
  seed: string;
  state: string;
  in_plan: boolean;
  revision: number;
  attempts: AttemptInfo[];
  measurements: MeasurementInfo[];
  excluded: { reason: string; author: string; at: string } | null;
  notes: NoteInfo[];
}

// negotiation ---------------------------------------------------------------------------------------------------------
export interface GameSeat {
  name: string;
  side: string;
  who: string;
  values: string;
  utility: string;
}
export interface GameProposal {
  by: string;
  settles: { issue: string; settled: string }[];
  utilities: string[];
  votes: string[];
  passed: boolean;
}
export interface GameRound {
  round: number;
  worth: string;
  said: { by: string; phase: string; text: string }[];
  proposals: GameProposal[];
  figure: string | null;
  alt: string | null;
}
export interface NegotiationReply {
  seats: GameSeat[];
  rounds: GameRound[];
  agreed_in: number | null;
  no_figure: string | null;
  simulated: boolean;
}

// analysis ------------------------------------------------------------------------------------------------------------
export interface Interval {
  lo: WireNumber;
  hi: WireNumber;
  level: number;
}
export interface AnalysisEstimate {
  value: WireNumber;
  se: WireNumber | null;
  ci: Interval | null;
  unit: string;
}
export interface Question {
  text: string;
  metric: string;
  metric_title: string;
  unit: string;
  factor: string | null;
  treatment: string | null;
  control: string | null;
  by: string[];
  estimand: string;
  direction: string;
  role: "planned" | "exploratory";
}
export interface Analysis {
  id: string;
  question: Question;
  kind: string;
  procedure: string;
  estimates: Record<string, AnalysisEstimate>;
  levels: LevelSummary[];
  statistic: { name: string; value: WireNumber } | null;
  df: WireNumber[];
  p: number | null;
  p_adjusted: number | null;
  family: { correction?: string; size?: number; name?: string } | null;
  effect: { name: string; value: WireNumber; lo: WireNumber | null; hi: WireNumber | null } | null;
  ci: Interval | null;
  n: number;
  unit_of_analysis: string;
  dropped: { reason: string; count: number }[];
  companions: { procedure: string; p: number | null; note: string }[];
  assumptions: { assumption: string; method: string; p: number }[];
  warnings: { code: string; message: string }[];
  not_tested: string | null;
  provenance: string;
  simulated_model: boolean;
  trail: string[];
  references: string[];
}
export interface LevelSummary {
  label: string;
  n: number;
  mean: WireNumber | null;
  sd: WireNumber | null;
  median: WireNumber | null;
  ci: Interval | null;
}
export interface HypothesisResult {
  id: string;
  statement: string | null;
  verdict: string;
  sentence: string;
  rule: string;
}
export interface Refusal {
  question: string;
  reason: string;
}
export interface AnalyzeReply {
  campaign: string;
  analyses: Analysis[];
  hypotheses: HypothesisResult[];
  refusals: Refusal[];
  figures: string[];
}
export interface TextReply {
  text: string;
  warnings: string[];
}
export interface ReportReply {
  paths: string[];
}

// the machine and the desktop -----------------------------------------------------------------------------------------
export interface DoctorCheck {
  name: string;
  state: "ok" | "missing" | "failed" | "not_built";
  detail: string;
  fix: string | null;
}
export interface DoctorReply {
  checks: DoctorCheck[];
}
export interface MonitorDomain {
  name: string;
  power_w: number | null;
  provenance: string;
  in_total: boolean;
}
export interface SensorInfo {
  domain: string;
  place: string;
  provenance: string;
  update_s: number;
}
export interface MissingSensor {
  what: string;
  why: string;
  fix: string;
}
export interface SensorsReply {
  domains: SensorInfo[];
  unavailable: MissingSensor[];
}
export interface MonitorSample {
  at: string;
  cpu_percent: number | null;
  memory_used_bytes: number | null;
  memory_total_bytes: number | null;
  power_w: number | null;
  power_provenance: string | null;
  power_source: string | null;
  domains: MonitorDomain[];
  temperature_c: number | null;
  frequency_mhz: number | null;
}
export interface IdleReply {
  domains: { domain: string; watts: number | null; mad_w: number | null; provenance: string }[];
  duration_s: number;
  cpu_percent: number | null;
  warnings: string[];
}
export interface ResourceInfo {
  name: string;
  value: number | null;
  display: string;
  bounds: string;
  lo: number | null;
  hi: number | null;
  provenance: string;
  source: string | null;
  reason: string | null;
  flags: string[];
}
export interface TracePoint {
  at_s: number;
  power_w: (number | null)[];
}
export interface EnergyTraceReply {
  channels: unknown;
  points: TracePoint[];
  resources: ResourceInfo[];
}
export interface GridFactor {
  kind: string;
  value: number;
  unit: string;
  year: number;
  scope: string;
  source: string;
  licence: string;
  verified: boolean;
}
export interface FootprintReply {
  energy: ResourceInfo;
  footprint: ResourceInfo[];
  factors: GridFactor[];
}
export interface ChosenFile {
  token: string;
  name: string;
}
export interface ChooseFilesRequest {
  title: string;
  save?: boolean;
  many?: boolean;
  name?: string | null;
  endings?: string[];
}
// scramble ------------------------------------------------------------------------------------------------------------
export interface ScrambleReply {
  id: string;
  original: string;
  text: string;
  stretches: { text: string; original: string | null }[];
  eligible: number;
  transformed: number;
  realised_level: number | null;
  key: [string, string][];
  is_invertible: boolean;
}
export interface DatasetItem {
  id: string;
  domain: string;
  difficulty: string | null;
  question: string;
  options: string[];
  answer: string | null;
}
export interface DatasetReply {
  path: string;
  shape: string;
  fields: string[];
  count: number;
  unanswerable: number;
  domains: string[];
  items: DatasetItem[];
}
export interface ImportedFile {
  file: string;
  campaign: string | null;
  mapped: string[];
  defaulted: string[];
  ignored: string[];
  problems: string[];
}
export interface ImportReply {
  files: ImportedFile[];
}
export interface DiffReply {
  differences: { path: string; old: unknown; new: unknown }[];
  change: unknown;
  runs_shared: number;
  runs_only_a: number;
  runs_only_b: number;
}
export interface Settings {
  theme: string;
  density: string;
  zoom_percent: number;
  data_folder: string | null;
  [key: string]: unknown;
}
export interface SampleReply {
  campaign: string;
  with_results: boolean;
}

// tasks of workflow ---------------------------------------------------------------------------------------------------
export interface TaskItemInfo {
  number: number;
  id: string;
  prompt: string;
  answer: string | null;
  steps: string[];
}
export interface TaskInfo {
  task: string;
  doc: string;
  count: number;
  items: TaskItemInfo[];
}
export interface ItemsReply {
  tasks: TaskInfo[];
}
// what models said, and scenarios ---------------------------------------------------------------------------------------
export interface MessageInfo {
  role: string;
  content: string;
}
export interface CallInfo {
  attempt: number;
  at: string;
  model: string;
  fallback: string | null;
  messages: MessageInfo[];
  reply: string | null;
  failure: string | null;
  message: string | null;
  prompt_tokens: number | null;
  completion_tokens: number | null;
  tokens_estimated: boolean;
  latency_s: number | null;
  cost_usd: number | null;
  tries: number;
  simulated: boolean;
}
export interface CallsReply {
  run: string;
  calls: CallInfo[];
}
export interface ScenarioTurn {
  turn: number;
  world: string;
  events: { name: string; text: string }[];
  messages: { from: string; channel: string; to: string[]; text: string }[];
  decisions: { actor: string; stance: string; decision: string; reasoning: string | null }[];
  metrics: { metric: string; title: string; unit: string; display: string; reason: string | null }[];
  issues: string[];
  calls: number;
  cost_usd: string | null;
}
export interface ScenarioReply {
  run: string;
  scenario: string;
  initial_world: string;
  planned_turns: number;
  branched_after: number | null;
  halted_reason: string | null;
  simulated: boolean;
  turns: ScenarioTurn[];
}
