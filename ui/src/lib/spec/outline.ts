import { isScalarValue, readLevels } from "./levels";
import type { WrittenLevels } from "./levels";
import type { Value } from "../ipc/bindings";

// A spec as the form needs it, read leniently: the backend judges, the form shows what it understands.

type Unknown = Readonly<Record<string, unknown>>;

export function record(value: unknown): Unknown {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Unknown) : {};
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function text(value: unknown): string {
  return isScalarValue(value) ? String(value) : "";
}

export interface FactorOutline {
  readonly name: string;
  readonly levels: WrittenLevels | null;
}

export interface PhaseOutline {
  readonly index: number;
  readonly name: string;
  readonly kind: string;
  readonly design: Unknown;
  readonly replicates: number;
  readonly factors: readonly string[] | null;
  readonly fix: Readonly<Record<string, Value>>;
  readonly order: string;
  readonly dependsOn: readonly string[];
}

export interface QuestionOutline {
  readonly index: number;
  readonly metric: string;
  readonly by: readonly string[];
  readonly kind: string;
}

export interface HypothesisOutline {
  readonly index: number;
  readonly id: string;
  readonly statement: string;
  readonly metric: string;
  readonly factor: string;
  readonly treatment: string;
  readonly control: string;
  readonly direction: string;
}

function scalars(value: unknown): Readonly<Record<string, Value>> {
  const found: Record<string, Value> = {};
  for (const [name, item] of Object.entries(record(value))) if (isScalarValue(item)) found[name] = item;
  return found;
}

export function factorsOf(spec: Unknown): readonly FactorOutline[] {
  return Object.entries(record(spec["factors"])).map(([name, value]) => ({ name, levels: readLevels(value) }));
}

/** Parameters that the spec sets to one value, without the kind of workload. */
export function fixedOf(spec: Unknown): Readonly<Record<string, Value>> {
  const all = { ...scalars(spec["workload"]) };
  delete all["kind"];
  return all;
}

export function kindOf(spec: Unknown): string {
  return text(record(spec["workload"])["kind"]);
}

export function constraintsOf(spec: Unknown): readonly string[] {
  return list(spec["constraints"]).map(text);
}

/** The phases as written; one that is called `main` where the spec names none, as the backend has it. */
export function phasesOf(spec: Unknown): readonly PhaseOutline[] {
  const written = list(spec["phases"]);
  if (written.length === 0) return [phaseOf({ name: "main" }, 0)];
  return written.map((phase, index) => phaseOf(record(phase), index));
}

function phaseOf(phase: Unknown, index: number): PhaseOutline {
  const design = phase["design"];
  return {
    index,
    name: text(phase["name"]),
    kind: typeof design === "string" ? design : text(record(design)["kind"]) || "full_factorial",
    design: record(design),
    replicates: typeof phase["replicates"] === "number" ? phase["replicates"] : 1,
    factors: Array.isArray(phase["factors"]) ? phase["factors"].map(text) : null,
    fix: scalars(phase["fix"]),
    order: text(phase["order"]) || "randomised",
    dependsOn: list(phase["depends_on"]).map(text),
  };
}

export function questionsOf(spec: Unknown): readonly QuestionOutline[] {
  return list(record(spec["analysis"])["questions"]).map((item, index) => {
    const question = record(item);
    return {
      index,
      metric: text(question["metric"]),
      by: list(question["by"]).map(text),
      kind: text(question["as"]),
    };
  });
}

export function hypothesesOf(spec: Unknown): readonly HypothesisOutline[] {
  return list(spec["hypotheses"]).map((item, index) => {
    const hypothesis = record(item);
    const contrast = record(hypothesis["contrast"]);
    return {
      index,
      id: text(hypothesis["id"]),
      statement: text(hypothesis["statement"]),
      metric: text(hypothesis["metric"]),
      factor: text(contrast["factor"]),
      treatment: text(contrast["treatment"]),
      control: text(contrast["control"]),
      direction: text(hypothesis["direction"]) || "two_sided",
    };
  });
}

/** A title as an id: lower-case letters, digits and hyphens. */
export function idFrom(title: string): string {
  const plain = title
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .toLowerCase();
  return plain
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 48)
    .replace(/-+$/, "");
}

/** A rule as an expression of the spec: conditions for which all comparisons hold are left out. */
export interface Comparison {
  readonly parameter: string;
  readonly operator: "==" | "!=" | "<" | "<=" | ">" | ">=";
  readonly value: Value;
}

export const OPERATORS: readonly { readonly operator: Comparison["operator"]; readonly word: string }[] = [
  { operator: "==", word: "is" },
  { operator: "!=", word: "is not" },
  { operator: ">=", word: "at least" },
  { operator: ">", word: "more than" },
  { operator: "<=", word: "at most" },
  { operator: "<", word: "less than" },
];

const NAME = /^[A-Za-z_][\w.]*$/;

function printed(value: Value): string {
  if (typeof value !== "string") return String(value);
  return NAME.test(value) && !["and", "or", "not", "in", "true", "false"].includes(value)
    ? value
    : `'${value.replaceAll("'", "")}'`;
}

export function leaveOut(comparisons: readonly Comparison[]): string {
  const parts = comparisons.map((c) => `${c.parameter} ${c.operator} ${printed(c.value)}`);
  return `not (${parts.join(" and ")})`;
}

/** `not (a == 5 and b >= 0.4)` as words; other expressions as they are. */
export function constraintWords(expression: string): string {
  const inner = /^not\s*\(([^()]*)\)$/.exec(expression.trim())?.[1];
  if (inner === undefined || /\bor\b|\bnot\b|\bin\b/.test(inner)) return `Keep only ${expression}`;
  const parts = inner.split(/\band\b/).map((part) => {
    const match = /^\s*(\S+)\s*(==|!=|<=|>=|<|>)\s*(.+?)\s*$/.exec(part);
    if (!match) return part.trim();
    const word = OPERATORS.find((o) => o.operator === match[2])?.word ?? match[2];
    return `${match[1]} ${word} ${match[3]}`;
  });
  return `Leave out ${parts.join(" and ")}`;
}
