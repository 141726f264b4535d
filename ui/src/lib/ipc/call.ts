import { Channel, invoke } from "@tauri-apps/api/core";
import type { Operations } from "./bindings";

type Name = keyof Operations;
/** What has to be said of a request: each field has a default, and so have those inside. */
export type Given<T> = T extends readonly unknown[] ? T : T extends object ? { [K in keyof T]?: Given<T[K]> } : T;

/** What the backend says when something can't be done; `code` is stable, `message` is for people. */
export class OperationError extends Error {
  constructor(
    readonly operation: string,
    readonly code: string,
    message: string,
    readonly field: string | null,
  ) {
    super(message);
  }
}

function asOperationError(operation: string, thrown: unknown): OperationError {
  if (typeof thrown === "object" && thrown !== null && "code" in thrown && "message" in thrown) {
    const field = "field" in thrown && typeof thrown.field === "string" ? thrown.field : null;
    return new OperationError(operation, String(thrown.code), String(thrown.message), field);
  }
  return new OperationError(operation, "unreachable", String(thrown), null);
}

/** Calls an operation of `crates/app`. */
export async function call<Of extends Name>(
  operation: Of,
  request: Given<Operations[Of]["request"]>,
): Promise<Operations[Of]["reply"]> {
  try {
    return await invoke<Operations[Of]["reply"]>(operation, { request });
  } catch (thrown) {
    throw asOperationError(operation, thrown);
  }
}

/** A stream that goes on until it ends by itself or `end` is called. */
export interface Subscription<Reply> {
  readonly over: Promise<Reply>;
  end(): void;
}

let subscriptions = 0;

/** Calls an operation that streams documents while it works. */
export function stream<Of extends Name>(
  operation: Of,
  request: Given<Operations[Of]["request"]>,
  each: (document: Operations[Of]["stream"]) => void,
): Subscription<Operations[Of]["reply"]> {
  const channel = new Channel<Operations[Of]["stream"]>();
  // Unlike a counter alone, unique after a reload too, when the old streams may still be ending.
  const subscription = `${operation}-${Date.now().toString(36)}-${(subscriptions += 1)}`;
  let heard = true;
  channel.onmessage = (document) => {
    if (heard) each(document);
  };
  const over = invoke<Operations[Of]["reply"]>(operation, { request: { ...request, subscription }, channel }).catch(
    (thrown: unknown) => {
      throw asOperationError(operation, thrown);
    },
  );
  return {
    over,
    end() {
      heard = false;
      void call("unsubscribe", { subscription }).catch(() => undefined);
    },
  };
}
