import type { Operations } from "./bindings";
import type * as wire from "./wire";

/** Doesn't compile unless what the views read is what the backend sends. */
type Sent<Name extends keyof Operations, Read> = Operations[Name]["reply"] extends Read ? true : false;
type Streamed<Name extends keyof Operations, Read> = Operations[Name]["stream"] extends Read ? true : false;
/** Nor unless what the views send is what the backend takes. */
type Taken<Name extends keyof Operations, Given> = Given extends Lenient<Operations[Name]["request"]> ? true : false;
/** What may be left out of a request: each field has a default, and so have those inside. */
type Lenient<T> = T extends readonly unknown[] ? T : T extends object ? { [K in keyof T]?: Lenient<T[K]> } : T;

export const AGREEMENT: readonly [
  Sent<"workloads", wire.WorkloadsReply>,
  Sent<"items", wire.ItemsReply>,
  Sent<"list", wire.ListReply>,
  Sent<"status", wire.StatusReply>,
  Sent<"read_spec", wire.ReadSpecReply>,
  Sent<"save_spec", wire.SaveSpecReply>,
  Sent<"spec", wire.SpecReply>,
  Sent<"grid", wire.GridReply>,
  Sent<"runs", wire.RunsReply>,
  Sent<"run_detail", wire.RunDetailReply>,
  Sent<"calls", wire.CallsReply>,
  Sent<"scenario", wire.ScenarioReply>,
  Sent<"negotiation", wire.NegotiationReply>,
  Sent<"running", wire.RunningReply>,
  Sent<"trashed", wire.TrashedReply>,
  Sent<"sample", wire.SampleReply>,
  Sent<"analyze", wire.AnalyzeReply>,
  Sent<"table", wire.TextReply>,
  Sent<"figure", wire.TextReply>,
  Sent<"doctor", wire.DoctorReply>,
  Sent<"sensors", wire.SensorsReply>,
  Sent<"energy_idle", wire.IdleReply>,
  Sent<"energy_trace", wire.EnergyTraceReply>,
  Sent<"energy_footprint", wire.FootprintReply>,
  Sent<"settings", wire.Settings>,
  Sent<"models", wire.ProvidersReply>,
  Sent<"model_totals", wire.ModelTotalsReply>,
  Sent<"test_provider", wire.ProviderTestReply>,
  Sent<"diff", wire.DiffReply>,
  Sent<"import", wire.ImportReply>,
  Sent<"scramble", wire.ScrambleReply>,
  Sent<"dataset", wire.DatasetReply>,
  Sent<"steer", wire.Acknowledged>,
  Streamed<"follow", wire.FollowUpdate>,
  Streamed<"monitor", wire.MonitorSample>,
  Streamed<"plan", wire.PlanLine>,
  Taken<"runs", wire.RunsRequest>,
  Taken<"start", wire.RunRequest>,
  Taken<"set_provider", wire.ProviderRequest>,
  Taken<"set_price", wire.PriceRequest>,
] extends readonly true[]
  ? true
  : never = true;
