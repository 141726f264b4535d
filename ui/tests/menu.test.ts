import { describe, expect, it } from "vitest";
import menu from "../src/lib/commands/menu.json";
import { registry } from "../src/lib/commands/registry.svelte";
import { windowCommands } from "../src/lib/commands/windowCommands";

describe("the native menu", () => {
  const commands = windowCommands({ openPalette: () => undefined, openShortcuts: () => undefined });

  it.each(menu.flatMap((group) => group.items))("$title is a command of the window", ({ id }) => {
    expect(commands.map((command) => command.id)).toContain(id);
  });

  it("does what is chosen, and nothing where that makes no sense now", () => {
    const done: string[] = [];
    const leave = registry.add([
      { id: "now", title: "Now", group: "Test", run: () => void done.push("now") },
      { id: "never", title: "Never", group: "Test", when: () => false, run: () => void done.push("never") },
    ]);
    expect([registry.choose("now"), registry.choose("never"), registry.choose("unknown")]).toEqual([
      true,
      false,
      false,
    ]);
    expect(done).toEqual(["now"]);
    leave();
  });
});
