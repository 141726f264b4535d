import type { ConditionCell, GridPhase } from "../ipc/bindings";

/** A head of a heat map: a level and over how many columns (or rows) it stands. */
export interface Head {
  readonly factor: string;
  readonly level: string;
  readonly span: number;
}

export interface HeatTable {
  /** One line of heads per column factor. */
  readonly columnHeads: readonly (readonly Head[])[];
  readonly rows: readonly {
    readonly heads: readonly (Head | null)[];
    readonly cells: readonly (ConditionCell | null)[];
  }[];
  readonly columns: number;
}

/** The levels of a phase, with those that only its conditions have: a factor that can't matter is held at one. */
function levelsIn(phase: GridPhase, factor: string): string[] {
  const listed = phase.levels[factor] ?? [];
  const seen = phase.cells.map((cell) => cell.levels[factor] ?? "");
  return [...listed, ...new Set(seen.filter((level) => !listed.includes(level)))];
}

/** The combinations of levels that some condition has, the first factor varying slowest. */
function present(phase: GridPhase, factors: readonly string[]): string[][] {
  const ranks = factors.map((factor) => new Map(levelsIn(phase, factor).map((level, rank) => [level, rank])));
  const found = new Map(
    phase.cells.map((cell) => {
      const levels = factors.map((factor) => cell.levels[factor] ?? "");
      return [JSON.stringify(levels), levels];
    }),
  );
  const rank = (levels: readonly string[], i: number): number => ranks[i]?.get(levels[i] ?? "") ?? 0;
  return [...found.values()].sort((a, b) => {
    for (let i = 0; i < factors.length; i += 1) {
      const by = rank(a, i) - rank(b, i);
      if (by !== 0) return by;
    }
    return 0;
  });
}

/** Heads of a factor over combinations: one over each stretch in which it and the factors before it stay the same. */
function headsOf(
  combinations: readonly (readonly string[])[],
  factors: readonly string[],
  i: number,
): { at: number; head: Head }[] {
  const heads: { at: number; head: Head }[] = [];
  combinations.forEach((levels, at) => {
    const before = combinations[at - 1];
    const last = heads.at(-1);
    if (last && before && levels.slice(0, i + 1).every((level, n) => level === before[n])) {
      last.head = { ...last.head, span: last.head.span + 1 };
    } else {
      heads.push({ at, head: { factor: factors[i] ?? "", level: levels[i] ?? "", span: 1 } });
    }
  });
  return heads;
}

/** A phase's conditions as a table: row factors down, column factors along; `null` where there is no such condition. */
export function heatTable(phase: GridPhase): HeatTable {
  const { row_factors, column_factors } = phase;
  const columns = present(phase, column_factors);
  const rows = present(phase, row_factors);
  const key = (row: readonly string[], column: readonly string[]): string => JSON.stringify([row, column]);
  const at = new Map<string, ConditionCell>();
  for (const cell of phase.cells) {
    const of = (factors: readonly string[]): string[] => factors.map((f) => cell.levels[f] ?? "");
    at.set(key(of(row_factors), of(column_factors)), cell);
  }
  const rowHeads = row_factors.map((_, i) => new Map(headsOf(rows, row_factors, i).map((h) => [h.at, h.head])));
  return {
    columnHeads: column_factors.map((_, i) => headsOf(columns, column_factors, i).map((h) => h.head)),
    columns: columns.length,
    rows: rows.map((row, r) => ({
      heads: rowHeads.map((heads) => heads.get(r) ?? null),
      cells: columns.map((column) => at.get(key(row, column)) ?? null),
    })),
  };
}

/** What a cell is, as one state. */
export function cellState(cell: ConditionCell): string {
  if (cell.running > 0) return "running";
  if (cell.succeeded + cell.failed >= cell.planned) return cell.failed > 0 ? "failed" : "succeeded";
  return cell.succeeded + cell.failed > 0 ? "queued" : "planned";
}
