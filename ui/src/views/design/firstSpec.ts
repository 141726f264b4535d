import { copyId } from "../library/campaigns";

const COMMAND = `  run: [echo, "score={x}"] # program and arguments; {x} is the level of a factor, {seed} the run's seed
  metrics:
    score: { pattern: 'score=(.+)', direction: higher }
`;

/** A model that is none, until the user names another. */
const MODELS = `
models:
  llm: { provider: simulated } # no evidence about real models
`;

/** The text that a new campaign begins with: what nobody else can know is left to the user. */
export function firstSpec(kind: string, taken: readonly string[]): string {
  const wanted = `${kind}-study`;
  const id = taken.includes(wanted) ? copyId(wanted, taken) : wanted;
  // What a workload can't do without, to be replaced.
  const needs = kind === "command" ? COMMAND : "";
  const models = kind === "workflow" ? MODELS : "";
  return `ergon: 1

campaign:
  id: ${id}
  title: New ${kind} campaign
  seed: 42 # every run's random numbers derive from it

workload:
  kind: ${kind}
${needs}${models}
factors: {}

phases:
  - name: main
    design: full_factorial
    replicates: 5
`;
}
