import { describe, expect, it } from "vitest";
import { cellState, heatTable } from "../src/lib/charts/heat";
import type { ConditionCell, GridPhase } from "../src/lib/ipc/bindings";

const cell = (levels: Record<string, string>, counts: Partial<ConditionCell> = {}): ConditionCell => ({
  key: JSON.stringify(levels),
  levels,
  planned: 5,
  succeeded: 0,
  failed: 0,
  running: 0,
  mean: null,
  display: null,
  ...counts,
});

describe("a heat map", () => {
  // Without faults their type can't matter: the design holds it at "none".
  const phase: GridPhase = {
    name: "grid",
    row_factors: ["protocol"],
    column_factors: ["rate", "type"],
    levels: { protocol: ["bft", "raft"], rate: ["0", "0.2"], type: ["crash", "network"] },
    note: null,
    cells: ["bft", "raft"].flatMap((protocol) => [
      cell({ protocol, rate: "0", type: "none" }),
      cell({ protocol, rate: "0.2", type: "crash" }),
      cell({ protocol, rate: "0.2", type: "network" }),
    ]),
  };
  const table = heatTable(phase);

  it("has a column for each combination that occurs, and none besides", () => {
    expect(table.columnHeads).toEqual([
      [
        { factor: "rate", level: "0", span: 1 },
        { factor: "rate", level: "0.2", span: 2 },
      ],
      [
        { factor: "type", level: "none", span: 1 },
        { factor: "type", level: "crash", span: 1 },
        { factor: "type", level: "network", span: 1 },
      ],
    ]);
  });
  it("has every condition in its place", () => {
    expect(table.rows.map((r) => [r.heads[0]?.level, r.cells.map((c) => c?.levels["type"])])).toEqual([
      ["bft", ["none", "crash", "network"]],
      ["raft", ["none", "crash", "network"]],
    ]);
  });
});

it.each([
  [{}, "planned"],
  [{ succeeded: 2 }, "queued"],
  [{ succeeded: 2, running: 1 }, "running"],
  [{ succeeded: 5 }, "succeeded"],
  [{ succeeded: 4, failed: 1 }, "failed"],
] as const)("a cell with %o is %s", (counts, state) => expect(cellState(cell({}, counts))).toBe(state));
