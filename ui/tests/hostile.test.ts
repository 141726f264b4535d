import { render, screen } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";
import Problems from "../src/lib/forms/Problems.svelte";
import type { CampaignRow } from "../src/lib/ipc/bindings";
import { bounded } from "../src/lib/text/amounts";
import { logLine } from "../src/views/run/events";
import CampaignTable from "../src/views/library/CampaignTable.svelte";

const HOSTILE = '<img src=x onerror="window.__hit=1">\u202Eevil<script>window.__hit=2</script>';

describe("text from elsewhere", () => {
  it("stays text in the library", () => {
    const row: CampaignRow = {
      campaign: "h",
      ulid: "01",
      title: HOSTILE,
      workload: HOSTILE,
      state: HOSTILE,
      tags: [HOSTILE],
      runs: 2,
      succeeded: 1,
      failed: 0,
      created: HOSTILE,
      priority: null,
      opened: "2026-01-01T00:00:00Z",
      archived: false,
    };
    const { container } = render(CampaignTable, { rows: [row], ticked: [], onopen: () => undefined });
    expect(container.querySelectorAll("img, script")).toHaveLength(0);
    expect(screen.getByTestId("open-h").textContent).toBe(HOSTILE);
  });
  it("stays text beside a field", () => {
    const problem = {
      message: HOSTILE,
      path: "",
      file: HOSTILE,
      line: null,
      column: null,
      expected: HOSTILE,
      suggestion: HOSTILE,
      severity: "error",
    } as const;
    const { container } = render(Problems, { problems: [problem] });
    expect(container.querySelectorAll("img, script")).toHaveLength(0);
    expect(container.textContent).toContain(HOSTILE);
  });
  it("is cut before it is too long to show", () => {
    const long = "x".repeat(10_000_000);
    expect(bounded(long).length).toBeLessThan(2_100);
    const line = logLine({
      event: "run_ended",
      run_id: "a",
      phase: "p",
      attempt: 1,
      state: "failed",
      failure: "crashed",
      message: long,
      duration_s: 1,
    });
    expect(line?.text.length).toBeLessThan(600);
  });
});
