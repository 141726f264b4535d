import type { Event as RunEvent } from "../../lib/ipc/bindings";
import { bounded, count, duration, plural, short } from "../../lib/text/amounts";

export type Level = "info" | "warn" | "fail";

export interface LogLine {
  readonly level: Level;
  readonly about: string;
  readonly text: string;
}

/** An event as a line of the log; `null` for what has its own place. */
export function logLine(event: RunEvent): LogLine | null {
  switch (event.event) {
    case "progress":
    case "models":
      return null;
    case "campaign_started":
      return {
        level: "info",
        about: "engine",
        text: `began: ${plural(event.runs, "run")}, ${count(event.ended_before)} ended before, ${count(event.parallel)} in parallel`,
      };
    case "recovered":
      return {
        level: "warn",
        about: "engine",
        text: `${plural(event.runs.length, "run")} interrupted by a crash; queued again`,
      };
    case "run_started":
      return {
        level: "info",
        about: short(event.run_id),
        text: `started, attempt ${event.attempt} (${bounded(event.phase, 40)})`,
      };
    case "run_ended": {
      if (event.failure === undefined || event.failure === null) {
        return {
          level: "info",
          about: short(event.run_id),
          text: `${event.state} in ${duration(event.duration_s)}, attempt ${event.attempt}`,
        };
      }
      const again = event.state === "queued" ? "; tried again" : "";
      return {
        level: event.state === "queued" ? "warn" : "fail",
        about: short(event.run_id),
        text: `${event.failure} after ${duration(event.duration_s)}, attempt ${event.attempt}${again}: ${bounded(event.message ?? "", 400)}`,
      };
    }
    case "phase_skipped":
      return {
        level: "warn",
        about: "engine",
        text: `phase ${bounded(event.phase, 60)} left out: ${bounded(event.reason, 300)}`,
      };
    case "paused":
      return { level: "info", about: "engine", text: "paused: no new runs start" };
    case "resumed":
      return { level: "info", about: "engine", text: "resumed" };
    case "draining":
      return { level: "info", about: "engine", text: `draining: ${bounded(event.reason, 300)}` };
    case "alert":
      return {
        level: event.level === "critical" ? "fail" : "warn",
        about: event.kind,
        text: bounded(event.message, 400),
      };
    case "store_trouble":
      return {
        level: "fail",
        about: "store",
        text: `could not be written, tried again: ${bounded(event.message, 400)}`,
      };
  }
}
