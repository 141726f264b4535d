export interface StateLook {
  readonly shape: string;
  readonly colour: string;
  readonly word: string;
}

const LOOKS: Readonly<Record<string, StateLook>> = {
  draft: { shape: "draft", colour: "planned", word: "Draft" },
  created: { shape: "draft", colour: "planned", word: "Ready to run" },
  planned: { shape: "planned", colour: "planned", word: "Planned" },
  queued: { shape: "queued", colour: "queued", word: "Queued" },
  running: { shape: "running", colour: "running", word: "Running" },
  draining: { shape: "running", colour: "running", word: "Draining" },
  paused: { shape: "paused", colour: "paused", word: "Paused" },
  stopped: { shape: "cancelled", colour: "cancelled", word: "Stopped" },
  cancelled: { shape: "cancelled", colour: "cancelled", word: "Cancelled" },
  interrupted: { shape: "cancelled", colour: "cancelled", word: "Interrupted" },
  skipped: { shape: "skipped", colour: "skipped", word: "Skipped" },
  succeeded: { shape: "ok", colour: "ok", word: "Succeeded" },
  finished: { shape: "ok", colour: "ok", word: "Finished" },
  failed: { shape: "failed", colour: "failed", word: "Failed" },
};

/** Shape, colour and word of a state; one that this window doesn't know keeps its own name. */
export function stateLook(state: string): StateLook {
  return LOOKS[state] ?? { shape: "planned", colour: "planned", word: state };
}
