import { call, stream } from "./call";
import type * as wire from "./wire";

/** One function per operation of `crates/app`; names and shapes are the backend's. */
export const api = {
  items: (task: string) => call<wire.ItemsReply>("items", { task }),
  workloads: () => call<wire.WorkloadsReply>("workloads", {}),
  list: (request: { status?: string; tag?: string; archived?: boolean } = {}) => call<wire.ListReply>("list", request),
  status: (campaign: string) => call<wire.StatusReply>("status", { campaign }),

  readSpec: (request: { text: string; name?: string; base?: string }) => call<wire.ReadSpecReply>("read_spec", request),
  saveSpec: (request: { text: string; base?: string; campaign?: string; amend?: string }) =>
    call<wire.SaveSpecReply>("save_spec", request),
  spec: (campaign: string) => call<wire.SpecReply>("spec", { campaign }),
  plan: (request: { spec: string; selection?: wire.Selection }, each: (line: wire.PlanLine) => void) =>
    stream<wire.PlanLine, wire.PlanReply>("plan", request, each),

  start: (request: wire.RunRequest) => call<{ campaign: string }>("start", request),
  steer: (campaign: string, command: "pause" | "resume" | "stop" | "drain" | "retry") =>
    call<wire.Acknowledged>("steer", { campaign, command }),
  halt: (campaign: string) => call<wire.Acknowledged>("halt", { campaign }),
  running: () => call<wire.RunningReply>("running", {}),
  follow: (campaign: string, each: (update: wire.FollowUpdate) => void) =>
    stream<wire.FollowUpdate, wire.FollowReply>("follow", { campaign }, each),
  grid: (campaign: string, metric?: string) => call<wire.GridReply>("grid", { campaign, ...(metric && { metric }) }),

  runs: (request: wire.RunsRequest) => call<wire.RunsReply>("runs", request),
  runDetail: (campaign: string, run: string) => call<wire.RunDetailReply>("run_detail", { campaign, run }),
  calls: (campaign: string, run: string) => call<wire.CallsReply>("calls", { campaign, run }),
  scenario: (campaign: string, run: string) => call<wire.ScenarioReply>("scenario", { campaign, run }),
  branch: (campaign: string, run: string, turn: number) => call<wire.SaveSpecReply>("branch", { campaign, run, turn }),
  negotiation: (campaign: string, run: string) => call<wire.NegotiationReply>("negotiation", { campaign, run }),
  exclude: (campaign: string, run: string, reason: string) =>
    call<wire.Acknowledged>("exclude", { campaign, run, reason }),
  include: (campaign: string, run: string) => call<wire.Acknowledged>("include", { campaign, run }),
  note: (campaign: string, run: string, text: string) => call<wire.Acknowledged>("note", { campaign, run, text }),

  duplicate: (campaign: string, newId: string) => call<wire.SaveSpecReply>("duplicate", { campaign, new_id: newId }),
  archive: (campaign: string, archived: boolean) => call<wire.Acknowledged>("archive", { campaign, archived }),
  trash: (campaign: string) => call<wire.Acknowledged>("trash", { campaign }),
  restore: (campaign: string) => call<wire.Acknowledged>("restore", { campaign }),
  trashed: () => call<wire.TrashedReply>("trashed", {}),
  sample: (request: { fresh?: boolean } = {}) => call<wire.SampleReply>("sample", request),
  importFiles: (files: string[]) => call<wire.ImportReply>("import", { files }),
  diff: (a: string, b: string) => call<wire.DiffReply>("diff", { a, b }),

  analyze: (request: { campaign: string; metric?: string; by?: string[]; test?: string; correction?: string }) =>
    call<wire.AnalyzeReply>("analyze", request),
  table: (request: {
    campaign: string;
    kind: string;
    metric?: string;
    by?: string[];
    style?: string;
    format?: string;
  }) => call<wire.TextReply>("table", request),
  figure: (request: { campaign: string; kind: string; metric?: string; by?: string[]; width?: string }) =>
    call<wire.TextReply>("figure", request),
  results: (request: { campaign: string; form: "csv" | "json" | "jsonl"; wide?: boolean; resources?: boolean }) =>
    call<{ text: string; runs: number; without_result: number }>("results", request),

  scramble: (request: { method: string; level: number; benchmark?: string; text?: string }) =>
    call<wire.ScrambleReply>("scramble", request),
  dataset: (request: { file: string; fields: Readonly<Record<string, string>>; limit?: number }) =>
    call<wire.DatasetReply>("dataset", request),

  doctor: () => call<wire.DoctorReply>("doctor", {}),
  monitor: (each: (sample: wire.MonitorSample) => void) => stream<wire.MonitorSample, unknown>("monitor", {}, each),
  sensors: () => call<wire.SensorsReply>("sensors", {}),
  energyIdle: (seconds: number) => call<wire.IdleReply>("energy_idle", { seconds }),
  energyTrace: (campaign: string, run: string) => call<wire.EnergyTraceReply>("energy_trace", { campaign, run }),
  energyFootprint: (request: { campaign: string | null; region: string; pue: number }) =>
    call<wire.FootprintReply>("energy_footprint", request),
  settings: () => call<wire.Settings>("settings", {}),
  setSettings: (settings: Partial<wire.Settings>) => call<wire.Settings>("set_settings", settings),

  providers: () => call<wire.ProvidersReply>("models", {}),
  setProvider: (request: wire.ProviderRequest) => call<wire.Acknowledged>("set_provider", request),
  removeProvider: (name: string) => call<wire.Acknowledged>("remove_provider", { name }),
  testProvider: (name: string) => call<wire.ProviderTestReply>("test_provider", { name }),
  /** An empty key is forgotten. */
  modelKey: (name: string, key: string, keep: boolean) => call<wire.Acknowledged>("model_key", { name, key, keep }),
  setPrice: (request: wire.PriceRequest) => call<wire.Acknowledged>("set_price", request),
  modelTotals: (campaign: string) => call<wire.ModelTotalsReply>("model_totals", { campaign }),

  chooseFiles: (request: wire.ChooseFilesRequest) => call<{ files: wire.ChosenFile[] }>("choose_files", request),
  readFile: (token: string) => call<{ name: string; text: string }>("read_file", { token }),
  saveFile: (token: string, text: string) => call<wire.Acknowledged>("save_file", { token, text }),
};
