import type { ParameterInfo, Value } from "../ipc/bindings";
import type { Plain } from "./document";

/** Levels as a spec writes them: a list, or a range that the backend expands in decimal. */
export type WrittenLevels =
  | { readonly kind: "list"; readonly values: readonly Value[] }
  | { readonly kind: "range"; readonly from: number; readonly to: number; readonly step: number };

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const RANGE = /^(\S+)\s*(?:\.\.|…|to)\s*(\S+)\s+(?:step|by)\s+(\S+)$/i;

/** What somebody typed as the value of a parameter, by the parameter's kind. Wrong values stay text: the backend says why. */
export function scalarOf(typed: string, parameter?: ParameterInfo): Value {
  const text = typed.trim();
  const kind = parameter?.kind.type ?? "any";
  if (kind === "choice" || kind === "text" || kind === "file" || kind === "model") return text;
  if (text === "true" || text === "false") return text === "true";
  return NUMBER.test(text) ? Number(text) : text;
}

/** Several values, separated by commas, or a range: `0..0.5 step 0.1`. */
export function levelsOf(typed: string, parameter?: ParameterInfo): WrittenLevels | null {
  const text = typed.trim();
  if (text === "") return null;
  const range = RANGE.exec(text);
  if (range) {
    const [from, to, step] = [range[1], range[2], range[3]].map((part) => part ?? "");
    if ([from, to, step].every((part) => part !== undefined && NUMBER.test(part))) {
      return { kind: "range", from: Number(from), to: Number(to), step: Number(step) };
    }
  }
  const values = text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
  return { kind: "list", values: values.map((value) => scalarOf(value, parameter)) };
}

/** As read from a spec; `null` where it is neither list nor range. */
export function readLevels(value: unknown): WrittenLevels | null {
  if (Array.isArray(value)) {
    return { kind: "list", values: value.filter(isScalarValue) };
  }
  if (typeof value === "object" && value !== null && "from" in value && "to" in value && "step" in value) {
    const { from, to, step } = value;
    if (typeof from === "number" && typeof to === "number" && typeof step === "number") {
      return { kind: "range", from, to, step };
    }
  }
  return null;
}

export function written(levels: WrittenLevels): Plain {
  return levels.kind === "list" ? levels.values : { from: levels.from, to: levels.to, step: levels.step };
}

export function isScalarValue(value: unknown): value is Value {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

/** Every level that a parameter can have, where they can be counted. */
export function possibleLevels(parameter: ParameterInfo | undefined): readonly Value[] {
  if (parameter?.kind.type === "bool") return [false, true];
  return parameter?.kind.type === "choice" ? parameter.kind.values : [];
}
