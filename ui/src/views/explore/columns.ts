import { api } from "../../lib/ipc/api";
import type { FilterBy, RunsColumn } from "../../lib/ipc/bindings";

/** The metrics of a campaign, as its table of runs has them. */
export async function metricsOf(campaign: string): Promise<readonly RunsColumn[]> {
  return (await columnsOf(campaign)).filter((column) => column.kind === "metric");
}

/** The factors of a campaign. */
export async function columnsOf(campaign: string): Promise<readonly RunsColumn[]> {
  return (await api.runs({ campaign, offset: 0, limit: 1, sort: [], filter: [], metrics: [] })).columns;
}

export const OPERATORS: readonly { readonly op: string; readonly word: string; readonly sign: string }[] = [
  { op: "is", word: "is", sign: "=" },
  { op: "is_not", word: "is not", sign: "≠" },
  { op: "at_least", word: "at least", sign: "≥" },
  { op: "above", word: "above", sign: ">" },
  { op: "at_most", word: "at most", sign: "≤" },
  { op: "below", word: "below", sign: "<" },
  { op: "contains", word: "contains", sign: "∋" },
];

export function filterWords(filter: FilterBy): string {
  const sign = OPERATORS.find((o) => o.op === filter.op)?.sign ?? filter.op;
  return `${filter.column} ${sign} ${String(filter.value)}`;
}

/** What was typed as the value of a filter: a number where the column has numbers and it reads as one. */
export function filterValue(typed: string, column: RunsColumn | undefined): string | number {
  const number = Number(typed);
  return column?.numeric === true && typed.trim() !== "" && Number.isFinite(number) ? number : typed.trim();
}

/** Width of a column in pixels, from its title and what it holds. */
export function widthOf(column: RunsColumn): number {
  if (column.id === "run") return 92;
  if (column.id === "state") return 116;
  if (column.id === "started") return 150;
  if (column.id === "order" || column.id === "replicate" || column.id === "attempts") return 84;
  return Math.max(84, Math.min(190, column.title.length * 7 + 28));
}
