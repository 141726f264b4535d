import { api } from "../ipc/api";
import type { ReadSpecReply, Problem } from "../ipc/bindings";
import { isText, keep, kept } from "../state/kept";
import { messageOf } from "../state/notices.svelte";
import { type Path, type Plain, readText, withOrder, withValue, withoutValue } from "./document";

const READ_AFTER_MS = 120;
const STEPS_KEPT = 200;
/** Typing within this time is one step to undo. */
const ONE_STEP_MS = 800;

/** A spec while somebody writes it: one text, edited by the form and by hand, read by the backend as it changes. */
class Draft {
  text = $state(kept("draft", "", isText));
  /** The campaign it is a new revision of. */
  base = $state<string | null>(null);
  /** As last saved. */
  saved = $state("");
  readout = $state.raw<ReadSpecReply | null>(null);
  /** Why the backend could not be asked, if it couldn't. */
  refused = $state<string | null>(null);
  reading = $state(false);
  /** Place that the form is busy with. */
  focus = $state.raw<Path | null>(null);

  #past = $state.raw<readonly string[]>([]);
  #future = $state.raw<readonly string[]>([]);
  #lastStep = { at: 0, byHand: false };
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked = 0;

  #parsed = $derived(readText(this.text));
  /** The last text that was YAML, so that the form stays while somebody types. */
  #lastSpec: Readonly<Record<string, unknown>> = {};

  get fault() {
    return this.#parsed.fault;
  }

  get spec(): Readonly<Record<string, unknown>> {
    if (this.#parsed.spec) this.#lastSpec = this.#parsed.spec;
    return this.#lastSpec;
  }

  get changed(): boolean {
    return this.text !== this.saved;
  }

  get problems(): readonly Problem[] {
    return this.readout?.problems ?? [];
  }

  /** Problems at a place or inside it. */
  problemsAt(path: string): readonly Problem[] {
    return this.problems.filter(
      (p) => p.path === path || p.path.startsWith(`${path}.`) || p.path.startsWith(`${path}[`),
    );
  }

  begin(text: string, base: string | null = null): void {
    this.text = text;
    this.saved = base === null ? "" : text;
    this.base = base;
    this.#past = [];
    this.#future = [];
    this.readout = null;
    this.focus = null;
    this.#changed();
  }

  markSaved(base: string): void {
    this.saved = this.text;
    this.base = base;
  }

  set(path: Path, value: Plain): void {
    this.focus = path;
    this.#step(withValue(this.text, path, value), false);
  }

  remove(path: Path): void {
    this.#step(withoutValue(this.text, path), false);
  }

  reorder(path: Path, names: readonly string[]): void {
    this.#step(withOrder(this.text, path, names), false);
  }

  type(text: string): void {
    this.#step(text, true);
  }

  get canUndo(): boolean {
    return this.#past.length > 0;
  }

  get canRedo(): boolean {
    return this.#future.length > 0;
  }

  undo(): void {
    const before = this.#past.at(-1);
    if (before === undefined) return;
    this.#past = this.#past.slice(0, -1);
    this.#future = [...this.#future, this.text];
    this.text = before;
    this.#lastStep.at = 0;
    this.#changed();
  }

  redo(): void {
    const after = this.#future.at(-1);
    if (after === undefined) return;
    this.#future = this.#future.slice(0, -1);
    this.#past = [...this.#past, this.text];
    this.text = after;
    this.#lastStep.at = 0;
    this.#changed();
  }

  #step(text: string, byHand: boolean): void {
    if (text === this.text) return;
    const now = performance.now();
    const goesOn = byHand && this.#lastStep.byHand && now - this.#lastStep.at < ONE_STEP_MS;
    if (!goesOn) this.#past = [...this.#past.slice(1 - STEPS_KEPT), this.text];
    this.#lastStep = { at: now, byHand };
    this.#future = [];
    this.text = text;
    this.#changed();
  }

  #changed(): void {
    if (this.base === null) keep("draft", this.text);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.read(), READ_AFTER_MS);
  }

  /** Has the text read now; replies to older texts are dropped. */
  async read(): Promise<void> {
    clearTimeout(this.#timer);
    const mine = (this.#asked += 1);
    this.reading = true;
    try {
      const request = { text: this.text, ...(this.base !== null && { base: this.base }) };
      const readout = await api.readSpec(request);
      if (mine !== this.#asked) return;
      this.readout = readout;
      this.refused = null;
    } catch (thrown) {
      if (mine !== this.#asked) return;
      this.refused = messageOf(thrown);
    } finally {
      if (mine === this.#asked) this.reading = false;
    }
  }
}

export const draft = new Draft();
