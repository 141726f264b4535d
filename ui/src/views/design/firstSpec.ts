import { copyId } from "../library/campaigns";

/** The text that a new campaign begins with: what nobody else can know is left to the user. */
export function firstSpec(kind: string, taken: readonly string[]): string {
  const wanted = `${kind}-study`;
  const id = taken.includes(wanted) ? copyId(wanted, taken) : wanted;
  return `ergon: 1

campaign:
  id: ${id}
  title: New ${kind} campaign
  seed: 42 # every run's random numbers derive from it

workload:
  kind: ${kind}

factors: {}

phases:
  - name: main
    design: full_factorial
    replicates: 5
`;
}
