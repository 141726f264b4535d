export interface Token {
  readonly text: string;
  /** c comment, y key, n number, v other value; empty for punctuation. */
  readonly kind: "c" | "y" | "n" | "v" | "";
}

const KEY = /^(\s*(?:- )?)([\w.-]+)(:)(?=\s|$)/;
const NUMBER = /^[+-]?\d[\d_.]*(e[+-]?\d+)?$/i;

/** A line of YAML as coloured pieces: enough to read by, not a parser. */
export function highlight(line: string): readonly Token[] {
  const hash = commentAt(line);
  const code = hash < 0 ? line : line.slice(0, hash);
  const tokens: Token[] = [];
  const key = KEY.exec(code);
  let rest = code;
  if (key) {
    const [whole, lead = "", name = ""] = key;
    tokens.push({ text: lead, kind: "" }, { text: name, kind: "y" }, { text: ":", kind: "" });
    rest = code.slice(whole.length);
  }
  for (const part of rest.split(/([\s,[\]{}]+|[\w.-]+:(?=\s))/)) {
    if (part === "") continue;
    if (/^[\w.-]+:$/.test(part)) tokens.push({ text: part, kind: "y" });
    else if (/^[\s,[\]{}-]+$/.test(part)) tokens.push({ text: part, kind: "" });
    else tokens.push({ text: part, kind: NUMBER.test(part) ? "n" : "v" });
  }
  if (hash >= 0) tokens.push({ text: line.slice(hash), kind: "c" });
  return tokens;
}

function commentAt(line: string): number {
  let quote = "";
  for (let i = 0; i < line.length; i += 1) {
    const c = line[i] ?? "";
    if (quote) {
      if (c === quote) quote = "";
    } else if (c === '"' || c === "'") quote = c;
    else if (c === "#" && (i === 0 || /\s/.test(line[i - 1] ?? ""))) return i;
  }
  return -1;
}
