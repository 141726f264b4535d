import { api } from "../ipc/api";
import type { Subscription } from "../ipc/call";
import type { MonitorSample } from "../ipc/bindings";

/** Samples kept for the live charts: two minutes at ten a second. */
const KEPT = 1200;

/** The machine's readings while somebody looks: one subscription, shared. */
class Machine {
  last = $state.raw<MonitorSample | null>(null);
  /** Why there are none. */
  refused = $state<string | null>(null);
  samples: MonitorSample[] = [];
  #watchers = 0;
  #subscription: Subscription<unknown> | null = null;

  /** Watches until the returned function is called. A hidden page watches nothing. */
  watch(): () => void {
    this.#watchers += 1;
    this.#adjust();
    let watching = true;
    return () => {
      if (!watching) return;
      watching = false;
      this.#watchers -= 1;
      this.#adjust();
    };
  }

  /** To be called when the page is hidden or shown. */
  visibilityChanged(): void {
    this.#adjust();
  }

  #adjust(): void {
    const wanted = this.#watchers > 0 && document.visibilityState !== "hidden";
    if (wanted && !this.#subscription) this.#begin();
    if (!wanted && this.#subscription) {
      this.#subscription.end();
      this.#subscription = null;
    }
  }

  #begin(): void {
    const subscription = api.monitor((sample) => {
      this.last = sample;
      this.refused = null;
      this.samples.push(sample);
      if (this.samples.length > KEPT) this.samples.splice(0, this.samples.length - KEPT);
    });
    this.#subscription = subscription;
    subscription.over.catch((thrown: unknown) => {
      if (this.#subscription !== subscription) return;
      this.#subscription = null;
      this.refused = thrown instanceof Error ? thrown.message : String(thrown);
    });
  }
}

export const machine = new Machine();
