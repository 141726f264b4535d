import { Document, type Node, Scalar, isCollection, isMap, isScalar, parseDocument } from "yaml";

/** A place in a spec: `["phases", 0, "design"]`. */
export type Path = readonly (string | number)[];
export type Plain = string | number | boolean | null | readonly Plain[] | { readonly [key: string]: Plain };

/** A fault in the text itself, before anybody asks what it means. */
export interface TextFault {
  readonly message: string;
  readonly line: number;
  readonly column: number;
}

const FORM = { lineWidth: 0, flowCollectionPadding: true, indentSeq: true } as const;

export interface SpecReading {
  /** What the text says as plain values; `null` when it is no YAML mapping. */
  readonly spec: Readonly<Record<string, unknown>> | null;
  readonly fault: TextFault | null;
}

/** Reads a spec's text as far as YAML goes; what it means is the backend's to say. */
export function readText(text: string): SpecReading {
  const doc = parseDocument(text, { prettyErrors: true });
  const error = doc.errors[0];
  if (error) {
    const at = error.linePos?.[0];
    return {
      spec: null,
      fault: { message: error.message.split("\n")[0] ?? "", line: at?.line ?? 1, column: at?.col ?? 1 },
    };
  }
  if (doc.contents === null) return { spec: {}, fault: null };
  if (!isMap(doc.contents)) {
    return { spec: null, fault: { message: "a spec is a mapping that begins with `ergon: 1`", line: 1, column: 1 } };
  }
  return { spec: doc.toJS({ maxAliasCount: 100 }) as Record<string, unknown>, fault: null };
}

/** Changes the document behind a text; everything else in it, comments too, stays as written. */
function change(text: string, how: (doc: Document) => void): string {
  const doc = parseDocument(text);
  if (doc.errors.length > 0) return text;
  how(doc);
  return doc.toString(FORM);
}

/** The text with a value at a place. Short lists and mappings of plain values are written on one line. */
export function withValue(text: string, path: Path, value: Plain): string {
  return change(text, (doc) => {
    const before = doc.getIn(path, true);
    if (isScalar(before) && !isCollectionValue(value)) {
      // In place, so that a comment behind the value stays there.
      keepScalar(before, value);
      return;
    }
    // `factors: {}` is only a place to begin: what comes in gets lines of its own.
    const home = doc.getIn(path.slice(0, -1), true);
    if (isMap(home) && home.items.length === 0) home.flow = false;
    const node = doc.createNode(value, { flow: isFlat(value) }) as Node;
    if (isCollection(before) && isCollection(node)) {
      node.comment = before.comment ?? null;
      node.commentBefore = before.commentBefore ?? null;
      if (before.flow !== undefined && isFlat(value)) node.flow = before.flow;
    }
    doc.setIn(path, node);
  });
}

/** The text without what is at a place; mappings and lists that are empty then go too. */
export function withoutValue(text: string, path: Path): string {
  return change(text, (doc) => {
    doc.deleteIn(path);
    for (let length = path.length - 1; length > 0; length -= 1) {
      const parent = path.slice(0, length);
      const node = doc.getIn(parent, true);
      if (!isCollection(node) || node.items.length > 0) return;
      doc.deleteIn(parent);
    }
  });
}

/** The text with the keys of the mapping at `path` in another order. */
export function withOrder(text: string, path: Path, names: readonly string[]): string {
  return change(text, (doc) => {
    const node = doc.getIn(path, true);
    if (!isMap(node)) return;
    const rank = (key: unknown): number => {
      const at = names.indexOf(String(isScalar(key) ? key.value : key));
      return at < 0 ? names.length : at;
    };
    node.items.sort((a, b) => rank(a.key) - rank(b.key));
  });
}

/** Line (from 1) at which the value of a place begins, to light it beside the form. */
export function lineOf(text: string, path: Path): number | null {
  const doc = parseDocument(text, { keepSourceTokens: false });
  for (let length = path.length; length > 0; length -= 1) {
    const node = doc.getIn(path.slice(0, length), true);
    const offset = isNode(node) ? node.range?.[0] : undefined;
    if (offset !== undefined) return text.slice(0, offset).split("\n").length;
  }
  return null;
}

/** `phases[1].design.size` as a path. */
export function pathOf(written: string): Path {
  return [...written.matchAll(/([^.[\]]+)|\[(\d+)\]/g)].map((m) => (m[2] === undefined ? (m[1] ?? "") : Number(m[2])));
}

function isNode(x: unknown): x is Node {
  return isCollection(x) || isScalar(x);
}

function keepScalar(node: Scalar, value: Plain): void {
  node.value = value;
  // As written before: 0.50 must not be printed where 0.5 was typed.
  delete node.source;
  delete node.format;
  delete node.minFractionDigits;
  if (typeof value !== "string") delete node.type;
}

function isCollectionValue(value: Plain): boolean {
  return typeof value === "object" && value !== null;
}

/** Whether a value fits on a line: a list or mapping of plain values. */
function isFlat(value: Plain): boolean {
  if (!isCollectionValue(value)) return false;
  return Object.values(value as object).every((item) => typeof item !== "object" || item === null);
}
