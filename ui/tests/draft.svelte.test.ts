import { clearMocks, mockIPC } from "@tauri-apps/api/mocks";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { draft } from "../src/lib/spec/draft.svelte";

const reply = (runs: number) => ({
  ok: true,
  problems: [],
  campaign: "a",
  spec: {},
  conditions: runs,
  runs,
  excluded_by_constraints: 0,
  phases: [],
  estimate: null,
  warnings: [],
});

describe("a spec while somebody writes it", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => {
    vi.useRealTimers();
    clearMocks();
  });

  it("is one text for form and hand, with one history", () => {
    mockIPC(() => reply(1));
    draft.begin("ergon: 1\nfactors:\n  n: [1]\n");
    draft.set(["factors", "n"], [1, 2]);
    draft.type(`${draft.text}# by hand\n`);
    expect(draft.spec["factors"]).toEqual({ n: [1, 2] });
    draft.undo();
    expect(draft.text).toBe("ergon: 1\nfactors:\n  n: [ 1, 2 ]\n");
    draft.undo();
    expect([draft.text, draft.canUndo]).toEqual(["ergon: 1\nfactors:\n  n: [1]\n", false]);
    draft.redo();
    draft.redo();
    expect([draft.text.endsWith("# by hand\n"), draft.canRedo]).toEqual([true, false]);
  });

  it("keeps the form at the last valid text while it is broken", () => {
    mockIPC(() => reply(1));
    draft.begin("factors: { n: [1, 2] }\n");
    expect(draft.spec["factors"]).toEqual({ n: [1, 2] });
    draft.type("factors: { n: [1, 2 }\n");
    expect(draft.spec["factors"]).toEqual({ n: [1, 2] });
    expect(draft.fault?.line).toBe(1);
  });

  it("is read once typing stops, and only the newest reading counts", async () => {
    const asked: string[] = [];
    let late: ((value: unknown) => void) | undefined;
    mockIPC((_, payload) => {
      asked.push((payload as { request: { text: string } }).request.text);
      if (asked.length === 1) return new Promise((done) => (late = done));
      return reply(2);
    });
    draft.begin("a: 1\n");
    draft.type("a: 2\n");
    await vi.advanceTimersByTimeAsync(150);
    draft.type("a: 3\n");
    await vi.advanceTimersByTimeAsync(150);
    late?.(reply(1));
    await vi.advanceTimersByTimeAsync(1);
    expect([asked, draft.readout?.runs]).toEqual([["a: 2\n", "a: 3\n"], 2]);
  });

  it("has its problems at their places", async () => {
    const problem = {
      message: "too few",
      path: "phases[0].replicates",
      line: 3,
      column: 1,
      expected: null,
      suggestion: null,
      severity: "error",
    };
    mockIPC(() => ({ ...reply(0), ok: false, problems: [problem] }));
    draft.begin("a: 1\n");
    await vi.advanceTimersByTimeAsync(150);
    expect([
      draft.problemsAt("phases[0]").length,
      draft.problemsAt("phases[1]").length,
      draft.problemsAt("phase").length,
    ]).toEqual([1, 0, 0]);
  });
});
