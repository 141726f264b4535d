/** What the page remembers over a restart: small, never a result, and never needed. */
export function kept<T>(key: string, otherwise: T, accepts: (value: unknown) => value is T): T {
  try {
    const text = localStorage.getItem(`ergon.${key}`);
    if (text === null) return otherwise;
    const value: unknown = JSON.parse(text);
    return accepts(value) ? value : otherwise;
  } catch {
    // Storage that is full, forbidden or garbled is no reason not to open.
    return otherwise;
  }
}

export function keep(key: string, value: unknown): void {
  try {
    localStorage.setItem(`ergon.${key}`, JSON.stringify(value));
  } catch {
    // As above.
  }
}

export const isText = (value: unknown): value is string => typeof value === "string";
export const isTextOrNull = (value: unknown): value is string | null => value === null || typeof value === "string";
