import type { Alert } from "../ipc/bindings";
import { live } from "./live.svelte";

/** Alerts of the campaign that is followed, and which of them a person has seen. */
class Alerts {
  #seen = $state<readonly string[]>([]);

  /** Those that nobody has acknowledged. */
  get open(): readonly Alert[] {
    return (live.models?.alerts ?? []).filter((alert) => !this.#seen.includes(this.#key(alert)));
  }

  acknowledge(alert: Alert): void {
    this.#seen = [...this.#seen, this.#key(alert)];
  }

  /** The same words in another campaign are another alert. */
  #key(alert: Alert): string {
    return `${live.campaign ?? ""}\n${alert.message}`;
  }
}

export const alerts = new Alerts();
