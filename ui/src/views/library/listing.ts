import { api } from "../../lib/ipc/api";
import type { ListReply } from "../../lib/ipc/bindings";

const ask = (): Promise<ListReply> => api.list({ archived: true });
let early: Promise<ListReply> | null = null;

/** Asks for what the library shows first, to be taken by the first `campaigns()`. */
export function askEarly(): void {
  early = ask();
  // Told when it is taken.
  early.catch(() => undefined);
}

/** Every campaign of the library. */
export function campaigns(): Promise<ListReply> {
  const asked = early ?? ask();
  early = null;
  return asked;
}
