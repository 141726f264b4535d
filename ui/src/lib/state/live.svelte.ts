import { api } from "../ipc/api";
import type { Subscription } from "../ipc/call";
import type { FollowLine, FollowOutcome, FollowReply, ModelMeter, Progress } from "../ipc/bindings";

const LINES_KEPT = 500;

/** The open campaign as it runs: one subscription, shared by the status line and the Run view. */
class Live {
  campaign = $state<string | null>(null);
  state = $state<string | null>(null);
  progress = $state.raw<Progress | null>(null);
  models = $state.raw<ModelMeter | null>(null);
  failures = $state.raw<Record<string, number>>({});
  lines = $state.raw<readonly FollowLine[]>([]);
  outcome = $state.raw<FollowOutcome | null>(null);
  /** Counts updates, for those who want to look again when something happened. */
  updates = $state(0);
  #subscription: Subscription<FollowReply> | null = null;

  /** Follows a campaign until it ends, another one is followed, or the returned promise's caller stops it. */
  follow(campaign: string, ended: () => void): void {
    this.stop();
    // Every subscription begins with all that is still known.
    this.#clear();
    if (this.campaign !== campaign) this.state = null;
    this.campaign = campaign;
    const subscription = api.follow(campaign, (update) => {
      this.state = update.state;
      this.progress = update.progress;
      this.models = update.models;
      this.failures = update.failures;
      if (update.lines.length > 0) this.lines = [...this.lines, ...update.lines].slice(-LINES_KEPT);
      if (update.outcome) this.outcome = update.outcome;
      this.updates += 1;
    });
    this.#subscription = subscription;
    const over = (): void => {
      if (this.#subscription !== subscription) return;
      this.#subscription = null;
      ended();
    };
    subscription.over.then(over, over);
  }

  get following(): boolean {
    return this.#subscription !== null;
  }

  stop(): void {
    this.#subscription?.end();
    this.#subscription = null;
  }

  #clear(): void {
    this.progress = null;
    this.models = null;
    this.failures = {};
    this.lines = [];
    this.outcome = null;
  }
}

export const live = new Live();
