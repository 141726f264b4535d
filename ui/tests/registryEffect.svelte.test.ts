import { flushSync } from "svelte";
import { expect, it } from "vitest";
import { registry } from "../src/lib/commands/registry.svelte";

it("a view that adds commands in an effect adds them once, and takes them away when it is left", () => {
  const before = registry.all.length;
  let runs = 0;
  const leave = $effect.root(() => {
    $effect(() => {
      runs += 1;
      return registry.add([{ id: "x", title: "X", group: "Test", run: () => undefined }]);
    });
  });
  flushSync();
  expect([runs, registry.all.length]).toEqual([1, before + 1]);
  leave();
  expect(registry.all.length).toBe(before);
});
