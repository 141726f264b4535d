import type { MonitorDomain, MonitorSample } from "../ipc/bindings";
import { provenanceName } from "../text/provenance";

/** A layer of the stacked chart: a part of the machine that is in no other layer. */
export interface Layer {
  readonly name: string;
  /** What it is. */
  readonly label: string;
  readonly estimated: boolean;
}

/** Layers from the bottom up; what is inside a package stands for itself, and the rest of the package for the rest. */
export function layersOf(domains: readonly MonitorDomain[]): readonly Layer[] {
  return domains
    .filter((domain) => domain.in_total)
    .flatMap((whole) => {
      const layer = (domain: MonitorDomain, label: string): Layer => ({
        name: domain.name,
        label,
        estimated: provenanceName(domain.provenance) === "estimated",
      });
      const parts = domains.filter((part) => isPartOf(part.name, whole.name));
      return [
        ...parts.map((part) => layer(part, part.name)),
        layer(whole, parts.length > 0 ? `rest of ${whole.name}` : whole.name),
      ];
    });
}

/**
 * Watts up to and including each layer, as the layers lie on each other; `null` from the first unknown on: what is not
 * known is not zero. Parts that say more than their whole end where it ends.
 */
export function heights(sample: MonitorSample, layers: readonly Layer[]): readonly (number | null)[] {
  const powers = new Map(sample.domains.map((domain) => [domain.name, domain.power_w]));
  let base: number | null = 0;
  let inside: number | null = 0;
  return layers.map((layer) => {
    const own = powers.get(layer.name) ?? null;
    if (base === null || inside === null || own === null) return (base = null);
    const isPart = sample.domains.find((domain) => domain.name === layer.name)?.in_total === false;
    if (isPart) {
      inside += own;
      return base + inside;
    }
    base += Math.max(own, 0);
    inside = 0;
    return base;
  });
}

function isPartOf(part: string, whole: string): boolean {
  const socket = /^package-(\d+)$/.exec(whole)?.[1];
  return socket !== undefined && (part === `core-${socket}` || part === `uncore-${socket}`);
}
