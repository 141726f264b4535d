import type { Plain } from "../../lib/spec/document";

/** The kinds of design, in words. Which of them this version can plan is the backend's to say. */
export const DESIGN_KINDS = [
  { kind: "full_factorial", title: "Full factorial", doc: "every combination", sized: false },
  { kind: "balanced_sample", title: "Balanced sample", doc: "levels within ±1, pairs covered", sized: true },
  { kind: "random_sample", title: "Random sample", doc: "drawn without replacement", sized: true },
  { kind: "one_at_a_time", title: "One at a time", doc: "each factor alone, from the first levels", sized: false },
  { kind: "fractional", title: "Fractional", doc: "a regular two-level fraction", sized: false },
  { kind: "latin_hypercube", title: "Latin hypercube", doc: "for ranges", sized: true },
  { kind: "d_optimal", title: "D-optimal", doc: "a subset for main effects and pairs", sized: true },
  { kind: "explicit", title: "Explicit list", doc: "the conditions you list in the YAML", sized: false },
  { kind: "top_effects", title: "Top effects", doc: "where earlier phases saw most", sized: true },
] as const;

/** What to write for a kind; a sample gets a size to begin with. */
export function designValue(kind: string, size: number): Plain {
  const known = DESIGN_KINDS.find((k) => k.kind === kind);
  return known?.sized ? { kind, size } : kind;
}

/** A size to begin with: a third of all combinations, at least enough for every level of the widest factor. */
export function firstSize(combinations: number, widest: number): number {
  return Math.max(1, Math.min(combinations, Math.max(widest, Math.ceil(combinations / 3))));
}
