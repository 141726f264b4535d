import { describe, expect, it } from "vitest";
import type { ParameterInfo } from "../src/lib/ipc/bindings";
import { levelsOf, possibleLevels, readLevels, scalarOf, written } from "../src/lib/spec/levels";

const parameter = (type: string, values: string[] = []): ParameterInfo => ({
  name: "p",
  doc: "",
  unit: null,
  default: null,
  kind: { type, min: null, max: null, values, expected: "" },
  active_when: null,
});

describe("typed levels", () => {
  it.each([
    ["5, 10,15", { kind: "list", values: [5, 10, 15] }],
    ["0..0.5 step 0.1", { kind: "range", from: 0, to: 0.5, step: 0.1 }],
    ["0 to 1 by .25", { kind: "range", from: 0, to: 1, step: 0.25 }],
    ["lan", { kind: "list", values: ["lan"] }],
    ["true", { kind: "list", values: [true] }],
    ["1e3", { kind: "list", values: [1000] }],
    ["a..b step c", { kind: "list", values: ["a..b step c"] }],
    [" , ", { kind: "list", values: [] }],
  ])("%s", (typed, levels) => expect(levelsOf(typed)).toEqual(levels));

  it("are none when nothing was typed", () => expect(levelsOf("  ")).toBeNull());
  it("stay text where the parameter takes names", () => expect(scalarOf("5", parameter("choice"))).toBe("5"));
});

it.each([
  ["choice", ["a", "b"]],
  ["bool", [false, true]],
  ["int", []],
  ["real", []],
])("the levels that a %s can have: %j", (type, levels) => {
  expect(possibleLevels(parameter(type, ["a", "b"]))).toEqual(levels);
});

it("a range is written as it was read", () => {
  const range = { from: 0, to: 0.5, step: 0.1 };
  const read = readLevels(range);
  expect(read && written(read)).toEqual(range);
});
