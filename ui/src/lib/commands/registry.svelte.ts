import { untrack } from "svelte";

/** Something the user can do. Palette, shortcuts and menus are made from these, and so are tests. */
export interface Command {
  readonly id: string;
  readonly title: string;
  readonly group: string;
  /** `Ctrl+K`, `Ctrl+Shift+P`, `?`; more than one separated by a blank. */
  readonly keys?: string;
  /** Whether it makes sense now; always when left out. */
  readonly when?: () => boolean;
  readonly run: () => void | Promise<void>;
}

class Registry {
  #commands = $state.raw<readonly Command[]>([]);

  get all(): readonly Command[] {
    return this.#commands;
  }

  get possible(): readonly Command[] {
    return this.#commands.filter((command) => command.when?.() ?? true);
  }

  /** Adds commands; the returned function takes them away again, as a view does when it is left. */
  add(commands: readonly Command[]): () => void {
    // A view adds in an effect, which must not wait for what it changes itself.
    untrack(() => (this.#commands = [...this.#commands, ...commands]));
    return () => {
      this.#commands = untrack(() => this.#commands).filter((command) => !commands.includes(command));
    };
  }

  /** Does what is named, if that makes sense now. */
  choose(id: string): boolean {
    const command = this.possible.find((candidate) => candidate.id === id);
    void command?.run();
    return command !== undefined;
  }

  /** Does what a key means, if it means anything; later commands win, so a view can take a key over. */
  press(event: KeyboardEvent): boolean {
    const pressed = chord(event);
    const typing = isTyping(event.target);
    for (const command of [...this.possible].reverse()) {
      const keys = command.keys?.split(" ") ?? [];
      if (!keys.includes(pressed)) continue;
      // Without a modifier a key is a letter to whoever is typing.
      if (typing && !pressed.startsWith("Ctrl+")) continue;
      // Text fields undo by themselves.
      if (typing && (pressed === "Ctrl+Z" || pressed === "Ctrl+Y" || pressed === "Ctrl+Shift+Z")) continue;
      void command.run();
      return true;
    }
    return false;
  }
}

/** `Ctrl+Shift+P`; on a Mac the command key counts as Ctrl. */
export function chord(event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey">): string {
  const parts = [];
  if (event.ctrlKey || event.metaKey) parts.push("Ctrl");
  if (event.altKey) parts.push("Alt");
  const letter = event.key.length === 1;
  // `?` is Shift+/ on one keyboard and Shift+ß on another: the character says it all.
  if (event.shiftKey && (!letter || parts.length > 0)) parts.push("Shift");
  parts.push(letter && parts.length > 0 ? event.key.toUpperCase() : event.key);
  return parts.join("+");
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.matches("textarea, select, input:not([type=checkbox]):not([type=radio])");
}

/** Commands whose words all occur in what was typed about them, best first. */
export function search(commands: readonly Command[], typed: string): readonly Command[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return commands;
  const scored = commands.flatMap((command) => {
    const text = `${command.title} ${command.group}`.toLowerCase();
    if (!words.every((word) => text.includes(word))) return [];
    const first = words[0] ?? "";
    const title = command.title.toLowerCase();
    const score = title.startsWith(first) ? 0 : title.includes(` ${first}`) ? 1 : 2;
    return [{ command, score }];
  });
  return scored.sort((a, b) => a.score - b.score).map((s) => s.command);
}

export const registry = new Registry();
