// How the window writes plain amounts: counts, times, sizes. Scientific numbers come from the backend as text.
// Without `Intl`: WebKit reads its tables of all locales when first asked, which a start would wait for.

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Written where a value is missing: missing is never zero. */
export const NOTHING = "—";

/** 12,345 */
export function count(n: number | null | undefined): string {
  return n === null || n === undefined || !Number.isFinite(n) ? NOTHING : n.toFixed(0).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** `1 run`, `2 runs`. */
export function plural(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}

/** Seconds as a person says them: `420 ms`, `4 min 20 s`, `3 h 5 min`, `2 d 4 h`. */
export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds) || seconds < 0) return NOTHING;
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const s = Math.round(seconds);
  if (s < 60) return `${s} s`;
  if (s < 3600) return two(Math.floor(s / 60), "min", s % 60, "s");
  const minutes = Math.round(s / 60);
  if (minutes < 24 * 60) return two(Math.floor(minutes / 60), "h", minutes % 60, "min");
  const hours = Math.round(s / 3600);
  return two(Math.floor(hours / 24), "d", hours % 24, "h");
}

function two(a: number, unitA: string, b: number, unitB: string): string {
  return b === 0 ? `${a} ${unitA}` : `${a} ${unitA} ${b} ${unitB}`;
}

/** `3–5 min`-like range; one figure where both ends read the same; nothing where an end is unknown. */
export function durationRange(lo: number | null | undefined, hi: number | null | undefined): string {
  const [a, b] = [duration(lo), duration(hi)];
  if (a === NOTHING || b === NOTHING) return NOTHING;
  return a === b ? a : `${a} – ${b}`;
}

/** US dollars: `$12.30`, `$0.0123`; what is not nothing never reads as nothing. */
export function usd(amount: number | null | undefined): string {
  if (amount === null || amount === undefined || !Number.isFinite(amount)) return NOTHING;
  if (amount === 0 || amount >= 1) return `$${amount.toFixed(2)}`;
  return amount < 0.0001 ? "< $0.0001" : `$${amount.toFixed(4)}`;
}

/** A share in percent; nothing where there is nothing to be a share of. */
export function share(part: number, whole: number): string {
  if (whole <= 0) return NOTHING;
  const percent = (100 * part) / whole;
  return `${percent.toFixed(percent === 0 || percent >= 10 ? 0 : 1)} %`;
}

/** Bytes in decimal units. */
export function bytes(n: number | null | undefined): string {
  if (n === null || n === undefined || !Number.isFinite(n)) return NOTHING;
  const units = ["B", "kB", "MB", "GB", "TB"];
  let [value, unit] = [n, 0];
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(value < 10 ? 1 : 0)} ${units[unit] ?? "B"}`;
}

/** A UTC time stamp as local date and time. */
export function localTime(utc: string | null | undefined): string {
  if (!utc) return NOTHING;
  const at = new Date(utc);
  if (Number.isNaN(at.getTime())) return utc;
  if (isToday(at)) return `today ${clock(at).slice(0, 5)}`;
  return `${at.getDate()} ${MONTHS[at.getMonth()] ?? ""} ${at.getFullYear()}`;
}

/** Local time of day: `09:05:01`. */
export function clock(at: Date): string {
  return [at.getHours(), at.getMinutes(), at.getSeconds()].map((part) => String(part).padStart(2, "0")).join(":");
}

function isToday(at: Date): boolean {
  return at.toDateString() === new Date().toDateString();
}

/** The first characters of a digest or run id. */
export function short(id: string, length = 8): string {
  return id.length > length ? id.slice(0, length) : id;
}

/** A unit as it is shown; a share or a count (`1`) needs none. */
export function shownUnit(unit: string | null): string {
  return unit === null || unit === "1" ? "" : bounded(unit, 20);
}

/** A metric's title with its unit in parentheses, where it has one. */
export function titleWithUnit(title: string, unit: string | null): string {
  const shown = shownUnit(unit);
  return `${bounded(title, 70)}${shown === "" ? "" : ` (${shown})`}`;
}

const SHOWN = 2_000;

/** Text of unknown origin, cut before it is so long that it would stop the window. */
export function bounded(text: string, most = SHOWN): string {
  if (text.length <= most) return text;
  const size = text.length > SHOWN ? ` (${count(text.length)} characters)` : "";
  return `${text.slice(0, most)}…${size}`;
}
