import type { FilterBy } from "../../lib/ipc/bindings";

/** What Explore shows; other views send the user there with a filter or a run. */
class Exploring {
  filter = $state.raw<readonly FilterBy[]>([]);
  run = $state<string | null>(null);

  /** Only runs with these levels. */
  only(levels: Readonly<Record<string, string>>): void {
    this.filter = Object.entries(levels).map(([column, level]) => {
      const number = Number(level);
      return { column, op: "is", value: level.trim() !== "" && Number.isFinite(number) ? number : level };
    });
  }
}

export const exploring = new Exploring();
