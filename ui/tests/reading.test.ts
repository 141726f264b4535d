import { fireEvent, render, screen, waitFor } from "@testing-library/svelte";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { api } from "../src/lib/ipc/api";
import type { CallInfo, ScenarioReply, ScenarioTurn } from "../src/lib/ipc/bindings";
import Conversation from "../src/views/explore/Conversation.svelte";
import ScenarioReader from "../src/views/explore/ScenarioReader.svelte";

const HOSTILE = '<img src=x onerror="window.__hit=1">';

const call = (reply: string | null): CallInfo => ({
  attempt: 1,
  at: "2026-01-01T00:00:00Z",
  model: "m",
  fallback: null,
  messages: [
    { role: "system", content: "Be brief." },
    { role: "user", content: HOSTILE },
  ],
  reply,
  failure: reply === null ? "timeout" : null,
  message: reply === null ? "it took too long" : null,
  prompt_tokens: null,
  completion_tokens: null,
  tokens_estimated: false,
  latency_s: null,
  first_token_s: null,
  cost_usd: null,
  tries: 1,
  simulated: false,
});

const turn = (n: number): ScenarioTurn => ({
  turn: n,
  world: `world ${n} ${HOSTILE}`,
  events: [],
  messages: [{ from: "anna", channel: "bilateral", to: ["club"], text: "a word" }],
  decisions: [{ actor: "anna", stance: "hold", decision: `decision ${n}`, reasoning: null }],
  metrics: [{ metric: "trees", title: "Trees", unit: "1", display: "–", reason: "not found" }],
  issues: [],
  calls: 3,
  cost_usd: null,
});

const story: ScenarioReply = {
  run: "a".repeat(64),
  scenario: "Park",
  initial_world: "an empty lot",
  planned_turns: 3,
  branched_after: null,
  halted_reason: "the scenario's end condition holds",
  simulated: true,
  turns: [turn(1), turn(2)],
};

beforeEach(() => vi.restoreAllMocks());

describe("a conversation", () => {
  it("shows what was asked and answered as text, and a call without an answer with its reason", async () => {
    vi.spyOn(api, "calls").mockResolvedValue({ run: "a", calls: [call(HOSTILE), call(null)] });
    const { container } = render(Conversation, { campaign: "c", run: "a" });
    await waitFor(() => expect(screen.getAllByText(/^Call /)).toHaveLength(2));
    expect(container.querySelectorAll("img")).toHaveLength(0);
    expect(container.textContent).toContain("timeout: it took too long");
    expect(container.textContent).toContain("tokens unknown");
    expect(container.textContent).toContain("price unknown");
  });
  it("says why there is none", async () => {
    vi.spyOn(api, "calls").mockResolvedValue({ run: "a", calls: [] });
    render(Conversation, { campaign: "c", run: "a" });
    expect(await screen.findByText(/No call is on record/)).toBeTruthy();
  });
});

describe("a scenario", () => {
  it("is read turn by turn, from before the first to the last", async () => {
    vi.spyOn(api, "scenario").mockResolvedValue(story);
    const { container } = render(ScenarioReader, { campaign: "c", run: "a" });
    const shown = await screen.findByTestId("turn-shown");
    expect(shown.textContent).toBe("Turn 1 of 2");
    await fireEvent.click(screen.getByTestId("turn-after"));
    expect(screen.getByTestId("world").textContent).toContain("world 2");
    expect(container.textContent).toContain("the scenario's end condition holds");
    expect(container.textContent).toContain("bilateral to club");
    expect(screen.getByTestId("turn-after").hasAttribute("disabled")).toBe(true);
    await fireEvent.click(screen.getByTestId("turn-before"));
    await fireEvent.click(screen.getByTestId("turn-before"));
    expect(screen.getByTestId("world").textContent).toBe("an empty lot");
    expect(container.querySelectorAll("img")).toHaveLength(0);
  });
});
