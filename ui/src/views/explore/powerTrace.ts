import type { TracePoint } from "../../lib/ipc/bindings";

export interface TraceChannel {
  readonly domain: string;
  readonly provenance: string;
}

/** The channels as a session described them; what is not in the description is not made up. */
export function channelsOf(described: unknown): readonly TraceChannel[] {
  if (!Array.isArray(described)) return [];
  return described.map((channel: unknown) => {
    const text = (name: string): string => {
      const value = (channel as Record<string, unknown> | null)?.[name];
      return typeof value === "string" ? value : "";
    };
    return { domain: text("domain") || "?", provenance: text("provenance") };
  });
}

/** A path for each channel, broken where a reading failed, and the watts at the upper edge. */
export function linesOf(
  points: readonly TracePoint[],
  channels: number,
  seconds: number,
  width: number,
  height: number,
): { readonly paths: readonly string[]; readonly top: number } {
  const top = 1.1 * Math.max(1, ...points.flatMap((point) => point.power_w.map((w) => w ?? 0)));
  const path = (channel: number): string => {
    let drawn = "";
    let joined = false;
    for (const point of points) {
      const watts = point.power_w[channel] ?? null;
      if (watts === null) {
        joined = false;
        continue;
      }
      const [x, y] = [(width * point.at_s) / seconds, height * (1 - watts / top)];
      drawn += `${joined ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`;
      joined = true;
    }
    return drawn;
  };
  return { paths: Array.from({ length: channels }, (_, channel) => path(channel)), top };
}
