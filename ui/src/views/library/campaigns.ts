import type { CampaignRow } from "../../lib/ipc/bindings";

export const SHELVES = [
  { name: "all", title: "All" },
  { name: "running", title: "Running" },
  { name: "finished", title: "Finished" },
  { name: "ready", title: "Ready" },
  { name: "archived", title: "Archived" },
  { name: "trash", title: "Trash" },
] as const;
export type Shelf = (typeof SHELVES)[number]["name"];

export const ORDERS = [
  { name: "newest", title: "Newest first" },
  { name: "title", title: "Title" },
  { name: "runs", title: "Most runs" },
  { name: "state", title: "State" },
] as const;
export type Order = (typeof ORDERS)[number]["name"];

const RUNNING = ["running", "paused", "draining", "queued"];

/** Whether a campaign stands on a shelf. Archived ones stand on theirs alone; the trash is read separately. */
export function onShelf(row: CampaignRow, shelf: Exclude<Shelf, "trash">): boolean {
  if (row.archived === true || shelf === "archived") return row.archived === true && shelf === "archived";
  if (shelf === "running") return RUNNING.includes(row.state);
  if (shelf === "finished") return row.state === "finished";
  if (shelf === "ready") return row.state === "created" || row.state === "stopped";
  return true;
}

/** Of codes and time stamps, which have no language. */
const inOrder = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Campaigns in which every typed word occurs, in the wanted order. */
export function arranged(rows: readonly CampaignRow[], typed: string, workload: string, order: Order): CampaignRow[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const text = (row: CampaignRow): string =>
    [row.title, row.campaign, row.workload, ...row.tags].join(" ").toLowerCase();
  const found = rows.filter((row) => {
    const all = text(row);
    return words.every((word) => all.includes(word)) && (workload === "" || row.workload === workload);
  });
  const by: Record<Order, (a: CampaignRow, b: CampaignRow) => number> = {
    newest: (a, b) => inOrder(b.created, a.created),
    title: (a, b) => (a.title || a.campaign).localeCompare(b.title || b.campaign),
    runs: (a, b) => b.runs - a.runs,
    state: (a, b) => inOrder(a.state, b.state) || inOrder(b.created, a.created),
  };
  return found.sort(by[order]);
}

/** An id for a copy that no other campaign has. */
export function copyId(id: string, taken: readonly string[]): string {
  for (let n = 2; ; n += 1) {
    const candidate = `${id}-${n}`;
    if (!taken.includes(candidate)) return candidate;
  }
}
