/** Steps of the sequence and the ink that reads on them, from the tokens. */
const STEPS = 9;

/** The colour of a share from 0 to 1, as token names; `null` where there is no value to colour by. */
export function viridis(share: number | null): { fill: string; ink: string } | null {
  if (share === null || !Number.isFinite(share)) return null;
  const step = Math.max(0, Math.min(STEPS - 1, Math.floor(share * STEPS)));
  return { fill: `var(--v${step})`, ink: step <= 3 ? "var(--v-ink-low)" : "var(--v-ink-high)" };
}

/** Where a value lies between the ends; the middle where they are one. */
export function shareOf(value: number, lo: number, hi: number): number {
  return hi > lo ? (value - lo) / (hi - lo) : 0.5;
}
