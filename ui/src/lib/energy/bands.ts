import type { RunsReply } from "../ipc/bindings";

/** A stretch of time that a chart marks behind its curves; seconds since 1970. */
export interface Band {
  readonly from: number;
  /** `null`: it goes on. */
  readonly to: number | null;
  readonly label: string;
}

/** When the runs of a page of the table of runs were executing. Start times are known to the second. */
export function bandsOf(page: RunsReply): readonly Band[] {
  const at = (id: string): number => page.columns.findIndex((column) => column.id === id);
  const [run, started, took, state] = [at("run"), at("started"), at("duration"), at("state")];
  return page.rows.flatMap((row) => {
    const from = Date.parse(row[started]?.text ?? "") / 1000;
    if (Number.isNaN(from)) return [];
    const seconds = row[took]?.number ?? null;
    const goesOn = row[state]?.text === "running";
    if (seconds === null && !goesOn) return [];
    return [{ from, to: goesOn ? null : from + (seconds ?? 0), label: row[run]?.text ?? "" }];
  });
}
