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
const SCRAMBLE = `  benchmark: mixed # items of Ergon's own; your file: { file: items.jsonl }
  method: character_substitution # none: plain evaluation of a prompt
`;
const SCRAMBLE_MODELS = `
models:
  llm: { provider: simulated, skill: 0.85, language_dependency: 4 } # a stand-in; name a real one here

analysis:
  questions:
    - { metric: accuracy, by: [level], as: dependency }
`;

/** The text that a new campaign begins with: what nobody else can know is left to the user. */
export function firstSpec(kind: string, taken: readonly string[]): string {
  const wanted = `${kind}-study`;
  const id = taken.includes(wanted) ? copyId(wanted, taken) : wanted;
  // What a workload can't do without, to be replaced.
  const models = kind === "workflow" ? MODELS : "";
  const needs = kind === "command" ? COMMAND : kind === "scramble" ? SCRAMBLE : "";
  const factors = kind === "scramble" ? "factors:\n  level: [0, 25, 50, 75, 100] # %" : "factors: {}";
  // A replicate of scramble is an item.
  const replicates = kind === "scramble" ? 40 : 5;
  return `ergon: 1

campaign:
  id: ${id}
  title: New ${kind} campaign
  seed: 42 # every run's random numbers derive from it

workload:
  kind: ${kind}
${needs}${models}
${factors}

phases:
  - name: main
    design: full_factorial
    replicates: ${replicates}
${kind === "scramble" ? SCRAMBLE_MODELS : ""}`;
}
