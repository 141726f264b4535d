import { describe, expect, it } from "vitest";
import { constraintWords, factorsOf, fixedOf, hypothesesOf, idFrom, leaveOut, phasesOf } from "../src/lib/spec/outline";

describe("a rule", () => {
  const rule = [
    { parameter: "agent_count", operator: "==", value: 5 },
    { parameter: "fault_rate", operator: ">=", value: 0.4 },
  ] as const;
  it("is written as the spec wants it", () => {
    expect(leaveOut(rule)).toBe("not (agent_count == 5 and fault_rate >= 0.4)");
  });
  it("reads as words", () => {
    expect(constraintWords(leaveOut(rule))).toBe("Leave out agent_count is 5 and fault_rate at least 0.4");
  });
  it("quotes a value that is no word", () => {
    expect(leaveOut([{ parameter: "model", operator: "!=", value: "a b" }])).toBe("not (model != 'a b')");
  });
  it("stays as it is where there are no simple words for it", () => {
    expect(constraintWords("a in [1, 2] or b")).toBe("Keep only a in [1, 2] or b");
  });
});

it.each([
  ["PBFT & Raft: schön?", "pbft-raft-schon"],
  ["  Two  words ", "two-words"],
  ["été 2026", "ete-2026"],
  ["???", ""],
])("the id of %j is %j", (title, id) => expect(idFrom(title)).toBe(id));

describe("what the form shows of a spec", () => {
  it("is one phase where the spec names none", () => {
    expect(phasesOf({})).toMatchObject([{ name: "main", kind: "full_factorial", replicates: 1, order: "randomised" }]);
  });
  it("reads the long and the short form of a design", () => {
    const phases = phasesOf({
      phases: [
        { name: "a", design: "one_at_a_time" },
        { name: "b", design: { kind: "balanced_sample", size: 24 } },
      ],
    });
    expect(phases.map((p) => p.kind)).toEqual(["one_at_a_time", "balanced_sample"]);
  });
  it("leaves out what it doesn't understand instead of failing", () => {
    expect(factorsOf({ factors: { a: 7, b: [1, { x: 1 }, 2] } })).toEqual([
      { name: "a", levels: null },
      { name: "b", levels: { kind: "list", values: [1, 2] } },
    ]);
    expect(fixedOf({ workload: { kind: "consensus", network: "wan", job_source: {} } })).toEqual({ network: "wan" });
    expect(hypothesesOf({ hypotheses: "none" })).toEqual([]);
  });
});
