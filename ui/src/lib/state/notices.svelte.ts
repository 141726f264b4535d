import { OperationError } from "../ipc/call";

export interface Notice {
  readonly id: number;
  readonly kind: "done" | "error";
  readonly text: string;
  readonly details: string | null;
  readonly undo: (() => Promise<void>) | null;
}

const SHOWN_MS = 10_000;

/** Toasts: what was done (with undo), what went wrong (with details to copy; stays until closed). */
class Notices {
  list = $state<Notice[]>([]);
  #next = 1;

  #add(notice: Omit<Notice, "id">): void {
    const id = this.#next++;
    this.list = [...this.list.slice(-3), { ...notice, id }];
    if (notice.kind === "done") setTimeout(() => this.close(id), SHOWN_MS);
  }

  done(text: string, undo: (() => Promise<void>) | null = null): void {
    this.#add({ kind: "done", text, details: null, undo });
  }

  /** Shows what went wrong, where it happened and how to tell somebody. */
  failed(what: string, thrown: unknown): void {
    this.#add({ kind: "error", text: `${what}: ${messageOf(thrown)}`, details: detailsOf(what, thrown), undo: null });
  }

  close(id: number): void {
    this.list = this.list.filter((notice) => notice.id !== id);
  }
}

export const notices = new Notices();

export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** Text for a bug report or a colleague. */
export function detailsOf(what: string, thrown: unknown): string {
  const lines = [what, messageOf(thrown)];
  if (thrown instanceof OperationError) {
    lines.push(`operation: ${thrown.operation}`, `code: ${thrown.code}`);
    if (thrown.field) lines.push(`field: ${thrown.field}`);
  }
  lines.push(`at: ${new Date().toISOString()}`);
  return lines.join("\n");
}

/** Does something and shows what went wrong, if anything; `undefined` then. */
export async function attempt<T>(what: string, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (thrown) {
    notices.failed(what, thrown);
    return undefined;
  }
}
