import { describe, expect, it } from "vitest";
import { bandsOf } from "../src/lib/energy/bands";
import { heights, layersOf } from "../src/lib/energy/stack";
import type { MonitorDomain, MonitorSample, RunsReply } from "../src/lib/ipc/bindings";
import { channelsOf, linesOf } from "../src/views/explore/powerTrace";
import { aboutOf, ITEMS } from "../src/views/publish/kinds";

const domain = (name: string, power_w: number | null, in_total: boolean, provenance = "measured"): MonitorDomain => ({
  name,
  power_w,
  in_total,
  provenance,
});
const sample = (domains: MonitorDomain[]): MonitorSample => ({
  at: "2026-11-21T00:00:00.000Z",
  cpu_percent: null,
  memory_used_bytes: null,
  memory_total_bytes: null,
  power_w: null,
  power_provenance: null,
  power_source: null,
  domains,
  temperature_c: null,
  frequency_mhz: null,
});

describe("stacked power", () => {
  const machine = [
    domain("package-0", 50, true),
    domain("core-0", 30, false),
    domain("dram-0", 8, true),
    domain("psys", 120, false),
  ];
  it("shows each part once: cores inside their package, the platform's own counter not at all", () =>
    expect(layersOf(machine).map((layer) => layer.label)).toEqual(["core-0", "rest of package-0", "dram-0"]));
  it("reaches as high as the total", () => expect(heights(sample(machine), layersOf(machine))).toEqual([30, 50, 58]));
  it("has a gap where a part is not known, instead of a lower total", () => {
    const failed = machine.map((d) => (d.name === "package-0" ? { ...d, power_w: null } : d));
    expect(heights(sample(failed), layersOf(machine))).toEqual([30, null, null]);
  });
  it("knows which parts are estimated", () =>
    expect(layersOf([domain("cpu", 20, true, "estimated (CPU time × TDP)")])).toEqual([
      { name: "cpu", label: "cpu", estimated: true },
    ]));
});

describe("runs behind the chart", () => {
  const columns = ["run", "started", "duration", "state"].map((id) => ({
    id,
    title: id,
    unit: null,
    kind: "run",
    numeric: false,
  }));
  const row = (run: string, started: string, duration: number | null, state: string) => [
    { text: run, number: null },
    { text: started, number: null },
    { text: "", number: duration },
    { text: state, number: null },
  ];
  const page: RunsReply = {
    total: 3,
    columns,
    rows: [
      row("a", "1970-01-01T00:01:40Z", 2.5, "succeeded"),
      row("b", "1970-01-01T00:01:45Z", null, "running"),
      row("c", "", null, "queued"),
    ],
    keys: ["a", "b", "c"],
  };
  it("last as long as their runs, and a running one goes on", () =>
    expect(bandsOf(page)).toEqual([
      { from: 100, to: 102.5, label: "a" },
      { from: 105, to: null, label: "b" },
    ]));
});

describe("a run's trace", () => {
  it("is broken where a reading failed, and no failed reading is zero", () => {
    const points = [
      { at_s: 0, power_w: [10] },
      { at_s: 1, power_w: [null] },
      { at_s: 2, power_w: [20] },
    ];
    const { paths, top } = linesOf(points, 1, 2, 100, 50);
    expect(top).toBeCloseTo(22);
    expect(paths).toEqual(["M0.0 27.3M100.0 4.5"]);
  });
  it("takes the channels as they were described, and makes none up", () => {
    expect(channelsOf([{ domain: "package-0", provenance: "measured" }, null])).toEqual([
      { domain: "package-0", provenance: "measured" },
      { domain: "?", provenance: "" },
    ]);
    expect(channelsOf("nonsense")).toEqual([]);
  });
});

it("quality against joules is asked for by the quality alone: the cost is the energy of a run", () => {
  const item = ITEMS.find((i) => i.kind === "pareto");
  expect(item && aboutOf(item, "accuracy", ["model"])).toEqual({ metric: "accuracy", by: ["model"] });
});
