import { Channel, invoke } from "@tauri-apps/api/core";

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
export async function call<Reply>(operation: string, request: object): Promise<Reply> {
  try {
    return await invoke<Reply>(operation, { request });
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
export function stream<Document, Reply>(
  operation: string,
  request: object,
  each: (document: Document) => void,
): Subscription<Reply> {
  const channel = new Channel<Document>();
  // Unlike a counter alone, unique after a reload too, when the old streams may still be ending.
  const subscription = `${operation}-${Date.now().toString(36)}-${(subscriptions += 1)}`;
  let heard = true;
  channel.onmessage = (document) => {
    if (heard) each(document);
  };
  const over = invoke<Reply>(operation, { request: { ...request, subscription }, channel }).catch((thrown: unknown) => {
    throw asOperationError(operation, thrown);
  });
  return {
    over,
    end() {
      heard = false;
      void call("unsubscribe", { subscription }).catch(() => undefined);
    },
  };
}
