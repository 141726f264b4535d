import type { GridCell, GridPhase } from "../ipc/wire";

/** A head of a heat map: a level and over how many columns (or rows) it stands. */
export interface Head {
  readonly factor: string;
  readonly level: string;
  readonly span: number;
}

export interface HeatTable {
  /** One line of heads per column factor. */
  readonly columnHeads: readonly (readonly Head[])[];
  readonly rows: readonly { readonly heads: readonly (Head | null)[]; readonly cells: readonly (GridCell | null)[] }[];
  readonly columns: number;
}

/** Every combination of levels, the first factor varying slowest. */
export function combinations(
  factors: readonly string[],
  levels: Readonly<Record<string, readonly string[]>>,
): string[][] {
  let all: string[][] = [[]];
  for (const factor of factors) all = all.flatMap((one) => (levels[factor] ?? []).map((level) => [...one, level]));
  return all;
}

function headsOf(factors: readonly string[], levels: Readonly<Record<string, readonly string[]>>): Head[][] {
  return factors.map((factor, i) => {
    const count = (names: readonly string[]): number => names.reduce((n, name) => n * (levels[name]?.length ?? 0), 1);
    const span = count(factors.slice(i + 1));
    const repeats = count(factors.slice(0, i));
    return Array.from({ length: repeats }, () =>
      (levels[factor] ?? []).map((level) => ({ factor, level, span })),
    ).flat();
  });
}

/** A phase's conditions as a table: row factors down, column factors along; `null` where there is no such condition. */
export function heatTable(phase: GridPhase): HeatTable {
  const { row_factors, column_factors, levels } = phase;
  const columns = combinations(column_factors, levels);
  const rows = combinations(row_factors, levels);
  const key = (row: readonly string[], column: readonly string[]): string => JSON.stringify([row, column]);
  const at = new Map<string, GridCell>();
  for (const cell of phase.cells) {
    const of = (factors: readonly string[]): string[] => factors.map((f) => cell.levels[f] ?? "");
    at.set(key(of(row_factors), of(column_factors)), cell);
  }
  const rowHeads = headsOf(row_factors, levels);
  return {
    columnHeads: headsOf(column_factors, levels),
    columns: columns.length,
    rows: rows.map((row, r) => ({
      heads: rowHeads.map((heads) => {
        const span = heads[0]?.span ?? 1;
        return r % span === 0 ? (heads[r / span] ?? null) : null;
      }),
      cells: columns.map((column) => at.get(key(row, column)) ?? null),
    })),
  };
}

/** What a cell is, as one state. */
export function cellState(cell: GridCell): string {
  if (cell.running > 0) return "running";
  if (cell.succeeded + cell.failed >= cell.planned) return cell.failed > 0 ? "failed" : "succeeded";
  return cell.succeeded + cell.failed > 0 ? "queued" : "planned";
}
