import { fireEvent, render, screen, waitFor } from "@testing-library/svelte";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Alert, ModelMeter, ProviderInfo } from "../src/lib/ipc/bindings";

const asked = vi.hoisted(() => vi.fn<(operation: string, body: { request: unknown }) => Promise<unknown>>());
vi.mock("@tauri-apps/api/core", () => ({ invoke: asked, Channel: vi.fn() }));

const { default: Providers } = await import("../src/views/settings/Providers.svelte");
const { default: Models } = await import("../src/views/run/Models.svelte");
const { alerts } = await import("../src/lib/state/alerts.svelte");
const { live } = await import("../src/lib/state/live.svelte");

const KEY = "sk-planted-9f8e7d6c5b4a";
const NONE = { concurrency: null, requests_per_minute: null, tokens_per_minute: null };
const groq: ProviderInfo = {
  name: "groq",
  speaks: "openai",
  address: "https://api.groq.com/openai/v1",
  key_env: "GROQ_API_KEY",
  key: null,
  is_own: false,
  concurrency: 16,
  limits: NONE,
  priced: [],
};

function answers(providers: ProviderInfo[], has_keychain = false): void {
  asked.mockImplementation((operation) => {
    if (operation === "models") return Promise.resolve({ providers, has_keychain });
    if (operation === "test_provider")
      return Promise.resolve({ problem: "there is no key", offered: [], took_s: 0.01 });
    return Promise.resolve({ ok: true, message: "kept for this session" });
  });
}
const requests = (operation: string): unknown[] =>
  asked.mock.calls.filter(([name]) => name === operation).map(([, body]) => body.request);

beforeEach(() => asked.mockReset());

describe("Settings → Providers", () => {
  it("gives a key to the session, and keeps it nowhere on the page", async () => {
    answers([groq]);
    const { container } = render(Providers);
    await fireEvent.click(await screen.findByTestId("open-provider-groq"));
    const field = screen.getByTestId<HTMLInputElement>("key-field-groq");
    expect(field.type).toBe("password");
    field.value = KEY;
    await fireEvent.click(screen.getByTestId("give-key-groq"));
    expect(requests("model_key")).toEqual([{ name: "GROQ_API_KEY", key: KEY, keep: false }]);
    expect(field.value).toBe("");
    await waitFor(() => expect(requests("models")).toHaveLength(2));
    expect(container.innerHTML).not.toContain(KEY);
    expect(JSON.stringify({ ...localStorage })).not.toContain(KEY);
  });
  it("offers the keychain only where there is one", async () => {
    for (const [has, disabled] of [
      [true, false],
      [false, true],
    ] as const) {
      answers([groq], has);
      const { unmount } = render(Providers);
      await fireEvent.click(await screen.findByTestId("open-provider-groq"));
      expect(screen.getByTestId<HTMLInputElement>("key-keep-groq").disabled).toBe(disabled);
      unmount();
    }
  });
  it("sends limits as numbers, and nothing where nothing is typed", async () => {
    answers([groq]);
    render(Providers);
    await fireEvent.click(await screen.findByTestId("open-provider-groq"));
    screen.getByTestId<HTMLInputElement>("provider-requests_per_minute-groq").value = "30";
    await fireEvent.submit(screen.getByTestId("provider-form-groq"));
    expect(requests("set_provider")).toEqual([
      { name: "groq", concurrency: null, requests_per_minute: 30, tokens_per_minute: null },
    ]);
  });
  it("shows what a test found", async () => {
    answers([groq]);
    render(Providers);
    await fireEvent.click(await screen.findByTestId("test-groq"));
    await waitFor(() => expect(screen.getByTestId("tested-groq").textContent).toContain("there is no key"));
  });
});

describe("alerts of a run", () => {
  const alert: Alert = { kind: "budget", level: "warning", message: "budget.usd: 80 % of 1 are spent or reserved" };
  const meter: ModelMeter = {
    calls: 40,
    errors: 2,
    retries: 1,
    fallbacks: 0,
    prompt_tokens: 400,
    completion_tokens: 80,
    tokens_estimated: false,
    usd: 0.8,
    unpriced: 0,
    usd_committed: 0.81,
    latency_s: 0.05,
    alerts: [alert],
  };
  it("stay until somebody acknowledges them, and come back in another campaign", async () => {
    asked.mockResolvedValue({ models: [], charged_usd: 0, lost_usd: 0 });
    live.campaign = "one";
    live.models = meter;
    render(Models, { campaign: "one", meter, look: 1 });
    expect(screen.getByTestId("alert-budget").textContent).toContain("80 %");
    expect(screen.getByTestId("models-now").textContent).toContain("5.0 % without an answer");
    await fireEvent.click(screen.getByTestId("acknowledge"));
    expect(screen.queryByTestId("alerts")).toBeNull();
    live.campaign = "two";
    expect(alerts.open).toEqual([alert]);
  });
});
