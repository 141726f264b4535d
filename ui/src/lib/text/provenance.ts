type ProvenanceName = "measured" | "derived" | "estimated" | "simulated";

const NAMES: readonly ProvenanceName[] = ["measured", "derived", "estimated", "simulated"];

/** The kind of a provenance as the backend words it (`estimated (cpu-time)`); `null` for anything else. */
export function provenanceName(said: string): ProvenanceName | null {
  return NAMES.find((name) => said.startsWith(name)) ?? null;
}

/** The dagger of numbers that nobody measured; a missing value has none. */
export function dagger(said: string | null | undefined, number: number | null): string {
  if (number === null) return "";
  const name = provenanceName(said ?? "");
  return name === "simulated" || name === "estimated" ? "†" : "";
}
