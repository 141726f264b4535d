import { call, type Given, stream } from "./call";
import type * as wire from "./bindings";

/** One function per operation of `crates/app`; names and shapes are the backend's. */
export const api = {
  items: (task: string) => call("items", { task }),
  workloads: () => call("workloads", {}),
  list: (request: { status?: string; tag?: string; archived?: boolean } = {}) => call("list", request),
  status: (campaign: string) => call("status", { campaign }),

  readSpec: (request: { text: string; name?: string; base?: string }) => call("read_spec", request),
  saveSpec: (request: { text: string; base?: string; campaign?: string; amend?: string }) => call("save_spec", request),
  spec: (campaign: string) => call("spec", { campaign }),
  plan: (request: { spec: string; selection?: Given<wire.Selection> }, each: (line: wire.PlanLine) => void) =>
    stream("plan", request, each),

  start: (request: Given<wire.RunRequest>) => call("start", request),
  steer: (campaign: string, command: wire.ControlCommand) => call("steer", { campaign, command }),
  halt: (campaign: string) => call("halt", { campaign }),
  running: () => call("running", {}),
  follow: (campaign: string, each: (update: wire.FollowUpdate) => void) => stream("follow", { campaign }, each),
  grid: (campaign: string, metric?: string) => call("grid", { campaign, ...(metric && { metric }) }),

  runs: (request: Given<wire.RunsRequest>) => call("runs", request),
  runDetail: (campaign: string, run: string) => call("run_detail", { campaign, run }),
  calls: (campaign: string, run: string) => call("calls", { campaign, run }),
  scenario: (campaign: string, run: string) => call("scenario", { campaign, run }),
  branch: (campaign: string, run: string, turn: number) => call("branch", { campaign, run, turn }),
  negotiation: (campaign: string, run: string) => call("negotiation", { campaign, run }),
  exclude: (campaign: string, run: string, reason: string) => call("exclude", { campaign, run, reason }),
  include: (campaign: string, run: string) => call("include", { campaign, run }),
  note: (campaign: string, run: string, text: string) => call("note", { campaign, run, text }),

  duplicate: (campaign: string, newId: string) => call("duplicate", { campaign, new_id: newId }),
  archive: (campaign: string, archived: boolean) => call("archive", { campaign, archived }),
  trash: (campaign: string) => call("trash", { campaign }),
  restore: (campaign: string) => call("restore", { campaign }),
  trashed: () => call("trashed", {}),
  sample: (request: { fresh?: boolean } = {}) => call("sample", request),
  importFiles: (files: string[]) => call("import", { files }),
  diff: (a: string, b: string) => call("diff", { a, b }),

  analyze: (request: Given<wire.AnalyzeRequest>) => call("analyze", request),
  table: (request: {
    campaign: string;
    kind: string;
    metric?: string;
    by?: string[];
    style?: string;
    format?: string;
  }) => call("table", request),
  figure: (request: Given<wire.FigureRequest>) => call("figure", request),
  results: (request: { campaign: string; form: "csv" | "json" | "jsonl"; wide?: boolean; resources?: boolean }) =>
    call("results", request),

  scramble: (request: { method: string; level: number; benchmark?: string; text?: string }) =>
    call("scramble", request),
  dataset: (request: { file: string; fields: Readonly<Record<string, string>>; limit?: number }) =>
    call("dataset", request),

  doctor: () => call("doctor", {}),
  monitor: (each: (sample: wire.MonitorSample) => void) => stream("monitor", {}, each),
  sensors: () => call("sensors", {}),
  energyIdle: (seconds: number) => call("energy_idle", { seconds }),
  energyTrace: (campaign: string, run: string) => call("energy_trace", { campaign, run }),
  energyFootprint: (request: { campaign: string | null; region: string; pue: number }) =>
    call("energy_footprint", request),
  settings: () => call("settings", {}),
  setSettings: (settings: Partial<wire.Settings>) => call("set_settings", settings),

  providers: () => call("models", {}),
  setProvider: (request: Given<wire.ProviderRequest>) => call("set_provider", request),
  removeProvider: (name: string) => call("remove_provider", { name }),
  testProvider: (name: string) => call("test_provider", { name }),
  /** An empty key is forgotten. */
  modelKey: (name: string, key: string, keep: boolean) => call("model_key", { name, key, keep }),
  setPrice: (request: Given<wire.PriceRequest>) => call("set_price", request),
  modelTotals: (campaign: string) => call("model_totals", { campaign }),

  chooseFiles: (request: Given<wire.ChooseFilesRequest>) => call("choose_files", request),
  readFile: (token: string) => call("read_file", { token }),
  saveFile: (token: string, text: string) => call("save_file", { token, text }),
};
