import { fireEvent, render, screen } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";
import type { EnergyTraceReply, FootprintReply, IdleReply, ResourceInfo } from "../src/lib/ipc/bindings";
import { NOTHING } from "../src/lib/text/amounts";

const HOSTILE = '<img src=x onerror="window.__hit=1">';
const resource = (name: string, value: number | null, provenance: string, reason: string | null): ResourceInfo => ({
  name,
  value,
  display: value === null ? "" : String(value),
  bounds: "",
  lo: null,
  hi: null,
  provenance,
  source: null,
  reason,
  flags: ["on_battery"],
});
const idle: IdleReply = {
  domains: [
    { domain: "package-0", watts: 10.25, mad_w: 0.1, why: null, provenance: "measured" },
    { domain: HOSTILE, watts: null, mad_w: null, why: HOSTILE, provenance: "estimated (CPU time)" },
  ],
  duration_s: 30,
  cpu_percent: 42,
  warnings: ["the processor was 42 % busy"],
};
const trace: EnergyTraceReply = {
  channels: [{ domain: HOSTILE, provenance: "estimated (CPU time)" }],
  points: [
    { at_s: 0, power_w: [10] },
    { at_s: 1, power_w: [12] },
  ],
  resources: [
    resource("energy_j", 12.5, "estimated (CPU time)", null),
    resource("dram_energy_j", null, "measured", "below resolution: 0.1 s long"),
  ],
};
const footprint: FootprintReply = {
  energy: resource("energy_j", 3600, "estimated (CPU time)", null),
  footprint: [resource("carbon_g", null, "estimated", "no energy is known")],
  factors: [
    {
      kind: "carbon",
      value: 473,
      unit: "g/kWh",
      year: 2024,
      scope: "lifecycle",
      source: HOSTILE,
      licence: "CC BY 4.0",
      verified: false,
    },
  ],
};
vi.mock("../src/lib/ipc/api", () => ({
  api: {
    energyIdle: () => Promise.resolve(idle),
    energyTrace: () => Promise.resolve(trace),
    energyFootprint: () => Promise.resolve(footprint),
  },
}));

describe("the energy views", () => {
  it("show power at rest with how it is known and what speaks against it, and nothing for nothing", async () => {
    const { default: IdleWizard } = await import("../src/views/energy/IdleWizard.svelte");
    const { container } = render(IdleWizard);
    await fireEvent.click(screen.getByTestId("measure-idle"));
    const found = await screen.findByTestId("idle-found");
    expect(found.textContent).toContain("10.25 W");
    expect(found.textContent).toContain(NOTHING);
    expect(found.textContent).not.toContain("0.00 W");
    expect(container.textContent).toContain("42 % busy");
    expect(container.querySelector("img")).toBeNull();
  });
  it("mark an estimated trace and say why a value is missing", async () => {
    const { default: PowerTrace } = await import("../src/views/explore/PowerTrace.svelte");
    const spans = [{ name: "planning", start_s: 0, end_s: 0.5, energy: null }];
    const { container } = render(PowerTrace, { campaign: "c", run: "r", spans, seconds: 1 });
    const shown = await screen.findByTestId("power-trace");
    expect(shown.querySelector("path")?.getAttribute("stroke-dasharray")).toBe("5 3");
    expect(shown.querySelectorAll("rect")).toHaveLength(1);
    expect(container.textContent).toContain("12.5†");
    expect(container.textContent).toContain(`${NOTHING} below resolution`);
    expect(container.querySelector("img")).toBeNull();
  });
  it("keep the footprint's source beside it, and that nobody compared it", async () => {
    const { desk } = await import("../src/lib/state/desk.svelte");
    desk.campaign = "c";
    const { default: Footprint } = await import("../src/views/energy/Footprint.svelte");
    render(Footprint);
    const card = await screen.findByTestId("footprint");
    await vi.waitFor(() => expect(card.textContent).toContain("not compared with the publisher's file"));
    expect(card.textContent).toContain("3600†");
    expect(card.textContent).toContain(HOSTILE);
    expect(card.querySelector("img")).toBeNull();
  });
});
