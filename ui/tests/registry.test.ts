import { describe, expect, it } from "vitest";
import { chord, search } from "../src/lib/commands/registry.svelte";

const key = (key: string, held: { ctrlKey?: boolean; shiftKey?: boolean; metaKey?: boolean } = {}) => ({
  key,
  ctrlKey: false,
  shiftKey: false,
  metaKey: false,
  altKey: false,
  ...held,
});

describe("a pressed key is called", () => {
  it.each([
    [key("k", { ctrlKey: true }), "Ctrl+K"],
    [key("k", { metaKey: true }), "Ctrl+K"],
    [key("P", { ctrlKey: true, shiftKey: true }), "Ctrl+Shift+P"],
    [key("?", { shiftKey: true }), "?"],
    [key("Enter", { ctrlKey: true }), "Ctrl+Enter"],
    [key("Escape"), "Escape"],
  ])("%o → %s", (pressed, name) => expect(chord(pressed)).toBe(name));
});

describe("the palette", () => {
  const run = (): void => undefined;
  const commands = [
    { id: "a", title: "Go to Run", group: "View", run },
    { id: "b", title: "Run the campaign", group: "Campaign", run },
    { id: "c", title: "Theme: Dark", group: "Appearance", run },
  ];
  it("puts titles that begin with the word first", () => {
    expect(search(commands, "run").map((c) => c.id)).toEqual(["b", "a"]);
  });
  it("wants every word", () => {
    expect(search(commands, "run dark")).toEqual([]);
  });
  it("shows everything when nothing is typed", () => {
    expect(search(commands, "  ")).toHaveLength(3);
  });
});
